"""Publishing again: what shows another record shows it as it is, and what shows nothing new is not written."""

import json
from collections import Counter
from typing import Any

from app.facts.base import FOREVER
from app.store.db import Database
from app.store.loading import Loaded, load
from app.store.reading import Draft
from tests.conftest import drafts
from tests.loads import bodies, counts, draft, names, naming, parts, renamed, rows, stored, versions
from tests.world.editing import RAW, Edit, edited, why

PERSON = "people/ada-quill"
EVENT = "events/lantern-talks-may-2031"
GAZETTE = {"basis": "external", "source": "The tests' own list"}


def corrected(*edits: Edit, raw: dict[str, Any] = RAW[0]) -> Draft:
    """A bundle with edits, and a reason for each record that they touch."""
    touched = {"/".join(pointer.split("/")[1:3]) for pointer, _ in edits}
    return draft(edited([*edits, ("/reasons", {fact: why() for fact in touched})], raw))


def rewritten(database: Database, edition: int) -> set[str]:
    """The facts that have a version of this edition."""
    return {fact for fact, body in bodies(database, edition).items() if body["edition"] == edition}


def test_every_body_that_shows_a_name_shows_the_new_one_and_nothing_else_is_written(fresh: Database) -> None:
    load(fresh, drafts())
    before = bodies(fresh, 1)
    showing = {fact for fact, body in before.items() if any("Ada Quill" in name for name in names(body))}
    loaded = load(fresh, [corrected(*naming(PERSON, "Ada Quill the Elder"))])
    after = bodies(fresh, 2)
    assert loaded.changes == {"corrected": 1}
    assert rewritten(fresh, 2) == showing
    assert {fact.partition("/")[0] for fact in showing} >= {"people", "statements", "attendees", "mentions", "caveats"}
    for fact in showing:
        expected = renamed(before[fact], "Ada Quill", "Ada Quill the Elder")
        own = {"revision": 2, "named": False} if fact == PERSON else {}
        assert after[fact] == expected | {"edition": 2} | own, fact
    assert [row["fact"] for row in rows(fresh, "changes") if row["edition"] == 2] == [PERSON]


def test_what_was_published_again_is_counted_by_kind(fresh: Database) -> None:
    load(fresh, drafts())
    loaded = load(fresh, [corrected(*naming(PERSON, "Ada Quill the Elder"))])
    expected = Counter(fact.partition("/")[0] for fact in rewritten(fresh, 2) - {PERSON})
    assert loaded == Loaded(2, {"corrected": 1}, dict(expected))
    assert json.loads(rows(fresh, "editions")[-1]["republished"]) == dict(expected)
    assert json.loads(rows(fresh, "editions")[0]["republished"]) == {}


def test_names_by_rule_follow_through_every_step(fresh: Database) -> None:
    """A caveat is named after a statement, which is named after its speaker, who is renamed."""
    plain = edited([("/statements/quill-lights/name", None), ("/caveats/translated/name", None)])
    plain["caveats"].append({"id": "of-a-caveat", "kind": "disputed", "facts": ["caveats/translated"], "text": "Why?"}
                            | GAZETTE)  # fmt: skip
    quoted = ["statements/quill-lights", "statements/quill-border", "statements/oster-final"]
    plain = edited([("/caveats/translated/facts", quoted)], plain)
    load(fresh, [draft(plain)])
    chain = [PERSON, "statements/quill-lights", "caveats/translated", "caveats/of-a-caveat"]
    assert all("Ada Quill" in bodies(fresh, 1)[fact]["name"] for fact in chain)
    load(fresh, [corrected(*naming(PERSON, "Ida Quell"), raw=plain)])
    after = bodies(fresh, 2)
    assert all("Ida Quell" in after[fact]["name"] and after[fact]["edition"] == 2 for fact in chain)
    (note,) = [note for note in after["statements/quill-lights"]["caveats"] if note["id"] == "translated"]
    assert note["name"] == after["caveats/translated"]["name"]


def test_a_corrected_caveat_changes_the_notes_of_its_facts(fresh: Database) -> None:
    load(fresh, drafts())
    load(fresh, [corrected(("/caveats/translated/text", "The words are a translator's."))])
    about = {fact for one in RAW[0]["caveats"] if one["id"] == "translated" for fact in one["facts"]}
    assert rewritten(fresh, 2) == about | {"caveats/translated"}
    for fact in about:
        texts = {note["id"]: note["text"] for note in bodies(fresh, 2)[fact]["caveats"]}
        assert texts["translated"] == "The words are a translator's."
        assert [row["revision"] for row in versions(fresh, fact)] == [1, 1]


def test_a_caveat_that_turns_to_another_fact_leaves_the_first(fresh: Database) -> None:
    load(fresh, drafts())
    load(fresh, [corrected(("/caveats/atlas/facts", ["places/marrow", "places/port-calder"]))])
    noted = {fact for fact, body in bodies(fresh, 2).items() if any(note["id"] == "atlas" for note in body["caveats"])}
    assert noted == {"places/marrow", "places/port-calder"}


def test_an_event_that_moves_takes_its_attendees_along(fresh: Database) -> None:
    load(fresh, drafts())
    date = {"edtf": "2031-05-07", "basis": "inferred", "how": "completed"}
    load(fresh, [corrected((f"/{EVENT}/date", date), (f"/{EVENT}/place", "places/cafe-brisa"))])
    there = {f"attendees/{one['id']}" for one in RAW[0]["attendees"] if one["event"] == EVENT}
    assert rewritten(fresh, 2) == there | {EVENT}
    for fact in there:
        body, row = bodies(fresh, 2)[fact], versions(fresh, fact)[-1]
        assert (body["date"]["edtf"], body["place"]["id"]) == ("2031-05-07", "cafe-brisa")
        assert (row["earliest"], row["latest"], row["place"]) == ("2031-05-07", "2031-05-07", "places/cafe-brisa")
        assert (row["revision"], row["since_edition"], row["until_edition"]) == (1, 2, FOREVER)


