"""The rooms around the application, each a few lines of ASGI: what every request passes, errors and HEAD included."""

import logging
import re
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Callable
from threading import Lock
from typing import Any

from anyio import Event, create_task_group, to_thread

from app.errors import BadRequest, Internal, Problem
from app.facts import KINDS
from app.http.answering import POSTED, Answer, Desk, allowed, problem
from app.http.coding import coding_of, is_worth, negotiate, vary
from app.http.keeping import Keeper, Key
from app.http.sending import Messages, coded, messages, messages_in, opened
from app.store.current import Now

# The lists and the items; other addresses are the framework's to tell apart.
COMMON = re.compile(rf"/(?:{'|'.join(KINDS)})(?:/[a-z0-9-]+)?|/search".encode())
# What a query string has where many rows may be read, or bodies rebuilt.
LONG = re.compile(rb"(?:^|&)(?:q|count|facets|fields|format|mentions|from|to|on|sentence|as_of)=|(?:^|&)limit=\d{3}")
HELD = 0.02  # seconds for which the event loop reads in one transaction
WEIGHED = frozenset((b"accept", b"accept-encoding", b"if-none-match", b"range"))  # headers that choose what is kept
Scope = dict[str, Any]
log = logging.getLogger("summit")


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by name; several lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for raw, given in scope["headers"]:
        name, value = raw.decode("latin-1"), given.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def send_answer(answer: Answer, send: Any, receive: Any = None, coding: str = "") -> None:
    """Sends an answer; the outermost room leaves its body out where HEAD was asked (RFC 9110, section 9.3.2).

    One of many parts is made and coded while it is sent, each in a thread, and no further than its client stays; one
    that is whole is coded by `Coded`.
    """
    if answer.parts is not None:
        answer = coded(answer, coding)
    start, body = messages(answer)
    await send(start)
    if answer.parts is None:
        await send(body)
        return
    await send({**body, "more_body": True})  # before the group, which would wrap up what ends a HEAD here
    async with create_task_group() as watching:
        left = Event()
        if receive is not None:
            watching.start_soon(_watch, receive, left)
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
        self._letting_go: AbstractEventLoop | None = None  # in which the transaction is let go in a moment

    async def at_once(self, scope: Scope) -> Messages | None:
        """The answer to a GET, or to a HEAD but for the body, where it is kept or can be made on the event loop."""
        key, match, coding = _asked(scope)
        kept = self._keeper.find(key, match, coding, self._now)
        if kept is not None:
            return kept
        path, query, accept = key
        if not COMMON.fullmatch(path) or len(path) + len(query) > self.desk.settings.url_max:
            return None
        answer = None if match else self._keeper.answer(key, self._now)
        if answer is None and not (query or match or accept):
            answer = self.desk.fact_at_once(path.decode("ascii"))
        if answer is None and not LONG.search(query):
            answer = self.desk.answer_at_once(path.decode("ascii"), query, headers_of(scope))
        self._let_go_soon()
        if answer is None or answer.parts is not None:
            return None
        sent = await messages_in(coding, answer)
        self._keeper.keep(key, answer, coding, sent)
        return sent

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers in a thread, or lets the framework do it."""
        path, query = scope.get("raw_path") or b"", scope["query_string"]
        if scope["method"] != "GET" or not COMMON.fullmatch(path):
            await self.app(scope, receive, send)
            return
        key, _, coding = _asked(scope)
        answer = await to_thread.run_sync(self.desk.answer, "GET", path.decode("ascii"), query, headers_of(scope))
        if answer.parts is not None:
            await send_answer(answer, send, receive, coding)
            return
        start, body = sent = await messages_in(coding, answer)
        self._keeper.keep(key, answer, coding, sent)
        await send(start)
        await send(body)

    def _now(self) -> Now | None:
        """The current edition; None where it would have to be waited for."""
        if self.desk.held is None:
            return self.desk.finder.known()
        self._let_go_soon()
        try:
            return self.desk.held.latest()
        except Exception:  # whatever it is, the thread that is then asked meets it and tells
            return None

    def _let_go_soon(self) -> None:
        """Has the transaction of the event loop end in a moment."""
        loop = get_running_loop()
        if self._letting_go is not loop:
            self._letting_go = loop
            loop.call_later(HELD, self.let_go)

    def let_go(self) -> None:
        """Ends the transaction in which the event loop reads."""
        self._letting_go = None
        if self.desk.held is not None:
            self.desk.held.let_go()


def _asked(scope: Scope) -> tuple[Key, bytes, str]:
    """What an answer is kept by, If-None-Match, and the coding asked for; several lines of a header are one list."""
    accept = match = codings = b""
    whole = True
    for name, value in scope["headers"]:
        if name not in WEIGHED:
            continue
        if name == b"accept":
            accept = accept + b", " + value if accept else value
        elif name == b"accept-encoding":
            codings = codings + b", " + value if codings else value
        elif name == b"if-none-match":
            match = match + b", " + value if match else value
        else:
            whole = False
    coding = negotiate(codings.decode("latin-1")) if codings and whole else ""
    return (scope.get("raw_path") or b"", scope["query_string"], accept), match, coding


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
    return await messages_in(coding, Answer(start["status"], headers, content))


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

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        inner = _got(scope) if scope["method"] == "HEAD" else scope
        if inner["method"] == "GET" and (at_once := await self.front.at_once(inner)) is not None:
            start, body = at_once
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
