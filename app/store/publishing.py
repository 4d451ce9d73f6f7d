"""Publishing: a bundle's records made into the bodies that are served, once, when they are loaded."""

import hashlib
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, Protocol, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined, to_json

from app.facts import KINDS
from app.facts.base import Kind, nfc
from app.facts.caveats import note_of
from app.facts.dates import read_edtf
from app.facts.parts import Alternative, Citation, Date, Own, Reference
from app.facts.shape import Slot, held, holding, slots

HEAD = ("type", "id", "name", "path")
TAIL = ("basis", "source", "citations", "caveats", "revision", "edition", "record_status")
NAME_MAX = 120
BODIES_MAX = 1_000  # kept, since others show parts of them


class Standing(Protocol):
    """The records that bodies are made of, by `kind/id`."""

    def raw(self, fact: str) -> dict[str, Any]:
        """A record; KeyError where there is none."""
        ...

    def home(self, fact: str) -> str:
        """The document that its own citations are of."""
        ...

    def caveats(self, fact: str) -> list[str]:
        """The caveats about it, as `caveats/id`."""
        ...

    def corroborations(self, fact: str) -> list[tuple[str, dict[str, Any]]]:
        """The documents that corroborate it, each with what its bundle says."""
        ...

    def resolve(self, fact: str) -> str:
        """The fact itself, or the one that it was merged into."""
        ...

    def text(self, document: str) -> str | None:
        """The text of a document, where it is held."""
        ...


class Field(NamedTuple):
    """How a public field is filled: from the entry's field of that name, or this default, each made into what leaves.

    `make` takes the publisher, the value and the document whose citations are its own; without it a value stays.
    """

    name: str
    default: Any
    make: "Callable[[Publisher, Any, str], Any] | None"


Plan = tuple[Field, ...]


