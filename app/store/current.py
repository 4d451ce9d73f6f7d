"""Current: which edition is, and what else is known of a database for a while, by all threads that read it."""

from dataclasses import dataclass


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
        self.large: dict[tuple[str, int], tuple[int, bool]] = {}

    def note(self, at: float, now: Now) -> None:
        """Notes the edition that was found to be current, by a look that began at that time."""
        latest = self.latest
        if latest is None or latest[1] != now:
            self.found += 1  # before it is known, so that nobody reads of it in a transaction that was begun earlier
        if at > self.forgot:  # else it may have been looked up before the load that it was forgotten for
            self.latest = at + self.fresh, now
