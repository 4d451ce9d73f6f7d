"""Loading: one edition or nothing, and every change with its reason."""

import json
import unicodedata
from typing import Any

import pytest

from app.facts import KINDS
from app.facts.base import FOREVER
from app.faults import BundleError
from app.store.checking import FAULTS_MAX
from app.store.db import Database
from app.store.loading import Loaded, load
from tests.conftest import drafts
from tests.loads import bodies, counts, draft, rows, stored, versions
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
RECORDS = {raw["id"]: [f"{kind}/{one['id']}" for kind in KINDS for one in raw.get(kind, [])] for raw in RAW}
FACTS = {fact for id, records in RECORDS.items() for fact in (f"documents/{id}", *records)}
PERSON = RAW[0]["people"][1]["id"]
CAVEAT = next(one["id"] for one in RAW[0]["caveats"] if one["kind"] == "disputed")  # nothing refers to it


def refused(database: Database, *raws: dict[str, Any]) -> list[str]:
    """The faults of a load, which must leave everything as it was."""
    before = counts(database)
    with pytest.raises(BundleError) as found:
        load(database, [draft(raw) for raw in raws])
    assert counts(database) == before
    return [str(fault) for fault in found.value.faults]


def corrected(reason: Any = ...) -> dict[str, Any]:
    """The first bundle with a person corrected, for the reason given."""
    why = {} if reason is ... else {f"people/{PERSON}": reason}
    return edited([(f"/people/{PERSON}/named", False), ("/reasons", why)])


def retracting(reason: str | None = "told twice") -> dict[str, Any]:
    """The first bundle without one of its caveats."""
    listed = [] if reason is None else [{"fact": f"caveats/{CAVEAT}", "reason": reason}]
    return edited([(f"/caveats/{CAVEAT}", ...), ("/retract", listed)])


def test_the_first_load_is_one_edition_with_everything_created(fresh: Database) -> None:
    told = FACTS | {f"corroborations/{one['fact']}" for raw in RAW for one in raw.get("corroborates", [])}
    assert len(told) > len(FACTS)
    assert load(fresh, drafts()) == Loaded(1, {"created": len(told)}, {})
    assert stored(fresh, 1).keys() == FACTS
    assert {(row["fact"], row["change"], row["revision"]) for row in rows(fresh, "changes")} == {
        (fact, "created", 1) for fact in told
    }
    assert all(body["edition"] == body["revision"] == 1 for body in bodies(fresh, 1).values())
    assert [row["content"] for row in rows(fresh, "bundles")] == [draft.content for draft in drafts()]


def test_the_same_content_again_writes_nothing(fresh: Database) -> None:
    load(fresh, drafts())
    before = counts(fresh)
    assert load(fresh, drafts()) == Loaded(None)
    assert load(fresh, drafts()[::-1]) == Loaded(None)
    assert load(fresh, drafts()[1:]) == Loaded(None)
    assert counts(fresh) == before


def test_bundles_together_are_one_edition_and_apart_two(fresh: Database) -> None:
    first, second = drafts()
    assert load(fresh, [first]).edition == 1
    loaded = load(fresh, [first, second])
    assert loaded.edition == 2
    told = len(stored(fresh, 2)) - len(stored(fresh, 1)) + len(RAW[1]["corroborates"])
    assert loaded.changes == {"created": told}
    assert [(row["id"], row["number"]) for row in rows(fresh, "bundles")] == [(FIRST, 1), (SECOND, 2)]


def test_a_fault_in_any_bundle_leaves_nothing_of_all(fresh: Database) -> None:
    wrong = edited([("/statements/farrow-vote/event", "events/nowhere")], RAW[1])
    assert refused(fresh, RAW[0], wrong)[0].startswith(f"{SECOND}.json:")
    assert set(counts(fresh).values()) == {0}


def test_a_correction_closes_the_old_row_and_says_who_why_and_on_what_evidence(fresh: Database) -> None:
    load(fresh, drafts())
    url = "https://gazette.example/corrections/7"
    loaded = load(fresh, [draft(corrected({"reason": "the name is a guess", "evidence": url}))])
    assert (loaded.edition, loaded.changes) == (2, {"corrected": 1})
    old, new = versions(fresh, f"people/{PERSON}")
    assert (old["revision"], old["since_edition"], old["until_edition"]) == (1, 1, 2)
    assert (new["revision"], new["since_edition"], new["until_edition"]) == (2, 2, FOREVER)
    assert json.loads(new["body"])["named"] is False
    change = rows(fresh, "changes")[-1]
    assert {name: change[name] for name in ("edition", "fact", "change", "revision", "reason", "by")} == {
        "edition": 2, "fact": f"people/{PERSON}", "change": "corrected", "revision": 2,
        "reason": "the name is a guess", "by": RAW[0]["by"],
    }  # fmt: skip
    assert json.loads(change["evidence"]) == url


