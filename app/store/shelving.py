"""Shelving: the versions and changes of many facts at once, and of those versions the bodies that are wanted."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, String, bindparam, literal, select, union_all

from app.facts import KINDS
from app.store import history
from app.store.finding import DOCUMENTS, Finder, Sentence
from app.store.following import follow
from app.store.selecting import CITED
from app.store.tables import METADATA


@dataclass(frozen=True, slots=True)
class Version:
    """A fact as it stood in the editions from `since` to before `until`; `row` is its place in its kind's table."""

    fact: str
    row: int
    since: int
    until: int
    revision: int
    name: str

    def stood(self, first: int, last: int) -> bool:
        """Whether it stood in any of these editions, ends included."""
        return self.since <= last and first < self.until


@dataclass(frozen=True, slots=True)
class Place:
    """A span that a version of a fact cites."""

    version: Version
    start: int
    end: int


class Shelf:
    """What a database holds of some facts up to an edition; whatever was not asked for is not there."""

    def __init__(self, finder: Finder, edition: int) -> None:
        self.finder = finder
        self.edition = edition
        self.versions: dict[str, list[Version]] = defaultdict(list)  # the oldest first
        self.changes: dict[str, list[history.Change]] = defaultdict(list)
        self.places: dict[tuple[str, str], list[Place]] = defaultdict(list)  # by document and sentence
        self._known: set[str] = set()
        self._bodies: dict[tuple[str, int], dict[str, Any]] = {}
        self._sentences: dict[int, list[Sentence]] = {}
        self._erasures: dict[str, tuple[int, str] | None] = {}
        self._followed: dict[tuple[int, int], dict[Sentence, Sentence]] = {}

    def add(self, facts: Iterable[str]) -> None:
        """Takes in the versions and changes of facts, and of those that they were merged or split into."""
        wanted = sorted(set(facts) - self._known)
        while wanted:
            self._known.update(wanted)
            told = [f"{prefix}{fact}" for prefix in ("", history.CORROBORATION) for fact in wanted]
            for change in history.of_each(self.finder, told, self.edition):
                self.changes[change.fact].append(change)
            for kind, ids in _by_kind(wanted).items():
                for id, *found in self.finder.rows_for(_versions, kind, many=ids, edition=self.edition):
                    self.versions[f"{kind}/{id}"].append(Version(f"{kind}/{id}", *found))
            wanted = sorted({into for fact in wanted for into in self.became(fact)} - self._known)

    def became(self, fact: str) -> list[str]:
        """What a fact was merged or split into, where that was the last that happened to it."""
        return self.changes[fact][-1].into if self.changes[fact] else []

    def at(self, fact: str, edition: int) -> Version | None:
        """The version of a fact that stood in an edition."""
        return next((one for one in self.versions[fact] if one.stood(edition, edition)), None)

    def heirs(self, fact: str) -> list[Version]:
        """What stands for a fact: its own version, or those of what it was merged or split into, as far as it goes."""
        found: dict[str, Version] = {}
        seen, wanted = {fact}, [fact]
        while wanted:
            one = wanted.pop(0)
            version = self.at(one, self.edition)
            if version:
                found[one] = version
            wanted[:0] = [into for into in self.became(one) if version is None and into not in seen]
            seen.update(wanted)
        return list(found.values())

    def erasure(self, bundle: str) -> tuple[int, str] | None:
        """In which edition a bundle was last erased, and why."""
        if bundle not in self._erasures:
            self._erasures[bundle] = history.erasure(self.finder, bundle)
        return self._erasures[bundle]

    def add_places(self, sentences: Iterable[tuple[str, str]]) -> None:
        """Takes in the spans that any version of a fact cites in sentences, each a document and a ref."""
        wanted = sorted(set(sentences))
        for document in sorted({document for document, _ in wanted}):
            refs = [ref for one, ref in wanted if one == document]
            rows = self.finder.rows_for(_places, many=refs, document=document, edition=self.edition)
            for ref, start, end, kind, id, *found in rows:
                self.places[document, ref].append(Place(Version(f"{kind}/{id}", *found), start, end))
        for places in self.places.values():
            places.sort(key=lambda one: (one.version.since, one.version.fact))

    def fetch(self, versions: Iterable[Version]) -> None:
        """Takes in the bodies of versions."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for version in versions:
            wanted[version.fact.partition("/")[0]].add(version.row)
        for kind, rows in wanted.items():
            for row, body in self.finder.rows_for(_bodies, kind, many=sorted(rows)):
                self._bodies[kind, row] = json.loads(bytes(body))

    def body(self, version: Version) -> dict[str, Any]:
        """The body of a version that was fetched."""
        return self._bodies[version.fact.partition("/")[0], version.row]

    def fetch_sentences(self, versions: Iterable[Version]) -> None:
        """Takes in the sentences of versions of documents, without the reasons why no fact cites them."""
        rows = sorted({version.row for version in versions})
        for row, listed in self.finder.rows_for(_sentences, many=rows):
            places = [(ref, start, end, sha256) for ref, start, end, sha256, _ in json.loads(bytes(listed))]
            self._sentences[row] = [Sentence(*place, None) for place in places]

    def sentences(self, version: Version) -> list[Sentence]:
        """The sentences of a document's version, in order."""
        return self._sentences[version.row]

    def followed(self, earlier: Version, later: Version) -> dict[Sentence, Sentence]:
        """The sentences of a document's version found again in a later one."""
        key = earlier.row, later.row
        if key not in self._followed:
            self._followed[key] = follow(self.sentences(earlier), self.sentences(later))
        return self._followed[key]


def _by_kind(facts: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        kind, _, id = fact.partition("/")
        found[kind].append(id)
    return found


def _columns(kind: str) -> list[Any]:
    columns = METADATA.tables[kind].c
    return [columns.id, columns.row, columns.since_edition, columns.until_edition, columns.revision, columns.name]


def _many(size: int, type_: Any) -> list[Any]:
    return [bindparam(f"many_{n}", type_=type_) for n in range(size)]


def _versions(kind: str, size: int) -> Select[Any]:
    table = METADATA.tables[kind]
    found = select(*_columns(kind)).where(table.c.id.in_(_many(size, String())))
    return found.where(table.c.since_edition <= bindparam("edition")).order_by(table.c.row)


def _bodies(kind: str, size: int) -> Select[Any]:
    table = METADATA.tables[kind]
    return select(table.c.row, table.c.body).where(table.c.row.in_(_many(size, BigInteger())))


def _sentences(size: int) -> Select[Any]:
    return select(DOCUMENTS.c.row, DOCUMENTS.c.sentences).where(DOCUMENTS.c.row.in_(_many(size, BigInteger())))


def _places(size: int) -> Any:
    parts = []
    for kind in KINDS:
        table = METADATA.tables[kind]
        place = (CITED.c.sentence, CITED.c.start, CITED.c.end, literal(kind).label("kind"))
        found = select(*place, *_columns(kind)).join(table, table.c.row == CITED.c.row)
        found = found.where(CITED.c.kind == literal(kind), CITED.c.document == bindparam("document"))
        found = found.where(CITED.c.sentence.in_(_many(size, String())))
        parts.append(found.where(table.c.since_edition <= bindparam("edition")))
    return union_all(*parts)
