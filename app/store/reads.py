"""Reads: SQL run without a session, each statement under a time limit, on connections that are kept."""

import contextlib
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError

from app.store.sqlite import sqlite3

STEPS = 1_000  # SQLite asks us after so many of its instructions whether to go on
MAPPED = 1 << 40  # bytes of the file that are read where they lie, without being copied: all of it
STATEMENTS = 500  # that a connection keeps prepared
POOL = 40  # as many as the framework has threads: a thread that waits for a connection would time out


class TooSlow(Exception):
    """A statement ran past its limit and was cut off."""


class OutOfReach(Exception):
    """The database did not answer."""


class Reader(sqlite3.Connection):  # type: ignore[misc]
    """A connection whose statements are cut off at its deadline."""

    deadline = float("inf")
    is_closed = False

    def close(self) -> None:
        self.is_closed = True
        super().close()

    def is_late(self) -> bool:
        return time.monotonic() > self.deadline

    def at_leisure(self, sql: str) -> None:
        """Runs a statement under no deadline: that of the one before may be over."""
        self.deadline = float("inf")
        self.execute(sql)

    def rows(self, sql: str, parameters: Mapping[str, Any], seconds: float) -> Sequence[Any]:
        """The rows of a statement, cut off after so many seconds: TooSlow, or OutOfReach, after which it is closed."""
        self.deadline = time.monotonic() + seconds
        try:
            found: Sequence[Any] = self.execute(sql, parameters).fetchall()
            return found
        except sqlite3.OperationalError as error:
            if str(error) == "interrupted":
                raise TooSlow(f"cut off after {seconds} s") from error
            self.close()
            raise OutOfReach(str(error)) from error
        except sqlite3.Error:
            self.close()
            raise


class SqliteReads:
    """Reads of a SQLite file, on read-only connections."""

    def __init__(self, url: URL, seconds: float) -> None:
        self._address = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"
        self._seconds = seconds
        self._idle: deque[Reader] = deque()  # the one that was used last is the first to be used again

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement with named parameters; TooSlow, OutOfReach."""
        connection = self.taken()
        try:
            return connection.rows(sql, parameters, self._seconds)
        finally:
            if not connection.is_closed:
                self.given_back(connection)

    def taken(self) -> Reader:
        """A connection for one thread; OutOfReach."""
        try:
            return self._connection()
        except sqlite3.Error as error:
            raise OutOfReach(str(error)) from error

    def given_back(self, connection: Reader) -> None:
        """Keeps a connection for others."""
        self._idle.append(connection)

    def _connection(self) -> Reader:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        options = {"uri": True, "check_same_thread": False, "timeout": 5, "isolation_level": None}
        made: Reader = sqlite3.connect(self._address, factory=Reader, cached_statements=STATEMENTS, **options)
        made.set_progress_handler(made.is_late, STEPS)
        made.execute(f"PRAGMA mmap_size={MAPPED}")
        return made

    def close(self) -> None:
        """Closes the idle connections."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()


class HeldReads:
    """Reads of a SQLite file by one thread, in one transaction until it is let go.

    To begin and end one takes longer than to look up a row. Each statement is cut off after so many seconds. The
    connection is its own, since what it has seen of the file is mapped for it alone.
    """

    def __init__(self, reads: SqliteReads, seconds: float) -> None:
        self._reads = reads
        self._seconds = seconds
        self._own: Reader | None = None
        self.is_open = False  # whether there is a transaction

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement with named parameters; TooSlow, OutOfReach."""
        own, self._own = self._own or self._at_hand(), None
        if not self.is_open:
            own.at_leisure("BEGIN")
        self.is_open = False
        try:
            return own.rows(sql, parameters, self._seconds)
        finally:
            if not own.is_closed:
                self._own, self.is_open = own, True

    def _at_hand(self) -> Reader:
        """A connection that never waits for a lock: whoever asks has others wait for it."""
        own = self._reads.taken()
        own.at_leisure("PRAGMA busy_timeout=0")
        return own

    def let_go(self) -> None:
        """Ends the transaction: what is written meanwhile shows, and the log of it can be emptied."""
        if self._own is not None and self.is_open:
            self.is_open = False
            try:
                self._own.at_leisure("COMMIT")
            except sqlite3.Error:
                self.close()

    def close(self) -> None:
        """Gives up the connection."""
        own, self._own, self.is_open = self._own, None, False
        if own is not None:
            own.close()


class PostgresqlReads:
    """Reads of a PostgreSQL database, each statement a transaction of its own."""

    def __init__(self, url: URL, seconds: float) -> None:
        limit = {"options": f"-c statement_timeout={int(seconds * 1000)}"}
        self._engine = create_engine(url, pool_size=POOL, isolation_level="AUTOCOMMIT", connect_args=limit)
        self._seconds = seconds
        self._is_closed = False

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement with named parameters; TooSlow, OutOfReach."""
        import psycopg  # an optional dependency

        try:
            connection = self._engine.raw_connection()
        except (SQLAlchemyError, psycopg.Error) as error:
            raise OutOfReach(str(error)) from error
        try:
            cursor = connection.cursor()
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
        except psycopg.errors.QueryCanceled as error:
            raise TooSlow(f"cut off after {self._seconds} s") from error
        except psycopg.OperationalError as error:
            connection.invalidate()
            raise OutOfReach(str(error)) from error
        finally:
            if self._is_closed and connection.is_valid:  # the pool that it would go back to is given up
                connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Closes the idle connections, and those in use when they come back."""
        self._is_closed = True
        self._engine.dispose()
