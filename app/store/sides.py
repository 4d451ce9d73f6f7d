"""Sides: what one document gives of a fact, and how each field of two such sides is weighed."""

import copy
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from app.facts.caveats import told
from app.facts.dates import read_edtf
from app.store import weighing
from app.store.corroborating import form, related
from app.store.weighing import Inside, Result

# The fields that are weighed, and how; of a list each item is a field of its own.
WAYS: dict[str, dict[str, str]] = {
    "places": {"name": "value", "kind": "value", "within": "reference", "country": "value"},
    "organisations": {
        "name": "value",
        "kind": "value",
        "parent": "reference",
        "place": "reference",
        "purpose": "words",
        "meeting_frequency": "frequency",
        "counts": "count",
    },
    "people": {"name": "value", "offices": "office"},
    "events": {
        "name": "value",
        "kind": "value",
        "status": "value",
        "date": "date",
        "place": "reference",
        "organisation": "reference",
        "series": "reference",
        "part_of": "reference",
    },
    "attendees": {
        "status": "value",
        "capacity": "value",
        "represents": "reference",
        "role": "label",
        "count": "count",
        "date": "date",
        "place": "reference",
    },
    "statements": {
        "speaker": "reference",
        "quotations": "quotation",
        "paraphrase": "words",
        "polarity": "value",
        "act": "value",
        "position_of": "reference",
        "event": "reference",
        "date": "date",
        "place": "reference",
    },
    "spending": {
        "obs_value": "figure",
        "comparison": "comparison",
        "obs_status": "value",
        "price_basis": "value",
        "time_period": "period",
        "asserted_by": "reference",
        "data_source": "value",
    },
}
PARTS = {"amount": "obs_value", "unit_measure": "obs_value", "unit_mult": "obs_value", "approximation": "obs_value"}


# The part of a field, or of each item of one, that is shown as its value.
SHOWN = {
    "date": "date.edtf",
    "meeting_frequency": "meeting_frequency.freq",
    "count": "count.value",
    "role": "role.label",
}
ITEMS = {"quotations": ".text", "counts": ".value", "offices": ".role"}


@dataclass(frozen=True, slots=True)
class Side:
    """What one document gives: a body with its values in it, and the document."""

    document: str
    body: dict[str, Any]

    @property
    def reference(self) -> dict[str, Any]:
        return {name: self.body[name] for name in ("id", "name", "path")}


def bears(supported: str, name: str) -> bool:
    """Whether what a citation supports is a field, a part of it, or what it is part of."""
    return related(PARTS.get(supported.split(".")[0], supported), name)


def is_given(name: str, value: Any) -> bool:
    """Whether a body says anything in a field."""
    if name == "date":
        return bool(value["edtf"] or value["alternatives"])
    return value is not None


def weigh(kind: str, a: Side, b: Side, name: str, one: Any, other: Any, inside: Inside) -> Result:
    """Two values of a field, in the way that the field is weighed."""
    match WAYS[kind][name]:
        case "reference":
            return weighing.references(one, other, inside)
        case "date":
            return weighing.dates(one, other)
        case "period":
            return weighing.periods(one, other)
        case "figure":
            return weighing.figures(_figure(a.body), _figure(b.body))
        case "count":
            return weighing.counts(one, other)
        case "quotation":
            return weighing.quotations(one, other, any(_is_translated(side) for side in (a, b)))
        case "frequency":
            return weighing.values(one and one["freq"], other and other["freq"])
        case "label" | "words" | "office":
            return weighing.words(one, other)
    return weighing.values(one, other)


def overlaid(kind: str, body: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """A body with the values that another document gives in their places.

    An item of a list that the fact has no longer has no place for one.
    """
    made = copy.deepcopy(body)
    for path, value in values.items():
        *steps, last = path.split(".")
        holder: Any = made
        for step in steps:
            holder = _inside(holder, step)
        if holder is None or (isinstance(holder, list) and int(last) >= len(holder)):
            continue
        holder[int(last) if isinstance(holder, list) else last] = _read(kind, path, value)
        if last == "edtf":
            days = read_edtf(value)
            ends = {"earliest": days.earliest, "latest": days.latest}
            holder.update({name: day and day.isoformat() for name, day in ends.items()}, alternatives=[])
    return made


def _inside(holder: Any, step: str) -> Any:
    """A part of a body, or an item of a list; a part that the fact itself has not is made, with nothing in it."""
    if isinstance(holder, list):
        return holder[int(step)] if int(step) < len(holder) else None
    if holder is not None and holder.get(step) is None:
        holder[step] = defaultdict(lambda: None)
    return holder and holder[step]


def _read(kind: str, path: str, value: str) -> Any:
    """A value as a body would hold it: a record, a number, or the text itself."""
    known = form(kind, path)
    assert known is not None, path  # the check has seen to it
    return {"id": value.partition("/")[2], "name": value, "path": f"/{value}"} if known.refers else known.read(value)


def _figure(body: dict[str, Any]) -> dict[str, Any]:
    named = {"value": "obs_value", "unit": "unit_measure", "prices": "price_basis"}
    return {
        **{name: body[field] for name, field in named.items()},
        **{name: body[name] for name in ("unit_mult", "approximation")},
    }


def _is_translated(side: Side) -> bool:
    return any(caveat["kind"] == "translation" for caveat in side.body["caveats"])


def shown(side: Side, name: str) -> dict[str, Any]:
    """What a document gives in a field, as a bundle would write it, and where."""
    path = SHOWN.get(name, name)
    path += ITEMS.get(name.partition(".")[0], "") if "." in name else ""
    value = told(side.body, path)
    own = [one for one in side.body["citations"] if one["document"] == side.document]
    bearing = [one for one in own if any(bears(said, name) for said in one["supports"])]
    return {"value": None if value == "null" else value, "citations": bearing or own[:1]}
