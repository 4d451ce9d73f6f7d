"""Edits to the invented world's bundles, by JSON pointers in which ids may stand for indexes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from app.faults import BundleError, Fault
from app.store.checking import check
from app.store.reading import read
from tests.world import world_bundles, world_texts

Edit = tuple[str, Any]  # pointer and value; `...` takes the value out, and the step `-` is the end of a list
RAW: list[dict[str, Any]] = [json.loads(content) for _, content in world_bundles()]
TEXTS = {name: content.decode() for name, content in world_texts().items()}


def why(reason: str = "it was wrong") -> dict[str, str]:
    """A reason as a bundle gives it, with its evidence."""
    return {"reason": reason, "evidence": "https://desk.example/notes"}


def numbered(raw: Any, pointer: str) -> str:
    """The pointer with the index of each record in place of its id (or of its ref, among sentences)."""
    steps: list[str] = []
    for step in pointer.split("/")[1:]:
        if isinstance(raw, list):
            names = [one.get("id", one.get("ref")) if isinstance(one, dict) else None for one in raw]
            found = str(names.index(step)) if step in names else step
            raw = raw[int(found)] if found.isdigit() and int(found) < len(raw) else None
        else:
            found = step
            raw = raw.get(step.replace("~1", "/")) if isinstance(raw, dict) else None
        steps.append(found)
    return "".join(f"/{step}" for step in steps)


def edited(edits: list[Edit], raw: dict[str, Any] = RAW[0]) -> dict[str, Any]:
    """A copy of a bundle with the edits made in order."""
    made = copy.deepcopy(raw)
    for pointer, value in edits:
        *steps, last = (step.replace("~1", "/") for step in numbered(made, pointer).split("/")[1:])
        holder: Any = made
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if last == "-":
            holder.append(value)
        elif value is ...:
            del holder[int(last) if isinstance(holder, list) else last]
        else:
            holder[int(last) if isinstance(holder, list) else last] = value
    return made


def faults(*bundles: Any, texts: dict[str, str] | None = None) -> list[Fault]:
    """What the check finds wrong in bundles, the second report's after them unless two are given."""
    given = [*bundles, *RAW[len(bundles) :]]
    try:
        check([read(json.dumps(one).encode(), f"{index}.json") for index, one in enumerate(given)], None, texts)
    except BundleError as error:
        return error.faults
    return []


def spans(value: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a bundle that has a start and an end in the text, with its pointer."""
    if isinstance(value, dict):
        if isinstance(value.get("start"), int):
            yield pointer, value
        for name, inner in value.items():
            yield from spans(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from spans(inner, f"{pointer}/{index}")


def pointers(value: Any, pointer: str = "") -> Iterator[str]:
    """The JSON pointer of every value inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield f"{pointer}/{step}"
        yield from pointers(one, f"{pointer}/{step}")
