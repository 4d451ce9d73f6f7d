"""Runs of words shared with a document are found, except where anyone may repeat them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.copying import Shingles, copied, words

REPORT = (
    'Lantern Pact meets\nAda Quill of Veld’s council told the Lantern Pact "we keep every lamp in Orrin lit" today.'
)
FREE = ["Lantern Pact meets", "we keep every lamp in Orrin lit"]
SHORT = st.text(alphabet="ab", max_size=30).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Veld’s $2.1bn, 20% U.S.-led", ["veld's", "$2.1bn", "20%", "u.s", "led"]),
        ("It cost 1,200.50. 'So!'", ["it", "cost", "1,200.50", "so"]),
        ("Cafe\u0301 Ælf €5", ["cafe", "lf", "5"]),
        ("…\n", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_run_is_returned_as_long_as_it_is() -> None:
    own = "It says: ADA QUILL of Veld's council, told the Lantern-Pact of lamps; then Ada Quill of Veld's court"
    assert copied(REPORT, own, 4, FREE) == [
        "ada quill of veld's council told the lantern pact",
        "ada quill of veld's",
    ]
    assert copied(REPORT, own, 10, FREE) == []


def test_free_strings_may_be_repeated_but_not_what_reaches_beyond_them() -> None:
    shingles = Shingles(REPORT, FREE, 5)
    assert shingles.runs("She said we keep every lamp in Orrin lit.") == []
    assert shingles.runs("we keep every lamp in Orrin lit today") == ["we keep every lamp in orrin lit today"]
    assert shingles.runs("the Pact: we keep every lamp in Orrin lit") == ["pact we keep every lamp in orrin lit"]


def test_eight_words_by_default() -> None:
    assert copied(REPORT, "Quill of Veld’s council told the Lantern") == []
    assert copied(REPORT, "Ada Quill of Veld’s council told the Lantern") != []


@given(SHORT, SHORT, st.lists(SHORT, max_size=2), st.integers(1, 4))
def test_runs_are_shared_maximal_and_complete(text: str, own: str, free: list[str], n: int) -> None:
    found = copied(text, own, n, free)
    mine = own.split()
    allowed = [f" {part} " for part in free]
    shared = [
        f" {' '.join(mine[at : at + n])} "
        for at in range(len(mine) - n + 1)
        if f" {' '.join(mine[at : at + n])} " in f" {text} "
    ]
    taken = [one for one in shared if not any(one in part for part in allowed)]
    assert bool(found) == bool(taken)
    assert all(any(one in f" {run} " for run in found) for one in taken)
    assert all(f" {run} " in f" {text} " and f" {run} " in f" {own} " for run in found)
