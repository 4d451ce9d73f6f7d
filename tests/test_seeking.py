"""Seeking: what is seldom together is found by another way than what often is, and the same."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.facts import KINDS
from app.store import seeking
from app.store.db import Database
from app.store.finding import Finder
from app.store.highlighting import is_own
from app.store.loading import load
from app.store.search import OFTEN, OWN, TEXT, expressions, held, match, words_of
from app.store.searched import Column
from app.store.sqlite import sqlite3
from app.store.tokens import END, Term, read_terms
from tests.asked import everything, query, walk
from tests.conftest import Client, Maker, client_for
from tests.crowd import report, speaker, talk
from tests.loads import draft
from tests.test_search import generated

pytestmark = pytest.mark.usefixtures("nothing_kept")  # the same is asked in several ways

FIELDS: dict[str, Column] = {"name": "name", "label": "words", "broader.name": "refers"}  # of a topic
WORDS = ("lamp", "oster", "Öster", "ab", "abc", "abcd", "x_1", "½", "٣", "veld-lamp")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
ASKED = st.lists(
    st.sampled_from((*WORDS, "ab*", "abc*", "os*", '"ab abc"', '"lamp oster lamp"')), min_size=1, max_size=3
)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_both_ways_find_the_same_in_the_same_order(
    seed: int, pair: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies, chance = everything(pair[0]), random.Random(seed)
    several = [(kind, terms) for kind, terms in generated(bodies, seed, 200) if len(terms) >= seeking.SEVERAL]
    shown = 0
    for kind, terms in several:
        asked = query(q=" ".join(terms)) + chance.choice(["", "", "&basis=stated", "&as_of=2"])
        limit, client = chance.choice([1, 2, 50]), chance.choice(pair)
        for path in (f"/{kind}", "/search"):
            target = f"{path}?{asked}&limit={limit}"
            monkeypatch.setattr(seeking.Seeking, "first", None)  # the way of one word
            many = walk(client.app, target)
            monkeypatch.undo()
            for few in (1_000, chance.choice([1, 2, 3, 5])):
                monkeypatch.setattr(seeking, "FEW", few)
                assert walk(client.app, target) == many, (target, few)
            monkeypatch.undo()
            shown += len(many)
    assert shown > 100


ASKED_FOR = "lamp+oster+veld"
PLACES: tuple[dict[str, str], ...] = (  # of the words: the name, the label too, or what is referred to as well
    {"name": "Lamp oster veld", "label": "Something"},
    {"name": "Lamp", "label": "Oster, veld"},
    {"name": "Lamp", "label": "Oster", "broader": "topics/veld"},
    {"name": "Lamp", "label": "Oster"},
)


@pytest.fixture(scope="module")
def topics(sqlite_maker: Maker) -> Iterator[Client]:
    """Thirty topics, in whatever order, that have the words in one place or another, or have not all of them."""
    chance = random.Random(4)
    made = [{"id": f"topic-{n}", **chance.choice(PLACES)} for n in range(30)]
    whole = [{"id": "veld", "name": "Veld", "label": "Veld"}, *made]
    own = {"basis": "external", "source": "Our own list"}
    database = Database(sqlite_maker())
    load(database, [draft(report("words", ["Words"], topics=[{**one, **own} for one in whole]))])
    client = client_for(database)
    yield client
    client.close()
    database.close()


def test_a_page_is_the_same_however_many_hits_are_read_at_first(
    topics: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(seeking.Seeking, "first", None)
        whole = topics.json(f"/topics?q={ASKED_FOR}&limit=40")["items"]
    assert 15 < len(whole) < 30
    for few in range(1, 30):
        monkeypatch.setattr(seeking, "FEW", few)
        assert walk(topics.app, f"/topics?q={ASKED_FOR}&limit=4") == whole
        for limit in range(1, 30):
            assert topics.json(f"/topics?q={ASKED_FOR}&limit={limit}")["items"] == whole[:limit], (few, limit)


def indexed(texts: list[tuple[str, str]]) -> sqlite3.Connection:
    """An index of words that holds one topic, by its fields and texts."""
    made = sqlite3.connect(":memory:")
    made.execute(
        "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', columnsize=0, prefix='2 3 4', "
        "tokenize=\"ascii tokenchars '_'\")"
    )
    words = words_of("sqlite", "topics", held((FIELDS[field], text) for field, text in texts))
    made.execute("INSERT INTO search (rowid, tokens) VALUES (1, ?)", [words])
    return made


def published(texts: list[tuple[str, str]]) -> bytes:
    return END.join([*(text for _, text in texts), *(field for field, _ in texts)]).encode()


def assert_told(texts: list[tuple[str, str]], terms: tuple[Term, ...]) -> bool:
    found = indexed(texts).execute(
        "SELECT count(*) FROM search WHERE search MATCH ?", [match([terms], "topics", OWN, True)]
    )
    is_there = bool(found.fetchone()[0])
    assert is_own("topics", published(texts), terms) == is_there
    return is_there


@settings(deadline=None, max_examples=300)
@given(texts=st.lists(st.tuples(st.sampled_from(sorted(FIELDS)), TEXTS), max_size=5), asked=ASKED)
def test_where_words_stand_is_told_as_the_index_has_it(texts: list[tuple[str, str]], asked: list[str]) -> None:
    in_order = sorted(texts, key=lambda one: list(FIELDS).index(one[0]))
    assert_told(in_order, read_terms(" ".join(asked)))


def test_so_it_is_of_what_is_not_all_indexed() -> None:
    end = [("label", "lamp " * (TEXT // 5 + 1)), ("label", "oster")]
    assert not assert_told(end, read_terms("oster"))
    assert assert_told(end[1:], read_terms("oster"))
    behind = [("broader.name", "lamp " * (TEXT // 5 + 1)), ("label", "oster")]
    assert assert_told(behind, read_terms("oster"))  # what it refers to is more than is indexed, and comes last
    often = [("label", "lamp " * OFTEN + "lamp oster")]
    assert not assert_told(often, read_terms('"lamp oster"'))
    assert assert_told([("label", "lamp " * (OFTEN - 1) + "lamp oster")], read_terms('"lamp oster"'))
    assert assert_told(often, read_terms("lamp oster"))


def test_every_expression_of_a_class_is_within_the_first() -> None:
    texts = [("name", "lamp"), ("label", "oster"), ("broader.name", "veld")]
    index = indexed(texts)
    for asked, stands in (("lamp", 0), ("lamp oster", 1), ("lamp veld", 2)):
        found = [
            index.execute("SELECT count(*) FROM search WHERE search MATCH ?", [one]).fetchone()[0]
            for one in expressions([read_terms(asked)], "topics", True)
        ]
        assert found == [1, *(int(stands == n) for n in range(3))]


ORDERED = {
    "lamp 7 matter": "7",
    "matter lamp 7": "7",
    '"lamp was" 7 nur*': "7",
    "the lamp was absent": "absent",
    '"the absent" lamp was': "the",
    "lamp was matter": "lamp",
    "lamp 7": "lamp",  # of two words each is sought where the other stands
}


@pytest.fixture(scope="module")
def lamps(sqlite_maker: Maker) -> Iterator[Finder]:
    database = Database(sqlite_maker())
    load(database, [draft(speaker()), draft(talk(1, 150))])
    yield Finder(database)
    database.close()


@pytest.mark.parametrize("asked", ORDERED)
def test_the_rarest_of_several_words_is_looked_for_first(lamps: Finder, asked: str) -> None:
    for expression in lamps.expressions(KINDS["statements"], read_terms(asked)):
        first = re.search(r"\w+", expression.replace("¹", "").replace("²", ""))
        assert first is not None and first[0] == ORDERED[asked], expression
