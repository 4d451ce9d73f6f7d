"""Keys: a token is its holder's and nobody else's, is shown once, and cannot be read out of the database."""

import hashlib
import hmac
import re
import string
from pathlib import Path

import pytest

from app.cli import main
from app.store.db import Database
from app.store.finding import Finder
from app.store.keys import NAME_MAX, every_key, holder, new_key, revoke
from tests.loads import rows

TOKEN = re.compile(r"summit_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


def test_a_token_is_its_holders(fresh: Database) -> None:
    made = [new_key(fresh, f"Clerk {number}") for number in range(20)]
    finder = Finder(fresh)
    assert [holder(finder, token) for _, token in made] == [f"Clerk {number}" for number in range(20)]
    assert [key for key, _ in made] == every_key(fresh)
    assert len({part for _, token in made for part in TOKEN.fullmatch(token).groups()}) == 40  # type: ignore[union-attr]


def test_only_a_digest_of_the_secret_is_stored(fresh: Database) -> None:
    key, token = new_key(fresh, "Ada Quill")
    id, secret = token.removeprefix("summit_").split("_", 1)
    [row] = rows(fresh, "keys")
    assert row == {
        "id": id,
        "name": "Ada Quill",
        "hash": hashlib.sha256(secret.encode()).hexdigest(),
        "created_at": key.created_at,
        "revoked_at": None,
    }


def test_any_other_token_is_nobodys(fresh: Database) -> None:
    (key, token), (_, other) = new_key(fresh, "Ada Quill"), new_key(fresh, "Ines Farrow")
    finder, letters = Finder(fresh), string.ascii_letters + string.digits + "_-"
    for at, letter in enumerate(token):
        replaced = letters[(letters.index(letter) + 1) % len(letters)]
        assert holder(finder, token[:at] + replaced + token[at + 1 :]) is None, at
    stored = rows(fresh, "keys")[0]["hash"]
    for wrong in (
        "",
        token[:-1],
        f"{token}A",
        f"{token}\n",
        f" {token}",
        token.upper(),
        token.replace("summit", "Summit"),
        f"summit_{key.id}_{other.rpartition('_')[2]}",
        f"summit_{'0' * 12}_{token[20:]}",
        f"summit_{key.id}_{stored[:43]}",
        f"summit_{key.id}_{stored}",
        token * 20_000,
        "é" * 1_000_000,
        "summit_%_" + "x" * 43,
        "\0",
    ):
        assert holder(finder, wrong) is None, wrong[:80]
    assert holder(finder, token) == "Ada Quill"


def test_an_unknown_key_costs_the_comparison_that_a_known_one_does(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, token = new_key(fresh, "Ada Quill")
    revoke(fresh, new_key(fresh, "Ines Farrow")[0].id)
    compare, compared = hmac.compare_digest, list[tuple[int, int]]()

    def counted(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    finder = Finder(fresh)
    for id in (key.id, every_key(fresh)[1].id, "0" * 12):
        holder(finder, f"summit_{id}_{'x' * 43}")
    holder(finder, token)
    assert compared == [(64, 64)] * 4


def test_a_revoked_key_is_nobodys_from_then_on(fresh: Database) -> None:
    (key, token), (_, other) = new_key(fresh, "Ada Quill"), new_key(fresh, "Ada Quill")
    finder = Finder(fresh)
    assert holder(finder, token) == "Ada Quill"
    ended = revoke(fresh, key.id)
    assert (ended.id, ended.revoked_at is None) == (key.id, False)
    assert (holder(finder, token), holder(finder, other)) == (None, "Ada Quill")
    assert revoke(fresh, key.id) == ended, "the first time stands"
    for unknown in ("0" * 12, "", "%", "\0" * 3, token):
        with pytest.raises(ValueError, match="there is no key"):
            revoke(fresh, unknown)


@pytest.mark.parametrize("name", ["", " ", "x" * (NAME_MAX + 1), "a\nb", "a\x1b[31m", "a\0", "\ud800", "a\u202eb"])
def test_a_name_is_one_that_people_can_read(name: str, fresh: Database) -> None:
    with pytest.raises(ValueError, match="1 to 120 printable characters"):
        new_key(fresh, name)
    assert every_key(fresh) == []


@pytest.mark.parametrize("name", ["x" * NAME_MAX, "Åsa Ørn, Oster", "日本", "o'Brien; DROP TABLE keys", "e\u0301"])
def test_any_other_name_is_taken_composed(name: str, fresh: Database) -> None:
    _, token = new_key(fresh, f" {name} ")
    assert holder(Finder(fresh), token) == name.replace("e\u0301", "é")


def test_the_commands(alone: Path, fresh: Database, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["key", *words, "--database-url", fresh.url.render_as_string(hide_password=False)])
        return code, *capsys.readouterr()

    assert run("list") == (0, "", "")
    code, out, err = run("new", "Ada Quill")
    token = out.removesuffix("\n")
    assert (code, holder(Finder(fresh), token)) == (0, "Ada Quill")
    [key] = every_key(fresh)
    assert err == f"summit: this is the key {key.id} of Ada Quill; its token is not kept and not shown again\n"
    assert run("list") == (0, f"{key.id}\t{key.created_at}\t-\tAda Quill\n", "")
    code, out, _ = run("revoke", key.id)
    [ended] = every_key(fresh)
    assert (code, out) == (0, f"the key {key.id} of Ada Quill was revoked at {ended.revoked_at}\n")
    assert run("list")[1] == f"{key.id}\t{key.created_at}\t{ended.revoked_at}\tAda Quill\n"
    assert holder(Finder(fresh), token) is None
    assert run("revoke", "nobody") == (1, "", "summit: there is no key 'nobody'; `summit key list` shows them\n")
    assert run("new", "") == (1, "", "summit: a key's name has 1 to 120 printable characters\n")


def test_the_commands_want_a_database_with_this_schema(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["new", "Ada"], ["list"], ["revoke", "0" * 12]):
        assert main(["key", *words]) == 1
        assert capsys.readouterr().err == "summit: there is no database at summit.db; `summit migrate` makes one\n"
    assert not (alone / "summit.db").exists()
