"""The database: engines for both dialects, the one transaction that writes, and reads without a session."""

import contextlib
import queue
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.expression import Executable

LOADER_LOCK = 0x53554D4D  # one loader at a time on PostgreSQL; SQLite has its own write lock
STEPS = 1_000  # SQLite asks us after so many of its instructions whether to go on


class TooSlow(Exception):
    """A statement ran past its limit and was cut off."""


class OutOfReach(Exception):
    """The database did not answer."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement compiled once for this database; its parameters are named."""

    sql: str
    constants: dict[str, Any]


class Database:
    """One database by its URL (`sqlite:///file` or `postgresql://…`); `seconds` bounds each read statement."""

    def __init__(self, url: str, seconds: float = 1.0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.seconds = seconds
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else create_engine(self.url, pool_size=40)
        self._dialect = SQLiteDialect_pysqlite(paramstyle="named") if self.is_sqlite else PGDialect_psycopg()  # type: ignore[no-untyped-call]
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """The one transaction that writes: a second writer waits for the first."""
        with self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOADER_LOCK})
            yield connection

    def prepare(self, statement: Executable) -> Prepared:
        """Compiles a statement whose parameters are all named."""
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
        return Prepared(str(compiled), {name: value for name, value in compiled.params.items() if value is not None})

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a prepared statement; TooSlow past the limit, OutOfReach without a database."""
        parameters = {**prepared.constants, **values}
        return (
            self._sqlite_rows(prepared.sql, parameters)
            if self.is_sqlite
            else self._postgresql_rows(prepared.sql, parameters)
        )

    def _sqlite_rows(self, sql: str, parameters: dict[str, Any]) -> Sequence[Any]:
        try:
            connection = self._reader()
        except sqlite3.Error as error:
            raise OutOfReach(str(error)) from error
        deadline = time.monotonic() + self.seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        try:
            found = connection.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as error:
            connection.close()
            if "interrupted" in str(error):
                raise TooSlow(f"cut off after {self.seconds} s") from error
            raise OutOfReach(str(error)) from error
        self._readers.put(connection)
        return found

    def _reader(self) -> sqlite3.Connection:
        with contextlib.suppress(queue.Empty):
            return self._readers.get_nowait()
        connection = sqlite3.connect(f"file:{self.url.database}?mode=ro", uri=True, check_same_thread=False, timeout=5)
        connection.isolation_level = None
        return connection

    def _postgresql_rows(self, sql: str, parameters: dict[str, Any]) -> Sequence[Any]:
        import psycopg

        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute(f"SET statement_timeout = {int(self.seconds * 1000)}")
                return list(raw.execute(sql, parameters).fetchall())
        except psycopg.errors.QueryCanceled as error:
            raise TooSlow(f"cut off after {self.seconds} s") from error
        except psycopg.OperationalError as error:
            raise OutOfReach(str(error)) from error

    def close(self) -> None:
        """Gives back every connection."""
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self.engine.dispose()


def _sqlite_engine(url: Any) -> Engine:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # so that our own BEGIN stands
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE"
        )  # a BEGIN that turns writer later fails at once when another writes

    return engine
