"""Every filter of every kind keeps what it should and leaves out the rest, by the bodies that are served."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.facts import KINDS
from app.store.db import Database
from app.store.loading import load
from tests.asked import everything, filters_of, held, query, send_all, values_for
from tests.conftest import Client, client_for
from tests.loads import draft
from tests.oracle import KEEPS, Bodies, cited, days
from tests.world import world_bundles, world_texts
from tests.world.editing import why

FILTERS = [(kind.name, name) for kind in KINDS.values() for name in filters_of(kind)]
DAYS = ("from", "to", "on")
# What the invented world has none of: days of what has no day, citations of our own labels, and some caveats.
DATED = ("documents", "events", "attendees", "statements", "spending")
NOTHING = {(kind, name) for kind in KINDS for name in DAYS if kind not in DATED}
NOTHING |= {("topics", "sentence"), *((kind, "caveat") for kind in ("topics", "people", "mentions", "caveats"))}
BEYOND = {"from": ["2099-12-31"], "to": ["1999-12-31"], "on": ["1999-12-31", "2099-12-31"], "language": ["de"]}
BEYOND["office"] = sorted(held([json.loads(content) for _, content in world_bundles()], "role"))  # before a correction


def corrected(raw: dict[str, Any]) -> dict[str, Any]:
    """The bundle with places and topics moved, mentions of somebody else, and an office of another name."""
    changed: dict[str, Any] = {}
    for kind, field in (("places", "within"), ("topics", "broader"), ("mentions", "entity")):
        ones = [one for one in raw[kind] if one.get(field, "").startswith(("places", "topics", "people"))]
        values = [one[field] for one in ones]
        for one, value in zip(ones, values[1:] + values[:1], strict=True):
            if one[field] != value != f"{kind}/{one['id']}":
                one[field] = value
                changed[f"{kind}/{one['id']}"] = why("it was another one")
    holder = next(one for one in raw["people"] if one.get("offices"))
    holder["offices"][0]["role"] += " (retired)"
    return {**raw, "reasons": {**changed, f"people/{holder['id']}": why("the office ended")}}


@pytest.fixture(scope="session")
def client(empty: Callable[[], str]) -> Iterator[Client]:
    """A client of the invented world, some of it given countries, after a correction of what filters go by."""
    raws = [json.loads(content) for _, content in world_bundles()]
    for number, one in enumerate([*raws[0]["places"], *raws[0]["organisations"]]):
        one["country"] = ("NO", "IS", "FO")[number % 3]
        one["external"] = {**one.get("external", {}), "country": "ISO 3166-1"}
    database = Database(empty())
    load(database, [draft(raw) for raw in raws], world_texts())
    load(database, [draft(corrected(raws[0]))])
    made = client_for(database)
    yield made
    made.close()
    database.close()


@pytest.fixture(scope="session")
def bodies(client: Client) -> Bodies:
    return everything(client)


def kept(client: Client, kind: str, asked: list[str]) -> list[list[str]]:
    """The ids that each query string keeps."""
    replies = send_all(client.app, [f"/{kind}?limit=1000&{one}".encode() for one in asked])
    return [[body["id"] for body in json.loads(reply.body)["items"]] for reply in replies]


def test_every_filter_is_tried() -> None:
    assert KEEPS.keys() == set(FILTERS)


@pytest.mark.parametrize(("kind", "name"), FILTERS)
def test_a_filter_keeps_what_it_should_and_leaves_out_the_rest(
    kind: str, name: str, client: Client, bodies: Bodies
) -> None:
    values = values_for(KINDS[kind], name, bodies) + BEYOND.get(name, [])
    found = kept(client, kind, [query(**{f"{name}_": value}) for value in values])
    order = client.ids(f"/{kind}?limit=1000")
    for value, ids in zip(values, found, strict=True):
        expected = {body["id"] for body in bodies[kind] if KEEPS[kind, name](body, value, bodies)}
        assert ids == [id for id in order if id in expected], value
    assert any(found) != ((kind, name) in NOTHING)
    assert any(len(ids) < len(order) for ids in found)


@pytest.mark.parametrize("kind", KINDS)
def test_values_add_up_and_filters_narrow_down(kind: str, client: Client, bodies: Bodies) -> None:
    chance = random.Random(kind)
    values = {name: values_for(KINDS[kind], name, bodies) for name in filters_of(KINDS[kind]) if name not in DAYS}
    asked = [
        {name: chance.choices(values[name], k=1 if values[name] == ["true", "false"] else 2) for name in names}
        for names in (chance.sample([name for name in values if values[name]], 2) for _ in range(60))
    ]
    found = kept(client, kind, [query(**one) for one in asked])
    for one, ids in zip(asked, found, strict=True):
        if {"sentence", "document"} <= one.keys():
            continue  # a sentence of that document: not what each keeps by itself
        assert set(ids) == {
            body["id"]
            for body in bodies[kind]
            if all(any(KEEPS[kind, name](body, value, bodies) for value in some) for name, some in one.items())
        }
    assert any(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_is_of_the_document_asked_for(kind: str, client: Client, bodies: Bodies) -> None:
    for document in bodies["documents"]:
        refs = values_for(KINDS[kind], "sentence", bodies)
        found = kept(client, kind, [f"sentence={ref}&document={document['id']}" for ref in refs])
        for ref, ids in zip(refs, found, strict=True):
            span = {(document["id"], ref)}
            assert set(ids) == {
                body["id"]
                for body in bodies[kind]
                if span & {(one["document"], one["sentence"]) for one in cited(body)}
            }


def test_days_together_are_one_reading(client: Client, bodies: Bodies) -> None:
    """Where readings differ, one of them has to lie between `from` and `to`: not one after, another before."""
    dated = [body for body in bodies["events"] if list(days(body))]
    assert any(body["date"]["alternatives"] for body in dated)
    edges = sorted({edge for body in dated for reading in days(body) for edge in reading if len(edge) == 10})
    spans = [(first, last) for first in edges for last in edges if first <= last]
    found = kept(client, "events", [f"from={first}&to={last}" for first, last in spans])
    for (first, last), ids in zip(spans, found, strict=True):
        assert set(ids) == {
            body["id"] for body in dated if any(early <= last and late >= first for early, late in days(body))
        }
