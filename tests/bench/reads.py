"""Reads: one statement, fifty of a speaker, a search for a word; for the first time, repeated, and unchanged (304)."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import mean
from typing import Any

from tests.bench import systems
from tests.bench.rounds import Target, interleaved
from tests.bench.servers import Asker, Server
from tests.bench.stock import FULL, Stock, tell
from tests.bench.systems import SYSTEMS

SEARCH_SECONDS = 3
FOUND = 20
REPEATED = 40  # addresses that are asked for again and again
SAMPLE = 60  # answers whose size is the floor's
Results = dict[str, dict[str, Any]]


def words_of(stock: Stock) -> dict[str, list[str]]:
    """What is asked for by each kind of read: ids, speakers, words."""
    return {"item": stock.ids, "list": stock.speakers, "search": stock.rare_words}


def sizes(server: Server, asked: Mapping[str, list[str]]) -> dict[str, int]:
    """How large our answers are on average, in bytes."""
    ours = SYSTEMS["ours"]
    with Asker(server) as asker:
        return {
            name: round(mean(len(asker.body(ours.address(name, word))) for word in words[:SAMPLE]))
            for name, words in asked.items()
        }


def proved(server: Server, name: str, address: str) -> int:
    """Asks once, and holds the answer to what was asked for: so many statements. Returns its bytes."""
    with Asker(server) as asker:
        body = asker.body(address)
    found = len(set(re.findall(rb'"id": ?"(said-\d+)"', body)))
    least, most = {"item": (1, 1), "list": (FULL, FULL), "search": (1, FOUND)}[name]
    if not least <= found <= most:
        raise AssertionError(f"{address} answers with {found} statements: {body[:500]!r}")
    return len(body)


def measure(stock: Stock, rounds: int) -> Results:
    """By workload and system, medians; beside them the bytes of an answer."""
    asked = words_of(stock)
    with ExitStack() as open_servers:
        kept = open_servers.enter_context(systems.ours(stock))
        servers = {"ours": open_servers.enter_context(systems.ours(stock, kept=0))}
        size = sizes(servers["ours"], asked)
        for name, server in beside(stock, size).items():
            tell("starting", name)
            servers[name] = open_servers.enter_context(server)
        for server in (kept, *servers.values()):
            server.has_mapped()
        found = {f"{name}, first": first(stock, servers, name, words, size, rounds) for name, words in asked.items()}
        return found | repeated(stock, kept, servers["floor"], asked, rounds)


def beside(stock: Stock, size: Mapping[str, int]) -> dict[str, Server]:
    """The servers beside ours, not yet started."""
    made = {
        "floor": systems.constants(stock, "floor", size),
        "constant": systems.constants(stock, "constant", size),
        "tutorial": systems.tutorial(stock),
        "datasette": systems.datasette(stock),
        "roapi": systems.roapi(stock),
    }
    return {name: server for name, server in made.items() if systems.is_here(name)}


def first(
    stock: Stock, servers: Mapping[str, Server], name: str, words: list[str], size: Mapping[str, int], rounds: int
) -> dict[str, Any]:
    """A read of every system that has it, nothing kept by ours and each word asked for in turn."""
    tell(f"{name}, for the first time")
    targets, bytes_of = [], {}
    for system in SYSTEMS.values():
        if name not in system.addresses or system.server not in servers:
            continue
        server = servers[system.server]
        lines = [system.address(name, word) for word in words]
        bytes_of[system.name] = size[name] if system.is_constant else proved(server, name, lines[0])
        paths = stock.addresses(f"{name} {system.name}", lines)
        targets.append(Target(system.name, server, paths, SEARCH_SECONDS if name == "search" else 1))
    return {one: {**summary, "bytes": bytes_of[one]} for one, summary in interleaved(targets, rounds).items()}


def repeated(stock: Stock, kept: Server, floor: Server, asked: Mapping[str, list[str]], rounds: int) -> Results:
    """Our answers that are kept, and those that have not changed, beside the floor."""
    tell("repeated reads")
    ours, found = SYSTEMS["ours"], {}
    for name, words in asked.items():
        again = stock.addresses(f"{name} repeated", [ours.address(name, word) for word in words[:REPEATED]])
        paths = {"ours": (kept, again), "floor": (floor, stock.addresses(f"{name} floor", [f"/{name}"]))}
        if name == "item":
            paths["ours, 304"] = kept, stock.addresses("unchanged", tagged(kept, words[:REPEATED]))
        targets = [Target(one, server, file) for one, (server, file) in paths.items()]
        found[f"{name}, repeated"] = interleaved(targets, rounds)
    return found


def tagged(server: Server, ids: list[str]) -> list[str]:
    """Addresses of statements, each with the tag of its answer."""
    ours, lines = SYSTEMS["ours"], []
    with Asker(server) as asker:
        for id in ids:
            address = ours.address("item", id)
            answer = asker.ask(address)
            lines.append(f"{address}\t{answer.headers['ETag']}")
            answer.read()
    return lines
