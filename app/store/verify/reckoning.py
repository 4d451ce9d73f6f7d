"""Judging figures: an amount, share or count of a draft held against those that are recorded."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.facts.dates import read_edtf
from app.store.amounts import NEAR, NEARNESS
from app.store.verify.cues import content, listed
from app.store.verify.figures import OF_GDP, PERCENT, Figure
from app.store.verify.looking import Body, Look
from app.store.verify.telling import place_of, reference

ORDER = (
    "same", "rounded", "approximation_lost", "derived_only", "other_period", "other_coverage", "differs", "not_found",
)  # fmt: skip
OTHERS = 5
SHORT = 4  # letters of a word that does not stand for longer ones
SMALL = 100  # below it a count that is given without "about" is not a rounding
DIRECTIONS = {
    "higher": listed("more higher up rise rises rose rising increase increased increases grew grown growth gain"),
    "lower": listed(
        "less fewer lower down fell fall falls drop dropped decline declined decrease decreased shrank cut"
    ),
}
STEMS = 8  # words of a sentence that figures are looked for by
LEFT_OUT = re.compile(r"\b(?:excluding|except|without|other than|apart from|besides|not counting)\b", re.IGNORECASE)
ANY_NEAR = re.compile(NEAR.removesuffix("?") + r"\d", re.IGNORECASE)
# The words by which reports name what is spent on, set beside the terms of the closed list.
MEASURES = {
    "defence": ("defence", "defense", "military", "arms", "army"),
    "military": ("military", "arms", "defence", "defense"),
    "expenditure": ("spend", "spent", "expenditure", "budget", "invest", "bill", "outlay", "cost", "paid", "pay"),
    "equipment": ("equipment", "weapon", "ship", "cutter"),
    "aid": ("aid", "help", "assistance", "support", "gave", "give"),
    "reconstruction": ("reconstruct", "rebuild"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentence of a figure says beside it.

    `named` are the organisations and places in it, `subjects` those of them that something is said of; `stems` its
    words that carry content; `words` all of them; `strangers` whether something is said of somebody whom no record has.
    """

    sentence: str
    years: frozenset[str]
    named: frozenset[str]
    subjects: frozenset[str]
    stems: frozenset[str]
    words: frozenset[str]
    strangers: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A figure of ours: a field of a fact, its value, in a unit of which none is a count's, and what it covers."""

    body: Body
    field: str
    value: Decimal
    units: frozenset[str]
    printed: str | None
    approximation: str | None
    period: str | None
    to_period: str | None
    includes: frozenset[str]
    excludes: frozenset[str]
    label: str
    words: frozenset[str]
    citation: Body | None
    formula: str | None = None
    measure: str | None = None
    direction: str | None = None
    speakers: frozenset[str] = frozenset()


def records(kind: str, body: Body) -> Iterator[Record]:
    """The figures of a spending row, an organisation or an attendance."""
    if kind == "spending":
        yield from _spending(body)
    elif kind == "organisations":
        for at, count in enumerate(body["counts"]):
            yield _count(body, at, count)
    elif body["count"]:
        yield _headcount(body)


def _spending(body: Body) -> Iterator[Record]:
    area, told = body["ref_area"], body["comparison"] or {}
    measure = {stem for part in body["measure"].split("_") for stem in MEASURES.get(part, (part,))}
    texts = [body["name"], body["as_printed"], area["as_printed"], told.get("as_printed"), *_names(area["includes"])]
    texts += [body["statement"]["name"]] if body["statement"] else []
    common: dict[str, Any] = {
        "body": body,
        "measure": body["measure"],
        "period": body["time_period"],
        "includes": _paths(area["includes"]),
        "excludes": _paths(area["excludes"]),
        "label": area["label"],
        "words": frozenset(measure | {stem for text in texts if text for stem in content(text)}),
        "speakers": _paths([body["asserted_by"]] if body["asserted_by"] else []),
    }
    unit = frozenset((body["unit_measure"],)) if body["unit_measure"] else frozenset()
    if body["amount"]:
        cited = _supporting(body, "obs_value", body["as_printed"])
        yield Record(field="obs_value", value=Decimal(body["amount"]), units=unit, printed=body["as_printed"],
                     approximation=body["approximation"], to_period=None, citation=cited, **common)  # fmt: skip
    if body["derived"]:
        value = Decimal(body["derived"]["value"]).scaleb(body["unit_mult"] or 0)
        yield Record(field="derived", value=value, units=unit, printed=None, approximation=body["derived"]["bound"],
                     to_period=None, citation=_supporting(body, "derived", None), formula=body["derived"]["formula"],
                     **common)  # fmt: skip
    if told.get("value"):
        is_share = told["change"] == "percent"
        value = Decimal(told["value"]).scaleb(0 if is_share or told["change"] == "ratio" else body["unit_mult"] or 0)
        yield Record(field="comparison.value", value=value, units=PERCENT if is_share else unit,
                     printed=told["as_printed"], approximation=told["approximation"], to_period=told["to_period"],
                     direction=told["direction"],
                     citation=_supporting(body, "comparison.value", told["as_printed"]), **common)  # fmt: skip


