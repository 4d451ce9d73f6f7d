"""Asking: a raw query string turned into a query, once, or into everything that is wrong with it."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.errors import Invalid
from app.facts.asking import Query
from app.facts.parts import Ref
from app.http.parameters import Parameter, entity, parameters
from app.http.refusing import Refused, fault
from app.settings import Settings
from app.store.ordering import order_of
from app.store.tokens import Term

_COMMA = re.compile(r",(?![^\[\]]*\])")
_PLAIN = re.compile(rb"[A-Za-z0-9_.,:-]*")
_BARE = re.compile(r"[A-Za-z0-9_.~-]*")
_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
FAULTS_MAX = 20  # in one answer: each repeats what is known
CONTROLS = ("sort", "limit", "cursor", "as_of", "count", "facets", "fields", "format")


@dataclass(slots=True)  # not frozen, which would take a microsecond more to make
class Asked:
    """A valid request of a list: each filter's values, and how to walk; `as_of` is an edition, an instant or None.

    `terms` are those of `q`, none of them where it holds no word; `sort` is None where it is relevance.
    """

    values: dict[str, tuple[Any, ...]]
    terms: tuple[Term, ...] | None
    sort: str | None
    limit: int
    cursor: str | None
    as_of: int | str | None
    count: bool
    facets: tuple[str, ...]
    fields: tuple[str, ...]
    format: str | None  # None: as Accept says
    given: tuple[tuple[str, str], ...]  # the parameters as they came, decoded, for `self` and `next`


def pairs(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string, decoded; Invalid where it is not percent-encoded UTF-8."""
    decoded = []
    for piece in query_string.split(b"&") if query_string else []:
        name, _, value = piece.partition(b"=")
        parameter = _text(name)
        decoded.append((parameter, _text(value, parameter)))
    return decoded


def _text(part: bytes, parameter: str | None = None) -> str:
    """The text of a parameter's name, or of its value."""
    shown = part.decode("latin-1") if parameter is None else parameter
    if _PLAIN.fullmatch(part):
        return part.decode("ascii")
    if _ESCAPE.search(part):
        raise Invalid([fault(shown, "holds a % that begins no escape: write %25")])
    raw = part.replace(b"+", b" ")
    if b"%" in raw:
        raw = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid([fault(shown, "is not UTF-8 once decoded")]) from None
    if "\0" in text:
        raise Invalid([fault(shown, "holds a NUL character")])
    return text


def encode(parameters: list[tuple[str, str]]) -> str:
    """A query string of decoded parameters."""
    return "&".join([f"{_quoted(name, '')}={_quoted(value, ',-._~:/')}" for name, value in parameters])


def _quoted(text: str, safe: str) -> str:
    """A text percent-encoded; most need not be, which takes less to see than to do."""
    return text if _BARE.fullmatch(text) else quote(text, safe=safe)


def ask(query: type[Query], query_string: bytes, settings: Settings) -> Asked:
    """Reads the query string of a list; Invalid with the faults in it."""
    given = pairs(query_string)
    known = parameters(query)
    values, faults = read_all(given, known, settings)
    if "limit" in values and not 1 <= values["limit"][0] <= settings.limit_max:
        faults.append(out_of_range(values["limit"][0], settings))
    faults += _days_fault(values)
    if faults:
        raise Invalid(faults)
    controls = {name: values.pop(name) for name in CONTROLS if name in values}
    one = {name: found[0] for name, found in controls.items()}
    (terms,) = values.pop("q", (None,))
    return Asked(
        values=values,
        terms=terms,
        sort=one.get("sort") or (order_of(query) if terms is None else None),
        limit=one.get("limit", settings.limit_default),
        cursor=one.get("cursor"),
        as_of=one.get("as_of"),
        count=one.get("count", False),
        facets=controls.get("facets", ()),
        fields=controls.get("fields", ()),
        format=one.get("format"),
        given=tuple(given),
    )


def entities(query: type[Query], given: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """For each filter by a record that a request gives: its name, the value, and the `kind/id` that it may mean."""
    for name, value in given:
        info = query.model_fields.get(name)
        reference = next((mark for mark in info.metadata if isinstance(mark, Ref)), None) if info else None
        if reference is not None:
            facts = [fact for part in divided(value) for fact in entity(part, reference.kinds)]
            yield name, value, tuple(fact for fact in facts if isinstance(fact, str))


def read_nothing(query_string: bytes) -> None:
    """Refuses every parameter: Invalid with each."""
    faults = [fault(name, "is no parameter here; nothing is asked here") for name, _ in pairs(query_string)]
    if faults:
        raise Invalid(faults[:FAULTS_MAX])


def read_all(
    given: list[tuple[str, str]], known: dict[str, Parameter], settings: Settings
) -> tuple[dict[str, tuple[Any, ...]], list[dict[str, Any]]]:
    """The values of each parameter given, and what is wrong with any of them, up to FAULTS_MAX."""
    values: dict[str, tuple[Any, ...]] = {}
    faults: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for name, value in given:
        if len(faults) == FAULTS_MAX:
            break
        parameter = known.get(name)
        if parameter is None:
            nearest = difflib.get_close_matches(name.lower(), known, 1, 0.5)
            message = "is no parameter here; known are " + ", ".join(sorted(known))
            faults.append(fault(name, message, nearest[0] if nearest else None))
        elif name in values and not parameter.many:
            faults.append(fault(name, "is given more than once"))
        else:
            parts = divided(value) if parameter.many else [value]
            counts[name] = counts.get(name, 0) + len(parts)
            try:
                values[name] = values.get(name, ()) + _read(parameter, parts)
            except Refused as refused:
                faults.append(fault(name, str(refused), refused.nearest, value))
    most = settings.values_max
    faults += [fault(name, f"has {counts[name]} values, more than {most}") for name in values if counts[name] > most]
    return {name: tuple(dict.fromkeys(found)) for name, found in values.items()}, faults


def divided(value: str) -> list[str]:
    """The values between commas; a set in brackets, `[2023,2024]`, is one value."""
    return _COMMA.split(value) if "," in value else [value]


def _read(parameter: Parameter, parts: list[str]) -> tuple[Any, ...]:
    if "" in parts:
        raise Refused("is empty" if not any(parts) and len(parts) < 3 else "has an empty value between commas")
    if len(parts) == 1:
        return parameter.read(parts[0])
    return tuple(read for part in parts for read in parameter.read(part))


def out_of_range(limit: int, settings: Settings) -> dict[str, Any]:
    """What is wrong with a `limit` that is."""
    return fault("limit", f"is out of range: 1 to {settings.limit_max}", value=str(limit))


def _days_fault(values: dict[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    if "from" in values and "to" in values and values["from"][0] > values["to"][0]:
        return [fault("to", "is before `from`", value=str(values["to"][0]))]
    return []
