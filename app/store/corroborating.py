"""Corroborating: another document gives a fact too, and where its value differs, both stand."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from app.facts import KINDS
from app.facts.caveats import told
from app.facts.parts import CitationEntry, Ref
from app.facts.shape import slots

ID_MAX = 80
NUMBER = re.compile(r"0|[1-9][0-9]?", re.ASCII)
# What is printed, or follows from it, differs from document to document; these are bookkeeping or our own words.
OURS = ("id", "type", "path", "basis", "source", "external", "citations", "caveats")


def conflicts(bundle: str, corroboration: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The caveats, as records of the bundle, of each field for which it gives another value than the fact's own.

    `corroborates` is the fact: by its own value publishing tells whether they differ, and adds that with its citations.
    """
    fact = corroboration["fact"]
    for field, value in corroboration.get("values", {}).items():
        places = [{**one, "supports": [], "exact": None} for one in supporting(corroboration["citations"], field)]
        if places:
            yield {
                "id": _id(fact, field, bundle),
                "kind": "conflict",
                "facts": [fact],
                "field": field,
                "text": f"{bundle} gives {value}.",
                "values": [{"value": value, "citation": places[0]}],
                "citations": places,
                "corroborates": fact,
                "otherwise": otherwise(fact.partition("/")[0], field),
            }


def supporting(citations: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """The citations that support a field, a part of it, or what it is part of."""
    return [one for one in citations if any(related(name, field) for name in one.get("supports", []))]


def related(one: str, other: str) -> bool:
    """Whether one dotted name is another or lies within it, or the other way round."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _id(fact: str, field: str, bundle: str) -> str:
    """An id that tells what it is about; a digest of that keeps it from any other."""
    told = re.sub(r"[^a-z0-9]+", "-", f"{fact.partition('/')[2]}-{field}-in-{bundle}").strip("-")
    digest = hashlib.sha256(f"{fact} {field} {bundle}".encode()).hexdigest()[:8]
    return f"{told[: ID_MAX - 9].rstrip('-')}-{digest}"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a field that holds a single value, whether that is another record, `kind/id`, and its default."""

    adapter: TypeAdapter[Any]
    refers: bool
    default: Any

    def read(self, value: str) -> Any:
        """A value as the record itself would hold it: the text, or the number or truth value that it writes.

        Raises ValidationError where it has not this form.
        """
        try:
            return self.adapter.validate_python(value, strict=True)
        except ValidationError:
            given = json.loads(value) if re.fullmatch(r"0|-?[1-9][0-9]{0,14}|true|false", value) else None
            made = self.adapter.validate_python(given, strict=True) if given is not None else None
            if made is None or type(made) is not type(given):  # a closed list of numbers takes false for its 0
                raise
            return made


@cache
def form(kind: str, field: str) -> Form | None:
    """The form of a dotted field of a kind, as bundles write it; None where it holds no single value of a document's.

    An item of a list is named by its number: `quotations.0.text`.
    """
    steps = field.split(".")
    model: Any = None if steps[0] in OURS else KINDS[kind].entry
    while model is not None and model is not CitationEntry and steps:
        slot = next((one for one in slots(model) if one.name == steps[0]), None)
        if slot is None or (slot.many and not (steps[1:] and NUMBER.fullmatch(steps[1]))):
            return None
        info = model.model_fields[slot.name]
        steps = steps[2:] if slot.many else steps[1:]
        if not steps and slot.model is None and not (slot.name in ("start", "end") and info.annotation is int):
            whole: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            item = _item(info.annotation) if slot.many else whole
            default = None if slot.many or info.is_required() else info.default
            return Form(TypeAdapter(item), slot.mark(Ref) is not None, default)
        model = slot.model
    return None


def _item(annotation: Any) -> Any:
    """What a list holds, also one that may be null."""
    return next(get_args(one)[0] for one in (annotation, *get_args(annotation)) if get_origin(one) is list)


def otherwise(kind: str, field: str) -> str:
    """What a record says in a field that it leaves out, as a bundle would write it; `null` where that is nothing."""
    known = form(kind, field)
    return told({"it": known.default if known else None}, "it")


def moved(before: dict[str, Any], after: dict[str, Any], field: str) -> bool:
    """Whether a field with a number would be another item's once a record is corrected: that is gone, or elsewhere."""
    steps = field.split(".")
    old: Any = before
    new: Any = after
    for step in steps:
        if isinstance(old, list):
            at = int(step)
            if at >= len(old):
                return False  # it was gone before
            if not isinstance(new, list) or at >= len(new):
                return True
            if old[at] != new[at] and (old[at] in new or new[at] in old):
                return True
            old, new = old[at], new[at]
        else:
            old, new = (one.get(step) if isinstance(one, dict) else None for one in (old, new))
    return False
