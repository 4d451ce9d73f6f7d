"""What the database held when a load began, read in bulk: a load asks for thousands of facts."""

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from app.facts import KINDS
from app.store.bundles import Records, arrived
from app.store.reading import read
from app.store.tables import METADATA

NAMES = ("bundles", "changes", "cited", "corroborations", "editions", "erasures", "links", "texts")
BUNDLES, CHANGES, CITED, CORROBORATIONS, EDITIONS, ERASURES, LINKS, TEXTS = (METADATA.tables[name] for name in NAMES)
CHUNK = 500  # values in one statement
SHELF = 16_000_000  # bytes of bundles whose records are kept


def table_of(kind: str) -> Table:
    return METADATA.tables[kind]


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, as many at a time as one statement takes."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


class Corroboration(NamedTuple):
    """What a bundle says of another's fact, `entry` as it is written there."""

    bundle: str
    fact: str
    revision: int
    entry: dict[str, Any]


class Shelf:
    """The records of bundles that were read back: the last few stay from group to group of a load."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[str, int, Records]] = OrderedDict()

    def records(self, id: str, sha256: str, content: bytes) -> Records:
        """The records of a bundle's version."""
        held = self._read.pop(id, None)
        if held is None or held[0] != sha256:
            held = sha256, len(content), arrived(read(content, id))
        self._read[id] = held
        while len(self._read) > 1 and sum(size for _, size, _ in self._read.values()) > SHELF:
            self._read.popitem(last=False)
        return held[2]