def _count(body: Body, at: int, count: Body) -> Record:
    words = content(f"{count['of']} {count['as_printed'] or ''} {body['name']}")
    return Record(
        body=body,
        field=f"counts.{at}.value",
        value=Decimal(count["value"]),
        units=frozenset(),
        printed=count["as_printed"],
        approximation=_nearness_of(count["as_printed"]),
        period=None,
        to_period=None,
        includes=_paths(count["includes"]) | {body["path"][1:]},
        excludes=_paths(count["excludes"]),
        label=body["name"],
        words=frozenset(words),
        citation=count["citation"] or (body["citations"] or [None])[0],
        formula=count["formula"] if count["basis"] == "derived" else None,
    )


def _headcount(body: Body) -> Record:
    count = body["count"]
    told = [count["as_printed"], body["event"]["name"], body["name"], (body["role"] or {}).get("label")]
    return Record(
        body=body,
        field="count.value",
        value=Decimal(count["value"]),
        units=frozenset(),
        printed=count["as_printed"],
        approximation=count["approximation"],
        period=body["date"]["edtf"],
        to_period=None,
        includes=_paths([one for one in (body["event"], body["place"], body["represents"]) if one]),
        excludes=frozenset(),
        label=body["event"]["name"],
        words=frozenset(stem for text in told if text for stem in content(text)),
        citation=_supporting(body, "count", count["as_printed"]),
    )


def _paths(references: Iterable[Body]) -> frozenset[str]:
    return frozenset(one["path"][1:] for one in references)


def _names(references: Iterable[Body]) -> list[str]:
    return [one["name"] for one in references]


def _supporting(body: Body, field: str, printed: str | None) -> Body | None:
    """The citation that bears a field out: the one with the printed words, where there is one."""
    own: Sequence[Body] = body["citations"]
    found = [one for one in own if any(name == field or name.startswith(f"{field}.") for name in one["supports"])]
    exact = [one for one in [*found, *own] if printed and one["exact"] == printed]
    return next(iter([*exact, *found, *own]), None)


def reckon(look: Look, figure: Figure, context: Context) -> Body:
    """The verdict on a figure of a draft."""
    judged = []
    for record in _candidates(look, figure, context):
        verdict = _verdict(figure, context, record)
        if verdict:
            far = round(abs(float(record.value / figure.value) - 1), 3) if figure.value and verdict == "differs" else 0
            shared = _shared(context, record)
            is_equal = figure.value == record.value
            rank = ORDER.index(verdict) + len(ORDER) * (not is_equal)
            judged.append((rank, far, -shared, record.body["id"], record.field, record))
    judged.sort(key=lambda one: one[:5])
    if not judged:
        return _item("not_found", "No figure here is about this; that is no word on whether it is right.", None)
    record = judged[0][-1]
    verdict = ORDER[judged[0][0] % len(ORDER)]
    item = _item(verdict, _said(verdict, figure, record), record)
    where = f" ({place_of(look, record.citation)})" if record.citation else ""
    shown = record.printed or f"{record.value:f}"
    item["sentence"] = f"{record.body['name']}: {shown}{', computed' if record.formula else ''}{where}"
    item["others"] = [_item(ORDER[one[0] % len(ORDER)], "", one[-1])["recorded"] for one in judged[1 : OTHERS + 1]]
    return item


