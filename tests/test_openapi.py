"""The OpenAPI document tells the truth: operations are described, examples are real answers, statuses occur."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import pytest

from tests.asked import DOCUMENT, EVERY, ITEMS, OPERATIONS, POSTED, concrete, everything, parameters_of
from tests.conftest import Client
from tests.schemas import faults

SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
# A comparison needs two documents, and the shipped facts are of one: tests/test_comparing.py tries it. What is verified
# needs a text: tests/verify tries it. A file has other statuses and is no JSON: tests/test_downloading.py tries it.
ALONE = [path for path in OPERATIONS if path not in ("/compare", "/verify", "/export.sqlite")]
READ = pytest.mark.parametrize("path", ALONE)
CALLED = pytest.mark.parametrize("called", EVERY)
WRITES = {"put /bundles/{id}", "delete /bundles/{id}"}
Bodies = dict[str, list[dict[str, Any]]]
FORMS = {
    "get /documents/{id}/text": {"text/plain"},
    "get /changes": {"application/json", "application/atom+xml"},
    "get /export.sqlite": {"application/vnd.sqlite3"},
}


@pytest.fixture(scope="session")
def told(client: Client) -> Bodies:
    return everything(client)


@pytest.fixture(scope="session")
def shipped(seeded: Client) -> Bodies:
    return everything(seeded)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each documented answer of an operation: status, media type, and what is said of it."""
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {}).items():
            yield status, media, content


def example_of(path: str) -> str:
    """The address that the examples of the path's parameters make."""
    for name, parameter in parameters_of(OPERATIONS[path], "path").items():
        path = path.replace(f"{{{name}}}", parameter.get("example") or parameter["examples"][0])
    return path


def test_what_it_is() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["servers"] == [{"url": "/"}]
    assert all(DOCUMENT["info"][name] for name in ("title", "version", "summary", "description", "license"))
    assert {name for name in EVERY if not name.startswith("get ")} == WRITES | {f"post {path}" for path in POSTED}


