"""JSON Schema as far as the OpenAPI document uses it: what is wrong with a value."""

import re
from collections.abc import Iterator
from typing import Any

ABOUT = {"title", "description", "default", "examples"}
KNOWN = ABOUT | {"$ref", "anyOf", "type", "const", "enum", "properties", "required", "additionalProperties", "items"}
KNOWN |= {"pattern", "maxLength", "minLength", "minimum", "maximum"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where and how a value is not what a schema says; `schemas` are the components. No name may be extra."""
    assert schema.keys() <= KNOWN, f"no rule for {schema.keys() - KNOWN}"
    if "$ref" in schema:
        yield from faults(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
    if "anyOf" in schema:
        each = [list(faults(value, one, schemas, at)) for one in schema["anyOf"]]
        yield from [] if [] in each else min(each, key=len)
    if "type" in schema and (not isinstance(value, TYPES[schema["type"]]) or _is_bool_for_number(value, schema)):
        yield f"{at}: {value!r} is no {schema['type']}"
    if value != schema.get("const", value) or value not in schema.get("enum", [value]):
        yield f"{at}: {value!r} is not one of the values"
    if isinstance(value, str):
        yield from _text(value, schema, at)
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if isinstance(value, list) and "items" in schema:
        for index, one in enumerate(value):
            yield from faults(one, schema["items"], schemas, f"{at}/{index}")
    if isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
        yield from _object(value, schema, schemas, at)


def _is_bool_for_number(value: Any, schema: dict[str, Any]) -> bool:
    return isinstance(value, bool) and schema["type"] in ("integer", "number")


def _text(value: str, schema: dict[str, Any], at: str) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{at}: {value!r} is too short or too long"


def _object(value: dict[str, Any], schema: dict[str, Any], schemas: dict[str, Any], at: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: lacks {name}"
    for name, one in value.items():
        more = schema.get("additionalProperties")
        if name in properties:
            yield from faults(one, properties[name], schemas, f"{at}/{name}")
        elif isinstance(more, dict):
            yield from faults(one, more, schemas, f"{at}/{name}")
        elif not more:
            yield f"{at}: {name} is extra"
