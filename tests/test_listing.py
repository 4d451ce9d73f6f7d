"""What a list can do beside filtering: count, divide, shorten, and say what it matched through."""

from collections import Counter
from typing import Any

import pytest

from app.facts import KINDS
from app.facts.lists import MEETINGS
from app.store.db import Database
from app.store.faceting import facetable
from app.store.selecting import THROUGH
from tests.asked import everything, filters_of, query, values_for
from tests.conftest import Client

EVERYTHING = "limit=1000"


def at(body: dict[str, Any], name: str) -> Any:
    """A reference's id, or a plain value."""
    value = body[name]
    return value["id"] if isinstance(value, dict) else value


@pytest.mark.parametrize("kind", KINDS)
def test_a_count_is_the_number_of_items(client: Client, kind: str) -> None:
    page = client.json(f"/{kind}?count=true&{EVERYTHING}")
    assert page["count"] == {"value": len(page["items"]), "relation": "eq"}
    assert "count" not in client.json(f"/{kind}")


def test_a_count_stops_at_its_limit(world: Database, client_of: Any) -> None:
    client = client_of(world, count_max=3)
    assert client.json("/mentions?count=true&limit=1")["count"] == {"value": 3, "relation": "gte"}
    assert client.json("/people?ids=ada-quill&count=true")["count"] == {"value": 1, "relation": "eq"}


@pytest.mark.parametrize(
    ("kind", "facet", "field"),
    [
        ("statements", "speaker", "speaker"),
        ("statements", "directness", "directness"),
        ("statements", "may_quote", "may_quote"),
        ("attendees", "status", "status"),
        ("events", "status", "status"),
        ("mentions", "form", "form"),
        ("mentions", "entity", "entity"),
        ("caveats", "decision", "decision"),
        ("places", "basis", "basis"),
    ],
)
def test_a_facet_divides_the_list(client: Client, kind: str, facet: str, field: str) -> None:
    page = client.json(f"/{kind}?facets={facet}&{EVERYTHING}")
    values = (item[field]["value"] if field == "decision" else at(item, field) for item in page["items"])
    expected = Counter({True: "true", False: "false"}.get(value, value) for value in values if value is not None)
    assert {one["value"]: one["count"] for one in page["facets"][facet]} == dict(expected)
    counts = [one["count"] for one in page["facets"][facet]]
    assert counts == sorted(counts, reverse=True)