def test_what_writes_takes_a_key_and_what_reads_takes_none() -> None:
    assert DOCUMENT["security"] == []
    assert {name for name, one in EVERY.items() if one.get("security")} == WRITES
    [(name, scheme)] = DOCUMENT["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all(EVERY[write]["security"] == [{name: []}] for write in WRITES)


@CALLED
def test_an_operation_is_described(called: str) -> None:
    operation = EVERY[called]
    assert 0 < len(operation["summary"]) <= 60
    assert operation["description"].strip().endswith((".", "`"))
    assert operation["description"] != operation["summary"]
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in [tag["name"] for tag in DOCUMENT["tags"] if tag["description"]]


def test_operations_are_named_once_and_for_ever() -> None:
    names = [operation["operationId"] for operation in EVERY.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
    kinds = {path.split("/")[1] for path in ITEMS}
    promised = {f"list_{kind}" for kind in kinds} | {f"get_{kind}_by_id" for kind in kinds}
    promised |= {"get_document_coverage", "get_document_sentence", "get_document_text", "get_root", "get_bundle_schema"}
    promised |= {"get_live", "get_ready", "list_problems", "get_problem", "check_citations"}
    promised |= {"get_bundle", "put_bundle", "withdraw_bundle"}
    assert promised <= set(names)


@CALLED
def test_every_parameter_says_what_it_is(called: str) -> None:
    operation = EVERY[called]
    for place in ("path", "query", "header"):
        for name, parameter in parameters_of(operation, place).items():
            assert parameter["description"], name
            assert parameter.get("required", False) == (place == "path" or name in ("reason", "text"))
    for parameter in parameters_of(operation, "path").values():
        assert parameter.get("example") or parameter.get("examples")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_says_what_it_is(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["description"]
    silent = [field for field, one in schema["properties"].items() if not ({"description", "$ref"} & one.keys())]
    assert silent == []


@CALLED
def test_every_example_is_what_its_schema_says(called: str) -> None:
    media_of: dict[str, set[str]] = {}
    for status, media, content in contents(EVERY[called]):
        media_of.setdefault(status, set()).add(media)
        assert list(faults(content["example"], content.get("schema", {}), SCHEMAS)) == []
        if status not in ("200", "201"):
            assert str(content["example"]["status"]) == status
    assert media_of.pop("201", {"application/json"}) == {"application/json"}
    assert media_of.pop("200") == FORMS.get(called, {"application/json"})
    assert all(media == {"application/problem+json"} for media in media_of.values())
    for content in EVERY[called].get("requestBody", {}).get("content", {}).values():
        assert list(faults(content["example"], content["schema"], SCHEMAS)) == []


@pytest.mark.parametrize("path", POSTED)
def test_what_is_posted_in_an_example_is_answered_so(path: str, seeded: Client) -> None:
    content, schema = POSTED[path]["requestBody"]["content"]["application/json"], POSTED[path]["responses"]["200"]
    assert list(faults(content["example"], content["schema"], SCHEMAS)) == []
    answer = seeded.request("POST", path, json=content["example"])
    assert (answer.status_code, answer.json()) == (200, schema["content"]["application/json"]["example"])


@pytest.mark.parametrize("path", POSTED)
def test_what_may_happen_to_what_is_posted_is_what_does(path: str, seeded: Client) -> None:
    example = POSTED[path]["requestBody"]["content"]["application/json"]["example"]
    tried = [
        seeded.request("POST", path, json=example),
        seeded.request("POST", path, json=example, headers={"content-length": "1"}),
        seeded.request("PUT", path),
        seeded.request("POST", path, json=example, headers={"content-length": "1" * 9}),
        seeded.request("POST", path, json=example, headers={"content-type": "text/plain"}),
        seeded.request("POST", path, json=[]),
    ]
    had = [str(answer.status_code) for answer in tried]
    assert had == ["200", "400", "405", "413", "415", "422"]
    assert POSTED[path]["responses"].keys() - had == {"408", "503"}
    for answer in tried:
        [media] = [media for status, media, _ in contents(POSTED[path]) if status == str(answer.status_code)]
        assert answer.headers["content-type"] == media


@pytest.mark.parametrize("path", [path for path in ALONE if path not in ("/", "/bundles/schema")])
def test_the_example_is_what_the_shipped_facts_answer(path: str, seeded: Client) -> None:
    content = OPERATIONS[path]["responses"]["200"]["content"]
    example = next(iter(content.values()))["example"]
    answer = bare(seeded.get(example["self"] if "self" in example else example_of(path)).json())
    if path.endswith("/text"):
        assert answer["type"] == "/problems/text-not-held"
    elif path in ("/changes", "/documents/{id}/coverage"):  # shortened
        assert bare(example["items"]) == answer["items"][: len(example["items"])]
    elif path == "/bundles/{id}":
        assert example.items() <= answer.items()
    else:
        assert answer == bare(example)


def bare(value: Any) -> Any:
    """An answer without when its editions were loaded, and by whom."""
    if isinstance(value, dict):
        return {name: bare(one) for name, one in value.items() if name not in ("at", "by")}
    return [bare(one) for one in value] if isinstance(value, list) else value


@READ
def test_every_example_of_a_parameter_is_a_request_that_works(path: str, seeded: Client) -> None:
    for name, parameter in parameters_of(OPERATIONS[path]).items():
        for example in [*parameter["schema"].get("examples", []), *filter(None, [parameter.get("example")])]:
            value = ",".join(example) if isinstance(example, list) else str(example)
            answer = seeded.get(f"{example_of(path)}?{name}={quote(value)}")
            assert answer.status_code == (404 if path.endswith("/text") else 200), (name, value, answer.text)


@READ
def test_what_may_happen_is_what_does(path: str, client: Client, told: Bodies) -> None:
    """Each status that a request can be made to have is documented, and each documented one can be had."""
    address = next(iter(concrete(path.replace("{slug}", "not-found"), told)))
    tag = client.get(address).headers.get("etag", "none")
    tried = [
        client.get(address),
        client.get(address, headers={"if-none-match": tag}),
        client.request("POST", address),
        client.get(f"{address}?{'x' * 20_000}"),
        client.get(re.sub(r"{\w+}", "nothing", path)),
        client.get(f"{address}?{'since' if 'since' in parameters_of(OPERATIONS[path]) else 'as_of'}=2999"),
        client.get(f"{address}?nonsense=1"),
        client.get(address, headers={"accept": "image/png"}),
    ]
    had = {str(answer.status_code) for answer in tried}
    documented = set(OPERATIONS[path]["responses"])
    assert had <= documented
    assert documented - had <= {"308", "410", "503", "200"} | ({"304"} if path.endswith("/text") else set())
    for answer in tried:
        media = next(
            (media for status, media, _ in contents(OPERATIONS[path]) if status == str(answer.status_code)), None
        )
        assert answer.headers.get("content-type", "").partition(";")[0] == (media or "")


@pytest.mark.parametrize("path", [path for path in ALONE if not path.endswith("/text")])
def test_what_is_served_is_what_its_schema_says(path: str, seeded: Client, shipped: Bodies) -> None:
    schema = OPERATIONS[path]["responses"]["200"]["content"]["application/json"]["schema"]
    for address in islice(concrete(path.replace("{slug}", "not-found"), shipped), 0, None, 10):
        assert list(faults(seeded.json(address), schema, SCHEMAS)) == [], address


def test_it_is_served_as_it_is(client: Client) -> None:
    served = client.get("/openapi.json")
    assert served.headers["content-type"] == "application/json"
    assert json.loads(served.content) == DOCUMENT
