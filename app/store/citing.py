"""Citing: what a bundle's document block holds, and where in a document given words stand."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.store.copying import Shingles, copied, words
from app.store.proving import changed_sentences, prove
from app.store.quotations import paired
from app.store.sentences import Sentence, ordered, sentences
from app.store.text import TextError, digest, places, read_text

__all__ = [
    "Pair",
    "Sentence",
    "Shingles",
    "TextError",
    "changed_sentences",
    "cite",
    "copied",
    "digest",
    "fingerprint",
    "fold_words",
    "prove",
    "quotation_marks",
    "read_text",
    "sentences",
    "unpaired_marks",
    "words",
]

FOLD = re.compile(r"(\s+)|([-‐‑‒–—―−]+)|(…|\.\s?\.\s?\.)|([\"'`´“”„‟«»‘’‚‛‹›])")
FOLDED = " -…'"
INSIDE_WORD = re.compile(r"(?<=\w)\w|(?<=\d)[.,]\d|(?<=\d[.,])\d")


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of quotation marks, `start` and `end` in code points with the marks, and the sentence it starts in."""

    start: int
    end: int
    sentence: str | None


def quotation_marks(text: str, listed: Sequence[Sentence] | None = None) -> list[Pair]:
    """Takes a text and its sentences (by default those proposed), returns every pair of quotation marks in order.

    `sentence` is None where a pair starts in none of the sentences listed.
    """
    inside = ordered(sentences(text) if listed is None else listed)
    return [
        Pair(start, end, sentence.ref if (sentence := _around(inside, start, start + 1)) else None)
        for start, end in paired(text)[0]
    ]


def unpaired_marks(text: str) -> list[int]:
    """Takes a text, returns the offset of each quotation mark without partner; ' and ’ then count as apostrophes."""
    return paired(text)[1]


def fingerprint(text: str) -> dict[str, Any]:
    """Takes a text, returns the proposal for a bundle's document: digest, length in code points, sentences, marks."""
    proposed = sentences(text)
    return {
        "sha256": digest(text),
        "length": len(text),
        "sentences": [asdict(sentence) for sentence in proposed],
        "quotation_marks": [
            {"sentence": pair.sentence, "start": pair.start, "end": pair.end, "use": "speech", "fact": None}
            for pair in quotation_marks(text, proposed)
        ],
    }


def cite(text: str, wanted: str, listed: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Takes a text, words and sentences, returns a citation {sentence, start, end, sha256, exact} of each place.

    White space around the words is dropped; a place lies inside one sentence. Exact places come first and alone: as
    whole words, else within longer ones. Where there is none, places that are equal once quotation marks, dashes,
    ellipses and white space are folded; their `exact` is what stands there.
    """
    inside = ordered(listed)
    for spans in _stages(text, wanted.strip()):
        found = [(sentence, start, end) for start, end in spans if (sentence := _around(inside, start, end))]
        if found:
            return [_citation(text, sentence.ref, start, end) for sentence, start, end in found]
    return []


def _citation(text: str, ref: str, start: int, end: int) -> dict[str, Any]:
    exact = text[start:end]
    return {"sentence": ref, "start": start, "end": end, "sha256": digest(exact), "exact": exact}


def _stages(text: str, wanted: str) -> Iterator[list[tuple[int, int]]]:
    exact = [(at, at + len(wanted)) for at in places(text, wanted)]
    yield [span for span in exact if _is_whole(text, *span)]
    yield exact
    folded, origin = _fold(text)
    needle = _fold(wanted)[0]
    alike = [(origin[at], origin[at + len(needle)]) for at in places(folded, needle)]
    yield [span for span in alike if _is_whole(text, *span)]
    yield alike


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether neither edge cuts a word, a number or a letter from its combining marks."""
    return not any(
        INSIDE_WORD.match(text, edge) or unicodedata.category(text[edge]).startswith("M")
        for edge in (start, end)
        if edge < len(text)
    )


def fold_words(text: str) -> str:
    """Words without case, typography and the point or comma that closes them, as they are compared."""
    return _fold(unicodedata.normalize("NFC", text))[0].strip().rstrip(".,").casefold()


def _fold(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its code points and its end, the offset in the original."""
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    for match in FOLD.finditer(text):
        pieces += text[at : match.start()], FOLDED[(match.lastindex or 1) - 1]
        origin += range(at, match.start() + 1)
        at = match.end()
    return "".join([*pieces, text[at:]]), [*origin, *range(at, len(text) + 1)]


def _around(inside: list[Sentence], start: int, end: int) -> Sentence | None:
    at = bisect_right(inside, start, key=lambda sentence: sentence.start) - 1
    return inside[at] if at >= 0 and end <= inside[at].end else None
