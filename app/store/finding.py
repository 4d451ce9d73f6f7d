"""Finding: the reads that answers are made of, each a bounded number of statements, all of one edition."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select

from app.facts import KINDS
from app.facts.base import Kind
from app.store import faceting, laying, narrowing, paging, search, selecting, tallying
from app.store.current import Current, Now
from app.store.db import Database, prepared
from app.store.faceting import FACET_VALUES
from app.store.paging import BODY, Shown, Way
from app.store.publishing import fold
from app.store.reads import HeldReads
from app.store.selecting import Opened, Values
from app.store.tables import METADATA
from app.store.tokens import Term

NAMES = ("editions", "texts", "documents", "bundles")
EDITIONS, TEXTS, DOCUMENTS, BUNDLES = (METADATA.tables[name] for name in NAMES)
PROBED = 64  # hits by which it is told how rare a word is
CHUNK = 500  # values of one statement


@dataclass(frozen=True, slots=True)
class Sentence:
    ref: str
    start: int
    end: int
    sha256: str
    reason: str | None


class Finder:
    """Reads one database; what the current edition is, is looked up again after `fresh` seconds."""

    def __init__(self, database: Database, fresh: float = 0.0) -> None:
        self.database = database
        self._known = Current(fresh)

    def held(self, seconds: float) -> "HeldFinder | None":
        """A finder for one thread that must not wait longer for a statement; None where each goes over a network."""
        held = self.database.held(seconds)
        return None if held is None else HeldFinder(self.database, held, self._known)

    def rows(self, make: Any, *arguments: Any, **values: Any) -> Sequence[Any]:
        """The rows of the statement that `make(*arguments)` is, compiled once."""
        return self.database.rows(prepared(self.database.is_sqlite, make, *arguments), values)

    def rows_for(self, make: Any, *arguments: Any, many: Sequence[Any], **values: Any) -> Iterator[Any]:
        """The rows for many values, bound as `many_0`, `many_1`, …; `make` is given their number after its arguments.

        The number is a power of two, the last value repeated, so that few statements are compiled.
        """
        for first in range(0, len(many), CHUNK):
            some = many[first : first + CHUNK]
            size = 1 << (len(some) - 1).bit_length()
            bound = {f"many_{n}": some[min(n, len(some) - 1)] for n in range(size)}
            yield from self.rows(make, *arguments, size, **bound, **values)

    def latest(self) -> Now:
        """The current edition; 0 in a database without facts."""
        known = self.known()
        if known is not None:
            return known
        at = time.monotonic()
        rows = self.rows(_latest)
        now = Now(*rows[0]) if rows else Now(0, "")
        self._known.note(at, now)
        return now

    def known(self) -> Now | None:
        """The current edition where it need not be looked up."""
        latest = self._known.latest
        return latest[1] if latest and time.monotonic() < latest[0] else None

    def forget(self) -> None:
        """Has the current edition looked up when it is next asked for, as after a load."""
        self._known.latest, self._known.forgot = None, time.monotonic()

    def edition(self, number: int) -> Now | None:
        """An edition by its number, or None if there never was one."""
        rows = self.rows(_edition, number=number)
        return Now(*rows[0]) if rows else None

    def edition_at(self, instant: str) -> Now | None:
        """The edition that was current at an instant (RFC 3339, Z, microseconds), or None before the first."""
        rows = self.rows(_edition_at, instant=instant)
        return Now(*rows[0]) if rows else None

    def page(
        self,
        kind: Kind,
        values: Values,
        sort: str,
        limit: int,
        after: Sequence[Any],
        edition: int,
        way: Way | None = None,
        shown: Shown = BODY,
    ) -> Sequence[Any]:
        """Up to `limit` rows of a list: the keys of its order, then the columns that are shown."""
        shape = selecting.shape_of(values)
        way = way or (Way.STRAIGHT if paging.is_straight(kind, shape, sort) else Way.GATHERED)
        lead = self.lead(kind, values, edition) if way is Way.GATHERED else None
        bound = selecting.bound(values) | {f"after_{index}": key for index, key in enumerate(after)}
        asked = paging.page, kind, shape, sort, bool(after), way, shown, lead
        return self.rows(*asked, edition=edition, limit=limit, **bound)

    def first_page(self, kind: Kind, filter: str, value: str, edition: int) -> tuple[list[Any], bytes] | None:
        """The first page of a kind's list by a value, where it is laid together: its last row's keys, and its bodies
        joined by commas.
        """
        rows = self.rows(laying.first, kind=kind.name, filter=filter, value=value, edition=edition)
        return (json.loads(rows[0][0]), bytes(rows[0][1])) if rows else None

    def remembered(self, now: Now, asked: Any, find: Callable[[], Any]) -> Any:
        """What `find()` finds in an edition for what is asked, looked up once."""
        return self._known.remembered(now, asked, find)

    def is_large(self, kind: Kind, most: int) -> bool:
        """Whether there ever were more than so many versions of a kind's facts; looked up once in an edition."""
        edition = self.latest().edition
        known = self._known.large.get((kind.name, most))
        if known is None or (known[0] != edition and not known[1]):
            self._known.large[kind.name, most] = known = edition, self.rows(_versions, kind.name, most)[0][0] > most
        return known[1]

    def opened(self, tree: str, values: tuple[Any, ...], edition: int) -> Opened:
        """Records of a hierarchy, as `kind/id`, with all that lie within them; as they are where none of them is."""
        found = {row[0] for row in self.rows_for(selecting.inside, tree, many=values, edition=edition)}
        return Opened(sorted(found) or values)

    def expressions(self, kind: Kind, terms: Sequence[Term]) -> tuple[str, ...]:
        """A search of a kind in the index's own words, of several words the rarest first."""
        if self.database.is_sqlite and len(terms) > 2:
            terms = sorted(terms, key=lambda term: self._reach(kind, term), reverse=True)
        return search.expressions([terms], kind.name, self.database.is_sqlite)

    def _reach(self, kind: Kind, term: Term) -> float:
        """How far the first rows go that have the rarest word of a term: the rarer, the farther into the index."""
        *first, last = term.tokens
        if term.is_open and len(last) > search.BEGINNINGS:
            return math.inf  # which takes long to tell
        words = [*(Term((token,)) for token in first), Term((last,), term.is_open)]
        asked = [search.match([[word]], kind.name, search.ANYWHERE, True) for word in words]
        found = [self.rows(search.indexed_hits, kind, "word", word=word, limit=PROBED) for word in asked]
        return max(rows[-1][0] if len(rows) == PROBED else math.inf for rows in found)

    def count(self, kind: Kind, values: Values, most: int, edition: int) -> int:
        """How many facts of a kind the filters keep, counted up to one more than `most`."""
        asked = tallying.count, kind, selecting.shape_of(values), most, self.lead(kind, values, edition)
        found: int = self.rows(*asked, edition=edition, **selecting.bound(values))[0][0]
        return found

    def facet(
        self,
        kind: Kind,
        values: Values,
        name: str,
        most: int,
        are_more: bool,
        edition: int,
        shown: int | None = FACET_VALUES,
        is_by_itself: bool = False,
    ) -> dict[Any, int]:
        """How many of the facts that other filters keep have each of a filter's values; the most frequent, or all.

        A count is what the list would have with that filter, so that a place or topic counts what lies within it; of
        more than `most` facts (`are_more`) those are counted that come first, where no index has all of them. With
        `is_by_itself`, no fact counts for what it has only through what no document says.
        """
        asked = kind, selecting.shape_of(values), name, most, self.lead(kind, values, edition), are_more
        given = {"edition": edition, **selecting.bound(values)}
        rows = self.rows(faceting.facet, *asked, shown, is_by_itself, **given)
        tree = getattr(selecting.marks(kind)[name], "tree", None)
        if tree is None:
            return {row[0]: row[1] for row in rows}

        def wider(some: set[str]) -> dict[str, str]:
            return dict(self.rows_for(selecting.wider, tree, many=sorted(some), edition=edition))

        counts = faceting.widened(rows, wider)
        if is_by_itself:
            for value, count in self.rows(faceting.steps_through, *asked, **given):
                counts[value] -= count
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return {value: count for value, count in ordered[:shown] if count > 0}

    def lead(self, kind: Kind, values: Values, edition: int) -> str | None:
        """The filter by which rows are best looked up, that which keeps the fewest, the others being tried.

        None where that does not matter, or the engine knows by itself: SQLite knows nothing of how often a value is.
        """
        names = narrowing.leads(kind, values) if self.database.is_sqlite else []
        if len(names) < 2 or not self.is_large(kind, narrowing.WIDE):
            return None

        def count(own: Values, most: int) -> int:
            asked = tallying.count, kind, selecting.shape_of(own), most
            found: int = self.rows(*asked, edition=edition, **selecting.bound(values))[0][0]
            return found

        key = kind.name, tuple(values.items())
        found: str = self._known.remembered(edition, key, lambda: narrowing.narrowest(kind, names, values, count))
        return found

    def body(self, kind: Kind, id: str, edition: int) -> bytes | None:
        """The body of a record, or None."""
        rows = self.rows(selecting.item, kind, edition=edition, id=id)
        return bytes(rows[0][0]) if rows else None

    def named(self, kind: Kind, name: str, edition: int) -> list[str]:
        """The ids of the records of a kind that have this name, whatever its case and marks."""
        return [row[0] for row in self.rows(selecting.named, kind, edition=edition, name=fold(name))]

    def sentences(self, document: str, edition: int) -> list[Sentence]:
        """A document's sentences in order; none where there is no such document."""
        rows = self.rows(_sentences, edition=edition, id=document)
        return [Sentence(*one) for one in json.loads(bytes(rows[0][0]))] if rows else []

    def citing(self, document: str, edition: int, sentence: str | None = None) -> dict[str, list[dict[str, str]]]:
        """For each sentence the references of the facts that cite it, in the document's order."""
        values = {"document": document, "edition": edition} | ({"sentence": sentence} if sentence else {})
        found: dict[str, list[dict[str, str]]] = {}
        for ref, kind, id, name in self.rows(selecting.citing, sentence is not None, **values):
            found.setdefault(ref, []).append({"id": id, "name": name, "path": f"/{kind}/{id}"})
        return found

    def text(self, document: str) -> bytes | None:
        """The text of a document where it is held."""
        rows = self.rows(_text, document=document)
        return bytes(rows[0][0]) if rows else None

    def bundle(self, id: str, edition: int) -> str | None:
        """The SHA-256 of the bundle that was current in an edition, in hex, or None."""
        rows = self.rows(_bundle, "sha256", edition=edition, id=id)
        return rows[0][0] if rows else None

    def bundle_content(self, id: str, edition: int) -> bytes:
        """The same bundle, byte for byte as it was loaded."""
        return bytes(self.rows(_bundle, "content", edition=edition, id=id)[0][0])

    def references(self, make: Any, *arguments: Any, **values: Any) -> list[dict[str, str]]:
        """The references that a statement of (kind, id, name) finds."""
        rows = self.rows(make, *arguments, **values)
        return [{"id": id, "name": name, "path": f"/{kind}/{id}"} for kind, id, name in rows]

    def counts(self, edition: int) -> dict[str, int]:
        """How many facts of each kind there are."""
        return {name: self.rows(_count, name, edition=edition)[0][0] for name in KINDS}


