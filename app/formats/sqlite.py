"""SQLite: published bodies as tables of a database, with the keys by which their rows refer to each other."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from app.formats.flat import Column

MEDIA = "application/vnd.sqlite3"
# Decimals come as text and are stored as numbers, whole ones exactly up to 64 bits, others to 15 digits.
TYPES = {str: "TEXT", int: "INTEGER", bool: "INTEGER", Decimal: "NUMERIC"}


class Table(NamedTuple):
    """A table: `rows` takes from a body what each row is read from, `key` names the columns of its primary key.

    No two rows have the same value in a column that is `unique`.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[dict[str, Any]], Iterable[Any]]
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


def create(table: Table) -> Iterator[str]:
    """The statements that make a table, and an index of each column that refers to another one."""
    lines = [_line(column, table) for column in table.columns]
    if len(table.key) > 1:
        lines.append(f"PRIMARY KEY ({_names(table.key)})")
    ending = " WITHOUT ROWID" if len(table.key) > 1 else ""
    yield f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(lines) + f"\n){ending}"
    for column in table.columns:
        if _referred(column) and column.name != next(iter(table.key), ""):
            named = f'"{table.name}" ("{column.name}") WHERE "{column.name}" IS NOT NULL'
            yield f'CREATE INDEX "ix_{table.name}_{column.name}" ON {named}'


def insert(table: Table) -> str:
    """The statement that adds a row."""
    names = _names(column.name for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.columns))})'


def values(table: Table, bodies: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """The rows that bodies make; what is empty is null."""
    reads = [column.read for column in table.columns]
    for body in bodies:
        for row in table.rows(body):
            yield [None if (value := read(row)) == "" else value for read in reads]


def _line(column: Column, table: Table) -> str:
    line = f'"{column.name}" {TYPES[column.holds]}'
    line += " PRIMARY KEY" if table.key == (column.name,) else ""
    line += " NOT NULL" if column.name in table.key else ""
    line += " UNIQUE" if column.name in table.unique else ""
    referred = _referred(column)
    return f'{line} REFERENCES "{referred}" ("id")' if referred else line


def _referred(column: Column) -> str | None:
    """The table that a column refers to, where it is always the same."""
    return column.kinds[0] if len(column.kinds) == 1 else None


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
