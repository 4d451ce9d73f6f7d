"""The shipped facts hold the inventory of the report, and nothing beyond it."""

from typing import Any

import pytest

from tests.conftest import Bodies, Client
from tests.inventory import (
    ATTENDEES,
    BY_ADJECTIVE,
    CONFLICTS,
    COUNTERPARTS,
    COUNTS,
    EVENTS,
    GLOSSES,
    GROUP,
    HEDGED,
    HEGSETH,
    HELD_VIEWS,
    KNOWN_ELSEWHERE,
    LEFT_OPEN,
    MINISTERS,
    MUNICH,
    NAMED,
    NEGATED,
    ORGANISATIONS,
    PEOPLE,
    PRONOUNS,
    QUOTED,
    ROLES,
    RUTTE,
    SAID,
    SPENDING,
    TOPICS,
    UNKNOWN,
)
from tests.shipped import ID, excerpt, strings


def test_how_many(bodies: Bodies) -> None:
    assert {kind: len(found) for kind, found in bodies.items()} == COUNTS


def test_people_and_their_offices(bodies: Bodies) -> None:
    told = {
        id: (body["name"], next((office["as_printed"] for office in body["offices"]), None), body["countries"])
        for id, body in bodies["people"].items()
    }
    assert told == PEOPLE
    assert not [office for body in bodies["people"].values() for office in body["offices"] if "start" in office]


@pytest.mark.parametrize(
    ("kind", "expected"), [("events", EVENTS), ("spending", SPENDING), ("organisations", ORGANISATIONS)]
)
def test_records(kind: str, expected: dict[str, Any], bodies: Bodies) -> None:
    assert {id: excerpt(bodies[kind][id], like) for id, like in expected.items()} == expected


def test_only_these_events_and_figures(bodies: Bodies) -> None:
    assert bodies["events"].keys() == EVENTS.keys()
    assert bodies["spending"].keys() == SPENDING.keys()


def test_topics_of_the_ministers(bodies: Bodies) -> None:
    topics = bodies["events"][MINISTERS]["topics"]
    assert [(one["topic"], one["role"], one["date"].get("edtf"), one["hedges"]) for one in topics] == TOPICS


def test_attendance(bodies: Bodies) -> None:
    told = {
        id: (body["event"], body["status"], body["kind"], body.get("person"), body["basis"])
        for id, body in bodies["attendees"].items()
    }
    assert told == ATTENDEES


def test_counterparts_are_told_by_country_only(bodies: Bodies) -> None:
    for adjective, (country, place) in COUNTERPARTS.items():
        body = bodies["attendees"][f"{adjective}-counterpart-in-paris"]
        assert (body["country"], body["represents"]) == (country, f"government-of-{place}")
        assert not body["named"] and not bodies["organisations"][body["represents"]]["named"]


def test_what_speakers_said(bodies: Bodies) -> None:
    told = {
        id: (
            body["speaker"],
            body["act"],
            body["directness"],
            body["date"].get("edtf"),
            body["date"]["how"],
            body["attribution"]["as_printed"],
        )
        for id, body in bodies["statements"].items()
        if body["voice"] == "speaker"
    }
    assert told == SAID


def test_where_speakers_said_it(bodies: Bodies) -> None:
    for id, body in bodies["statements"].items():
        there = (GROUP, "nato-headquarters") if body.get("speaker") == HEGSETH else (None, None)
        assert (body.get("event"), body.get("place")) == there, id


def test_quotations_are_these_three(bodies: Bodies) -> None:
    statements = bodies["statements"]
    told = {
        id: (one["text"], one["extent"], *map(int, one["citation"].partition(":")[2].split("-")))
        for id, body in statements.items()
        for one in body["quotations"]
    }
    assert told == QUOTED
    assert {id for id, body in statements.items() if body["may_quote"]} == QUOTED.keys()
    assert set(bodies["caveats"]["translation"]["facts"]) == QUOTED.keys()


def test_what_stands_in_quotation_marks(seeded: Client) -> None:
    marks = seeded.json(f"/documents/{ID}?fields=quotation_marks")["quotation_marks"]
    assert [(one["sentence"], one["use"], one["fact"]["id"]) for one in marks] == [
        ("6.1", "speech", "hegseth-pre-2014-borders"),
        ("7.1", "speech", "hegseth-security-guarantees"),
        ("9.2", "speech", "rutte-further-and-faster"),
        ("10.2", "name", "baltic-sentry"),
    ]


def test_hedges_negations_glosses_and_held_views_are_these(bodies: Bodies) -> None:
    statements = bodies["statements"]
    hedges = {id: [tuple(one.values())[:4] for one in body["hedges"]] for id, body in statements.items()}
    assert {id: one for id, one in hedges.items() if one} == {id: [one] for id, one in HEDGED.items()}
    assert {id for id, body in statements.items() if body["polarity"] == "negated"} == NEGATED
    assert {id: body["glosses"] for id, body in statements.items() if "glosses" in body} == GLOSSES
    assert {id: body["position_of"] for id, body in statements.items() if "position_of" in body} == HELD_VIEWS


