"""Serving: a real process that starts from nothing, keeps what it has, and answers what has arrived before it stops."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from app.cli import main
from app.facts import KINDS
from app.serving import QUIET
from app.store.db import Database
from app.store.finding import Finder
from tests.conftest import SEED
from tests.served import GRACE, Start, everything
from tests.world import world_bundles

REQUEST = b"GET /statements?limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n"
SEEDED = 1 + sum(len(json.loads(SEED.read_bytes()).get(kind, [])) for kind in KINDS)


def test_it_starts_from_nothing_and_keeps_what_it_has(start: Start, tmp_path: Path) -> None:
    served = start().ready()
    root = served.json("/")
    assert sum(root["facts"].values()) == SEEDED
    assert served.json("/health/ready") == {"status": "ready", "edition": 1}
    assert served.json("/people?limit=1")["items"]
    assert served.stopped() < GRACE
    url = f"sqlite:///{tmp_path}/summit.db"
    for name, content in world_bundles():
        (tmp_path / name).write_bytes(content)
    assert main(["load", str(tmp_path), "--database-url", url]) == 0
    again = start().ready()
    assert again.facts > SEEDED
    assert again.json("/health/ready")["edition"] == 2
    assert again.stopped() < GRACE


def test_a_taken_port_is_an_error_that_says_so(start: Start, held: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = start("--database-url", held, "--port", str(taken.getsockname()[1]))
        out, err = second.process.communicate(timeout=30)
    assert (second.process.returncode, out) == (1, "")
    assert err.startswith("summit: ")
    assert "in use" in err


def asking(address: str, kept: bool, begin: Barrier) -> tuple[int, list[float]]:
    """Asks one question after the other, on a connection that is kept or on new ones, until it is told to stop.

    Returns how many were answered, and when a request was sent that was not, though there was a connection.
    """
    answered = 0
    with contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as client:
        client.connect()
        begin.wait()
        while True:
            sent = time.monotonic()
            try:
                client.request("GET", "/statements?limit=5")
                answer = client.getresponse()
                answered += answer.status == 200 and len(json.loads(answer.read())["items"]) == 5
                if answered == 1:
                    begin.wait()
            except ConnectionRefusedError:
                return answered, []
            except (OSError, http.client.HTTPException):
                return answered, [sent]
            if kept and answer.getheader("connection") == "close":
                return answered, []
            if not kept:
                client.close()


@pytest.mark.parametrize(("number", "kept"), [(signal.SIGTERM, True), (signal.SIGTERM, False), (signal.SIGINT, True)])
def test_no_request_of_busy_clients_is_lost(number: int, kept: bool, start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    begin = Barrier(21, timeout=30)
    with ThreadPoolExecutor(20) as pool:
        clients = [pool.submit(asking, f"http://127.0.0.1:{served.port}", kept, begin) for _ in range(20)]
        begin.wait()
        begin.wait()  # each has an answer, however busy the machine is
        time.sleep(0.3)
        told_to = time.monotonic()
        took = served.stopped(number)
        told = [client.result() for client in clients]
    assert took < GRACE
    assert all(answered for answered, _ in told)
    lost = [sent - told_to for _, requests in told for sent in requests]
    assert not [after for after in lost if after < (QUIET if kept else 0)]
    assert kept or len(lost) <= 2, "who connects just as the door closes may be turned away, and nobody else"


def test_what_arrived_before_the_signal_is_answered(start: Start, held: str) -> None:
    """The process is held while requests arrive, on a connection in use and on ones not let in yet; then it stops."""
    served = start("--database-url", held).ready()
    with contextlib.ExitStack() as opened:
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=10))]
        clients[0].sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert everything(clients[0], b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        os.kill(served.process.pid, signal.SIGSTOP)
        address = ("127.0.0.1", served.port)
        clients += [opened.enter_context(socket.create_connection(address, timeout=10)) for _ in range(8)]
        for client in clients:
            client.sendall(REQUEST)
        served.process.send_signal(signal.SIGTERM)
        os.kill(served.process.pid, signal.SIGCONT)
        answers = [everything(client, None) for client in clients]
    assert served.stopped() < GRACE
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert len(json.loads(body)["items"]) == 5


def test_silent_connections_and_halves_of_requests_do_not_hold_it_up(start: Start, held: str) -> None:
    served = start("--database-url", held).ready()
    with contextlib.ExitStack() as opened:
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", served.port))) for _ in range(4)]
        clients[0].sendall(b"GET /state")
        clients[1].sendall(REQUEST[:-2])
        assert served.stopped() < GRACE


def test_a_stop_while_it_makes_and_fills_its_database_leaves_all_or_nothing(start: Start, tmp_path: Path) -> None:
    for seconds in (0.2, 0.1, 0.0, 0.05):
        for left in tmp_path.glob("summit.db*"):
            left.unlink()
        process = start().process
        while not (tmp_path / "summit.db").exists():
            time.sleep(0.01)
        time.sleep(seconds)
        process.terminate()
        told = process.communicate(timeout=30)
        assert (process.returncode, told[1]) == (0, "")
    begun = start().ready()
    assert begun.facts == SEEDED
    assert begun.stopped() < GRACE
    database = Database(f"sqlite:///{tmp_path}/summit.db")
    assert Finder(database).latest().edition == 1
    database.close()
