"""Connection: requests over a socket, answered at once or by a task, whole or in pieces, and always in their order."""

import asyncio
import contextlib
import random
import re
import socket
import time
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from app.connection import Joined, Protocol
from app.http.answering import Answer
from app.http.sending import Sent
from tests.served import GRACE, Start, everything

REQUEST = b"GET /statements?limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Wire:
    """A connection that notes what is written to it at a time."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def writelines(self, parts: list[bytes]) -> None:
        self.written.append(b"".join(parts))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, _name: str) -> Any:
        return None


def test_what_an_answer_begins_with_is_one_write_and_waits_for_a_turn_at_most() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"

    async def run() -> None:
        wire = Wire()
        joined = Joined(wire)
        joined.write(head)
        joined.write(b"body")
        assert wire.written == []
        await asyncio.sleep(0)
        assert wire.written == [head + b"body"]
        joined.write(b"more")
        assert wire.written[1:] == [b"more"]
        joined.write(head)
        await asyncio.sleep(0)
        assert wire.written[2:] == [head]
        joined.write(head)
        joined.close()
        assert (wire.written[3:], wire.closed) == ([head], True)

    async def gone() -> None:
        wire = Wire()
        joined = Joined(wire)
        joined.write(head)
        wire.closed = True
        await asyncio.sleep(0)
        assert wire.written == []

    asyncio.run(run())
    asyncio.run(gone())


def asked(port: int, *requests: bytes) -> bytes:
    """What is answered to requests that are sent together, the last of which ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"".join(requests))
        return everything(client, None)


