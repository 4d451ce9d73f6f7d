"""The indexes of all tables: what migrations are held against; to read and to write needs none of it."""

from typing import Any

from sqlalchemy import Index, text

from app.facts import KINDS
from app.facts.asking import By
from app.facts.base import FOREVER, Kind
from app.store import ordering
from app.store.tables import MARKED, METADATA

DAYS = ("earliest", "latest", "readings")
MERGED = "change = 'merged'"
SPAN = ("since_edition", "until_edition")
# By table, each index beside the kinds' own: its columns, and of which rows it is.
BESIDE: dict[str, dict[str, tuple[tuple[str, ...], str | None]]] = {
    "changes": {"edition": (("edition", "row"), None), "merged": (("fact",), MERGED)},
    "corroborations": {"fact": (("fact", *SPAN), None), "bundle": (("bundle", *SPAN), None)},
    "links": {
        "target": (("target", "kind", "relation", "day_down", "place_in_document", "row"), None),
        "row": (("kind", "row"), None),
        "caveat": (("kind", "relation", "row"), MARKED),
    },
    "cited": {
        "sentence": (("sentence", "document", "kind", "row"), None),
        "document": (("document", "kind", "row"), None),
        "row": (("kind", "row"), None),
    },
    "readings": {"row": (("kind", "row"), None)},
    "first_pages": {"value": (("value", "kind", "filter"), None)},
}


def _index_beside(table: str, name: str, columns: tuple[str, ...], where: str | None) -> None:
    its: dict[str, Any] = {}
    if where is not None:
        its = {f"{dialect}_where": text(where) for dialect in ("sqlite", "postgresql")}
    Index(f"ix_{table}_{name}", *(METADATA.tables[table].c[column] for column in columns), **its)


def _index(kind: Kind) -> None:
    """A kind's indexes: one current version of an id, each order, and each filtered column in the list's own order.

    What is absent is not indexed. The indexes by day also hold the days, so that a period is found in them alone, and
    that by edition all columns that are filtered, and the order, so that rows are tried in it alone.
    """
    columns = kind.table.__table__.c  # type: ignore[attr-defined]
    now = columns.until_edition == FOREVER
    Index(f"uq_{kind.name}_current", columns.id, unique=True, sqlite_where=now, postgresql_where=now)
    versions = (columns.since_edition, columns.until_edition)
    place = (columns.place_in_document, columns.row)
    for name in ("day_down", "day_up"):
        Index(f"ix_{kind.name}_{name}", columns[name], *place, *versions, *(columns[day] for day in DAYS))
    for name in ("name_key", "value_up", "value_down"):
        if name in columns:
            Index(f"ix_{kind.name}_{name}", columns[name], *place, *versions)
    Index(f"ix_{kind.name}_name_down", columns.name_key.desc(), *place, *versions)
    Index(f"ix_{kind.name}_document", *place, *versions)
    Index(f"ix_{kind.name}_id", columns.id, columns.row, *versions)
    Index(f"ix_{kind.name}_edition_down", columns.since_edition.desc(), *place, columns.until_edition)
    order = [columns[name] for name in ordering.keys(kind)]
    marks = {mark.column for info in kind.query.model_fields.values() for mark in info.metadata if isinstance(mark, By)}
    filtered = [columns.bundle, columns.basis, *(column for column in columns if column.name in marks)]
    days = (columns[day] for day in DAYS)
    tried = *order[: -len(place)], *days, *filtered
    Index(f"ix_{kind.name}_edition", columns.since_edition, *place, columns.until_edition, *tried)
    for column in filtered:
        there = column.is_not(None) if column.nullable else None
        name = f"ix_{kind.name}_{column.name}"
        Index(name, column, *order, *versions, sqlite_where=there, postgresql_where=there)


for _kind in KINDS.values():
    _index(_kind)
for _table, _indexes in BESIDE.items():
    for _name, (_columns, _where) in _indexes.items():
        _index_beside(_table, _name, _columns, _where)

__all__ = ["METADATA"]
