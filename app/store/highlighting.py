"""Highlighting: where the words that were searched for stand in a fact, by its texts, which are published with it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from app.store.search import TEXT, held
from app.store.searched import column_of, parts_of
from app.store.tokens import END, LONGEST, WORD, Term, Token, cut, plain_of

Ranges = list[tuple[int, int]]  # [start, end) of each place
SPECIAL = re.compile("[&<>\"']")  # what `escape` changes


def highlights(facts: Sequence[bytes], terms: Sequence[Term]) -> list[list[dict[str, Any]]]:
    """For each of some facts, by its texts, those in which a term stands: its field, itself, and where.

    Places are in code points, and also as HTML. The facts are looked through as one text, which takes less.
    """
    wholes = [texts.decode() for texts in facts]
    plain = plain_of(END.join(wholes))
    if plain is None:
        return [_by_itself(whole, terms) for whole in wholes]
    found: list[list[dict[str, Any]]] = [[] for _ in wholes]
    for (fact, number), where in _by_text(plain, wholes, plain_ranges(plain, terms)).items():
        texts, fields = parts_of(wholes[fact])
        if number < len(texts):
            found[fact].append(_highlight(fields[number], texts[number], where))
    return found


def is_own(kind: str, texts: bytes, terms: Sequence[Term]) -> bool:
    """Whether all terms stand in a fact's name and words, as the index of words has it, by the fact's texts."""
    found, fields = parts_of(texts.decode())
    columns = [column_of(kind, field) for field in fields]
    if sum(map(len, found)) <= TEXT and all(len(term.tokens) == 1 for term in terms):  # all of them are indexed
        own = [text for text, column in zip(found, columns, strict=True) if column != "refers"]
        plain = plain_of(END.join(own))
        if plain is not None:
            return all(any(True for _ in _spans(plain, term)) for term in terms)
    tokens = held(zip(columns, found, strict=True))
    words = [Token(text, at, at + 1) for at, text in enumerate([*tokens["name"], *tokens["words"]])]
    return all(ranges_of(words, [term]) for term in terms)


def _by_itself(whole: str, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """The same of one fact, text by text: not all that is in it can be compared as it is."""
    found = []
    for text, field in zip(*parts_of(whole), strict=True):
        plain = plain_of(text)
        ranges = ranges_of(list(cut(text)), terms) if plain is None else plain_ranges(plain, terms)
        if ranges:
            found.append(_highlight(field, text, ranges))
    return found


def _by_text(plain: str, wholes: Sequence[str], ranges: Ranges) -> dict[tuple[int, int], Ranges]:
    """By the number of each fact, and of each of its texts and then names, the places there."""
    found: dict[tuple[int, int], Ranges] = {}
    fact, first, behind = -1, 0, 0
    for start, end in ranges:
        while start >= behind:
            fact, first = fact + 1, behind
            behind = first + len(wholes[fact]) + 1
        begin = max(plain.rfind(END, first, start) + 1, first)
        found.setdefault((fact, plain.count(END, first, begin)), []).append((start - begin, end - begin))
    return found


def _highlight(field: str, text: str, ranges: Ranges) -> dict[str, Any]:
    told = [{"start": start, "end": end} for start, end in ranges]
    return {"field": field, "text": text, "ranges": told, "html": _marked(text, ranges)}


def plain_ranges(plain: str, terms: Iterable[Term]) -> Ranges:
    """Where terms stand in a text as it is compared, in order, places that touch or overlap joined."""
    return _joined([span for term in terms for span in _spans(plain, term)])


def _spans(plain: str, term: Term) -> Iterator[tuple[int, int]]:
    """Where a term stands: looked for by its first word, since most terms are one, and a pattern takes long to make."""
    first, at = term.tokens[0], -1
    pattern = None if len(term.tokens) == 1 and len(first) < LONGEST else _pattern(term)
    while (at := plain.find(first, at + 1)) >= 0:
        if at and _is_of_word(plain[at - 1]):
            continue
        if pattern is not None:
            match = pattern.match(plain, at)
            end = match.end() if match else None
        elif term.is_open:
            end = WORD.match(plain, at).end()  # type: ignore[union-attr]  # it begins a word
        else:
            end = at + len(first)
            end = None if _is_of_word(plain[end : end + 1]) else end
        if end is not None:
            yield at, end


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


@lru_cache(256)
def _pattern(term: Term) -> re.Pattern[str]:
    *first, last = [re.escape(token) + (r"\w*" if len(token) == LONGEST else "") for token in term.tokens]
    return re.compile(rf"[^\w{END}]+".join([*first, last + (r"\w*" if term.is_open else "")]) + r"(?!\w)")


def ranges_of(tokens: list[Token], terms: Sequence[Term]) -> Ranges:
    """Where terms stand among the tokens of a text, likewise."""
    spans: Ranges = []
    for term in terms:
        size = len(term.tokens)
        for at in range(len(tokens) - size + 1):
            some = tokens[at : at + size]
            if all(map(_is_like, some, term.tokens, [False] * (size - 1) + [term.is_open])):
                spans.append((some[0].start, some[-1].end))
    return _joined(spans)


def _joined(spans: Ranges) -> Ranges:
    if len(spans) < 2:
        return spans
    joined: Ranges = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _is_like(token: Token, wanted: str, is_open: bool) -> bool:
    return token.text.startswith(wanted) if is_open else token.text == wanted


def _marked(words: str, ranges: Ranges) -> str:
    """A text for HTML, with what was found inside `<mark>`."""
    shown = escape if SPECIAL.search(words) else str
    made, at = "", 0
    for start, end in ranges:
        made += f"{shown(words[at:start])}<mark>{shown(words[start:end])}</mark>"
        at = end
    return made + shown(words[at:])
