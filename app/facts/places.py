"""Places: continents, countries, cities, sites and seas, and the part each plays in the documents."""

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Linked, Query, Sort
from app.facts.base import Fact, NamedEntry, NamedPublic, World, path_of, text_column, through_places
from app.facts.parts import Country, PlaceRef, Ref, Reference


class Place(Fact, table=True):
    __tablename__ = "places"

    kind: str = Column(sa_type=text_column())
    within: str | None = Column(sa_type=text_column())
    country: str | None = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {"kind": body["kind"], "within": path_of(body["within"]), "country": body["country"]}

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        return [*through_places("within", body["path"][1:], world), *(("role", role) for role in body["roles"])]


class PlaceEntry(NamedEntry):
    kind: lists.PlaceKind
    within: PlaceRef | None = None
    country: Country | None = None
    roles: list[lists.PlaceRole] = Field(min_length=1)


class PlacePublic(NamedPublic):
    """A place."""

    kind: lists.PlaceKind = Field(description="What kind of place it is.")
    within: Reference | None = Field(description="The place that it lies in.")
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    roles: list[lists.PlaceRole] = Field(
        description="What the documents use it for; a venue is apart from a mere mention."
    )


class PlaceQuery(Query):
    table = Place

    kind: Annotated[list[lists.PlaceKind], By("kind")] = Field([], description="Places of this kind.")
    within: Annotated[list[str], Ref(("places",)), By("within", tree="places")] = Field(
        [], description="Lies in this place, at any depth."
    )
    role: Annotated[list[lists.PlaceRole], Linked("role")] = Field([], description="Plays this part in a document.")
    sort: Sort | None = Field("name", description=ORDER)
