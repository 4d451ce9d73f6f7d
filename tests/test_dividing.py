"""Dividing: a facet's count is what a list would have with the value, each fact once; of long lists as it says."""

import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.facts import KINDS
from app.facts.base import Kind
from app.http import dividing
from app.http.keeping import Keeper
from app.store import faceting, tallying
from app.store.db import Database
from app.store.faceting import facetable, is_indexed, widened
from app.store.loading import load
from tests.asked import EVERYTHING
from tests.conftest import Client, Maker, client_for
from tests.crowd import report, speaker, talk
from tests.loads import draft
from tests.test_leading_filters import combined
from tests.test_plans import EACH, plan

MOST = 20


@pytest.fixture(scope="module")
def crowd(empty: Maker) -> Iterator[Database]:
    """Two hundred statements of one speaker, in two documents."""
    database = Database(empty())
    load(database, [draft(raw) for raw in (speaker(), talk(1, 150), talk(2, 50))])
    yield database
    database.close()


@pytest.fixture(scope="module")
def bounded(crowd: Database) -> Iterator[Client]:
    """A client of it that divides twenty facts."""
    made = client_for(crowd, facet_max=MOST)
    yield made
    made.close()


def test_a_long_list_is_divided_as_far_as_the_setting_and_says_so(bounded: Client) -> None:
    asked = "/statements?voice=speaker&limit=1&count=true&facets=speaker,act,document,basis"
    page = bounded.json(asked)
    assert page["count"] == {"value": 200, "relation": "eq"}
    for name in ("speaker", "act", "basis"):
        (one,) = page["facets"][name]
        assert (one["count"], one["relation"]) == (MOST, "gte")
    documents = page["facets"]["document"]
    assert sum(one["count"] for one in documents) == MOST
    assert {one["relation"] for one in documents} == {"gte"}


def test_a_list_that_is_no_longer_than_that_is_divided_whole(crowd: Database, client_of: Callable[..., Client]) -> None:
    for most, relation, count in ((49, "gte", 49), (50, "eq", 50)):
        page = client_of(crowd, facet_max=most).json("/statements?document=talk-2&limit=1&facets=speaker,document")
        for name in ("speaker", "document"):
            (one,) = page["facets"][name]
            assert (one["count"], one["relation"]) == (count, relation)


def test_an_answer_by_another_setting_is_another(crowd: Database, client_of: Callable[..., Client]) -> None:
    changed = {"facet_max": MOST, "count_max": MOST, "limit_default": 3, "public_url": "https://a.example"}
    settings: list[dict[str, Any]] = [{}, *({name: value} for name, value in changed.items())]
    tags = [client_of(crowd, **some).get("/statements?facets=topic").headers["etag"] for some in settings]
    assert len(set(tags)) == len(settings)


def test_the_whole_list_is_divided_by_an_index_however_long_it_is(bounded: Client) -> None:
    page = bounded.json("/statements?limit=1&facets=speaker,act,hedged,basis,document")
    for name in ("speaker", "act", "hedged", "basis"):
        (one,) = page["facets"][name]
        assert (one["count"], one["relation"]) == (200, "eq"), name
    assert {one["relation"] for one in page["facets"]["document"]} == {"gte"}


def test_a_search_says_so_of_each_value_that_was_not_divided_whole(
    crowd: Database, client_of: Callable[..., Client]
) -> None:
    client = client_of(crowd, facet_max=MOST, count_max=100)
    facets = client.json("/search?q=lamp&limit=1&facets=kind,document,basis")["facets"]
    kinds = {one["value"]: (one["count"], one["relation"]) for one in facets["kind"]}
    assert kinds["statements"] == (100, "gte")
    assert kinds["people"] == (0, "eq")
    assert {one["relation"] for one in facets["document"]} == {"gte"}
    assert all(one["name"] for one in facets["document"])
    few = client.json("/search?q=nurel&kind=people&limit=1&facets=basis")["facets"]["basis"]
    assert few == [{"value": "external", "name": "external", "count": 1, "relation": "eq"}]


