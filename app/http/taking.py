"""Taking: the citations in a body, addresses as they were copied among them, read into what they say they are of."""

import difflib
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from app.errors import Invalid, InvalidBody
from app.facts import KINDS
from app.facts.base import FOREVER
from app.facts.parts import SLUG, AnyFact, Offset, Part, SentenceRef, Sha256, Slug
from app.faults import BundleError, Fault
from app.http.asking import FAULTS_MAX, pairs
from app.http.parameters import PLAIN
from app.http.refusing import Refused
from app.store.explaining import explain
from app.store.judging import Taken
from app.store.reading import Draft, read
from app.store.text import digest

FACT = re.compile(rf"/({'|'.join(KINDS)})/({SLUG})")
SENTENCE = re.compile(rf"/documents/({SLUG})/sentences/([1-9][0-9]{{0,5}}\.[1-9][0-9]{{0,5}})", re.ASCII)
SPAN = ("document", "sentence", "start", "end", "sha256")
Instants = Callable[[str], int]  # the edition that was current at an instant, 0 before the first


class CitationTaken(Part):
    """A citation taken earlier: a published one as it is, or less; `fact` and `edition` where they are known."""

    fact: AnyFact | None = Field(None, description="The fact that it is of, `kind/id`.")
    path: str | None = Field(None, description="Address of the fact, or of the sentence.")
    edition: int | None = Field(None, ge=1, le=FOREVER - 1, description="The edition that it was taken from.")
    document: Slug | None = Field(None, description="Id of the document.")
    sentence: SentenceRef | None = Field(None, description="`paragraph.sentence`, both from 1.")
    start: Offset | None = Field(None, description="First code point, counted from 0.")
    end: Offset | None = Field(None, description="The code point after the last.")
    sha256: Sha256 | None = Field(None, description="SHA-256 of the span's UTF-8, lower-case hex.")
    supports: list[str] | None = Field(None, description="Taken, and not looked at.")
    exact: str | None = Field(None, description="The words; instead of their digest, or to be held against it.")


class BodyTaken(Part):
    """A body that an operation takes; FastAPI would warn of one whose validator is made later."""

    model_config = ConfigDict(defer_build=False)


class CitationsTaken(BodyTaken):
    """Citations to be checked."""

    citations: list[str | CitationTaken] = Field(
        description="Addresses of facts or sentences as they were copied, relative or with any host, or citations."
    )
    text: str | None = Field(
        None, description="A reader's copy of the document, to prove the spans in. It is not kept."
    )


class Address(NamedTuple):
    """What an address of ours is of: a fact, or a sentence of a document; and its `as_of`."""

    fact: str
    sentence: str | None
    as_of: int | str | None


class Check(NamedTuple):
    """A body that was read: each citation as it was given, and what it is of, or why that cannot be known; the text."""

    given: list[Any]
    taken: list[Taken | str]
    text: str | None


def read_check(content: bytes, most: int, instants: Instants) -> Check:
    """Takes the body of a check, of at most `most` citations; InvalidBody with what is wrong with it."""
    draft = _read(content)
    given = draft.raw.get("citations")
    envelope = {**draft.raw, "citations": []} if isinstance(given, list) else draft.raw
    faults = list(_invalid(draft, CitationsTaken, envelope, ""))
    if faults or not isinstance(given, list):
        raise InvalidBody(faults)
    if len(given) > most:
        message = f"has {len(given)} citations; at most {most} are checked at once"
        raise InvalidBody([draft.fault("/citations", message, "send them in parts")])
    taken: list[Taken | str] = []
    for index, one in enumerate(given):
        if len(faults) >= FAULTS_MAX:
            break
        own = list(_invalid(draft, CitationTaken, one, f"/citations/{index}")) if isinstance(one, dict) else []
        faults += own
        try:
            taken += [] if own else [_taken(one, instants)]
        except Refused as refused:
            faults.append(draft.fault(f"/citations/{index}", str(refused)))
    if faults:
        raise InvalidBody(faults[:FAULTS_MAX])
    return Check(given, taken, draft.raw.get("text"))