class HeldFinder(Finder):
    """Reads in one transaction until it is let go, or another edition is current."""

    def __init__(self, database: Database, held: HeldReads, current: Current) -> None:
        self.database = database
        self._known = current
        self._held = held
        self._begun = 0  # in which of the editions found
        self.let_go = held.let_go

    @property
    def is_open(self) -> bool:
        """Whether it holds a transaction."""
        return self._held.is_open

    def rows(self, make: Any, *arguments: Any, **values: Any) -> Sequence[Any]:
        if self._begun != self._known.found:
            self._begun = self._known.found
            self.let_go()
        statement = prepared(True, make, *arguments)
        return self._held.rows(statement.sql, {**statement.constants, **values})

    def latest(self) -> Now:
        known = self.known()
        if known is None:
            self.let_go()
            known = super().latest()
        return known


def _latest() -> Any:
    return select(EDITIONS.c.edition, EDITIONS.c.digest).order_by(EDITIONS.c.edition.desc()).limit(1)


def _edition() -> Any:
    return select(EDITIONS.c.edition, EDITIONS.c.digest).where(
        EDITIONS.c.edition == bindparam("number", type_=BigInteger())
    )


def _edition_at() -> Any:
    before = EDITIONS.c.at <= bindparam("instant")
    return select(EDITIONS.c.edition, EDITIONS.c.digest).where(before).order_by(EDITIONS.c.edition.desc()).limit(1)


def _sentences() -> Any:
    return select(DOCUMENTS.c.sentences).where(DOCUMENTS.c.id == bindparam("id"), selecting.standing(DOCUMENTS))


def _text() -> Any:
    return select(TEXTS.c.content).where(TEXTS.c.document == bindparam("document"))


def _bundle(column: str) -> Any:
    return select(BUNDLES.c[column]).where(BUNDLES.c.id == bindparam("id"), selecting.standing(BUNDLES))


def _versions(name: str, most: int) -> Any:
    some = select(METADATA.tables[name].c.row).limit(most + 1).subquery()
    return select(func.count()).select_from(some)


def _count(name: str) -> Any:
    table = METADATA.tables[name]
    return select(func.count()).select_from(table).where(selecting.standing(table))
