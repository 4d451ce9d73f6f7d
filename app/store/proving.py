"""Proving a span: do its words stand where a citation or a list of sentences says, and if not, where?"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from app.store.sentences import Sentence, ordered, sentences
from app.store.text import digest, places

WORD_START = re.compile(r"(?<!\w)\S")
# How many code points around its place a span is looked for by its digest alone.
REACH = 1000
# How many places of the same words a message names.
NAMED = 5


def prove(text: str, start: int, end: int, sha256: str, exact: str | None = None) -> str | None:
    """Takes a text and a claimed span (W3C Web Annotation: TextPositionSelector, TextQuoteSelector, and a digest).

    Returns None where the span lies in the text, its digest is `sha256` and its words are `exact` (None: not claimed),
    else a message that says what is wrong and where the words stand instead.
    """
    if not 0 <= start < end:
        return f"{start}–{end} is no span: start is from 0, end is exclusive and after it"
    there = text[start:end]
    if end > len(text):
        wrong = f"{start}–{end} reaches past the end of the text, at {len(text)}"
    elif exact is not None and there != exact:
        wrong = f"the words at {start}–{end} differ: {_difference(there, exact)}"
    elif digest(there) == sha256:
        return None
    elif exact is not None:
        return f"the words are as claimed, but their digest is {digest(there)}, not {sha256}"
    else:
        wrong = f"the digest of {start}–{end} is {digest(there)}, not {sha256}"
    return f"{wrong}; {_elsewhere(text, start, end, sha256, exact)}"


def _difference(there: str, exact: str) -> str:
    at = next(
        (at for at, (one, other) in enumerate(zip(there, exact, strict=False)) if one != other),
        min(len(there), len(exact)),
    )
    return f"from code point {at} of the span the text has {_shown(there, at)}, the citation {_shown(exact, at)}"


def _shown(piece: str, at: int) -> str:
    """A few characters from an offset, the first one named, since marks that differ can look alike."""
    return f"{piece[at : at + 20]!r} (U+{ord(piece[at]):04X})" if at < len(piece) else "no more"


def _elsewhere(text: str, start: int, end: int, sha256: str, exact: str | None) -> str:
    if exact is not None:
        found = [f"{at}–{at + len(exact)}" for at in islice(places(text, exact), NAMED + 1)]
        shown = ", ".join(found[:NAMED]) + ", …" * (len(found) > NAMED)
        return f"the words stand at {shown}" if found else "the words stand nowhere in the text"
    moved = _moved(text, Sentence("", start, end, sha256))
    return "no span near has that digest" if moved is None else f"{start + moved}–{end + moved} has that digest"


def changed_sentences(
    text: str, listed: Sequence[Sentence], *, sha256: str | None = None, length: int | None = None
) -> list[tuple[str, str]]:
    """Takes a text and the sentences, digest and length listed for it; returns (ref, message) of each that changed.

    Where all sentences stand, the ref `outside` tells of words in none of them, and of a text that differs nonetheless.
    """
    changed = [sentence for sentence in listed if not _stands(text, sentence, 0)]
    if changed:
        return list(_told(text, changed))
    outside = [("outside", f"{start}–{end} is in no sentence") for start, end in _uncovered(text, listed)]
    if length is not None and length != len(text):
        outside.append(("outside", f"the text has {len(text)} code points, not {length}, all sentences standing"))
    elif sha256 is not None and sha256 != digest(text):
        outside.append(("outside", "the text's digest differs, all sentences standing: something between them changed"))
    return outside


def _stands(text: str, sentence: Sentence, moved: int) -> bool:
    start, end = sentence.start + moved, sentence.end + moved
    return 0 <= start < end <= len(text) and digest(text[start:end]) == sentence.sha256


def _told(text: str, changed: list[Sentence]) -> Iterator[tuple[str, str]]:
    known = {sentence.sha256: sentence.start for sentence in sentences(text)}
    last = 0
    for sentence in changed:
        place = f"{sentence.start}–{sentence.end}"
        moved = _moved(text, sentence, last, known.get(sentence.sha256))
        if moved is not None:
            last = moved
            yield sentence.ref, f"its words moved by {moved:+} code points, from {place}"
        elif sentence.end > len(text):
            yield sentence.ref, f"{place} reaches past the end of the text, at {len(text)}"
        else:
            yield sentence.ref, f"the words at {place} are not those listed: their digest differs"


def _moved(text: str, span: Sentence, last: int = 0, known: int | None = None) -> int | None:
    """By how many code points a span moved: as the last one did, to a known start, or to the nearest word's start."""
    likely = [last] if known is None else [last, known - span.start]
    middle = span.start + last
    words_near = WORD_START.finditer(text, max(0, middle - REACH), max(0, middle + REACH))
    near = sorted((word.start() - span.start for word in words_near), key=lambda moved: abs(moved - last))
    return next((moved for moved in [*likely, *near] if _stands(text, span, moved)), None)


def _uncovered(text: str, listed: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """The stretches of text in no sentence that hold more than white space, none of it around them."""
    at = 0
    edges = [(sentence.start, sentence.end) for sentence in ordered(listed)]
    for start, end in [*edges, (len(text), len(text))]:
        between = text[at:start]
        if between.strip():
            yield at + len(between) - len(between.lstrip()), at + len(between.rstrip())
        at = max(at, end)
