"""Making: the file of an edition's facts, by a thread of its own, on the disk but without a name."""

import errno
import hashlib
import logging
import math
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import NotPrepared, StorageFull
from app.http.exporting import export
from app.settings import Settings
from app.store import history
from app.store.current import Now
from app.store.db import FULL, TooSlow
from app.store.finding import Finder
from app.store.sqlite import sqlite3

PART = 1 << 18  # bytes that are read at a time
LATER = 2, 60  # the least and the most seconds after which a client is told to come back
STEPS = 100_000  # SQLite asks us after so many of its instructions whether to go on
log = logging.getLogger("summit")


@dataclass(frozen=True, eq=False)
class Made:
    """A file that is whole. It has no name, so that the disk has its room back once nobody holds this."""

    now: Now
    descriptor: int
    size: int
    sha256: bytes

    def __post_init__(self) -> None:
        weakref.finalize(self, os.close, self.descriptor)

    def parts(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from one to another; OSError where they were given up meanwhile."""
        while start < end:
            part = os.pread(self.descriptor, min(PART, end - start), start)
            if not part:
                raise OSError(f"the file of edition {self.now.edition} was given up for a newer one")
            start += len(part)
            yield part

    def give_up(self) -> None:
        """Gives the room on the disk back, whoever still reads."""
        os.ftruncate(self.descriptor, 0)


class Making(threading.Thread):
    """Makes a file; `made` is what comes of it, `ended` when it did, `done` how many facts are in it so far.

    `is_promised` says whether somebody was told to come back for it.
    """

    def __init__(self, finder: Finder, settings: Settings, now: Now) -> None:
        super().__init__(name="export", daemon=True)
        self.finder = finder
        self.settings = settings
        self.now = now
        self.made: Future[Made] = Future()
        self.made.set_running_or_notify_cancel()  # so that who stops waiting does not stop the others
        self.stop = threading.Event()
        self.done = self.total = 0
        self.is_promised = False
        self.began = self.ended = time.monotonic()

    def seconds_left(self) -> int:
        """About how long it takes yet, by what is done."""
        least, most = LATER
        if not self.done or not self.total:
            return least
        left = (time.monotonic() - self.began) * (self.total / self.done - 1)
        return min(max(least, math.ceil(left)), most)

    def run(self) -> None:
        try:
            made = self._make()
        except Exception as error:
            self.ended = time.monotonic()
            self.made.set_exception(_told(error))
        else:
            self.ended = time.monotonic()
            self.made.set_result(made)

    def _make(self) -> Made:
        """Takes the file's name away as soon as it is open, so that none is left behind however the process ends."""
        with suppress(TooSlow):  # it only tells how far this is
            self.total = sum(self.finder.counts(self.now.edition).values())
        descriptor, path = tempfile.mkstemp(".sqlite", "summit-facts-", self.settings.export_dir)
        try:
            try:
                connection = sqlite3.connect(path, isolation_level=None)
            finally:
                Path(path).unlink()
            with closing(connection):
                self._fill(connection)
            return Made(self.now, descriptor, os.fstat(descriptor).st_size, _digest(descriptor))
        except BaseException:
            os.close(descriptor)
            raise

    def _fill(self, connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(self.stop.is_set, STEPS)
        at = history.ends(self.finder, self.now.edition)[1] if self.now.edition else None
        for done in export(connection, self.finder, self.now, at, self.settings.public_url):
            self.done += done
            if self.stop.is_set():
                raise NotPrepared("the server is stopping")


def _digest(descriptor: int) -> bytes:
    """The SHA-256 of a file."""
    found, start = hashlib.sha256(), 0
    while part := os.pread(descriptor, PART, start):
        found.update(part)
        start += len(part)
    return found.digest()


def _told(error: Exception) -> Exception:
    """A failure as it is answered: no room, no place for the file, or as it is."""
    if isinstance(error, OSError):
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    elif isinstance(error, sqlite3.Error):
        is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF in FULL
    else:
        return error
    log.error("the file of all facts cannot be made: %s", error)
    if is_full:
        return StorageFull("there is no room to prepare the file of all facts")
    return NotPrepared("there is no place where the file can be prepared")
