"""Loading: the one door for writes. One transaction, one edition, all or nothing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.errors import BundleError, Fault
from app.facts import KINDS
from app.facts.base import FOREVER
from app.store.bundles import Records
from app.store.checking import check
from app.store.db import Database
from app.store.publishing import Publisher, citations, digest, links
from app.store.reading import Draft
from app.store.rows import readings_of, row_of
from app.store.stored import BUNDLES, TEXTS, Stored, table_of
from app.store.tables import METADATA

EDITIONS, CHANGES, READINGS = (METADATA.tables[name] for name in ("editions", "changes", "readings"))
CHUNK = 1_000  # rows to a statement


@dataclass(slots=True)
class Loaded:
    """What a load did: its edition (None: nothing was new) and how many facts it created, corrected and so on."""

    edition: int | None
    changes: dict[str, int] = field(default_factory=dict)
    republished: dict[str, int] = field(default_factory=dict)


def load(database: Database, drafts: list[Draft], texts: dict[str, bytes] | None = None, keep: bool = False) -> Loaded:
    """Loads bundles together: checked first, then written in one transaction as one edition.

    `texts` are the documents' bytes by id; with them every citation is proved, and with `keep` they are held.
    Raises BundleError with every fault, and writes nothing then. The same content again makes no edition.
    """
    with database.write() as connection:
        return _Load(connection, texts or {}, keep).run(drafts)


class _Load:
    """One load under way: what is new, what that touches, and the rows that come of it."""

    def __init__(self, connection: Connection, texts: dict[str, bytes], keep: bool) -> None:
        self.connection = connection
        self.stored = Stored(connection)
        self.texts = texts
        self.held = {document for document in texts if keep and self.stored.text(document) is None}
        self.new: dict[str, dict[str, Any]] = {}  # records of the bundles being loaded
        self.home: dict[str, str] = {}  # the bundle that each of them is of
        self.index: dict[str, int] = {}
        self.changed: dict[str, str] = {}  # fact → created, corrected, restored or retracted
        self.about: dict[str, list[str]] = defaultdict(list)  # fact → the caveats that these bundles hold about it
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.next_row: dict[str, int] = {}
        self.publisher = Publisher(self._raw, self._home, self._caveats, self._text)

    def run(self, drafts: list[Draft]) -> Loaded:
        checked = check(drafts, self.stored, {document: data.decode() for document, data in self.texts.items()})
        pairs = [(draft, records) for draft, records in zip(drafts, checked, strict=True) if self._is_new(draft)]
        if not pairs and not self.held:
            return Loaded(None)
        faults: list[Fault] = []
        for draft, records in pairs:
            faults += self._compare(draft, records)
        if faults:
            raise BundleError(faults)
        return self._write([draft for draft, _ in pairs])

    def _is_new(self, draft: Draft) -> bool:
        held = self.stored.bundle(draft.raw["id"])
        return held is None or held.sha256 != digest(draft.content)

    def _compare(self, draft: Draft, records: Records) -> Iterable[Fault]:
        """Notes what the bundle changes; a change or an omission without a reason is a fault."""
        bundle = draft.raw["id"]
        before = self.stored.records(bundle)
        reasons, retracted = draft.raw.get("reasons", {}), {one["fact"] for one in draft.raw.get("retract", [])}
        for place, (fact, (raw, pointer)) in enumerate(records.items()):
            self.new[fact], self.home[fact], self.index[fact] = raw, bundle, place
            if raw.get("facts") and fact.startswith("caveats/"):
                for subject in raw["facts"]:
                    self.about[subject].append(fact)
            if fact not in before:
                self.changed[fact] = "restored" if self.stored.revision(fact) else "created"
            elif before[fact][0] != raw:
                self.changed[fact] = "corrected"
                if fact not in reasons:
                    mend = f'add "{fact}" to "reasons"'
                    yield Fault(
                        pointer, "differs from what is current, without a reason", mend, draft.file, draft.line(pointer)
                    )
        for fact in before.keys() - records.keys():
            self.changed[fact] = "retracted"
            self.home[fact] = bundle
            if fact not in retracted:
                yield Fault("", f"{fact} is current and left out", 'list it under "retract" with a reason', draft.file)

    def _write(self, drafts: list[Draft]) -> Loaded:
        edition = self._edition(drafts)
        numbers = self._bundles(drafts, edition)
        affected = self._affected()
        for fact in [fact for fact, change in self.changed.items() if change == "retracted"]:
            self._close(fact, edition)
        republished: Counter[str] = Counter()
        for fact in sorted((self.changed.keys() | affected), key=self._order):
            if self.changed.get(fact) != "retracted":
                republished[fact.partition("/")[0]] += self._publish(fact, edition, numbers)
        self._flush()
        self._note_changes(drafts, edition)
        told = {kind: count for kind, count in republished.items() if count}
        self.connection.execute(
            update(EDITIONS).where(EDITIONS.c.edition == edition).values(republished=json.dumps(told, sort_keys=True))
        )
        return Loaded(edition, dict(Counter(self.changed.values())), told)

    def _order(self, fact: str) -> tuple[int, int, str]:
        return list(KINDS).index(fact.partition("/")[0]), self.index.get(fact, 0), fact

    def _edition(self, drafts: list[Draft]) -> int:
        last = self.connection.execute(select(EDITIONS).order_by(EDITIONS.c.edition.desc()).limit(1)).one_or_none()
        chain = hashlib.sha256(last.digest.encode() if last else b"")
        for draft in sorted(drafts, key=lambda draft: str(draft.raw["id"])):
            chain.update(f"{draft.raw['id']} {digest(draft.content)}\n".encode())
        chain.update("".join(f"text {document}\n" for document in sorted(self.held)).encode())
        at = datetime.now(UTC)
        if last:  # time goes on from edition to edition, whatever the clock does
            at = max(at, datetime.fromisoformat(last.at) + timedelta(microseconds=1))
        stamp = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        edition = (last.edition if last else 0) + 1
        self.connection.execute(
            insert(EDITIONS).values(edition=edition, at=stamp, digest=chain.hexdigest(), republished="{}")
        )
        return edition

    def _bundles(self, drafts: list[Draft], edition: int) -> dict[str, int]:
        """Writes the bundles' new versions and the texts to be held; returns every bundle's number."""
        numbers = {row.id: row.number for row in self.connection.execute(select(BUNDLES.c.id, BUNDLES.c.number))}
        for draft in drafts:
            id = draft.raw["id"]
            numbers.setdefault(id, len(numbers) + 1)
            self.connection.execute(
                update(BUNDLES)
                .where(BUNDLES.c.id == id, BUNDLES.c.until_edition == FOREVER)
                .values(until_edition=edition)
            )
            version = {"id": id, "number": numbers[id], "since_edition": edition, "until_edition": FOREVER}
            self.connection.execute(
                insert(BUNDLES).values(**version, sha256=digest(draft.content), content=draft.content)
            )
        for document in sorted(self.held):
            self.connection.execute(insert(TEXTS).values(document=document, content=self.texts[document]))
        return numbers

    def _affected(self) -> set[str]:
        """The current facts, beside the changed ones, whose bodies may differ now: they name or cite what changed."""
        affected: set[str] = set()
        for fact, change in self.changed.items():
            if change != "created":
                affected |= self.stored.dependents(fact)
            if fact.startswith("caveats/"):
                affected.update(self.new.get(fact, {}).get("facts", []))
        for document in self.held:
            affected |= self.stored.citing(document) | {f"documents/{document}"}
        return self._renamed(affected) - self.changed.keys()

    def _renamed(self, affected: set[str]) -> set[str]:
        """With what refers to those of them whose names, made by rule of other names, change too."""
        fresh = affected
        while fresh:
            current = {fact: self.stored.current(fact) for fact in fresh - self.changed.keys()}
            renamed = [fact for fact, row in current.items() if row and row.name != self.publisher.name(fact)]
            fresh = {one for fact in renamed for one in self.stored.dependents(fact)} - affected
            affected = affected | fresh
        return affected

    def _publish(self, fact: str, edition: int, numbers: dict[str, int]) -> bool:
        """Writes the fact's new version if it differs; tells whether only its references had changed."""
        kind = KINDS[fact.partition("/")[0]]
        current = None if self.changed.get(fact) in ("created", "restored") else self.stored.current(fact)
        body = self.publisher.body(fact)
        own = fact in self.changed
        body["revision"] = self.stored.revision(fact) + 1 if own and self.changed[fact] != "created" else 1
        body["edition"] = edition
        if not own and current is not None:
            body.update(revision=current.revision, edition=current.since_edition)
        home = self._home(fact)
        row = row_of(kind, body, self.publisher, numbers[home], self._index(fact), home)
        if not own and current is not None:
            if all(getattr(current, name) == value for name, value in row.items()):
                return False
            body["edition"] = edition
            row = row_of(kind, body, self.publisher, numbers[home], self._index(fact), home)
        if current is not None:
            self._close(fact, edition)
        self._add(kind.name, row, body)
        return not own

    def _add(self, name: str, row: dict[str, Any], body: dict[str, Any]) -> None:
        kind = KINDS[name]
        if name not in self.next_row:
            self.next_row[name] = (self.connection.execute(select(func.max(table_of(name).c.row))).scalar() or 0) + 1
        key = {"kind": name, "row": self.next_row[name]}
        self.next_row[name] += 1
        self.rows[name].append({"row": key["row"], **row})
        for relation, target in sorted(links(kind, body, self.publisher)):
            self.rows["links"].append({**key, "relation": relation, "target": target})
        for document, sentence, start, end in citations(kind, body):
            self.rows["cited"].append({**key, "document": document, "sentence": sentence, "start": start, "end": end})
        for earliest, latest in readings_of(kind, body):
            self.rows["readings"].append({**key, "earliest": earliest, "latest": latest})
        if len(self.rows[name]) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        for name, rows in self.rows.items():
            if rows:
                self.connection.execute(insert(METADATA.tables[name]), rows)
        self.rows.clear()

    def _close(self, fact: str, edition: int) -> None:
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        current = (table.c.id == id) & (table.c.until_edition == FOREVER)
        self.connection.execute(update(table).where(current).values(until_edition=edition))

    def _note_changes(self, drafts: list[Draft], edition: int) -> None:
        told = {draft.raw["id"]: draft.raw for draft in drafts}
        rows = []
        for fact in sorted(self.changed, key=self._order):
            raw = told[self.home[fact]]
            retracts = {one["fact"]: one["reason"] for one in raw.get("retract", [])}
            given = raw.get("reasons", {}).get(fact, {})
            evidence = given.get("evidence")
            rows.append(
                {
                    "edition": edition,
                    "fact": fact,
                    "change": self.changed[fact],
                    "revision": self.stored.revision(fact),
                    "reason": retracts.get(fact) if self.changed[fact] == "retracted" else given.get("reason"),
                    "evidence": None if evidence is None else json.dumps(evidence),
                    "by": raw.get("by"),
                }
            )
        if rows:
            self.connection.execute(insert(CHANGES), rows)

    def _raw(self, fact: str) -> dict[str, Any]:
        """A record being loaded or published again; else the body of the current fact that it is."""
        if fact in self.new:
            return self.new[fact]
        owner = self.stored.owner(fact)
        if owner is not None and fact in self.stored.records(owner):
            return self.stored.records(owner)[fact][0]
        raise KeyError(fact)

    def _index(self, fact: str) -> int:
        if fact not in self.index:
            self.index.update({name: place for place, name in enumerate(self.stored.records(self._home(fact)))})
        return self.index[fact]

    def _home(self, fact: str) -> str:
        home = self.home.get(fact) or self.stored.owner(fact)
        if home is None:
            raise KeyError(fact)
        return home

    def _caveats(self, fact: str) -> list[str]:
        reloaded = set(self.home.values())
        older = [caveat for caveat, bundle in self.stored.caveats(fact) if bundle not in reloaded]
        return older + self.about.get(fact, [])

    def _text(self, document: str) -> str | None:
        if document in self.held:
            return self.texts[document].decode("utf-8")
        return self.stored.text(document)
