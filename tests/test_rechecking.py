"""Citations taken earlier are told what became of them, by the history of what they cite."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.db import Database, Prepared
from app.store.erasing import erase
from app.store.finding import Sentence
from app.store.following import follow
from app.store.loading import load, withdraw
from tests.asked import checked, spans
from tests.conftest import Client, Maker, drafts
from tests.loads import counts, draft, records, reported, stored, succeeding
from tests.world.editing import RAW, faults

Made = Callable[..., Client]
TEXT = "Lamps burn in Orrin\nThe buoys were lit. Nobody saw them. Fog came.\nNobody saw them. The masts were dark."
TOPICS = {"buoys": "buoys", "masts": "masts were"}


@pytest.fixture(scope="session")
def loose() -> list[str]:
    """The mentions and caveats of the first bundle that nothing needs."""
    found = []
    for kind in ("mentions", "caveats"):
        for one in RAW[0][kind]:
            without = {**RAW[0], kind: [other for other in RAW[0][kind] if other is not one]}
            found += [f"{kind}/{one['id']}"] * (not faults(without))
    assert len(found) > 3
    return found


FIELDS = {"statements": "paraphrase", "caveats": "text", "topics": "label", "people": "name"}


def changed(chance: random.Random, before: dict[str, Any], loose: list[str]) -> dict[str, Any]:
    """The first bundle with some of its own words changed, some records taken back and some restored."""
    raw = copy.deepcopy(before)
    for kind, field in FIELDS.items():
        for one in chance.sample(raw[kind], chance.randint(0, 2)):
            one[field] = f"{chance.choice(['Lamps', 'Buoys', 'Masts'])} number {chance.randint(1, 99)}"
            one.update({"named": False} if kind == "people" else {})
    gone, there = chance.sample(loose, 3), records(raw)
    for kind in ("mentions", "caveats"):
        facts = {f"{kind}/{one['id']}": one for one in RAW[0][kind]}
        raw[kind] = [there.get(fact, one) for fact, one in facts.items() if fact not in gone]
    return raw


@pytest.fixture(scope="module", params=range(2))
def lived(request: pytest.FixtureRequest, empty: Maker, loose: list[str]) -> Iterator[Database]:
    """A database of five editions, each with random corrections, retractions and restorations; only to be read."""
    chance, raw = random.Random(request.param), RAW[0]
    database = Database(empty())
    load(database, drafts())
    for _ in range(4):
        before, raw = raw, changed(chance, raw, loose)
        load(database, [succeeding(before, raw)])
    yield database
    database.close()


def test_a_fact_is_current_as_long_as_its_own_entry_is_unchanged(lived: Database, client_of: Made) -> None:
    client = client_of(lived, values_max=10_000, body_max=10_000_000)
    taken = [(fact, n, json.loads(body)) for n in range(1, 6) for fact, body in stored(lived, n).items()]
    histories = {fact: client.json(f"/{fact}/history")["items"] for fact, _, _ in taken}
    told = checked(client, *(f"{body['path']}?as_of={n}" for _, n, body in taken))
    for one, (fact, n, body) in zip(told, taken, strict=True):
        later = [change for change in histories[fact] if change["edition"] > n]
        assert (one["status"] == "current") == (not later), (fact, n)
        assert (one["status"] == "retracted") == bool(later and later[-1]["change"] == "retracted"), (fact, n)
        assert one["changes"] == later
        assert one["revision"]["then"] == body["revision"]
        assert one["fact"]["path"] == one["path"] == body["path"]
        assert one["citation_then"] == next(iter([*body["citations"], *spans(body)]), None)
        turn = later[-1 if one["status"] == "retracted" else 0] if later else {"edition": None, "at": None}
        assert (one["since"], one["at"]) == (turn["edition"], turn["at"])
    assert {one["status"] for one in told} == {"current", "corrected", "retracted"}
    assert {change["change"] for one in told for change in one["changes"]} == {"corrected", "retracted", "restored"}


def test_a_published_citation_is_known_by_its_digest(lived: Database, client_of: Made) -> None:
    client = client_of(lived, values_max=10_000, body_max=20_000_000)
    now = {fact: json.loads(body) for fact, body in stored(lived, 5).items()}
    taken = [
        (fact, n, cited)
        for n in range(1, 6)
        for fact, body in stored(lived, n).items()
        for cited in spans(json.loads(body))
    ]
    sent = [{**cited, "fact": fact, "edition": n} for fact, n, cited in taken]
    told = checked(client, *sent)
    by_address = checked(client, *(f"/{fact}?as_of={n}" for fact, n, _ in taken))
    for one, whole, (fact, n, cited) in zip(told, by_address, taken, strict=True):
        assert (one["status"], one["changes"]) == (whole["status"], whole["changes"])
        assert (one["edition"], one["citation_then"]) == (n, cited)
        assert one["citation"] == (cited if cited in spans(now.get(fact, {})) else None)
    forged = [{**one, "sha256": one["sha256"][::-1], "exact": None} for one in sent]
    assert {one["status"] for one in checked(client, *forged)} == {"unknown"}
    undated = checked(client, *({**one, "edition": None} for one in sent))
    for one, (_, n, cited) in zip(undated, taken, strict=True):
        assert one["citation_then"] == cited
        assert one["edition"] >= n
        assert (one["status"] == "current") == (one["revision"]["then"] == one["revision"]["now"])


def test_what_did_not_stand_is_unknown(lived: Database, client_of: Made) -> None:
    client = client_of(lived, values_max=10_000)
    every = {fact for n in range(1, 6) for fact in stored(lived, n)}
    for n in range(1, 6):
        gone = sorted(every - stored(lived, n).keys())
        told = checked(client, *({"fact": fact, "edition": n} for fact in gone))
        assert [one["message"] for one in told] == [f"{fact} did not stand in edition {n}" for fact in gone]
        assert {one["status"] for one in told} <= {"unknown"}
    wrong = ["/people/nobody", "/people/ada-quill?as_of=6", "/people/ada-quill?as_of=0", "/people", "/people/x/history"]
    wrong += ["/people/ada-quill?as_of=1999-01-01T00:00:00Z", "https://elsewhere.example/news/1"]
    wrong += ["/documents/lantern-talks-2031-05/sentences/9.9", "/documents/nothing/sentences/1.1"]
    words = {"fact": "people/ada-quill", "sha256": "0" * 64, "exact": "Ada Quill"}
    for one in checked(client, *wrong, words):
        assert (one["status"], one["changes"], one["citation"], one["since"]) == ("unknown", [], None, None)
        assert one["message"]


@pytest.fixture
def lamps(fresh: Database) -> Callable[..., None]:
    """Loads the report on lamps in its next version, whose text may differ."""
    versions: list[dict[str, Any]] = []

    def bring(text: str = TEXT) -> None:
        versions.append(reported(text, TOPICS))
        load(fresh, [succeeding(versions[-2], versions[-1]) if len(versions) > 1 else draft(versions[-1])])

    bring()
    return bring


def of(client: Client, ref: str, **more: Any) -> dict[str, Any]:
    """What became of a sentence of the first edition, by its address; its published citation must tell the same."""
    there = client.json(f"/documents/lamps/sentences/{ref}?as_of=1")
    cited = {name: there[name] for name in ("document", "sentence", "start", "end", "sha256")}
    by_address, by_place = checked(client, f"{there['path']}?as_of=1", {**cited, "edition": 1}, **more)
    assert {**by_address, "given": None} == {**by_place, "given": None}
    assert by_place["citation_then"] == {**cited, "supports": [], "exact": None, "path": there["path"]}
    return by_place


def test_a_sentence_is_followed_through_the_versions_of_its_document(
    fresh: Database, lamps: Callable[..., None], client_of: Made
) -> None:
    client = client_of(fresh)
    assert of(client, "2.3")["status"] == "current"
    lamps("\n" + TEXT.replace("Nobody saw them. Fog", "Fog").replace("dark.", "dim."))
    moved, gone, changed, again = (of(client, ref) for ref in ("2.3", "2.2", "3.2", "3.1"))
    assert [one["status"] for one in (moved, gone, changed, again)] == ["corrected"] * 4
    assert (moved["citation"]["sentence"], moved["citation"]["start"]) == ("2.2", moved["citation_then"]["start"] - 16)
    assert moved["citation"]["sha256"] == moved["citation_then"]["sha256"]
    assert moved["changes"][0]["before"]["sentence"] == "2.3"
    assert moved["changes"][0]["after"]["sentence"] == "2.2"
    assert (gone["citation"], gone["changes"][0]["after"]) == (None, None)
    assert (again["citation"]["sentence"], again["citation"]["sha256"]) == ("3.1", gone["citation_then"]["sha256"])
    assert changed["citation"]["sentence"] == "3.2"
    assert changed["citation"]["sha256"] != changed["citation_then"]["sha256"]
    assert all(one["changes"][0]["reason"] == "documents/lamps was wrong" for one in (moved, gone, changed, again))
    assert of(client, "1.1")["changes"][0]["after"]["start"] == 1
    lamps()
    assert [of(client, ref)["status"] for ref in ("1.1", "2.1", "2.2", "2.3", "3.1", "3.2")] == ["current"] * 6


def test_a_span_in_a_sentence_is_known_where_a_fact_cites_it(
    fresh: Database, lamps: Callable[..., None], client_of: Made
) -> None:
    client = client_of(fresh)
    cited = [client.json(f"/topics/{id}")["citations"][0] for id in TOPICS]
    assert all(one["path"].startswith("/documents/lamps/sentences/") for one in cited)
    for one, own in zip(checked(client, *cited), cited, strict=True):
        assert (one["status"], one["citation_then"], one["citation"]) == ("current", own, own)
        assert (one["fact"]["path"], one["path"]) == ("/documents/lamps", own["path"])
    lamps("\n" + TEXT.replace("dark.", "dim."))
    for dated in ({}, {"edition": 1}):
        moved, changed = checked(client, *(one | dated for one in cited))
        assert [moved["status"], changed["status"]] == ["corrected", "corrected"]
        assert moved["citation"] == {**cited[0], "start": cited[0]["start"] + 1, "end": cited[0]["end"] + 1}
        assert changed["citation"] is None, "its sentence has other words now"
    known = {**cited[0], "edition": 1}
    never = [
        {"edition": 2},
        {"sha256": cited[1]["sha256"]},
        {"end": known["end"] - 1},
        {"sentence": "2.2", "path": None},
    ]
    assert [one["status"] for one in checked(client, *(known | one for one in never))] == ["unknown"] * 4
    less = [{name: known[name] for name in ("path", *names)} for names in (("sha256", "edition"), ("start", "end"))]
    assert [one["citation_then"] for one in checked(client, *less)] == [cited[0]] * 2


def test_what_others_say_of_a_fact_is_no_change_of_its_entry(fresh: Database, client_of: Made) -> None:
    """A corroborating document's citations come and go under the same revision, and are told of by themselves."""
    load(fresh, drafts())
    client, fact = client_of(fresh), "people/bram-oster"
    cited = next(one for one in client.json(f"/{fact}")["citations"] if one["document"] == RAW[1]["id"])
    alone = {**RAW[1], "corroborates": [one for one in RAW[1]["corroborates"] if one["fact"] != fact]}
    retract = [{"fact": fact, "reason": "another Oster"}]
    load(fresh, [draft({**alone, "retract": retract})])
    assert cited not in client.json(f"/{fact}")["citations"]
    for one in checked(client, {**cited, "fact": fact}, {**cited, "fact": fact, "edition": 1}):
        assert (one["status"], one["citation_then"], one["citation"]) == ("retracted", cited, None)
        assert one["message"] == f"the document {RAW[1]['id']} gave it: retracted in edition 2: another Oster"
    assert checked(client, f"/{fact}?as_of=1")[0]["status"] == "current"
    assert checked(client, {**cited, "fact": fact, "edition": 2})[0]["status"] == "unknown"


