"""Rules about values: what a record says in figures, days and names is what its printed words say."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.errors import Fault
from app.facts.base import NamedEntry, nfc
from app.store.rules.scene import Item, Scene

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
    for path, part in _parts(item.raw):
        for name in ("obs_value", "value"):
            value, words = part.get(name), part.get("as_printed")
            if value is None or words is None or isinstance(value, bool) or not NUMBER.search(words):
                continue
            if Decimal(str(value)) not in [Decimal(one.replace(",", "")) for one in NUMBER.findall(words)]:
                yield item.fault(f"{path}/{name}", f"is {value}, and printed is {words!r}", "write what is printed")


def printed_days(scene: Scene, item: Item) -> Iterator[Fault]:
    """Each number in a date's printed words is a number of the date."""
    for path, part in _parts(item.raw):
        edtf, words = part.get("edtf"), part.get("as_printed")
        if edtf is None or words is None or part.get("how", "printed") not in ("printed", "completed"):
            continue
        known = {int(one) for one in DIGITS.findall(edtf)}
        strange = [one for one in DIGITS.findall(words) if int(one) not in known]
        if strange:
            yield item.fault(f"{path}/edtf", f"is {edtf}, and printed is {words!r}", "write the day that is printed")


def _parts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A record and every part of it, with its place."""
    if isinstance(value, dict):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from _parts(inner, f"{path}/{step}")
