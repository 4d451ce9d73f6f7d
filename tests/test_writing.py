"""Bundles over HTTP: put whole or not at all, replaced by who read them, withdrawn with a reason, read as they came."""

import json
import re
from collections.abc import Callable

import pytest

from app.faults import BundleError
from app.http.answering import CURRENT, SETTLED
from app.store.checking import check
from app.store.db import Database
from app.store.erasing import erase
from app.store.seeding import seed
from tests.asked import EVERY
from tests.conftest import Client
from tests.loads import bodies, counts, draft, rows
from tests.world import world_bundles
from tests.world.editing import RAW, edited
from tests.writes import FIRST, PERSON, SECOND, Writer, problem, tag, version

OTHER = world_bundles()[1][1]
MINE = "/bundles/" + FIRST


def test_a_new_bundle_is_one_edition_and_is_read_back_byte_for_byte(writer: Writer, fresh: Database) -> None:
    content = version()
    answer = writer.put(content)
    assert answer.status_code == 201
    facts = len(bodies(fresh, 1))
    assert answer.json() == {
        "bundle": FIRST,
        "edition": 1,
        "changes": {"created": facts},
        "republished": {},
        "path": MINE,
    }
    read = writer.client.get(MINE, headers={"accept-encoding": ""})
    assert (read.content, read.headers["content-type"]) == (content, "application/json")
    assert read.headers["etag"] == answer.headers["etag"] == tag(content)
    assert writer.client.json("/editions")["items"][0]["changes"] == {"created": facts}


def test_changes_are_by_the_name_of_the_key(writer: Writer, fresh: Database) -> None:
    assert RAW[0]["by"] != "Ada Quill"
    writer.put(version())
    writer.put(version(2), if_match=tag(version()))
    writer.withdraw()
    assert {row["by"] for row in rows(fresh, "changes")} == {"Ada Quill"}


def test_the_same_content_again_changes_nothing(writer: Writer, fresh: Database) -> None:
    content = version()
    writer.put(content)
    before = counts(fresh)
    for headers in ({}, {"if_none_match": "*"}, {"if_none_match": tag(content)}, {"if_match": tag(content)}):
        again = writer.put(content, **headers)
        assert (again.status_code, again.headers["etag"]) == (200, tag(content)), headers
        assert again.json() == {"bundle": FIRST, "edition": None, "changes": {}, "republished": {}, "path": MINE}
    assert problem(writer.put(content, if_match=tag(version(2)))) == (412, "precondition-failed")
    assert counts(fresh) == before


HOLDS = (
    "{tag}",
    '"{bare}-gzip"',
    '"x", "{bare}-zstd"',
    '"x", {tag}',
    '{tag} ,"y"',
    "*",
    " * ",
    '"x",' * 2000 + "{tag}",
)
HOLDS_NOT = (
    "W/{tag}",
    'W/"x", W/{tag}',
    '"x"',
    "",
    ",",
    "garbage",
    "{bare}",
    '"{bare}',
    'W/"{bare}-gzip"',
    '"{bare}-br"',
    '"{bare}-gzip-gzip"',
    "{tag}-gzip",
    '"{tag}"',
    "**",
    "*, *",
    '"*"',
    '"x",' * 2000,
    "x" * 8000,
    "é",
)


@pytest.mark.parametrize("match", HOLDS, ids=lambda match: match[:20])
def test_it_is_replaced_by_who_names_its_tag(match: str, writer: Writer) -> None:
    old, new = version(), version(2)
    writer.put(old)
    answer = writer.put(new, if_match=match.format(tag=tag(old), bare=tag(old)[1:-1]))
    assert (answer.status_code, answer.headers["etag"]) == (200, tag(new)), answer.text
    told = answer.json()
    assert (told["edition"], told["changes"]) == (2, {"corrected": 1})
    assert sum(told["republished"].values()) > 0
    assert writer.client.get(MINE).content == new
    assert writer.client.json(f"/{PERSON}")["name"] == "Quill 2"


