"""Start: seconds until the first answer, and what is held in memory then and after many answers are kept."""

from collections.abc import Callable
from statistics import median
from time import sleep
from typing import Any

from tests.bench import systems, wrk
from tests.bench.clocks import held
from tests.bench.growing import SMALL
from tests.bench.reads import Results
from tests.bench.servers import Server
from tests.bench.stock import Stock, tell
from tests.bench.systems import SYSTEMS

STARTS = 2  # of each, in every round
REST = 1  # seconds


def measure(stock: Stock, rounds: int) -> Results:
    """By application, medians: seconds until the first answer, bytes at rest."""
    tell("start")
    small = Stock(SMALL)
    makers: dict[str, Callable[[], Server]] = {
        "ours": lambda: systems.ours(stock),
        "ours, small": lambda: systems.ours(small),
        "smallest": lambda: systems.under_uvicorn(stock, "smallest", "/"),
        "FastAPI constant": lambda: systems.constants(stock, "constant", {"item": 1000}),
        "tutorial": lambda: systems.tutorial(stock),
        "datasette": lambda: systems.datasette(stock),
        "roapi": lambda: systems.roapi(stock),
    }
    makers = {name: make for name, make in makers.items() if systems.is_here(name)}
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in makers}
    for number in range(STARTS * rounds + 1):
        for name, make in makers.items() if number % 2 else reversed(makers.items()):
            if name != "roapi" or number <= STARTS:  # it reads all rows, which takes a while
                found[name].append(started(make()))
    return {"start": {name: summary(starts[1:]) for name, starts in found.items()}, "kept": kept(stock)}


def started(server: Server) -> tuple[float, int]:
    with server:
        sleep(REST)
        return server.started, held(server.pid)


def summary(starts: list[tuple[float, int]]) -> dict[str, float]:
    return {"seconds": median(took for took, _ in starts), "rest": median(bytes_held for _, bytes_held in starts)}


def kept(stock: Stock) -> dict[str, Any]:
    """What keeping answers adds to memory, after more was asked than is kept: with the default and without keeping."""
    tell("what is kept")
    lines = [SYSTEMS["ours"].address("item", id) for id in stock.ids]
    lines += [SYSTEMS["ours"].address("list", speaker) for speaker in stock.speakers]
    paths = stock.addresses("kept", lines)
    found = {}
    for size in (systems.KEPT, 0):
        with systems.ours(stock, kept=size) as server:
            asked = 0
            while asked < len(lines):
                asked += wrk.run(server, paths, 5, asked).answered
            found[size] = held(server.pid)
    return {"setting": systems.KEPT, "added": found[systems.KEPT] - found[0]}
