"""Lines: every list as NDJSON and as CSV, whole or by the page, of one edition, safe in a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts import KINDS
from app.formats import flat
from app.formats.flat import Column
from app.http import listing
from app.store.columns import columns
from app.store.db import Database
from app.store.loading import load
from app.store.ordering import default
from tests.asked import LISTS, concrete, everything, kind_of
from tests.conftest import Client, drafts, renamed
from tests.world import world_texts

each = pytest.mark.parametrize("path", LISTS)
Rows = list[dict[str, str]]


def table(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows to a statement, so that every list takes several."""
    monkeypatch.setattr(listing, "CHUNK", 3)


def by_default(path: str) -> str:
    """The parameter that asks for a list's own order, where that is not the document's."""
    sort = default(kind_of(path))
    return "" if sort == "document" else f"&sort={sort}"


@each
def test_ndjson_is_the_bodies_a_line_each(path: str, client: Client) -> None:
    for address in concrete(path, everything(client)):
        bodies = client.json(f"{address}?limit=1000")["items"]
        answer = client.get(f"{address}?format=ndjson{by_default(path)}")
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert [json.loads(line) for line in answer.content.splitlines()] == bodies
        assert answer.content == b"".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                                          for one in bodies)  # fmt: skip


@each
def test_csv_is_a_row_for_each_body(path: str, client: Client) -> None:
    kind, address = kind_of(path), next(iter(concrete(path, everything(client))))
    bodies = client.json(f"{address}?limit=1000")["items"]
    answer = client.get(f"{address}?format=csv{by_default(path)}")
    rows = table(answer.content)
    assert [row["id"] for row in rows] == [body["id"] for body in bodies]
    assert answer.content.splitlines()[0].decode().split(",") == [column.name for column in columns(kind)]
    for row, body in zip(rows, bodies, strict=True):
        assert (row["type"], row["path"], row["revision"]) == (body["type"], body["path"], str(body["revision"]))
        assert not any(re.match(r"\{|\[[\[{\"]", value) for value in row.values())
        if body["citations"]:
            first = body["citations"][0]
            cited = "citation_sha256" if "citation_sha256" in row else "sha256"
            assert (row["document"], row[cited], row["citation_path"]) == tuple(
                first[name] for name in ("document", "sha256", "path")
            )


def test_what_is_said_stands_apart_from_our_words(client: Client) -> None:
    rows = {row["id"]: row for row in table(client.get("/statements?format=csv").content)}
    bodies = {body["id"]: body for body in client.json("/statements?limit=1000")["items"]}
    assert any(row["quotation"] for row in rows.values())
    for id, row in rows.items():
        assert row["quotation"] == " … ".join(one["text"] for one in bodies[id]["quotations"])
        assert row["paraphrase"] == (bodies[id]["paraphrase"] or "")
        assert (row["may_quote"] == "true") == bool(row["quotation"])
        assert row["topics"] == ";".join(one["id"] for one in bodies[id]["topics"])
        speaker = bodies[id]["speaker"] or {"id": "", "name": ""}
        assert (row["speaker_id"], row["speaker"]) == (speaker["id"], speaker["name"])
        date = bodies[id]["date"]
        assert (row["date"], row["date_earliest"], row["date_how"]) == (
            date["edtf"] or "", date["earliest"] or "", date["how"],
        )  # fmt: skip


def test_the_columns_of_a_kind_are_always_the_same() -> None:
    names = {kind.name: [column.name for column in columns(kind)] for kind in KINDS.values()}
    for columns_of in names.values():
        assert columns_of[:4] == ["type", "id", "name", "path"]
        assert len(set(columns_of)) == len(columns_of)
    spending = ["ref_area_label", "ref_area_includes", "obs_value", "amount", "derived_value", "comparison_value"]
    assert set(spending) <= set(names["spending"])
    assert {"quotation", "paraphrase", "speaker_id", "speaker", "attribution_as_printed"} <= set(names["statements"])
    assert {"sentence", "start", "end", "citation_start"} <= set(names["mentions"])


