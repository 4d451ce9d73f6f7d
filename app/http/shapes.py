"""Shapes: the answers that are no fact's body, as OpenAPI documents them."""

from typing import Any, Literal, cast

from pydantic import BaseModel, Field, create_model

from app.facts import lists
from app.facts.base import Kind
from app.facts.parts import Citation, Reference


class ParameterFault(BaseModel):
    """What is wrong with one parameter."""

    parameter: str
    message: str
    value: str | None = None
    nearest: str | None = Field(None, description="The nearest known name or value.")


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(description="Address of the page that explains it.")
    title: str
    status: int
    detail: str
    mend: str = Field(description="How to mend the request.")
    address: str = Field(alias="try", description="An address near to the one asked for that works.")
    errors: list[ParameterFault] | None = Field(None, description="Each parameter at fault.")
    nearest: list[str] | None = Field(None, description="The nearest addresses that exist.")


class CoveredSentence(BaseModel):
    """A sentence and the facts that cite it."""

    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int
    end: int
    sha256: str
    facts: list[Reference] = Field(description="The facts that cite it, in the document's order.")
    reason: str | None = Field(description="Why no fact cites it, where none does.")
    path: str


class Coverage(BaseModel):
    """A document's sentences and the facts that cite each."""

    items: list[CoveredSentence]
    self: str
    edition: int


class SentenceRecord(BaseModel):
    """A sentence of a document: its place, its digest and the facts that cite it."""

    type: str
    document: str
    sentence: str
    start: int
    end: int
    sha256: str
    exact: str | None = Field(description="The words, where the text is held.")
    facts: list[Reference] = Field(description="The facts that cite it, in the document's order.")
    reason: str | None
    path: str
    edition: int


class Root(BaseModel):
    """What this server holds."""

    name: str
    version: str
    about: str
    edition: int = Field(description="The current edition; 0 before anything was loaded.")
    facts: dict[str, int] = Field(description="How many facts of each kind there are.")
    commands: list[str] = Field(alias="try", description="Three commands to begin with.")
    links: dict[str, str]


class Live(BaseModel):
    """That the process runs."""

    status: Literal["live"]


class Ready(BaseModel):
    """That facts can be read."""

    status: Literal["ready"]
    edition: int


class ProblemType(BaseModel):
    """A type of problem."""

    type: str = Field(description="Address of its page.")
    title: str
    status: int
    about: str = Field(description="What it means.")
    mend: str = Field(description="How to mend the request.")


class Count(BaseModel):
    """How many there are."""

    value: int
    relation: Literal["eq", "gte"] = Field(description="`gte`: at least so many; counting stopped there.")


class FacetValue(BaseModel):
    """One value of a filter, and how many of the list have it."""

    value: str
    name: str
    count: int


class MatchedThrough(BaseModel):
    """A filter that matched only by what no document says, such as a city's country."""

    filter: str
    basis: Literal["external"]
    source: str = Field(description="The public reference that says it.")


class Empty(BaseModel):
    """Why a list has no items; none of the reasons means \"no\"."""

    reason: Literal["unknown_value", "not_stated", "nothing_recorded"]
    searched: list[Reference] = Field(description="The documents that were searched.")
    closest: list[Reference] = Field(description="The nearest facts and caveats, or names.")


class ChangeRecord(BaseModel):
    """A change of a fact's own entry."""

    change: lists.ChangeKind
    type: str = Field(description="The fact's type.")
    fact: Reference
    revision: int
    edition: int
    at: str = Field(description="When, RFC 3339.")
    by: str | None = Field(description="Who answers for it.")
    reason: str | None = Field(description="Why; null where the fact was new.")
    evidence: Citation | str | None = Field(description="A citation, or an address.")
    into: list[str] = Field(description="Addresses of what a merged or split record became.")
    bundle: str = Field(description="Id of the bundle that made it.")


class Changes(BaseModel):
    """A page of the change feed, in order."""

    items: list[ChangeRecord]
    next: str | None = Field(description="Address of the next page, null on the last; also in the `Link` header.")
    self: str
    edition: int
    republished: dict[str, int] = Field(
        description="By kind, how many facts got a new version since then only for what they refer to."
    )


class Revision(ChangeRecord):
    """A change, and the fields that it changed."""

    before: dict[str, Any] | None = Field(description="The fields as they were; null where the fact was new.")
    after: dict[str, Any] | None = Field(description="The fields as they became; null where the fact was taken back.")


class History(BaseModel):
    """Every revision of a fact, in order."""

    items: list[Revision]
    self: str
    edition: int


class EditionRecord(BaseModel):
    """One load."""

    edition: int
    at: str = Field(description="When, RFC 3339.")
    changes: dict[str, int] = Field(description="How many facts were created, corrected and so on.")
    republished: dict[str, int] = Field(
        description="By kind, how many facts got a new version only for what they refer to."
    )


class Editions(BaseModel):
    """A page of the editions, in order."""

    items: list[EditionRecord]
    next: str | None = Field(description="Address of the next page, null on the last; also in the `Link` header.")
    self: str
    edition: int


def page_of(kind: Kind) -> type[BaseModel]:
    """A page of a kind's list."""
    onward = "Address of the next page, null on the last; also in the `Link` header."
    fields: dict[str, Any] = {
        "items": (list[kind.public], Field()),  # type: ignore[name-defined]
        "next": (str | None, Field(description=onward)),
        "self": (str, Field(description="Address of this page.")),
        "edition": (int, Field(description="The edition that every item is of.")),
        "count": (Count, Field(None, description="With `count=true`.")),
        "facets": (dict[str, list[FacetValue]], Field(None, description="With `facets`: by filter.")),
        "matched_through": (
            list[MatchedThrough],
            Field(None, description="The filters that all items matched only by what no document says."),
        ),
        "empty": (Empty, Field(None, description="Where there are no items: why.")),
    }
    name = f"{kind.public.__name__.removesuffix('Public')}Page"
    return cast(type[BaseModel], create_model(name, __doc__=f"A page of {kind.name}.", **fields))
