"""Random histories of bundles against a plain model: what stands, what it is called, and all that is told of it."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.faults import BundleError
from app.store.db import Database
from app.store.loading import load, withdraw
from tests.conftest import Client, Maker, client_for
from tests.crowd import report
from tests.loads import draft
from tests.world.editing import why

BUNDLES = ("one", "two", "three")
NAMES = ("a", "b", "c")


@dataclass
class Topic:
    """A topic as a bundle writes it; `broader` names one of any bundle, perhaps one that was merged."""

    label: str
    broader: str | None = None


@dataclass
class Model:
    """What should be: each bundle's topics by id, what merged into what, and the changes so far."""

    bundles: dict[str, dict[str, Topic]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)  # (change, id), the last load's at the end
    revisions: Counter[str] = field(default_factory=Counter)
    ever: set[str] = field(default_factory=set)

    def standing(self) -> dict[str, Topic]:
        return {id: topic for topics in self.bundles.values() for id, topic in topics.items()}

    def resolve(self, id: str | None) -> str | None:
        while id in self.merged:
            id = self.merged[id]
        return id

    def users(self, gone: set[str], but: str) -> set[str]:
        """Topics of other bundles that refer to one that would be gone."""
        others = [topics for name, topics in self.bundles.items() if name != but]
        return {id for topics in others for id, topic in topics.items() if self.resolve(topic.broader) in gone}

    def climbs(self) -> bool:
        """Whether some topic would be part of itself."""
        standing = self.standing()
        for id in standing:
            seen, at = set[str](), self.resolve(id)
            while at is not None and at not in seen:
                seen.add(at)
                at = self.resolve(standing[at].broader) if at in standing else None
            if at is not None:
                return True
        return False

    def put(self, name: str, topics: dict[str, Topic], merges: dict[str, str]) -> bool:
        """A version of a bundle; tells whether it may be loaded, and takes it over then."""
        before = self.bundles.get(name, {})
        after = deepcopy(self)
        after.bundles[name] = topics
        after.merged = {id: into for id, into in after.merged.items() if id not in topics} | merges
        gone = before.keys() - topics.keys() - merges.keys()
        standing = after.standing()
        broken = any(topic.broader and after.resolve(topic.broader) not in standing for topic in topics.values())
        if broken or after.climbs() or self.users(set(gone), name):
            return False
        for id, topic in topics.items():
            if id not in before:
                after.note("restored" if id in self.ever else "created", id)
            elif topic != before[id]:
                after.note("corrected", id)
        after.changes += sorted(("merged" if id in merges else "retracted", id) for id in before.keys() - topics.keys())
        self.__dict__.update(after.__dict__)
        return True

    def note(self, change: str, id: str) -> None:
        self.changes.append((change, id))
        self.revisions[id] += 1
        self.ever.add(id)

    def withdraw(self, name: str) -> bool:
        gone = set(self.bundles.get(name, {}))
        if self.users(gone, name):
            return False
        self.changes += [("retracted", id) for id in self.bundles.pop(name, {})]
        return True


def bundle(model: Model, name: str, topics: dict[str, Topic], merges: dict[str, str], note: int) -> dict[str, Any]:
    """The bundle as it is loaded, with a reason for whatever it may change."""
    before = model.bundles.get(name, {})
    made = report(f"paper-{name}", [f"Paper {name}"], note=f"version {note}")
    made["topics"] = [
        {"id": id, "label": topic.label, **({"broader": f"topics/{topic.broader}"} if topic.broader else {})}
        for id, topic in topics.items()
    ]
    made["reasons"] = {f"topics/{id}": why() for id in topics if id in before}
    made["merge"] = [{"from": f"topics/{id}", "into": f"topics/{into}", "reason": "one"} for id, into in merges.items()]
    gone = before.keys() - topics.keys() - merges.keys()
    made["retract"] = [{"fact": f"topics/{id}", "reason": "none"} for id in gone]
    return made


ids = st.sampled_from([f"{name}-{one}" for name in BUNDLES for one in NAMES])
STEP = st.tuples(
    st.sampled_from(BUNDLES),
    st.sampled_from(("put", "put", "put", "merge", "withdraw")),
    st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from("xyz"), st.none() | ids), max_size=3),
    st.sampled_from(NAMES),
    ids,
)


def agree(client: Client, model: Model, edition: int, past: dict[int, Any]) -> None:
    """The server tells what the model does, now and, of every edition before, what it told then."""
    served = client.json("/topics?limit=1000")
    assert served["edition"] == edition
    standing = model.standing()
    found = {one["id"]: one for one in served["items"]}
    assert found.keys() == standing.keys()
    for id, topic in standing.items():
        broader = model.resolve(topic.broader)
        shown = found[id]["broader"]
        assert (shown and (shown["id"], shown["name"])) == (broader and (broader, standing[broader].label))
        assert (found[id]["label"], found[id]["revision"]) == (topic.label, model.revisions[id])
    for id in model.ever - standing.keys():
        status = 308 if id in model.merged else 410
        gone = client.get(f"/topics/{id}")
        assert gone.status_code == status
        if status == 308:
            assert gone.headers["location"] == f"/topics/{model.merged[id]}"
    told = [(one["change"], one["fact"]["id"]) for one in client.json("/changes?limit=1000&kind=topics")["items"]]
    assert Counter(told) == Counter(model.changes)
    past[edition] = served["items"]
    for number, items in past.items():
        assert client.json(f"/topics?limit=1000&as_of={number}")["items"] == items


def run(database: Database, steps: list[Any]) -> None:
    client, model, past, edition = client_for(database), Model(), dict[int, Any](), 0
    try:
        for number, (name, act, wanted, one, into) in enumerate(steps):
            if act == "withdraw":
                if name not in model.bundles:
                    continue
                may, change = model.withdraw(name), partial(withdraw, database, f"paper-{name}", "none")
            else:
                topics = {f"{name}-{id}": Topic(*given) for id, given in wanted.items()}
                merges = {}
                if act == "merge" and f"{name}-{one}" in model.bundles.get(name, {}):
                    topics = {id: topic for id, topic in model.bundles[name].items() if id != f"{name}-{one}"}
                    merges = {f"{name}-{one}": into} if into in model.standing() and into != f"{name}-{one}" else {}
                raw = bundle(model, name, topics, merges, number)
                may, change = model.put(name, topics, merges), partial(load, database, [draft(raw)])
            if may:
                assert change().edition == edition + 1
                edition += 1
                agree(client, model, edition, past)
            else:
                with pytest.raises(BundleError, match=r"refers to|there is no|leads back"):
                    change()
    finally:
        client.close()


def tried(make: Callable[[], str], steps: list[Any]) -> None:
    database = Database(make())
    try:
        run(database, steps)
    finally:
        database.close()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=2, max_size=8))
def test_any_history_is_told_as_it_was(empty: Maker, steps: list[Any]) -> None:
    tried(empty, steps)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_many_histories_are_told_as_they_were(empty: Maker, steps: list[Any]) -> None:
    tried(empty, steps)
