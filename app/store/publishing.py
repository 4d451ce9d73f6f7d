"""Publishing: a bundle's records made into the bodies that are served, once, when they are loaded."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Protocol

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from app.facts import KINDS
from app.facts.base import Kind, nfc
from app.facts.caveats import note_of
from app.facts.dates import read_edtf
from app.facts.parts import Alternative, Citation, Date, Own, Reference
from app.facts.shape import Slot, slots

HEAD = ("type", "id", "name", "path")
TAIL = ("basis", "source", "citations", "caveats", "revision", "edition", "record_status")
NAME_MAX = 120
Plan = tuple[tuple[Slot, Any, type[BaseModel] | None], ...]


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


class Publisher:
    """Makes bodies of records; it is the `World` of app.facts.base."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.text = standing.text
        self._bodies: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}

    def raw(self, fact: str) -> dict[str, Any]:
        return self.standing.raw(self.standing.resolve(fact))

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
            self._bodies[fact] = self._publish(fact, self.raw(fact))
        return self._bodies[fact]

    def _publish(self, fact: str, raw: dict[str, Any]) -> dict[str, Any]:
        kind = KINDS[fact.partition("/")[0]]
        home = self.standing.home(fact)
        body: dict[str, Any] = {"type": kind.singular, "id": raw["id"], "name": self.name(fact), "path": f"/{fact}"}
        filled = self._fill(_plan(kind.public, kind.entry), raw, home)
        body.update((name, value) for name, value in filled.items() if name not in HEAD and name not in TAIL)
        body.update(basis=filled["basis"], source=filled["source"], citations=filled["citations"])
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

    def _fill(self, plan: Plan, raw: dict[str, Any], home: str) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for slot, default, entry in plan:
            value = raw.get(slot.name)
            if value is None:
                value = default
            if slot.many and value is not None:
                several = [self._value(slot, entry, one, home) for one in value]
                if slot.model is Reference:  # two of them may have been merged into one
                    several = list({one["path"]: one for one in several}.values())
                filled[slot.name] = several
            else:
                filled[slot.name] = None if value is None else self._value(slot, entry, value, home)
        return filled

    def _value(self, slot: Slot, entry: type[BaseModel] | None, value: Any, home: str) -> Any:
        if slot.model is Reference:
            fact = self.standing.resolve(value)
            return {"id": fact.partition("/")[2], "name": self.name(fact), "path": f"/{fact}"}
        if slot.model is Citation:
            return self.citation(value, home)
        if slot.model is not None and entry is not None:
            part = self._fill(_plan(slot.model, entry), value, home)
            return _with_days(part, value) if slot.model in (Date, Alternative) else part
        if isinstance(value, dict):  # `external`: the source of each field
            return {name: nfc(text) for name, text in value.items()}
        return nfc(value) if slot.mark(Own) else value

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
def _plan(public: type[BaseModel], entry: type[BaseModel]) -> Plan:
    """For each public field, what stands for a missing value and the model of the entry's part."""
    arriving = {slot.name: slot for slot in slots(entry)}
    return tuple(
        (slot, _default(slot, entry), arriving[slot.name].model if slot.name in arriving else None)
        for slot in slots(public)
    )


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


def encode(body: dict[str, Any]) -> bytes:
    """A body as it is stored and served."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def fold(text: str) -> str:
    """Text without case and marks: how names are ordered and compared."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in spread if not unicodedata.combining(char))


def links(kind: Kind, body: dict[str, Any], world: Any) -> set[tuple[str, str]]:
    """What a body refers to, as (relation, `kind/id`), and what else its kind is found by."""
    found = set(kind.table.terms(body, world))
    found.update(("name", fold(other["name"])) for other in body.get("other_names", []))
    found.update((f"caveats.{caveat['kind']}", caveat["path"][1:]) for caveat in body["caveats"])
    found.update(references({name: value for name, value in body.items() if name != "caveats"}))
    return found


def references(value: Any, relation: str = "") -> Iterator[tuple[str, str]]:
    """Every reference in a body, or a part of one, as (relation, `kind/id`)."""
    if isinstance(value, list):
        for one in value:
            yield from references(one, relation)
    elif isinstance(value, dict):
        if relation and value.keys() == {"id", "name", "path"}:
            yield relation, value["path"][1:]
        else:
            for name, inner in value.items():
                yield from references(inner, f"{relation}.{name}" if relation else name)


def citations(kind: Kind, body: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """Every place that a body cites, its parts' citations included: (document, sentence, start, end), in order."""
    found: dict[tuple[str, str, int, int], None] = {}
    stack: list[Any] = [
        [body["citations"], *(value for name, value in body.items() if name not in kind.table.inherited)]
    ]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict):
            if "sha256" in one and "sentence" in one:
                found[(one["document"], one["sentence"], one["start"], one["end"])] = None
            else:
                stack.extend(reversed(list(one.values())))
    return list(found)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
