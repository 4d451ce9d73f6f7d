"""The parts that facts are made of: marked texts, references, citations and dates, as they arrive and as they leave."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

from app.facts import lists
from app.facts.dates import read_edtf

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a reference, `kind/id` in a bundle; `kinds` are the kinds of fact that it may point to."""

    kinds: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """In a bundle the form is checked; a query's list of ids and names is read by `app.http.asking`."""
        if source is not str:
            return handler(source)
        return core_schema.str_schema(pattern=rf"^(?:{'|'.join(self.kinds)})/{SLUG}$", max_length=120)


@dataclass(frozen=True, slots=True)
class Own:
    """Marks a text in our own words: stored as NFC, and never eight of a document's words in a row."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Marks words that a document prints: at most seven in a row, each run proved by a citation."""


def _storable(text: str) -> str:
    if "\0" in text:  # half of a surrogate pair is no string to the validator
        raise ValueError("holds a NUL character")
    return text


def _country(code: str) -> str:
    if code not in lists.COUNTRIES:
        raise ValueError(f"{code!r} is no ISO 3166-1 alpha-2 country code")
    return code


def _edtf(text: str) -> str:
    read_edtf(text)
    return text


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(char <= " " or char in "\"'<>\\" for char in text):
        raise ValueError("is no http or https address")
    return text