def read_part(content: bytes, model: type[Part]) -> Draft:
    """Takes a body that should be a part; InvalidBody with what is wrong with it."""
    draft = _read(content)
    faults = list(_invalid(draft, model, draft.raw, ""))
    if faults:
        raise InvalidBody(faults)
    return draft


def _read(content: bytes) -> Draft:
    try:
        return read(content, "", len(content))
    except BundleError as error:
        raise InvalidBody(error.faults) from None


@cache
def _adapter(model: type[Part]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _invalid(draft: Draft, model: type[Part], raw: Any, pointer: str) -> Iterator[Fault]:
    try:
        _adapter(model).validate_python(raw, strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False)[:FAULTS_MAX]:
            yield draft.fault(*explain(detail, model, raw, pointer))


def _taken(given: Any, instants: Instants) -> Taken | str:
    """What a citation is of, or why none here can be; Refused where it does not say."""
    if not isinstance(given, str | dict):
        raise Refused("is neither an address nor an object")
    known = {} if isinstance(given, str) else {name: value for name, value in given.items() if value is not None}
    address = _address(given) if isinstance(given, str) else _address(known["path"]) if "path" in known else None
    if isinstance(address, str):
        return address
    span = _span(known, address)
    if isinstance(span, str):
        return span
    edition = _edition(known, address, instants)
    if "fact" in known:
        if address and address.sentence is None and address.fact != known["fact"]:
            raise Refused("its fact and its path are of different facts")
        return Taken(known["fact"], False, edition, span)
    if address:
        return Taken(address.fact, address.sentence is not None, edition, span)
    if "document" in span and "sentence" in span:
        return Taken(f"documents/{span['document']}", True, edition, span)
    raise Refused("says not what it is of: give fact, path, or document and sentence")


def _span(known: dict[str, Any], address: Address | None) -> dict[str, Any] | str:
    """What is known of the cited place."""
    span = {name: known[name] for name in SPAN if name in known}
    if ("start" in span) != ("end" in span) or span.get("start", 0) >= span.get("end", 1):
        raise Refused("start and end are no span: both are given, and end is after start")
    if address and address.sentence is not None:
        place = {"document": address.fact.partition("/")[2], "sentence": address.sentence}
        if not place.items() <= {**place, **span}.items():
            raise Refused("its path is of another sentence than its document and sentence")
        span |= place
    if "exact" in known and span.setdefault("sha256", digest(known["exact"])) != digest(known["exact"]):
        return "its words are not those of its digest"
    return span


def _edition(known: dict[str, Any], address: Address | None, instants: Instants) -> int | None:
    as_of = address.as_of if address else None
    told = instants(as_of) if isinstance(as_of, str) else as_of
    edition: int | None = known.get("edition", told)
    if told not in (None, edition):
        raise Refused("its edition is not the one that its path asks for")
    return edition


def _address(text: str) -> Address | str:
    """An address of ours, whatever its host; why it is none where it is of something else."""
    try:
        parts = urlsplit(text)
        asked = pairs(parts.query.encode())
    except (ValueError, Invalid):
        raise Refused("is no address that can be read") from None
    if not (parts.scheme in ("http", "https") and parts.netloc) and not (text.startswith("/") and not parts.scheme):
        raise Refused("is no address: write /statements/its-id, or all of it, from https:// on")
    as_of = _as_of([value for name, value in asked if name == "as_of"])
    if found := FACT.fullmatch(parts.path):
        return Address(parts.path[1:], None, as_of)
    if found := SENTENCE.fullmatch(parts.path):
        return Address(f"documents/{found[1]}", found[2], as_of)
    near = difflib.get_close_matches(parts.path.split("/")[1][:50] if "/" in parts.path else "", KINDS, 1, 0.5)
    return "no fact and no sentence is at such an address" + (f"; the nearest list is /{near[0]}" if near else "")


def _as_of(values: list[str]) -> int | str | None:
    if len(values) > 1:
        raise Refused("its as_of is given more than once")
    try:
        return PLAIN["as_of"](values[0]) if values else None
    except Refused as refused:
        raise Refused(f"its as_of {refused}") from None
