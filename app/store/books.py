"""The books: rows written in bulk, versions closed before new ones come, and what each edition changed."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.facts import KINDS
from app.facts.base import FOREVER
from app.store import ordering, search
from app.store.days import readings_of
from app.store.laying import Laying
from app.store.publishing import Publisher, citations, digest, links
from app.store.stored import BUNDLES, CORROBORATIONS, EDITIONS, TEXTS, chunks, table_of
from app.store.tables import METADATA

CHUNK = 1_000  # versions of a kind's facts that wait to be written
WORDS = 20_000  # of those whose words do
NUMBERED = ("links", "cited", "readings", "changes")  # their first columns are numbers that the engine gives
COLUMNS = {name: table_of(name).c.keys() for name in KINDS} | {name: table_of(name).c.keys()[1:] for name in NUMBERED}
VALUES = {name: itemgetter(*columns) for name, columns in COLUMNS.items()}


class Books:
    """Writes one edition: versions of facts with what they are found by, and everything that is told of them."""

    def __init__(self, connection: Connection, edition: int) -> None:
        self.connection = connection
        self._dialect = connection.dialect.name
        self.edition = edition
        self.goes_on = False  # whether something of this edition is there already
        self._rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._closed: dict[str, list[str]] = defaultdict(list)
        self._next: dict[str, int] = {}
        self._words: list[search.Row] = []
        self._laying = Laying(connection)

    def close(self, fact: str, stood: Any) -> None:
        """Ends the version of a fact that stood, given as its row."""
        kind, _, id = fact.partition("/")
        self._closed[kind].append(id)
        self._laying.touch(kind, stood._mapping)

    def add(self, name: str, row: dict[str, Any], body: dict[str, Any], publisher: Publisher) -> None:
        """Begins a version of a fact of a kind, by its columns and its body."""
        kind, number = KINDS[name], self._row(name)
        self._rows[name].append(VALUES[name]({"row": number, **row}))
        place = row["day_down"] if "day_down" in ordering.keys(kind) else 0, row["place_in_document"]
        self._rows["links"] += [(name, number, *link, *place) for link in sorted(links(kind, body, publisher))]
        self._rows["cited"] += [(name, number, *cited) for cited in citations(kind, body)]
        self._rows["readings"] += [(name, number, *days) for days in readings_of(kind, body)]
        self._words.append(search.indexed(self._dialect, name, number, row["day_down"], row["texts"]))
        self._laying.touch(name, row)
        if len(self._rows[name]) >= CHUNK:
            self._write_rows()
        if len(self._words) >= WORDS:
            self._write_words()

    def _row(self, name: str) -> int:
        if name not in self._next:
            table = table_of(name)
            self._next[name] = (self.connection.execute(select(func.max(table.c.row))).scalar() or 0) + 1
        self._next[name] += 1
        return self._next[name] - 1

    def flush(self) -> None:
        """Writes what is waiting."""
        self._write_rows()
        self._write_words()

    def _write_words(self) -> None:
        """Writes many at a time: FTS5 makes a piece of its index of what comes between other statements."""
        search.write(self.connection, self._words)
        self._words.clear()

    def _write_rows(self) -> None:
        if self.goes_on:
            self._take_out()
        for kind, ids in self._closed.items():
            table = table_of(kind)
            current = (table.c.id == bindparam("closed")) & (table.c.until_edition == FOREVER)
            ended = update(table).where(current).values(until_edition=self.edition)
            self.connection.execute(ended, [{"closed": id} for id in ids])
        for name, rows in self._rows.items():
            self._insert(name, rows)
        self._closed.clear()
        self._rows.clear()

    def _take_out(self) -> None:
        """Deletes those versions to be closed that are of this edition: it stood in none."""
        for kind, ids in self._closed.items():
            table = table_of(kind)
            of_this = select(*indexed_of(kind)).where(table.c.since_edition == self.edition)
            for some in chunks(ids):
                delete_versions(self.connection, kind, self.connection.execute(of_this.where(table.c.id.in_(some))))

    def _insert(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        """Adds rows to a table by the driver itself: SQLAlchemy would look at every value of every row."""
        if rows:
            self.connection.exec_driver_sql(_statement(name, self._dialect), rows)

    def note_bundle(self, id: str, number: int, content: bytes | None) -> None:
        """Ends a bundle's version, and begins one with this content where there is any."""
        stood = (BUNDLES.c.id == id) & (BUNDLES.c.until_edition == FOREVER)
        self.connection.execute(update(BUNDLES).where(stood).values(until_edition=self.edition))
        if content is not None:
            version = {"id": id, "number": number, "since_edition": self.edition, "until_edition": FOREVER}
            self.connection.execute(insert(BUNDLES).values(**version, sha256=digest(content), content=content))

    def note_corroboration(self, bundle: str, fact: str, revision: int, entry: dict[str, Any] | None) -> None:
        """Ends what a bundle said of a fact, and begins what it says now."""
        its = (CORROBORATIONS.c.bundle == bundle) & (CORROBORATIONS.c.fact == fact)
        stood = its & (CORROBORATIONS.c.until_edition == FOREVER)
        self.connection.execute(update(CORROBORATIONS).where(stood).values(until_edition=self.edition))
        if entry is not None:
            version = {"since_edition": self.edition, "until_edition": FOREVER, "revision": revision}
            content = json.dumps(entry, ensure_ascii=False)
            self.connection.execute(insert(CORROBORATIONS).values(bundle=bundle, fact=fact, **version, entry=content))

    def note_texts(self, held: dict[str, bytes], given_up: Iterable[str]) -> None:
        """Keeps texts, and gives others up."""
        for document in sorted({*held, *given_up}):
            self.connection.execute(delete(TEXTS).where(TEXTS.c.document == document))
        for document, content in sorted(held.items()):
            self.connection.execute(insert(TEXTS).values(document=document, content=content))

    def note_changes(self, rows: list[dict[str, Any]]) -> None:
        """Tells each change of a fact's own entry, in order."""
        self._insert("changes", [VALUES["changes"]({"edition": self.edition, **row}) for row in rows])

    def note_edition(self, chained: list[str], changes: Counter[str], republished: dict[str, int]) -> None:
        """Makes the edition; `chained` are lines about what was loaded, which its digest chains to the one before."""
        self._laying.lay(self.edition)
        last = self.connection.execute(select(EDITIONS).where(EDITIONS.c.edition == self.edition - 1)).one_or_none()
        chain = hashlib.sha256(last.digest.encode() if last else b"")
        chain.update("".join(f"{line}\n" for line in chained).encode())
        at = datetime.now(UTC)
        if last:  # time goes on from edition to edition, whatever the clock does
            at = max(at, datetime.fromisoformat(last.at) + timedelta(microseconds=1))
        edition = {
            "edition": self.edition,
            "at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "digest": chain.hexdigest(),
            "changes": json.dumps(changes, sort_keys=True),
            "republished": json.dumps(republished, sort_keys=True),
        }
        self.connection.execute(insert(EDITIONS).values(edition))


