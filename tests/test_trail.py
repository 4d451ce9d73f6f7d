"""The paper trail: history, changes and editions, and what is answered for a record that was taken back."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.facts import KINDS
from app.store import history
from app.store.db import Database, prepared
from app.store.loading import load
from tests.conftest import Client, drafts
from tests.loads import draft
from tests.world.editing import RAW, why

STATEMENT, MENTION, FIRST = "oster-crews", "she-3-2", RAW[0]["id"]
WHY = "the second reading was wrong"


def corrected() -> dict[str, Any]:
    """The first bundle with one paraphrase corrected and one mention taken back."""
    raw = copy.deepcopy(RAW[0])
    (statement,) = [one for one in raw["statements"] if one["id"] == STATEMENT]
    statement["paraphrase"] = "Crews ought to be told of it."
    raw["mentions"] = [one for one in raw["mentions"] if one["id"] != MENTION]
    evidence = statement["citations"][0]
    return raw | {
        "by": "The desk",
        "reasons": {f"statements/{STATEMENT}": {"reason": WHY, "evidence": evidence}},
        "retract": [{"fact": f"mentions/{MENTION}", "reason": "no such pronoun"}],
    }


@pytest.fixture
def told(fresh: Database, client_of: Callable[..., Client]) -> Client:
    """A client of a world that was loaded, corrected, and then loaded as it first was."""
    load(fresh, drafts())
    load(fresh, [draft(corrected())])
    first = copy.deepcopy(RAW[0])
    first["reasons"] = {f"statements/{STATEMENT}": why("it was right after all")}
    load(fresh, [draft(first)])
    return client_of(fresh)


def test_a_history_shows_each_revision_with_what_it_changed(told: Client) -> None:
    created, correction, back = told.json(f"/statements/{STATEMENT}/history")["items"]
    assert [one["change"] for one in (created, correction, back)] == ["created", "corrected", "corrected"]
    assert [one["revision"] for one in (created, correction, back)] == [1, 2, 3]
    assert (created["before"], created["after"]["id"]) == (None, STATEMENT)
    assert correction["after"] == {"paraphrase": "Crews ought to be told of it."}
    assert correction["before"] == {"paraphrase": created["after"]["paraphrase"]} == back["after"]
    assert (correction["reason"], correction["by"], correction["bundle"]) == (WHY, "The desk", FIRST)
    assert correction["evidence"]["path"].startswith(f"/documents/{FIRST}/sentences/")
    assert told.json(f"/statements/{STATEMENT}?as_of=2")["paraphrase"] == "Crews ought to be told of it."
    assert len(told.json(f"/statements/{STATEMENT}/history?as_of=1")["items"]) == 1


def test_a_record_taken_back_is_gone_and_comes_back(told: Client) -> None:
    gone = told.get(f"/mentions/{MENTION}?as_of=2")
    assert gone.status_code == 410
    problem = gone.json()
    assert (problem["change"], problem["reason"], problem["since"]) == ("retracted", "no such pronoun", 2)
    assert MENTION not in told.ids("/mentions?limit=1000&as_of=2")
    assert told.get(problem["history"]).status_code == 200
    assert told.get(problem["try"]).status_code == 200
    assert told.json(f"/mentions/{MENTION}?as_of=1")["revision"] == 1
    assert told.json(f"/mentions/{MENTION}")["revision"] == 2
    changes = [one["change"] for one in told.json(f"/mentions/{MENTION}/history")["items"]]
    assert changes == ["created", "retracted", "restored"]


def test_the_feed_leaves_nothing_out_and_goes_on_where_it_stopped(told: Client) -> None:
    page = told.json("/changes?limit=7")
    walked = page["items"]
    while page["next"]:
        page = told.json(page["next"])
        walked += page["items"]
    assert walked == told.json("/changes?limit=1000")["items"]
    assert [one["edition"] for one in walked] == sorted(one["edition"] for one in walked)
    counts = {kind: len(told.json(f"/{kind}?limit=1000&as_of=1")["items"]) for kind in KINDS}
    corroborations = [one for one in walked if one["type"] == "corroboration"]
    assert [one["fact"]["path"] for one in corroborations] == [f"/{one['fact']}" for one in RAW[1]["corroborates"]]
    assert sum(one["edition"] == 1 for one in walked) == sum(counts.values()) + len(corroborations)
    since = [(one["change"], one["fact"]["path"]) for one in told.json("/changes?since=1")["items"]]
    assert since == [
        ("corrected", f"/statements/{STATEMENT}"),
        ("retracted", f"/mentions/{MENTION}"),
        ("corrected", f"/statements/{STATEMENT}"),
        ("restored", f"/mentions/{MENTION}"),
    ]
    assert told.json("/changes?since=3")["items"] == []


def test_the_feed_of_some_kinds_has_only_those(told: Client) -> None:
    found = told.json("/changes?kind=mentions,caveats&limit=1000")["items"]
    assert {one["type"] for one in found} == {"mention", "caveat"}
    everything = told.json("/changes?limit=1000")["items"]
    assert found == [one for one in everything if one["type"] in ("mention", "caveat")]


def test_editions_count_what_each_load_did(told: Client) -> None:
    first, second, third = told.json("/editions")["items"]
    assert first["changes"]["created"] == len(told.json("/changes?limit=1000")["items"]) - 4
    assert second["changes"] == {"corrected": 1, "retracted": 1}
    assert third["changes"] == {"corrected": 1, "restored": 1}
    assert first["at"] < second["at"] < third["at"]
    again = told.json("/changes?since=1")["republished"]
    assert sum(again.values()) == sum(sum(one["republished"].values()) for one in (second, third))
    assert [one["edition"] for one in told.json("/editions?since=1")["items"]] == [2, 3]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/changes?since=-1", 422),
        ("/changes?since=+1", 422),
        ("/changes?kind=people,peple", 422),
        ("/changes?limit=0", 422),
        ("/editions?limit=1001", 422),
        ("/editions?cursor=xyz", 400),
        ("/statements/nobody/history", 404),
        ("/people/ada-quill/history?as_of=99", 404),
    ],
)
def test_what_cannot_be_told_is_a_problem(client: Client, target: str, status: int) -> None:
    assert client.get(target).status_code == status


def test_a_cursor_of_the_feed_is_bound_to_its_question(told: Client) -> None:
    onward = told.json("/changes?limit=2")["next"]
    assert told.get(onward.replace("limit=2", "limit=3")).status_code == 200
    assert told.get(f"{onward}&since=1").status_code == 400
    assert told.get(onward.replace("/changes", "/editions")).status_code == 400
    tag = told.get("/changes").headers["etag"]
    assert told.get("/changes", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(("since", "limit"), [(0, 7), (1, 3), (2, 1000), (3, 5)])
def test_a_walk_has_every_change_after_an_edition_once(told: Client, since: int, limit: int) -> None:
    every = told.json("/changes?limit=1000")["items"]
    expected = [one for one in every if one["edition"] > since]
    found, page = [], told.json(f"/changes?since={since}&limit={limit}")
    while page["items"]:
        found += page["items"]
        if not page["next"]:
            break
        page = told.json(page["next"])
    assert found == expected


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_page_of_changes_is_a_range_of_rows(newest_first: bool, world: Database) -> None:
    if not world.is_sqlite:
        pytest.skip("the plan is read on SQLite; the statement is the same")
    found = prepared(True, history._page, 0, newest_first)
    values = {"since": 0, "edition": 1, "after": 0, "before": 9, "limit": 9, **found.constants}
    with world.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {found.sql}", values).all()
    steps = " ".join(row[3] for row in plan)
    assert "SCAN" not in steps and "TEMP B-TREE" not in steps, steps
