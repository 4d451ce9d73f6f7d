"""Erasing: a document and all that was told of it taken out of every edition, for a takedown; a tombstone says so."""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.facts import KINDS
from app.store import search
from app.store.db import Database
from app.store.loading import Loaded, withdraw_within
from app.store.publishing import encode, fold
from app.store.stored import BUNDLES, CHANGES, CITED, CORROBORATIONS, EDITIONS, LINKS, chunks, table_of
from app.store.tables import METADATA

READINGS, ERASURES = METADATA.tables["readings"], METADATA.tables["erasures"]
ERASED = "[erased]"


def erase(database: Database, id: str, reason: str) -> Loaded:
    """Withdraws a bundle and takes its words out of all editions: bodies, names, reasons, its content, its text.

    What is left: which facts there were by their ids, when they came and went, and a tombstone with the reason; the
    contents erased are known by their digests and not loaded again. Bodies of other bundles that cited the document or
    referred to its facts in the past lose those citations and names. The digests of all editions since are made anew,
    so that no tag or cursor of before stands for what is no longer there.
    KeyError where there never was such a bundle, InUse where others refer to what it holds now.
    """
    with database.write() as connection:
        loaded = withdraw_within(connection, id, reason)
        _Erasure(connection, id).run(reason)
    _compact(database)
    return loaded


class _Erasure:
    """One erasure under way, of a bundle that was withdrawn."""

    def __init__(self, connection: Connection, id: str) -> None:
        self.connection = connection
        self.id = id
        self.forgotten: list[search.Indexed] = []
        self.indexed: list[search.Indexed] = []
        its = select(CHANGES.c.fact).where(CHANGES.c.bundle == id)
        self.facts = set(connection.execute(its).scalars())
        names = (select(table_of(kind).c.name).where(table_of(kind).c.bundle == id) for kind in KINDS)
        self.names = sorted({name for one in names for name in connection.execute(one).scalars()}, key=len)[::-1]

    def run(self, reason: str) -> None:
        self._scrub_others()
        self._delete_own()
        search.forget(self.connection, self.forgotten)
        search.write(self.connection, self.indexed)
        self._chain_anew()
        digests = select(BUNDLES.c.sha256).where(BUNDLES.c.id == self.id)
        known = [one for one in self.connection.execute(digests).scalars() if one]
        last = self.connection.execute(select(func.max(EDITIONS.c.edition))).scalar()
        tombstone = {"bundle": self.id, "edition": last, "reason": reason, "contents": json.dumps(known)}
        self.connection.execute(insert(ERASURES).values(tombstone))
        self.connection.execute(update(BUNDLES).where(BUNDLES.c.id == self.id).values(content=b"", sha256=""))
        its = update(CHANGES).where(CHANGES.c.bundle == self.id)
        self.connection.execute(its.values(name=ERASED, reason=None, evidence=None, by=None))

    def _scrub_others(self) -> None:
        """Takes the document's words and its facts' names out of other bundles' versions."""
        cited = select(CITED.c.kind, CITED.c.row).where(CITED.c.document == self.id)
        versions = {tuple(row) for row in self.connection.execute(cited)}
        for some in chunks(self.facts):
            linked = select(LINKS.c.kind, LINKS.c.row).where(LINKS.c.target.in_(some))
            versions.update(tuple(row) for row in self.connection.execute(linked))
        for kind, row in sorted(versions):
            table = table_of(kind)
            version = self.connection.execute(select(table).where(table.c.row == row)).one_or_none()
            if version is not None and version.bundle != self.id:
                body = self._scrubbed(json.loads(version.body))
                values = {"body": encode(body), "name": body["name"], "name_key": fold(body["name"])}
                self.forgotten.append(search.indexed(kind, row, json.loads(version.body)))
                self.indexed.append(search.indexed(kind, row, body))
                self.connection.execute(update(table).where(table.c.row == row).values(values))
                told = (CHANGES.c.fact == f"{kind}/{version.id}") & (CHANGES.c.name == version.name)
                self.connection.execute(update(CHANGES).where(told).values(name=body["name"]))

    def _scrubbed(self, value: Any) -> Any:
        """A body without the citations of the document, and without the names and caveats of its facts."""
        if isinstance(value, list):
            return [self._scrubbed(one) for one in value if not self._is_of(one)]
        if not isinstance(value, dict):
            return value
        inner = {name: self._scrubbed(one) for name, one in value.items()}
        if "name" in inner:
            inner["name"] = self._without_names(inner["name"])
        return {**inner, "exact": None} if value.get("document") == self.id and "exact" in value else inner

    def _is_of(self, value: Any) -> bool:
        """Whether an item of a list is a citation of the document, or a note of one of its caveats."""
        if not isinstance(value, dict):
            return False
        is_note = "text" in value and value.get("path", "/")[1:] in self.facts
        return is_note or ("sha256" in value and value.get("document") == self.id)

    def _without_names(self, name: str) -> str:
        for one in self.names:
            name = name.replace(one, ERASED)
        return name

    def _delete_own(self) -> None:
        """Deletes every version of the bundle's facts, and all that they are found by."""
        for kind in KINDS:
            table = table_of(kind)
            versions = select(table.c.row, table.c.body).where(table.c.bundle == self.id)
            held = {row: json.loads(body) for row, body in self.connection.execute(versions)}
            self.forgotten += [search.indexed(kind, row, body) for row, body in held.items()]
            for some in chunks(held):
                for index in (LINKS, CITED, READINGS):
                    self.connection.execute(delete(index).where(index.c.kind == kind, index.c.row.in_(some)))
                self.connection.execute(delete(table).where(table.c.row.in_(some)))
        self.connection.execute(delete(CITED).where(CITED.c.document == self.id))
        self.connection.execute(delete(CORROBORATIONS).where(CORROBORATIONS.c.bundle == self.id))
        for some in chunks(self.facts):
            self.connection.execute(delete(CORROBORATIONS).where(CORROBORATIONS.c.fact.in_(some)))

    def _chain_anew(self) -> None:
        first = select(func.min(BUNDLES.c.since_edition)).where(BUNDLES.c.id == self.id).scalar_subquery()
        since = select(EDITIONS.c.edition, EDITIONS.c.digest).where(EDITIONS.c.edition >= first)
        for edition, digest in list(self.connection.execute(since)):
            made = hashlib.sha256(f"{digest} erased {self.id}".encode()).hexdigest()
            self.connection.execute(update(EDITIONS).where(EDITIONS.c.edition == edition).values(digest=made))


def _compact(database: Database) -> None:
    """Gives the space back, so that the words do not stay behind in the file."""
    connection = database.engine.raw_connection()
    try:
        if database.is_sqlite:  # whose connections are in no transaction until one is begun
            for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(command)
        else:
            driver: Any = connection.driver_connection
            driver.autocommit = True
            driver.execute("VACUUM")
            driver.autocommit = False
    finally:
        connection.close()
