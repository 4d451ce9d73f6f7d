"""Weighing: what two documents give in one field held side by side, with no winner.

Results: `same`; `compatible`, the ranges that precision and approximation imply overlap; `differs`; `not_comparable`,
where one says nothing, units or prices differ, or the words are our own.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from app.facts.dates import Days, read_edtf
from app.store.citing import fold_words

Result = Literal["same", "compatible", "differs", "not_comparable"]
Inside = Callable[[str, str], bool]  # whether one place, `places/id`, lies within another
WORST: tuple[Result, ...] = ("same", "compatible", "not_comparable", "differs")
Range = tuple[Decimal, Decimal]
EVER = (Decimal("-Infinity"), Decimal("Infinity"))


def worst(results: list[Result]) -> Result:
    """The result of a whole whose parts have these; `same` where there are none."""
    return max(results, key=WORST.index, default="same")


def values(one: Any, other: Any) -> Result:
    """Values of a closed list, codes, names and the like."""
    if one is None or other is None:
        return "not_comparable"
    return "same" if one == other else "differs"


def words(one: Any, other: Any) -> Result:
    """Our own words: where both bear out the same ones they give the same; other words tell nothing."""
    return "same" if one == other else "not_comparable"


def references(one: dict[str, Any] | None, other: dict[str, Any] | None, inside: Inside) -> Result:
    """Records by their addresses; a place is compatible with one that it lies within."""
    if one is None or other is None:
        return "not_comparable"
    first, second = one["path"][1:], other["path"][1:]
    if first == second:
        return "same"
    return "compatible" if inside(first, second) or inside(second, first) else "differs"


def quotations(one: dict[str, Any], other: dict[str, Any], is_translated: bool) -> Result:
    """Words printed as speech, typography aside; translations of one speech need not have the same."""
    if fold_words(one["text"]) == fold_words(other["text"]):
        return "same"
    return "not_comparable" if is_translated else "differs"


def dates(one: dict[str, Any], other: dict[str, Any]) -> Result:
    """Days as published: beginnings and ends are compared apart, each as the range of days that it may be."""
    if one["edtf"] and one["edtf"] == other["edtf"]:
        return "same"
    readings = [[_ends(edtf) for edtf in _readings(dated)] for dated in (one, other)]
    if not all(readings):
        return "not_comparable"
    fits = any(_overlap(a[0], b[0]) and _overlap(a[1], b[1]) for a in readings[0] for b in readings[1])
    return "compatible" if fits else "differs"


def periods(one: str | None, other: str | None) -> Result:
    """The same of EDTF alone."""
    return dates({"edtf": one, "alternatives": []}, {"edtf": other, "alternatives": []})


def _readings(dated: dict[str, Any]) -> list[str]:
    return [edtf for edtf in (dated["edtf"], *(one["edtf"] for one in dated["alternatives"])) if edtf]


def _ends(edtf: str) -> tuple[Range, Range]:
    """The ranges, in days, of a date's beginning and of its end; of a single date both are all that it allows."""
    if "/" not in edtf:
        whole = _days(read_edtf(edtf))
        return whole, whole
    start, _, end = edtf.partition("/")
    beginning, last = (EVER if part in ("", "..") else _days(read_edtf(part)) for part in (start, end))
    return (beginning[0], min(beginning[1], last[1])), (max(last[0], beginning[0]), last[1])


def _days(days: Days) -> Range:
    return _day(days.earliest, EVER[0]), _day(days.latest, EVER[1])


def _day(day: date | None, unknown: Decimal) -> Decimal:
    return Decimal(day.toordinal()) if day else unknown


def _overlap(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def figures(one: dict[str, Any], other: dict[str, Any]) -> Result:
    """Amounts `{value, unit_mult, unit, prices, approximation}`; decimals in strings, 10^unit_mult their scale."""
    for name in ("unit", "prices"):
        if one[name] != other[name] and (name == "unit" or (one[name] and other[name])):
            return "not_comparable"
    return _numbers(one, other, is_rounded=True)


def counts(one: dict[str, Any] | None, other: dict[str, Any] | None) -> Result:
    """Numbers of people or things `{value, approximation}`, exact where no approximation is printed."""
    if one is None or other is None:
        return "not_comparable"
    return _numbers(one, other, is_rounded=False)


def comparisons(one: dict[str, Any] | None, other: dict[str, Any] | None) -> Result:
    """Changes against another period, whichever way, by how much."""
    if one is None or other is None or one["to_period"] != other["to_period"] or one["change"] != other["change"]:
        return "not_comparable"
    return _numbers(one, other, is_rounded=True)


def _numbers(one: dict[str, Any], other: dict[str, Any], is_rounded: bool) -> Result:
    if one["value"] is None or other["value"] is None:
        return "not_comparable"
    ranges = [_range(said, is_rounded) for said in (one, other)]
    if ranges[0] == ranges[1] and one.get("approximation") == other.get("approximation"):
        return "same"
    return "compatible" if _overlap(*ranges) else "differs"


def _range(said: dict[str, Any], is_rounded: bool) -> Range:
    """What a number stands for: half a unit of its last printed digit, or of its last significant one where that is
    only about right, to either side; or all on one side of it.
    """
    value = Decimal(str(said["value"]))
    scale = Decimal(10) ** (said.get("unit_mult") or 0)
    near = Decimal(10) ** (value.normalize().as_tuple().exponent if value else 0) / 2  # type: ignore[operator]
    printed = Decimal(10) ** value.as_tuple().exponent / 2 if is_rounded else Decimal(0)  # type: ignore[operator]
    low, high = {
        "about": (value - near, value + near),
        "nearly": (value - near, value),
        "over": (value.next_plus(), EVER[1]),
        "at_least": (value, EVER[1]),
        "at_most": (EVER[0], value),
    }.get(str(said.get("approximation")), (value - printed, value + printed))
    return low * scale, high * scale