def test_names_printed_and_names_of_ours(bodies: Bodies) -> None:
    assert {id for id, body in bodies["organisations"].items() if body["named"]} == NAMED
    assert {id for id, body in bodies["places"].items() if not body["named"]} == BY_ADJECTIVE
    assert {id for id, body in bodies["events"].items() if body["named"]} == {MUNICH, "baltic-sentry"}


def test_venues_and_places_only_named(bodies: Bodies) -> None:
    roles = {id: body["roles"] for id, body in bodies["places"].items()}
    assert roles == {id: ROLES.get(id, ["mentioned"]) for id in roles}


def test_pronouns(bodies: Bodies) -> None:
    pronouns = [body for body in bodies["mentions"].values() if body["form"] == "pronoun"]
    assert [(body["sentence"], body["as_printed"], body["entity"]) for body in pronouns] == PRONOUNS


def test_conflicts_name_their_values(bodies: Bodies) -> None:
    caveats = bodies["caveats"].values()
    told = {body["id"]: [one["value"] for one in body["values"]] for body in caveats if body["kind"] == "conflict"}
    assert told == CONFLICTS
    assert {body["id"] for body in caveats if body["kind"] == "derived"} == {"spending-2023-bound", "members-32"}


def test_silences(seeded: Client) -> None:
    caveats = seeded.json("/caveats?kind=not_stated&limit=1000&fields=field,facts.path")["items"]
    said: dict[str, set[str]] = {}
    for caveat in caveats:
        for fact in caveat["facts"] if caveat["field"] else ():
            said.setdefault(fact["path"].split("/")[1], set()).add(caveat["field"])
    assert said == LEFT_OPEN


def test_no_result_is_reported_and_that_is_said_of_each_event(bodies: Bodies) -> None:
    silent = {
        id for caveat in bodies["caveats"].values() if caveat.get("field") == "outcomes" for id in caveat["facts"]
    }
    assert silent == EVENTS.keys()
    assert not [id for id, body in bodies["events"].items() if body["outcomes"] or "part_of" in body]


def test_nobody_is_said_to_stay_away(bodies: Bodies) -> None:
    attendees = bodies["attendees"].values()
    assert {body["status"] for body in attendees} == {"attended", "attending", "expected"}
    assert {body.get("capacity") for body in attendees} == {None, "principal", "speaker"}


def test_no_attendance_of_those_only_spoken_of(bodies: Bodies) -> None:
    attendees = bodies["attendees"].values()
    assert {body.get("person") for body in attendees} == {None, HEGSETH, "marco-rubio", "jd-vance", "keith-kellogg"}
    assert {body["status"] for body in attendees if body["event"] == MUNICH} == {"expected"}
    assert not [body["id"] for body in attendees if body["event"] == MUNICH and body.get("person") == "marco-rubio"]
    assert [body["id"] for body in attendees if body.get("country") == "UA"] == ["ukrainian-counterpart-in-paris"]


def test_the_size_of_a_coalition_is_no_attendance(bodies: Bodies) -> None:
    assert not [id for id, body in bodies["attendees"].items() if "count" in body]
    assert [id for id, body in bodies["attendees"].items() if body["event"] == GROUP] == [
        "pete-hegseth-at-contact-group"
    ]


def test_nobody_speaks_who_said_nothing(bodies: Bodies) -> None:
    assert {body.get("speaker") for body in bodies["statements"].values()} == {None, HEGSETH, RUTTE, "donald-trump"}


def test_no_day_for_what_has_none(bodies: Bodies) -> None:
    dated = {body["date"].get("earliest") for body in bodies["statements"].values()}
    assert dated == {None, "2025-02-12"}
    assert not [
        id for id, body in bodies["statements"].items() if body["voice"] == "document" and "edtf" in body["date"]
    ]
    assert excerpt(bodies["documents"][ID], UNKNOWN) == UNKNOWN


def test_no_figure_but_the_one_printed(bodies: Bodies) -> None:
    assert [id for id, body in bodies["spending"].items() if "obs_value" in body] == ["defence-investment-2024"]
    assert not [id for id, body in bodies["spending"].items() if {"price_basis", "data_source"} & body.keys()]
    assert {body["obs_status"] for body in bodies["spending"].values()} == {"A", "O", "F"}


def test_nothing_known_only_from_elsewhere(bodies: Bodies) -> None:
    told = " | ".join(strings(bodies))
    assert [words for words in KNOWN_ELSEWHERE if words.casefold() in told.casefold()] == []


def test_printed_names_are_printed(bodies: Bodies, report: str) -> None:
    kinds = ("people", "organisations", "places", "events")
    named = [body["name"] for kind in kinds for body in bodies[kind].values() if body["named"]]
    assert [name for name in named if name not in report] == []
