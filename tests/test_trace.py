"""The trace of one record: loaded, corrected, taken back, restored; whatever is asked of it agrees at each step."""

from collections.abc import Callable
from typing import Any

from app.store.db import Database
from app.store.loading import load
from tests.asked import walk
from tests.conftest import Client, drafts
from tests.loads import draft
from tests.world.editing import RAW, edited, why

ID = "she-3-2"
FACT, LIST = f"mentions/{ID}", "/mentions?limit=1000"
CORRECTED = edited([(f"/{FACT}/entity", "organisations/lantern-pact"), ("/reasons", {FACT: why("a ship")})])
GONE = {
    **edited([(f"/{FACT}", ...)]),
    "retract": [{"fact": FACT, "reason": "no such pronoun"}],
}
# What is loaded, the status of the record's address then, its revision, and what a citation taken at first comes to.
STEPS: list[tuple[dict[str, Any], int, int, str]] = [
    (CORRECTED, 200, 2, "corrected"),
    (GONE, 410, 2, "retracted"),
    (RAW[0], 200, 3, "corrected"),
]
KINDS_OF_CHANGE = ["created", "corrected", "retracted", "restored"]


def checked(client: Client, citation: dict[str, Any]) -> dict[str, Any]:
    answer = client.request("POST", "/citations/check", json={"citations": [citation]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["items"][0])


def test_the_trace(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts())
    client = client_of(fresh)
    first = client.json(f"/{FACT}")
    citation = {"fact": FACT, "sha256": first["citations"][0]["sha256"], "edition": 1}
    assert checked(client, citation)["status"] == "current"
    walks = [client.json("/mentions?limit=3")]
    tags = {address: client.get(address).headers["etag"] for address in (f"/{FACT}", LIST, "/changes")}
    whole = client.ids(LIST)
    for edition, (raw, status, revision, judged) in enumerate(STEPS, 2):
        load(fresh, [draft(raw)])
        item = client.get(f"/{FACT}")
        assert item.status_code == status
        listed = client.json(LIST)["items"]
        assert (ID in [one["id"] for one in listed]) == (status == 200)
        if status == 200:
            assert item.json() in listed
            assert (item.json()["revision"], item.json()["edition"]) == (revision, edition)
        history = client.json(f"/{FACT}/history")["items"]
        assert [one["change"] for one in history] == KINDS_OF_CHANGE[:edition]
        fed = [one for one in client.json("/changes?limit=1000")["items"] if one["fact"]["path"] == f"/{FACT}"]
        assert fed == [{name: one[name] for name in fed[0]} for one in history]
        told = checked(client, citation)
        assert (told["status"], [one["change"] for one in told["changes"]]) == (judged, KINDS_OF_CHANGE[1:edition])
        for address, tag in tags.items():
            now = client.get(address, headers={"if-none-match": tag})
            assert now.status_code != 304
            tags[address] = now.headers.get("etag", tag)
        walks.append(client.json("/mentions?limit=3"))
    assert client.json(f"/{FACT}?as_of=1") == first
    assert client.json(f"/{FACT}?as_of=2")["entity"]["id"] == "lantern-pact"
    assert client.get(f"/{FACT}?as_of=3").status_code == 410
    assert client.ids(f"{LIST}&as_of=1") == client.ids(LIST) == whole
    for edition, page in enumerate(walks, 1):  # each walk goes on in the edition that it began in
        found = [one["id"] for one in [*page["items"], *walk(client.app, page["next"])]]
        assert found == client.ids(f"{LIST}&as_of={edition}")
        assert (ID in found) == (edition != 3)
