"""Dates as EDTF writes them: which are accepted, the days that each allows, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts.dates import Days, read_edtf

ACCEPTED = {
    "2031-05-04": ("2031-05-04", "2031-05-04"),
    "2031-05": ("2031-05-01", "2031-05-31"),
    "2031": ("2031-01-01", "2031-12-31"),
    "2032-02": ("2032-02-01", "2032-02-29"),
    "2031-02": ("2031-02-01", "2031-02-28"),
    "2031-05-04~": ("2031-05-04", "2031-05-04"),
    "2031-05?": ("2031-05-01", "2031-05-31"),
    "2031%": ("2031-01-01", "2031-12-31"),
    "0001-01-01": ("0001-01-01", "0001-01-01"),
    "9999": ("9999-01-01", "9999-12-31"),
    "2031-05-04/2031-05-06": ("2031-05-04", "2031-05-06"),
    "2031-05-04/2031-05-04": ("2031-05-04", "2031-05-04"),
    "2031-05-04~/2031-06?": ("2031-05-04", "2031-06-30"),
    "2030/2031-05": ("2030-01-01", "2031-05-31"),
    "2031-05-20/2031-05": ("2031-05-20", "2031-05-31"),
    "2031-05-04/": ("2031-05-04", None),
    "2031-05-04/..": ("2031-05-04", None),
    "/2031-05-04": (None, "2031-05-04"),
    "../2031-05-04": (None, "2031-05-04"),
    "[..2031-05-04]": (None, "2031-05-04"),
    "[..2031-05]": (None, "2031-05-31"),
    "[2031-05-04..]": ("2031-05-04", None),
    "[2031..]": ("2031-01-01", None),
    "[2031-05-04]": ("2031-05-04", "2031-05-04"),
    "[2031-05-04,2031-05-06]": ("2031-05-04", "2031-05-06"),
    "[2031-05-06, 2031-05-04]": ("2031-05-04", "2031-05-06"),
    "[2031-05-04..2031-05-06]": ("2031-05-04", "2031-05-06"),
    "[2030,2031-05-04..2031-05-06]": ("2030-01-01", "2031-05-06"),
    "[..2031-05-04,2031-06-01]": (None, "2031-06-01"),
    "[2031-05-04,2031-06..]": ("2031-05-04", None),
    "[..2031-05-04~]": (None, "2031-05-04"),
}
REFUSED = [
    "", " ", "/", "../..", "/..", "../", "[]", "[..]", "[,]", "[2031,]", "[2031", "2031]", "..2031", "2031..",
    "2031-02-30", "2031-02-29", "2031-00", "2031-13", "2031-01-00", "2031-04-31", "0000", "0000-01-01",
    "2031-05-06/2031-05-04", "2031-05/2031-04-30", "2031/2030", "[2031-05-06..2031-05-04]", "[2031/2032]",
    "2031-05-04/2031-05-06/2031-05-08", "[..2031-05-04..2031-06-01]", "[2031..2032..2033]", "[[2031]]",
    "٢٠٣١-٠٥-٠٤", "２０３１", "²⁰³¹", "2031-05-04\n", "\n2031", " 2031", "2031 ", "2031\u2009",
    "[2031\n]", "[\u00a02031]", "31-05-04", "20310504", "2031-5-4", "12031", "-2031", "+2031", "2031-W18", "2031-124",
    "2031-21x", "203X", "Y12031",
    "2031-05-04T10:00", "2031-05-04Z", "2031-05~-04", "~2031", "2031~~", "2031~?", "{2031}", "2031–2032", "4 May 2031",
    "2031-05-04/next", "[2031-05-04;2031-05-06]", "null",
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_date_allows_its_days(text: str) -> None:
    earliest, latest = (None if day is None else date.fromisoformat(day) for day in ACCEPTED[text])
    assert read_edtf(text) == Days(earliest, latest)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_edtf(text)


@given(st.dates(), st.dates())
def test_an_interval_runs_forwards_or_is_refused(start: date, end: date) -> None:
    text = f"{start.isoformat()}/{end.isoformat()}"
    if end < start:
        with pytest.raises(ValueError, match="runs backwards"):
            read_edtf(text)
    else:
        assert read_edtf(text) == Days(start, end)


@given(st.text(alphabet="0123456789-/.[]~?%, ٣٢\n", max_size=24))
def test_any_text_is_a_date_that_runs_forwards_or_a_value_error(text: str) -> None:
    try:
        days = read_edtf(text)
    except ValueError:
        return
    assert days.earliest is None or days.latest is None or days.earliest <= days.latest
    assert days != Days(None, None) or text.startswith("[")