def test_a_column_that_no_body_shows_follows_too(fresh: Database) -> None:
    """A statement made in a city is found by the city's country, which only the city's own body shows."""
    load(fresh, drafts())
    calder = [("/places/port-calder/country", "NO"), ("/places/port-calder/external/country", "The tests' own atlas")]
    edits = [("/places/port-calder/external", {}), *calder]
    load(fresh, [corrected(*edits)])
    assert [row["country"] for row in versions(fresh, "statements/quill-border")] == [None, "NO"]


def test_what_no_body_shows_of_a_wider_place_follows_too(fresh: Database) -> None:
    """A statement made in a city keeps by which source its country lies where it does."""
    load(fresh, drafts())
    load(fresh, [corrected(("/places/veld/external/within", "A newer atlas"))])
    found = [set[str](), set[str]()]
    for version, told in zip(versions(fresh, "statements/quill-border"), found, strict=True):
        for link in rows(fresh, "links"):
            if (link["kind"], link["row"], link["relation"]) == (
                "statements",
                version["row"],
                "through.place:places/orrin",
            ):
                told.add(link["target"])
    assert found == [{"The tests' own atlas of Orrin"}, {"A newer atlas"}]


def further() -> dict[str, Any]:
    """The second bundle, with records that refer to the first's places in two ways."""
    bureau = {"id": "bureau", "name": "Bureau", "kind": "agency", "place": "places/port-calder", **GAZETTE}
    office = {"role": "Clerk", "organisation": "organisations/bureau", "on_behalf_of": "places/veld"}
    clerk = {"id": "clerk", "name": "Clerk", "offices": [office], **GAZETTE}
    doubt = {"id": "of-theirs", "kind": "disputed", "facts": ["caveats/translated"], "text": "Is it?", **GAZETTE}
    after = {"id": "oster-again", "kind": "disputed", "facts": ["people/bram-oster"], "text": "Who?", **GAZETTE}
    added = {"organisations": [bureau], "people": [clerk], "caveats": [*RAW[1]["caveats"], doubt, after]}
    return {**RAW[1], **added}


def test_facts_of_a_bundle_that_is_not_loaded_are_published_again_whatever_they_refer_to(fresh: Database) -> None:
    """The bureau and its clerk both show what is renamed; the clerk's countries are read from the bureau's record."""
    load(fresh, [drafts()[0], draft(further())])
    load(fresh, [corrected(*naming("places/port-calder", "Calder"), *naming("places/veld", "Old Veld"))])
    after = bodies(fresh, 2)
    assert after["organisations/bureau"]["place"]["name"] == "Calder"
    assert after["people/clerk"]["offices"][0]["on_behalf_of"]["name"] == "Old Veld"
    assert after["people/clerk"]["revision"] == 1


def test_a_caveat_of_another_bundle_stays_when_both_it_and_its_fact_are_written(fresh: Database) -> None:
    load(fresh, [drafts()[0], draft(further())])
    load(fresh, [corrected(("/caveats/translated/name", "On translated words"))])
    after = bodies(fresh, 2)
    assert [note["id"] for note in after["caveats/translated"]["caveats"]] == ["of-theirs"]
    assert after["caveats/of-theirs"]["name"].endswith("On translated words")


def test_the_order_of_caveats_does_not_depend_on_which_bundle_came_last(fresh: Database) -> None:
    ours: list[Edit] = [
        ("/caveats/farrow-capacity/facts", ["people/bram-oster"]),
        ("/caveats/vote/facts", ["people/bram-oster"]),
    ]
    ours += [("/caveats/farrow-capacity/field", None), ("/caveats/farrow-capacity/question", "Whose?")]
    load(fresh, [draft(edited(ours)), draft(further())])
    noted = [note["id"] for note in bodies(fresh, 1)["people/bram-oster"]["caveats"]]
    assert noted == ["farrow-capacity", "vote", "oster-again"]
    elder = edited([*ours, *naming(PERSON, "Ada Quill the Elder")])
    load(fresh, [corrected(*naming(PERSON, "Ada Quill the Elder"), raw=edited(ours))])
    load(fresh, [corrected(("/caveats/gazette-author/text", "Unsigned."), raw=further())])
    load(fresh, [corrected(*naming("people/bram-oster", "B. Oster"), raw=elder)])
    assert [note["id"] for note in bodies(fresh, 4)["people/bram-oster"]["caveats"]] == noted


def test_after_any_load_every_reference_resolves_and_no_earlier_edition_changes(fresh: Database) -> None:
    history = [
        drafts()[:1],
        drafts()[1:],
        [corrected(*naming(PERSON, "Ada Quill the Elder"))],
        [draft(further())],
        [corrected(*naming(PERSON, "A. Quill"), *naming("places/port-calder", "Calder"), (f"/{EVENT}/name", "T"))],
    ]
    snapshots: dict[int, dict[str, bytes]] = {}
    for edition, given in enumerate(history, 1):
        assert load(fresh, given).edition == edition
        snapshots[edition] = stored(fresh, edition)
        current = bodies(fresh, edition)
        for fact, body in current.items():
            for part in parts(body):
                if "path" in part and "name" in part:
                    assert part["name"] == current[part["path"][1:]]["name"], (fact, part)
            for note in body["caveats"]:
                assert note["text"] == current[note["path"][1:]]["text"]
    assert {edition: stored(fresh, edition) for edition in snapshots} == snapshots
    assert counts(fresh)["editions"] == len(snapshots)
