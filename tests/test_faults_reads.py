"""Bad and hostile reads: refused with a problem, never a fault of the server, and nobody else's concern."""

import asyncio
import logging
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.store.db import Database
from tests.asked import OPERATIONS, concrete, everything, parameters_of, query, send_all
from tests.conftest import Client

Bodies = dict[str, list[dict[str, Any]]]
NO_NUMBERS = [
    "0",
    "-1",
    str(2**31),
    str(2**63),
    "1" * 5000,
    "1e0",
    "%2B1",
    "+1",
    "%201",
    "1%20",
    "%D9%A3",
    "0x1",
    "1.0",
]
FOREIGN = "elsewhere.example"


@pytest.fixture(scope="session")
def bodies(client: Client) -> Bodies:
    return everything(client)


@pytest.mark.parametrize("path", [path for path, one in OPERATIONS.items() if parameters_of(one)])
def test_a_number_has_one_form(path: str, client: Client, bodies: Bodies) -> None:
    address = next(iter(concrete(path, bodies)))
    parameters = parameters_of(OPERATIONS[path])
    numbers = {name: one["schema"] for name, one in parameters.items() if one["schema"].get("type") == "integer"}
    assert ("limit" in parameters) == bool(numbers)
    for name in {*numbers, "as_of"} & parameters.keys():
        for value in NO_NUMBERS[numbers.get(name, {}).get("minimum", 1) < 1 :]:  # without 0 where that is a number
            assert client.get(f"{address}?{name}={value}").status_code in (404, 422), (name, value)


def test_a_sentence_has_one_address(client: Client, bodies: Bodies) -> None:
    document = f"/documents/{bodies['documents'][0]['id']}"
    assert client.get(f"{document}/sentences/1.1").status_code == 200
    for ref in [*NO_NUMBERS, *(f"1.{one}" for one in NO_NUMBERS), *(f"{one}.1" for one in NO_NUMBERS), "1.1.1", "1,1"]:
        assert client.get(f"{document}/sentences/{ref}").status_code == 404, ref
    for span in (*NO_NUMBERS, "1,0", "0,", ",1", "0,99999999", "0,1,2", "-1,1", "0;1"):
        assert client.get(f"{document}/text?span={span}").status_code in (404, 422), span


@pytest.mark.parametrize("bad", ["%00", "%ED%A0%80", "%FF", "%C0%AE", "%", "%4", "%zz"])
def test_what_is_no_text_is_refused(bad: str, client: Client) -> None:
    for asked in (f"/people?mentions={bad}", f"/people?{bad}=1", f"/people?ids=a{bad}", f"/people?as_of={bad}"):
        assert client.get(asked).status_code == 422, asked


@pytest.mark.parametrize(
    "odd", ["\u202eoster\u202c", "🕯️", "e\u0301", "日本", "\r\n\t", "\x1b[31m", "a" * 200, "\u2028"]
)
def test_any_other_text_is_a_name_that_nobody_has(odd: str, client: Client) -> None:
    answer = client.get(f"/mentions?{query(entity=odd)}")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert client.json(answer.json()["self"]) == answer.json()


def test_a_name_is_found_however_its_letters_are_composed(client: Client, bodies: Bodies) -> None:
    marked = next(one for one in bodies["places"] if not one["name"].isascii())
    found = [
        client.ids(f"/mentions?{query(entity=unicodedata.normalize(form, marked['name']))}")
        for form in ("NFC", "NFD", "NFKD")
    ]
    assert found == [client.ids(f"/mentions?entity=places/{marked['id']}")] * 3
    assert found[0]


@pytest.mark.parametrize(
    "odd", ["\r\n", "日", '"', ";", "<>", "\r\nSet-Cookie: a=b", "\x1b", "%0d%0a", "\\", ">; rel=prev"]
)
def test_what_is_asked_reaches_no_header_undecoded(odd: str, client: Client, bodies: Bodies) -> None:
    often, _ = Counter(body["entity"]["path"][1:] for body in bodies["mentions"]).most_common(1)[0]
    answer = client.get(f"/mentions?limit=1&{query(entity=[often, odd])}")
    link = answer.headers["link"]
    assert link.isascii()
    assert link.isprintable()
    assert link == f'<{answer.json()["next"]}>; rel="next"'
    assert client.get(answer.json()["next"]).status_code == 200


HOSTS = {
    "a foreign host": f"GET {{}} HTTP/1.1\r\nHost: {FOREIGN}\r\n",
    "two hosts": f"GET {{}} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: {FOREIGN}\r\n",
    "no host": "GET {} HTTP/1.1\r\n",
    "a host with a path": f"GET {{}} HTTP/1.1\r\nHost: {FOREIGN}/x?y\r\n",
    "a host that is none": f"GET {{}} HTTP/1.1\r\nHost: [{FOREIGN}\r\n",
    "absolute form": f"GET http://{FOREIGN}{{}} HTTP/1.1\r\nHost: {FOREIGN}\r\n",
    "forwarding": f"GET {{}} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Host: {FOREIGN}\r\nX-Forwarded-Proto: https\r\n"
    f"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Prefix: /x\r\nForwarded: host={FOREIGN};proto=https\r\n",
}


@pytest.mark.parametrize("head", HOSTS.values(), ids=HOSTS.keys())
def test_nothing_depends_on_the_host(head: str, server: str, client: Client) -> None:
    for target in (
        "/",
        "/people",
        "/people?limit=1",
        "/nowhere",
        "/people/nobody",
        "/docs",
        "/openapi.json",
        "/problems",
    ):
        plain = httpx.get(server + target, headers={"host": "127.0.0.1", "accept-encoding": ""}, verify=False)
        raw = asyncio.run(exchange(server, head.format(target) + "Connection: close\r\n\r\n"))
        told, _, body = raw.partition(b"\r\n\r\n")
        assert FOREIGN.encode() not in raw, target
        if not told.startswith(b"HTTP/1.1 400"):
            assert told.startswith(b"HTTP/1.1 %d" % plain.status_code), target
            assert body == plain.content
            assert plain.headers.get("etag", "").encode() in told