def test_evidence_may_be_a_citation(fresh: Database) -> None:
    load(fresh, drafts())
    citation = RAW[0]["people"][1]["citations"][0]
    load(fresh, [draft(corrected({"reason": "so it says there", "evidence": citation}))])
    shown = json.loads(rows(fresh, "changes")[-1]["evidence"])
    assert {name: shown[name] for name in citation} == citation
    assert shown["path"] == f"/documents/{FIRST}/sentences/{citation['sentence']}"


def test_a_correction_without_a_reason_is_refused_with_its_place(fresh: Database) -> None:
    load(fresh, drafts())
    raw = corrected()
    index = [one["id"] for one in raw["people"]].index(PERSON)
    line = draft(raw).content.decode().split("\n").index(f'   "id": "{PERSON}",')
    (fault,) = refused(fresh, raw)
    assert fault.startswith(f"{FIRST}.json:{line}: /people/{index}: differs from what is current, without a reason")
    assert f'add "people/{PERSON}" to "reasons"' in fault


def test_at_most_fifty_changes_without_a_reason_are_named(fresh: Database) -> None:
    load(fresh, drafts())
    faults = refused(fresh, edited([(f"/{fact}/draft", False) for fact in RECORDS[FIRST]]))
    assert len(faults) == FAULTS_MAX + 1
    assert f"and {len(RECORDS[FIRST]) - FAULTS_MAX} more" in faults[-1]


def test_an_omission_is_refused_unless_it_is_retracted_with_a_reason(fresh: Database) -> None:
    load(fresh, drafts())
    (fault,) = refused(fresh, retracting(None))
    assert f"caveats/{CAVEAT} is current and left out" in fault
    assert load(fresh, [draft(retracting())]) == Loaded(2, {"retracted": 1}, {})
    assert stored(fresh, 1).keys() - stored(fresh, 2).keys() == {f"caveats/{CAVEAT}"}
    change = rows(fresh, "changes")[-1]
    assert (change["change"], change["revision"], change["reason"]) == ("retracted", 1, "told twice")


def test_a_bundle_that_retracts_may_be_loaded_again(fresh: Database) -> None:
    load(fresh, drafts())
    load(fresh, [draft(retracting())])
    assert load(fresh, [draft(retracting())]) == Loaded(None)
    assert load(fresh, [draft(retracting("told three times"))]) == Loaded(3, {}, {})


def test_what_comes_back_is_restored_and_its_revisions_go_on(fresh: Database) -> None:
    load(fresh, drafts())
    load(fresh, [draft(retracting())])
    assert load(fresh, drafts()) == Loaded(3, {"restored": 1}, {})
    first, second = versions(fresh, f"caveats/{CAVEAT}")
    assert (first["since_edition"], first["until_edition"], first["revision"]) == (1, 2, 1)
    assert (second["since_edition"], second["until_edition"], second["revision"]) == (3, FOREVER, 2)
    before, after = (json.loads(row["body"]) for row in (first, second))
    assert after == before | {"revision": 2, "edition": 3}


def test_what_another_bundle_refers_to_is_not_retracted_without_it(fresh: Database) -> None:
    load(fresh, drafts())
    envoy, other = "people/ines-farrow", "people/jon-reyes"
    gone = (envoy, "attendees/farrow-at-talks", "caveats/farrow-capacity")
    listed = [{"fact": fact, "reason": "mistaken for another"} for fact in gone]
    without = edited([*((f"/{fact}", ...) for fact in gone), ("/retract", listed)])
    theirs = {f"{kind}/{one['id']}" for kind in KINDS for one in RAW[1].get(kind, []) if envoy in json.dumps(one)}
    assert len(theirs) > 2
    assert sorted(fault.split(": ")[2:] for fault in refused(fresh, without)) == [
        [f"{fact} of the bundle {SECOND} refers to {envoy} (load that bundle, corrected, together with this one)"]
        for fact in sorted(theirs)
    ]
    moved = json.loads(json.dumps(RAW[1]).replace(envoy, other))
    moved["reasons"] = {fact: why("it was another") for fact in theirs}
    assert load(fresh, [draft(without), draft(moved)]).changes == {"retracted": 3, "corrected": len(theirs)}
    assert envoy not in json.dumps(list(bodies(fresh, 2).values()))


def test_our_own_text_becomes_nfc_and_printed_words_stay(fresh: Database) -> None:
    decomposed = unicodedata.normalize("NFD", "é à la carte")
    raw = edited([
        ("/organisations/lantern-pact/purpose", decomposed),
        ("/caveats/vote/text", decomposed),
        ("/caveats/last-meeting-disputed/decision/by", decomposed),
        ("/places/cafe-brisa/external/within", decomposed),
        ("/by", decomposed),
    ])  # fmt: skip
    load(fresh, [draft(raw)])
    found = bodies(fresh, 1)
    composed = unicodedata.normalize("NFC", decomposed)
    assert found["organisations/lantern-pact"]["purpose"] == composed
    assert found["caveats/vote"]["text"] == composed
    assert found["caveats/last-meeting-disputed"]["decision"]["by"] == composed
    assert found["places/cafe-brisa"]["external"]["within"] == composed
    assert {row["by"] for row in rows(fresh, "changes")} == {composed}