def request(target: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    lines = [method + b" " + target + b" HTTP/" + version, b"Host: localhost", *headers]
    return b"\r\n".join([*lines, b"", b""])


LAST = request(b"/health/live", b"Connection: close")
TASKED = b"Content-Length: 0"  # a request that says so is answered by a task
TARGETS = (
    b"/people/ada-quill", b"/people/ada-quill?", b"/people?limit=2", b"/people/nobody", b"/people?limit=0",
    b"/search?q=ada", b"/search?q=ada&kind=people", b"/statements?q=ada+quill", b"/people?fields=id",
    b"/people?x=%", b"/people/%61da-quill", b"/people?count=true", b"//people", b"/people/", b"/?x",
    b"/people?format=csv",
    b"/people/ada-quill#here",
    b"/editions", b"/people?limit=1&facets=caveat", b"/health/ready", b"/people/ada-quill?fields=name",
)  # fmt: skip
ASKED = (
    (), (b"Accept: */*",), (b"Accept: text/csv",), (b"Accept: image/png",), (b"Accept-Encoding: zstd",),
    (b"Accept-Encoding: gzip", b"Accept-Encoding: zstd;q=0.1"), (b"If-None-Match: *",), (b"If-None-Match: \"x\"",),
    (b"Range: bytes=0-9", b"Accept-Encoding: gzip"), (b"Accept: application/json", b"Accept: text/csv;q=0.1"),
)  # fmt: skip


def undated(answers: bytes) -> bytes:
    return re.sub(rb"\r\ndate: [^\r]*", b"", answers)


def test_what_is_answered_at_once_is_what_a_task_answers_byte_for_byte(start: Start, held: str) -> None:
    served = start("--database-url", held, "--kept-max", "100000").ready()
    tags = re.findall(rb'etag: ("[^"]*")', asked(served.port, request(b"/people/ada-quill"), LAST))
    for target in TARGETS:
        for headers in (*ASKED, (b"If-None-Match: " + tags[0],)):
            one = [asked(served.port, request(target, *headers, *more), LAST) for more in ((TASKED,), (), ())]
            assert len({undated(answer) for answer in one}) == 1, (target, headers, one)
            assert one[0].count(b"\r\ndate: ") == 2, one[0]
    assert served.stopped() < GRACE


def test_requests_that_come_together_are_answered_in_their_order(start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    chance = random.Random(3)
    known = [b"/people/ada-quill", b"/people?limit=3", b"/health/ready", b"/people?count=true&limit=1", b"/editions"]
    alone = {target: undated(asked(served.port, request(target), LAST)) for target in known}
    last = undated(asked(served.port, LAST))
    for _ in range(40):
        some = [chance.choice(known) for _ in range(6)]
        several = [request(target, *chance.choice(((), (TASKED,)))) for target in some]
        expected = b"".join(alone[target].removesuffix(last) for target in some) + last
        assert undated(asked(served.port, *several, LAST)) == expected, some
    assert served.stopped() < GRACE


def test_a_connection_ends_where_its_client_asks_for_that(start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    for headers, version in (((b"Connection: close",), b"1.1"), ((), b"1.0"), ((b"Connection: keep-alive",), b"1.0")):
        for _ in range(2):
            answer = asked(served.port, request(b"/people/ada-quill", *headers, version=version))
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert answer.lower().count(b"connection: close") == 1
    assert served.stopped() < GRACE


def test_a_client_that_reads_slowly_gets_all_that_it_asked_for(start: Start, held: str) -> None:
    """More than a connection holds is asked for at once, answered at once and kept, and read late."""
    served = start("--database-url", held).ready()
    target = b"/statements?limit=50"
    whole = asked(served.port, request(target), LAST)
    many = 300
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as client:
        client.sendall(request(target) * many + LAST)
        time.sleep(0.5)
        received = everything(client, None)
    assert received.count(b"HTTP/1.1 200 ") == many + 1
    assert len(received) > many * len(whole) * 0.9
    assert served.stopped() < GRACE


def test_half_a_request_is_answered_once_the_rest_is_there(start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    whole = request(b"/people/ada-quill", b"Accept: */*")
    expected = undated(asked(served.port, whole, LAST))
    for at in range(1, len(whole), 7):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(whole[:at])
            time.sleep(0.01)
            client.sendall(whole[at:] + LAST)
            assert undated(everything(client, None)) == expected
    assert served.stopped() < GRACE


class Ready:
    """An application that has every answer at once, and would fail if it were asked by a task."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, bytes, list[tuple[bytes, bytes]]]] = []

    def at_once(self, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]]) -> Sent:
        self.asked.append((path, query, list(headers)))
        return Sent(Answer(200, {"content-type": "text/plain", "link": "<x>"}, b"here"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("a task was made")


def test_a_plain_get_is_answered_without_a_task() -> None:
    async def run() -> None:
        app, wire, state = Ready(), Wire(), ServerState()
        state.default_headers = [(b"date", b"now")]
        protocol = Protocol(uvicorn.Config(app, interface="asgi3", proxy_headers=False, access_log=False), state, {})
        protocol.connection_made(wire)
        for data in (request(b"/a?b=c"), request(b"/d", b"Accept: */*")[:20], request(b"/d", b"Accept: */*")[20:]):
            protocol.data_received(data)
            await asyncio.sleep(0)
        host = (b"host", b"localhost")
        assert app.asked == [(b"/a", b"b=c", [host]), (b"/d", b"", [host, (b"accept", b"*/*")])]
        head = b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-type: text/plain\r\nlink: <x>\r\ncontent-length: 4\r\n"
        told = b"".join(wire.written).split(b"here")
        assert [one.startswith(head) for one in told] == [True, True, False]
        assert (state.total_requests, state.tasks) == (2, set())
        protocol.connection_lost(None)

    asyncio.run(run())


def test_of_requests_that_come_together_only_the_first_is_answered_at_once(start: Start, held: str) -> None:
    """Thousands of them would otherwise hold up everyone, and pile up answers that nobody reads."""
    served = start("--database-url", held, "--kept-max", "0").ready()
    served.json("/people?limit=1")
    before = served.peak()
    many = b"".join(request(b"/statements?limit=%d" % (50 + n % 50)) for n in range(4_000))
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as greedy:
        greedy.settimeout(1)
        with contextlib.suppress(TimeoutError):
            greedy.sendall(many)
        took = []
        for _ in range(20):
            begun = time.monotonic()
            served.json("/people/ada-quill")
            took.append(time.monotonic() - begun)
        assert sorted(took)[10] < 0.5 and max(took) < 3
        assert served.peak() < before + 25_000_000
    assert served.stopped() < GRACE


def test_a_client_that_asks_and_never_reads_does_not_fill_the_memory(start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    served.json("/statements?limit=50")
    before = served.peak()
    with contextlib.ExitStack() as opened:
        for headers in ((), (TASKED,)):
            address = ("127.0.0.1", served.port)
            greedy = opened.enter_context(socket.create_connection(address, timeout=1))
            with contextlib.suppress(TimeoutError):
                greedy.sendall(request(b"/statements?limit=50", *headers) * 100_000)
        served.json("/people/ada-quill")
        assert served.peak() < before + 100_000_000
    assert served.stopped() < GRACE


def test_an_answer_that_takes_long_is_not_cut_off_by_one_before_it() -> None:
    class Slow(Ready):
        def at_once(self, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]]) -> Any:
            return super().at_once(path, query, headers) if path == b"/a" else None

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await asyncio.sleep(0.3)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
            await send({"type": "http.response.body", "body": b"late"})

    async def run() -> None:
        wire, config = Wire(), uvicorn.Config(Slow(), interface="asgi3", proxy_headers=False, access_log=False)
        protocol = Protocol(config, ServerState(), {})
        protocol.timeout_keep_alive = 0.1  # type: ignore[assignment]  # a loop takes that as well
        protocol.connection_made(wire)
        protocol.data_received(request(b"/a") + request(b"/b"))
        await asyncio.sleep(0.35)
        assert b"".join(wire.written).endswith(b"late") and not wire.closed
        await asyncio.sleep(0.15)
        assert wire.closed

    asyncio.run(run())


def test_a_connection_on_which_nothing_is_asked_ends() -> None:
    async def run() -> None:
        wire, state = Wire(), ServerState()
        config = uvicorn.Config(Ready(), interface="asgi3", proxy_headers=False, access_log=False)
        protocol = Protocol(config, state, {})
        protocol.timeout_keep_alive = 0.1  # type: ignore[assignment]  # a loop takes that as well
        protocol.connection_made(wire)
        for _ in range(4):
            protocol.data_received(request(b"/a"))
            await asyncio.sleep(0.06)
        protocol.data_received(request(b"/a")[:10])  # half a request is waited for
        await asyncio.sleep(0.15)
        assert not wire.closed
        protocol.data_received(request(b"/a")[10:])
        await asyncio.sleep(0.05)
        assert not wire.closed
        await asyncio.sleep(0.1)
        assert wire.closed

    asyncio.run(run())


def test_what_would_begin_a_header_of_its_own_is_never_sent() -> None:
    for value in ("x\r\nset-cookie: y", "x\ny", "x\0"):
        assert Sent(Answer(200, {"link": value}, b"")).lines is None


def test_a_client_that_will_ask_no_more_is_answered(start: Start) -> None:
    served = start().ready()
    for _ in range(10):  # made the first time, kept after that
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
            client.sendall(REQUEST)
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"}")
    assert served.stopped() < GRACE