def test_each_row_counts_once_for_all_that_its_values_lie_within() -> None:
    above = {"b": "a", "c": "a", "d": "c", "e": "f"}
    asked: list[set[str]] = []

    def wider(some: set[str]) -> dict[str, str]:
        asked.append(some)
        return {one: above[one] for one in some if one in above}

    found = widened([("b", 3), ("b,c", 2), ("d", 1), ("e", 4)], wider)
    assert found == {"a": 6, "b": 5, "e": 4, "f": 4, "c": 3, "d": 1}
    assert asked == [{"b", "c", "d", "e"}, {"a", "f"}]


def test_a_circle_of_records_is_gone_round_once() -> None:
    above = {"a": "b", "b": "a"}
    assert widened([("a", 1)], lambda some: {one: above[one] for one in some}) == {"a": 1, "b": 1}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_where_all_are_counted_an_index_alone_is_read(sqlite_maker: Maker, kind: Kind) -> None:
    database = Database(sqlite_maker())
    names = [name for name in facetable(kind) if is_indexed(kind, (), name)]
    assert names
    for name in names:
        steps = plan(database, faceting.facet, kind, (), name, MOST)
        assert "COVERING INDEX" in steps[0], steps
        assert not any("GROUP BY" in step for step in steps), steps
    database.close()


@pytest.mark.parametrize("is_opened", [False, True])
def test_a_count_and_a_facet_by_a_relation_need_not_find_all_rows_first(sqlite_maker: Maker, is_opened: bool) -> None:
    database = Database(sqlite_maker())
    kind, shape = KINDS["statements"], (("topic", 2, is_opened),)
    for make in ((tallying.count, kind, shape, MOST), (faceting.facet, kind, shape, "act", MOST)):
        steps = plan(database, *make)
        assert any("COVERING INDEX ix_links_target (target=? AND kind=? AND relation=?)" in one for one in steps), steps
        at = next(n for n, step in enumerate(steps) if "ix_links_target" in step)
        assert not any("MATERIALIZE" in step for step in steps[:at]), steps
        assert any("SEARCH statements USING INTEGER PRIMARY KEY" in step for step in steps[at:]), steps
    database.close()


@EACH
def test_a_count_is_of_what_the_list_keeps_and_the_value_would_too(kind: Kind, client: Client) -> None:
    """By several filters, matches through what no document says left out or not, sentences of a document or of any."""
    chance, held = random.Random(kind.name), 0
    for asked in ["sort=name", *list(combined(client, kind, chance))[::3]]:
        query = asked + chance.choice(["", "&basis=stated", "&basis=stated,inferred,derived"]) * ("basis=" not in asked)
        names = chance.sample(facetable(kind), 3)
        page = client.get(f"/{kind.name}?{query}&facets={','.join(names)}&{EVERYTHING}")
        if page.status_code == 422:  # the days are in another order
            continue
        kept = {item["id"] for item in page.json()["items"]}
        for name, values in page.json()["facets"].items():
            for one in chance.sample(values, min(3, len(values))):
                others = [pair for pair in query.split("&") if not pair.startswith(f"{name}=")]
                with_it = "&".join([*others, f"{name}={quote(one['value'])}", EVERYTHING])
                expected = kept & set(client.ids(f"/{kind.name}?{with_it}"))
                assert one["count"] == len(expected), (kind.name, query, name, one)
                assert one["relation"] == "eq"
                held += bool(one["count"])
    assert held


