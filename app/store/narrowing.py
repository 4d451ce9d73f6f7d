"""Narrowing: which of several filters keeps the fewest facts, by which rows are then looked up, if any is."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, get_args

from app.facts.asking import By, HeldIn
from app.facts.base import Kind
from app.facts.shape import choices
from app.store.selecting import DAYS, EVERY, PERIOD, SEARCH, Values, marks

WIDE = 10_000  # facts; a filter that keeps more is not counted further
VAST = 50_000  # facts of each filter, from which on it takes less to try all rows in one index than to look them up


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


def _are_held(kind: Kind, values: Values) -> bool:
    """Whether one index holds all that rows are tried by: days, and what each fact has one of."""
    known = marks(kind)
    return all(name in DAYS or name == "basis" or isinstance(known.get(name), By) for name in values)


def narrowest(kind: Kind, names: Sequence[str], values: Values, count: Callable[[Values, int], int]) -> str:
    """Which of the filters that are named keeps the fewest, of equals the first; EVERY where each keeps very many.

    `count` tells how many some values keep, up to one more than it is given.
    """

    def reach(name: str, most: int = WIDE) -> int:
        return count(
            {one: given for one, given in values.items() if one in (DAYS if name == PERIOD else (name,))}, most
        )

    counted = [(reach(name), n) for n, name in enumerate(names) if name != PERIOD]
    if PERIOD in names and min(counted)[0] > WIDE:  # which takes longer to count
        counted.append((reach(PERIOD), names.index(PERIOD)))
    fewest, at = min(counted)
    if fewest > WIDE and _are_held(kind, values) and all(reach(name, VAST) > VAST for name in names):
        return EVERY
    return names[at]
