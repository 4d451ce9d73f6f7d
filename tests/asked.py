"""What the tests ask: the operations of the OpenAPI document, requests sent as raw bytes, and values to filter by."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import Ref
from app.http.citations import PATH, CheckedCitations
from app.http.openapi import document
from app.main import create_app
from app.settings import Settings
from app.store.selecting import marks

DOCUMENT: dict[str, Any] = document(create_app(Settings(database_url="sqlite:///nowhere.db")).app)
PATHS: dict[str, dict[str, dict[str, Any]]] = DOCUMENT["paths"]
OPERATIONS = {path: methods["get"] for path, methods in PATHS.items() if "get" in methods}
POSTED = {path: methods["post"] for path, methods in PATHS.items() if "post" in methods}
EVERY = {f"{method} {path}": one for path, methods in PATHS.items() for method, one in methods.items()}
EVERYTHING = "limit=1000"
Receive = Callable[[], Awaitable[dict[str, Any]]]


def schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of an operation's 200 answer, one reference deep; empty where it is no JSON."""
    found = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    named: dict[str, Any] = DOCUMENT["components"]["schemas"].get(found.get("$ref", "").rpartition("/")[2], found)
    return named


def parameters_of(operation: dict[str, Any], place: str = "query") -> dict[str, dict[str, Any]]:
    """The parameters of an operation that stand in the query or in the path, by name."""
    return {one["name"]: one for one in operation.get("parameters", []) if one["in"] == place}


def items_of(path: str) -> str:
    """The name of the schema of a page's items, where they are all of one."""
    found = schema_of(OPERATIONS[path]).get("properties", {}).get("items", {}).get("items", {}).get("$ref", "")
    return str(found.rpartition("/")[2])


FOUND = {one.public.__name__.replace("Public", "Found"): one for one in KINDS.values()}
LISTS = [path for path in OPERATIONS if items_of(path) in FOUND]
ITEMS = [path for path, one in OPERATIONS.items() if "record_status" in schema_of(one).get("properties", {})]
KEPT_BY_NOBODY = ("/verify",)  # whose answers have no tag, and which needs a parameter
READS = [
    path for path, one in OPERATIONS.items()
    if "service" not in one["tags"] and path not in ("/compare", *KEPT_BY_NOBODY)
]  # fmt: skip


@cache
def kind_of(path: str) -> Kind:
    """The kind whose records a list or an item gives."""
    singular = {one.public.__name__: one for one in KINDS.values()}
    return FOUND[items_of(path)] if path in LISTS else singular[schema_of(OPERATIONS[path])["title"]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes


def scope_of(method: str, raw_path: bytes, query: bytes, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A request as a server hands it on: nothing is encoded or checked on the way."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw_path),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def reply(app: Any, scope: dict[str, Any], receive: Receive, begins: Callable[[], None] = lambda: None) -> Reply:
    """The answer to a request whose body `receive` gives; `begins` is called when it begins."""
    sent: list[dict[str, Any]] = []

    async def collect(message: dict[str, Any]) -> None:
        if not sent:
            begins()
        sent.append(message)

    await app(scope, receive, collect)
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:]))


async def send(
    app: Any, method: str, raw_path: bytes, query: bytes, headers: Iterable[tuple[str, str]] = (), after: float = 0
) -> Reply:
    """One request as a server hands it on, without a body, which is known to be none `after` seconds."""

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(after)
        return {"type": "http.request", "body": b"", "more_body": False}

    return await reply(app, scope_of(method, raw_path, query, headers), receive)


def send_all(app: Any, targets: Iterable[bytes]) -> list[Reply]:
    """GET of each target, one after the other."""

    async def run() -> list[Reply]:
        return [await send(app, "GET", path, query) for path, _, query in (one.partition(b"?") for one in targets)]

    return asyncio.run(run())


def everything(client: Any) -> dict[str, list[dict[str, Any]]]:
    """All bodies of all kinds, each in its list's own order."""
    return {name: client.json(f"/{name}?{EVERYTHING}")["items"] for name in KINDS}


