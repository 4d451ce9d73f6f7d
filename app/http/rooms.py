"""The rooms around the application, each a few lines of ASGI: what every request passes, errors and HEAD included."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from anyio import to_thread

from app.errors import BadRequest, Internal, Problem
from app.http.answering import POSTED, Answer, Desk, allowed, problem
from app.http.coding import coding_of, is_worth, vary
from app.http.front import Front, Scope, headers_of, send_answer
from app.http.sending import Messages, Sent, opened, sent_in

log = logging.getLogger("summit")


class Enough(Exception):
    """A client that asked by HEAD has all that it is told."""


def _preflight(path: str) -> dict[str, str]:
    """What a page is told before it asks with more than a plain GET."""
    return {
        "access-control-allow-methods": POSTED.get(path, "GET, HEAD"),
        "access-control-allow-headers": "Content-Type" if path in POSTED else "If-None-Match, Accept",
        "access-control-max-age": "86400",
        "allow": allowed(path),
    }


class Coded:
    """Codes the whole answers of an application as their clients ask; what comes in parts is coded where it is made."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        coding, start = coding_of(headers_of(scope)), None

        async def sent(message: dict[str, Any]) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif start is None:
                await send(message)
            else:
                begun, start = start, None
                for one in (begun, message) if message.get("more_body") else await _coded(begun, message, coding):
                    await send(one)

        await self.app(scope, receive, sent)


async def _coded(start: dict[str, Any], body: dict[str, Any], coding: str) -> Messages:
    """The messages of a whole answer anew, in a coding where it is worth it."""
    headers, content = headers_of(start), body.get("body", b"")
    if not is_worth(headers, len(content)):
        return start, body
    headers.pop("content-length", None)
    vary(headers)
    return (await sent_in(coding, Answer(start["status"], headers, content))).messages


def _got(scope: Scope) -> Scope:
    """A HEAD as the GET that it is answered by; ranges are for GET alone (RFC 9110, section 14.2)."""
    return {**scope, "method": "GET", "headers": [one for one in scope["headers"] if one[0] != b"range"]}


class Inner:
    """The framework's application, made when it is first needed, by one thread at a time."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = Lock()

    @property
    def app(self) -> Any:
        """The application."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return self._made

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        app = self._made or await to_thread.run_sync(lambda: self.app)
        await app(scope, receive, send)

    def close(self) -> None:
        """Ends what it has begun."""
        if self._made is not None:
            self._made.state.exports.close()


class Outermost:
    """Catches what nothing else did: an exception that reaches the server would cost others their connection.

    It also bounds the request's target, answers HEAD wherever GET is answered, and lets pages of any origin read.
    """

    def __init__(self, make: Callable[[], Any], desk: Desk) -> None:
        self._inner = Inner(make)
        self.front = Front(self._inner, desk)
        self.at_once = self.front.at_once  # what a connection asks before it makes a task
        self.settings = desk.settings

    @property
    def app(self) -> Any:
        """The framework's application."""
        return self._inner.app

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """Gives back every connection."""
        self.front.let_go()
        self._inner.close()
        self.front.desk.finder.database.close()

    def _at_once(self, scope: Scope) -> Sent | None:
        return self.at_once(scope.get("raw_path") or b"", scope["query_string"], scope["headers"])

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        inner = _got(scope) if scope["method"] == "HEAD" else scope
        if inner["method"] == "GET" and (sent := self._at_once(inner)) is not None:
            start, body = sent.messages
            await send(start)
            await send(body if inner is scope else {**body, "body": b""})
            return
        started = False

        async def watched(message: dict[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": opened(message["headers"])}
            if inner is not scope and message["type"] == "http.response.body":
                await send({"type": "http.response.body", "body": b""})
                raise Enough
            await send(message)

        try:
            refused = self._refused(scope)
            if refused is not None:
                await send_answer(problem(refused), watched)
            elif scope["method"] == "OPTIONS":
                await send_answer(Answer(204, _preflight(scope["path"]), b""), watched)
            else:
                await self.front(inner, receive, watched)
        except Enough:
            pass
        except Exception:
            log.exception("a request failed")
            if not started:
                await send_answer(problem(Internal("the request met a fault of the server")), watched)

    def _refused(self, scope: Scope) -> Problem | None:
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if size > self.settings.url_max:
            return BadRequest(f"the address is {size} bytes long, more than {self.settings.url_max}")
        return None
