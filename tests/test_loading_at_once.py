"""Loading while others load and read: loaders wait for each other, and a reader sees one edition."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from threading import Barrier, Event

from app.facts import KINDS
from app.http.answering import Desk
from app.settings import Settings
from app.store.db import Database
from app.store.finding import Finder
from app.store.loading import Loaded, load
from app.store.reading import Draft
from tests.conftest import Maker, drafts
from tests.loads import bodies, counts, draft, naming, rows, stored
from tests.world import world_bundles, world_texts
from tests.world.editing import edited, why

PERSON = "people/ada-quill"


def version(number: int) -> Draft:
    """The first bundle with a name that tells its number."""
    reasons = {PERSON: why(f"no. {number}")}
    return draft(edited([*naming(PERSON, f"Quill {number}"), ("/reasons", reasons)]))


def at_once(database: Database, given: list[list[Draft]]) -> list[Loaded]:
    """Loads begun together, each in a thread and over connections of its own."""
    begin = Barrier(len(given))

    def run(some: list[Draft]) -> Loaded:
        own = Database(database.url.render_as_string(hide_password=False))
        begin.wait()
        try:
            return load(own, some)
        finally:
            own.close()

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(run, given))


def test_the_same_bundles_by_four_loaders_are_one_edition(fresh: Database) -> None:
    loaded = at_once(fresh, [drafts()] * 4)
    assert sorted(str(one.edition) for one in loaded) == ["1", "None", "None", "None"]
    assert counts(fresh)["editions"] == 1


def test_different_bundles_come_one_after_the_other(fresh: Database) -> None:
    load(fresh, drafts())
    loaded = at_once(fresh, [[version(number)] for number in range(4)])
    assert sorted(one.edition or 0 for one in loaded) == [2, 3, 4, 5]
    assert all(one.changes == {"corrected": 1} for one in loaded)
    last = max(range(4), key=lambda number: loaded[number].edition or 0)
    current = bodies(fresh, 5)
    assert current[PERSON]["name"] == f"Quill {last}"
    assert current["statements/quill-border"]["speaker"]["name"] == f"Quill {last}"
    assert current[PERSON]["revision"] == 5


def test_loaders_in_processes_wait_for_each_other(fresh: Database, tmp_path: Path) -> None:
    for name, content in [*world_bundles(), ("elder.json", version(1).content)]:
        (tmp_path / name).write_bytes(content)
    url = fresh.url.render_as_string(hide_password=False)
    load(fresh, drafts()[:1])
    names = ["farrow-visit-2031-06.json", "farrow-visit-2031-06.json", "elder.json"]
    commands = [[sys.executable, "-m", "app", "load", "--database-url", url, str(tmp_path / name)] for name in names]
    running = [subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for one in commands]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 3, told
    assert sum("nothing new" in one for one in told) == 1
    assert [row["edition"] for row in rows(fresh, "editions")] == [1, 2, 3]
    assert bodies(fresh, 3)["statements/farrow-vote"]["event"]["id"] == "farrow-oster-june-2031"


def test_readers_see_one_edition_or_the_next_and_never_a_mix(fresh: Database) -> None:
    """Each version renames a speaker: an answer that shows another name than its edition's is a mix."""
    load(fresh, [version(1)])
    desk = Desk(Finder(fresh), Settings())
    done = Event()

    def read(_: int) -> list[tuple[int, set[str]]]:
        seen: list[tuple[int, set[str]]] = []
        while not done.is_set() or len(seen) < 100:
            page = json.loads(desk.answer("GET", "/statements", b"speaker=ada-quill", {}).body)
            seen.append((page["edition"], {item["speaker"]["name"] for item in page["items"]}))
        return seen

    with ThreadPoolExecutor(4) as pool:
        reading = pool.map(read, range(4))
        try:
            for number in range(2, 6):
                load(fresh, [version(number)])
        finally:
            done.set()
        seen = list(chain.from_iterable(reading))
    assert len({edition for edition, _ in seen}) > 2
    assert all(names == {f"Quill {edition}"} for edition, names in seen)


def test_the_time_of_editions_grows_whatever_the_clock_does(fresh: Database) -> None:
    for number in range(1, 5):
        load(fresh, [version(number)])
    times = [row["at"] for row in rows(fresh, "editions")]
    assert times == sorted(set(times))
    assert all(len(time) == len("2031-05-04T10:00:00.000000Z") and time.endswith("Z") for time in times)


def test_the_same_loads_are_the_same_history_on_both_engines(sqlite_maker: Maker, postgresql_maker: Maker) -> None:
    told = []
    for maker in (sqlite_maker, postgresql_maker):
        database = Database(maker())
        load(database, drafts()[:1])
        load(database, drafts(), world_texts(), keep=True)
        load(database, [version(1)])
        tables = {name: rows(database, name) for name in ("links", "cited", "readings", "changes", *KINDS)}
        digests = [(row["edition"], row["digest"], row["republished"]) for row in rows(database, "editions")]
        told.append((digests, tables, [stored(database, edition) for edition in (1, 2, 3)]))
        database.close()
    assert told[0] == told[1]
    assert len({digest for _, digest, _ in told[0][0]}) == 3


def test_another_history_has_another_digest(fresh: Database, empty: Maker) -> None:
    other = Database(empty())
    load(fresh, drafts())
    load(other, drafts()[::-1])
    digests = [rows(database, "editions")[0]["digest"] for database in (fresh, other)]
    other.close()
    assert digests[0] != digests[1], "the order of bundles is part of the history: it orders their facts"
