"""Routes: what OpenAPI documents; those of facts hand the request to `Desk.answer` as it came, unparsed."""

import inspect
from functools import cache
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Path, Query
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.mentions import MentionQuery
from app.facts.parts import SLUG
from app.formats.atom import MEDIA
from app.http import about, citations, downloading, verifying, writing
from app.http.answering import MENTIONED, Desk
from app.http.coding import coding_of
from app.http.comparing import CompareQuery
from app.http.front import headers_of, send_answer
from app.http.listed import SearchPage, page_of
from app.http.plans import ItemQuery
from app.http.records import RecordQuery, SentenceQuery, TextQuery
from app.http.refusals import responses
from app.http.searching import SearchQuery
from app.http.shapes import Changes, Comparison, Coverage, Editions, History, SentenceRecord
from app.http.trail import ChangesQuery, EditionsQuery

Id = Annotated[str, Path(description="The record's id.", pattern=f"^{SLUG}$", max_length=80)]
Ref = Annotated[str, Path(description="`paragraph.sentence`, both from 1.", examples=["6.1"])]
ItemParameters = Annotated[ItemQuery, Query()]
FILTERS = "Each filter keeps what matches any of its values; several filters keep what matches all of them."


PAGES = {name: page_of(kind) for name, kind in KINDS.items()}


class Answered(APIRoute):
    """A documented route whose requests the desk answers; the framework neither parses nor validates them."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        desk: Desk = scope["app"].state.desk
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        headers = headers_of(scope)
        answer = await to_thread.run_sync(desk.answer, scope["method"], path, scope["query_string"], headers)
        await send_answer(answer, send, receive, coding_of(headers))


def include(app: FastAPI) -> None:
    """Adds every route."""
    app.router.routes += _routes()


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route: whole as it is made, and made once, since including a router would make each of them again."""
    routers = about.router(), citations.router(), downloading.router(), verifying.router(), _facts(), writing.router()
    return tuple(route for router in routers for route in router.routes)


def _facts() -> APIRouter:
    router = APIRouter(route_class=Answered)
    for kind in KINDS.values():
        _kind(router, kind)
    _mentions(router)
    _document(router)
    _bundle(router)
    _histories(router)
    _trail(router)
    _search(router)
    _compare(router)
    return router


def _kind(router: APIRouter, kind: Kind) -> None:
    """The list and the item of a kind."""

    def find(query: Annotated[kind.query, Query()]) -> None:  # type: ignore[name-defined]
        """Documented here, answered by the desk."""

    def read(id: Id, query: Annotated[RecordQuery, Query()]) -> None:
        """Documented here, answered by the desk."""

    told = inspect.getdoc(inspect.getmodule(kind.table))
    router.add_api_route(
        f"/{kind.name}",
        find,
        tags=[kind.name],
        operation_id=f"list_{kind.name}",
        summary=f"List {kind.name}",
        description=f"{told} {FILTERS}",
        response_model=PAGES[kind.name],
        responses=responses(304, 404, 422, 503),
    )
    router.add_api_route(
        f"/{kind.name}/{{id}}",
        read,
        tags=[kind.name],
        operation_id=f"get_{kind.name}_by_id",
        summary=f"Read one of the {kind.name}",
        description=f"{inspect.getdoc(kind.public)} With its citations and its caveats.",
        response_model=kind.public,
        responses=responses(304, 308, 404, 410, 422, 503),
    )


def _mentions(router: APIRouter) -> None:
    """Where documents refer to a record."""
    for name in MENTIONED:

        def mentions_of(id: Id, query: Annotated[MentionQuery, Query()]) -> None:
            """Each place where a document refers to it: by name, role, pronoun, demonym, metonym or description."""

        router.add_api_route(
            f"/{name}/{{id}}/mentions",
            mentions_of,
            tags=[name],
            operation_id=f"list_mentions_of_{name}",
            summary=f"List where one of the {name} is mentioned",
            response_model=PAGES["mentions"],
            responses=responses(304, 404, 422, 503),
        )