def _candidates(look: Look, figure: Figure, context: Context) -> Iterator[Record]:
    """The figures of facts that share words with the sentence, or have the number."""
    wanted = sorted(context.stems, key=lambda one: (-len(one), one))[:STEMS]
    kinds = ("organisations", "attendees", "spending") if figure.kind == "count" else ("spending",)
    for kind in kinds:
        seen: dict[str, Body] = {}
        for body in [*look.sharing(kind, wanted), *look.sharing(kind, sorted(content(figure.text)), size=1)]:
            seen[body["id"]] = body
        for body in seen.values():
            for record in records(kind, body):
                yield record
                yield from _competing(look, record)


def _competing(look: Look, record: Record) -> Iterator[Record]:
    """What other documents print of the same figure, where a caveat says that they differ."""
    holder, _, name = record.field.rpartition(".")
    prefix = f"{holder}." if holder else ""
    fields = {f"{prefix}{one}": one for one in (name, "as_printed", "approximation")}
    told: dict[str, dict[str, Body]] = {}
    for note in record.body["caveats"]:
        if note["kind"] == "conflict" and note["field"] in fields:
            caveat = look.body("caveats", note["id"])
            for one in (caveat or {"values": ()})["values"]:
                told.setdefault(one["citation"]["document"], {})[fields[note["field"]]] = one
    for one in told.values():
        if name not in one:
            continue
        given = one[name]
        value = Decimal(given["value"]).scaleb(_scale(record))
        printed = one["as_printed"]["value"] if "as_printed" in one else given["citation"]["exact"]
        near = one["approximation"]["value"] if "approximation" in one else _nearness_of(printed)
        if value != record.value:
            yield replace(record, value=value, printed=printed, approximation=near, citation=given["citation"])


def _scale(record: Record) -> int:
    """The power of ten of the field that holds a figure."""
    return (record.body["unit_mult"] or 0) if record.field == "obs_value" else 0


def _nearness_of(printed: str | None) -> str | None:
    """The approximation that printed words begin with."""
    near = ANY_NEAR.search(printed or "")
    return NEARNESS.get(" ".join(near["near"].lower().split())) if near else None


def _verdict(figure: Figure, context: Context, record: Record) -> str | None:
    """What a recorded figure is to a draft's; None where it is about something else."""
    if not _is_of_a_kind(figure, context, record):
        return None
    period, coverage, shared = _period(context, record), _coverage(context, record), _shared(context, record)
    is_on = _is_on_measure(context, record)
    if figure.value == record.value or (figure.is_part and abs(figure.value - record.value) < 1):
        if not (is_on and (coverage == "named" or shared > 1 or (shared and coverage == "other"))):
            return None
        return _of_equal(figure, context, record, period, coverage)
    is_about = period != "other" and (coverage == "named" or (coverage == "open" and shared > 1))
    if not is_about or not shared or not is_on:
        return None
    return "rounded" if not record.formula and _is_rounded(figure, record) else "differs"


def _of_equal(figure: Figure, context: Context, record: Record, period: str, coverage: str) -> str | None:
    """The verdict where the number is the recorded one."""
    if coverage == "other":
        return "other_coverage" if period != "other" else None
    if record.direction and _direction(context) not in (None, record.direction):
        return "differs"
    if period == "other":
        return "other_period"
    if record.formula:
        return "derived_only"
    return "approximation_lost" if _is_lost(figure, record) else "same"


def _is_rounded(figure: Figure, record: Record) -> bool:
    """Whether a figure is the recorded one, rounded to its last digit, and not said to lie on its other side."""
    if abs(figure.value - record.value) * 2 > figure.place:
        return False
    if figure.kind == "count" and figure.approximation is None and figure.value < SMALL:
        return False
    sides = {"over": record.value > figure.value, "at_least": record.value >= figure.value,
             "nearly": record.value < figure.value, "at_most": record.value <= figure.value}  # fmt: skip
    return sides.get(figure.approximation or "", True)


def _direction(context: Context) -> str | None:
    """Whether a sentence speaks of more or of less; None where of neither, or both."""
    found = [name for name, words in DIRECTIONS.items() if words & context.words]
    return found[0] if len(found) == 1 else None


