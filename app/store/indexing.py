"""Indexing: the indexes that only lists need, made at the end of a load that fills an empty database.

To make an index of a million rows takes a tenth of the time that keeping it in step with every row does, and leaves its
pages full and in order.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from app.facts import KINDS
from app.store import search

LARGE = 4_000_000  # bytes of bundles, of which a load takes longer than its indexes
OURS = text("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid")


@contextmanager
def put_off(connection: Connection, is_empty: bool, size: int) -> Iterator[None]:
    """Takes away what a large load into an empty database needs no index for, and makes it again at the end.

    On SQLite, inside the transaction that loads: nobody else sees the database without them.
    """
    if connection.dialect.name != "sqlite" or not is_empty or size < LARGE:
        yield
        return
    found = connection.execute(OURS).all()
    lists = [(name, sql) for name, table, sql in found if table in KINDS and name not in _by_id(table)]
    for name, _ in lists:
        connection.execute(text(f'DROP INDEX "{name}"'))
    search.hold_back(connection)
    yield
    search.catch_up(connection)
    for _, sql in lists:
        connection.exec_driver_sql(sql)


def _by_id(kind: str) -> tuple[str, str]:
    """The indexes by which a load finds what it wrote before."""
    return f"uq_{kind}_current", f"ix_{kind}_id"
