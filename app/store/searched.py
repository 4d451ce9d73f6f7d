"""Searched: the texts of a fact that are searched, which are published beside its body."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Literal

from pydantic import BaseModel

from app.facts import KINDS
from app.facts.parts import Own, Reference
from app.facts.shape import slots
from app.store.tokens import END

Column = Literal["name", "words", "refers"]
OWN_PRINTED = ("as_printed", "title", "hedges")
LEFT_OUT = ("source", "caveats", "decision", "quotation_marks", "basis")
NUMBER = re.compile(r"\.\d+(?=\.|$)", re.ASCII)  # of an item of a list, in the name of a field


@cache
def searched(kind: str) -> tuple[tuple[str, Column], ...]:
    """The fields of a kind whose words are found, dotted, and the column that each goes to.

    `name` and other names; `words`, our own and those printed; `refers`, the names of what the fact refers to.
    """
    return tuple(_searched(KINDS[kind].public, ""))


def _searched(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Column]]:
    for slot in slots(model):
        path = prefix + slot.name
        if not prefix and slot.name in LEFT_OUT:
            continue
        if slot.model is Reference:
            yield f"{path}.name", "refers"
        elif slot.model is not None and "sha256" not in slot.model.model_fields:
            yield from _searched(slot.model, f"{path}.")
        elif path in ("name", "other_names.name"):
            yield path, "name"
        elif slot.model is None and (slot.mark(Own) or slot.name in OWN_PRINTED or path == "quotations.text"):
            yield path, "words"


Tree = tuple[tuple[str, "Tree | None"], ...]  # each field with those inside it


@cache
def _tree(kind: str) -> Tree:
    """The fields of a kind that are searched, by their steps, so that a body is walked once."""
    whole: dict[str, Any] = {}
    for path, _ in searched(kind):
        branch = whole
        for step in path.split("."):
            branch = branch.setdefault(step, {})
    return _frozen(whole)


def _frozen(branch: dict[str, Any]) -> Tree:
    return tuple((step, _frozen(below) if below else None) for step, below in branch.items())


def _gather(body: dict[str, Any], tree: Tree, prefix: str, texts: list[str], fields: list[str]) -> None:
    """Adds every text under the fields of a tree, and its field, in which items of lists are numbered."""
    for step, below in tree:
        value = body.get(step)
        if value is None:
            continue
        field = prefix + step
        if not isinstance(value, list):
            if below is None:
                texts.append(value)
                fields.append(field)
            else:
                _gather(value, below, f"{field}.", texts, fields)
        elif below is None:
            texts += value
            fields += [f"{field}.{n}" for n in range(len(value))]
        else:
            for n, one in enumerate(value):
                _gather(one, below, f"{field}.{n}.", texts, fields)


def texts_of(kind: str, body: dict[str, Any]) -> bytes:
    """The texts of a body that are searched, in order, and then the field of each."""
    texts: list[str] = []
    fields: list[str] = []
    _gather(body, _tree(kind), "", texts, fields)
    return END.join(texts + fields).encode()


def parts_of(whole: str) -> tuple[list[str], list[str]]:
    """A fact's texts, and the field of each."""
    parts = whole.split(END)
    half = len(parts) // 2
    return parts[:half], parts[half : 2 * half]


@lru_cache(maxsize=1024)
def column_of(kind: str, field: str) -> Column:
    """The column of a field of a text, in which items of lists are numbered."""
    return dict(searched(kind))[NUMBER.sub("", field)]