async def exchange(server: str, request: str) -> bytes:
    """Sends bytes to a server; returns all that it answers."""
    host, port = server.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request.encode("latin-1"))
    found = await reader.read()
    writer.close()
    await writer.wait_closed()
    return found


OUTSIDE = ("..%2fcli.py", "..%2f..%2fcli.py", "%2e%2e/cli.py", "../cli.py", "..%5ccli.py", "%c0%ae%c0%ae/cli.py")
ODD = ("%00", "docs.js%00", "%ff", "..", ".", "%2f", "%2e%2e")


@pytest.mark.parametrize("outside", OUTSIDE + ODD)
def test_nothing_is_read_outside_the_assets(outside: str, server: str) -> None:
    for folder in ("/assets", "/assets/offline", "/documents", "/documents/x/sentences", "/problems", "/people"):
        raw = asyncio.run(exchange(server, f"GET {folder}/{outside} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        assert raw.startswith(b"HTTP/1.1 404"), folder
        assert b"argparse" not in raw


def test_a_long_address_is_refused(client: Client, client_of: Callable[..., Client], world: Database) -> None:
    bounded = client_of(world, url_max=300)
    for target, status in (("/people?as_of=1", 200), (f"/people/{'x' * 292}", 404), (f"/people?ids={'x' * 290}", 400)):
        assert bounded.get(target).status_code == status
    for target in (f"/people/{'x' * 293}", f"/{'x' * 60_000}", f"/people?{quote('é' * 10_000)}"):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            refused = bounded.request(method, target)
            assert refused.status_code == 400
            assert len(refused.content) < 1000
    assert client.get(f"/people?ids={'x' * 17_000}").json()["type"] == "/problems/bad-request"


def mutated(chance: random.Random, target: bytes) -> bytes:
    """A target with a few of its bytes changed, cut, doubled or put in."""
    raw = bytearray(target)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw) + 1)
        some = chance.choice(
            [bytes([chance.randrange(256)]), b"%", b"%00", b"&", b"=", b",", b"/", b"+", b"\xff", b"%25"]
        )
        raw[at : at + chance.choice([0, 1, 1, 5])] = some * chance.choice([1, 1, 1, 40])
    return bytes(raw)


@pytest.mark.parametrize("size", [2_500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_no_request_is_a_fault_of_the_server(size: int, client: Client, bodies: Bodies) -> None:
    chance = random.Random(size)
    known = [one for path in OPERATIONS for one in concrete(path.replace("{slug}", "gone"), bodies)]
    values = ("2031-05-04", "ada-quill,Ada%20Quill", "1", "name", "true", "compact")
    for path in ("/statements", "/spending", "/caveats"):
        known += [f"{path}?{name}={value}" for name in parameters_of(OPERATIONS[path]) for value in values]
    targets = [mutated(chance, chance.choice(known).encode()) for _ in range(size)]
    targets += [b"/people/\0", b"/documents/\0/coverage", b"/people/a\0/mentions", b"/documents/\0/sentences/1.1"]
    targets += [b"/" + chance.randbytes(chance.randint(0, 30)) for _ in range(size // 5)]
    replies = send_all(client.app, targets)
    faults = [target for target, reply in zip(targets, replies, strict=True) if reply.status >= 500]
    assert faults == []
    assert {200, 404, 422} <= {reply.status for reply in replies}


def test_a_fault_is_told_as_a_problem_and_logged_without_the_request(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a forced fault")

    monkeypatch.setattr(client.app.front.desk.finder.database, "rows", broken)
    for target in ("/people?mentions=token-of-hers%0A%1B", "/people/x%0Atoken-of-hers", "/", "/health/ready"):
        caplog.clear()
        failed = client.get(target)
        assert (failed.status_code, failed.json()["type"]) == (500, "/problems/internal-error")
        assert "forced" not in failed.text
        assert [record.name for record in caplog.records] == ["summit"]
        assert "token-of-hers" not in caplog.text
        assert caplog.records[0].getMessage().isprintable()


def test_200_faults_cost_nobody_else_their_answer(
    server: str,
    client: Client,
    bodies: Bodies,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, "summit")  # 200 tracebacks take their time
    finder = client.app.front.desk.finder
    read, count = finder.body, finder.counts

    def body(kind: Any, id: str, edition: int) -> bytes | None:
        if id == "forced":
            raise RuntimeError(id)
        found: bytes | None = read(kind, id, edition)
        return found

    monkeypatch.setattr(finder, "body", body)
    monkeypatch.setattr(finder, "counts", lambda edition: 1 // 0)
    good = [body["path"] for every in bodies.values() for body in every]
    targets = [("/people/forced", 500), ("/", 500)] * 100 + [(path, 200) for path in (good * 3)[:200]]
    random.Random(6).shuffle(targets)

    async def run() -> list[int]:
        limits = httpx.Limits(max_connections=8)
        async with httpx.AsyncClient(base_url=server, limits=limits, timeout=30, verify=False) as pool:
            return [one.status_code for one in await asyncio.gather(*(pool.get(path) for path, _ in targets))]

    assert asyncio.run(run()) == [status for _, status in targets]
    monkeypatch.setattr(finder, "counts", count)
    assert httpx.get(server).status_code == 200
