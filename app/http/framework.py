"""The framework: FastAPI's application, which documents all routes and answers what is asked for more seldom."""

import logging

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app import __version__
from app.errors import Internal, Problem, Unavailable
from app.http import documentation, routes
from app.http.answering import Desk, problem
from app.http.preparing import Exports
from app.http.problems import from_framework
from app.http.rooms import Coded
from app.store.db import OutOfReach, TooSlow


def framework(desk: Desk) -> FastAPI:
    """The application over a desk, which is its `state.desk`."""
    api = FastAPI(
        title="Summit Facts",
        version=__version__,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    api.state.desk = desk
    api.state.exports = Exports(desk.finder, desk.settings)
    api.state.turn = CapacityLimiter(1)
    api.add_middleware(Coded)
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(HTTPException, _framework)
    api.add_exception_handler(OutOfReach, _unavailable)
    api.add_exception_handler(TooSlow, _unavailable)
    api.add_exception_handler(Exception, _failed)
    routes.include(api)
    documentation.include(api)
    return api


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
