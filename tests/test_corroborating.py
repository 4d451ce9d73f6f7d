"""Corroborating: another document's citations stand with a fact's own, and where it differs, both values stand."""

from collections.abc import Callable
from typing import Any

import pytest

from app.faults import BundleError, InUse
from app.store.bundles import validate
from app.store.citing import cite, digest, sentences
from app.store.db import Database
from app.store.loading import load, withdraw
from tests.asked import checked
from tests.conftest import Client, drafts
from tests.loads import bodies, draft, rows
from tests.world import world_texts
from tests.world.editing import RAW, TEXTS, edited, spans, why

FIRST, SECOND = (raw["id"] for raw in RAW)
FACT = "events/lantern-talks-may-2031"
OSTER = "people/bram-oster"


def cited(words: str, *supports: str) -> dict[str, Any]:
    """The citation of words of the second report."""
    (found,) = cite(TEXTS[SECOND], words, sentences(TEXTS[SECOND]))[:1]
    return {name: found[name] for name in ("sentence", "start", "end", "sha256")} | {"supports": list(supports)}


ENTRY = {"fact": FACT, "citations": [cited("at the Lantern House", "place"), cited("3 June 2031", "date")]}
OTHER_DAY = {**ENTRY, "values": {"date.edtf": "2031-05-07"}}