def without(raw: dict[str, Any], topic: str) -> dict[str, Any]:
    return {**raw, "topics": [one for one in raw["topics"] if one["id"] != topic]}


@pytest.mark.parametrize(("change", "into"), [("merged", ["buoys"]), ("split", ["buoys", "masts"])])
def test_what_became_another_record_leads_to_it(change: str, into: list[str], fresh: Database, client_of: Made) -> None:
    first = reported(TEXT, TOPICS | {"floats": "buoys", "lights": "buoys", "fog": "were lit"})
    second, third = without(first, "floats"), without(without(first, "floats"), "buoys")
    load(fresh, [draft(first)])
    client = client_of(fresh)
    (cited,) = client.json("/topics/floats")["citations"]
    facts = [f"topics/{id}" for id in into]
    end: dict[str, Any] = {"merge": [{"from": "topics/floats", "into": facts[0], "reason": "the same"}]}
    if change == "split":
        end = {"split": [{"from": "topics/floats", "into": facts, "reason": "several"}]}
    load(fresh, [succeeding(first, second, **end)])
    for taken in ("/topics/floats?as_of=1", "/topics/floats", {**cited, "fact": "topics/floats"}):
        [one] = checked(client, taken)
        assert one["status"] == {"merged": "corrected", "split": "retracted"}[change]
        assert (one["since"], one["changes"][0]["change"], one["fact"]["name"]) == (2, change, "All about floats")
        assert one["revision"] == {"then": 1, "now": None}
        assert [other["id"] for other in one["into"]] == into
        assert one["citation"] == client.json("/topics/buoys")["citations"][0]
    load(fresh, [succeeding(second, third, merge=[{"from": "topics/buoys", "into": "topics/lights", "reason": "too"}])])
    [one] = checked(client, "/topics/floats?as_of=1")
    assert [other["id"] for other in one["into"]] == ["lights" if id == "buoys" else id for id in into]
    load(fresh, [succeeding(third, without(third, "lights"))])
    [one] = checked(client, "/topics/floats?as_of=1")
    assert (one["status"], [other["id"] for other in one["into"]]) == ("retracted", into[1:])


