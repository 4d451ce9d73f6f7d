"""Ranges: what of a file is sent, for every form of the header (RFC 9110, section 14)."""

import pytest

from app.errors import RangeNotSatisfiable
from app.http.ranges import asked_for

SIZE, TAG = 100, '"a"'
LONG = "9" * 18


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-", (10, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=90-1000", (90, 100)),
        (f"bytes=0-{LONG}", (0, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-100", (0, 100)),
        ("bytes=-1000", (0, 100)),
        ("BYTES=5-6", (5, 7)),
        ("bytes = 5-6 ", (5, 7)),
    ],
)
def test_one_range_is_a_part(header: str, part: tuple[int, int]) -> None:
    assert asked_for(header, None, TAG, SIZE) == part
    assert asked_for(header, TAG, TAG, SIZE) == part
    assert asked_for(header, f" {TAG} ", TAG, SIZE) == part


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=x", "bytes=1", "bytes=5-4", "bytes=--1", "bytes=1-2-3", "bytes=0x0-0x5",
     "bytes=+1-2", "bytes=1 - 2", "bytes=٣-٤", "items=0-1", "bytes=0-1,5-6", "bytes=-1,-2", f"bytes={LONG}9-",
     "bytes=0-1;q=1"],
)  # fmt: skip
def test_what_is_no_single_range_is_the_whole(header: str) -> None:
    assert asked_for(header, None, TAG, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", f"bytes={LONG}-", "bytes=-0"])
def test_no_byte_is_in_it(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        asked_for(header, None, TAG, SIZE)
    assert refused.value.headers == {"content-range": "bytes */100"}


@pytest.mark.parametrize("other", ['"b"', f"W/{TAG}", "a", "", "Thu, 26 Nov 2026 15:03:46 GMT", f'{TAG}, "b"'])
def test_of_another_version_the_whole_is_sent(other: str) -> None:
    assert asked_for("bytes=0-0", other, TAG, SIZE) is None
    assert asked_for("bytes=100-", other, TAG, SIZE) is None
