"""The command line: each command does what it says, and tells on standard error why it did not."""

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.cli import main
from app.store.bundles import content
from app.store.citing import cite, fingerprint, sentences
from app.store.db import Database
from app.store.loading import load
from app.store.migrating import HEAD
from tests.conftest import SEED, drafts
from tests.loads import bodies, counts, naming, rows
from tests.world import world_bundles, world_texts
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
TEXT = world_texts()[FIRST].decode()
README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def files(alone: Path) -> Path:
    """A folder with the invented world's bundles and texts, and no database."""
    for name, data in world_bundles():
        (alone / name).write_bytes(data)
    for name, data in world_texts().items():
        (alone / f"{name}.txt").write_bytes(data)
    return alone


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    """What a command returns, prints and tells on standard error."""
    code = main([str(one) for one in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def written(raw: dict[str, Any], name: str) -> Path:
    path = Path(name)
    path.write_text(json.dumps(raw, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_the_version_and_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"{__version__}\n"
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    commands = re.findall(r"^    (\w+)", capsys.readouterr().out, re.MULTILINE)
    documented = re.findall(r"^\| `summit (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(commands) == sorted(set(documented))
    with pytest.raises(SystemExit, match="2"):
        main([])


def test_migrate_makes_the_database(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "migrate") == (0, f"the database is at revision {HEAD}\n", "")
    assert run(capsys, "migrate") == (0, f"the database is at revision {HEAD}\n", "")
    assert (alone / "summit.db").exists()


def test_load_says_what_it_did(files: Path, fresh: Database, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("load", files, "--database-url", url_of(fresh))
    assert run(capsys, *given) == (0, f"edition 1: {len(rows(fresh, 'changes'))} created\n", "")
    assert run(capsys, *given) == (0, "nothing new: these bundles are loaded already\n", "")
    path = written(edited([("/note", "nothing but the note")]), "note.json")
    assert run(capsys, "load", path, *given[2:]) == (0, "edition 2: no fact changed\n", "")
    reasons = {"places/veld": why("its full name")}
    path = written(edited([*naming("places/veld", "The Veld"), ("/reasons", reasons)]), "veld.json")
    code, out, _ = run(capsys, "load", path, *given[2:])
    again = sum(body["edition"] == 3 for body in bodies(fresh, 3).values()) - 1
    assert (code, out) == (0, f"edition 3: 1 corrected, {again} published again\n")


@pytest.mark.parametrize("keep", [(), ("--keep-text", "true")])
def test_load_keeps_texts_where_told_to(
    keep: tuple[str, ...], files: Path, fresh: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [part for name in (SECOND, FIRST) for part in ("--text", f"{name}.txt")]
    assert run(capsys, "load", files, *texts, "--database-url", url_of(fresh), *keep)[0] == 0
    assert {row["document"]: row["content"] for row in rows(fresh, "texts")} == (world_texts() if keep else {})


def test_bundles_have_a_largest_size(
    files: Path, fresh: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files / f"{FIRST}.json"
    size = path.stat().st_size
    told = f"{path}: /: has {size:,} bytes; at most {size - 1:,} are read\n"
    given = ("load", path, "--database-url", url_of(fresh), "--bundle-max")
    assert run(capsys, *given, size - 1) == (1, "", told)
    assert run(capsys, *given, size)[0] == 0
    monkeypatch.setenv("SUMMIT_BUNDLE_MAX", str(size - 1))
    assert run(capsys, "check", path) == (1, "", told)


def test_load_leaves_nothing_of_a_folder_with_a_fault(
    files: Path, fresh: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    written(edited([("/statements/farrow-vote/act", "shouts")], RAW[1]), f"{SECOND}.json")
    code, out, err = run(capsys, "load", files, "--database-url", url_of(fresh))
    assert (code, out) == (1, "")
    assert f"{SECOND}.json" in err
    assert set(counts(fresh).values()) == {0}


def test_load_wants_a_database_with_this_schema(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "load", files)
    assert (code, err) == (1, "summit: there is no database at summit.db; `summit migrate` makes one\n")
    assert not (files / "summit.db").exists()
    sqlite3.connect("summit.db").close()
    code, _, err = run(capsys, "load", files)
    assert code == 1
    assert "`summit migrate` brings it up to date" in err


def test_check_tells_how_much_is_right(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = sum(len(one) for raw in RAW for one in raw.values() if isinstance(one, list)) + 2
    records -= sum(len(raw.get("corroborates", [])) for raw in RAW)
    assert run(capsys, "check", files) == (0, f"right: 2 bundles, {records} records\n", "")
    proved = run(capsys, "check", files, "--text", f"{FIRST}.txt")
    assert proved == (0, f"right: 2 bundles, {records} records, every citation of 1 document proved\n", "")
    assert not (files / "summit.db").exists()


def test_check_names_file_line_and_pointer_of_every_fault(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(edited([("/places/veld/kind", "land"), ("/topics/security/label", "")]), f"{FIRST}.json")
    lines = path.read_text(encoding="utf-8").splitlines()
    code, out, err = run(capsys, "check", files)
    assert (code, out) == (1, "")
    kind, label = (number for number, line in enumerate(lines, 1) if line.strip() in ('"kind": "land",', '"label": ""'))
    assert f"{files}/{FIRST}.json:{kind}: /places/1/kind: " in err
    assert f"{files}/{FIRST}.json:{label}: /topics/0/label: " in err


def test_check_reads_every_file_before_it_stops(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "a.json").write_text("{")
    (files / "b.json").write_bytes(b"\xff\xfe{}")
    code, _, err = run(capsys, "check", files)
    assert code == 1
    assert re.findall(r"/(\w\.json):1: /: ", err) == ["a.json", "b.json"]


def test_check_with_a_text_names_what_is_not_as_it_says(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / f"{FIRST}.txt").write_text(TEXT.replace("unworkable", "unworkabel"), encoding="utf-8")
    code, _, err = run(capsys, "check", files / f"{FIRST}.json", "--text", files / f"{FIRST}.txt")
    assert code == 1
    assert "3.1" in err
    assert all(line.startswith(f"{files}/{FIRST}.json:") for line in err.splitlines()[:5])


@pytest.mark.parametrize(
    "raw", ["{}", '{"document": null}', '{"id": 3, "document": {"sha256": []}}', '{"document": []}']
)
def test_check_with_a_text_takes_any_bundle(raw: str, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "odd.json").write_text(raw)
    code, _, err = run(capsys, "check", files / "odd.json", "--text", f"{FIRST}.txt")
    assert code == 1
    assert "odd.json:" in err


def test_a_text_that_no_bundle_describes_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "other.txt").write_text("Another text.\n")
    code, _, err = run(capsys, "check", files, "--text", "other.txt")
    assert code == 1
    assert "no bundle's document is other.txt" in err


def test_what_is_not_there_is_named(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (("check", "gone.json"), ("check", alone), ("fingerprint", "gone.txt"), ("cite", "gone.txt", "x")):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (1, "")
        assert err.startswith("summit: ")
        assert str(arguments[1]) in err


def test_fingerprint_proposes_the_document_block(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "fingerprint", f"{FIRST}.txt")
    assert (code, json.loads(out)) == (0, fingerprint(TEXT))
    (files / "bom.txt").write_bytes(b"\xef\xbb\xbfText.\n")
    code, out, err = run(capsys, "fingerprint", "bom.txt")
    assert (code, out) == (1, "")
    assert "byte order mark" in err


def test_cite_prints_one_citation_or_all_or_says_that_there_is_none(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "cite", f"{FIRST}.txt", "unworkable")
    assert (code, [json.loads(out)], err) == (0, cite(TEXT, "unworkable", sentences(TEXT)), "")
    code, out, err = run(capsys, "cite", f"{FIRST}.txt", "Oster")
    assert (code, json.loads(out)) == (0, cite(TEXT, "Oster", sentences(TEXT)))
    assert f"stand in {len(json.loads(out))} places" in err
    code, out, err = run(capsys, "cite", f"{FIRST}.txt", "submarine")
    assert (code, out, err) == (1, "", f"summit: these words do not stand in {FIRST}.txt\n")


def test_schema_prints_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "schema")
    assert (code, out.encode()) == (0, content())
    assert (SEED.parent / "bundle.schema.json").read_bytes() == content()


def test_doctor_tells_what_is_there(fresh: Database, alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(fresh, drafts())
    code, out, _ = run(capsys, "doctor", "--database-url", url_of(fresh))
    told = json.loads(out)
    assert (code, told["schema_current"], told["edition"]) == (0, True, 1)
    assert told["engine"] == ("sqlite" if fresh.is_sqlite else "postgresql")
    assert sum(told["facts"].values()) == len(bodies(fresh, 1))
    code, _, err = run(capsys, "doctor")
    assert (code, err) == (1, "summit: there is no database at summit.db; `summit migrate` makes one\n")


def test_what_is_not_there_is_not_erased(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "erase", "some-report", "--reason", "It was asked for.")
    assert (code, err) == (1, "summit: there is no database at summit.db; `summit migrate` makes one\n")
    assert not list(alone.iterdir())


def test_a_schema_of_another_version_is_named(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "migrate")
    with sqlite3.connect("summit.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'newer'")
    connection.close()
    code, out, _ = run(capsys, "doctor")
    assert (code, json.loads(out)["schema_current"]) == (1, False)
    code, _, err = run(capsys, "migrate")
    assert code == 1
    assert err.startswith("summit: ")
    assert "newer" in err


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:1/nothing"])
def test_a_database_out_of_reach_is_named_in_a_line(url: str, alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "migrate", "--database-url", url)
    assert (code, out) == (1, "")
    assert err.startswith("summit: ")
    assert "Traceback" not in err
    assert "sqlalche.me" not in err


def test_flags_beat_the_environment_and_that_beats_the_file(
    alone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / ".env").write_text("SUMMIT_DATABASE_URL=sqlite:///file.db\n")
    run(capsys, "migrate")
    monkeypatch.setenv("SUMMIT_DATABASE_URL", "sqlite:///environment.db")
    run(capsys, "migrate")
    run(capsys, "migrate", "--database-url", "sqlite:///flag.db")
    made = sorted((path.stat().st_mtime_ns, path.name) for path in alone.glob("*.db"))
    assert [name for _, name in made] == ["file.db", "environment.db", "flag.db"]


def test_a_setting_of_the_wrong_form_is_named(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "migrate", "--port", "eighty", "--limit-max", "0")
    assert code == 1
    assert [line.split(": ")[:2] for line in err.splitlines()] == [["summit", "port"], ["summit", "limit_max"]]
    code, _, err = run(capsys, "migrate", "--limit-max", "10")
    assert (code, err) == (1, "summit: limit_default, 50, is more than limit_max, 10\n")
