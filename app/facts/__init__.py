"""The kinds of fact, in the order in which they are published: what others refer to comes first."""

from app.facts.attendees import Attendee, AttendeeEntry, AttendeePublic, AttendeeQuery
from app.facts.base import Kind
from app.facts.caveats import Caveat, CaveatEntry, CaveatPublic, CaveatQuery
from app.facts.documents import Document, DocumentEntry, DocumentPublic, DocumentQuery
from app.facts.events import Event, EventEntry, EventPublic, EventQuery
from app.facts.mentions import Mention, MentionEntry, MentionPublic, MentionQuery
from app.facts.organisations import Organisation, OrganisationEntry, OrganisationPublic, OrganisationQuery
from app.facts.people import Person, PersonEntry, PersonPublic, PersonQuery
from app.facts.places import Place, PlaceEntry, PlacePublic, PlaceQuery
from app.facts.spending import Spending, SpendingEntry, SpendingPublic, SpendingQuery
from app.facts.statements import Statement, StatementEntry, StatementPublic, StatementQuery
from app.facts.topics import Topic, TopicEntry, TopicPublic, TopicQuery

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("documents", "document", Document, DocumentEntry, DocumentPublic, DocumentQuery),
        Kind("places", "place", Place, PlaceEntry, PlacePublic, PlaceQuery),
        Kind("topics", "topic", Topic, TopicEntry, TopicPublic, TopicQuery),
        Kind("organisations", "organisation", Organisation, OrganisationEntry, OrganisationPublic, OrganisationQuery),
        Kind("people", "person", Person, PersonEntry, PersonPublic, PersonQuery),
        Kind("events", "event", Event, EventEntry, EventPublic, EventQuery),
        Kind("attendees", "attendee", Attendee, AttendeeEntry, AttendeePublic, AttendeeQuery),
        Kind("statements", "statement", Statement, StatementEntry, StatementPublic, StatementQuery),
        Kind("spending", "spending", Spending, SpendingEntry, SpendingPublic, SpendingQuery),
        Kind("mentions", "mention", Mention, MentionEntry, MentionPublic, MentionQuery),
        Kind("caveats", "caveat", Caveat, CaveatEntry, CaveatPublic, CaveatQuery),
    )
}
