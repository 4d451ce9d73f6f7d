"""Corroborating: another document gives a fact too, and where its value differs, both stand."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

ID_MAX = 80


def conflicts(bundle: str, corroboration: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The caveats, as records of the bundle, of each field for which it gives another value than the fact's own.

    `corroborates` is the fact, whose own value and citations publishing adds.
    """
    fact = corroboration["fact"]
    for field, value in corroboration.get("values", {}).items():
        places = [{**one, "supports": [], "exact": None} for one in supporting(corroboration["citations"], field)]
        if places:
            yield {
                "id": _id(f"{fact.partition('/')[2]}-{field}-in-{bundle}"),
                "kind": "conflict",
                "facts": [fact],
                "field": field,
                "text": f"Documents differ on {field}: {bundle} gives {value}.",
                "values": [{"value": value, "citation": places[0]}],
                "citations": places,
                "corroborates": fact,
            }


def supporting(citations: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """The citations that support a field, a part of it, or what it is part of."""
    return [one for one in citations if any(related(name, field) for name in one.get("supports", []))]


def related(one: str, other: str) -> bool:
    """Whether one dotted name is another or lies within it, or the other way round."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _id(wanted: str) -> str:
    """A slug, cut with a digest where it is too long."""
    slug = re.sub(r"[^a-z0-9]+", "-", wanted).strip("-")
    if len(slug) <= ID_MAX:
        return slug
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
    return f"{slug[: ID_MAX - 9].rstrip('-')}-{digest}"
