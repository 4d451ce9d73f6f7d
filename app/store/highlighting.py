"""Highlighting: where the words that were searched for stand in a published body."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from app.store.search import Tree, tree
from app.store.tokens import Term, Token, cut


def highlights(kind: str, body: dict[str, Any], terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Each text of a body in which a term stands: its field, itself, and where, in code points; also as HTML."""
    return list(_found(body, tree(kind), "", terms))


def _found(body: dict[str, Any], fields: Tree, prefix: str, terms: Sequence[Term]) -> Iterator[dict[str, Any]]:
    """The same of the fields of a tree; items of lists are numbered."""
    for step, below in fields.items():
        value: Any = body.get(step)
        is_many = isinstance(value, list)
        for at, one in enumerate(value if is_many else () if value is None else (value,)):
            field = f"{prefix}{step}.{at}" if is_many else prefix + step
            if isinstance(below, dict):
                yield from _found(one, below, f"{field}.", terms)
            elif _may_hold(one, terms) and (ranges := _ranges(list(cut(one)), terms)):
                told = [{"start": start, "end": end} for start, end in ranges]
                yield {"field": field, "text": one, "ranges": told, "html": _marked(one, ranges)}


def _may_hold(words: str, terms: Sequence[Term]) -> bool:
    """False where plain letters already show that no term stands in a text."""
    if not words.isascii():
        return True
    lower = words.lower()
    return any(term.tokens[0] in lower for term in terms)


def _ranges(tokens: list[Token], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where terms stand among tokens, in order, those that touch or overlap joined."""
    spans: list[tuple[int, int]] = []
    for term in terms:
        size = len(term.tokens)
        for at in range(len(tokens) - size + 1):
            some = tokens[at : at + size]
            if all(map(_is_like, some, term.tokens, [False] * (size - 1) + [term.is_open])):
                spans.append((some[0].start, some[-1].end))
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
