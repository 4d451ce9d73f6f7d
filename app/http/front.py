"""The rooms around the application, each a few lines of ASGI: what every request passes, errors and HEAD included."""

import logging
import re
from typing import Any

from anyio import Event, create_task_group, to_thread

from app.errors import BadRequest, Internal, Problem
from app.facts import KINDS
from app.http.answering import POSTED, Answer, Desk, allowed, problem
from app.http.keeping import Keeper, Key, Messages, messages
from app.store.db import OutOfReach, TooSlow
from app.store.finding import Now

# The lists and the items; other addresses are the framework's to tell apart.
COMMON = re.compile(rf"/(?:{'|'.join(KINDS)})(?:/[a-z0-9-]+)?|/search".encode())
# What a query string has where many rows may be read, or bodies rebuilt.
LONG = re.compile(rb"(?:^|&)(?:q|count|facets|fields|format|mentions|from|to|on|sentence|as_of)=|(?:^|&)limit=\d{3}")
HURRY = 0.005  # seconds
Scope = dict[str, Any]
log = logging.getLogger("summit")


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by name; several lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for name, value in ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]):
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def send_answer(answer: Answer, send: Any, receive: Any = None) -> None:
    """Sends an answer; the outermost room leaves its body out where HEAD was asked (RFC 9110, section 9.3.2).

    One of many parts is made while it is sent, each in a thread, and no further than its client stays.
    """
    start, body = messages(answer)
    await send(start)
    if answer.parts is None:
        await send(body)
        return
    async with create_task_group() as watching:
        left = Event()
        if receive is not None:
            watching.start_soon(_watch, receive, left)
        await send({**body, "more_body": True})
        while not left.is_set() and (part := await to_thread.run_sync(next, answer.parts, None)) is not None:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        watching.cancel_scope.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _watch(receive: Any, left: Event) -> None:
    """Sets the event when the client leaves: what comes after the request's body is that."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    if message["type"] == "http.disconnect" or (await receive())["type"] == "http.disconnect":
        left.set()


class Enough(Exception):
    """A client that asked by HEAD has all that it is told."""


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


class Front:
    """Answers the common reads ahead of the framework's routing, by the same function, and keeps what it answered.

    What is likely to be short runs on the event loop, cut off after a few milliseconds and then done again in a thread;
    all else does so at once.
    """

    def __init__(self, app: Any, desk: Desk) -> None:
        self.app = app
        self.desk = desk
        self._keeper = Keeper(desk.settings.kept_max)
        self._may_hurry = desk.finder.database.is_sqlite

    def kept(self, scope: Scope) -> Messages | None:
        """The answer to a GET where it is kept."""
        return self._keeper.find(*_asked(scope), self._now)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["method"] != "GET" or not COMMON.fullmatch(scope.get("raw_path") or b""):
            await self.app(scope, receive, send)
            return
        path, query, headers = scope["raw_path"].decode("ascii"), scope["query_string"], headers_of(scope)
        answer = await self._made(path, query, headers)
        if answer.now is None:
            await send_answer(answer, send, receive)
            return
        start, body = whole = messages(answer)
        self._keeper.keep(_asked(scope)[0], answer, whole)
        await send(start)
        await send(body)

    def _now(self) -> Now | None:
        """The current edition; None where it would have to be waited for."""
        if not self._may_hurry:
            return self.desk.finder.known()
        try:
            return self.desk.finder.latest()
        except (OutOfReach, TooSlow):
            return None

    async def _made(self, path: str, query: bytes, headers: dict[str, str]) -> Answer:
        if self._may_hurry and not LONG.search(query):
            answer = self.desk.answer_in(HURRY, "GET", path, query, headers)
            if answer is not None:
                return answer
        return await to_thread.run_sync(self.desk.answer, "GET", path, query, headers)


def _asked(scope: Scope) -> tuple[Key, bytes]:
    """What an answer is kept by, and If-None-Match; several lines of a header are one list."""
    accept = match = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept + b", " + value if accept else value
        elif name == b"if-none-match":
            match = match + b", " + value if match else value
    return (scope.get("raw_path") or b"", scope["query_string"], accept), match


class Outermost:
    """Catches what nothing else did: an exception that reaches the server would cost others their connection.

    It also bounds the request's target, answers HEAD wherever GET is answered, and lets pages of any origin read.
    """

    def __init__(self, app: Any, desk: Desk) -> None:
        self.app = app
        self.front = Front(app, desk)
        self.settings = desk.settings

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "GET" and (kept := self.front.kept(scope)):
            start, body = kept
            await send({**start, "headers": [*start["headers"], *OPEN]})
            await send(body)
            return
        started = False
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope

        async def watched(message: dict[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *OPEN]}
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
