"""A person renamed in a world of twenty thousand statements: every name right at once, and the books clean."""

import time
from collections.abc import Callable

import pytest

from app.store.db import Database
from app.store.loading import load
from tests.conftest import Client
from tests.crowd import SPEAKER, speaker, talk
from tests.loads import draft

BUNDLES, EACH = 40, 500
# Of a machine with two shared cores; measured there: 14 s on SQLite, 17 s on PostgreSQL, as long as the load itself.
SECONDS = 120


@pytest.mark.slow
def test_a_renamed_speaker_of_twenty_thousand_statements(fresh: Database, client_of: Callable[..., Client]) -> None:
    total = BUNDLES * EACH
    begun = time.perf_counter()
    load(fresh, [draft(speaker()), *(draft(talk(number, EACH)) for number in range(BUNDLES))])
    loaded = time.perf_counter() - begun
    begun = time.perf_counter()
    renamed = load(fresh, [draft(speaker("Nurel of Orrin", "the name was incomplete"))])
    seconds = time.perf_counter() - begun
    print(f"\nloaded {total:,} statements in {loaded:.1f} s, renamed their speaker in {seconds:.1f} s")
    assert (renamed.changes, renamed.republished) == ({"corrected": 1}, {"statements": total})
    client = client_of(fresh, count_max=total)
    fields = "name,speaker.name,revision,edition"
    page = client.json(f"/statements?speaker=nurel&count=true&limit=1000&sort=-id&fields={fields}")
    assert page["count"] == {"value": total, "relation": "eq"}
    for item in page["items"]:
        assert item["speaker"]["name"] == "Nurel of Orrin"
        assert item["name"] == "Statement by Nurel of Orrin"
        assert (item["revision"], item["edition"]) == (1, 2)
    assert client.json("/statements?as_of=1&limit=1&fields=speaker.name")["items"] == [{"speaker": {"name": "Nurel"}}]
    feed = client.json("/changes?since=1")
    assert [one["fact"]["path"] for one in feed["items"]] == [f"/{SPEAKER}"]
    assert feed["republished"] == {"statements": total}
    assert [one["change"] for one in client.json("/statements/lamp-7-7/history")["items"]] == ["created"]
    assert [one["change"] for one in client.json(f"/{SPEAKER}/history")["items"]] == ["created", "corrected"]
    assert seconds < SECONDS
