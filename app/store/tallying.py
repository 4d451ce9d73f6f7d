"""Tallying: how many facts a list's filters keep, and how they divide by the values of a filter."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Select, Table, distinct, func, literal, literal_column, select

from app.facts.asking import By, Common, Linked
from app.facts.base import Kind
from app.store import search
from app.store.db import Crossed
from app.store.selecting import CITED, LINKS, SEARCH, Shape, clauses, found_by_links, marks, standing
from app.store.tables import METADATA

FACET_VALUES = 100  # the most frequent values that a facet shows, beside those asked for
BETWEEN = ","  # which is in no record's address


def count(kind: Kind, shape: Shape, most: int, lead: str | None = None) -> Select[Any]:
    """How many rows a list has, counted up to one more than `most`, looked up by the filter that is the `lead`."""
    table = METADATA.tables[kind.name]
    found = _rows(kind, table, shape, lead, [literal(1).label("one")])
    return select(func.count()).select_from(found.limit(most + 1).subquery())


def _rows(kind: Kind, table: Table, shape: Shape, lead: str | None, columns: list[Any]) -> Select[Any]:
    """A list's rows in no order, so that the first ones are there at once, however many there are."""
    names = [name for name, *_ in shape]
    lead = lead or (names[0] if len(names) == 1 else None)
    if lead == SEARCH and names == [SEARCH]:
        first = search.hits(kind, f"{SEARCH}_0").subquery()
    elif lead and isinstance(marks(kind).get(lead), Linked):
        first = found_by_links(kind, shape, lead).subquery()
    else:
        return select(*columns).where(standing(table), *clauses(kind, table, shape, lead=lead))
    found = select(*columns).select_from(Crossed(first, table, table.c.row == first.c.row))
    return found.where(standing(table), *clauses(kind, table, shape, lead=lead, is_joined=True))


@cache
def facetable(kind: Kind) -> list[str]:
    """The filters of a kind by which its lists can be divided."""
    return [name for name, mark in marks(kind).items() if isinstance(mark, By | Linked) or _is_common(mark)]


def _is_common(mark: Any) -> bool:
    return isinstance(mark, Common) and mark.name in ("basis", "caveat", "document")


def is_indexed(kind: Kind, shape: Shape, name: str) -> bool:
    """Whether an index alone has how a list divides by a filter: the whole list, by what each fact has one of."""
    return not shape and _own(marks(kind)[name]) is not None


def facet(kind: Kind, shape: Shape, name: str, most: int, lead: str | None = None) -> Select[Any]:
    """(value, count) of a filter's values among the first `most` rows of a list that are found, by the `lead`.

    The most frequent come first. Of a hierarchy all are told, and what a row has several of is one value, by commas:
    `widened` makes of them what is asked for. Where an index has all rows, all are counted.
    """
    table = METADATA.tables[kind.name]
    mark, own = marks(kind)[name], _own(marks(kind)[name])
    columns = [table.c.row, table.c.bundle, *([table.c[own]] if own else [])]
    are_all = is_indexed(kind, shape, name)
    some = table if are_all else _rows(kind, table, shape, lead, columns).limit(most).cte("some")
    value, joined, counted = _value(kind, some, mark)
    tree = getattr(mark, "tree", None)
    if tree and not own:
        between: Any = literal_column(f"'{BETWEEN}'")
        its = select(func.aggregate_strings(value, between).label("value")).select_from(joined)
        each = its.group_by(some.c.row).subquery()
        value, joined = each.c.value, each
    count = counted.label("count")
    statement = select(value.label("value"), count).select_from(joined).where(value.is_not(None)).group_by(value)
    statement = statement.where(standing(table)) if are_all else statement
    return statement if tree else statement.order_by(count.desc(), value).limit(FACET_VALUES)


def widened(counts: Iterable[tuple[str, int]], wider: Callable[[set[str]], Mapping[str, str]]) -> list[tuple[str, int]]:
    """(value, count) of records and all that they lie within, the most frequent first, each row counted once for one.

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
    return sorted(total.items(), key=lambda one: (-one[1], one[0]))[:FACET_VALUES]


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


def _value(kind: Kind, some: FromClause, mark: Any) -> tuple[Any, Any, Any]:
    """What holds a filter's values of some rows, the tables that it takes, and how rows are counted."""
    if own := _own(mark):
        return some.c[own], some, func.count()
    of_ours = (LINKS.c.row == some.c.row) & (LINKS.c.kind == literal(kind.name))
    if isinstance(mark, Linked):
        return (
            LINKS.c.target,
            Crossed(some, LINKS, of_ours & (LINKS.c.relation == literal(mark.relation))),
            func.count(),
        )
    if mark.name == "caveat":  # of which a row may have one kind several times
        kinds = func.substr(LINKS.c.relation, len("caveats.") + 1)
        return (
            kinds,
            Crossed(some, LINKS, of_ours & LINKS.c.relation.like("caveats.%")),
            func.count(distinct(some.c.row)),
        )
    is_its = (CITED.c.row == some.c.row) & (CITED.c.kind == literal(kind.name))
    cited = select(some.c.row, CITED.c.document.label("bundle")).select_from(Crossed(some, CITED, is_its))
    homes = select(some.c.row, some.c.bundle).union(cited).subquery()
    return literal("documents/") + homes.c.bundle, homes, func.count()
