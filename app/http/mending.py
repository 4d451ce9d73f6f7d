"""Mending: for a request that failed, an address near to it that works."""

from collections.abc import Callable
from typing import Any

from app.errors import BadCursor, Invalid, NotFound, Problem
from app.facts import KINDS
from app.http.asking import pairs
from app.http.plans import target


def example(found: Problem, path: str, query: bytes, works: Callable[[str, bytes], bool]) -> str:
    """The request with what was wrong mended or left out, the nearest address, or else the beginning, `/`.

    `works` tells whether an address is answered, so that no example fails in its turn.
    """
    for address in (*_candidates(found, path, query), path, "/"):
        path_part, _, query_part = address.partition("?")
        if address == "/" or works(path_part, query_part.encode()):
            return address
    raise AssertionError("`/` is always there")


def _candidates(found: Problem, path: str, query: bytes) -> list[str]:
    if isinstance(found, Invalid):
        return [_mended(found.members["errors"], path, query)]
    if isinstance(found, BadCursor):
        return [target(path, [pair for pair in pairs(query) if pair[0] not in ("cursor", "as_of")])]
    if isinstance(found, NotFound):
        name = path.split("/")[1]
        return [*found.members.get("nearest", []), *([f"/{name}"] if name in KINDS else [])]
    return []


def _mended(faults: list[dict[str, Any]], path: str, query: bytes) -> str:
    """The parameters with the nearest name or value in the place of each that was wrong, or without it."""
    try:
        given = pairs(query)
    except Invalid:
        return path
    at_fault = {fault["parameter"]: fault for fault in faults}
    kept: dict[str, str] = {}
    for name, value in given:
        fault = at_fault.get(name[:100])
        if fault is None:
            kept.setdefault(name, value)
        elif "nearest" in fault and "value" in fault:
            kept.setdefault(name, fault["nearest"])
        elif "nearest" in fault:
            kept.setdefault(fault["nearest"], value)
    return target(path, list(kept.items()))
