"""Columns: those of a kind's flat rows, worked out from its published body; no cell holds JSON."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from app.facts.base import Kind
from app.facts.parts import CaveatNote, Citation, Date, Reference
from app.facts.shape import Slot, slots
from app.formats.flat import Column
from app.store.publishing import HEAD, TAIL

CITED = ("document", "sentence", "start", "end", "sha256", "exact")
DAYS = {"": "edtf"} | {f"_{name}": name for name in ("earliest", "latest", "as_printed", "basis", "how")}
# Of the parts that a list holds, the field that a cell shows.
SHOWN = ("as_printed", "text", "name", "role", "value", "topic", "fact")
LEFT_OUT = ("external", "quotation_marks")
NUMBERS = ("value", "obs_value", "amount", "unit_mult", "base_year", "start", "end", "length", "revision", "edition")
APART = " … "  # as printed words with something between them are written
Read = Callable[[dict[str, Any]], Any]


@cache
def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind, in the order of its bodies' fields, each name once."""
    found: dict[str, Column] = {}
    own = {slot.name: slot for slot in slots(kind.public)}
    middle = [name for name in own if name not in (*HEAD, *TAIL, *LEFT_OUT)]
    ordered = [column for name in (*HEAD, *middle, *TAIL) for column in _of(own[name], name, _reader(_itself, name))]
    for column in ordered:
        name = column.name if column.name not in found else f"citation_{column.name}"
        found[name] = column._replace(name=name)
    return tuple(found.values())


def _columns(model: type[BaseModel], prefix: str, holder: Read) -> Iterator[Column]:
    for slot in slots(model):
        if slot.name not in LEFT_OUT:
            yield from _of(slot, prefix + slot.name, _reader(holder, slot.name))


def _of(slot: Slot, name: str, read: Read) -> Iterator[Column]:
    if slot.model is Reference and not slot.many:
        yield Column(f"{name}_id", _reader(read, "id"))
        yield Column(name, _reader(read, "name"))
    elif slot.model in (Reference, CaveatNote):
        yield Column(name, lambda body: ";".join(one["id"] for one in read(body) or ()))
    elif name == "citations":
        yield from _cited(lambda body: next(iter(read(body)), None))
    elif slot.model is Citation:
        return  # of a part: what a fact cites first stands for it
    elif slot.model is Date:
        yield from (Column(name + ending, _reader(read, part)) for ending, part in DAYS.items())
    elif name == "quotations":
        yield Column("quotation", lambda body: APART.join(one["text"] for one in read(body)))
    elif slot.many:
        shown = next((one for one in SHOWN if slot.model and one in slot.model.model_fields), None)
        yield Column(name, lambda body: ";".join(_shown(one, shown) for one in read(body) or ()))
    elif slot.model is not None:
        yield from _columns(slot.model, f"{name}_", read)
    else:
        yield Column(name, read, slot.name in NUMBERS)


def _cited(first: Read) -> Iterator[Column]:
    """The columns of a citation: where it stands, its digest, its words, and the address of the sentence."""
    for part in CITED:
        yield Column(part, _reader(first, part), part in NUMBERS)
    yield Column("citation_path", _reader(first, "path"))


def _itself(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _reader(holder: Read, name: str) -> Read:
    def read(body: dict[str, Any]) -> Any:
        held = holder(body)
        return held.get(name) if held else None

    return read


def _shown(value: Any, field: str | None) -> str:
    shown = value[field] if field else value
    return str(shown["id"] if isinstance(shown, dict) else shown)