@pytest.mark.parametrize("kind", ["statements", "events", "attendees"])
def test_a_value_that_was_asked_for_is_counted_however_many_are_more_frequent(
    kind: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = {"statements": "speaker", "events": "topic", "attendees": "person"}[kind]
    values = [one["value"] for one in client.json(f"/{kind}?facets={name}&limit=1")["facets"][name]]
    counts = {v: client.json(f"/{kind}?{name}={v}&count=true&limit=1")["count"]["value"] for v in values}
    monkeypatch.setattr(dividing, "FACET_VALUES", 2)
    told = client.json(f"/{kind}?{name}={','.join(values)}&facets={name}&limit=1")["facets"][name]
    assert {one["value"]: one["count"] for one in told} == counts
    assert len(counts) > 2


def test_a_search_counts_all_kinds_before_it_shows_the_most_frequent_values(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dividing, "FACET_VALUES", 2)
    found = client.json("/search?facets=document,caveat,basis&limit=1")["facets"]
    for name in ("document", "caveat", "basis"):
        assert len(found[name]) == 2
        for one in found[name]:
            counted = client.json(f"/search?{name}={one['value']}&count=true&limit=1")["count"]["value"]
            assert (one["count"], one["relation"]) == (counted, "eq")


def test_a_search_of_which_one_kind_is_not_divided_whole_says_so_of_all(client_of: Any, world: Database) -> None:
    kinds = {kind: client_of(world).json(f"/{kind}?count=true&limit=1")["count"]["value"] for kind in KINDS}
    (few, number), *_, (many, _) = sorted(kinds.items(), key=lambda one: one[1])
    client = client_of(world, facet_max=number)
    for asked, relation in ((few, "eq"), (f"{few},{many}", "gte")):
        told = client.json(f"/search?kind={asked}&facets=document&limit=1")["facets"]["document"]
        assert {one["relation"] for one in told} == {relation}


@pytest.mark.usefixtures("nothing_kept")
def test_values_asked_for_by_name_are_there_without_facts(client: Client) -> None:
    person = client.json("/people/ada-quill")
    for asked in (person["id"], quote(person["name"])):
        page = client.json(f"/statements?speaker={asked}&q=xyzzy&facets=speaker")
        assert page["facets"]["speaker"] == [
            {"value": person["id"], "name": person["name"], "count": 0, "relation": "eq"}
        ]


def test_an_id_that_records_of_several_kinds_have_is_told_with_its_kind(empty: Maker, client_of: Any) -> None:
    database = Database(empty())
    own = {"named": False, "basis": "external", "source": "The crowd's own list"}
    topic = {"id": "alpha", "label": "alpha in general"}
    people = [{"id": "alpha", "name": "Alpha", **own}, {"id": "beta", "name": "Beta", **own}]
    about = ["people/alpha", "topics/alpha", "people/beta"]
    open_matter = {"id": "who", "kind": "not_stated", "facts": ["documents/list"], "field": "author", "about": about}
    made = report("list", ["A list"], people=people, topics=[topic])
    caveats = [open_matter | {"text": "Nobody knows."}, *(one for one in made["caveats"] if one["field"] != "author")]
    load(database, [draft(made | {"caveats": caveats})])
    client = client_of(database)
    told = client.json("/caveats?facets=about&limit=1")["facets"]["about"]
    assert {one["value"] for one in told} == {"people/alpha", "topics/alpha", "beta"}
    for one in told:
        assert client.json(f"/caveats?about={one['value']}&count=true")["count"]["value"] == one["count"] == 1
    assert client.json("/caveats?about=alpha&count=true")["count"]["value"] == 1
    database.close()


@pytest.mark.parametrize(
    ("most", "each"), [(7, 4), pytest.param(1, 1, marks=pytest.mark.slow), pytest.param(40, 1, marks=pytest.mark.slow)]
)
def test_both_engines_divide_the_same_facts_first(
    most: int, each: int, pair: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in pair:
        monkeypatch.setattr(one.app.front.desk.settings, "facet_max", most)
    monkeypatch.setattr(Keeper, "kept", lambda *_: None)
    chance = random.Random(most)
    for kind in KINDS.values():
        for asked in list(combined(pair[0], kind, chance))[::each]:
            facets = ",".join(chance.sample(facetable(kind), 2))
            left, right = (one.get(f"/{kind.name}?{asked}&facets={facets}&limit=1") for one in pair)
            assert left.content == right.content, (kind.name, asked, facets)
