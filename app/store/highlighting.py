"""Highlighting: where the words that were searched for stand in a published body."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from app.store.search import Tree, tree
from app.store.tokens import LONGEST, Term, Token, cut


def highlights(kind: str, body: dict[str, Any], terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Each text of a body in which a term stands: its field, itself, and where, in code points; also as HTML."""
    texts: list[tuple[str, str]] = []
    _gather(body, tree(kind), "", texts)
    firsts, patterns = [term.tokens[0] for term in terms], patterns_of(tuple(terms))
    found = []
    for field, text in texts:
        if not text.isascii():
            ranges = ranges_of(list(cut(text)), terms)
        else:
            lower = text.lower()
            if not any(first in lower for first in firsts):
                continue
            ranges = plain_ranges(lower, patterns)
        if ranges:
            told = [{"start": start, "end": end} for start, end in ranges]
            found.append({"field": field, "text": text, "ranges": told, "html": _marked(text, ranges)})
    return found


def _gather(body: dict[str, Any], fields: Tree, prefix: str, found: list[tuple[str, str]]) -> None:
    """Adds each text of a body with its field, in which items of lists are numbered."""
    for step, below in fields.items():
        value: Any = body.get(step)
        if value is None:
            continue
        if not isinstance(value, list):
            if isinstance(below, dict):
                _gather(value, below, f"{prefix}{step}.", found)
            else:
                found.append((prefix + step, value))
            continue
        for at, one in enumerate(value):
            if isinstance(below, dict):
                _gather(one, below, f"{prefix}{step}.{at}.", found)
            else:
                found.append((f"{prefix}{step}.{at}", one))


@lru_cache(256)
def patterns_of(terms: tuple[Term, ...]) -> tuple[re.Pattern[str], ...]:
    """What finds each term in a text of plain lower-case letters, places that overlap among them."""
    return tuple(re.compile(rf"(?<!\w)(?=({_pattern(term)}))", re.ASCII) for term in terms)


def _pattern(term: Term) -> str:
    *first, last = [re.escape(token) + (r"\w*" if len(token) == LONGEST else "") for token in term.tokens]
    return r"\W+".join([*first, last + (r"\w*" if term.is_open else "")]) + r"(?!\w)"


def plain_ranges(lower: str, patterns: Iterable[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Where terms stand in such a text, in order, places that touch or overlap joined."""
    return _joined(found.span(1) for pattern in patterns for found in pattern.finditer(lower))


def ranges_of(tokens: list[Token], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where terms stand among the tokens of a text, likewise."""
    spans: list[tuple[int, int]] = []
    for term in terms:
        size = len(term.tokens)
        for at in range(len(tokens) - size + 1):
            some = tokens[at : at + size]
            if all(map(_is_like, some, term.tokens, [False] * (size - 1) + [term.is_open])):
                spans.append((some[0].start, some[-1].end))
    return _joined(spans)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _is_like(token: Token, wanted: str, is_open: bool) -> bool:
    return token.text.startswith(wanted) if is_open else token.text == wanted


def _marked(words: str, ranges: list[tuple[int, int]]) -> str:
    """A text for HTML, with what was found inside `<mark>`."""
    made, at = [], 0
    for start, end in ranges:
        made += [escape(words[at:start]), "<mark>", escape(words[start:end]), "</mark>"]
        at = end
    return "".join([*made, escape(words[at:])])
