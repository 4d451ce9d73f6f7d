"""What loads left in a database: the rows of its tables, and the bodies of any edition."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.facts import KINDS
from app.store.db import Database
from app.store.reading import Draft, read
from app.store.tables import METADATA
from tests.world.editing import Edit


@dataclass(frozen=True)
class Shelf:
    """Records of one document as they stand alone, its text not held (`Standing` of app.store.publishing)."""

    records: dict[str, dict[str, Any]]
    about: dict[str, list[str]] = field(default_factory=dict)

    def raw(self, fact: str) -> dict[str, Any]:
        return self.records[fact]

    def home(self, fact: str) -> str:
        return "paper"

    def caveats(self, fact: str) -> list[str]:
        return self.about.get(fact, [])

    def corroborations(self, fact: str) -> list[tuple[str, dict[str, Any]]]:
        return []

    def resolve(self, fact: str) -> str:
        return fact

    def text(self, document: str) -> str | None:
        return None


def draft(raw: dict[str, Any]) -> Draft:
    """A bundle as it would be read from a file."""
    return read(json.dumps(raw, ensure_ascii=False, indent=1).encode(), f"{raw['id']}.json")


def naming(fact: str, name: str) -> list[Edit]:
    """The edits that give a record a name of our own, which no document prints."""
    return [(f"/{fact}/name", name), (f"/{fact}/named", False)]


def counts(database: Database) -> dict[str, int]:
    """The number of rows of every table."""
    with database.engine.connect() as connection:
        tables = METADATA.sorted_tables
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def rows(database: Database, name: str) -> list[dict[str, Any]]:
    """A table's rows, in the order of their keys."""
    table = METADATA.tables[name]
    with database.engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]


def versions(database: Database, fact: str) -> list[dict[str, Any]]:
    """The rows of one fact, oldest first."""
    kind, _, id = fact.partition("/")
    return [row for row in rows(database, kind) if row["id"] == id]


def stored(database: Database, edition: int) -> dict[str, bytes]:
    """The body of each fact, by `kind/id`, as it stood in an edition."""
    found = {}
    with database.engine.connect() as connection:
        for kind in KINDS:
            table = METADATA.tables[kind]
            standing = (table.c.since_edition <= edition) & (table.c.until_edition > edition)
            for id, body in connection.execute(select(table.c.id, table.c.body).where(standing)):
                found[f"{kind}/{id}"] = bytes(body)
    return found


def bodies(database: Database, edition: int) -> dict[str, dict[str, Any]]:
    """The same, read."""
    return {fact: json.loads(body) for fact, body in stored(database, edition).items()}


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a body, itself first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def names(value: Any) -> Iterator[str]:
    """Every name that a body shows, its own and those of what it refers to."""
    return (part["name"] for part in parts(value) if "name" in part)


def renamed(value: Any, old: str, new: str) -> Any:
    """A body with the one name in place of the other wherever it shows names."""
    if isinstance(value, dict):
        return {
            name: inner.replace(old, new) if name == "name" and isinstance(inner, str) else renamed(inner, old, new)
            for name, inner in value.items()
        }
    return [renamed(inner, old, new) for inner in value] if isinstance(value, list) else value
