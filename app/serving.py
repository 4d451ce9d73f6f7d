"""Serving: the server process, which answers what has arrived before it stops."""

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn

from app.connection import Protocol

QUIET = 0.5  # seconds: who asks one question after the other sends the next one within them
BACKLOG = 2048
HELD = {-1: 2 << 20, -3: 1 << 20}  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD: bytes free at the end, and in one piece


class Server(uvicorn.Server):
    """A server that loses no request when it is told to stop.

    uvicorn then closes every connection that is between two requests, though the next may have arrived, and its
    listening socket, though clients may wait there. This one lets in who waits, tells every client with the next answer
    that the connection ends (RFC 9112, section 9.6), and closes those that asked nothing for a while.
    """

    def __init__(self, app: Any, listener: socket.socket, grace: float) -> None:
        super().__init__(
            uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, http=Protocol
            )
        )
        self.listener = listener
        self.grace = grace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to serve, and has the collector of garbage look less often at what lives as long as the process.

        Tens of thousands of kept answers would otherwise stop all requests for tens of milliseconds at a time.
        """
        await super().startup(sockets)
        _hold_memory()
        gc.freeze()
        gc.set_threshold(50_000, 50, 1_000)
        gc.enable()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends all connections, within the grace period."""
        quiet = min(QUIET, self.grace / 2)
        self.config.timeout_graceful_shutdown = self.grace - quiet  # type: ignore[assignment]  # waited for as a float
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await self._let_in()
        for connection in self.server_state.connections:
            cycle: Any = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_started:
                cycle.keep_alive = False
        await asyncio.sleep(quiet)
        await super().shutdown(sockets)

    async def _let_in(self) -> None:
        """Accepts everyone who waits at the listening socket, and closes it."""
        waiting = self.listener.dup()  # keeps the queue when the loop closes its own
        for server in self.servers:
            server.close()
        accepted = []
        with waiting, contextlib.suppress(OSError):  # nobody waits any more
            while True:
                accepted.append(waiting.accept()[0])
        for connection in accepted:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> Any:
        made: Any = self.config.http_protocol_class
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)


def _hold_memory() -> None:
    """Has the C library keep what was freed, up to a bound, where it is glibc.

    It would give the memory of a list back to the system after every answer and be given it anew, page by page, each
    cleared, which takes a quarter of the time of a list.
    """
    with contextlib.suppress(OSError, TypeError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, size in HELD.items():
            mallopt(option, size)


def listen(host: str, port: int) -> socket.socket:
    """The socket that clients connect to; port 0 takes any that is free. OSError where there is none to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.setblocking(False)
    return listener


def stop_in_order() -> None:
    """Makes SIGINT and SIGTERM end the process with status 0, also before the server has taken over.

    As process 1 of a container, one without a handler would not be told at all.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)


def _exit(_number: int, _frame: FrameType | None) -> None:
    """Ends at once: an exception raised here is lost where Python happens to run a finaliser, and a load is atomic."""
    os._exit(0)
