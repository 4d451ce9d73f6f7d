"""Leading filters: of several, one looks rows up and the others try them; whichever does, the list is the same."""

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.facts import KINDS
from app.facts.asking import By
from app.facts.base import Kind
from app.store import faceting, leaving, narrowing, tallying
from app.store.db import Database
from app.store.finding import Finder
from app.store.loading import load
from app.store.narrowing import leads
from app.store.paging import Way, page
from app.store.selecting import DAYS, EVERY, PERIOD, SEARCH, marks, shape_of
from app.store.tokens import cut
from tests.conftest import Client, Maker
from tests.crowd import SPEAKER, speaker, talk
from tests.loads import draft
from tests.test_plans import EACH, plan

pytestmark = pytest.mark.usefixtures("nothing_kept")  # the same is asked in several ways

UNLIKELY = {"speaker": "nobody", "event": "nowhere", "kind": "group", "status": "cancelled", "hedged": "true"}
FILTERS = "limit=1&facets="
ROUNDS = 14


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finder, "is_large", lambda *_: True)


def answered(client: Client, kind: Kind, query: str) -> Any:
    return client.app.front.desk.answer("GET", f"/{kind.name}", query.encode(), {})


def asked(client: Client, kind: Kind, query: str) -> Any:
    answer = answered(client, kind, query)
    assert answer.status == 200, (kind.name, query, answer.body)
    return {name: found for name, found in json.loads(answer.body).items() if name != "next"}


def combined(client: Client, kind: Kind, chance: random.Random) -> Iterator[str]:
    """Queries of two or three filters of a kind, by values that some of its facts have and others that few do."""
    names = faceting.facetable(kind)
    found = asked(client, kind, FILTERS + ",".join(names))
    values = [f"{name}={quote(one['value'])}" for name in names for one in found["facets"][name][:2]]
    unlikely = [f"{name}={value}" for name, value in UNLIKELY.items() if name in names]
    values += [one for one in unlikely if answered(client, kind, one).status == 200]  # it is a value there
    values += ["from=2031-05-20&to=2031-06-02", "to=2031-05-30", "on=2031-06-01", "ids=nothing", "sentence=1.1,2.1"]
    values += [f"q={next(iter(cut(item['name']))).text}" for item in found["items"]]
    for _ in range(ROUNDS):
        some = chance.sample(values, chance.choice([2, 2, 3]))
        named = [pair.partition("=")[0] for one in some for pair in one.split("&")]
        if len(named) == len(set(named)) and not {"on"} < {*named} & set(DAYS):
            sort = chance.choice(["", "&sort=-date", "&sort=name"])
            yield "&".join(some) + sort


