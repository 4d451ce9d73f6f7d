"""`python -m tests.bench`: what `make bench` and `make bench-quick` run."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import exporting, growing, loading, postgresql, queries, quick, reads, report, starting, wrk
from tests.bench.servers import LOAD, ROOT
from tests.bench.stock import Stock, tell

CHART = Path(__file__).with_name("chart.svg")
README = ROOT / "README.md"
WORKLOADS: dict[str, Callable[[Stock, int], dict[str, dict[str, Any]]]] = {
    "reads": reads.measure,
    "growth": growing.measure,
    "queries": queries.measure,
    "export": exporting.measure,
    "start": starting.measure,
    "load": loading.measure,
    "postgresql": postgresql.measure,
}
NEEDED = {"wrk": wrk.MISSING, "sqlite3": "the sqlite3 shell is needed: apt-get install sqlite3"}


def main() -> int:
    options = parser().parse_args()
    os.sched_setaffinity(0, {int(LOAD)})
    if options.command == "quick":
        return look(options)
    missing = [told for tool, told in NEEDED.items() if not shutil.which(tool)]
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 1
    return full(options)


def look(options: argparse.Namespace) -> int:
    try:
        return quick.run(options.statements, options.commit)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure ours beside others.")
    commands = made.add_subparsers(dest="command", required=True)
    whole = commands.add_parser("full", help="all workloads and systems")
    whole.add_argument("--rounds", type=int, default=5)
    whole.add_argument("--few", type=int, metavar="STATEMENTS", help="so many for these workloads, told with the rest")
    whole.add_argument("--only", nargs="+", choices=WORKLOADS, default=list(WORKLOADS), help="others stay as measured")
    whole.add_argument("--readme", action="store_true", help="put the tables into the README, and draw the chart")
    short = commands.add_parser("quick", help="common reads, against what is written down")
    short.add_argument("--commit", action="store_true", help="write down what is measured")
    for one in (whole, short):
        one.add_argument("--statements", type=int, required=True)
    return made


def full(options: argparse.Namespace) -> int:
    """Measures, keeping what was measured of other workloads before, and tells it."""
    stock = Stock(options.statements)
    few = Stock(options.few) if options.few else stock
    raw = stock.path("results.json")
    results: dict[str, Any] = json.loads(raw.read_text()) if raw.exists() else {"measured": {}}
    results |= {"statements": stock.statements}
    results |= {"machine": report.machine()}
    for name in options.only:
        results["measured"] |= WORKLOADS[name](few, options.rounds)
        results["of"] = {**results.get("of", {}), name: few.statements}
        results["rounds"] = {**results.get("rounds", {}), name: options.rounds}
        results["at"] = {**results.get("at", {}), name: datetime.now(UTC).isoformat(timespec="seconds")}
        raw.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    told = report.report(results)
    print(told)
    tell("raw results are in", raw.relative_to(ROOT))
    if options.readme:
        README.write_text(report.put_in(README.read_text(encoding="utf-8"), told), encoding="utf-8")
        CHART.write_text(report.picture(results["measured"]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
