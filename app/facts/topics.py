"""Topics: what facts are about, in labels of our own."""

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts.asking import ORDER, By, Query, Sort
from app.facts.base import Entry, Fact, Public, World, path_of, text_column
from app.facts.parts import Name, Own, Ref, Reference, TopicRef


class Topic(Fact, table=True):
    __tablename__ = "topics"

    broader: str | None = Column(sa_type=text_column())

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {"broader": path_of(body["broader"])}


class TopicEntry(Entry):
    label: Name
    broader: TopicRef | None = None


class TopicPublic(Public):
    """A topic."""

    label: Annotated[str, Own()] = Field(description="Our own words.")
    broader: Reference | None = Field(description="The topic that it is part of (SKOS broader).")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        return str(raw["label"])


class TopicQuery(Query):
    table = Topic

    broader: Annotated[list[str], Ref(("topics",)), By("broader", tree="topics")] = Field(
        [], description="Part of this topic, at any depth."
    )
    sort: Sort | None = Field("name", description=ORDER)
