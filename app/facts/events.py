"""Events: meetings, conferences and operations, and where they stand."""

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Linked, Query, Sort
from app.facts.base import Fact, NamedEntry, NamedPublic, World, country_of, path_of, text_column, through_places
from app.facts.parts import (
    Citation,
    CitationEntry,
    Country,
    Date,
    DateEntry,
    EventRef,
    Leaf,
    OrganisationRef,
    Own,
    Part,
    PlaceRef,
    Ref,
    Reference,
    Text,
    TopicRef,
    Words,
)


class Event(Fact, table=True):
    __tablename__ = "events"

    kind: str = Column(sa_type=text_column())
    status: str | None = Column(sa_type=text_column())
    place: str | None = Column(sa_type=text_column())
    country: str | None = Column(sa_type=text_column())
    organisation: str | None = Column(sa_type=text_column())
    series: str | None = Column(sa_type=text_column())
    part_of: str | None = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        place = path_of(body["place"])
        return {
            "kind": body["kind"],
            "status": body["status"],
            "place": place,
            "country": country_of(place, world)[0],
            "organisation": path_of(body["organisation"]),
            "series": path_of(body["series"]),
            "part_of": path_of(body["part_of"]),
        }

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        place = path_of(body["place"])
        sources = country_of(place, world)[1]
        return [*(("through.country", one) for one in sources), *through_places("place", place, world)]


class EventTopicEntry(Part):
    topic: TopicRef
    role: lists.TopicRole
    as_printed: Words | None = None
    date: DateEntry = DateEntry()
    hedges: list[Words] = []
    citation: CitationEntry


class OutcomeEntry(Part):
    text: Text
    as_printed: Words | None = None
    citation: CitationEntry


class EventEntry(NamedEntry):
    silences = ("outcomes", "attendance")  # attendance: where no attendee row is of the event

    kind: lists.EventKind
    status: lists.EventStatus | None = None
    date: DateEntry = DateEntry()
    place: PlaceRef | None = None
    organisation: OrganisationRef | None = None
    series: EventRef | None = None
    part_of: EventRef | None = None
    topics: list[EventTopicEntry] = []
    outcomes: list[OutcomeEntry] = []


class EventTopic(Leaf):
    """What an event is about."""

    topic: Reference
    role: lists.TopicRole = Field(description="On the agenda, wished for by others, or merely mentioned.")
    as_printed: str | None = Field(description="The words that name the topic.")
    date: Date = Field(description="The day on which it was or is a topic, where the document says so.")
    hedges: list[str] = Field(description="The words that weaken it.")
    citation: Citation


class Outcome(Leaf):
    """What a document reports to have come of it."""

    text: Annotated[str, Own()] = Field(description="Our words.")
    as_printed: str | None = Field(description="The document's words.")
    citation: Citation


class EventPublic(NamedPublic):
    """An event."""

    kind: lists.EventKind = Field(description="What kind of event it is.")
    status: lists.EventStatus | None = Field(description="Where it stands; null where no document says.")
    date: Date
    place: Reference | None = Field(description="Where it is held.")
    organisation: Reference | None = Field(description="Whose event it is.")
    series: Reference | None = Field(description="The event that it recurs as.")
    part_of: Reference | None = Field(description="Only where a document says so.")
    topics: list[EventTopic] = Field(description="What it is about.")
    outcomes: list[Outcome] = Field(description="Empty, with a `not_stated` caveat, unless a document reports one.")


class EventQuery(Query):
    table = Event

    kind: Annotated[list[lists.EventKind], By("kind", wider={"meeting": lists.MEETINGS})] = Field(
        [], description="Events of this kind; `meeting` is every kind of meeting."
    )
    status: Annotated[list[lists.EventStatus], By("status")] = Field([], description="Where it stands.")
    place: Annotated[list[str], Ref(("places",)), By("place", tree="places")] = Field(
        [], description="Held there, or anywhere within it."
    )
    country: Annotated[list[Country], By("country")] = Field([], description="Held in this country.")
    organisation: Annotated[list[str], Ref(("organisations",)), By("organisation")] = Field(
        [], description="An event of this organisation."
    )
    series: Annotated[list[str], Ref(("events",)), By("series")] = Field([], description="Recurs as this event.")
    part_of: Annotated[list[str], Ref(("events",)), By("part_of")] = Field([], description="Part of this event.")
    topic: Annotated[list[str], Ref(("topics",)), Linked("topics.topic", tree="topics")] = Field(
        [], description="Has this topic, or one that is part of it."
    )
    sort: Sort | None = Field("-date", description=ORDER)
