"""Judging: what became of a citation that was taken earlier, told from the versions and changes of what it cites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.facts.base import FOREVER
from app.store.finding import Sentence
from app.store.history import CORROBORATION, Change, revised
from app.store.shelving import Shelf, Version

Citation = dict[str, Any]  # as it is published
STANDS = ("created", "corrected", "restored")
Revised = tuple[Change, dict[str, Any] | None, dict[str, Any] | None]  # a change; what it changed, before and after


@dataclass(frozen=True, slots=True)
class Taken:
    """A citation taken earlier: of a fact (`kind/id`), or of a sentence of a document (`documents/id`).

    `edition` is the one that it was taken from, None where that is not known; `span` holds what is known of the cited
    place, under the names of a published citation: of a sentence at least `sentence`.
    """

    fact: str
    is_sentence: bool = False
    edition: int | None = None
    span: Citation = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a citation; `then` is the version that it was taken from, `now` the one that stands."""

    status: str
    message: str
    name: str | None = None
    edition: int | None = None
    then: Version | None = None
    now: Version | None = None
    revisions: Sequence[Revised] = ()
    cited: Citation | None = None
    citation: Citation | None = None
    into: Sequence[Version] = ()


class OfFact:
    """A citation of a fact under judgement."""

    def __init__(self, taken: Taken, shelf: Shelf) -> None:
        self.taken = taken
        self.shelf = shelf
        self.every = shelf.versions[taken.fact]
        self.heirs = shelf.heirs(taken.fact)
        self.candidates = self._candidates()

    def _candidates(self) -> list[Version]:
        """The versions that it may have been taken from, the newest first.

        Where it does not say when: of those of one revision the last one, and the last one that cites its place.
        """
        asked, span = self.taken.edition, self.taken.span
        if asked is not None:
            return [one for one in self.every if one.stood(asked, asked) and asked <= self.shelf.edition]
        if not span:
            return self.every[-1:]
        places = self.shelf.places.get((span.get("document", ""), span.get("sentence", "")), [])
        citing = {place.version.row for place in places if place.version.fact == self.taken.fact}
        last = {(one.revision, is_citing): one for one in self.every for is_citing in {False, one.row in citing}}
        return sorted(set(last.values()), key=lambda one: one.since, reverse=True)

    def versions(self) -> list[Version]:
        """The versions that a verdict is told from: candidates, those around each later change, those that stand."""
        oldest = min((one.since for one in self.candidates), default=FOREVER)
        turns = {change.edition for change in self.shelf.changes[self.taken.fact] if change.edition > oldest}
        around = [one for one in self.every if one.since in turns or one.until in turns]
        return [*self.candidates, *around, *self.heirs]

    def bodies(self) -> list[Version]:
        """The versions whose bodies are needed."""
        return self.versions()

    def verdict(self) -> Verdict:
        """What became of it."""
        now, name = self.shelf.at(self.taken.fact, self.shelf.edition), self.every[-1].name if self.every else None
        taken = next(((one, cited) for one in self.candidates for cited in self.matching(one)), None)
        if taken is None:
            return self._erased() or Verdict("unknown", self._why_unknown(), name, self.taken.edition, None, now)
        then, cited = taken
        edition = self.taken.edition or min(then.until - 1, self.shelf.edition)
        changes = [one for one in self.shelf.changes[self.taken.fact] if one.edition > edition]
        revisions, citation = self.outcome(then, cited, changes)
        status, message = self._status([change for change, _, _ in revisions])
        if status == "current" and cited and not citation:  # what it takes over from elsewhere has changed
            message = "its own entry stands as it was, and no longer shows this citation"
            since = [one for one in self._corroborating(cited["document"]) if one.edition > edition]
            if since:
                revisions = [(one, None, None) for one in since]
                status = "retracted" if since[-1].change == "retracted" else "corrected"
                message = f"the document {cited['document']} gave it: " + _told(since)
        into = [one for one in self.heirs if one != now]
        return Verdict(status, message, name, edition, then, now, revisions, cited, citation, into)

    def matching(self, version: Version) -> Iterator[Citation | None]:
        """The citations of a version that this one may be; None of a record that cites nothing."""
        body, span = self.shelf.body(version), self.taken.span
        found = list(cited_in(body))
        if not span or span == {"sha256": body.get("sha256")}:  # a document's own digest is that of its text
            yield found[0] if found else None
        yield from (one for one in found if _agrees(one, span))

    def outcome(
        self, then: Version, cited: Citation | None, changes: list[Change]
    ) -> tuple[list[Revised], Citation | None]:
        """What changed, and the citation that stands in the place of this one."""
        versions = [(one.since, one.until, self.shelf.body(one)) for one in self.versions()]
        standing = [one for heir in self.heirs for one in cited_in(self.shelf.body(heir))]
        same = [one for one in standing if cited and _agrees(one, _part(cited, "document", "sha256"))]
        same.sort(key=lambda one: cited is None or not _agrees(one, _part(cited, "sentence", "start", "end")))
        return [(one, *revised(one, versions)) for one in changes], same[0] if same else None

    def _erased(self) -> Verdict | None:
        """What is told where a fact stood, and its bundle was taken out of all editions; None where that is not so."""
        asked, changes = self.taken.edition, self.shelf.changes[self.taken.fact]
        before = [one for one in changes if asked is None or one.edition <= asked]
        stood = [one for one in before if one.change in STANDS]
        erasure = self.shelf.erasure(stood[-1].bundle) if stood and not self.candidates else None
        if erasure is None or (asked is not None and before[-1] is not stood[-1]):
            return None
        later: list[Revised] = [(one, None, None) for one in changes if one.edition > (asked or stood[-1].edition)]
        edition, reason = erasure
        message = f"it was erased, in all editions, in edition {edition}: {reason}"
        return Verdict("retracted", message, changes[-1].name, asked, revisions=later)

    def _status(self, changes: list[Change]) -> tuple[str, str]:
        if not changes:
            return "current", "it stands as it was taken"
        stands = self.heirs and self.shelf.changes[self.taken.fact][-1].change != "split"
        return "corrected" if stands else "retracted", "it was " + _told(changes)

    def _corroborating(self, document: str) -> list[Change]:
        """What was changed of another document's corroboration of the fact."""
        return [one for one in self.shelf.changes[CORROBORATION + self.taken.fact] if one.bundle == document]

    def _why_unknown(self) -> str:
        asked, fact = self.taken.edition, self.taken.fact
        if asked == 0:
            return "nothing had been loaded by then"
        if asked is not None and asked > self.shelf.edition:
            return f"there is no edition {asked}; the last one is {self.shelf.edition}"
        if not self.candidates:
            return f"{fact} did not stand in edition {asked}" if self.every else f"{fact} was never here"
        return (
            f"{fact} never had such a citation" if asked is None else f"{fact} had no such citation in edition {asked}"
        )


