"""Explaining what a bundle's value should have been: the validator's errors in plain words, and how to mend them."""

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from app.facts import parts
from app.facts.shape import slots
from app.store.reading import escape

WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list, [ … ]",
    "dict_type": "an object, { … }",
    "model_type": "an object, { … }",
}
PATTERNS = {
    rf"^{parts.SLUG}$": "lower-case letters and digits, in words joined by single hyphens",
    r"^[0-9a-f]{64}$": "a SHA-256 in 64 lower-case hexadecimal digits",
    r"^[1-9][0-9]{0,5}\.[1-9][0-9]{0,5}$": "paragraph.sentence, both from 1, such as 2.4",
    r"^[A-Z]{2}$": "an ISO 3166-1 alpha-2 code in capitals",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a day, such as 2031-05-04",
    r"^[a-z]+(?:\?[a-z_]+(?:=[^=&?#]+)?)?$": "kind, kind?filter or kind?filter=value, such as attendees?capacity=chair",
    r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?$": "a decimal in a string, such as 485 or 7.5",
}
REFERENCE = re.compile(r"\^\(\?:([a-z|]+)\)/")
CHOICE = re.compile(r"'([^']*)'|(\d+)")


def explain(error: ErrorDetails, model: type[BaseModel], raw: Any, base: str) -> tuple[str, str, str]:
    """Takes an error of a record that should be a `model`; returns (JSON pointer, what is wrong, how to mend it)."""
    message, mend = _told(error, model)
    return base + _pointer(error, raw), message, mend


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The known name that is most like a wrong one, as the beginning of a sentence; empty where none is like it."""
    close = get_close_matches(wrong, sorted(known), 1)
    return f"the nearest is {close[0]}" if close else ""


def _told(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return "is missing", "add it"
    if kind == "extra_forbidden":
        holder = _holder(model, error["loc"])
        allowed = [info.alias or name for name, info in holder.model_fields.items()]
        return "is no field here", _offer(str(error["loc"][-1]), allowed)
    if kind == "literal_error":
        choices = [name or number for name, number in CHOICE.findall(error["ctx"]["expected"])]
        return f"{_shown(given)} is not on the list", _offer(str(given), choices)
    if kind == "string_pattern_mismatch":
        return f"{_shown(given)} does not have the right form", f"write {_form(error['ctx']['pattern'])}"
    if kind in WANTED:
        return f"is {_shown(given)}, not {WANTED[kind]}", f"write {WANTED[kind]}"
    if kind in ("string_too_short", "too_short"):
        return "is empty", "write at least one" if kind == "too_short" else "write something, or leave it out"
    if kind == "string_too_long":
        most = error["ctx"]["max_length"]
        return f"has {len(given):,} characters, more than {most:,}", "shorten it, or send it in parts"
    if kind == "too_long":
        most = error["ctx"]["max_length"]
        return f"has {len(given):,} items, more than {most:,}", "send them in parts"
    if kind == "value_error":
        return str(error["ctx"]["error"]), ""
    return error["msg"][0].lower() + error["msg"][1:], ""


def _form(pattern: str) -> str:
    reference = REFERENCE.match(pattern)
    if reference:
        return " or ".join(f"{kind}/its-id" for kind in reference[1].split("|"))
    return PATTERNS.get(pattern, f"what matches {pattern}")


def _offer(wrong: str, allowed: list[str]) -> str:
    close = nearest(wrong, allowed)
    return f"{close}; " * bool(close) + f"allowed: {', '.join(allowed)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _holder(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that would hold the last name of a location."""
    for step in loc[:-1]:
        inside = next((slot.model for slot in slots(model) if slot.name == step), None)
        model = inside or model
    return model


def _pointer(error: ErrorDetails, raw: Any) -> str:
    """The location without the names that the validator adds for its own branches."""
    steps: list[str] = []
    for step in error["loc"]:
        if (isinstance(raw, dict) and step in raw) or (isinstance(raw, list) and isinstance(step, int)):
            steps.append(str(step))
            raw = raw[step]  # type: ignore[index]
    if error["type"] == "missing":
        steps.append(str(error["loc"][-1]))
    return "".join(f"/{escape(step)}" for step in steps)
