"""The report: what was measured as Markdown tables, and the place in the README where they stand."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import __version__
from app.store.sqlite import sqlite3
from tests.bench.chart import chart
from tests.bench.systems import OTHERS, SYSTEMS
from tests.bench.targets import Results, Target, shown, targets

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
READS = {"item": "item, first", "list": "list, first", "search": "search, first"}
UNKNOWN, ABSENT = "not measured", "not installed"
FULL, LIMITED = 0.9, " †"  # a server that uses less of its core could have been asked faster


def outcome(target: Target, found: Results) -> tuple[str, str, str]:
    """The result, the same by answers a second, and whether the target is met."""
    try:
        value = target.value(found)
        rate = shown(target.rate(found), target.unit) if target.rate else ""
        if target.busy and target.busy(found) < FULL:
            rate += LIMITED
    except (KeyError, ValueError):  # the workload, or all that it is compared with, is not there
        return UNKNOWN, "", "–"
    return shown(value, target.unit), rate, "yes" if target.met(value) else "no"


def target_table(found: Results) -> str:
    rows = [(one.workload, one.figure, one.wanted, *outcome(one, found)) for one in targets()]
    return table(("workload", "beside", "target", "reached", "by answers a second", "met"), rows)


def system_table(found: Results, versions: Mapping[str, str]) -> str:
    """What each system reached: its share of the floor, microseconds of the processor and bytes of an answer."""
    rows = []
    for name, system in SYSTEMS.items():
        if versions.get(system.server) == ABSENT:
            rows.append((name, *[ABSENT] * 5))
            continue
        cells = [cell(found.get(read, {}), name) if key in system.addresses else "–" for key, read in READS.items()]
        deep = found.get("deep", {}).get("far" if name == "ours" else name)
        started = found.get("start", {}).get("FastAPI constant" if system.server == "constant" else system.server)
        cells.append(f"{deep['took']:,.1f} ms" if deep else "–")
        cells.append(f"{started['seconds']:.2f} s, {started['rest'] / 1e6:,.0f} MB" if started else "–")
        rows.append((name, *cells))
    return table(("system", *READS, "deep page", "start, memory at rest"), rows)


def cell(read: Mapping[str, Any], name: str) -> str:
    if name not in read or "floor" not in read:
        return UNKNOWN
    one = read[name]
    return f"{read['floor']['cpu'] / one['cpu']:.3g} ({one['cpu']:,.0f} µs, {one['bytes'] / 1000:,.1f} kB)"


def errors(found: Results) -> list[str]:
    """Where answers were errors, or did not come."""
    return [
        f"{read}: {one['errors']} errors of {name}."
        for read, systems in found.items()
        for name, one in systems.items()
        if isinstance(one, dict) and one.get("errors")
    ]


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> dict[str, str]:
    """What it was measured on and with."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    found = {
        "cores": str(os.cpu_count()),
        "processor": processor[1] if processor else platform.processor(),
        "Python": platform.python_version(),
        "Summit Facts": __version__,
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("fastapi", "sqlmodel", "uvicorn")},
    }
    tools = {"sqlite3": words_of(["sqlite3", "--version"])[0], "wrk": words_of(["wrk", "--version"])[1]}
    return found | beside() | tools


def beside() -> dict[str, str]:
    """The versions of what is beside ours, or that it is not installed."""
    found = {}
    for name in ("datasette", "roapi"):
        code = f"from importlib.metadata import version; print(version({name!r}))"
        is_here = (OTHERS / name).exists()
        found[name] = words_of([str(OTHERS / "python"), "-c", code])[0] if is_here else ABSENT
    return found


def words_of(command: list[str]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.split() or ["unknown", "unknown"]


def report(results: Mapping[str, Any]) -> str:
    """What stands in the README."""
    found = results["measured"]
    fewer = {name: size for name, size in results["of"].items() if size != results["statements"]}
    size = f"{results['statements']:,} statements" + "".join(f", {size:,} for {name}" for name, size in fewer.items())
    rounds = " to ".join(map(str, sorted({min(results["rounds"].values()), max(results["rounds"].values())})))
    on = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    command = f"make bench STATEMENTS={results['statements']}"
    parts = [
        f"{size}, {rounds} rounds, by `{command}`, on {on}.",
        target_table(found),
        "† A server did not get or use all of its core, so that here only the figure of the processor counts.",
        "Share of the floor, with microseconds of the processor for an answer and its size:",
        system_table(found, results["machine"]),
        "![Microseconds of the processor for an answer](tests/bench/chart.svg)",
    ]
    return "\n\n".join([*parts, *errors(found)])


def picture(found: Results) -> str:
    """The chart of the reads that were measured."""
    panels = {
        f"{name}, first time": {system: one["cpu"] for system, one in found[read].items()}
        for name, read in READS.items()
        if read in found
    }
    return chart("Microseconds of the processor for an answer (shorter is better, logarithmic)", panels)


def put_in(readme: str, told: str) -> str:
    """The README with this between its marks, whatever stood there."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README has no place for what was measured: {BEGIN} … {END}")
    return f"{before}{begin}\n\n{told}\n\n{end}{after}"
