"""Benchmarks: what is measured on could be loaded, all systems hold the same, and what is told is reckoned right."""

import json
import mmap
import os
import re
import shutil
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from app.store.checking import check
from app.store.reading import read
from tests.bench import clocks, quick, report, systems, wrk
from tests.bench.chart import SCALE, chart
from tests.bench.making import Making
from tests.bench.quick import RATIOS, lost
from tests.bench.rivals import queries
from tests.bench.rounds import Target, summary, turns
from tests.bench.servers import ROOT, Asker
from tests.bench.stock import Stock
from tests.bench.targets import shown, targets

SHELL = pytest.mark.skipif(
    not shutil.which("sqlite3"), reason="the sqlite3 shell is not here, which makes the database"
)
TOLD = """
Running 1s test @ http://127.0.0.1:8000/
  Latency Distribution
     50%  680.00us
     99%    2.50ms
  1184 requests in 1.00s, 3.10MB read
{}Requests/sec:   1180.50
Transfer/sec:      3.09MB
"""


@pytest.fixture
def stock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stock:
    """A stock of 120 statements in a folder of the test's own."""
    monkeypatch.setattr("tests.bench.stock.CACHE", tmp_path)
    return Stock(120)


def test_what_is_made_passes_the_check_and_is_the_same_again() -> None:
    made = list(Making(120).bundles())
    check([read(content, file) for file, content in made])
    assert made == list(Making(120).bundles())
    assert made[1:] != list(Making(120, seed=2).bundles())[1:]
    statements = [one for _, content in made for one in json.loads(content).get("statements", [])]
    assert len(statements) == 120
    assert sum("quotations" in one for one in statements) == 30


def test_a_correction_gives_its_reason() -> None:
    made = Making(120)
    [(file, content)] = made.corrections()
    first = dict(made.bundles())[file]
    assert content != first
    assert set(json.loads(content)["reasons"]) == {"statements/said-0"}


@SHELL
def test_the_plain_database_holds_the_same_statements(stock: Stock) -> None:
    made = {one["id"]: one for one in json.loads((stock.bundles / "report-0.json").read_bytes())["statements"]}
    with sqlite3.connect(stock.plain) as database:
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute(queries.WHOLE)]
    assert {one["id"] for one in found} == made.keys()
    for one in found:
        raw = made[one["id"]]
        assert f"people/{one['speaker_id']}" == raw["speaker"]
        assert one["paraphrase"] == raw["paraphrase"]
        quoted = [said["citation"] for said in raw.get("quotations", [])]
        assert [place["sha256"] for place in json.loads(one["citations"])] == [
            place["sha256"] for place in (*raw["citations"], *quoted)
        ]
        assert [f"topics/{topic['id']}" for topic in json.loads(one["topics"])] == raw["topics"]


@SHELL
def test_the_queries_by_hand_find_what_is_asked_for(stock: Stock) -> None:
    [(speaker, count)] = Counter(stock.spoken()).most_common(1)
    with sqlite3.connect(stock.plain) as database:
        database.row_factory = sqlite3.Row
        [item] = database.execute(queries.ITEM, {"id": "said-7"})
        listed = database.execute(queries.LIST, {"speaker": speaker}).fetchall()
        deep = database.execute(queries.DEEP, {"offset": 100}).fetchall()
        word = item["paraphrase"].split()[3]
        found = database.execute(queries.SEARCH, {"q": word}).fetchall()
    assert item["id"] == "said-7"
    assert len(listed) == count and {row["speaker_id"] for row in listed} == {speaker}
    assert [row["date"] for row in listed] == sorted((row["date"] for row in listed), reverse=True)
    assert len(deep) == 20
    assert found and all(f"<b>{word}</b>" in row["snippet"].lower() for row in found)


