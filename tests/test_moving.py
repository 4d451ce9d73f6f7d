"""A walk sees each row of its edition once, however the facts change under way: a state machine against lists."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.http.answering import Desk
from app.settings import Settings
from app.store.db import Database
from app.store.finding import Finder
from app.store.loading import load
from app.store.publishing import fold
from app.store.text import digest
from tests.loads import draft
from tests.world.editing import why

TITLE = "Lamps burn in Orrin"
SILENT = ("author", "publisher", "date_published", "original_language")
WORDS = st.sampled_from(["Buoys", "buoys", "Lamps", "Lämps", "Masts", "Åsts", "Zones"])
IDS = st.sampled_from([f"topic-{number:02}" for number in range(20)])
TOPICS = st.dictionaries(IDS, WORDS).map(lambda words: {id: f"{word} {id[-2:]}" for id, word in words.items()})


def bundle(labels: dict[str, str], changed: set[str], gone: set[str]) -> dict[str, Any]:
    """A bundle of one sentence and these topics, with a reason for every change."""
    span = {"start": 0, "end": len(TITLE), "sha256": digest(TITLE)}
    return {
        "id": "lamps",
        "document": {
            "title": TITLE,
            "kind": "other",
            "sha256": digest(TITLE),
            "length": len(TITLE),
            "sentences": [{"ref": "1.1", **span}],
            "citations": [{"sentence": "1.1", **span, "supports": ["title"]}],
        },
        "topics": [{"id": id, "label": label} for id, label in sorted(labels.items())],
        "caveats": [
            {
                "id": name.replace("_", "-"),
                "kind": "not_stated",
                "facts": ["documents/lamps"],
                "field": name,
                "text": "-",
            }
            for name in SILENT
        ],
        "reasons": {f"topics/{id}": why("a better word") for id in changed},
        "retract": [{"fact": f"topics/{id}", "reason": "nobody speaks of it"} for id in gone],
    }


class Walk:
    """A walk under way: what a plain list says is still to come, and where it goes on."""

    def __init__(self, expected: list[tuple[str, str]], onward: str | None) -> None:
        self.expected = expected
        self.onward = onward


ORDERS: dict[str, Callable[[tuple[str, str]], str]] = {
    "id": lambda topic: topic[0],
    "name": lambda topic: fold(topic[1]),
}


class Moving(RuleBasedStateMachine):
    """Loads that add, change and retract topics, between the pages of several walks."""

    make: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(type(self).make())
        self.desk = Desk(Finder(self.database), Settings())
        self.labels: dict[str, str] = {}
        self.walks: list[Walk] = []

    @initialize(labels=TOPICS)
    def begin(self, labels: dict[str, str]) -> None:
        self.load(labels)

    @rule(labels=TOPICS, gone=st.sets(IDS, max_size=3))
    def change(self, labels: dict[str, str], gone: set[str]) -> None:
        self.load({id: label for id, label in {**self.labels, **labels}.items() if id not in gone})

    def load(self, labels: dict[str, str]) -> None:
        changed = {id for id, label in labels.items() if self.labels.get(id, label) != label}
        load(self.database, [draft(bundle(labels, changed, self.labels.keys() - labels.keys()))])
        self.labels = labels

    @rule(sort=st.sampled_from(sorted(ORDERS)), descending=st.booleans(), limit=st.integers(1, 4))
    def set_out(self, sort: str, descending: bool, limit: int) -> None:
        expected = sorted(self.labels.items(), key=ORDERS[sort], reverse=descending)
        self.walks.append(Walk(expected, f"/topics?sort={'-' if descending else ''}{sort}&limit={limit}"))
        self.page(self.walks[-1])

    @rule(which=st.integers(0, 3))
    def go_on(self, which: int) -> None:
        if which < len(self.walks):
            self.page(self.walks[which])

    def page(self, walk: Walk) -> None:
        if walk.onward is None:
            return
        path, _, query = walk.onward.partition("?")
        answer = self.desk.answer("GET", path, query.encode(), {})
        page = json.loads(answer.body)
        found = [(one["id"], one["label"]) for one in page["items"]]
        assert found == walk.expected[: len(found)]
        assert found or not walk.expected
        walk.expected = walk.expected[len(found) :]
        walk.onward = page["next"]
        assert bool(walk.onward) == bool(walk.expected)

    def teardown(self) -> None:
        for walk in self.walks:
            while walk.onward:
                self.page(walk)
        self.database.close()


@pytest.mark.parametrize("examples", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_walks_while_the_facts_change(examples: int, empty: Callable[[], str]) -> None:
    Moving.make = staticmethod(empty)
    run_state_machine_as_test(Moving, settings=settings(max_examples=examples, stateful_step_count=15, deadline=None))
