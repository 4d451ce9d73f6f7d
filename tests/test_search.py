"""Search: every fact by its words, on both engines the same, whatever is typed; highlights at their places."""

import html
import json
import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.facts import KINDS
from app.http import gathering
from app.store.db import Database
from app.store.erasing import erase
from app.store.highlighting import plain_ranges, ranges_of
from app.store.loading import load
from app.store.search import STANDS
from app.store.searched import searched
from app.store.tokens import cut, plain_of, read_terms
from tests.asked import everything, query, send_all, walk
from tests.conftest import Client, drafts, renamed
from tests.loads import draft, succeeding
from tests.world.editing import RAW, edited

EVERYTHING = "limit=1000"
Bodies = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def bodies(client: Client) -> Bodies:
    return everything(client)


def plain(text: str) -> list[str]:
    """The words of a text, by another way than the product's: of texts that have no letters beyond Latin ones."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(char for char in spread if not unicodedata.combining(char)))


def at(value: Any, steps: list[str]) -> list[str]:
    """The texts under a dotted field."""
    if isinstance(value, list):
        return [text for one in value for text in at(one, steps)]
    if not steps:
        return [value] if isinstance(value, str) else []
    return at(value.get(steps[0]), steps[1:]) if isinstance(value, dict) else []


def words_of(kind: str, body: dict[str, Any], *columns: str) -> list[list[str]]:
    """The words of each text of a body that is searched."""
    fields = [path for path, column in searched(kind) if column in columns or not columns]
    return [plain(text) for path in fields for text in at(body, path.split("."))]


def has(texts: list[list[str]], term: str) -> bool:
    """Whether a term stands in one of the texts: a word, a beginning* or "words in a row"."""
    wanted = plain(term)
    is_open = term.endswith("*")
    for words in texts:
        for start in range(len(words) - len(wanted) + 1):
            some = words[start : start + len(wanted)]
            if some == wanted or (is_open and some[:-1] == wanted[:-1] and some[-1].startswith(wanted[-1])):
                return True
    return False


def generated(bodies: Bodies, seed: int, size: int) -> list[tuple[str, list[str]]]:
    """Random searches of a kind, made of what its facts say: (kind, terms)."""
    chance = random.Random(seed)
    made = []
    for _ in range(size):
        kind = chance.choice([kind for kind in KINDS if bodies[kind]])
        texts = [words for words in words_of(kind, chance.choice(bodies[kind])) if words]
        terms = []
        for _ in range(chance.randint(1, 3)):
            words = chance.choice(texts)
            start = chance.randrange(len(words))
            form = chance.choice(["word", "word", "phrase", "prefix", "other"])
            if form == "phrase":
                terms.append('"' + " ".join(words[start : start + chance.randint(1, 3)]) + '"')
            elif form == "prefix" and len(words[start]) > 2:
                terms.append(words[start][: chance.randint(2, len(words[start]))] + "*")
            else:
                terms.append(words[start] if form != "other" else words[start][::-1])
        made.append((kind, terms))
    return made


def test_a_thousand_searches_find_what_has_the_words_on_both_engines(pair: tuple[Client, Client]) -> None:
    bodies = everything(pair[0])
    asked = generated(bodies, 7, 1000)
    targets = [f"/{kind}?{query(q=' '.join(terms))}&{EVERYTHING}".encode() for kind, terms in asked]
    one, other = (send_all(client.app, targets) for client in pair)
    found = 0
    for (kind, terms), left, right in zip(asked, one, other, strict=True):
        assert left == right, (kind, terms)
        ids = [body["id"] for body in json.loads(left.body)["items"]]
        expected = {body["id"] for body in bodies[kind] if all(has(words_of(kind, body), term) for term in terms)}
        assert set(ids) == expected, (kind, terms)
        found += bool(ids)
    assert 500 < found < 1000


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=220))
def test_any_text_is_data(text: str, pair: tuple[Client, Client]) -> None:
    targets = [f"/{path}?{query(q=text)}".encode() for path in ("statements", "search")]
    one, other = (send_all(client.app, targets) for client in pair)
    assert one == other
    assert {reply.status for reply in one} <= {200, 422}
    assert one[0].status == (422 if len(text) > 200 or "\0" in text or not text else one[0].status)


SYNTAX = (
    "%",
    "_",
    "a%b",
    "name:x",
    "NEAR(a, b)",
    "a AND",
    "NOT a",
    "^a",
    "'; DROP TABLE search",
    "{name} : a",
    "a + b",
)
ODD = (
    "a + b",
    "*",
    "(",
    '"',
    "\\",
    "ab:*",
    "'a':A",
    "a <-> b",
    "!a",
    "a & b | c",
    "¶¶",
    "¶statements",
    "statements",
    "-",
)


@pytest.mark.parametrize("text", [*SYNTAX, *ODD])
def test_what_engines_would_read_is_data_too(text: str, pair: tuple[Client, Client]) -> None:
    for kind in ("statements", "people", "caveats"):
        one, other = (client.json(f"/{kind}?{query(q=text)}&{EVERYTHING}") for client in pair)
        assert one == other
        expected = {
            body["id"]
            for body in pair[0].json(f"/{kind}?{EVERYTHING}")["items"]
            if plain(text) and all(has(words_of(kind, body), chunk) for chunk in text.split() if plain(chunk))
        }
        assert {body["id"] for body in one["items"]} == expected


@pytest.mark.parametrize(
    ("q", "status"),
    [("x" * 200, 200), ("x" * 201, 422), (" ".join(f"w{n}" for n in range(17)), 422), ("x" * 60_000, 400), ("", 422)],
)
def test_there_is_a_most_that_is_asked_for(q: str, status: int, client: Client) -> None:
    for path in ("statements", "search"):
        assert client.get(f"/{path}?{query(q=q)}").status_code == status


def test_what_has_the_words_in_its_name_comes_first_then_in_its_words_then_the_newest(
    client: Client, bodies: Bodies
) -> None:
    tried = 0
    for kind in KINDS:
        for word in ("oster", "lamps", "veld", "talks", "quill", "spending"):
            page = client.json(f"/{kind}?q={word}&{EVERYTHING}")
            assert page["ranking"] == "relevance"
            order = []
            for body in page["items"]:
                columns = [("name",), ("name", "words"), ()]
                stands = next(n for n, some in enumerate(columns) if has(words_of(kind, body, *some), word))
                day = (body.get("date") or {}).get("earliest") or ""
                order.append((stands, day))
            assert [stands for stands, _ in order] == sorted(stands for stands, _ in order)
            tried += len({stands for stands, _ in order}) > 1
    assert tried > 5


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("few", [0, gathering.FEW])
def test_hits_are_the_same_whether_they_or_the_other_filters_rows_are_gone_through(
    few: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "FEW", few)
    ranked = client.json(f"/statements?q=oster&{EVERYTHING}&count=true&facets=act")
    assert ranked["count"]["value"] == len(ranked["items"]) > 2
    assert walk(client.app, "/statements?q=oster&limit=1") == ranked["items"]
    for more in ("act=asserts,demands", "speaker=bram-oster", "from=2031-05-06", "basis=stated"):
        narrower = client.json(f"/statements?q=oster&{more}&{EVERYTHING}&count=true")
        kept = set(client.ids(f"/statements?{more}&{EVERYTHING}"))
        assert [one["id"] for one in narrower["items"]] == [one["id"] for one in ranked["items"] if one["id"] in kept]
        assert narrower["count"]["value"] == len(narrower["items"])
        assert walk(client.app, f"/statements?q=oster&{more}&limit=1") == narrower["items"]
    found = client.json(f"/search?q=oster&{EVERYTHING}")
    assert walk(client.app, "/search?q=oster&limit=3") == found["items"]


@pytest.mark.parametrize("sort", ["", "&sort=date", "&sort=-date", "&sort=name", "&sort=-edition"])
def test_walks_show_each_hit_once_in_the_order_asked_for(client: Client, sort: str) -> None:
    page = client.json(f"/statements?q=oster{sort}&{EVERYTHING}")
    assert page["ranking"] == ("asked" if sort else "relevance")
    assert len(page["items"]) > 3
    for limit in (1, 2, 3):
        assert walk(client.app, f"/statements?q=oster{sort}&limit={limit}") == page["items"]
    if sort:
        hits = {one["id"] for one in page["items"]}
        assert [one["id"] for one in page["items"]] == [
            id for id in client.ids(f"/statements?{EVERYTHING}{sort}") if id in hits
        ]


def test_highlights_are_where_the_words_stand(client: Client, bodies: Bodies) -> None:
    shown = 0
    for kind, terms in generated(bodies, 11, 150):
        for body in client.json(f"/{kind}?{query(q=' '.join(terms))}")["items"]:
            (plain_body,) = (one for one in bodies[kind] if one["id"] == body["id"])
            assert {name: value for name, value in body.items() if name != "highlights"} == plain_body
            for one in body["highlights"]:
                assert one["text"] in at_numbered(body, one["field"])
                marked = [one["text"][span["start"] : span["end"]] for span in one["ranges"]]
                assert all(any(has([plain(words)], term) for term in terms) for words in marked)
                assert html.unescape(re.sub("</?mark>", "", one["html"])) == one["text"]
                assert [html.unescape(part) for part in re.findall("<mark>(.*?)</mark>", one["html"])] == marked
                shown += 1
            covered = [
                [plain(h["text"]) for h in body["highlights"] if has([plain(h["text"])], term)] for term in terms
            ]
            assert all(covered)
    assert shown > 100


def at_numbered(body: Any, field: str) -> list[str]:
    for step in field.split("."):
        body = body[int(step)] if step.isdigit() else body[step]
    return [body]


def test_highlights_are_escaped(fresh: Database, client_of: Callable[..., Client]) -> None:
    text = "<script>alert('Skerry & co')</script> “Skerry”"
    load(fresh, [draft(edited([("/caveats/0/text", text)])), drafts()[1]])
    (found,) = client_of(fresh).json("/caveats?q=alert&fields=id")["items"]
    (shown,) = found["highlights"]
    assert shown["text"] == text
    assert shown["html"] == ("&lt;script&gt;<mark>alert</mark>(&#x27;Skerry &amp; co&#x27;)&lt;/script&gt; “Skerry”")


def test_no_phrase_goes_from_one_text_into_the_next(client: Client, bodies: Bodies) -> None:
    for body in bodies["statements"]:
        texts = words_of("statements", body)
        for one, other in pairwise(texts):
            phrase = f'"{one[-1]} {other[0]}"'
            expected = [b["id"] for b in bodies["statements"] if has(words_of("statements", b), phrase)]
            assert set(client.ids(f"/statements?{query(q=phrase)}&{EVERYTHING}")) == set(expected)


def test_the_index_keeps_step_with_the_facts(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts())
    client = client_of(fresh)
    person = RAW[0]["people"][0]
    ids = client.ids(f"/search?{query(q=person['name'])}&{EVERYTHING}")
    assert client.ids("/search?q=elder") == []
    load(fresh, [renamed(drafts()[0])])
    assert client.ids(f"/search?q=elder&{EVERYTHING}") and set(client.ids(f"/search?q=elder&{EVERYTHING}")) <= set(ids)
    assert client.ids("/search?q=elder&as_of=1") == []
    assert set(client.ids(f"/search?{query(q=person['name'])}&as_of=1&{EVERYTHING}")) == set(ids)
    gone = edited([("/topics/-", {**RAW[0]["topics"][0], "id": "zebras", "label": "Zebras"})])
    load(fresh, [succeeding(json.loads(renamed(drafts()[0]).content) | {"reasons": {}}, gone)])
    assert client.ids("/topics?q=zebras") == ["zebras"]
    load(fresh, [succeeding(gone, RAW[0])])
    assert client.ids("/topics?q=zebras") == []
    assert client.ids("/topics?q=zebras&as_of=3") == ["zebras"]


def test_what_was_erased_is_found_in_no_edition(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts())
    word = next(
        word
        for body in everything(client_of(fresh))["statements"]
        if body["citations"][0]["document"] == RAW[1]["id"]
        for words in words_of("statements", body, "words")
        for word in words
        if len(word) > 5
    )
    client = client_of(fresh)
    assert client.ids(f"/search?q={word}")
    erase(fresh, RAW[1]["id"], "a court said so")
    for edition in (1, 2):
        for body in client.json(f"/search?q={word}&as_of={edition}&{EVERYTHING}")["items"]:
            kind = next(kind.name for kind in KINDS.values() if kind.singular == body["type"])
            assert body["highlights"] and has(words_of(kind, body), word)
            assert all(one["document"] != RAW[1]["id"] for one in body["citations"])


def test_all_kinds_together_are_each_kind_by_itself(client: Client) -> None:
    for asked in ("q=oster", "q=ha*", "q=veld", "on=2031-05-05", "caveat=not_stated", "mentions=ada-quill"):
        page = client.json(f"/search?{asked}&{EVERYTHING}&count=true&facets=kind,basis")
        singly = {kind: client.ids(f"/{kind}?{asked}&{EVERYTHING}") for kind in KINDS}
        by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for body in page["items"]:
            by_kind[body["path"].split("/")[1]].append(body["id"])
        assert {kind: set(ids) for kind, ids in by_kind.items()} == {kind: set(ids) for kind, ids in singly.items()}
        if asked.startswith("q="):
            assert by_kind == singly  # in the order that each list has
        assert page["count"]["value"] == len(page["items"]) > 0, asked
        assert {one["value"]: one["count"] for one in page["facets"]["kind"]} == {k: len(v) for k, v in singly.items()}
        assert sum(one["count"] for one in page["facets"]["basis"]) == len(page["items"])
        for limit in (1, 7):
            assert walk(client.app, f"/search?{asked}&limit={limit}") == page["items"]


@pytest.mark.parametrize("sort", ["date", "-date", "edition", "-edition"])
def test_without_words_it_is_a_timeline(pair: tuple[Client, Client], sort: str) -> None:
    one, other = (client.json(f"/search?sort={sort}&{EVERYTHING}") for client in pair)
    assert one == other
    assert "ranking" not in one and not any("highlights" in body for body in one["items"])
    if "edition" in sort:
        found = [body["edition"] for body in one["items"]]
    else:
        dated = [body.get("date") or body.get("date_published") or {} for body in one["items"]]
        found = [date["earliest"] for date in dated if date.get("earliest")]
    assert len(set(found)) > 1
    assert found == sorted(found, reverse=sort.startswith("-"))
    assert walk(pair[0].app, f"/search?sort={sort}&limit=40") == one["items"]


def test_kinds_may_be_chosen(client: Client) -> None:
    page = client.json(f"/search?q=oster&kind=people,events&{EVERYTHING}")
    assert {body["type"] for body in page["items"]} == {"person", "event"}
    assert client.get("/search?q=oster&kind=peple").json()["errors"][0]["nearest"] == "people"
    assert client.get("/search?q=oster&facets=speaker").status_code == 422
    cursor = client.json("/search?q=oster&limit=1")["next"].rpartition("cursor=")[2]
    assert client.get(f"/search?q=oster&kind=people&limit=1&cursor={cursor}").status_code == 400


def test_where_nothing_has_all_words_what_has_most_comes_closest(client: Client) -> None:
    body = client.json("/statements/oster-crews")
    told = client.json(f"/statements?{query(q=body['name'] + ' zebras')}")["empty"]
    assert told["reason"] == "nothing_recorded"
    assert "/statements/oster-crews" in [one["path"] for one in told["closest"]]
    told = client.json("/search?q=Quillson")["empty"]
    assert told["reason"] == "nothing_recorded" and len(told["searched"]) == 2
    assert client.json("/search?mentions=nobody")["empty"]["reason"] == "unknown_value"
    assert client.json("/search?q=quilly&kind=people")["empty"]["closest"][0]["path"] == "/people/ada-quill"


def test_a_search_runs_a_bounded_number_of_statements(client: Client, statements: Callable[[str], int]) -> None:
    for limit in (1, 10, 1000):
        assert statements(f"/search?q=oster&limit={limit}") <= (1 + len(STANDS)) * len(KINDS) + 1
    assert statements("/statements?q=oster") <= 4


def test_a_word_that_is_there_very_often_is_found_alike_on_both_engines(
    fresh: Database, client_of: Callable[..., Client]
) -> None:
    """Of one word a fact's index holds 250 places, which is what PostgreSQL takes."""
    text = "skerry " * 249 + "skerry gull skerry tern " + "tern " * 20
    load(fresh, [draft(edited([("/caveats/0/text", text)])), drafts()[1]])
    client, id = client_of(fresh), RAW[0]["caveats"][0]["id"]
    for q, found in (("skerry", True), ('"skerry gull"', True), ('"gull skerry"', False), ('"skerry tern"', False)):
        assert (id in client.ids(f"/caveats?{query(q=q)}&{EVERYTHING}")) is found, q
    assert id in client.ids(f"/caveats?{query(q='tern')}&{EVERYTHING}")


def test_text_that_keeps_its_length_when_it_is_folded_is_searched_like_any_other() -> None:
    chance = random.Random(5)
    plain_words = ["ab", "abc", "a", "x_1", "b", "z" * 64, "z" * 70, "a.b"]
    words = [*plain_words * 8, *["Áb", "ÅB", "я", "Я_1", "a’b", "—", "“a”"] * 4, "ß", "ﬁ", "e\u0301", "½"]
    asked = ["a", "ab", "ab*", '"a b"', '"ab ab"', "z" * 64, "x_1", '"a a"', "я", '"я ab"', "ss"]
    tried = odd = 0
    for turn in range(4_000):
        some = plain_words if turn % 2 else words
        text = "".join(chance.choice(some) + chance.choice([" ", ", ", "-", "", "  "]) for _ in range(12))
        terms = read_terms(" ".join(chance.choice(asked) for _ in range(2)))
        found = ranges_of(list(cut(text)), terms)
        plain = plain_of(text)
        if plain is None:
            odd += 1
            continue
        assert plain_ranges(plain, terms) == found, (text, terms)
        tried += bool(found)
    assert tried > 1_000 and odd > 100
