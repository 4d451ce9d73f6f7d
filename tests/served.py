"""Served: the server as a real process, on a port of this machine."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Start = Callable[..., "Served"]
GRACE = 5


class Served:
    """A server's process; `line` is the first that it prints."""

    def __init__(self, folder: Path, *flags: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SUMMIT_")}
        command = [sys.executable, "-m", "app", "serve", "--port", "0", "--grace-seconds", str(GRACE), *flags]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.line = ""
        self.port = 0

    def ready(self) -> "Served":
        """Waits for the line that says where it is."""
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.fullmatch(r"Summit Facts: edition \d+ on http://127\.0\.0\.1:(\d+)\n", self.line)
        assert found, (self.line, self.process.communicate())
        self.port = int(found[1])
        return self

    @property
    def facts(self) -> int:
        """How many facts it has."""
        facts: dict[str, int] = self.json("/")["facts"]
        return sum(facts.values())

    def json(self, path: str) -> Any:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as client:
            client.request("GET", path)
            answer = client.getresponse()
            assert answer.status == 200
            return json.loads(answer.read())

    def exchange(self, parts: Iterable[bytes], every: float = 0) -> bytes:
        """Sends parts of a request, some seconds apart, until the server takes no more; returns all that it answers.

        The connection must be ended by the server.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for part in parts:
                    client.sendall(part)
                    time.sleep(every)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while some := client.recv(1 << 16):
                    received += some
        return received

    def peak(self) -> int:
        """The most memory that the process ever held, in bytes."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(told.split("VmHWM:")[1].split()[0]) * 1024

    def stopped(self, number: int = signal.SIGTERM) -> float:
        """Stops it, which must end with status 0 and nothing more said; returns the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        told = self.process.communicate(timeout=30)
        assert (self.process.returncode, *told) == (0, "", "")
        return time.monotonic() - begun


def everything(client: socket.socket, end: bytes | None) -> bytes:
    """What a client receives: up to an end, or until the connection ends."""
    received = b""
    while end is None or not received.endswith(end):
        part = client.recv(1 << 16)
        if not part:
            break
        received += part
    return received
