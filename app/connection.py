"""Connection: HTTP on one connection, on which what can be answered at once is, before a task is made for it."""

import asyncio
import logging
import re
from collections.abc import Sized
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

BEGINNING = b"HTTP/1.1 "  # of an answer
# An address without a fragment, or anything that a server would have to decide about.
ADDRESS = re.compile(rb"(/[!-\"$->@-~]*)(?:\?([!-\"$-~]*))?")
# Headers of requests with a body, or that ask for more than an answer.
FURTHER = frozenset((b"content-length", b"transfer-encoding", b"upgrade", b"expect"))
log = logging.getLogger("summit")


class Joined:
    """A connection on which an answer is sent at once, when the event loop has seen to all requests that had arrived.

    Otherwise its head would be a write of its own, and each write would wake a client on another core, which costs as
    much as to look an answer up.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends bytes; those that begin an answer, and what follows them at once, in a moment."""
        if self._waiting:
            self._waiting.append(data)
        elif data.startswith(BEGINNING):
            self._waiting.append(data)
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    @property
    def is_ahead(self) -> bool:
        """Whether an answer waits to be sent."""
        return bool(self._waiting)

    def close(self) -> None:
        """Ends the connection once all was sent."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Sends what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():  # its client may have left meanwhile
            self._transport.writelines(waiting)


class Flow(FlowControl):
    """How much is read from a client: nothing while requests of its that came together still wait for their turn.

    uvicorn reads on after every answer, so that a client that asks without reading would fill the memory.
    """

    def __init__(self, transport: Any, waiting: Sized) -> None:
        super().__init__(transport)
        self._requests = waiting

    def resume_reading(self) -> None:
        """Reads on, unless requests wait."""
        if not self._requests:
            super().resume_reading()


class Protocol(HttpToolsProtocol):
    """A connection.

    The task, the scope and the messages that an answer by ASGI takes cost more than to look up a fact. So a plain GET
    is first offered to the application's `at_once(path, query, headers)`, whose answer is written as it is; what that
    leaves, and every other request, goes the way of uvicorn.
    """

    _since: float | None = None  # when it was last answered at once, where nothing came after that
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begins it."""
        super().connection_made(Joined(transport))  # type: ignore[arg-type]
        self.flow = Flow(self.transport, self.pipeline)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends it."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """Sends what is ready to a client that will ask no more, before the connection ends."""
        self.transport.flush()  # type: ignore[attr-defined]

    def on_message_begin(self) -> None:
        """Begins a request, without the scope that it may need later."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Answers a request at once, or has a task do it."""
        if self._is_answered():
            return
        self._since = None
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers  # which the scope holds
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Ends a request."""
        if self.cycle is not None:  # of this request, or a former one that is answered
            super().on_message_complete()

    def _is_answered(self) -> bool:
        """Answers the request if that can be done at once, in its turn and without ending the connection.

        Of several requests that came together only the first is: the others wait for each other, and for their client
        to read, so that it has no more than its turn and nothing piles up.
        """
        wire: Any = self.transport
        if wire.is_ahead or self.flow.write_paused or not (self.cycle is None or self.cycle.response_complete):
            return False
        address = ADDRESS.fullmatch(self.url)
        if address is None or self.parser.get_method() != b"GET" or not self._goes_on():
            return False
        try:
            sent: Any = self.app.at_once(address[1], address[2] or b"", self.headers)
        except Exception:  # uvicorn would say that the request was bad
            log.exception("a request could not be answered at once")
            return False
        if sent is None or sent.lines is None:
            return False
        told = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        wire.write(b"".join([STATUS_LINE[sent.answer.status], *told, sent.lines]))
        if sent.answer.body:
            wire.write(sent.answer.body)
        self.server_state.total_requests += 1
        self._since = self.loop.time()
        if self._watch is None:
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)
        return True

    def _unset_keepalive_if_required(self) -> None:
        """Data came: the connection is not idle."""
        self._since = None
        super()._unset_keepalive_if_required()

    def _end_if_idle(self) -> None:
        """Ends the connection if nothing was asked for a while; a timer for each answer would take longer."""
        self._watch = None
        if self._since is None:
            return
        left = self._since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._watch = self.loop.call_later(left, self._end_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def _goes_on(self) -> bool:
        """Whether the connection is used for more after this request, which has no body."""
        for name, _ in self.headers:
            if name in FURTHER:
                return False
        for name, _ in self.server_state.default_headers:
            if name == b"connection":
                return False
        return self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
