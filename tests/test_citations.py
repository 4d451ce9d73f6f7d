"""Citations are taken in every form in which they are copied; what is no citation is refused, and nothing is kept."""

import json
import logging
import random
from collections.abc import Callable

import pytest

from app.http.citations import PATH
from app.store.db import Database
from tests.asked import checked, refused, send, spans
from tests.conftest import LOOP, Client

Made = Callable[..., Client]


def test_the_forms_of_one_citation_are_told_the_same(client: Client) -> None:
    statement = client.json("/statements?limit=1")["items"][0]
    fact, path, (cited, *_) = statement["path"][1:], statement["path"], statement["citations"]
    now = client.json("/")["edition"]
    plain = [
        path,
        f"{path}#top",
        f"{path}?fields=name,date",
        f"https://elsewhere.example:8443{path}",
        f"HTTP://a.b{path}",
    ]
    plain += [f"{path}?as_of={now}", f"{path}?utm_source=x&as_of={now}&format=html", {"fact": fact}, {"path": path}]
    plain += [{"fact": fact, "path": path, "edition": now}, {"path": f"{path}?as_of={now}", "edition": now}]
    plain += [f"{path}?as_of={client.json('/editions')['items'][-1]['at']}", {**cited, "fact": fact}]
    plain += [{"fact": fact, "sha256": cited["sha256"], "supports": ["x"]}, {**cited, "fact": fact, "path": None}]
    told = checked(client, *plain)
    assert [{**one, "given": None} for one in told] == [{**told[0], "given": None}] * len(plain)
    assert told[0]["status"] == "current"


def test_words_stand_for_their_digest(client: Client) -> None:
    printed = next(one for body in client.json("/statements")["items"] for one in spans(body) if one["exact"])
    known = {"path": printed["path"], "exact": printed["exact"]}
    [told, wrong] = checked(client, known, {**printed, "exact": printed["exact"] + "!"})
    assert told["citation_then"]["sha256"] == printed["sha256"]
    assert (wrong["status"], wrong["message"]) == ("unknown", "its words are not those of its digest")


REFUSED = {
    "": "is not JSON",
    "[]": "is not one JSON object",
    "null": "is not one JSON object",
    "{}": "/citations is missing (add it)",
    '{"citations": 5}': "/citations is 5, not a list",
    '{"citations": null}': "/citations is null, not a list",
    '{"citations": [], "citatoins": []}': "/citatoins is no field here (the nearest is citations; allowed",
    '{"citations": [], "text": 5}': "/text is 5, not a string",
    '{"citations": [], "text": "\\u0000"}': "/text holds a NUL character",
    '{"citations": ["\\udcff"]}': "/citations/0 holds half of a surrogate pair",
    '{"citations": [1e400]}': "/citations/0 is no whole number",
    '{"citations": [], "citations": []}': "/citations is there twice",
    '{"citations": [[]]}': "/citations/0 is neither an address nor an object",
    '{"citations": [null]}': "/citations/0 is neither an address nor an object",
    '{"citations": ["/people/a", {"sha": "a"}]}': "/citations/1/sha is no field here (the nearest is sha256",
    '{"citations": [{"fact": "person/a"}]}': '/citations/0/fact "person/a" does not have the right form',
    '{"citations": [{"fact": "people/a", "edition": 0}]}': "/citations/0/edition input should be greater",
    '{"citations": [{"fact": "people/a", "edition": true}]}': "/citations/0/edition is true, not a whole number",
    '{"citations": [{"fact": "people/a", "edition": 2147483647}]}': "/citations/0/edition input should be less",
    '{"citations": [{"fact": "people/a", "start": 1}]}': "/citations/0 start and end are no span",
    '{"citations": [{"fact": "people/a", "start": 2, "end": 2}]}': "/citations/0 start and end are no span",
    '{"citations": [{"sha256": "A"}]}': '/citations/0/sha256 "A" does not have the right form',
    '{"citations": [{}]}': "/citations/0 says not what it is of",
    '{"citations": [{"document": "a", "start": 1, "end": 2}]}': "/citations/0 says not what it is of",
    '{"citations": [{"fact": "people/a", "path": "/people/b"}]}': "/citations/0 its fact and its path are of different",
    '{"citations": [{"path": "/documents/a/sentences/1.1", "sentence": "1.2"}]}': "/citations/0 its path is of another",
    '{"citations": [{"path": "/people/a?as_of=1", "edition": 2}]}': "/citations/0 its edition is not the one",
    '{"citations": ["people/a"]}': "/citations/0 is no address",
    '{"citations": ["ftp://a/people/a"]}': "/citations/0 is no address",
    '{"citations": [""]}': "/citations/0 is no address",
    '{"citations": ["http://[/people/a"]}': "/citations/0 is no address that can be read",
    '{"citations": ["/people/a?x=%"]}': "/citations/0 is no address that can be read",
    '{"citations": ["/people/a?as_of=+1"]}': "/citations/0 its as_of is neither an edition",
    '{"citations": ["/people/a?as_of=2999-01-01T00:00:00Z"]}': "/citations/0 its as_of is later than now",
    '{"citations": ["/people/a?as_of=1&as_of=1"]}': "/citations/0 its as_of is given more than once",
}