class OfSentence(OfFact):
    """A citation of a sentence, or of a span in it that facts cite, under judgement."""

    def __init__(self, taken: Taken, shelf: Shelf) -> None:
        super().__init__(taken, shelf)
        self.document = document_of(taken.fact)

    def bodies(self) -> list[Version]:
        return [citing for version in self.candidates for citing in self._citing(version)]

    def _citing(self, version: Version) -> list[Version]:
        """For each span that facts cited in the sentence while a version of the document stood, one that did so."""
        asked, span = self.taken.edition, self.taken.span
        first, last = (version.since, version.until - 1) if asked is None else (asked, asked)
        places = self.shelf.places[self.document, span["sentence"]]
        found = {(one.start, one.end): one.version for one in places if one.version.stood(first, last)}
        return [
            one
            for (start, end), one in found.items()
            if {"start": start, "end": end}.items() >= _part(span, "start", "end").items()
        ]

    def matching(self, version: Version) -> Iterator[Citation | None]:
        sentence = self._sentence(version)
        cited = [one for citing in self._citing(version) for one in cited_in(self.shelf.body(citing))]
        whole = [_whole(self.document, sentence)] if sentence else []
        span = {**self.taken.span, "document": self.document}
        return (one for one in (*whole, *cited) if sentence and _agrees(one, span))

    def _sentence(self, version: Version) -> Sentence | None:
        return next((one for one in self.shelf.sentences(version) if one.ref == self.taken.span["sentence"]), None)

    def outcome(
        self, then: Version, cited: Citation | None, changes: list[Change]
    ) -> tuple[list[Revised], Citation | None]:
        first = self._sentence(then)
        assert first is not None and cited is not None  # as `matching` found them
        brought = {one.since: one for one in self.every}
        later = [brought.get(change.edition) for change in changes]
        traced = self._traced(first, then, later)
        steps = zip(changes, (first, *traced), traced, strict=False)
        revisions = [(change, _place(old), _place(new)) for change, old, new in steps if old != new]
        ends = [(heir, self._traced(first, then, [*later, heir])[-1]) for heir in self.heirs]
        now = [_moved(cited, first, end, document_of(heir.fact)) for heir, end in ends if end]
        citation = next((one for one in now if one), None)
        return [] if citation == cited else revisions, citation

    def _traced(self, first: Sentence, then: Version, later: Sequence[Version | None]) -> list[Sentence | None]:
        """Where a sentence of a version stands in each of those after it (None: the document was gone), if it does.

        It is looked for from the last version that had it.
        """
        found: list[Sentence | None] = []
        for version in later:
            one = self.shelf.followed(then, version).get(first) if version else None
            first, then = (one, version) if one and version else (first, then)
            found.append(one)
        return found


def _told(changes: Sequence[Change]) -> str:
    """What happened when, and why."""
    told = [f"{one.change} in edition {one.edition}{f': {one.reason}' if one.reason else ''}" for one in changes]
    return "; ".join(told)


def document_of(fact: str) -> str:
    """The id of a document."""
    return fact.partition("/")[2]


def _place(one: Sentence | None) -> dict[str, Any] | None:
    return None if one is None else {"sentence": one.ref, "start": one.start, "end": one.end, "sha256": one.sha256}


def _whole(document: str, one: Sentence) -> Citation:
    """The citation of a sentence, whole."""
    path = f"/documents/{document}/sentences/{one.ref}"
    return {"document": document, **(_place(one) or {}), "supports": [], "exact": None, "path": path}


def _moved(cited: Citation, first: Sentence, now: Sentence, document: str) -> Citation | None:
    """A citation of a span in a sentence where that stands now; of a part only while the sentence has its words."""
    whole = _whole(document, now)
    if first.sha256 != now.sha256:
        return whole if cited["sha256"] == first.sha256 else None
    by = now.start - first.start
    return {
        **cited,
        **_part(whole, "document", "sentence", "path"),
        "start": cited["start"] + by,
        "end": cited["end"] + by,
    }


def cited_in(body: dict[str, Any]) -> Iterator[Citation]:
    """Every citation in a body, its own before those of its parts."""
    stack: list[Any] = [body, body["citations"]]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict):
            if "sha256" in one and "sentence" in one:
                yield one
            else:
                stack.extend(reversed(list(one.values())))


def _agrees(cited: Citation, span: Citation) -> bool:
    return all(cited[name] == value for name, value in span.items())


def _part(cited: Citation, *names: str) -> Citation:
    return {name: cited[name] for name in names if name in cited}
