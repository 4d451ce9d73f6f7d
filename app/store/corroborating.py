"""Corroborating: another document gives a fact too, and where its value differs, both stand."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import TypeAdapter, ValidationError

from app.facts import KINDS
from app.facts.parts import CitationEntry, Ref
from app.facts.shape import slots

ID_MAX = 80
# What is printed, or follows from it, differs from document to document; these are bookkeeping or our own words.
OURS = ("id", "type", "path", "basis", "source", "external", "citations", "caveats")


def conflicts(bundle: str, corroboration: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The caveats, as records of the bundle, of each field for which it gives another value than the fact's own.

    `corroborates` is the fact, whose own value and citations publishing adds.
    """
    fact = corroboration["fact"]
    for field, value in corroboration.get("values", {}).items():
        places = [{**one, "supports": [], "exact": None} for one in supporting(corroboration["citations"], field)]
        if places:
            yield {
                "id": _id(f"{fact.partition('/')[2]}-{field}-in-{bundle}"),
                "kind": "conflict",
                "facts": [fact],
                "field": field,
                "text": f"Documents differ on {field}: {bundle} gives {value}.",
                "values": [{"value": value, "citation": places[0]}],
                "citations": places,
                "corroborates": fact,
            }


def supporting(citations: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """The citations that support a field, a part of it, or what it is part of."""
    return [one for one in citations if any(related(name, field) for name in one.get("supports", []))]


def related(one: str, other: str) -> bool:
    """Whether one dotted name is another or lies within it, or the other way round."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _id(wanted: str) -> str:
    """A slug, cut with a digest where it is too long."""
    slug = re.sub(r"[^a-z0-9]+", "-", wanted).strip("-")
    if len(slug) <= ID_MAX:
        return slug
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
    return f"{slug[: ID_MAX - 9].rstrip('-')}-{digest}"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a field that holds a single value, and whether that is another record, `kind/id`."""

    adapter: TypeAdapter[Any]
    refers: bool

    def read(self, value: str) -> Any:
        """A value as the record itself would hold it: the text, or the number or truth value that it writes.

        Raises ValidationError where it has not this form.
        """
        try:
            return self.adapter.validate_python(value, strict=True)
        except ValidationError:
            if not re.fullmatch(r"0|-?[1-9][0-9]{0,14}|true|false", value):
                raise
            return self.adapter.validate_python(json.loads(value), strict=True)


@cache
def form(kind: str, field: str) -> Form | None:
    """The form of a dotted field of a kind, as bundles write it; None where it holds no single value of a document's.

    An item of a list is named by its number: `quotations.0.text`.
    """
    steps = field.split(".")
    model: Any = None if steps[0] in OURS else KINDS[kind].entry
    while model is not None and model is not CitationEntry and steps:
        slot = next((one for one in slots(model) if one.name == steps[0]), None)
        if slot is None or (slot.many and not (steps[1:] and steps[1].isdigit())):
            return None
        info = model.model_fields[slot.name]
        steps = steps[2:] if slot.many else steps[1:]
        if not steps and slot.model is None and not (slot.name in ("start", "end") and info.annotation is int):
            whole: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            item = get_args(info.annotation)[0] if slot.many else whole
            return Form(TypeAdapter(item), slot.mark(Ref) is not None)
        model = slot.model
    return None
