"""Erasing: what had to be taken down is in no edition, no answer and no file; a tombstone says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.facts import KINDS
from app.faults import BundleError, InUse
from app.store.db import Database
from app.store.erasing import ERASED, erase
from app.store.loading import load, withdraw
from app.store.tables import METADATA
from tests.asked import walk
from tests.conftest import Client, drafts
from tests.loads import draft
from tests.world import world_texts
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
WORDS = ("The vote must wait for autumn", "harbour guard vote slips", "about 40 million euros")  # of the second report
WORLD = Path(__file__).parent / "world"
REASON = "by order of the court of Port Calder"
FACTS = [f"{kind}/{one['id']}" for kind in KINDS for one in RAW[1].get(kind, [])]


@pytest.fixture
def told(fresh: Database, client_of: Callable[..., Client]) -> Client:
    """A client of the world, its texts held, after a name of the first report's was taken over into the second's."""
    load(fresh, drafts(), world_texts(), keep=True)
    return client_of(fresh)


def held(database: Database) -> str:
    """Everything in the database, as text."""
    found: list[Any] = []
    with database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            found += [
                value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                for row in connection.execute(select(table))
                for value in row
            ]
    return "\n".join(found)


def test_the_words_are_nowhere_any_more(told: Client, fresh: Database) -> None:
    assert all(word in held(fresh) for word in WORDS)
    erase(fresh, SECOND, REASON)
    assert [word for word in WORDS if word in held(fresh)] == []
    if fresh.is_sqlite:
        path = Path(str(fresh.url.database))
        told.close()
        fresh.close()
        left = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
        assert [word for word in WORDS for content in left if word.encode() in content] == []


def test_every_edition_says_that_it_was_erased(told: Client, fresh: Database) -> None:
    erase(fresh, SECOND, REASON)
    assert FACTS
    for fact in [*FACTS, f"documents/{SECOND}"]:
        for query in ("", "?as_of=1", "?as_of=2"):
            gone = told.get(f"/{fact}{query}")
            assert gone.status_code == 410
            problem = gone.json()
            assert (problem["change"], problem["reason"], problem["since"]) == ("erased", REASON, 2)
    for kind in KINDS:
        bundles = {fact.partition("/")[2] for fact in FACTS if fact.startswith(f"{kind}/")}
        assert not bundles & set(told.ids(f"/{kind}?limit=1000&as_of=1"))
    changes = told.json("/changes?limit=1000")["items"]
    assert {one["fact"]["name"] for one in changes if one["bundle"] == SECOND} == {ERASED}
    assert told.get(f"/documents/{SECOND}/text").status_code == 410
    history = told.json(f"/{FACTS[0]}/history")["items"]
    assert [(one["change"], one["before"], one["after"]) for one in history] == [
        ("created", None, None),
        ("retracted", None, None),
    ]


def test_what_cited_the_document_does_no_longer_in_any_edition(told: Client, fresh: Database) -> None:
    def documents(query: str) -> set[str]:
        return {one["document"] for one in told.json(f"/people/bram-oster{query}")["citations"]}

    assert documents("") == {FIRST, SECOND}
    erase(fresh, SECOND, REASON)
    assert documents("") == documents("?as_of=1") == {FIRST}
    assert told.ids(f"/people?document={SECOND}&as_of=1") == []
    assert told.json("/people/bram-oster")["revision"] == 1


def test_tags_and_cursors_of_before_stand_for_nothing_any_more(told: Client, fresh: Database) -> None:
    tag = told.get("/people?as_of=1").headers["etag"]
    onward = told.json("/mentions?limit=2")["next"]
    erase(fresh, SECOND, REASON)
    assert told.get("/people?as_of=1", headers={"if-none-match": tag}).status_code == 200
    assert told.get(onward).status_code == 400


def test_what_was_erased_is_not_loaded_again_but_a_version_without_it_is(told: Client, fresh: Database) -> None:
    erase(fresh, SECOND, REASON)
    with pytest.raises(BundleError, match=f"erased in edition 2: {REASON}"):
        load(fresh, drafts())
    for same in ({**RAW[1], "note": "What may be told.", "by": "Another desk"}, dict(reversed(RAW[1].items()))):
        with pytest.raises(BundleError, match=f"erased in edition 2: {REASON}"):
            load(fresh, [draft(same)])
    rest = edited([("/document/kind", "other")], RAW[1])
    assert load(fresh, [draft(rest)]).edition == 3
    assert told.json(f"/{FACTS[0]}")["revision"] == 1
    erase(fresh, SECOND, REASON)
    assert told.get(f"/{FACTS[0]}").json()["since"] == 4


def test_a_document_that_was_withdrawn_before_is_erased_too(told: Client, fresh: Database) -> None:
    withdraw(fresh, SECOND, "it was taken back")
    assert told.get(f"/{FACTS[0]}").json()["change"] == "retracted"
    assert erase(fresh, SECOND, REASON).edition is None
    assert told.get(f"/{FACTS[0]}").json()["reason"] == REASON


def test_the_first_reason_stands(told: Client, fresh: Database) -> None:
    for empty in ("", "  "):
        with pytest.raises(ValueError, match="an erasure needs its reason"):
            erase(fresh, SECOND, empty)
    assert told.get(f"/{FACTS[0]}").status_code == 200
    erase(fresh, SECOND, REASON)
    with pytest.raises(ValueError, match=f"was erased in edition 2: {REASON}"):
        erase(fresh, SECOND, "again")
    assert told.get(f"/{FACTS[0]}").json()["reason"] == REASON


def test_names_of_others_that_are_only_alike_stay(fresh: Database, client_of: Callable[..., Client]) -> None:
    """Both reports have a statement with the same name made by rule."""
    name = "Statement by Bram Oster"
    twins = [
        edited([(f"/statements/{raw['statements'][0]['id']}/name", name)], raw) for raw in RAW if raw["statements"]
    ]
    load(fresh, [draft(one) for one in twins])
    client = client_of(fresh)
    kept = {body["path"]: body["name"] for body in client.json(f"/search?document={FIRST}&limit=1000")["items"]}
    assert name in kept.values()
    erase(fresh, SECOND, REASON)
    for path, was in kept.items():
        for query in ("", "?as_of=1"):
            shown = client.get(f"{path}{query}")
            assert shown.status_code == 410 or shown.json()["name"] == was, path


def test_what_others_refer_to_is_not_erased(told: Client, fresh: Database) -> None:
    before = held(fresh)
    with pytest.raises(InUse, match=f"of the bundle {SECOND} refers to people/bram-oster"):
        erase(fresh, FIRST, REASON)
    with pytest.raises(KeyError):
        erase(fresh, "nowhere", REASON)
    assert held(fresh) == before


def test_names_in_others_past_versions_are_erased(fresh: Database, client_of: Callable[..., Client]) -> None:
    """The first report's caveat once was about a statement of the second's, and showed its name."""
    load(fresh, drafts())
    about: list[tuple[str, Any]] = [("/caveats/vote/facts", [FACTS[0]]), ("/caveats/vote/field", None)]
    why = {"reason": "it is about the other", "evidence": "https://desk.example/notes"}
    load(fresh, [draft(edited([*about, ("/caveats/vote/question", "Why?"), ("/reasons", {"caveats/vote": why})]))])
    back = {"reasons": {"caveats/vote": why}}
    load(fresh, [draft(RAW[0] | back)])
    client = client_of(fresh)
    (name,) = [one["name"] for one in client.json("/caveats/vote?as_of=2")["facts"]]
    erase(fresh, SECOND, REASON)
    assert [one["name"] for one in client.json("/caveats/vote?as_of=2")["facts"]] == [ERASED]
    assert ERASED in client.json("/caveats/vote?as_of=2")["name"]
    assert ERASED not in client.json("/caveats/vote?as_of=1")["name"]
    assert name not in json.dumps(client.json("/caveats/vote/history"))


def test_what_the_document_gave_is_no_value_of_anothers_conflict(fresh: Database, client_of: Any) -> None:
    """The second report gives another day; once it is withdrawn and the first erased, the first's day is gone too."""
    fact, field = "events/lantern-talks-may-2031", "date.edtf"
    citation = {**RAW[1]["statements"][0]["citations"][0], "supports": [field], "exact": None}
    told = {"fact": fact, "citations": [citation], "values": {field: "2031-05-07"}}
    load(fresh, [draft({**RAW[1], "corroborates": [*RAW[1]["corroborates"], told]}), drafts()[0]])
    client = client_of(fresh)
    (caveat,) = (one for one in client.json("/caveats?kind=conflict&limit=1000")["items"] if one["field"] == field)
    assert {one["citation"]["document"] for one in caveat["values"]} == {FIRST, SECOND}
    withdraw(fresh, SECOND, "it was taken back")
    erase(fresh, FIRST, REASON)
    left = client.json(f"/caveats/{caveat['id']}?as_of=1")
    assert {one["citation"]["document"] for one in left["values"]} == {SECOND}


