"""Killed while writing: the old edition or the new one, never a mix, and nothing lost that was acknowledged."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.store import keys
from app.store.db import Database
from app.store.loading import load
from tests.conftest import Maker
from tests.crowd import SPEAKER, speaker, talk
from tests.loads import bodies, draft, rows
from tests.served import Served

STATEMENTS = 60
ROUNDS = [pytest.param(5, id="some", marks=pytest.mark.slow), pytest.param(100, id="many", marks=pytest.mark.slow)]


def version(number: int) -> dict[str, Any]:
    """The speaker's bundle with a name that tells its number."""
    return speaker(f"Nurel {number}", f"no. {number}")


@pytest.fixture
def url(empty: Maker) -> str:
    """The URL of a database with the speaker's first version and a talk."""
    made = empty()
    database = Database(made)
    load(database, [draft(version(0)), draft(talk(1, STATEMENTS))])
    database.close()
    return made


def whole(url: str) -> int:
    """The edition, after showing that the database holds all of it and nothing else."""
    database = Database(url)
    try:
        if database.is_sqlite:
            with database.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        editions: list[int] = [row["edition"] for row in rows(database, "editions")]
        assert editions == list(range(1, len(editions) + 1))
        last = editions[-1]
        served = bodies(database, last)
        name = served[SPEAKER]["name"]
        said = [body for fact, body in served.items() if fact.startswith("statements/")]
        assert len(said) == STATEMENTS
        assert {body["speaker"]["name"] for body in said} == {name}
        told = [one for one in rows(database, "changes") if one["fact"] == SPEAKER]
        assert served[SPEAKER]["revision"] == last == len(told)
        assert max(body["edition"] for body in served.values()) <= last
        return last
    finally:
        database.close()


def loader(url: str, folder: Path) -> Callable[[int], subprocess.Popen[str]]:
    """Begins to load a version in a process of its own."""

    def begin(number: int) -> subprocess.Popen[str]:
        path = folder / "who-is-who.json"
        path.write_bytes(draft(version(number)).content)
        command = [sys.executable, "-m", "app", "load", "--database-url", url, str(path)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    return begin


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_loader_killed_at_any_moment_leaves_one_edition_or_the_next(url: str, tmp_path: Path, rounds: int) -> None:
    begin, chance = loader(url, tmp_path), random.Random(1)
    begun = time.perf_counter()
    assert "edition 2" in begin(1).communicate()[0]
    takes = time.perf_counter() - begun
    edition, killed = whole(url), 0
    for number in range(2, rounds + 2):
        process = begin(number)
        time.sleep(chance.uniform(takes * 0.3, takes * 1.1))
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
        killed += process.returncode == -signal.SIGKILL
        now = whole(url)
        assert now in (edition, edition + 1)
        assert now == edition + 1 or "edition" not in told  # what it acknowledged is there
        edition = now
    assert killed
    assert "edition" in begin(rounds + 2).communicate()[0]
    assert whole(url) == edition + 1


def put(address: str, number: int, token: str) -> int | None:
    """The edition that a PUT of a version was acknowledged to have made; None where no answer came."""
    try:
        current = httpx.get(f"{address}/bundles/who-is-who", verify=False).headers["etag"]
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "if-match": current}
        content = draft(version(number)).content
        answer = httpx.put(f"{address}/bundles/who-is-who", content=content, headers=headers, timeout=30, verify=False)
    except httpx.HTTPError:
        return None
    assert answer.status_code == 200, answer.text
    return int(answer.json()["edition"])


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_server_killed_while_bundles_are_put_loses_nothing_acknowledged(
    url: str, tmp_path: Path, rounds: int
) -> None:
    database = Database(url)
    _, token = keys.new_key(database, "The desk")
    database.close()
    chance, lost = random.Random(2), 0
    served = Served(tmp_path, "--database-url", url).ready()
    begun = time.perf_counter()
    edition = put(f"http://127.0.0.1:{served.port}", 1, token)
    takes = time.perf_counter() - begun
    served.process.kill()
    served.process.communicate()
    assert edition == whole(url)
    for number in range(2, rounds + 2):
        served = Served(tmp_path, "--database-url", url).ready()
        with ThreadPoolExecutor(1) as pool:
            acknowledged = pool.submit(put, f"http://127.0.0.1:{served.port}", number, token)
            time.sleep(chance.uniform(0, takes))
            served.process.kill()
            served.process.communicate()
        now = whole(url)
        lost += acknowledged.result() is None
        assert now in ((edition, edition + 1) if acknowledged.result() is None else (acknowledged.result(),))
        edition = now
    assert lost
