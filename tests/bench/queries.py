"""Queries that could take long, one at a time: what words cost, how often they may be, and a page far into the list."""

import json
import random
import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from statistics import median
from typing import Any
from urllib.parse import quote

from tests.bench import systems
from tests.bench.reads import Results
from tests.bench.servers import Asker, Server
from tests.bench.stock import FULL, Stock, tell
from tests.bench.systems import SYSTEMS

EACH = 200  # queries of each number of words
FREQUENT = 3  # rank of the word that some 60 % of the statements have
OFTEN, SELDOM = 40, 5  # how often what is quick and what is slow is asked


def measure(stock: Stock, rounds: int) -> Results:
    with ExitStack() as open_servers:
        ours = open_servers.enter_context(systems.ours(stock, kept=0))
        tutorial = open_servers.enter_context(systems.tutorial(stock))
        beside = {name: open_servers.enter_context(server) for name, server in others(stock).items()}
        ours.has_mapped()
        return {
            "words": words(stock, ours),
            "frequent word": frequent(stock, ours, tutorial),
            "deep": deep(stock, ours, {"tutorial": tutorial, **beside}, rounds),
        }


def others(stock: Stock) -> dict[str, Server]:
    made = {"datasette": systems.datasette, "roapi": systems.roapi}
    return {name: make(stock) for name, make in made.items() if systems.is_here(name)}


def words(stock: Stock, ours: Server) -> dict[str, Any]:
    """What one, two and four words cost of the processor, in milliseconds."""
    tell("searches of one, two and four words")
    found = {}
    with Asker(ours) as asker:
        for first in (stock.words[-1], " ".join(stock.words[-2:])):  # do not count: they make the statements
            asker.body(SYSTEMS["ours"].address("search", first))
        for count in (1, 2, 4):
            asked = [SYSTEMS["ours"].address("search", query) for query in drawn(stock.words, count)]
            found[str(count)] = told(asker.timed(address)[1] for address in asked)
    return found


def drawn(vocabulary: list[str], count: int) -> list[str]:
    """Queries of so many words, from those that most statements have to rare ones: ranks are even on a logarithm."""
    chance = random.Random(count)
    ranks = [[int(2_400 ** chance.random()) - 1 for _ in range(count)] for _ in range(EACH)]
    ranks[:3] = [list(range(first, first + count)) for first in range(3)]
    return [" ".join(vocabulary[rank] for rank in one) for one in ranks]


def told(milliseconds: Iterable[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {"median": median(ordered), "99 %": ordered[int(0.99 * (len(ordered) - 1))], "most": ordered[-1]}


def frequent(stock: Stock, ours: Server, tutorial: Server) -> dict[str, Any]:
    """A word that most statements have: ours beside plain bm25, in milliseconds of the processor."""
    tell("a frequent word")
    word = stock.words[FREQUENT - 1]
    with sqlite3.connect(stock.plain) as plain:
        [[count]] = plain.execute("SELECT count(*) FROM statements_fts WHERE statements_fts MATCH ?", [word])
    with Asker(ours) as one, Asker(tutorial) as other:
        return {
            "word": word,
            "share": count / stock.statements,
            "ours": costs(one, [SYSTEMS["ours"].address("search", word)], OFTEN),
            "bm25": costs(other, [SYSTEMS["tutorial"].address("search", word)], SELDOM),
        }


def costs(asker: Asker, addresses: list[str], times: int) -> dict[str, float]:
    """Medians of what answers take, in milliseconds, after one that does not count."""
    asker.body(addresses[0])
    found = [asker.timed(addresses[n % len(addresses)]) for n in range(times)]
    return {"took": median(took for took, _ in found), "cpu": median(used for _, used in found)}


def deep(stock: Stock, ours: Server, beside: dict[str, Server], rounds: int) -> dict[str, Any]:
    """The first page of all statements and pages far into them; beside it what others take for those at that offset."""
    tell("a page far into the list")
    first = f"/statements?limit={FULL}"
    with Asker(ours) as asker:
        offset, cursors = far(asker, stock.statements)
        far_off = [f"{first}&cursor={quote(cursor)}" for cursor in cursors]
        turns = [(costs(asker, [first], OFTEN), costs(asker, far_off, OFTEN)) for _ in range(rounds)]
    found: dict[str, Any] = {"offset": offset}
    for n, name in enumerate(("first", "far")):
        found[name] = {key: median(turn[n][key] for turn in turns) for key in ("took", "cpu")}
    for system in SYSTEMS.values():
        if "deep" in system.addresses and system.server in beside:
            with Asker(beside[system.server]) as asker:
                found[system.name] = costs(asker, [system.address("deep", offset)], SELDOM)
    return found


def far(asker: Asker, statements: int) -> tuple[int, list[str]]:
    """Walks nearly all of the list, untimed; how far, and the last ten cursors."""
    walked, cursors, address = 0, [""], "/statements?limit=1000&fields=id"
    while walked < statements - 1_500:
        answer = json.loads(asker.body(address))
        walked += len(answer["items"])
        address = answer["next"]
        cursors.append(address.partition("&cursor=")[2])
    return walked, [cursor for cursor in cursors if cursor][-10:]
