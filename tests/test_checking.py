"""What a bundle may not say (faults.md F-B2): every rule refused at its place, and every span proved by the text."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.faults import BundleError
from app.store.checking import FAULTS_MAX, Nothing, check
from app.store.reading import read
from tests.world.editing import RAW, TEXTS, Edit, edited, faults, numbered, pointers, spans, why
from tests.world.wrong import WITH_TEXT, WITHOUT_TEXT, WRONG, said

FIRST, SECOND = RAW
SIX_ERRORS: list[Edit] = [
    ("/people/ada-quill/name", 7),
    ("/places/veld/country", "ZZ"),
    ("/places/orrin/within", "places/lantern-house"),
    ("/attendees/quill-at-talks/citations", []),
    ("/statements/oster-crews/directness", "direct"),
    ("/events/night-ferry/place", "places/gulf-of-orin"),
]


def test_the_world_is_true() -> None:
    assert faults() == []
    assert faults(texts=TEXTS) == []


def test_every_quotation_of_a_translated_document_has_a_caveat_that_says_so() -> None:
    found = [str(one) for one in faults(edited([("/caveats/translated/facts", ["statements/quill-border"])]))]
    assert len(found) == 2
    assert all("are of a translation, and no caveat says so" in one for one in found)


def test_a_name_with_one_letter_changed_is_printed_nowhere() -> None:
    (fault,) = faults(edited([("/people/ada-quill/name", "Ada Quil")]), texts=TEXTS)
    assert "is printed nowhere that is cited: 'Ada Quil'" in str(fault)


@pytest.mark.parametrize(("edits", "pointer", "says"), WITHOUT_TEXT)
def test_refused(edits: list[Edit], pointer: str, says: str) -> None:
    made = edited(edits)
    found = faults(made)
    there = [fault for fault in found if fault.pointer == numbered(made, pointer) and fault.file == "0.json"]
    assert any(says in f"{fault.message}; {fault.mend}" and fault.line for fault in there), list(map(str, found))


@pytest.mark.parametrize(("edits", "pointer", "says"), WITH_TEXT)
def test_refused_by_the_text(edits: list[Edit], pointer: str, says: str) -> None:
    made = edited(edits)
    found = faults(made, texts=TEXTS)
    there = [fault.message for fault in found if fault.pointer == numbered(made, pointer)]
    assert any(says in message for message in there), list(map(str, found))


def test_quoted_words_and_the_title_are_free() -> None:
    words = f"{FIRST['document']['title']}. We cannot keep the lights on with promises."
    assert faults(edited([("/caveats/vote/text", words)]), texts=TEXTS) == []


def test_a_quotation_leaves_out_no_more_than_a_point_or_a_comma() -> None:
    quotation, short = "/statements/oster-final/quotations/0", "No crew of ours will sail"
    made = edited([(f"{quotation}/text", short), (f"{quotation}/citation", {**said("4.2", short), "exact": short})])
    assert [fault.pointer for fault in faults(made)] == [numbered(made, f"{quotation}/citation")]
    text = TEXTS[SECOND["id"]].replace("autumn,", "autumn!")
    found = faults(FIRST, texts={SECOND["id"]: text})
    assert ("/statements/0/quotations/0/text", "leaves out '!' before the closing mark") in [
        (fault.pointer, fault.message) for fault in found
    ]


def test_a_change_in_a_sentence_names_it_and_one_outside_says_so() -> None:
    changed = TEXTS[FIRST["id"]].replace("7.5 billion", "7.6 billion")
    found = faults(texts={FIRST["id"]: changed})
    assert [(fault.pointer, fault.message.partition(":")[0]) for fault in found] == [
        (numbered(FIRST, "/document/sentences/4.4"), "4.4")
    ]
    outside = TEXTS[FIRST["id"]].replace("guard\n\nMin", "guard\n\tMin")
    assert "outside" in [fault.message.partition(":")[0] for fault in faults(texts={FIRST["id"]: outside})]
    added = TEXTS[FIRST["id"]] + "Corrected."
    assert faults(texts={FIRST["id"]: added})[0].message.startswith("outside: ")


def test_every_fault_at_once_each_with_its_line() -> None:
    made = edited(SIX_ERRORS)
    found = {fault.pointer: fault for fault in faults(made)}
    assert {numbered(made, pointer) for pointer, _ in SIX_ERRORS} <= found.keys()
    assert all(fault.line and fault.file == "0.json" for fault in found.values())
    assert "the nearest is gulf-of-orrin" in found[numbered(made, "/events/night-ferry/place")].mend


def test_fifty_faults_and_how_many_more() -> None:
    made = edited([(f"/document/sentences/{index}/sha256", "no digest") for index in range(18)])
    made["people"] = [{"id": f"nobody-{index}"} for index in range(60)]
    found = faults(made)
    assert len(found) == FAULTS_MAX + 1
    assert found[-1].message.startswith("and ")
    assert found[-1].message.endswith(" more")


def test_bundles_given_together_may_refer_to_each_other_but_not_define_twice() -> None:
    with pytest.raises(BundleError) as caught:
        check([read(json.dumps(SECOND).encode(), "farrow.json")])
    assert "there is no people/ines-farrow" in str(caught.value)
    twice = {**SECOND, "people": [FIRST["people"][2]]}
    assert [fault.message for fault in faults(FIRST, twice)] == [
        "people/ines-farrow is defined twice: also in 0.json, /people/2"
    ]


class Held(Nothing):
    """A database that holds the first report's facts."""

    def owner(self, fact: str) -> str | None:
        return FIRST["id"] if self._record(fact) is not None else None

    def revision(self, fact: str) -> int:
        return int(self._record(fact) is not None)

    def raw(self, fact: str) -> dict[str, Any]:
        record = self._record(fact)
        if record is None:
            raise KeyError(fact)
        return record

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        listed = FIRST["document"]["sentences"] if document == FIRST["id"] else []
        return [(one["ref"], one["start"], one["end"], one["sha256"]) for one in listed]

    def ids(self, kind: str) -> list[str]:
        return [one["id"] for one in FIRST[kind]]

    def _record(self, fact: str) -> dict[str, Any] | None:
        kind, _, id = fact.partition("/")
        if kind == "documents":
            return FIRST["document"] if id == FIRST["id"] else None
        return next((one for one in FIRST[kind] if one["id"] == id), None)


