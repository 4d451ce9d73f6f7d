"""Runs of words that our own text shares with a document: what may not be copied."""

import re
from collections import defaultdict
from collections.abc import Iterable

Run = tuple[str, ...]
WORD = re.compile(r"[$%0-9a-z]+(?:[',.][0-9a-z]+)*")


def words(text: str) -> list[str]:
    """Takes a text, returns its words in lower case with ’ as ': Latin letters, digits, $ and %, joined by ' , or ."""
    return WORD.findall(text.lower().replace("’", "'"))


def shingled(text: str, n: int = 8) -> list[Run]:
    """Takes a text, returns every run of n of its words, in order."""
    return _runs(words(text), n)


def _runs(tokens: list[str], n: int) -> list[Run]:
    return [tuple(tokens[at : at + n]) for at in range(len(tokens) - n + 1)]


class Shingles:
    """A document's runs of n words, cut once and asked of many texts.

    `free` are strings of the document that anyone may repeat: its title, what stands in its quotation marks.
    """

    def __init__(self, text: str, free: Iterable[str] = (), n: int = 8) -> None:
        self.n = n
        self.words = words(text)
        self.free = {run for part in free for run in shingled(part, n)}
        self.places: defaultdict[Run, list[int]] = defaultdict(list)
        for at, run in enumerate(_runs(self.words, n)):
            self.places[run].append(at)

    def runs(self, own: str) -> list[str]:
        """Takes a text of ours, returns the longest runs of n or more words that it shares, words joined by a space.

        A run that lies inside one of the free strings is none; one that reaches beyond them is returned whole.
        """
        mine = words(own)
        found: list[str] = []
        end = 0
        for at, run in enumerate(_runs(mine, self.n)):
            if at + self.n > end and run not in self.free and run in self.places:
                start, end = max((self.widen(mine, at, place) for place in self.places[run]), key=_length)
                found.append(" ".join(mine[start:end]))
        return found

    def widen(self, mine: list[str], at: int, place: int) -> tuple[int, int]:
        """The (start, end) in `mine` of the longest shared run around one shared shingle."""
        before = after = 0
        while before < min(at, place) and mine[at - before - 1] == self.words[place - before - 1]:
            before += 1
        while (
            at + after < len(mine) and place + after < len(self.words) and mine[at + after] == self.words[place + after]
        ):
            after += 1
        return at - before, at + after


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def copied(text: str, own: str, n: int = 8, free: Iterable[str] = ()) -> list[str]:
    """Takes a document and a text of ours, returns the runs of n or more words they share, as Shingles.runs."""
    return Shingles(text, free, n).runs(own)
