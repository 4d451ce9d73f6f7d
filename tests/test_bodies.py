"""Bodies are read under limits of form, length and time; what is left unread ends the connection (faults.md F-B1)."""

import asyncio
import contextlib
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from app.errors import BadRequest, Problem, RequestTimeout, TooLarge, UnsupportedMediaType
from app.http.answering import Answer
from app.http.bodies import LINGER, read_body, send_and_part

PLAIN = {"content-type": "application/json"}
LIMIT = 1_000


class Arriving:
    """A request's body as a server hands it on: its chunks, then that it ended, or that the client left."""

    def __init__(self, chunks: Iterable[bytes], leaves: bool = False, every: float = 0) -> None:
        self.chunks: Iterator[bytes] = iter(chunks)
        self.leaves = leaves
        self.every = every
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        await asyncio.sleep(self.every)
        chunk = next(self.chunks, None)
        if chunk is None and self.leaves:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}


def scope(headers: dict[str, str]) -> dict[str, Any]:
    return {"headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]}


def body(arriving: Arriving, headers: dict[str, str] = PLAIN, limit: int = LIMIT, seconds: float = 5) -> bytes:
    return asyncio.run(read_body(scope(headers), arriving, limit, seconds))


def refusal(arriving: Arriving, headers: dict[str, str] = PLAIN, **limits: Any) -> Problem:
    """The problem that a body is, after which the connection ends."""
    with pytest.raises(Problem) as caught:
        body(arriving, headers, **limits)
    assert caught.value.headers["connection"] == "close"
    return caught.value


@pytest.mark.parametrize("size", [0, 1, 7, 999, LIMIT])
@pytest.mark.parametrize("step", [1, 7, LIMIT])
def test_it_is_what_was_sent_however_it_is_cut(size: int, step: int) -> None:
    sent = bytes(number % 251 for number in range(size))
    chunks = [sent[at : at + step] for at in range(0, size, step)]
    assert body(Arriving(chunks)) == sent
    assert body(Arriving([b"", *chunks, b""]), {**PLAIN, "content-length": str(size)}) == sent


@pytest.mark.parametrize("size", [LIMIT + 1, 10**17])
def test_one_that_says_that_it_is_too_long_is_not_read(size: int) -> None:
    arriving = Arriving([b"x"])
    assert isinstance(refusal(arriving, {**PLAIN, "content-length": str(size)}), TooLarge)
    assert arriving.asked == 0


@pytest.mark.parametrize("headers", [PLAIN, {**PLAIN, "content-length": "5"}])
def test_one_that_is_too_long_is_read_up_to_the_limit(headers: dict[str, str]) -> None:
    arriving = Arriving([b"x" * 100] * 1_000)
    assert isinstance(refusal(arriving, headers), TooLarge)
    assert arriving.asked == LIMIT // 100 + 1


@pytest.mark.parametrize("length", ["4", "6", "0", "-1", "+5", "5, 5", "5.0", "0x5", "", "x", "٣", "9" * 5_000])
def test_a_length_that_is_not_the_bodys_is_refused(length: str) -> None:
    headers = {"headers": [(b"content-type", b"application/json"), (b"content-length", length.encode())]}
    with pytest.raises(BadRequest, match="Content-Length"):
        asyncio.run(read_body(headers, Arriving([b"12345"]), LIMIT, 5))


@pytest.mark.parametrize("headers", [PLAIN, {**PLAIN, "content-length": "5"}])
@pytest.mark.parametrize("chunks", [[], [b"123"], [b"12345"]])
def test_a_client_that_leaves_has_sent_nothing(headers: dict[str, str], chunks: list[bytes]) -> None:
    assert isinstance(refusal(Arriving(chunks, leaves=True), headers), BadRequest)


def test_one_that_drips_is_given_up_in_time() -> None:
    begun = time.monotonic()
    told = refusal(Arriving([b"x"] * 1_000, every=0.02), seconds=0.2)
    assert isinstance(told, RequestTimeout)
    assert "0.2 s" in told.detail
    assert 0.2 <= time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "media",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json ;x=y",
        "application/ld+json",
        "application/vnd.orrin-3.bundle+json;profile=x",
    ],
)
def test_json_by_any_of_its_names_is_read(media: str) -> None:
    assert body(Arriving([b"{}"]), {"content-type": media, "content-encoding": "Identity"}) == b"{}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=application/json"},
        {"content-type": "application/json, text/plain"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json-seq"},
        {"content-type": "json"},
        {"content-type": "+json"},
        {"content-type": "é" * 10_000},
        *({**PLAIN, "content-encoding": coding} for coding in ("gzip", "br", "identity, gzip", "x", "")),
    ],
)
def test_what_is_not_plain_json_is_not_read(headers: dict[str, str]) -> None:
    arriving = Arriving([b"{}"])
    told = refusal(arriving, headers)
    assert isinstance(told, UnsupportedMediaType)
    assert ("accept-encoding" if "content-encoding" in headers else "accept") in told.headers
    assert arriving.asked == 0
    assert len(told.detail) < 200


@pytest.mark.parametrize("chunks", [244, 10_000])
def test_no_more_than_the_limit_is_held(chunks: int) -> None:
    limit, arriving = 16_000_000, Arriving(b"x" * 65_536 for _ in range(chunks))

    async def peak() -> int:  # of the reading alone: a loop that ends shows its result, doubled, in a message
        with contextlib.suppress(TooLarge):
            await read_body(scope(PLAIN), arriving, limit, 5)
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        assert limit - 65_536 < asyncio.run(peak()) < 1.25 * limit
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("leaves", [True, False])
def test_what_a_refused_client_still_sends_is_dropped_before_the_connection_ends(leaves: bool) -> None:
    arriving, sent = Arriving([b"x"] * 50, leaves), list[dict[str, Any]]()

    async def send(message: dict[str, Any]) -> None:
        sent.append({**message, "asked": arriving.asked})

    asyncio.run(send_and_part(Answer(413, {"content-type": "text/plain"}, b"no"), arriving, send))
    start, whole, end = sent
    assert (start["status"], dict(start["headers"])[b"connection"]) == (413, b"close")
    assert (whole["body"], whole["more_body"], whole["asked"]) == (b"no", True, 0)
    assert (end["body"], end.get("more_body", False), end["asked"]) == (b"", False, 51)


def test_a_refused_client_that_goes_on_for_ever_is_cut_off() -> None:
    async def forever() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        pass

    begun = time.monotonic()
    asyncio.run(send_and_part(Answer(413, {}, b"no"), forever, send))
    assert LINGER <= time.monotonic() - begun < LINGER + 1
