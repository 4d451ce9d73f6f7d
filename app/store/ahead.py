"""Ahead: the file of a database taken into memory, and mapped there, before it is asked for.

Reads on the event loop wait for the disk otherwise, and all requests with them.
"""

import ctypes
import os
import re
import time
from pathlib import Path

PART = 128 * 1024  # bytes of one request: the kernel makes do with so many where more are asked for
PARTS = 1_000  # after which others have their turn
PAUSE = 0.01  # seconds
MEMORY, MAPS = Path("/proc/meminfo"), Path("/proc/self/maps")  # of Linux
POPULATE = 22  # MADV_POPULATE_READ of Linux, since 5.14
PIECE = 64 << 20  # bytes that are mapped at once: no memory is to be had for this process meanwhile


def take_ahead(file: Path) -> None:
    """Reads a file ahead, and then maps as much of it."""
    map_ahead(file, read_ahead(file))


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


def map_ahead(file: Path, most: int) -> int:
    """Has every page that this process may read of a mapped file be there to be read, of each mapping up to `most`
    bytes from its beginning; returns of how many, 0 where the system cannot.

    The system maps a page otherwise when it is first read, which takes as long as to look up a fact in it.
    """
    done = 0
    for start, end in mapped(file):
        end = min(end, start + most)
        for at in range(start, end, PIECE):
            size = min(PIECE, end - at)
            if ctypes.CDLL(None).madvise(ctypes.c_void_p(at), ctypes.c_size_t(size), POPULATE):
                break  # it cannot, or the file has grown and is mapped elsewhere
            done += size
            time.sleep(PAUSE)
    return done


def mapped(file: Path) -> list[tuple[int, int]]:
    """Where a file is mapped in this process: the addresses of the first byte and of that after the last."""
    try:
        lines = MAPS.read_text().splitlines()
    except OSError:
        return []
    name = str(file.resolve())
    found = [line.split(maxsplit=5) for line in lines]
    spans = [one[0].split("-") for one in found if len(one) == 6 and one[5] == name]
    return [(int(start, 16), int(end, 16)) for start, end in spans]


def available() -> int:
    """Bytes of memory that are to be had: what nothing is in, and other files that could be read again."""
    try:
        [told] = re.findall(r"^MemAvailable: +(\d+) kB$", MEMORY.read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return int(told) * 1024
