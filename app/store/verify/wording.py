"""Wording: words as they are compared, and where a quotation, its brackets and its gaps stand in a recorded one."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar

MARKS = "̀-ͯ᪰-᫿᷀-᷿⃐-⃰︠-︯"  # combining marks that no NFC letter takes in
LETTERS = rf"[\w{MARKS}]+"
PIECE = re.compile(
    r"(?P<gap>[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.\s?\.\s?\.)|(?P<bracket>\[[^\[\]]{0,300}\])"
    rf"|(?P<word>\d+(?:[.,:]\d+)+|{LETTERS}(?:['’‘ʼ＇]{LETTERS})*)|(?P<sign>[^\s\w])"
)
# What readers do not see: soft hyphens, zero-width spaces, byte order marks, the signs that set a direction.
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
SAME = {
    **dict.fromkeys("\"'`´“”„‟«»‘’‚‛‹›″′＂＇ʼ", "'"),
    **dict.fromkeys("-‐‑‒–—―−", "-"),
}
CLOSING = (".", ",")
EDGES = frozenset(".,;:-")
ENDS = frozenset(".!?…")
STEPS = 400_000  # comparisons of words in one look, after which a text has too many beginnings to try


class Token(NamedTuple):
    """A word or a sign as it is compared, and where it stands: [start, end) in code points of the original."""

    text: str
    start: int
    end: int
    is_word: bool


class Piece(NamedTuple):
    """A part of a quotation in a draft: a run of words in their order, or what stands for any others."""

    kind: Literal["run", "bracket", "gap"]
    tokens: tuple["Token | Part", ...]
    words: str  # as they are written


class Part(NamedTuple):
    """A word of which letters stand in brackets: `[w]e`, `move[d]`."""

    before: str
    after: str
    inside: str  # what the brackets hold
    start: int
    end: int
    is_word: bool = True

    @property
    def text(self) -> str:
        return f"{self.before}[{self.inside}]{self.after}"


One = TypeVar("One", Token, Token | Part)


def _key(text: str) -> str:
    """A word as it is compared: as written, but for its marks' composition and its apostrophe."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return text if len(text) > 1 and text.isalnum() else "".join(SAME.get(char, char) for char in text)


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and signs of a text as they are compared; white space and what readers do not see count for nothing."""
    found = []
    for match in PIECE.finditer(text, start, len(text) if end is None else end):
        if match["bracket"]:
            found += [Token("[", match.start(), match.start() + 1, False)]
            found += tokens(text, match.start() + 1, match.end() - 1)
            found += [Token("]", match.end() - 1, match.end(), False)]
        elif match["gap"]:
            found.append(Token("…", match.start(), match.end(), False))
        elif match["word"]:
            found.append(Token(_key(match[0]), match.start(), match.end(), True))
        elif not UNSEEN.match(match[0]):
            found.append(Token(SAME.get(match[0], match[0]), match.start(), match.end(), False))
    return _joined(text, found) if UNSEEN.search(text, start, len(text) if end is None else end) else found


def _joined(text: str, found: list[Token]) -> list[Token]:
    """Tokens, those joined again that only an unseen sign parts: a soft hyphen in a word."""
    made: list[Token] = []
    for token in found:
        between = text[made[-1].end : token.start] if made else ""
        if made and between and made[-1].is_word and token.is_word and not UNSEEN.sub("", between):
            made[-1] = Token(made[-1].text + token.text, made[-1].start, token.end, True)
        else:
            made.append(token)
    return made


def without_close(found: Sequence[One]) -> list[One]:
    """Tokens without the point or comma that closes them."""
    kept = list(found)
    while kept and not kept[-1].is_word and kept[-1].text in CLOSING:
        kept.pop()
    return kept


@dataclass(frozen=True)
class Pattern:
    """A quotation in a draft, read: its runs of words, its brackets and its gaps, in order; offsets are of `text`."""

    text: str
    pieces: tuple[Piece, ...]

    @cached_property
    def words(self) -> list[Token]:
        """All whole words that are given as quoted."""
        return [one for run in self.runs for one in run.tokens if isinstance(one, Token) and one.is_word]

    @cached_property
    def runs(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind == "run"]


def read_pattern(text: str) -> Pattern:
    """A quotation as a draft writes it, without its marks: `[x]` stands for any words, … for a gap."""
    text = UNSEEN.sub("", text)
    pieces: list[Piece] = []
    run: list[Token | Part] = []

    def close() -> None:
        if run:
            pieces.append(Piece("run", tuple(run), text[run[0].start : run[-1].end]))
            run.clear()

    at = 0
    while match := PIECE.search(text, at):
        at = match.end()
        part = _part(text, match)
        if part:
            if run and part.start < run[-1].end:
                run.pop()
            run.append(part)
            at = part.end
        elif match["gap"] or match["bracket"]:
            close()
            pieces.append(Piece("gap" if match["gap"] else "bracket", (), match[0]))
        else:
            run += tokens(text, match.start(), match.end())
    close()
    return Pattern(text, tuple(_trimmed(pieces)))


def _part(text: str, match: re.Match[str]) -> Part | None:
    """A word with letters in brackets, where a bracket touches one."""
    if not match["bracket"]:
        return None
    before = re.search(rf"{LETTERS}$", text[max(0, match.start() - 60) : match.start()])
    after = re.match(rf"{LETTERS}", text[match.end() : match.end() + 60])
    if not before and not after:
        return None
    left, right = before[0] if before else "", after[0] if after else ""
    inside = match[0][1:-1].strip()
    return Part(_key(left), _key(right), inside, match.start() - len(left), match.end() + len(right))


def _trimmed(pieces: list[Piece]) -> Iterator[Piece]:
    """Pieces, their runs without the signs at the edge of a gap, the last without what closes it."""
    for at, piece in enumerate(pieces):
        kept = list(piece.tokens)
        if piece.kind == "run":
            if at and pieces[at - 1].kind == "gap":
                while kept and not kept[0].is_word and kept[0].text in EDGES:
                    kept.pop(0)
            if at + 1 < len(pieces) and pieces[at + 1].kind == "gap":
                while kept and not kept[-1].is_word and kept[-1].text in EDGES:
                    kept.pop()
            if at + 1 == len(pieces):
                kept = without_close(kept)
            if not kept:
                continue
        yield Piece(piece.kind, tuple(kept), piece.words)


@dataclass(frozen=True)
class Match:
    """Where a quotation stands among tokens: `spans` of its runs, `left_out` between and around them, both [i, j)."""

    spans: tuple[tuple[int, int], ...]
    left_out: tuple[tuple[int, int], ...]  # before the first run, after each run
    replaced: tuple[tuple[str, int, int], ...]

    def cut(self, found: Sequence[Token]) -> int:
        """How many words were left out without a bracket for them."""
        return sum(found[at].is_word for low, high in self.left_out for at in range(low, high))


def is_like(wanted: "Token | Part", token: Token, is_first: bool) -> bool:
    """Whether a token is the wanted one; the first one's first letter may be of either case."""
    if isinstance(wanted, Part):
        text = token.text
        fits = len(text) >= len(wanted.before) + len(wanted.after) and text.endswith(wanted.after)
        begins = text.startswith(wanted.before) or (is_first and _first_free(text, wanted.before, len(wanted.before)))
        return token.is_word and fits and begins
    if wanted.text == token.text:
        return True
    return is_first and wanted.is_word and token.is_word and _first_free(token.text, wanted.text, len(token.text))