Slug = Annotated[str, StringConstraints(pattern=rf"^{SLUG}$", max_length=80)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_storable), Own()]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_storable), Own()]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable), Printed()]
Spoken = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_storable)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
Edtf = Annotated[str, StringConstraints(max_length=100), AfterValidator(_edtf)]
Url = Annotated[str, StringConstraints(max_length=500), AfterValidator(_url)]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_edtf)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SentenceRef = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}\.[1-9][0-9]{0,5}$")]
Offset = Annotated[int, Field(ge=0, le=16_777_215, strict=True)]
FieldPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(?:\.[a-z_0-9]+)*$", max_length=80)]
Decimal = Annotated[str, StringConstraints(pattern=r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")]

Request = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+(?:\?[a-z_]+(?:=[^=&?#]+)?)?$", max_length=120), AfterValidator(_storable)
]

KindName = Literal[
    "documents",
    "events",
    "attendees",
    "statements",
    "spending",
    "people",
    "organisations",
    "places",
    "topics",
    "mentions",
    "caveats",
]
FACT_KINDS: tuple[str, ...] = get_args(KindName)
AnyFact = Annotated[str, Ref(FACT_KINDS)]
DocumentRef = Annotated[str, Ref(("documents",))]
EventRef = Annotated[str, Ref(("events",))]
OrganisationRef = Annotated[str, Ref(("organisations",))]
BodyRef = Annotated[str, Ref(("organisations", "places"))]
MemberRef = Annotated[str, Ref(("organisations", "places", "people"))]
PersonRef = Annotated[str, Ref(("people",))]
PartyRef = Annotated[str, Ref(("people", "organisations"))]
HolderRef = Annotated[str, Ref(("people", "organisations", "places"))]
EntityRef = Annotated[str, Ref(("people", "organisations", "places", "events"))]
SubjectRef = Annotated[str, Ref(("people", "organisations", "places", "events", "topics", "documents"))]
PlaceRef = Annotated[str, Ref(("places",))]
InputRef = Annotated[str, Ref(("spending", "organisations"))]
StatementRef = Annotated[str, Ref(("statements",))]
QuotedRef = Annotated[str, Ref(("statements", "events", "organisations", "people", "places", "spending", "documents"))]
TopicRef = Annotated[str, Ref(("topics",))]


class Part(BaseModel):
    """A part of a bundle; unknown names are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class CitationEntry(Part):
    sentence: SentenceRef
    start: Offset
    end: Offset
    sha256: Sha256
    supports: list[FieldPath] = []
    exact: Spoken | None = Field(None, description="The words: quoted speech and printed words only.")
    document: DocumentRef | None = Field(None, description="Another document than the bundle's own.")


class RelativeTo(Part):
    event: EventRef
    relation: Literal["before", "after", "during", "start_of", "end_of"]


class AlternativeEntry(Part):
    edtf: Edtf
    latest: Day | None = Field(None, description="Only for an unknown end: the last day that any sentence gives.")
    as_printed: Words | None = None
    citation: CitationEntry


class DateEntry(Part):
    edtf: Edtf | None = None
    latest: Day | None = Field(None, description="Only for an unknown end: the last day that any sentence gives.")
    as_printed: Words | None = None
    basis: lists.Basis | None = None
    how: lists.How = "not_stated"
    relative_to: RelativeTo | None = None
    alternatives: list[AlternativeEntry] = []
    note: Text | None = None


class AttributionEntry(Part):
    as_printed: Words | None = None
    form: lists.AttributionForm = "none"
    antecedent: CitationEntry | None = None


class RoleEntry(Part):
    label: Name
    as_printed: Words | None = None


class OtherNameEntry(Part):
    name: Words
    note: Text | None = None
    citation: CitationEntry


class Leaf(BaseModel):
    """A part of a published body: every name always there."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Reference(Leaf):
    """Another record: its id, its name and its address."""

    id: str = Field(description="The record's id.")
    name: str = Field(description="The record's name.")
    path: str = Field(description="Address of the record.")


class Citation(Leaf):
    """The exact place in a document: [start, end) in Unicode code points, and the SHA-256 of that span's UTF-8."""

    document: str = Field(description="Id of the document.")
    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")
    sha256: str = Field(description="SHA-256 of the span's UTF-8, lower-case hex.")
    supports: list[str] = Field(description="The fields that the span bears out.")
    exact: str | None = Field(description="The words themselves; null where the text is not held.")
    path: str = Field(description="Address of the sentence.")


class RelativeDate(Leaf):
    """How a day stands to an event."""

    event: Reference
    relation: str = Field(description="Before, after or during the event, or at its start or end.")


class Alternative(Leaf):
    """One of the days that sentences give."""

    edtf: str = Field(description="EDTF.")
    earliest: str | None = Field(description="First day that it allows.")
    latest: str | None = Field(description="Last day that it allows.")
    as_printed: str | None = Field(description="The document's words.")
    citation: Citation


class Date(Leaf):
    """A day or period as far as the document tells it (EDTF, ISO 8601-2)."""

    edtf: str | None = Field(description="EDTF; null where no reading is supported.")
    earliest: str | None = Field(description="First day that it allows, null when unknown.")
    latest: str | None = Field(description="Last day that it allows, null when unknown.")
    as_printed: str | None = Field(description="The document's words.")
    basis: lists.Basis | None = Field(description="How the day is known.")
    how: lists.How = Field(description="From what it follows; `not_stated` where nothing is known.")
    relative_to: RelativeDate | None = Field(description="The event that the document counts from.")
    alternatives: list[Alternative] = Field(description="Each printed value, where sentences differ.")
    note: Annotated[str, Own()] | None = Field(description="What a reader should know of it.")


class Attribution(Leaf):
    """The words by which the document attributes it."""

    as_printed: str | None = Field(description="The reporting words, such as the name and its verb.")
    form: lists.AttributionForm = Field(description="How it names the source.")
    antecedent: Citation | None = Field(description="The words that a pronoun or role stands for.")


class Role(Leaf):
    """The part in which somebody acts."""

    label: Annotated[str, Own()] = Field(description="Our words.")
    as_printed: str | None = Field(description="The document's words.")


class OtherName(Leaf):
    """Another name."""

    name: str = Field(description="As printed.")
    note: Annotated[str, Own()] | None = Field(description="Whose name for it, or since when.")
    citation: Citation


class CaveatNote(Leaf):
    """A caveat as the facts that it is about show it."""

    id: str = Field(description="The caveat's id.")
    kind: lists.CaveatKind = Field(description="What kind of caveat it is.")
    field: str | None = Field(description="The field in doubt; null when no field holds it.")
    name: str = Field(description="The caveat's name.")
    text: str = Field(description="What to know.")
    path: str = Field(description="Address of the caveat.")
