"""Affecting: which current facts, beside those that a load changes, it must publish again."""

from collections.abc import Iterable
from typing import Any

from app.store.comparing import Comparison
from app.store.standing import AfterLoad, Texts
from app.store.stored import Stored


def affected(stored: Stored, comparison: Comparison, after: AfterLoad, texts: Texts) -> set[str]:
    """The facts whose bodies may differ now: they name, cite or are told of by what changed."""
    changed, resolve = comparison.changed, after.resolve
    found = {resolve(fact) for _, fact in comparison.corroborated}
    touched = {fact for fact, one in changed.items() if one.change != "created"}
    touched.update(stored.merged[fact] for fact in changed if fact in stored.merged)
    found.update(resolve(fact) for fact in comparison.ended("merged"))
    for fact in changed:
        if fact.startswith("caveats/"):
            about = comparison.new.get(fact) or stored.records(after.home(fact))[fact].raw
            found.update(resolve(one) for one in about.get("facts", []))
    for document in texts.held | texts.given_up:
        citing = stored.citing(document).keys()
        found |= citing | {f"documents/{document}"}
        touched |= citing  # attendees show their event's citations
    found |= _referring(stored, touched)
    return set(_standing(stored, _renamed(stored, changed.keys(), after, found) - changed.keys()))


def _renamed(stored: Stored, changed: Iterable[str], after: AfterLoad, found: set[str]) -> set[str]:
    """With what refers to those of them whose names, made by rule of other names, change too.

    So does a place whose own place changed: facts know all that their place lies in.
    """
    fresh = found
    while fresh:
        current = _standing(stored, fresh.difference(changed))
        passing = [fact for fact, row in current.items() if _passes_on(after, fact, row)]
        fresh = _referring(stored, passing) - found
        found = found | fresh
    return found


def _passes_on(after: AfterLoad, fact: str, row: Any) -> bool:
    return fact.startswith("places/") or row.name != after.publisher.name(fact)


def _referring(stored: Stored, facts: Iterable[str]) -> set[str]:
    return {one for ones in stored.dependents(facts).values() for one in ones}


def _standing(stored: Stored, facts: set[str]) -> dict[str, Any]:
    """The rows of those of the facts that stood."""
    stored.fetch(facts)
    return {fact: row for fact in facts if (row := stored.current(fact)) is not None}
