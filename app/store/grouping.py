"""Grouping: the bundles of a large load as many at a time as fit into memory, each after those that it refers to."""

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.facts import KINDS
from app.store.bundles import ARRAYS
from app.store.reading import read

GROUP = 8_000_000  # bytes of bundles that are taken together; what is made of them takes thirty times as much
FACT = re.compile(rf'"((?:{"|".join(KINDS)})/[a-z0-9-]+)"')
CHANGES = ("retract", "merge", "split", "reasons")


@dataclass(slots=True)
class Promised:
    """What bundles still to come will say of facts of others: events that somebody attended, and caveats."""

    attended: set[str] = field(default_factory=set)
    caveats: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # with the fact that each is about


@dataclass(frozen=True, slots=True)
class Outline:
    """A bundle's file before its turn; facts are kept as hashes, since a load may hold millions of them."""

    file: Path
    size: int
    id: str
    sha256: str  # of the document's text
    changes: bool  # whether it says what became of current facts
    defines: "array[int]"
    refers: "array[int]"  # to facts of others


def outline(file: Path, bytes_max: int, promised: Promised) -> Outline:
    """Takes a bundle's file, and notes what it promises; BundleError where it is too large or no JSON object.

    All else that may be wrong is found when its turn comes.
    """
    content = file.read_bytes()
    raw: Any = None
    with suppress(ValueError, RecursionError):
        raw = json.loads(content) if len(content) <= bytes_max else None
    if not isinstance(raw, dict):
        raw = read(content, str(file), bytes_max).raw
    id, document = str(raw.get("id")), raw.get("document")
    own = {f"documents/{id}", *(f"{name}/{one['id']}" for name in ARRAYS for one in _records(raw, name) if "id" in one)}
    others = set(FACT.findall(content.decode(errors="replace"))) - own
    _note(raw, others, promised)
    sha256 = str(document.get("sha256")) if isinstance(document, dict) else ""
    defines, refers = array("q", map(hash, own)), array("q", map(hash, others))
    return Outline(file, len(content), id, sha256, any(map(raw.get, CHANGES)), defines, refers)


def _records(raw: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    items = raw.get(name)
    return (one for one in (items if isinstance(items, list) else ()) if isinstance(one, dict))


def _note(raw: dict[str, Any], others: set[str], promised: Promised) -> None:
    attended = (str(one.get("event")) for one in _records(raw, "attendees"))
    promised.attended.update(event for event in attended if event in others)
    for one in _records(raw, "caveats"):
        facts = one.get("facts")
        about = [fact for fact in facts if isinstance(fact, str)] if isinstance(facts, list) else []
        promised.caveats += [(fact, one) for fact in about if fact in others]


def groups(outlines: Sequence[Outline], known: Iterable[str]) -> Iterator[list[Outline]]:
    """The bundles in groups, such that each refers only to facts of its own group, of one before it, or of none.

    Those that change what stood, among them all `known` ones, come together, as do those that refer to each other.
    """
    ready: list[Outline] = []
    for unit in _in_order(_units(outlines, set(known))):
        if ready and sum(one.size for one in (*ready, *unit)) > GROUP:
            yield ready
            ready = []
        ready += unit
    if ready:
        yield ready


def _units(outlines: Sequence[Outline], known: set[str]) -> list[list[Outline]]:
    """What cannot be taken apart, before it is known what refers to what; ids that are there twice are found so."""
    seen = Counter(one.id for one in outlines)
    changing = [one for one in outlines if one.changes or one.id in known or seen[one.id] > 1]
    alone = [[one] for one in outlines if not (one.changes or one.id in known or seen[one.id] > 1)]
    return [changing, *alone] if changing else alone


def _in_order(units: list[list[Outline]]) -> Iterator[list[Outline]]:
    """The units, each after those that it refers to; those that wait for each other, and whoever for them, as one."""
    wanted = {fact for unit in units for one in unit for fact in one.refers}
    home = {fact: n for n, unit in enumerate(units) for one in unit for fact in one.defines if fact in wanted}
    needs = {
        n: {home[fact] for one in unit for fact in one.refers if home.get(fact, n) != n} for n, unit in enumerate(units)
    }
    needed_by: dict[int, list[int]] = {n: [] for n in needs}
    for n, others in needs.items():
        for other in others:
            needed_by[other].append(n)
    ready = [n for n, others in needs.items() if not others]
    for n in ready:
        yield units[n]
        del needs[n]
        for other in needed_by[n]:
            needs[other].discard(n)
            if not needs[other]:
                ready.append(other)
    if needs:
        yield [one for n in needs for one in units[n]]