def test_it_is_replaced_by_nobody_else(writer: Writer, fresh: Database) -> None:
    old, new = version(), version(2)
    assert problem(writer.put(old, if_match="*")) == (412, "precondition-failed"), "nothing is current"
    assert problem(writer.put(old, if_match=tag(old))) == (412, "precondition-failed")
    assert writer.put(old, if_none_match="*").status_code == 201
    before = counts(fresh)
    assert problem(writer.put(new)) == (428, "precondition-required")
    for match in (*HOLDS_NOT, "{new}"):
        named = match.format(tag=tag(old), bare=tag(old)[1:-1], new=tag(new))
        assert problem(writer.put(new, if_match=named)) == (412, "precondition-failed"), named[:50]
    for match in ("*", tag(old), f"W/{tag(old)}", f'"x", {tag(old)}', f'{tag(old)[:-1]}-zstd"'):
        assert problem(writer.put(new, if_none_match=match)) == (412, "precondition-failed"), match
        refused = writer.put(new, if_none_match=match, if_match=tag(old))
        assert problem(refused) == (412, "precondition-failed")
    assert problem(writer.put(new, if_none_match='"x"')) == (428, "precondition-required")
    assert counts(fresh) == before
    assert writer.client.get(MINE).content == old


def test_a_dry_run_shows_what_the_history_will_and_writes_nothing(writer: Writer, fresh: Database) -> None:
    writer.put(version())
    raw = json.loads(version(2))
    gone = next(one["id"] for one in raw["caveats"] if one["kind"] == "disputed")
    raw["caveats"] = [one for one in raw["caveats"] if one["id"] != gone]
    raw["topics"].append({"id": "lamps", "label": "Lamps"})
    raw["retract"] = [{"fact": f"caveats/{gone}", "reason": "told twice"}]
    content, before = draft(raw).content, counts(fresh)
    shown = writer.put(content, query="?dry_run=true")
    assert counts(fresh) == before
    assert shown.status_code == 200
    assert "etag" not in shown.headers, "nothing was saved that it could be of"
    told = shown.json()
    assert told["changes"] == {"created": 1, "corrected": 1, "retracted": 1}
    assert told["edition"] is None
    done = writer.loaded(content, if_match=tag(version()))
    assert {**done, "diff": told["diff"]} == {**told, "edition": 2}
    by_fact = {one["fact"]["path"]: one for one in told["diff"]}
    assert by_fact.keys() == {f"/{PERSON}", f"/caveats/{gone}", "/topics/lamps"}
    for path, one in by_fact.items():
        last = writer.client.json(f"{path}/history")["items"][-1]
        assert {name: last[name] for name in one} == one


def test_a_dry_run_takes_the_same_conditions_but_needs_none(writer: Writer) -> None:
    new = writer.put(version(), query="?dry_run=true")
    assert (new.status_code, {one["change"] for one in new.json()["diff"]}) == (200, {"created"})
    assert writer.client.get(MINE).status_code == 404
    writer.put(version())
    same = writer.put(version(), query="?dry_run=true").json()
    assert (same["changes"], same["diff"]) == ({}, [])
    assert writer.put(version(2), query="?dry_run=true", if_match=tag(version())).status_code == 200
    for headers in ({"if_match": tag(version(2))}, {"if_none_match": "*"}):
        assert problem(writer.put(version(2), query="?dry_run=true", **headers)) == (412, "precondition-failed")
    wrong = edited([("/people/ada-quill/name", 7)])
    refused = writer.put(draft(wrong).content, query="?dry_run=true")
    assert problem(refused) == (422, "invalid-bundle")
    assert refused.json()["faults"] == writer.put(draft(wrong).content, if_match="*").json()["faults"]
    assert writer.put(version(2), query="?dry_run=false").status_code == 428


