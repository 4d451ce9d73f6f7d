"""Matching: a quotation of a draft held against the words that a statement has in quotation marks."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.store.verify.cues import conditions, hedges, negations
from app.store.verify.wording import ENDS, Match, Pattern, Token, find, is_like, tokens, without_close

ALIGNED, MOSTLY = 0.6, 0.75  # of the words of both: of a whole quotation or sentence; of a piece that was cut out
WORDS, PIECE = 3, 4  # words that such a quotation has at least
LONGEST = 600  # words, of which not more are aligned
BRACKET = 4  # words that a bracket may hold, or stand for, in what may be quoted
RANGES = 8  # sentences of a quotation, up to which any run of them is tried
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Words printed as speech: those of one quotation of a statement, or of several that follow one another.

    `quotations` are their places in the statement's list; `starts` where each begins in `text`.
    """

    text: str
    tokens: tuple[Token, ...]
    quotations: tuple[int, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A quotation found in a statement: `match` where its words are as recorded, else `ratio` of those aligned."""

    statement: Body
    target: Target
    match: Match | None
    cut: int
    ratio: float = 1.0
    span: tuple[int, int] = (0, 0)

    @property
    def order(self) -> tuple[Any, ...]:
        """What comes first of several: the most alike, the newest, then by id."""
        day = self.statement["date"]["earliest"] or self.statement["date"]["latest"]
        newest = -int(day.replace("-", "")) if day else 0
        return (self.cut, -self.ratio, newest, len(self.target.quotations), self.statement["id"])


def targets(statement: Body) -> Iterator[Target]:
    """Each quotation of a statement, and each run of those that follow one another in a paragraph."""
    listed = statement["quotations"]
    for first in range(len(listed)):
        for last in range(first, len(listed)):
            if last > first and not _follows(listed[last - 1], listed[last]):
                break
            for text, starts in _joined([one["text"] for one in listed[first : last + 1]]):
                yield Target(text, tuple(without_close(tokens(text))), tuple(range(first, last + 1)), starts)


def _follows(one: Body, other: Body) -> bool:
    left, right = one["citation"], other["citation"]
    paragraph = left["sentence"].partition(".")[0] == right["sentence"].partition(".")[0]
    return bool(paragraph and left["document"] == right["document"] and left["start"] < right["start"])


def _joined(texts: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Quotations as one: what a sentence's end parts by a space, else by a point, a comma or nothing."""
    open_ended = any(not one.rstrip().endswith(tuple(ENDS)) for one in texts[:-1])
    for sign in (".", ",", "") if open_ended else ("",):
        made, starts = "", []
        for at, text in enumerate(texts):
            made += " " * bool(at)
            starts.append(len(made))
            ends = text.rstrip().endswith(tuple(ENDS)) or at == len(texts) - 1
            made += text if ends else text + sign
        yield made, tuple(starts)


def verbatim(pattern: Pattern, statement: Body) -> Found | None:
    """Where the words stand as they are quoted, with as little cut as there is; None where they do not."""
    best: Found | None = None
    for target in targets(statement):
        for match in find(pattern, target.tokens):
            found = Found(statement, target, match, match.cut(target.tokens))
            if best is None or found.order < best.order:
                best = found
    return best


def aligned(pattern: Pattern, statement: Body, is_speaker: bool) -> tuple[Found | None, Found | None]:
    """The statement's words that are most like those quoted: as an alteration of them, and as a near miss."""
    wanted = [token.text.casefold() for token in pattern.words][:LONGEST]
    if len(wanted) < WORDS:
        return None, None
    best: Found | None = None
    near: Found | None = None
    for target in targets(statement):
        for low, high in _ranges(target.tokens):
            words = [token.text.casefold() for token in target.tokens[low:high] if token.is_word][:LONGEST]
            if len(words) < WORDS or not _may_align(wanted, words):
                continue
            size = lcs(wanted, words)
            found = Found(statement, target, None, 0, 2 * size / (len(wanted) + len(words)), (low, high))
            if size >= ALIGNED * max(len(wanted), len(words)):
                best = found if best is None or found.order < best.order else best
            elif size * 2 >= len(wanted) and size >= WORDS:
                near = found if near is None or found.order < near.order else near
        if best is None:
            best = _piece(pattern, target, statement, is_speaker)
    return best, near


def _may_align(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts share enough words, in any order, for half of the first to be aligned."""
    return 2 * sum((Counter(one) & Counter(other)).values()) >= len(one)


def lcs(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words of one stand in the other in the same order, at most (Hyyrö 2004, by bits)."""
    places: dict[str, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(one)) - 1
    left = every
    for word in other:
        here = left & places.get(word, 0)
        left = ((left + here) | (left - here)) & every
    return len(one) - left.bit_count()


def _ranges(found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The whole, each sentence, and of few sentences every run of them, as [i, j) of tokens."""
    ends = [at + 1 for at, token in enumerate(found) if not token.is_word and token.text in ENDS]
    edges = sorted({0, *ends, len(found)})
    last = len(edges) - 1
    for low, high in product(range(last), range(1, last + 1)):
        if low < high and (last <= RANGES or high - low == 1 or high - low == last):
            yield edges[low], edges[high]


def _piece(pattern: Pattern, target: Target, statement: Body, is_speaker: bool) -> Found | None:
    """A piece cut out of a longer quotation, most of whose words, and of the stretch they stand in, are the same."""
    words = [(at, token.text.casefold()) for at, token in enumerate(target.tokens) if token.is_word][:LONGEST]
    size = total = 0
    low, high = len(target.tokens), 0
    for run in pattern.runs:
        wanted = [token.text.casefold() for token in run.tokens if token.is_word and isinstance(token, Token)]
        if not wanted or not _may_align(wanted, [word for _, word in words]):
            return None
        blocks = _blocks(wanted, [word for _, word in words])
        if not blocks:
            return None
        begin, end = blocks[0][0], blocks[-1][0] + blocks[-1][1]
        same = sum(length for _, length in blocks)
        if same < MOSTLY * max(len(wanted), end - begin):
            return None
        size, total = size + same, total + len(wanted)
        low, high = min(low, words[begin][0]), max(high, words[end - 1][0] + 1)
    if total < PIECE or (size < PIECE and not is_speaker):
        return None
    return Found(statement, target, None, 0, size / total, (low, high))


def _blocks(wanted: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Where runs of wanted words stand among words, in order: their beginnings and lengths."""
    matcher = difflib.SequenceMatcher(None, wanted, words, autojunk=False)
    return [(block.b, block.size) for block in matcher.get_matching_blocks() if block.size]


def differing(pattern: Pattern, found: Found) -> list[dict[str, str | None]]:
    """What differs between the words given and those recorded, in order."""
    given = [one for run in pattern.runs for one in run.tokens if isinstance(one, Token)]
    recorded = list(found.target.tokens[slice(*found.span)])
    while recorded and not recorded[-1].is_word and recorded[-1].text in ".,":
        recorded.pop()
    left, right = [one.text for one in given], [one.text for one in recorded]
    if left and right and is_like(given[0], recorded[0], is_first=True):
        left[0] = right[0]
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    ops = {"replace": "replaced", "delete": "added", "insert": "dropped"}
    return [
        {
            "op": ops[op],
            "given": pattern.text[given[a].start : given[b - 1].end] if b > a else None,
            "recorded": found.target.text[recorded[c].start : recorded[d - 1].end] if d > c else None,
        }
        for op, a, b, c, d in matcher.get_opcodes()
        if op != "equal"
    ]


def taken(found: Found) -> str:
    """The recorded words that were taken, a gap where some were left out, brackets where the draft has them."""
    assert found.match is not None
    text, listed = found.target.text, found.target.tokens
    pieces = []
    for (low, high), (before, after) in zip(found.match.spans, found.match.left_out[1:], strict=True):
        pieces.append(text[listed[low].start : listed[high - 1].end])
        brackets = [by for by, at, _ in found.match.replaced if by.startswith("[") and high <= at < after + 1]
        is_cut = any(listed[at].is_word for at in range(before, after))
        pieces += brackets or (["…"] if is_cut else [])
    return " ".join(pieces[:-1] if pieces[-1] == "…" else pieces)


def cuts(found: Found) -> list[dict[str, str]]:
    """For each run of words that was taken, what was left out before and after it."""
    assert found.match is not None
    text, listed = found.target.text, found.target.tokens
    told = [text[listed[low].start : listed[high - 1].end] if high > low else "" for low, high in found.match.left_out]
    return [{"before": told[at], "after": told[at + 1]} for at in range(len(told) - 1)]


def replaced(found: Found) -> list[dict[str, str]]:
    """What brackets stand for."""
    assert found.match is not None
    text, listed = found.target.text, found.target.tokens
    return [
        {"by": by, "words": text[listed[low].start : listed[high - 1].end] if high > low else ""}
        for by, low, high in found.match.replaced
    ]


def reversals(found: Found) -> list[str]:
    """The codes by which what was cut, or put in brackets, may turn the sense."""
    left_out = " ".join(part for one in cuts(found) for part in (one["before"], one["after"]))
    codes = []
    swapped = [{**one, "by": one["by"].replace("[", "").replace("]", "")} for one in replaced(found)]
    dropped = [one for one in swapped if negations(one["words"]) > negations(one["by"])]
    added = [one for one in swapped if negations(one["words"]) < negations(one["by"])]
    if negations(left_out) or dropped:
        codes.append("cut_negation")
    if hedges(left_out) or any(hedges(one["words"]) and not hedges(one["by"]) for one in swapped):
        codes.append("cut_hedge")
    if conditions(left_out) or any(conditions(one["words"]) and not conditions(one["by"]) for one in swapped):
        codes.append("cut_condition")
    if added:
        codes.append("inserted_negation")
    if any(len(one["by"].split()) > BRACKET or len(one["words"].split()) > BRACKET for one in swapped):
        codes.append("replaced")
    return codes
