"""Progress: how far a long load has come: on a terminal a line that goes on, else a line now and then."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

EVERY = 10.0  # seconds between lines where there is no terminal


class Progress:
    """Tells of work of so many bytes; what is done within a few seconds is not told of at all."""

    def __init__(self, size: int, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.size, self.stream, self.clock = size, stream, clock
        self._is_terminal = stream.isatty()
        self._began = self._told = clock()
        self._open = False

    def tell(self, done: int, facts: int) -> None:
        """Says how many bytes are done and how many facts that were."""
        now = self.clock()
        if now - self._told < (0.2 if self._is_terminal else EVERY):
            return
        self._told = now
        spent = now - self._began
        left = spent * (self.size - done) / done if done else 0
        line = f"{done * 100 // self.size} %, {facts:,} facts, {facts / spent:,.0f} a second, {_time(left)} left"
        if self._is_terminal:
            self.stream.write(f"\r\033[K{line}")
            self._open = True
        else:
            self.stream.write(f"{line}\n")
        self.stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if self._open:
            self.stream.write("\r\033[K")
            self.stream.flush()


def _time(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
