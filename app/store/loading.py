"""Loading: the one door for writes. One transaction, one edition, all or nothing."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.facts import KINDS
from app.faults import Fault, InUse
from app.store.affecting import affected
from app.store.books import Books, chained_lines
from app.store.checking import FAULTS_MAX, check, refuse
from app.store.comparing import Comparison
from app.store.db import Database
from app.store.history import difference
from app.store.publishing import digest, links
from app.store.reading import Draft, substance
from app.store.rows import row_of
from app.store.standing import AfterLoad, Texts
from app.store.stored import Stored
from app.store.telling import Telling

Expect = Callable[[str | None], None]


@dataclass(slots=True)
class Loaded:
    """What a load did: its edition (None: nothing was new) and how many facts it created, corrected and so on.

    `diff`, of a dry run only: each change as a history shows it, the fields that differ before and after.
    """

    edition: int | None
    changes: dict[str, int] = field(default_factory=dict)
    republished: dict[str, int] = field(default_factory=dict)
    diff: list[dict[str, Any]] = field(default_factory=list)


def load(
    database: Database,
    drafts: list[Draft],
    texts: dict[str, bytes] | None = None,
    keep: bool = False,
    *,
    by: str | None = None,
    dry_run: bool = False,
    expect: Expect | None = None,
) -> Loaded:
    """Loads bundles together: checked first, then written in one transaction as one edition.

    `texts` are the documents' bytes by id; with them every citation is proved, and with `keep` they are held. A text
    that is held is given up when its document is corrected to have another digest, unless that text comes along.
    `by` answers for the changes in the place of the bundles' own. `expect` is told, before anything else, the SHA-256
    of the first bundle's current content (None: it has none), and may raise to end the load.
    Raises BundleError with every fault, InUse where others refer to what would go, and writes nothing then. The same
    content again makes no edition; neither does a dry run.
    """

    def run(one: _Load) -> Loaded:
        if expect is not None:
            expect(one.current(drafts[0].raw["id"]))
        return one.load(drafts, by)

    return _run(database, run, texts or {}, keep, dry_run)


def withdraw(
    database: Database, id: str, reason: str, *, by: str | None = None, expect: Expect | None = None
) -> Loaded:
    """Takes back all that a bundle holds, as one edition; loading it again restores it.

    `expect` as in `load`. KeyError where there never was such a bundle, InUse where others refer to what it holds. One
    that was withdrawn already makes no edition.
    """

    def run(one: _Load) -> Loaded:
        if id not in one.stored.numbers:
            raise KeyError(id)
        if expect is not None:
            expect(one.current(id))
        return one.withdraw(id, reason, by)

    return _run(database, run, {}, False, False)


def withdraw_within(connection: Connection, id: str, reason: str) -> Loaded:
    """The same inside a transaction that does more."""
    one = _Load(connection, {}, False, False)
    if id not in one.stored.numbers:
        raise KeyError(id)
    return one.withdraw(id, reason, None)


class _DryRun(Exception):
    """Undoes a load that was only to be shown."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded


def _run(
    database: Database, run: Callable[["_Load"], Loaded], texts: dict[str, bytes], keep: bool, dry_run: bool
) -> Loaded:
    try:
        with database.write() as connection:
            loaded = run(_Load(connection, texts, keep, dry_run))
            if dry_run:
                raise _DryRun(loaded)
            return loaded
    except _DryRun as done:
        return Loaded(None, done.loaded.changes, done.loaded.republished, done.loaded.diff)


