"""The change feed as Atom: what RFC 4287 asks, the changes that JSON has, the newest first, in pages of one edition."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import atom
from app.http.answering import SETTLED
from app.http.negotiating import negotiate
from app.store.db import Database
from app.store.loading import load
from tests.conftest import Client, drafts
from tests.feeds import Feed, read_feed
from tests.loads import draft, succeeding
from tests.world.editing import RAW

Made = Callable[..., Client]
PUBLIC = "https://facts.example:8443"
MEDIA = "application/atom+xml; charset=utf-8"
AWKWARD = ']]> <b>&amp;</b> "it\'s" <!-- <![CDATA[ \x0b\x1f\x7f\ufffe\ufffd 🕯️ \u2028'
FORBIDDEN = "\x0b\x1f\ufffe"  # in XML 1.0


@pytest.fixture
def told(fresh: Database) -> Database:
    """A database whose facts were loaded, corrected, taken back and restored, for awkward reasons."""
    first, (mention, *_) = RAW[0], RAW[0]["mentions"]
    second = copy.deepcopy(first)
    second["statements"][0]["paraphrase"] = "Lamps are not meant."
    second["mentions"] = [one for one in second["mentions"] if one["id"] != mention["id"]]
    corrected = succeeding(first, second)
    for one in (*corrected.raw["reasons"].values(), *corrected.raw["retract"]):
        one["reason"] = AWKWARD
    corrected.raw["by"] = AWKWARD[:60]
    load(fresh, drafts())
    load(fresh, [draft(corrected.raw)])
    load(fresh, [succeeding(second, first)])
    return fresh


def feed_of(client: Client, target: str, **options: Any) -> Feed:
    """A feed, which must be one."""
    answer = client.get(target, **options)
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA), answer.text
    feed = read_feed(answer.content)
    onward = feed.link("next")
    assert answer.headers.get("link") == (f'<{onward.removeprefix(PUBLIC)}>; rel="next"' if onward else None)
    return feed


def walked(client: Client, target: str) -> list[Feed]:
    """The pages of a feed from a target on."""
    pages = [feed_of(client, target)]
    while onward := pages[-1].link("next"):
        pages.append(feed_of(client, onward.removeprefix(PUBLIC)))
    return pages


def plain(text: str) -> str:
    """A text without what XML forbids, as an XML parser gives it."""
    return re.sub(f"[{FORBIDDEN}]", "", text)


@pytest.mark.parametrize("public", [None, PUBLIC])
def test_a_feed_tells_the_same_changes_as_json_the_newest_first(
    public: str | None, told: Database, client_of: Made
) -> None:
    client, base = client_of(told, public_url=public), public or ""
    feed = feed_of(client, "/changes?format=atom&limit=1000")
    changes = client.json("/changes?limit=1000")["items"][::-1]
    assert {one["change"] for one in changes} == {"created", "corrected", "retracted", "restored"}
    assert "corroboration" in {one["type"] for one in changes}
    for entry, one in zip(feed.entries, changes, strict=True):
        assert entry.texts["title"] == f"{one['type'].capitalize()} {one['change']}: {one['fact']['name']}"
        assert entry.texts["updated"] == one["at"]
        assert entry.categories == [one["change"], one["type"]]
        assert (one["reason"] is None) == entry.texts["summary"].startswith(f"{one['change'].capitalize()} in edition")
        assert plain(one["reason"] or "") in entry.texts["summary"]
        assert plain(one["by"] or "") in entry.texts["summary"]
        assert entry.texts.get("author") == (plain(one["by"]) if one["by"] else None)
        assert ("related", f"{base}{one['fact']['path']}") in entry.links
        assert all(address.startswith(f"{base}/") or "desk.example" in address for _, address in entry.links)
        assert client.get(str(entry.link("alternate")).removeprefix(base)).status_code == 200
        assert entry.texts["id"].startswith(base or "urn:uuid:")
    assert feed.texts["updated"] == client.json("/editions")["items"][-1]["at"]
    assert feed.texts["id"].startswith(base or "urn:uuid:")


def test_awkward_words_come_through(told: Database, client_of: Made) -> None:
    newest = feed_of(client_of(told), "/changes?format=atom&since=1").entries
    reasons = [entry.texts["summary"] for entry in newest if AWKWARD[:10] in entry.texts["summary"]]
    assert reasons == [f"{plain(AWKWARD)} ({plain(AWKWARD[:60])})"] * 2


@pytest.mark.parametrize("query", ["", "&since=1", "&kind=mentions,people", "&kind=statements&since=2"])
def test_a_walk_sees_each_change_once(query: str, told: Database, client_of: Made) -> None:
    client = client_of(told)
    whole = feed_of(client, f"/changes?format=atom&limit=1000{query}")
    for limit in (1, 7, 50) if query else (7, 50):
        pages = walked(client, f"/changes?format=atom&limit={limit}{query}")
        assert [entry for page in pages for entry in page.entries] == whole.entries
        assert all(len(page.entries) == limit for page in pages[:-1])
        assert {page.texts["id"] for page in pages} == {whole.texts["id"]}
        assert {page.texts["updated"] for page in pages} == {whole.texts["updated"]}
        assert {page.link("first") for page in pages} == {pages[0].link("self")}


def test_a_walk_goes_on_in_its_edition_and_ids_are_for_ever(told: Database, client_of: Made) -> None:
    client = client_of(told)
    before = feed_of(client, "/changes?format=atom&limit=1000")
    page = feed_of(client, "/changes?format=atom&limit=2")
    again = copy.deepcopy(RAW[0])
    again["statements"][0]["paraphrase"] = "Lamps are meant after all."
    load(told, [succeeding(RAW[0], again)])
    rest = walked(client, str(page.link("next")))
    assert [*page.entries, *(entry for one in rest for entry in one.entries)] == before.entries
    assert client.get(str(page.link("next"))).headers["cache-control"] == SETTLED
    after = feed_of(client, "/changes?format=atom&limit=1000")
    assert after.entries[1:] == before.entries
    assert after.texts["id"] == before.texts["id"]
    assert after.texts["updated"] > before.texts["updated"]


def test_ids_tell_feeds_and_databases_apart(told: Database, client_of: Made, client: Client) -> None:
    one, other = (feed_of(made, "/changes?format=atom&limit=1000") for made in (client_of(told), client))
    assert {entry.texts["id"] for entry in other.entries} <= {entry.texts["id"] for entry in one.entries}, "one history"
    feeds = [feed_of(client, f"/changes?format=atom{query}") for query in ("", "&kind=people", "&kind=mentions,people")]
    assert len({feed.texts["id"] for feed in feeds}) == 3
    assert feeds[2].texts["id"] == feed_of(client, "/changes?format=atom&kind=people&kind=mentions").texts["id"]


def test_a_feed_may_be_empty(fresh: Database, told: Database, client_of: Made) -> None:
    client = client_of(told)
    feed = feed_of(client, "/changes?format=atom&since=3")
    assert (feed.entries, feed.link("next")) == ([], None)
    assert feed.texts["updated"] == client.json("/editions")["items"][-1]["at"]


def test_a_database_without_facts_has_a_feed(fresh: Database, client_of: Made) -> None:
    assert feed_of(client_of(fresh), "/changes?format=atom").entries == []


NEGOTIATED = {
    "": "json",
    "*/*": "json",
    "application/atom+xml": "atom",
    "Application/Atom+XML;q=0.1": "atom",
    "application/json, application/atom+xml": "json",
    "application/json;q=0.5, application/atom+xml": "atom",
    "application/atom+xml;q=0.5, */*;q=0.1": "atom",
    "application/*": "json",
    "application/*;q=0.5, application/json;q=0": "atom",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "json",
    "garbage, ;;q=, application/atom+xml": "atom",
}


@pytest.mark.parametrize(("accept", "form"), NEGOTIATED.items())
def test_accept_chooses_unless_format_does(accept: str, form: str, client: Client) -> None:
    for query, expected in (("", form), ("&format=json", "json"), ("&format=atom", "atom")):
        answer = client.get(f"/changes?limit=10{query}", headers={"accept": accept})
        assert answer.headers["content-type"] == {"json": "application/json", "atom": MEDIA}[expected]
        assert answer.headers["vary"] == "Accept, Accept-Encoding"
        if expected == "atom":
            assert "format=atom" in str(read_feed(answer.content).link("next"))


def test_each_form_has_its_tag(client: Client, told: Database, client_of: Made) -> None:
    accepted = ("application/json", "application/atom+xml")
    tags = [client.get("/changes", headers={"accept": one}).headers["etag"] for one in accepted]
    public = client_of(told, public_url=PUBLIC).get("/changes?format=atom").headers["etag"]
    assert len({*tags, public, client_of(told).get("/changes?format=atom").headers["etag"]}) == 4
    for accept, tag in zip(accepted, tags, strict=True):
        same = client.get("/changes", headers={"accept": accept, "if-none-match": tag})
        varies = "Accept, Accept-Encoding"
        assert (same.status_code, same.headers["vary"], same.headers["etag"]) == (304, varies, tag)
        assert (
            client.get("/changes", headers={"accept": accept, "if-none-match": tags[tag == tags[0]]}).status_code == 200
        )
    head = client.request("HEAD", "/changes?format=atom")
    assert head.headers == client.get("/changes?format=atom").headers


def test_what_is_no_form_is_refused_and_cursors_are_of_one(client: Client) -> None:
    for wrong, nearest in (("atm", "atom"), ("Atom", "atom"), ("xml", None), ("", None)):
        refused = client.get(f"/changes?format={wrong}")
        assert refused.status_code == 422
        assert [one.get("nearest") for one in refused.json()["errors"]] == [nearest]
    onward = str(feed_of(client, "/changes?format=atom&limit=2").link("next"))
    assert client.get(onward.replace("atom", "json")).status_code == 400
    assert client.get(f"{client.json('/changes?limit=2')['next']}&format=atom").status_code == 400
    assert client.get(f"{onward}&since=1").status_code == 400
    assert client.get(onward.replace("limit=2", "limit=3")).status_code == 200
    assert client.get("/changes?format=atom&since=99").status_code == 404


def test_nothing_in_a_feed_depends_on_the_host(client: Client) -> None:
    plain, foreign = (client.get("/changes?format=atom", headers={"host": one}) for one in ("a.b", "elsewhere.example"))
    assert plain.content == foreign.content
    assert plain.headers["etag"] == foreign.headers["etag"]


@given(st.text(), st.text(min_size=1), st.text())
def test_any_words_make_a_feed(name: str, reason: str, by: str) -> None:
    fact = {"id": "a", "name": name, "path": "/people/a"}
    change: dict[str, Any] = {"change": "corrected", "type": "person", "fact": fact, "edition": 2, "bundle": "b"}
    change |= {"at": "2031-05-04T00:00:00Z", "by": by, "reason": reason, "evidence": f"https://a.b/{name}", "into": []}
    [entry] = read_feed(atom.feed([(change, "d")], "/changes", {"self": "/changes"}, change["at"], "k", None)).entries
    told = atom.FORBIDDEN.sub("", name).replace("\r\n", "\n").replace("\r", "\n")
    assert entry.texts["title"] == f"Person corrected: {told}"


RANGES = st.sampled_from(["a/b", "a/c", "a/*", "*/*", "x/y"])
WEIGHTS = st.sampled_from(["", ";q=0", ";q=0.3", "; q=0.7", ";q=1.000", ";v=1;q=0.5"])


@given(st.lists(st.tuples(RANGES, WEIGHTS), min_size=1))
def test_negotiation_takes_the_heaviest_of_the_most_specific(accept: list[tuple[str, str]]) -> None:
    def weight(offer: str) -> float:
        for one in (offer, "a/*", "*/*"):
            own = [float(text.rpartition("=")[2] or 1) for wanted, text in accept if wanted == one]
            if own:
                return max(own)
        return 0

    weights = {offer: weight(offer) for offer in ("a/b", "a/c")}
    found = negotiate(",".join(one + text for one, text in accept), tuple(weights))
    heaviest = max(weights.values())
    assert found == (next(one for one in weights if weights[one] == heaviest) if heaviest else None)
