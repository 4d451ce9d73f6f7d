"""create_app(settings): the one place where the parts of the server meet."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app import __version__
from app.errors import Internal, Problem, Unavailable
from app.http import documentation, routes
from app.http.answering import Desk, problem
from app.http.front import Coded, Outermost
from app.http.preparing import Exports
from app.http.problems import from_framework
from app.settings import Settings
from app.store.db import Database, OutOfReach, TooSlow
from app.store.finding import Finder


def create_app(settings: Settings | None = None) -> Outermost:
    """The ASGI application over the settings' database; its `.app` is the FastAPI application inside."""
    settings = settings or Settings()
    database = Database(settings.database_url, settings.statement_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        outermost.front.let_go()
        api.state.exports.close()
        database.close()

    api = FastAPI(
        title="Summit Facts",
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    api.state.desk = Desk(Finder(database, settings.fresh_seconds), settings)
    api.state.exports = Exports(api.state.desk.finder, settings)
    api.state.turn = CapacityLimiter(1)
    api.add_middleware(Coded)
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(HTTPException, _framework)
    api.add_exception_handler(OutOfReach, _unavailable)
    api.add_exception_handler(TooSlow, _unavailable)
    api.add_exception_handler(Exception, _failed)
    routes.include(api)
    documentation.include(api)
    outermost = Outermost(api, api.state.desk)
    return outermost


def _response(found: Problem) -> Response:
    answer = problem(found, next(iter(found.members.get("nearest", [])), "/"))
    return Response(answer.body, answer.status, answer.headers)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error)


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(from_framework(error.status_code, request.scope["path"]))


async def _unavailable(_request: Request, error: Exception) -> Response:
    logging.getLogger("summit").warning("not ready: %s", error)  # it may name hosts and users, so the answer does not
    return _response(Unavailable("the database did not answer", {"retry-after": "2"}))


async def _failed(_request: Request, _error: Exception) -> Response:
    """Answers what nothing else did; the outermost room logs it."""
    return _response(Internal("the request met a fault of the server"))
