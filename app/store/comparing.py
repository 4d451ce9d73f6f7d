"""Comparing: what bundles change of what stood, and whether each change says why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.facts import KINDS
from app.facts.lists import ChangeKind
from app.facts.parts import Ref
from app.facts.shape import leaves
from app.faults import Fault
from app.store.bundles import Records, changes
from app.store.corroborating import moved
from app.store.publishing import digest
from app.store.reading import Draft
from app.store.rules.scene import follow
from app.store.stored import Stored

MEND = "load that bundle, corrected, together with this one"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to come: what it is, of which bundle, and why; `evidence` as the bundle writes it."""

    change: ChangeKind
    bundle: str
    by: str | None = None
    reason: str | None = None
    evidence: dict[str, Any] | str | None = None
    into: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """What a bundle says of its changes: for each fact why it is changed, and what became of it where it is gone."""

    bundle: str
    by: str | None
    reasons: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: dict[str, tuple[ChangeKind, str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, draft: Draft, by: str | None) -> "Told":
        said = changes(draft)
        told = cls(draft.raw["id"], by or draft.raw.get("by"), said.get("reasons", {}))
        told.gone.update((one["fact"], ("retracted", one["reason"], ())) for one in said.get("retract", []))
        told.gone.update((one["from"], ("merged", one["reason"], (one["into"],))) for one in said.get("merge", []))
        told.gone.update((one["from"], ("split", one["reason"], tuple(one["into"]))) for one in said.get("split", []))
        return told

    def change(self, change: ChangeKind, fact: str) -> Change:
        """The change of a fact that stands, with its reason where one is given."""
        given = self.reasons.get(fact, {})
        return Change(change, self.bundle, self.by, given.get("reason"), given.get("evidence"))

    def end(self, fact: str) -> Change | None:
        """The end of a fact that is left out; None where the bundle does not say what became of it."""
        if fact not in self.gone:
            return None
        change, reason, into = self.gone[fact]
        return Change(change, self.bundle, self.by, reason, None, into)


class Comparison:
    """What a load changes: facts by `kind/id`, corroborations by (bundle, `kind/id`), and what is wrong with that."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.loading: set[str] = set()  # the ids of the bundles given, also of those that are nothing new
        self.taken: set[str] = set()  # of those that are loaded or withdrawn
        self.new: dict[str, dict[str, Any]] = {}  # records of the bundles being loaded
        self.home: dict[str, str] = {}  # the bundle that each of them, and of those gone, is of
        self.index: dict[str, int] = {}
        self.changed: dict[str, Change] = {}
        self.corroborates: dict[tuple[str, str], dict[str, Any]] = {}  # what the bundles being loaded corroborate
        self.corroborated: dict[tuple[str, str], Change] = {}
        self.faults: list[Fault] = []
        self.in_use: list[Fault] = []  # what others refer to and this would take away

    def take(self, draft: Draft, records: Records, by: str | None) -> None:
        """Notes what a bundle changes; a change or an omission without a reason is a fault."""
        told, before = Told.of(draft, by), self.stored.records(draft.raw["id"])
        if not before and self.stored.last_content(told.bundle) == digest(draft.content):
            told.reasons = {}  # which were those of changes before it was withdrawn
        self.taken.add(told.bundle)
        for place, (fact, (raw, pointer)) in enumerate(records.items()):
            self.new[fact], self.home[fact], self.index[fact] = raw, told.bundle, place
            why = raw.get("corroborates", fact)  # a conflict is told of by the corroboration that it comes of
            if fact not in before:
                self.changed[fact] = told.change("restored" if self.stored.revision(fact) else "created", why)
            elif before[fact].raw != raw:
                self.changed[fact] = told.change("corrected", why)
                self._needs_reason(draft, told, why, pointer)
        for fact, (raw, _) in before.items():
            if fact not in records:
                self._take_back(draft, told, fact, raw)
        self._take_corroborations(draft, told)
        for fact in told.gone.keys() - before.keys() - records.keys():
            self._needs_undoing(draft, told, fact)

    def _needs_reason(self, draft: Draft, told: Told, fact: str, pointer: str) -> None:
        if fact not in told.reasons:
            mend = f'add "{fact}" to "reasons", with its evidence'
            self.faults.append(draft.fault(pointer, "differs from what is current, without a reason", mend))

    def _needs_undoing(self, draft: Draft, told: Told, fact: str) -> None:
        """A fault where what became of a record that is gone already is told otherwise than it was."""
        change, _, into = told.gone[fact]
        last = self.stored.became(fact) if change != "retracted" else None
        if last is None or last == (change, into) or last[0] == change == "merged":  # merges have a rule of their own
            return
        mend = "define it again, which undoes that, and then say what it became"
        became = f"{fact} was {last[0]}{' into ' * bool(last[1])}{' and '.join(last[1])}"
        self.faults.append(draft.fault(f"/{'merge' if change == 'merged' else change}", became, mend))

    def _take_back(self, draft: Draft, told: Told, fact: str, raw: dict[str, Any]) -> None:
        end = told.end(fact)
        if end is None and "corroborates" in raw:
            given = told.end(raw["corroborates"]) or told.change("retracted", raw["corroborates"])
            end = Change("retracted", told.bundle, told.by, given.reason)
        if end is None:
            mend = 'list it under "retract" with a reason, or under "merge" or "split"'
            self.faults.append(Fault("", f"{fact} is current and left out", mend, draft.file))
            return
        self.changed[fact] = end
        self.home[fact] = told.bundle

    def _take_corroborations(self, draft: Draft, told: Told) -> None:
        before = {one.fact: one for one in self.stored.corroborations("bundle", [told.bundle])}
        listed = {one["fact"]: one for one in changes(draft).get("corroborates", [])}
        for index, (fact, entry) in enumerate(listed.items()):
            key = told.bundle, fact
            self.corroborates[key] = entry
            if fact not in before:
                was = self.stored.corroboration_revision(*key)
                self.corroborated[key] = told.change("restored" if was else "created", fact)
            elif before[fact].entry != entry:
                self.corroborated[key] = told.change("corrected", fact)
                self._needs_reason(draft, told, fact, f"/corroborates/{index}")
        for fact in before.keys() - listed.keys():
            end = told.end(fact)
            if end is None:
                mend = 'list it under "retract" with a reason'
                self.faults.append(Fault("", f"the corroboration of {fact} is left out", mend, draft.file))
            else:
                self.corroborated[told.bundle, fact] = end

    def withdraw(self, bundle: str, reason: str, by: str | None) -> None:
        """Notes that a bundle is withdrawn: all that it holds is taken back."""
        end = Change("retracted", bundle, by, reason)
        self.taken.add(bundle)
        for fact in self.stored.records(bundle):
            self.changed[fact], self.home[fact] = end, bundle
        for fact in self.stored.corroborated(bundle):
            self.corroborated[bundle, fact] = end

    @property
    def merged(self) -> dict[str, str]:
        """Once the load is done, the fact that each merged one became."""
        before = {fact: into for fact, into in self.stored.merged.items() if fact not in self.new}
        return before | {fact: one.into[0] for fact, one in self.changed.items() if one.change == "merged"}

    def ended(self, *kinds: str) -> list[str]:
        """The facts that are gone in one of these ways."""
        return [fact for fact, one in self.changed.items() if one.change in kinds]

    def check_use(self) -> None:
        """Notes each fact of another bundle that refers to one that is gone; a merged one is followed."""
        gone = self.ended("retracted", "split")
        dependents = self.stored.dependents(gone)
        corroborating: dict[str, list[str]] = defaultdict(list)
        for one in self.stored.corroborations("fact", gone):
            corroborating[one.fact].append(one.bundle)
        for fact in gone:
            others = {other: str(self.stored.owner(other)) for other in sorted(dependents.get(fact, ()))}
            using = [other for other, owner in others.items() if owner not in self.loading and self._uses(other, fact)]
            for other in using:
                self._note_use(fact, f"{other} of the bundle {others[other]} refers to {fact}")
            for bundle in sorted(set(corroborating[fact]) - self.loading):
                self._note_use(fact, f"the bundle {bundle} corroborates {fact}")

    def check_places(self) -> None:
        """Notes each item of a list for which another bundle gives a value, and that a correction moves or drops."""
        corrected = self.ended("corrected")
        for one in self.stored.corroborations("fact", corrected):
            before = self.stored.records(self.home[one.fact])[one.fact].raw
            for name in one.entry.get("values", {}) if one.bundle not in self.loading else ():
                if moved(before, self.new[one.fact], name):
                    message = f"the bundle {one.bundle} gives another value for {name}, which would be another item's"
                    self._note_use(one.fact, message)

    def _note_use(self, fact: str, message: str) -> None:
        self.in_use.append(Fault(f"/{fact}", message, MEND, self.home[fact]))

    def _uses(self, other: str, fact: str) -> bool:
        kind = KINDS[other.partition("/")[0]]
        raw = self.stored.records(str(self.stored.owner(other)))[other].raw
        values = (value for _, slot, value in leaves(kind.entry, raw) if slot.mark(Ref))
        return "corroborates" not in raw and any(follow(self.stored.merged, value) == fact for value in values)

    def check_cited(self, documents: Iterable[str]) -> None:
        """Notes each fact of another bundle that cites a sentence that a corrected document no longer has."""
        for document in documents:
            fields = ("ref", "start", "end", "sha256")
            now = {tuple(one[name] for name in fields) for one in self.new[f"documents/{document}"]["sentences"]}
            changed = {one[0] for one in self.stored.sentences(document) if one not in now}
            for fact, (sentence, start, end) in self._cited(document) if changed else ():
                if sentence in changed:
                    message = f"{fact} of the bundle {self.stored.owner(fact)} cites {sentence}, {start}–{end}"
                    self.in_use.append(Fault("/document/sentences", message, MEND, document))

    def _cited(self, document: str) -> Iterator[tuple[str, tuple[str, int, int]]]:
        """The places of a document that facts of bundles cite which are not being loaded."""
        corroborated = {one.fact for one in self.stored.corroborations("bundle", [document])}
        for fact, places in self.stored.citing(document).items():
            if self.stored.owner(fact) not in self.loading and fact not in corroborated:
                yield from ((fact, place) for place in places)
