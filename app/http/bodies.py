"""Bodies: what a request carries, read under limits of form, length and time, before anything parses it."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import anyio

from app.errors import BadRequest, RequestTimeout, TooLarge, UnsupportedMediaType
from app.http.answering import Answer
from app.http.front import Scope, headers_of, send_answer

JSON = re.compile(r"(?:application/json|[!#$&^\w.+-]+/[!#$&^\w.-]+\+json)[ \t]*(?:;.*)?", re.ASCII | re.IGNORECASE)
LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
CLOSE = {"connection": "close"}  # what is left of the body would be taken for the next request (RFC 9112, section 9.3)
LINGER = 1.0  # seconds


async def read_body(scope: Scope, receive: Any, limit: int, seconds: float) -> bytes:
    """Takes a request whose body was not touched yet; returns the body, of at most `limit` bytes.

    Raises UnsupportedMediaType where it is not said to be plain JSON and TooLarge where it is said to be too long, both
    before a byte is read; TooLarge once it is, RequestTimeout when not all of it is here after `seconds`, BadRequest
    where its length is not the promised one or the client leaves. Each ends the connection. Never more than the limit
    and one chunk is held in memory.
    """
    headers = headers_of(scope)
    _check_form(headers)
    promised = _promised(headers, limit)
    try:
        with anyio.fail_after(seconds):
            body = await _received(receive, limit)
    except TimeoutError:
        raise RequestTimeout(f"the body was not all here after {seconds:g} s", CLOSE) from None
    if promised not in (None, len(body)):
        raise BadRequest(f"the body has {len(body):,} bytes, and its Content-Length says {promised:,}", CLOSE)
    return body


def carries_body(headers: Mapping[str, str]) -> bool:
    """Whether a request has a body (RFC 9112, section 6)."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def send_and_part(answer: Answer, receive: Any, send: Any) -> None:
    """Sends the answer to a request whose body is left unread; its connection ends.

    What the client still sends is dropped for a second: a connection closed on it would be reset, and a client that
    sends before it reads would never see the answer (RFC 9112, section 9.6).
    """

    async def sent(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await send({**message, "more_body": True})
            with anyio.move_on_after(LINGER):
                while (await receive()).get("more_body"):
                    pass
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    await send_answer(Answer(answer.status, {**answer.headers, **CLOSE}, answer.body), sent)


def _check_form(headers: dict[str, str]) -> None:
    media, coding = headers.get("content-type", ""), headers.get("content-encoding", "identity")
    if not JSON.fullmatch(media):
        told = f"{media[:100]!r} is not JSON" if media else "no Content-Type says what the body is"
        raise UnsupportedMediaType(told, {"accept": "application/json", **CLOSE})
    if coding.strip().lower() != "identity":
        raise UnsupportedMediaType(f"the body is coded: {coding[:100]!r}", {"accept-encoding": "identity", **CLOSE})


def _promised(headers: dict[str, str], limit: int) -> int | None:
    """The Content-Length, None where there is none: the body then comes in chunks."""
    length = headers.get("content-length")
    if length is None:
        return None
    if not LENGTH.fullmatch(length):
        raise BadRequest(f"{length[:30]!r} is no Content-Length", CLOSE)
    if int(length) > limit:
        raise _too_large(f"{int(length):,}", limit)
    return int(length)


async def _received(receive: Any, limit: int) -> bytes:
    held = BytesIO()  # whose value is its buffer itself, not a copy
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("the client left before the body was all here", CLOSE)
        chunk = message.get("body", b"")
        if held.tell() + len(chunk) > limit:
            raise _too_large(f"more than {limit:,}", limit)
        held.write(chunk)
        if not message.get("more_body", False):
            return held.getvalue()


def _too_large(size: str, limit: int) -> TooLarge:
    return TooLarge(f"the body has {size} bytes; at most {limit:,} are read here", CLOSE)
