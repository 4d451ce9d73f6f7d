"""The migrations make what the models say, up and down, whoever else is at it, and lose nothing."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.files import shipped
from app.store.db import Database
from app.store.finding import Finder
from app.store.indexes import METADATA
from app.store.loading import load
from app.store.migrating import HEAD, is_current, migrate
from tests.catalogues import columns, indexes
from tests.conftest import drafts

# Brings a database up to date, and dies as `kill -9` would when it has made so many tables and indexes.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from app.store.db import Database
from app.store.migrating import migrate

made = 0

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *rest):
    global made
    made += statement.lstrip().startswith("CREATE")
    if made == 60:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(Database(sys.argv[1]))
"""


@pytest.fixture
def bare(empty: Callable[[], str]) -> Database:
    """A database that nothing was ever done with."""
    database = Database(empty())
    if database.is_sqlite:
        Path(str(database.url.database)).unlink()
    else:
        with database.engine.begin() as connection:
            METADATA.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version, search"))
    return database


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_the_migrations_make_the_columns_and_indexes_of_the_models(fresh: Database, bare: Database) -> None:
    """But for the index of words, which is of another form on each engine and has no model."""
    METADATA.create_all(bare.engine)
    assert {one for one in columns(fresh) if not one.table.startswith("search")} == columns(bare)
    assert {one for one in indexes(fresh) if not one[0].startswith("search")} == indexes(bare)
    assert len(indexes(fresh)) > 100
    bare.close()


def test_alembic_finds_no_difference_either(fresh: Database) -> None:
    def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and str(name).startswith("search"))

    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_modelled})
        assert compare_metadata(context, METADATA) == []


def test_a_fact_is_current_once_and_text_is_ordered_by_code_points(fresh: Database) -> None:
    facts = {column.table for column in columns(fresh) if column.name == "since_edition"} - {
        "bundles",
        "corroborations",
        "first_pages",
    }
    once = {table for table, index in indexes(fresh) if "UNIQUE" in index and "until_edition = 2147483647" in index}
    assert once == facts
    if not fresh.is_sqlite:
        collations = {column.collation for column in columns(fresh) if column.type == "character varying"}
        assert collations == {"C"}


def test_the_newest_revision_is_the_one_that_is_written_down() -> None:
    assert ScriptDirectory(str(shipped("migrations"))).get_current_head() == HEAD


def test_down_drops_everything_and_up_makes_it_again(fresh: Database) -> None:
    before = columns(fresh), indexes(fresh)
    assert load(fresh, drafts()).edition == 1
    migrate(fresh, "base")
    assert (columns(fresh), indexes(fresh)) == (set(), set())
    assert not is_current(fresh)
    migrate(fresh)
    assert (columns(fresh), indexes(fresh)) == before
    assert is_current(fresh)
    assert load(fresh, drafts()).edition == 1


def test_a_second_time_changes_nothing(fresh: Database) -> None:
    load(fresh, drafts())
    held = Finder(fresh).counts(1)
    before = columns(fresh), indexes(fresh)
    migrate(fresh)
    migrate(fresh, HEAD)
    assert (columns(fresh), indexes(fresh)) == before
    assert Finder(fresh).counts(1) == held


def test_four_processes_at_once_make_one_schema(fresh: Database, bare: Database) -> None:
    command = [sys.executable, "-m", "app", "migrate", "--database-url", url_of(bare)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], told
    assert (columns(bare), indexes(bare)) == (columns(fresh), indexes(fresh))
    bare.close()


def test_a_schema_that_is_current_is_known_while_another_writes(bare: Database) -> None:
    migrate(bare)
    other = Database(bare.url.render_as_string(hide_password=False))
    with bare.write():
        begun = time.monotonic()
        migrate(other)
        assert is_current(other)
        assert time.monotonic() - begun < 5
    other.close()


def test_one_that_is_killed_halfway_leaves_nothing_and_the_next_completes(fresh: Database, bare: Database) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, url_of(bare)], capture_output=True, timeout=60)
    assert killed.returncode == -9, killed.stderr
    assert columns(bare) == set()
    migrate(bare)
    assert (columns(bare), indexes(bare)) == (columns(fresh), indexes(fresh))
    bare.close()


def test_a_migration_is_history_and_imports_nothing_of_ours() -> None:
    versions = Path(__file__).parents[1] / "migrations" / "versions"
    texts = [path.read_text() for path in versions.glob("*.py")]
    assert texts
    assert not any("import app" in text or "from app" in text for text in texts)
