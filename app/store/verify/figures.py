"""Figures: the amounts, shares and counts of a draft, as they are written and what they come to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.store.amounts import AFTER, AMOUNT, NEAR, NEARNESS, NUMBER, SCALES, SHARE, UNITS
from app.store.verify.cues import listed

DOLLARS = frozenset(("USD", "AUD", "CAD", "NZD"))
SIGNS = {"$": DOLLARS, "dollar": DOLLARS, "¥": frozenset(("JPY", "CNY"))}
PERCENT, OF_GDP = frozenset(("PT",)), frozenset(("PT_B1GQ",))
GDP = re.compile(r"\s?of\s(?:its\s|their\s|the\s)?(?:national\s)?(?:GDP|GNP|gross domestic|output|economy)")
ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORTH = {word: at for at, word in enumerate(ONES.split())}
WORTH |= {word: 10 * at for at, word in enumerate(TENS.split(), 2)}
WORTH |= {"a": 1, "an": 1, "dozen": 12, "hundred": 100}
ORDINALS = "half third quarter fifth sixth seventh eighth ninth tenth"
PARTS = dict(zip(ORDINALS.split(), (2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_ONE = "|".join(sorted([*WORTH.keys() - {"a", "an", "dozen", "hundred", "zero"}], key=len, reverse=True))
WORDED = (
    rf"(?P<words>(?:(?:an?|{_ONE})[\s-](?:hundred|dozen)(?:\sand\s(?:{_ONE})(?:-(?:{_ONE}))?)?|(?:{_ONE})(?:-(?:{_ONE}))?"
    r"|dozen)(?:\sand\sa\shalf)?)"
)
GREAT = r"(?:[\s-](?P<great>thousand|million|billion|trillion)\b)?"
IN_WORDS = re.compile(rf"(?<![\w-]){NEAR}{WORDED}{GREAT}(?:\s(?P<share>per\s?cent)\b|{AFTER})", re.IGNORECASE)
PART = re.compile(
    rf"(?<![\w-]){NEAR}(?:(?P<top>an?|one|two|three|four|five|seven)[\s-])?(?P<part>{'|'.join(PARTS)})s?\b"
    r"(?=\s(?:of|more|less|fewer|higher|lower|up|down|above|below|as|larger|smaller|greater|again)\b|\s?[.,;:)–—]|\s*$"
    r"|\s(?:the|its|their|his|her|over|on|from|since|in|compared|against|rise|increase|cut|fall|drop)\b)",
    re.IGNORECASE,
)
COUNT = re.compile(
    rf"(?<![\w$€£¥.,-]){NEAR}(?:{NUMBER}{GREAT}|{WORDED}{GREAT.replace('great', 'great2')})"
    r"(?=(?:\sof\s(?:the|its|their|our|those)(?:\s\d+)?)?\s(?P<noun>(?:[\w-]+\s){0,2}?[^\W\d_][\w-]{2,}))",
    re.IGNORECASE,
)
NO_NOUN = listed("""
    january february march april may june july august september october november december percent per cent dollar
    dollars euro euros pound pounds second seconds minute minutes hour hours day days week weeks month months year years
    decade decades times and but the that who said told was were for with from more less fewer other others point points
    million billion trillion thousand a.m p.m o'clock degrees pages
""")
# Article 5, Room 12, February 13: the number is part of a name, or a day.
NUMBERED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w’'-]+\s$|\b(?:Article|Chapter|Rule|Room|Section|Page|No\.)\s$")
NOUN = 90  # code points after a count in which it is said of what
NEXT = 45  # code points after an amount in which its year stands
YEAR = re.compile(r"(?<![\d.,$€£-])(?:1[89]|20|21)\d\d(?![\d,.]\d|\s?%)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a draft: [start, end), what it comes to, in which units, and down to which place it is given.

    `units` are ISO 4217 codes or PT; none of a count, whose `noun` says of what.
    """

    start: int
    end: int
    text: str
    kind: Literal["amount", "percentage", "count"]
    value: Decimal
    place: Decimal
    units: frozenset[str]
    approximation: str | None
    noun: str | None = None
    is_part: bool = False  # a third: of no certain last digit


def figures(text: str, start: int, end: int) -> list[Figure]:
    """The figures between two offsets of a text, in order; none overlaps another. Ranges are not read."""
    found: list[Figure] = []
    taken = bytearray(end - start)
    for read in (_amounts, _shares, _worded, _parts, _counts):
        for one in read(text, start, end):
            place = slice(one.start - start, one.end - start)
            if not any(taken[place]):
                taken[place] = b"\1" * (one.end - one.start)
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def _near(found: re.Match[str]) -> str | None:
    near = " ".join((found["near"] or "").lower().split())
    return NEARNESS[near] if near else None


