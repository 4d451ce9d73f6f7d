"""Keeping: the answers of the edition that is served, as they are sent, bounded in number and size."""

from collections import OrderedDict
from collections.abc import Callable

from app.http.answering import Answer
from app.http.coding import PLAIN
from app.http.conditions import listed
from app.http.sending import Sent
from app.store.current import Now

ENTRIES = 20_000
ROOM = 1_000  # bytes that an entry takes beside its body and key
SENT = 2_000  # bytes that it takes beside the coded body in each coding in which it is sent, as messages and as lines
HOLES = 2  # one part in so many: memory that was given back and lies between what is kept, facts between lists
UNCHANGED = ("etag", "cache-control", "vary")  # the headers of a 304 (RFC 9110, section 15.4.5)
LONG = 100  # bytes of If-None-Match that are kept
PART = 16  # the largest answer that is kept is this part of all that may be
Key = tuple[bytes, bytes, bytes]  # the path as it came, the query string and Accept


class Kept:
    """An answer that is kept, and how it is sent in each coding that was asked for."""

    __slots__ = ("answer", "sent", "size", "unchanged")

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.sent: dict[str, Sent] = {}
        self.unchanged: tuple[bytes, str, Sent] | None = None  # what was sent last to whom had it already
        self.size = 0  # bytes

    def find(self, match: bytes, coding: str) -> Sent | None:
        """What is sent to a request with this If-None-Match; None where it was not made yet in the coding."""
        if not match:
            return self.sent.get(coding)
        last = self.unchanged
        if last is not None and last[0] == match and last[1] == coding:
            return last[2]
        sent, tag = self.sent.get(coding), self.answer.headers["etag"].replace(f'-{PLAIN}"', '"')
        named = match.decode("latin-1")
        if sent is None or (named.strip() != "*" and listed(named, tag) is None):
            return sent
        told = sent.answer.headers
        same = Sent(Answer(304, {name: told[name] for name in UNCHANGED if name in told}, b""))
        if len(match) <= LONG:
            self.unchanged = match, coding, same
        return same


class Keeper:
    """Keeps answers; the least recently asked for go first, and all of them when the edition changes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._now: Now | None = None
        self._held = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def kept(self, key: Key, latest: Callable[[], Now | None]) -> Kept | None:
        """What is kept of the current edition for a request; None where nothing is."""
        found = self._kept.get(key)
        if found is None or latest() != self._now:
            return None
        self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, answer: Answer, coding: str, sent: Sent) -> None:
        """Keeps a whole answer of the current edition and how it is sent in a coding, where they are not too large.

        What is kept of another edition goes.
        """
        if answer.now is None or answer.status != 200:
            return
        held = self._kept.get(key) if answer.now == self._now else None
        if held is not None and coding in held.sent:
            return
        own = sent.answer.body
        size = SENT + (0 if own is answer.body else len(own))
        size += 0 if held else len(answer.body) + sum(map(len, key)) + ROOM
        size += size // HOLES
        if size * PART > self.size:
            return
        if answer.now != self._now:
            self._now, self._held = answer.now, 0
            self._kept.clear()
        kept = self._kept.setdefault(key, Kept(answer))
        kept.sent[coding] = sent
        kept.size += size
        self._held += size
        while self._held > self.size or len(self._kept) > ENTRIES:
            self._held -= self._kept.popitem(last=False)[1].size
