"""Withdrawing a bundle takes back all that it holds, and loading it again restores it; a dry run only shows."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import Problem
from app.facts import KINDS
from app.faults import InUse
from app.store.db import Database
from app.store.loading import Loaded, load, withdraw
from tests.conftest import Client, drafts
from tests.loads import bodies, counts, draft, succeeding
from tests.world import world_texts
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
PERSON = "people/ada-quill"


def held(raw: dict[str, Any]) -> set[str]:
    """The facts that a bundle defines."""
    ours = {f"{kind}/{one['id']}" for kind in KINDS for one in raw.get(kind, [])}
    return ours | {f"documents/{raw['id']}"}


def plain(served: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Bodies without which edition and revision they are."""
    return {fact: body | {"edition": 0, "revision": 0} for fact, body in served.items()}


def test_everything_that_a_bundle_holds_is_taken_back_and_comes_back(
    fresh: Database, client_of: Callable[..., Client]
) -> None:
    load(fresh, drafts())
    client = client_of(fresh)
    own = held(RAW[1])
    loaded = withdraw(fresh, SECOND, "the paper took it back", by="The desk")
    assert loaded.changes == {"retracted": len(own) + len(RAW[1]["corroborates"])}
    assert bodies(fresh, 2).keys() == held(RAW[0])
    for fact in sorted(own):
        gone = client.get(f"/{fact}")
        assert (gone.status_code, gone.json()["reason"]) == (410, "the paper took it back")
        assert client.get(f"/{fact}?as_of=1").status_code == 200
    told = client.json("/changes?since=1&limit=1000")["items"]
    assert {(one["change"], one["by"]) for one in told} == {("retracted", "The desk")}
    assert withdraw(fresh, SECOND, "again") == Loaded(None)
    assert load(fresh, drafts()).changes == {"restored": len(told)}
    assert plain(bodies(fresh, 3)) == plain(bodies(fresh, 1))
    assert all(bodies(fresh, 3)[fact]["revision"] == 2 for fact in own)


def test_what_is_restored_as_it_was_has_no_reason_of_changes_before(
    fresh: Database, client_of: Callable[..., Client]
) -> None:
    load(fresh, drafts())
    client, fact = client_of(fresh), "caveats/no-outcomes-june"
    once = succeeding(RAW[1], edited([("/caveats/0/text", "No result is told.")], RAW[1]))
    again = draft({**once.raw, "note": "It was looked at again."})
    for restored, reason in ((once, None), (again, f"{fact} was wrong")):
        load(fresh, [once])
        withdraw(fresh, SECOND, "the paper took it back")
        load(fresh, [restored])
        *_, before, last = client.json(f"/{fact}/history")["items"]
        assert (before["change"], before["reason"]) == ("retracted", "the paper took it back")
        assert (last["change"], last["reason"]) == ("restored", reason)


def test_the_text_of_a_withdrawn_document_is_given_up(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), world_texts(), keep=True)
    client = client_of(fresh)
    assert client.get(f"/documents/{SECOND}/text").content == world_texts()[SECOND]
    withdraw(fresh, SECOND, "the paper took it back")
    assert client.get(f"/documents/{SECOND}/text").status_code == 410
    load(fresh, drafts())
    assert client.json(f"/documents/{SECOND}")["text_held"] is False
    assert client.get(f"/documents/{FIRST}/text").content == world_texts()[FIRST]


def test_what_others_refer_to_is_not_withdrawn(fresh: Database) -> None:
    load(fresh, drafts())
    with pytest.raises(InUse) as found:
        withdraw(fresh, FIRST, "no")
    told = str(found.value)
    assert f"attendees/farrow-in-june of the bundle {SECOND} refers to people/ines-farrow" in told
    assert f"the bundle {SECOND} corroborates people/bram-oster" in told
    with pytest.raises(KeyError):
        withdraw(fresh, "never-loaded", "no")


def test_a_dry_run_shows_what_would_change_and_writes_nothing(fresh: Database) -> None:
    load(fresh, drafts())
    before = counts(fresh)
    raw = edited([(f"/{PERSON}/named", False), ("/mentions/she-3-2", ...)])
    raw |= {"reasons": {PERSON: why("so")}, "retract": [{"fact": "mentions/she-3-2", "reason": "no pronoun"}]}
    shown = load(fresh, [draft(raw)], dry_run=True)
    assert counts(fresh) == before
    assert shown.edition is None
    assert shown.changes == {"corrected": 1, "retracted": 1}
    corrected, retracted = shown.diff
    assert (corrected["change"], corrected["fact"]["path"], corrected["reason"]) == ("corrected", f"/{PERSON}", "so")
    assert (corrected["before"], corrected["after"]) == ({"named": True}, {"named": False})
    assert retracted["before"]["id"] == "she-3-2" and retracted["after"] is None
    real = load(fresh, [draft(raw)])
    assert (real.edition, real.changes, real.republished) == (2, shown.changes, shown.republished)
    assert real.diff == []


def test_who_answers_may_be_given(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), by="Key of the desk")
    assert {one["by"] for one in client_of(fresh).json("/changes?limit=1000")["items"]} == {"Key of the desk"}


def test_what_is_expected_of_the_current_content_is_told_before_anything_is_checked(fresh: Database) -> None:
    seen: list[str | None] = []

    def refuse(current: str | None) -> None:
        seen.append(current)
        raise Problem("not now")

    for given in (drafts()[:1], drafts()[:1]):
        with pytest.raises(Problem, match="not now"):
            load(fresh, given, expect=refuse)
        assert counts(fresh)["editions"] == 0
    load(fresh, drafts()[:1], expect=seen.append)
    with pytest.raises(Problem, match="not now"):
        withdraw(fresh, FIRST, "no", expect=refuse)
    (sha256,) = {one for one in seen if one}
    assert seen == [None, None, None, sha256]
    assert len(sha256) == 64
