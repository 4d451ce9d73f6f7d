"""Preparing the file of all facts: once for each edition, for all who wait, with no more room than for two."""

import asyncio
import contextlib
import logging
import os
import re
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.http import exporting, making, preparing
from app.http.making import Made
from app.http.preparing import Exports
from app.store.db import Database, OutOfReach
from app.store.erasing import erase
from app.store.finding import Finder
from app.store.loading import load, withdraw
from app.store.sqlite import sqlite3
from tests.asked import Reply, send
from tests.conftest import LOOP, Client, Maker, drafts, renamed
from tests.crowd import speaker, talk
from tests.exported import PATH, downloaded
from tests.loads import draft
from tests.world import world_texts

SOON = 20.0  # seconds within which anything here is done
GATE = threading.Event()  # none of the files that are watched goes on before it is set


@pytest.fixture
def told(fresh: Database, client_of: Callable[..., Client], tmp_path: Path) -> Callable[..., Client]:
    """Makes clients of a world of the test's own, whose files are prepared in the test's own folder."""
    load(fresh, drafts(), world_texts())
    return lambda **settings: client_of(fresh, export_dir=str(tmp_path), **settings)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The editions of which a file was begun, in order."""
    found: list[int] = []
    export = exporting.export

    def watched(connection: Any, finder: Finder, now: Any, *arguments: Any) -> Iterator[int]:
        found.append(now.edition)
        for done in export(connection, finder, now, *arguments):
            assert GATE.wait(SOON)
            yield done

    monkeypatch.setattr(making, "export", watched)
    GATE.set()
    yield found
    GATE.set()


def until_ready(client: Client) -> Reply:
    """The file, asked for as often as one is told to come back."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        answer = LOOP.run(send(client.app, "GET", PATH.encode(), b""))
        if answer.status != 503:
            return answer
        time.sleep(0.02)
    raise AssertionError("it is never ready")


def edition_of(answer: Any) -> int:
    found = re.fullmatch(r'attachment; filename="summit-facts-(\d+)\.sqlite"', answer.headers["content-disposition"])
    assert found
    return int(found[1])


def held(folder: Path) -> list[str]:
    """The files of a folder that this process has open, those without a name too."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the folder itself
            if str(link.readlink()).startswith(f"{folder}/summit-facts-"):
                found.append(str(link.readlink()))
    return found


def test_who_asks_while_it_is_made_waits_for_the_same(told: Callable[..., Client], begun: list[int]) -> None:
    client = told(export_seconds=SOON)

    async def ask_all() -> list[Reply]:
        GATE.clear()
        asked = [asyncio.create_task(send(client.app, "GET", PATH.encode(), b"")) for _ in range(6)]
        await asyncio.sleep(0.2)
        assert not any(one.done() for one in asked)
        other = await send(client.app, "GET", b"/people", b"")
        GATE.set()
        return [other, *await asyncio.gather(*asked)]

    other, *answers = LOOP.run(ask_all())
    assert other.status == 200, "others are answered meanwhile"
    assert {one.status for one in answers} == {200}
    assert len({one.body for one in answers}) == 1
    assert begun == [1]
    assert client.get(PATH).content == answers[0].body
    assert begun == [1]


def test_who_has_waited_is_told_when_to_come_back(told: Callable[..., Client], begun: list[int]) -> None:
    client = told(export_seconds=0.05)
    GATE.clear()
    for _ in range(3):
        refused = client.get(PATH)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-prepared")
        assert 2 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["cache-control"] == "no-store"
    GATE.set()
    assert until_ready(client).status == 200
    assert begun == [1]


def test_the_time_left_is_told_by_what_is_done(told: Callable[..., Client]) -> None:
    exports: Exports = told().app.app.state.exports
    thread = making.Making(exports.finder, exports.settings, exports.finder.latest())
    assert thread.seconds_left() == 2, "nothing is known yet"
    thread.done, thread.total, thread.began = 100, 400, time.monotonic() - 10
    assert 30 <= thread.seconds_left() <= 31
    thread.total = 10_000
    assert thread.seconds_left() == 60
    thread.done = thread.total
    assert thread.seconds_left() == 2


def test_a_new_edition_has_a_file_of_its_own(
    told: Callable[..., Client], fresh: Database, begun: list[int], tmp_path: Path
) -> None:
    client = told()
    first = client.get(PATH)
    assert len(held(tmp_path)) == 1
    load(fresh, [renamed(drafts()[0])], world_texts())
    second = client.get(PATH)
    assert [edition_of(first), edition_of(second)] == begun == [1, 2]
    assert first.headers["etag"] != second.headers["etag"]
    assert b" the Elder" in second.content and b" the Elder" not in first.content
    assert len(held(tmp_path)) == 1, "nobody reads the old one"
    assert list(tmp_path.iterdir()) == [], "and no file has a name"


def test_who_waited_is_given_what_they_waited_for(
    told: Callable[..., Client], fresh: Database, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else, where editions come faster than files are made, nobody would ever have one."""
    client = told(export_seconds=0.05)
    GATE.clear()
    assert client.get(PATH).status_code == 503
    load(fresh, [renamed(drafts()[0])], world_texts())
    GATE.set()
    owed = until_ready(client)
    assert edition_of(owed) == 1
    tag = owed.headers["etag"]
    assert client.get(PATH, headers={"if-none-match": tag}).status_code == 304
    monkeypatch.setattr(preparing, "OWED", 0)
    assert edition_of(until_ready(client)) == 2
    assert begun == [1, 2]


