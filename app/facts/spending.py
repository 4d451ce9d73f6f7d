"""Spending: figures as printed, what they cover, and what they are compared with."""

from decimal import Decimal as Number
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Linked, Query, SpendingSort
from app.facts.base import Entry, Fact, Public, World, path_of, text_column
from app.facts.dates import read_edtf
from app.facts.parts import (
    BodyRef,
    Decimal,
    Edtf,
    InputRef,
    Leaf,
    Name,
    Own,
    Part,
    PartyRef,
    Ref,
    Reference,
    StatementRef,
    Text,
    Words,
)

UNKNOWN = float("inf")
Unit = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{3}|PT|PT_B1GQ|PERSONS)$")]


class Spending(Fact, table=True):
    __tablename__ = "spending"

    measure: str = Column(sa_type=text_column())
    time_period: str | None = Column(sa_type=text_column())
    unit_measure: str | None = Column(sa_type=text_column())
    obs_status: str = Column(sa_type=text_column())
    asserted_by: str | None = Column(sa_type=text_column())
    value_up: float
    value_down: float

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        value = float(body["amount"]) if body["amount"] else UNKNOWN
        return {
            **{name: body[name] for name in ("measure", "time_period", "unit_measure", "obs_status")},
            "asserted_by": path_of(body["asserted_by"]),
            "value_up": value,
            "value_down": value if value == UNKNOWN else -value,
        }

    @classmethod
    def date_of(cls, body: dict[str, Any]) -> dict[str, Any] | None:
        if not body["time_period"]:
            return None
        days = read_edtf(body["time_period"])
        return {
            "earliest": days.earliest.isoformat() if days.earliest else None,
            "latest": days.latest.isoformat() if days.latest else None,
            "alternatives": [],
        }


class AreaEntry(Part):
    label: Name
    as_printed: Words | None = None
    includes: list[BodyRef] = []
    excludes: list[BodyRef] = []


class InputEntry(Part):
    fact: InputRef
    field: str = Field(pattern=r"^[a-z_]+(\.[a-z_0-9]+)*$", max_length=80)


class DerivedEntry(Part):
    value: Decimal
    bound: lists.Bound
    formula: Text
    inputs: list[InputEntry] = Field(min_length=1)
    rounding: Text | None = None


class ComparisonEntry(Part):
    to_period: Edtf
    change: lists.ComparisonChange | None = None
    value: Decimal | None = None
    direction: lists.Direction
    approximation: lists.Approximation | None = None
    as_printed: Words | None = None


class SpendingEntry(Entry):
    silences = ("amount", "price_basis", "data_source")

    measure: lists.Measure
    ref_area: AreaEntry
    time_period: Edtf | None = None
    obs_value: Decimal | None = None
    unit_mult: lists.UnitMult | None = None
    unit_measure: Unit | None = None
    as_printed: Words | None = None
    approximation: lists.Approximation | None = None
    obs_status: lists.ObsStatus
    price_basis: lists.PriceBasis | None = None
    base_year: int | None = Field(None, ge=1900, le=2100, strict=True)
    derived: DerivedEntry | None = None
    comparison: ComparisonEntry | None = None
    data_source: Name | None = None
    asserted_by: PartyRef | None = None
    statement: StatementRef | None = None

    @classmethod
    def silent(cls, raw: dict[str, Any]) -> list[str]:
        """A figure leaves its prices and its source open; a row without one leaves its amount open, unless computed."""
        if raw.get("obs_value") is not None:
            return [name for name in super().silent(raw) if name != "amount"]
        return [] if raw.get("derived") else ["amount"]


class Area(Leaf):
    """Whom a figure covers."""

    label: Annotated[str, Own()] = Field(description="Our words.")
    as_printed: str | None = Field(description="The document's words.")
    includes: list[Reference] = Field(description="Who is covered.")
    excludes: list[Reference] = Field(description="Who is left out.")


class Input(Leaf):
    """A figure that was computed with."""

    fact: Reference
    field: str = Field(description="The field taken from it.")


class Derived(Leaf):
    """What we computed; never part of a sum or a bar unless asked for."""

    value: str = Field(description="Decimal, in the scale of `unit_mult`, as `obs_value` would be.")
    bound: lists.Bound = Field(description="On which side of the value the true one lies.")
    formula: Annotated[str, Own()] = Field(description="How it was computed.")
    inputs: list[Input] = Field(description="What it was computed from.")
    rounding: Annotated[str, Own()] | None = Field(description="How it was rounded.")


class Comparison(Leaf):
    """What the document compares the figure with."""

    to_period: str = Field(description="EDTF.")
    change: lists.ComparisonChange | None = Field(description="In what the change is given.")
    value: str | None = Field(description="Decimal.")
    direction: lists.Direction = Field(description="Which way it went.")
    approximation: lists.Approximation | None = Field(description="How near it is; null: none printed.")
    as_printed: str | None = Field(description="The document's words.")


class SpendingPublic(Public):
    """A spending figure (SDMX)."""

    measure: lists.Measure = Field(description="What was spent on.")
    ref_area: Area
    time_period: str | None = Field(description="EDTF.")
    obs_value: str | None = Field(description="Decimal, only what is printed.")
    unit_mult: int | None = Field(description="Power of ten; null where there is no figure.")
    unit_measure: str | None = Field(description="ISO 4217, `PT`, `PT_B1GQ` or `PERSONS`.")
    amount: str | None = Field(description="Decimal: obs_value × 10^unit_mult.")
    as_printed: str | None = Field(description="The document's words.")
    approximation: lists.Approximation | None = Field(description='Null: none printed, which is not "exact".')
    obs_status: lists.ObsStatus = Field(
        description="SDMX: `A` fact, `E` estimate, `F` projection, `P` provisional, `O` named without a figure."
    )
    price_basis: lists.PriceBasis | None = Field(description="In which prices; null where no document says.")
    base_year: int | None = Field(description="Of constant prices.")
    derived: Derived | None = Field(description="What we computed; null where the figure is printed.")
    comparison: Comparison | None = Field(description="What the document compares it with.")
    data_source: Annotated[str, Own()] | None = Field(description="The publication that the document names.")
    asserted_by: Reference | None = Field(description="Who gives the figure.")
    statement: Reference | None = Field(description="The statement that gives the figure.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        period = f", {raw['time_period']}" if raw.get("time_period") else ""
        return f"{raw['measure'].replace('_', ' ').capitalize()}, {raw['ref_area']['label']}{period}"

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        printed, power = body["obs_value"], body["unit_mult"]
        if printed is not None and power is None:
            body["unit_mult"] = power = 0
        body["amount"] = f"{Number(printed).scaleb(power):f}" if printed is not None else None


class SpendingQuery(Query):
    table = Spending

    measure: Annotated[list[lists.Measure], By("measure")] = Field([], description="What was spent on.")
    ref_area: Annotated[list[str], Ref(("organisations", "places")), Linked("ref_area.includes")] = Field(
        [], description="The figure covers this place or organisation."
    )
    time_period: Annotated[list[Edtf], By("time_period")] = Field(
        [], description="For this period.", examples=[["2024"]]
    )
    unit_measure: Annotated[list[Unit], By("unit_measure")] = Field([], description="In this unit.", examples=[["USD"]])
    obs_status: Annotated[list[lists.ObsStatus], By("obs_status")] = Field([], description="Printed as what.")
    asserted_by: Annotated[list[str], Ref(("people", "organisations")), By("asserted_by")] = Field(
        [], description="Given by this person or organisation."
    )
    sort: SpendingSort | None = Field("-time_period", description=ORDER)
