"""Drafting: what can be read off a text is cited to the letter, nothing is concluded, and a person must finish it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.faults import BundleError
from app.store.checking import check
from app.store.citing import digest, quotation_marks
from app.store.drafting import draft_bundle
from tests.loads import draft
from tests.world import world_texts
from tests.world.editing import spans

TEXT = """Lamps burn in Orrin
On 12 May 2031 Ada Quill said “the lamps must burn,” and later: “Nets and oil cost about $7.5 billion.”
Spending rose by nearly 20 percent to 485bn euros. It was €1,250.50 in May 2031, and on May 5 nobody paid 3 dollars."""


def figures(text: str) -> list[tuple[Any, ...]]:
    names = ("as_printed", "obs_value", "unit_mult", "unit_measure", "approximation")
    return [tuple(one.get(name) for name in names) for one in draft_bundle(f"Title\n{text}", "x")["spending"]]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("It cost $485 billion.", ("$485 billion", "485", 9, None, None)),
        ("It cost US$3m.", ("US$3m", "3", 6, "USD", None)),
        ("It cost 7.5 billion US dollars.", ("7.5 billion US dollars", "7.5", 9, "USD", None)),
        ("It cost 7.5 billion dollars.", ("7.5 billion dollars", "7.5", 9, None, None)),
        ("It cost over €1,250.50 a day.", ("over €1,250.50", "1250.50", 0, "EUR", "over")),
        ("It cost up to EUR 5bn.", ("up to EUR 5bn", "5", 9, "EUR", "at_most")),
        ("It cost 17 SEK.", ("17 SEK", "17", 0, "SEK", None)),
        ("It rose by more than 2.5%.", ("more than 2.5%", "2.5", None, "PT", "over")),
        ("It rose by 20 per cent.", ("20 per cent", "20", None, "PT", None)),
    ],
)
def test_a_figure_is_read_as_it_is_printed(text: str, figure: tuple[Any, ...]) -> None:
    assert figures(text) == [figure]


ALONE = ("In 2024 and 12 May 1990.", "NATO 12 and 30 boats.", "Rule 7.5 of 3 men.")
IN_PART = ("It paid $7.4-7.5 billion.", "It was -5%.", "EUR 1 000 000", "1.234,5 million euros", "5–6 per cent")


@pytest.mark.parametrize("text", [*ALONE, *IN_PART])
def test_a_number_alone_is_no_figure(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 12 May 2031 it", ("12 May 2031", "2031-05-12")),
        ("on May 12, 2031 it", ("May 12, 2031", "2031-05-12")),
        ("on 2031-05-12 it", ("2031-05-12", "2031-05-12")),
        ("in May 2031 it", ("May 2031", "2031-05")),
        ("on 12 May it", ("12 May", None)),
        ("on May 5 it", ("May 5", None)),
    ],
)
def test_a_day_is_read_as_it_is_printed(text: str, day: tuple[str, str | None]) -> None:
    (event,) = draft_bundle(f"Title\n{text}", "x")["events"]
    assert (event["date"]["as_printed"], event["date"].get("edtf")) == day


@pytest.mark.parametrize("text", ["on 99 May 2031", "on 31 June 2031", "on 2031-13-01", "on 45 May", "he may 10 times"])
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    assert not [one for one in draft_bundle(f"Title\n{text}", "x")["events"] if "edtf" in one["date"]]


def holds(text: str) -> dict[str, Any]:
    """The draft of a text, each of whose citations was shown to be of its words."""
    made = draft_bundle(text, "x")
    places = {one["ref"]: (one["start"], one["end"]) for one in made["document"]["sentences"]}
    for pointer, span in spans(made):
        if "sha256" in span:
            words = text[span["start"] : span["end"]]
            assert digest(words) == span["sha256"], pointer
            assert span.get("exact", words) == words, pointer
        if "sentence" in span and "supports" in span:
            first, last = places[span["sentence"]]
            assert first <= span["start"] < span["end"] <= last or span["start"] == span["end"], pointer
    return made


def test_each_quotation_is_a_statement_of_its_words() -> None:
    made = holds(TEXT)
    assert [one["quotations"][0]["text"] for one in made["statements"]] == [
        "the lamps must burn",
        "Nets and oil cost about $7.5 billion",
    ]
    marks = made["document"]["quotation_marks"]
    assert [mark["fact"] for mark in marks] == ["statements/quotation-1", "statements/quotation-2"]
    assert len(made["spending"]) == 5 and len(made["events"]) == 3


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip))
def test_any_text_is_begun(text: str) -> None:
    json.dumps(holds(text))


@pytest.mark.parametrize("name", world_texts())
def test_what_check_wants_is_what_only_a_person_knows(name: str) -> None:
    text = world_texts()[name].decode()
    made = holds(text)
    assert len(made["statements"]) == len(quotation_marks(text)) > 0
    with pytest.raises(BundleError) as refused:
        check([draft(made)], None, {"x": text})
    told = [(fault.pointer, fault.message) for fault in refused.value.faults]
    assert {message for _, message in told if "is missing" not in message and "more" not in message} <= {"is a draft"}
    wanted = {pointer.rpartition("/")[2] for pointer, message in told if "is missing" in message}
    assert wanted <= {"kind", "name", "act", "extent", "measure", "ref_area", "obs_status"}


def test_a_draft_stays_refused_until_its_mark_is_taken_out(report: str) -> None:
    made = holds(report)
    assert made["statements"] and made["spending"] and made["events"]
    statement = {**made["statements"][0], "act": "says", "directness": "mixed", "paraphrase": "They want it."}
    statement["quotations"][0]["extent"] = "phrase"
    raw = {**made, "statements": [statement], "spending": [], "events": []}
    raw["document"] |= {"kind": "news_report"}
    with pytest.raises(BundleError) as refused:
        check([draft(raw)], None, None)
    drafts = {fault.pointer for fault in refused.value.faults if fault.message == "is a draft"}
    assert drafts == {"/document/draft", "/statements/0/draft"}


def test_the_command_prints_it(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "Orrin Lamps, 2031.txt").write_text(TEXT, encoding="utf-8")
    assert main(["draft", "Orrin Lamps, 2031.txt"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == draft_bundle(TEXT, "orrin-lamps-2031")
    assert "drafts of 2 quotations, 5 figures, 3 days" in told.err
    assert main(["draft", "Orrin Lamps, 2031.txt", "--id", "lamps"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "lamps"
    (alone / "empty.txt").write_text("\n", encoding="utf-8")
    assert main(["draft", "empty.txt"]) == 1
    assert "holds no sentence" in capsys.readouterr().err
