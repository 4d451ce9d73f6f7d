"""Growth: the same reads of a small database and of the whole stock, side by side."""

from contextlib import ExitStack

from tests.bench import systems
from tests.bench.reads import REPEATED, Results, sizes
from tests.bench.rounds import Target, interleaved
from tests.bench.servers import Server
from tests.bench.stock import Stock, tell
from tests.bench.systems import SYSTEMS

SMALL = 1_000  # statements


def measure(stock: Stock, rounds: int) -> Results:
    """By read, at both sizes: ours, and the floor with answers as large as ours are at that size."""
    tell("growth")
    small = Stock(SMALL)
    found: Results = {}
    for kept, when in ((0, "first"), (systems.KEPT, "repeated")):
        with ExitStack() as open_servers:
            sides = []
            for name, one in (("small", small), ("large", stock)):
                server = open_servers.enter_context(systems.ours(one, kept=kept))
                server.has_mapped()
                size = sizes(server, asked(one, kept))
                floor = open_servers.enter_context(systems.constants(one, "floor", size))
                sides.append((name, one, server, floor))
            for read in ("item", "list"):
                targets = [target for side in sides for target in pair(read, kept, *side)]
                found[f"{read}, {when}, by size"] = interleaved(targets, rounds)
    return found


def asked(stock: Stock, kept: int) -> dict[str, list[str]]:
    """Ids, and speakers with a full page; few of them where repeated reads are meant."""
    found = {"item": stock.ids, "list": stock.speakers}
    return {name: words[:REPEATED] for name, words in found.items()} if kept else found


def pair(read: str, kept: int, name: str, stock: Stock, server: Server, floor: Server) -> list[Target]:
    ours = SYSTEMS["ours"]
    lines = [ours.address(read, word) for word in asked(stock, kept)[read]]
    return [
        Target(f"ours, {name}", server, stock.addresses(f"{read} {name} {kept}", lines)),
        Target(f"floor, {name}", floor, stock.addresses(f"{read} {name} floor", [f"/{read}"])),
    ]
