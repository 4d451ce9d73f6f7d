"""The systems: what is measured, how each is started, and at which addresses each answers the same question."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.bench.servers import Server
from tests.bench.stock import CACHE, SUMMIT, Stock

OTHERS = CACHE / "venv" / "bin"  # where Datasette and roapi are
UVICORN = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--no-access-log", "--log-level", "warning"]
KEPT = 64_000_000  # bytes: the setting's default


@dataclass(frozen=True)
class System:
    """One way to ask a server; each address is a format of the word asked for, an id, a speaker or words."""

    name: str
    server: str  # which process answers
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_constant(self) -> bool:
        return self.addresses is CONSTANT

    def address(self, asked: str, word: object = "") -> str:
        return self.addresses[asked].format(quote(str(word)))


CONSTANT = {name: f"/{name}" for name in ("item", "list", "search")}
OURS = {
    "item": "/statements/{}",
    "list": "/statements?speaker={}&limit=50",
    "search": "/statements?q={}&limit=20",
    "ndjson": "/statements?format=ndjson",
    "csv": "/statements?format=csv",
}
TUTORIAL = {"item": "/statements/{}", "list": "/statements?speaker={}", "deep": "/statements?offset={}"}
FAST = "&_shape=objects&_nocount=1&_nofacet=1&_nosuggest=1"  # what of Datasette's pages is not the rows
ROAPI = "/api/tables/whole?"
SYSTEMS = {
    system.name: system
    for system in (
        System("ours", "ours", OURS),
        System("floor", "floor", CONSTANT),
        System("FastAPI constant", "constant", CONSTANT),
        System("tutorial", "tutorial", {**TUTORIAL, "search": "/search?q={}"}),
        System("tutorial, joined", "tutorial", {name: f"/joined{path}" for name, path in TUTORIAL.items()}),
        System(
            "Datasette page",
            "datasette",
            {
                "item": "/plain/statements/{}.json?_shape=objects",
                "list": f"/plain/statements.json?speaker_id={{}}&_sort_desc=date&_size=50{FAST}",
                "csv": "/plain/statements.csv?_stream=on",
            },
        ),
        System(
            "Datasette SQL",
            "datasette",
            {
                "item": "/plain/item.json?_shape=array&id={}",
                "list": "/plain/list.json?_shape=array&speaker={}",
                "search": "/plain/search.json?_shape=array&q={}",
                "deep": "/plain/deep.json?_shape=array&offset={}",
            },
        ),
        System(
            "roapi",
            "roapi",
            {
                "item": ROAPI + "filter[id]=%27{}%27",
                "list": ROAPI + "filter[speaker_id]=%27{}%27&sort=-date,id&limit=50",
                "deep": ROAPI + "sort=-date,id&limit=50&offset={}",
            },
        ),
    )
}


def ours(stock: Stock, database: Path | None = None, kept: int = KEPT, **more: str) -> Server:
    """Ours over a SQLite file, the stock's by default, with so many bytes of answers kept."""
    url = more.pop("url", f"sqlite:///{database or stock.ours}")
    command = [*SUMMIT, "serve", "--port", "{port}", "--database-url", url, "--kept-max", str(kept)]
    return Server(command, "/topics/topic-0", stock.log, **more)


def constants(stock: Stock, name: str, sizes: Mapping[str, int]) -> Server:
    """The floor, or the constant FastAPI application: by path, answers of so many bytes."""
    return under_uvicorn(stock, name, "/item", BENCH_SIZES=json.dumps({f"/{one}": size for one, size in sizes.items()}))


def under_uvicorn(stock: Stock, name: str, ready: str, **environment: str) -> Server:
    """One of the applications beside ours, under the server that ours runs on."""
    command = [sys.executable, *UVICORN, f"tests.bench.rivals.{name}:app"]
    return Server(command, ready, stock.log, **environment)


def tutorial(stock: Stock, url: str | None = None) -> Server:
    return under_uvicorn(stock, "tutorial", "/statements/said-0", BENCH_URL=url or f"sqlite:///{stock.plain}")


def datasette(stock: Stock) -> Server:
    command = [str(OTHERS / "python"), *UVICORN, "--factory", "tests.bench.rivals.datasettes:app"]
    return Server(command, "/plain/topics/topic-0.json", stock.log, BENCH_PLAIN=str(stock.plain))


def roapi(stock: Stock) -> Server:
    command = [str(OTHERS / "roapi"), "--addr-http", "127.0.0.1:{port}", "--table", f"whole={stock.whole}"]
    return Server(command, f"{ROAPI}limit=1", stock.log)


def is_here(server: str) -> bool:
    """Whether a server can be started: what is beside ours is in an environment of its own."""
    return server not in ("datasette", "roapi") or (OTHERS / server).exists()
