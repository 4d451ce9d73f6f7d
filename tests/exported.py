"""Exported: the file of all facts as a client has it, opened, and beside it what the API serves of the same facts."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.formats.flat import FORMULA
from app.store.sqlite import sqlite3
from tests.asked import everything
from tests.conftest import Client

PATH = "/export.sqlite"
Row = dict[str, Any]


@dataclass(frozen=True)
class Exported:
    """A file, the client that it was downloaded by, and the bodies that the client is served, by kind."""

    file: sqlite3.Connection
    client: Client
    bodies: dict[str, list[Row]]

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """The rows of a query; where it is only a table's name, those of the table."""
        found = self.file.execute(sql if " " in sql else f'SELECT * FROM "{sql}"', values)
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def names(self, type: str) -> list[str]:
        """The names of all tables, or of all views, but for those that hold the search."""
        found = self.rows("SELECT name FROM sqlite_schema WHERE type = ? ORDER BY rowid", type)
        return [row["name"] for row in found if not row["name"].startswith(("statements_fts", "sqlite_"))]


def opened(content: bytes, path: Path) -> sqlite3.Connection:
    """A database by its bytes, which are written to a path; only to be read."""
    path.write_bytes(content)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def downloaded(client: Client, path: Path) -> Exported:
    """The file of a client's current facts."""
    answer = client.get(PATH)
    assert answer.status_code == 200, answer.text
    return Exported(opened(answer.content, path), client, everything(client))


def flat_rows(client: Client, kind: str) -> list[dict[str, str]]:
    """The rows of a kind's CSV, by id."""
    answer = client.get(f"/{kind}?format=csv&sort=id")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def same(cell: str, value: Any) -> bool:
    """Whether a value in the database is what a cell of CSV shows."""
    if value is None:
        return cell == ""
    if isinstance(value, str):
        return cell == (f"'{value}" if value.startswith(FORMULA) else value)
    return Decimal({"true": "1", "false": "0"}.get(cell, cell)) == Decimal(str(value))
