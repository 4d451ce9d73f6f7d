"""Merging and splitting: records that turned out to be one, or several, over bundles that refer to them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.faults import BundleError, InUse
from app.store.db import Database
from app.store.loading import load
from tests.conftest import Client, drafts
from tests.loads import bodies, draft, rows
from tests.world.editing import RAW, edited, why

GUEST = {"id": "i-farrow", "name": "I. Farrow", "named": False, "basis": "external", "source": "The tests' own list"}
DOUBT = {"id": "which-farrow", "kind": "disputed", "facts": ["people/i-farrow"], "text": "Who is that?",
         "basis": "external", "source": "The tests' own list"}  # fmt: skip
DOUBLE = edited([("/people/-", GUEST), ("/caveats/-", DOUBT)])
MERGE = {"from": "people/i-farrow", "into": "people/ines-farrow", "reason": "one and the same envoy"}
MERGED = edited([("/caveats/-", DOUBT), ("/merge", [MERGE]), ("/by", "The desk")])
# The second report's attendance, said of the double.
SECOND = edited([("/attendees/farrow-in-june/person", "people/i-farrow")], RAW[1])
ATTENDEE = "attendees/farrow-in-june"


@pytest.fixture
def client(fresh: Database, client_of: Callable[..., Client]) -> Client:
    """A client of a world in which a person stood twice, until edition 2 merged the two."""
    load(fresh, [draft(DOUBLE), draft(SECOND)])
    load(fresh, [draft(MERGED)])
    return client_of(fresh)


def test_a_merged_address_leads_to_the_one_that_stands(client: Client) -> None:
    for query in ("", "?as_of=2", "?fields=name&as_of=2"):
        moved = client.get(f"/people/i-farrow{query}")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/people/ines-farrow{query}")
        assert client.get(moved.headers["location"]).status_code == 200
        assert "one and the same envoy" in moved.json()["detail"]
    mentions = client.get("/people/i-farrow/mentions?limit=3")
    assert (mentions.status_code, mentions.headers["location"]) == (308, "/people/ines-farrow/mentions?limit=3")
    assert client.json("/people/i-farrow?as_of=1")["name"] == "I. Farrow"
    assert "i-farrow" not in client.ids("/people?limit=1000")


def test_references_of_other_bundles_follow_under_the_same_revision(client: Client, fresh: Database) -> None:
    before, after = (bodies(fresh, edition)[ATTENDEE] for edition in (1, 2))
    assert (before["person"]["id"], after["person"]["id"]) == ("i-farrow", "ines-farrow")
    assert (after["revision"], after["edition"]) == (1, 2)
    assert after["name"].startswith("Ines Farrow")
    assert "farrow-in-june" in client.ids("/attendees?person=ines-farrow")
    assert [one["change"] for one in client.json(f"/{ATTENDEE}/history")["items"]] == ["created"]
    assert client.ids("/attendees?person=i-farrow&as_of=1") == ["farrow-in-june"]


def test_caveats_follow(client: Client) -> None:
    notes = [note["id"] for note in client.json("/people/ines-farrow")["caveats"]]
    assert "which-farrow" in notes
    assert "which-farrow" not in [note["id"] for note in client.json("/people/ines-farrow?as_of=1")["caveats"]]
    assert [one["id"] for one in client.json("/caveats/which-farrow")["facts"]] == ["ines-farrow"]


def test_the_feed_and_the_history_tell_of_it(client: Client) -> None:
    (told,) = [one for one in client.json("/changes?since=1")["items"] if one["change"] == "merged"]
    assert (told["fact"]["path"], told["into"]) == ("/people/i-farrow", ["/people/ines-farrow"])
    assert (told["reason"], told["by"], told["revision"]) == ("one and the same envoy", "The desk", 1)
    assert [one["change"] for one in client.json("/people/i-farrow/history")["items"]] == ["created", "merged"]
    assert client.json("/changes?since=1")["republished"]["attendees"] == 1


def test_a_later_version_may_still_name_the_merged_record(client: Client, fresh: Database) -> None:
    more = {**SECOND, "note": "Nothing of it changed."}
    loaded = load(fresh, [draft(more)])
    assert (loaded.edition, loaded.changes) == (3, {})
    assert bodies(fresh, 3)[ATTENDEE]["person"]["id"] == "ines-farrow"


def test_defining_it_again_undoes_the_merge(client: Client, fresh: Database) -> None:
    load(fresh, [draft(DOUBLE)])
    assert bodies(fresh, 3)[ATTENDEE]["person"]["id"] == "i-farrow"
    assert client.json("/people/i-farrow")["revision"] == 2
    assert [note["id"] for note in client.json("/people/i-farrow")["caveats"]] == ["which-farrow"]
    assert "which-farrow" not in [note["id"] for note in client.json("/people/ines-farrow")["caveats"]]
    assert [one["change"] for one in client.json("/people/i-farrow/history")["items"]] == [
        "created",
        "merged",
        "restored",
    ]


def test_merges_in_turn_are_followed_to_the_end(client: Client, fresh: Database) -> None:
    """The envoy herself turns out to be another: what was said of the double is now hers."""
    heir = {**GUEST, "id": "farrow", "name": "Farrow"}
    on: dict[str, Any] = {"from": "people/ines-farrow", "into": "people/farrow", "reason": "so she signs"}
    people = [one for one in RAW[0]["people"] if one["id"] != "ines-farrow"]
    load(fresh, [draft({**MERGED, "people": [*people, heir], "merge": [MERGE, on]})])
    assert bodies(fresh, 3)[ATTENDEE]["person"]["id"] == "farrow"
    first = client.get("/people/i-farrow")
    assert client.get(first.headers["location"]).headers["location"] == "/people/farrow"


@pytest.mark.parametrize(
    ("merge", "message"),
    [
        ({**MERGE, "into": "people/nobody"}, "there is no people/nobody"),
        ({**MERGE, "into": "places/veld"}, "is of another kind than people/i-farrow"),
        ({**MERGE, "from": "people/ada-quill"}, "people/ada-quill is defined in this bundle"),
        (
            {**MERGE, "from": "statements/farrow-vote", "into": "statements/quill-lights"},
            "belongs to the bundle farrow",
        ),
        ({**MERGE, "from": "people/never-there"}, "there is no people/never-there"),
    ],
)
def test_what_cannot_be_merged(fresh: Database, merge: dict[str, Any], message: str) -> None:
    load(fresh, [draft(DOUBLE), draft(SECOND)])
    with pytest.raises(BundleError, match=message):
        load(fresh, [draft({**MERGED, "merge": [MERGE, merge] if merge["from"] != MERGE["from"] else [merge]})])
    assert len(rows(fresh, "editions")) == 1


def test_a_record_is_taken_back_once(fresh: Database) -> None:
    load(fresh, [draft(DOUBLE), draft(SECOND)])
    twice = {**MERGED, "retract": [{"fact": "people/i-farrow", "reason": "nobody"}]}
    with pytest.raises(BundleError, match="people/i-farrow is taken back twice"):
        load(fresh, [draft(twice)])


HALVES = [{**GUEST, "id": f"farrow-{name}", "name": name.title()} for name in ("elder", "younger")]
SPLIT = {"from": "people/i-farrow", "into": ["people/farrow-elder", "people/farrow-younger"], "reason": "they are two"}


def test_a_split_record_is_gone_and_says_what_it_became(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, [draft(edited([("/people/-", GUEST)])), drafts()[1]])
    load(fresh, [draft({**RAW[0], "people": [*RAW[0]["people"], *HALVES], "split": [SPLIT]})])
    client = client_of(fresh)
    gone = client.get("/people/i-farrow")
    assert gone.status_code == 410
    problem = gone.json()
    assert (problem["change"], problem["reason"], problem["since"]) == ("split", "they are two", 2)
    assert problem["into"] == ["/people/farrow-elder", "/people/farrow-younger"]
    assert all(client.get(path).status_code == 200 for path in problem["into"])
    assert client.json("/people/i-farrow?as_of=1")["id"] == "i-farrow"


def test_what_others_refer_to_is_not_split(fresh: Database) -> None:
    load(fresh, [draft(DOUBLE), draft(SECOND)])
    halves = {**MERGED, "merge": [], "split": [SPLIT], "people": [*RAW[0]["people"], *HALVES]}
    halves["caveats"] = [one for one in halves["caveats"] if one["id"] != "which-farrow"]
    halves["retract"] = [{"fact": "caveats/which-farrow", "reason": "answered"}]
    with pytest.raises(InUse, match=f"{ATTENDEE} of the bundle {RAW[1]['id']} refers to people/i-farrow"):
        load(fresh, [draft(halves)])
    chosen = edited([("/attendees/farrow-in-june/person", "people/farrow-elder")], RAW[1])
    chosen["reasons"] = {ATTENDEE: why("it was the elder")}
    assert load(fresh, [draft(halves), draft(chosen)]).edition == 2


def test_a_merge_is_undone_before_it_is_made_with_another(client: Client, fresh: Database) -> None:
    other = {**MERGED, "merge": [{**MERGE, "into": "people/ada-quill"}]}
    with pytest.raises(BundleError, match="people/i-farrow was merged into people/ines-farrow"):
        load(fresh, [draft(other)])
    again = {**DOUBLE, "reasons": {"people/i-farrow": why("they are two")}}
    load(fresh, [draft(again)])
    load(fresh, [draft(other)])
    assert client.get("/people/i-farrow").headers["location"] == "/people/ada-quill"


@pytest.mark.parametrize(
    "told",
    [
        {"merge": [{**MERGE, "into": "people/i-farrow"}]},
        {
            "merge": [
                MERGE | {"into": "people/j-farrow"},
                MERGE | {"from": "people/j-farrow", "into": "people/i-farrow"},
            ]
        },
        {"split": [{"from": "people/i-farrow", "into": ["people/i-farrow", "people/ines-farrow"], "reason": "two"}]},
    ],
)
def test_nothing_becomes_itself(told: dict[str, Any], fresh: Database) -> None:
    twin = {**GUEST, "id": "j-farrow"}
    load(fresh, [draft(edited([("/people/-", twin)], DOUBLE)), draft(RAW[1])])
    kept = edited([("/caveats/-", DOUBT)] if "split" in told or len(told["merge"]) > 1 else [("/people/-", twin)])
    with pytest.raises(BundleError, match=r"is the record itself|leads to no record"):
        load(fresh, [draft({**kept, **told})])


def test_what_is_gone_already_is_not_told_otherwise(fresh: Database) -> None:
    """Said again as it was it changes nothing; a split record is neither merged nor split into others."""
    load(fresh, [draft(DOUBLE), draft(RAW[1])])
    halves = [{**GUEST, "id": f"farrow-{n}"} for n in (1, 2)]
    kept = edited([("/people/-", one) for one in halves])
    split = {"from": "people/i-farrow", "into": ["people/farrow-1", "people/farrow-2"], "reason": "two men"}
    gone = {"retract": [{"fact": "caveats/which-farrow", "reason": "it is told"}]}
    load(fresh, [draft({**kept, **gone, "split": [split]})])
    load(fresh, [draft({**kept, **gone, "split": [split], "note": "again"})])
    others: list[dict[str, Any]] = [
        {"merge": [{"from": "people/i-farrow", "into": "people/ines-farrow", "reason": "one"}]},
        {"split": [{**split, "into": ["people/farrow-1", "people/ines-farrow"]}]},
    ]
    for told in others:
        with pytest.raises(BundleError, match="people/i-farrow was split into people/farrow-1 and people/farrow-2"):
            load(fresh, [draft({**kept, **gone, **told})])
