"""Erasing: a document and all that was told of it taken out of every edition, for a takedown; a tombstone says so."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.facts import KINDS
from app.store import ordering, search
from app.store.books import delete_versions, indexed_of
from app.store.days import days_of, readings_of
from app.store.db import Database
from app.store.laying import Laying
from app.store.loading import Loaded, withdraw_within
from app.store.publishing import fold
from app.store.reading import substance
from app.store.rows import published
from app.store.stored import BUNDLES, CHANGES, CITED, CORROBORATIONS, EDITIONS, LINKS, chunks, table_of
from app.store.tables import METADATA

ERASURES, READINGS = METADATA.tables["erasures"], METADATA.tables["readings"]
ERASED = "[erased]"
SHORTEST = 10  # characters of a name that was cut, by which it is still known


def erase(database: Database, id: str, reason: str) -> Loaded:
    """Withdraws a bundle and takes its words out of all editions: bodies, names, reasons, its content, its text.

    What is left: which facts there were by their ids, when they came and went, and a tombstone with the reason; the
    contents erased are known by their digests and not loaded again. Bodies of other bundles that cited the document or
    referred to its facts in the past lose those citations and names. The digests of all editions since are made anew,
    so that no tag or cursor of before stands for what is no longer there.
    KeyError where there never was such a bundle, InUse where others refer to what it holds now, ValueError where no
    reason is given or it was erased already and not loaded since.
    """
    if not reason.strip():
        raise ValueError("an erasure needs its reason, which the tombstone says")
    with database.write() as connection:
        loaded = withdraw_within(connection, id, reason)
        _refuse_again(connection, id)
        _Erasure(connection, id).run(reason)
    _compact(database)
    return loaded


def _refuse_again(connection: Connection, id: str) -> None:
    """Raises ValueError where nothing is left to erase; the reason of the first time stands."""
    left = select(func.count()).where(BUNDLES.c.id == id, BUNDLES.c.sha256 != "")
    told = select(ERASURES.c.edition, ERASURES.c.reason).where(ERASURES.c.bundle == id).order_by(ERASURES.c.row.desc())
    before = connection.execute(told.limit(1)).one_or_none()
    if before is not None and not connection.execute(left).scalar():
        raise ValueError(f"{id} was erased in edition {before.edition}: {before.reason}")


class _Erasure:
    """One erasure under way, of a bundle that was withdrawn."""

    def __init__(self, connection: Connection, id: str) -> None:
        self.connection = connection
        self.id = id
        # What the index held of each version, and what it is to hold: a version may be scrubbed more than once.
        self.forgotten: dict[tuple[str, int], search.Row] = {}
        self.indexed: dict[tuple[str, int], search.Row] = {}
        its = select(CHANGES.c.fact).where(CHANGES.c.bundle == id)
        self.facts = set(connection.execute(its).scalars())
        self.laying = Laying(connection)
        self.names: dict[tuple[str, str], str] = {}  # of each fact and name that is shown no more, what is shown

    def run(self, reason: str) -> None:
        self._scrub_others()
        self._delete_own()
        search.remove(self.connection, self.forgotten.values())
        search.forget(self.connection)
        search.write(self.connection, self.indexed.values())
        self._chain_anew()
        contents = select(BUNDLES.c.content).where(BUNDLES.c.id == self.id, BUNDLES.c.sha256 != "")
        known = [substance(bytes(one)) for one in self.connection.execute(contents).scalars()]
        last: int = self.connection.execute(select(func.max(EDITIONS.c.edition))).scalar_one()
        tombstone = {"bundle": self.id, "edition": last, "reason": reason, "contents": json.dumps(known)}
        self.connection.execute(insert(ERASURES).values(tombstone))
        self.connection.execute(update(BUNDLES).where(BUNDLES.c.id == self.id).values(content=b"", sha256=""))
        self.laying.lay(last)
        its = update(CHANGES).where(CHANGES.c.bundle == self.id)
        self.connection.execute(its.values(name=ERASED, reason=None, evidence=None, by=None))

    def _scrub_others(self) -> None:
        """Takes the document's words and its facts' names out of other bundles' versions.

        A name that was made of another's changes with it, and so on to whatever shows that.
        """
        for kind in KINDS:
            table = table_of(kind)
            own = select(table.c.id, table.c.name).where(table.c.bundle == self.id)
            self.names |= {(f"{kind}/{id}", name): ERASED for id, name in self.connection.execute(own)}
        cited = select(CITED.c.kind, CITED.c.row).where(CITED.c.document == self.id)
        versions = {tuple(row) for row in self.connection.execute(cited)} | self._linked(self.facts)
        while versions:
            renamed = {fact for kind, row in sorted(versions) if (fact := self._scrub(kind, row))}
            versions = self._linked(renamed)

    def _linked(self, facts: set[str]) -> set[tuple[str, int]]:
        """The versions that refer to facts, as (kind, row)."""
        found: set[tuple[str, int]] = set()
        for some in chunks(facts):
            linked = select(LINKS.c.kind, LINKS.c.row).where(LINKS.c.target.in_(some))
            found.update((kind, row) for kind, row in self.connection.execute(linked))
        return found

    def _scrub(self, kind: str, row: int) -> str | None:
        """Scrubs a version of another bundle; the fact, where its own name had to change."""
        table = table_of(kind)
        version = self.connection.execute(select(table).where(table.c.row == row)).one_or_none()
        if version is None or version.bundle == self.id:
            return None
        before, fact = json.loads(version.body), f"{kind}/{version.id}"
        body = self._scrubbed(before)
        body["name"] = self._own_name(before)
        if body == before:
            return None
        days = days_of(KINDS[kind], body)
        values = {**published(KINDS[kind], body), **days, "name": body["name"], "name_key": fold(body["name"])}
        dialect = self.connection.dialect.name
        stood = search.indexed(dialect, kind, row, version.day_down, bytes(version.texts))
        self.forgotten.setdefault((kind, row), stood)
        self.indexed[kind, row] = search.indexed(dialect, kind, row, days["day_down"], values["texts"])
        self.connection.execute(update(table).where(table.c.row == row).values(values))
        self.laying.touch(kind, version._mapping)
        self._date(kind, row, days["day_down"], readings_of(KINDS[kind], body))
        if body["name"] == before["name"]:
            return None
        self.names[fact, before["name"]] = body["name"]
        told = (CHANGES.c.fact == fact) & (CHANGES.c.name == before["name"])
        self.connection.execute(update(CHANGES).where(told).values(name=body["name"]))
        return fact

    def _date(self, kind: str, row: int, day_down: int, readings: list[tuple[str, str]]) -> None:
        """Has a version found by the days that are left to it."""
        if "day_down" in ordering.keys(KINDS[kind]):
            its = (LINKS.c.kind == kind) & (LINKS.c.row == row)
            self.connection.execute(update(LINKS).where(its).values(day_down=day_down))
        self.connection.execute(delete(READINGS).where(READINGS.c.kind == kind, READINGS.c.row == row))
        for earliest, latest in readings:
            reading = {"kind": kind, "row": row, "earliest": earliest, "latest": latest}
            self.connection.execute(insert(READINGS).values(reading))

    def _scrubbed(self, value: Any) -> Any:
        """A body without the citations of the document, and without the names and caveats of its facts."""
        if isinstance(value, list):
            return [self._scrubbed(one) for one in value if not self._is_of(one)]
        if not isinstance(value, dict):
            return value
        inner = {name: self._scrubbed(one) for name, one in value.items()}
        if "name" in inner and "path" in inner:
            inner["name"] = self.names.get((str(inner["path"])[1:], inner["name"]), inner["name"])
        return {**inner, "exact": None} if value.get("document") == self.id and "exact" in value else inner

    def _own_name(self, body: dict[str, Any]) -> str:
        """A fact's name, without those names that what it refers to shows no more."""
        name = str(body["name"])
        shown = {(one["path"][1:], one["name"]) for one in _named(body) if one is not body}
        others = sorted({other for _, other in shown - self.names.keys()}, key=len, reverse=True)
        for n, other in enumerate(others):  # names of what stands are put aside: an erased one may lie within them
            name = name.replace(other, f"\0{n}\0")
        for key in sorted(shown & self.names.keys(), key=lambda one: -len(one[1])):
            name = name.replace(key[1], self.names[key])
            cut = next((n for n in range(len(key[1]) - 1, SHORTEST, -1) if name.endswith(key[1][:n])), 0)
            name = name[:-cut] + self.names[key] if cut else name  # names have a longest length
        for n, other in enumerate(others):
            name = name.replace(f"\0{n}\0", other)
        return name

    def _is_of(self, value: Any) -> bool:
        """Whether an item of a list is a citation of the document, is proved by one, or is a note of its caveats."""
        if not isinstance(value, dict):
            return False
        if isinstance(value.get("citation"), dict) and value["citation"].get("document") == self.id:
            return True
        is_note = "text" in value and value.get("path", "/")[1:] in self.facts
        return is_note or ("sha256" in value and value.get("document") == self.id)

    def _delete_own(self) -> None:
        """Deletes every version of the bundle's facts, and all that they are found by."""
        for kind in KINDS:
            table = table_of(kind)
            versions = select(*indexed_of(kind)).where(table.c.bundle == self.id)
            delete_versions(self.connection, kind, self.connection.execute(versions))
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


def _named(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a body that has a name and an address."""
    if isinstance(value, dict):
        if "name" in value and "path" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _named(one)


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
