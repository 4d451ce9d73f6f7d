"""The file of all facts: the flat rows of the API, every list and every citation, joined by keys that hold."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.facts import KINDS
from app.http.queries import EXAMPLES
from app.store.db import Database
from app.store.loading import load
from tests.asked import spans
from tests.conftest import Client, Maker, client_for, drafts
from tests.exported import PATH, Exported, Row, downloaded, flat_rows, same
from tests.loads import draft
from tests.test_further import FURTHER
from tests.world import further_texts, world_texts

SINGULARS = {kind.singular: kind.name for kind in KINDS.values()}
APART = ("citations", "caveats", "quotation_marks")  # lists that have no table of their own
SPAN = ("document", "sentence", "start", "end", "sha256")
each = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="session")
def reports(empty: Maker) -> Iterator[Client]:
    """A client of the invented world with all of its reports, their texts held; only to be read."""
    database = Database(empty())
    load(database, drafts(), world_texts(), keep=True)
    load(database, [draft(raw) for raw in FURTHER], further_texts(), keep=True)
    client = client_for(database)
    database.close()
    yield client
    client.close()


@pytest.fixture(scope="session", params=["seeded", "reports"])
def exported(request: pytest.FixtureRequest, empty: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The file of the shipped facts, and that of the invented ones."""
    client = request.getfixturevalue(request.param)
    made = downloaded(client, tmp_path_factory.mktemp("export") / "facts.sqlite")
    yield made
    made.file.close()


def columns(exported: Exported, table: str) -> dict[str, str]:
    """The types of a table's columns, by name."""
    return {row["name"]: row["type"] for row in exported.rows(f'PRAGMA table_info ("{table}")')}


def keys(exported: Exported, table: str) -> dict[str, tuple[str, str]]:
    """The table and the column that each column of a table refers to."""
    return {row["from"]: (row["table"], row["to"]) for row in exported.rows(f'PRAGMA foreign_key_list ("{table}")')}


def divided(name: str, names: list[str]) -> list[str]:
    """The columns for each kind of which a reference may be."""
    base = name.removesuffix("_id")
    return [one for one in names if one in {f"{base}_{singular}_id" for singular in SINGULARS}] if base != name else []


def test_it_is_whole_and_every_reference_leads_somewhere(exported: Exported) -> None:
    assert exported.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert exported.rows("PRAGMA foreign_key_check") == []
    for table in exported.names("table"):
        assert set(keys(exported, table).values()) <= {(kind, "id") for kind in KINDS}


@each
def test_a_table_holds_the_flat_rows(exported: Exported, kind: str) -> None:
    cells, rows = flat_rows(exported.client, kind), exported.rows(kind)
    assert [row["id"] for row in rows] == [row["id"] for row in cells]
    assert rows or kind in ("organisations", "places", "topics", "spending", "attendees")
    for row, flat in zip(rows, cells, strict=True):
        added = [one for name in flat for one in divided(name, list(row))]
        assert [name for name in row if name not in added] == list(flat)
        assert {name: (flat[name], row[name]) for name in flat if not same(flat[name], row[name])} == {}


@each
def test_ids_refer_to_their_kind(exported: Exported, kind: str) -> None:
    """Each id has a key; where it may be of several kinds, the column of its kind holds it again and has the key."""
    names, known = columns(exported, kind), keys(exported, kind)
    assert known.pop("document") == ("documents", "id")
    referring = [name for name in names if name.endswith("_id")]
    several = {name: found for name in referring if (found := divided(name, referring))}
    again = [one for found in several.values() for one in found]
    assert known.keys() == {name for name in referring if name not in several}
    assert all(known[one][0] == SINGULARS[one.removesuffix("_id").rpartition("_")[2]] for one in again)
    bodies = {body["id"]: body for body in exported.bodies[kind]}
    for row in exported.rows(kind):
        for name, found in several.items():
            reference = bodies[row["id"]].get(name.removesuffix("_id"))
            of = reference and KINDS[reference["path"].split("/")[1]].singular
            expected = {one: row[name] if one == f"{name.removesuffix('_id')}_{of}_id" else None for one in found}
            assert {one: row[one] for one in found} == expected


def test_speakers_may_be_people_or_organisations(exported: Exported) -> None:
    assert keys(exported, "statements")["speaker_person_id"] == ("people", "id")
    assert keys(exported, "statements")["speaker_organisation_id"] == ("organisations", "id")
    assert keys(exported, "statements")["event_id"] == ("events", "id")
    assert keys(exported, "attendees")["place_id"] == ("places", "id")
    assert keys(exported, "statements_topics") == {"statement_id": ("statements", "id"), "topic_id": ("topics", "id")}


@each
def test_datasette_shows_names_in_the_place_of_ids(exported: Exported, kind: str) -> None:
    """It takes a column `name` or `title` for the label, from 1.0 on only where not just one text is unique."""
    names = columns(exported, kind)
    assert next(name for name in names if name in ("name", "title")) == "name"
    unique = [row["name"] for row in exported.rows(f'PRAGMA index_list ("{kind}")') if row["unique"]]
    held = [[row["name"] for row in exported.rows(f'PRAGMA index_info ("{index}")')] for index in unique]
    assert sorted(held) == [["id"], ["path"]]