def _number(digits: str, power: int) -> tuple[Decimal, Decimal]:
    """What digits come to, and the place of the last one that counts; noughts before the point do not."""
    plain = digits.replace(",", "")
    whole, _, rest = plain.partition(".")
    zeros = 0 if rest else len(whole) - len(whole.rstrip("0"))
    place = Decimal(1).scaleb(power - len(rest) + min(zeros, max(0, len(whole) - 1)))
    return Decimal(plain).scaleb(power), place


def _in_words(words: str, power: int) -> tuple[Decimal, Decimal]:
    """What a number in words comes to."""
    told = words.lower().replace("-", " ")
    half = told.endswith(" and a half")
    total = current = 0
    for word in told.removesuffix(" and a half").split():
        if word in ("hundred", "dozen"):
            current = max(1, current) * WORTH[word]
        elif word != "and":
            total, current = (total + current, WORTH[word]) if current >= 100 else (total, current + WORTH[word])
    value = Decimal(total + current) + (Decimal("0.5") if half else 0)
    return value.scaleb(power), Decimal(1).scaleb(power - half)


def _units(told: str) -> frozenset[str]:
    unit = told.lower().removesuffix("s")
    if unit in SIGNS:
        return SIGNS[unit]
    code = UNITS.get(unit, unit.upper() if len(unit) == 3 else None)
    return frozenset((code,)) if code else frozenset()


def _share(text: str, found: re.Match[str]) -> frozenset[str]:
    return OF_GDP if GDP.match(text, found.end()) else PERCENT


def _amounts(text: str, start: int, end: int) -> Iterator[Figure]:
    for found in AMOUNT.finditer(text, start, end):
        power = SCALES.get((found["scale"] or found["scale2"] or "").lower(), 0)
        value = _number(found["number"] or found["number2"], power)
        units = _units(found["before"] or found["after"])
        yield Figure(*found.span(), found[0], "amount", *value, units, _near(found))


def _shares(text: str, start: int, end: int) -> Iterator[Figure]:
    for found in SHARE.finditer(text, start, end):
        yield Figure(
            *found.span(), found[0], "percentage", *_number(found["number"], 0), _share(text, found), _near(found)
        )


def _worded(text: str, start: int, end: int) -> Iterator[Figure]:
    for found in IN_WORDS.finditer(text, start, end):
        value = _in_words(found["words"], SCALES.get((found["great"] or "").lower(), 0))
        if found["share"]:
            yield Figure(*found.span(), found[0], "percentage", *value, _share(text, found), _near(found))
        else:
            yield Figure(*found.span(), found[0], "amount", *value, _units(found["after"]), _near(found))


def _parts(text: str, start: int, end: int) -> Iterator[Figure]:
    """A third, two fifths, half: as shares of a hundred."""
    for found in PART.finditer(text, start, end):
        part, top = found["part"].lower(), (found["top"] or "").lower()
        if not top and part != "half":
            continue
        value = Decimal(100 * WORTH.get(top, 1)) / PARTS[part]
        if value < 100:
            yield Figure(*found.span(), found[0], "percentage", value, Decimal(1), PERCENT, _near(found), None, True)


def _counts(text: str, start: int, end: int) -> Iterator[Figure]:
    for found in COUNT.finditer(text, start, end):
        words = found["noun"].lower().split()
        if NUMBERED.search(text, max(start, found.start() - 30), found.start()) or found["words"] in ("one", "One"):
            continue
        if words[0] in NO_NOUN or words[-1] in NO_NOUN:
            continue
        power = SCALES.get((found["great"] or found["great2"] or "").lower(), 0)
        if found["number"]:
            if not power and YEAR.fullmatch(found["number"]):
                continue
            value = _number(found["number"], power)
        else:
            value = _in_words(found["words"], power)
        stop = found.end()
        yield Figure(found.start(), stop, text[found.start() : stop], "count", *value, frozenset(), _near(found),
                     _noun(text, found.start("noun") - 1, end))  # fmt: skip


def _noun(text: str, start: int, end: int) -> str:
    """The words after a number that say of what it is: as far as the clause goes, five at most."""
    clause = re.split(r"[.,;:()–—]", text[start : min(end, start + NOUN)], maxsplit=1)[0]
    return " ".join(clause.split()[:5])


def years(text: str, start: int, end: int, one: Figure | None = None) -> set[str]:
    """The years that a sentence names; of several the one that stands with an amount: the next, or else the last."""
    found = list(YEAR.finditer(text, start, end))
    if one is None or one.kind != "amount" or len({year[0] for year in found}) < 2:
        return {year[0] for year in found}
    after = [year[0] for year in found if one.end <= year.start() < one.end + NEXT]
    before = [year[0] for year in found if year.end() <= one.start]
    return {after[0] if after else before[-1]} if after or before else set()
