"""Verifying: a draft's quotations, figures and claims, taken by POST or GET and never kept, held against the facts."""

from collections.abc import Callable
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from app.errors import Invalid, InvalidBody, MethodNotAllowed, Problem
from app.facts import KINDS
from app.facts.parts import Part
from app.http.answering import Answer, Desk, allowed, problem
from app.http.bodies import read_body, send_and_part
from app.http.front import send_answer
from app.http.parameters import Named, entity
from app.http.plans import Nothing, Room, to_json
from app.http.refusals import responses
from app.http.refusing import Refused, fault
from app.http.taking import BodyTaken, read_part
from app.http.verdicts import Verified
from app.store.finding import Finder
from app.store.reading import Draft
from app.store.silence import Unknown
from app.store.text import digest
from app.store.verify import MOST, NOBODY, Asked, Attributed, Look, Quotation, of_text, verify
from app.store.verify.naming import whom

PATH = "/verify"
HEADERS = {"content-type": "application/json", "cache-control": "no-store"}
TEXT_MAX, SHORT_MAX, NAME_MAX = 64_000, 2_000, 200
SPEAKER = "Whose words they are said to be, where the text names nobody: an id, or a name or a part of one."
EVENT = "Only statements made at this event: an id, or its whole name."
DOCUMENT = "Only what this document says: an id, or its whole name."
Refuse = Callable[[str, str], Problem]  # of what is wrong with a member, by its name


class QuotationTaken(Part):
    """Words to be verified as a quotation, without their marks."""

    exact: str = Field(min_length=1, max_length=SHORT_MAX, description="The words as they are to be quoted.")
    speaker: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=SPEAKER)


class VerifyTaken(BodyTaken):
    """A draft to be verified: a text, or quotations."""

    text: str | None = Field(
        None, min_length=1, max_length=TEXT_MAX, description="The draft; who is said to say what is read in English."
    )
    quotations: list[QuotationTaken] | None = Field(
        None, min_length=1, max_length=MOST, description="Quotations, instead of a text."
    )
    speaker: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=SPEAKER)
    event: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=EVENT)
    document: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=DOCUMENT)
    source_text: str | None = Field(
        None, description="A document's text, so that words of its own are known; proved by its digest, and not kept."
    )


class VerifyQuery(BaseModel):
    """The parameters of a short draft."""

    text: str = Field(max_length=SHORT_MAX, description="The draft; a longer one is posted.")
    speaker: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=SPEAKER)
    event: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=EVENT)
    document: str | None = Field(None, min_length=1, max_length=NAME_MAX, description=DOCUMENT)


