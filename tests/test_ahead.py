"""Ahead: a database's file is in memory before it is asked for."""

import os
import time
from pathlib import Path

import pytest

from app.store import ahead
from app.store.ahead import PART, read_ahead


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
