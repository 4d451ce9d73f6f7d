"""Faceting: how a list's rows divide by the values of a filter."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import CTE, FromClause, Select, String, bindparam, distinct, func, literal, literal_column, select

from app.facts.asking import By, Common, Linked
from app.facts.base import Kind
from app.store.db import Crossed
from app.store.selecting import CITED, LINKS, Shape, marks, matched_through, standing
from app.store.tables import METADATA
from app.store.tallying import first

FACET_VALUES = 100  # the most frequent values that a facet shows, beside those asked for
BETWEEN = ","  # which is in no record's address


@cache
def facetable(kind: Kind) -> list[str]:
    """The filters of a kind by which its lists can be divided."""
    return [name for name, mark in marks(kind).items() if isinstance(mark, By | Linked) or _is_common(mark)]


def _is_common(mark: Any) -> bool:
    return isinstance(mark, Common) and mark.name in ("basis", "caveat", "document")


def is_indexed(kind: Kind, shape: Shape, name: str) -> bool:
    """Whether an index alone has how a list divides by a filter: the whole list, by what each fact has one of."""
    return not shape and _own(marks(kind)[name]) is not None


def facet(
    kind: Kind,
    shape: Shape,
    name: str,
    most: int,
    lead: str | None = None,
    are_more: bool = False,
    shown: int | None = None,
    is_by_itself: bool = False,
) -> Select[Any]:
    """(value, count) of a filter's values among the first `most` rows of a list: the most frequent ones, or all.

    Of a hierarchy all are told, and what a row has several of is one value, by commas: `widened` makes of them what is
    asked for. Where an index has all rows, all are counted. With `is_by_itself`, rows are left out that have their
    value, which lies within no other, only through what no document says.
    """
    table = METADATA.tables[kind.name]
    mark, own = marks(kind)[name], _own(marks(kind)[name])
    are_all = is_indexed(kind, shape, name) and not is_by_itself
    some = table if are_all else _some(kind, shape, name, most, lead, are_more)
    value, joined, counted = _value(kind, shape, some, mark)
    tree = getattr(mark, "tree", None)
    if tree and not own:
        between: Any = literal_column(f"'{BETWEEN}'")
        its = select(func.aggregate_strings(value, between).label("value")).select_from(joined)
        each = its.group_by(some.c.row).subquery()
        value, joined = each.c.value, each
    count = counted.label("count")
    statement = select(value.label("value"), count).select_from(joined).where(value.is_not(None)).group_by(value)
    if are_all:
        statement = statement.where(standing(table))
    if is_by_itself and not tree:
        statement = statement.where(~matched_through(kind, some, literal(f"through.{name}")))
    return statement.order_by(count.desc(), value).limit(shown) if shown and not tree else statement


def steps_through(
    kind: Kind, shape: Shape, name: str, most: int, lead: str | None = None, are_more: bool = False
) -> Select[Any]:
    """(value, count) of the rows that lie within a record, of a hierarchy, only by a step that no document says."""
    some, relation = _some(kind, shape, name, most, lead, are_more), f"through.{name}:"
    its = (LINKS.c.row == some.c.row) & (LINKS.c.kind == literal(kind.name)) & LINKS.c.relation.like(f"{relation}%")
    value = func.substr(LINKS.c.relation, len(relation) + 1)
    found = select(value.label("value"), func.count(distinct(some.c.row))).select_from(Crossed(some, LINKS, its))
    return found.group_by(value)


def widened(counts: Iterable[Any], wider: Callable[[set[str]], Mapping[str, str]]) -> dict[str, int]:
    """How many rows have each of some records or one that lies within it, by (values, count); each counts once for one.

    `wider` tells what those of some records that lie within others lie within.
    """
    sets = [(values.split(BETWEEN), count) for values, count in counts]
    level = {value for values, _ in sets for value in values}
    above: dict[str, str] = {}
    while level:
        found = wider(level)
        above |= found
        level = set(found.values()) - above.keys()
    total: Counter[str] = Counter()
    for values, count in sets:
        for step in set().union(*(_up(value, above) for value in values)):
            total[step] += count
    return total


def _up(value: str, above: Mapping[str, str]) -> set[str]:
    """A record and all that it lies within."""
    steps, step = {value}, above.get(value)
    while step is not None and step not in steps:
        steps.add(step)
        step = above.get(step)
    return steps


def _own(mark: Any) -> str | None:
    """The column by which a list divides, if it is one of a fact's own."""
    if isinstance(mark, By):
        return mark.column
    return "basis" if isinstance(mark, Common) and mark.name == "basis" else None


def _some(kind: Kind, shape: Shape, name: str, most: int, lead: str | None, are_more: bool) -> CTE:
    """The first rows of a list, with what they are divided by."""
    own = _own(marks(kind)[name])
    columns = dict.fromkeys(("row", "bundle", *([own] if own else [])))
    return first(kind, shape, most, lead, tuple(columns), are_more).cte("some")


def _value(kind: Kind, shape: Shape, some: FromClause, mark: Any) -> tuple[Any, Any, Any]:
    """What holds a filter's values of some rows, the tables that it takes, and how rows are counted."""
    if own := _own(mark):
        return some.c[own], some, func.count()
    is_ours = (LINKS.c.row == some.c.row) & (LINKS.c.kind == literal(kind.name))
    if isinstance(mark, Linked):
        is_ours &= LINKS.c.relation == literal(mark.relation)
        return LINKS.c.target, Crossed(some, LINKS, is_ours), func.count()
    if mark.name == "caveat":  # of which a row may have one kind several times
        is_ours &= LINKS.c.relation.like("caveats.%")
        kinds = func.substr(LINKS.c.relation, len("caveats.") + 1)
        return kinds, Crossed(some, LINKS, is_ours), func.count(distinct(some.c.row))
    homes = _homes(kind, shape, some)
    return literal("documents/") + homes.c.bundle, homes, func.count()


def _homes(kind: Kind, shape: Shape, some: FromClause) -> FromClause:
    """(row, bundle): the documents that some rows are of or cite; with sentences asked for, those that they cite so."""
    is_its = (CITED.c.row == some.c.row) & (CITED.c.kind == literal(kind.name))
    cited = select(some.c.row, CITED.c.document.label("bundle")).select_from(Crossed(some, CITED, is_its))
    sentences = [size for name, size, _ in shape if name == "sentence"]
    if sentences:
        asked: list[Any] = [bindparam(f"sentence_{n}", type_=String()) for n in range(sentences[0])]
        return cited.where(CITED.c.sentence.in_(asked)).distinct().subquery()
    return select(some.c.row, some.c.bundle).union(cited).subquery()