def test_what_wrk_prints_is_read() -> None:
    found = wrk.read(TOLD.format(""), used=0.6, busy=0.6)
    assert (found.rate, found.p99, found.answered, found.errors) == (1180.5, 2.5, 1184, 0)
    assert found.cpu == pytest.approx(500)  # of 1,184 answers and 16 that were under way
    wrong = "  Socket errors: connect 0, read 2, write 0, timeout 1\n  Non-2xx or 3xx responses: 40\n"
    assert wrk.read(TOLD.format(wrong), used=0.6, busy=0.6).errors == 43
    slow = TOLD.replace("2.50ms", "1.20s").replace("680.00us", "12.00ms")
    assert wrk.read(slow.format(""), used=0.6, busy=0.6).p99 == 1200


def test_rounds_change_their_order_and_medians_are_told(stock: Stock) -> None:
    server = systems.constants(stock, "floor", {"item": 10})
    one, other = (Target(name, server, stock.folder) for name in ("one", "other"))
    assert [(n, target.name) for n, target in turns([one, other], 3)] == [
        (1, "one"), (1, "other"), (2, "other"), (2, "one"), (3, "one"), (3, "other"),
    ]  # fmt: skip
    slices = [wrk.Slice(rate, 1e6 / rate, 3.0, 10, errors, 1.0) for rate, errors in ((10, 0), (1000, 2), (20, 1))]
    told = summary(slices)
    assert (told["rate"], told["cpu"], told["errors"], told["answered"]) == (20, 50_000, 3, 30)


def test_clocks_tell_what_this_process_used() -> None:
    begun, end = clocks.cpu(os.getpid()), time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert 0.04 < clocks.cpu(os.getpid()) - begun < 0.5
    before = clocks.held(os.getpid())
    with clocks.Peak(os.getpid()) as peak, mmap.mmap(-1, 30_000_000) as held:  # what was given back is not had again
        held.write(b"x" * len(held))
        time.sleep(3 * clocks.EVERY)
        size = len(held)
    assert size <= peak.bytes - before + 2_000_000 and peak.bytes < before + 90_000_000


def test_the_floor_answers_with_as_many_bytes_as_ours(stock: Stock) -> None:
    with systems.constants(stock, "floor", {"item": 2_400, "list": 110_000}) as server:
        with Asker(server) as asker:
            assert [len(asker.body(path)) for path in ("/item", "/list")] == [2_400, 110_000]
            took, used = asker.timed("/item")
        assert 0 < server.started < 30 and took > 0 and used >= 0
        server.settle()
    assert server.process.returncode is not None


def measured(**ours: float) -> dict[str, Any]:
    """Results in which every system took as long for everything, but for what is given of ours in reads."""
    one = {"rate": 100.0, "cpu": 50.0, "p99": 2.0, "busy": 1.0, "errors": 0, "bytes": 2_000}
    names = [
        *systems.SYSTEMS,
        "ours, 304",
        *(f"{name}, {size}" for name in ("ours", "floor") for size in ("small", "large")),
    ]
    reads = [f"{read}, {when}" for read in ("item", "list", "search") for when in ("first", "repeated")]
    reads += [f"{read}, {more}" for read in reads[:4] for more in ("by size", "PostgreSQL")]
    every = {name: {"took": 1.0, "cpu": 1.0, "rate": 10.0, "memory": 1e8, "above": 1e7, "first": 3.0} for name in (
        "ndjson", "csv", "sqlite3", "Datasette", "ours", "all tables", "statements alone", "bm25", "first", "far"
    )}  # fmt: skip
    return {
        **{read: {name: {**one, **(ours if name == "ours" else {})} for name in names} for read in reads},
        **dict.fromkeys(("export", "load", "deep", "frequent word"), every),
        "words": {count: {"most": 4.0} for count in "124"},
        "read while loading": {"quiet": 2.0, "busy": 6.0, "errors": 0},
        "start": {name: {"seconds": 0.5, "rest": 5e7} for name in ("ours", "ours, small", "smallest")},
        "kept": {"setting": 64e6, "added": 32e6},
    }