def _first_free(text: str, wanted: str, size: int) -> bool:
    """Whether a word's first `size` letters are the wanted ones but for the first letter's case."""
    if not wanted or len(text) < size or len(wanted) != size:
        return False
    return text[1:size] == wanted[1:] and text[0].casefold() == wanted[0].casefold()


def find(pattern: Pattern, found: Sequence[Token]) -> Iterator[Match]:
    """Every place where a quotation's runs stand among tokens in order, one for each place of the first run."""
    runs = pattern.runs
    if not runs or not any(token.is_word for run in runs for token in run.tokens):
        return
    steps = 0
    for begin in range(len(found) - len(runs[0].tokens) + 1):
        if not _stands(runs[0], found, begin):
            continue
        spans = [(begin, begin + len(runs[0].tokens))]
        for run in runs[1:]:
            at = spans[-1][1]
            while at + len(run.tokens) <= len(found) and not _stands(run, found, at):
                at += 1
                steps += 1
            if at + len(run.tokens) > len(found):
                return  # nor is it there after any later beginning
            spans.append((at, at + len(run.tokens)))
        yield _match(pattern, spans, found)
        if steps > STEPS:
            return


def _stands(run: Piece, found: Sequence[Token], at: int) -> bool:
    wanted = run.tokens
    first = next((n for n, one in enumerate(wanted) if one.is_word), 0)
    return all(is_like(one, found[at + n], n == first) for n, one in enumerate(wanted))


def _match(pattern: Pattern, spans: list[tuple[int, int]], found: Sequence[Token]) -> Match:
    """What lies between and around the runs: left out, or replaced by the bracket that stands there."""
    edges = [(0, spans[0][0])]
    edges += [(left[1], right[0]) for left, right in pairwise(spans)]
    edges += [(spans[-1][1], len(found))]
    between = list(_between(pattern))
    left_out, replaced = [], []
    for at, ((low, high), marks) in enumerate(zip(edges, between, strict=True)):
        brackets = [piece for piece in marks if piece.kind == "bracket"]
        if not brackets or any(piece.kind == "gap" for piece in marks):
            left_out.append((low, high))
            replaced += [(piece.words, low, low) for piece in brackets]
            continue
        start, stop = _reach(found, low, high, at == 0, at == len(edges) - 1)
        left_out.append((low, start) if at == 0 else (stop, high))
        replaced.append((" ".join(piece.words for piece in brackets), start, stop))
    for run, (low, _) in zip(pattern.runs, spans, strict=True):
        for n, one in enumerate(run.tokens):
            if isinstance(one, Part):
                replaced.append((one.text, low + n, low + n + 1))
    return Match(tuple(spans), tuple(left_out), tuple(sorted(replaced, key=lambda one: one[1])))


def _between(pattern: Pattern) -> Iterator[list[Piece]]:
    """The brackets and gaps before the first run, between runs, and after the last."""
    marks: list[Piece] = []
    for piece in pattern.pieces:
        if piece.kind == "run":
            yield marks
            marks = []
        else:
            marks.append(piece)
    yield marks


def _reach(found: Sequence[Token], low: int, high: int, is_first: bool, is_last: bool) -> tuple[int, int]:
    """What a bracket stands for of a span: at an edge no more than what its own sentence has there."""
    ends = [at for at in range(low, high) if not found[at].is_word and found[at].text in ENDS]
    if is_first and ends:
        return ends[-1] + 1, high
    if is_last and ends:
        return low, ends[0]
    return low, high
