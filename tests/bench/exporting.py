"""Export: all statements at once, in rows a second, beside the `sqlite3` shell and Datasette's stream."""

import subprocess
from contextlib import ExitStack
from statistics import median
from time import monotonic
from typing import Any

from tests.bench import systems
from tests.bench.clocks import Peak, held
from tests.bench.plain import timed
from tests.bench.reads import Results
from tests.bench.servers import Asker, Server
from tests.bench.stock import Stock, tell
from tests.bench.systems import SYSTEMS

ROWS = "SELECT * FROM statements"
PART = 1 << 18  # bytes that are read at once
SLOW = 2  # rounds of what is an order of magnitude slower


def measure(stock: Stock, rounds: int) -> Results:
    """By what is exported, medians: rows a second, bytes, first byte, and memory above what is held at rest."""
    tell("export")
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ("ndjson", "csv", "sqlite3", "Datasette")}
    with ExitStack() as open_servers:
        ours = open_servers.enter_context(systems.ours(stock))
        plain = str(stock.plain)
        other = open_servers.enter_context(systems.datasette(stock)) if systems.is_here("datasette") else None
        ours.has_mapped()
        rest = held(ours.pid)
        for number in range(rounds + 1):
            for name in ("ndjson", "csv"):
                found[name].append(streamed(ours, SYSTEMS["ours"].address(name), stock.statements, rest))
            found["sqlite3"].append({"rate": stock.statements / timed(["sqlite3", "-csv", plain, ROWS])[0]})
            if other and number <= SLOW:
                address = SYSTEMS["Datasette page"].address("csv")
                found["Datasette"].append(streamed(other, address, stock.statements, held(other.pid)))
    found["sqlite3"][0]["bytes"] = len(subprocess.run(["sqlite3", "-csv", plain, ROWS], capture_output=True).stdout)
    return {"export": {name: summary(rows) for name, rows in found.items() if rows}}


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Medians of all rounds but the first, which warms up; what the first alone knows is taken from it."""
    return {**rows[0], **{name: median(row[name] for row in rows[1:]) for name in rows[1]}}


def streamed(server: Server, address: str, rows: int, rest: int) -> dict[str, float]:
    """One export over HTTP."""
    buffer = bytearray(PART)
    with Asker(server) as asker, Peak(server.pid) as peak:
        begun = monotonic()
        answer = asker.ask(address)
        size, lines = len(answer.read(1)), 0
        first = monotonic() - begun
        while some := answer.readinto(buffer):
            size += some
            lines += buffer.count(b"\n", 0, some)
        took = monotonic() - begun
    if lines < rows:
        raise AssertionError(f"{address} has {lines} lines of {rows} rows")
    return {"rate": rows / took, "bytes": size, "first": 1000 * first, "above": peak.bytes - rest}
