"""Coded answers: each the same in zstd and gzip once decoded, with a tag of its own and an exact Vary (F-A11)."""

from collections.abc import Callable
from itertools import product

import httpx
import pytest

from app.http import listing
from app.http.coding import CODINGS, SMALL, negotiate
from app.http.documentation import ASSETS
from app.store.db import Database
from app.store.loading import load
from tests.asked import READS, Reply, concrete, everything, send
from tests.codings import Counted, Decoder, decoded, get
from tests.conftest import LOOP, Client, drafts, renamed
from tests.world import world_texts
from tests.writes import FIRST, Writer, tag, version

MINE = f"/bundles/{FIRST}"
DOCUMENTATION = ("/docs", "/redoc", "/openapi.json", *ASSETS)
OTHERS = ("/problems", "/problems/not-found", "/bundles/schema", "/", "/health/live", "/verify?text=Nobody+said+that.")
LISTS = ("/statements?format=ndjson", "/statements?format=csv", "/people/ada-quill/mentions?format=csv",
         "/people?format=csv&limit=5", "/changes?format=atom", "/statements?q=harbour&facets=basis", "/search",
         "/people?limit=1&fields=id", "/people?format=ndjson&speeker=x", "/nowhere", "/people?as_of=1",
         f"/people?{'&'.join(f'nothing{n}=1' for n in range(20))}")  # fmt: skip


@pytest.fixture(scope="session")
def addresses(client: Client) -> list[str]:
    bodies = everything(client)
    return [next(iter(concrete(path, bodies))) for path in READS] + [*LISTS, *DOCUMENTATION, *OTHERS]


def test_every_answer_is_the_same_in_each_coding_with_headers_that_say_which(
    client: Client, addresses: list[str]
) -> None:
    seen = set()
    for address in addresses:
        path, _, query = address.partition("?")
        none = LOOP.run(send(client.app, "GET", path.encode(), query.encode()))
        seen.add((none.status, check_codings(client, address, none)))
    assert {(200, True), (200, False), (404, False), (422, True)} <= seen


def check_codings(client: Client, address: str, none: Reply) -> bool:
    """Holds each coding against the answer that says nothing of any; returns whether it is ever coded."""
    is_text = not none.headers["content-type"].startswith("image/")
    is_coded = is_text and (len(none.body) >= SMALL or "content-length" not in none.headers)
    others = {name: value for name, value in none.headers.items() if name not in ("content-length", "etag")}
    assert ("Accept-Encoding" in none.headers.get("vary", "").split(", ")) == is_coded, address
    assert "content-encoding" not in none.headers
    for codings in ("", "br", *CODINGS, "gzip, zstd;q=0.9", "*"):
        answer, head = (get(client, address, codings, method) for method in ("GET", "HEAD"))
        chosen = negotiate(codings) if is_coded else ""
        expected = others | ({"content-encoding": chosen} if chosen else {})
        if "etag" in none.headers:
            expected["etag"] = f'{none.headers["etag"][:-1]}-{chosen}"' if chosen else none.headers["etag"]
        if "content-length" in none.headers:
            expected["content-length"] = str(len(answer.body))
        assert (answer.status, answer.headers) == (none.status, expected), (address, codings)
        assert decoded(answer) == none.body, (address, codings)
        assert (head.status, head.headers, head.body) == (answer.status, answer.headers, b""), (address, codings)
        assert not chosen or len(answer.body) < max(len(none.body), 100), (address, codings)
    return is_coded


def test_a_tag_of_any_coding_is_known_and_304_has_the_headers_of_the_one_asked_for(
    client: Client, addresses: list[str]
) -> None:
    tried = 0
    for address in addresses:
        answers = {one: get(client, address, one) for one in ("", *CODINGS)}
        if "etag" not in answers[""].headers:
            continue
        for asked, had in product(answers, repeat=2):
            known = answers[had].headers["etag"]
            expected = {
                name: value
                for name, value in answers[asked].headers.items()
                if name in ("etag", "vary", "cache-control") or name.startswith("access-control-")
            }
            for match in (known, f'"x" , W/{known}', "*") if asked == had else (known,):
                same = get(client, address, asked, if_none_match=match)
                assert (same.status, same.headers, same.body) == (304, expected, b""), (address, asked, match)
                tried += 1
        for match in (f'{known[:-1]}-br"', f'{known[:-1]}-zstd"', known[:-1], known[1:-1]):
            other = get(client, address, asked, if_none_match=match)
            assert (other.status, other.headers) == (answers[asked].status, answers[asked].headers), (address, match)
    assert tried > 500


