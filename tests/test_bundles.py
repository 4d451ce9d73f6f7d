"""The bundle's form: its JSON Schema, and one record's faults that hide no other's."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.facts import KINDS
from app.store.bundles import Bundle, content, schema, validate
from app.store.reading import read
from tests.world.editing import RAW, edited, numbered, why

SCHEMA = Path(__file__).parents[1] / "seed" / "bundle.schema.json"


def invalid(raw: Any) -> list[tuple[str, str, str]]:
    faults = validate(read(json.dumps(raw, indent=1).encode(), "lantern.json"))[1]
    assert all(fault.file == "lantern.json" and fault.line for fault in faults)
    return [(fault.pointer, fault.message, fault.mend) for fault in faults]


def test_the_schema_in_the_seed_is_that_of_the_code() -> None:
    assert SCHEMA.read_bytes() == content()


def test_the_schema_describes_every_array_and_names_every_part() -> None:
    made = schema()
    assert made["$schema"].endswith("2020-12/schema")
    assert made["$id"]
    assert {name for name, kind in KINDS.items() if name != "documents"} < made["properties"].keys()
    assert made["properties"]["people"]["items"] == {"$ref": "#/$defs/PersonEntry"}
    assert all(made["properties"][name]["description"] for name in KINDS if name != "documents")
    statement = made["$defs"]["StatementEntry"]["properties"]
    assert statement["paraphrase"]["description"] == "Our words; never to be put in quotation marks."
    assert statement["voice"]["enum"] == ["speaker", "document"]
    assert statement["attribution"]["$ref"] == "#/$defs/AttributionEntry"
    assert all(definition["additionalProperties"] is False for definition in made["$defs"].values())
    assert set(made["required"]) == {"id", "document"}


def test_records_in_order_with_the_document_first() -> None:
    records, faults = validate(read(json.dumps(RAW[0]).encode(), "lantern.json"))
    assert not faults
    assert list(records)[:3] == ["documents/lantern-talks-2031-05", "places/orrin", "places/veld"]
    assert records["people/bram-oster"].pointer == "/people/1"
    assert records["documents/lantern-talks-2031-05"].raw["id"] == "lantern-talks-2031-05"
    assert records["mentions/she-3-2"].raw["citations"][0]["exact"] == "she"
    kinds = list(dict.fromkeys(fact.partition("/")[0] for fact in records))
    assert kinds == list(KINDS)


@pytest.mark.parametrize(
    ("pointer", "value", "says", "mend"),
    [
        ("/people/ada-quill/id", "Ada Quill", '"Ada Quill" does not have the right form', "single hyphens"),
        ("/people/ada-quill/nmae", "x", "is no field here", "the nearest is name; allowed: id, name"),
        ("/people/ada-quill/name", ..., "is missing", "add it"),
        ("/people/ada-quill/offices/0/role", 3, "is 3, not a string", "write a string"),
        ("/people/ada-quill/offices", "chair", "not a list", "[ … ]"),
        ("/people/ada-quill/named", "true", "not true or false", ""),
        ("/people/ada-quill/offices/0/organisation", "places/veld", "right form", "write organisations/its-id"),
        ("/people/ada-quill/citations/0/start", "12", "not a whole number", ""),
        ("/people/ada-quill/citations/0/start", True, "not a whole number", ""),
        ("/people/ada-quill/citations/0/start", -1, "greater than or equal to 0", ""),
        ("/people/ada-quill/citations/0/sha256", "abc", "right form", "64 lower-case"),
        ("/people/ada-quill/citations/0/sentence", "2", "right form", "such as 2.4"),
        ("/people/ada-quill/citations/0", 7, "is 7, not an object", "{ … }"),
        ("/places/norway/country", "NX", "'NX' is no ISO 3166-1", ""),
        ("/places/norway/country", "no", "right form", "in capitals"),
        ("/places/veld/roles", [], "is empty", ""),
        (
            "/statements/quill-border/voice",
            "speeker",
            '"speeker" is not on the list',
            "the nearest is speaker; allowed:",
        ),
        ("/statements/quill-border/event", "reporters-6-may", "right form", "write events/its-id"),
        ("/spending/veld-2030/obs_value", 7, "is 7, not a string", ""),
        ("/spending/veld-2030/obs_value", "7,5", "right form", "such as 485 or 7.5"),
        ("/spending/veld-2030/unit_mult", 5, "5 is not on the list", "allowed: 0, 3, 6, 9, 12"),
        ("/events/night-ferry/date/edtf", "2031-02-30", "day is out of range", ""),
        ("/events/night-ferry/date/edtf", "2031-05-02/2031-05-01", "runs backwards", ""),
        ("/document/kind", "newsreport", '"newsreport" is not on the list', "the nearest is news_report"),
        ("/document/url", "javascript:alert(1)", "no http or https address", ""),
        ("/document/sentences", [], "is empty", ""),
        ("/document/id", "other", "is not the bundle's id", "leave it out"),
        ("/id", ..., "is missing", "add it"),
        ("/documents", [], "is no field here", "the nearest is document"),
        ("/people", {}, "is no list", "[ … ]"),
        ("/retract", [{"fact": "people/x"}], "is missing", "add it"),
        ("/reasons", {"ada-quill": why("Typing error.")}, "right form", "documents/its-id or"),
    ],
)
def test_the_form_of_a_value(pointer: str, value: Any, says: str, mend: str) -> None:
    place = numbered(RAW[0], pointer) + ("/0/reason" if pointer == "/retract" else "")
    place += "/ada-quill" * (pointer == "/reasons")
    faults = invalid(edited([(pointer, value)]))
    assert [where for where, _, _ in faults] == [place]
    assert says in faults[0][1]
    assert mend in faults[0][2]


def test_one_bad_record_hides_no_other() -> None:
    raw = edited([("/people/ada-quill/name", ""), ("/people/bram-oster/id", 1), ("/events/night-ferry/knd", "x")])
    raw["places"].append(raw["places"][0])
    assert [where for where, _, _ in invalid(raw)] == [
        f"/places/{len(raw['places']) - 1}/id",
        "/people/0/name",
        "/people/1/id",
        numbered(raw, "/events/night-ferry/knd"),
    ]
    records = validate(read(json.dumps(raw).encode(), "lantern.json"))[0]
    assert {"people/ada-quill", "events/night-ferry"}.isdisjoint(records)
    assert "people/ines-farrow" in records


def test_a_bundle_of_nothing_but_wrong_types() -> None:
    names = ["id", "document", *(name for name in Bundle.model_fields if name != "schema_")]
    wrongs: list[Any] = [None, 1, "x", [1], [None], {"x": 1}, [{"id": {}}], [[]]]
    for wrong in wrongs:
        assert invalid(dict.fromkeys(names, wrong))