def test_every_fault_is_told_as_check_tells_it(writer: Writer, fresh: Database) -> None:
    made = [("/places/veld/country", "ZZ"), ("/places/orrin/within", "places/lantern-house"), ("/topics/security", 7)]
    many = [(f"/document/sentences/{index}/sha256", "no digest") for index in range(18)]
    for raw in (edited(made), {**edited(many), "people": [{"id": f"nobody-{index}"} for index in range(60)]}):
        given = draft(raw)
        with pytest.raises(BundleError) as caught:
            check([given])
        answer = writer.put(given.content)
        assert problem(answer) == (422, "invalid-bundle")
        assert answer.json()["faults"] == [
            {"pointer": fault.pointer, "line": fault.line, "message": fault.message, "mend": fault.mend}
            for fault in caught.value.faults
        ]
        assert answer.json()["faults"][0]["message"] in answer.json()["detail"]
    assert len(answer.json()["faults"]) == 51
    assert set(counts(fresh).values()) == {0, 1}, "the key"


def test_a_bundle_is_put_at_its_own_address(writer: Writer, fresh: Database) -> None:
    for id in (SECOND, f"{FIRST}-2", "x"):
        answer = writer.put(version(), id)
        assert problem(answer) == (422, "invalid-bundle")
        [fault] = answer.json()["faults"]
        assert (fault["pointer"], fault["line"]) == (
            "/id",
            version().decode().split("\n").index(f' "id": "{FIRST}",') + 1,
        )
    for id in (FIRST.upper(), f"{FIRST}%00", "x_y", "-", "%2e%2e", "a" * 10_000):
        assert problem(writer.put(version(), id)) == (404, "not-found")
        assert problem(writer.withdraw(id)) == (404, "not-found")
    for raw in ({}, {**RAW[0], "id": None}, {**RAW[0], "id": [FIRST]}):
        assert problem(writer.put(json.dumps(raw).encode())) == (422, "invalid-bundle")
    assert counts(fresh)["editions"] == 0


def test_the_schema_is_no_bundle(writer: Writer) -> None:
    named = json.dumps({**RAW[0], "id": "schema"}).encode()
    for refused in (writer.put(named, "schema"), writer.withdraw("schema")):
        assert problem(refused) == (405, "method-not-allowed")
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert writer.client.request("OPTIONS", "/bundles/schema").headers["allow"] == "GET, HEAD, OPTIONS"
    assert writer.client.json("/bundles/schema")["title"] == "A bundle of Summit Facts"


@pytest.mark.parametrize(
    "query", ["?nonsense=1", "?dry_run=", "?dry_run=1", "?dry_run=True", "?dry_run=true&dry_run=true", "?Dry_Run=true"]
)
def test_what_put_asks_is_exact(query: str, writer: Writer, fresh: Database) -> None:
    assert problem(writer.put(version(), query=query)) == (422, "invalid-parameter")
    assert counts(fresh)["editions"] == 0


@pytest.mark.parametrize(
    "query", ["", "?reason=", "?reason=+%20", f"?reason={'x' * 2001}", "?reason=a&reason=b", "?reason=a&dry_run=true"]
)
def test_who_withdraws_says_why(query: str, writer: Writer) -> None:
    writer.put(version())
    refused = writer.withdraw(query=query)
    assert problem(refused) == (422, "invalid-parameter")
    assert writer.client.get(MINE).status_code == 200
    assert writer.withdraw(query=f"?reason={'x' * 2000}").status_code == 200


