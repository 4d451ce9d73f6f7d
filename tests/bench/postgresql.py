"""PostgreSQL: ours and the tutorial application over one server, with the same statements."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psycopg

from tests.bench import plain, systems
from tests.bench.reads import Results, words_of
from tests.bench.rounds import Target, interleaved
from tests.bench.servers import SERVER
from tests.bench.stock import CACHE, Stock, tell
from tests.bench.systems import SYSTEMS
from tests.clusters import cluster


def measure(stock: Stock, rounds: int) -> Results:
    """By read and system, medians; the figure of the processor is the applications' alone, not the database's."""
    tell("PostgreSQL")
    found: Results = {}
    with on_its_core(stock.path("postgresql")) as address, ExitStack() as open_servers:
        url = filled(address, "plain", partial(fill_plain, stock.rows))
        sqlalchemy_url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        servers = {
            "ours": open_servers.enter_context(systems.ours(stock, url=filled(address, "ours", stock.load), kept=0)),
            "tutorial": open_servers.enter_context(systems.tutorial(stock, sqlalchemy_url)),
        }
        for read, words in words_of(stock).items():
            if read == "search":
                continue
            targets = []
            for name in ("ours", "tutorial", "tutorial, joined"):
                system = SYSTEMS[name]
                paths = stock.addresses(f"{read} {name}", [system.address(read, word) for word in words])
                targets.append(Target(name, servers[system.server], paths))
            found[f"{read}, first, PostgreSQL"] = interleaved(targets, rounds)
    return found


@contextmanager
def on_its_core(home: Path) -> Iterator[str]:
    """A server whose files are in a folder, on the core of what is measured; its address."""
    home.mkdir(exist_ok=True)
    for folder in (CACHE.parent, CACHE, home.parent):  # as root, it runs as a user of its own
        folder.chmod(0o755)
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(SERVER)})
    with cluster(home, CACHE.parent) as address:
        os.sched_setaffinity(0, ours)
        yield address


def filled(address: str, name: str, fill: Callable[[str], object]) -> str:
    """The address of a database of a name, made and filled where it is not there."""
    url, filling = (address.replace("/postgres?", f"/{one}?") for one in (name, f"{name}_new"))
    with psycopg.connect(address, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(f"DROP DATABASE IF EXISTS {name}_new")
            admin.execute(f"CREATE DATABASE {name}_new")
            fill(filling)
            admin.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return url


def fill_plain(rows: Path, url: str) -> None:
    """The plain database without its search index."""
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in plain.tables():
            cursor.execute(statement)
        for name in plain.TABLES:
            command = f"COPY {name} FROM STDIN (FORMAT csv)"
            with cursor.copy(command) as copy, (rows / f"{name}.csv").open("rb") as file:
                while part := file.read(1 << 20):
                    copy.write(part)
        for statement in (*plain.indexes(), "ANALYZE"):
            cursor.execute(statement)
