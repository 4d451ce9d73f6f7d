"""Ordering: the orders of lists as columns, which the indexes are made for."""

from app.facts.base import Kind

# Each order as columns, and whether the first of them descends; the others never do, so that ties keep the document's
# order. Days and amounts have a column for each direction: what has none comes last both ways.
ORDERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "date": (("day_up", "place_in_document", "row"), False),
    "-date": (("day_down", "place_in_document", "row"), False),
    "time_period": (("day_up", "place_in_document", "row"), False),
    "-time_period": (("day_down", "place_in_document", "row"), False),
    "obs_value": (("value_up", "place_in_document", "row"), False),
    "-obs_value": (("value_down", "place_in_document", "row"), False),
    "name": (("name_key", "place_in_document", "row"), False),
    "-name": (("name_key", "place_in_document", "row"), True),
    "id": (("id", "row"), False),
    "-id": (("id", "row"), True),
    "edition": (("since_edition", "place_in_document", "row"), False),
    "-edition": (("since_edition", "place_in_document", "row"), True),
    "document": (("place_in_document", "row"), False),
    "relevance": (("stands", "day_down", "place_in_document", "row"), False),
}


def default(kind: Kind) -> str:
    """The order of a kind's list where none is asked for."""
    return kind.query.model_fields["sort"].default or "document"


def keys(kind: Kind) -> tuple[str, ...]:
    """The columns of that order."""
    return ORDERS[default(kind)][0]
