"""A query string becomes a query, or all that is wrong with it: decoding, lists, days, editions, names, the nearest."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.facts import KINDS
from app.facts.lists import MEETINGS
from app.http.asking import Asked, ask, encode, pairs
from app.http.parameters import Named
from app.settings import Settings
from app.store.db import Database
from app.store.loading import load
from tests.asked import query
from tests.conftest import Client, drafts
from tests.loads import draft

SETTINGS = Settings(limit_max=200, values_max=4)


def asked(text: str | bytes, kind: str = "statements") -> Asked:
    raw = text if isinstance(text, bytes) else text.encode()
    return ask(KINDS[kind].query, raw, SETTINGS)


def faults(text: str | bytes, kind: str = "statements") -> list[dict[str, Any]]:
    with pytest.raises(Invalid) as caught:
        asked(text, kind)
    found: list[dict[str, Any]] = caught.value.members["errors"]
    return found


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", []),
        (b"a=b", [("a", "b")]),
        (b"a=b=c&d", [("a", "b=c"), ("d", "")]),
        (b"a+b=c+d%20e", [("a b", "c d e")]),
        (b"a=%2B%26%3D%25", [("a", "+&=%")]),
        (b"a=%e2%82%AC", [("a", "€")]),
        ("a=€".encode(), [("a", "€")]),
        (b"a=1&a=2&a=1", [("a", "1"), ("a", "2"), ("a", "1")]),
        (b"%61=1;b=2", [("a", "1;b=2")]),
        (b"a=1&&b=2", [("a", "1"), ("", ""), ("b", "2")]),
    ],
)
def test_decoding(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert pairs(raw) == expected


@pytest.mark.parametrize("raw", [b"a=%", b"a=%4", b"a=%zz", b"%=1", b"a=%ff", b"a=\xff", b"a=%c0%ae", b"a=%ed%a0%80"])
def test_what_is_no_percent_encoded_utf8_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        pairs(raw)
    assert "%25" in str(caught.value) or "UTF-8" in str(caught.value)


@pytest.mark.parametrize("raw", [b"a=%00", b"a=\x00", b"%00=1"])
def test_nul_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid, match="NUL"):
        pairs(raw)


@pytest.mark.parametrize("raw", [b"m%65=%00", b"me=%ff", b"me=%"])
def test_a_value_that_is_refused_is_told_by_its_parameter(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        pairs(raw)
    assert str(caught.value).startswith("me: ")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_what_is_encoded_is_decoded(given_pairs: list[tuple[str, str]]) -> None:
    assert pairs(encode(given_pairs).encode("ascii")) == given_pairs


@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_are_no_parameters_of_ours(raw: bytes) -> None:
    assert faults(raw)


def test_a_list_is_by_commas_or_repeats_each_value_once() -> None:
    expected = ("warns", "says")
    for text in ("act=warns,says", "act=warns&act=says", "act=warns,says,warns&act=says", "act=warns%2Csays"):
        assert asked(text).values == {"act": expected}


@pytest.mark.parametrize("text", ["act=", "act", "act=,", "act=warns,,says", "act=,warns", "act=warns,", "on="])
def test_an_empty_value_is_refused(text: str) -> None:
    assert [one["parameter"] for one in faults(text)] == [text.partition("=")[0]]


def test_one_value_is_not_given_twice() -> None:
    for name, value in (("limit", "5"), ("sort", "id"), ("on", "2031-05-04"), ("hedged", "true"), ("as_of", "1")):
        assert faults(f"{name}={value}&{name}={value}") == [{"parameter": name, "message": "is given more than once"}]


def test_too_many_values_are_refused_whatever_each_stands_for() -> None:
    assert len(asked("mentions=a,b&mentions=c,d").values["mentions"]) > SETTINGS.values_max
    assert asked("kind=meeting,talks,visit,other", "events").values["kind"][-2:] == ("visit", "other")
    for text in ("mentions=a,b,c&mentions=d,e", "mentions=a,a,a,a,a", "act=says,warns,asks,says,says"):
        assert "has 5 values, more than 4" in faults(text)[0]["message"]


@pytest.mark.parametrize("value", ["1", "0", "True", "TRUE", "yes", " true", "t", "null"])
def test_yes_and_no_are_true_and_false_only(value: str) -> None:
    assert [asked(f"hedged={one}").values["hedged"] for one in ("true", "false")] == [(True,), (False,)]
    assert "true, false" in faults(f"hedged={value}")[0]["message"]


NO_DAYS = [
    "2031",
    "2031-05",
    "2031-5-4",
    "2031-02-29",
    "2031-13-01",
    "0000-01-01",
    "20310504",
    "2031-W18-7",
    "٢٠٣١-٠٥-٠٤",
    "12031-05-04",
    "today",
]


@pytest.mark.parametrize("value", [*NO_DAYS, " 2031-05-04", "2031-05-04 ", "2031-05-04T00:00:00Z", "1935100800"])
def test_what_is_no_day_is_refused(value: str) -> None:
    for name in ("from", "to", "on"):
        assert [one["parameter"] for one in faults(query(**{f"{name}_": value}))] == [name]


def test_days() -> None:
    found = asked("from=2028-02-29&to=2031-05-04&on=2030-01-01").values
    assert found == {"from": ("2028-02-29",), "to": ("2031-05-04",), "on": ("2030-01-01",)}
    assert asked("from=2031-05-04&to=2031-05-04").values["to"] == ("2031-05-04",)
    assert faults("from=2031-05-05&to=2031-05-04")[0]["message"] == "is before `from`"


@pytest.mark.parametrize("value", ["1", "200"])
def test_limits_that_are_taken(value: str) -> None:
    assert asked(f"limit={value}").limit == int(value)


NO_LIMITS = ["0", "-1", "201", "1e0", "+1", "%2B1", "%201", "1%20", "01", "1.0", "1_0", "٣", "²", "0x1", "one"]


@pytest.mark.parametrize("value", [*NO_LIMITS, "9" * 5000])
def test_limits_that_are_refused(value: str) -> None:
    assert [one["parameter"] for one in faults(f"limit={value}")] == ["limit"]


def test_defaults() -> None:
    found = asked("")
    assert (found.values, found.sort, found.limit, found.cursor, found.as_of) == ({}, "-date", 50, None, None)
    assert asked("", "caveats").sort == asked("", "mentions").sort == "document"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0),
        ("17", 17),
        ("2024-02-29T01:02:03Z", "2024-02-29T01:02:03.000000Z"),
        ("2024-02-29T01:02:03.5Z", "2024-02-29T01:02:03.500000Z"),
    ],
)
def test_as_of(value: str, expected: int | str) -> None:
    assert asked(f"as_of={value}").as_of == expected


NO_EDITIONS = [
    "01",
    "-1",
    "99999999999",
    "2024-02-29",
    "2024-02-30T00:00:00Z",
    "2024-02-29T01:02:03",
    "2024-02-29t01:02:03z",
    "now",
    "٢",
]
NO_INSTANTS = [
    "2024-02-29T01:02:03%2B00:00",
    "2024-02-29T25:00:00Z",
    "2024-02-29T01:02:03.1234567Z",
    "2024-02-29T01:02Z",
]


@pytest.mark.parametrize("value", NO_EDITIONS + NO_INSTANTS)
def test_as_of_that_is_neither_edition_nor_instant(value: str) -> None:
    assert "neither an edition" in faults(f"as_of={value}")[0]["message"]


def test_as_of_later_than_now() -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    assert faults(f"as_of={soon}")[0]["message"] == "is later than now"


def test_an_entity_is_an_id_a_path_or_a_name() -> None:
    assert asked("speaker=ada-quill").values["speaker"] == ("people/ada-quill", "organisations/ada-quill")
    assert asked("speaker=people/ada-quill").values["speaker"] == ("people/ada-quill",)
    assert asked("speaker=Ada+Quill").values["speaker"] == (Named(("people", "organisations"), "Ada Quill"),)
    assert asked("speaker=Fleet/Veld").values["speaker"] == (Named(("people", "organisations"), "Fleet/Veld"),)
    assert "people, organisations" in faults("speaker=places/veld")[0]["message"]
    assert "longer" in faults(f"speaker={'A' * 201}")[0]["message"]


def test_a_wider_value_stands_for_all_within_it() -> None:
    assert asked("kind=meeting", "events").values["kind"] == MEETINGS
    assert set(asked("kind=visit,meeting", "events").values["kind"]) == {"visit", *MEETINGS}


@pytest.mark.parametrize(
    ("text", "parameter", "nearest"),
    [
        ("speker=x", "speker", "speaker"),
        ("SPEAKER=x", "SPEAKER", "speaker"),
        ("Limit=1", "Limit", "limit"),
        ("asof=1", "asof", "as_of"),
        ("zzzzzz=1", "zzzzzz", None),
        ("act=warn", "act", "warns"),
        ("act=WARNS", "act", "warns"),
        ("sort=dates", "sort", "date"),
        ("act=qqqq", "act", None),
    ],
)
def test_the_nearest_is_named(text: str, parameter: str, nearest: str | None) -> None:
    assert [(one["parameter"], one.get("nearest")) for one in faults(text)] == [(parameter, nearest)]


def test_every_fault_is_named_but_no_more_than_twenty() -> None:
    found = faults("limit=x&on=y&hedged=z&nobody=1&act=says&limit=2")
    assert [one["parameter"] for one in found] == ["limit", "on", "hedged", "nobody"]
    assert len(faults("&".join(f"nobody{number}={'x' * 3000}" for number in range(4000)))) == 20
    assert all(len(one.get("value", "")) <= 100 for one in faults("act=" + "x" * 5000))


def test_a_name_that_one_has_is_that_one(client: Client) -> None:
    person = client.json("/people?limit=1")["items"][0]
    expected = client.ids(f"/mentions?entity={person['id']}")
    assert expected
    for name in (person["name"], person["name"].upper(), person["name"].lower(), person["name"].replace("a", "ä")):
        assert client.ids(f"/mentions?{query(entity=name)}") == expected


def test_a_name_that_several_have_is_refused_with_all_of_them(
    fresh: Database, client_of: Callable[..., Client]
) -> None:
    raw = json.loads(drafts()[0].content)
    raw["topics"] += [{"id": "watch", "label": "Harbour watch"}, {"id": "wa-tch", "label": "HARBOUR WÁTCH"}]
    load(fresh, [draft(raw)])
    refused = client_of(fresh).get(f"/statements?{query(topic='harbour watch')}")
    assert refused.status_code == 422
    assert "topics/watch, topics/wa-tch" in refused.json()["errors"][0]["message"]
    assert refused.json()["errors"][0]["parameter"] == "topic"


def test_an_edition_before_the_first_is_not_there(client: Client) -> None:
    for as_of in ("0", "2001-01-01T00:00:00Z", "2147483648"):
        for path in ("/statements", f"/statements/{client.ids('/statements')[0]}"):
            assert client.get(f"{path}?as_of={as_of}").status_code == 404


def test_an_instant_is_the_edition_that_was_current(client: Client) -> None:
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert client.json(f"/people?as_of={now}")["edition"] == client.json("/people")["edition"]
