"""Asking: a raw query string turned into a query, once, or into everything that is wrong with it."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_args, get_origin
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app.errors import Invalid
from app.facts.asking import By, Query
from app.facts.base import nfc
from app.facts.lists import COUNTRIES
from app.facts.parts import SLUG, Ref
from app.facts.shape import choices
from app.http.refusing import Refused, fault
from app.settings import Settings

_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.ASCII)
_ID = re.compile(SLUG)
FAULTS_MAX = 20  # in one answer: each repeats what is known
CONTROLS = ("sort", "limit", "cursor", "as_of", "count", "facets", "fields")


@dataclass(frozen=True, slots=True)
class Named:
    """An entity asked for by name, still to be looked up among these kinds."""

    kinds: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request of a list: each filter's values, and how to walk; `as_of` is an edition, an instant or None."""

    values: dict[str, tuple[Any, ...]]
    sort: str
    limit: int
    cursor: str | None
    as_of: int | str | None
    count: bool
    facets: tuple[str, ...]
    fields: tuple[str, ...]
    given: tuple[tuple[str, str], ...]  # the parameters as they came, decoded, for `self` and `next`


@dataclass(frozen=True, slots=True)
class Parameter:
    """How one parameter is read: `read` turns text into the values that it stands for, or raises Refused."""

    name: str
    many: bool
    read: Callable[[str], tuple[Any, ...]]


def pairs(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string, decoded; Invalid where it is not percent-encoded UTF-8."""
    decoded = []
    for piece in query_string.split(b"&") if query_string else []:
        name, _, value = piece.partition(b"=")
        decoded.append((_text(name), _text(value)))
    return decoded


def _text(part: bytes) -> str:
    if _ESCAPE.search(part):
        raise Invalid([fault(part.decode("latin-1"), "holds a % that begins no escape: write %25")])
    raw = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), part.replace(b"+", b" "))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid([fault(part.decode("latin-1"), "is not UTF-8 once decoded")]) from None
    if "\0" in text:
        raise Invalid([fault(part.decode("latin-1"), "holds a NUL character")])
    return text


def encode(parameters: list[tuple[str, str]]) -> str:
    """A query string of decoded parameters."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=',-._~:/')}" for name, value in parameters)


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
    return Asked(
        values=values,
        sort=one.get("sort") or query.model_fields["sort"].default or "document",
        limit=one.get("limit", settings.limit_default),
        cursor=one.get("cursor"),
        as_of=one.get("as_of"),
        count=one.get("count", False),
        facets=controls.get("facets", ()),
        fields=controls.get("fields", ()),
        given=tuple(given),
    )


