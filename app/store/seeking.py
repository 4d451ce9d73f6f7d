"""Seeking: the facts in which what was searched for stands, the most relevant first.

What is most relevant comes in the index's own order, class by class, so that a page of what often stands is found at
once. The lists of three words or more may have to be gone through to their ends before a page is full: that is done
once, not for each class, and where the words stand is told by the facts' texts, as far as that goes.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from app.facts.base import Kind
from app.store import paging, search
from app.store.finding import Finder
from app.store.highlighting import is_own
from app.store.paging import BODY, Shown
from app.store.search import ANYWHERE, NAMED, OWN
from app.store.selecting import SEARCH, Values, bound, shape_of
from app.store.tokens import Term

SEVERAL = 3  # terms whose lists take longer to go through than texts to be read
FEW = 32  # hits of which the texts are read
ANY, ONLY = 0, 1  # of the expressions of a search: for all, and those for each class


class Hits(NamedTuple):
    """Rows of the index with all that was searched for, the first ones in its order, and whether there are no more."""

    rows: list[int]
    are_all: bool


class Seeking:
    """A search of a kind in an edition: its filters, the search's expressions among them, and the terms of these."""

    def __init__(self, finder: Finder, kind: Kind, values: Values, edition: int, terms: Sequence[Term] = ()) -> None:
        self.finder = finder
        self.kind = kind
        self.values = values
        self.edition = edition
        self.terms = terms

    @cached_property
    def first(self) -> Hits | None:
        """The first hits of several terms, whatever the other filters keep of them; None of few."""
        if len(self.terms) < SEVERAL:
            return None
        found = self._indexed(ANY, FEW + 1)
        return Hits(found[:FEW], len(found) <= FEW)

    def page(self, limit: int, after: Sequence[Any], shown: Shown) -> Sequence[Any]:
        """Up to `limit` rows after those keys: the keys of their order, then the columns that are shown."""
        hits = self.first
        if hits is not None and (hits.are_all or not after):
            later = (row for row in self._ranked(hits, shown) if row[:3] > tuple(after))
            rows = list(islice(later, limit))
            if hits.are_all or len(rows) == limit:
                return rows
        return self._by_class(limit, after, shown)

    def newest(self, limit: int, which: int = ANY, beyond: int = 0, shown: Shown = BODY) -> Sequence[Any]:
        """The rows of one of the expressions, the newest first, after a row of the index."""
        binds = bound(self.values) | {"edition": self.edition, "limit": limit, "beyond": beyond}
        return self.finder.rows(paging.sought, self.kind, shape_of(self.values), which, shown, **binds)

    def _by_class(self, limit: int, after: Sequence[Any], shown: Shown) -> Sequence[Any]:
        stood, beyond = (after[0], search.rowid(self.kind.name, *after[1:])) if after else (0, 0)
        rows: list[Any] = []
        for stands in search.STANDS[stood:]:
            rows += self.newest(limit - len(rows), ONLY + stands, beyond if stands == stood else 0, shown)
            if len(rows) == limit:
                break
        return rows

    def _ranked(self, hits: Hits, shown: Shown) -> Iterator[tuple[Any, ...]]:
        """The rows that come first, as far as these hits tell."""
        named = self._indexed(ONLY + NAMED, FEW) if hits.rows else []
        yield from ((NAMED, day, row, *rest) for day, row, _, *rest in self._those(named, shown))
        if len(named) == FEW and not hits.are_all:
            return  # there may be more of them
        others = []
        for day, row, texts, *rest in self._those([hit for hit in hits.rows if hit not in named], shown):
            if is_own(self.kind.name, bytes(texts), self.terms):
                yield OWN, day, row, *rest
            else:
                others.append((ANYWHERE, day, row, *rest))
        if hits.are_all:
            yield from others

    def _those(self, hits: list[int], shown: Shown) -> list[Any]:
        """The rows of hits that the other filters keep, the newest first: days, numbers, texts, what is shown."""
        others = {name: given for name, given in self.values.items() if name != SEARCH}
        of_these = paging.those, self.kind, shape_of(others), ("texts", *shown)
        many = [search.row_in(hit) for hit in hits]
        found = self.finder.rows_for(*of_these, many=many, edition=self.edition, **bound(others))
        return sorted(found, key=itemgetter(0, 1))

    def _indexed(self, which: int, limit: int) -> list[int]:
        """Rows of the index that match one of the expressions."""
        expressions = bound({SEARCH: self.values[SEARCH]})
        name = f"{SEARCH}_{which}"
        return [row[0] for row in self.finder.rows(search.indexed_hits, self.kind, name, limit=limit, **expressions)]
