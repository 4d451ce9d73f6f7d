"""Tallying: how many facts a list's filters keep, counted so far and no further, and which of them come first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select

from app.facts.asking import Linked
from app.facts.base import Kind
from app.store import ordering, search
from app.store.db import Crossed
from app.store.paging import LINK_ORDER
from app.store.selecting import EVERY, SEARCH, Shape, clauses, found_by_links, marks, standing
from app.store.tables import METADATA

TRIED = 2  # times as many rows are tried as are wanted


def count(kind: Kind, shape: Shape, most: int, lead: str | None = None) -> Select[Any]:
    """How many rows a list has, counted up to one more than `most`, looked up by the filter that is the `lead`."""
    found, _ = _found(kind, shape, lead, [literal(1).label("one")])
    return select(func.count()).select_from(found.limit(most + 1).subquery())


def first(kind: Kind, shape: Shape, most: int, lead: str | None, columns: Sequence[str], are_more: bool) -> Select[Any]:
    """These columns of the first `most` rows of a list in its own order, be it sorted by another one or not.

    With words that is the newest first, as their index has it, so that the same rows are first on either engine. Where
    it is known that there `are_more`, they may be fewer if many versions stand no longer.
    """
    table = METADATA.tables[kind.name]
    tried = TRIED * most if are_more else None
    found, order = _found(kind, shape, lead, [table.c[name] for name in columns], tried)
    return found.order_by(*order).limit(most)


def _found(
    kind: Kind, shape: Shape, lead: str | None, columns: list[Any], tried: int | None = None
) -> tuple[Select[Any], list[Any]]:
    """A list's rows as they are found, so that the first are there at once, and its order.

    What matches by a relation to several records is out of order, so that at most so many of it are `tried`.
    """
    table = METADATA.tables[kind.name]
    names = [name for name, *_ in shape]
    lead = lead or (names[0] if len(names) == 1 else None)
    keys = ("day_down", "row") if SEARCH in names else ordering.keys(kind)
    order: list[Any] = [table.c[name] for name in keys]
    found = select(*columns).where(standing(table))
    if names == [SEARCH]:
        index = search.INDEX
        found = found.select_from(Crossed(index, table, table.c.row == search.row()))
        return found.where(search.fits(f"{SEARCH}_0"), search.of_kind(kind)), [index.c.rowid]
    if lead == EVERY:  # not in the order's index, which has nothing of what is tried
        order = [func.coalesce(column, column) for column in order]
    if lead is None or not isinstance(marks(kind).get(lead), Linked):
        return found.where(*clauses(kind, table, shape, lead=lead)), order
    by_links, is_by_links = found_by_links(kind, shape, lead), set(keys) <= set(LINK_ORDER)
    if tried and is_by_links and len(names) == 1:
        by_links = by_links.order_by(*(by_links.selected_columns[name] for name in keys)).limit(tried)
    links = by_links.subquery()
    found = found.select_from(Crossed(links, table, table.c.row == links.c.row))
    found = found.where(*clauses(kind, table, shape, lead=lead, is_joined=True))
    return found, [links.c[name] for name in keys] if is_by_links else order