def _document(router: APIRouter) -> None:
    """What a document has beside its own record."""
    common: dict[str, Any] = {"tags": ["documents"], "responses": responses(304, 404, 422, 503)}
    text = {200: {"content": {"text/plain": {}}, "description": "The text, byte for byte."}}

    @router.get(
        "/documents/{id}/coverage",
        operation_id="get_document_coverage",
        summary="Show what cites each sentence",
        response_model=Coverage,
        **common,
    )
    def coverage(id: Id, query: Annotated[SentenceQuery, Query()]) -> None:
        """Each sentence of the document with the facts that cite it: every one is cited, or says why it holds none."""

    @router.get(
        "/documents/{id}/sentences/{ref}",
        operation_id="get_document_sentence",
        summary="Read the record of a sentence",
        response_model=SentenceRecord,
        **common,
    )
    def sentence(id: Id, ref: Ref, query: Annotated[SentenceQuery, Query()]) -> None:
        """Where the sentence stands, its digest, the facts that cite it; its words only where the text is held."""

    @router.get(
        "/documents/{id}/text",
        operation_id="get_document_text",
        summary="Read the text of a document",
        response_class=Response,
        **{**common, "responses": text | common["responses"]},
    )
    def read_text(id: Id, query: Annotated[TextQuery, Query()]) -> None:
        """The text as it was loaded, where this server holds it; else a problem with its length and digest."""


def _bundle(router: APIRouter) -> None:
    """What was loaded."""

    @router.get(
        "/bundles/{id}",
        tags=["bundles"],
        operation_id="get_bundle",
        summary="Read a bundle",
        response_model=dict[str, Any],
        responses=responses(304, 404, 410, 422, 503),
    )
    def bundle(id: Id, query: ItemParameters) -> None:
        """The document and its facts as they were loaded, byte for byte; the ETag is the SHA-256 of these bytes."""


def _histories(router: APIRouter) -> None:
    """What was known of one record when."""
    for kind in KINDS.values():

        def history_of(id: Id, query: ItemParameters) -> None:
            """Every revision: what it changed, when, who and why. A record that was taken back has one too."""

        router.add_api_route(
            f"/{kind.name}/{{id}}/history",
            history_of,
            tags=[kind.name],
            operation_id=f"get_history_of_{kind.name}",
            summary=f"Show every revision of one of the {kind.name}",
            response_model=History,
            responses=responses(304, 404, 422, 503),
        )


def _trail(router: APIRouter) -> None:
    """What was known when."""
    atom: dict[str, Any] = {"schema": {"type": "string", "description": "An Atom feed (RFC 4287)."}}
    feed: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA: atom}}}

    @router.get(
        "/changes",
        tags=["service"],
        operation_id="list_changes",
        summary="List the changes since an edition",
        response_model=Changes,
        responses=feed | responses(304, 404, 422, 503),
    )
    def changes(query: Annotated[ChangesQuery, Query()]) -> None:
        """Each change of a fact's own entry, in order, none left out; `since` the edition that you have.

        As Atom, for feed readers, the newest comes first.
        """

    @router.get(
        "/editions",
        tags=["service"],
        operation_id="list_editions",
        summary="List the editions",
        response_model=Editions,
        responses=responses(304, 404, 422, 503),
    )
    def editions(query: Annotated[EditionsQuery, Query()]) -> None:
        """Each load: when it was, what it changed, and how much was published again for what it refers to."""


def _search(router: APIRouter) -> None:
    """Facts of all kinds."""

    @router.get(
        "/search",
        tags=["search"],
        operation_id="search",
        summary="Search facts of all kinds",
        response_model=SearchPage,
        responses=responses(304, 404, 422, 503),
    )
    def search(query: Annotated[SearchQuery, Query()]) -> None:
        """Facts in which all words of `q` stand, of any kind; without `q` a timeline of all that has a day.

        Words are compared without case and marks, whatever quotation marks, apostrophes and dashes are used. First
        comes what has them in its name, then in its own words or those printed, then in the names of what it refers to;
        what is alike so far has the newest first. Any text is data: nothing in it is an operator.
        """


def _compare(router: APIRouter) -> None:
    """Documents side by side."""

    @router.get(
        "/compare",
        tags=["documents"],
        operation_id="compare_documents",
        summary="Show two documents side by side",
        response_model=Comparison,
        responses=responses(304, 404, 410, 422, 503),
    )
    def compare(query: Annotated[CompareQuery, Query()]) -> None:
        """What two documents give of the same matters, with both values and both citations, and no winner.

        Facts are set side by side where one document corroborates the other's, or both a third's; else attendances of
        one person at one event, figures of one measure, area and period, and the same words of one speaker. A figure
        stands for the range that its digits and approximation imply, a date for the days that it allows. Mentions,
        caveats and topics are not compared. The second document of the example is invented.
        """
