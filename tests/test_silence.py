"""Silence: an empty list says why, what was searched, and what comes nearest, by what caveats say that they answer."""

from typing import Any

import pytest

from app.store.db import Database
from app.store.loading import load
from tests.conftest import Client, drafts
from tests.loads import draft, succeeding
from tests.world.editing import RAW, edited

EVERYTHING = "limit=1000"


def empty(client: Client, target: str) -> tuple[str, list[str]]:
    """The reason of an empty list, and the addresses of the closest."""
    page = client.json(target)
    assert page["items"] == []
    assert {one["path"] for one in page["empty"]["searched"]} == {
        "/documents/lantern-talks-2031-05",
        "/documents/farrow-visit-2031-06",
    }
    return page["empty"]["reason"], [one["path"] for one in page["empty"]["closest"]]


def test_an_empty_list_says_what_is_unknown(client: Client) -> None:
    assert empty(client, "/statements?speaker=ada-quil") == ("unknown_value", ["/people/ada-quill"])
    reason, closest = empty(client, "/statements?speaker=Ada+Quil")
    assert (reason, closest[0]) == ("unknown_value", "/people/ada-quill")
    assert empty(client, "/events?place=port-caldor")[1][0] == "/places/port-calder"
    assert empty(client, "/events?place=zzzz") == ("unknown_value", [])
    assert empty(client, "/people?ids=ada-quil") == ("unknown_value", ["/people/ada-quill"])


def test_an_empty_list_shows_the_caveat_that_leaves_it_open(client: Client) -> None:
    reason, closest = empty(client, "/attendees?event=night-ferry")
    assert reason == "not_stated"
    assert "/caveats/no-attendance" in closest


@pytest.mark.parametrize(
    ("target", "caveat"),
    [
        ("/spending?measure=military_aid&time_period=2024", "/caveats/aid-period"),
        ("/spending?measure=military_aid&unit_measure=USD", "/caveats/aid-amount"),
    ],
)
def test_a_field_left_open_in_what_else_was_asked_for_is_the_reason(seeded: Client, target: str, caveat: str) -> None:
    told = seeded.json(target)["empty"]
    assert (told["reason"], [one["path"] for one in told["closest"]]) == ("not_stated", [caveat])
    assert seeded.json("/statements?act=denies&hedged=true")["empty"]["reason"] == "nothing_recorded"


@pytest.mark.parametrize(
    ("target", "caveats"),
    [
        ("/attendees?capacity=chair", ["who-chaired"]),
        ("/attendees?capacity=host&event=paris-meeting-2025-02-12", ["attendance-in-paris", "who-chaired"]),
        ("/statements?speaker_country=GB", ["words-of-the-counterparts"]),
        ("/statements?speaker_country=UA", ["words-of-the-counterparts", "reactions"]),
        ("/statements?speaker=marco-rubio", ["words-of-rubio-vance-kellogg"]),
        ("/statements?act=promises", ["who-gives-guarantees"]),
        ("/people?office=President", ["trump-office"]),
        ("/organisations?office=president", ["trump-office"]),
        ("/spending?ref_area=ukraine", ["aid-recipient"]),
        ("/spending?obs_status=E", ["final-or-estimate"]),
        ("/spending?ref_area=germany", ["countries-covered"]),
        ("/spending?ref_area=nato", ["american-spending"]),
        ("/people?country=GB", ["counterparts-names"]),
        ("/events?place=paris&topic=ukraine-war", ["paris-subject"]),
        ("/events?place=munich&topic=defence-spending", ["munich-agenda"]),
        ("/events?kind=ministerial&from=2025-02-14", ["ministers-end"]),
        ("/events?kind=ministerial&on=2025-02-14", ["ministers-end"]),
        ("/events?kind=ministerial&to=2025-02-01", None),
        ("/events?kind=ministerial&on=2025-02-01", None),
        ("/statements?speaker=mark-rutte&on=2025-02-14", ["rutte-undated"]),
        ("/statements?speaker=mark-rutte&from=2025-02-14&to=2025-02-20", ["rutte-undated"]),
        ("/attendees?person=pete-hegseth&event=hegseth-visit&from=2025-02-20", ["days-of-visits"]),
        ("/attendees?person=mark-rutte&event=munich-security-conference-2025-02", ["attendance-in-munich"]),
        ("/attendees?country=DE&event=nato-defence-ministers-meeting-2025-02", ["attendance-of-ministers"]),
        ("/attendees?person=jd-vance&place=paris", ["attendance-in-paris"]),
        ("/attendees?person=donald-trump&country=US", ["trump-at-the-meetings"]),
        ("/attendees?capacity=chair&organisation=nato", ["who-chaired", "baltic-sentry-forces"]),
        ("/statements?speaker=marco-rubio&topic=ukraine-war", ["words-of-rubio-vance-kellogg"]),
        ("/statements?speaker=marco-rubio&mentions=paris", ["words-of-rubio-vance-kellogg"]),
        ("/statements?speaker_country=UA&place=brussels", ["reactions"]),
        ("/spending?ref_area=united-states&asserted_by=mark-rutte", ["american-spending"]),
        ("/events?country=UA", ["war-in-ukraine-details"]),
        ("/documents?on=2025-02-13", ["document-day"]),
        ("/spending?measure=military_aid&obs_status=A", ["aid-amount"]),
        ("/statements?event=baltic-sentry", None),
        ("/statements?event=hegseth-visit", None),
        ("/attendees?capacity=observer", None),
        ("/statements?mentions=ukraine&act=denies", None),
        ("/statements?act=denies&hedged=true", None),
        ("/people?country=NL", None),  # nothing there is of that country
        ("/statements?speaker_country=NL", None),
    ],
)
def test_a_silence_answers_what_it_says_that_it_answers(seeded: Client, target: str, caveats: list[str] | None) -> None:
    told = seeded.json(target)["empty"]
    assert told["reason"] == ("nothing_recorded" if caveats is None else "not_stated")
    if caveats is not None:
        assert [one["id"] for one in told["closest"]] == caveats


