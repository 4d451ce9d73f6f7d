"""Comparing documents: four invented reports of the same meetings, what each pair comes to written down beforehand."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.store.db import Database
from app.store.loading import load, withdraw
from app.store.reading import read
from tests.asked import DOCUMENT, OPERATIONS, walk
from tests.conftest import Client, Maker, client_for, drafts
from tests.schemas import faults
from tests.world import further_bundles, further_texts, world_texts

LANTERN, FARROW = "lantern-talks-2031-05", "farrow-visit-2031-06"
COURIER, WIRE = "calder-courier-2031-05", "tissand-wire-2031-06"
PAIRS = [(COURIER, LANTERN), (WIRE, LANTERN), (WIRE, FARROW), (WIRE, COURIER)]
TALKS, FERRY, PACT = "events/lantern-talks-may-2031", "events/night-ferry", "organisations/lantern-pact"
# For each pair what each matter comes to, and some of its fields with both values.
EXPECTED: dict[tuple[str, str], dict[str, Any]] = {
    (COURIER, LANTERN): {
        TALKS: ("differs", {"date": ("differs", "2031-05-04/2031-05-06", "2031-05-05/2031-05-06"),
                            "place": ("same", "places/lantern-house", "places/lantern-house")}),
        PACT: ("differs", {"counts.0": ("same", "17", "17"), "counts.1": ("differs", "4", "3")}),
        "people/ada-quill": ("same", {"name": ("same", "Ada Quill", "Ada Quill")}),
        "events/reporters-6-may": ("not_comparable", {"place": ("not_comparable", "places/lantern-house", None)}),
        "events/brisa-press-conference": ("compatible", {"date": ("compatible", "2031-05-12", "[..2031-05-12]")}),
        "events/ministers-march-2031": ("compatible", {"date": ("compatible", "2031-03-03", None)}),
        FERRY: ("same", {"date": ("same", "2031-04-28/", "2031-04-28/")}),
        "attendees/members-at-talks": ("differs", {"count": ("differs", "13", "14")}),
        "attendees/farrow-at-talks": ("not_comparable", {"capacity": ("not_comparable", "guest", None)}),
        "attendees/quill-in-the-chair": ("same", {"capacity": ("same", "chair", "chair")}),
        "statements/quill-lights": ("same", {}),
        "statements/oster-crews": ("same", {}),
        "statements/oster-spending": ("same", {}),
        "spending/veld-2030": ("compatible", {"obs_value": ("compatible", "7.4", "7.5"),
                                              "comparison.value": ("same", "20", "20")}),
        "spending/veld-defence-2029": ("not_comparable", {"obs_value": ("not_comparable", "6.3", None)}),
    },
    (WIRE, LANTERN): {
        TALKS: ("compatible", {"date": ("compatible", "2031-05", "2031-05-05/2031-05-06"),
                               "place": ("compatible", "places/port-calder", "places/lantern-house")}),
        PACT: ("differs", {"counts.0": ("differs", "18", "17"),
                           "meeting_frequency": ("differs", "quarterly", "monthly")}),
        "people/ada-quill": ("same", {}),
        "events/brisa-press-conference": ("differs", {"status": ("differs", "cancelled", "scheduled")}),
        FERRY: ("differs", {"date": ("compatible", "/2031-05-30", "2031-04-28/"),
                            "status": ("differs", "held", "under_way")}),
        "attendees/members-at-talks": ("compatible", {"count": ("compatible", "12", "14")}),
        "attendees/farrow-at-talks": ("not_comparable", {"capacity": ("not_comparable", "observer", None)}),
        "attendees/quill-speaking": ("differs", {"capacity": ("differs", "speaker", "chair")}),
        "statements/quill-lights": ("not_comparable", {"event": ("not_comparable", TALKS, None)}),
        "statements/oster-final": ("not_comparable", {"speaker": ("same", "people/bram-oster", "people/bram-oster")}),
        "spending/veld-2030": ("differs", {"obs_value": ("differs", "6.9", "7.5"),
                                           "comparison.value": ("differs", "12", "20")}),
        "spending/veld-2031": ("differs", {"comparison.direction": ("differs", "lower", "higher"),
                                           "asserted_by": ("differs", "organisations/straits-ledger",
                                                           "people/bram-oster")}),
        "spending/veld-2029-ledger": ("not_comparable", {}),
    },
    (WIRE, FARROW): {
        "events/farrow-oster-june-2031": ("differs", {"date": ("compatible", "2031-06-03~", "2031-06-03"),
                                                      "place": ("differs", "places/legation-of-tissand",
                                                                "places/lantern-house")}),
        "events/summit-july-2031": ("compatible", {"date": ("compatible", "2031-07-21/2031-07-22", "2031-07")}),
        "attendees/farrow-in-june": ("not_comparable", {"capacity": ("not_comparable", "host", None)}),
        "attendees/oster-in-june": ("differs", {"capacity": ("differs", "guest", "host")}),
        "attendees/marrow-in-july": ("differs", {"status": ("differs", "invited", "declined")}),
        "statements/farrow-vote": ("differs", {"act": ("differs", "asks", "demands")}),
        "spending/aid-to-tissand": ("same", {"obs_value": ("same", "40", "40")}),
    },
    (WIRE, COURIER): {
        TALKS: ("compatible", {}),
        PACT: ("differs", {"counts.0": ("differs", "18", "17")}),
        "people/ada-quill": ("same", {}),
        "people/asa-brannlund": ("same", {}),
        "events/brisa-press-conference": ("differs", {"status": ("differs", "cancelled", "scheduled")}),
        FERRY: ("differs", {"date": ("compatible", "/2031-05-30", "2031-04-28/")}),
        "events/gull-quay-lamps-2031": ("same", {}),
        "attendees/members-at-talks": ("compatible", {"count": ("compatible", "12", "13")}),
        "attendees/farrow-at-talks": ("differs", {"capacity": ("differs", "observer", "guest")}),
        "attendees/crowd-on-gull-quay": ("differs", {"count": ("differs", "500", "300")}),
        "attendees/quill-speaking": ("differs", {}),
        "attendees/oster-standing": ("not_comparable", {"capacity": ("not_comparable", None, "host")}),
        "statements/quill-lights": ("not_comparable", {}),
        "spending/veld-2030": ("differs", {"obs_value": ("differs", "6.9", "7.4")}),
        "spending/port-calder-feast": ("compatible", {"obs_value": ("compatible", "100000", "90000")}),
        "spending/veld-2029-ledger": ("differs", {"obs_value": ("differs", "5.9", "6.3")}),
    },
}  # fmt: skip
ONLY = {
    (COURIER, LANTERN): {"statements/boy-oil": "a", "statements/quill-border": "b", "spending/veld-2031": "b"},
    (WIRE, LANTERN): {"events/skerry-light-visit-2031": "a", "events/ministers-march-2031": "b"},
}
MIRROR = {"a": "b", "b": "a", None: None}


@pytest.fixture(scope="session")
def four(empty: Maker) -> Iterator[Client]:
    """A client of all four reports."""
    database = Database(empty())
    load(database, drafts(), world_texts())
    for name, content in further_bundles():
        load(database, [read(content, name)], further_texts())
    made = client_for(database)
    database.close()
    yield made
    made.close()


def compared(client: Client, a: str, b: str, more: str = "") -> dict[str, Any]:
    page: dict[str, Any] = client.json(f"/compare?document={a},{b}&limit=1000{more}")
    return page


def fact(item: dict[str, Any]) -> str:
    return str((item["a"] or item["b"])["path"][1:])


@pytest.mark.parametrize("pair", PAIRS)
def test_each_matter_comes_to_what_was_expected(four: Client, pair: tuple[str, str]) -> None:
    items = compared(four, *pair)["items"]
    assert {fact(one): one["result"] for one in items if one["fields"]} == {
        name: result for name, (result, _) in EXPECTED[pair].items()
    }
    for one in items:
        told = {field["field"]: (field["result"], field["a"]["value"], field["b"]["value"]) for field in one["fields"]}
        assert EXPECTED[pair].get(fact(one), ("", {}))[1].items() <= told.items(), fact(one)
    alone = {fact(one): one["in"] for one in items if one["result"] == "only_in"}
    assert ONLY.get(pair, {}).items() <= alone.items()


@pytest.mark.parametrize("pair", PAIRS)
def test_both_sides_are_cited_each_from_its_own_document(four: Client, pair: tuple[str, str]) -> None:
    for one in compared(four, *pair)["items"]:
        for field in one["fields"]:
            for side, document in zip("ab", pair, strict=True):
                assert {cited["document"] for cited in field[side]["citations"]} == {document}, (fact(one), field)


@pytest.mark.parametrize("pair", PAIRS)
def test_it_is_the_same_from_the_other_side(four: Client, pair: tuple[str, str]) -> None:
    def swapped(one: dict[str, Any]) -> dict[str, Any]:
        fields = [{**field, "a": field["b"], "b": field["a"]} for field in one["fields"]]
        return {**one, "a": one["b"], "b": one["a"], "in": MIRROR[one["in"]], "fields": fields}

    there, back = (compared(four, *documents)["items"] for documents in (pair, pair[::-1]))
    assert sorted(map(str, there)) == sorted(str(swapped(one)) for one in back)


def test_pages_filters_and_counts(four: Client) -> None:
    whole = compared(four, WIRE, COURIER)
    assert walk(four.app, f"/compare?document={WIRE}&document={COURIER}&limit=7") == whole["items"]
    assert whole["counts"] == dict.fromkeys(whole["counts"], 0) | Counter(one["result"] for one in whole["items"])
    assert sum(whole["counts"].values()) == len(whole["items"])
    differing = compared(four, WIRE, COURIER, "&result=differs,only_in&kind=spending")
    assert differing["items"] == [
        one for one in whole["items"] if one["type"] == "spending" and one["result"] in ("differs", "only_in")
    ]
    assert sum(differing["counts"].values()) == sum(one["type"] == "spending" for one in whole["items"])
    assert {side: one["id"] for side, one in whole["documents"].items()} == {"a": WIRE, "b": COURIER}
    schema = OPERATIONS["/compare"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(faults(whole, schema, DOCUMENT["components"]["schemas"])) == []


def test_it_is_of_one_edition_and_not_sent_twice(four: Client) -> None:
    address = f"/compare?document={COURIER},{LANTERN}"
    first = four.get(address)
    assert four.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert four.request("HEAD", address).headers["etag"] == first.headers["etag"]
    assert four.get(f"{address}&as_of=3").json()["items"] == first.json()["items"]
    assert four.get(f"{address}&as_of=1").status_code == 404  # the Courier came later


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        (f"document={WIRE}", 422),
        (f"document={WIRE},{WIRE}", 422),
        (f"document={WIRE},{COURIER},{LANTERN}", 422),
        (f"document={WIRE},nowhere", 404),
        (f"document={WIRE},No+such+report", 422),
        (f"document={WIRE},{COURIER}&kind=mentions", 422),
        (f"document={WIRE},{COURIER}&result=wins", 422),
        (f"document={WIRE},{COURIER}&limit=0", 422),
        (f"document={WIRE},{COURIER}&cursor=x", 400),
    ],
)
def test_what_cannot_be_compared_is_a_problem(four: Client, query: str, status: int) -> None:
    refused = four.get(f"/compare?{query}")
    assert refused.status_code == status
    assert four.get(refused.json()["try"]).status_code == 200


def test_documents_may_be_named(four: Client) -> None:
    name = four.json(f"/documents/{FARROW}")["name"]
    answer = four.get("/compare", params={"document": [name, LANTERN]})
    assert answer.json()["documents"]["a"]["id"] == FARROW


def test_a_cursor_is_bound_to_its_comparison(four: Client) -> None:
    onward = compared(four, WIRE, COURIER)["self"].replace("limit=1000", "limit=2")
    page = four.json(onward)
    assert four.get(page["next"].replace("limit=2", "limit=5")).status_code == 200
    assert four.get(page["next"].replace(COURIER, LANTERN)).status_code == 400


def test_a_document_that_was_withdrawn_is_gone(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts())
    client = client_of(fresh)
    assert client.get(f"/compare?document={LANTERN},{FARROW}").status_code == 200
    withdraw(fresh, FARROW, "it was no report at all")
    assert client.get(f"/compare?document={LANTERN},{FARROW}").status_code == 410
    assert client.get(f"/compare?document={LANTERN},{FARROW}&as_of=1").status_code == 200


def test_it_takes_as_many_statements_however_much_there_is(four: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    database = four.app.front.desk.finder.database
    run, ran = database.rows, Counter[str]()
    for asked in (f"{WIRE},{COURIER}", f"{WIRE},{LANTERN}"):

        def counted(*given: Any, asked: str = asked) -> Any:
            ran[asked] += 1
            return run(*given)

        monkeypatch.setattr(database, "rows", counted)
        four.json(f"/compare?document={asked}&limit=1000")
    assert len(set(ran.values())) == 1
    assert set(ran.values()) <= {14}


def test_a_page_without_items_says_what_was_searched(four: Client) -> None:
    page = compared(four, COURIER, LANTERN, "&kind=places&result=differs")
    assert page["items"] == []
    assert page["empty"]["reason"] == "nothing_recorded"
    assert [one["id"] for one in page["empty"]["searched"]] == [COURIER, LANTERN]
    assert "empty" not in compared(four, COURIER, LANTERN)
