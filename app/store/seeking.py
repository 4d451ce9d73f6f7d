"""Seeking: the facts in which what was searched for stands, the most relevant first.

What is most relevant comes in the index's own order, class by class, so that a page of much is found at once. Of what
is seldom together no page would be full before the lists of all words were gone through for each class: there they are
gone through once, and where the words stand is told by the facts' texts.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

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

FEW = 50  # hits of which the texts are read
READ = 32  # texts at a time
ANY, ONLY = 0, 1  # of the expressions of a search: for all, and those for each class


def few(finder: Finder, kind: Kind, expressions: tuple[Any, ...]) -> list[int] | None:
    """The rows of the index with all that was searched for, in its order; None where there are many."""
    hits = _indexed(finder, kind, expressions, ANY, FEW + 1)
    return hits if len(hits) <= FEW else None


def _indexed(finder: Finder, kind: Kind, expressions: tuple[Any, ...], which: int, limit: int) -> list[int]:
    values = bound({SEARCH: expressions})
    return [row[0] for row in finder.rows(search.indexed_hits, kind, f"{SEARCH}_{which}", limit=limit, **values)]


def ranked(
    finder: Finder,
    kind: Kind,
    values: Values,
    terms: Sequence[Term],
    hits: Sequence[int],
    limit: int,
    after: Sequence[Any],
    edition: int,
    shown: Shown = BODY,
) -> Sequence[Any]:
    """Up to `limit` rows of a search for terms that has these hits, after those keys: as those of a page."""
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
    finder: Finder, kind: Kind, expressions: tuple[Any, ...], terms: Sequence[Term], hits: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Where each of the hits stands, one of STANDS, and itself, the most relevant first; texts are read when wanted."""
    named = set(_indexed(finder, kind, expressions, ONLY + NAMED, FEW)) if hits else ()
    yield from ((NAMED, hit) for hit in hits if hit in named)
    left = [hit for hit in hits if hit not in named]
    rest: list[int] = []
    for first in range(0, len(left), READ):
        some = left[first : first + READ]
        texts = dict(finder.rows_for(_texts, kind, many=[search.row_in(hit) for hit in some]))
        for hit in some:
            if is_own(kind.name, bytes(texts.get(search.row_in(hit), b"")), terms):
                yield OWN, hit
            else:
                rest.append(hit)
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
    """The same of a search that may have many."""
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