class Verifying(APIRoute):
    """The documented route, by either method; bodies are read under limits, and not by the framework."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        desk: Desk = scope["app"].state.desk
        query, body = scope["query_string"], None
        if scope["method"] not in ("GET", "POST"):
            refused = MethodNotAllowed(f"{PATH} takes drafts by POST, short ones by GET", {"allow": allowed(PATH)})
            await send_answer(problem(refused), send)
            return
        if scope["method"] == "POST":
            try:
                body = await read_body(scope, receive, desk.settings.body_max, desk.settings.body_seconds)
            except Problem as found:
                await send_and_part(problem(found), receive, send)
                return
        answer = await to_thread.run_sync(desk.told, lambda: answered(desk, query, body))
        await send_answer(answer, send)


def answered(desk: Desk, query: bytes, body: bytes | None) -> Answer:
    """The verdicts on what a query string, or a body, asks to be verified; a problem where it is not what is taken."""
    room = Room(desk.finder, desk.settings)
    if body is None:
        taken, refuse = _of_query(room, query)
    else:
        room.only(query, Nothing)
        draft = read_part(body, VerifyTaken)
        taken, refuse = draft.raw, lambda name, told: InvalidBody([draft.fault(f"/{name}", told)])
        _check(draft)
    finder, edition = desk.finder, desk.finder.latest().edition
    look, unknown = _limited(finder, edition, taken, refuse)
    source = _source(look, taken.get("source_text"))
    listed = [Quotation(one["exact"], _speaker(look, one.get("speaker"))) for one in taken.get("quotations") or ()]
    asked = Asked(taken.get("text"), listed, _speaker(look, taken.get("speaker")), unknown)
    return Answer(200, HEADERS, to_json({**verify(look, asked), "source": source}))


def _of_query(room: Room, query: bytes) -> tuple[dict[str, Any], Refuse]:
    values = {name: given[0] for name, given in room.only(query, VerifyQuery).items()}
    limits = {"text": SHORT_MAX, "speaker": NAME_MAX, "event": NAME_MAX, "document": NAME_MAX}
    long = [name for name, value in values.items() if len(value) > limits[name]]
    faults = [fault(name, f"is longer than {limits[name]:,} characters") for name in long]
    if "text" not in values:
        faults.append(fault("text", "is missing: the draft to be verified"))
    if faults:
        raise Invalid(faults)
    return values, lambda name, told: Invalid([fault(name, told, value=values[name])])


def _check(draft: Draft) -> None:
    """Refuses a body with both a text and quotations, or neither."""
    given = [name for name in ("text", "quotations") if draft.raw.get(name) is not None]
    if len(given) != 1:
        told = "has both a text and quotations" if given else "has neither a text nor quotations"
        raise InvalidBody([draft.fault("", told, "send one of the two")])


def _limited(finder: Finder, edition: int, taken: dict[str, Any], refuse: Refuse) -> tuple[Look, tuple[Unknown, ...]]:
    """A look at what is asked for: an event's statements, a document's facts; and which of the two are none of ours."""
    look, unknown = Look(finder, edition), []
    for name, kind in (("event", "events"), ("document", "documents")):
        value = taken.get(name)
        if value is None:
            continue
        try:
            fact = _record(finder, edition, kind, value)
        except Refused as refused:
            raise refuse(name, str(refused)) from None
        if fact is None:
            unknown.append(Unknown((kind,), value))
        look.only[name] = (fact or f"{kind}/?",)
        if kind == "documents":
            look.documents = ((fact or "").partition("/")[2] or "?",)
    return look, tuple(unknown)


def _record(finder: Finder, edition: int, kind: str, value: str) -> str | None:
    """The `kind/id` of a record asked for by id or name; None where it is none of ours."""
    (one,) = entity(value, (kind,))
    if not isinstance(one, Named):
        return str(one) if finder.body(KINDS[kind], one.partition("/")[2], edition) else None
    facts = [f"{kind}/{id}" for id in finder.named(KINDS[kind], one.name, edition)]
    if len(facts) > 1:
        raise Refused(f"several have this name: {', '.join(facts)}")
    return facts[0] if facts else None


def _speaker(look: Look, value: str | None) -> Attributed:
    """Whom a request gives words to."""
    if not value or not value.strip():
        return NOBODY
    kind, slash, id = value.partition("/")
    kinds = (kind,) if slash else ("people", "organisations")
    known = frozenset(f"{one}/{id or kind}" for one in kinds if one in KINDS and look.body(one, id or kind))
    facts = known or whom(look, value)
    return Attributed("name", value, None, None, facts, not facts)


def _source(look: Look, text: str | None) -> dict[str, Any] | None:
    """The document whose text was sent along, which from then on can be looked up."""
    if text is None:
        return None
    sha256 = digest(text)
    id = of_text(look.finder, sha256, look.edition)
    body = look.body("documents", id) if id else None
    if id and body:
        look.sent = (id, text)
    reference = {name: body[name] for name in ("id", "name", "path")} if body else None
    return {"sha256": sha256, "document": reference}


def router() -> APIRouter:
    """The routes, one for each method."""
    made = APIRouter(route_class=Verifying)
    common: dict[str, Any] = {"tags": ["verify"], "response_model": Verified}

    @made.post(
        PATH,
        operation_id="verify_draft",
        summary="Verify the quotations, figures and claims of a draft",
        responses=responses(408, 413, 415, 422, 503),
        **common,
    )
    def verify_draft(body: VerifyTaken) -> None:
        """Each quotation in a draft comes back with what is recorded of it, each figure too, and each sentence that
        reports somebody without quoting.

        Quotations are equal when they are so after quotation marks, dashes, ellipses and white space are unified, NFC,
        a closing point or comma dropped and the first letter's case free; `[x]` stands for any words, … for a gap. What
        is recorded is never called true or false, and what is not found may have been said. With a document's own text
        as `source_text` its indirect speech is known as such. Nothing that is sent is kept or logged.
        """

    @made.get(
        PATH,
        operation_id="verify_short_draft",
        summary="Verify a short draft",
        responses=responses(422, 503),
        **common,
    )
    def verify_short_draft(query: Annotated[VerifyQuery, Query()]) -> None:
        """The same for at most 2,000 characters in the address; whatever stands between here and there may log it."""

    return made
