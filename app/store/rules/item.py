"""A record under check, and what the rules look at in it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from app.facts import KINDS
from app.facts.parts import AlternativeEntry, CitationEntry, DateEntry, Printed, Ref
from app.facts.shape import Leaf, Wanted, gather, held, holding
from app.faults import Fault
from app.store.reading import Draft


class Citing(NamedTuple):
    """A citation in a record: its pointer below the record, itself, and the document it is of."""

    path: str
    raw: dict[str, Any]
    document: str


class Parts(NamedTuple):
    """What rules are about, each value as (path below the record, slot, value)."""

    references: list[Leaf]
    citations: list[Leaf]
    dates: list[Leaf]
    printed: list[Leaf]
    bases: list[Leaf]


WANTED: Wanted = (
    lambda slot: slot.mark(Ref) is not None,
    lambda slot: slot.model is CitationEntry,
    lambda slot: slot.model in (DateEntry, AlternativeEntry),
    lambda slot: slot.mark(Printed) is not None,
    lambda slot: slot.name == "basis",
)


class Item:
    """A record under check, in its bundle; `bundle` is the document's id."""

    def __init__(self, draft: Draft, fact: str, raw: dict[str, Any], pointer: str) -> None:
        self.draft, self.fact, self.raw, self.pointer = draft, fact, raw, pointer
        self.bundle: str = draft.raw["id"]
        self.kind = KINDS[fact.partition("/")[0]]

    @cached_property
    def parts(self) -> Parts:
        return Parts(*gather(self.kind.entry, self.raw, WANTED))

    @cached_property
    def citations(self) -> list[Citing]:
        """The record's own citations and those of its parts."""
        return [Citing(path, raw, document_of(raw, self.bundle)) for path, _, raw in self.parts.citations]

    def cited(self) -> Iterator[tuple[str, str]]:
        """The (document, sentence) of each of them, without keeping what else is found on the way."""
        for _, raw in held(self.raw, holding(self.kind.entry, CitationEntry)):
            yield document_of(raw, self.bundle), raw["sentence"]

    @cached_property
    def own(self) -> list[Citing]:
        """The citations of the record as a whole."""
        return [one for one in self.citations if one.path.startswith("/citations/")]

    def forget(self) -> None:
        """Lets go of what was found in the record: of a million records that is too much to keep."""
        for name in ("parts", "citations", "own"):
            self.__dict__.pop(name, None)

    def at(self, path: str) -> Any:
        """The value at a pointer below the record."""
        value: Any = self.raw
        for step in path.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value.get(step)
        return value

    def fault(self, path: str, message: str, mend: str = "") -> Fault:
        """The fault of the value at a pointer below the record."""
        written = path.removeprefix("/citations/0") if self.kind.name == "mentions" else path
        return self.draft.fault(self.pointer + written, message, mend)


def document_of(citation: dict[str, Any], home: str) -> str:
    """The id of the document that a citation is of."""
    return str(citation.get("document") or home).removeprefix("documents/")
