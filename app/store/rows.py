"""Rows: the columns of a published body."""

from typing import Any

from app.facts.base import FOREVER, Kind
from app.formats import flat
from app.store.columns import columns
from app.store.days import days_of
from app.store.publishing import citations, encode, fold
from app.store.searched import texts_of


def row_of(kind: Kind, body: dict[str, Any], world: Any, number: int, index: int, bundle: str) -> dict[str, Any]:
    """The row of a body: `number` is its document's place among all, `index` its own in the bundle."""
    return {
        "id": body["id"],
        "since_edition": body["edition"],
        "until_edition": FOREVER,
        "revision": body["revision"],
        "bundle": bundle,
        "basis": body["basis"],
        "name": body["name"],
        "name_key": fold(body["name"]),
        "place_in_document": _place(kind, body, number, index),
        **days_of(kind, body),
        **published(kind, body),
        **kind.table.columns(body, world),
    }


def published(kind: Kind, body: dict[str, Any]) -> dict[str, bytes]:
    """What is served of a body: itself, its texts, and its line in CSV."""
    return {"body": encode(body), "texts": texts_of(kind.name, body), "line": flat.row(columns(kind), body)}


def _place(kind: Kind, body: dict[str, Any], number: int, index: int) -> int:
    """Where the fact stands by its first citation: 22 bits for the document, 24 for the offset, 16 for ties."""
    cited = body["citations"] or [{"start": start} for _, _, start, _ in citations(kind, body)]
    return (number << 40) | ((cited[0]["start"] if cited else 0) << 16) | min(index, 0xFFFF)
