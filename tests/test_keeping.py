"""Keeping texts: where a text is held every citation shows its words, and they are those of that text."""

import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from app.faults import BundleError
from app.store.citing import cite, fingerprint, sentences
from app.store.db import Database
from app.store.loading import Loaded, load
from tests.conftest import Client, drafts
from tests.loads import bodies, counts, draft, parts
from tests.world import world_texts
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
TEXTS = world_texts()
LONGER = TEXTS[FIRST] + b"\nOne line more, which nothing cites.\n"


def cited(database: Database, edition: int) -> list[dict[str, Any]]:
    """Every citation of every body."""
    return [part for body in bodies(database, edition).values() for part in parts(body) if "supports" in part]


def lengthened(**more: Any) -> dict[str, Any]:
    """The first bundle, of a text with one line more."""
    text = LONGER.decode()
    listed = fingerprint(text)["sentences"][-1] | {"reason": "It says nothing."}
    edits = [("/document/sha256", hashlib.sha256(LONGER).hexdigest()), ("/document/length", len(text))]
    reasons = {f"documents/{FIRST}": why("the publisher added a line")}
    return {**edited([*edits, ("/document/sentences/-", listed), ("/reasons", reasons)]), **more}


def held(database: Database, edition: int) -> bool:
    """Whether the first text is held: its document, its citations and its address must agree."""
    shown = bodies(database, edition)[f"documents/{FIRST}"]["text_held"]
    whole = [one for one in cited(database, edition) if one["document"] == FIRST and one["exact"] is None]
    assert shown == (not whole)
    return bool(shown)


def test_every_citation_shows_the_words_at_its_place(fresh: Database) -> None:
    load(fresh, drafts(), TEXTS, keep=True)
    found = cited(fresh, 1)
    assert len(found) > 100
    for one in found:
        assert one["exact"] == TEXTS[one["document"]].decode()[one["start"] : one["end"]]
        assert hashlib.sha256(one["exact"].encode()).hexdigest() == one["sha256"]
    assert all(bodies(fresh, 1)[f"documents/{id}"]["text_held"] for id in TEXTS)


def test_without_keep_a_text_proves_and_is_not_held(fresh: Database) -> None:
    load(fresh, drafts(), TEXTS)
    assert counts(fresh)["texts"] == 0
    assert not held(fresh, 1)
    assert {one["exact"] for one in cited(fresh, 1)} > {None, "unworkable"}


def test_a_text_that_comes_later_is_one_edition_without_a_change(fresh: Database) -> None:
    load(fresh, drafts())
    before = bodies(fresh, 1)
    loaded = load(fresh, drafts(), TEXTS, keep=True)
    after = bodies(fresh, 2)
    assert (loaded.edition, loaded.changes) == (2, {})
    assert sum(loaded.republished.values()) == sum(body["edition"] == 2 for body in after.values()) > 20
    assert held(fresh, 2)
    assert {fact: body["revision"] for fact, body in after.items()} == dict.fromkeys(before, 1)
    assert bodies(fresh, 1) == before
    assert load(fresh, drafts(), TEXTS, keep=True) == Loaded(None)


def test_what_shows_another_facts_citations_shows_their_words_too(fresh: Database) -> None:
    """An attendee repeats the days of its event, with the citations of the report that prints them."""
    disputed = "events/ministers-march-2031"
    theirs = edited([("/attendees/farrow-in-june/event", disputed)], RAW[1])
    load(fresh, [drafts()[0], draft(theirs)])
    load(fresh, drafts()[:1], {FIRST: TEXTS[FIRST]}, keep=True)
    readings = bodies(fresh, 2)["attendees/farrow-in-june"]["date"]["alternatives"]
    assert readings == bodies(fresh, 2)[disputed]["date"]["alternatives"]
    assert [one["citation"]["exact"] for one in readings] == ["3 March", "4 March"]


def test_a_held_text_is_served_byte_for_byte(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), TEXTS, keep=True)
    client = client_of(fresh)
    for id, content in TEXTS.items():
        answer = client.get(f"/documents/{id}/text")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    for one in cited(fresh, 1)[:10]:
        span = client.get(f"/documents/{one['document']}/text?span={one['start']},{one['end']}")
        sentence = client.json(one["path"])
        inside = slice(one["start"] - sentence["start"], one["end"] - sentence["start"])
        assert span.content.decode() == one["exact"] == sentence["exact"][inside]


def test_a_corrected_document_gives_its_old_text_up(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), TEXTS, keep=True)
    load(fresh, [draft(lengthened())])
    assert not held(fresh, 2)
    assert client_of(fresh).get(f"/documents/{FIRST}/text").status_code == 404
    assert client_of(fresh).get(f"/documents/{SECOND}/text").content == TEXTS[SECOND]
    assert held(fresh, 1)


def test_a_corrected_document_takes_its_new_text(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), TEXTS, keep=True)
    load(fresh, [draft(lengthened())], {FIRST: LONGER}, keep=True)
    assert held(fresh, 2)
    assert client_of(fresh).get(f"/documents/{FIRST}/text").content == LONGER


def test_a_text_of_no_document_given_is_not_held(fresh: Database) -> None:
    load(fresh, drafts()[:1], {FIRST: TEXTS[FIRST], SECOND: TEXTS[SECOND]}, keep=True)
    assert counts(fresh)["texts"] == 1


def test_a_text_that_is_not_the_documents_holds_nothing(fresh: Database) -> None:
    load(fresh, drafts())
    with pytest.raises(BundleError) as found:
        load(fresh, drafts(), {FIRST: LONGER}, keep=True)
    assert any(fault.pointer.startswith("/document") for fault in found.value.faults)
    assert counts(fresh)["texts"] == 0


def test_printed_words_and_titles_are_never_normalised(fresh: Database) -> None:
    title = unicodedata.normalize("NFD", "Amélie à Orléans")
    text = f"{title}\n"
    words = unicodedata.normalize("NFD", "Amélie")
    (place,) = cite(text, words, sentences(text))
    unsaid = ("author", "publisher", "date_published", "original_language")
    raw = {
        "id": "orleans",
        "document": {"title": title, "kind": "other", **fingerprint(text), "citations": [
            cite(text, title, sentences(text))[0] | {"supports": ["title"]}]},
        "people": [{"id": "amelie", "name": words, "citations": [place | {"supports": ["name"]}],
                    "other_names": [{"name": words, "note": words, "citation": place}]}],
        "caveats": [{"id": f"no-{name}".replace("_", "-"), "kind": "not_stated", "facts": ["documents/orleans"],
                     "field": name, "text": "Not said."} for name in unsaid],
    }  # fmt: skip
    load(fresh, [draft(raw)], {"orleans": text.encode()}, keep=True)
    found = bodies(fresh, 1)
    assert found["documents/orleans"]["title"] == title
    assert found["people/amelie"]["name"] == unicodedata.normalize("NFC", words) != words
    (other,) = found["people/amelie"]["other_names"]
    assert (other["name"], other["citation"]["exact"]) == (words, words)
    assert other["note"] == unicodedata.normalize("NFC", words)