@pytest.mark.parametrize(("body", "says"), REFUSED.items())
def test_a_body_is_refused_with_what_is_wrong_in_it(body: str, says: str, client: Client) -> None:
    (fault,) = refused(client, body.encode())
    assert " ".join(fault).strip().startswith(says), fault


def test_every_fault_is_told_up_to_a_limit(client: Client) -> None:
    told = refused(client, {"citations": [{"sha": "x"}, "/people/a", "x", {"fact": "people/a", "edition": 0}]})
    assert [pointer for pointer, _ in told] == ["/citations/0/sha", "/citations/2", "/citations/3/edition"]
    many = {f"x{n}": n for n in range(25_000)}
    assert len(refused(client, {"citations": [many] * 2})) == 20


def test_limits(client: Client, world: Database, client_of: Made) -> None:
    assert "has 101 citations; at most 100" in refused(client, {"citations": ["/people/a"] * 101})[0][1]
    assert len(checked(client, *["/people/a"] * 100)) == 100
    assert checked(client) == []
    bounded = client_of(world, values_max=2, body_max=1000, body_seconds=0.05)
    assert "has 3 citations; at most 2" in refused(bounded, {"citations": ["/people/a"] * 3})[0][1]
    for size, status in ((1000, 200), (1001, 413)):
        body = b'{"citations": []}'.ljust(size)
        answer = bounded.request("POST", PATH, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == status
    plain = [("content-type", "application/json")]
    late = LOOP.run(send(bounded.app, "POST", PATH.encode(), b"", plain, after=0.2))
    assert (late.status, json.loads(late.body)["type"]) == (408, "/problems/request-timeout")
    assert client.request("POST", f"{PATH}?edition=1", json={"citations": []}).json()["type"] == (
        "/problems/invalid-parameter"
    )


def test_pages_of_any_origin_may_check_and_no_other_method_is_taken(client: Client) -> None:
    asked = {"origin": "https://a.example", "access-control-request-method": "POST"}
    told = client.request("OPTIONS", PATH, headers=asked | {"access-control-request-headers": "content-type"})
    assert (told.status_code, told.headers["access-control-allow-methods"]) == (204, "POST")
    assert told.headers["access-control-allow-headers"] == "Content-Type"
    answers = [told, client.request("POST", PATH, json={"citations": []}), client.request("POST", PATH, json=[])]
    assert [one.headers["access-control-allow-origin"] for one in answers] == ["*"] * 3
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        refusal = client.request(method, PATH)
        assert (refusal.status_code, refusal.headers["allow"]) == (405, "POST, OPTIONS")


def test_nothing_sent_is_logged(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = {"citations": ["/people/not-for-the-log"], "text": "Not for the log."}
    assert client.request("POST", PATH, json=secret).status_code == 200
    monkeypatch.setattr(client.app.front.desk.finder.database, "rows", lambda *_: 1 // 0)
    failed = client.request("POST", PATH, json=secret)
    assert (failed.status_code, failed.json()["type"]) == (500, "/problems/internal-error")
    assert caplog.records
    assert "for the log" not in caplog.text.replace("-", " ")


@pytest.mark.parametrize("size", [1_000])
def test_no_body_is_a_fault_of_the_server(size: int, client: Client) -> None:
    chance = random.Random(size)
    cited = [one for body in client.json("/statements")["items"] for one in spans(body)]
    whole = json.dumps({"citations": ["/statements/x?as_of=1", *cited[:3]], "text": "Lamps 🕯️"}).encode()
    statuses = set()
    for _ in range(size):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(raw))
            some = [bytes([chance.randrange(256)]), b"\\u0000", b'"', b"{", b"9" * 30, b"null", b"-1", b"\xff", b"/"]
            raw[at : at + chance.choice([0, 1, 5])] = chance.choice(some)
        headers = {"content-type": "application/json"}
        statuses.add(client.request("POST", PATH, content=bytes(raw), headers=headers).status_code)
    assert statuses == {200, 422}
