"""Plans: SQLite finds what lists ask for by indexes, in order, and looks at no more rows than it must."""

import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.facts import KINDS
from app.facts.asking import By, Common, Linked
from app.facts.base import Kind
from app.http import gathering
from app.store import tallying
from app.store.db import Database, prepared
from app.store.ordering import LOADED, ORDERS, default
from app.store.paging import Way, is_straight, page
from app.store.selecting import Shape, marks
from app.store.tokens import cut
from tests.conftest import Client, Maker

EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda one: one.name)
FILTERED = [(kind, name) for kind in KINDS.values() for name, mark in marks(kind).items() if name != "q"]
NEEDED = {"from": ("from", "to"), "sentence": ("sentence", "document")}  # filters that are asked for together


@pytest.fixture(scope="module")
def sqlite(sqlite_maker: Maker) -> Iterator[Database]:
    database = Database(sqlite_maker())
    yield database
    database.close()


def plan(database: Database, make: Any, *arguments: Any) -> list[str]:
    """The steps of a statement."""
    statement = prepared(True, make, *arguments)
    values = {f"after_{n}": 0 for n in range(4)} | {"edition": 1, "limit": 51}
    given = {f"{name}_{n}": "x" for kind in KINDS.values() for name in (*marks(kind), "q") for n in range(3)}
    return [row[3] for row in database.rows(_explained(statement), {**given, **values})]


def _explained(statement: Any) -> Any:
    return type(statement)(f"EXPLAIN QUERY PLAN {statement.sql}", statement.constants)


def scans(steps: list[str], kind: Kind) -> list[str]:
    """The steps that go through all of a large table's rows, not by an index."""
    large = (kind.name, "links", "cited")
    return [step for step in steps for name in large if step.startswith(f"SCAN {name}") and "USING" not in step]


def is_there(kind: Kind, sort: str) -> bool:
    return all(name in kind.table.__table__.c for name in ORDERS[sort][0])  # type: ignore[attr-defined]


@EACH
@pytest.mark.parametrize("goes_on", [False, True])
def test_an_order_is_read_off_its_index(sqlite: Database, kind: Kind, goes_on: bool) -> None:
    for sort in (sort for sort in ORDERS if sort != "relevance" and is_there(kind, sort)):
        steps = plan(sqlite, page, kind, (), sort, goes_on, Way.STRAIGHT)
        if sort == LOADED:
            assert steps == [
                f"SEARCH {kind.name} USING INTEGER PRIMARY KEY (rowid>?)" if goes_on else f"SCAN {kind.name}"
            ]
            continue
        assert not scans(steps, kind), (sort, steps)
        assert any(f"INDEX ix_{kind.name}_" in step for step in steps), (sort, steps)
        assert not [step for step in steps if "TEMP B-TREE" in step], (sort, steps)


@EACH
def test_a_filter_is_looked_up(sqlite: Database, kind: Kind) -> None:
    for name in (name for one, name in FILTERED if one is kind):
        shape: Shape = tuple((one, 1, True) for one in NEEDED.get(name, (name,)))
        way = Way.STRAIGHT if is_straight(kind, shape, default(kind)) else Way.GATHERED
        steps = plan(sqlite, page, kind, shape, default(kind), False, way)
        if name in ("from", "to", "on") and "day_down" in ORDERS[default(kind)][0]:  # the index holds all days
            assert any("COVERING INDEX" in step and f"SCAN {kind.name}" in step for step in steps), (name, steps)
        assert not scans(steps, kind), (name, steps)
        assert way is not Way.STRAIGHT or not [step for step in steps if "TEMP B-TREE" in step], (name, steps)
        counted = plan(sqlite, tallying.count, kind, shape, 10_000)
        assert not scans(counted, kind), (name, counted)


def test_every_filter_by_one_value_is_straight_but_for_those_that_cannot_be() -> None:
    found = {
        (kind.name, name)
        for kind, name in FILTERED
        if isinstance(marks(kind)[name], By | Linked | Common)
        and not is_straight(kind, ((name, 1, True),), default(kind))
    }
    linked = {(kind.name, name) for kind, name in FILTERED if isinstance(marks(kind)[name], Linked)}
    common = {"ids", "document", "sentence", "caveat", "mentions", "from", "to", "on"}
    by_name = {(kind, name) for kind, name in linked if default(KINDS[kind]) == "name"}
    assert found == by_name | {(kind, name) for kind in KINDS for name in common}


@pytest.mark.parametrize("name", ["statements", "events", "caveats"])
def test_a_walk_goes_by_the_order_alone(sqlite: Database, name: str) -> None:
    kind = KINDS[name]
    for name, mark in marks(kind).items():
        for sort in ("date", "name", "document") if isinstance(mark, By | Linked) else ():
            steps = plan(sqlite, page, kind, ((name, 1, True),), sort, False, Way.WALKED)
            assert steps[0].startswith(f"SCAN {kind.name} USING INDEX ix_{kind.name}_"), (name, sort, steps)
            assert not [step for step in steps if "TEMP B-TREE" in step or "LIST SUBQUERY" in step], (name, sort, steps)


@EACH
def test_rows_are_the_same_whichever_way_they_are_found(
    kind: Kind, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = client.app.front.desk

    def asked(query: str) -> Any:
        answer = desk.answer("GET", f"/{kind.name}", query.encode(), {})
        assert answer.status == 200, (query, answer.body)
        return json.loads(answer.body)

    names = [name for name, mark in marks(kind).items() if isinstance(mark, By | Linked)]
    found = asked("limit=1&facets=" + ",".join(names))["facets"]
    values = [f"{name}={quote(found[name][0]['value'])}" for name in names if found[name]]
    pairs = [f"{one}&{other}" for one, other in itertools.combinations(values, 2)][::7]
    sorts = ("date", "-date", "-name", "-id", "-edition")
    queries = [f"{value}&sort={sort}&limit=1000" for value in values + pairs for sort in sorts]
    word = next(iter(cut(asked("limit=1")["items"][0]["name"]))).text
    queries += [f"q={word}&sort={sort}&limit=1000" for sort in ("-date", "name")]
    gathered = [asked(query)["items"] for query in queries]
    monkeypatch.setattr(gathering, "GATHERED", 0)
    for query, items in zip(queries, gathered, strict=True):
        assert asked(query)["items"] == items, query
        if len(items) > 2:
            first = asked(query.replace("limit=1000", "limit=2"))
            more = asked(first["next"].partition("?")[2].replace("limit=2", "limit=1000"))
            assert first["items"] + more["items"] == items, query
