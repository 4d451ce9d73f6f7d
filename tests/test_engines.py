"""Both engines give the same bytes for any valid request."""

import random
from typing import Any

import pytest

from app.facts import KINDS
from app.store.faceting import facetable
from tests.asked import OPERATIONS, Reply, everything, filters_of, parameters_of, query, send_all, values_for
from tests.conftest import Client

Values = dict[str, dict[str, list[str]]]  # kind, parameter, values
CONTROLS = {
    "limit": ["1", "2", "5", "1000"],
    "as_of": ["1", "2", "3"],
    "count": ["true", "false"],
    "fields": ["compact", "id,name", "citations.start,date.edtf", "path"],
}


@pytest.fixture(scope="session")
def values(pair: tuple[Client, Client]) -> Values:
    """Valid values of every parameter of every list: what is served, also by id and by name, and what nobody is."""
    bodies = everything(pair[0])
    names = {body["path"][1:]: [body["id"], body["name"]] for every in bodies.values() for body in every}
    found: Values = {}
    for kind in KINDS.values():
        given = {name: values_for(kind, name, bodies) for name in filters_of(kind)}
        given |= {name: [*own, "no-one"] for name, own in given.items() if any(one in names for one in own)}
        given |= {name: own + [text for one in own for text in names.get(one, [])] for name, own in given.items()}
        sorts = parameters_of(OPERATIONS[f"/{kind.name}"])["sort"]["schema"]["anyOf"]
        found[kind.name] = {
            **given,
            **CONTROLS,
            "sort": [one for option in sorts for one in option.get("enum", [])],
            "facets": facetable(kind),
        }
    return found


def requests(values: Values, seed: int, size: int) -> list[bytes]:
    """Random valid requests of lists: up to three parameters, each of up to three values where it takes several."""
    chance = random.Random(seed)
    made = []
    for _ in range(size):
        kind, known = chance.choice(list(values.items()))
        schemas = parameters_of(OPERATIONS[f"/{kind}"])
        asked: dict[str, Any] = {}
        for name in chance.sample([name for name in known if known[name]], chance.randint(0, 3)):
            some = chance.choices(known[name], k=chance.randint(1, 3))
            asked[name] = some if schemas[name]["schema"].get("type") == "array" else some[0]
        made.append(f"/{kind}?{query(**asked)}".encode())
    return made


def same(pair: tuple[Client, Client], targets: list[bytes]) -> list[Reply]:
    """What both engines answer, where that is the same."""
    one, other = (send_all(client.app, targets) for client in pair)
    for target, left, right in zip(targets, one, other, strict=True):
        assert left == right, target
    return one


@pytest.mark.parametrize(
    ("seed", "size"), [(1, 180), pytest.param(2, 6_000, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_random_lists_are_the_same_bytes(seed: int, size: int, pair: tuple[Client, Client], values: Values) -> None:
    found = same(pair, requests(values, seed, size))
    full = [reply for reply in found if reply.status == 200 and b'"items":[{' in reply.body]
    assert len(full) > size / 3
    assert {reply.status for reply in found} <= {200, 422}  # 422: from later than to, a name that several have


def test_records_are_the_same_bytes(pair: tuple[Client, Client]) -> None:
    bodies = everything(pair[0])
    targets = [f"{body['path']}{asked}" for every in bodies.values() for body in every for asked in ("", "?as_of=1")]
    targets += [f"/documents/{one['id']}/{part}" for one in bodies["documents"] for part in ("coverage", "text")]
    targets += [f"{one['path']}?fields=compact" for one in bodies["documents"]]
    assert {reply.status for reply in same(pair, [target.encode() for target in targets])} == {200, 404}
