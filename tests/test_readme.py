"""The README under test: its commands run, its sample is the answer, its tables and paths are those of the code."""

import argparse
import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from app.cli import _parser
from app.facts import KINDS
from app.facts.asking import Query, SpendingSort
from app.http.verdicts import VerifiedClaim, VerifiedFigure, VerifiedQuotation
from app.settings import Settings
from app.store.db import Database
from app.store.sqlite import sqlite3
from tests.asked import EVERY, OPERATIONS, PATHS
from tests.conftest import Client
from tests.feeds import read_feed
from tests.loads import rows
from tests.served import Start

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def fences(language: str) -> list[str]:
    """The code blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def section(heading: str) -> str:
    """What stands under a heading, up to the next."""
    return re.split(r"^##+ ", README.split(f"\n{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(first: str) -> list[list[str]]:
    """The cells of the table whose first column has this title, its head left out."""
    rows = README.split(f"\n| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


COMMANDS = [
    shlex.split(line.removeprefix("$ "))
    for block in (*fences("console"), *fences("sh"))
    for line in block.splitlines()
    if line.strip()
]
CURLS = [words[2:] for words in COMMANDS if words[:2] == ["curl", "-s"]]
ASKED = [target.removeprefix("localhost:8000") for target, *_ in CURLS]


CURL = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here, with which the README asks")


def run_all(commands: str, url: str, folder: Path) -> list[dict[str, Any]]:
    """Runs commands of the shell in a folder, on a database; the JSON that they print, one object after the other."""
    script = f'summit() {{ "{sys.executable}" -m app "$@"; }}\n{commands}'
    environment = {**os.environ, "SUMMIT_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = "".join(line for line in done.stdout.splitlines() if line.startswith("{"))
    return [json.loads(one) for one in re.split(r"(?<=})(?={)", printed)]


def test_every_curl_is_one_that_is_run() -> None:
    written = sum(block.count("curl -s '") for block in fences("bash"))
    assert README.count("curl -s '") - written == len(ASKED) > 7
    assert all(target.startswith("/") for target in ASKED)


@pytest.mark.parametrize(("target", "sent"), [(target, curl[1:]) for target, curl in zip(ASKED, CURLS, strict=True)])
def test_curl_answers(target: str, sent: list[str], seeded: Client) -> None:
    option, body = (*sent, None, None)[:2]
    assert option in (None, "--json", "--compressed")
    answer = seeded.request("POST" if body else "GET", target, json=json.loads(body) if body else None)
    assert answer.status_code == 200
    assert option != "--compressed" or answer.headers["content-encoding"] == "gzip"
    if answer.headers["content-type"] == "application/json":
        assert answer.json().get("items", [answer])
    elif "format=" in target:
        assert len(answer.content.splitlines()) > 1
    else:
        assert read_feed(answer.content).entries


def test_the_sample_is_the_whole_answer(seeded: Client) -> None:
    assert json.loads(fences("json")[0]) == seeded.json(ASKED[0])


def test_the_sample_of_what_is_verified_is_in_the_answer(seeded: Client) -> None:
    [(target, sent)] = [(one, curl[2]) for one, curl in zip(ASKED, CURLS, strict=True) if one == "/verify"]
    answer = seeded.request("POST", target, json=json.loads(sent)).json()
    assert within(json.loads(fences("json")[1]), answer)


def within(part: Any, whole: Any) -> bool:
    """Whether a value is another with some of its names left out."""
    if isinstance(part, dict):
        return all(name in whole and within(one, whole[name]) for name, one in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(within, part, whole))
    return bool(part == whole)


def test_the_verdicts_are_those_of_the_code() -> None:
    lists = [CODE.findall(row[1]) for row in table("of")]
    shapes = VerifiedQuotation, VerifiedFigure, VerifiedClaim
    known = [set(get_args(shape.model_fields["verdict"].annotation)) for shape in shapes]
    assert [set(one) for one in lists] == known


def test_a_citation_is_proved_as_shown(report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "report.txt").write_bytes(report.encode())
    monkeypatch.chdir(tmp_path)
    cited = json.loads(fences("json")[0])["quotations"][0]["citation"]
    [proof, _] = fences("python")
    names: dict[str, Any] = {}
    exec(proof, names)
    assert {name: names[name] for name in ("words", "start", "end", "sha256")} == {
        "words": cited["exact"],
        **{name: cited[name] for name in ("start", "end", "sha256")},
    }
    (tmp_path / "report.txt").write_bytes(report.encode()[1:])
    with pytest.raises(AssertionError):
        exec(proof, {})


def test_addresses_exist() -> None:
    told = {code for code in CODE.findall(section("### Lists")) if code.startswith("/")}
    known = {*PATHS, *(re.sub(r"^/\w+/\{id\}(/history)?$", r"/{kind}/{id}\1", path) for path in OPERATIONS)}
    assert {path for path in told if path not in known} == set()
    assert {f"/{kind}" for kind in KINDS} <= told


def test_parameters_of_every_list() -> None:
    told = [name for row in table("parameter") for name in CODE.findall(row[0])]
    assert told == [field.alias or name for name, field in Query.model_fields.items()]
    [sort] = [row[1] for row in table("parameter") if row[0] == "`sort`"]
    keys = [key for choices in get_args(SpendingSort) for key in get_args(choices) or (choices,)]
    told = [key for words in CODE.findall(sort) for key in words.split() if key != "-"]
    assert told == list(dict.fromkeys(key.lstrip("-") for key in keys))


def test_filters_of_each_list() -> None:
    told = {row[0]: CODE.findall(row[1]) for row in table("list")}
    known = {
        f"`/{kind}`": [field.alias or name for name, field in one.query.model_fields.items() if name not in common]
        for kind, one in KINDS.items()
        for common in [Query.model_fields]
    }
    assert told == known


def test_every_filter_of_the_model_is_there() -> None:
    model = ROOT.parent / "shared" / "model.md"
    if not model.exists():
        pytest.skip("the model is not beside the project: ../shared/model.md")
    told = " ".join(
        re.split(r"^## Filters$", model.read_text(), flags=re.MULTILINE)[1].split(". `mentions=`")[0].split()
    )
    for kinds, names in re.findall(r"([A-Za-z, ]+): `([^`]+)`", told):
        for kind in KINDS if kinds.strip() == "All" else kinds.replace(" ", "").split(","):
            taken = {field.alias or name for name, field in KINDS[kind].query.model_fields.items()}
            assert set(names.split()) - {"q"} <= taken, f"{kind}: search is built later, all else is there"


def test_settings() -> None:
    def shown(value: Any) -> str:
        return f"`{str(value).lower() if isinstance(value, bool) else value}`"

    assert table("setting") == [
        [f"`SUMMIT_{name.upper()}`", shown(field.default), field.description]
        for name, field in Settings.model_fields.items()
    ]


def commands(parser: argparse.ArgumentParser, name: str = "summit") -> Iterator[str]:
    """Each command that a parser takes, those within commands too, with what must be given to it."""
    given = parser._get_positional_actions()
    if given and isinstance(given[0], argparse._SubParsersAction):
        for one, inner in given[0].choices.items():
            yield from commands(inner, f"{name} {one}")
    else:
        words = [one.dest.upper() if one.nargs is None else f"{one.dest[:-1].upper()}…" for one in given]
        yield " ".join([name, *words])


def test_commands() -> None:
    assert {CODE.findall(row[0])[0] for row in table("command")} == set(commands(_parser()))


def test_summit_commands_are_read() -> None:
    used = [words[1 : words.index("#") if "#" in words else None] for words in COMMANDS if words[0] == "summit"]
    assert used
    for words in used:
        assert _parser().parse_args(words).run


@CURL
def test_what_is_told_of_comparing_runs(start: Start, fresh: Database) -> None:
    [_, commands, _] = fences("bash")
    url = fresh.url.render_as_string(hide_password=False)
    served = start("--database-url", url).ready()
    [told] = run_all(commands.replace(":8000", f":{served.port}"), url, ROOT)
    assert told["items"] and {one["result"] for one in told["items"]} == {"differs"}
    assert all(one["a"] and one["b"] for one in told["items"])


@CURL
def test_what_is_told_of_writing_runs(start: Start, fresh: Database, tmp_path: Path) -> None:
    [_, _, commands] = fences("bash")
    small = json.dumps(EVERY["put /bundles/{id}"]["requestBody"]["content"]["application/json"]["example"])
    (tmp_path / "my.json").write_text(small.replace(json.loads(small)["id"], "my-report"))
    url = fresh.url.render_as_string(hide_password=False)
    served = start("--database-url", url).ready()
    told = run_all(commands.replace(":8000", f":{served.port}"), url, tmp_path)
    assert [one["bundle"] for one in told] == ["my-report"] * 4
    assert [one["edition"] for one in told] == [None, 2, None, 3]
    assert {one["change"] for one in told[0]["diff"]} == {"created"}
    assert [row["name"] for row in rows(fresh, "keys")] == ["Ada Quill"]
    assert {row["by"] for row in rows(fresh, "changes") if row["bundle"] == "my-report"} == {"Ada Quill"}


@CURL
def test_what_is_told_of_the_file_runs(start: Start, tmp_path: Path) -> None:
    commands, python = fences("bash")[0], fences("python")[1]
    served = start().ready()
    [download, query, _] = commands.replace(":8000", f":{served.port}").splitlines()
    subprocess.run(shlex.split(download), cwd=tmp_path, check=True)
    with contextlib.closing(sqlite3.connect(tmp_path / shlex.split(query)[1])) as file:
        read = [one for code in (query, python) for one in re.findall(r'"(SELECT .+?)"', code)]
        assert len(read) == 2
        assert all(file.execute(sql).fetchall() for sql in read)
        told = [row for row in table("view") if row]
        assert told == [[f"`{name}`", title] for name, title in file.execute("SELECT name, title FROM queries")]
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    prose = re.sub(r"^```.*?^```", "", section("### One file"), flags=re.MULTILINE | re.DOTALL)
    written = {code for code in CODE.findall(prose) if re.fullmatch(r"[a-z_]+", code)}
    assert {"statements_topics", "people_offices", "citations", "about", "queries"} <= written & tables


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {words[1] for words in COMMANDS if words[0] == "make"} | set(re.findall(r"`make ([a-z-]+)", README))
    assert told and told <= targets


def architecture() -> list[Path]:
    """The folders of the sketch in the README, and the modules that its arrows join."""
    found, folder = [], ROOT
    for line in section("## Architecture").split("```")[1].strip().splitlines():
        names = re.findall(r"(?<![(\w])[a-z]+/", line)
        depth = len(line) - len(line.lstrip())
        folder = ROOT / "app" / "store" if depth == 4 else ROOT / "app" if depth else ROOT
        found += [folder / name for name in names]
        if "→" in line:
            parts = re.split(r" → |, |; | \([^)]*\)", line.split(names[0], 1)[1].strip())
            found += [folder / names[0] / f"{part}.py" for part in parts if re.fullmatch(r"[a-z]+", part)]
    return found


def test_paths_exist() -> None:
    assert {path.name for path in architecture()} >= {"facts", "store", "http", "migrations", "seed", "loading.py"}
    prose = section("## Architecture").rpartition("```")[2]
    written = [ROOT / code for code in CODE.findall(prose) if re.match(r"(app|tests|seed)/", code)]
    assert len(written) > 5
    assert [path for path in (*architecture(), *written) if not path.exists()] == []
