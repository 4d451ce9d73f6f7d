"""Shapes: the answers that are no fact's body, as OpenAPI documents them."""

from typing import Any, Literal, cast

from pydantic import BaseModel, Field

from app.facts import lists
from app.facts.parts import Citation, Reference


class CoveredSentence(BaseModel):
    """A sentence and the facts that cite it."""

    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")
    sha256: str = Field(description="SHA-256 of the sentence's UTF-8, lower-case hex.")
    facts: list[Reference] = Field(description="The facts that cite it, in the document's order.")
    reason: str | None = Field(description="Why no fact cites it, where none does.")
    path: str = Field(description="Address of the sentence.")


class Coverage(BaseModel):
    """A document's sentences and the facts that cite each."""

    items: list[CoveredSentence] = Field(description="The sentences, in order.")
    self: str = Field(description="Address of this page.")
    edition: int = Field(description="The edition that it is of.")


class SentenceRecord(BaseModel):
    """A sentence of a document: its place, its digest and the facts that cite it."""

    type: str = Field(description="`sentence`.")
    document: str = Field(description="Id of the document.")
    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")
    sha256: str = Field(description="SHA-256 of the sentence's UTF-8, lower-case hex.")
    exact: str | None = Field(description="The words, where the text is held.")
    facts: list[Reference] = Field(description="The facts that cite it, in the document's order.")
    reason: str | None = Field(description="Why no fact cites it, where none does.")
    path: str = Field(description="Address of the sentence.")
    edition: int = Field(description="The edition that it is of.")


class Root(BaseModel):
    """What this server holds."""

    name: str = Field(description="What this is.")
    version: str = Field(description="The software's version.")
    about: str = Field(description="What it is for.")
    edition: int = Field(description="The current edition; 0 before anything was loaded.")
    facts: dict[str, int] = Field(description="How many facts of each kind there are.")
    commands: list[str] = Field(alias="try", description="Three commands to begin with.")
    links: dict[str, str] = Field(description="Where to go on.")


class Live(BaseModel):
    """That the process runs."""

    status: Literal["live"] = Field(description="`live`.")


class Ready(BaseModel):
    """That facts can be read."""

    status: Literal["ready"] = Field(description="`ready`.")
    edition: int = Field(description="The current edition.")


class Total(BaseModel):
    """How many there are."""

    value: int = Field(description="The number counted.")
    relation: Literal["eq", "gte"] = Field(description="`gte`: at least so many; counting stopped there.")


class FacetValue(BaseModel):
    """One value of a filter, and how many of the list have it."""

    value: str = Field(description="As a filter takes it.")
    name: str = Field(description="As people read it.")
    count: int = Field(description="How many of the list have it.")
    relation: Literal["eq", "gte"] = Field(description="`gte`: at least so many; only the first facts were divided.")


class MatchedThrough(BaseModel):
    """A filter that matched only by what no document says, such as a city's country."""

    filter: str = Field(description="The filter's name.")
    basis: Literal["external"] = Field(description="`external`.")
    source: str = Field(description="The public reference that says it.")


class Empty(BaseModel):
    """Why a list has no items; none of the reasons means \"no\"."""

    reason: Literal["unknown_value", "not_stated", "nothing_recorded"] = Field(
        description="No such id or name; said to be left open; or nothing recorded."
    )
    searched: list[Reference] = Field(description="The documents that were searched.")
    closest: list[Reference] = Field(description="The nearest facts and caveats, or names.")


class ChangeRecord(BaseModel):
    """A change of a fact's own entry."""

    change: lists.ChangeKind = Field(description="What happened to it.")
    type: str = Field(description="The fact's type; `corroboration` where another document gives it too.")
    fact: Reference
    revision: int = Field(description="The revision that it made.")
    edition: int = Field(description="The edition that brought it.")
    at: str = Field(description="When, RFC 3339.")
    by: str | None = Field(description="Who answers for it.")
    reason: str | None = Field(description="Why; null where the fact was new.")
    evidence: Citation | str | None = Field(description="A citation, or an address.")
    into: list[str] = Field(description="Addresses of what a merged or split record became.")
    bundle: str = Field(description="Id of the bundle that made it.")


