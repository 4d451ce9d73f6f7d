"""The rooms around the application, each a few lines of ASGI: what every request passes, errors and HEAD included."""

import logging
from typing import Any

from app.errors import BadRequest, Internal, Problem
from app.http.answering import POSTED, Answer, allowed, problem
from app.settings import Settings

Scope = dict[str, Any]
log = logging.getLogger("summit")


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by name; several lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for name, value in ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]):
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def send_answer(answer: Answer, send: Any) -> None:
    """Sends an answer; the outermost room leaves its body out where HEAD was asked (RFC 9110, section 9.3.2)."""
    headers = dict(answer.headers)
    if answer.status not in (204, 304):
        headers["content-length"] = str(len(answer.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


# What any page may do, which is to read (the Fetch standard's CORS protocol). The same for every origin, so no `Vary`.
OPEN = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"ETag, Link")]


def _preflight(path: str) -> dict[str, str]:
    """What a page is told before it asks with more than a plain GET."""
    return {
        "access-control-allow-methods": POSTED.get(path, "GET, HEAD"),
        "access-control-allow-headers": "Content-Type" if path in POSTED else "If-None-Match, Accept",
        "access-control-max-age": "86400",
        "allow": allowed(path),
    }


class Outermost:
    """Catches what nothing else did: an exception that reaches the server would cost others their connection.

    It also bounds the request's target, answers HEAD wherever GET is answered, and lets pages of any origin read.
    """

    def __init__(self, app: Any, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope

        async def watched(message: dict[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *OPEN]}
            if inner is not scope and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            refused = self._refused(scope)
            if refused is not None:
                await send_answer(problem(refused), watched)
            elif scope["method"] == "OPTIONS":
                await send_answer(Answer(204, _preflight(scope["path"]), b""), watched)
            else:
                await self.app(inner, receive, watched)
        except Exception:
            log.exception("a request failed")
            if not started:
                await send_answer(problem(Internal("the request met a fault of the server")), watched)

    def _refused(self, scope: Scope) -> Problem | None:
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if size > self.settings.url_max:
            return BadRequest(f"the address is {size} bytes long, more than {self.settings.url_max}")
        return None