def test_a_304_of_a_coding_takes_one_look_up(statements: Callable[..., int], client: Client) -> None:
    for address in ("/statements", "/people/ada-quill", "/statements?format=csv", "/people?limit=1&fields=id"):
        known = get(client, address, "zstd").headers["etag"]
        for codings in ("zstd", "gzip", "identity"):
            headers = {"accept-encoding": codings, "if-none-match": known}
            assert statements(address, headers=headers) == 1
            assert statements(address, headers={"accept-encoding": codings}) > 1


def test_several_lines_of_the_header_are_one_list(client: Client) -> None:
    for path in (b"/people", b"/problems", b"/openapi.json"):
        lines = [("accept-encoding", "zstd;q=0"), ("accept-encoding", "br"), ("accept-encoding", "gzip;q=0.1")]
        assert LOOP.run(send(client.app, "GET", path, b"", lines)).headers["content-encoding"] == "gzip"


def test_who_asks_for_a_range_is_sent_no_coding(client: Client) -> None:
    for address in ("/people", "/people?format=csv", "/people/ada-quill/mentions", "/openapi.json", "/problems"):
        answer = get(client, address, "zstd, gzip", range="bytes=0-9")
        assert answer.status == 200
        assert "content-encoding" not in answer.headers
        whole = get(client, address, "zstd, gzip")
        assert whole.headers["content-encoding"] == "zstd"
        assert get(client, address, "zstd, gzip", "HEAD", range="bytes=0-9").headers == whole.headers, (
            "ranges are of GET"
        )


def test_a_bundle_is_replaced_by_who_read_it_in_any_coding(writer: Writer) -> None:
    for number, codings in enumerate(("zstd", "gzip", "identity")):
        content = version(number)
        writer.loaded(content, **({"if_match": "*"} if number else {}))
        read = get(writer.client, MINE, codings)
        assert decoded(read) == content
        ending = f"-{codings}" if codings != "identity" else ""
        assert read.headers["etag"] == f'{tag(content)[:-1]}{ending}"'
        answer = writer.put(version(number + 3), if_match=read.headers["etag"], accept_encoding=codings)
        assert (answer.status_code, answer.headers["etag"]) == (200, tag(version(number + 3)))
    assert writer.put(version(), if_match=read.headers["etag"]).status_code == 412


def test_each_coding_of_what_is_kept_is_made_once(
    fresh: Database, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(fresh, drafts(), world_texts())
    client, counted = client_of(fresh), Counted(monkeypatch)
    finder = client.app.front.desk.finder
    finder._known.fresh = 600
    spelled = {"zstd": ("zstd", "gzip, zstd", "*", "br;q=1, zstd;q=0.5"), "gzip": ("gzip", "x-gzip", "zstd;q=0,gzip")}
    for _ in range(3):
        for name, headers in spelled.items():
            answers = [get(client, "/statements", one, method) for one in headers for method in ("GET", "HEAD")]
            assert {one.headers["content-encoding"] for one in answers} == {name}
            known = answers[0].headers["etag"]
            assert get(client, "/statements", name, if_none_match=known).status == 304
    get(client, "/statements", "br")
    assert sorted(counted.made) == ["gzip", "zstd"]
    load(fresh, [renamed(drafts()[0])], world_texts())
    finder.forget()
    assert get(client, "/statements", "gzip").headers["etag"] != known
    assert sorted(counted.made) == ["gzip", "gzip", "zstd"]


def test_a_coding_of_what_is_kept_needs_nothing_looked_up(
    world: Database, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(world)
    desk = client.app.front.desk
    desk.finder._known.fresh = 600
    first = get(client, "/statements")
    monkeypatch.setattr(desk, "answer", None)
    monkeypatch.setattr(desk, "answer_at_once", None)
    assert decoded(get(client, "/statements", "gzip")) == first.body


def test_each_coding_of_the_documentation_is_made_once(
    world: Database, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, counted = client_of(world), Counted(monkeypatch)
    for codings in (*CODINGS, *CODINGS, "gzip, zstd"):
        for address in ("/openapi.json", "/assets/offline/swagger-ui.css"):
            assert get(client, address, codings).headers["content-encoding"] == negotiate(codings)
    assert sorted(counted.made) == ["gzip", "gzip", "zstd", "zstd"]


@pytest.mark.parametrize("name", CODINGS)
def test_a_server_sends_what_it_says(name: str, server: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CHUNK", 3)
    for address in (
        "/statements",
        "/statements?format=csv",
        "/people/ada-quill/mentions?format=ndjson",
        "/openapi.json",
    ):
        plain = get(client, address)
        with httpx.Client(base_url=server, verify=False, headers={"accept-encoding": name}) as pool:
            for _ in range(2):
                with pool.stream("GET", address) as answer:
                    raw = b"".join(answer.iter_raw())
                assert answer.headers["content-encoding"] == name
                assert Decoder(name).read(raw) == plain.body
                assert pool.head(address).headers.get("content-length") == answer.headers.get("content-length")
