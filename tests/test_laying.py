"""Laying: a long list's first page, laid together when facts are loaded, is always the one that would be looked up."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.facts import KINDS
from app.http.answering import Desk
from app.settings import Settings
from app.store import grouping, laying
from app.store.db import Database
from app.store.erasing import erase
from app.store.finding import Finder
from app.store.laying import SIZE, laid
from app.store.loading import load, withdraw
from tests.conftest import Client
from tests.crowd import SPEAKER, speaker, talk
from tests.loads import draft, rows, taken, written

ADDRESS = "/statements?speaker=nurel"
LONG = SIZE + 10
WHY = {"reason": "misread", "evidence": "https://desk.example/letters"}


def corrected(raw: dict[str, Any], which: int, **fields: Any) -> dict[str, Any]:
    """A bundle with one statement told otherwise."""
    told = [{**one, **fields} if n == which else one for n, one in enumerate(raw["statements"])]
    return {**raw, "statements": told, "reasons": {f"statements/{told[which]['id']}": WHY}}


def wrong(database: Database) -> list[str]:
    """What is laid and should not be, or not as it is: every list by a value is held against what is looked up."""
    finder, found = Finder(database), []
    edition = finder.latest().edition
    pages = {(one["kind"], one["filter"], one["value"]) for one in rows(database, "first_pages")}
    assert len(pages) == len(rows(database, "first_pages"))
    for kind in KINDS.values():
        standing = [one for one in rows(database, kind.name) if one["until_edition"] > edition]
        for name, column in laid(kind).items():
            for value, count in Counter(one[column] for one in standing if one[column]).items():
                page = finder.page(kind, {name: (value,)}, "-date", SIZE, [], edition)
                expected = None if count <= SIZE else (list(page[-1][:-1]), b",".join(bytes(one[-1]) for one in page))
                if finder.first_page(kind, name, value, edition) != expected:
                    found.append(f"{kind.name} {name} {value}")
                pages.discard((kind.name, name, value))
    return [*found, *map(str, sorted(pages))]


def led(database: Database) -> int:
    """How many lists are answered in the short way, after showing that it answers as the long one does."""
    desk = Desk(Finder(database), Settings())
    assert (desk.held is not None) == database.is_sqlite
    found = 0
    for kind in KINDS.values():
        for name, column in laid(kind).items():
            for value in sorted({one[column] for one in rows(database, kind.name) if one[column]}):
                query = f"{name}={value.partition('/')[2]}".encode()
                for asked in (query, query + b"&limit=50"):
                    answer = desk.list_at_once(f"/{kind.name}", asked)
                    if answer is not None:
                        assert answer == desk.answer("GET", f"/{kind.name}", asked, {})
                        found += 1
    if desk.held is not None:
        desk.held.let_go()
    return found


@pytest.fixture
def crowd(fresh: Database) -> Database:
    """One person's statements, more than a page of them, in two bundles."""
    load(fresh, [draft(one) for one in (speaker(), talk(1, LONG), talk(2, 8))])
    return fresh


def test_only_what_is_longer_than_a_page_is_laid(fresh: Database) -> None:
    load(fresh, [draft(one) for one in (speaker(), talk(1, SIZE))])
    assert rows(fresh, "first_pages") == []
    load(fresh, [draft(talk(2, 1))])
    assert [(one["filter"], one["value"]) for one in rows(fresh, "first_pages")] == [("speaker", SPEAKER)]
    assert not wrong(fresh)


def test_every_change_lays_it_anew(crowd: Database) -> None:
    assert len(rows(crowd, "first_pages")) == 1
    seen = [rows(crowd, "first_pages")[0]["bodies"]]
    steps: list[Callable[[], Any]] = [
        lambda: load(crowd, [draft(corrected(talk(1, LONG), 3, paraphrase="It was about the oil."))]),
        lambda: load(crowd, [draft(speaker("Nurel Vane", "the list was mended"))]),
        lambda: withdraw(crowd, "talk-2", "taken back"),
        lambda: load(crowd, [draft(talk(2, 8))]),
        lambda: load(crowd, [draft(talk(3, 4))]),
        lambda: erase(crowd, "talk-2", "by order of the court"),
    ]
    for number, step in enumerate(steps):
        step()
        assert not wrong(crowd), number
        assert led(crowd) == 2 * len(rows(crowd, "first_pages")) * crowd.is_sqlite, number
        seen.append(rows(crowd, "first_pages")[0]["bodies"])
    assert b"about the oil" in seen[1]
    assert b"Nurel Vane" in seen[2]
    withdraw(crowd, "talk-1", "taken back")
    assert rows(crowd, "first_pages") == []


