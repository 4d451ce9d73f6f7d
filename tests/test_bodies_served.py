"""Bodies over sockets: what a server does with those too long, too slow or not of their length (faults.md F-B1)."""

import contextlib
import gzip
import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.db import Database
from app.store.keys import new_key
from tests.conftest import Maker
from tests.served import Served, Start

JSON = {"content-type": "application/json"}


@pytest.fixture
def hurried(start: Start, sqlite_maker: Maker) -> tuple[Served, bytes]:
    """A server that takes bundles of 100,000 bytes within half a second, and the head of a PUT by who holds a key."""
    database = Database(sqlite_maker())
    _, token = new_key(database, "Ada Quill")
    database.close()
    url = database.url.render_as_string()
    served = start("--database-url", url, "--bundle-max", "100000", "--body-seconds", "0.5").ready()
    head = f"PUT /bundles/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    return served, head.encode()


def chunked(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Parts as chunks (RFC 9112, section 7.1), without the last."""
    return (b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def test_bodies_over_sockets(hurried: tuple[Served, bytes]) -> None:
    served, head = hurried
    bomb = gzip.compress(b" " * 10_000_000)
    whole = b"%bContent-Length: %d\r\n"
    requests: dict[str, tuple[int, list[bytes], float]] = {
        "over the limit": (413, [whole % (head, 100_001), b"\r\n", b"x" * 100_001], 0),
        "far over the limit": (413, [whole % (head, 10**12), b"\r\n", *[b"x" * 65_536] * 50], 0),
        "far over the limit, and unsent": (413, [whole % (head, 10**12), b"\r\n"], 0),
        "chunks over the limit": (
            413,
            [head, b"Transfer-Encoding: chunked\r\n\r\n", *chunked(iter([b"x" * 9_999] * 11))],
            0,
        ),
        "more promised than sent": (408, [whole % (head, 100), b"\r\n", b"{}"], 0),
        "a byte at a time": (408, [whole % (head, 100), b"\r\n", *[b" "] * 9], 0.1),
        "a chunk at a time": (408, [head, b"Transfer-Encoding: chunked\r\n\r\n", *chunked(iter([b" "] * 9))], 0.1),
        "compressed": (415, [whole % (head, len(bomb)), b"Content-Encoding: gzip\r\n\r\n", bomb], 0),
        "of another type": (415, [whole % (head.replace(b"/json", b"/xml"), 2), b"\r\n{}"], 0),
        "too long, and told to wait": (413, [whole % (head, 100_001), b"Expect: 100-continue\r\n\r\n"], 0),
    }
    for called, (status, parts, every) in requests.items():
        begun = time.monotonic()
        answer = served.exchange(parts, every)
        assert answer.startswith(b"HTTP/1.1 %d " % status), (called, answer)
        assert b"\r\nconnection: close\r\n" in answer, called
        assert answer.count(b"HTTP/1.1") == 1
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == status
        assert time.monotonic() - begun < 4, called
    assert served.json("/health/ready")
    served.stopped()


def test_a_client_that_sends_before_it_reads_sees_why_it_was_refused(hurried: tuple[Served, bytes]) -> None:
    """A connection that is closed on what was not read is reset: the client would fail at sending."""
    served, head = hurried
    token = head.split(b"Bearer ")[1].split(b"\r\n")[0].decode()
    for authorised, status in (({"authorization": f"Bearer {token}"}, 413), ({}, 401)):
        for body in (b"x" * 14_000_000, iter([b"x" * 50_000] * 280)):
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as client:
                client.request("PUT", "/bundles/x", body, {**authorised, **JSON})
                assert client.getresponse().status == status
    served.stopped()


def test_a_body_that_is_longer_than_it_says_is_no_second_request(hurried: tuple[Served, bytes]) -> None:
    served, head = hurried
    for parts, statuses in (([b"{}garbage"], [b"400 "]), ([b"{}", b"garbage"], [b"422 ", b"400 "])):
        answer = served.exchange([b"%bContent-Length: 2\r\n\r\n" % head, *parts], 0.3)
        assert [part[:4] for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses
    assert served.json("/editions")["edition"] == 1, "the shipped facts"


def test_a_client_that_leaves_leaves_nothing_behind(hurried: tuple[Served, bytes]) -> None:
    served, head = hurried
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(b"%bContent-Length: 100\r\n\r\n{" % head)
    assert served.json("/editions")["edition"] == 1, "the shipped facts"
    served.stopped()


def test_who_waits_to_be_told_to_go_on_is_told_once_there_is_a_key(hurried: tuple[Served, bytes]) -> None:
    served, head = hurried
    waiting = b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    answer = served.exchange([head + waiting, b"{}"], 0.2)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422 ")
    answer = served.exchange([head.replace(b"summit_", b"other_") + waiting])
    assert answer.startswith(b"HTTP/1.1 401 ")
    served.stopped()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc, which is not here")
def test_memory_rises_by_less_than_twice_the_limit(start: Start, sqlite_maker: Maker) -> None:
    limit = 16_000_000
    database = Database(sqlite_maker())
    _, token = new_key(database, "Ada Quill")
    url = database.url.render_as_string()
    served = start("--database-url", url).ready()
    head = f"PUT /bundles/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    served.exchange([f"{head}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}".encode()])
    before, part = served.peak(), b"x" * 65_536
    for parts in (
        [f"{head}Content-Length: {limit + 1}\r\n\r\n".encode(), *[part] * 244],
        [f"{head}Transfer-Encoding: chunked\r\n\r\n".encode(), *chunked(iter([part] * 600))],
        [
            f"{head.replace('summit_', 'none_')}Transfer-Encoding: chunked\r\n\r\n".encode(),
            *chunked(iter([part] * 600)),
        ],
    ):
        answer = served.exchange(parts)
        assert answer[9:12] in (b"413", b"401"), answer
    assert served.peak() - before < 2 * limit
    database.close()
    served.stopped()