def test_a_document_taken_back_takes_its_sentences_along(
    fresh: Database, lamps: Callable[..., None], client_of: Made
) -> None:
    client = client_of(fresh)
    withdraw(fresh, "lamps", "never printed")
    for one in checked(client, "/documents/lamps/sentences/2.1", "/documents/lamps/sentences/2.1?as_of=1"):
        assert (one["status"], one["since"], one["citation"]) == ("retracted", 2, None)
        assert one["message"] == "it was retracted in edition 2: never printed"
        assert one["changes"][0]["before"]["sentence"] == "2.1"
    assert checked(client, "/documents/lamps/sentences/2.1?as_of=2")[0]["status"] == "unknown"


def test_what_was_erased_is_told_as_retracted_without_its_words(
    fresh: Database, lamps: Callable[..., None], client_of: Made
) -> None:
    client = client_of(fresh)
    (cited,) = client.json("/topics/buoys")["citations"]
    erase(fresh, "lamps", "by order")
    taken = [
        "/topics/buoys",
        "/topics/buoys?as_of=1",
        {**cited, "fact": "topics/buoys"},
        {**cited, "edition": 1},
        cited,
    ]
    for one in checked(client, *taken, text=TEXT):
        assert (one["status"], one["since"], one["span"]) == ("retracted", 2, None)
        assert one["message"] == "it was erased, in all editions, in edition 2: by order"
        assert (one["citation_then"], one["citation"], one["changes"][-1]["before"]) == (None, None, None)
    assert [one["status"] for one in checked(client, "/topics/buoys?as_of=2", "/topics/boats")] == ["unknown"] * 2


