"""The front room: common reads answered ahead of the framework and kept, and how any answer is sent."""

import re
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from anyio import Event, create_task_group, to_thread

from app.facts import KINDS
from app.http.answering import Answer, Desk
from app.http.coding import negotiate
from app.http.keeping import Keeper, Key
from app.http.sending import Sent, coded, messages, sent_in, takes_long
from app.store.current import Now

# The lists and the items; other addresses are the framework's to tell apart.
COMMON = re.compile(rf"/(?:{'|'.join(KINDS)})(?:/[a-z0-9-]+)?|/search".encode())
# What a query string has where many rows may be read, or bodies rebuilt.
LONG = re.compile(rb"(?:^|&)(?:q|count|facets|fields|format|mentions|from|to|on|sentence|as_of)=|(?:^|&)limit=\d{3}")
WORD = re.compile(rb"q=[0-9A-Za-z]+(?:&limit=\d\d?)?")  # a search whose every statement is short
LINES = re.compile(rb"ndjson|csv|text/\*")  # in Accept, where whole lists may be streamed
HELD = 0.02  # seconds for which the event loop reads in one transaction
ANYTHING = frozenset((b"", b"*/*", b"application/json"))  # what Accept says who takes a fact as it is
WEIGHED = frozenset((b"accept", b"accept-encoding", b"if-none-match", b"range"))  # headers that choose what is kept
Scope = dict[str, Any]
Headers = Iterable[tuple[bytes, bytes]]  # as they came, but with names in lower case


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request or of the start of an answer, by name."""
    return joined(scope["headers"])


def joined(headers: Headers) -> dict[str, str]:
    """Headers by name; several lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for raw, given in headers:
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

    def at_once(self, path: bytes, query: bytes, headers: Headers) -> Sent | None:
        """The answer to a GET, or to a HEAD but for the body, where it is kept or can be made on the event loop."""
        key, match, coding = _asked(path, query, headers)
        kept = self._keeper.kept(key, self._now)
        sent = kept.find(match, coding) if kept else None
        if sent is not None:
            return sent
        accept, asked = key[2], path.decode("latin-1")
        if len(path) + len(query) > self.desk.settings.url_max:
            return None
        answer = kept.answer if kept and not match else None
        if answer is None and accept in ANYTHING and not match:
            answer = self.desk.list_at_once(asked, query) if query else self.desk.fact_at_once(asked)
        if answer is None and COMMON.fullmatch(path) and not (_is_long(query) or LINES.search(accept)):
            answer = self.desk.answer_at_once(asked, query, joined(headers))
        self._let_go_soon()
        if answer is None or answer.parts is not None:
            return None
        is_later = takes_long(coding, answer)
        sent = Sent(answer if is_later else coded(answer, coding))
        self._keeper.keep(key, answer, "" if is_later else coding, sent)
        return None if is_later else sent

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers in a thread, or lets the framework do it."""
        path, query = scope.get("raw_path") or b"", scope["query_string"]
        if scope["method"] != "GET" or not COMMON.fullmatch(path):
            await self.app(scope, receive, send)
            return
        key, match, coding = _asked(path, query, scope["headers"])
        kept = None if match else self._keeper.kept(key, self._now)
        if kept is not None:
            answer = kept.answer
        else:
            answer = await to_thread.run_sync(self.desk.answer, "GET", path.decode("ascii"), query, headers_of(scope))
        if answer.parts is not None:
            await send_answer(answer, send, receive, coding)
            return
        sent = await sent_in(coding, answer)
        self._keeper.keep(key, answer, coding, sent)
        for message in sent.messages:
            await send(message)

    def _now(self) -> Now | None:
        """The current edition; None where it would have to be waited for."""
        if self.desk.held is None:
            return self.desk.finder.known()
        self._let_go_soon()
        try:
            return self.desk.held.latest()
        except Exception:  # whatever it is, the thread that is then asked meets it and tells
            return None

    def begin(self) -> None:
        """Opens the event loop's connection, which maps the file; what is wrong with it the first request tells."""
        if self.desk.held is not None:
            with suppress(Exception):
                self.desk.held.latest()
            self.let_go()

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


def _is_long(query: bytes) -> bool:
    """Whether the query string of a common read has a thread answer it."""
    return LONG.search(query) is not None and WORD.fullmatch(query) is None


def _asked(path: bytes, query: bytes, headers: Headers) -> tuple[Key, bytes, str]:
    """What an answer is kept by, If-None-Match, and the coding asked for; several lines of a header are one list."""
    accept = match = codings = b""
    whole = True
    for name, value in headers:
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
    return (path, query, accept), match, coding
