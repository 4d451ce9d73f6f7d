"""The shape of a model: what each of its fields holds, worked out once, so that records are walked without guessing."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: the marks of its type (`Ref`, `Own`, `Printed`), whether it is a list, and the model inside it."""

    name: str
    marks: tuple[Any, ...]
    many: bool
    model: type[BaseModel] | None
    nullable: bool

    def mark(self, kind: type) -> Any:
        """The mark of that class, or None."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)


@cache
def slots(model: type[BaseModel]) -> tuple[Slot, ...]:
    """The fields of a model, in its order."""
    return tuple(_slot(name, info.annotation, tuple(info.metadata)) for name, info in model.model_fields.items())


def _slot(name: str, annotation: Any, marks: tuple[Any, ...], many: bool = False, nullable: bool = False) -> Slot:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _slot(name, inner, (*marks, *more), many, nullable)
    if origin in (Union, types.UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        if len(inner) == 1:
            return _slot(name, inner[0], marks, many, True)
    if origin is list:
        return _slot(name, get_args(annotation)[0], marks, True, nullable)
    found = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return Slot(name, marks, many, found, nullable)


def choices(annotation: Any) -> tuple[str, ...]:
    """The values of a closed list, also inside a list or a union; empty where any value may stand."""
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    return tuple(value for one in get_args(annotation) for value in choices(one))


def leaves(model: type[BaseModel], raw: dict[str, Any], pointer: str = "") -> Iterator[tuple[str, Slot, Any]]:
    """Every value of a valid record that is not null: (JSON pointer, slot, value); parts come before what they hold."""
    for slot in slots(model):
        value = raw.get(slot.name)
        if value is None:
            continue
        items = enumerate(value) if slot.many else [(None, value)]
        for index, item in items:
            place = f"{pointer}/{slot.name}" + ("" if index is None else f"/{index}")
            yield place, slot, item
            if slot.model is not None:
                yield from leaves(slot.model, item, place)
