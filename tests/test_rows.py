"""Rows: the keys that lists are ordered by, and the days by which facts are found."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts import KINDS
from app.facts.base import FOREVER
from app.store.days import readings_of
from app.store.publishing import Publisher
from app.store.rows import row_of
from tests.loads import Shelf

SPAN = {"sentence": "1.1", "start": 0, "end": 4, "sha256": "0" * 64}
WINDOW = [date(2031, 4, 20) + timedelta(days) for days in range(50)]
Bounds = tuple[date | None, date | None]

days = st.sampled_from(WINDOW)
pairs = st.tuples(days, days).map(sorted)
dates: st.SearchStrategy[tuple[str, Bounds]] = st.one_of(
    days.map(lambda day: (f"{day}", (day, day))),
    st.just(("2031-05", (date(2031, 5, 1), date(2031, 5, 31)))),
    st.just(("2031~", (date(2031, 1, 1), date(2031, 12, 31)))),
    pairs.map(lambda pair: (f"{pair[0]}/{pair[1]}", (pair[0], pair[1]))),
    pairs.map(lambda pair: (f"[{pair[1]},{pair[0]}]", (pair[0], pair[1]))),
    days.map(lambda day: (f"{day}/..", (day, None))),
    days.map(lambda day: (f"[{day}..]", (day, None))),
    days.map(lambda day: (f"../{day}", (None, day))),
    days.map(lambda day: (f"[..{day}]", (None, day))),
)


def body_of(raw: dict[str, Any]) -> dict[str, Any]:
    """The published body of a statement."""
    records = {"statements/x": {"id": "x", "voice": "document", "act": "says", **raw}}
    made = Publisher(Shelf(records))
    return made.body("statements/x")


def row(raw: dict[str, Any], number: int = 1, index: int = 0) -> dict[str, Any]:
    return row_of(KINDS["statements"], body_of(raw), None, number, index, "paper")


def dated(edtf: str | None, *readings: str) -> dict[str, Any]:
    """A statement of a day, or of several readings of it."""
    alternatives = [{"edtf": one, "citation": SPAN} for one in readings]
    return {
        "date": {"edtf": edtf, "alternatives": alternatives, "how": "printed" if edtf or readings else "not_stated"}
    }


def matches(earliest: str, latest: str, start: date, end: date) -> bool:
    """How a list asks for the days from start to end."""
    return latest >= start.isoformat() and earliest <= end.isoformat()


def allows(bounds: Bounds, start: date, end: date) -> bool:
    """Whether any day from start to end lies within the bounds, day by day."""
    first, last = bounds[0] or date.min, bounds[1] or date.max
    return any(first <= start + timedelta(day) <= last for day in range((end - start).days + 1))


@given(dates, pairs)
def test_a_fact_is_found_on_every_day_that_its_date_allows(written: tuple[str, Bounds], asked: list[date]) -> None:
    edtf, bounds = written
    found = row(dated(edtf))
    assert matches(found["earliest"], found["latest"], *asked) == allows(bounds, *asked)
    assert not found["readings"]


@given(st.lists(dates, min_size=2, max_size=3), pairs)
def test_a_fact_of_several_readings_is_found_by_any(written: list[tuple[str, Bounds]], asked: list[date]) -> None:
    raw = dated(None, *(edtf for edtf, _ in written))
    spans = readings_of(KINDS["statements"], body_of(raw))
    found = any(matches(earliest, latest, *asked) for earliest, latest in spans)
    assert found == any(allows(bounds, *asked) for _, bounds in written)
    assert row(raw)["readings"]


@given(pairs)
def test_a_fact_without_a_day_is_never_found_by_days(asked: list[date]) -> None:
    found = row(dated(None))
    assert not matches(found["earliest"], found["latest"], *asked)
    assert not matches(found["earliest"], found["latest"], asked[0], date.max)
    assert not matches(found["earliest"], found["latest"], date.min, asked[1])
    assert readings_of(KINDS["statements"], body_of(dated(None))) == []


ORDERED = [
    ["0001-01-01"],
    ["1999", "1999-01", "1999-01-01/..", "[1999-01-01..]"],
    ["[..2031-05-04]", "../2031-05-04"],
    ["2031-05-04", "2031-05-04~", "2031-05-04/2032", "[2031-05-04,2031-06]", "2031-05-04/"],
    ["[..2031-05-05]"],
    ["2031-05-05"],
    ["[..2031-05-31]", "[..2031-05]"],
    ["2031-06"],
    ["9999-12-31"],
]


def test_days_sort_by_their_first_and_an_upper_bound_before_that_day() -> None:
    up = [{row(dated(edtf))["day_up"] for edtf in group} for group in ORDERED]
    down = [{row(dated(edtf))["day_down"] for edtf in group} for group in ORDERED]
    assert all(len(keys) == 1 for keys in (*up, *down))
    assert all(max(one) < min(other) for one, other in pairwise(up))
    assert all(min(one) > max(other) for one, other in pairwise(down))


def test_what_has_no_day_comes_last_both_ways() -> None:
    undated, last, first = (row(dated(edtf)) for edtf in (None, "9999-12-31", "0001-01-01"))
    assert undated["day_up"] > last["day_up"] > first["day_up"]
    assert undated["day_down"] > first["day_down"] > last["day_down"]
    assert undated["day_up"] == undated["day_down"] < 2**31


@given(dates, dates)
def test_the_two_keys_of_a_day_are_each_others_reverse(one: tuple[str, Bounds], other: tuple[str, Bounds]) -> None:
    a, b = row(dated(one[0])), row(dated(other[0]))
    assert (a["day_up"] < b["day_up"]) == (a["day_down"] > b["day_down"])
    assert (a["day_up"] == b["day_up"]) == (a["day_down"] == b["day_down"])


def test_readings_sort_by_the_earliest_of_them() -> None:
    readings = row(dated(None, "2031-05-06", "[..2031-05-09]", "2031-05-04"))
    assert readings["day_up"] == row(dated("2031-05-04"))["day_up"]
    assert row(dated(None, "[..2031-05-09]", "[..2031-05-07]"))["day_up"] == row(dated("[..2031-05-07]"))["day_up"]


def cited(*starts: int) -> dict[str, Any]:
    return {"citations": [{**SPAN, "start": start, "end": start + 4} for start in starts]}


def test_facts_stand_in_the_order_of_documents_then_of_the_text_then_of_the_bundle() -> None:
    ordered = [
        row(cited(), 1, 7), row(cited(10), 1, 5), row(cited(10), 1, 6), row(cited(11), 1, 0),
        row(cited(2**24 - 1), 1, 3), row(cited(), 2, 0), row(cited(0), 2, 1), row(cited(5), 2**22 - 1, 2**20),
    ]  # fmt: skip
    places = [one["place_in_document"] for one in ordered]
    assert places == sorted(set(places))
    assert places[-1] < 2**63


def test_ties_beyond_what_the_key_holds_do_not_reach_the_next_place() -> None:
    assert row(cited(10), 1, 2**16)["place_in_document"] < row(cited(11), 1, 0)["place_in_document"]


def test_what_cites_only_in_its_parts_stands_there() -> None:
    quoted = {"quotations": [{"text": "x", "extent": "word", "citation": {**SPAN, "start": 90}}]}
    assert row(quoted)["place_in_document"] == row(cited(90))["place_in_document"]


@pytest.mark.parametrize(("amount", "mult"), [("7.5", 9), ("0", 0), ("-3", 3), (None, 0)])
def test_amounts_have_a_key_for_each_direction_and_none_is_last(amount: str | None, mult: int) -> None:
    raw = {"id": "x", "measure": "other", "ref_area": {"label": "Veld"}, "obs_status": "A", "obs_value": amount}
    made = Publisher(Shelf({"spending/x": {**raw, "unit_mult": mult}}))
    found = row_of(KINDS["spending"], made.body("spending/x"), made, 1, 0, "p")
    value = float("inf") if amount is None else float(amount) * 10**mult
    assert found["value_up"] == value
    assert found["value_down"] == (value if amount is None else -value)


def test_a_row_is_current_and_carries_its_body() -> None:
    found = row({"name": "Écho"}, 3, 4)
    assert (found["id"], found["name"], found["name_key"], found["bundle"]) == ("x", "Écho", "echo", "paper")
    assert (found["until_edition"], found["basis"]) == (FOREVER, "stated")
    assert found["body"].startswith(b'{"type":"statement","id":"x",')
