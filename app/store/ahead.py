"""Ahead: the file of a database taken into memory before it is asked for.

Reads on the event loop wait for the disk otherwise, and all requests with them.
"""

import os
import re
import time
from pathlib import Path

PART = 128 * 1024  # bytes of one request: the kernel makes do with so many where more are asked for
PARTS = 1_000  # after which others have their turn
PAUSE = 0.01  # seconds
MEMORY = Path("/proc/meminfo")  # of Linux


def read_ahead(file: Path, most: int | None = None) -> int:
    """Has the kernel read a file from its beginning, where it can; returns of how many bytes.

    They are at most `most`, by default half of the memory that is to be had. What is there already takes no time.
    """
    if not hasattr(os, "posix_fadvise"):
        return 0
    most = available() // 2 if most is None else most
    with file.open("rb") as opened:
        size = min(os.fstat(opened.fileno()).st_size, most)
        for number, start in enumerate(range(0, size, PART)):
            os.posix_fadvise(opened.fileno(), start, min(PART, size - start), os.POSIX_FADV_WILLNEED)
            if number % PARTS == PARTS - 1:
                time.sleep(PAUSE)
    return size


def available() -> int:
    """Bytes of memory that are to be had: what nothing is in, and other files that could be read again."""
    try:
        [told] = re.findall(r"^MemAvailable: +(\d+) kB$", MEMORY.read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return int(told) * 1024
