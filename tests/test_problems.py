"""Problems: each type has a page for people and one for programs, and every refusal says how to mend the request."""

from collections.abc import Callable

import pytest

from app.errors import PROBLEMS, Problem
from app.store.db import Database
from tests.conftest import Client

REFUSED = {
    "/people?limit=0": "invalid-parameter",
    "/people?nobody=1&limit=0": "invalid-parameter",
    "/people/nobody": "not-found",
    "/people/nobody?as_of=1": "not-found",
    "/people?as_of=2999": "not-found",
    "/people/nobody/mentions": "not-found",
    "/documents/nothing/coverage": "not-found",
    "/documents/nothing/text": "not-found",
    "/nowhere": "not-found",
    "/problems/nothing": "not-found",
    "/people?cursor=x": "bad-cursor",
    f"/people?ids={'x' * 20_000}": "bad-request",
}
SLOW = f"/mentions?limit=1000&facets=basis,document,caveat,entity&mentions={','.join(f'x{n}' for n in range(100))}"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(("target", "slug"), REFUSED.items(), ids=lambda one: one[:40])
def test_a_problem_is_told_as_rfc_9457_has_it(target: str, slug: str, client: Client) -> None:
    refused = client.get(target)
    told = refused.json()
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["cache-control"] == "no-store"
    assert (told["type"], told["status"]) == (f"/problems/{slug}", refused.status_code)
    assert all(isinstance(told[name], str) and told[name] for name in ("title", "detail", "mend"))
    page = client.json(told["type"])
    assert (page["type"], page["title"], page["status"]) == (told["type"], told["title"], told["status"])
    assert client.get(told["try"]).status_code == 200
    assert client.request("HEAD", target).headers == refused.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("target", ["/", "/people", "/people/nobody", "/problems", "/openapi.json", "/docs"])
def test_a_method_that_is_not_taken(method: str, target: str, client: Client) -> None:
    refused = client.request(method, target, content=b"{}")
    assert (refused.status_code, refused.json()["type"]) == (405, "/problems/method-not-allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("found", PROBLEMS, ids=lambda one: one.slug)
def test_each_type_has_a_page_for_programs_and_for_people(found: type[Problem], client: Client) -> None:
    address = f"/problems/{found.slug}"
    told = client.json(address)
    assert told == {**told, "type": address, "title": found.title, "status": found.status, "about": found.about}
    assert told in client.json("/problems")
    shown = client.get(address, headers={"accept": BROWSER})
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{found.title}</h1>" in shown.text
    assert shown.headers["vary"] == client.get(address).headers["vary"] == "Accept"
    assert f"href='{address}'" in client.get("/problems", headers={"accept": BROWSER}).text


def test_types_are_told_apart(client: Client) -> None:
    assert len({one.slug for one in PROBLEMS}) == len({one.title for one in PROBLEMS}) == len(PROBLEMS)
    assert len(client.json("/problems")) == len(PROBLEMS)


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html", False),
        ("text/html", True),
        (BROWSER, True),
    ],
)
def test_a_page_is_for_who_asks_for_one(accept: str, is_page: bool, client: Client) -> None:
    for address in ("/problems", "/problems/not-found"):
        assert client.get(address, headers={"accept": accept}).text.startswith("<!doctype html>") == is_page


def test_every_fault_is_told_at_once_with_the_nearest(client: Client) -> None:
    told = client.get("/statements?speker=x&sort=dates&on=2031-13-01").json()
    nearest = {one["parameter"]: one.get("nearest") for one in told["errors"]}
    assert nearest == {"speker": "speaker", "sort": "date", "on": None}
    assert all(one["parameter"] in told["detail"] and one["message"] in told["detail"] for one in told["errors"])
    person = client.ids("/people")[0]
    assert f"/people/{person}" in client.get(f"/people/{person}x").json()["nearest"]
    assert "/statements" in client.get("/statments").json()["nearest"]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/none.db", "postgresql://nobody:hers@127.0.0.1:9/none"])
def test_a_database_out_of_reach_is_a_problem_that_names_no_one(url: str, client_of: Callable[..., Client]) -> None:
    away = client_of(Database(url))
    for target in ("/people", "/people/x", "/", "/health/ready"):
        refused = away.get(target)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable"), target
        assert int(refused.headers["retry-after"]) > 0
        assert not any(word in refused.text for word in ("nobody", "hers", "127.0.0.1", "nowhere"))
    assert away.get("/health/live").status_code == 200


def test_a_database_without_facts_is_not_ready(fresh: Database, client_of: Callable[..., Client]) -> None:
    away = client_of(fresh)
    refused = away.get("/health/ready")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    assert away.json("/people")["items"] == []


def test_a_statement_is_cut_at_its_limit(world: Database, client_of: Callable[..., Client]) -> None:
    hurried = client_of(world, statement_seconds=0.001)
    refused = next(one for one in (hurried.get(SLOW) for _ in range(100)) if one.status_code != 200)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