def telling(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The second bundle with corroborations beside the one that it has."""
    return {**RAW[1], "corroborates": [*RAW[1]["corroborates"], *entries], **more}


@pytest.fixture
def client(fresh: Database, client_of: Callable[..., Client]) -> Client:
    """A client of a world whose second report gives another day for the talks, from edition 2 on."""
    load(fresh, drafts(), world_texts())
    load(fresh, [draft(telling(OTHER_DAY, by="The second desk"))], world_texts())
    return client_of(fresh)


def conflict(client: Client, query: str = "") -> dict[str, Any]:
    (found,) = client.json(f"/caveats?kind=conflict&document={SECOND}{query}")["items"]
    return dict(found)


def test_its_citations_stand_after_the_facts_own(client: Client, fresh: Database) -> None:
    before, after = (bodies(fresh, edition)[FACT] for edition in (1, 2))
    added = after["citations"][len(before["citations"]) :]
    assert after["citations"][: len(before["citations"])] == before["citations"]
    assert [(one["document"], one["supports"]) for one in added] == [(SECOND, ["place"]), (SECOND, ["date"])]
    assert all(digest(TEXTS[SECOND][one["start"] : one["end"]]) == one["sha256"] for one in added)
    assert (after["revision"], after["edition"]) == (before["revision"], 2)
    assert FACT.partition("/")[2] in client.ids(f"/events?document={SECOND}")
    assert FACT.partition("/")[2] not in client.ids(f"/events?document={SECOND}&as_of=1")
    assert after["date"] == before["date"]


def test_it_is_a_change_of_its_own_and_none_of_the_fact(client: Client) -> None:
    told = client.json("/changes?since=1")["items"]
    (own,) = [one for one in told if one["type"] == "corroboration"]
    assert (own["change"], own["fact"]["path"], own["bundle"]) == ("created", f"/{FACT}", SECOND)
    assert (own["by"], own["revision"]) == ("The second desk", 1)
    assert [one["change"] for one in client.json(f"/{FACT}/history")["items"]] == ["created"]


def test_a_differing_value_is_a_conflict_that_names_field_values_and_documents(client: Client) -> None:
    found = conflict(client)
    assert (found["kind"], found["field"]) == ("conflict", "date.edtf")
    assert [one["path"] for one in found["facts"]] == [f"/{FACT}"]
    own = client.json(f"/{FACT}")["date"]["edtf"]
    assert [(one["value"], one["citation"]["document"]) for one in found["values"]] == [
        (own, FIRST),
        ("2031-05-07", SECOND),
    ]
    assert SECOND in found["text"] and "2031-05-07" in found["text"]
    assert found["id"] in [note["id"] for note in client.json(f"/{FACT}")["caveats"]]
    assert {one["document"] for one in found["citations"]} == {FIRST, SECOND}


def test_a_correction_of_the_fact_shows_in_the_conflict_and_may_settle_it(client: Client, fresh: Database) -> None:
    event = edited([(f"/{FACT}/date/edtf", "2031-05-07"), (f"/{FACT}/date/as_printed", ...)])
    event["reasons"] = {FACT: why()}
    load(fresh, [draft(event)])
    found = conflict(client)
    assert [one["value"] for one in found["values"]] == ["2031-05-07", "2031-05-07"]
    assert found["decision"]["value"] == "resolved"
    assert found["revision"] == 1
    assert conflict(client, "&as_of=2")["decision"]["value"] == "open"


def test_a_corrected_value_needs_a_reason_and_changes_the_conflict(client: Client, fresh: Database) -> None:
    better = telling({**OTHER_DAY, "values": {"date.edtf": "2031-05-08"}})
    with pytest.raises(BundleError, match=f'add "{FACT}" to "reasons"'):
        load(fresh, [draft(better)])
    loaded = load(fresh, [draft({**better, "reasons": {FACT: why("misread")}})])
    assert loaded.changes == {"corrected": 2}
    assert conflict(client)["values"][1]["value"] == "2031-05-08"
    told = client.json("/changes?since=2")["items"]
    assert {(one["type"], one["reason"]) for one in told} == {("caveat", "misread"), ("corroboration", "misread")}
    assert [one["revision"] for one in told if one["type"] == "corroboration"] == [2]


def test_what_is_left_out_needs_a_reason_and_is_gone(client: Client, fresh: Database) -> None:
    with pytest.raises(BundleError, match=f"the corroboration of {FACT} is left out"):
        load(fresh, [draft(RAW[1])])
    loaded = load(fresh, [draft({**RAW[1], "retract": [{"fact": FACT, "reason": "not the same talks"}]})])
    assert loaded.changes == {"retracted": 2}
    assert bodies(fresh, 3)[FACT]["citations"] == bodies(fresh, 1)[FACT]["citations"]
    assert client.json(f"/caveats?kind=conflict&document={SECOND}")["items"] == []
    back = load(fresh, [draft(telling(OTHER_DAY))])
    assert back.changes == {"restored": 2}


def test_what_is_corroborated_is_not_taken_back(client: Client, fresh: Database) -> None:
    sole = "mentions/she-3-2"
    words = cited("Farrow said afterwards", "as_printed")
    load(fresh, [draft(telling(OTHER_DAY, {"fact": sole, "citations": [words]}))])
    less = [one for one in RAW[0]["mentions"] if one["id"] != "she-3-2"]
    gone = {**RAW[0], "mentions": less, "retract": [{"fact": sole, "reason": "no"}]}
    with pytest.raises(InUse, match=f"the bundle {SECOND} corroborates {sole}"):
        load(fresh, [draft(gone)])
    dropped = telling(OTHER_DAY, retract=[{"fact": sole, "reason": "it is gone there"}])
    assert load(fresh, [draft(gone), draft(dropped)]).edition == 4


def test_a_withdrawn_document_corroborates_nothing(client: Client, fresh: Database) -> None:
    withdraw(fresh, SECOND, "it was made up")
    assert {one["document"] for one in bodies(fresh, 3)[FACT]["citations"]} == {FIRST}
    assert {one["document"] for one in bodies(fresh, 3)[OSTER]["citations"]} == {FIRST}
    load(fresh, [draft(telling(OTHER_DAY))])
    assert bodies(fresh, 4)[FACT]["citations"] == bodies(fresh, 2)[FACT]["citations"]


def test_a_merged_fact_takes_its_corroborations_along(fresh: Database) -> None:
    double = {"id": "b-oster", "name": "B. Oster", "named": False, "basis": "external", "source": "A list"}
    load(fresh, [draft(edited([("/people/-", double)])), drafts()[1]])
    theirs = {**RAW[1]["corroborates"][0], "fact": "people/b-oster"}
    load(fresh, [draft(telling(theirs))])
    merge = [{"from": "people/b-oster", "into": OSTER, "reason": "the same"}]
    load(fresh, [draft({**RAW[0], "merge": merge})])
    held = [one for one in bodies(fresh, 3)[OSTER]["citations"] if one["document"] == SECOND]
    assert len(held) == 1  # both entries cite the same words


@pytest.mark.parametrize(
    ("values", "supports", "message"),
    [
        ({"date.edtf": "2031-05-32"}, "date", "no EDTF date|day is out of range"),
        ({"date.edtf": "2031-05-07"}, "place", "is cited nowhere"),
        ({"status": "helt"}, "status", '"helt" is not on the list'),
        ({"place": "places/nowhere"}, "place", "there is no places/nowhere"),
        ({"date": "2031-05-07"}, "date", "is no field that holds a value"),
        ({"dayte": "2031-05-07"}, "date", "event has no dayte"),
        ({"revision": "7"}, "date", "is no field that holds a value"),
        ({"id": "talks"}, "date", "is nothing that documents differ in"),
        ({"part_of": FACT}, "date", "is the fact itself"),
        ({"topics.00.role": "mentioned"}, "date", "is no field that holds a value"),
        ({"date.alternatives.3.edtf": "2031"}, "date", "the fact has no date.alternatives.3"),
        ({"date.latest": "soon"}, "date", '"soon" does not have the right form'),
        ({"topics.0": "topics/nothing"}, "date", "is no field that holds a value"),
    ],
)
def test_a_differing_value_has_the_form_of_its_field(
    fresh: Database, values: dict[str, str], supports: str, message: str
) -> None:
    load(fresh, drafts())
    entry = {"fact": FACT, "citations": [cited("3 June 2031", supports)], "values": values}
    with pytest.raises(BundleError, match=message):
        load(fresh, [draft(telling(entry))])


def test_a_fact_is_corroborated_once_and_never_by_its_own_document(fresh: Database) -> None:
    load(fresh, drafts())
    with pytest.raises(BundleError, match=f"{FACT} is corroborated twice"):
        load(fresh, [draft(telling(ENTRY, ENTRY))])
    own = {"fact": "statements/farrow-vote", "citations": ENTRY["citations"]}
    with pytest.raises(BundleError, match="is defined in this bundle"):
        load(fresh, [draft(telling(own))])


def test_a_sentence_that_others_cite_stays_as_it_is(fresh: Database) -> None:
    """The second bundle cites a sentence of the first report, whose last letter a correction of that report drops."""
    text = TEXTS[FIRST]
    ends = {(one["sentence"], one["end"]) for _, one in spans(RAW[0]) if "sentence" in one}
    listed = [one for one in RAW[0]["document"]["sentences"][1:] if (one["ref"], one["end"]) not in ends]
    ref, start, end = (listed[0][name] for name in ("ref", "start", "end"))
    words = {"sentence": ref, "start": start, "end": start + 3, "sha256": digest(text[start : start + 3])}
    doubt: dict[str, Any] = {"id": "of-another", "kind": "disputed", "facts": [OSTER], "text": "Is it so?"}
    doubt["citations"] = [{**words, "document": f"documents/{FIRST}"}]
    load(fresh, [drafts()[0], draft({**RAW[1], "caveats": [*RAW[1]["caveats"], doubt]})])
    place = f"/document/sentences/{ref}"
    moved = edited([(f"{place}/end", end - 1), (f"{place}/sha256", digest(text[start : end - 1]))])
    moved["reasons"] = {f"documents/{FIRST}": why("the sentence ends earlier")}
    with pytest.raises(InUse, match=f"caveats/of-another of the bundle {SECOND} cites {ref}"):
        load(fresh, [draft(moved)])
    assert len(rows(fresh, "editions")) == 1


def giving(fact: str, **values: str) -> dict[str, Any]:
    """The second bundle, in which a fact of the first has these values; `__` stands for a full stop."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return telling({"fact": fact, "citations": [cited("3 June 2031", *named)], "values": named})


def made(client: Client) -> list[dict[str, Any]]:
    """The caveats that are made from what the second document corroborates."""
    page = client.json(f"/caveats?document={SECOND}&kind=conflict,not_stated&limit=1000")
    return [one for one in page["items"] if f"-in-{SECOND}"[:30] in one["id"]]


def test_what_the_facts_own_document_does_not_say_is_no_conflict(fresh: Database, client_of: Any) -> None:
    load(fresh, drafts())
    load(fresh, [draft(giving("events/brisa-press-conference", organisation="organisations/lantern-pact"))])
    client = client_of(fresh)
    (caveat,) = made(client)
    assert (caveat["kind"], caveat["decision"]["value"]) == ("not_stated", "resolved")
    assert [one["value"] for one in caveat["values"]] == ["organisations/lantern-pact"]
    assert {one["document"] for one in caveat["citations"]} == {SECOND}
    noted = client.json("/events/brisa-press-conference")["caveats"]
    assert ("not_stated", "organisation") in [(one["kind"], one["field"]) for one in noted]
    assert caveat["id"] in client.ids("/caveats?kind=not_stated&limit=1000")


def test_once_both_give_the_same_it_says_so(client: Client, fresh: Database, empty: Any, client_of: Any) -> None:
    """Also where they never were loaded otherwise: what a database says does not hang on the order of its loads."""
    assert conflict(client)["text"] == f"Documents differ on date.edtf: {SECOND} gives 2031-05-07."
    agreed = edited([(f"/{FACT}/date/edtf", "2031-05-07"), (f"/{FACT}/date/as_printed", ...)])
    agreed["reasons"] = {FACT: why()}
    load(fresh, [draft(agreed), draft(telling(OTHER_DAY, by="The second desk"))], world_texts())
    other = Database(empty())
    load(other, [draft({**agreed, "reasons": {}}), draft(telling(OTHER_DAY, by="The second desk"))], world_texts())
    at_once = conflict(client_of(other))
    assert (at_once["text"], at_once["decision"]["value"]) == (conflict(client)["text"], "resolved")
    other.close()
    assert conflict(client)["text"] == f"Documents agree on date.edtf: {SECOND} gives 2031-05-07."


@pytest.mark.parametrize(
    "edits",
    [
        lambda counts: [counts[1], counts[0], *counts[2:]],
        lambda counts: [{**counts[0], "of": "others"}, *counts],
        lambda counts: counts[:1],
    ],
)
def test_an_item_for_which_another_document_has_a_value_keeps_its_place(fresh: Database, edits: Any) -> None:
    load(fresh, drafts())
    pact = "organisations/lantern-pact"
    given = giving(pact, counts__1__value="9")
    load(fresh, [draft(given)])
    (counts,) = (one["counts"] for one in RAW[0]["organisations"] if f"organisations/{one['id']}" == pact)
    assert len(counts) > 1
    changed = edited([(f"/{pact}/counts", edits(counts)), ("/reasons", {pact: why()})])
    with pytest.raises(InUse, match=r"another value for counts\.1\.value"):
        load(fresh, [draft(changed)])
    corrected = [counts[0], {**counts[1], "value": counts[1]["value"] + 1}, *counts[2:]]
    load(fresh, [draft(edited([(f"/{pact}/counts", corrected), ("/reasons", {pact: why()})]))])


def test_facts_of_different_kinds_with_one_id_have_each_their_conflict(fresh: Database, client_of: Any) -> None:
    twin = {**RAW[0]["places"][0], "id": "night-ferry"}
    load(fresh, [draft(edited([("/places/-", twin)])), drafts()[1]])
    several = [
        {"fact": f"{kind}/night-ferry", "citations": [cited("3 June 2031", "name")], "values": {"name": name}}
        for kind, name in (("places", "Night Ferry Pier"), ("events", "Nocturnal Ferry"))
    ]
    load(fresh, [draft(telling(*several))])
    found = made(client_of(fresh))
    assert {(one["facts"][0]["path"], one["values"][-1]["value"]) for one in found} == {
        ("/places/night-ferry", "Night Ferry Pier"),
        ("/events/night-ferry", "Nocturnal Ferry"),
    }


def test_no_caveat_takes_the_id_of_one_that_is_made(fresh: Database) -> None:
    load(fresh, drafts())
    records, _ = validate(draft(telling(OTHER_DAY)))
    taken = next(one.raw["id"] for one in records.values() if one.raw.get("corroborates") == FACT)
    own = {"id": taken, "kind": "disputed", "facts": ["statements/farrow-vote"], "text": "She denies it."}
    with pytest.raises(BundleError, match="is made from what is corroborated"):
        load(fresh, [draft(telling(OTHER_DAY, caveats=[*RAW[1]["caveats"], own]))])


def test_a_split_names_each_record_once(fresh: Database) -> None:
    load(fresh, drafts())
    topic = RAW[0]["topics"][-1]
    halves = [{**topic, "id": f"{topic['id']}-{n}"} for n in (1, 2)]
    raw = edited([(f"/topics/{topic['id']}", ...), *(("/topics/-", one) for one in halves)])
    into = [f"topics/{halves[0]['id']}"] * 2
    with pytest.raises(BundleError, match="names a record twice"):
        load(fresh, [draft({**raw, "split": [{"from": f"topics/{topic['id']}", "into": into, "reason": "two"}]})])


def test_a_citation_that_another_document_gave_goes_with_it(client: Client, fresh: Database) -> None:
    theirs = [one for one in client.json(f"/{FACT}")["citations"] if one["document"] == SECOND]
    asked = {**theirs[0], "fact": FACT, "edition": 2}
    assert [one["status"] for one in checked(client, asked)] == ["current"]
    withdraw(fresh, SECOND, "The publisher took it back.")
    (told,) = checked(client, asked)
    assert (told["status"], told["citation"]) == ("retracted", None)
    assert "The publisher took it back." in told["message"]
    assert [(one["change"], one["edition"]) for one in told["changes"]] == [("retracted", 3)]
    load(fresh, [draft(telling(OTHER_DAY, by="The second desk"))])
    assert [one["status"] for one in checked(client, asked)] == ["current"]


def test_words_that_a_document_prints_are_those_that_it_cites(fresh: Database) -> None:
    load(fresh, drafts())
    name, said = "attribution.as_printed", "Farrow said afterwards"
    entry = {"fact": "statements/quill-lights", "citations": [cited(said, name)], "values": {name: said}}
    with pytest.raises(BundleError, match="is not what the words cited say"):
        load(fresh, [draft(telling({**entry, "values": {name: "Farrow said before"}}))])
    load(fresh, [draft(telling(entry))])
