"""Wording: what counts as the same words, and that nothing else ever does."""

import json
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.store.verify.matching import cuts, lcs, targets, verbatim
from app.store.verify.wording import read_pattern, tokens
from tests.world import further_bundles, world_bundles


def statement(*texts: str, places: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A statement with quotations: by default one after the other in a paragraph."""
    own = [{"sentence": f"1.{at + 1}", "start": at} for at in range(len(texts))]
    cited = [{**place, "document": "d"} for place in places or own]
    quotations = [{"text": text, "citation": place} for text, place in zip(texts, cited, strict=True)]
    return {"id": "s", "date": {"earliest": None, "latest": None}, "quotations": quotations}


def said(content: bytes) -> Iterator[dict[str, Any]]:
    """The statements of a bundle."""
    for one in json.loads(content)["statements"]:
        quotations = one.get("quotations", [])
        yield statement(*(each["text"] for each in quotations), places=[each["citation"] for each in quotations])


SAID = [one for _, content in [*world_bundles(), *further_bundles()] for one in said(content)]
RECORDED = [(statement, target) for statement in SAID for target in targets(statement)]


def found(quoted: str, recorded: str) -> str:
    """How words stand in a recorded quotation: exact, fragment, or not at all."""
    made = verbatim(read_pattern(quoted), statement(recorded))
    return "no" if made is None else "fragment" if made.cut else "exact"


@pytest.mark.parametrize(
    ("quoted", "recorded"),
    [
        ("We can’t wait,", "We can't wait"),
        ("we can't wait.", "We can’t wait"),
        ("We  can\n't wait", "We can 't wait"),
        ("Boats - all of them - sail", "Boats — all of them — sail"),
        ("Boats—all of them—sail", "Boats – all of them – sail"),
        ('He said "go" and left', "He said ‘go’ and left"),
        ("Go... now", "Go … now"),
        ("The cafe\u0301 is shut", "The café is shut"),
        ("The ha\u00adrbour is shut", "The harbour is shut"),
        ("[W]e need boats", "We need boats"),
        ("We need[ed] boats", "We need boats"),
        ("[The ministers] need boats", "We need boats"),
        ("We need [more] boats", "We need boats"),
        ("We need boats [sic]", "We need boats"),
        ("We … need boats", "We … need boats"),
    ],
)
def test_what_is_written_otherwise_is_the_same(quoted: str, recorded: str) -> None:
    assert found(quoted, recorded) == "exact"


@pytest.mark.parametrize(
    ("quoted", "recorded"),
    [
        ("We need Boats", "We need boats"),
        ("We need boats?", "We need boats"),
        ("We, need boats", "We need boats"),
        ("We need 3 boats", "We need three boats"),
        ("The cafe is shut", "The café is shut"),
        ("The colour is grey", "The color is grey"),
        ("We need 7,5 boats", "We need 7.5 boats"),
        ("WE need boats", "We need boats"),
        ("We need boat", "We need boats"),
        ("need We boats", "We need boats"),
    ],
)
def test_all_else_counts(quoted: str, recorded: str) -> None:
    assert found(quoted, recorded) == "no"


@pytest.mark.parametrize(
    ("quoted", "recorded", "cut"),
    [
        ("need boats", "We need boats", [("We", "")]),
        ("We need", "We need boats", [("", "boats")]),
        ("We … boats", "We do not need boats", [("", "do not need"), ("do not need", "")]),
        ("We [...] boats", "We do not need boats", [("", "do not need"), ("do not need", "")]),
        ("… need boats …", "We need boats today", [("We", "today")]),
        ("Need boats", "We need boats", [("We", "")]),
    ],
)
def test_what_is_cut_is_told(quoted: str, recorded: str, cut: list[tuple[str, str]]) -> None:
    made = verbatim(read_pattern(quoted), statement(recorded))
    assert made is not None
    assert [(one["before"], one["after"]) for one in cuts(made)] == cut


@pytest.mark.parametrize("quoted", ["We need boats. Now", "We need boats, now", "We need boats now"])
def test_quotations_that_follow_one_another_are_one(quoted: str) -> None:
    made = verbatim(read_pattern(quoted), statement("We need boats", "now"))
    assert (made is not None and made.cut == 0) == (quoted != "We need boats. Now")
    assert found("We need boats. Now", "We need boats. Now") == "exact"


def test_an_end_that_is_printed_parts_quotations() -> None:
    assert verbatim(read_pattern("We need boats. Now"), statement("We need boats.", "Now")) is not None
    assert verbatim(read_pattern("We need boats, Now"), statement("We need boats.", "Now")) is None


def words_of(text: str) -> tuple[str, ...]:
    """The tokens of a text, its first letter small."""
    made = [token.text for token in tokens(text)]
    while made and made[-1] in (".", ","):
        made.pop()
    return (made[0][:1].casefold() + made[0][1:], *made[1:]) if made else ()


LETTERS = st.characters(categories=("Ll", "Lu", "Nd"), max_codepoint=0x24F)


@st.composite
def edited(draw: st.DrawFn) -> tuple[int, str]:
    """A recorded quotation by its number, after an edit of its letters or words."""
    number = draw(st.integers(0, len(RECORDED) - 1))
    text = RECORDED[number][1].text
    kind = draw(st.sampled_from(("letter", "letter in", "letter out", "word in", "word out", "swapped", "doubled")))
    if kind.startswith("letter"):
        places = [at for at, char in enumerate(text) if char.isalnum()]
        at = draw(st.sampled_from(places))
        put = "" if kind == "letter out" else draw(LETTERS)
        return number, text[:at] + put + text[at + (kind != "letter in") :]
    parts = text.split(" ")
    at = draw(st.integers(0, len(parts) - 1))
    if kind == "word in":
        parts.insert(at, draw(st.sampled_from(("not", "never", "perhaps", "the", "lamps"))))
    elif kind == "word out":
        del parts[at]
    elif kind == "doubled":
        parts.insert(at, parts[at])
    else:
        other = draw(st.integers(0, len(parts) - 1))
        parts[at], parts[other] = parts[other], parts[at]
    return number, " ".join(parts)


@given(edited())
def test_no_edit_of_a_true_quotation_is_exact(edit: tuple[int, str]) -> None:
    number, text = edit
    was = {words_of(target.text) for _, target in RECORDED}
    assume(words_of(text) not in was and any(char.isalnum() for char in text))
    assume(unicodedata.normalize("NFC", text) != unicodedata.normalize("NFC", RECORDED[number][1].text))
    for one in SAID:
        made = verbatim(read_pattern(text), one)
        assert made is None or made.cut > 0


@given(st.text(max_size=60))
def test_any_string_is_a_pattern(text: str) -> None:
    pattern = read_pattern(text)
    for one in SAID:
        verbatim(pattern, one)
    assert all(left.end <= right.start for left, right in pairwise(tokens(text)))


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_the_longest_common_run_is_that_of_the_plain_rule(one: list[str], other: list[str]) -> None:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, left in enumerate(one, 1):
        for j, right in enumerate(other, 1):
            grown = table[i - 1][j - 1] + 1 if left == right else max(table[i - 1][j], table[i][j - 1])
            table[i][j] = grown
    assert lcs(one, other) == table[-1][-1]
