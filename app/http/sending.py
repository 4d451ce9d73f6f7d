"""Sending: an answer as what is sent of it, messages (ASGI) or bytes (HTTP/1.1), in the coding that is asked for."""

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
OPEN_LINES = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in OPEN)
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


def lines(answer: Answer) -> bytes | None:
    """The header lines of a whole answer that is no 204, and the empty one after them; None where one cannot be sent.

    What ends a line would begin another header, or another answer.
    """
    told = answer.headers
    if not all(map(str.isprintable, told.values())):
        return None
    own = "".join([f"{name}: {value}\r\n" for name, value in told.items()])
    length = "" if answer.status == 304 else f"content-length: {len(answer.body)}\r\n"
    return f"{own}{length}{'' if ORIGIN in told else OPEN_LINES}\r\n".encode("latin-1", "replace")


class Sent:
    """A whole answer as it is sent, and sent again: each form of it is made when it is first asked for."""

    __slots__ = ("_lines", "_messages", "answer")

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._messages: Messages | None = None
        self._lines: bytes | None = None

    @property
    def messages(self) -> Messages:
        """As messages."""
        if self._messages is None:
            self._messages = messages(self.answer)
        return self._messages

    @property
    def lines(self) -> bytes | None:
        """What is sent between the server's own headers and the body."""
        if self._lines is None:
            self._lines = lines(self.answer)
        return self._lines


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


def takes_long(coding: str, answer: Answer) -> bool:
    """Whether a whole answer is coded in a thread."""
    return bool(coding) and len(answer.body) > LARGE[coding] and is_worth(answer.headers, len(answer.body))


async def sent_in(coding: str, answer: Answer) -> Sent:
    """A whole answer as it is sent in a coding."""
    return Sent(
        await to_thread.run_sync(coded, answer, coding) if takes_long(coding, answer) else coded(answer, coding)
    )
