"""Columns: those of a kind's flat rows, worked out from its published body; no cell holds JSON."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from operator import methodcaller
from typing import Any

from pydantic import BaseModel

from app.facts.base import Kind
from app.facts.parts import CaveatNote, Citation, Date, Ref, Reference
from app.facts.shape import Slot, slots
from app.formats.flat import Column, Read
from app.store.publishing import HEAD, TAIL

CITED = {"document": str, "sentence": str, "start": int, "end": int, "sha256": str, "exact": str}
DAYS = {"": "edtf"} | {f"_{name}": name for name in ("earliest", "latest", "as_printed", "basis", "how")}
# Of the parts that a list holds, the field that a cell shows.
SHOWN = ("as_printed", "text", "name", "role", "value", "topic", "fact")
LEFT_OUT = ("external", "quotation_marks")
DECIMALS = ("obs_value", "amount", "derived_value", "comparison_value")
APART = " … "  # as printed words with something between them are written
Arriving = type[BaseModel] | None


@cache
def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind, in the order of its bodies' fields, each name once."""
    own, arriving = named(kind.public), named(kind.entry)
    middle = [name for name in own if name not in (*HEAD, *TAIL, *LEFT_OUT)]
    return once(
        column
        for name in (*HEAD, *middle, *TAIL)
        for column in _of(own[name], arriving.get(name), name, reader(itself, name))
    )


def named(model: Arriving) -> Mapping[str, Slot]:
    """The fields of a model by name; none where there is no model."""
    return {slot.name: slot for slot in slots(model)} if model else {}


def once(found: Iterable[Column]) -> tuple[Column, ...]:
    """The columns, of which a second one of a name is of the citation."""
    made: dict[str, Column] = {}
    for column in found:
        name = column.name if column.name not in made else f"citation_{column.name}"
        made[name] = column._replace(name=name)
    return tuple(made.values())


def columns_of(model: type[BaseModel], arriving: Arriving, prefix: str, holder: Read) -> Iterator[Column]:
    """The columns of a part, which `holder` takes from a body; `arriving` is the part as it stands in a bundle."""
    known = named(arriving)
    for slot in slots(model):
        if slot.name not in LEFT_OUT:
            yield from _of(slot, known.get(slot.name), prefix + slot.name, reader(holder, slot.name))


def _of(slot: Slot, arriving: Slot | None, name: str, read: Read) -> Iterator[Column]:
    if slot.model is Reference and not slot.many:
        yield Column(f"{name}_id", reader(read, "id"), kinds=kinds_of(slot, arriving), whole=read)
        yield Column(name, reader(read, "name"))
    elif slot.model in (Reference, CaveatNote):
        yield Column(name, lambda body: ";".join(one["id"] for one in read(body) or ()))
    elif name == "citations":
        yield from cited(lambda body: next(iter(read(body)), None))
    elif slot.model is Citation:
        return  # of a part: what a fact cites first stands for it
    elif slot.model is Date:
        yield from (Column(name + ending, reader(read, part)) for ending, part in DAYS.items())
    elif name == "quotations":
        yield Column("quotation", lambda body: APART.join(one["text"] for one in read(body)))
    elif slot.many:
        shown = next((one for one in SHOWN if slot.model and one in slot.model.model_fields), None)
        yield Column(name, lambda body: ";".join(_shown(one, shown) for one in read(body) or ()))
    elif slot.model is not None:
        yield from columns_of(slot.model, arriving.model if arriving else None, f"{name}_", read)
    else:
        yield Column(name, read, Decimal if name in DECIMALS else slot.plain if slot.plain in (int, bool) else str)


def kinds_of(slot: Slot, arriving: Slot | None) -> tuple[str, ...]:
    """The kinds that a reference may be of: as a bundle may write it, or as the body itself is marked."""
    mark: Ref = (arriving and arriving.mark(Ref)) or slot.mark(Ref)
    return mark.kinds


def cited(first: Read) -> Iterator[Column]:
    """The columns of a citation: where it stands, its digest, its words, and the address of the sentence."""
    for part, holds in CITED.items():
        yield Column(part, reader(first, part), holds, ("documents",) if part == "document" else ())
    yield Column("citation_path", reader(first, "path"))


def itself(body: Any) -> Any:
    return body


def reader(holder: Read, name: str) -> Read:
    """What takes a field from what `holder` takes, where it takes anything."""
    if holder is itself:
        return methodcaller("get", name)

    def read(body: Any) -> Any:
        held = holder(body)
        return held.get(name) if held else None

    return read


def _shown(value: Any, field: str | None) -> str:
    shown = value[field] if field else value
    return str(shown["id"] if isinstance(shown, dict) else shown)
