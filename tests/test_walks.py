"""Walks: every order orders, every page goes on where the one before ended, and a cursor is for its walk only."""

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.dates import read_edtf
from app.http.answering import SETTLED
from app.store.db import Database
from app.store.loading import load
from app.store.publishing import fold
from app.store.reading import read
from tests.asked import LISTS, OPERATIONS, concrete, everything, kind_of, parameters_of, references, walk
from tests.conftest import ENGINES, Client, drafts, renamed
from tests.world import world_bundles

SORTS = {
    name: next(one["enum"] for one in parameters_of(OPERATIONS[f"/{name}"])["sort"]["schema"]["anyOf"] if "enum" in one)
    for name in KINDS
}
EVERY_SORT = [(name, sort) for name, sorts in SORTS.items() for sort in sorts]
UNDATED = (1, 0)


def place(kind: Kind, body: dict[str, Any], at: dict[str, tuple[int, int]]) -> tuple[int, int, int]:
    """Where a fact stands: its bundle, the first offset that it cites, its place in the bundle."""
    bundle, index = at[body["path"]]
    own = [body["citations"], {name: value for name, value in body.items() if name not in kind.table.inherited}]
    starts = [one["start"] for one in references(own) if "sha256" in one and "supports" in one]
    return bundle, next(iter(starts), 0), index


def day(body: dict[str, Any]) -> tuple[int, str, int] | None:
    """The first day of a body; one known only by an upper bound comes just before that day."""
    dated = body.get("date") or body.get("date_published")
    if "time_period" in body:
        days = read_edtf(body["time_period"]) if body["time_period"] else None
        dated = {
            "earliest": days.earliest.isoformat() if days and days.earliest else None,
            "latest": days.latest.isoformat() if days and days.latest else None,
            "alternatives": [],
        }
    readings = [dated, *dated["alternatives"]] if dated else []
    first = sorted(one["earliest"] for one in readings if one["earliest"])
    last = sorted(one["latest"] for one in readings if one["latest"])
    return (0, first[0], 1) if first else (0, last[0], 0) if last else None


KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "date": day,
    "time_period": day,
    "obs_value": lambda body: Decimal(body["amount"]) if body["amount"] else None,
    "name": lambda body: fold(body["name"]),
    "id": lambda body: body["id"],
    "edition": lambda body: body["edition"],
}


@pytest.fixture(scope="session", params=[0, 1], ids=ENGINES)
def client(request: pytest.FixtureRequest, pair: tuple[Client, Client]) -> Client:
    """A client of the invented world with a history, on each engine."""
    return pair[request.param]


@pytest.fixture(scope="session")
def bodies(client: Client) -> dict[str, list[dict[str, Any]]]:
    return everything(client)


@pytest.fixture(scope="session")
def in_document_order(bodies: dict[str, list[dict[str, Any]]]) -> Callable[[str], list[dict[str, Any]]]:
    """The bodies of a kind as the documents have them: bundle after bundle, first cited place first."""
    at: dict[str, tuple[int, int]] = {}
    for number, (_, content) in enumerate(world_bundles()):
        raw = json.loads(content)
        facts = [f"/documents/{raw['id']}"] + [f"/{kind}/{one['id']}" for kind in KINDS for one in raw.get(kind, [])]
        at |= {fact: (number, index) for index, fact in enumerate(facts)}
    return lambda kind: sorted(bodies[kind], key=lambda body: place(KINDS[kind], body, at))


@pytest.mark.parametrize(("kind", "sort"), EVERY_SORT)
def test_an_order_is_by_its_public_field(
    kind: str, sort: str, client: Client, in_document_order: Callable[[str], list[dict[str, Any]]]
) -> None:
    key = KEYS[sort.removeprefix("-")]
    bodies = in_document_order(kind)
    known = [body for body in bodies if key(body) is not None]
    unknown = [body["id"] for body in bodies if key(body) is None]
    expected = [body["id"] for body in sorted(known, key=key, reverse=sort.startswith("-"))] + unknown
    assert client.ids(f"/{kind}?limit=1000&sort={sort}") == expected
    default = {"mentions": None, "caveats": None, "spending": "-time_period"}.get(
        kind, "-date" if kind in ("events", "attendees", "statements") else "name"
    )
    if sort == default:
        assert client.ids(f"/{kind}?limit=1000") == expected


@pytest.mark.parametrize("kind", ["mentions", "caveats"])
def test_without_an_order_the_document_gives_it(
    kind: str, client: Client, in_document_order: Callable[[str], list[dict[str, Any]]]
) -> None:
    assert client.ids(f"/{kind}?limit=1000") == [body["id"] for body in in_document_order(kind)]


def test_the_orders_are_put_to_the_test(bodies: dict[str, list[dict[str, Any]]]) -> None:
    """The invented world has ties, facts without a day, days known by a bound only, and figures without an amount."""
    days = [day(body) for kind in ("events", "statements", "spending", "attendees") for body in bodies[kind]]
    assert None in days
    assert any(one and one[2] == 0 for one in days)
    assert len(set(days)) < len(days)
    assert any(body["amount"] is None for body in bodies["spending"])
    assert any(body["amount"] is not None for body in bodies["spending"])
    assert {body["edition"] for every in bodies.values() for body in every} == {1, 2, 3}


