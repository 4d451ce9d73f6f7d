"""Datasette over the plain database, with its pages and with queries written by hand, under the same server as ours."""

import os
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from tests.bench.rivals import queries

SETTINGS = {"max_returned_rows": 1000, "sql_time_limit_ms": 60_000, "max_csv_mb": 0, "suggest_facets": False}


def app() -> Any:
    """The application; the database is declared immutable, with which Datasette is fastest."""
    written = {name: {"sql": getattr(queries, name.upper())} for name in ("item", "list", "search", "deep")}
    plain = Path(os.environ["BENCH_PLAIN"])
    made = Datasette(
        [], immutables=[str(plain)], settings=SETTINGS, metadata={"databases": {"plain": {"queries": written}}}
    )
    return made.app()
