"""Records: one fact, a document's coverage, its sentences and its text."""

import difflib
import json
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from app.errors import Invalid, NotFound, TextNotHeld
from app.facts import KINDS
from app.facts.base import Kind
from app.http.asking import pairs
from app.http.listing import plan_list
from app.http.plans import ItemQuery, Made, Plan, Room, target, to_json
from app.http.projecting import checked_fields, project
from app.http.shapes import CoveredSentence, SentenceRecord
from app.http.trail import missing
from app.store.current import Now
from app.store.finding import Sentence
from app.store.publishing import digest


class RecordQuery(ItemQuery):
    """The parameters of one fact."""

    fields: list[str] = Field(
        [],
        description="Only these fields, dotted for parts (`date.edtf`), or `compact`.",
        examples=[["name", "citations.sentence"]],
    )


class SentenceQuery(ItemQuery):
    """The parameters of sentences."""

    fields: list[str] = Field(
        [], description="Only these fields, dotted for parts, or `compact`.", examples=[["sentence", "facts.id"]]
    )


class TextQuery(ItemQuery):
    """The parameters of a document's text."""

    span: str | None = Field(None, description="`start,end` in code points, end exclusive.", examples=["0,20"])


def plan_mentions(room: Room, kind: Kind, path: str, id: str, query: bytes, accept: str) -> Plan:
    """Where documents refer to a record."""
    plan = plan_list(room, KINDS["mentions"], path, query, accept, {"entity": (f"{kind.name}/{id}",)})

    def make() -> Made:
        if room.finder.body(kind, id, plan.now.edition) is None:
            raise missing(room, kind, id, plan.now)
        return plan.make()

    return replace(plan, make=make)


def plan_item(room: Room, kind: Kind, id: str, query: bytes) -> Plan:
    """One fact."""
    as_of, fields = _asked(room, kind.public, query)
    now = room.now(as_of)

    def make() -> Made:
        body = room.finder.body(kind, id, now.edition)
        if body is None:
            raise missing(room, kind, id, now)
        return (to_json(project(json.loads(body), fields)) if fields else body), {}

    return Plan(now, isinstance(as_of, int), make)


def _document(room: Room, id: str, now: Now) -> list[Sentence]:
    sentences = room.finder.sentences(id, now.edition)
    if not sentences:
        raise missing(room, KINDS["documents"], id, now)
    return sentences


def plan_coverage(room: Room, path: str, id: str, query: bytes) -> Plan:
    """Each sentence of a document and what cites it."""
    as_of, fields = _asked(room, CoveredSentence, query)
    now = room.now(as_of)

    def make() -> Made:
        sentences = _document(room, id, now)
        citing = room.finder.citing(id, now.edition)
        items = [
            {
                **_place(one),
                "facts": citing.get(one.ref, []),
                "reason": one.reason,
                "path": f"/documents/{id}/sentences/{one.ref}",
            }
            for one in sentences
        ]
        items = [project(item, fields) for item in items] if fields else items
        return to_json({"items": items, "self": target(path, pairs(query)), "edition": now.edition}), {}

    return Plan(now, isinstance(as_of, int), make)


def plan_sentence(room: Room, path: str, id: str, ref: str, query: bytes) -> Plan:
    """One sentence of a document."""
    as_of, fields = _asked(room, SentenceRecord, query)
    now = room.now(as_of)

    def make() -> Made:
        sentences = _document(room, id, now)
        one = next((one for one in sentences if one.ref == ref), None)
        if one is None:
            near = difflib.get_close_matches(ref[:20], [like.ref for like in sentences], 3, 0.1)
            addresses = [f"/documents/{id}/sentences/{like}" for like in near]
            raise NotFound(f"document {id!r} has no sentence {ref[:20]!r}", nearest=addresses)
        text, _ = _text(room, id, now)
        body: dict[str, Any] = {
            "type": "sentence",
            "document": id,
            **_place(one),
            "exact": None if text is None else text.decode()[one.start : one.end],
            "facts": room.finder.citing(id, now.edition, ref).get(ref, []),
            "reason": one.reason,
            "path": path,
            "edition": now.edition,
        }
        return to_json(project(body, fields) if fields else body), {}

    return Plan(now, isinstance(as_of, int), make)


def _asked(room: Room, model: type[BaseModel], query: bytes) -> tuple[Any, tuple[str, ...]]:
    """`as_of`, and the fields wanted of a model."""
    if not query:
        return None, ()
    values = room.only(query, RecordQuery)
    return values.get("as_of", (None,))[0], checked_fields(model, values.get("fields", ()))


def _place(one: Sentence) -> dict[str, Any]:
    return {"sentence": one.ref, "start": one.start, "end": one.end, "sha256": one.sha256}


def _text(room: Room, id: str, now: Now) -> tuple[bytes | None, dict[str, Any]]:
    """The text of a document, where an edition held it, and the document's body then: texts have no editions."""
    body: dict[str, Any] = json.loads(room.finder.body(KINDS["documents"], id, now.edition) or b"{}")
    text = room.finder.text(id) if body["text_held"] else None
    is_its = text is not None and digest(text) == body["sha256"]
    return (text if is_its else None), body


def plan_text(room: Room, id: str, query: bytes) -> Plan:
    """The text of a document, or of a span of it; TextNotHeld, with what proves a copy, where it is not here."""
    values = room.only(query, TextQuery)
    as_of = values.get("as_of", (None,))[0]
    now = room.now(as_of)

    def make() -> Made:
        _document(room, id, now)
        text, body = _text(room, id, now)
        if text is None:
            how = "open(copy, encoding='utf-8', newline='').read()[start:end]"
            known = {"length": body["length"], "sha256": body["sha256"], "slice": how}
            raise TextNotHeld(f"the text of {id!r} is not held here", **known)
        part = _cut(text, values["span"][0]) if "span" in values else text
        return part, {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}

    return Plan(now, isinstance(as_of, int), make, media=("text/plain",))


def _cut(text: bytes, span: tuple[int, int]) -> bytes:
    decoded = text.decode()
    start, end = span
    if end > len(decoded):
        raise Invalid([{"parameter": "span", "message": f"ends past the text, which has {len(decoded)} code points"}])
    return decoded[start:end].encode()
