"""Caveats: the doubts, conflicts, silences and inferences that a careful reader must know."""

import hashlib
import json
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Linked, Query, Sort
from app.facts.base import Entry, Fact, Public, World, text_column
from app.facts.parts import (
    FACT_KINDS,
    AnyFact,
    Citation,
    CitationEntry,
    FieldPath,
    Leaf,
    Name,
    Own,
    Part,
    Ref,
    Reference,
    Request,
    SubjectRef,
    Text,
)


class Caveat(Fact, table=True):
    __tablename__ = "caveats"

    kind: str = Column(sa_type=text_column())
    field: str | None = Column(sa_type=text_column())
    decision: str = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {"kind": body["kind"], "field": body["field"], "decision": body["decision"]["value"]}

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        """The lists that a silence answers: `asks.<kind>`, and the filter, with its value, that would ask it."""
        asked = [address[1:].partition("?") for address in body["asks"]]
        if body["kind"] == "not_stated" and body["field"] == "attendance":
            asked.append(("attendees", "", ""))
        return [(f"asks.{kind}", filter.casefold()) for kind, _, filter in asked]


class ValueEntry(Part):
    value: Name
    citation: CitationEntry


class DecisionEntry(Part):
    value: lists.DecisionValue = "open"
    by: Name | None = None
    at: str | None = Field(None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    reason: Text | None = None


class CaveatEntry(Entry):
    kind: lists.CaveatKind
    facts: list[AnyFact] = []
    field: FieldPath | None = None
    question: Text | None = None
    asks: list[Request] = Field(
        [], description="The requests that it answers: `kind`, `kind?filter` or `kind?filter=value`, records left out."
    )
    about: list[SubjectRef] = []
    text: Text
    values: list[ValueEntry] = []
    how: lists.How | None = None
    decision: DecisionEntry = DecisionEntry()


class CaveatValue(Leaf):
    """One of the competing values."""

    value: Annotated[str, Own()] = Field(description="What that passage gives.")
    citation: Citation


class Decision(Leaf):
    """What the desk decided."""

    value: lists.DecisionValue = Field(description="Open, accepted, left unknown, or resolved.")
    by: Annotated[str, Own()] | None = Field(description="Who decided.")
    at: str | None = Field(description="The day of the decision.")
    reason: Annotated[str, Own()] | None = Field(description="Why.")


class CaveatPublic(Public):
    """A caveat."""

    kind: lists.CaveatKind = Field(description="What kind of caveat it is.")
    facts: list[Reference] = Field(description="The facts that it is about.")
    field: str | None = Field(description="The field in doubt; null when no field holds it.")
    question: Annotated[str, Own()] | None = Field(description="What a reader would ask, where no field holds it.")
    asks: list[str] = Field(description="Lists, as addresses, whose emptiness it explains.")
    about: list[Reference] = Field(description="Every record concerned.")
    text: Annotated[str, Own()] = Field(description="What to know.")
    values: list[CaveatValue] = Field(description="Competing values, each cited.")
    how: lists.How | None = Field(description="By what kind of step it was inferred.")
    decision: Decision

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        """Where two documents differ, the value and the citations of the fact itself come first."""
        body["asks"] = [f"/{request}" for request in body["asks"]]
        if "corroborates" not in raw:
            return
        noted = note_of(raw, world)
        body.update(kind=noted["kind"], text=noted["text"])
        if noted["reason"]:
            body["decision"] = {"value": "resolved", "by": None, "at": None, "reason": noted["reason"]}
        if noted["kind"] == "conflict":
            fact, field = world.body(raw["corroborates"]), raw["field"]
            cited = supporting(fact, field)
            body["values"] = [*({"value": told(fact, field), "citation": one} for one in cited[:1]), *body["values"]]
            body["citations"] = [*cited, *body["citations"]]

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        subject = world.name(raw["facts"][0]) if raw.get("facts") else raw.get("question") or raw["id"]
        field = f" ({raw['field']})" if raw.get("field") else ""
        kind: str = note_of(raw, world)["kind"]
        return f"{kind.replace('_', ' ').capitalize()}{field}: {subject}"[:120]


def note_of(raw: dict[str, Any], world: World) -> dict[str, Any]:
    """The kind and the text of a caveat as it is published, and why it is resolved where that follows by itself.

    What another document gives is a conflict with the fact's own value; where there is none, that was not stated.
    """
    if "corroborates" not in raw:
        return {"kind": raw["kind"], "text": raw["text"], "reason": None}
    field, theirs = raw["field"], raw["values"][0]["value"]
    ours, told_by = told(world.raw(raw["corroborates"]), field), raw["text"]
    ours = raw["otherwise"] if ours == "null" else ours
    if ours == "null":
        text = f"The document of the fact itself gives no {field}: {told_by}"
        return {"kind": "not_stated", "text": text, "reason": "Another document gives it."}
    if alike(ours, theirs):
        return {"kind": "conflict", "text": f"Documents agree on {field}: {told_by}", "reason": "Both give the same."}
    return {"kind": "conflict", "text": f"Documents differ on {field}: {told_by}", "reason": None}


def alike(one: str, other: str) -> bool:
    """Whether two values are the same, numbers by what they come to."""
    numbers = [re.fullmatch(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?", value) for value in (one, other)]
    return one == other or (all(numbers) and Decimal(one) == Decimal(other))


def told(body: dict[str, Any], field: str) -> str:
    """What a published body says in a dotted field, as a bundle would write it; `null` where it says nothing."""
    value: Any = body
    for step in field.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value["path"][1:] if "path" in value else None
    return "null" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def supporting(body: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The citations by which the document of a body bears out a field, that of its very words first; else its first."""
    home = body["citations"][0]["document"] if body["citations"] else None
    own = [one for one in body["citations"] if one["document"] == home]
    part: Any = body
    for step in field.split("."):
        if isinstance(part, list):
            part = part[int(step)] if int(step) < len(part) else None
        elif isinstance(part, dict):
            part = part.get(step)
        if isinstance(part, dict) and isinstance(part.get("citation"), dict):
            return [part["citation"]]
    words = hashlib.sha256(told(body, field).encode()).hexdigest()
    top = field.partition(".")[0]
    found = [one for one in own if any(name.partition(".")[0] == top for name in one["supports"])]
    found.sort(key=lambda one: (one["sha256"] != words, field not in one["supports"]))
    return found or own[:1]


class CaveatQuery(Query):
    table = Caveat

    kind: Annotated[list[lists.CaveatKind], By("kind")] = Field([], description="Caveats of this kind.")
    field: Annotated[list[FieldPath], By("field")] = Field([], description="About this field.")
    fact: Annotated[list[str], Ref(FACT_KINDS), Linked("facts")] = Field(
        [], description="About this fact, written `kind/id`.", examples=[["statements/x"]]
    )
    about: Annotated[
        list[str], Ref(("people", "organisations", "places", "events", "topics", "documents")), Linked("about")
    ] = Field([], description="Concerns this record.")
    decision: Annotated[list[lists.DecisionValue], By("decision")] = Field([], description="What the desk decided.")
    sort: Sort | None = Field(None, description=ORDER)