def held(raw: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        check([read(json.dumps(raw).encode(), "farrow.json")], Held(), TEXTS)
    except BundleError as error:
        return [(fault.pointer, fault.message + fault.mend) for fault in error.faults]
    return []


def test_against_what_the_database_holds() -> None:
    assert held(SECOND) == []
    theirs = edited([("/people", [FIRST["people"][0]])], SECOND)
    assert ("/people/0/id", f"people/ada-quill belongs to the bundle {FIRST['id']}") in [
        (pointer, message.replace("refer to it, or corroborate it", "")) for pointer, message in held(theirs)
    ]
    wrong = edited([("/attendees/oster-in-june/person", "people/bram-ostr")], SECOND)
    assert held(wrong) == [("/attendees/1/person", "there is no people/bram-ostrthe nearest is bram-oster")]
    elsewhere = edited([("/caveats/farrow-still-envoy/citations/0/sha256", WRONG)], SECOND)
    assert [pointer for pointer, _ in held(elsewhere)] == [numbered(SECOND, "/caveats/farrow-still-envoy/citations/0")]


def test_what_a_new_version_takes_away_is_no_longer_there() -> None:
    fewer = edited([("/people/jon-reyes", ...), ("/reasons", {"people/jon-reyes": why(), "people/zed": why()})])
    found = held(fewer)
    assert ("/document/translator", "there is no people/jon-reyes") in found
    assert [pointer for pointer, _ in found if pointer.startswith("/reasons")] == ["/reasons/people~1zed"]


SPANS = list(spans(FIRST))
LETTERS = {"sha256": "0123456789abcdef", "exact": "aeQ ’\u0301", "as_printed": "aeQ ’\u0301"}


@settings(max_examples=75, deadline=None)
@given(data=st.data())
def test_any_change_of_a_span_is_refused(data: st.DataObject) -> None:
    pointer, part = data.draw(st.sampled_from(SPANS))
    field = data.draw(st.sampled_from(sorted({"start", "end", *LETTERS} & part.keys())))
    value = part[field]
    if isinstance(value, int):
        changed = data.draw(st.integers(0, len(TEXTS[FIRST["id"]]) + 9).filter(lambda other: other != value))
    else:
        at = data.draw(st.integers(0, len(value) - 1))
        letter = data.draw(st.sampled_from(LETTERS[field]).filter(lambda other: other != value[at]))
        changed = value[:at] + letter + value[at + (field == "sha256" or data.draw(st.booleans())) :]
    assert faults(edited([(f"{pointer}/{field}", changed)]), texts=TEXTS), (pointer, field, value, changed)


@settings(max_examples=50, deadline=None)
@given(shift=st.integers(-40, 40).filter(bool), span=st.sampled_from(SPANS))
def test_a_shifted_span_is_refused(shift: int, span: tuple[str, dict[str, Any]]) -> None:
    pointer, part = span
    made = edited([(f"{pointer}/{name}", max(0, part[name] + shift)) for name in ("start", "end")])
    record = "/".join(pointer.split("/")[:3])
    assert any(fault.pointer.startswith(record) for fault in faults(made, texts=TEXTS)), (pointer, shift)


WORD = st.sampled_from(["", "x", "people/ada-quill", "2031-05-06", "\u0301", "a" * 2001])
CHANGES: dict[str, Any] = {name: [] for name in ("corroborates", "retract", "merge", "split", "reasons")}
POINTERS = list(pointers({**FIRST, **CHANGES}))
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**64) | WORD,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "fact"]), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=75, deadline=None)
@given(pointer=st.sampled_from(POINTERS), junk=JUNK)
def test_no_value_breaks_the_check(pointer: str, junk: Any) -> None:
    assert isinstance(faults(edited([(pointer, junk)]), texts=TEXTS), list)
