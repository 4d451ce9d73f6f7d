"""What every list and every item of the OpenAPI document promises, asked of each on both engines."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.http.answering import CURRENT, SETTLED
from app.http.routes import PAGES
from tests.asked import (
    ITEMS,
    LISTS,
    OPERATIONS,
    READS,
    concrete,
    everything,
    kind_of,
    parameters_of,
    references,
    send,
    send_all,
)
from tests.conftest import LOOP, Client
from tests.world import world_texts

TEXT = "/documents/{id}/text"  # which is not held here
Bodies = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def bodies(client: Client) -> Bodies:
    return everything(client)


@pytest.fixture
def address(request: pytest.FixtureRequest, bodies: Bodies) -> str:
    """The first address that answers a path with more than a problem."""
    return next(iter(concrete(request.param, bodies)))


lists = pytest.mark.parametrize("path", LISTS)
each_list = pytest.mark.parametrize("address", LISTS, indirect=True)
each_read = pytest.mark.parametrize("address", [path for path in READS if path != TEXT], indirect=True)


@lists
def test_a_page_is_what_its_schema_says(path: str, client: Client, bodies: Bodies) -> None:
    kind = kind_of(path)
    for address in concrete(path, bodies):
        answer = client.get(f"{address}?limit=2")
        page = answer.json()
        assert answer.headers["content-type"] == "application/json"
        PAGES[kind.name].model_validate_json(answer.content, strict=True)
        assert page.keys() == {"items", "next", "self", "edition"} | ({"empty"} if not page["items"] else set())
        assert page["self"] == f"{address}?limit=2"
        assert answer.headers.get("link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
        assert all(item["edition"] <= page["edition"] for item in page["items"])


@pytest.mark.parametrize("path", ITEMS)
def test_an_item_is_what_its_schema_says_and_what_its_list_shows(path: str, client: Client, bodies: Bodies) -> None:
    kind = kind_of(path)
    assert bodies[kind.name], f"the invented world has no {kind.name}"
    for body in bodies[kind.name]:
        answer = client.get(body["path"])
        kind.public.model_validate_json(answer.content, strict=True)
        assert answer.json() == body
        assert (body["type"], body["path"]) == (kind.singular, f"/{kind.name}/{body['id']}")
        assert 0 < len(body["name"]) <= 120


@pytest.mark.parametrize("kind", PAGES)
def test_every_reference_in_a_body_resolves(kind: str, bodies: Bodies) -> None:
    there = {body["path"]: body for every in bodies.values() for body in every}
    for body in bodies[kind]:
        for found in references({name: value for name, value in body.items() if name != "citations"}):
            if found.keys() == {"id", "name", "path"}:
                target = there[found["path"]]
                assert (target["id"], target["name"]) == (found["id"], found["name"])
            elif "sha256" not in found:
                assert found["path"] in there


@pytest.mark.parametrize("kind", PAGES)
def test_every_citation_leads_to_the_sentence_that_holds_it(kind: str, client: Client, bodies: Bodies) -> None:
    texts = {document: data.decode() for document, data in world_texts().items()}
    held: dict[str, dict[str, Any]] = {}
    for body in bodies[kind]:
        for found in references(body):
            if "sha256" in found and "supports" in found:
                sentence = held.setdefault(found["path"], {}) or client.json(found["path"])
                held[found["path"]] = sentence
                assert found["path"] == sentence["path"]
                assert sentence["start"] <= found["start"] < found["end"] <= sentence["end"]
                words = texts[found["document"]][found["start"] : found["end"]]
                assert found["sha256"] == hashlib.sha256(words.encode()).hexdigest()
                assert found["exact"] in (None, words)


def test_coverage_gives_each_sentence_its_facts_or_a_reason(client: Client, bodies: Bodies) -> None:
    citing = {
        (found["path"], body["path"]) for every in bodies.values() for body in every for found in references(body)
    }
    for document in bodies["documents"]:
        covered = client.json(f"/documents/{document['id']}/coverage")["items"]
        assert covered
        for one in covered:
            assert bool(one["facts"]) != bool(one["reason"])
            assert one["facts"] == client.json(one["path"])["facts"]
            assert all((one["path"], fact["path"]) in citing for fact in one["facts"])


@each_read
def test_a_read_has_a_tag_and_is_not_sent_twice(address: str, client: Client) -> None:
    first = client.get(address)
    tag = first.headers["etag"]
    assert first.status_code == 200
    assert first.headers["cache-control"] == CURRENT
    for match in (tag, f"W/{tag}", f'"x", {tag}', f'W/"y" ,W/{tag} , "z"', "*", '"x",' * 1500 + tag):
        again = client.get(address, headers={"if-none-match": match})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), match[:40]
        assert again.headers["cache-control"] == CURRENT
        assert "content-length" not in again.headers
    for match in ('"x"', "garbage", '"', f'"{tag}"', tag[1:-1], ",,,", f"w/{tag}", '"x",' * 2000):
        assert client.get(address, headers={"if-none-match": match}).content == first.content, match[:40]
    two_lines = client.get(address, headers=[("if-none-match", tag), ("if-none-match", '"x"')])
    assert two_lines.status_code == 304


@each_read
def test_the_tag_changes_with_what_is_asked_and_not_with_who_asks(address: str, client: Client) -> None:
    tags = {client.get(f"{address}{query}").headers["etag"] for query in ("", "?as_of=1")}
    assert len(tags) == (1 if address.startswith("/bundles/") else 2), "a bundle's tag is its own digest"
    assert client.get(address, headers={"host": "elsewhere.example"}).headers["etag"] in tags


@each_read
def test_what_cannot_change_may_be_kept(address: str, client: Client) -> None:
    edition = client.json("/editions")["edition"]
    assert client.get(f"{address}?as_of={edition}").headers["cache-control"] == SETTLED
    assert client.get(f"{address}?as_of=2999").headers["cache-control"] == "no-store"


@each_read
def test_head_is_get_without_the_body(address: str, client: Client) -> None:
    for query in (b"", b"as_of=9999", b"nonsense=1"):
        got, head = (LOOP.run(send(client.app, method, address.encode(), query)) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (got.status, b"")
        assert head.headers == got.headers
        assert int(got.headers["content-length"]) == len(got.body) > 0


@each_read
def test_pages_of_any_origin_may_read(address: str, client: Client) -> None:
    told = client.request(
        "OPTIONS", address, headers={"origin": "https://a.example", "access-control-request-method": "GET"}
    )
    assert (told.status_code, told.content) == (204, b"")
    assert told.headers["access-control-allow-methods"] == "GET, HEAD"
    for answer in (told, client.get(address), client.get(f"{address}?nonsense=1")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]


@each_read
def test_nothing_else_is_taken(address: str, client: Client) -> None:
    taken = "GET, HEAD, OPTIONS" + (", PUT, DELETE" if address.startswith("/bundles/") else "")
    assert client.request("OPTIONS", address).headers["allow"] == taken
    for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE"} - {*taken.split(", ")}:
        refused = client.request(method, address)
        assert (refused.status_code, refused.headers["allow"]) == (405, taken)


@each_read
def test_unknown_and_mis_cased_parameters_name_the_nearest(address: str, client: Client) -> None:
    for wrong in ("As_Of", "AS_OF", "asof", "as-of"):
        refused = client.get(f"{address}?{wrong}=1")
        assert refused.status_code == 422
        assert [(one["parameter"], one["nearest"]) for one in refused.json()["errors"]] == [(wrong, "as_of")]


@lists
def test_every_parameter_is_refused_when_empty_mis_cased_or_repeated(path: str, client: Client, bodies: Bodies) -> None:
    address = next(iter(concrete(path, bodies)))
    asked: dict[str, tuple[str, str | None]] = {}
    for name, parameter in parameters_of(OPERATIONS[path]).items():
        many = parameter["schema"].get("type") == "array"
        asked |= {f"{name}=": (name, None), name: (name, None), f"{name.title()}=1": (name.title(), name)}
        asked[f"{name}=a,,b" if many else f"{name}=1&{name}=1"] = (name, None)
    replies = send_all(client.app, [f"{address}?{query}".encode() for query in asked])
    for reply, (query, (name, nearest)) in zip(replies, asked.items(), strict=True):
        assert reply.status == 422, query
        fault = json.loads(reply.body)["errors"][-1]
        assert (fault["parameter"], fault.get("nearest")) == (name, nearest), query


@each_list
def test_limits(address: str, client: Client) -> None:
    for limit, status in ((1, 200), (1000, 200), (0, 422), (-1, 422), (1001, 422)):
        assert client.get(f"{address}?limit={limit}").status_code == status
    assert len(client.json(f"{address}?limit=1")["items"]) <= 1


@each_list
def test_a_request_runs_as_many_statements_whatever_its_limit(
    address: str, client: Client, statements: Callable[[str], int]
) -> None:
    spent = {statements(f"{address}?limit={limit}") for limit in (1, 10, 100, 1000)}
    assert len(spent) == 1
    assert spent.pop() <= 6


@pytest.mark.parametrize("path", [path for path in READS if path not in [*LISTS, TEXT, "/search"]])
def test_an_item_takes_few_statements(path: str, bodies: Bodies, statements: Callable[[str], int]) -> None:
    assert {statements(address) for address in concrete(path, bodies)} <= {1, 2, 3, 4}


@each_read
def test_not_modified_costs_one_look_up(address: str, client: Client, statements: Callable[..., int]) -> None:
    needed = 2 if address.startswith("/bundles/") else 1  # a bundle's tag is looked up too
    assert statements(address, headers={"if-none-match": client.get(address).headers["etag"]}) == needed


@each_list
def test_count_is_the_number_of_items(address: str, client: Client) -> None:
    page = client.json(f"{address}?limit=1000&count=true")
    assert page["count"] == {"value": len(page["items"]), "relation": "eq"}


@each_list
def test_fields_are_those_asked_for(address: str, client: Client) -> None:
    whole = client.json(f"{address}?limit=1000")["items"]
    assert client.json(f"{address}?limit=1000&fields=path,basis")["items"] == [
        {name: body[name] for name in body if name in ("basis", "path")} for body in whole
    ]
    compact = client.get(f"{address}?limit=1000&fields=compact").json()["items"]
    assert [body["id"] for body in compact] == [body["id"] for body in whole]
    assert "null" not in json.dumps(compact)