@pytest.mark.parametrize("path", LISTS)
def test_a_walk_sees_every_row_once_in_the_order_of_one_page(
    path: str, client: Client, bodies: dict[str, list[dict[str, Any]]]
) -> None:
    address = max(concrete(path, bodies), key=lambda one: len(client.ids(f"{one}?limit=1000")))
    for sort in SORTS[kind_of(path).name]:
        one_page = client.json(f"{address}?limit=1000&sort={sort}")["items"]
        for limit in (1, 2, 3):
            assert walk(client.app, f"{address}?sort={sort}&limit={limit}") == one_page
        assert (
            walk(client.app, f"{address}?as_of=1&sort={sort}&limit=2")
            == (client.json(f"{address}?limit=1000&sort={sort}&as_of=1")["items"])
        )


def onward(client: Client, target: str) -> str:
    """The cursor of the page after a target."""
    found: str = client.json(target)["next"]
    return found.rpartition("cursor=")[2]


def test_a_cursor_goes_on_whatever_the_limit_and_the_order_of_parameters(client: Client) -> None:
    whole = client.json("/mentions?form=name,description&basis=stated&limit=1000")["items"]
    cursor = onward(client, "/mentions?form=name,description&basis=stated&limit=4")
    for rest in ("limit=1000", "limit=7", "limit=1000&fields=id", "limit=1000&count=true"):
        found = client.json(f"/mentions?basis=stated&{rest}&form=description&cursor={cursor}&form=name")["items"]
        assert [one["id"] for one in found] == [one["id"] for one in whole[4 : 4 + len(found)]]
        assert len(found) == min(7 if rest == "limit=7" else 1000, len(whole) - 4)
    assert (
        client.get(f"/mentions?form=name,description&basis=stated&cursor={cursor}").headers["cache-control"] == SETTLED
    )


@pytest.mark.parametrize(
    "other",
    [
        "/mentions?limit=2&cursor=",
        "/mentions?form=name&limit=2&cursor=",
        "/mentions?form=name,description&sort=name&limit=2&cursor=",
        "/mentions?form=name,description&basis=stated&cursor=",
        "/caveats?limit=2&cursor=",
        "/mentions?form=name,description&as_of=1&cursor=",
    ],
)
def test_a_cursor_is_bound_to_list_filters_order_and_edition(other: str, client: Client) -> None:
    refused = client.get(other + onward(client, "/mentions?form=name,description&limit=2"))
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-cursor")


def test_a_cursor_is_bound_to_its_history(client: Client, fresh: Database, client_of: Callable[..., Client]) -> None:
    first, second = drafts()
    load(fresh, [first])
    same = client_of(fresh)
    shared = f"/mentions?as_of=1&cursor={onward(client, '/mentions?as_of=1&limit=2')}"
    assert same.json(shared) == client.json(shared)
    never_had = onward(client, "/mentions?as_of=3&limit=2")
    assert same.get(f"/mentions?cursor={never_had}").status_code == 400
    load(fresh, [second, renamed(first)])
    others = onward(client, "/mentions?as_of=2&limit=2")
    assert client.get(f"/mentions?cursor={others}").status_code == 200
    assert same.get(f"/mentions?cursor={others}").status_code == 400


def test_a_cursor_that_was_altered_is_refused(client: Client) -> None:
    cursor = onward(client, "/mentions?limit=2")
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    seal = raw[:12]
    forged = [b"", b"x", seal, seal + b"null", seal + b"[]", seal + b"[-1]", seal + b'["1"]', seal + b"[1.0,1,1]"]
    forged += [seal + b"[true]", seal + b"[%d]" % 10**30, seal + b"[2147483647]", seal + b"[" * 5000, seal + b"{}"]
    forged += [bytes([byte ^ 1]).join((raw[:at], raw[at + 1 :])) for at, byte in enumerate(raw)]
    altered = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in forged if one]
    altered += [cursor + "=", cursor + "A", cursor[:-1], cursor.swapcase(), "%F0%9F%95%AF", "-", "%20" + cursor, "1"]
    for one in altered:
        refused = client.get(f"/mentions?cursor={one}")
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-cursor"), one


def test_the_longest_names_can_be_walked(fresh: Database, client_of: Callable[..., Client]) -> None:
    """Names are ordered by their folded form, which may be eighteen times as long."""
    (name, content), *_ = world_bundles()
    raw = json.loads(content)
    raw["topics"] += [{"id": f"long-{number}", "label": "\ufdfa" * 119 + str(number)} for number in range(3)]
    load(fresh, [read(json.dumps(raw).encode(), name)])
    assert len(walk(client_of(fresh).app, "/topics?sort=name&limit=1")) == len(raw["topics"])