class Publisher:
    """Makes bodies of records; it is the `World` of app.facts.base."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self._bodies: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        self._references: dict[str, dict[str, Any]] = {}

    def raw(self, fact: str) -> dict[str, Any]:
        return self.standing.raw(self.standing.resolve(fact))

    def text(self, document: str) -> str | None:
        return self.standing.text(document)

    def name(self, fact: str) -> str:
        fact = self.standing.resolve(fact)
        if fact not in self._names:
            raw = self.raw(fact)
            kind = KINDS[fact.partition("/")[0]]
            self._names[fact] = nfc(raw.get("name") or kind.public.naming(raw, self))[:NAME_MAX]
        return self._names[fact]

    def body(self, fact: str) -> dict[str, Any]:
        fact = self.standing.resolve(fact)
        if fact not in self._bodies:
            if len(self._bodies) >= BODIES_MAX:
                self._bodies.clear()
            self._bodies[fact] = self._publish(fact, self.raw(fact))
        return self._bodies[fact]

    def _publish(self, fact: str, raw: dict[str, Any]) -> dict[str, Any]:
        kind = KINDS[fact.partition("/")[0]]
        home = self.standing.home(fact)
        body: dict[str, Any] = {"type": kind.singular, "id": raw["id"], "name": self.name(fact), "path": f"/{fact}"}
        body.update(self.fill(_whole(kind.public, kind.entry), raw, home))
        for document, corroboration in self.standing.corroborations(fact):
            added = [self.citation(one, document) for one in corroboration["citations"]]
            body["citations"] += [one for one in added if one not in body["citations"]]
        body.update(caveats=[self._note(caveat) for caveat in self.standing.caveats(fact)])
        body.update(revision=0, edition=0, record_status="current")
        kind.public.finish(body, raw, self)
        return body

    def _note(self, caveat: str) -> dict[str, Any]:
        raw = self.raw(caveat)
        noted = note_of(raw, self)
        head = {"id": raw["id"], "kind": noted["kind"], "field": raw.get("field"), "name": self.name(caveat)}
        return {**head, "text": nfc(noted["text"]), "path": f"/{caveat}"}

    def fill(self, plan: Plan, raw: dict[str, Any], home: str) -> dict[str, Any]:
        """A record, or a part of one, made into what leaves."""
        filled: dict[str, Any] = {}
        for name, default, make in plan:
            value = raw.get(name)
            if value is None:
                value = default
            filled[name] = value if make is None or value is None else make(self, value, home)
        return filled

    def reference(self, fact: str) -> dict[str, Any]:
        """A fact as others refer to it: the same object for all of them, so only to be read."""
        fact = self.standing.resolve(fact)
        if fact not in self._references:
            self._references[fact] = {"id": fact.partition("/")[2], "name": self.name(fact), "path": f"/{fact}"}
        return self._references[fact]

    def citation(self, raw: dict[str, Any], home: str) -> dict[str, Any]:
        document = raw["document"].partition("/")[2] if raw.get("document") else home
        text = self.text(document)
        return {
            "document": document,
            **{name: raw[name] for name in ("sentence", "start", "end", "sha256")},
            "supports": raw.get("supports", []),
            "exact": raw.get("exact") if text is None else text[raw["start"] : raw["end"]],
            "path": f"/documents/{document}/sentences/{raw['sentence']}",
        }


@cache
def _whole(public: type[BaseModel], entry: type[BaseModel]) -> Plan:
    """The plan of a body between its head and its tail, in whose order its first fields are."""
    fields = {field.name: field for field in _plan(public, entry)}
    own = [field for name, field in fields.items() if name not in HEAD and name not in TAIL]
    return (*own, *(fields[name] for name in ("basis", "source", "citations")))


@cache
def _plan(public: type[BaseModel], entry: type[BaseModel]) -> Plan:
    arriving = {slot.name: slot.model for slot in slots(entry)}
    return tuple(
        Field(slot.name, _default(slot, entry), _maker(slot, public, arriving.get(slot.name))) for slot in slots(public)
    )


def _maker(slot: Slot, public: type[BaseModel], entry: type[BaseModel] | None) -> Any:
    """What makes the values of a public field; `entry` is the model of its part as it arrives."""
    if slot.model is Reference:
        return _references if slot.many else lambda publisher, fact, _: publisher.reference(fact)
    if get_origin(public.model_fields[slot.name].annotation) is dict:  # `external`: the source of each field
        return lambda _, value, __: {name: nfc(text) for name, text in value.items()}
    make: Any = (lambda _, text, __: nfc(text)) if slot.mark(Own) else None
    if slot.model is Citation:
        make = Publisher.citation
    elif slot.model is not None and entry is not None:
        make = _part(slot.model, _plan(slot.model, entry))
    return _several(make) if slot.many else make


def _references(publisher: Publisher, facts: list[str], _: str) -> list[dict[str, Any]]:
    """Two of them may have been merged into one."""
    return list({one["path"]: one for one in map(publisher.reference, facts)}.values())


def _part(model: type[BaseModel], plan: Plan) -> Any:
    if model in (Date, Alternative):
        return lambda publisher, value, home: _with_days(publisher.fill(plan, value, home), value)
    return lambda publisher, value, home: publisher.fill(plan, value, home)


def _several(make: Any) -> Any:
    if make is None:
        return lambda _, values, __: list(values)
    return lambda publisher, values, home: [make(publisher, one, home) for one in values]


def _default(slot: Slot, entry: type[BaseModel]) -> Any:
    info = entry.model_fields.get(slot.name)
    default = None if info is None or info.default is PydanticUndefined else info.default
    if isinstance(default, BaseModel):
        return {}
    return default if default is not None or slot.nullable or not slot.many else []


def _with_days(part: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    days = read_edtf(part["edtf"]) if part["edtf"] else None
    part["earliest"] = days.earliest.isoformat() if days and days.earliest else None
    part["latest"] = days.latest.isoformat() if days and days.latest else raw.get("latest")
    if part["edtf"] and part["edtf"].endswith("/"):  # an unknown end never means that it goes on
        part["latest"] = part["latest"] or part["earliest"]
    return part


def encode(body: Any) -> bytes:
    """A body, or a part of one, as it is stored and served."""
    return to_json(body)


def fold(text: str) -> str:
    """Text without case and marks: how names are ordered and compared."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in spread if not unicodedata.combining(char))


def links(kind: Kind, body: dict[str, Any], world: Any) -> set[tuple[str, str]]:
    """What a body refers to, as (relation, `kind/id`), and what else its kind is found by."""
    found = set(kind.table.terms(body, world))
    found.update(("name", fold(other["name"])) for other in body.get("other_names", ()))
    found.update((f"caveats.{caveat['kind']}", caveat["path"][1:]) for caveat in body["caveats"])
    found.update(references(kind, body))
    return found


def references(kind: Kind, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Every reference in a body as (relation, `kind/id`)."""
    return [(relation, one["path"][1:]) for relation, one in held(body, holding(kind.public, Reference))]


def citations(kind: Kind, body: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """Every place that a body cites, its parts' citations included: (document, sentence, start, end), in order."""
    tree = holding(kind.public, Citation)
    parts = {name: inner for name, inner in tree.items() if name != "citations" and name not in kind.table.inherited}
    cited = [*body["citations"], *(one for _, one in held(body, parts))]
    return list(dict.fromkeys((one["document"], one["sentence"], one["start"], one["end"]) for one in cited))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