def test_facets_of_relations_count_facts_once_and_name_what_they_count(client: Client) -> None:
    page = client.json(f"/statements?facets=topic,caveat,document&{EVERYTHING}")
    names = {topic["id"]: topic["name"] for topic in client.json(f"/topics?{EVERYTHING}")["items"]}
    assert all(one["name"] == names[one["value"]] for one in page["facets"]["topic"])
    assert {topic["id"] for item in page["items"] for topic in item["topics"]} <= {
        one["value"] for one in page["facets"]["topic"]
    }
    kinds = Counter(kind for item in page["items"] for kind in {caveat["kind"] for caveat in item["caveats"]})
    assert {one["value"]: one["count"] for one in page["facets"]["caveat"]} == dict(kinds)
    assert sum(one["count"] for one in page["facets"]["document"]) >= len(page["items"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_facet_tells_how_long_the_list_would_be(client: Client, kind: str) -> None:
    """What lies within a place or topic counts for it, and every kind of meeting for `meeting`."""
    facets = client.json(f"/{kind}?facets={','.join(facetable(KINDS[kind]))}&limit=1")["facets"]
    told = {(name, one["value"]): one["count"] for name, values in facets.items() for one in values}
    assert told
    for (name, value), count in told.items():
        asked = client.json(f"/{kind}?{query(**{name: value})}&count=true&limit=1")
        assert asked["count"]["value"] == count, (name, value)
    whole = client.json(f"/{kind}?{EVERYTHING}")["items"]
    assert max(told.values()) <= len(whole)


def test_a_document_asked_for_is_counted_once_and_named(client: Client) -> None:
    asked = "/statements?document=lantern-talks-2031-05&facets=document&limit=1&count=true"
    page = client.json(asked)
    (own,) = [one for one in page["facets"]["document"] if one["value"] == "lantern-talks-2031-05"]
    assert own["count"] == page["count"]["value"] > 0
    assert own["name"] == client.json("/documents/lantern-talks-2031-05")["name"]


def test_facets_of_hierarchies_show_what_is_wider(seeded: Client) -> None:
    events = seeded.json("/events?facets=kind,place&limit=1")["facets"]
    kinds, places = ({one["value"]: one["count"] for one in events[name]} for name in ("kind", "place"))
    own = seeded.json(f"/events?{EVERYTHING}&fields=kind")["items"]
    assert kinds["meeting"] == sum(one["kind"] in MEETINGS for one in own) > kinds["ministerial"] > 0
    assert places["germany"] == places["munich"] > 0
    assert places["brussels"] > places["nato-headquarters"] > 0


def test_a_facet_counts_what_the_filters_keep_and_shows_zeros_of_what_was_asked(client: Client) -> None:
    page = client.json("/statements?speaker=ada-quill,jon-reyes&may_quote=true&facets=speaker,may_quote")
    counts = {one["value"]: one["count"] for one in page["facets"]["speaker"]}
    assert counts == {"ada-quill": len(page["items"]), "jon-reyes": 0}
    assert page["facets"]["may_quote"] == [
        {"value": "true", "name": "true", "count": len(page["items"]), "relation": "eq"}
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_facet_of_every_kind_answers(client: Client, kind: str) -> None:
    names = facetable(KINDS[kind])
    facets = client.json(f"/{kind}?facets={','.join(names)}&limit=1")["facets"]
    assert set(facets) == set(names)


def test_fields_keep_what_is_asked(client: Client) -> None:
    whole = client.json(f"/statements?{EVERYTHING}")["items"]
    cut = client.json(f"/statements?fields=id,date.edtf,quotations.citation.start,topics&{EVERYTHING}")["items"]
    assert cut == [
        {
            "id": item["id"],
            "quotations": [{"citation": {"start": one["citation"]["start"]}} for one in item["quotations"]],
            "date": {"edtf": item["date"]["edtf"]},
            "topics": item["topics"],
        }
        for item in whole
    ]


def test_a_whole_field_wins_over_a_part_of_it(client: Client) -> None:
    whole = client.json("/events/lantern-talks")
    assert client.json("/events/lantern-talks?fields=date.edtf,date") == {"date": whole["date"]}
    assert client.json("/events/lantern-talks?fields=date,date.edtf") == {"date": whole["date"]}


def test_compact_has_no_nulls_paths_or_bookkeeping(client: Client) -> None:
    def walked(value: Any) -> Any:
        yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from walked(inner)

    page = client.json(f"/statements?fields=compact&{EVERYTHING}")
    for part in walked(page["items"]):
        assert part is not None
        if isinstance(part, dict):
            assert not part.keys() & {"path", "revision", "edition", "record_status", "sha256"}
    (shown,) = [item for item in page["items"] if item["id"] == "quill-border"]
    whole = client.json("/statements/quill-border")
    first = whole["citations"][0]
    assert shown["speaker"] == "ada-quill"
    assert shown["citations"][0] == f"{first['document']}#{first['sentence']}:{first['start']}-{first['end']}"
    assert client.json("/statements/quill-border?fields=compact") == shown


@pytest.mark.parametrize(
    ("target", "parameter", "nearest"),
    [
        ("/statements?fields=paraphase", "fields", "paraphrase"),
        ("/statements/quill-border?fields=date.edft", "fields", "date.edtf"),
        ("/statements?facets=speakr", "facets", "speaker"),
        ("/statements?fields=id,compact", "fields", None),
        ("/statements?count=yes", "count", None),
        ("/attendees?country=no", "country", "NO"),
    ],
)
def test_wrong_names_are_refused_with_the_nearest(
    client: Client, target: str, parameter: str, nearest: str | None
) -> None:
    answer = client.get(target)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["parameter"], fault.get("nearest")) == (parameter, nearest)


def test_a_set_in_brackets_is_one_value(seeded: Client) -> None:
    assert seeded.json("/spending?time_period=[2023,2024]")["empty"]["reason"] in ("nothing_recorded", "not_stated")
    ids = seeded.ids("/spending?time_period=2023,2024")
    assert ids and seeded.ids("/spending?time_period=[2023,2024],2023,2024") == ids


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_document_says_is_left_out_with_the_other_bases(seeded: Client, kind: str) -> None:
    """A match through an external value is none where `basis` leaves external out."""
    bodies = everything(seeded)
    for name in [name for name in filters_of(KINDS[kind]) if name in THROUGH]:
        tried = 0
        for value in values_for(KINDS[kind], name, bodies):
            asked = f"/{kind}?{EVERYTHING}&{query(**{name: value})}"
            expected = [
                body["id"]
                for body in seeded.json(asked)["items"]
                if body["basis"] != "external"
                and not any(
                    one["filter"] == name for one in seeded.json(f"{asked}&ids={body['id']}").get("matched_through", [])
                )
            ]
            assert seeded.ids(f"{asked}&basis=stated,inferred,derived") == expected, (name, value)
            assert len(seeded.ids(f"{asked}&basis=stated,inferred,derived,external")) >= len(expected)
            tried += 1
        assert tried


def test_sentences_show_the_fields_asked_for(seeded: Client) -> None:
    coverage = "/documents/nato-ministers-2025-02/coverage"
    assert seeded.json(f"{coverage}?fields=sentence,facts.id")["items"] == [
        {"sentence": one["sentence"], "facts": [{"id": fact["id"]} for fact in one["facts"]]}
        for one in seeded.json(coverage)["items"]
    ]
    sentence = seeded.json("/documents/nato-ministers-2025-02/sentences/6.1?fields=compact")
    assert "path" not in sentence and all(isinstance(fact, str) for fact in sentence["facts"])
    assert seeded.get(f"{coverage}?fields=sentense").json()["errors"][0]["nearest"] == "sentence"


def test_what_matched_through_an_external_value_says_so(client: Client) -> None:
    page = client.json("/attendees?country=NO")
    assert page["items"]
    assert [(one["filter"], one["basis"]) for one in page["matched_through"]] == [("country", "external")]
    (source,) = {one["source"] for one in page["matched_through"]}
    assert source == client.json("/organisations/government-of-norway")["external"]["country"]
    assert "matched_through" not in client.json("/attendees?status=attended")


@pytest.mark.parametrize(
    ("target", "filters"),
    [
        ("/places?within=france", ["within"]),  # Paris, by a gazetteer only
        ("/events?place=germany", ["place"]),  # Munich, likewise
        ("/events?place=germany,munich", []),  # Munich itself was asked for, too
        ("/statements?place=brussels", []),  # made at the headquarters, which the report puts in Brussels
        ("/statements?place=nato-headquarters", []),
        ("/statements?speaker_country=US&place=brussels", ["speaker_country"]),
    ],
)
def test_only_the_steps_up_to_the_place_asked_for_count(seeded: Client, target: str, filters: list[str]) -> None:
    page = seeded.json(target)
    assert page["items"]
    assert [one["filter"] for one in page.get("matched_through", [])] == filters


def test_a_place_asked_for_itself_did_not_match_through_anything(client: Client) -> None:
    (event,) = client.json("/events?ids=lantern-talks-may-2031")["items"]
    assert "matched_through" not in client.json(f"/events?ids={event['id']}&place={event['place']['id']}")


def test_mentions_of_a_record_are_the_mentions_that_refer_to_it(client: Client) -> None:
    for address in ("people/ada-quill", "places/veld", "organisations/lantern-pact", "events/lantern-talks-may-2031"):
        kind, _, id = address.partition("/")
        found = client.ids(f"/{address}/mentions?{EVERYTHING}")
        every = client.json(f"/mentions?{EVERYTHING}")["items"]
        assert found == [one["id"] for one in every if one["entity"]["path"] == f"/{kind}/{id}"]
    assert client.get("/people/ada-quill/mentions?entity=bram-oster").status_code == 422
    missing = client.get("/people/ada-quil/mentions")
    assert missing.status_code == 404
    assert missing.json()["nearest"] == ["/people/ada-quill"]


@pytest.mark.parametrize(
    ("asked", "facet"),
    [
        ("attendees?basis=stated,inferred", "country"),
        ("attendees?basis=stated,inferred", "place"),
        ("events?basis=stated,inferred", "place"),
        ("places?basis=stated,inferred", "within"),
        ("statements?sentence=3.1", "document"),
        ("caveats?sentence=3.1", "document"),
    ],
)
def test_a_facet_is_what_the_list_would_have_with_it(client: Client, asked: str, facet: str) -> None:
    for one in client.json(f"/{asked}&facets={facet}&limit=1")["facets"][facet]:
        assert one["count"] == client.json(f"/{asked}&{facet}={one['value']}&count=true&limit=1")["count"]["value"]
