"""Seeking: the facts in which what was searched for stands, the most relevant first.

What is most relevant comes in the index's own order, class by class, so that a page of what often stands is found at
once. The lists of several words may have to be gone through to their ends before a page is full: that is done once, not
for each class, and where the words stand is told by the facts' texts, as far as that goes.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, select

from app.facts.base import Kind
from app.store import paging, search
from app.store.finding import Finder
from app.store.highlighting import is_own
from app.store.paging import BODY, Shown
from app.store.search import ANYWHERE, NAMED, OWN
from app.store.selecting import SEARCH, Values, bound, shape_of
from app.store.tables import METADATA
from app.store.tokens import Term

FEW = 32  # hits of which the texts are read
READ = 32  # texts at a time
ANY, ONLY = 0, 1  # of the expressions of a search: for all, and those for each class


class Hits(NamedTuple):
    """Rows of the index with all that was searched for, the first ones in its order, and whether there are no more."""

    rows: list[int]
    are_all: bool


def first(finder: Finder, kind: Kind, expressions: tuple[Any, ...]) -> Hits:
    """The first hits of a search."""
    found = _indexed(finder, kind, expressions, ANY, FEW + 1)
    return Hits(found[:FEW], len(found) <= FEW)


def _indexed(finder: Finder, kind: Kind, expressions: tuple[Any, ...], which: int, limit: int) -> list[int]:
    values = bound({SEARCH: expressions})
    return [row[0] for row in finder.rows(search.indexed_hits, kind, f"{SEARCH}_{which}", limit=limit, **values)]


def together(
    finder: Finder,
    kind: Kind,
    values: Values,
    terms: Sequence[Term],
    hits: Hits,
    limit: int,
    after: Sequence[Any],
    edition: int,
    shown: Shown = BODY,
) -> Sequence[Any]:
    """Up to `limit` rows of a search for several terms, whose first hits these are: as those of a page."""
    if hits.are_all or not after:
        rows = _ranked(finder, kind, values, terms, hits, limit, after, edition, shown)
        if hits.are_all or len(rows) == limit:
            return rows
    return found(finder, kind, values, limit, after, edition, shown)


def _ranked(
    finder: Finder,
    kind: Kind,
    values: Values,
    terms: Sequence[Term],
    hits: Hits,
    limit: int,
    after: Sequence[Any],
    edition: int,
    shown: Shown,
) -> Sequence[Any]:
    """The same as far as it can be told by these hits."""
    last = (after[0], search.rowid(kind.name, *after[1:])) if after else (-1, 0)
    wanted = (one for one in _in_order(finder, kind, values[SEARCH], terms, hits) if one > last)
    others = {name: given for name, given in values.items() if name != SEARCH}
    shape, binds = shape_of(others), bound(others)
    rows: list[Any] = []
    while len(rows) < limit and (some := list(islice(wanted, limit - len(rows)))):
        stands = {search.row_in(hit): stands for stands, hit in some}
        found = finder.rows_for(paging.those, kind, shape, shown, many=list(stands), edition=edition, **binds)
        rows += sorted([(stands[row[1]], *row) for row in found], key=lambda row: row[:3])
    return rows


def _in_order(
    finder: Finder, kind: Kind, expressions: tuple[Any, ...], terms: Sequence[Term], hits: Hits
) -> Iterator[tuple[int, int]]:
    """Where each of the most relevant stands, one of STANDS, and itself, in order; texts are read when wanted."""
    named = _indexed(finder, kind, expressions, ONLY + NAMED, FEW) if hits.rows else []
    yield from ((NAMED, hit) for hit in named)
    if len(named) == FEW and not hits.are_all:
        return  # there may be more of them
    left = [hit for hit in hits.rows if hit not in named]
    rest: list[int] = []
    for at in range(0, len(left), READ):
        some = left[at : at + READ]
        texts = dict(finder.rows_for(_texts, kind, many=[search.row_in(hit) for hit in some]))
        for hit in some:
            if is_own(kind.name, bytes(texts.get(search.row_in(hit), b"")), terms):
                yield OWN, hit
            else:
                rest.append(hit)
    if hits.are_all:
        yield from ((ANYWHERE, hit) for hit in rest)


def _texts(kind: Kind, size: int) -> Select[Any]:
    table = METADATA.tables[kind.name]
    wanted = table.c.row.in_([bindparam(f"many_{n}", type_=BigInteger()) for n in range(size)])
    return select(table.c.row, table.c.texts).where(wanted)


def found(
    finder: Finder,
    kind: Kind,
    values: Values,
    limit: int,
    after: Sequence[Any],
    edition: int,
    shown: Shown = BODY,
) -> Sequence[Any]:
    """Up to `limit` rows of a search, after those keys, class by class."""
    stood, beyond = (after[0], search.rowid(kind.name, *after[1:])) if after else (0, 0)
    rows: list[Any] = []
    for stands in search.STANDS[stood:]:
        after_row = beyond if stands == stood else 0
        rows += sought(finder, kind, values, ONLY + stands, limit - len(rows), edition, after_row, shown)
        if len(rows) == limit:
            break
    return rows


def sought(
    finder: Finder,
    kind: Kind,
    values: Values,
    which: int,
    limit: int,
    edition: int,
    beyond: int = 0,
    shown: Shown = BODY,
) -> Sequence[Any]:
    """The same of one of its expressions, the newest first, after a row of the index."""
    binds = bound(values) | {"edition": edition, "limit": limit, "beyond": beyond}
    return finder.rows(paging.sought, kind, shape_of(values), which, shown, **binds)
