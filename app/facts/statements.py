"""Statements: what was said, by whom, in which words, and how surely."""

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Linked, Query, Sort
from app.facts.base import Entry, Fact, Public, World, country_of, path_of, text_column, through, through_places
from app.facts.parts import (
    Attribution,
    AttributionEntry,
    Citation,
    CitationEntry,
    Country,
    Date,
    DateEntry,
    EventRef,
    HolderRef,
    Leaf,
    Offset,
    OrganisationRef,
    Own,
    Part,
    PartyRef,
    PlaceRef,
    Ref,
    Reference,
    Role,
    RoleEntry,
    Spoken,
    StatementRef,
    Text,
    TopicRef,
    Words,
)


class Statement(Fact, table=True):
    __tablename__ = "statements"

    speaker: str | None = Column(sa_type=text_column())
    speaker_country: str | None = Column(sa_type=text_column())
    position_of: str | None = Column(sa_type=text_column())
    voice: str = Column(sa_type=text_column())
    directness: str | None = Column(sa_type=text_column())
    act: str = Column(sa_type=text_column())
    event: str | None = Column(sa_type=text_column())
    place: str | None = Column(sa_type=text_column())
    country: str | None = Column(sa_type=text_column())
    hedged: bool
    may_quote: bool

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        references = {name: path_of(body[name]) for name in ("speaker", "position_of", "event", "place")}
        plain = {name: body[name] for name in ("speaker_country", "voice", "directness", "act", "may_quote")}
        country = country_of(references["place"], world)[0]
        return {**references, **plain, "country": country, "hedged": bool(body["hedges"])}

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        place = path_of(body["place"])
        represented = world.raw(body["represents"]["path"][1:]) if body["represents"] else None
        return [
            *through("speaker_country", represented, "country"),
            *(("through.country", one) for one in country_of(place, world)[1]),
            *through_places("place", place, world),
        ]


class QuotationEntry(Part):
    text: Spoken
    extent: lists.Extent
    citation: CitationEntry


class HedgeEntry(Part):
    as_printed: Words
    kind: lists.HedgeKind
    on: str = Field(pattern=r"^[a-z_]+(\.[a-z_0-9]+)*$", max_length=80, description="The field that is weakened.")
    start: Offset
    end: Offset


class StatementEntry(Entry):
    speaker: PartyRef | None = None
    attribution: AttributionEntry = AttributionEntry()
    role: RoleEntry | None = None
    represents: OrganisationRef | None = None
    position_of: HolderRef | None = None
    voice: lists.Voice
    directness: lists.Directness | None = None
    quotations: list[QuotationEntry] = []
    paraphrase: Text | None = None
    hedges: list[HedgeEntry] = []
    polarity: lists.Polarity = "affirmed"
    act: lists.Act
    event: EventRef | None = None
    date: DateEntry = DateEntry()
    place: PlaceRef | None = None
    topics: list[TopicRef] = []
    glosses: StatementRef | None = None


class Quotation(Leaf):
    """Words printed as speech."""

    text: str = Field(
        description="The words inside the marks, without the point or comma that closes the outer sentence."
    )
    extent: lists.Extent = Field(description="A sentence or independent clause, a phrase, or a word.")
    citation: Citation


class Hedge(Leaf):
    """Words that weaken a statement."""

    as_printed: str = Field(description="The document's words.")
    kind: lists.HedgeKind = Field(description="How they weaken it.")
    on: str = Field(description="The field that is weakened.")
    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")


class StatementPublic(Public):
    """A statement."""

    speaker: Reference | None = Field(description="Null where the document speaks for itself.")
    attribution: Attribution
    role: Role | None = Field(description="The speaker's, that day.")
    represents: Reference | None = Field(description="For whom the speaker speaks, that day.")
    speaker_country: str | None = Field(description="The country that `represents` acts for, ISO 3166-1 alpha-2.")
    position_of: Reference | None = Field(description="Whose view the speaker reports, when not their own.")
    voice: lists.Voice = Field(description="A speaker's words or view, or the document's own assertion.")
    directness: lists.Directness | None = Field(
        description="How much of it stands in quotation marks; null for `document`."
    )
    quotations: list[Quotation] = Field(description="The words printed as speech; these may be quoted.")
    paraphrase: Annotated[str, Own()] | None = Field(description="Our words; never to be put in quotation marks.")
    hedges: list[Hedge] = Field(description="The words that weaken it.")
    polarity: lists.Polarity = Field(description="Whether it affirms or denies.")
    act: lists.Act = Field(description="What the speaker did in saying it.")
    event: Reference | None = Field(description="Where the speaker said it: an event.")
    date: Date
    place: Reference | None = Field(description="Where the speaker said it.")
    topics: list[Reference] = Field(description="What it is about.")
    may_quote: bool = Field(description="True when `quotations` is not empty, and then for those words only.")
    glosses: Reference | None = Field(description="The statement that the document explains in the same sentence.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        known = next((raw[name] for name in ("speaker", "represents", "position_of") if raw.get(name)), None)
        who = world.name(known) if known else ("the document" if raw["voice"] == "document" else "a speaker not named")
        day = (raw.get("date") or {}).get("edtf")
        return f"Statement by {who}" + (f", {day}" if day else "")

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        body["may_quote"] = bool(body["quotations"])
        body["speaker_country"] = world.raw(raw["represents"]).get("country") if raw.get("represents") else None


class StatementQuery(Query):
    table = Statement

    speaker: Annotated[list[str], Ref(("people", "organisations")), By("speaker", laid=True)] = Field(
        [], description="Said by this person or organisation.", examples=[["pete-hegseth"]]
    )
    speaker_country: Annotated[list[Country], By("speaker_country")] = Field(
        [], description="The speaker speaks for this country."
    )
    position_of: Annotated[list[str], Ref(("people", "organisations", "places")), By("position_of")] = Field(
        [], description="Reports the view of this person, organisation or place."
    )
    voice: Annotated[list[lists.Voice], By("voice")] = Field([], description="A speaker's, or the document's own.")
    directness: Annotated[list[lists.Directness], By("directness")] = Field(
        [], description="How much of it stands in quotation marks."
    )
    act: Annotated[list[lists.Act], By("act")] = Field([], description="What the speaker did in saying it.")
    topic: Annotated[list[str], Ref(("topics",)), Linked("topics", tree="topics")] = Field(
        [], description="About this topic, or one that is part of it."
    )
    event: Annotated[list[str], Ref(("events",)), By("event", laid=True)] = Field([], description="Made at this event.")
    place: Annotated[list[str], Ref(("places",)), By("place", tree="places")] = Field(
        [], description="Made there, or anywhere within it."
    )
    country: Annotated[list[Country], By("country")] = Field([], description="Made in this country.")
    hedged: Annotated[bool | None, By("hedged")] = Field(None, description="Whether a hedge weakens it.")
    may_quote: Annotated[bool | None, By("may_quote")] = Field(None, description="Whether it has quotable words.")
    sort: Sort | None = Field("-date", description=ORDER)