def test_what_is_withdrawn_is_gone_with_the_reason_and_comes_back(writer: Writer, fresh: Database) -> None:
    writer.put(version())
    facts, before = bodies(fresh, 1), counts(fresh)
    answer = writer.withdraw(query="?reason=The+publisher+took+it+back.", if_match=tag(version()))
    assert answer.json() == {
        "bundle": FIRST,
        "edition": 2,
        "changes": {"retracted": len(facts)},
        "republished": {},
        "path": MINE,
    }
    assert "etag" not in answer.headers
    for path in (MINE, f"/{PERSON}", f"/documents/{FIRST}"):
        gone = writer.client.get(path)
        assert problem(gone) == (410, "gone")
        assert (gone.json()["reason"], gone.json()["since"]) == ("The publisher took it back.", 2)
    assert writer.client.get(MINE).json()["change"] == "withdrawn"
    assert writer.client.get(writer.client.get(MINE).json()["history"]).status_code == 200
    assert writer.client.get(f"{MINE}?as_of=1").content == version()
    again = writer.withdraw()
    assert (again.status_code, again.json()["edition"], again.json()["changes"]) == (200, None, {})
    assert problem(writer.withdraw(if_match="*")) == (412, "precondition-failed")
    assert problem(writer.put(version(), if_match=tag(version()))) == (412, "precondition-failed")
    back = writer.put(version(), if_none_match="*")
    assert (back.status_code, back.json()["changes"]) == (201, {"restored": len(facts)})
    assert bodies(fresh, 3).keys() == facts.keys()
    assert counts(fresh)["editions"] == before["editions"] + 2


def test_withdrawing_honours_conditions(writer: Writer) -> None:
    writer.put(version())
    for headers in ({"if_match": '"x"'}, {"if_match": f"W/{tag(version())}"}, {"if_none_match": "*"}):
        assert problem(writer.withdraw(**headers)) == (412, "precondition-failed"), headers
    assert writer.client.get(MINE).status_code == 200
    assert writer.withdraw(if_match=f'"x", {tag(version())}').status_code == 200


def test_what_never_was_is_not_withdrawn(writer: Writer) -> None:
    writer.put(version())
    for headers in ({}, {"if_match": "*"}, {"if_match": tag(version())}):
        refused = writer.withdraw(f"{FIRST}x", **headers)
        assert problem(refused) == (404, "not-found")
        assert refused.json()["nearest"] == [MINE]
        assert refused.json()["try"] == MINE


def test_what_others_refer_to_stays(writer: Writer, fresh: Database) -> None:
    writer.put(version())
    writer.put(OTHER, SECOND)
    before = counts(fresh)
    used = "organisations/orrin-gazette"  # by the other bundle alone
    refused = writer.withdraw()
    assert problem(refused) == (409, "in-use")
    assert all(SECOND in one["message"] and one["pointer"] for one in refused.json()["faults"])
    left_out = edited([("/organisations/orrin-gazette", ...), ("/retract", [{"fact": used, "reason": "no newspaper"}])])
    refused = writer.put(draft(left_out).content, if_match="*")
    assert problem(refused) == (409, "in-use")
    assert all(used in one["message"] and SECOND in one["message"] for one in refused.json()["faults"])
    assert counts(fresh) == before
    assert [writer.withdraw(SECOND).status_code, writer.withdraw().status_code] == [200, 200]


def test_each_version_is_read_as_it_stood(writer: Writer) -> None:
    versions = [version(number) for number in range(3)]
    for old, new in zip([None, *versions], versions, strict=False):
        writer.loaded(new, **({"if_match": tag(old)} if old else {}))
    for edition, content in enumerate(versions, 1):
        read = writer.client.get(f"{MINE}?as_of={edition}", headers={"accept-encoding": ""})
        assert (read.content, read.headers["etag"], read.headers["cache-control"]) == (content, tag(content), SETTLED)
        assert writer.client.get(f"{MINE}?as_of={edition}", headers={"if-none-match": tag(content)}).status_code == 304
    assert writer.client.get(MINE, headers={"if-none-match": tag(versions[0])}).content == versions[-1]
    assert writer.client.get(MINE).headers["cache-control"] == CURRENT
    head = writer.client.request("HEAD", MINE)
    assert (head.content, head.headers) == (b"", writer.client.get(MINE).headers)
    missing = writer.client.get(f"{MINE[:-1]}")
    assert (problem(missing), missing.json()["nearest"]) == ((404, "not-found"), [MINE])
    assert problem(writer.client.get(f"{MINE}?as_of=9")) == (404, "not-found")


