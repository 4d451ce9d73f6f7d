"""Values that another document gives: what the check accepts is shown, weighed and listed; what it refuses is told."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from app.facts import KINDS
from app.facts.shape import choices, slots
from app.store.bundles import Records, validate
from app.store.checking import Nothing
from app.store.db import Database
from app.store.loading import load
from app.store.reading import Draft
from app.store.rules.corroborating import differs, once
from app.store.rules.scene import Scene
from tests.conftest import Client, drafts
from tests.loads import draft
from tests.test_corroborating import cited
from tests.world import world_texts
from tests.world.editing import RAW, why

FIRST, SECOND = (raw["id"] for raw in RAW)
COMPARED = ("places", "organisations", "people", "events", "attendees", "statements", "spending")
# Of every form that a field can have, and of none.
POOL = (
    *(
        "x",
        "Lamps, nets and oil",
        "0",
        "-3",
        "7.5",
        "12",
        "6",
        "9",
        "1e9",
        "007",
        "true",
        "false",
        "2031-05-04",
        "2031-05~",
    ),
    *("2031-05-04/2031-05-09", "[..2031-05-12]", "..", "places/port-calder", "people/ada-quill", "events/night-ferry"),
    *("organisations/lantern-pact", "people/nobody", "EUR", "USD", "DE", "2.4", "null", "[]", "{}", "—", "x" * 500),
)


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every dotted field below a model, with the values of its closed list; of lists the first items and a far one."""
    for slot in slots(model):
        listed = choices(model.model_fields[slot.name].annotation)
        for number in ("", ".0", ".9") if slot.many else ("",):
            yield f"{prefix}{slot.name}{number}", listed
            if slot.model is not None and prefix.count(".") < 3:
                yield from fields(slot.model, f"{prefix}{slot.name}{number}.")


def entry(fact: str, values: dict[str, str]) -> dict[str, Any]:
    return {"fact": fact, "citations": [cited("3 June 2031", *values)], "values": values}


@cache
def validated(at: int) -> Records:
    """The records of one of the bundles, which its corroborations do not change."""
    return validate(draft(RAW[at]))[0]


def refused(entries: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """The values, as (index of the entry, field), that the rules about corroborations refuse."""
    both = draft(RAW[0]), draft({**RAW[1], "corroborates": entries})
    scene = Scene([(one, validated(at)) for at, one in enumerate(both)], Nothing(), {})
    steps = [fault.pointer.split("/") for fault in (*differs(scene), *once(scene))]
    return {(int(step[2]), step[4]) for step in steps}


def accepted(facts: list[str]) -> dict[str, dict[str, list[str]]]:
    """For each fact and field the values that may differ, though each time all other fields differ too."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    known = {fact: dict(fields(KINDS[fact.partition("/")[0]].entry)) for fact in facts}
    for n in range(len(POOL) + max(len(listed) for told in known.values() for listed in told.values())):
        entries = []
        for fact, told in known.items():
            several = {name: (*POOL, *listed) for name, listed in told.items()}
            entries.append(entry(fact, {name: one[n] for name, one in several.items() if n < len(one)}))
        wrong = refused(entries)
        for index, one in enumerate(entries):
            for name, value in one["values"].items():
                if (index, name) not in wrong:
                    found[one["fact"]][name].append(value)
    return found


@pytest.fixture(scope="module")
def taken() -> dict[str, dict[str, list[str]]]:
    """Of every kind the facts that have most to differ in."""
    facts = []
    for kind in COMPARED:
        records = sorted(RAW[0][kind], key=lambda one: (len(one), str(one)), reverse=True)
        facts += [f"{kind}/{one['id']}" for one in (records[0], records[-1])]
    return accepted(facts)


def test_each_kind_has_fields_that_may_differ_and_only_in_their_form(taken: dict[str, dict[str, list[str]]]) -> None:
    every: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact, told in taken.items():
        for name, values in told.items():
            every[fact.partition("/")[0], name].update(values)
    assert {kind for kind, _ in every} == set(COMPARED)
    assert len(every) > 40
    assert not [name for _, name in every if name.endswith(("as_printed", "quotations.0.text"))]  # not the words cited
    assert every["spending", "obs_value"] == {"0", "-3", "7.5", "12", "6", "9", "2.4"}
    assert every["spending", "unit_mult"] == {"0", "3", "6", "9", "12"}
    assert every["spending", "asserted_by"] == {"people/ada-quill", "organisations/lantern-pact"}
    assert every["attendees", "count.value"] == {"0", "12", "6", "9"}
    assert every["attendees", "named"] == {"true", "false"}
    assert not [name for _, name in every if ".9" in name or name.startswith(("citations", "hedges.0.start"))]


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_whatever_is_accepted_is_weighed_shown_and_listed(
    step: int, taken: dict[str, dict[str, list[str]]], fresh: Database, client_of: Callable[..., Client]
) -> None:
    load(fresh, drafts(), world_texts())
    client = client_of(fresh)
    given: dict[str, dict[str, str]] = {one["fact"]: one.get("values", {}) for one in RAW[1]["corroborates"]}
    for n in range(0, max(len(values) for told in taken.values() for values in told.values()), step):
        before = given
        given = {fact: {name: one[n % len(one)] for name, one in told.items()} for fact, told in taken.items()}
        several = [entry(fact, values) for fact, values in given.items()]
        for index, name in refused(several):  # what may stand only with another value that this round has not
            del given[several[index]["fact"]][name]
        load(fresh, [following(before, given)], world_texts())
        for a, b in ((FIRST, SECOND), (SECOND, FIRST)):
            items = client.json(f"/compare?document={a},{b}&limit=1000")["items"]
            assert {(one["a"] or one["b"])["path"][1:] for one in items if one["fields"]} >= set(given)
        listed = client.json(f"/caveats?kind=conflict,not_stated&document={SECOND}&limit=1000")["items"]
        conflicts = [one for one in listed if f"-in-{SECOND}" in one["id"] or one["values"]]
        shown = {(one["facts"][0]["path"][1:], one["field"]): one["values"][-1]["value"] for one in conflicts}
        assert shown == {(fact, name): value for fact, values in given.items() for name, value in values.items()}


def following(before: dict[str, dict[str, str]], given: dict[str, dict[str, str]]) -> Draft:
    """The second bundle's next version, with a reason for each fact that it corroborates otherwise or no more."""
    kept = [one for one in RAW[1]["corroborates"] if one["fact"] not in given]
    told = [entry(fact, values) for fact, values in given.items()]
    reasons = {fact: why("the report says so") for fact in before if before[fact] != given.get(fact)}
    return draft({**RAW[1], "corroborates": [*kept, *told], "by": "The second desk", "reasons": reasons})
