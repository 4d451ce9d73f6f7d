"""Rules about values: what a record says in figures, days and names is what its printed words say."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from app.facts.base import NamedEntry, nfc
from app.facts.dates import read_edtf
from app.facts.lists import Approximation
from app.facts.shape import slots
from app.faults import Fault
from app.store.rules.item import Item
from app.store.rules.scene import Scene

SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
DIGITS = re.compile(r"\d+", re.ASCII)


def printed_name(scene: Scene, item: Item) -> Iterator[Fault]:
    """With the text, the name of a named thing is printed: a citation that supports it shows exactly that."""
    is_named = issubclass(item.kind.entry, NamedEntry) and item.raw.get("named", True)
    if not is_named or item.raw.get("basis") == "external" or item.bundle not in scene.texts:
        return
    shown = [one.raw.get("exact") for one in item.own if "name" in one.raw.get("supports", [])]
    if nfc(item.raw["name"]) not in [nfc(exact) for exact in shown if exact]:
        mend = 'cite it, with "supports": ["name"] and "exact", or write "named": false'
        yield item.fault("/name", f"is printed nowhere that is cited: {item.raw['name']!r}", mend)


def printed_numbers(scene: Scene, item: Item) -> Iterator[Fault]:
    """A number stands among the numbers of its printed words, where those are written in figures."""
    for name in ("obs_value", "value"):
        for path, part in _parts(item, name, "as_printed"):
            value, words = part.get(name), part.get("as_printed")
            if value is None or words is None or isinstance(value, bool) or not NUMBER.search(words):
                continue
            if Decimal(str(value)) not in [Decimal(one.replace(",", "")) for one in NUMBER.findall(words)]:
                yield item.fault(f"{path}/{name}", f"is {value}, and printed is {words!r}", "write what is printed")


def printed_scale(scene: Scene, item: Item) -> Iterator[Fault]:
    """A figure's scale and its approximation are those of its printed words."""
    raw, words = item.raw, str(item.raw.get("as_printed", "")).lower()
    scale = next((power for name, power in SCALES.items() if name in words), None)
    if scale is not None and raw.get("obs_value") is not None and raw.get("unit_mult") != scale:
        yield item.fault("/unit_mult", f"is {raw.get('unit_mult')}, and printed is {words!r}", f"write {scale}")
    for path, part in _parts(item, "as_printed", "direction"):
        said = str(part.get("as_printed", "")).lower()
        near = next((one for one in get_args(Approximation) if one.replace("_", " ") in said), None)
        if near is not None and part.get("approximation") != near:
            yield item.fault(f"{path}/approximation", f"is not what is printed: {said!r}", f"write {near}")


def printed_days(scene: Scene, item: Item) -> Iterator[Fault]:
    """Each number in a date's printed words is a number of the date."""
    for path, part in _parts(item, "as_printed", "edtf"):
        edtf, words = part.get("edtf"), part.get("as_printed")
        if edtf is None or words is None or part.get("how", "printed") not in ("printed", "completed"):
            continue
        known = {int(one) for one in DIGITS.findall(edtf)}
        strange = [one for one in DIGITS.findall(words) if int(one) not in known]
        strange += [name for name in WEEKDAYS if name in words and not _falls_on(edtf, name)]
        if strange:
            yield item.fault(f"{path}/edtf", f"is {edtf}, and printed is {words!r}", "write the day that is printed")


def _falls_on(edtf: str, weekday: str) -> bool:
    """Whether the date's first or last day has that name; a date that is no day may have any."""
    days = read_edtf(edtf)
    ends = [day for day in (days.earliest, days.latest) if day]
    exact = not days.earliest or not days.latest or (days.latest - days.earliest).days < len(WEEKDAYS)
    return not exact or any(WEEKDAYS[day.weekday()] == weekday for day in ends)


Holding = tuple[bool, "dict[str, Holding]"]


@cache
def _holding(model: type[BaseModel], *names: str) -> Holding:
    """Whether a model has all these fields, and the fields under which there is one that has."""
    inside = {slot.name: _holding(slot.model, *names) for slot in slots(model) if slot.model is not None}
    return model.model_fields.keys() >= set(names), {name: one for name, one in inside.items() if any(one)}


def _parts(item: Item, *names: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The record, if it has all these fields, and every part of it that has, with its place, in the record's order."""
    yield from _having(_holding(item.kind.entry, *names), item.raw, "")


def _having(holding: Holding, value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    has_all, inside = holding
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _having(holding, one, f"{path}/{index}")
        return
    if has_all:
        yield path, value
    for name, one in value.items() if inside else ():
        if name in inside and one is not None:
            yield from _having(inside[name], one, f"{path}/{name}")