def test_who_does_not_have_to_come_back_is_given_the_current_edition(
    told: Callable[..., Client], fresh: Database, begun: list[int]
) -> None:
    client = told(export_seconds=SOON)

    async def ask() -> Reply:
        GATE.clear()
        asked = asyncio.create_task(send(client.app, "GET", PATH.encode(), b""))
        await asyncio.sleep(0.2)
        load(fresh, [renamed(drafts()[0])], world_texts())
        GATE.set()
        return await asked

    assert edition_of(LOOP.run(ask())) == 2
    assert begun == [1, 2]


def test_nobody_is_given_what_was_erased(told: Callable[..., Client], fresh: Database, begun: list[int]) -> None:
    client = told(export_seconds=0.05)
    GATE.clear()
    assert client.get(PATH).status_code == 503
    erase(fresh, "farrow-visit-2031-06", "by order of the court")
    GATE.set()
    answer = until_ready(client)
    assert edition_of(answer) == 2
    assert b"lantern-talks-2031-05" in answer.body and b"farrow-visit-2031-06" not in answer.body
    assert begun == [1, 2]


def test_who_reads_goes_on_and_room_is_for_two(told: Callable[..., Client], fresh: Database, tmp_path: Path) -> None:
    client = told()
    exports: Exports = client.app.app.state.exports
    first: Made | None = LOOP.run(exports.get())
    assert first is not None
    reading = first.parts(0, first.size)
    begin, descriptor = next(reading), first.descriptor
    load(fresh, [renamed(drafts()[0])], world_texts())
    second = LOOP.run(exports.get())
    assert len(begin + b"".join(reading)) == first.size
    reading = first.parts(0, first.size)
    withdraw(fresh, "farrow-visit-2031-06", "The publisher took it back.")
    third = LOOP.run(exports.get())
    assert [one.now.edition for one in (first, second, third)] == [1, 2, 3]
    assert len(b"".join(second.parts(0, second.size))) == second.size
    assert os.fstat(descriptor).st_size == 0, "the room is given back"
    with pytest.raises(OSError, match="edition 1 was given up"):
        next(reading)
    assert len(held(tmp_path)) == 3
    del first, reading, second
    assert len(held(tmp_path)) == 1


def test_the_same_edition_makes_the_same_bytes(told: Callable[..., Client], tmp_path: Path) -> None:
    first, second = (told().get(PATH) for _ in range(2))
    assert first.content == second.content
    assert first.headers == second.headers
    public = told(public_url="https://facts.example")
    assert public.get(PATH).headers["etag"] != first.headers["etag"]
    exported = downloaded(public, tmp_path / "facts.sqlite")
    assert [row["url"] for row in exported.rows("about")] == ["https://facts.example"]
    exported.file.close()


def test_without_a_place_it_is_not_made(
    told: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(preparing, "FAILED", 0)
    client = told()
    exports: Exports = client.app.app.state.exports
    exports.settings.export_dir = str(tmp_path / "nowhere")
    refused = client.get(PATH)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-prepared")
    assert "retry-after" not in refused.headers
    assert "nowhere" not in refused.text and "nowhere" in caplog.text
    assert client.get("/people").status_code == 200
    exports.settings.export_dir = str(tmp_path)
    assert client.get(PATH).status_code == 200


def test_on_a_full_disk_it_is_not_made(
    told: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client, pragmas = told(), exporting.PRAGMAS
    monkeypatch.setattr(exporting, "PRAGMAS", (*pragmas, "max_page_count = 20"))
    for _ in range(2):
        refused = client.get(PATH)
        assert (refused.status_code, refused.json()["type"]) == (507, "/problems/storage-full")
    assert held(tmp_path) == []
    monkeypatch.setattr(exporting, "PRAGMAS", pragmas)
    assert client.get(PATH).status_code == 507, "what has just failed is not tried again at once"
    monkeypatch.setattr(preparing, "FAILED", 0)
    assert client.get(PATH).status_code == 200


def test_where_the_database_does_not_answer(told: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def page(*_: Any) -> None:
        raise OutOfReach("it is gone")

    client = told()
    with monkeypatch.context() as gone:
        gone.setattr(Finder, "page", page)
        refused = client.get(PATH)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    monkeypatch.setattr(preparing, "FAILED", 0)
    assert client.get(PATH).status_code == 200


def test_stopping_does_not_wait_for_it(told: Callable[..., Client], begun: list[int], tmp_path: Path) -> None:
    client = told(export_seconds=0.05)
    GATE.clear()
    assert client.get(PATH).status_code == 503
    threading.Timer(0.1, GATE.set).start()
    client.app.app.state.exports.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "export"]
    assert held(tmp_path) == []


def test_memory_does_not_grow_with_the_facts(
    sqlite_maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 25)
    database = Database(sqlite_maker())
    load(database, [draft(speaker())])
    peaks = []
    for number, statements in enumerate((100, 1_000)):
        load(database, [draft(talk(number, statements))])
        finder = Finder(database)
        with contextlib.closing(sqlite3.connect(tmp_path / f"{number}.sqlite", isolation_level=None)) as connection:
            tracemalloc.start()
            total = sum(exporting.export(connection, finder, finder.latest(), None, None))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert total > statements
    database.close()
    assert peaks[1] < 1.2 * peaks[0]


def test_the_log_is_quiet_of_what_goes_well(told: Callable[..., Client], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "summit")
    assert told().get(PATH).status_code == 200
    assert not caplog.records