def test_head_of_what_streams_is_no_fault(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    got, head = (client.request(method, "/mentions?format=ndjson") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    assert not caplog.records


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@each
def test_a_whole_list_comes_as_it_was_loaded(path: str, form: str, client: Client) -> None:
    """Its lines are those of the list in any other order, and what was written later comes later."""
    for address in concrete(path, everything(client)):
        lines = client.get(f"{address}?format={form}").content.splitlines()
        assert sorted(lines) == sorted(client.get(f"{address}?format={form}&sort=-id").content.splitlines())
        if form == "ndjson" and by_default(path) and path.count("/") == 1:
            editions = [json.loads(line)["edition"] for line in lines]
            assert editions == sorted(editions)


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_a_page_of_lines_leads_to_the_next(form: str, client: Client) -> None:
    head = 1 if form == "csv" else 0
    whole = client.get(f"/mentions?format={form}").content.splitlines(keepends=True)
    onward: str | None = f"/mentions?format={form}&limit=7"
    walked: list[bytes] = []
    while onward:
        answer = client.get(onward)
        lines = answer.content.splitlines(keepends=True)
        assert lines[:head] == whole[:head]
        walked += lines[head:]
        found = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        onward = found[1] if found else None
    assert walked == whole[head:]


def test_filters_order_and_fields_hold_in_lines(client: Client) -> None:
    lines = client.get("/statements?format=ndjson&may_quote=true&sort=id&fields=id,speaker.name").content.splitlines()
    items = client.json("/statements?may_quote=true&sort=id&fields=id,speaker.name&limit=1000")["items"]
    assert [json.loads(line) for line in lines] == items
    found = client.get("/statements?q=harbour&format=ndjson").content.splitlines()
    assert [json.loads(one) for one in found] == client.json("/statements?q=harbour&limit=1000")["items"]
    assert client.get("/statements?speaker=nobody&format=ndjson").content == b""
    assert len(table(client.get("/statements?speaker=nobody&format=csv").content)) == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [("format=csv&fields=id", "fields"), ("format=csv&count=true", "count"), ("format=ndjson&facets=basis", "facets"),
     ("format=xml", "format"), ("format=csv&format=csv", "format")],
)  # fmt: skip
def test_what_lines_have_no_place_for_is_refused(query: str, name: str, client: Client) -> None:
    refused = client.get(f"/statements?{query}")
    assert (refused.status_code, [one["parameter"] for one in refused.json()["errors"]]) == (422, [name])


def test_each_form_has_its_tag(client: Client) -> None:
    answers = [client.get(f"/people?format={form}") for form in ("json", "ndjson", "csv")]
    tags = [answer.headers["etag"] for answer in answers]
    assert len(set(tags)) == 3
    for form, tag in zip(("json", "ndjson", "csv"), tags, strict=True):
        again = client.get(f"/people?format={form}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        head = client.request("HEAD", f"/people?format={form}")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


def test_what_streams_is_of_one_edition(fresh: Database, client_of: Callable[..., Client]) -> None:
    load(fresh, drafts(), world_texts())
    client = client_of(fresh)
    desk = client.app.front.desk
    answer = desk.answer("GET", "/people", b"format=ndjson", {})
    load(fresh, [renamed(drafts()[0])], world_texts())
    lines = (answer.body + b"".join(answer.parts)).splitlines()
    assert [json.loads(line) for line in lines] == client.json("/people?as_of=1&limit=1000")["items"]
    assert not any(b" the Elder" in line for line in lines)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_would_be_run_is_not(text: str) -> None:
    columns_of = [Column("text", lambda body: body["text"]), Column("number", lambda body: body["number"], Decimal)]
    made = flat.head(columns_of) + flat.row(columns_of, {"text": text, "number": "-7.5"})
    assert table(made) == [{"text": f"'{text}", "number": "-7.5"}]


@pytest.mark.parametrize("text", ['a "b", c', "two\nlines", "007", "", "  x ", "é 🏮", "a;b", "'"])
def test_text_reads_back(text: str) -> None:
    columns_of = [Column("text", lambda body: body["text"])]
    lines = [flat.row(columns_of, {"text": one}) for one in (text, None)]
    made = flat.head(columns_of) + b"".join(lines)
    assert table(made) == [{"text": text}, {"text": ""}]


@given(st.lists(st.text("a,;\"'\r\n \0é", max_size=4), min_size=1, max_size=4))
def test_a_line_is_what_the_library_writes(cells: list[str]) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    assert flat.head([Column(cell, str) for cell in cells]) == written.getvalue().encode()
