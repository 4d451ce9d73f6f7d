"""Caveats: the doubts, conflicts, silences and inferences that a careful reader must know."""

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
    about: list[Reference] = Field(description="Every record concerned.")
    text: Annotated[str, Own()] = Field(description="What to know.")
    values: list[CaveatValue] = Field(description="Competing values, each cited.")
    how: lists.How | None = Field(description="By what kind of step it was inferred.")
    decision: Decision

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        subject = world.name(raw["facts"][0]) if raw.get("facts") else raw.get("question") or raw["id"]
        field = f" ({raw['field']})" if raw.get("field") else ""
        return f"{raw['kind'].replace('_', ' ').capitalize()}{field}: {subject}"[:120]


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
