"""Days as documents give them: EDTF read into the first and last day that it allows."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_PART = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?[~?%]?")


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day that a date allows, both included; None where that end is open or unknown."""

    earliest: date | None
    latest: date | None


@lru_cache(maxsize=4096)
def read_edtf(text: str) -> Days:
    """The days of an EDTF date, month, year, interval or one-of set (ISO 8601-2, levels 0 to 1 and `[..]`).

    Raises ValueError for anything else, a day that no calendar has and an interval that runs backwards among it.
    """
    if text.startswith("["):
        if not text.endswith("]"):
            raise ValueError(f"{text!r} opens a one-of set and does not close it")
        return _one_of(text[1:-1])
    if "/" in text:
        return _interval(text)
    return _part(text)


def _part(text: str) -> Days:
    match = _PART.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no EDTF date: write 2031, 2031-05, 2031-05-04, an interval a/b or a set [..b]")
    year, month, day = (int(group) if group else None for group in match.groups())
    assert year is not None
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    return Days(first, date(year, last_month, day or calendar.monthrange(year, last_month)[1]))


def _interval(text: str) -> Days:
    start, _, end = text.partition("/")
    if start in ("", "..") and end in ("", ".."):
        raise ValueError(f"{text!r} is an interval without a day")
    earliest = None if start in ("", "..") else _part(start).earliest
    latest = None if end in ("", "..") else _part(end).latest
    return _forwards(text, earliest, latest)


def _one_of(members: str) -> Days:
    ranges = [_member(member.strip(" ")) for member in members.split(",")]
    earliest = (
        None if any(one.earliest is None for one in ranges) else min(one.earliest for one in ranges if one.earliest)
    )
    latest = None if any(one.latest is None for one in ranges) else max(one.latest for one in ranges if one.latest)
    return Days(earliest, latest)


def _member(text: str) -> Days:
    if ".." not in text:
        return _part(text)
    start, _, end = text.partition("..")
    if not start and not end:
        raise ValueError("a one-of set needs a day: [..2031-05-04]")
    return _forwards(text, _part(start).earliest if start else None, _part(end).latest if end else None)


def _forwards(text: str, earliest: date | None, latest: date | None) -> Days:
    if earliest and latest and latest < earliest:
        raise ValueError(f"{text!r} runs backwards")
    return Days(earliest, latest)