def test_what_is_a_number_is_one(exported: Exported) -> None:
    types = {kind: columns(exported, kind) for kind in KINDS}
    decimals = ("obs_value", "amount", "derived_value", "comparison_value")
    assert {types["spending"][name] for name in decimals} == {"NUMERIC"}
    assert {types["statements"][name] for name in ("start", "end", "may_quote", "revision")} == {"INTEGER"}
    assert {types["caveats"][name] for name in ("decision_value", "sentence")} == {"TEXT"}
    for kind in KINDS:
        for row in exported.rows(kind):
            for name, type in types[kind].items():
                right = str if type == "TEXT" else int if type == "INTEGER" else (int, float)
                assert row[name] is None or isinstance(row[name], right), (kind, name, row[name])
                assert row[name] != ""
    for body in exported.bodies["spending"]:
        [held] = exported.rows("SELECT amount * 2 AS twice FROM spending WHERE id = ?", body["id"])
        assert held["twice"] == (float(body["amount"]) * 2 if body["amount"] else None)


def lists(body: Row, prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Every list of a body but for those in the parts of a list, by the name that its table ends in."""
    for name, value in body.items():
        if name in APART or "date" in name:
            continue
        if isinstance(value, list):
            yield prefix + name, value
        elif isinstance(value, dict) and "sha256" not in value:
            yield from lists(value, f"{prefix}{name}_")


def shows(row: Row, part: Any) -> bool:
    """Whether a row of a list's table holds what the list does."""
    if isinstance(part, str):
        return [*row.values()] == [part]
    if part.keys() == {"id", "name", "path"}:
        return bool(next(iter(row.values())) == part["id"])
    told = {name: value for name, value in part.items() if name in row and not isinstance(value, dict | list)}
    told |= {f"{name}_id": value["id"] for name, value in part.items() if isinstance(value, dict) and "id" in value}
    told |= {name: part["citation"][name] for name in (*SPAN, "exact")} if part.get("citation") else {}
    return {name: row[name] for name in told} == told


@each
def test_every_list_has_a_table(exported: Exported, kind: str) -> None:
    owner = f"{KINDS[kind].singular}_id"
    found = {table: exported.rows(table) for table in exported.names("table") if table.startswith(f"{kind}_")}
    held = {body["id"]: {f"{kind}_{name}": parts for name, parts in lists(body)} for body in exported.bodies[kind]}
    assert {name for of in held.values() for name in of} <= found.keys()
    for table, rows in found.items():
        expected = [(id, n, part) for id in sorted(held) for n, part in enumerate(held[id].get(table, []), 1)]
        assert [(row.pop(owner), row.pop("number")) for row in rows] == [(id, number) for id, number, _ in expected]
        wrong = [(row, part) for row, (*_, part) in zip(rows, expected, strict=True) if not shows(row, part)]
        assert wrong == []


def test_lists_are_joined_by_their_tables(exported: Exported) -> None:
    joined = exported.rows(
        "SELECT statements.id, group_concat(topic_id, ';' ORDER BY number) AS topics FROM statements "
        "JOIN statements_topics ON statement_id = statements.id JOIN topics ON topics.id = topic_id GROUP BY 1"
    )
    assert {row["id"]: row["topics"] for row in joined} == {
        row["id"]: row["topics"] for row in exported.rows("SELECT id, topics FROM statements WHERE topics IS NOT NULL")
    }
    assert joined


def test_what_a_caveat_is_about_is_what_has_the_caveat(exported: Exported) -> None:
    for kind in KINDS.values():
        column = f"fact_{kind.singular}_id"
        found = exported.rows(f"SELECT {column} AS fact, caveat_id FROM caveats_facts WHERE {column} IS NOT NULL")
        told = {(body["id"], one["id"]) for body in exported.bodies[kind.name] for one in body["caveats"]}
        assert {(row["fact"], row["caveat_id"]) for row in found} == told


@each
def test_every_citation_is_there(exported: Exported, kind: str) -> None:
    inherited = KINDS[kind].table.inherited
    names = ("document", "sentence", "start", "end", "sha256", "exact")
    for body in exported.bodies[kind]:
        own = {name: value for name, value in body.items() if name not in inherited}
        expected = [(*(one[name] for name in names), ";".join(one["supports"]) or None) for one in spans(own)]
        rows = exported.rows("SELECT * FROM citations WHERE fact_kind = ? AND fact_id = ?", kind, body["id"])
        found = [(*(row[name] for name in names), row["supports"]) for row in rows]
        assert sorted(map(repr, found)) == sorted(map(repr, expected))
        own_rows = [row for row in rows if row["field"] == "citations"]
        assert [row["sha256"] for row in own_rows] == [one["sha256"] for one in body["citations"]]
        of = {name for row in rows for name in row if re.fullmatch(r"fact_\w+_id", name) and row[name] is not None}
        assert of == ({f"fact_{KINDS[kind].singular}_id"} if rows else set())


def test_no_paraphrase_passes_for_speech(exported: Exported) -> None:
    bodies = {body["id"]: body for body in exported.bodies["statements"]}
    for row in exported.rows("statements"):
        said = [one["text"] for one in bodies[row["id"]]["quotations"]]
        assert row["quotation"] == (" … ".join(said) or None)
        assert row["paraphrase"] == bodies[row["id"]]["paraphrase"]
        assert row["may_quote"] == int(bool(said))
    told = {(row["statement_id"], row["quotation"]) for row in exported.rows("may_be_quoted")}
    assert told == {(id, one["text"]) for id, body in bodies.items() for one in body["quotations"]}
    assert told


def test_statements_are_found_by_their_words(exported: Exported) -> None:
    [index] = exported.rows("SELECT sql FROM sqlite_schema WHERE name = 'statements_fts'")
    assert 'content="statements"' in index["sql"], "by which Datasette knows of it"
    for body in exported.bodies["statements"]:
        for text in filter(None, [body["paraphrase"], *(one["text"] for one in body["quotations"])]):
            word = max(re.findall(r"[a-z]+", text.lower()), key=len)
            matching = "SELECT rowid FROM statements_fts WHERE statements_fts MATCH ?"
            found = exported.rows(f"SELECT id FROM statements WHERE rowid IN ({matching})", f'"{word}"')
            assert body["id"] in [row["id"] for row in found], word


def test_it_says_what_it_is(exported: Exported) -> None:
    client = exported.client
    content = hashlib.sha256()
    for kind in KINDS:
        content.update(client.get(f"/{kind}?format=ndjson&sort=id").content)
    last = client.json("/editions?limit=1000")["items"][-1]
    told = {"edition": last["edition"], "at": last["at"], "sha256": content.hexdigest()}
    assert exported.rows("about") == [{**told, "software": "Summit Facts", "version": __version__, "url": None}]


def test_five_queries_are_also_views(exported: Exported) -> None:
    queries = exported.rows("queries")
    assert [(row["name"], row["title"], row["sql"]) for row in queries] == [
        (one.name, one.title, one.sql.strip()) for one in EXAMPLES
    ]
    assert exported.names("view") == [row["name"] for row in queries]
    assert len(queries) == 5
    for query in queries:
        found = exported.rows(query["sql"])
        assert found == exported.rows(query["name"])
        assert found or not exported.rows("SELECT * FROM spending"), query["name"]


def test_the_queries_answer_their_questions(seeded: Any, tmp_path: Path) -> None:
    exported = downloaded(seeded, tmp_path / "facts.sqlite")
    said = exported.rows("SELECT * FROM who_said_what WHERE topic_id = 'ukraine-war'")
    asked = seeded.json("/statements?topic=ukraine-war&voice=speaker&limit=1000")["items"]
    own = {one["id"] for one in asked if "ukraine-war" in [topic["id"] for topic in one["topics"]]}
    assert {row["statement_id"] for row in said} == own
    assert all(row["speaker"] or row["position_of"] for row in said)
    quoted = {body["id"]: body for body in exported.bodies["statements"] if body["may_quote"]}
    for row in exported.rows("may_be_quoted"):
        [one] = [one for one in quoted[row["statement_id"]]["quotations"] if one["text"] == row["quotation"]]
        assert {name: row[name] for name in SPAN} == {name: one["citation"][name] for name in SPAN}
    assert [row["time_period"] for row in exported.rows("spending_by_year")] == sorted(
        body["time_period"] for body in exported.bodies["spending"] if body["time_period"]
    )
    silent = {row["caveat_id"] for row in exported.rows("not_stated")}
    assert silent == set(seeded.ids("/caveats?kind=not_stated&limit=1000"))
    came = {row["attendee_id"]: row["status"] for row in exported.rows("who_attended_what")}
    assert came == {body["id"]: body["status"] for body in exported.bodies["attendees"]}
    exported.file.close()


def test_without_facts_it_is_empty(fresh: Database, client_of: Any, tmp_path: Path) -> None:
    exported = downloaded(client_of(fresh), tmp_path / "facts.sqlite")
    names = (*KINDS, "citations", *exported.names("view"))
    assert [name for name in names if exported.rows(name)] == []
    assert exported.rows("SELECT edition, at FROM about") == [{"edition": 0, "at": None}]
    exported.file.close()


def test_both_engines_make_the_same(pair: tuple[Any, Any], tmp_path: Path) -> None:
    """Byte for byte, but for the instant at which each was loaded."""
    contents = []
    for number, client in enumerate(pair):
        exported = downloaded(client, tmp_path / f"{number}.sqlite")
        [about] = exported.rows("about")
        contents.append(client.get(PATH).content.replace(about["at"].encode(), b"-" * len(about["at"])))
        assert contents[-1].count(b"-" * len(about["at"])) == 1
        exported.file.close()
    assert contents[0] == contents[1]
