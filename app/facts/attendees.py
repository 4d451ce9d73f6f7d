"""Attendees: who was, is or is expected at an event, and in what capacity."""

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Query, Sort
from app.facts.base import Entry, Fact, Public, World, path_of, text_column, through, through_places
from app.facts.parts import (
    Attribution,
    AttributionEntry,
    BodyRef,
    Country,
    Date,
    EventRef,
    Leaf,
    Part,
    PersonRef,
    Ref,
    Reference,
    Role,
    RoleEntry,
    Words,
)


class Attendee(Fact, table=True):
    __tablename__ = "attendees"
    inherited = ("date", "place")

    kind: str = Column(sa_type=text_column())
    event: str = Column(sa_type=text_column())
    person: str | None = Column(sa_type=text_column())
    country: str | None = Column(sa_type=text_column())
    organisation: str | None = Column(sa_type=text_column())
    status: str = Column(sa_type=text_column())
    capacity: str | None = Column(sa_type=text_column())
    named: bool
    place: str | None = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {
            "kind": body["kind"],
            "event": path_of(body["event"]),
            "person": path_of(body["person"]),
            "country": body["country"],
            "organisation": path_of(body["represents"]),
            "status": body["status"],
            "capacity": body["capacity"],
            "named": body["named"],
            "place": path_of(body["place"]),
        }

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        represented = world.raw(body["represents"]["path"][1:]) if body["represents"] else None
        return [*through("country", represented, "country"), *through_places("place", path_of(body["place"]), world)]


class HeadcountEntry(Part):
    value: int = Field(ge=0, le=10**12, strict=True)
    as_printed: Words | None = None
    approximation: lists.Approximation | None = None


class AttendeeEntry(Entry):
    kind: lists.AttendeeKind
    event: EventRef
    person: PersonRef | None = None
    role: RoleEntry | None = None
    represents: BodyRef | None = None
    capacity: lists.Capacity | None = None
    named: bool = True
    count: HeadcountEntry | None = None
    status: lists.AttendeeStatus
    attribution: AttributionEntry = AttributionEntry()


class Headcount(Leaf):
    """How many came."""

    value: int = Field(description="The number.")
    as_printed: str | None = Field(description="The document's words.")
    approximation: lists.Approximation | None = Field(description="How near the number is; null: none printed.")


class AttendeePublic(Public):
    """Someone's attendance; silence is never `absent`."""

    kind: lists.AttendeeKind = Field(description="A person, a delegation or a group.")
    event: Reference
    person: Reference | None = Field(description="Null for a delegation, a group, or somebody whom no document names.")
    role: Role | None = Field(description="In what part they come.")
    represents: Reference | None = Field(description="For whom.")
    country: str | None = Field(description="The country that `represents` acts for, ISO 3166-1 alpha-2.")
    capacity: lists.Capacity | None = Field(description="In what capacity, where a document says so.")
    named: bool = Field(description="Whether a document names the person or the delegation.")
    count: Headcount | None = Field(description="How many, where a document says so of those who came.")
    status: lists.AttendeeStatus = Field(description="Attendance announced is apart from attendance reported.")
    attribution: Attribution = Field(description="The words by which the document reports it.")
    date: Date = Field(description="The event's.")
    place: Annotated[Reference | None, Ref(("places",))] = Field(description="The event's.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        who = raw.get("person") or raw.get("represents")
        label = world.name(who) if who else (raw.get("role") or {}).get("label", raw["kind"])
        return f"{label} at {world.name(raw['event'])}"

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        event = world.body(raw["event"])
        body["date"], body["place"] = event["date"], event["place"]
        body["country"] = world.raw(raw["represents"]).get("country") if raw.get("represents") else None


class AttendeeQuery(Query):
    table = Attendee

    kind: Annotated[list[lists.AttendeeKind], By("kind")] = Field([], description="A person, a delegation or a group.")
    event: Annotated[list[str], Ref(("events",)), By("event", laid=True)] = Field([], description="At this event.")
    person: Annotated[list[str], Ref(("people",)), By("person")] = Field([], description="This person.")
    country: Annotated[list[Country], By("country")] = Field([], description="Represents this country.")
    organisation: Annotated[list[str], Ref(("organisations", "places")), By("organisation")] = Field(
        [], description="Represents this organisation, or this country or city itself."
    )
    status: Annotated[list[lists.AttendeeStatus], By("status")] = Field(
        [], description="Came, is there, or is only announced."
    )
    capacity: Annotated[list[lists.Capacity], By("capacity")] = Field([], description="In this capacity.")
    named: Annotated[bool | None, By("named")] = Field(None, description="Named by a document, or only described.")
    place: Annotated[list[str], Ref(("places",)), By("place", tree="places")] = Field(
        [], description="At events held there, or anywhere within it."
    )
    sort: Sort | None = Field("-date", description=ORDER)
