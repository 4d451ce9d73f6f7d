"""The front room: the answers that the framework's routes give, kept or not, and never those of an old edition."""

import asyncio
import gc
import json
import random
import threading
import time
import tracemalloc
from typing import Any

import pytest

from app.facts import KINDS
from app.http.answering import Answer
from app.http.keeping import ENTRIES, HOLES, PART, ROOM, SENT, Keeper
from app.http.sending import OPEN, Messages, Sent, coded
from app.store.current import Now
from app.store.db import Database
from app.store.finding import Finder
from app.store.loading import load
from app.store.reading import read
from tests.asked import OPERATIONS, Reply, everything, parameters_of, reply, scope_of, send
from tests.conftest import client_for, drafts, renamed
from tests.world import world_texts
from tests.world.editing import why

ODD = ("", "0", "-1", "1e0", "%ff", "%00", "nobody", "a,b", ",", "true", "2031-05-06", "x" * 300, "*", "“", "%2e%2e")
HEADERS = ((), (("accept", "*/*"),), (("accept", "image/png"),), (("if-none-match", "*"),), (("if-none-match", "x"),))
CODINGS = ("zstd", "gzip", "gzip, deflate, br, zstd", "gzip;q=0.5, zstd;q=0.1", "identity, *;q=0", "", "zstd;q=0, *")


def targets(bodies: dict[str, list[dict[str, Any]]], count: int) -> list[tuple[bytes, bytes]]:
    """Random requests for lists and items, sensible ones and others, as (path, query string)."""
    chance = random.Random(5)
    made = []
    for _ in range(count):
        kind = chance.choice(list(KINDS))
        path = chance.choice(
            [f"/{kind}", f"/{kind}/{chance.choice(bodies[kind])['id']}", f"/{kind}/no-such", "/search"]
        )
        path = chance.choice(
            [path] * 12 + [f"{path}/", path.upper(), f"/{path}", f"{path}/history", path.replace("e", "%65")]
        )
        known = [*parameters_of(OPERATIONS.get(f"/{kind}", {})), "nonsense"]
        values = [*ODD, chance.choice(bodies[kind])["id"], str(chance.randint(1, 60)), "name", "-date", "stated"]
        query = "&".join(
            f"{chance.choice(known)}={chance.choice(values)}" for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))
        )
        made.append((path.encode(), query.encode()))
    return made


