"""Dividing: the facets of a list, how many of its facts have each value of a filter."""

from typing import Any

from app.facts import KINDS
from app.http.gathering import Gathering
from app.http.parameters import Named
from app.store.selecting import NOT_EXTERNAL, THROUGH, marks, shape_of
from app.store.tallying import is_indexed


def divided(gathering: Gathering, name: str) -> list[dict[str, Any]]:
    """How a list divides by a filter; a value asked for is there even where nothing has it."""
    most = gathering.room.settings.facet_max
    are_all = is_indexed(gathering.kind, shape_of(gathering.kept), name)
    total = 0 if are_all else gathering.counted(gathering.kept, most)
    is_whole, counts = total <= most, dict[Any, int]()
    if are_all or total:
        finder, edition = gathering.room.finder, gathering.now.edition
        counts = {row[0]: row[1] for row in finder.facet(gathering.kind, gathering.kept, name, most, edition)}
    if _differs_by_value(gathering, name):
        own = {value: gathering.counted({**gathering.values, name: (value,)}, most) for value in counts}
        counts = {value: count for value, count in own.items() if count}
        is_whole = is_whole and max(own.values(), default=0) <= most
    for value, members in getattr(marks(gathering.kind)[name], "wider", {}).items():
        together = sum(counts.get(member, 0) for member in members)
        counts |= {value: together} if together else {}
    for value in gathering.asked.values.get(name, ()):
        if not isinstance(value, Named):
            counts.setdefault(value, 0)
    counts = dict(sorted(counts.items(), key=lambda one: (-one[1], str(one[0]))))
    references = gathering.references([value for value in counts if isinstance(value, str) and "/" in value])
    names = {one["path"][1:]: one["name"] for one in references}
    told = {"relation": "eq" if is_whole else "gte"}
    return [one | told for value, count in counts.items() for one in _shown(value, count, names)]


def _differs_by_value(gathering: Gathering, name: str) -> bool:
    """Whether a filter's value would change what else the list keeps: matches by itself, or sentences of one."""
    values = gathering.values
    if name in values:
        return False
    return (name in THROUGH and NOT_EXTERNAL in values) or (name == "document" and "sentence" in values)


def _shown(value: Any, count: int, names: dict[str, str]) -> list[dict[str, Any]]:
    """A value as it is asked for and read; nothing of a kind that an id might have been of, and is not."""
    if isinstance(value, str) and value.split("/")[0] in KINDS and "/" in value:
        return [{"value": value.partition("/")[2], "name": names[value], "count": count}] if value in names else []
    text = value if isinstance(value, str) else ("true" if value else "false")
    return [{"value": text, "name": text.replace("_", " "), "count": count}]
