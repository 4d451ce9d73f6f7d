"""Paging: a page of a list in its order, found in the way that costs least."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from app.facts.asking import By, Linked
from app.facts.base import Kind
from app.store import search
from app.store.db import Crossed, Tried
from app.store.ordering import ORDERS, default
from app.store.selecting import LINKS, SEARCH, Shape, clauses, marks, narrowed, standing
from app.store.tables import METADATA

Shown = tuple[str, ...]  # columns of what is published of a fact
BODY: Shown = ("body",)
LINK_ORDER = ("day_down", "place_in_document", "row")  # of the links to one record


class Way(Enum):
    """How the rows of a page are found."""

    STRAIGHT = 1  # an index has them in order
    GATHERED = 2  # all that match are put in order, by their keys alone
    WALKED = 3  # the order's index is gone through, row by row, until enough of them match
    SOUGHT = 4  # the index of words is, which has what is most relevant first


def is_straight(kind: Kind, shape: Shape, sort: str) -> bool:
    """Whether an index has the rows that a list keeps in its order: without filters, or by one value of one filter."""
    if not shape:
        return sort in ORDERS
    (name, size, is_opened), *more = shape
    mark = marks(kind).get(name)
    if more or size != 1 or sort != default(kind):
        return False
    if isinstance(mark, Linked) and not set(ORDERS[sort][0]) <= set(LINK_ORDER):
        return False
    if isinstance(mark, By | Linked):
        return is_opened or not mark.tree
    return name == "basis"


def page(
    kind: Kind, shape: Shape, sort: str, goes_on: bool, way: Way, shown: Shown = BODY, lead: str | None = None
) -> Select[Any]:
    """A page's rows: the order's columns, then those `shown`; `goes_on` after the keys bound as `after_0`, …

    Those that are gathered are looked up by the filter that is the `lead`, where one is.
    """
    table = METADATA.tables[kind.name]
    names, descending = ORDERS[sort]
    keys = [_stands(kind, table) if name == "stands" else table.c[name] for name in names]
    statement = select(*keys).where(standing(table), *_kept(kind, table, shape, way, sort, lead))
    order = keys
    if way is Way.STRAIGHT and shape and isinstance(mark := marks(kind)[shape[0][0]], Linked):
        statement = statement.select_from(LINKS.join(table, table.c.row == LINKS.c.row))
        value = bindparam(f"{shape[0][0]}_0", type_=String())
        of = LINKS.c.kind == literal(kind.name), LINKS.c.relation == literal(mark.relation), LINKS.c.target == value
        statement, order = statement.where(*of), [LINKS.c[name] for name in names]
        if names[0] != LINK_ORDER[0]:
            statement = statement.where(LINKS.c[LINK_ORDER[0]] == literal_column("0"))
    if goes_on:
        statement = statement.where(_beyond(order, descending))
    statement = _ordered(statement, order, descending).limit(bindparam("limit"))
    if way is not Way.GATHERED:
        return statement.add_columns(*(table.c[name] for name in shown))
    found = statement.subquery()
    whole = select(*found.c, *(table.c[name] for name in shown)).select_from(
        found.join(table, table.c.row == found.c.row)
    )
    return _ordered(whole, list(found.c), descending)


def _ordered(statement: Select[Any], keys: list[Any], descending: int) -> Select[Any]:
    return statement.order_by(*(key.desc() for key in keys[:descending]), *keys[descending:])


def _kept(
    kind: Kind, table: Table, shape: Shape, way: Way, sort: str, lead: str | None
) -> Iterator[ColumnElement[bool]]:
    """The clauses of the filters as that way wants them: to walk, no index of theirs may be looked up instead."""
    if way is Way.STRAIGHT and shape and isinstance(marks(kind)[shape[0][0]], Linked):
        return
    if way is Way.WALKED:
        yield from map(Tried, clauses(kind, table, shape, True, sort == "relevance"))
    else:
        yield from narrowed(kind, table, shape, lead, sort == "relevance")


def sought(kind: Kind, shape: Shape, which: int, shown: Shown = BODY) -> Select[Any]:
    """The rows that match one of the expressions of a search, the newest first: their keys, then what is `shown`.

    They come after the row of the index bound as `beyond`. Each is tried by the other filters.
    """
    table, index = METADATA.tables[kind.name], search.INDEX
    others = tuple(one for one in shape if one[0] != SEARCH)
    keys = literal(which - 1).label("stands"), table.c.day_down, table.c.row
    found = select(*keys, *(table.c[name] for name in shown))
    found = found.select_from(Crossed(index, table, table.c.row == search.row()))
    found = found.where(search.fits(f"{SEARCH}_{which}"), search.of_kind(kind), index.c.rowid > bindparam("beyond"))
    found = found.where(standing(table), *map(Tried, clauses(kind, table, others, True)))
    return found.order_by(index.c.rowid).limit(bindparam("limit"))


def those(kind: Kind, shape: Shape, shown: Shown, size: int) -> Select[Any]:
    """Those of so many rows that the filters keep: `day_down`, `row`, then the columns that are shown."""
    table = METADATA.tables[kind.name]
    wanted = table.c.row.in_([bindparam(f"many_{n}", type_=BigInteger()) for n in range(size)])
    found = select(table.c.day_down, table.c.row, *(table.c[name] for name in shown))
    return found.where(wanted, standing(table), *map(Tried, clauses(kind, table, shape, True)))


def _stands(kind: Kind, table: Table) -> ColumnElement[int]:
    """Where what was searched for stands: 0 in the name, 1 in the words, 2 in the names of what is referred to too."""
    name, words = (search.is_hit(kind, table, f"{SEARCH}_{1 + stands}") for stands in search.STANDS[:2])
    return case((name, 0), (words, 1), else_=2)


def _beyond(keys: list[Any], descending: int) -> ColumnElement[bool]:
    """Comes after the row with the bound keys."""
    bound: list[Any] = [bindparam(f"after_{index}", type_=key.type) for index, key in enumerate(keys)]
    if not descending:
        return tuple_(*keys) > tuple_(*bound)
    if descending == len(keys):
        return tuple_(*keys) < tuple_(*bound)
    return and_(keys[0] <= bound[0], or_(keys[0] < bound[0], tuple_(*keys[1:]) > tuple_(*bound[1:])))
