"""Which bodies each filter keeps, told by the bodies alone: what the SQL has to agree with."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from app.facts import KINDS
from app.facts.dates import read_edtf
from app.facts.lists import MEETINGS
from tests.asked import references
from tests.world import world_bundles

Body = dict[str, Any]
Bodies = dict[str, list[Body]]
Keeps = Callable[[Body, str, Bodies], bool]
TREES = {"places": "within", "topics": "broader"}
HOMES = {
    f"{kind}/{one['id']}": f"documents/{raw['id']}"
    for raw in (json.loads(content) for _, content in world_bundles())
    for kind, ones in {**raw, "documents": [{"id": raw["id"]}]}.items()
    if kind in KINDS
    for one in ones
}


def path(reference: Body | None) -> str | None:
    """`kind/id` of a reference or of a record."""
    return reference["path"][1:] if reference else None


def inside(fact: str | None, wanted: str, bodies: Bodies) -> bool:
    """Whether a place or a topic is another or lies, at any depth, within it."""
    while fact and fact != wanted:
        kind = fact.partition("/")[0]
        fact = path(next(one for one in bodies[kind] if path(one) == fact)[TREES[kind]])
    return fact == wanted


def plain(field: str) -> Keeps:
    return lambda body, value, _: bool(body[field] == {"true": True, "false": False}.get(value, value))


def refers(field: str) -> Keeps:
    return lambda body, value, _: path(body[field]) == value


def within(field: str) -> Keeps:
    return lambda body, value, bodies: inside(path(body[field]), value, bodies)


def at_place(body: Body, value: str, bodies: Bodies) -> bool:
    """Whether the place of an event or a statement lies in a country."""
    return any(one["country"] == value for one in bodies["places"] if path(one) == path(body["place"]))


def days(body: Body) -> Iterator[tuple[str, str]]:
    """First and last day of each reading of a fact's date; an open end is before or after all days."""
    if body["type"] == "spending" and body["time_period"]:
        found = read_edtf(body["time_period"])
        yield str(found.earliest or ""), str(found.latest or "~")
    dated = body.get("date") or body.get("date_published") or {"earliest": None, "latest": None, "alternatives": []}
    for one in [dated, *dated["alternatives"]]:
        if one["earliest"] or one["latest"]:
            yield one["earliest"] or "", one["latest"] or "~"


def cited(body: Body) -> list[Body]:
    """The citations of a body and of its parts, but for those that are another fact's."""
    inherited = KINDS[body["path"].split("/")[1]].table.inherited
    own = {name: value for name, value in body.items() if name not in inherited}
    return [one for one in references(own) if "sha256" in one and "supports" in one]


def mentions(body: Body, value: str, bodies: Bodies) -> bool:
    """Whether a body refers to a record by any relation, or cites a span that holds a mention of it."""
    parts = [one for name, one in body.items() if name not in ("caveats", "path")]
    if value in {path(one) for one in references(parts) if one.keys() == {"id", "name", "path"}}:
        return True
    words = [one["citations"][0] for one in bodies["mentions"] if path(one["entity"]) == value]
    return any(
        one["document"] == word["document"] and one["start"] <= word["start"] and word["end"] <= one["end"]
        for one in cited(body)
        for word in words
    )


def held_office(body: Body, value: str, bodies: Bodies) -> bool:
    """Whether somebody holds an office of that name in an organisation."""
    offices = [office for person in bodies["people"] for office in person["offices"]]
    return any(
        one["role"].casefold() == value.casefold() and path(one["organisation"]) == path(body) for one in offices
    )


COMMON: dict[str, Keeps] = {
    "ids": plain("id"),
    "document": lambda body, value, _: (
        HOMES[str(path(body))] == value or any(f"documents/{one['document']}" == value for one in cited(body))
    ),
    "sentence": lambda body, value, _: any(one["sentence"] == value for one in cited(body)),
    "basis": plain("basis"),
    "caveat": lambda body, value, _: any(one["kind"] == value for one in body["caveats"]),
    "mentions": mentions,
    "from": lambda body, value, _: any(last >= value for _, last in days(body)),
    "to": lambda body, value, _: any(first <= value for first, _ in days(body)),
    "on": lambda body, value, _: any(first <= value <= last for first, last in days(body)),
}
OWN: dict[str, dict[str, Keeps]] = {
    "documents": {"kind": plain("kind"), "language": plain("language")},
    "places": {
        "kind": plain("kind"),
        "within": within("within"),
        "role": lambda body, value, _: value in body["roles"],
    },
    "topics": {"broader": within("broader")},
    "organisations": {
        "kind": plain("kind"),
        "country": plain("country"),
        "organisation": refers("parent"),
        "office": held_office,
    },
    "people": {
        "country": lambda body, value, _: value in body["countries"],
        "organisation": lambda body, value, _: any(path(one["organisation"]) == value for one in body["offices"]),
        "office": lambda body, value, _: any(one["role"].casefold() == value.casefold() for one in body["offices"]),
    },
    "events": {
        "kind": lambda body, value, _: body["kind"] in (MEETINGS if value == "meeting" else (value,)),
        "status": plain("status"),
        "place": within("place"),
        "country": at_place,
        "organisation": refers("organisation"),
        "series": refers("series"),
        "part_of": refers("part_of"),
        "topic": lambda body, value, bodies: any(inside(path(one["topic"]), value, bodies) for one in body["topics"]),
    },
    "attendees": {
        **{name: plain(name) for name in ("kind", "country", "status", "capacity", "named")},
        "event": refers("event"),
        "person": refers("person"),
        "organisation": refers("represents"),
        "place": within("place"),
    },
    "statements": {
        **{name: plain(name) for name in ("speaker_country", "voice", "directness", "act", "may_quote")},
        **{name: refers(name) for name in ("speaker", "position_of", "event")},
        "place": within("place"),
        "country": at_place,
        "topic": lambda body, value, bodies: any(inside(path(one), value, bodies) for one in body["topics"]),
        "hedged": lambda body, value, _: bool(body["hedges"]) == (value == "true"),
    },
    "spending": {
        **{name: plain(name) for name in ("measure", "time_period", "unit_measure", "obs_status")},
        "ref_area": lambda body, value, _: any(path(one) == value for one in body["ref_area"]["includes"]),
        "asserted_by": refers("asserted_by"),
    },
    "mentions": {"entity": refers("entity"), "form": plain("form")},
    "caveats": {
        "kind": plain("kind"),
        "field": plain("field"),
        "fact": lambda body, value, _: any(path(one) == value for one in body["facts"]),
        "about": lambda body, value, _: any(path(one) == value for one in body["about"]),
        "decision": lambda body, value, _: bool(body["decision"]["value"] == value),
    },
}
KEEPS = {(kind, name): keeps for kind in KINDS for name, keeps in {**COMMON, **OWN[kind]}.items()}
