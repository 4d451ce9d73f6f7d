"""Filling: a large load: of SQLite the first without a log where nobody has it open, of PostgreSQL with statistics."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.faults import BundleError
from app.store import grouping, loading
from app.store.db import Database, OutOfReach
from app.store.finding import Finder
from app.store.loading import load
from app.store.sqlite import sqlite3
from tests.conftest import Maker
from tests.crowd import report, speaker, talk
from tests.loads import bodies, draft, taken, written

TALKS, STATEMENTS = 6, 290
ROUNDS = [pytest.param(2, id="some"), pytest.param(60, id="many", marks=pytest.mark.slow)]


@pytest.fixture
def url(sqlite_maker: Maker) -> str:
    """The URL of an empty database of SQLite."""
    return sqlite_maker()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.close()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any load is a large one, and its bundles are taken one by one."""
    monkeypatch.setattr(loading, "LARGE", 0)
    monkeypatch.setattr(grouping, "GROUP", 1)


def file_of(database: Database) -> Path:
    return Path(database.url.database or "")


def mode_of(database: Database) -> str:
    with sqlite3.connect(file_of(database)) as connection:
        found: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return found


def beside(database: Database, suffix: str) -> bool:
    path = file_of(database)
    return path.with_name(path.name + suffix).exists()


@pytest.mark.usefixtures("large")
def test_it_writes_where_pages_belong_and_has_a_log_again_afterwards(database: Database, tmp_path: Path) -> None:
    seen: list[bool] = []
    paths = written(tmp_path, speaker(), talk(1, 3), talk(2, 3))
    taken(database, paths, told=lambda *_: seen.append(beside(database, "-journal") and not beside(database, "-wal")))
    assert seen == [True, True, True]
    assert mode_of(database) == "wal"
    seen.clear()
    taken(database, written(tmp_path, talk(3, 3)), told=lambda *_: seen.append(beside(database, "-wal")))
    assert seen == [True]  # it was no empty database any more
    assert Finder(database).latest().edition == 2


@pytest.mark.usefixtures("large")
def test_who_has_the_file_open_reads_on(url: str, database: Database, tmp_path: Path) -> None:
    reader, editions = Database(url), []
    finder = Finder(reader)
    assert finder.latest().edition == 0
    paths = written(tmp_path, speaker(), talk(1, 3))
    taken(database, paths, told=lambda *_: editions.append(finder.latest().edition))
    assert editions == [0, 0]
    assert finder.latest().edition == 1
    assert mode_of(database) == "wal"
    reader.close()


@pytest.mark.usefixtures("large")
def test_who_comes_meanwhile_is_told_at_once(url: str, database: Database, tmp_path: Path) -> None:
    reader = Database(url)
    held, took = Finder(reader).held(1), []
    assert held is not None

    def told(*_: int) -> None:
        begun = time.monotonic()
        with pytest.raises(OutOfReach):
            held.latest()
        took.append(time.monotonic() - begun)

    taken(database, written(tmp_path, speaker(), talk(1, 3)), told=told)
    assert len(took) == 2 and max(took) < 1
    assert held.latest().edition == 1
    reader.close()


@pytest.mark.usefixtures("large")
def test_one_with_a_fault_leaves_the_database_empty(database: Database, tmp_path: Path) -> None:
    size = file_of(database).stat().st_size
    wrong = report("wrong", ["Wrong"], topics=[{"id": "x", "name": "X", "label": "X", "broader": "topics/nowhere"}])
    paths = written(tmp_path, speaker(), talk(1, 2_000), wrong)
    with pytest.raises(BundleError):
        taken(database, paths)
    assert bodies(database, 1) == {}
    assert not beside(database, "-journal")
    assert file_of(database).stat().st_size <= size + 100_000
    assert taken(database, paths[:2]).edition == 1
    assert mode_of(database) == "wal"


def whole(url: str) -> int:
    """The edition, after showing that the database holds all of it and nothing else."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        edition = Finder(database).latest().edition
        said = [fact for fact in bodies(database, 1) if fact.startswith("statements/")]
        assert len(said) == (TALKS * STATEMENTS if edition else 0)
        return edition
    finally:
        database.close()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_killed_at_any_moment_it_leaves_all_or_nothing(sqlite_maker: Maker, tmp_path: Path, rounds: int) -> None:
    talks = [talk(n, STATEMENTS) for n in range(TALKS)]
    for one in (one for raw in talks for one in raw["statements"]):
        one["paraphrase"] += " It was so." * 170
    paths = written(tmp_path, speaker(), *talks)
    assert sum(path.stat().st_size for path in paths) > loading.LARGE

    def begin(url: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app", "load", "--database-url", url, *map(str, paths)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    begun, chance, url = time.perf_counter(), random.Random(3), sqlite_maker()
    assert "edition 1" in begin(url).communicate()[0]
    takes = time.perf_counter() - begun
    assert whole(url) == 1
    killed, url = 0, sqlite_maker()
    for _ in range(rounds):
        process = begin(url)
        time.sleep(chance.uniform(takes * 0.2, takes * 1.05))
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if whole(url):
            url = sqlite_maker()
        else:
            assert "edition" not in told
    assert killed
    assert "edition 1" in begin(url).communicate()[0]
    assert whole(url) == 1


@pytest.mark.usefixtures("large")
def test_nobody_else_writes_meanwhile(url: str, database: Database, tmp_path: Path) -> None:
    other = Database(url)

    def told(*_: int) -> None:
        with sqlite3.connect(file_of(other), timeout=0) as connection, pytest.raises(sqlite3.OperationalError):
            connection.execute("BEGIN IMMEDIATE")

    taken(database, written(tmp_path, speaker(), talk(1, 3)), told=told)
    assert load(other, [draft(talk(2, 3))]).edition == 2
    other.close()


def test_postgresql_knows_how_often_a_value_is_once_much_was_loaded(postgresql_maker: Maker) -> None:
    database = Database(postgresql_maker())
    known = text("SELECT count(*) FROM pg_stats WHERE tablename = 'statements' AND attname = 'speaker'")
    load(database, [draft(raw) for raw in (speaker(), talk(1, 10))])
    with database.engine.connect() as connection:
        assert connection.execute(known).scalar_one() == 0
    load(database, [draft(talk(2, 1_000))])
    with database.engine.connect() as connection:
        assert connection.execute(known).scalar_one() == 1
    database.close()
