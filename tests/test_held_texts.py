"""A text that is held is served byte for byte, and an edition shows words only where it held them."""

import hashlib
from collections.abc import Callable

import pytest

from app.store.db import Database
from app.store.loading import load
from tests.conftest import Client, drafts
from tests.world import world_texts

TEXTS = world_texts()


@pytest.fixture
def holding(fresh: Database, client_of: Callable[..., Client]) -> Client:
    """A client of a database whose second edition began to hold the texts."""
    load(fresh, drafts())
    load(fresh, drafts(), TEXTS, keep=True)
    return client_of(fresh)


def test_a_text_is_served_as_it_was_loaded(holding: Client) -> None:
    for document in holding.json("/documents")["items"]:
        path, text = f"{document['path']}/text", TEXTS[document["id"]]
        served = holding.get(path)
        assert (served.status_code, served.content) == (200, text)
        assert served.headers["content-type"] == "text/plain; charset=utf-8"
        assert served.headers["x-content-type-options"] == "nosniff"
        assert document["text_held"]
        assert document["sha256"] == hashlib.sha256(served.content).hexdigest()
        assert document["length"] == len(text.decode())
        assert holding.get(path, headers={"if-none-match": served.headers["etag"]}).status_code == 304


def test_a_span_is_cut_in_code_points(holding: Client) -> None:
    document = holding.json("/documents?sort=-name")["items"][0]
    text = TEXTS[document["id"]].decode()
    assert not text.isascii()
    for one in holding.json(f"{document['path']}/coverage")["items"]:
        span = f"{one['start']},{one['end']}"
        words = holding.get(f"{document['path']}/text?span={span}").content
        assert words.decode() == text[one["start"] : one["end"]] == holding.json(one["path"])["exact"]
        assert hashlib.sha256(words).hexdigest() == one["sha256"]
    assert holding.get(f"{document['path']}/text?span=0,0").content == b""
    assert holding.get(f"{document['path']}/text?span=0,{len(text) + 1}").status_code == 422


def test_an_edition_that_held_no_text_never_shows_one(holding: Client) -> None:
    for document in holding.json("/documents?as_of=1")["items"]:
        assert not document["text_held"]
        assert holding.json(f"{document['path']}/sentences/1.1?as_of=1")["exact"] is None
        refused = holding.get(f"{document['path']}/text?as_of=1")
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/text-not-held")
        assert (refused.json()["length"], refused.json()["sha256"]) == (document["length"], document["sha256"])
