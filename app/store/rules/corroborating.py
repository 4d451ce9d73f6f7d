"""Rules about corroborations: whose value differs, in which field, and where that is printed."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from app.facts.base import Kind
from app.facts.shape import slots
from app.faults import Fault
from app.store.citing import digest
from app.store.corroborating import OURS, Form, form, supporting
from app.store.explaining import explain, nearest
from app.store.rules.citing import OMISSION
from app.store.rules.item import Item
from app.store.rules.scene import Scene, has_path

PRINTED = re.compile(r"(?:.*\.)?as_printed|quotations\.[0-9]+\.text")


def once(scene: Scene) -> Iterator[Fault]:
    """A bundle corroborates a fact once."""
    seen: set[tuple[str, str]] = set()
    for item in scene.corroborating:
        key = item.bundle, scene.resolve(item.fact)
        if key in seen:
            yield item.fault("/fact", f"{item.fact} is corroborated twice", "join the two entries")
        seen.add(key)


def differs(scene: Scene) -> Iterator[Fault]:
    """A differing value is of a field of the fact, of that field's form, and cited where this document prints it."""
    for item in scene.corroborating:
        values: dict[str, str] = item.raw["differs"]
        for field, value in values.items():
            known = form(item.kind.name, field)
            if known is None:
                yield item.fault(f"/values/{field}", *_no_value(item.kind, field))
                continue
            if not supporting(item.raw["citations"], field):
                mend = f'add "{field}" to the "supports" of the citation'
                yield item.fault(f"/values/{field}", "is cited nowhere", mend)
            elif PRINTED.fullmatch(field) and not _is_printed(item.raw["citations"], field, value):
                mend = f'cite each run of them for "{field}", and join them with “{OMISSION}”'
                yield item.fault(f"/values/{field}", "is not what the words cited say", mend)
            yield from _formed(scene, item, field, value, known)
            yield from _placed(item, field, values, scene.raw(item.fact))


def _is_printed(citations: list[dict[str, Any]], field: str, value: str) -> bool:
    """Whether the words that a document prints are those of the citations of the field, one for each run."""
    cited = [one["sha256"] for one in citations if field in one.get("supports", [])]
    return cited == [digest(run) for run in value.split(OMISSION)]


def _no_value(kind: Kind, field: str) -> tuple[str, str]:
    """What is wrong with a field that holds no value of a document's, and how to mend it."""
    if field.partition(".")[0] in OURS:
        return "is nothing that documents differ in", "leave it out"
    if not has_path(kind, field):
        return f"{kind.singular} has no {field}", nearest(field, kind.entry.model_fields)
    return "is no field that holds a value", "name the part of it that differs"


def _formed(scene: Scene, item: Item, field: str, value: str, known: Form) -> Iterator[Fault]:
    """Whether the value has the form that the field's own values have."""
    path = f"/values/{field}"
    try:
        given = known.read(value)
    except ValidationError as error:
        _, message, mend = explain(error.errors(include_url=False)[0], item.kind.entry, value, path)
        yield item.fault(path, message, mend)
        return
    if known.refers and not scene.exists(given):
        yield item.fault(path, f"there is no {given}", scene.near(given))
    elif known.refers and scene.resolve(given) == scene.resolve(item.fact):
        yield item.fault(path, "is the fact itself", "name another record")


def _placed(item: Item, field: str, values: dict[str, str], raw: Any) -> Iterator[Fault]:
    """Whether the fact has the item of the list, and the part, that a value is of; or all of the part is given."""
    model: Any = item.kind.entry
    steps = field.split(".")
    path, numbered = f"/values/{field}", "number its items from 0"
    for n, step in enumerate(steps if raw is not None else []):
        name = ".".join(steps[: n + 1])
        if isinstance(raw, list):
            if int(step) >= len(raw):
                yield item.fault(path, f"the fact has no {name}", numbered)
                return
            raw = raw[int(step)]
            continue
        slot = next(one for one in slots(model) if one.name == step)
        raw, model = raw.get(step, [] if slot.many else None), slot.model
        if raw is None:
            if any(one.isdigit() for one in steps[n:]):
                yield item.fault(path, f"the fact has no {field}", numbered)
                return
            parts = model.model_fields.items() if model else ()
            missing = [one for part, info in parts if info.is_required() and (one := f"{name}.{part}") not in values]
            if missing:
                yield item.fault(path, f"the fact has no {name}", f"give {' and '.join(missing)} too")
            return
