"""The stock: what is measured on, made once for each number of statements and kept under `.cache/bench/`."""

import json
import random
import shutil
import sys
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.bench import plain
from tests.bench.making import PEOPLE, Making
from tests.bench.servers import ROOT, clean

CACHE = ROOT / ".cache" / "bench"
SUMMIT = [str(Path(sys.executable)), "-m", "app"]
FULL = 50  # statements on a page
MANY = 100_000  # the most addresses in a file


class Stock:
    """So many invented statements: as bundles, in a database of ours, and in the plain one."""

    def __init__(self, statements: int) -> None:
        self.statements = statements
        self.folder = CACHE / str(statements)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.making = Making(statements)
        self.log = self.folder / "servers.log"

    def path(self, name: str) -> Path:
        return self.folder / name

    @cached_property
    def bundles(self) -> Path:
        """The folder of the bundles."""
        folder = self.path("bundles")
        if not folder.exists():
            tell(f"making {self.statements:,} statements")
            fresh = emptied(self.path("bundles.new"))
            for name, content in self.making.bundles():
                (fresh / name).write_bytes(content)
            fresh.rename(folder)
        return folder

    @cached_property
    def ours(self) -> Path:
        """A database of ours with all of them, which is in memory."""
        database = self.path("ours.db")
        if not database.exists():
            fresh = self.path("new.db")
            self.load(f"sqlite:///{new(fresh)}")
            fresh.rename(database)
        return held(database)

    def load(self, url: str) -> tuple[float, int]:
        """Loads all bundles into a database as one edition; the seconds that it took and the most memory, in bytes."""
        bundles = self.bundles
        environment = clean(SUMMIT_DATABASE_URL=url)
        plain.timed([*SUMMIT, "migrate"], environment=environment)
        tell(f"loading {self.statements:,} statements")
        return plain.timed([*SUMMIT, "load", str(bundles)], environment=environment)

    @cached_property
    def rows(self) -> Path:
        """The folder of the rows as CSV."""
        folder = self.path("rows")
        if not folder.exists():
            fresh = emptied(self.path("rows.new"))
            plain.write(sorted(self.bundles.glob("*.json")), fresh)
            fresh.rename(folder)
        return folder

    @cached_property
    def plain(self) -> Path:
        """The plain database, likewise."""
        database = self.path("plain.db")
        if not database.exists():
            fresh = self.path("plain.new")
            plain.build(self.rows, new(fresh))
            fresh.rename(database)
        return held(database)

    @cached_property
    def whole(self) -> Path:
        """Each statement with all that belongs to it as a row of CSV."""
        file = self.path("whole.csv")
        if not file.exists():
            fresh = self.path("whole.new")
            plain.whole(self.plain, fresh)
            fresh.rename(file)
        return file

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the statements in random order, or of so many of them."""
        numbers = random.Random(1).sample(range(self.statements), min(self.statements, MANY))
        return [f"said-{number}" for number in numbers]

    @cached_property
    def speakers(self) -> list[str]:
        """In random order, the people who said enough to fill a page."""
        file = self.path("speakers.json")
        if not file.exists():
            file.write_text(json.dumps(self.spoken()))
        found = [name for name, count in json.loads(file.read_text()).items() if count >= FULL]
        return random.Random(2).sample(found, len(found))

    def spoken(self) -> dict[str, int]:
        """How many statements each of the people made."""
        counted: Counter[str] = Counter()
        for file in self.bundles.glob("report-*.json"):
            counted.update(plain.bare(one["speaker"]) for one in json.loads(file.read_bytes())["statements"])
        return {name: counted[name] for name in (f"person-{n}" for n in range(PEOPLE)) if counted[name]}

    @property
    def words(self) -> list[str]:
        """The vocabulary, the most frequent word first."""
        return self.making.words

    @cached_property
    def rare_words(self) -> list[str]:
        """In random order, words that 0.1 to 1.5 % of the statements have.

        By Zipf's law: a word of a rank is each one drawn with a chance of 1 / (10.5 × rank), and 26 are drawn.
        """
        found = self.words[165:2_400]
        return random.Random(3).sample(found, len(found))

    def addresses(self, name: str, lines: list[str]) -> Path:
        """A file of addresses to ask for."""
        file = self.path(f"{name}.txt")
        file.write_text("".join(f"{line}\n" for line in lines))
        return file


def new(path: Path) -> Path:
    """A path at which no database is, nor what SQLite lays beside one."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def held(file: Path) -> Path:
    """A file, all of which is in memory: what is measured is not the disk."""
    with file.open("rb", buffering=0) as opened:
        while opened.read(1 << 24):
            pass
    return file


def tell(*words: Any) -> None:
    """Says what is being done, on standard error."""
    print("bench:", *words, file=sys.stderr, flush=True)