def test_a_text_sent_along_proves_the_span(fresh: Database, lamps: Callable[..., None], client_of: Made) -> None:
    client = client_of(fresh)
    cited = {**client.json("/topics/buoys")["citations"][0], "edition": 1}
    new = "\n" + TEXT
    lamps(new)
    before = counts(fresh)

    def proof(text: str) -> dict[str, Any]:
        first, second, unknown = checked(client, cited, "/topics/buoys?as_of=1", "/topics/nothing", text=text)
        assert first["span"] == second["span"]
        assert unknown["span"] is None
        return dict(first["span"])

    start, end = cited["start"], cited["end"]
    assert proof(TEXT) == {"matches": True, "message": None, "text": "earlier"}
    assert proof(TEXT + "!") == {"matches": True, "message": None, "text": "other"}
    moved = proof(new)
    assert (moved["matches"], moved["text"]) == (False, "current")
    assert f"{start + 1}–{end + 1} has that digest" in moved["message"]
    assert "no span near has that digest" in proof(TEXT.replace("buoys", "boats"))["message"]
    assert "past the end" in proof("")["message"]
    assert counts(fresh) == before


def test_a_check_takes_as_many_statements_however_many_citations(
    lived: Database, client_of: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(lived)
    database, ran = client.app.front.desk.finder.database, list[str]()
    run = database.rows

    def counted(prepared: Prepared, values: dict[str, Any]) -> Any:
        ran.append(prepared.sql)
        return run(prepared, values)

    monkeypatch.setattr(database, "rows", counted)
    statements = client.json("/statements?as_of=1&limit=1000")["items"]
    cited = [{**one, "edition": 1} for body in statements for one in spans(body) if one["document"] == RAW[0]["id"]]

    def spent(*citations: Any, **more: Any) -> int:
        ran.clear()
        checked(client, *citations, **more)
        return len(ran)

    paths = [body["path"] for body in statements] * 4
    assert spent(paths[0]) == spent(*paths) == 4
    assert spent(cited[0]) == spent(*(cited * 2)[:100]) <= 7
    assert spent(*paths, *cited[:50], text="x") <= 10


SENTENCES = st.lists(st.sampled_from("abc"), max_size=8).map(
    lambda words: [Sentence(f"1.{n}", n, n + 1, word, None) for n, word in enumerate(words, 1)]
)


@given(SENTENCES, SENTENCES)
def test_a_sentence_that_is_followed_has_one_successor(earlier: list[Sentence], later: list[Sentence]) -> None:
    found = follow(earlier, later)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(earlier)
    assert set(found.values()) <= set(later)
    words = [[one.sha256 for one in sentences] for sentences in (earlier, later)]
    kept = sum(one.sha256 == other.sha256 for one, other in found.items())
    assert kept == sum(min(side.count(word) for side in words) for word in "abc"), "no words are lost that are there"
    assert follow(earlier, earlier) == {one: one for one in earlier}
