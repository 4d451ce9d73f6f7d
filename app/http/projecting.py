"""Projecting: `fields=`, the parts of a body that a request asks for, and `fields=compact`, its shortest form."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from app.errors import Invalid
from app.facts.parts import Citation, Reference
from app.facts.shape import slots
from app.http.refusing import check_names, fault

BOOKKEEPING = frozenset({"path", "revision", "edition", "record_status"})
DEEPEST = 6  # no body is nested deeper


@cache
def names(model: type[BaseModel], prefix: str = "", depth: int = 0) -> tuple[str, ...]:
    """Every dotted name in a model: `date`, `date.edtf`, `quotations.citation.start`, …"""
    found: list[str] = []
    for slot in slots(model):
        found.append(prefix + slot.name)
        if slot.model is not None and depth < DEEPEST:
            found += names(slot.model, f"{prefix}{slot.name}.", depth + 1)
    return tuple(found)


def checked_fields(model: type[BaseModel], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The names given to `fields=`; Invalid with the nearest of each that the model does not have."""
    if wanted:
        check_names("fields", wanted, ("compact", *names(model)), "is no field of these records")
    if "compact" in wanted and len(wanted) > 1:
        raise Invalid([fault("fields", "compact stands alone")])
    return wanted


def project(body: dict[str, Any], wanted: tuple[str, ...]) -> dict[str, Any]:
    """The fields wanted of a body, in the body's order; a dotted name goes into every item of a list."""
    if wanted == ("compact",):
        compacted: dict[str, Any] = _compact(body)
        return compacted
    kept: dict[str, Any] = _keep(body, _tree(wanted))
    return kept


def _tree(wanted: tuple[str, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name in sorted(wanted, key=len):
        branch, parts = tree, name.split(".")
        for part in parts[:-1]:
            inner = branch.setdefault(part, {})
            if inner is True:  # all of it is wanted already
                break
            branch = inner
        else:
            branch[parts[-1]] = True
    return tree


def _keep(value: Any, tree: Any) -> Any:
    if tree is True or value is None:
        return value
    if isinstance(value, list):
        return [_keep(one, tree) for one in value]
    return {name: _keep(inner, tree[name]) for name, inner in value.items() if name in tree}


_REFERENCE = {slot.name for slot in slots(Reference)}
_CITATION = {slot.name for slot in slots(Citation)}


def _compact(value: Any) -> Any:
    if isinstance(value, list):
        return [_compact(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == _REFERENCE:
        return value["id"]
    if value.keys() == _CITATION:
        return f"{value['document']}#{value['sentence']}:{value['start']}-{value['end']}"
    return {name: _compact(inner) for name, inner in value.items() if inner is not None and name not in BOOKKEEPING}
