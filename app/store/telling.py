"""Telling: the changes that a load makes, as the feed, histories and dry runs show them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.facts import KINDS
from app.facts.base import nfc
from app.store.comparing import Change, Comparison
from app.store.history import CORROBORATION
from app.store.standing import AfterLoad
from app.store.stored import Stored

STANDS = ("created", "corrected", "restored")


class Telling:
    """Tells of one load's changes in an order, facts first, then what documents say of each other's."""

    def __init__(self, stored: Stored, comparison: Comparison, after: AfterLoad) -> None:
        self.stored, self.comparison, self.after = stored, comparison, after

    def rows(self, ordered: Iterable[str], revisions: Mapping[tuple[str, str], int]) -> Iterator[dict[str, Any]]:
        """The rows of the books: changed facts in the order given, then corroborations with these revisions."""
        for fact in ordered:
            one, last = self.comparison.changed[fact], self.stored.revision(fact)
            yield self._row(one, fact, fact, last + (one.change in STANDS))
        for (bundle, fact), one in sorted(self.comparison.corroborated.items()):
            yield self._row(one, CORROBORATION + fact, self.after.resolve(fact), revisions[bundle, fact])

    def _row(self, one: Change, fact: str, named: str, revision: int) -> dict[str, Any]:
        evidence = one.evidence
        if isinstance(evidence, dict):
            evidence = self.after.publisher.citation(evidence, one.bundle)
        return {
            "fact": fact,
            "name": self._name(named),
            "bundle": one.bundle,
            "change": one.change,
            "revision": revision,
            "reason": _own(one.reason),
            "evidence": None if evidence is None else json.dumps(evidence, ensure_ascii=False),
            "into": json.dumps(one.into) if one.into else None,
            "by": _own(one.by),
        }

    def _name(self, fact: str) -> str:
        """The name of a fact, the last one that it had where it is gone."""
        stood = self.stored.current(fact)
        is_gone = fact not in self.comparison.new and fact in self.comparison.changed
        return str(stood.name) if is_gone and stood else self.after.publisher.name(fact)

    def shown(self, fact: str, before: Any, after: Any) -> dict[str, Any]:
        """A change as a dry run shows it, with the fields that differ."""
        one, (kind, _, id) = self.comparison.changed[fact], fact.partition("/")
        return {
            "change": one.change,
            "type": KINDS[kind].singular,
            "fact": {"id": id, "name": self._name(fact), "path": f"/{fact}"},
            "reason": _own(one.reason),
            "before": before,
            "after": after,
        }


def _own(text: str | None) -> str | None:
    return None if text is None else nfc(text)
