"""A quick look for CI: what common reads cost beside the floor, against what was written down."""

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.bench import systems, wrk
from tests.bench.reads import REPEATED, sizes, tagged, words_of
from tests.bench.rounds import Target, interleaved
from tests.bench.servers import Server
from tests.bench.stock import Stock, tell
from tests.bench.systems import SYSTEMS

RATIOS = Path(__file__).with_name("ratios.json")
WORKLOADS = ("item first", "item repeated", "item unchanged", "list first", "list repeated", "search first")
ANEW = "`make bench-ratios` writes it anew"
LOST = 1 / 3  # of its share of the floor: what a workload may not lose
ROUNDS = 5
Shares = dict[str, float]


def measure(stock: Stock) -> Shares:
    """By workload, ours as a share of the floor: the floor's time of the processor for an answer by ours."""
    asked = words_of(stock)
    with ExitStack() as open_servers:
        first = open_servers.enter_context(systems.ours(stock, kept=0))
        kept = open_servers.enter_context(systems.ours(stock))
        floor = open_servers.enter_context(systems.constants(stock, "floor", sizes(first, asked)))
        found = interleaved(workloads(stock, first, kept, floor, asked), ROUNDS)
    errors = {name: one["errors"] for name, one in found.items() if one["errors"]}
    if errors:
        raise RuntimeError(f"some answers were errors: {errors}")
    return {name: round(found[f"floor, {name.split()[0]}"]["cpu"] / found[name]["cpu"], 4) for name in WORKLOADS}


def workloads(stock: Stock, first: Server, kept: Server, floor: Server, asked: Mapping[str, list[str]]) -> list[Target]:
    ours, targets = SYSTEMS["ours"], []
    for name, words in asked.items():
        lines = [ours.address(name, word) for word in words]
        targets.append(Target(f"floor, {name}", floor, stock.addresses(f"quick {name} floor", [f"/{name}"])))
        targets.append(Target(f"{name} first", first, stock.addresses(f"quick {name}", lines)))
        if name != "search":
            again = stock.addresses(f"quick {name} repeated", lines[:REPEATED])
            targets.append(Target(f"{name} repeated", kept, again))
    unchanged = stock.addresses("quick unchanged", tagged(kept, asked["item"][:REPEATED]))
    return [*targets, Target("item unchanged", kept, unchanged)]


def lost(found: Mapping[str, float], committed: Mapping[str, float]) -> list[str]:
    """What lost more than a third of its share, in words; what is measured and was not written down is an error."""
    if found.keys() != committed.keys():
        raise ValueError(f"{RATIOS.name} is of other workloads: {ANEW}")
    return [
        f"{name}: {found[name]:.3f} of the floor, which was {share:.3f}"
        for name, share in committed.items()
        if found[name] < share * (1 - LOST)
    ]


def run(statements: int, commit: bool) -> int:
    """Measures, and compares or writes down what was found; measures once more before it fails. Returns the status."""
    if not wrk.is_here():
        return missing()
    stock = Stock(statements)
    found = measure(stock)
    if commit:
        RATIOS.write_text(json.dumps({"statements": statements, "shares": found}, indent=2) + "\n")
        return 0
    written = json.loads(RATIOS.read_text())
    if written["statements"] != statements:
        raise ValueError(f"{RATIOS.name} is of {written['statements']:,} statements: {ANEW}")
    slower = told(found, written["shares"])
    if slower:
        tell("measuring once more")
        slower = told(measure(stock), written["shares"])
    return 1 if slower else 0


def told(found: Shares, committed: Mapping[str, float]) -> list[str]:
    """Prints the shares beside those written down, and what was lost."""
    for name, share in found.items():
        print(f"{name:16} {share:6.3f} of the floor, written down: {committed.get(name, 0):6.3f}")
    slower = lost(found, committed)
    print("\n".join(f"lost more than a third: {line}" for line in slower) or "no workload lost more than a third")
    return slower


def missing() -> int:
    """Without wrk nothing is measured, which only a machine that is set up for it must not pass over."""
    if os.environ.get("CI"):
        print(wrk.MISSING)
        return 1
    print(f"skipped: {wrk.MISSING}")
    return 0
