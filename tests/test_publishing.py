"""Publishing: bodies are what their models promise, names follow their rules, and links and citations are all found."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.facts import KINDS
from app.facts.parts import Reference
from app.facts.shape import Slot, slots
from app.facts.spending import SpendingPublic
from app.store.db import Database
from app.store.publishing import HEAD, TAIL, Publisher, citations, encode, fold, links
from tests.loads import Shelf, bodies, parts
from tests.world.editing import RAW

ID = RAW[0]["id"]
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DECIMAL = r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?"
SPAN = {"sentence": "1.1", "start": 0, "end": 4, "sha256": "0" * 64}


@pytest.fixture(scope="module")
def published(world: Database) -> dict[str, dict[str, Any]]:
    """The bodies of the invented world."""
    return bodies(world, 1)


def publisher(records: dict[str, dict[str, Any]], caveats: dict[str, list[str]] | None = None) -> Publisher:
    """Publishes these records, all of one document whose text is not held."""
    return Publisher(Shelf(records, caveats or {}))


def kind_of(fact: str) -> Any:
    return KINDS[fact.partition("/")[0]]


def public_slots() -> Iterator[tuple[str, Slot]]:
    """Every field of every public model, its parts' included, by its path."""
    queue: list[tuple[str, type[BaseModel]]] = [(kind.name, kind.public) for kind in KINDS.values()]
    for path, model in queue:
        for slot in slots(model):
            yield f"{path}.{slot.name}", slot
            if slot.model is not None:
                queue.append((f"{path}.{slot.name}", slot.model))


def test_every_body_is_exactly_what_its_model_says(published: dict[str, dict[str, Any]]) -> None:
    assert {fact.partition("/")[0] for fact in published} == KINDS.keys()
    for fact, body in published.items():
        assert kind_of(fact).public.model_validate(body, strict=True).model_dump(mode="json") == body


def test_fields_stand_in_one_order_at_every_depth(published: dict[str, dict[str, Any]]) -> None:
    for fact, body in published.items():
        public = kind_of(fact).public
        own = [name for name in public.model_fields if name not in HEAD and name not in TAIL]
        assert list(body) == [*HEAD, *own, *TAIL]
        dumped = public.model_validate(body).model_dump(mode="json")
        assert {name: json.dumps(value) for name, value in body.items()} == {
            name: json.dumps(value) for name, value in dumped.items()
        }


def test_lists_are_never_null_and_dates_attributions_and_areas_are_objects() -> None:
    found = list(public_slots())
    assert {path for path, slot in found if slot.many and slot.nullable} == {"organisations.members"}
    whole = [slot for _, slot in found if slot.name in ("date", "attribution", "ref_area")]
    assert len(whole) >= 7
    assert not any(slot.nullable or slot.many for slot in whole)
    single = {path for path, slot in found if slot.model is Reference and not slot.many and not slot.nullable}
    assert single == {
        "attendees.event", "events.topics.topic", "mentions.entity", "spending.derived.inputs.fact",
        *(path for path in single if path.endswith(".relative_to.event")),
    }, "a reference that may be missing is null"  # fmt: skip


def test_a_record_that_says_nothing_more_has_every_field() -> None:
    records: dict[str, dict[str, Any]] = {
        "statements/x": {"id": "x", "voice": "document", "act": "says"},
        "events/x": {"id": "x", "name": "Talks", "kind": "talks"},
        "organisations/x": {"id": "x", "name": "Pact", "kind": "alliance"},
        "people/x": {"id": "x", "name": "Ada"},
        "topics/x": {"id": "x", "label": "Peace"},
        "places/x": {"id": "x", "name": "Veld", "kind": "country", "roles": ["venue"]},
        "spending/x": {"id": "x", "measure": "other", "ref_area": {"label": "Veld"}, "obs_status": "O"},
        "attendees/x": {"id": "x", "kind": "group", "event": "events/x", "status": "expected"},
        "caveats/x": {"id": "x", "kind": "not_stated", "text": "Not said."},
    }
    made = {fact: publisher(records).body(fact) for fact in records}
    for fact, body in made.items():
        kind_of(fact).public.model_validate(body, strict=True)
    unknown = {"edtf", "earliest", "latest", "as_printed", "basis", "relative_to", "note"}
    assert made["statements/x"]["date"] == dict.fromkeys(unknown) | {"how": "not_stated", "alternatives": []}
    assert made["statements/x"]["attribution"] == {"as_printed": None, "form": "none", "antecedent": None}
    assert made["spending/x"]["ref_area"] == {"label": "Veld", "as_printed": None, "includes": [], "excludes": []}
    assert made["organisations/x"]["members"] is None
    assert made["attendees/x"]["date"] == made["events/x"]["date"]


@given(st.from_regex(DECIMAL, fullmatch=True), st.sampled_from([0, 3, 6, 9, 12]))
def test_an_amount_is_the_printed_figure_times_its_power_of_ten(printed: str, power: int) -> None:
    body = {"obs_value": printed, "unit_mult": power}
    SpendingPublic.finish(body, {}, publisher({}))
    amount = str(body["amount"])
    assert PLAIN.fullmatch(amount)
    assert Decimal(amount) == Decimal(printed) * 10**power