def test_an_empty_list_of_one_document_is_explained_by_that_one(client: Client) -> None:
    """Caveats of other documents tell nothing of it, and it alone was searched."""
    (caveat,) = client.json("/caveats?ids=no-attendance")["items"]
    home = caveat["citations"][0]["document"] if caveat["citations"] else "lantern-talks-2031-05"
    (other,) = {"lantern-talks-2031-05", "farrow-visit-2031-06"} - {home}
    for document, expected in ((home, True), (other, False), (f"{home},{other}", True)):
        told = client.json(f"/attendees?event=night-ferry&document={document}")["empty"]
        assert {one["id"] for one in told["searched"]} == set(document.split(","))
        is_answered = told["reason"] == "not_stated" and "no-attendance" in [one["id"] for one in told["closest"]]
        assert is_answered is expected, document


def test_a_wider_value_that_is_not_stated_answers_for_a_narrower(fresh: Database, client_of: Any) -> None:
    silence = {
        "id": "no-winter-meetings",
        "kind": "not_stated",
        "question": "Is there a meeting on Skerry?",
        "asks": ["events?kind=meeting"],
        "about": ["places/veld"],
        "text": "No meeting there is told of.",
    }
    load(fresh, [draft(edited([("/caveats/-", silence)])), drafts()[1]])
    client = client_of(fresh)
    for kind in ("meeting", "summit", "ministerial"):
        told = client.json(f"/events?kind={kind}&place=veld&from=1990-01-01&to=1990-02-01")["empty"]
        assert "no-winter-meetings" in [one["id"] for one in told["closest"]], kind
    told = client.json("/events?kind=visit&place=veld&from=1990-01-01&to=1990-02-01")["empty"]
    assert "no-winter-meetings" not in [one["id"] for one in told["closest"] if told["reason"] == "not_stated"]


def test_an_empty_list_for_a_merged_record_names_the_one_that_stands(fresh: Database, client_of: Any) -> None:
    twice = [{**one, "id": f"{one['id']}-{n}"} for one in RAW[0]["topics"][:1] for n in ("a", "b")]
    first = edited([("/topics/-", one) for one in twice])
    load(fresh, [draft(first), drafts()[1]])
    (a, b), last = (one["id"] for one in twice), RAW[0]["topics"][0]["id"]
    second = edited([("/topics/-", twice[1])])
    load(fresh, [succeeding(first, second, merge=[{"from": f"topics/{a}", "into": f"topics/{b}", "reason": "one"}])])
    client = client_of(fresh)
    assert client.json(f"/statements?topic={a}")["empty"]["closest"][0]["path"] == f"/topics/{b}"
    merge = [{"from": f"topics/{b}", "into": f"topics/{last}", "reason": "one"}]
    load(fresh, [succeeding(second, RAW[0], merge=merge)])
    for asked in (f"/statements?topic={a}", f"/statements?topic={b}", f"/topics?ids={a}"):
        told = client.json(asked)["empty"]
        assert (told["reason"], told["closest"][0]["path"]) == ("unknown_value", f"/topics/{last}")


def test_what_a_silence_answers_are_addresses_of_lists(seeded: Client) -> None:
    addresses = [one for body in seeded.json(f"/caveats?{EVERYTHING}")["items"] for one in body["asks"]]
    assert "/attendees?capacity=chair" in addresses
    for address in addresses:
        assert seeded.get(address if "=" in address or "?" not in address else address.partition("?")[0]).is_success


def test_an_empty_list_shows_what_refers_to_all_that_was_asked(client: Client) -> None:
    reason, closest = empty(client, "/statements?speaker=bram-oster&act=denies")
    assert reason == "nothing_recorded"
    assert 0 < len(closest) <= 5
    for path in closest:
        body = client.json(path)
        assert path == "/people/bram-oster" or "/people/bram-oster" in str(body), path
    assert empty(client, "/statements?from=1900-01-01&to=1900-12-31") == ("nothing_recorded", [])


def test_a_list_with_items_does_not_explain_itself(client: Client) -> None:
    assert "empty" not in client.json("/statements?speaker=ada-quill")


def test_places_within_another_in_a_document_are_explained_where_there_are_none(seeded: Client) -> None:
    document = seeded.json("/documents?limit=1")["items"][0]["id"]
    page = seeded.json(f"/places?within=europe&document={document}&kind=sea")
    assert page["items"] == []
    assert page["empty"]["reason"]
