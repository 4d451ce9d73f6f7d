"""Organisations: alliances, governments, coalitions and the rest, with their seats, purposes and counts."""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, HeldIn, Linked, Query, Sort
from app.facts.base import Fact, NamedEntry, NamedPublic, World, text_column, through
from app.facts.parts import (
    BodyRef,
    Citation,
    CitationEntry,
    Country,
    Leaf,
    MemberRef,
    Name,
    OrganisationRef,
    Own,
    Part,
    PlaceRef,
    Ref,
    Reference,
    Text,
    Words,
)

Frequency = Literal["daily", "weekly", "monthly", "quarterly", "biannual", "annual", "irregular"]


class Organisation(Fact, table=True):
    __tablename__ = "organisations"

    kind: str = Column(sa_type=text_column())
    country: str | None = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {"kind": body["kind"], "country": body["country"]}

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        return through("country", body, "country")


class FrequencyEntry(Part):
    freq: Frequency
    as_printed: Words


class CountEntry(Part):
    of: Name
    value: int = Field(ge=0, le=10**12, strict=True)
    as_printed: Words | None = None
    includes: list[BodyRef] = []
    excludes: list[BodyRef] = []
    basis: lists.Basis = "stated"
    formula: Text | None = None
    citation: CitationEntry | None = None


class OrganisationEntry(NamedEntry):
    kind: lists.OrganisationKind
    country: Country | None = None
    parent: OrganisationRef | None = None
    place: PlaceRef | None = None
    purpose: Text | None = None
    meeting_frequency: FrequencyEntry | None = None
    members: list[MemberRef] | None = None
    counts: list[CountEntry] = []


class MeetingFrequency(Leaf):
    """How often it meets."""

    freq: Frequency = Field(description="Daily to annual, or irregular.")
    as_printed: str = Field(description="The document's words.")


class Count(Leaf):
    """How many there are of something."""

    of: Annotated[str, Own()] = Field(description="What is counted.")
    value: int = Field(description="The number.")
    as_printed: str | None = Field(description="The document's words.")
    includes: list[Reference] = Field(description="Who is counted.")
    excludes: list[Reference] = Field(description="Who is not.")
    basis: lists.Basis = Field(description="How the number is known.")
    formula: Annotated[str, Own()] | None = Field(description="How a derived count was computed.")
    citation: Citation | None = Field(description="Where it is printed.")


class OrganisationPublic(NamedPublic):
    """An organisation."""

    kind: lists.OrganisationKind = Field(description="What kind of organisation it is.")
    country: str | None = Field(description="The country that it acts for, ISO 3166-1 alpha-2.")
    parent: Reference | None = Field(description="What it is part of.")
    place: Reference | None = Field(description="Its seat.")
    purpose: Annotated[str, Own()] | None = Field(description="What it is for, where a document says so.")
    meeting_frequency: MeetingFrequency | None = Field(description="How often it meets, where a document says so.")
    members: list[Reference] | None = Field(description="Null unless a document lists them.")
    counts: list[Count] = Field(description="How many a document says there are; a coalition's size is no attendance.")


class OrganisationQuery(Query):
    table = Organisation

    kind: Annotated[list[lists.OrganisationKind], By("kind")] = Field([], description="Organisations of this kind.")
    country: Annotated[list[Country], By("country")] = Field([], description="Acts for this country.")
    organisation: Annotated[list[str], Ref(("organisations",)), Linked("parent")] = Field(
        [], description="Part of this organisation."
    )
    office: Annotated[list[str], HeldIn()] = Field(
        [], description="Somebody holds this office in it, in our words, any case.", examples=[["Secretary General"]]
    )
    sort: Sort | None = Field("name", description=ORDER)
