"""Writing over HTTP: bundles put and withdrawn with the token of a key, and versions of the first one to put."""

import asyncio
import hashlib
from typing import Any

import httpx

from tests.asked import Reply, reply, scope_of
from tests.loads import draft, naming
from tests.world.editing import RAW, edited, why

FIRST, SECOND = (raw["id"] for raw in RAW)
PERSON = "people/ada-quill"


def version(number: int = 0) -> bytes:
    """The first bundle: as it is, or with a name that tells a number."""
    if not number:
        return draft(RAW[0]).content
    return draft(edited([*naming(PERSON, f"Quill {number}"), ("/reasons", {PERSON: why(f"no. {number}")})])).content


def tag(content: bytes) -> str:
    """The entity tag of a bundle with this content."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


class Writer:
    """A client that holds a key."""

    def __init__(self, client: Any, token: str) -> None:
        self.client = client
        self.token = token

    def put(self, content: bytes, id: str = FIRST, query: str = "", **headers: str) -> httpx.Response:
        """PUT of a bundle; a header is written with _ for -."""
        return self._request("PUT", f"/bundles/{id}{query}", content, {"content-type": "application/json", **headers})

    def withdraw(self, id: str = FIRST, query: str = "?reason=taken+back", **headers: str) -> httpx.Response:
        """DELETE of a bundle."""
        return self._request("DELETE", f"/bundles/{id}{query}", None, headers)

    def _request(self, method: str, target: str, content: bytes | None, headers: dict[str, str]) -> httpx.Response:
        given = {"authorization": f"Bearer {self.token}", **headers}
        named = {name.replace("_", "-"): value.encode("latin-1") for name, value in given.items()}
        answer: httpx.Response = self.client.request(method, target, content=content, headers=named)
        assert answer.headers["cache-control"] == "no-store"
        return answer

    def loaded(self, content: bytes, id: str = FIRST, **headers: str) -> dict[str, Any]:
        """What a PUT that must succeed did."""
        answer = self.put(content, id, **headers)
        assert answer.status_code in (200, 201), answer.text
        told: dict[str, Any] = answer.json()
        return told


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and the type of a problem."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


class Untouched:
    """A request's body, and how often it was asked for before the answer began; without chunks it never arrives."""

    def __init__(self, chunks: list[bytes] | None) -> None:
        self.chunks = None if chunks is None else iter(chunks)
        self.asked = self.before = 0

    async def _receive(self) -> dict[str, Any]:
        self.asked += 1
        if self.chunks is None:
            await asyncio.sleep(60)
        chunk = next(self.chunks or iter(()), None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(self, app: Any, method: str, target: str, headers: dict[str, str]) -> Reply:
        """The answer to a request with this body."""
        path, _, query = target.partition("?")
        scope = scope_of(method, path.encode(), query.encode(), headers.items())
        return await reply(app, scope, self._receive, self._begins)

    def _begins(self) -> None:
        self.before = self.asked
