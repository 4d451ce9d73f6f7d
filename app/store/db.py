"""The database: an engine of either dialect, the one transaction that writes, and statements prepared for reading."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    URL,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Join,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ClauseElement

from app.store.reads import HeldReads, OutOfReach, PostgresqlReads, SqliteReads, TooSlow
from app.store.sqlite import sqlite3

LOADER_LOCK = 0x53554D4D  # one loader at a time on PostgreSQL; SQLite has its own write lock
PAGES = 131_072  # kilobytes of pages that a load may keep: many indexes are written to all over
PATIENCE = 30_000  # milliseconds for which a writer waits for another
BEGIN = "begin"  # by what a connection begins, where it is no usual transaction
EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM editions)"
READ_ONLY = (8, "25006")  # SQLITE_READONLY, read_only_sql_transaction
FULL = (13, "53100")  # SQLITE_FULL, disk_full

__all__ = [
    "Crossed",
    "Database",
    "Full",
    "OutOfReach",
    "Prepared",
    "ReadOnly",
    "TooSlow",
    "Tried",
    "prepared",
]


class ReadOnly(Exception):
    """The database takes no writes."""


class Full(Exception):
    """The database has no room left to grow."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement compiled for one of the dialects; its parameters are named."""

    sql: str
    constants: dict[str, Any]


@cache
def _dialect(for_sqlite: bool) -> Any:
    if for_sqlite:
        return SQLiteDialect_pysqlite(paramstyle="named")
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # takes a while to import

    return PGDialect_psycopg()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def prepared(for_sqlite: bool, make: Callable[..., ClauseElement], *arguments: Any) -> Prepared:
    """The statement that `make(*arguments)` is, all of whose parameters are named: compiled once in a process."""
    compiled = make(*arguments).compile(dialect=_dialect(for_sqlite), compile_kwargs={"render_postcompile": True})
    return Prepared(str(compiled), {name: value for name, value in compiled.params.items() if value is not None})


class Tried(ColumnElement[bool]):
    """A clause that every row is tried by, as no index can be looked up by it."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, clause: ColumnElement[bool]) -> None:
        self.clause = clause


@compiles(Tried, "sqlite")
def _tried_in_sqlite(element: Tried, compiler: Any, **options: Any) -> str:
    return f"+({compiler.process(element.clause, **options)})"


@compiles(Tried, "postgresql")
def _tried_in_postgresql(element: Tried, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clause, **options)})"


class Crossed(Join):
    """An inner join whose left side SQLite goes through first: how much a virtual one holds it does not know."""

    inherit_cache = False

    def __init__(self, left: FromClause, right: FromClause, on: ColumnElement[bool]) -> None:
        super().__init__(left, right, on)


@compiles(Crossed, "sqlite")
def _crossed_in_sqlite(element: Crossed, compiler: Any, **options: Any) -> str:
    options["asfrom"] = True
    left, right = (compiler.process(side, **options) for side in (element.left, element.right))
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause)}"


class Database:
    """One database by its URL (`sqlite:///file` or `postgresql://…`); `seconds` bounds each read statement."""

    def __init__(self, url: str, seconds: float = 1.0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._reads: SqliteReads | PostgresqlReads
        self._held: list[HeldReads] = []
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url)
            self._reads = SqliteReads(self.url, seconds)
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self.engine = create_engine(self.url, hide_parameters=True)  # errors are logged, what is written never
            self._reads = PostgresqlReads(self.url, seconds)

    @contextlib.contextmanager
    def write(self, filling: bool = False) -> Iterator[Connection]:
        """The one transaction that writes: a second writer waits for the first. ReadOnly, Full, OutOfReach.

        One that is `filling` an empty database of SQLite, which nobody else has open, writes without a log, and nobody
        can read meanwhile.
        """
        try:
            with self.engine.connect() as connection, self._unlogged(connection, filling), connection.begin():
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOADER_LOCK})
                yield connection
        except DBAPIError as error:
            meaning = _meaning(error)
            if meaning is None:
                raise
            raise meaning(str(error.orig)) from error

    @contextlib.contextmanager
    def _unlogged(self, connection: Connection, filling: bool) -> Iterator[None]:
        """Has SQLite write pages to where they belong, and remember the few that there were before, while this is open.

        In the log of a large load, which has all that it writes, a page that is written to again takes long to find.
        """
        driver: Any = connection.connection.driver_connection
        if not (filling and self.is_sqlite and driver.execute(EMPTY).fetchone()[0]):
            yield
            return
        self._reads.close()  # they would have the file open
        driver.execute("PRAGMA busy_timeout=0")
        with contextlib.suppress(sqlite3.OperationalError):  # others have it open, and read on
            driver.execute("PRAGMA journal_mode=DELETE")
            connection.info[BEGIN] = "BEGIN EXCLUSIVE"  # whoever came to read meanwhile would keep it from its end
        driver.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            yield
        finally:
            connection.info.pop(BEGIN, None)
            with contextlib.suppress(sqlite3.OperationalError):  # whoever writes next does it
                driver.execute("PRAGMA journal_mode=WAL")

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a prepared statement; TooSlow past the limit, OutOfReach without a database."""
        return self._reads.rows(prepared.sql, {**prepared.constants, **values})

    def held(self, seconds: float) -> HeldReads | None:
        """The same for one thread that must not wait longer for a statement; None where each goes over a network."""
        if not isinstance(self._reads, SqliteReads):
            return None
        self._held.append(HeldReads(self._reads, seconds))
        return self._held[-1]

    def close(self) -> None:
        """Gives back every connection."""
        for held in self._held:
            held.close()
        self._reads.close()
        self.engine.dispose()


def _meaning(error: DBAPIError) -> type[Exception] | None:
    """What kept a transaction from being written, where it is no fault of ours."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF or getattr(error.orig, "sqlstate", None)
    if code in READ_ONLY:
        return ReadOnly
    if code in FULL:
        return Full
    return OutOfReach if isinstance(error, OperationalError) else None


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, module=sqlite3, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # so that our own BEGIN stands
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
        connection.execute(f"PRAGMA cache_size=-{PAGES}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A BEGIN that turns writer later fails at once if another writes.
        connection.exec_driver_sql(connection.info.get(BEGIN, "BEGIN IMMEDIATE"))

    return engine
