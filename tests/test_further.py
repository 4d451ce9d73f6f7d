"""Two more reports of the same meetings: proved to the letter, and told so that they compare with the first two."""

import json
from typing import Any

import pytest

from app.facts import KINDS
from app.store.bundles import validate
from app.store.citing import digest
from app.store.corroborating import conflicts as differing
from app.store.db import Database
from app.store.history import CORROBORATION
from app.store.loading import load
from app.store.rules.scene import has_path
from tests.conftest import drafts
from tests.loads import bodies, draft, rows
from tests.shipped import changes
from tests.world import further_bundles, further_texts, world_texts
from tests.world.editing import RAW, TEXTS, edited, faults, spans

FURTHER: list[dict[str, Any]] = [json.loads(content) for _, content in further_bundles()]
ALL = [*RAW, *FURTHER]
ALL_TEXTS = TEXTS | {name: data.decode() for name, data in further_texts().items()}
RECORDS = {f"{kind}/{one['id']}": one for raw in ALL for kind in KINDS for one in raw.get(kind, [])}
OWNER = {f"{kind}/{one['id']}": raw["id"] for raw in ALL for kind in KINDS for one in raw.get(kind, [])}
TOLD = [(raw["id"], index, one) for raw in FURTHER for index, one in enumerate(raw["corroborates"])]
OTHERWISE = [pytest.param(one, id=f"{id}-{one['fact']}") for id, _, one in TOLD if one.get("values")]


def value_at(record: dict[str, Any], field: str) -> Any:
    value: Any = record
    for step in field.split("."):
        value = value[int(step)] if isinstance(value, list) else (value or {}).get(step)
    return value


def test_all_four_are_true() -> None:
    assert faults(*ALL) == []
    assert faults(*ALL, texts=ALL_TEXTS) == []


@pytest.mark.parametrize("raw", FURTHER, ids=further_texts())
def test_every_span_is_its_words(raw: dict[str, Any]) -> None:
    text = ALL_TEXTS[raw["id"]]
    for pointer, span in spans(raw):
        words = text[span["start"] : span["end"]]
        assert span.get("sha256", digest(words)) == digest(words), pointer
        assert all(span[name] == words for name in ("exact", "as_printed") if name in span), pointer


@pytest.mark.parametrize("at", range(len(FURTHER)), ids=further_texts())
def test_a_changed_citation_of_anothers_fact_is_refused(at: int) -> None:
    cited = [(pointer, span) for pointer, span in spans(FURTHER[at]) if pointer.startswith("/corroborates/")]
    made = [(pointer, (f"{pointer}/{field}", value)) for pointer, span in cited for field, value in changes(span)]
    batches = len(made) // 8 + 1  # far apart in the bundle, and few enough for all of their faults to be told
    for start in range(batches):
        several = made[start::batches]
        versions = [*ALL]
        versions[len(RAW) + at] = edited([edit for _, edit in several], FURTHER[at])
        found = [fault.pointer for fault in faults(*versions, texts=ALL_TEXTS)]
        assert all(any(one.startswith(pointer) for one in found) for pointer, _ in several), several


@pytest.mark.parametrize("one", OTHERWISE)
def test_a_value_that_differs_is_cited_where_it_is_printed(one: dict[str, Any]) -> None:
    supporting: dict[str, list[str]] = {}
    for citation in one["citations"]:
        for name in citation.get("supports", []):
            supporting.setdefault(name, []).append(citation.get("exact"))
    for field, value in one["values"].items():
        assert has_path(KINDS[one["fact"].partition("/")[0]], field), field
        assert field in supporting, field
        if field.endswith(("as_printed", ".text")):
            assert value == " … ".join(supporting[field]), field


@pytest.mark.parametrize("one", OTHERWISE)
def test_a_value_that_differs_would_be_valid_in_the_record_itself(one: dict[str, Any]) -> None:
    kind, _, id = one["fact"].partition("/")
    raw = next(raw for raw in ALL if raw["id"] == OWNER[one["fact"]])
    there = RECORDS[one["fact"]]
    edits: list[tuple[str, Any]] = []
    for field, value in one["values"].items():
        stands = value_at(there, field)
        typed = int(value) if isinstance(stands, int) else value
        assert typed != stands, field
        edits.append((f"/{kind}/{id}/{field.replace('.', '/')}", typed))
    assert validate(draft(edited(edits, raw)))[1] == []


def test_the_reports_agree_differ_and_are_silent() -> None:
    facts = {raw["id"]: {one["fact"]: one.get("values", {}) for one in raw["corroborates"]} for raw in FURTHER}
    courier, wire = facts.values()
    for raw in FURTHER:
        told = facts[raw["id"]]
        assert len(told) == len(raw["corroborates"]) >= 8
        assert {} in told.values()
        assert all(OWNER[fact] != raw["id"] for fact in told)
    assert {fact for fact in courier.keys() & wire.keys() if courier[fact] and wire[fact]} >= {
        "events/lantern-talks-may-2031",
        "attendees/members-at-talks",
        "attendees/farrow-at-talks",
        "spending/veld-2030",
    }
    assert any(OWNER[fact] == FURTHER[0]["id"] and values for fact, values in wire.items())
    told_by_one = {fact for fact in RECORDS if OWNER[fact] == RAW[0]["id"]} - courier.keys() - wire.keys()
    assert {"statements/officials-marrow", "attendees/envoy-of-norway-at-brisa"} <= told_by_one


def test_rows_of_several_reports_are_of_one_thing_without_corroborating_it() -> None:
    of_one: dict[tuple[str | None, ...], set[str]] = {}
    for fact, one in RECORDS.items():
        if fact.startswith("attendees/") and one.get("person"):
            of_one.setdefault((one["event"], one["person"]), set()).add(OWNER[fact])
        if fact.startswith("spending/"):
            area = one["ref_area"]["includes"][0]
            of_one.setdefault((one["measure"], area, one["time_period"]), set()).add(OWNER[fact])
    lantern, _, courier, wire = (raw["id"] for raw in ALL)
    assert of_one["events/lantern-talks-may-2031", "people/ada-quill"] == {lantern, courier, wire}
    assert of_one["events/lantern-talks-may-2031", "people/bram-oster"] == {courier, wire}
    assert of_one["defence_expenditure", "places/veld", "2029"] == {lantern, courier, wire}
    assert of_one["defence_expenditure", "places/veld", "2030"] == {lantern, wire}


def test_each_loads_after_the_ones_that_it_refers_to(fresh: Database) -> None:
    texts = world_texts() | further_texts()
    load(fresh, drafts(), texts)
    for edition, raw in enumerate(FURTHER, 2):
        defined = {fact for fact in RECORDS if OWNER[fact] == raw["id"]} | {f"documents/{raw['id']}"}
        conflicts = {f"caveats/{one['id']}" for given in raw["corroborates"] for one in differing(raw["id"], given)}
        told = defined | conflicts | {CORROBORATION + one["fact"] for one in raw["corroborates"]}
        assert len(conflicts) == sum(len(one.get("values", {})) for one in raw["corroborates"]) > 8
        assert load(fresh, [draft(raw)], texts).changes == {"created": len(told)}
        assert {row["fact"] for row in rows(fresh, "changes") if row["edition"] == edition} == told
    served = bodies(fresh, 3)
    known = RECORDS.keys() | {f"documents/{raw['id']}" for raw in ALL}
    assert {fact for fact in served if "-in-calder-" not in fact and "-in-tissand-" not in fact} == known
    assert served["people/asa-brannlund"]["offices"][0]["on_behalf_of"]["id"] == "port-calder"
