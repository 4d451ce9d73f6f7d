"""About: what is here, whether it is well, what its problems mean, and the form of bundles."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.requests import Request

from app.errors import PROBLEMS, Unavailable
from app.http import problems
from app.http.answering import Desk
from app.http.asking import read_nothing
from app.http.refusals import ProblemType, responses
from app.http.shapes import Live, Ready, Root
from app.http.welcome import welcome
from app.store.bundles import schema

Slug = Annotated[str, Path(description="The last part of a problem's `type`.", examples=["not-found"])]


async def ask_nothing(request: Request) -> None:
    """Refuses every parameter in the query string."""
    read_nothing(request.scope["query_string"])


def router() -> APIRouter:
    """The routes that are of no kind of fact; none of them takes a parameter."""
    made = APIRouter(tags=["service"], dependencies=[Depends(ask_nothing)])
    _health(made)
    _problems(made)

    @made.get(
        "/bundles/schema",
        operation_id="get_bundle_schema",
        summary="Read the JSON Schema of bundles",
        response_model=dict[str, Any],
        responses=responses(405, 422),
    )
    def bundle_schema() -> Any:
        """The JSON Schema (2020-12) of the bundles that operators load, for editors and validators."""
        return JSONResponse(schema())

    return made


def _health(router: APIRouter) -> None:

    @router.get(
        "/", operation_id="get_root", summary="Show what is here", response_model=Root, responses=responses(422, 503)
    )
    def root(request: Request) -> Any:
        """What this server holds, and three commands to begin with."""
        desk: Desk = request.app.state.desk
        now = desk.finder.latest()
        base = desk.settings.public_url or f"http://localhost:{desk.settings.port}"
        told = welcome(now.edition, desk.finder.counts(now.edition), base)
        return JSONResponse(told, headers={"cache-control": "no-cache"})

    @router.get(
        "/health/live",
        operation_id="get_live",
        summary="Tell whether it runs",
        response_model=Live,
        responses=responses(422),
    )
    def live() -> Any:
        """Answers while the process runs."""
        return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})

    @router.get(
        "/health/ready",
        operation_id="get_ready",
        summary="Tell whether facts can be read",
        response_model=Ready,
        responses=responses(422, 503),
    )
    def ready(request: Request) -> Any:
        """Answers 200 once facts can be read, with their edition; 503 before."""
        now = request.app.state.desk.finder.latest()
        if now.edition == 0:
            raise Unavailable("no bundle has been loaded", {"retry-after": "2"})
        return JSONResponse({"status": "ready", "edition": now.edition}, headers={"cache-control": "no-store"})


def _problems(router: APIRouter) -> None:
    vary = {"vary": "Accept"}

    @router.get(
        "/problems",
        operation_id="list_problems",
        summary="List the problem types",
        response_model=list[ProblemType],
        responses=responses(422),
    )
    def index(request: Request) -> Any:
        """Every type of problem that this server answers with; a page for browsers."""
        if _prefers_html(request):
            return HTMLResponse(problems.index_page(), headers=vary)
        return JSONResponse([problems.described(one) for one in PROBLEMS], headers=vary)

    @router.get(
        "/problems/{slug}",
        operation_id="get_problem",
        summary="Explain a problem type",
        response_model=ProblemType,
        responses=responses(404, 422),
    )
    def explain(slug: Slug, request: Request) -> Any:
        """What a problem's `type` means and how to mend the request; a page for browsers."""
        found = problems.by_slug(slug)
        if _prefers_html(request):
            return HTMLResponse(problems.page(found), headers=vary)
        return JSONResponse(problems.described(found), headers=vary)


def _prefers_html(request: Request) -> bool:
    """Whether a browser asks: it names text/html before any JSON."""
    before, html, _ = request.headers.get("accept", "").partition("text/html")
    return bool(html) and "json" not in before
