"""What every kind of fact is made of: its table, its entry, its published body, and the record that joins them."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.facts import lists
from app.facts.parts import CaveatNote, Citation, CitationEntry, Name, OtherName, OtherNameEntry, Own, Part, Slug, Text

FOREVER = 2147483647  # until_edition of the version that is current


class World(Protocol):
    """The records that a body refers to, as its publisher sees them; KeyError where there is none."""

    def raw(self, fact: str) -> dict[str, Any]:
        """The entry of `kind/id`."""
        ...

    def name(self, fact: str) -> str:
        """Its name: the entry's, or that of the kind's rule."""
        ...

    def body(self, fact: str) -> dict[str, Any]:
        """Its published body."""
        ...

    def text(self, document: str) -> str | None:
        """The text of a document, where it is held."""
        ...


class Entry(Part):
    """One record of a bundle; `silences` are what a reader would expect of it, so that silence must be said."""

    silences: ClassVar[tuple[str, ...]] = ()

    id: Slug
    name: Name | None = Field(None, description="Given by rule where left out: kind, principal entity, day.")
    basis: lists.Basis = "stated"
    source: Text | None = Field(None, description="The public reference behind `basis: external`.")
    citations: list[CitationEntry] = []
    draft: bool = Field(False, description="A record not yet written by a person; `check` refuses the bundle.")

    @classmethod
    def arrive(cls, raw: dict[str, Any]) -> dict[str, Any]:
        """The record as it is checked and published, from a valid record as the bundle writes it."""
        return raw

    @classmethod
    def silent(cls, raw: dict[str, Any]) -> list[str]:
        """Those of `silences` that this record leaves empty."""
        return [name for name in cls.silences if _is_empty(raw.get(name))]


def _is_empty(value: Any) -> bool:
    """Whether a field says nothing, as a date without any day."""
    if isinstance(value, dict):
        return not any(value.get(name) for name in ("edtf", "alternatives", "relative_to"))
    return not value


class NamedEntry(Entry):
    """A record of something that documents refer to by name; `external` names the source of what none of them says."""

    name: Name
    named: bool = Field(True, description="False for what the document describes but does not name.")
    other_names: list[OtherNameEntry] = []
    external: dict[str, Text] = {}


class Public(BaseModel):
    """The published body of a fact."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    type: str = Field(description="The kind of fact, in the singular.")
    id: str = Field(description="Stable, readable, one of a kind.")
    name: Annotated[str, Own()] = Field(description="The printed name or title; else our words.")
    path: str = Field(description="Address of this record.")
    basis: lists.Basis = Field(description="How it is known: stated, inferred, derived, or external to the documents.")
    source: Annotated[str, Own()] | None = Field(description="The public reference behind `basis: external`.")
    citations: list[Citation] = Field(description="The places that bear it out.")
    caveats: list[CaveatNote] = Field(description="What a careful reader must know of it.")
    revision: int = Field(description="Counts the changes of the fact's own entry.")
    edition: int = Field(description="The edition that wrote this version.")
    record_status: lists.RecordStatus = Field(description="Whether it stands.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        """The name where the bundle gives none: kind, principal entity, day."""
        return str(raw["id"])

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        """Fills in what follows from the rest of the body and from the records that it refers to."""


class NamedPublic(Public):
    named: bool = Field(description="False for what the document describes but does not name.")
    other_names: list[OtherName] = Field(description="What else documents call it.")
    external: dict[str, str] = Field(
        description="For each field that no document says, the public reference it is from."
    )


def text_column() -> Any:
    """Text that both engines order by code points."""
    return String().with_variant(String(collation="C"), "postgresql")


class Fact(SQLModel):
    """A version of a fact: the columns that every kind is filtered and sorted on, and what is published of it."""

    inherited: ClassVar[tuple[str, ...]] = ()  # fields that repeat another fact's, with that fact's citations

    row: int = Column(primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    id: str = Column(sa_type=text_column())
    since_edition: int
    until_edition: int
    revision: int
    bundle: str = Column(sa_type=text_column())
    basis: str = Column(sa_type=text_column())
    name: str = Column(sa_type=text_column())
    name_key: str = Column(sa_type=text_column())
    place_in_document: int = Column(sa_type=BigInteger)
    earliest: str = Column(sa_type=text_column())
    latest: str = Column(sa_type=text_column())
    day_up: int
    day_down: int
    readings: bool
    body: bytes = Column(sa_type=LargeBinary)
    texts: bytes = Column(sa_type=LargeBinary)  # of the body, those that are searched
    line: bytes = Column(sa_type=LargeBinary)  # the same as a line of CSV

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        """The kind's own columns, taken from its published body."""
        return {}

    @classmethod
    def date_of(cls, body: dict[str, Any]) -> dict[str, Any] | None:
        """The published date that the fact is filtered and sorted by."""
        date: dict[str, Any] | None = body.get("date")
        return date

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        """What else the fact is found by, as (relation, value), beside the records that its body refers to."""
        return []


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of fact: the name of its list, its records' `type` (`singular`), and the four classes that describe it."""

    name: str
    singular: str
    table: type[Fact]
    entry: type[Entry]
    public: type[Public]
    query: Any


def nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def path_of(reference: dict[str, Any] | None) -> str | None:
    """`kind/id` of a published reference."""
    return reference["path"][1:] if reference else None


def country_of(place: str | None, world: World) -> tuple[str | None, list[str]]:
    """The country of a place, `places/id`, or of the nearest that it lies within; and the sources of what no document
    says on the way there.
    """
    sources: list[str] = []
    while place is not None:
        record = world.raw(place)
        field = "country" if record.get("country") else "within"
        sources += [record["external"][field]] if field in record.get("external", {}) else []
        if field == "country":
            return record["country"], sources
        within = record.get("within")
        place = within["path"][1:] if isinstance(within, dict) else within
    return None, []


def through(name: str, record: dict[str, Any] | None, field: str) -> list[tuple[str, str]]:
    """The term by which a filter's answer says that it matched through what no document says, and its source."""
    source = (record or {}).get("external", {}).get(field)
    return [(f"through.{name}", source)] if source else []


def through_places(name: str, place: str | None, world: World) -> list[tuple[str, str]]:
    """The same for a place, `places/id`: for each place that it lies in, the steps on the way that no document says."""
    terms: list[tuple[str, str]] = []
    sources: set[str] = set()
    while place is not None:
        record = world.raw(place)
        sources.update(source for _, source in through(name, record, "within"))
        within = record.get("within")
        place = within["path"][1:] if isinstance(within, dict) else within
        terms += [(f"through.{name}:{place}", source) for source in sorted(sources) if place is not None]
    return terms
