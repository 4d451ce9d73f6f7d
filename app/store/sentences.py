"""Sentences of English news, proposed by rule: a bundle's own list decides."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.store.quotations import paired
from app.store.text import digest, paragraphs

# How far a rule looks, in code points, so that time grows with the text and not with its square.
NEAR = 200
LONGEST = 20
LETTER = re.compile(r"[^\W_]")
STOP = re.compile(
    r"(?<![.!?…])(?P<points>\.(?:[ \xa0]\.){2,3}|[.!?…]+)"
    r"(?P<closing>(?:[\"'”’“‘»«›)\]}]|[ \xa0\u202f][»›])*)(?P<gap>\s+)"
)
OMISSION = re.compile(r"…|\.\.\.|\.[ \xa0]\.[ \xa0]\.")
DASH = re.compile(r"[—–]|-\s")
BREAK = re.compile(r"[\s\"'“”„‘’‚«»()\[\]{}—–/-]")

# These lead to a name or to what they explain, so their point never ends a sentence.
LEADING = re.compile(
    r"Mr|Mrs|Ms|Mx|Messrs|Mme|Mlle|Dr|Drs|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Cdr|Adm|Sgt|Cpl|Pvt|Brig|Gov|Sen|Sens"
    r"|Rep|Reps|Rev|Hon|Pres|Amb|Supt|Insp|Det|vs|viz|cf|e\.g|i\.e"
)
# Before a number (or, for weekdays, a month) these are abbreviations; else they are words that end a sentence.
COUNTED = re.compile(
    r"No|Nos|Art|Arts|Sec|Fig|Figs|Vol|Ch|Para|para|p|pp|ca|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov"
    r"|Dec|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun"
)
NUMBER = re.compile(
    r"\d|(?:[VXLC]|I[IVX])[IVXLC]*\b|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:\.|[a-z]*)\s+\d"
)
# After these, and after initials, only a word that opens sentences shows that one ended.
TRAILING = re.compile(r"Jr|Sr|Inc|Ltd|Co|Corp|Bros|St|Ave|Blvd|Mt|Ft|Dept|Assn|Univ")
INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}|[^\W\d_]")
OPENING = re.compile(
    r"(?:A|According|Additionally|After|Although|Also|An|And|As|At|Because|Before|Both|But|By|Despite|During|Each|Earlier"
    r"|Even|For|From|He|Her|Here|His|How|However|I|If|In|Instead|It|Its|Later|Likewise|Many|Meanwhile|More|Moreover|Most"
    r"|My|Neither|Nevertheless|No|Nonetheless|Nor|Not|Now|On|Once|One|Only|Our|Several|She|Since|So|Some|Still|Such|That"
    r"|The|Their|Then|There|Therefore|These|They|This|Those|Though|Thus|To|Today|Until|We|What|When|Where|Whether|Which"
    r"|While|Who|Why|With|Without|Yesterday|Yet|You|Your)\b(?!\.)"
)
MARKER = re.compile(r"\d{1,3}|[A-Za-z]")
# As in: "Why now?" Defence Minister J. Oster asked.
ATTRIBUTION = re.compile(
    r"(?:(?:(?:Mr|Mrs|Ms|Dr|Gen|Prof|Sen|Gov|Lt|Col|Adm|[A-Z](?:\.[A-Z])*)\.|[\w’'-]+)\s+){1,7}?"
    r"(?:added|adds|answered|asked|asks|continued|cried|declared|demanded|exclaimed|insisted|noted|posted|quipped|remarked"
    r"|replied|responded|said|says|shouted|stressed|told|tweeted|urged|warned|wondered|wrote)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: `ref` is paragraph.sentence from 1, `start` and `end` code points of the whole text."""

    ref: str
    start: int
    end: int
    sha256: str


def sentences(text: str) -> list[Sentence]:
    """Takes a text, returns the sentences proposed for it, in order.

    They do not overlap, have no white space around them, and together hold all of the text but white space.
    """
    opened = {end - 1: start for start, end in paired(text)[0]}
    return [
        Sentence(f"{paragraph}.{place}", start, end, digest(text[start:end]))
        for paragraph, (low, high) in enumerate(paragraphs(text), 1)
        for place, (start, end) in enumerate(_cut(text, low, high, opened), 1)
    ]


def ordered(listed: Iterable[Sentence]) -> list[Sentence]:
    """Takes sentences in any order, returns them by where they start."""
    return sorted(listed, key=lambda sentence: sentence.start)


def _cut(text: str, low: int, high: int, opened: dict[int, int]) -> Iterator[tuple[int, int]]:
    start = low
    starts = {low}
    for stop in STOP.finditer(text, low, high):
        word = LETTER.search(text, stop.end(), min(high, stop.end() + NEAR))
        if word and _ends(text, start, stop, word.start()) and not _is_attributed(text, stop, starts, opened):
            yield start, stop.start("gap")
            start = stop.end()
            starts.add(start)
    yield start, high


def _ends(text: str, start: int, stop: re.Match[str], word: int) -> bool:
    """Whether a stop ends the sentence begun at `start`, where the next word begins at `word`."""
    at = stop.start()
    if text[word].islower() or DASH.match(text, stop.end()) or not LETTER.search(text, max(start, at - NEAR), at):
        return False
    following = text[word : word + NEAR]
    if stop["points"] == ".":
        return _is_full_stop(text, start, at, following)
    if OMISSION.fullmatch(stop["points"]) and not stop["closing"]:
        return OPENING.match(following) is not None
    return True


def _is_full_stop(text: str, start: int, at: int, following: str) -> bool:
    token = BREAK.split(text[max(start, at - LONGEST) : at])[-1]
    if LEADING.fullmatch(token) or (at - start == len(token) and MARKER.fullmatch(token)):
        return False
    if COUNTED.fullmatch(token):
        return NUMBER.match(following) is None
    if TRAILING.fullmatch(token) or INITIALS.fullmatch(token):
        return OPENING.match(following) is not None
    return True


def _is_attributed(text: str, stop: re.Match[str], starts: set[int], opened: dict[int, int]) -> bool:
    """Whether a quotation that began a sentence ends here and the same sentence goes on to say whose words they are."""
    if stop["points"] == "." or not any(opened.get(mark) in starts for mark in range(*stop.span("closing"))):
        return False
    following = text[stop.end() : stop.end() + NEAR]
    return not OPENING.match(following) and ATTRIBUTION.match(following) is not None
