"""Tokens: cut and folded alike whatever the form of the text, each at its place in the original."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.tokens import (
    CHARACTERS,
    END,
    TERMS,
    Term,
    _cut_by_character,
    cut,
    fold,
    plain_of,
    read_terms,
    token_texts,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rubio’s naïve café", ["rubio", "s", "naive", "cafe"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("e\u0301te\u0301 été", ["ete", "ete"]),
        ("COVID-19, d'accord; $7.5bn", ["covid", "19", "d", "accord", "7", "5bn"]),
        ("ﬁne ½ Ångström", ["fine", "1", "2", "angstrom"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("Россия Ё ё", ["россия", "е", "е"]),
        ("snake_case a_b", ["snake_case", "a_b"]),
        ("“” – … \u200b", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_words_are_cut_and_folded(text: str, words: list[str]) -> None:
    assert [token.text for token in cut(text)] == words


@given(st.text())
def test_each_word_stands_where_it_says(text: str) -> None:
    before = 0
    for word, start, end in cut(text):
        assert before <= end and start < end <= len(text)
        assert word in "".join(map(fold, text[start:end]))[:64] or word[:64] in "".join(map(fold, text[start:end]))
        before = start


@given(st.text())
def test_the_form_of_the_text_and_its_case_do_not_matter(text: str) -> None:
    words = [token.text for token in cut(text)]
    for form in ("NFC", "NFD"):
        assert [token.text for token in cut(unicodedata.normalize(form, text))] == words


@given(st.text() | st.text(st.characters(max_codepoint=127)) | st.text("a_ ", min_size=60))
def test_the_words_without_their_places_are_the_same(text: str) -> None:
    text = text.replace(END, "")
    words = [*(token.text for token in cut(text)), "|"]
    assert token_texts([text], "|") == words
    assert token_texts(["one", text, "", text, "ǅ"], "|") == ["one", "|", *words, "|", *words, "dz", "|"]


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_cut_as_any_other(text: str) -> None:
    longer = [token.text for token in cut(f"{text} é")]
    assert [*(token.text for token in cut(text)), "e"] == longer


MIXED = "aZ_1 -“”’éÉe\u0301ßİıſﬁ½²ΣςΑ\u0391ЁᎠꭰＡ１ÅΩ日\ud800\u200b"


@given(st.text() | st.text(st.sampled_from(MIXED), max_size=30))
def test_what_is_folded_at_once_is_cut_as_it_is_character_by_character(text: str) -> None:
    assert list(cut(text)) == list(_cut_by_character(text))
    plain = plain_of(text)
    assert plain == ("".join(map(fold, text)) if all(len(fold(char)) == 1 for char in text) else None)


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ("lamps nets", [Term(("lamps",)), Term(("nets",))]),
        ('"lamps, nets" oil', [Term(("lamps", "nets")), Term(("oil",))]),
        ("“lamps nets” «oil»", [Term(("lamps", "nets")), Term(("oil",))]),
        ("lam*", [Term(("lam",), True)]),
        ("l*", [Term(("l",))]),
        ('"lam*"', [Term(("lam",))]),
        ("pre-2014*", [Term(("pre", "2014"), True)]),
        ('"open lamps', [Term(("open",)), Term(("lamps",))]),
        ("name:lamps NEAR(a b) NOT x OR y AND z ^", None),
        ("lamps lamps", [Term(("lamps",))]),
        ("* - () \"\" ''", []),
    ],
)
def test_what_is_asked_for(asked: str, terms: list[Term] | None) -> None:
    found = read_terms(asked)
    if terms is None:  # nothing is an operator: all of it is words
        words = [token.text for token in cut(asked)]
        assert [word for term in found for word in term.tokens] == list(dict.fromkeys(words))
    else:
        assert list(found) == terms


def test_there_is_a_most_of_it() -> None:
    assert len(read_terms(" ".join(f"w{n}" for n in range(TERMS)))) == TERMS
    with pytest.raises(ValueError, match=f"more than {TERMS} words"):
        read_terms(" ".join(f"w{n}" for n in range(TERMS + 1)))
    with pytest.raises(ValueError, match=f"more than {TERMS} words"):
        read_terms('"' + "a " * (TERMS + 1) + '"')
    assert read_terms("x" * CHARACTERS)
    with pytest.raises(ValueError, match=f"longer than {CHARACTERS}"):
        read_terms("x" * (CHARACTERS + 1))
