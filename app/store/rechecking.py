"""Rechecking: what became of many citations, looked up together, and whether their spans stand in a reader's text."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.store.finding import Finder
from app.store.judging import Citation, OfFact, OfSentence, Taken, Verdict, document_of
from app.store.proving import prove
from app.store.shelving import Shelf, Version
from app.store.text import digest


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a span stands in a text, what is wrong if not, and whose text it is: `current`, `earlier` or `other`."""

    matches: bool
    message: str | None
    text: str


def recheck(
    finder: Finder, edition: int, taken: Sequence[Taken], text: str | None = None
) -> list[tuple[Verdict, Proof | None]]:
    """What became of each citation up to an edition; with a text, whether the cited span stands in it.

    A fact's citation is `current` while the fact's own entry has not changed since, a sentence's while its document
    lists it at the same place with the same digest. All citations are looked up together: the number of statements
    grows with the kinds and the documents that they cite, not with their own.
    """
    shelf = Shelf(finder, edition)
    shelf.add(one.fact for one in taken)
    shelf.add_places(place for one in taken if (place := _place(one)))
    cases = [OfSentence(one, shelf) if one.is_sentence else OfFact(one, shelf) for one in taken]
    shelf.fetch(version for case in cases for version in case.bodies())
    shelf.fetch_sentences(version for case in cases if case.taken.is_sentence for version in case.versions())
    verdicts = [case.verdict() for case in cases]
    return list(zip(verdicts, _proofs(shelf, verdicts, text), strict=True))


def _place(one: Taken) -> tuple[str, str] | None:
    """The document and the sentence in which a citation's span is looked for."""
    if one.is_sentence:
        return document_of(one.fact), one.span["sentence"]
    span = one.span
    return (
        (span["document"], span["sentence"])
        if one.edition is None and {"document", "sentence"} <= span.keys()
        else None
    )


def _proofs(shelf: Shelf, verdicts: Sequence[Verdict], text: str | None) -> list[Proof | None]:
    """The proof of each cited span; none without a text."""
    if text is None:
        return [None] * len(verdicts)
    shelf.add(f"documents/{one.cited['document']}" for one in verdicts if one.cited)
    shelf.fetch(version for one in verdicts for version in _sources(one, shelf).values())
    own = digest(text)
    return [_proof(one, one.cited, shelf, text, own) if one.cited else None for one in verdicts]


def _sources(one: Verdict, shelf: Shelf) -> dict[str, Version]:
    """The cited document's version that stands, and the one from which the citation was taken."""
    if one.cited is None or one.edition is None:
        return {}
    fact, editions = f"documents/{one.cited['document']}", {"current": shelf.edition, "earlier": one.edition}
    found = {age: shelf.at(fact, edition) for age, edition in editions.items()}
    return {age: version for age, version in found.items() if version}


def _proof(one: Verdict, cited: Citation, shelf: Shelf, text: str, own: str) -> Proof:
    sources = _sources(one, shelf)
    age = next((age for age, version in sources.items() if shelf.body(version)["sha256"] == own), "other")
    message = prove(text, cited["start"], cited["end"], cited["sha256"], cited["exact"])
    return Proof(message is None, message, age)
