"""Grouping: a load too large for memory is taken group by group, and leaves what it would have left at once."""

import io
import json
from array import array
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.facts import KINDS
from app.faults import BundleError
from app.progress import Progress
from app.store import books, grouping, loading
from app.store.db import Database
from app.store.grouping import Outline, Promised, groups, outline
from app.store.loading import load
from tests.loads import MOST, counts, draft, rows, stored, succeeding, taken, written
from tests.world import world_texts
from tests.world.editing import RAW, edited


def told(database: Database) -> dict[str, Any]:
    """All that a load left, but for the order of rows and the clock."""
    found: dict[str, Any] = {"bodies": stored(database, 10**6)}
    for name in ("links", "cited", "readings"):
        of_row = {(kind, row["row"]): row["id"] for kind in KINDS for row in rows(database, kind)}
        found[name] = sorted(
            str({**row, "row": of_row[row["kind"], row["row"]], name.removesuffix("s"): 0, "link": 0})
            for row in rows(database, name)
        )
    left_out = {"row", "at", "body"}
    for name in ("bundles", "changes", "corroborations", "editions", *KINDS):
        kept = [{key: value for key, value in row.items() if key not in left_out} for row in rows(database, name)]
        found[name] = sorted(map(str, kept))
    return found


@pytest.fixture(params=[books.CHUNK, 1])
def apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken together that can be taken apart; nor is it written together, the second time."""
    monkeypatch.setattr(grouping, "GROUP", 1)
    monkeypatch.setattr(books, "CHUNK", request.param)
    monkeypatch.setattr(books, "WORDS", 20 * request.param)


@pytest.mark.usefixtures("apart")
def test_a_load_in_groups_leaves_what_it_leaves_at_once(fresh: Database, other: Database, tmp_path: Path) -> None:
    at_once = load(other, [draft(raw) for raw in RAW])
    paths = written(tmp_path, *RAW)
    outlines = [outline(path, MOST, Promised()) for path in paths]
    assert len(list(groups(outlines, ()))) > 1
    assert taken(fresh, paths) == at_once
    assert told(fresh) == told(other)


@pytest.mark.usefixtures("apart")
def test_a_large_load_into_an_empty_database_leaves_the_same(
    fresh: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_of: Any
) -> None:
    paths = written(tmp_path, *RAW)
    taken(other, paths)
    made: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(loading, "LARGE", 0)
        event.listen(fresh.engine, "before_cursor_execute", lambda _c, _r, statement, *_: made.append(statement))
        taken(fresh, paths)
    assert any("'optimize'" in statement for statement in made) == fresh.is_sqlite
    assert told(fresh) == told(other)
    clients, found = (client_of(fresh), client_of(other)), 0
    for q in ("harbour", "ada quill", '"ada quill"', "qui*"):
        one, two = (client.json(f"/search?q={q}&limit=1000")["items"] for client in clients)
        assert one == two, q
        found += len(one)
    assert found > 20
    further = edited([("/caveats/0/text", "It was told otherwise.")], RAW[0])
    for database in (fresh, other):
        load(database, [succeeding(RAW[0], further)])
    one, two = (client.json("/search?q=otherwise&limit=1000")["items"] for client in clients)
    assert one == two and len(one) > 0


@pytest.mark.usefixtures("apart")
def test_so_does_one_that_also_corrects(fresh: Database, other: Database, tmp_path: Path) -> None:
    first, *rest = RAW
    before = edited([("/caveats/0/text", "It was told otherwise.")], first)
    for database in (fresh, other):
        load(database, [draft(before)])
    after = json.loads(succeeding(before, first).content)
    at_once = load(other, [draft(raw) for raw in (after, *rest)])
    assert at_once.changes["corrected"] == 1
    assert taken(fresh, written(tmp_path, after, *rest)) == at_once
    assert told(fresh) == told(other)


@pytest.mark.usefixtures("apart")
def test_with_texts_each_bundle_is_held_against_all_of_them(fresh: Database, other: Database, tmp_path: Path) -> None:
    texts = world_texts()
    assert taken(fresh, written(tmp_path, *RAW), texts) == load(other, [draft(raw) for raw in RAW], texts, True)
    assert told(fresh) == told(other)


@pytest.mark.usefixtures("apart")
def test_the_title_of_a_later_bundle_may_be_named(fresh: Database, tmp_path: Path) -> None:
    """What is free to be repeated of a text is told by its bundle, which comes after this one."""
    first, *_, last = (next(raw for raw in RAW if raw["id"] == id) for id in order(tmp_path))
    naming = edited([("/caveats/0/text", f"Compare: {last['document']['title']}")], first)
    assert taken(fresh, written(tmp_path, naming, last), world_texts()).edition == 1


@pytest.mark.usefixtures("apart")
def test_no_version_is_left_that_stood_in_no_edition(fresh: Database, tmp_path: Path) -> None:
    taken(fresh, written(tmp_path, *RAW))
    assert not [row for kind in KINDS for row in rows(fresh, kind) if row["since_edition"] == row["until_edition"]]
    assert any(row["fact"].startswith("corroborations/") for row in rows(fresh, "changes"))


@pytest.mark.usefixtures("apart")
def test_a_fault_in_a_later_group_undoes_the_earlier_ones(fresh: Database, tmp_path: Path) -> None:
    before = counts(fresh)
    last = max(range(len(RAW)), key=lambda n: RAW[n]["id"] == order(tmp_path)[-1])
    raws = [edited([("/document/title", "Another title")], raw) if n == last else raw for n, raw in enumerate(RAW)]
    with pytest.raises(BundleError):
        taken(fresh, written(tmp_path, *raws))
    assert counts(fresh) == before


def order(folder: Path) -> list[str]:
    outlines = [outline(path, MOST, Promised()) for path in written(folder, *RAW)]
    return [one.id for group in groups(outlines, ()) for one in group]


@pytest.mark.usefixtures("apart")
def test_the_same_bundle_twice_is_refused(fresh: Database, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="twice"):
        taken(fresh, written(tmp_path, *RAW, RAW[0]))


def made(id: str, refers: str = "", changes: bool = False, size: int = 1) -> Outline:
    """An outline of a bundle that defines a fact of its own name."""
    defines, others = (array("q", map(hash, names)) for names in ([id], refers.split()))
    return Outline(Path(id), size, id, "", changes, defines, others)


@pytest.mark.parametrize(
    ("outlines", "known", "expected"),
    [
        ([made("a", "b"), made("b")], (), ["b", "a"]),
        ([made("a", "b"), made("b", "a"), made("c")], (), ["c", "ab"]),
        ([made("a", "nowhere"), made("b")], (), ["a", "b"]),
        ([made("a", changes=True), made("b", "a"), made("c", changes=True), made("d")], (), ["ac", "d", "b"]),
        ([made("a", "b"), made("b"), made("c")], ("a", "c"), ["b", "ac"]),
        ([made("a"), made("b"), made("a")], (), ["aa", "b"]),
        ([made("d", "c"), made("c", "b"), made("b", "a"), made("a")], (), ["a", "b", "c", "d"]),
    ],
)
@pytest.mark.usefixtures("apart")
def test_each_group_refers_to_what_came_before(
    outlines: list[Outline], known: tuple[str, ...], expected: list[str]
) -> None:
    assert ["".join(one.id for one in group) for group in groups(outlines, known)] == expected


def test_what_fits_is_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "GROUP", 10)
    outlines = [made(id, size=4) for id in "abcde"]
    assert ["".join(one.id for one in group) for group in groups(outlines, ())] == ["ab", "cd", "e"]


def test_what_is_promised_is_of_facts_of_others(tmp_path: Path) -> None:
    raw = {
        "id": "one",
        "document": {},
        "events": [{"id": "own"}],
        "attendees": [{"id": "x", "event": "events/own"}, {"id": "y", "event": "events/theirs"}],
        "caveats": [{"id": "c", "facts": ["events/own", "events/theirs"], "kind": "conflict"}],
    }
    path = tmp_path / "one.json"
    path.write_text(json.dumps(raw))
    promised = Promised()
    outline(path, MOST, promised)
    assert promised.attended == {"events/theirs"}
    assert [fact for fact, _ in promised.caveats] == ["events/theirs"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "before", "after", "last"),
    [(io.StringIO(), "", "\n", ""), (Terminal(), "\r\x1b[K", "", "\r\x1b[K")],
)
def test_progress_tells_the_rate_and_what_is_left(stream: io.StringIO, before: str, after: str, last: str) -> None:
    seconds = iter([0.0, 12.0, 25.0])
    with Progress(400, stream, lambda: next(seconds)) as progress:
        progress.tell(100, 500)
        progress.tell(300, 1500)
    told = ["25 %, 500 facts, 42 a second, 36 s left", "75 %, 1,500 facts, 60 a second, 8 s left"]
    assert stream.getvalue() == "".join(f"{before}{line}{after}" for line in told) + last


def test_a_short_load_tells_no_progress() -> None:
    stream, seconds = io.StringIO(), iter([0.0, 1.0, 9.0])
    with Progress(400, stream, lambda: next(seconds)) as progress:
        progress.tell(100, 500)
        progress.tell(400, 1500)
    assert stream.getvalue() == ""