def test_a_day_that_the_document_gave_is_searched_and_ordered_by_no_more(
    fresh: Database, client_of: Callable[..., Client]
) -> None:
    lantern = RAW[0]
    calder = json.loads((WORLD / "calder-courier-2031-05.json").read_bytes())
    cited = {name: calder["document"]["citations"][3][name] for name in ("sentence", "start", "end", "sha256")}
    day = {"edtf": "2031-02-01", "citation": {**cited, "document": f"documents/{calder['id']}"}}
    fact = "/events/ministers-march-2031"
    load(fresh, [draft(calder), draft(edited([(f"{fact}/date/alternatives/0", day)], lantern))])
    load(fresh, [draft(edited([("/reasons", {fact[1:]: why()})], lantern))])
    client = client_of(fresh)
    asked = "/events?as_of=1&on=2031-02-01&ids=ministers-march-2031"
    assert client.ids(asked) == ["ministers-march-2031"]
    erase(fresh, calder["id"], REASON)
    client = client_of(fresh)
    assert client.ids(asked) == []
    for more in ("", "&kind=ministerial", "&ids=ministers-march-2031", "&basis=stated"):
        found = client.json(f"/events?as_of=1&q=ministers&count=true{more}")
        assert "ministers-march-2031" in [one["id"] for one in found["items"]], more
        assert found["count"]["value"] == len(found["items"]), more
    first = client.json("/events?as_of=1&q=ministers&limit=1")
    assert walk(client.app, "/events?as_of=1&q=ministers&limit=1")[:1] == first["items"]
    days = [one["date"]["earliest"] or "" for one in client.json("/events?as_of=1&sort=-date&limit=1000")["items"]]
    assert [day for day in days if day] == sorted(filter(None, days), reverse=True)
