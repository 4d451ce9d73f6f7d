"""Clocks: what a process has used of the processor and holds of memory, as Linux tells it."""

import threading
import time
from pathlib import Path

EVERY = 0.02  # seconds between two looks at a process's memory


def cpu(pid: int) -> float:
    """Seconds of the processor that all threads of a process have used, to the nanosecond.

    The number is that of POSIX's clock_getcpuclockid, as Linux makes it of a process's id.
    """
    return time.clock_gettime((~pid << 3) | 2)


def held(pid: int) -> int:
    """Bytes of memory that this process alone holds (USS), but for those that the system could read again.

    These are pages of mapped files: an unchanged database, libraries.
    """
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * int(told.split("Private_Dirty:")[1].split()[0])


def resident(pid: int) -> int:
    """Pages of memory that a process sees, those of mapped files included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


class Peak:
    """The most memory that a process alone held while this was open, in bytes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.bytes = 0
        self._left = threading.Event()
        self._watching = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._watching.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._left.set()
        self._watching.join()

    def _watch(self) -> None:
        while True:
            self.bytes = max(self.bytes, held(self.pid))
            if self._left.wait(EVERY):
                return
