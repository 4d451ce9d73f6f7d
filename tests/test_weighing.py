"""Weighing: figures by the range that digits and approximation imply, dates by the days that they allow."""

from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts.lists import Approximation
from app.store import weighing
from app.store.weighing import Result

days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
edtfs = st.one_of(
    days.map(str),
    days.map(lambda day: str(day)[:7]),
    days.map(lambda day: str(day)[:4]),
    days.map(lambda day: f"{day}~"),
    days.map(lambda day: f"{day}/"),
    days.map(lambda day: f"[..{day}]"),
    st.tuples(days, st.integers(0, 40)).map(lambda pair: f"{pair[0]}/{pair[0] + timedelta(pair[1])}"),
)
said = st.fixed_dictionaries(
    {
        "value": st.decimals(0, 10_000, places=1, allow_nan=False).map(str),
        "unit_mult": st.sampled_from([0, 6, 9]),
        "unit": st.sampled_from(["EUR", "USD"]),
        "prices": st.sampled_from([None, "current"]),
        "approximation": st.sampled_from([None, *get_args(Approximation)]),
    }
)


def figure(value: str | None, near: str | None = None, mult: int = 9, unit: str = "EUR") -> dict[str, Any]:
    return {"value": value, "unit_mult": mult, "unit": unit, "prices": None, "approximation": near}


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        (figure("7.5"), figure("7.5"), "same"),
        (figure("7500", mult=6), figure("7.50"), "compatible"),  # the digits say more
        (figure("7.5"), figure("7.4", "about"), "compatible"),
        (figure("7.5"), figure("6.9"), "differs"),
        (figure("500"), figure("480"), "differs"),
        (figure("500", "about"), figure("480"), "compatible"),
        (figure("20", "nearly"), figure("19"), "compatible"),
        (figure("20", "nearly"), figure("21", None), "differs"),
        (figure("20", "over"), figure("25"), "compatible"),
        (figure("20", "at_most"), figure("25"), "differs"),
        (figure("0", "about"), figure("0"), "compatible"),
        (figure("7.5"), figure("7.5", unit="USD"), "not_comparable"),
        (figure("7.5"), figure(None), "not_comparable"),
    ],
)
def test_figures(one: dict[str, Any], other: dict[str, Any], result: Result) -> None:
    assert weighing.figures(one, other) == weighing.figures(other, one) == result


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        ((13, None), (14, None), "differs"),
        ((14, None), (14, None), "same"),
        ((12, "at_least"), (14, None), "compatible"),
        ((500, "over"), (500, None), "differs"),
        ((300, "about"), (500, "over"), "differs"),
    ],
)
def test_counts_are_exact(one: tuple[int, str | None], other: tuple[int, str | None], result: Result) -> None:
    sides = [{"value": value, "approximation": near} for value, near in (one, other)]
    assert weighing.counts(*sides) == weighing.counts(*sides[::-1]) == result


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        ("2031-05-05", "2031-05-05", "same"),
        ("2031-05-05", "2031-05-04", "differs"),
        ("2031-05", "2031-05-05/2031-05-06", "compatible"),
        ("2031-05-04/2031-05-06", "2031-05-05/2031-05-06", "differs"),  # it opened on another day
        ("2031-05-12", "[..2031-05-12]", "compatible"),
        ("/2031-05-30", "2031-04-28/", "compatible"),
        ("2031-06-01/", "2031-04-28/", "differs"),
        ("2031-06-03~", "2031-06-03", "compatible"),
        (None, "2031-06-03", "not_comparable"),
    ],
)
def test_dates(one: str | None, other: str | None, result: Result) -> None:
    assert weighing.periods(one, other) == weighing.periods(other, one) == result


def test_a_date_is_compatible_with_one_that_sentences_differ_on() -> None:
    disputed = {"edtf": None, "alternatives": [{"edtf": "2031-03-03"}, {"edtf": "2031-03-04"}]}
    for edtf, result in (("2031-03-04", "compatible"), ("2031-03-05", "differs")):
        assert weighing.dates(disputed, {"edtf": edtf, "alternatives": []}) == result


@given(said, said)
def test_figures_are_weighed_alike_from_either_side(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert weighing.figures(one, other) == weighing.figures(other, one)
    assert weighing.figures(one, one) == "same"


@given(edtfs, edtfs)
def test_dates_are_weighed_alike_from_either_side(one: str, other: str) -> None:
    assert weighing.periods(one, other) == weighing.periods(other, one)
    assert weighing.periods(one, one) == "same"


@given(st.lists(st.sampled_from(weighing.WORST)))
def test_a_whole_is_as_its_widest_difference(results: list[Result]) -> None:
    assert weighing.worst(results) == (max(results, key=weighing.WORST.index) if results else "same")
