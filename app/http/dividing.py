"""Dividing: the facets of a list, how many of its facts have each value of a filter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import Ref
from app.http.gathering import Gathering
from app.store.faceting import FACET_VALUES, is_indexed
from app.store.selecting import NOT_EXTERNAL, THROUGH, marks, shape_of

Counts = Mapping[Any, int]


def divided(gathering: Gathering, name: str) -> list[dict[str, Any]]:
    """How a list divides by a filter, its most frequent values; one that was asked for is there whatever has it."""
    counts, is_whole = _counts(gathering, name, FACET_VALUES)
    is_cut = len(counts) >= FACET_VALUES
    for value in gathering.values.get(name, ()):
        if value not in counts:  # that of a list divided only in part is at least 0
            counts[value] = _of_one(gathering, name, value) if is_cut and is_whole else 0
    for value, members in getattr(marks(gathering.kind)[name], "wider", {}).items():
        together = sum(counts.get(member, 0) for member in members)
        counts |= {value: together} if together else {}
    return _told(gathering, name, counts, is_whole)


def divided_together(gatherings: Sequence[Gathering], name: str) -> list[dict[str, Any]]:
    """The same of the lists of several kinds as if they were one."""
    total: Counter[Any] = Counter()
    are_whole = True
    for one in gatherings:
        counts, is_whole = _counts(one, name, None)
        total.update(counts)
        are_whole = are_whole and is_whole
    asked = {value: total[value] for value in gatherings[0].values.get(name, ())}
    return _told(gatherings[0], name, dict(_ordered(total)[:FACET_VALUES]) | asked, are_whole)


def _counts(gathering: Gathering, name: str, shown: int | None) -> tuple[dict[Any, int], bool]:
    """How many facts have each value, and whether all were divided; where they are many, those that come first."""
    kind, kept, edition = gathering.kind, gathering.kept, gathering.now.edition
    find, most = gathering.room.finder.facet, gathering.room.settings.facet_max
    is_by_itself = NOT_EXTERNAL in gathering.values and name in THROUGH
    if is_indexed(kind, shape_of(kept), name) and not is_by_itself:
        return find(kind, kept, name, most, False, edition, shown), True
    total = gathering.counted(kept, most)
    if not total:
        return {}, True
    are_more = total > most
    counts = find(kind, kept, name, most, are_more, edition, shown, is_by_itself)
    if name == "basis" and NOT_EXTERNAL not in gathering.values and gathering.values.keys() & set(THROUGH):
        external = {value: count for value, count in counts.items() if value == "external"}
        counts = find(kind, {**gathering.values, NOT_EXTERNAL: ()}, name, most, False, edition, shown) | external
    return counts, not are_more


def _of_one(gathering: Gathering, name: str, value: Any) -> int:
    """How many the list has with one value of those that were asked for."""
    return gathering.counted({**gathering.values, name: (value,)}, gathering.room.settings.facet_max)


def _ordered(counts: Counts) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))


def _told(gathering: Gathering, name: str, counts: Counts, is_whole: bool) -> list[dict[str, Any]]:
    """Each value as it is asked for and read; nothing of a kind that an id might have been of, and is not."""
    records = [value for value in counts if _is_record(value)]
    names = {one["path"][1:]: one["name"] for one in gathering.references(records)}
    shared = _shared(gathering, name, list(names))
    told: list[dict[str, Any]] = []
    for value, count in _ordered(counts):
        if _is_record(value):
            if value in names:
                shown = value if value in shared else value.partition("/")[2]
                told.append({"value": shown, "name": names[value], "count": count})
        else:
            text = value if isinstance(value, str) else ("true" if value else "false")
            told.append({"value": text, "name": text.replace("_", " "), "count": count})
    return [one | {"relation": "eq" if is_whole else "gte"} for one in told]


def _is_record(value: Any) -> bool:
    return isinstance(value, str) and "/" in value and value.split("/")[0] in KINDS


def _shared(gathering: Gathering, name: str, records: list[str]) -> set[str]:
    """Those of some records whose ids records of other kinds have that the filter takes, too."""
    kinds = _kinds(gathering.kind, name)
    if len(kinds) < 2:
        return set()
    ids = dict.fromkeys(record.partition("/")[2] for record in records)
    found = gathering.references([f"{kind}/{id}" for id in ids for kind in kinds])
    often = Counter(one["id"] for one in found)
    return {record for record in records if often[record.partition("/")[2]] > 1}


def _kinds(kind: Kind, name: str) -> tuple[str, ...]:
    """The kinds of the records that a filter takes."""
    fields = {info.alias or field: info for field, info in kind.query.model_fields.items()}
    return next((mark.kinds for mark in fields[name].metadata if isinstance(mark, Ref)), ())
