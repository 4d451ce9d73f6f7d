"""Preparing: one file of all facts for each edition that somebody asks for, made once, whoever else asks meanwhile."""

import asyncio
import threading
import time
import weakref

from anyio import to_thread

from app.errors import NotPrepared
from app.http.making import Made, Making
from app.settings import Settings
from app.store.current import Now
from app.store.finding import Finder

OWED = 60.0  # seconds for which a file is kept for those who were told to come back for it
FAILED = 5.0  # seconds after which what failed is tried again


class Exports:
    """Prepares one file at a time. At most two take room: the last one and, while somebody reads it, the one before."""

    def __init__(self, finder: Finder, settings: Settings) -> None:
        self.finder = finder
        self.settings = settings
        self._lock = threading.Lock()
        self._last: Making | None = None
        self._older: weakref.ref[Made] | None = None

    async def get(self) -> Made:
        """The file of the current edition.

        NotPrepared where making it takes longer than a request may wait, with the seconds after which to ask again. Who
        does is given that file even if a newer edition came meanwhile: there would never be one where loads come faster
        than files are made.
        """
        until = time.monotonic() + self.settings.export_seconds
        while not (making := await to_thread.run_sync(self._under_way)).made.done():
            try:
                await asyncio.wait_for(asyncio.wrap_future(making.made), max(0, until - time.monotonic()))
            except TimeoutError:
                making.is_promised = True
                told = f"edition {making.now.edition} is being prepared: {making.done:,} of {making.total:,} facts"
                raise NotPrepared(told, {"retry-after": str(making.seconds_left())}) from None
        return making.made.result()

    def _under_way(self) -> Making:
        """What was begun last, where it serves; else the current edition's file is begun."""
        now = self.finder.latest()
        with self._lock:
            last = self._last
            if last is None or not self._serves(last, now):
                self._make_room(last)
                self._last = last = Making(self.finder, self.settings, now)
                last.start()
            return last

    def _serves(self, last: Making, now: Now) -> bool:
        """Whether it is being made, of the edition, owed to somebody and not erased, or has only just failed."""
        if not last.made.done():
            return True
        if last.made.exception() is not None:
            return time.monotonic() < last.ended + FAILED
        is_owed = last.is_promised and time.monotonic() < last.ended + OWED
        return last.now == now or (is_owed and self.finder.edition(last.now.edition) == last.now)

    def _make_room(self, last: Making | None) -> None:
        """Gives up the file before the last one."""
        if last is not None and last.made.exception() is None:
            older = self._older and self._older()
            if older:
                older.give_up()
            self._older = weakref.ref(last.made.result())

    def close(self) -> None:
        """Stops what is being made, and lets go of the file."""
        with self._lock:
            last, self._last = self._last, None
        if last is not None:
            last.stop.set()
            last.join()
