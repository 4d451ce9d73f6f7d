"""Quotation marks are found in pairs, and apostrophes are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.quotations import CLOSES, paired

PAIRS = {
    'Veld is "ready," he said.': ['"ready,"'],
    '("So"—"no")': ['"So"', '"no"'],
    'He called it "a "grave" mistake" today.': ['"a "grave" mistake"', '"grave"'],
    '""Ready" is all," Quill said.': ['""Ready" is all,"', '"Ready"'],
    '"...and Marrow" stays.': ['"...and Marrow"'],
    "“Outer ‘inner’ outer,” he said.": ["“Outer ‘inner’ outer,”", "‘inner’"],
    "\"'Ready' is all,\" he said.": ["\"'Ready' is all,\"", "'Ready'"],
    "„Ja“, „sagt „er“ da“": ["„Ja“", "„sagt „er“ da“", "„er“"],
    "»Ja ›so‹« und ‚nein‘": ["»Ja ›so‹«", "‚nein‘"],
    "« Va ! » dit l’« ami »": ["« Va ! »", "« ami »"],
    "”Nej”, »kyllä»": ["”Nej”", "»kyllä»"],
    "The ministers’ plan isn’t Veld’s": [],
    "Rock 'n' roll, 'tis the '90s, the class of '24": [],
    "Rock ’n’ roll, ’tis the ’90s, the class of ’24": [],
    "'24 hours' of talks": ["'24 hours'"],
    "‘The ministers’ plan’, he said, isn’t ‘ready’.": ["‘The ministers’ plan’", "‘ready’"],
    "They call it ‘news’ and the ministers’ dogs bark.": ["‘news’"],
    "They say ‘ministers’ plan ‘wars’ today.": ["‘ministers’", "‘wars’"],
    "“The ‘ministers’ plan” it.": ["“The ‘ministers’ plan”", "‘ministers’"],
    "O'Quill said 'go' and 'don't'.": ["'go'", "'don't'"],
    'a 6" gun': [],
}


@pytest.mark.parametrize(("text", "expected"), PAIRS.items())
def test_pairs(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in paired(text)[0]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Open.\n“Closed.”", ([(7, 16)], [0])),
        ('Shut" and "open\n"Both"', ([(16, 22)], [4, 10])),
        ("“a ‘b” c", ([(0, 6)], [3])),
        ("end” ‘start", ([], [3, 5])),
        ("“a\nb”", ([], [0, 4])),
    ],
)
def test_marks_without_partner(text: str, expected: tuple[list[tuple[int, int]], list[int]]) -> None:
    assert paired(text) == expected


@given(st.text(alphabet=st.sampled_from("ab s1 .,—(\n\"'“”„«»‘’‚‹›")))
def test_pairs_nest_or_lie_apart(text: str) -> None:
    pairs, lone = paired(text)
    edges = [edge for start, end in pairs for edge in (start, end - 1)]
    assert len({*edges, *lone}) == len(edges) + len(lone)
    for start, end in pairs:
        assert text[start] in CLOSES[text[end - 1]] and "\n" not in text[start:end]
        assert all(end <= low or high <= start or (start < low) == (high < end) for low, high in pairs if low != start)


@given(
    st.lists(st.sampled_from(["Quill", "no", "go 5", "the pact"]), min_size=1),
    st.sampled_from(['""', "“”", "«»", "‘’"]),
)
def test_every_quoted_phrase_is_a_pair(phrases: list[str], marks: str) -> None:
    quoted = [f"{marks[0]}{phrase}{marks[1]}" for phrase in phrases]
    text = "He said " + ", then ".join(quoted) + "."
    assert [text[start:end] for start, end in paired(text)[0]] == quoted
    assert not paired(text)[1]
