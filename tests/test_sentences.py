"""Sentences are proposed where a careful reader of news would cut."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.sentences import ordered, sentences
from app.store.text import digest, paragraphs

MESSY = st.text(alphabet=st.sampled_from("aBc Dé\u0301🕊1.!?… \r\n\u2028\"'“”‘’()—"), max_size=80) | st.text(max_size=80)

CUT = {
    "plain": ["Ada Quill spoke.", "Bram Oster listened!", "Who else came?", "Ines Farrow did."],
    "acronyms": ["The U.S. Secretary met the U.N. envoy.", "He flew to the U.S.", "The talks went on."],
    "the hour": ["They met at 5 p.m. Thursday.", "They left at 6 p.m.", "However, one stayed."],
    "titles": ["Mr. Oster met Gen. Ada Quill and Dr. Farrow.", "Messrs. Oster and Quill agreed."],
    "initials": ["J. R. Oster and A.B. Quill came.", "It was Plan B.", "They knew it."],
    "months": ["They met on Jan. 5 and on Sat. Feb. 7.", "Nothing came in Mar.", "Bram Oster waited until Dec. 24."],
    "numbers": [
        "It rose 3.5 percent to 2.1 billion.",
        "40 ministers saw Fig. 3 and Art. V of it.",
        "He chose 7.",
        "Good.",
    ],
    "the word no": ["No. 5 Harbour Street burned.", "Did he?", "No.", "I saw it."],
    "companies": ["Oster Jr. owns Quill Inc. in Veld.", "Marrow sold Farrow Ltd.", "The buyer is unknown."],
    "for example": ["Some, e.g. Marrow vs. Tissand, wait."],
    "omissions": [
        "We will … defend Veld ... and . . . Marrow.",
        "It fell...",
        "They saw it.",
        "They left....",
        "Veld won.",
    ],
    "quoted end": [
        'Veld called it "unwise."',
        "He agreed.",
        "“No.”",
        "“Yes!”",
        "„Ja.“",
        "« Va. »",
        "‘So.’",
        "Then they left.",
    ],
    "attributed": [
        "“We wait.” he said.",
        '"Why now?" asked Oster.',
        '"It is late," Quill said, "very."',
        '"Go.", he said.',
    ],
    "attributed by name": ['"Why now?', 'Why us?" Defence Minister J. Oster asked.', "‘Never!’ Quill said."],
    "not attributed": ['They cried "Never!"', "Quill said nothing.", '"Why?"', "He asked again."],
    "brackets": [
        "Marrow paid (it was late!) in full.",
        "(See the annex.)",
        "Tissand did not (or could not.)",
        "Veld did.",
    ],
    "list markers": ["1. The Lantern Pact met.", "2. The Pact agreed."],
    "datelines": ["PORT CALDER, Veld. — The Lantern Pact met.", "It was brief."],
    "symbols": ["Peace! ***"],
    "no stop": ["Lantern Pact 2031: U.S. stance on Veld"],
    "dates": ["They meet on May 14–16.", "The Pact hosts."],
}


@pytest.mark.parametrize("parts", CUT.values(), ids=CUT)
def test_cut(parts: list[str]) -> None:
    text = " ".join(parts)
    assert [text[one.start : one.end] for one in sentences(text)] == parts


def test_paragraphs_end_at_line_feeds_only() -> None:
    text = "\n \t\nTitle\r\n\r\nOne.\u2028Two. \n\u00a0\n🕊 Three.\u0085Four.\n"
    found = sentences(text)
    assert [one.ref for one in found] == ["1.1", "2.1", "2.2", "3.1", "3.2"]
    assert [text[one.start : one.end] for one in found] == ["Title", "One.", "Two.", "🕊 Three.", "Four."]


def test_offsets_are_code_points() -> None:
    assert [(one.start, one.end) for one in sentences("🕊🕊 Cafe\u0301. Quill.")] == [(0, 9), (10, 16)]


@given(MESSY)
def test_all_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    found = sentences(text)
    at = 0
    for one in found:
        assert not text[at : one.start].strip()
        span = text[one.start : one.end]
        assert span and span == span.strip() and "\n" not in span
        assert one.sha256 == digest(span)
        at = one.end
    assert not text[at:].strip()


@given(MESSY)
def test_refs_count_paragraphs_and_sentences_from_one(text: str) -> None:
    found = sentences(text)
    expected = [
        f"{number}.{place}"
        for number, (low, high) in enumerate(paragraphs(text), 1)
        for place, _ in enumerate([one for one in found if low <= one.start < high], 1)
    ]
    assert [one.ref for one in found] == expected
    assert ordered(reversed(found)) == found


@pytest.mark.parametrize("unit", ["! ", "A! ", ".", "...x", ". . .x", '."', "“", "' a"])
def test_time_does_not_grow_with_the_square_of_the_text(unit: str) -> None:
    began = perf_counter()
    sentences(unit * (100_000 // len(unit)))
    assert perf_counter() - began < 20
