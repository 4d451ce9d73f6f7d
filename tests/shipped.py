"""The shipped bundle under test: its faults after an edit, and excerpts of what is served of it."""

import json
from collections.abc import Iterator
from typing import Any

from app.faults import BundleError, Fault
from app.store.checking import check
from app.store.reading import read
from tests.conftest import SEED

CONTENT = SEED.read_bytes()
RAW: dict[str, Any] = json.loads(CONTENT)
ID: str = RAW["id"]


def faults(raw: dict[str, Any], text: str | None = None) -> list[Fault]:
    """What the check finds wrong in a version of the bundle, against the report's text where that is given."""
    content = json.dumps(raw, indent=2, ensure_ascii=False).encode()
    try:
        check([read(content, SEED.name)], None, {ID: text} if text else None)
    except BundleError as error:
        return error.faults
    return []


def letter_changed(words: str) -> str:
    """The words with another letter in their middle."""
    at = len(words) // 2
    return words[:at] + ("x" if words[at] != "x" else "y") + words[at + 1 :]


def changes(span: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each small change that makes a span wrong, as (field, value): one code point, one bit, one letter."""
    yield "start", span["start"] + 1
    yield "end", span["end"] - 1
    if "sha256" in span:
        yield "sha256", f"{span['sha256'][:-1]}{int(span['sha256'][-1], 16) ^ 1:x}"
    for field in ("exact", "as_printed"):
        if field in span:
            yield field, letter_changed(span[field])


def excerpt(body: Any, like: Any) -> Any:
    """The parts of a body that an expectation speaks of, in its shape; what the body lacks is None."""
    if isinstance(like, dict):
        return {name: excerpt((body or {}).get(name), value) for name, value in like.items()}
    if isinstance(like, list) and isinstance(body, list) and len(like) == len(body):
        return [excerpt(inner, value) for inner, value in zip(body, like, strict=True)]
    return body


def strings(value: Any, but: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every string in a value, those under the names in `but` left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in but:
                yield from strings(inner, but)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, but)