def test_without_a_printed_figure_there_is_no_amount(published: dict[str, dict[str, Any]]) -> None:
    amounts = {fact: body["amount"] for fact, body in published.items() if fact.startswith("spending/")}
    assert amounts["spending/veld-2030"] == "7500000000"
    assert amounts["spending/veld-2029"] is None
    assert published["spending/veld-2029"]["derived"]["value"] == "6.25"


@pytest.mark.parametrize(("fact", "name"), [
    (f"documents/{ID}", RAW[0]["document"]["title"]),
    ("topics/security", "Security"),
    ("people/ada-quill", "Ada Quill"),
    ("statements/quill-border", "Statement by Ada Quill, 2031-05-06"),
    ("statements/oster-final", "Statement by Bram Oster"),
    ("statements/charter-gloss", "Statement by the document"),
    ("attendees/farrow-at-talks", "Ines Farrow at Talks of the Lantern Pact's ministers, May 2031"),
    ("attendees/faroese-envoys-at-brisa", "Government of the Faroe Islands at Press conference at the Café Brisa"),
    ("spending/veld-2030", "Defence expenditure, Veld, 2030"),
    ("mentions/quill-3-1", "Ada Quill in 3.1: Quill"),
    ("caveats/no-prices", "Not stated (price_basis): Defence expenditure, Veld, 2030"),
    ("caveats/vote", "Not stated: Was there a vote on the guard?"),
])  # fmt: skip
def test_a_name_follows_its_rule(fact: str, name: str, published: dict[str, dict[str, Any]]) -> None:
    assert published[fact]["name"] == name


@pytest.mark.parametrize("long", ["n" * 120, "\u0958" * 120])  # U+0958 is two code points in NFC
def test_a_name_has_at_most_120_characters(long: str) -> None:
    records: dict[str, dict[str, Any]] = {
        "people/x": {"id": "x", "name": long},
        "statements/x": {"id": "x", "voice": "speaker", "act": "says", "speaker": "people/x"},
        "caveats/x": {"id": "x", "kind": "disputed", "text": "No.", "facts": ["statements/x"]},
        "mentions/x": {"id": "x", "entity": "people/x", "sentence": "1.1", "as_printed": "she"},
    }
    made = publisher(records)
    assert [len(made.name(fact)) for fact in records] == [120] * 4


def linked(fact: str, published: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    """The links of a body, but for those that only tell of a source or of a digest."""
    records = {name: {"sentences": [], **body} for name, body in published.items()}
    found = links(kind_of(fact), published[fact], publisher(records))
    return {(relation, target) for relation, target in found if not relation.startswith(("through.", "digest"))}


def test_links_are_everything_a_body_refers_to(published: dict[str, dict[str, Any]]) -> None:
    for fact, body in published.items():
        referred = {one["path"][1:] for one in parts(body) if one.keys() == {"id", "name", "path"}}
        noted = {note["path"][1:] for note in body["caveats"]}
        assert {target for _, target in linked(fact, published) if "/" in target} == referred | noted
    assert linked("statements/quill-border", published) == {
        ("speaker", "people/ada-quill"), ("represents", "organisations/lantern-pact"),
        ("event", "events/reporters-6-may"), ("place", "places/port-calder"), ("topics", "topics/security"),
        ("caveats.inferred", "caveats/year-from-title"), ("caveats.translation", "caveats/translated"),
    }  # fmt: skip
    offices = {("office", "minister of defence"), ("offices.organisation", "organisations/government-of-veld")}
    assert offices <= linked("people/bram-oster", published)


def test_citations_are_the_facts_own_then_those_of_its_parts_each_once() -> None:
    raw = {
        "id": "x", "voice": "speaker", "act": "says",
        "quotations": [{"text": "x", "extent": "word", "citation": {**SPAN, "start": 2}}],
        "date": {"how": "printed", "alternatives": [{"edtf": "2031", "citation": {**SPAN, "start": 3}}]},
        "citations": [{**SPAN, "start": 1}, {**SPAN, "document": "documents/other"}, {**SPAN, "start": 2}],
    }  # fmt: skip
    body = publisher({"statements/x": raw}).body("statements/x")
    assert [(document, start) for document, _, start, _ in citations(KINDS["statements"], body)] == [
        ("paper", 1), ("other", 0), ("paper", 2), ("paper", 3),
    ]  # fmt: skip


def test_an_attendee_does_not_cite_what_its_event_does() -> None:
    reading = {"edtf": "2031", "citation": {**SPAN, "start": 3}}
    records: dict[str, dict[str, Any]] = {
        "events/x": {"id": "x", "name": "X", "kind": "talks", "date": {"how": "printed", "alternatives": [reading]}},
        "attendees/x": {"id": "x", "kind": "group", "event": "events/x", "status": "invited", "citations": [SPAN]},
    }
    body = publisher(records).body("attendees/x")
    assert body["date"]["alternatives"][0]["citation"]["start"] == 3
    assert citations(KINDS["attendees"], body) == [("paper", "1.1", 0, 4)]


def test_bodies_are_compact_and_keep_every_letter() -> None:
    assert encode({"b": "é “x”", "a": [1, None]}) == '{"b":"é “x”","a":[1,null]}'.encode()


def test_names_are_compared_without_case_and_marks() -> None:
    assert fold("ÉMILE") == fold("émile") == fold("E\u0301mile") == "emile"
    assert fold("Straße") == fold("STRASSE")