def _is_on_measure(context: Context, record: Record) -> bool:
    """Whether a sentence speaks of what a spending figure is of; of other figures their own words show it."""
    if record.measure in (None, "other"):
        return True
    wanted = {word for part in (record.measure or "").split("_") for word in MEASURES.get(part, (part,))}
    long, short = ([word for word in wanted if (len(word) > SHORT) == is_long] for is_long in (True, False))
    return any(one.startswith(tuple(long)) or one.removesuffix("s") in short for one in context.words)


def _is_lost(figure: Figure, record: Record) -> bool:
    return record.approximation is not None and record.approximation != figure.approximation


def _is_of_a_kind(figure: Figure, context: Context, record: Record) -> bool:
    """Whether a recorded figure is in the draft's unit, or counts the same."""
    if figure.kind == "count":
        stems = content(figure.noun or "").keys()
        own = record.words if record.measure is None else content(record.printed or "").keys()
        is_told = figure.value == record.value and record.field == "count.value" and _shared(context, record) > 1
        return not record.units & (PERCENT | OF_GDP) and (is_told or not stems.isdisjoint(own))
    return not record.units.isdisjoint(figure.units)


def _period(context: Context, record: Record) -> str:
    """Whether the sentence names the years of a record, none, or others."""
    if not record.period or not context.years:
        return "open"
    if record.to_period and all(_in(record.to_period, year) for year in context.years):
        return "named"  # only the year that is compared with
    return "named" if any(_in(record.period, year) for year in context.years) else "other"


def _in(period: str, year: str) -> bool:
    """Whether a year lies in a period (EDTF), whose ends may be open."""
    days = read_edtf(period)
    low = days.earliest.year if days.earliest else None
    high = days.latest.year if days.latest else None
    return (low is None or low <= int(year)) and (high is None or int(year) <= high)


def _coverage(context: Context, record: Record) -> str:
    """Whether the sentence names whom a record covers, nobody, or others."""
    if context.named & record.excludes and not LEFT_OUT.search(context.sentence):
        return "other"
    named = context.named & record.includes
    label = content(record.label).keys()
    if label and len(label & context.stems) * 2 >= len(label):
        return "named"
    if len(named) == len(record.includes) or (record.measure is None and named):
        return "named" if record.includes else "open"
    return "other" if named or context.subjects - record.speakers or context.strangers else "open"


def _shared(context: Context, record: Record) -> int:
    """How many words of a sentence a record has, in any of its words."""
    words = [stem for stem in context.stems if not stem[0].isdigit()]
    return sum(any(stem.startswith(word) for word in record.words) for stem in words)


def _said(verdict: str, figure: Figure, record: Record) -> str:
    shown = f"“{record.printed}”" if record.printed else f"{record.value:f}"
    period = f" for {record.period}" if record.period else ""
    told = {
        "same": f"Recorded as {shown}{period}.",
        "rounded": f"A rounding of what is recorded as {shown}{period}.",
        "approximation_lost": f"Recorded as {shown}{period}: {_nearness(record)}, which the draft does not say.",
        "derived_only": f"Printed nowhere: we computed it, {record.formula}.",
        "other_period": f"Recorded as {shown}{period}, not for the year that the draft names.",
        "other_coverage": f"Recorded as {shown} of {record.label}, not of whom the draft names.",
        "differs": f"Recorded as {shown}{period}, not as the draft has it.",
    }[verdict]
    differ = any(one["kind"] == "conflict" and one["field"] == record.field for one in record.body["caveats"])
    return f"{told} Documents differ on it." if differ else told


def _nearness(record: Record) -> str:
    return (record.approximation or "").replace("_", " ")


def _item(verdict: str, message: str, record: Record | None) -> Body:
    """A verdict on a figure, with the recorded one."""
    item: Body = {"verdict": verdict, "message": message, "figure": None, "recorded": None, "citation": None,
                  "sentence": None, "others": []}  # fmt: skip
    if record:
        item["figure"] = reference(record.body)
        item["citation"] = record.citation
        item["recorded"] = {
            "figure": reference(record.body),
            "field": record.field,
            "value": f"{record.value:f}",
            "unit": min(record.units) if record.units else None,
            "as_printed": record.printed,
            "approximation": record.approximation if record.field != "derived" else None,
            "period": record.period,
            "to_period": record.to_period,
            "coverage": record.label,
            "formula": record.formula,
        }
    return item
