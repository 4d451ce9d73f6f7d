"""People: their names and the offices that a document gives them."""

from typing import Annotated, Any

from pydantic import Field

from app.facts.asking import ORDER, Linked, Query, Sort
from app.facts.base import Fact, NamedEntry, NamedPublic, World, through
from app.facts.parts import BodyRef, Country, Edtf, Leaf, Name, OrganisationRef, Own, Part, Ref, Reference, Words


class Person(Fact, table=True):
    __tablename__ = "people"

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        roles = [(office["role"].casefold(), office["organisation"]) for office in body["offices"]]
        terms = [("office", role) for role, _ in roles]
        # The office with its organisation too, for the organisations' own filter.
        terms += [(f"office.{role}", organisation["path"][1:]) for role, organisation in roles if organisation]
        terms += [("country", country) for country in body["countries"]]
        for employer in _employers(body["offices"]):
            terms += through("country", world.raw(employer["path"][1:]), "country")
        return terms


def _employers(offices: list[dict[str, Any]]) -> list[Any]:
    """Whom the offices are held in or for."""
    return [office[side] for office in offices for side in ("organisation", "on_behalf_of") if office.get(side)]


class OfficeEntry(Part):
    role: Name
    as_printed: Words | None = None
    organisation: OrganisationRef | None = None
    on_behalf_of: BodyRef | None = None
    start: Edtf | None = None
    end: Edtf | None = None


class PersonEntry(NamedEntry):
    offices: list[OfficeEntry] = []


class Office(Leaf):
    """A post (Popolo)."""

    role: Annotated[str, Own()] = Field(description="Our words.")
    as_printed: str | None = Field(description="The document's words.")
    organisation: Reference | None = Field(description="Where the post is held.")
    on_behalf_of: Reference | None = Field(description="For whom.")
    start: str | None = Field(description="EDTF, null when unknown.")
    end: str | None = Field(description="EDTF, null when unknown.")


class PersonPublic(NamedPublic):
    """A person."""

    offices: list[Office] = Field(description="The posts that documents give them.")
    countries: list[str] = Field(description="The countries that the offices act for, ISO 3166-1 alpha-2.")

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        codes = (world.raw(employer).get("country") for employer in _employers(raw.get("offices", [])))
        body["countries"] = sorted({code for code in codes if code})


class PersonQuery(Query):
    table = Person

    country: Annotated[list[Country], Linked("country")] = Field([], description="Acts for this country.")
    organisation: Annotated[list[str], Ref(("organisations",)), Linked("offices.organisation")] = Field(
        [], description="Holds an office in this organisation."
    )
    office: Annotated[list[str], Linked("office")] = Field(
        [], description="Holds this office, in our words, any case.", examples=[["Secretary General"]]
    )
    sort: Sort | None = Field("name", description=ORDER)
