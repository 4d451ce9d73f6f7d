"""Load: the same statements into ours and into the plain database; and how ours is read meanwhile."""

import subprocess
from statistics import median
from typing import Any

from tests.bench import plain, systems, wrk
from tests.bench.reads import Results
from tests.bench.servers import LOAD, clean, pinned
from tests.bench.stock import SUMMIT, Stock, new, tell
from tests.bench.systems import SYSTEMS

LOADS = 2  # rounds: a load of a million is long enough to even itself out
PARTS = {"all tables": tuple(plain.TABLES), "statements alone": ("statements",)}


def measure(stock: Stock, _rounds: int) -> Results:
    """By way of loading: statements a second, and the most memory in bytes."""
    tell("load")
    folder = stock.rows
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in ("ours", *PARTS)}
    for _ in range(LOADS):
        database = new(stock.path("load.db"))
        found["ours"].append(stock.load(f"sqlite:///{database}"))
        for name, only in PARTS.items():
            found[name].append(plain.build(folder, new(database), only))
        new(database)
    loaded = {
        name: {"rate": stock.statements / median(took for took, _ in loads), "memory": max(held for _, held in loads)}
        for name, loads in found.items()
    }
    return {"load": loaded, "read while loading": meanwhile(stock)}


def meanwhile(stock: Stock) -> dict[str, Any]:
    """The slowest hundredth of reads of a small database, while it is quiet and while all else is loaded into it."""
    database = new(stock.path("meanwhile.db"))
    environment = clean(SUMMIT_DATABASE_URL=f"sqlite:///{database}")
    some = [str(stock.bundles / name) for name in ("register.json", "report-0.json")]
    plain.timed([*SUMMIT, "migrate"], environment=environment)
    plain.timed([*SUMMIT, "load", *some], environment=environment)
    lines = [SYSTEMS["ours"].address("item", f"said-{n}") for n in range(min(1_000, stock.statements))]
    paths = stock.addresses("meanwhile", lines)
    with systems.ours(stock, database=database, kept=0) as server:
        wrk.run(server, paths, 1)
        quiet = [wrk.run(server, paths, 1, 137 * n) for n in range(10)]
        tell("reads while it loads")
        busy: list[wrk.Slice] = []
        # Niced, so that the clients, who share its core, are not what is slow.
        command = ["nice", "-n", "19", *pinned([*SUMMIT, "load", str(stock.bundles)], LOAD)]
        with (
            stock.log.open("ab") as log,
            subprocess.Popen(command, env=environment, stdout=log, stderr=log) as loader,
        ):
            while loader.poll() is None:
                busy.append(wrk.run(server, paths, 1, 137 * len(busy)))
        busy += [wrk.run(server, paths, 1) for _ in range(2)]  # of the new edition
    new(database)
    return {
        "quiet": median(one.p99 for one in quiet),
        "busy": median(one.p99 for one in busy),
        "worst": max(one.p99 for one in busy),
        "seconds": len(busy),
        "errors": sum(one.errors for one in (*quiet, *busy)) + (loader.returncode != 0),
    }