@EACH
def test_a_list_is_the_same_whichever_filter_leads(kind: Kind, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, led = random.Random(kind.name), 0
    for query in combined(client, kind, chance):
        whole = f"{query}&limit=20&count=true&facets={','.join(chance.sample(faceting.facetable(kind), 2))}"
        monkeypatch.setattr(Finder, "lead", lambda *_: None)
        expected = asked(client, kind, whole)
        for number in range(4):

            def lead(_: Finder, kind: Kind, values: Any, __: int, number: int = number) -> str | None:
                names = [*leads(kind, values), EVERY]
                return names[(number - 1) % len(names)]

            monkeypatch.setattr(Finder, "lead", lead)
            assert asked(client, kind, whole) == expected, (query, number)
            led += 1
        monkeypatch.undo()
        monkeypatch.setattr(Finder, "is_large", lambda *_: True)
        assert asked(client, kind, whole) == expected, query
    assert led > ROUNDS


@pytest.mark.parametrize("name", ["statements", "attendees", "events", "spending"])
def test_an_empty_list_is_explained_the_same_by_few_facts_and_by_each_caveat(
    name: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, empty = KINDS[name], 0
    for query in combined(client, kind, random.Random(name)):
        monkeypatch.setattr(leaving, "FEW", 10**6)
        expected = asked(client, kind, query)
        monkeypatch.setattr(leaving, "FEW", 0)
        assert asked(client, kind, query) == expected, query
        empty += "empty" in expected
    assert empty


@pytest.fixture(scope="module")
def crowd(sqlite_maker: Maker) -> Iterator[Database]:
    """Two hundred statements of one speaker, in two documents."""
    database = Database(sqlite_maker())
    load(database, [draft(raw) for raw in (speaker(), talk(1, 150), talk(2, 50))])
    yield database
    database.close()


def test_the_one_that_keeps_the_fewest_leads(crowd: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, finder = KINDS["statements"], Finder(crowd)

    def leading(**values: tuple[Any, ...]) -> str | None:
        finder._known._remembered.clear()
        return finder.lead(kind, values, 1)

    assert leading(speaker=(SPEAKER,)) is None
    assert leading(speaker=(SPEAKER,), document=("documents/talk-2",)) == "document"
    assert leading(voice=("speaker",), speaker=("people/nobody",)) == "speaker"
    assert leading(act=("denies",), speaker=(SPEAKER,)) == "act"
    assert leading(voice=("speaker",), to=("1900-01-01",)) == "voice"  # they are few, so that no day is looked at
    monkeypatch.setattr(narrowing, "WIDE", 20)
    assert leading(voice=("speaker",), speaker=(SPEAKER,)) == "speaker"  # both keep many, as far as that is counted
    assert leading(voice=("speaker",), to=("1900-01-01",)) == PERIOD
    monkeypatch.setattr(narrowing, "VAST", 100)
    assert leading(voice=("speaker",), speaker=(SPEAKER,)) == EVERY
    assert leading(voice=("speaker",), speaker=(SPEAKER,), to=("1900-01-01",)) == PERIOD
    assert leading(voice=("speaker",), document=("documents/talk-1",)) == "document"  # which no one index holds
    monkeypatch.setattr(narrowing, "VAST", 200)
    assert leading(voice=("speaker",), speaker=(SPEAKER,)) == "speaker"
    monkeypatch.undo()
    assert leading(speaker=(SPEAKER,), document=("documents/talk-2",)) is None  # few facts are found anyhow


def test_a_row_is_looked_up_by_the_filter_that_leads_alone(crowd: Database) -> None:
    kind = KINDS["statements"]
    shape = shape_of({"voice": ("x",), "event": ("x",), "topic": ("x",), "from": ("x",)})
    for lead in ("voice", "event"):
        for make in (
            (page, kind, shape, "-date", False, Way.GATHERED, ("body",), lead),
            (tallying.count, kind, shape, 10_000, lead),
            (faceting.facet, kind, shape, "act", 10_000, lead),
        ):
            steps = [step for step in plan(crowd, *make) if "ix_statements_" in step]
            assert steps and all(f"ix_statements_{lead} " in step for step in steps), steps
    steps = plan(crowd, tallying.count, kind, shape, 10_000, PERIOD)
    assert any("COVERING INDEX ix_statements_day" in step for step in steps), steps
    assert SEARCH in leads(kind, {SEARCH: ("x",), "voice": ("x",)})


@EACH
def test_where_none_leads_rows_are_tried_in_one_index(kind: Kind, crowd: Database) -> None:
    columns = [name for name, mark in marks(kind).items() if isinstance(mark, By) and not mark.tree]
    shape = shape_of(dict.fromkeys([*columns, "basis", "from", "to"], ("x",)))
    makes: list[tuple[Any, ...]] = [(tallying.count, kind, shape, 10_000, EVERY)]
    makes += [(faceting.facet, kind, shape, name, 10_000, EVERY) for name in [*columns, "basis", "document"]]
    makes += [(page, kind, shape, sort, False, Way.GATHERED, ("body",), EVERY) for sort in ("name", "-edition")]
    for make in makes:
        steps = [step for step in plan(crowd, *make) if f"SCAN {kind.name}" in step]
        steps = [step for step in steps if "SCAN (" not in step]
        assert len(steps) == 1, plan(crowd, *make)
        assert steps[0].endswith(f" USING COVERING INDEX ix_{kind.name}_edition"), steps


@pytest.mark.parametrize("name", ["topic", "caveat", "place"])
def test_a_facet_goes_from_the_facts_to_their_links(crowd: Database, name: str) -> None:
    shape = shape_of({"speaker": ("x",)})
    steps = plan(crowd, faceting.facet, KINDS["statements"], shape, name, 10_000)
    own = next(n for n, step in enumerate(steps) if "ix_statements_speaker" in step)
    for n, step in enumerate(steps):
        assert "links" not in step or ("ix_links_row" in step and n > own), steps
