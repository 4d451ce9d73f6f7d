"""Narrowing: which of several filters keeps the fewest facts, by which rows are then looked up."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, get_args

from app.facts.asking import HeldIn
from app.facts.base import Kind
from app.facts.shape import choices
from app.store.selecting import DAYS, PERIOD, SEARCH, Values, marks

WIDE = 10_000  # facts; a filter that keeps more is not counted further


def leads(kind: Kind, values: Values) -> list[str]:
    """The filters by which rows can be looked up, those first whose values are likely to keep few."""
    known = _likely(kind)
    return [name for name in known if name in values or (name == PERIOD and values.keys() & set(DAYS))]


@cache
def _likely(kind: Kind) -> list[str]:
    """All of these, those by a record or a text before those by a closed list."""
    fields = {info.alias or name: info for name, info in kind.query.model_fields.items()}
    found = [name for name, mark in marks(kind).items() if name not in (*DAYS, SEARCH) and not isinstance(mark, HeldIn)]
    return [*sorted(found, key=lambda name: _is_closed(fields[name].annotation)), SEARCH, PERIOD]


def _is_closed(annotation: Any) -> bool:
    """Whether there are but a few values that may be asked for."""
    return bool in get_args(annotation) or bool(choices(annotation))


def narrowest(names: Sequence[str], values: Values, count: Callable[[Values], int]) -> str:
    """Which of the filters that are named keeps the fewest, of equals the first; `count` goes to one more than WIDE."""

    def reach(name: str) -> int:
        return count({one: given for one, given in values.items() if one in (DAYS if name == PERIOD else (name,))})

    counted = [(reach(name), n) for n, name in enumerate(names) if name != PERIOD]
    if PERIOD in names and min(counted)[0] > WIDE:  # which takes longer to count
        counted.append((reach(PERIOD), names.index(PERIOD)))
    return names[min(counted)[1]]
