"""Dividing: the facets of long lists are of the facts found first, and say so; hierarchies count each fact once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.facts import KINDS
from app.facts.base import Kind
from app.store import tallying
from app.store.db import Database
from app.store.loading import load
from app.store.tallying import facetable, is_indexed, widened
from tests.conftest import Client, Maker, client_for
from tests.crowd import speaker, talk
from tests.loads import draft
from tests.test_plans import plan

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
    assert found == [("a", 6), ("b", 5), ("e", 4), ("f", 4), ("c", 3), ("d", 1)]
    assert asked == [{"b", "c", "d", "e"}, {"a", "f"}]


def test_a_circle_of_records_is_gone_round_once() -> None:
    above = {"a": "b", "b": "a"}
    assert widened([("a", 1)], lambda some: {one: above[one] for one in some}) == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_where_all_are_counted_an_index_alone_is_read(sqlite_maker: Maker, kind: Kind) -> None:
    database = Database(sqlite_maker())
    names = [name for name in facetable(kind) if is_indexed(kind, (), name)]
    assert names
    for name in names:
        steps = plan(database, tallying.facet, kind, (), name, MOST)
        assert "COVERING INDEX" in steps[0], steps
        assert not any("GROUP BY" in step for step in steps), steps
    database.close()


@pytest.mark.parametrize("is_opened", [False, True])
def test_a_count_and_a_facet_by_a_relation_need_not_find_all_rows_first(sqlite_maker: Maker, is_opened: bool) -> None:
    database = Database(sqlite_maker())
    kind, shape = KINDS["statements"], (("topic", 2, is_opened),)
    for make in ((tallying.count, kind, shape, MOST), (tallying.facet, kind, shape, "act", MOST)):
        steps = plan(database, *make)
        assert any("COVERING INDEX ix_links_target (target=? AND kind=? AND relation=?)" in one for one in steps), steps
        at = next(n for n, step in enumerate(steps) if "ix_links_target" in step)
        assert not any("MATERIALIZE" in step for step in steps[:at]), steps
        assert any("SEARCH statements USING INTEGER PRIMARY KEY" in step for step in steps[at:]), steps
    database.close()
