"""Documents: the sources, their sentences and what is known of their making."""

import json
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import LargeBinary
from sqlmodel import Field as Column

from app.facts import lists
from app.facts.asking import ORDER, By, Query, Sort
from app.facts.base import Entry, Fact, Public, World, nfc, text_column
from app.facts.parts import (
    Date,
    DateEntry,
    Language,
    Leaf,
    Offset,
    OrganisationRef,
    Own,
    Part,
    PartyRef,
    QuotedRef,
    Reference,
    SentenceRef,
    Sha256,
    Spoken,
    Text,
    Url,
)


class Document(Fact, table=True):
    __tablename__ = "documents"

    kind: str = Column(sa_type=text_column())
    language: str | None = Column(sa_type=text_column())
    sentences: bytes = Column(sa_type=LargeBinary)  # JSON: [[ref, start, end, sha256, reason], …] in document order

    @classmethod
    def columns(cls, body: dict[str, Any], world: World) -> dict[str, Any]:
        raw = world.raw(f"documents/{body['id']}")
        sentences = [
            [one["ref"], one["start"], one["end"], one["sha256"], nfc(one["reason"]) if one.get("reason") else None]
            for one in raw["sentences"]
        ]
        packed = json.dumps(sentences, ensure_ascii=False, separators=(",", ":")).encode()
        return {"kind": body["kind"], "language": body["language"], "sentences": packed}

    @classmethod
    def terms(cls, body: dict[str, Any], world: World) -> list[tuple[str, str]]:
        """By the beginnings of the digests of its text and of its sentences."""
        sentences = world.raw(f"documents/{body['id']}")["sentences"]
        return [("digest", f"text:{body['sha256'][:16]}"), *(("digest", one["sha256"][:16]) for one in sentences)]

    @classmethod
    def date_of(cls, body: dict[str, Any]) -> dict[str, Any] | None:
        date: dict[str, Any] | None = body["date_published"]
        return date


class SentenceEntry(Part):
    ref: SentenceRef
    start: Offset
    end: Offset
    sha256: Sha256
    reason: Text | None = Field(None, description="Why no fact cites it.")


class MarkEntry(Part):
    sentence: SentenceRef
    start: Offset
    end: Offset
    use: lists.MarkUse
    fact: QuotedRef | None = None


class DocumentEntry(Entry):
    silences = ("author", "publisher", "date_published", "original_language")

    title: Spoken
    kind: lists.DocumentKind
    language: Language | None = None
    original_language: Language | None = None
    author: PartyRef | None = None
    publisher: OrganisationRef | None = None
    date_published: DateEntry | None = None
    translator: PartyRef | None = None
    url: Url | None = None
    licence: Text | None = None
    sha256: Sha256
    length: Offset
    quotation_marks: list[MarkEntry] = []
    sentences: list[SentenceEntry] = Field(min_length=1)


class Mark(Leaf):
    """A pair of quotation marks."""

    sentence: str = Field(description="`paragraph.sentence`, both from 1.")
    start: int = Field(description="The opening mark.")
    end: int = Field(description="The code point after the closing mark.")
    use: lists.MarkUse = Field(description="What the marks are for: speech, a name, a title, a term, or so-called.")
    fact: Reference | None = Field(description="The fact that holds what they enclose.")


class DocumentPublic(Public):
    """A source document."""

    title: str = Field(description="As printed.")
    kind: lists.DocumentKind = Field(description="What kind of text it is.")
    language: str | None = Field(description="BCP 47.")
    original_language: str | None = Field(description="BCP 47; null when no document says.")
    author: Reference | None = Field(description="Who wrote it.")
    publisher: Reference | None = Field(description="Who published it.")
    date_published: Date | None = Field(description="When it was published; never the day on which it was loaded.")
    translator: Reference | None = Field(description="Who translated it.")
    url: str | None = Field(description="Where it is published.")
    licence: Annotated[str, Own()] | None = Field(description="On what terms.")
    sha256: str = Field(description="Of the text's UTF-8 bytes.")
    length: int = Field(description="Of the text, in Unicode code points.")
    text_held: bool = Field(description="Whether `/documents/{id}/text` serves it.")
    quotation_marks: list[Mark] = Field(description="Every pair of quotation marks, and what it is for.")

    @classmethod
    def naming(cls, raw: dict[str, Any], world: World) -> str:
        return str(raw["title"])[:120]

    @classmethod
    def finish(cls, body: dict[str, Any], raw: dict[str, Any], world: World) -> None:
        body["text_held"] = world.text(body["id"]) is not None


class DocumentQuery(Query):
    table = Document

    kind: Annotated[list[lists.DocumentKind], By("kind")] = Field([], description="Documents of this kind.")
    language: Annotated[list[Language], By("language")] = Field([], description="Written in this language, BCP 47.")
    sort: Sort | None = Field("name", description=ORDER)