def entities(query: type[Query], given: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """For each filter by a record that a request gives: its name, the value, and the `kind/id` that it may mean."""
    for name, value in given:
        info = query.model_fields.get(name)
        reference = next((mark for mark in info.metadata if isinstance(mark, Ref)), None) if info else None
        if reference is not None:
            facts = [fact for part in value.split(",") for fact in _entity(part, reference.kinds)]
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
            try:
                values[name] = values.get(name, ()) + _read(parameter, value)
            except Refused as refused:
                faults.append(fault(name, str(refused), refused.nearest, value))
    for name in values:
        count = sum(len(_parts(known[name], value)) for other, value in given if other == name)
        if count > settings.values_max:
            faults.append(fault(name, f"has {count} values, more than {settings.values_max}"))
    return {name: tuple(dict.fromkeys(found)) for name, found in values.items()}, faults


def _parts(parameter: Parameter, value: str) -> list[str]:
    return value.split(",") if parameter.many else [value]


def _read(parameter: Parameter, value: str) -> tuple[Any, ...]:
    parts = _parts(parameter, value)
    if "" in parts:
        raise Refused("is empty" if value in ("", ",") else "has an empty value between commas")
    return tuple(read for part in parts for read in parameter.read(part))


def out_of_range(limit: int, settings: Settings) -> dict[str, Any]:
    """What is wrong with a `limit` that is."""
    return fault("limit", f"is out of range: 1 to {settings.limit_max}", value=str(limit))


def _days_fault(values: dict[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    if "from" in values and "to" in values and values["from"][0] > values["to"][0]:
        return [fault("to", "is before `from`", value=str(values["to"][0]))]
    return []


@cache
def parameters(query: type[Any]) -> dict[str, Parameter]:
    """The parameters of a query class, by name."""
    return {info.alias or name: _parameter(info.alias or name, info) for name, info in query.model_fields.items()}


def _parameter(name: str, info: FieldInfo) -> Parameter:
    annotation, marks = info.annotation, info.metadata
    many = get_origin(annotation) is list
    inner = get_args(annotation)[0] if many else annotation
    wider = next((mark.wider for mark in marks if isinstance(mark, By)), {})
    return Parameter(name, many, _reader(name, inner, marks, wider))


def _reader(
    name: str, inner: Any, marks: list[Any], wider: dict[str, tuple[str, ...]]
) -> Callable[[str], tuple[Any, ...]]:
    reference = next((mark for mark in marks if isinstance(mark, Ref)), None)
    if reference is not None:
        return lambda text: _entity(text, reference.kinds)
    if name in PLAIN:
        return lambda text: (PLAIN[name](text),)
    options = choices(inner)
    if options:
        return lambda text: wider.get(text) or (_option(text, options),)
    if bool in (inner, *get_args(inner)):
        return lambda text: (_option(text, ("true", "false")) == "true",)
    if name == "office":
        return lambda text: (nfc(text).casefold(),)
    return lambda text: (_typed(name, text, inner),)


def _option(text: str, options: tuple[str, ...]) -> str:
    if text in options:
        return text
    nearest = difflib.get_close_matches(text.lower(), options, 1, 0.5)
    raise Refused("is not one of " + ", ".join(options), nearest[0] if nearest else None)


def _entity(text: str, kinds: tuple[str, ...]) -> tuple[Any, ...]:
    """Every record that an id may mean, `kind/id` as it is, or a name to look up."""
    kind, slash, id = text.partition("/")
    if slash and kind in kinds and _ID.fullmatch(id):
        return (text,)
    if _ID.fullmatch(text):
        return tuple(f"{one}/{text}" for one in kinds)
    if slash and _ID.fullmatch(id):
        raise Refused(f"is of no kind that fits: {', '.join(kinds)}")
    if len(text) > 200:
        raise Refused("is longer than any id or name")
    return (Named(kinds, text),)


def _typed(name: str, text: str, annotation: Any) -> Any:
    try:
        return _adapter(annotation).validate_python(text)
    except ValidationError as error:
        message = FORMS.get(name) or error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Refused(message, text.upper() if text.upper() in COUNTRIES and "country" in name else None) from None


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise Refused("is no whole number: digits only, no sign, space or leading zero")
    return int(text)


def _day(text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise Refused("is no day: write 2025-02-13")


def _as_of(text: str) -> int | str:
    """An edition, or an instant as editions write it."""
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        if _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text)
            if instant > datetime.now(UTC):
                raise Refused("is later than now")
            return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
    except ValueError as error:
        if isinstance(error, Refused):
            raise
    raise Refused("is neither an edition (digits) nor an instant (2025-02-13T12:00:00Z)")


def _span(text: str) -> tuple[int, int]:
    start, comma, end = text.partition(",")
    if comma and _INTEGER.fullmatch(start) and _INTEGER.fullmatch(end) and int(start) <= int(end):
        return int(start), int(end)
    raise Refused("is no span: write start,end in code points, such as 310,342")


COUNTRY = "is no ISO 3166-1 alpha-2 code of a country: two capital letters, such as NO"
FORMS = {
    "ids": "is no id: lower-case words and digits joined by hyphens",
    "sentence": "is no sentence: write paragraph.sentence, such as 6.1",
    "country": COUNTRY,
    "speaker_country": COUNTRY,
    "unit_measure": "is no unit: an ISO 4217 code such as EUR, PT, PT_B1GQ or PERSONS",
    "language": "is no language tag (BCP 47): write en, or pt-BR",
    "field": "is no field: write its name, dotted for parts, such as date.year",
}
PLAIN: dict[str, Callable[[str], Any]] = {
    "limit": _integer,
    "from": _day,
    "to": _day,
    "on": _day,
    "as_of": _as_of,
    "since": _integer,
    "span": _span,
}