def test_every_target_is_reckoned() -> None:
    told = {(one.workload, one.figure): report.outcome(one, measured(cpu=25.0, rate=150.0)) for one in targets()}
    assert "not measured" not in {result for result, *_ in told.values()}
    assert told["item, first time", "the floor"] == ("2.00×", "1.50×", "yes")
    assert told["item, first time", "roapi"] == ("2.00×", "1.50×", "no")
    assert told["304", "the floor"] == ("1.00×", "1.00×", "no")
    assert told["growth, list, first", "its share at 1,000"] == ("1.00×", "", "yes")
    assert told["export, csv", "memory above rest"] == ("10.0 MB", "", "yes")
    assert told["reads while all is loaded", "p99 when quiet"] == ("3.00×", "", "yes")
    assert told["item, PostgreSQL", "tutorial, the better"] == ("1.50×", "", "no")


def test_a_target_is_met_up_to_its_bound() -> None:
    for one in targets():
        assert one.met(one.bound)
        assert one.met(one.bound + 0.01) is one.is_least
        assert one.met(one.bound - 0.01) is not one.is_least
    assert [shown(value, unit) for value, unit in ((1234.5, "×"), (12.34, "ms"), (0.056, "×"), (0, ""))] == [
        "1,234×", "12.3 ms", "0.06×", "0.00",
    ]  # fmt: skip


def test_what_was_not_measured_or_limited_is_told() -> None:
    [first, *_] = targets()
    assert report.outcome(first, {}) == ("not measured", "", "–")
    idle = measured(busy=0.5)
    assert report.outcome(first, idle)[1].endswith("†")
    idle["item, first"]["roapi"]["errors"] = 3
    assert report.errors(idle) == ["item, first: 3 errors of roapi."]
    told = report.system_table(measured(), {"roapi": "not installed", "datasette": "0.65.5"})
    assert "| roapi | not installed |" in told and "| Datasette SQL | 1 (50 µs, 2.0 kB) |" in told


def test_a_workload_that_lost_more_than_a_third_fails() -> None:
    committed = {"item first": 0.6, "list first": 0.3}
    assert lost({"item first": 0.41, "list first": 0.9}, committed) == []
    assert lost({"item first": 0.39, "list first": 0.21}, committed) == [
        "item first: 0.390 of the floor, which was 0.600"
    ]
    with pytest.raises(ValueError, match="bench-ratios"):
        lost({"item first": 0.6}, committed)


@pytest.mark.parametrize(("ci", "status", "told"), [("", 0, "skipped: wrk is needed"), ("true", 1, "wrk is needed")])
def test_without_wrk_only_ci_fails(
    ci: str, status: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", ci)
    assert quick.run(120, commit=False) == status
    assert capsys.readouterr().out.startswith(told)


def test_the_ratios_are_those_of_what_is_measured() -> None:
    assert set(json.loads(RATIOS.read_text())["shares"]) == set(quick.WORKLOADS)


def test_the_chart_is_well_formed_and_its_scale_logarithmic() -> None:
    made = ElementTree.fromstring(
        chart("A <title> & more", {"item": {"ours": 10, "theirs": 100}, "list": {"ours": 1000}})
    )
    bars = [float(one.get("width", 0)) for one in made.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert bars == [1, SCALE / 2, SCALE]
    texts = [one.text for one in made.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A <title> & more", "ours", "theirs", "10", "100", "1,000", "10 µs", "1,000 µs"} <= set(texts)


def test_the_readme_has_the_place_that_is_filled_in() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    once = report.put_in(readme, "| a | b |")
    twice = report.put_in(once, "| c | d |")
    assert "| a | b |" in once and "| a | b |" not in twice and "| c | d |" in twice
    assert re.sub(r"(<!-- bench -->).*(<!-- /bench -->)", r"\1\2", twice, flags=re.DOTALL) == re.sub(
        r"(<!-- bench -->).*(<!-- /bench -->)", r"\1\2", readme, flags=re.DOTALL
    )
    with pytest.raises(ValueError, match="no place"):
        report.put_in("# Title", "| a | b |")