def indexed_of(kind: str) -> tuple[Any, ...]:
    """The columns of a kind of which is made what is indexed of it."""
    columns = table_of(kind).c
    return columns.row, columns.day_down, columns.texts


def delete_versions(connection: Connection, kind: str, versions: Iterable[Any]) -> None:
    """Deletes versions of a kind, given as (row, day_down, texts), and all that they are found by."""
    held = [search.indexed(connection.dialect.name, kind, row, day, bytes(texts)) for row, day, texts in versions]
    search.remove(connection, held)
    for some in chunks(search.row_in(rowid) for rowid, _ in held):
        for table in (METADATA.tables[name] for name in ("links", "cited", "readings")):
            connection.execute(delete(table).where(table.c.kind == kind, table.c.row.in_(some)))
        table = table_of(kind)
        connection.execute(delete(table).where(table.c.row.in_(some)))


@cache
def _statement(name: str, dialect: str) -> str:
    columns = [f'"{column}"' for column in COLUMNS[name]]
    marks = ["?" if dialect == "sqlite" else "%s"] * len(columns)
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(marks)})"


def chained_lines(loaded: list[tuple[str, str]], withdrawn: Iterable[str], texts: Iterable[str]) -> list[str]:
    """What an edition's digest tells of: each bundle with its content's digest, what was withdrawn, texts now held."""
    return [
        *(f"{id} {sha256}" for id, sha256 in loaded),
        *(f"withdrawn {id}" for id in sorted(withdrawn)),
        *(f"text {id}" for id in sorted(texts)),
    ]