class Changes(BaseModel):
    """A page of the change feed, in order."""

    items: list[ChangeRecord] = Field(description="The changes.")
    next: str | None = Field(description="Address of the next page, null on the last; also in the `Link` header.")
    self: str = Field(description="Address of this page.")
    edition: int = Field(description="The edition that the page goes up to.")
    republished: dict[str, int] = Field(
        description="By kind, how many facts got a new version since then only for what they refer to."
    )


class Revision(ChangeRecord):
    """A change, and the fields that it changed."""

    before: dict[str, Any] | None = Field(description="The fields as they were; null where the fact was new.")
    after: dict[str, Any] | None = Field(description="The fields as they became; null where the fact was taken back.")


class History(BaseModel):
    """Every revision of a fact, in order."""

    items: list[Revision] = Field(description="The revisions, the first one first.")
    self: str = Field(description="Address of this page.")
    edition: int = Field(description="The edition that it is of.")


class Difference(BaseModel):
    """A change that loading a bundle would make."""

    change: lists.ChangeKind = Field(description="What would happen to it.")
    type: str = Field(description="The fact's type.")
    fact: Reference
    reason: str | None = Field(description="Why; null where the fact is new.")
    before: dict[str, Any] | None = Field(description="The fields as they are; null where the fact is new.")
    after: dict[str, Any] | None = Field(description="The fields as they would be; null where it is taken back.")


class BundleWritten(BaseModel):
    """What a write did."""

    bundle: str = Field(description="Id of the bundle.")
    edition: int | None = Field(description="The edition that it made; null where nothing was new, or for a dry run.")
    changes: dict[str, int] = Field(description="How many facts were created, corrected and so on.")
    republished: dict[str, int] = Field(
        description="By kind, how many facts got a new version only for what they refer to."
    )
    diff: list[Difference] | None = Field(None, description="For a dry run: each change of a fact, in order.")
    path: str = Field(description="Address of the bundle.")


class EditionRecord(BaseModel):
    """One load."""

    edition: int = Field(description="Its number.")
    at: str = Field(description="When, RFC 3339.")
    changes: dict[str, int] = Field(description="How many facts were created, corrected and so on.")
    republished: dict[str, int] = Field(
        description="By kind, how many facts got a new version only for what they refer to."
    )


class Editions(BaseModel):
    """A page of the editions, in order."""

    items: list[EditionRecord] = Field(description="The editions.")
    next: str | None = Field(description="Address of the next page, null on the last; also in the `Link` header.")
    self: str = Field(description="Address of this page.")
    edition: int = Field(description="The current edition.")


class ComparedValue(BaseModel):
    """What one document gives in a field."""

    value: str | None = Field(description="As a bundle would write it; null where it gives none.")
    citations: list[Citation] = Field(description="Where it gives it.")


class ComparedField(BaseModel):
    """A field as two documents give it."""

    field: str = Field(description="Dotted, with an index in lists.")
    result: Literal["same", "compatible", "differs", "not_comparable"] = Field(description="How the two stand.")
    a: ComparedValue = Field(description="What the first document gives.")
    b: ComparedValue = Field(description="What the second document gives.")


class ComparedFact(BaseModel):
    """A matter of which two documents tell, or only one."""

    result: Literal["same", "compatible", "differs", "not_comparable", "only_in"] = Field(
        description="The widest difference among its fields; `only_in` where one document has it."
    )
    type: str = Field(description="The facts' type.")
    in_: Literal["a", "b"] | None = Field(alias="in", description="Which of the two has it; null where both do.")
    a: Reference | None = Field(description="The fact that the first document gives, its own or another's.")
    b: Reference | None = Field(description="The same of the second.")
    fields: list[ComparedField] = Field(description="The fields that both give.")


class ComparedDocuments(BaseModel):
    """The two documents."""

    a: Reference = Field(description="The first.")
    b: Reference = Field(description="The second.")


class Comparison(BaseModel):
    """A page of two documents side by side, by kind and in their order."""

    items: list[ComparedFact] = Field(description="The matters.")
    next: str | None = Field(description="Address of the next page, null on the last; also in the `Link` header.")
    self: str = Field(description="Address of this page.")
    edition: int = Field(description="The edition that it is of.")
    documents: ComparedDocuments = Field(description="What is compared.")
    counts: dict[str, int] = Field(description="How many there are of each result, of the kinds asked for.")
    empty: Empty = Field(cast(Empty, None), description="Where there are no items: why.")
