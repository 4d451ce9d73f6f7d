"""Ordering: the orders of lists as columns, which the indexes are made for."""

from functools import cache

from app.facts.asking import Query
from app.facts.base import Kind

LOADED = "loaded"  # as the rows lie, which is nobody's to ask for
# Each order as columns, and how many of them descend, from the first on: ties keep the document's order. Days and
# amounts have a column for each direction: what has none comes last both ways.
ORDERS: dict[str, tuple[tuple[str, ...], int]] = {
    "date": (("day_up", "place_in_document", "row"), 0),
    "-date": (("day_down", "place_in_document", "row"), 0),
    "time_period": (("day_up", "place_in_document", "row"), 0),
    "-time_period": (("day_down", "place_in_document", "row"), 0),
    "obs_value": (("value_up", "place_in_document", "row"), 0),
    "-obs_value": (("value_down", "place_in_document", "row"), 0),
    "name": (("name_key", "place_in_document", "row"), 0),
    "-name": (("name_key", "place_in_document", "row"), 1),
    "id": (("id", "row"), 0),
    "-id": (("id", "row"), 2),
    "edition": (("since_edition", "place_in_document", "row"), 0),
    "-edition": (("since_edition", "place_in_document", "row"), 1),
    "document": (("place_in_document", "row"), 0),
    LOADED: (("row",), 0),
    "relevance": (("stands", "day_down", "row"), 0),  # as the index of words has it
}


@cache
def order_of(query: type[Query]) -> str:
    """The order of a list with these parameters where none is asked for."""
    return query.model_fields["sort"].default or "document"


def default(kind: Kind) -> str:
    """The same of a kind's list."""
    return order_of(kind.query)


def keys(kind: Kind) -> tuple[str, ...]:
    """The columns of that order."""
    return ORDERS[default(kind)][0]
