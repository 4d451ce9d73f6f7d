"""Changing: bundles that are taken together written: what they change, what that touches, the rows that come of it."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.facts import KINDS
from app.faults import Fault, InUse
from app.store.affecting import affected
from app.store.books import Books
from app.store.bundles import Records
from app.store.checking import FAULTS_MAX, check, refuse
from app.store.comparing import Comparison
from app.store.grouping import Promised
from app.store.history import difference
from app.store.publishing import links
from app.store.reading import Draft, substance
from app.store.rows import row_of
from app.store.standing import AfterLoad, Texts
from app.store.stored import Stored
from app.store.telling import Telling


class Group:
    """Some bundles of a load; `shows` keeps what changes, for a dry run."""

    def __init__(
        self, stored: Stored, books: Books, numbers: dict[str, int], texts: dict[str, bytes], keep: bool, shows: bool
    ) -> None:
        self.stored = stored
        self.books = books
        self.edition = books.edition
        self.comparison = Comparison(stored)
        self.texts = Texts(stored, texts, keep)
        self.after = AfterLoad(stored, self.comparison, self.texts, numbers)
        self.publisher = self.after.publisher
        self.revisions: dict[tuple[str, str], int] = {}  # of each corroboration that changes
        self.shows = shows
        self.shown: dict[str, dict[str, Any]] = {}  # for a dry run, each changed fact before and after
        self.telling = Telling(stored, self.comparison, self.after)
        self.changes: Counter[str] = Counter()
        self.republished: Counter[str] = Counter()
        self.diff: list[dict[str, Any]] = []

    def check(self, drafts: list[Draft], promised: Promised, pending: set[str]) -> list[Records]:
        """Each bundle's records; BundleError with what is wrong, also where a content was erased."""
        refuse(self._erased(drafts))
        texts = {document: data.decode() for document, data in self.texts.given.items()}
        checked = check(drafts, self.stored, texts, promised, pending)
        self.comparison.loading = pending | {draft.raw["id"] for draft in drafts}
        return checked

    def _erased(self, drafts: list[Draft]) -> Iterator[Fault]:
        """Bundles whose content was erased."""
        for draft in drafts:
            for edition, reason, contents in self.stored.erasures(str(draft.raw.get("id"))):
                if substance(draft.content) in contents:
                    message = f"this content was erased in edition {edition}: {reason}"
                    yield draft.fault("/id", message, "load a version without what had to go")

    def take(self, pairs: list[tuple[Draft, Records]], loading: set[str], by: str | None) -> None:
        """Notes what those of the bundles change that are not there already; `loading` are the ids of all."""
        self.texts.compare([draft for draft, _ in pairs], loading, set())
        for draft, records in pairs:
            self.comparison.take(draft, records, by)

    def withdraw(self, id: str, reason: str, by: str | None) -> None:
        """Notes that all that a bundle holds is taken back."""
        self.comparison.loading = {id}
        self.texts.compare([], {id}, {id})
        self.comparison.withdraw(id, reason, by)

    def write(self, drafts: list[Draft], withdrawn: set[str]) -> None:
        """Writes what is changed, and what must be published again for it; InUse, BundleError."""
        self._refuse()
        self._bundles(drafts, withdrawn)
        changed = self.comparison.changed
        affected_too = affected(self.stored, self.comparison, self.after, self.texts)
        gone = set(self.comparison.ended("retracted", "merged", "split"))
        standing = sorted((changed.keys() | affected_too) - gone, key=self._order)
        self.after.expect(standing)
        for fact in gone:
            stood = self.stored.current(fact)
            self._show(fact, stood, None)
            self.books.close(fact, stood)
        for fact in standing:
            self.republished[fact.partition("/")[0]] += self._publish(fact)
        self.books.flush()
        ordered = sorted(changed, key=self._order)
        self.books.note_changes(list(self.telling.rows(ordered, self.revisions)))
        self.changes.update(one.change for one in (*changed.values(), *self.comparison.corroborated.values()))
        self.diff = [self.shown[fact] for fact in ordered if fact in self.shown]

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
            self.books.note_bundle(id, numbers[id], draft.content)
        for id in withdrawn:
            self.books.note_bundle(id, numbers[id], None)
        for key in self.comparison.corroborated:
            entry = self.comparison.corroborates.get(key)
            self.revisions[key] = self.stored.corroboration_revision(*key) + (entry is not None)
            self.books.note_corroboration(*key, self.revisions[key], entry)
        self.books.note_texts({id: self.texts.given[id] for id in self.texts.held}, self.texts.given_up)

    def _publish(self, fact: str) -> bool:
        """Writes the fact's new version if it differs; tells whether only what an older one refers to had changed."""
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
            self.books.close(fact, stood)
        self.books.add(kind.name, self._row(fact, body), body, self.publisher)
        if change is not None:
            self._show(fact, stood, body)
        return change is None and stood.since_edition != self.edition

    def _row(self, fact: str, body: dict[str, Any]) -> dict[str, Any]:
        kind, home = KINDS[fact.partition("/")[0]], self.after.home(fact)
        return row_of(kind, body, self.publisher, self.after.numbers[home], self.after.index(fact), home)

    def _show(self, fact: str, stood: Any, body: dict[str, Any] | None) -> None:
        if self.shows:
            changed = difference(json.loads(stood.body) if stood else None, body)
            self.shown[fact] = self.telling.shown(fact, *changed)
