"""Current: which edition is, and what else is known of a database for a while, by all threads that read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REMEMBERED = 5_000  # small things that were looked up


@dataclass(frozen=True, slots=True)
class Now:
    """The edition that an answer is of, and the digest of the history up to it."""

    edition: int
    digest: str


class Current:
    """What is known of a database for a while, by all its threads."""

    def __init__(self, fresh: float) -> None:
        self.fresh = fresh
        self.latest: tuple[float, Now] | None = None  # until when, and the current edition
        self.forgot = 0.0  # when it last was to be looked up again
        self.found = 0  # how many editions were found to be current
        self._remembered: dict[tuple[Now | int, Any], Any] = {}
        self.large: dict[tuple[str, int], tuple[int, bool]] = {}

    def remembered(self, now: Now | int, asked: Any, find: Callable[[], Any]) -> Any:
        """What `find()` finds in an edition for what is asked; what was found last is kept."""
        key = now, asked
        known = self._remembered.get(key)
        if known is None:
            known = find()
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = known
        return known

    def note(self, at: float, now: Now) -> None:
        """Notes the edition that was found to be current, by a look that began at that time."""
        latest = self.latest
        if latest is None or latest[1] != now:
            self.found += 1  # before it is known, so that nobody reads of it in a transaction that was begun earlier
        if at > self.forgot:  # else it may have been looked up before the load that it was forgotten for
            self.latest = at + self.fresh, now
