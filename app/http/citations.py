"""Citations: what became of those that somebody took earlier, and whether their spans stand in a text sent along."""

from typing import Any, Literal

from anyio import to_thread
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from app.errors import MethodNotAllowed, Problem
from app.facts.parts import Citation, Reference
from app.http.answering import Answer, Desk, allowed, problem
from app.http.bodies import read_body, send_and_part
from app.http.front import send_answer
from app.http.plans import Nothing, Room, to_json
from app.http.refusals import responses
from app.http.shapes import Revision
from app.http.taking import CitationsTaken, read_check
from app.http.trail import shown
from app.store.judging import Taken, Verdict
from app.store.rechecking import Proof, recheck

PATH = "/citations/check"
HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class Revisions(BaseModel):
    """The fact's revision when the citation was taken, and now."""

    then: int | None = Field(description="When it was taken; null where that is unknown.")
    now: int | None = Field(description="Now; null where the fact does not stand.")


class SpanProof(BaseModel):
    """Whether the cited span stands in the text that was sent along."""

    matches: bool = Field(description="Whether the words at its place have its digest.")
    message: str | None = Field(description="What is wrong if not, and where the words stand instead.")
    text: Literal["current", "earlier", "other"] = Field(
        description="By its digest: the document's text now, as it was when the citation was taken, or neither."
    )


class CheckedCitation(BaseModel):
    """What became of a citation."""

    given: str | dict[str, Any] = Field(description="The citation as it was sent.")
    status: Literal["current", "corrected", "retracted", "unknown"] = Field(
        description="As it was taken; changed or merged since; taken back or split; or not known here."
    )
    message: str = Field(description="The same in words, with the reasons that were given.")
    fact: Reference | None = Field(description="The fact cited; a sentence's is its document.")
    path: str | None = Field(description="Address of what is cited; null where that is none of ours.")
    edition: int | None = Field(
        description="The edition that it was taken from; where none was given, the last one that had it so."
    )
    revision: Revisions
    since: int | None = Field(
        description="The edition since which it is not as it was taken, or since which it is gone."
    )
    at: str | None = Field(description="When that was, RFC 3339.")
    changes: list[Revision] = Field(description="What happened to it since it was taken, in order.")
    citation_then: Citation | None = Field(description="The citation as it was; the first one of a fact cited as such.")
    citation: Citation | None = Field(
        description="The citation as it stands now; null where none has its words any more."
    )
    into: list[Reference] = Field(description="The records that stand for one that was merged or split.")
    span: SpanProof | None = Field(description="Where a text was sent and the citation is known.")


class CheckedCitations(BaseModel):
    """What became of citations, in the order in which they were sent."""

    items: list[CheckedCitation] = Field(description="One for each citation.")
    edition: int = Field(description="The edition that they were checked against.")


class Checked(APIRoute):
    """The documented route whose bodies are read under limits, and not by the framework."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        desk: Desk = scope["app"].state.desk
        if scope["method"] != "POST":
            refused = MethodNotAllowed(f"{PATH} takes citations by POST", {"allow": allowed(PATH)})
            await send_answer(problem(refused), send)
            return
        try:
            body = await read_body(scope, receive, desk.settings.body_max, desk.settings.body_seconds)
        except Problem as found:
            await send_and_part(problem(found), receive, send)
            return
        query = scope["query_string"]
        answer = await to_thread.run_sync(desk.told, lambda: check(desk, query, body))
        await send_answer(answer, send)


def check(desk: Desk, query: bytes, body: bytes) -> Answer:
    """The answer to a check; a problem where the query string or the body is not what it takes."""
    Room(desk.finder, desk.settings).only(query, Nothing)
    finder, now = desk.finder, desk.finder.latest()
    editions: dict[str, int] = {}

    def edition_at(instant: str) -> int:
        if instant not in editions:
            found = finder.edition_at(instant)
            editions[instant] = min(found.edition, now.edition) if found else 0
        return editions[instant]

    given, taken, text = read_check(body, desk.settings.values_max, edition_at)
    known = [one for one in taken if isinstance(one, Taken)]
    judged = iter(recheck(finder, now.edition, known, text))
    items = [
        _item(raw, None, Verdict("unknown", one), None) if isinstance(one, str) else _item(raw, one, *next(judged))
        for raw, one in zip(given, taken, strict=True)
    ]
    return Answer(200, HEADERS, to_json({"items": items, "edition": now.edition}))


def _item(given: Any, taken: Taken | None, verdict: Verdict, proof: Proof | None) -> dict[str, Any]:
    """A citation as it was given, and what became of it."""
    revisions = verdict.revisions
    turn = revisions[-1 if verdict.status == "retracted" else 0][0] if revisions else None
    fact = taken.fact if taken else ""
    return {
        "given": given,
        "status": verdict.status,
        "message": verdict.message,
        "fact": _reference(fact, verdict.name) if verdict.name is not None else None,
        "path": _path(taken) if taken else None,
        "edition": verdict.edition,
        "revision": {
            "then": verdict.then.revision if verdict.then else None,
            "now": verdict.now.revision if verdict.now else None,
        },
        "since": turn.edition if turn else None,
        "at": turn.at if turn else None,
        "changes": [{**shown(one), "before": before, "after": after} for one, before, after in revisions],
        "citation_then": verdict.cited,
        "citation": verdict.citation,
        "into": [_reference(one.fact, one.name) for one in verdict.into],
        "span": {"matches": proof.matches, "message": proof.message, "text": proof.text} if proof else None,
    }


def _reference(fact: str, name: str) -> dict[str, str]:
    return {"id": fact.partition("/")[2], "name": name, "path": f"/{fact}"}


def _path(taken: Taken) -> str:
    return f"/{taken.fact}/sentences/{taken.span['sentence']}" if taken.is_sentence else f"/{taken.fact}"


def router() -> APIRouter:
    """The route."""
    made = APIRouter(route_class=Checked)

    @made.post(
        PATH,
        tags=["service"],
        operation_id="check_citations",
        summary="Tell what became of citations",
        response_model=CheckedCitations,
        responses=responses(408, 413, 415, 422, 503),
    )
    def check_citations(body: CitationsTaken) -> None:
        """Citations taken earlier come back `current`, `corrected`, `retracted` or `unknown`, with what changed since.

        A citation is an address of ours as it was copied, or an object: a published citation, with the `fact` and the
        `edition` that it was taken from where they are known. Without an edition it is held against the newest version
        that had it. A fact is judged by the changes of its own entry, a sentence by its document's list of sentences.
        With a `text`, `span` says whether the cited words stand in it. Nothing that is sent is kept or logged.
        """

    return made
