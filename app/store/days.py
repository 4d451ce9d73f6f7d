"""Days: what a fact is filtered and sorted by that follows from its date, sentinels among them."""

from datetime import date
from typing import Any

from app.facts.base import Kind

NEVER = "~"  # after every day: the first day of what has none
BEFORE = ""  # before every day
LATEST_DAY = 2 * date.max.toordinal() + 1
DAY_BITS = LATEST_DAY.bit_length()
UNDATED = (1 << DAY_BITS) - 1  # after every day, whichever way they are sorted


def days_of(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    """What a body is filtered and sorted by that follows from its date."""
    dated = kind.table.date_of(body)
    day, (earliest, latest) = _day(dated), _span(dated)
    readings = bool(dated and dated["alternatives"])
    return {"earliest": earliest, "latest": latest, "day_up": day, "day_down": _down(day), "readings": readings}


def day_down(kind: Kind, body: dict[str, Any]) -> int:
    """The integer by which a body comes among those of its kind where the newest is first."""
    return _down(_day(kind.table.date_of(body)))


def _down(day: int) -> int:
    return UNDATED if day == UNDATED else LATEST_DAY - day


def _day(dated: dict[str, Any] | None) -> int:
    """One integer to sort by: the first day; a day known only by an upper bound comes before that day."""
    if dated is None:
        return UNDATED
    readings = [dated, *dated["alternatives"]]
    first = [one["earliest"] for one in readings if one["earliest"]]
    if first:
        return 2 * date.fromisoformat(min(first)).toordinal() + 1
    last = [one["latest"] for one in readings if one["latest"]]
    return 2 * date.fromisoformat(min(last)).toordinal() if last else UNDATED


def _span(dated: dict[str, Any] | None) -> tuple[str, str]:
    """First and last day as text; a date with an open end reaches for ever, an unknown date matches no day."""
    if dated is None or not (dated["earliest"] or dated["latest"]):
        return NEVER, BEFORE
    return dated["earliest"] or BEFORE, dated["latest"] or NEVER


def readings_of(kind: Kind, body: dict[str, Any]) -> list[tuple[str, str]]:
    """The days of each reading, where sentences differ."""
    dated = kind.table.date_of(body)
    return [_span(one) for one in [dated, *dated["alternatives"]]] if dated and dated["alternatives"] else []
