"""Quotation marks in pairs, told from apostrophes by what stands around them."""

import re
from dataclasses import dataclass

from app.store.text import paragraphs

# Each closing mark and the marks that it may close: English, German („…“, »…«) and Nordic (”…”, »…») use.
CLOSES = {'"': '"', "”": "“„”", "“": "„", "»": "«»", "«": "»", "›": "‹", "’": "‘‚", "‘": "‚", "'": "'"}
MARKS = "\"”“„»«›‹’‘‚'"
SINGLE = "’‘‚'"
DEPTH = 8
# don’t, rock ’n’ roll, ’tis, the ’90s, the class of ’24; but '24 hours' is a quotation
TOKEN = re.compile(
    r"(?P<apostrophe>(?<=\w)['’‘](?=\w)|['’‘](?:n['’](?!\w)|(?:tis|twas|em|til)\b(?!['’])|\d\ds\b(?!['’])"
    rf"|\d\d\b(?![^{MARKS}]{{0,60}}['’](?!\w))))|(?P<mark>[{MARKS}])",
    re.IGNORECASE,
)
# A plural possessive is followed by the thing possessed, so not by one of these.
POSSESSED = re.compile(
    r"\s(?!(?:a|an|and|are|as|at|but|by|for|from|had|has|have|he|if|in|into|is|it|of|on|or|said|says|she|so|than|that"
    r"|the|they|to|was|we|were|when|which|while|who|will|with|would)\b)\w",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Open:
    """An opening mark, and the place where it perhaps closed, if that was no plural possessive."""

    at: int
    perhaps: int | None = None


class Line:
    """The marks of one paragraph, text[low:high], read from left to right into `pairs` and `lone`."""

    def __init__(self, text: str, low: int, high: int) -> None:
        self.text, self.low, self.high = text, low, high
        self.stack: list[Open] = []
        self.pairs: list[tuple[int, int]] = []
        self.lone: list[int] = []

    def read(self) -> None:
        for token in TOKEN.finditer(self.text, self.low, self.high):
            if token["mark"]:
                self.take(token.start())
        self.drop(0)

    def take(self, at: int) -> None:
        side = self.side(at)
        depth = self.opener(at, side)
        if depth is not None:
            self.close(depth, at)
        elif self.opens(at, side):
            if self.stack and self.stack[-1].perhaps is not None:
                self.drop(len(self.stack) - 1)
            self.stack.append(Open(at))
        elif self.text[at] not in "'’":
            self.lone.append(at)

    def around(self, at: int) -> tuple[str, str]:
        """The characters before and after a mark; the paragraph's edges count as spaces."""
        return (
            self.text[at - 1] if at > self.low else " ",
            self.text[at + 1] if at + 1 < self.high else " ",
        )

    def side(self, at: int) -> int:
        """Positive where the surroundings say that a mark opens, negative where they say it closes, else 0."""
        before, after = self.around(at)
        if before.isspace() != after.isspace():
            return 1 if before.isspace() else -1
        left = before in "([{—–-/…" or (self.stack and self.stack[-1].at == at - 1)
        right = after in ".,;:!?)]}—–-/…" or after in MARKS
        return bool(left) - right

    def opener(self, at: int, side: int) -> int | None:
        """The place in the stack of the mark that this one closes, None where it closes none."""
        mark = self.text[at]
        if (side > 0 and mark not in "”»›") or (side == 0 and mark in SINGLE):
            return None
        for depth in range(len(self.stack) - 1, max(-1, len(self.stack) - 1 - DEPTH), -1):
            if self.text[self.stack[depth].at] in CLOSES.get(mark, ""):
                return depth
        return None

    def opens(self, at: int, side: int) -> bool:
        mark = self.text[at]
        if mark in "‘'":
            return side > 0 or (side == 0 and not self.around(at)[0].isalnum())
        if mark in "”»":
            return side > 0
        return mark in "„«‹‚" or (mark in '"“' and side >= 0)

    def close(self, depth: int, at: int) -> None:
        if self.text[at] in "'’" and self.text[at - 1] in "sS" and POSSESSED.match(self.text, at + 1, self.high):
            if depth == len(self.stack) - 1 and self.stack[depth].perhaps is None:
                self.stack[depth].perhaps = at
            return
        self.drop(depth + 1)
        self.pairs.append((self.stack.pop().at, at + 1))

    def drop(self, depth: int) -> None:
        """Ends what is open from a depth on: as a pair where it perhaps closed, else alone."""
        for left in self.stack[depth:]:
            if left.perhaps is not None:
                self.pairs.append((left.at, left.perhaps + 1))
            elif self.text[left.at] != "'":
                self.lone.append(left.at)
        del self.stack[depth:]


def paired(text: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Takes a text, returns its pairs of quotation marks and the marks that have no partner.

    Pairs are (start, end) in code points, marks included, in order of start; they nest or lie apart, never cross, and
    never leave their paragraph. A mark without partner is its offset; a lone ' or ’ counts as an apostrophe.
    """
    pairs: list[tuple[int, int]] = []
    lone: list[int] = []
    for low, high in paragraphs(text):
        line = Line(text, low, high)
        line.read()
        pairs += line.pairs
        lone += line.lone
    return sorted(pairs), sorted(lone)
