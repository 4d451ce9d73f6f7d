"""Rules about corroborations: whose value differs, in which field, and where that is printed."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from app.errors import Fault
from app.facts.base import Kind
from app.facts.dates import read_edtf
from app.facts.parts import Reference
from app.facts.shape import choices, slots
from app.store.corroborating import supporting
from app.store.explaining import nearest
from app.store.rules.scene import Item, Scene, has_path

# What is printed, or follows from it, differs from document to document; these are bookkeeping or our own words.
OURS = ("id", "type", "path", "basis", "source", "citations", "caveats", "revision", "edition", "record_status")


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
        for field, value in item.raw["differs"].items():
            path = f"/values/{field}"
            if not has_path(item.kind, field) or field.split(".")[0] in OURS:
                yield item.fault(
                    path, f"{item.kind.singular} has no {field}", nearest(field, item.kind.public.model_fields)
                )
                continue
            if not supporting(item.raw["citations"], field):
                yield item.fault(path, "is cited nowhere", f'add "{field}" to the "supports" of the citation')
            yield from _formed(scene, item, field, value)


def _formed(scene: Scene, item: Item, field: str, value: str) -> Iterator[Fault]:
    """Whether the value has the form that the field's own values have."""
    path, (model, annotation) = f"/values/{field}", _leaf(item.kind, field)
    allowed = choices(annotation)
    if field.rpartition(".")[2] in ("edtf", "time_period", "to_period"):
        try:
            read_edtf(value)
        except ValueError as error:
            yield item.fault(path, str(error))
    elif model is Reference and not ("/" in value and scene.exists(value)):
        yield item.fault(path, f"there is no {value}", "write kind/id of a record")
    elif allowed and value not in allowed:
        yield item.fault(path, f"{value!r} is not on the list", nearest(value, allowed))
    elif model is not None and model is not Reference:
        yield item.fault(path, "is no field that holds a value", "name the part of it that differs")


def _leaf(kind: Kind, field: str) -> tuple[type[BaseModel] | None, Any]:
    """The model that a dotted field of a kind holds, if any, and its annotation."""
    model: type[BaseModel] | None = kind.public
    annotation: Any = None
    for step in (one for one in field.split(".") if not one.isdigit()):
        slot = next((one for one in slots(model) if one.name == step), None) if model else None
        if slot is not None and model is not None:
            annotation, model = model.model_fields[step].annotation, slot.model
    return model, annotation
