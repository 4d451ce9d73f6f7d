"""Writing while others write, load and read: no write is lost, no read is mixed or waits (faults.md F-B3)."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import httpx
import pytest

from app.store.db import Database
from app.store.keys import new_key
from app.store.loading import load
from tests.conftest import drafts
from tests.loads import counts, rows
from tests.served import Start
from tests.world import world_bundles
from tests.writes import FIRST, SECOND, version

JSON = {"content-type": "application/json"}
MINE = f"/bundles/{FIRST}"
OTHER = world_bundles()[1][1]


@pytest.fixture
def shared(start: Start, fresh: Database) -> Iterator[httpx.Client]:
    """A client of a server in a process of its own, which many threads may use."""
    load(fresh, drafts()[:1])
    _, token = new_key(fresh, "Ada Quill")
    served = start("--database-url", fresh.url.render_as_string(hide_password=False)).ready()
    limits = httpx.Limits(max_connections=100, keepalive_expiry=1)  # before the server gives up on an idle one
    headers = {"authorization": f"Bearer {token}", **JSON}
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", headers=headers, limits=limits, timeout=60) as client:
        yield client


def at_once(client: httpx.Client, requests: list[tuple[str, bytes, dict[str, str]]]) -> list[httpx.Response]:
    """Puts sent together: each an address, a body and headers."""
    begin = Barrier(len(requests))

    def put(request: tuple[str, bytes, dict[str, str]]) -> httpx.Response:
        target, content, headers = request
        begin.wait()
        return client.put(target, content=content, headers=headers)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(put, requests))


def test_the_same_bundle_by_eight_writers_is_one_edition(shared: httpx.Client, fresh: Database) -> None:
    answers = at_once(shared, [(f"/bundles/{SECOND}", OTHER, {})] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert sorted(str(answer.json()["edition"]) for answer in answers) == ["2"] + ["None"] * 7
    assert counts(fresh)["editions"] == 2


def test_of_eight_who_read_the_same_version_one_replaces_it(shared: httpx.Client) -> None:
    read = shared.get(MINE).headers["etag"]
    versions = [version(number) for number in range(1, 9)]
    answers = at_once(shared, [(MINE, content, {"if-match": read}) for content in versions])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    [won] = [content for content, answer in zip(versions, answers, strict=True) if answer.status_code == 200]
    assert shared.get(MINE).content == won


def test_a_loader_and_a_writer_wait_for_each_other(shared: httpx.Client, fresh: Database, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_bytes(OTHER)
    url = fresh.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "app", "load", "--database-url", url, str(tmp_path / "other.json")]
    first = shared.put(MINE, content=version(1), headers={"if-match": shared.get(MINE).headers["etag"]})
    number, match = 1, first.headers["etag"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as loader:
        while loader.poll() is None:
            number += 1
            answer = shared.put(MINE, content=version(number), headers={"if-match": match})
            assert answer.status_code == 200, answer.text
            match = answer.headers["etag"]
        assert loader.stdout is not None
        assert (loader.returncode, loader.stdout.read()[:8]) == (0, "edition ")
    assert number > 1
    assert [row["edition"] for row in rows(fresh, "editions")] == list(range(1, number + 3))


def test_a_thousand_reads_see_one_edition_or_the_next(shared: httpx.Client) -> None:
    """Each version renames a speaker: an answer that shows another name than its edition's is a mix."""
    done, names = Event(), {1: "Ada Quill"}

    def read(_: int) -> list[tuple[int, set[str]]]:
        seen: list[tuple[int, set[str]]] = []
        while not done.is_set() or len(seen) < 125:
            page = shared.get("/statements?speaker=ada-quill").json()
            seen.append((page["edition"], {item["speaker"]["name"] for item in page["items"]}))
        return seen

    with ThreadPoolExecutor(8) as pool:
        reading = pool.map(read, range(8))
        try:
            match = shared.get(MINE).headers["etag"]
            for number in range(2, 7):
                answer = shared.put(MINE, content=version(number), headers={"if-match": match})
                assert answer.status_code == 200, answer.text
                match, names[answer.json()["edition"]] = answer.headers["etag"], f"Quill {number}"
        finally:
            done.set()
        seen = [one for some in reading for one in some]
    assert len(seen) >= 1000
    assert len({edition for edition, _ in seen}) > 1
    assert all(shown == {names[edition]} for edition, shown in seen)


def test_writers_that_wait_keep_no_reader_from_its_answer(shared: httpx.Client, fresh: Database) -> None:
    """More wait than the server has threads; another process holds the database meanwhile."""
    with ThreadPoolExecutor(60) as pool:
        with fresh.write():
            puts = [pool.submit(shared.put, f"/bundles/{SECOND}", content=OTHER) for _ in range(60)]
            time.sleep(1)
            begun = time.monotonic()
            assert all(shared.get("/people").status_code == 200 for _ in range(20))
            assert time.monotonic() - begun < 5
            assert not any(put.done() for put in puts)
        assert sorted(put.result().status_code for put in puts) == [200] * 59 + [201]
