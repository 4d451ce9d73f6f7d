"""Servers: the processes that are measured, each on the first core, and how they are asked one request at a time."""

import contextlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.clocks import cpu, resident

CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = str(CORES[0]), str(CORES[-1])  # the cores of what is measured, and of what measures
ROOT = Path(__file__).parents[2]
PATIENCE = 900  # seconds for a start: some read all rows first
STILL = 0.002  # seconds of the processor in a fiftieth of a second: no request is under way


class Server:
    """A server's process while this is open, alone on its port; `started` is the seconds until its first answer."""

    def __init__(self, command: Sequence[str], ready: str, log: Path, **environment: str) -> None:
        self.command, self.ready, self.log = command, ready, log
        self.environment = environment
        self.port = 0
        self.started = 0.0

    def __enter__(self) -> "Server":
        self.port = free_port()
        command = [word.replace("{port}", str(self.port)) for word in self.command]
        with self.log.open("ab") as log:
            begun = time.monotonic()
            self.process = subprocess.Popen(
                pinned(command, SERVER), cwd=ROOT, env=clean(**self.environment), stdout=log, stderr=log
            )
        try:
            self.started = self._first_answer() - begun
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop()

    @property
    def pid(self) -> int:
        return self.process.pid

    def settle(self) -> None:
        """Waits until it works on nothing any more: requests that their client left may still be under way."""
        before = cpu(self.pid)
        for _ in range(50 * PATIENCE):
            time.sleep(0.02)
            after = cpu(self.pid)
            if after - before < STILL:
                return
            before = after
        raise TimeoutError(f"{self.command} does not come to rest")

    def has_mapped(self) -> None:
        """Waits until it takes no more memory: ours maps its file ahead once it serves, which is not measured."""
        before = -1
        for _ in range(PATIENCE):
            now = resident(self.pid)
            if now == before:
                return
            before = now
            time.sleep(1)
        raise TimeoutError(f"{self.command} takes ever more memory")

    def _first_answer(self) -> float:
        """When it answers for the first time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"{' '.join(self.command)} ended: {self.log.read_text()[-2000:]}")
            with contextlib.suppress(OSError, http.client.HTTPException), Asker(self) as asker:
                asker.body(self.ready)
                return time.monotonic()
            time.sleep(0.002)
        raise TimeoutError(f"{' '.join(self.command)} does not answer")

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Asker:
    """One client of a server, which asks one request after the other on one connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)

    def __enter__(self) -> "Asker":
        self.client.connect()
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()

    def ask(self, path: str, statuses: Sequence[int] = (200,)) -> http.client.HTTPResponse:
        """The answer, its body not yet read; it must be of one of these statuses."""
        self.client.request("GET", path)
        answer = self.client.getresponse()
        if answer.status not in statuses:
            raise http.client.HTTPException(f"{answer.status} for {path}: {answer.read()[:500]!r}")
        return answer

    def body(self, path: str) -> bytes:
        return self.ask(path).read()

    def timed(self, path: str) -> tuple[float, float]:
        """What an answer took: milliseconds, and milliseconds of the server's processor.

        It may be 503, from a server that cuts off what takes too long: until then it took as long all the same.
        """
        used, begun = cpu(self.server.pid), time.perf_counter()
        self.ask(path, (200, 503)).read()
        took = time.perf_counter() - begun
        return 1000 * took, 1000 * (cpu(self.server.pid) - used)


def pinned(command: Sequence[str], core: str) -> list[str]:
    """A command that runs on one core."""
    return ["taskset", "-c", core, *command]


def clean(**added: str) -> dict[str, str]:
    """The environment, without settings of ours that happen to be in it, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUMMIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), **added}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
