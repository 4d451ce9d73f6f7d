"""Bad and hostile writes: refused before they cost anything, told as problems (faults.md F-A2, F-A18), never logged."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from app.store.db import Database
from app.store.keys import every_key, new_key, revoke
from tests.conftest import Client
from tests.loads import counts, draft, rows
from tests.world import world_bundles
from tests.world.editing import edited
from tests.writes import FIRST, PERSON, SECOND, Untouched, Writer, problem, version

MINE = f"/bundles/{FIRST}"
OTHER = world_bundles()[1][1]
JSON = {"content-type": "application/json"}
LONG = "x" * 1_000_000


TOKENS: dict[str, tuple[str | None, bool]] = {  # what is sent, and whether it is a token
    "none": (None, False),
    "empty": ("", False),
    "another scheme": ("Basic QWRhOlF1aWxs", False),
    "the bare token": ("{token}", False),
    "no token": ("Bearer", True),
    "spaces": ("Bearer  ", True),
    "wrong": ("Bearer summit_0123456789ab_" + "x" * 43, True),
    "of another": ("Bearer {other}", True),
    "shortened": ("Bearer {short}", True),
    "revoked": ("Bearer {revoked}", True),
    "twice": ("Bearer {token}, Bearer {token}", True),
    "with more": ("Bearer {token} {token}", True),
    "1 MB": (f"Bearer {LONG}", True),
    "1 MB of spaces": ("Bearer" + " " * 1_000_000, True),
    "not ASCII": ("Bearer é\xff", True),
    "its digest": ("Bearer {digest}", True),
}
CHUNKED = {**JSON, "transfer-encoding": "chunked"}
BODIES: dict[str, tuple[dict[str, str], list[bytes] | None]] = {
    "whole": (CHUNKED, [version()]),
    "malformed": (CHUNKED, [b"{"]),
    "of another type": ({**CHUNKED, "content-type": "text/plain"}, [b"x"]),
    "oversize": ({**JSON, "content-length": "1000000000"}, [b"x" * 100_000] * 200),
    "slow": (CHUNKED, None),
}


@pytest.fixture
def sent(writer: Writer, fresh: Database) -> dict[str, str]:
    """What is sent for a token, by what it is called in TOKENS."""
    (revoked, gone), (_, other) = new_key(fresh, "Revoked"), new_key(fresh, "Another")
    revoke(fresh, revoked.id)
    mine = next(row for row in rows(fresh, "keys") if row["id"] == writer.token.split("_")[1])
    return {
        "token": writer.token,
        "other": "_".join((*writer.token.split("_")[:2], other.split("_", 2)[2])),
        "short": writer.token[:-1],
        "revoked": gone,
        "digest": f"summit_{mine['id']}_{mine['hash']}",
    }


@pytest.mark.parametrize("called", TOKENS)
def test_without_a_key_nothing_is_read(called: str, writer: Writer, sent: dict[str, str], fresh: Database) -> None:
    given, is_token = TOKENS[called]
    authorised = {} if given is None else {"authorization": given.format(**sent)}
    for method in ("PUT", "DELETE"):
        for headers, chunks in [BODIES["whole"], BODIES["malformed"], BODIES["oversize"]]:
            asked = Untouched(chunks)
            reply = asyncio.run(asked.send(writer.client.app, method, MINE, {**headers, **authorised}))
            assert (reply.status, json.loads(reply.body)["type"]) == (401, "/problems/unauthorised")
            challenge = 'Bearer realm="summit"' + (', error="invalid_token"' if is_token else "")
            assert reply.headers["www-authenticate"] == challenge
            assert asked.before == 0
            assert len(reply.body) < 2000
    assert counts(fresh)["editions"] == 0


@pytest.mark.parametrize("called", BODIES)
@pytest.mark.parametrize("query", ["", "?nonsense=1", "?dry_run=true"])
def test_whatever_the_body_the_key_comes_first(called: str, query: str, writer: Writer) -> None:
    headers, chunks = BODIES[called]
    asked = Untouched(chunks)
    reply = asyncio.run(asked.send(writer.client.app, "PUT", MINE + query, headers))
    assert (reply.status, asked.before) == (401, 0)
    assert reply.headers["connection"] == "close"


def test_the_scheme_is_read_in_any_case(writer: Writer) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer  "):
        answer = writer.put(version(), authorization=f"{scheme} {writer.token}")
        assert answer.status_code in (200, 201), scheme


def test_a_revoked_key_writes_no_more(writer: Writer, fresh: Database) -> None:
    assert writer.put(version()).status_code == 201
    revoke(fresh, every_key(fresh)[0].id)
    assert problem(writer.put(version())) == (401, "unauthorised")
    assert problem(writer.withdraw()) == (401, "unauthorised")
    assert writer.client.get(MINE).status_code == 200


NO_BUNDLES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "null": (b"null", 422),
    "a list": (b"[]", 422),
    "a number": (b"1", 422),
    "cut off": (version()[:-1], 400),
    "with more": (version() + b"x", 400),
    "NaN": (b'{"a": NaN}', 422),
    "1e999": (b'{"a": 1e999}', 422),
    "5,000 digits": (b'{"a": ' + b"1" * 5_000 + b"}", 422),
    "a name twice": (b'{"id": "x",\n"id": "y"}', 422),
    "a byte order mark": (b"\xef\xbb\xbf" + version(), 400),
    "UTF-16": (version().decode().encode("utf-16"), 400),
    "UTF-16 without a mark": ('{"id": "x"}'.encode("utf-16-le"), 400),
    "no UTF-8": (version().replace(b"Quill", b"\xff"), 400),
    "a NUL": (b'{"id": "\\u0000"}', 422),
    "half of a pair": (b'{"id": "\\ud800"}', 422),
    "100,000 lists": (b"[" * 100_000, 422),
    "100,000 objects": (b'{"a":' * 100_000, 422),
    "100,000 names": (b"{" + b",".join(b'"%d": {}' % number for number in range(100_000)) + b"}", 422),
}


@pytest.mark.parametrize("called", NO_BUNDLES)
def test_what_is_no_bundle_is_told_where(called: str, writer: Writer, fresh: Database) -> None:
    content, status = NO_BUNDLES[called]
    for query in ("", "?dry_run=true"):
        refused = writer.put(content, query=query)
        assert problem(refused) == (status, "bad-request" if status == 400 else "invalid-bundle")
        assert 0 < len(refused.json()["faults"]) <= 51
        assert all(one["message"] for one in refused.json()["faults"])
        assert len(refused.content) < 50_000
    assert counts(fresh)["editions"] == 0


@contextlib.contextmanager
def read_only(writer: Writer, fresh: Database) -> Iterator[None]:
    """While the database takes no writes."""
    database = writer.client.app.front.desk.finder.database
    if fresh.is_sqlite:

        def forbid(connection: Any, *_: Any) -> None:
            connection.execute("PRAGMA query_only=on")

        event.listen(database.engine, "checkout", forbid)
        yield
        event.remove(database.engine, "checkout", forbid)
        database.engine.dispose()
        return
    with fresh.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = fresh.url.database
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        database.engine.dispose()
        yield
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        database.engine.dispose()


@contextlib.contextmanager
def full(writer: Writer, fresh: Database) -> Iterator[None]:
    """While the database has no room to grow."""
    database = writer.client.app.front.desk.finder.database
    if fresh.is_sqlite:

        def bound(connection: Any, *_: Any) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages + 2}")

        event.listen(database.engine, "checkout", bound)
        yield
        event.remove(database.engine, "checkout", bound)
        database.engine.dispose()
        return
    raises = "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
    with fresh.engine.begin() as connection:
        connection.execute(text(f"{raises} LANGUAGE plpgsql"))
        connection.execute(
            text("CREATE TRIGGER full_disk BEFORE INSERT ON links FOR EACH ROW EXECUTE FUNCTION full_disk()")
        )
    yield
    with fresh.engine.begin() as connection:
        connection.execute(text("DROP FUNCTION full_disk CASCADE"))


@pytest.mark.parametrize(
    ("state", "expected", "reason"),
    [(read_only, (503, "not-writable"), "read-only"), (full, (507, "storage-full"), "full")],
)
def test_a_database_that_cannot_be_written_says_why_and_is_read(
    state: Callable[..., Any], expected: tuple[int, str], reason: str, writer: Writer, fresh: Database
) -> None:
    writer.put(version())
    with state(writer, fresh):
        refused = writer.put(OTHER, SECOND)
        assert problem(refused) == expected
        assert reason in refused.json()["detail"]
        assert writer.client.get(MINE).content == version()
        assert writer.client.json("/people")["items"]
    assert counts(fresh)["editions"] == 1
    assert writer.put(OTHER, SECOND).status_code == 201


@pytest.mark.parametrize("url", ["sqlite:////nowhere/none.db", "postgresql://nobody:hers@127.0.0.1:9/none"])
def test_a_database_out_of_reach_is_a_problem_that_names_no_one(url: str, client_of: Callable[..., Client]) -> None:
    refused = Writer(client_of(Database(url)), f"summit_{'0' * 12}_{'x' * 43}").put(version())
    assert problem(refused) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert not any(word in refused.text for word in ("nobody", "hers", "127.0.0.1", "nowhere"))


def test_nothing_of_a_token_or_a_body_is_logged(
    writer: Writer, fresh: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    database = writer.client.app.front.desk.finder.database
    private = draft(edited([("/people/ada-quill/name", 7), ("/note", "hush-hush")])).content

    words = ", ".join(["hush-hush", "said Ada Quill"])

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(words)

    with fresh.engine.begin() as connection:
        connection.execute(text("ALTER TABLE links RENAME COLUMN relation TO related"))
    answers = [writer.put(version()), writer.put(private), writer.put(private[:-1]), writer.withdraw("hush-hush")]
    monkeypatch.setattr(database, "write", broken)
    answers += [writer.put(version()), writer.put(version(), authorization="Bearer hush-hush")]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [503 if fresh.is_sqlite else 500, 422, 400, 404, 500, 401]
    assert all("hush" not in answer.text for answer in answers if answer.status_code >= 500)
    form = logging.Formatter()
    told = "\n".join(form.format(one) for one in caplog.records if not one.name.startswith("http"))  # of the client
    assert "a write failed" in told
    assert "RuntimeError" in told
    assert not [word for word in ("hush", "Quill", writer.token, writer.token[-43:], "Bearer") if word in told]


def test_a_fault_costs_nobody_else_their_answer(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    database = writer.client.app.front.desk.finder.database
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", lambda: 1 // 0)
        for _ in range(20):
            assert problem(writer.put(version())) == (500, "internal-error")
            assert writer.client.get("/health/live").status_code == 200
    assert writer.put(version()).status_code == 201
    assert writer.client.json(f"/{PERSON}")["id"] == "ada-quill"
