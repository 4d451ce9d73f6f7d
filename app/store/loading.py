"""Loading: the one door for writes. One transaction, one edition, all or nothing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.errors import Fault
from app.facts import KINDS
from app.facts.base import FOREVER, nfc
from app.facts.parts import Ref
from app.facts.shape import leaves
from app.store.bundles import Records
from app.store.checking import check, refuse
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

    `texts` are the documents' bytes by id; with them every citation is proved, and with `keep` they are held. A text
    that is held is given up when its document is corrected to have another digest, unless that text comes along.
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
        self.keep = keep
        self.loading: set[str] = set()  # the ids of all bundles given
        self.held: set[str] = set()  # the documents whose texts are to be held from now on
        self.given_up: set[str] = set()  # those whose held text is no longer theirs
        self.shown: dict[str, str | None] = {}  # the texts whose words citations show
        self.new: dict[str, dict[str, Any]] = {}  # records of the bundles being loaded
        self.home: dict[str, str] = {}  # the bundle that each of them is of
        self.index: dict[str, int] = {}
        self.changed: dict[str, str] = {}  # fact → created, corrected, restored or retracted
        self.about: dict[str, list[str]] = defaultdict(list)  # fact → the caveats that these bundles hold about it
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.next_row: dict[str, int] = {}
        self.edition = self.stored.edition + 1
        self.numbers: dict[str, int] = {}  # each bundle's place in the order of first loads
        self.publisher = Publisher(self._raw, self._home, self._caveats, self._text)

    def run(self, drafts: list[Draft]) -> Loaded:
        checked = check(drafts, self.stored, {document: data.decode() for document, data in self.texts.items()})
        self.loading = {draft.raw["id"] for draft in drafts}
        pairs = [(draft, records) for draft, records in zip(drafts, checked, strict=True) if self._is_new(draft)]
        self._compare_texts([draft for draft, _ in pairs])
        if not pairs and not self.held:
            return Loaded(None)
        refuse(fault for draft, records in pairs for fault in self._compare(draft, records))
        return self._write([draft for draft, _ in pairs])

    def _is_new(self, draft: Draft) -> bool:
        held = self.stored.bundle(draft.raw["id"])
        return held is None or held.sha256 != digest(draft.content)

    def _compare_texts(self, drafts: list[Draft]) -> None:
        """Notes which texts come and which go; `check` has proved those given of the documents given."""
        for document in self.loading & self.texts.keys():
            if self.keep and self.stored.text(document) != self.texts[document]:
                self.held.add(document)
        for draft in drafts:
            id, text = draft.raw["id"], self.stored.text(draft.raw["id"])
            if text is not None and id not in self.held and digest(text) != draft.raw["document"]["sha256"]:
                self.given_up.add(id)

    def _compare(self, draft: Draft, records: Records) -> Iterator[Fault]:
        """Notes what the bundle changes; a change or an omission without a reason is a fault."""
        bundle = draft.raw["id"]
        before = self.stored.records(bundle)
        reasons = draft.raw.get("reasons", {})
        for name in ("merge", "split"):
            if draft.raw.get(name):
                mend = "retract the one record and correct what refers to it"
                yield draft.fault(f"/{name}", "is not carried out yet", mend)
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
        for fact in [fact for fact in before if fact not in records]:
            self.changed[fact] = "retracted"
            self.home[fact] = bundle
            yield from self._retracts(draft, fact)

    def _retracts(self, draft: Draft, fact: str) -> Iterator[Fault]:
        """What is left out is listed with a reason, and nothing that stays refers to it."""
        listed = [one["fact"] for one in draft.raw.get("retract", [])]
        if fact not in listed:
            yield Fault("", f"{fact} is current and left out", 'list it under "retract" with a reason', draft.file)
            return
        for other in sorted(self.stored.dependents(fact)):
            if self.stored.owner(other) not in self.loading and self._refers(other, fact):
                pointer = f"/retract/{listed.index(fact)}/fact"
                message = f"{other} of the bundle {self.stored.owner(other)} refers to {fact}"
                yield draft.fault(pointer, message, "load that bundle, corrected, together with this one")

    def _refers(self, fact: str, target: str) -> bool:
        entry = KINDS[fact.partition("/")[0]].entry
        return any(slot.mark(Ref) and value == target for _, slot, value in leaves(entry, self._raw(fact)))

    def _write(self, drafts: list[Draft]) -> Loaded:
        self._bundles(drafts)
        affected = self._affected()
        for fact in [fact for fact, change in self.changed.items() if change == "retracted"]:
            self._close(fact)
        republished: Counter[str] = Counter()
        for fact in sorted((self.changed.keys() | affected), key=self._order):
            if self.changed.get(fact) != "retracted":
                republished[fact.partition("/")[0]] += self._publish(fact)
        self._flush()
        self._note_changes(drafts)
        told = {kind: count for kind, count in republished.items() if count}
        self._note_edition(drafts, told)
        return Loaded(self.edition, dict(Counter(self.changed.values())), told)

    def _order(self, fact: str) -> tuple[int, int, str]:
        return list(KINDS).index(fact.partition("/")[0]), self.index.get(fact, 0), fact

    def _note_edition(self, drafts: list[Draft], republished: dict[str, int]) -> None:
        last = self.connection.execute(select(EDITIONS).where(EDITIONS.c.edition == self.edition - 1)).one_or_none()
        chain = hashlib.sha256(last.digest.encode() if last else b"")
        for draft in drafts:
            chain.update(f"{draft.raw['id']} {digest(draft.content)}\n".encode())
        chain.update("".join(f"text {document}\n" for document in sorted(self.held)).encode())
        at = datetime.now(UTC)
        if last:  # time goes on from edition to edition, whatever the clock does
            at = max(at, datetime.fromisoformat(last.at) + timedelta(microseconds=1))
        edition = {
            "edition": self.edition,
            "at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "digest": chain.hexdigest(),
            "changes": json.dumps(Counter(self.changed.values()), sort_keys=True),
            "republished": json.dumps(republished, sort_keys=True),
        }
        self.connection.execute(insert(EDITIONS).values(edition))

    def _bundles(self, drafts: list[Draft]) -> None:
        """Writes the bundles' new versions, numbers those that are new, and keeps or gives up texts."""
        held = self.connection.execute(select(BUNDLES.c.id, BUNDLES.c.number))
        self.numbers.update((row.id, row.number) for row in held)
        for draft in drafts:
            id = draft.raw["id"]
            number = self.numbers.setdefault(id, len(self.numbers) + 1)
            stood = (BUNDLES.c.id == id) & (BUNDLES.c.until_edition == FOREVER)
            self.connection.execute(update(BUNDLES).where(stood).values(until_edition=self.edition))
            version = {"id": id, "number": number, "since_edition": self.edition, "until_edition": FOREVER}
            self.connection.execute(
                insert(BUNDLES).values(**version, sha256=digest(draft.content), content=draft.content)
            )
        for document in sorted(self.held | self.given_up):
            self.connection.execute(delete(TEXTS).where(TEXTS.c.document == document))
        for document in sorted(self.held):
            self.connection.execute(insert(TEXTS).values(document=document, content=self.texts[document]))

    def _affected(self) -> set[str]:
        """The current facts, beside the changed ones, whose bodies may differ now: they name or cite what changed."""
        affected: set[str] = set()
        for fact, change in self.changed.items():
            if change != "created":
                affected |= self.stored.dependents(fact)
            if fact.startswith("caveats/"):
                affected.update(self.new.get(fact, {}).get("facts", []))
        for document in self.held | self.given_up:
            citing = self.stored.citing(document)
            affected |= citing | {f"documents/{document}"}
            for fact in citing:  # attendees show their event's citations
                affected |= self.stored.dependents(fact)
        return self._renamed(affected) - self.changed.keys()

    def _renamed(self, affected: set[str]) -> set[str]:
        """With what refers to those of them whose names, made by rule of other names, change too.

        So does a place whose own place changed: facts know all that their place lies in.
        """
        fresh = affected
        while fresh:
            current = {fact: self.stored.current(fact) for fact in fresh - self.changed.keys()}
            passing = [fact for fact, row in current.items() if row and self._passes_on(fact, row)]
            fresh = {one for fact in passing for one in self.stored.dependents(fact)} - affected
            affected = affected | fresh
        return affected

    def _passes_on(self, fact: str, row: Any) -> bool:
        return fact.startswith("places/") or row.name != self.publisher.name(fact)

    def _publish(self, fact: str) -> bool:
        """Writes the fact's new version if it differs; tells whether only its references had changed."""
        kind, change = KINDS[fact.partition("/")[0]], self.changed.get(fact)
        stood: Any = None if change in ("created", "restored") else self.stored.current(fact)
        body = self.publisher.body(fact)
        if change is None:
            body.update(revision=stood.revision, edition=stood.since_edition)
            same = all(getattr(stood, name) == value for name, value in self._row(fact, body).items())
            if same and self.stored.links(kind.name, stood.row) == links(kind, body, self.publisher):
                return False
        else:
            body["revision"] = 1 if change == "created" else self.stored.revision(fact) + 1
        body["edition"] = self.edition
        if stood is not None:
            self._close(fact)
        self._add(kind.name, self._row(fact, body), body)
        return change is None

    def _row(self, fact: str, body: dict[str, Any]) -> dict[str, Any]:
        kind, home = KINDS[fact.partition("/")[0]], self._home(fact)
        return row_of(kind, body, self.publisher, self.numbers[home], self._index(fact), home)

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

    def _close(self, fact: str) -> None:
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        current = (table.c.id == id) & (table.c.until_edition == FOREVER)
        self.connection.execute(update(table).where(current).values(until_edition=self.edition))

    def _note_changes(self, drafts: list[Draft]) -> None:
        told = {draft.raw["id"]: draft.raw for draft in drafts}
        rows = []
        for fact in sorted(self.changed, key=self._order):
            raw, change = told[self.home[fact]], self.changed[fact]
            retracts = {one["fact"]: one for one in raw.get("retract", [])}
            given = (retracts if change == "retracted" else raw.get("reasons", {})).get(fact, {})
            rows.append(
                {
                    "edition": self.edition,
                    "fact": fact,
                    "name": self.publisher.name(fact),
                    "bundle": self.home[fact],
                    "change": change,
                    "revision": self.stored.revision(fact),
                    "reason": _own(given.get("reason")),
                    "evidence": self._evidence(given.get("evidence"), self.home[fact]),
                    "into": None,
                    "by": _own(raw.get("by")),
                }
            )
        if rows:
            self.connection.execute(insert(CHANGES), rows)

    def _evidence(self, raw: dict[str, Any] | str | None, bundle: str) -> str | None:
        """Evidence as it is shown: a citation in full, or an address."""
        shown = self.publisher.citation(raw, bundle) if isinstance(raw, dict) else raw
        return None if shown is None else json.dumps(shown, ensure_ascii=False)

    def _raw(self, fact: str) -> dict[str, Any]:
        """A record being loaded, or that of a fact that stood; KeyError where there is none."""
        return self.new[fact] if fact in self.new else self.stored.records(self._home(fact))[fact].raw

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
        """The caveats about a fact: bundle by bundle in the order of first loads, each bundle's in its own order."""
        older = {caveat for caveat in self.stored.caveats(fact) if caveat not in self.home}
        found = older.union(self.about.get(fact, []))
        return sorted(found, key=lambda caveat: (self.numbers[self._home(caveat)], self._index(caveat)))

    def _text(self, document: str) -> str | None:
        if document not in self.shown:
            held = self.texts[document] if document in self.held else self.stored.text(document)
            self.shown[document] = None if held is None or document in self.given_up else held.decode()
        return self.shown[document]


def _own(text: str | None) -> str | None:
    return None if text is None else nfc(text)
