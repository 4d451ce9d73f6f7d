"""Parameters: how each is read, from the text of a query string to the values that it stands for."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app.facts.asking import By
from app.facts.base import nfc
from app.facts.lists import COUNTRIES
from app.facts.parts import SLUG, Ref
from app.facts.shape import choices
from app.http.refusing import Refused
from app.store.tokens import Term, read_terms

_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.ASCII)
_ID = re.compile(SLUG)


@dataclass(frozen=True, slots=True)
class Named:
    """An entity asked for by name, still to be looked up among these kinds."""

    kinds: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """How one parameter is read: `read` turns text into the values that it stands for, or raises Refused."""

    name: str
    many: bool
    read: Callable[[str], tuple[Any, ...]]


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
        return lambda text: entity(text, reference.kinds)
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


def entity(text: str, kinds: tuple[str, ...]) -> tuple[Any, ...]:
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


def _terms(text: str) -> tuple[Term, ...]:
    try:
        return read_terms(text)
    except ValueError as error:
        raise Refused(str(error)) from None


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
    "q": _terms,
}
