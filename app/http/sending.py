"""Sending: an answer as the messages that send it (ASGI), in the coding that its client asks for."""

from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from anyio import to_thread

from app.http.answering import Answer
from app.http.coding import LARGE, encode, encode_parts, is_worth, tag_in

Messages = tuple[dict[str, Any], dict[str, Any]]  # how an answer begins, and its body

# What any page may do, which is to read (the Fetch standard's CORS protocol). The same for every origin, so no `Vary`.
ORIGIN = "access-control-allow-origin"
OPEN = [(ORIGIN.encode(), b"*"), (b"access-control-expose-headers", b"ETag, Link")]
FEW = frozenset(("content-type", "cache-control", "vary"))  # headers that have but a few values


def opened(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers of an answer that pages of any origin may read."""
    return headers if OPEN[0] in headers else [*headers, *OPEN]


def messages(answer: Answer) -> Messages:
    """An answer as it is sent."""
    raw = [(_known if name in FEW else _encoded)(name, value) for name, value in answer.headers.items()]
    if answer.status not in (204, 304) and answer.parts is None:
        raw.append((b"content-length", b"%d" % len(answer.body)))
    raw = opened(raw) if ORIGIN in answer.headers else [*raw, *OPEN]
    return (
        {"type": "http.response.start", "status": answer.status, "headers": raw},
        {"type": "http.response.body", "body": answer.body},
    )


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("latin-1"), value.encode("latin-1", "replace")


_known = lru_cache(256)(_encoded)


def coded(answer: Answer, coding: str) -> Answer:
    """The answer in a coding, where it is worth it and one is asked for.

    Of one in parts they are coded when they are asked for, by whom they are.
    """
    if not coding or not is_worth(answer.headers, None if answer.parts else len(answer.body)):
        return answer
    headers = {**answer.headers, "content-encoding": coding}
    if "etag" in headers:
        headers["etag"] = tag_in(headers["etag"], coding)
    if answer.parts is None:
        return replace(answer, headers=headers, body=encode(coding, answer.body))
    return replace(answer, headers=headers, body=b"", parts=encode_parts(coding, chain([answer.body], answer.parts)))


async def messages_in(coding: str, answer: Answer) -> Messages:
    """A whole answer as it is sent in a coding; where that takes long, it is made in a thread."""
    if not coding:
        return messages(answer)
    if len(answer.body) > LARGE[coding]:
        return messages(await to_thread.run_sync(coded, answer, coding))
    return messages(coded(answer, coding))