class Stored:
    """The facts that stood when a load began: the `Known` of app.store.checking, and the records behind it.

    What the load closes and writes meanwhile does not show: a fact reads the same however far the load has come.
    """

    def __init__(self, connection: Connection, shelf: Shelf, edition: int | None = None) -> None:
        """`edition` is the one being made, where what was written of it before is to show."""
        self.connection = connection
        self.shelf = shelf
        last = select(func.max(EDITIONS.c.edition))
        self.edition: int = edition or connection.execute(last).scalar() or 0
        self._rows: dict[str, Any] = {}
        self._revisions: dict[str, int] = {}
        self._bundles: dict[str, Records] = {}

    def _stood(self, table: Table) -> ColumnElement[bool]:
        return and_(table.c.since_edition <= self.edition, table.c.until_edition > self.edition)

    def fetch(self, facts: Iterable[str]) -> None:
        """Reads the rows and revisions of facts that are about to be asked for."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for fact in dict.fromkeys(facts):
            kind, _, id = fact.partition("/")
            if fact not in self._rows and kind in KINDS:
                self._rows[fact], self._revisions[fact] = None, 0
                wanted[kind].append(id)
        for kind, ids in wanted.items() if self.edition else ():
            table = table_of(kind)
            last = select(table.c.id, func.max(table.c.revision)).group_by(table.c.id)
            for some in chunks(ids):
                for id, revision in self.connection.execute(last.where(table.c.id.in_(some))):
                    self._revisions[f"{kind}/{id}"] = revision
                for row in self.connection.execute(select(table).where(table.c.id.in_(some), self._stood(table))):
                    self._rows[f"{kind}/{row.id}"] = row

    def current(self, fact: str) -> Any:
        """The row of a fact, or None."""
        if fact not in self._rows:
            self.fetch([fact])
        return self._rows.get(fact)

    def revision(self, fact: str) -> int:
        """The last revision that the fact ever had, 0 where it never was."""
        if fact not in self._revisions:
            self.fetch([fact])
        return self._revisions.get(fact, 0)

    def became(self, fact: str) -> tuple[str, tuple[str, ...]] | None:
        """The last change of a fact, and what it became by that; None where it never was."""
        told = select(CHANGES.c.change, CHANGES.c.into).where(CHANGES.c.fact == fact)
        last = self.connection.execute(told.order_by(CHANGES.c.row.desc()).limit(1)).one_or_none()
        return None if last is None else (last.change, tuple(json.loads(last.into or "[]")))

    def owner(self, fact: str) -> str | None:
        row = self.current(fact)
        return None if row is None else row.bundle

    def raw(self, fact: str) -> dict[str, Any]:
        row = self.current(fact)
        if row is None:
            raise KeyError(fact)
        body: dict[str, Any] = json.loads(row.body)
        return body

    def ids(self, kind: str) -> list[str]:
        """The ids of a kind's facts."""
        table = table_of(kind)
        return list(self.connection.execute(select(table.c.id).where(self._stood(table))).scalars())

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        row = self.current(f"documents/{document}")
        return [] if row is None else [(ref, start, end, sha) for ref, start, end, sha, _ in json.loads(row.sentences)]

    @cached_property
    def merged(self) -> dict[str, str]:
        """For each fact that was merged into another and not restored since, that other one."""
        ever = select(CHANGES.c.fact).where(CHANGES.c.change == "merged")
        found = select(CHANGES.c.fact, CHANGES.c.change, CHANGES.c.into).where(CHANGES.c.fact.in_(ever))
        last = {row.fact: row for row in self.connection.execute(found.order_by(CHANGES.c.row))}
        return {fact: json.loads(row.into)[0] for fact, row in last.items() if row.change == "merged"}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each bundle's place in the order of first loads."""
        return {row.id: row.number for row in self.connection.execute(select(BUNDLES.c.id, BUNDLES.c.number))}

    def bundle(self, id: str) -> Any:
        """The version of a bundle, or None."""
        return self.connection.execute(select(BUNDLES).where(BUNDLES.c.id == id, self._stood(BUNDLES))).one_or_none()

    def last_content(self, id: str) -> str | None:
        """The SHA-256 of the last content that a bundle had, whether it stands or not."""
        last = select(BUNDLES.c.sha256).where(BUNDLES.c.id == id).order_by(BUNDLES.c.since_edition.desc())
        return self.connection.execute(last.limit(1)).scalar()

    def erasures(self, id: str) -> list[tuple[int, str, list[str]]]:
        """When a bundle was erased, why, and the digests of what it held then."""
        rows = self.connection.execute(select(ERASURES).where(ERASURES.c.bundle == id).order_by(ERASURES.c.row))
        return [(row.edition, row.reason, json.loads(row.contents)) for row in rows]

    def records(self, bundle: str) -> Records:
        """The records of a bundle's version; none where there was none."""
        if bundle not in self._bundles:
            row = self.bundle(bundle)
            self._bundles[bundle] = {} if row is None else self.shelf.records(bundle, row.sha256, row.content)
        return self._bundles[bundle]

    def text(self, document: str) -> bytes | None:
        """The text of a document where it is held."""
        return self.connection.execute(select(TEXTS.c.content).where(TEXTS.c.document == document)).scalar()

    def caveats(self, facts: Iterable[str]) -> dict[str, set[str]]:
        """For each of the facts that caveats are about, those caveats, as `caveats/id`."""
        return self._linking(facts, LINKS.c.kind == "caveats", LINKS.c.relation == "facts")

    def dependents(self, facts: Iterable[str]) -> dict[str, set[str]]:
        """For each of the facts that others' bodies refer to, those others."""
        return self._linking(facts)

    def _linking(self, facts: Iterable[str], *wanted: ColumnElement[bool]) -> dict[str, set[str]]:
        linked = list(self._links(facts, *wanted)) if self.edition else []
        names = self._names((kind, row) for _, kind, row in linked)
        found: dict[str, set[str]] = defaultdict(set)
        for target, kind, row in linked:
            if (kind, row) in names:
                found[target].add(names[kind, row])
        return found

    def _links(self, facts: Iterable[str], *wanted: ColumnElement[bool]) -> Iterator[tuple[str, str, int]]:
        """(target, kind, row) of the versions that refer to the facts."""
        for some in chunks(dict.fromkeys(facts)):
            found = select(LINKS.c.target, LINKS.c.kind, LINKS.c.row).where(LINKS.c.target.in_(some), *wanted)
            yield from (tuple(row) for row in self.connection.execute(found.distinct()))

    def _names(self, versions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The facts, `kind/id`, of those versions that stood."""
        rows: dict[str, set[int]] = defaultdict(set)
        for kind, row in versions:
            rows[kind].add(row)
        found: dict[tuple[str, int], str] = {}
        for kind, ones in rows.items():
            table = table_of(kind)
            for some in chunks(ones):
                standing = select(table.c.row, table.c.id).where(table.c.row.in_(some), self._stood(table))
                found.update(((kind, row), f"{kind}/{id}") for row, id in self.connection.execute(standing))
        return found

    def citing(self, document: str) -> dict[str, list[tuple[str, int, int]]]:
        """The facts that cite a document, each with the places (sentence, start, end) that it cites there."""
        found = select(CITED).where(CITED.c.document == document).order_by(CITED.c.cited)
        cited = list(self.connection.execute(found))
        names = self._names((one.kind, one.row) for one in cited)
        places: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for one in cited:
            if (one.kind, one.row) in names:
                places[names[one.kind, one.row]].append((one.sentence, one.start, one.end))
        return places

    def links(self, kind: str, row: int) -> set[tuple[str, str]]:
        """What a version of a fact refers to and is found by, as (relation, target)."""
        found = select(LINKS.c.relation, LINKS.c.target).where(LINKS.c.kind == kind, LINKS.c.row == row)
        return {(one.relation, one.target) for one in self.connection.execute(found)}

    @cached_property
    def _is_corroborated(self) -> bool:
        return self.connection.execute(select(CORROBORATIONS.c.row).limit(1)).first() is not None

    def corroborations(self, column: str, values: Iterable[str]) -> list[Corroboration]:
        """The corroborations by bundles (column `bundle`) or of facts (column `fact`)."""
        found: list[Corroboration] = []
        if not self._is_corroborated:
            return found
        wanted, standing = CORROBORATIONS.c[column], self._stood(CORROBORATIONS)
        for some in chunks(values):
            rows = self.connection.execute(select(CORROBORATIONS).where(wanted.in_(some), standing))
            found += [Corroboration(row.bundle, row.fact, row.revision, json.loads(row.entry)) for row in rows]
        return found

    def corroborated(self, bundle: str) -> set[str]:
        """The facts that a bundle corroborates."""
        return {one.fact for one in self.corroborations("bundle", [bundle])}

    def corroboration_revision(self, bundle: str, fact: str) -> int:
        """The last revision that a bundle's corroboration of a fact ever had, 0 where it never was."""
        its = and_(CORROBORATIONS.c.bundle == bundle, CORROBORATIONS.c.fact == fact)
        last = select(func.max(CORROBORATIONS.c.revision)).where(its)
        return (self.connection.execute(last).scalar() or 0) if self._is_corroborated else 0