class _Load:
    """One load under way: what it changes, what that touches, and the rows that come of it."""

    def __init__(self, connection: Connection, texts: dict[str, bytes], keep: bool, shows: bool) -> None:
        self.stored = Stored(connection)
        self.comparison = Comparison(self.stored)
        self.texts = Texts(self.stored, texts, keep)
        self.after = AfterLoad(self.stored, self.comparison, self.texts)
        self.publisher = self.after.publisher
        self.edition = self.stored.edition + 1
        self.books = Books(connection, self.edition, self.publisher)
        self.revisions: dict[tuple[str, str], int] = {}  # of each corroboration that changes
        self.shows = shows
        self.shown: dict[str, dict[str, Any]] = {}  # for a dry run, each changed fact before and after
        self.telling = Telling(self.stored, self.comparison, self.after)

    def current(self, id: str) -> str | None:
        """The SHA-256 of a bundle's current content, or None."""
        held = self.stored.bundle(id)
        return None if held is None else held.sha256

    def load(self, drafts: list[Draft], by: str | None) -> Loaded:
        refuse(self._erased(drafts))
        checked = check(drafts, self.stored, {document: data.decode() for document, data in self.texts.given.items()})
        self.comparison.loading = {draft.raw["id"] for draft in drafts}
        pairs = [
            (draft, records)
            for draft, records in zip(drafts, checked, strict=True)
            if self.current(draft.raw["id"]) != digest(draft.content)
        ]
        self.texts.compare([draft for draft, _ in pairs], self.comparison.loading, set())
        if not pairs and not self.texts.held:
            return Loaded(None)
        for draft, records in pairs:
            self.comparison.take(draft, records, by)
        return self._write([draft for draft, _ in pairs], set())

    def _erased(self, drafts: list[Draft]) -> Iterator[Fault]:
        """Bundles whose content was erased."""
        for draft in drafts:
            for edition, reason, contents in self.stored.erasures(str(draft.raw.get("id"))):
                if substance(draft.content) in contents:
                    message = f"this content was erased in edition {edition}: {reason}"
                    yield draft.fault("/id", message, "load a version without what had to go")

    def withdraw(self, id: str, reason: str, by: str | None) -> Loaded:
        if self.current(id) is None:
            return Loaded(None)
        self.comparison.loading = {id}
        self.texts.compare([], {id}, {id})
        self.comparison.withdraw(id, reason, by)
        return self._write([], {id})

    def _write(self, drafts: list[Draft], withdrawn: set[str]) -> Loaded:
        self._refuse()
        self._bundles(drafts, withdrawn)
        changed = self.comparison.changed
        affected_too = affected(self.stored, self.comparison, self.after, self.texts)
        gone = set(self.comparison.ended("retracted", "merged", "split"))
        standing = sorted((changed.keys() | affected_too) - gone, key=self._order)
        self.after.expect(standing)
        for fact in gone:
            self._show(fact, self.stored.current(fact), None)
            self.books.close(fact)
        republished: Counter[str] = Counter()
        for fact in standing:
            republished[fact.partition("/")[0]] += self._publish(fact)
        self.books.flush()
        ordered = sorted(changed, key=self._order)
        self.books.note_changes(list(self.telling.rows(ordered, self.revisions)))
        told = {kind: count for kind, count in republished.items() if count}
        total: Counter[str] = Counter(one.change for one in (*changed.values(), *self.comparison.corroborated.values()))
        self.books.note_edition(chained_lines(drafts, withdrawn, self.texts.held), total, told)
        return Loaded(self.edition, dict(total), told, [self.shown[fact] for fact in ordered if fact in self.shown])

    def _refuse(self) -> None:
        """Raises what is wrong with the changes: first what has no reason, then what others refer to."""
        refuse(self.comparison.faults)
        self.comparison.check_use()
        self.comparison.check_places()
        corrected = [fact.split("/") for fact in self.comparison.ended("corrected")]
        self.comparison.check_cited(id for kind, id in corrected if kind == "documents")
        if self.comparison.in_use:
            more = len(self.comparison.in_use) - FAULTS_MAX
            rest = [Fault("", f"and {more} more", "mend these first")] if more > 0 else []
            raise InUse([*self.comparison.in_use[:FAULTS_MAX], *rest])

    def _order(self, fact: str) -> tuple[int, int, str]:
        return list(KINDS).index(fact.partition("/")[0]), self.comparison.index.get(fact, 0), fact

    def _bundles(self, drafts: list[Draft], withdrawn: set[str]) -> None:
        """Writes the bundles' new versions and what they corroborate, numbers those that are new, and sees to texts."""
        numbers = self.after.numbers
        for draft in drafts:
            id = draft.raw["id"]
            self.books.note_bundle(id, numbers.setdefault(id, len(numbers) + 1), draft.content)
        for id in withdrawn:
            self.books.note_bundle(id, numbers[id], None)
        for key in self.comparison.corroborated:
            entry = self.comparison.corroborates.get(key)
            self.revisions[key] = self.stored.corroboration_revision(*key) + (entry is not None)
            self.books.note_corroboration(*key, self.revisions[key], entry)
        self.books.note_texts({id: self.texts.given[id] for id in self.texts.held}, self.texts.given_up)

    def _publish(self, fact: str) -> bool:
        """Writes the fact's new version if it differs; tells whether only its references had changed."""
        kind, change = KINDS[fact.partition("/")[0]], self.comparison.changed.get(fact)
        stood = self.stored.current(fact)
        body = self.publisher.body(fact)
        if change is None:
            body.update(revision=stood.revision, edition=stood.since_edition)
            same = all(getattr(stood, name) == value for name, value in self._row(fact, body).items())
            if same and self.stored.links(kind.name, stood.row) == links(kind, body, self.publisher):
                return False
        else:
            body["revision"] = self.stored.revision(fact) + 1
        body["edition"] = self.edition
        if stood is not None:
            self.books.close(fact)
        self.books.add(kind.name, self._row(fact, body), body)
        if change is not None:
            self._show(fact, stood, body)
        return change is None

    def _row(self, fact: str, body: dict[str, Any]) -> dict[str, Any]:
        kind, home = KINDS[fact.partition("/")[0]], self.after.home(fact)
        return row_of(kind, body, self.publisher, self.after.numbers[home], self.after.index(fact), home)

    def _show(self, fact: str, stood: Any, body: dict[str, Any] | None) -> None:
        if self.shows:
            changed = difference(json.loads(stood.body) if stood else None, body)
            self.shown[fact] = self.telling.shown(fact, *changed)