def concrete(path: str, bodies: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The addresses that a path of the OpenAPI document stands for, one for each record."""
    if "{id}" not in path:
        yield path
        return
    kind = path.split("/")[1]
    for body in bodies["documents" if kind == "bundles" else kind]:
        cited = next((one["sentence"] for one in body["citations"]), "1.1")
        yield path.replace("{id}", body["id"]).replace("{ref}", cited)


def references(value: Any) -> Iterator[dict[str, Any]]:
    """Every reference in a body, and everything else that has a path."""
    if isinstance(value, dict):
        if "path" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def values_for(kind: Kind, name: str, bodies: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Values that a filter takes: those of its list, ids of the records that it may name, or what bodies hold."""
    info = next(one for field, one in kind.query.model_fields.items() if (one.alias or field) == name)
    reference = next((mark for mark in info.metadata if isinstance(mark, Ref)), None)
    if reference:
        return [body["path"][1:] for other in reference.kinds for body in bodies[other]]
    schema = parameters_of(OPERATIONS[f"/{kind.name}"])[name]["schema"]
    if "enum" in schema.get("items", {}):
        return list(schema["items"]["enum"])
    if any(one.get("type") == "boolean" for one in schema.get("anyOf", [])):
        return ["true", "false"]
    return sorted(held(bodies, HELD.get(name, name)))


# Where filters that are neither closed lists nor references find their values: fields of any body, at any depth.
HELD = {
    "ids": "id",
    "from": "earliest",
    "to": "latest",
    "on": "earliest",
    "speaker_country": "country",
    "office": "role",
}


def held(value: Any, field: str) -> set[str]:
    """Every text under a field's name, anywhere in a value but for the names of sources."""
    if isinstance(value, list):
        return {text for one in value for text in held(one, field)}
    if not isinstance(value, dict):
        return set()
    own = value.get(field)
    parts = [one for name, one in value.items() if name != "external"]
    return ({own} if isinstance(own, str) else set()) | {text for one in parts for text in held(one, field)}


def filters_of(kind: Kind) -> list[str]:
    """The names of a kind's filters, but for the search, which is tried by itself."""
    return [name for name in marks(kind) if name != "q"]


def query(**parameters: Any) -> str:
    """A query string, percent-encoded; a list is one parameter with commas."""
    joined = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in parameters.items()}
    return "&".join(f"{name.rstrip('_')}={quote(value, safe=',/')}" for name, value in joined.items())


def walk(app: Any, target: str) -> list[dict[str, Any]]:
    """The items of every page from a target on, following `next`."""

    async def run() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        onward: str | None = target
        while onward:
            path, _, asked = onward.partition("?")
            reply = await send(app, "GET", path.encode(), asked.encode())
            assert reply.status == 200, (onward, reply.body)
            page = json.loads(reply.body)
            items += page["items"]
            assert page["items"] or not page["next"]
            onward = page["next"]
        return items

    return asyncio.run(run())


CHECKED = set(CheckedCitations.model_json_schema()["$defs"]["CheckedCitation"]["properties"])


def checked(client: Any, *citations: Any, **more: Any) -> list[dict[str, Any]]:
    """What became of citations; each answer has every name, of the type that is documented."""
    answer = client.request("POST", PATH, json={"citations": list(citations), **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    CheckedCitations.model_validate_json(answer.content, strict=True)
    items: list[dict[str, Any]] = answer.json()["items"]
    assert [one["given"] for one in items] == list(citations)
    assert all(one.keys() == CHECKED for one in items)
    return items


def refused(client: Any, body: Any, **options: Any) -> list[tuple[str, str]]:
    """The faults of a body that must be refused: pointer, and what is wrong with how to mend it."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.request("POST", PATH, content=content, headers={"content-type": "application/json"}, **options)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body"), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return [(one["pointer"], f"{one['message']} ({one['mend']})") for one in answer.json()["errors"]]


def spans(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The citations in a body."""
    return [one for one in references(body) if "sha256" in one and "supports" in one]
