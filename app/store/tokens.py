"""Tokens: how text is cut and folded for search, the same on every engine and on both sides."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST = 64  # code points of a token that count; longer words are the same where these are
TERMS, CHARACTERS = 16, 200  # the most that a search asks for
WORD = re.compile(r"\w+")
END = "\0"  # of one of several texts; no bundle holds it
WORD_OR_END = re.compile(rf"\w+|{END}")
ASCII = bytes(range(128))
ENCODED = "utf-8", "surrogatepass"  # whatever is asked for


class Token(NamedTuple):
    """A word as it is compared, and where it stands: [start, end) in code points of the original."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(char: str) -> str:
    """A character without case, marks and compatibility forms; empty for a mark, several letters for some."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(one for one in spread if not unicodedata.category(one).startswith("M"))


@lru_cache(maxsize=65_536)
def _folded(char: str) -> str | None:
    """A character as it is compared; None where that is not one character."""
    folded = fold(char)
    return folded if len(folded) == 1 else None


def plain_of(text: str) -> str | None:
    """A text as it is compared, of the same length; None where it has none.

    Of a long text few characters are not ASCII, so each of those is folded once, wherever it stands.
    """
    if text.isascii():
        return text.lower()
    plain = text.encode(*ENCODED)
    for char in set(plain.translate(None, ASCII).decode(*ENCODED)):
        folded = _folded(char)
        if folded is None:
            return None
        if folded != char:
            plain = plain.replace(char.encode(*ENCODED), folded.encode())
    return plain.lower().decode(*ENCODED)  # of bytes, only ASCII letters


def cut(text: str) -> Iterator[Token]:
    """The words of a text: runs of what folds to letters and digits, with the marks among them."""
    plain = plain_of(text)
    if plain is None:
        yield from _cut_by_character(text)
        return
    for found in WORD.finditer(plain):
        yield Token(found[0][:LONGEST], found.start(), found.end())


def _cut_by_character(text: str) -> Iterator[Token]:
    word, start, end = "", 0, 0
    for at, char in enumerate(text):
        folded = fold(char)
        if not folded:
            end = at + 1 if word else end
            continue
        for part in re.findall(r"\w+|\W+", folded):
            if WORD.fullmatch(part):
                start = start if word else at
                word, end = word + part, at + 1
            elif word:
                yield Token(word[:LONGEST], start, end)
                word = ""
    if word:
        yield Token(word[:LONGEST], start, end)


def token_texts(texts: Sequence[str], gap: str) -> list[str]:
    """The same words of several texts, without their places, with a gap after each text."""
    plain = plain_of(END.join([*texts, ""]))
    if plain is None:
        return [word for text in texts for word in (*(token.text for token in cut(text)), gap)]
    return [gap if word == END else word[:LONGEST] for word in WORD_OR_END.findall(plain)]


@dataclass(frozen=True, slots=True)
class Term:
    """What has to be in a fact: tokens one after the other; with `is_open` the last may go on."""

    tokens: tuple[str, ...]
    is_open: bool = False


NOTHING = Term(("¶¶",))  # what stands nowhere, since no token has such a sign


def read_terms(asked: str) -> tuple[Term, ...]:
    """What a search asks for: words, "phrases" in any quotation marks, and prefixes* of two letters or more.

    Any text is data: what holds no letter or digit asks for nothing. ValueError where there are too many terms.
    """
    if len(asked) > CHARACTERS:
        raise ValueError(f"is longer than {CHARACTERS} characters")
    terms: list[Term] = []
    for quoted, bare in re.findall(r"[\"“”„«»‟]([^\"“”„«»‟]*)[\"“”„«»‟]|([^\s\"“”„«»‟]+)", asked):
        tokens = tuple(token.text for token in cut(quoted or bare))
        is_open = bool(bare) and bare.endswith("*") and bool(tokens) and len(tokens[-1]) > 1
        if tokens:
            terms.append(Term(tokens, is_open))
    terms = list(dict.fromkeys(terms))
    if sum(len(term.tokens) for term in terms) > TERMS:
        raise ValueError(f"has more than {TERMS} words")
    return tuple(terms)


def without_one(terms: tuple[Term, ...]) -> Iterator[tuple[Term, ...]]:
    """What to look for where nothing has all terms: all but one, the last dropped first; of one alone its beginning."""
    if len(terms) > 1:
        yield from ((*terms[:at], *terms[at + 1 :]) for at in reversed(range(len(terms))))
    elif terms and len(terms[0].tokens) > 1:
        yield tuple(Term((token,)) for token in terms[0].tokens)
    elif terms and len(terms[0].tokens[0]) > 4:
        yield (Term((terms[0].tokens[0][:-2],), True),)