def test_a_load_in_groups_lays_what_it_is_at_its_end(
    fresh: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "GROUP", 1)
    taken(fresh, written(tmp_path, speaker(), *(talk(number, 30) for number in (1, 2, 3))))
    assert len(rows(fresh, "first_pages")) == 1
    assert not wrong(fresh)


def test_it_is_what_is_answered(crowd: Database, client_of: Callable[..., Client], monkeypatch: Any) -> None:
    client = client_of(crowd)
    targets = [ADDRESS, f"{ADDRESS}&limit=50", f"{ADDRESS}&count=true&facets=act", f"{ADDRESS}&as_of=1"]
    by_page = [client.get(target) for target in targets]
    monkeypatch.setattr("app.http.listing.SIZE", 0)
    looked_up = [client_of(crowd).get(target) for target in targets]
    assert [one.content for one in by_page] == [one.content for one in looked_up]
    assert [one.headers for one in by_page] == [one.headers for one in looked_up]
    assert all(len(one.json()["items"]) == SIZE for one in by_page)


def test_editions_before_it_are_looked_up(crowd: Database, client_of: Callable[..., Client]) -> None:
    client = client_of(crowd)
    before = client.json(ADDRESS)["items"]
    load(crowd, [draft(corrected(talk(1, LONG), 0, paraphrase="It was about the oil."))])
    assert client.json(f"{ADDRESS}&as_of=1")["items"] == before
    after = client.json(f"{ADDRESS}&as_of=2")["items"]
    assert after != before
    assert after == client_of(crowd).json(ADDRESS)["items"]


@pytest.mark.parametrize(
    "more", ["limit=49", "limit=51", "sort=date", "act=says", "fields=id", "voice=speaker", "q=lamp"]
)
def test_other_lists_are_looked_up(crowd: Database, client_of: Callable[..., Client], more: str) -> None:
    with crowd.engine.begin() as connection:
        connection.execute(laying.PAGES.update().values(bodies=b'{"id":"wrong"}'))
    client = client_of(crowd)
    assert [one["id"] for one in client.json(ADDRESS)["items"]] == ["wrong"]
    assert "wrong" not in client.ids(f"{ADDRESS}&{more}")


ELSE = (
    "speaker=people/nurel",
    "speaker=nurel&limit=49",
    "speaker=nurel&limit=050",
    "limit=50&speaker=nurel",
    "speaker=nurel&limit=50&limit=50",
    "speaker=nurel&speaker=nurel",
    "speaker=nurel,nurel",
    "speaker=Nurel",
    "speaker=",
    "speaker=nobody",
    "speaker=nurel&",
    "event=nurel",
    "topic=nurel",
    "nurel=speaker",
    "speaker=n%75rel",
    "speaker=nurel#x",
)


@pytest.mark.parametrize("query", ELSE)
def test_all_else_is_left_to_the_long_way(crowd: Database, query: str) -> None:
    desk = Desk(Finder(crowd), Settings())
    assert desk.list_at_once("/statements", query.encode()) is None
    assert desk.list_at_once("/nothing", b"speaker=nurel") is None


def test_so_is_every_list_where_pages_have_another_size(crowd: Database) -> None:
    desk = Desk(Finder(crowd), Settings(limit_default=SIZE - 1))
    assert desk.list_at_once("/statements", b"speaker=nurel") is None
    assert (desk.list_at_once("/statements", b"speaker=nurel&limit=50") is not None) == crowd.is_sqlite
    desk = Desk(Finder(crowd), Settings(limit_default=SIZE - 1, limit_max=SIZE - 1))
    for query in (b"speaker=nurel", b"speaker=nurel&limit=50"):
        assert desk.list_at_once("/statements", query) is None
