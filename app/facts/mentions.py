"""Mentions: each place where a document refers to a person, organisation, place or event."""

import hashlib
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Query, Sort
from app.facts.base import Entry, Fact, Public, World, path_of, text_column
from app.facts.parts import Citation, CitationEntry, EntityRef, Offset, Ref, Reference, SentenceRef, Words


class Mention(Fact, table=True):
    __tablename__ = "mentions"

    entity: str = Column(sa_type=text_column())
    form: str = Column(sa_type=text_column())
    sentence: str = Column(sa_type=text_column())
    start: int
    end: int

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        return {
            "entity": path_of(body["entity"]),
            **{name: body[name] for name in ("form", "sentence", "start", "end")},
        }


class MentionEntry(Entry):
    entity: EntityRef
    form: lists.MentionForm
    as_printed: Words
    sentence: SentenceRef
    start: Offset
    end: Offset
    antecedent: CitationEntry | None = None

    @classmethod
    def arrive(cls, raw: dict[str, Any]) -> dict[str, Any]:
        """A mention is its own citation: the words and their place are all it says."""
        span = {name: raw[name] for name in ("sentence", "start", "end")}
        words = raw["as_printed"]
        digest = hashlib.sha256(words.encode()).hexdigest()
        return {**raw, "citations": [{**span, "sha256": digest, "supports": ["as_printed"], "exact": words}]}


class MentionPublic(Public):
    """A mention."""

    entity: Reference
    form: lists.MentionForm = Field(
        description="How it refers: by name, role, pronoun, demonym, metonym or description."
    )
    as_printed: str = Field(description="The document's words.")
    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")
    antecedent: Citation | None = Field(description="The words that a pronoun or a role stands for.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        return f"{world.name(raw['entity'])} in {raw['sentence']}: {raw['as_printed']}"[:120]


class MentionQuery(Query):
    table = Mention

    entity: Annotated[list[str], Ref(("people", "organisations", "places", "events")), By("entity")] = Field(
        [], description="Refers to this person, organisation, place or event."
    )
    form: Annotated[list[lists.MentionForm], By("form")] = Field([], description="How it refers.")
    sort: Sort | None = Field(None, description=ORDER)
