"""Downloading the file of all facts: whole or in parts, with its digest, its tag and its name."""

import base64
import hashlib
from typing import Any

import pytest

from app.formats.sqlite import MEDIA
from app.http.answering import CURRENT
from tests.asked import OPERATIONS, send
from tests.conftest import LOOP, Client
from tests.exported import PATH


@pytest.fixture(scope="session")
def whole(client: Client) -> bytes:
    return client.get(PATH).content


def test_the_whole_file(client: Client, whole: bytes) -> None:
    answer = client.get(PATH)
    digest = base64.b64encode(hashlib.sha256(whole).digest()).decode()
    expected = {
        "content-type": MEDIA,
        "content-length": str(len(whole)),
        "content-disposition": 'attachment; filename="summit-facts-1.sqlite"',
        "accept-ranges": "bytes",
        "repr-digest": f"sha-256=:{digest}:",
        "cache-control": CURRENT,
    }
    assert (answer.status_code, answer.content) == (200, whole)
    assert {name: answer.headers[name] for name in expected} == expected
    assert answer.headers["etag"].startswith('"')
    assert whole.startswith(b"SQLite format 3\0")
    assert "last-modified" not in answer.headers, "by which a part would be joined to another file of the same second"


@pytest.mark.parametrize("header", ["bytes=0-99", "bytes=100-", "bytes=-1000", "bytes=4096-8191"])
def test_a_part(header: str, client: Client, whole: bytes) -> None:
    answer = client.get(PATH, headers={"range": header})
    first, _, last = header.removeprefix("bytes=").partition("-")
    start = int(first) if first else len(whole) - int(last)
    end = int(last) + 1 if first and last else len(whole)
    assert (answer.status_code, answer.content) == (206, whole[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(end - start)
    told = client.get(PATH).headers
    for name in ("etag", "repr-digest", "content-type", "content-disposition", "cache-control"):
        assert answer.headers[name] == told[name], name


def test_parts_make_the_whole(client: Client, whole: bytes) -> None:
    tag, got = client.get(PATH).headers["etag"], b""
    while len(got) < len(whole):
        asked = {"range": f"bytes={len(got)}-{len(got) + 99_999}", "if-range": tag}
        got += client.get(PATH, headers=asked).content
    assert got == whole


@pytest.mark.parametrize(
    "asked",
    [
        {"range": "bytes=0-1,5-6"},
        {"range": "items=0-1"},
        {"range": "bytes=5-4"},
        {"range": "bytes=0-1", "if-range": '"x"'},
    ],
)
def test_else_the_whole(asked: dict[str, str], client: Client, whole: bytes) -> None:
    answer = client.get(PATH, headers=asked)
    assert (answer.status_code, answer.content) == (200, whole)
    assert "content-range" not in answer.headers


def test_no_byte_of_it(client: Client, whole: bytes) -> None:
    refused = client.get(PATH, headers={"range": f"bytes={len(whole)}-"})
    assert (refused.status_code, refused.json()["type"]) == (416, "/problems/range-not-satisfiable")
    assert refused.headers["content-range"] == f"bytes */{len(whole)}"


def test_what_the_client_has_is_not_sent_again(client: Client) -> None:
    tag = client.get(PATH).headers["etag"]
    for match in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for more in ({}, {"range": "bytes=0-1"}):
            again = client.get(PATH, headers={"if-none-match": match, **more})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert again.headers["cache-control"] == CURRENT
            assert "content-length" not in again.headers
    assert client.get(PATH, headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize("asked", [{}, {"range": "bytes=0-1"}, {"range": "bytes=999999999-"}, {"if-none-match": "*"}])
def test_head_is_get_without_ranges_and_body(asked: dict[str, str], client: Client) -> None:
    headers = asked.items()
    head = LOOP.run(send(client.app, "HEAD", PATH.encode(), b"", headers))
    got = LOOP.run(send(client.app, "GET", PATH.encode(), b"", [one for one in headers if one[0] != "range"]))
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


def test_no_fault_is_logged_of_a_head(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.request("HEAD", PATH).status_code == 200
    assert not caplog.records


def test_pages_of_any_origin_may_read_it(client: Client) -> None:
    answer = client.get(PATH, headers={"origin": "https://a.example", "accept-encoding": "gzip, br, zstd"})
    exposed = {one.strip() for one in answer.headers["access-control-expose-headers"].split(",")}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Content-Disposition", "Content-Range", "Repr-Digest"} <= exposed
    assert "content-encoding" not in answer.headers
    assert client.request("OPTIONS", PATH).headers["access-control-allow-methods"] == "GET, HEAD"


def test_every_documented_status_is_had_and_no_other(client: Client) -> None:
    tried: list[Any] = [
        client.get(PATH),
        client.get(PATH, headers={"range": "bytes=0-0"}),
        client.get(PATH, headers={"if-none-match": "*"}),
        client.get(f"{PATH}?{'x' * 20_000}"),
        client.request("POST", PATH),
        client.get(PATH, headers={"accept": "image/png"}),
        client.get(PATH, headers={"range": "bytes=999999999-"}),
        client.get(f"{PATH}?as_of=1"),
    ]
    documented = OPERATIONS[PATH]["responses"]
    assert [str(one.status_code) for one in tried] == [one for one in documented if one not in ("503", "507")]
    assert list(documented) == ["200", "206", "304", "400", "405", "406", "416", "422", "503", "507"]
    assert tried[4].headers["allow"] == "GET, HEAD, OPTIONS"
    assert tried[5].json()["available"] == [MEDIA]
    assert client.get(PATH, headers={"accept": f"text/html, {MEDIA};q=0.5, */*;q=0.1"}).status_code == 200
