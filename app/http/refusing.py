"""Refusing: a value that a parameter does not take, and how that is told."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from app.errors import Invalid


class Refused(ValueError):
    """A value that a parameter does not take; `nearest` is one that it does."""

    def __init__(self, message: str, nearest: str | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest


def fault(parameter: str, message: str, nearest: str | None = None, value: str | None = None) -> dict[str, Any]:
    """What is wrong with a parameter, as a problem tells it, with the nearest name or value where there is one."""
    told: dict[str, Any] = {"parameter": parameter[:100], "message": message}
    if value is not None:
        told["value"] = value[:100]
    return told | ({"nearest": nearest} if nearest else {})


def check_names(parameter: str, wanted: Iterable[str], known: Sequence[str], message: str) -> None:
    """Refuses names that are not known: Invalid with each, and the nearest."""
    strange = [name for name in wanted if name not in known]
    near = {name: difflib.get_close_matches(name[:100], known, 1, 0.5) for name in strange}
    if strange:
        raise Invalid([fault(parameter, message, next(iter(near[name]), None), name) for name in strange])
