"""The plain database: the same statements as a careful developer would lay them out, read by what is beside ours.

It is made by the `sqlite3` shell: rows from CSV, then indexes, then the search index.
"""

import csv
import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.rivals.queries import WHOLE
from tests.bench.servers import SERVER, pinned

TABLES = {
    "people": "id TEXT PRIMARY KEY, name TEXT NOT NULL",
    "events": "id TEXT PRIMARY KEY, name TEXT NOT NULL, date TEXT NOT NULL",
    "topics": "id TEXT PRIMARY KEY, name TEXT NOT NULL",
    "statements": "id TEXT PRIMARY KEY, speaker_id TEXT NOT NULL, event_id TEXT NOT NULL, date TEXT NOT NULL, "
    "attribution TEXT NOT NULL, voice TEXT NOT NULL, directness TEXT NOT NULL, act TEXT NOT NULL, "
    "paraphrase TEXT NOT NULL, quotation TEXT, hedge TEXT",
    "statement_topics": "statement_id TEXT NOT NULL, topic_id TEXT NOT NULL, PRIMARY KEY (statement_id, topic_id)",
    "citations": "id INTEGER PRIMARY KEY, statement_id TEXT NOT NULL, document TEXT NOT NULL, sentence TEXT NOT NULL, "
    'start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha256 TEXT NOT NULL, supports TEXT NOT NULL, exact TEXT',
}
INDEXES = {
    "statements_speaker": "statements (speaker_id, date)",
    "statements_event": "statements (event_id, date)",
    "statements_date": "statements (date DESC, id)",
    "topics_statement": "statement_topics (topic_id)",
    "citations_statement": "citations (statement_id)",
}
SEARCH = (
    "CREATE VIRTUAL TABLE statements_fts USING fts5(paraphrase, quotation, content='statements')",
    "INSERT INTO statements_fts (statements_fts) VALUES ('rebuild')",
)
Rows = Iterator[tuple[str, list[Any]]]  # table, row


def tables(only: Iterable[str] = TABLES) -> list[str]:
    """The statements that make empty tables."""
    return [f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items() if name in only]


def indexes(only: Iterable[str] = TABLES) -> list[str]:
    return [f"CREATE INDEX {name} ON {on}" for name, on in INDEXES.items() if on.split()[0] in only]


def rows(bundles: Iterable[Path]) -> Rows:
    """The rows of bundles."""
    cited = 0
    for file in bundles:
        raw = json.loads(file.read_bytes())
        for one in raw.get("people", []):
            yield "people", [one["id"], one["name"]]
        for one in raw.get("topics", []):
            yield "topics", [one["id"], one["name"]]
        for one in raw.get("events", []):
            yield "events", [one["id"], one["name"], one["date"]["edtf"]]
        for one in raw.get("statements", []):
            yield "statements", statement(one)
            yield from (("statement_topics", [one["id"], bare(topic)]) for topic in one["topics"])
            for place in (*one["citations"], *(said["citation"] for said in one.get("quotations", []))):
                cited += 1
                yield "citations", [cited, one["id"], raw["id"], *citation(place)]


def statement(one: dict[str, Any]) -> list[Any]:
    [quoted] = [said["text"] for said in one.get("quotations", [])] or [None]
    [hedge] = [hedged["as_printed"] for hedged in one.get("hedges", [])] or [None]
    told = [one[name] for name in ("voice", "directness", "act", "paraphrase")]
    known = [one["id"], bare(one["speaker"]), bare(one["event"]), one["date"]["edtf"], one["attribution"]["as_printed"]]
    return [*known, *told, quoted, hedge]


def citation(place: dict[str, Any]) -> list[Any]:
    return [place["sentence"], place["start"], place["end"], place["sha256"], place["supports"][0], place.get("exact")]


def bare(reference: str) -> str:
    """The id in a reference."""
    return reference.partition("/")[2]


def write(bundles: Iterable[Path], folder: Path) -> None:
    """Writes the rows of bundles, a CSV file for each table."""
    with ExitStack() as open_files:
        files = {name: open_files.enter_context((folder / f"{name}.csv").open("w", newline="")) for name in TABLES}
        writers = {name: csv.writer(file) for name, file in files.items()}
        for table, row in rows(bundles):
            writers[table].writerow(row)


def build(folder: Path, database: Path, only: Iterable[str] = TABLES) -> tuple[float, int]:
    """Makes the database of the CSV files in a folder, or of some of them.

    Returns the seconds that it took and the most memory, in bytes.
    """
    imports = [f".import --csv {folder / name}.csv {name}" for name in TABLES if name in only]
    made = [f"{one};" for one in (*indexes(only), *SEARCH)]
    script = "\n".join([*(f"{one};" for one in tables(only)), *imports, *made])
    return timed(["sqlite3", "-bail", str(database)], script)


def timed(command: list[str], given: str = "", environment: dict[str, str] | None = None) -> tuple[float, int]:
    """Runs a command on the core of what is measured; the seconds that it took and the most memory, in bytes."""
    begun = time.monotonic()
    process = subprocess.Popen(
        pinned(command, SERVER), env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
    return time.monotonic() - begun, 1024 * used.ru_maxrss


def whole(database: Path, file: Path) -> None:
    """Writes each statement with all that belongs to it as one row of CSV, under a head."""
    with file.open("wb") as written:
        subprocess.run(["sqlite3", "-csv", "-header", str(database), WHOLE], stdout=written, check=True)
