"""Drafting: a bundle begun for a new document, all that can be read off its text cited, the rest left to a person.

Nothing is concluded: fields that take a reader's judgement are missing, and every record is marked `draft`, so that
`check` refuses the bundle until somebody has written the facts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.facts.dates import read_edtf
from app.store.amounts import AMOUNT, NEARNESS, SCALES, SHARE, UNITS
from app.store.citing import digest, fingerprint
from app.store.sentences import Sentence, ordered, sentences

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
MONTH = rf"(?P<month>(?-i:{'|'.join(name.capitalize() for name in MONTHS)}))"
DAY = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<day>\d{{1,2}})\s{MONTH}(?:\s(?P<year>\d{{4}}))?"
    rf"|{MONTH.replace('month', 'month2')}\s(?P<day2>\d{{1,2}})(?!\d)(?:,\s(?P<year2>\d{{4}}))?"
    rf"|{MONTH.replace('month', 'month3')}\s(?P<year3>\d{{4}}))\b",
    re.IGNORECASE,
)


def draft_bundle(text: str, id: str) -> dict[str, Any]:
    """A bundle to go on from: the document block, and a draft for each quotation, amount, percentage and day.

    ValueError where the text holds no sentence.
    """
    listed = ordered(sentences(text))
    if not listed:
        raise ValueError("the text holds no sentence")
    whole = fingerprint(text)
    marks = [one for one in whole["quotation_marks"] if one["sentence"]]
    outer = [one for one in marks if not any(_inside(one, other) for other in marks)]
    outer = [one for one in outer if any(char.isalnum() for char in text[one["start"] + 1 : one["end"] - 1])]
    statements = list(_quotations(text, listed, outer))
    for mark, statement in zip(outer, statements, strict=True):
        mark["fact"] = f"statements/{statement['id']}"
    title = listed[0]
    return {
        "$schema": "bundle.schema.json",
        "id": id,
        "document": {
            "draft": True,
            "title": text[title.start : title.end],
            **whole,
            "citations": [_citation(text, title, title.start, title.end, "title")],
        },
        "statements": statements,
        "spending": [*_amounts(text, listed), *_shares(text, listed)],
        "events": list(_days(text, listed)),
    }


def _inside(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(other["start"] < one["start"] and one["end"] < other["end"])


def _quotations(text: str, listed: Sequence[Sentence], marks: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A statement for each pair of marks; of words that go over several sentences each has its own quotation."""
    for number, mark in enumerate(marks, 1):
        around = [one for one in listed if one.start < mark["end"] - 1 and mark["start"] + 1 < one.end]
        pieces = [(one, *_trimmed(text, mark, one)) for one in around]
        said = [(one, start, end) for one, start, end in pieces if start < end]
        first = next(one for one in listed if one.ref == mark["sentence"])
        yield {
            "id": f"quotation-{number}",
            "draft": True,
            "voice": "speaker",
            "quotations": [
                {"text": text[start:end], "citation": _citation(text, one, start, end, "quotations")}
                for one, start, end in said
            ],
            "citations": [_citation(text, first, first.start, first.end, "act")],
        }


def _trimmed(text: str, mark: dict[str, Any], sentence: Sentence) -> tuple[int, int]:
    """What of the words inside a pair of marks lies in a sentence, without what closes the sentence around them."""
    start, end = max(mark["start"] + 1, sentence.start), min(mark["end"] - 1, sentence.end)
    while end > start and (text[end - 1].isspace() or (text[end - 1] in ",." and end == mark["end"] - 1)):
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _amounts(text: str, listed: Sequence[Sentence]) -> Iterator[dict[str, Any]]:
    for number, (found, sentence) in enumerate(_found(AMOUNT, text, listed), 1):
        unit = (found["before"] or found["after"]).lower().removesuffix("s")
        known = UNITS.get(unit, unit.upper() if len(unit) == 3 and unit.isalpha() else None)
        scale = (found["scale"] or found["scale2"] or "").lower()
        value = {
            "obs_value": (found["number"] or found["number2"]).replace(",", ""),
            "unit_mult": SCALES.get(scale, 0),
            **({"unit_measure": known} if known else {}),
        }
        yield _figure(f"amount-{number}", value, found, sentence, text)


def _shares(text: str, listed: Sequence[Sentence]) -> Iterator[dict[str, Any]]:
    for number, (found, sentence) in enumerate(_found(SHARE, text, listed), 1):
        value = {"obs_value": found["number"].replace(",", ""), "unit_measure": "PT"}
        yield _figure(f"percentage-{number}", value, found, sentence, text)


def _figure(id: str, value: dict[str, Any], found: re.Match[str], sentence: Sentence, text: str) -> dict[str, Any]:
    near = " ".join((found["near"] or "").lower().split())
    told = {**value, "as_printed": found[0], **({"approximation": NEARNESS[near]} if near else {})}
    citation = _citation(text, sentence, found.start(), found.end(), *told)
    return {"id": id, "draft": True, **told, "citations": [{**citation, "exact": found[0]}]}


def _days(text: str, listed: Sequence[Sentence]) -> Iterator[dict[str, Any]]:
    real = [one for one in _found(DAY, text, listed) if _is_real(one[0])]
    for number, (found, sentence) in enumerate(real, 1):
        edtf = _edtf(found)
        date = {**({"edtf": edtf, "how": "printed", "basis": "stated"} if edtf else {}), "as_printed": found[0]}
        citation = {**_citation(text, sentence, found.start(), found.end(), "date"), "exact": found[0]}
        yield {"id": f"day-{number}", "draft": True, "date": date, "citations": [citation]}


def _edtf(found: re.Match[str]) -> str | None:
    """The day or month; None where no year is printed."""
    if found["iso"]:
        return found["iso"]
    year = found["year"] or found["year2"] or found["year3"]
    month = (found["month"] or found["month2"] or found["month3"]).lower()
    day = found["day"] or found["day2"]
    if year is None:
        return None
    return f"{year}-{MONTHS.index(month) + 1:02}" + (f"-{int(day):02}" if day else "")


def _is_real(found: re.Match[str]) -> bool:
    """Whether a calendar has the day."""
    try:
        read_edtf(_edtf(found) or "2032")
    except ValueError:
        return False
    return 1 <= int(found["day"] or found["day2"] or 1) <= 31


def _found(wanted: re.Pattern[str], text: str, listed: Sequence[Sentence]) -> Iterator[tuple[re.Match[str], Sentence]]:
    """Each place of a pattern that lies in one sentence, with that."""
    for sentence in listed:
        for found in wanted.finditer(text, sentence.start, sentence.end):
            yield found, sentence


def _citation(text: str, sentence: Sentence, start: int, end: int, *supports: str) -> dict[str, Any]:
    place = {"sentence": sentence.ref, "start": start, "end": end, "sha256": digest(text[start:end])}
    return {**place, "supports": list(supports)}
