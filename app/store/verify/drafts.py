"""Drafts: a text to be checked, read into its sentences and the quotations in it."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.store.quotations import paired
from app.store.sentences import Sentence, ordered, sentences

# Where a line goes on: the next one is no paragraph of its own. One that ends like a sentence may be either.
BROKEN = re.compile(r"(?<=[^\s.!?:”\"’'»])[^\S\n]*\n(?=[^\S\n]*\S)|(?<=\S)[^\S\n]*\n(?=[^\S\n]*[a-z])")
WRAPPED = re.compile(r"(?<=\S)[^\S\n]*\n(?=[^\S\n]*\S)")
DEEPEST = 4  # quotations in each other
LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation in a draft: [start, end) of what stands inside its marks, and how many others it stands in."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class Draft:
    """A text, with lines that were only wrapped joined, what stands in quotation marks blanked, and its sentences.

    Offsets are the same in all three texts. `lone` are quotation marks without partner.
    """

    text: str
    plain: str
    own: str
    quoted: tuple[Quoted, ...]
    lone: tuple[int, ...]
    sentences: tuple[Sentence, ...]

    def sentence(self, at: int) -> int:
        """The number of the sentence that stands at an offset, or of the one before it."""
        return max(0, bisect_right(self.sentences, at, key=lambda one: one.start) - 1)

    @cached_property
    def _outer(self) -> dict[int, list[Quoted]]:
        found: dict[int, list[Quoted]] = {}
        for one in self.quoted:
            if not one.depth:
                found.setdefault(self.sentence(one.start), []).append(one)
        return found

    @cached_property
    def _mask(self) -> bytearray:
        mask = bytearray(len(self.text))
        for one in self.quoted:
            if not one.depth:
                mask[one.start : one.end] = b"\1" * (one.end - one.start)
        return mask

    def inside(self, sentence: int) -> list[Quoted]:
        """The outer quotations that begin in a sentence."""
        return self._outer.get(sentence, [])

    def is_quoted(self, at: int) -> bool:
        """Whether what stands at an offset is inside quotation marks."""
        return bool(self._mask[at])


def read_draft(text: str) -> Draft:
    """Reads a draft. Quotations do not leave their paragraph: of lines that are only wrapped, the block is one."""
    plain = _joined(BROKEN, text)
    pairs, lone = paired(plain)
    joined = _joined(WRAPPED, plain)
    if lone and joined != plain:
        together = paired(joined)
        if len(together[1]) < len(lone):
            plain, (pairs, lone) = joined, together
    quoted = tuple(_quoted(plain, pairs))
    own = _blanked(plain, [one for one in quoted if not one.depth])
    return Draft(text, plain, own, quoted, tuple(lone), tuple(ordered(sentences(own))))


def bare(words: str) -> str:
    """Words without quotation marks around all of them."""
    told = words.strip()
    return told[1:-1] if paired(told)[0][:1] == [(0, len(told))] else words


def _joined(breaks: re.Pattern[str], text: str) -> str:
    return breaks.sub(lambda found: " " * len(found[0]), text)


def _quoted(text: str, pairs: Sequence[tuple[int, int]]) -> list[Quoted]:
    found: list[Quoted] = []
    open_until: list[int] = []
    for start, end in pairs:
        while open_until and open_until[-1] <= start:
            open_until.pop()
        if len(open_until) < DEEPEST and LETTER.search(text, start + 1, end - 1):
            found.append(Quoted(start + 1, end - 1, len(open_until)))
        open_until.append(end)
    return found


def _blanked(text: str, outer: Sequence[Quoted]) -> str:
    """A text with a letter for each sign that is quoted, so that sentences end where they did."""
    pieces, at = [], 0
    for one in outer:
        closes = text[one.end - 1] in ".,!?…" and one.end - one.start > 1
        first = "Q" if text[one.start].isupper() else "q"
        pieces += [text[at : one.start], first.ljust(one.end - one.start - closes, "q"), text[one.end - 1] * closes]
        at = one.end
    return "".join([*pieces, text[at:]])
