"""Coding: the coding that is asked for, and bodies in it, whole and in parts."""

import asyncio
import json
import threading
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from app.http import sending
from app.http.answering import Answer
from app.http.coding import CODINGS, LARGE, ZSTD_LEVEL, encode, encode_parts, negotiate, zstd
from app.http.front import send_answer
from tests.codings import Counted, Decoder
from tests.conftest import LOOP

ASKED = {
    "": "", "identity": "", "br": "", "deflate, br": "", "gzip": "gzip", "zstd": "zstd", "GZip": "gzip",
    "x-gzip": "gzip", "gzip, deflate, br, zstd": "zstd", "zstd,gzip": "zstd", "gzip,\tzstd": "zstd", "*": "zstd",
    "br, *;q=0.1": "zstd", "gzip;q=1.0, zstd;q=0.9": "gzip", "gzip;q=0.001, zstd;q=0.002": "zstd",
    "gzip;q=0.5, zstd;q=0.5": "zstd", "gzip;q=0": "", "gzip;q=0.000": "", "gzip;q=0, zstd": "zstd",
    "zstd;q=0, gzip": "gzip", "zstd;q=0, *": "gzip", "gzip;q=0, zstd;q=0, *": "", "*;q=0": "", "gzip, *;q=0": "gzip",
    "*;q=0.5, gzip;q=0.2": "zstd", "*;q=0.5, gzip;q=0.2, zstd;q=0.1": "", "identity;q=0, gzip": "gzip",
    "identity;q=0": "", "identity;q=0, *;q=0": "", "identity;q=0, *": "zstd", "identity;q=0.5, gzip;q=0.4": "",
    "identity;q=0.5, gzip;q=0.5": "gzip", "identity, gzip;q=0.9": "", "identity;q=0.9, gzip": "gzip",
    "gzip ; q=0.5 , zstd ;\tQ=0.4": "gzip", "gzip;q=1.5": "", "gzip;q=-1": "", "gzip;q=": "", "gzip;q": "",
    "gzip;q=0.1234": "", "gzip;q=1.001": "", "gzip;x=1": "", "gzip;q=\"1\"": "", "gzip zstd": "", ",,,": "",
    ";q=1": "", "q=1": "", "gzip;q=0.5;q=1": "", ",gzip,": "gzip", "gzip;q=oops, zstd;q=0.1": "zstd", "gzïp": "",
    "gzip\N{NO-BREAK SPACE}": "", "gzip;q=٣": "", "x" * 9_000 + ", gzip": "gzip", "gzip, " * 2_000 + "zstd": "zstd",
}  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), ASKED.items(), ids=lambda one: one[:40] or "none")
def test_the_coding_is_the_one_that_is_asked_for_most(header: str, expected: str) -> None:
    assert negotiate(header) == expected


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"content-encoding": "br"}, 200), ({"content-range": "bytes 0-1999/5000"}, 206),
     ({"content-type": "image/png"}, 200), ({"content-type": "application/vnd.sqlite3"}, 200),
     ({"content-type": "application/json-seq"}, 200)],
)  # fmt: skip
def test_what_is_coded_or_a_range_or_no_text_is_sent_as_it_is(headers: dict[str, str], status: int) -> None:
    answer = Answer(status, {"content-type": "text/plain", "etag": '"x"', **headers}, b"x" * 2_000)
    for one in ("", *CODINGS):
        assert sending.coded(answer, one) is answer


def test_what_is_long_is_coded_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    here = threading.get_ident()
    for name, limit in LARGE.items():
        for size, is_here in ((limit, True), (limit + 1, False)):
            answer = Answer(200, {"content-type": "text/plain"}, b"x" * size)
            start, _ = LOOP.run(sending.sent_in(name, answer)).messages
            assert (b"content-encoding", name.encode()) in start["headers"]
            assert (counted.threads[-1] == here) == is_here


@pytest.mark.parametrize("name", CODINGS)
def test_the_same_bytes_are_coded_the_same(name: str) -> None:
    for size in (0, 1_000, 60_000, LARGE[name], LARGE[name] + 1, 500_000):
        body = json.dumps([*range(size // 5)]).encode()
        made = encode(name, body)
        encode(name, b"something else" * 1_000)
        assert encode(name, body) == made
        if name == "gzip":
            assert made[4:8] == b"\0\0\0\0", "no time"
        else:
            assert made == zstd.compress(body, ZSTD_LEVEL), "whether by one that others use or not"


@pytest.mark.parametrize("name", CODINGS)
def test_what_is_sent_in_parts_is_decoded_part_by_part(name: str) -> None:
    parts = [b"first\n" * 1_000, b"", b"second\n", bytes(range(256)) * 4_000, b"last\n"]
    made, decoder = encode_parts(name, iter(parts)), Decoder(name)
    assert [decoder.read(part) for part in made] == [*parts, b""]
    assert b"".join(Decoder(name).read(part) for part in encode_parts(name, [])) == b""


@pytest.mark.parametrize("name", CODINGS)
def test_parts_are_coded_in_the_thread_that_makes_them_in_constant_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, made_in, coded_in, sent = 0, set(), set(), bytearray()

    def parts() -> Iterator[bytes]:
        nonlocal made
        for made in range(1, 101):
            made_in.add(threading.get_ident())
            yield b"%d, some more and " % made * 50_000

    def counted(name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in encode_parts(name, parts):
            coded_in.add(threading.get_ident())
            yield part

    async def collect(message: dict[str, Any]) -> None:
        if message.get("body"):
            sent.extend(message["body"]) if made < 3 else None
            assert made <= len(seen) + 1, "no part is made before the one ahead of it was sent"
            seen.append(len(message["body"]))

    seen: list[int] = []
    monkeypatch.setattr(sending, "encode_parts", counted)
    tracemalloc.start()
    asyncio.run(send_answer(Answer(200, {"content-type": "text/csv"}, b"head\n", None, parts()), collect, None, name))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert Decoder(name).read(bytes(sent)).startswith(b"head\n1, some more and 1, some")
    assert made == 100
    assert made_in <= coded_in
    assert threading.get_ident() not in coded_in
    assert peak < 20_000_000, "of 100 MB"