@pytest.mark.parametrize("count", [150, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_front_room_answers_as_the_routes_do(count: int, world: Database) -> None:
    client = client_for(world)
    bodies = everything(client)

    async def ask() -> None:
        for path, query in targets(bodies, count):
            chance = random.Random(query)
            coded = ("accept-encoding", chance.choice(CODINGS))
            tag = None
            for headers in ((), chance.choice(HEADERS), (coded,), (*chance.choice(HEADERS), coded)):
                tag = await both_ways(path, query, headers) or tag
            if tag:
                await both_ways(path, query, (coded, ("if-none-match", tag)))

    def own(answer: Reply) -> dict[str, str]:
        return {name: value for name, value in answer.headers.items() if not name.startswith("access-control-")}

    async def both_ways(path: bytes, query: bytes, headers: Any) -> str | None:
        asked = scope_of("GET", path, query, headers)
        plain = await reply(client.app.app, asked, _nothing)
        first = await reply(client.app.front, asked, _nothing)
        assert (first.status, first.headers, first.body) == (plain.status, plain.headers, plain.body), asked
        for method in ("GET", "HEAD"):
            again = await send(client.app, method, path, query, headers)
            body = plain.body if method == "GET" else b""
            assert (again.status, own(again), again.body) == (plain.status, own(plain), body), asked
        return plain.headers.get("etag")

    asyncio.run(ask())
    client.close()


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_what_is_kept_takes_no_look_up_but_for_the_edition(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(world, fresh_seconds=0.5)
    first = client.get("/statements?limit=3")
    ran: list[Any] = []
    for run in client.reads():
        monkeypatch.setattr(run, "rows", lambda statement, _: ran.append(statement))
    again = client.get("/statements?limit=3")
    assert (again.content, again.headers) == (first.content, first.headers)
    unchanged = client.get("/statements?limit=3", headers={"if-none-match": f'"x", {first.headers["etag"]}'})
    assert (unchanged.status_code, unchanged.headers["etag"], unchanged.content) == (304, first.headers["etag"], b"")
    assert ran == []
    assert client.request("HEAD", "/statements?limit=3").headers == first.headers
    client.close()


def test_another_loader_is_noticed_in_time(fresh: Database) -> None:
    load(fresh, drafts(), world_texts())
    client = client_for(fresh, fresh_seconds=0.2)
    client.holds = True
    name = client.json("/people/ada-quill")["name"]
    load(fresh, [renamed(drafts()[0])], world_texts())
    assert client.json("/editions?limit=1")["edition"] in (1, 2)
    until = time.monotonic() + 0.5
    while client.json("/people?limit=1")["edition"] == 1:
        assert time.monotonic() < until
    renamed_to = [one["name"] for one in client.json("/people")["items"]]
    assert name in renamed_to or f"{name} the Elder" in renamed_to
    assert any(one.endswith(" the Elder") for one in renamed_to)
    client.close()


def test_no_answer_is_of_two_editions_while_a_loader_writes(fresh: Database) -> None:
    load(fresh, drafts(), world_texts())
    client = client_for(fresh, fresh_seconds=0.01)
    client.holds = True
    before, after = drafts()[0], renamed(drafts()[0])
    done = threading.Event()

    def write() -> None:
        for turn in range(6):
            load(fresh, [after if turn % 2 == 0 else _back(before)], world_texts())
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    seen: dict[int, bytes] = {}
    while not done.is_set():
        answer = client.get("/people?limit=1000")
        edition = answer.json()["edition"]
        assert seen.setdefault(edition, answer.content) == answer.content
        assert max(one["edition"] for one in answer.json()["items"]) <= edition
        assert edition == max(seen)
    thread.join()
    client.close()
    assert len(seen) > 1


@pytest.mark.parametrize("kept_max", [0, 1_000_000])
def test_the_event_loop_lets_its_transaction_go_in_a_moment(kept_max: int, world: Database) -> None:
    client = client_for(world, kept_max=kept_max, fresh_seconds=0)
    begun = client.app.front.desk.held

    def is_open() -> bool:
        return begun is not None and begun.is_open

    async def ask() -> list[bool]:
        seen = []
        for seconds in (0, 0, 0.1):
            answer = await send(client.app, "GET", b"/people/ada-quill", b"")
            assert answer.status == 200
            await asyncio.sleep(seconds)
            seen.append(is_open())
        return seen

    assert asyncio.run(ask()) == [begun is not None, begun is not None, False]
    client.close()


def test_what_is_read_in_one_transaction_is_of_the_edition_that_is_told(fresh: Database) -> None:
    load(fresh, drafts(), world_texts())
    client = client_for(fresh, fresh_seconds=0.05, kept_max=0)
    client.holds = True
    before = client.json("/people/ada-quill")
    load(fresh, [renamed(drafts()[0])], world_texts())
    client.json("/people/ada-quill")  # of either
    time.sleep(0.06)
    assert client.json("/people/ada-quill")["edition"] == client.json("/people?limit=1")["edition"] == 2
    assert client.json("/people/ada-quill?as_of=1") == before
    client.close()


def test_what_the_event_loop_cannot_do_a_thread_does(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(world, fresh_seconds=0)
    good = {target: client.get(target).content for target in ("/people/ada-quill", "/people?limit=2")}
    desk = client.app.front.desk
    if desk.held is not None:
        monkeypatch.setattr(desk.held._held, "rows", lambda *_: 1 // 0)
    for target, content in good.items():
        assert client.get(target).content == content
        assert client.get(f"{target}{'&' if '?' in target else '?'}as_of=1").status_code == 200
    client.close()


def _back(draft: Any) -> Any:
    """The bundle as it was, with the reason why it is so again."""
    raw = json.loads(draft.content)
    raw["reasons"] = {f"people/{raw['people'][0]['id']}": why("the name was right")}
    return read(json.dumps(raw).encode(), draft.file)


def test_after_a_load_of_its_own_the_edition_is_looked_up_at_once(fresh: Database) -> None:
    finder = Finder(fresh, 600)
    assert finder.latest().edition == 0
    load(fresh, drafts(), world_texts())
    assert finder.latest().edition == 0
    finder.forget()
    assert finder.latest().edition == 1


def answer(size: int, now: Now, tag: str = '"t"', body: bytes = b"") -> Answer:
    headers = {"content-type": "text/plain", "etag": tag, "cache-control": "public", "link": "<x>"}
    return Answer(200, headers, body or b"x" * size, now)


def keep(keeper: Keeper, path: bytes, given: Answer, coding: str = "") -> None:
    keeper.keep((path, b"", b""), given, coding, Sent(coded(given, coding)))


def found(keeper: Keeper, path: bytes, now: Now | None, match: bytes = b"", coding: str = "") -> Sent | None:
    kept = keeper.kept((path, b"", b""), lambda: now)
    return kept.find(match, coding) if kept else None


def shown(sent: Sent | None) -> Messages:
    assert sent is not None
    return sent.messages


def test_what_is_kept_is_bounded_in_bytes_and_number() -> None:
    now = Now(1, "a")
    keeper = Keeper(PART * (ROOM + SENT + 100) * (HOLES + 1) // HOLES)
    for number in range(200):
        keep(keeper, b"/%d" % number, answer(50, now))
    held = [number for number in range(200) if found(keeper, b"/%d" % number, now)]
    assert held == list(range(200 - len(held), 200))
    assert len(held) in (PART, PART - 1, PART + 1)
    keep(keeper, b"/large", answer(200, now))
    assert found(keeper, b"/large", now) is None
    small = Keeper(10**9)
    for number in range(ENTRIES + 5):
        keep(small, b"/%d" % number, answer(1, now))
    assert found(small, b"/4", now) is None
    assert found(small, b"/5", now) is not None


def test_codings_that_are_kept_are_bounded_too_and_counted_as_what_they_take() -> None:
    now, size = Now(1, "a"), 3_000_000
    keeper = Keeper(size)
    gc.collect()
    tracemalloc.start()
    for number in range(600):
        given = answer(0, now, f'"{number:024}"', random.Random(number).randbytes(1_500).hex().encode())
        for coding in ("", "zstd", "gzip"):
            keep(keeper, b"/%d" % number, given, coding)
            sent = found(keeper, b"/%d" % number, now, coding=coding)
            assert sent is not None and sent.lines and sent.messages
    took, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.55 * size < took < size  # a third is for what lies between
    assert found(keeper, b"/0", now, coding="gzip") is None


def test_what_was_asked_for_last_goes_last() -> None:
    now = Now(1, "a")
    keeper = Keeper(PART * (ROOM + SENT + 100) * (HOLES + 1) // HOLES)
    keep(keeper, b"/first", answer(50, now))
    for number in range(100):
        assert found(keeper, b"/first", now)
        keep(keeper, b"/%d" % number, answer(50, now))


def test_what_is_kept_of_another_edition_is_not_served() -> None:
    first, second = Now(1, "a"), Now(2, "b")
    keeper = Keeper(10**6)
    keep(keeper, b"/x", answer(1, first))
    keep(keeper, b"/x", answer(1, first), "gzip")
    assert found(keeper, b"/x", second) is None
    assert found(keeper, b"/x", None) is None
    keep(keeper, b"/x", answer(2, second))
    assert found(keeper, b"/x", second, coding="gzip") is None
    (start, body) = shown(found(keeper, b"/x", second))
    assert (start["status"], body["body"]) == (200, b"xx")
    for match in (b'W/"t"', b"*"):
        (start, body) = shown(found(keeper, b"/x", second, match))
        assert (start["status"], body["body"]) == (304, b"")
        assert dict(start["headers"]) == {b"etag": b'"t"', b"cache-control": b"public", **dict(OPEN)}
    keep(keeper, b"/y", answer(1, Now(2, "b")))
    assert found(keeper, b"/y", Now(2, "c")) is None  # another history
