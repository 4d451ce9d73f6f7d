"""Ahead: a database's file is in memory, and mapped, before it is asked for."""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store import ahead
from app.store.ahead import PART, map_ahead, mapped, read_ahead
from app.store.sqlite import sqlite3


def is_held(file: Path, start: int) -> bool:
    """Whether a byte of a file is to be had without the disk."""
    with file.open("rb") as opened:
        try:
            return os.preadv(opened.fileno(), [bytearray(1)], start, os.RWF_NOWAIT) == 1
        except BlockingIOError:
            return False


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Some parts of a file that is on the disk alone."""
    made = tmp_path / "made"
    made.write_bytes(os.urandom(20 * PART + 5))
    with made.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    try:
        if is_held(made, 15 * PART):
            pytest.skip("the file system keeps files in memory")
    except OSError:
        pytest.skip("the file system does not tell what is in memory")
    return made


def test_a_file_is_read_before_it_is_asked_for(file: Path) -> None:
    assert read_ahead(file, 10**9) == 20 * PART + 5
    until = time.monotonic() + 10
    while not all(is_held(file, at) for at in range(0, 20 * PART + 5, 4_096)):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_no_more_is_read_than_there_is_room_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_ahead(file, 4 * PART) == 4 * PART
    monkeypatch.setattr(ahead, "available", lambda: 2 * PART)
    assert read_ahead(file) == PART


def test_what_is_to_be_had_is_told_with_and_without_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = ahead.available()
    monkeypatch.setattr(ahead, "MEMORY", tmp_path / "none")
    assert 0 < ahead.available() <= told * 1.5


def resident(file: Path) -> int:
    """Bytes of a file's mappings in this process that can be read without asking the system."""
    told = re.split(r"^([0-9a-f]+-[0-9a-f]+ .*)$", Path("/proc/self/smaps").read_text(), flags=re.MULTILINE)
    ours = [rest for head, rest in zip(told[1::2], told[2::2], strict=True) if str(file) in head]
    return sum(1024 * int(re.findall(r"^Rss: +(\d+) kB", rest, re.MULTILINE)[0]) for rest in ours)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Path, Any]]:
    """A database of some megabytes, and a connection that has read one row of it."""
    file = tmp_path / "some.db"
    with contextlib.closing(sqlite3.connect(file)) as writer, writer:
        writer.execute("CREATE TABLE rows (body)")
        writer.executemany("INSERT INTO rows VALUES (?)", [(os.urandom(3_000),) for _ in range(2_000)])
    reader = sqlite3.connect(file)
    reader.execute("PRAGMA mmap_size=1000000000")
    reader.execute("SELECT * FROM rows LIMIT 1").fetchone()
    yield file, reader
    reader.close()


def test_what_is_mapped_of_a_file_is_there_to_be_read(database: tuple[Path, Any]) -> None:
    file, reader = database
    [(start, end)] = mapped(file)
    size = file.stat().st_size
    assert size <= end - start < size + 65_536
    assert resident(file) < size / 4
    done = map_ahead(file, size // 2)
    if not done:
        pytest.skip("the system cannot map pages ahead")
    assert done == size // 2
    assert size / 2 <= resident(file) < size * 3 / 4
    assert map_ahead(file, 10**12) == end - start
    assert resident(file) >= size
    assert reader.execute("SELECT count(*) FROM rows").fetchone() == (2_000,)


def test_what_is_not_mapped_is_left_alone(database: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    file, reader = database
    reader.close()
    assert mapped(file) == []
    assert map_ahead(file, 10**12) == 0
    monkeypatch.setattr(ahead, "MAPS", file.with_name("none"))
    assert mapped(file) == []


def test_a_mapping_that_is_gone_does_no_harm(database: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    file, reader = database
    spans = mapped(file)
    reader.close()
    monkeypatch.setattr(ahead, "mapped", lambda _: spans)
    assert map_ahead(file, 10**12) == 0
