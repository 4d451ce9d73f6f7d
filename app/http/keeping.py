"""Keeping: the answers of the edition that is served, as the messages that send them, bounded in number and size."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from app.http.answering import Answer
from app.http.conditions import lists
from app.store.finding import Now

ENTRIES = 20_000
ROOM = 1_500  # bytes that an entry takes beside its body and key
PART = 16  # the largest answer that is kept is this part of all that may be
UNCHANGED = ("etag", "cache-control", "vary")  # the headers of a 304 (RFC 9110, section 15.4.5)
Key = tuple[bytes, bytes, bytes]  # the path as it came, the query string and Accept
Messages = tuple[dict[str, Any], dict[str, Any]]  # how an answer begins, and its body (ASGI)


class Kept(NamedTuple):
    """An answer that is kept, how it is sent, and the room that it takes."""

    answer: Answer
    whole: Messages
    size: int


class Keeper:
    """Keeps answers; the least recently asked for go first, and all of them when the edition changes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._now: Now | None = None
        self._held = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def find(self, key: Key, match: bytes, latest: Callable[[], Now | None]) -> Messages | None:
        """What is kept of the current edition for a request with this If-None-Match; None where nothing is."""
        found = self._kept.get(key)
        if found is None or latest() != self._now:
            return None
        self._kept.move_to_end(key)
        if not match:
            return found.whole
        told = match.decode("latin-1")
        if told.strip() == "*":
            return None
        return _unchanged(found.answer) if lists(told, found.answer.headers["etag"]) else found.whole

    def keep(self, key: Key, answer: Answer, whole: Messages) -> None:
        """Keeps a whole answer of the current edition, where it is not too large; what is kept of others goes."""
        size = len(answer.body) + sum(map(len, key)) + ROOM
        if answer.now is None or answer.status != 200 or size * PART > self.size:
            return
        if answer.now != self._now:
            self._now, self._held = answer.now, 0
            self._kept.clear()
        self._held += size - (self._kept[key].size if key in self._kept else 0)
        self._kept[key] = Kept(answer, whole, size)
        while self._held > self.size or len(self._kept) > ENTRIES:
            self._held -= self._kept.popitem(last=False)[1].size


def _unchanged(answer: Answer) -> Messages:
    """What a client is told who has an answer already."""
    return messages(Answer(304, {name: answer.headers[name] for name in UNCHANGED if name in answer.headers}, b""))


def messages(answer: Answer) -> Messages:
    """An answer as it is sent."""
    headers = dict(answer.headers)
    if answer.status not in (204, 304) and answer.parts is None:
        headers["content-length"] = str(len(answer.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return (
        {"type": "http.response.start", "status": answer.status, "headers": raw},
        {"type": "http.response.body", "body": answer.body},
    )
