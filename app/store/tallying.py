"""Tallying: how many facts a list's filters keep, and how they divide by the values of a filter."""

from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Table, distinct, func, literal, select

from app.facts.asking import By, Common, Linked
from app.facts.base import Kind
from app.store import search
from app.store.db import Crossed
from app.store.selecting import CITED, LINKS, SEARCH, TREES, Shape, clauses, marks, standing
from app.store.tables import METADATA

FACET_VALUES = 100  # the most frequent values that a facet shows, beside those asked for


def count(kind: Kind, shape: Shape, most: int, lead: str | None = None) -> Select[Any]:
    """How many rows a list has, counted up to one more than `most`, looked up by the filter that is the `lead`."""
    table = METADATA.tables[kind.name]
    found = select(literal(1).label("one"))
    if [name for name, *_ in shape] == [SEARCH]:
        hits = search.hits(kind, f"{SEARCH}_0").subquery()
        found = found.select_from(Crossed(hits, table, table.c.row == hits.c.row)).where(standing(table))
    else:
        found = found.select_from(table).where(standing(table), *clauses(kind, table, shape, lead=lead))
    return select(func.count()).select_from(found.limit(most + 1).subquery())


@cache
def facetable(kind: Kind) -> list[str]:
    """The filters of a kind by which its lists can be divided."""
    return [name for name, mark in marks(kind).items() if isinstance(mark, By | Linked) or _is_common(mark)]


def _is_caveat(mark: Any) -> bool:
    return isinstance(mark, Common) and mark.name == "caveat"


def _is_common(mark: Any) -> bool:
    return isinstance(mark, Common) and mark.name in ("basis", "caveat", "document")


def facet(kind: Kind, shape: Shape, name: str, lead: str | None = None) -> Select[Any]:
    """(value, count) of a filter's values among a list's rows, looked up by the `lead`, the most frequent first.

    A count is what the list would have with that filter, so that a place or topic counts what lies within it.
    """
    table = METADATA.tables[kind.name]
    mark = marks(kind)[name]
    value, joined = _value(kind, table, mark)
    number: Any = func.count()
    if getattr(mark, "tree", None):
        wider = around(mark.tree)
        value, joined = wider.c.around, Crossed(joined, wider, wider.c.inside == value)
    if getattr(mark, "tree", None) or _is_caveat(mark):  # by which a row may have one value several times
        number = func.count(distinct(table.c.row))
    counted = number.label("count")
    statement = select(value.label("value"), counted).select_from(joined)
    statement = statement.where(standing(table), value.is_not(None), *clauses(kind, table, shape, lead=lead))
    return statement.group_by(value).order_by(counted.desc(), value).limit(FACET_VALUES)


def around(tree: str) -> CTE:
    """(inside, around): each record of a tree with itself and all that it lies within, as of the edition asked for."""
    table = METADATA.tables[tree]
    fact, wider = literal(f"{tree}/") + table.c.id, table.c[TREES[tree]]
    itself = select(fact.label("inside"), fact.label("around")).where(standing(table)).cte(recursive=True)
    up = select(itself.c.inside, wider).join(table, fact == itself.c.around).where(standing(table), wider.is_not(None))
    return select(itself.union(up)).cte().prefix_with("MATERIALIZED")  # else it is made anew for every row


def _value(kind: Kind, table: Table, mark: Any) -> tuple[ColumnElement[Any], Any]:
    """The column that holds a filter's values, and the tables that it takes."""
    if isinstance(mark, By):
        return table.c[mark.column], table
    if isinstance(mark, Linked):
        is_ours = (LINKS.c.row == table.c.row) & (LINKS.c.kind == literal(kind.name))
        return LINKS.c.target, Crossed(table, LINKS, is_ours & (LINKS.c.relation == literal(mark.relation)))
    if mark.name == "basis":
        return table.c.basis, table
    if mark.name == "document":
        cited = select(CITED.c.row, CITED.c.document).where(CITED.c.kind == literal(kind.name))
        homes = select(table.c.row, table.c.bundle).union(cited).subquery()
        return literal("documents/") + homes.c.bundle, table.join(homes, homes.c.row == table.c.row)
    is_caveat = (LINKS.c.row == table.c.row) & (LINKS.c.kind == literal(kind.name)) & LINKS.c.relation.like("caveats.%")
    return func.substr(LINKS.c.relation, len("caveats.") + 1), Crossed(table, LINKS, is_caveat)
