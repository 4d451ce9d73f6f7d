"""Exporting: all facts of an edition as one SQLite database, the same bytes from the same edition and software."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from app import __version__
from app.facts import KINDS
from app.facts.base import Kind
from app.formats.sqlite import create, insert, values
from app.http.queries import EXAMPLES
from app.http.tables import citations, citations_of, tables_of
from app.store.current import Now
from app.store.finding import Finder
from app.store.sqlite import sqlite3

CHUNK = 250  # facts of one statement
# A page's layout and the order of all that is written make the bytes, so nothing that varies from one library to the
# next is left to it. What is written is read by nobody yet, so nothing is journalled.
PRAGMAS = (
    "page_size = 4096",
    "auto_vacuum = NONE",
    "encoding = 'UTF-8'",
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -16384",
)
ABOUT = """
CREATE TABLE "about" (
  "edition" INTEGER PRIMARY KEY,
  "at" TEXT,
  "sha256" TEXT NOT NULL,
  "software" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "url" TEXT
)"""
QUERIES = """
CREATE TABLE "queries" (
  "name" TEXT PRIMARY KEY NOT NULL,
  "title" TEXT NOT NULL,
  "sql" TEXT NOT NULL
)"""
# Datasette finds a search by these quotation marks.
SEARCH = """
CREATE VIRTUAL TABLE "statements_fts" USING FTS5 (
  "paraphrase", "quotation", content="statements", tokenize="unicode61 remove_diacritics 2"
)"""


def export(connection: sqlite3.Connection, finder: Finder, now: Now, at: str | None, url: str | None) -> Iterator[int]:
    """Fills an empty database with an edition, `at` which it was made; yields how many facts each step wrote.

    `url` is where readers reach the server, if that is known.
    """
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for kind in KINDS.values():
        for table in tables_of(kind):
            _run(connection, *create(table))
    _run(connection, *create(citations()))
    content = hashlib.sha256()
    for kind in KINDS.values():
        for bodies in _walk(finder, kind, now.edition):
            content.update(b"".join(body + b"\n" for body in bodies))
            _write(connection, kind, [json.loads(body) for body in bodies])
            yield len(bodies)
    _run(connection, SEARCH, "INSERT INTO statements_fts (statements_fts) VALUES ('rebuild')", ABOUT, QUERIES)
    about = (now.edition, at, content.hexdigest(), "Summit Facts", __version__, url)
    connection.execute("INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)", about)
    for example in EXAMPLES:
        sql = example.sql.strip()
        connection.execute("INSERT INTO queries VALUES (?, ?, ?)", (example.name, example.title, sql))
        connection.execute(f'CREATE VIEW "{example.name}" AS\n{sql}')
    connection.execute("COMMIT")


def _walk(finder: Finder, kind: Kind, edition: int) -> Iterator[list[bytes]]:
    """The bodies of a kind, ordered by their ids, as `/{kind}?format=ndjson&sort=id` gives them."""
    after: list[Any] = []
    while rows := finder.page(kind, {}, "id", CHUNK, after, edition):
        yield [bytes(row[-1]) for row in rows]
        after = list(rows[-1][:-1])


def _write(connection: sqlite3.Connection, kind: Kind, bodies: list[dict[str, Any]]) -> None:
    for table in (*tables_of(kind), citations_of(kind)):
        connection.executemany(insert(table), values(table, bodies))


def _run(connection: sqlite3.Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(statement)
