"""The shape of a model: what each of its fields holds, worked out once, so that records are walked without guessing."""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: the marks of its type (`Ref`, `Own`, `Printed`), whether it is a list, and the model inside it.

    `plain` is the type itself, without its marks, a list around it or the null beside it.
    """

    name: str
    marks: tuple[Any, ...]
    many: bool
    model: type[BaseModel] | None
    nullable: bool
    plain: Any

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
    return Slot(name, marks, many, found, nullable, annotation)


def choices(annotation: Any) -> tuple[str, ...]:
    """The values of a closed list, also inside a list or a union; empty where any value may stand."""
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    return tuple(value for one in get_args(annotation) for value in choices(one))


Tree = dict[str, "Tree | None"]


@cache
def holding(model: type[BaseModel], part: type[BaseModel]) -> Tree:
    """The fields of a model under which there are parts of a class, each with those of the model inside it.

    None stands for the fields of the model inside where the field is such a part itself.
    """
    found: Tree = {}
    for slot in slots(model):
        inner = None if slot.model is None or slot.model is part else holding(slot.model, part)
        if slot.model is part or inner:
            found[slot.name] = inner
    return found


def held(raw: dict[str, Any], tree: Tree, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts of a record or a body that a tree leads to, in its order, each with the dotted name of its field."""
    for name, inner in tree.items():
        value = raw.get(name)
        for one in value if isinstance(value, list) else () if value is None else (value,):
            if inner is None:
                yield prefix + name, one
            else:
                yield from held(one, inner, f"{prefix}{name}.")


Leaf = tuple[str, Slot, Any]  # JSON pointer, slot, value
Wanted = tuple[Callable[[Slot], bool], ...]
Branch = tuple[Slot, tuple[int, ...], "tuple[Branch, ...]"]


def leaves(model: type[BaseModel], raw: dict[str, Any]) -> list[Leaf]:
    """Every value of a valid record that is not null; parts come before what they hold."""
    return gather(model, raw, (_any,))[0]


def _any(_slot: Slot) -> bool:
    return True


def gather(model: type[BaseModel], raw: dict[str, Any], wanted: Wanted) -> tuple[list[Leaf], ...]:
    """For each of several conditions on slots, the values of a valid record that are not null and whose slot meets it.

    One walk finds them all, in the model's order, and passes over fields under which nothing is wanted.
    """
    found: tuple[list[Leaf], ...] = tuple([[] for _ in wanted])
    _gather(_branches(model, wanted), raw, "", found)
    return found


def _gather(branches: tuple[Branch, ...], raw: dict[str, Any], pointer: str, found: tuple[list[Leaf], ...]) -> None:
    for slot, numbers, inner in branches:
        value = raw.get(slot.name)
        if value is None:
            continue
        place = f"{pointer}/{slot.name}"
        for at, one in [(f"{place}/{n}", one) for n, one in enumerate(value)] if slot.many else ((place, value),):
            for number in numbers:
                found[number].append((at, slot, one))
            if inner:
                _gather(inner, one, at, found)


@cache
def _branches(model: type[BaseModel], wanted: Wanted) -> tuple[Branch, ...]:
    """The fields to look into: each with the conditions that it meets, by number, and those of the model inside it."""
    found: list[Branch] = []
    for slot in slots(model):
        numbers = tuple(number for number, meets in enumerate(wanted) if meets(slot))
        inner = () if slot.model is None else _branches(slot.model, wanted)
        if numbers or inner:
            found.append((slot, numbers, inner))
    return tuple(found)
