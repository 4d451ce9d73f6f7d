"""A claimed span is proven, or the message says what is wrong and where the words stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.proving import changed_sentences, prove
from app.store.sentences import sentences
from app.store.text import digest

TEXT = "Lantern Pact meets\nAda Quill’s speech was short. It was “brave.”\nBram Oster left. Bram Oster came back."
LISTED = sentences(TEXT)


@pytest.mark.parametrize(
    ("start", "end", "exact", "says"),
    [
        (5, 5, None, "5–5 is no span"),
        (-3, 5, None, "-3–5 is no span"),
        (90, 104, None, "reaches past the end of the text, at 103; no span near has that digest"),
        (100, 110, "Ada Quill’s", "at 103; the words stand at 19–30"),
        (
            19,
            30,
            "Ada Quill's",
            "from code point 9 of the span the text has '’s' (U+2019), the citation \"'s\" (U+0027)",
        ),
        (19, 30, "Ada Quill's", "the words stand nowhere"),
        (19, 28, "Ada Quill’s", "the text has no more, the citation '’s' (U+2019)"),
        (66, 76, "Bram Oster", "the words stand at 65–75, 82–92"),
    ],
)
def test_what_is_wrong(start: int, end: int, exact: str | None, says: str) -> None:
    assert says in str(prove(TEXT, start, end, digest(exact or "nothing"), exact))


def test_a_wrong_digest() -> None:
    assert "words are as claimed, but their digest is" in str(prove(TEXT, 19, 30, "0" * 64, "Ada Quill’s"))
    assert "19–30 has that digest" in str(prove(TEXT, 25, 36, digest("Ada Quill’s")))


def test_many_places_are_not_all_named() -> None:
    assert str(prove("go " * 40, 1, 3, "", "go")).endswith("stand at 0–2, 3–5, 6–8, 9–11, 12–14, …")


@given(st.text(min_size=1), st.data())
def test_what_was_cut_out_is_proven(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    exact = text[start:end]
    assert prove(text, start, end, digest(exact)) is None
    assert prove(text, start, end, digest(exact), exact) is None
    assert prove(text, start, end, digest(exact + "."), exact) is not None
    assert prove(text, start, end, digest(exact), exact + ".") is not None


def test_an_unchanged_text() -> None:
    assert changed_sentences(TEXT, LISTED, sha256=digest(TEXT), length=len(TEXT)) == []


def test_moved_and_changed_sentences_are_told_apart() -> None:
    text = TEXT.replace("short", "too short")
    assert changed_sentences(text, LISTED) == [
        ("2.1", "the words at 19–48 are not those listed: their digest differs"),
        ("2.2", "its words moved by +4 code points, from 49–64"),
        ("3.1", "its words moved by +4 code points, from 65–81"),
        ("3.2", "its words moved by +4 code points, from 82–103"),
    ]


def test_a_sentence_moves_where_no_rule_would_cut_it() -> None:
    half = replace(LISTED[3], end=75, sha256=digest("Bram Oster"))
    assert changed_sentences(TEXT[6:], [half]) == [("3.1", "its words moved by -6 code points, from 65–75")]


def test_a_shorter_text() -> None:
    assert changed_sentences(TEXT[:90], LISTED) == [("3.2", "82–103 reaches past the end of the text, at 90")]


def test_what_stands_outside_all_sentences() -> None:
    few = [one for one in LISTED if one.ref not in ("2.1", "3.2")]
    assert changed_sentences(TEXT, few) == [
        ("outside", "19–48 is in no sentence"),
        ("outside", "82–103 is in no sentence"),
    ]


def test_a_change_of_white_space_outside_all_sentences() -> None:
    text = TEXT.replace(". It", ".\tIt")
    assert [ref for ref, message in changed_sentences(text, LISTED, sha256=digest(TEXT), length=len(TEXT))] == [
        "outside"
    ]
    [(_, message)] = changed_sentences(TEXT + "\n", LISTED, sha256=digest(TEXT), length=len(TEXT))
    assert "104 code points, not 103" in message


@given(st.integers(0, 3000), st.sampled_from(["\n", "🕊 ", "e\u0301 "]))
def test_text_before_all_sentences_moves_them_all(count: int, unit: str) -> None:
    before = unit * count + "\n"
    told = changed_sentences(before + TEXT, LISTED)
    assert [ref for ref, message in told if f"by +{len(before)} " in message] == [one.ref for one in LISTED]
