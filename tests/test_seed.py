"""The shipped bundle is right, proved by the report's text, refused once anything changes, and leaves nothing out."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from app.facts import lists
from app.store.quotations import MARKS
from tests.asked import references
from tests.conftest import Bodies, Client
from tests.shipped import ID, RAW, changes, faults, letter_changed, strings
from tests.world.editing import edited, pointers, spans

SPANS = dict(spans(RAW))
VALUES = re.compile(r"/(as_printed|topics/\d+/hedges/\d+|title|quotations/\d+/text)$")


def shape(pointer: str) -> str:
    return re.sub(r"/\d+", "/0", pointer)


# One span, and one value that the report prints, for each place of the format that has one.
SAMPLE = {shape(pointer): pointer for pointer in reversed(SPANS)}
PRINTED = {shape(pointer): pointer for pointer in pointers(RAW) if VALUES.search(pointer)}
SHOWN = {pointer.split("/")[1]: pointer for pointer, span in SPANS.items() if "exact" in span}
del SHOWN["mentions"]  # their words are their citations: only the text tells whether they are right
SENTENCES = [pointer for pointer in SPANS if pointer.startswith("/document/sentences/")]


def value_at(pointer: str) -> Any:
    value: Any = RAW
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def is_told(pointer: str, raw: dict[str, Any], text: str | None = None) -> bool:
    """Whether a fault of a bundle names this place, and the line it stands on."""
    return any(fault.pointer.startswith(pointer) and fault.line for fault in faults(raw, text))


def test_right_by_itself() -> None:
    assert faults(RAW) == []


def test_every_citation_quotation_and_printed_word_is_proved(report: str) -> None:
    assert faults(RAW, report) == []


@pytest.mark.parametrize("pointer", PRINTED.values(), ids=PRINTED)
def test_a_changed_letter_of_what_is_printed_is_refused(pointer: str, report: str) -> None:
    raw = edited([(pointer, letter_changed(value_at(pointer)))], RAW)
    assert is_told(pointer.partition("/as_printed")[0], raw, report)


@pytest.mark.parametrize("pointer", SAMPLE.values(), ids=SAMPLE)
def test_a_changed_span_is_refused(pointer: str, report: str) -> None:
    for field, value in changes(SPANS[pointer]):
        raw = edited([(f"{pointer}/{field}", value)], RAW)
        assert is_told(pointer, raw, report), field


@pytest.mark.parametrize("pointer", SHOWN.values(), ids=SHOWN)
def test_a_changed_letter_or_digest_is_refused_without_the_text(pointer: str) -> None:
    for field, value in changes(SPANS[pointer]):
        assert is_told(pointer, edited([(f"{pointer}/{field}", value)], RAW)), field


@pytest.mark.slow
def test_every_changed_span_is_refused(report: str) -> None:
    rest = [pointer for pointer in SPANS if pointer not in SENTENCES]
    made = [(pointer, (f"{pointer}/{field}", value)) for pointer in rest for field, value in changes(SPANS[pointer])]
    batches = len(made) // 6 + 1  # far apart in the bundle, and few enough for all of their faults to be told
    for at in range(batches):
        several = made[at::batches]
        found = [fault.pointer for fault in faults(edited([edit for _, edit in several], RAW), report)]
        for pointer, edit in several:
            assert any(one.startswith(pointer) for one in found), edit
    for pointer in SENTENCES:
        for field, value in changes(SPANS[pointer]):
            assert is_told(pointer, edited([(f"{pointer}/{field}", value)], RAW), report), (pointer, field)


def test_another_text_is_refused_at_the_sentence_that_changed(report: str) -> None:
    for index, one in enumerate(RAW["document"]["sentences"]):
        middle = (one["start"] + one["end"]) // 2
        other = report[:middle] + ("x" if report[middle] != "x" else "y") + report[middle + 1 :]
        told = [fault for fault in faults(RAW, other) if fault.pointer.startswith("/document/sentences/")]
        assert [(fault.pointer, fault.message.split(":")[0]) for fault in told] == [
            (f"/document/sentences/{index}", one["ref"])
        ]


def test_every_sentence_is_cited(seeded: Client) -> None:
    coverage = seeded.json(f"/documents/{ID}/coverage")["items"]
    assert [one["sentence"] for one in coverage] == [one["ref"] for one in RAW["document"]["sentences"]]
    told = {
        one["sentence"]: {fact["path"].split("/")[1] for fact in one["facts"]} - {"mentions", "caveats"}
        for one in coverage
    }
    assert all(told.values()) and not any(one["reason"] for one in coverage), told


def test_what_covers_a_sentence_is_found_by_it(seeded: Client) -> None:
    coverage = seeded.json(f"/documents/{ID}/coverage")["items"]
    for kind in ("statements", "attendees", "spending", "mentions"):
        for one in coverage:
            facts = {fact["id"] for fact in one["facts"] if fact["path"].startswith(f"/{kind}/")}
            assert set(seeded.ids(f"/{kind}?limit=1000&sentence={one['sentence']}")) == facts, one["sentence"]


def test_every_reference_leads_somewhere(seeded: Client, bodies: Bodies) -> None:
    known = {f"/{kind}/{id}" for kind, found in bodies.items() for id in found}
    known |= {f"/documents/{ID}/sentences/{one['ref']}" for one in RAW["document"]["sentences"]}
    for kind in bodies:
        for body in seeded.json(f"/{kind}?limit=1000")["items"]:
            assert {one["path"] for one in references(body)} <= known, body["id"]


def test_every_kind_of_caveat_but_one(seeded: Client) -> None:
    facets = seeded.json("/caveats?limit=1&facets=kind")["facets"]["kind"]
    kinds = set(lists.CaveatKind.__args__)  # type: ignore[attr-defined]
    assert {one["value"] for one in facets if one["count"]} == kinds - {"disputed"}  # nobody says the report is wrong


def test_every_pronoun_is_resolved_or_doubted(bodies: Bodies) -> None:
    pronouns = [body for body in bodies["mentions"].values() if body["form"] == "pronoun"]
    assert pronouns
    for body in pronouns:
        assert body.get("antecedent"), body["id"]
        assert [caveat["kind"] for caveat in body["caveats"]] == ["inferred"], body["id"]


PRONOUNS = "he him his she her it its they them their theirs we us our who whom whose which that"
# Those that stand for no person, organisation, place or event; `we` is a doubt of its own.
OTHERS = ["6.1 that", "7.1 that", "7.2 that", "7.3 that", "7.3 which", "8.3 that", "9.2 We", "11.1 it"]


def words_outside(report: str, pattern: str, mentions: list[dict[str, Any]]) -> list[str]:
    """The words of the report that match and lie in none of the mentions, each with its sentence."""
    held = [(body["start"], body["end"]) for body in mentions]
    return [
        f"{one['ref']} {word.group()}"
        for one in RAW["document"]["sentences"]
        for word in re.compile(pattern).finditer(report, one["start"], one["end"])
        if not any(start <= word.start() < end for start, end in held)
    ]


def test_every_pronoun_of_the_report_is_accounted_for(report: str, bodies: Bodies) -> None:
    mentions = [body for body in bodies["mentions"].values() if body["form"] == "pronoun"]
    assert words_outside(report, rf"(?i)\b(?:{PRONOUNS.replace(' ', '|')})\b", mentions) == OTHERS
    assert bodies["caveats"]["we-who"]["facts"] == ["rutte-further-and-faster"]


# What has a capital without naming anybody: a sentence's first word, a day, an article, a term in a title.
CAPITALS = "The|However|Amid|Likewise|Speaking|He|We|In|Additionally|Support|Nonetheless|Translation|Article"
DAYS = "Wednesday|Thursday|February"


def test_every_name_of_the_report_is_a_mention(report: str, bodies: Bodies) -> None:
    named = rf"\b(?!(?:{CAPITALS}|{DAYS})\b)[A-Z][\w.]*"
    assert words_outside(report, named, list(bodies["mentions"].values())) == []


def test_every_number_of_the_report_is_cited_by_a_fact(report: str, seeded: Client) -> None:
    cited = [
        part
        for kind in ("documents", "organisations", "events", "topics", "spending")
        for body in seeded.json(f"/{kind}?limit=1000")["items"]
        for _, part in spans(body)
        if "exact" in part and part["end"] - part["start"] < 40
    ]
    assert words_outside(report, r"\d+", cited) == []


def test_no_eight_words_of_the_report_in_ours(report: str) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9$%]+(?:['’.,][a-z0-9]+)*", text.lower())
        return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}

    marks = [report[one["start"] : one["end"]] for one in RAW["document"]["quotation_marks"]]
    assert all(set(one[0] + one[-1]) <= set(MARKS) for one in marks)
    theirs = runs(report) - set().union(*(runs(free) for free in [RAW["document"]["title"], *marks]))
    ours = [text for text in strings(RAW, frozenset({"exact"})) if runs(text) & theirs]
    assert ours == []


def test_no_sentence_of_the_report_is_served(report: str, seeded: Client, bodies: Bodies) -> None:
    sentences = [report[one["start"] : one["end"]] for one in RAW["document"]["sentences"][1:]]
    for kind in bodies:
        answer = seeded.get(f"/{kind}?limit=1000").text
        assert [one for one in sentences if one in answer or quote(one) in answer] == []
    assert seeded.get(f"/documents/{ID}/text").status_code == 404