def test_what_was_erased_is_gone_from_every_edition_and_not_put_again(writer: Writer, fresh: Database) -> None:
    writer.put(version())
    erase(fresh, FIRST, "a court said so")
    for query in ("", "?as_of=1", "?as_of=2"):
        gone = writer.client.get(MINE + query)
        assert problem(gone) == (410, "gone")
        assert (gone.json()["change"], gone.json()["reason"]) == ("erased", "a court said so")
    refused = writer.put(version())
    assert problem(refused) == (422, "invalid-bundle")
    assert "a court said so" in refused.json()["detail"]
    assert writer.withdraw().json()["edition"] is None


def test_the_example_is_a_bundle_that_loads(fresh: Database, writer: Writer) -> None:
    seed(fresh)
    put, delete = EVERY["put /bundles/{id}"], EVERY["delete /bundles/{id}"]
    content = json.dumps(put["requestBody"]["content"]["application/json"]["example"]).encode()
    [id] = [one["example"] for one in put["parameters"] if one["name"] == "id"]
    for status in ("201", "200"):
        answer = writer.put(content, id)
        assert answer.status_code == int(status)
        assert answer.json() == put["responses"][status]["content"]["application/json"]["example"]
    [reason] = [one["schema"]["examples"][0] for one in delete["parameters"] if one["name"] == "reason"]
    answer = writer.withdraw(id, f"?reason={reason}")
    assert answer.json() == delete["responses"]["200"]["content"]["application/json"]["example"]


def test_what_is_documented_is_what_happens(writer: Writer, client_of: Callable[..., Client], fresh: Database) -> None:
    """Each status that a write can be made to have is documented, and each documented one can be had."""
    new, other = version(2), Writer(writer.client, "summit_0")
    small = Writer(client_of(fresh, bundle_max=1_000, body_seconds=0.01), writer.token)
    puts = [
        writer.put(version()),
        writer.put(version()),
        writer.put(b"{"),
        other.put(new),
        writer.put(new, FIRST.upper()),
        writer.put(new, "schema"),
        writer.put(new, if_match='"x"'),
        small.put(new),
        writer.put(new, content_type="text/plain"),
        writer.put(new, query="?nonsense=1"),
        writer.put(new, SECOND),
        writer.put(new),
    ]
    writer.put(OTHER, SECOND)
    deletes = [
        writer.withdraw(SECOND, f"?reason={'x' * 20_000}"),
        other.withdraw(),
        writer.withdraw("nothing"),
        writer.withdraw("schema"),
        writer.withdraw(),
        writer.withdraw(if_match='"x"'),
        writer.withdraw(query=""),
        writer.withdraw(SECOND),
    ]
    # of the others the tests of faults tell
    for method, answers, apart in (("put", puts, {"408", "409", "503", "507"}), ("delete", deletes, {"503", "507"})):
        documented = EVERY[f"{method} /bundles/{{id}}"]["responses"]
        assert {str(answer.status_code) for answer in answers} == documented.keys() - apart
        for answer in answers:
            [media] = documented[str(answer.status_code)]["content"]
            assert answer.headers["content-type"] == media
            assert writer.client.get(answer.json().get("try", "/")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_pages_of_other_origins_read_and_do_not_write(method: str, writer: Writer) -> None:
    asks = {"origin": "https://a.example", "access-control-request-method": method}
    told = writer.client.request("OPTIONS", MINE, headers={**asks, "access-control-request-headers": "authorization"})
    assert told.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "authorization" not in told.headers["access-control-allow-headers"].lower()
    assert re.fullmatch(r"GET, HEAD, OPTIONS, PUT, DELETE", told.headers["allow"])
