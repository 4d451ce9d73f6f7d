"""Accept: an address answers in a form that it has, or says which ones those are (faults.md F-A11)."""

import pytest

from app.facts import KINDS
from tests.conftest import Client

DOCUMENT, TEXT = "/documents/lantern-talks-2031-05", "/documents/lantern-talks-2031-05/text"
JSON = ["/search", "/statements/quill-lights", "/editions", f"{DOCUMENT}/coverage",
        f"{DOCUMENT}/history", "/bundles/lantern-talks-2031-05",
        "/compare?document=lantern-talks-2031-05,farrow-visit-2031-06"]  # fmt: skip
VARY = "Accept, Accept-Encoding"
LINES = ["application/json", "application/x-ndjson", "text/csv"]
LISTS = [*(f"/{kind}" for kind in KINDS), "/people/ada-quill/mentions"]
FORMS = {TEXT: ["text/plain"], "/changes": ["application/json", "application/atom+xml"]}
FITS = [
    "",
    "*/*",
    "application/json",
    "text/html, application/*;q=0.1",
    "application/json;charset=utf-8",
    "Application/JSON",
    "text/html, " * 30 + "application/json",
]
FAILS = ["text/html", "*/*;q=0", "application/json;q=0", "application/*;q=0, */*", "image/*, text/csv", "nonsense"]


@pytest.mark.parametrize("path", JSON)
def test_what_is_json_is_answered_as_json_or_not_at_all(client: Client, path: str) -> None:
    for accept in FITS:
        assert client.get(path, headers={"accept": accept}).headers["content-type"] == "application/json", accept
    for accept in FAILS:
        refused = client.get(path, headers={"accept": accept})
        assert (refused.status_code, refused.headers["content-type"]) == (406, "application/problem+json"), accept
        told = refused.json()
        assert (told["type"], told["available"]) == ("/problems/not-acceptable", ["application/json"])
        assert client.get(told["try"]).is_success


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_to_be_had_in_lines_too(client: Client, path: str) -> None:
    for accept in FITS:
        answer = client.get(path, headers={"accept": accept})
        assert (answer.headers["content-type"], answer.headers["vary"]) == ("application/json", VARY), accept
    for form in LINES:
        found = client.get(path, headers={"accept": f"{form}, application/json;q=0.5"})
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, form)
        assert found.headers["vary"] == VARY
    refused = client.get(path, headers={"accept": "text/html"})
    assert (refused.status_code, refused.json()["available"], refused.headers["vary"]) == (406, LINES, "Accept")
    named = client.get(f"{path}?format=csv", headers={"accept": "text/html"})
    assert (named.status_code, named.headers["content-type"].partition(";")[0]) == (200, "text/csv")


def test_each_form_is_named_and_had_by_its_name(client: Client) -> None:
    for path, forms in FORMS.items():
        assert client.get(path, headers={"accept": "image/png"}).json()["available"] == forms
    for form in FORMS["/changes"]:
        found = client.get("/changes", headers={"accept": form})
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, form)
    told = client.get(TEXT, headers={"accept": "text/*"})
    assert (told.status_code, told.json()["type"]) == (404, "/problems/text-not-held")


def test_a_form_that_the_request_names_goes_before_accept(client: Client) -> None:
    for form, media in (("json", "application/json"), ("atom", "application/atom+xml")):
        found = client.get(f"/changes?format={form}", headers={"accept": "text/html"})
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, media)


def test_what_is_not_there_is_told_before_its_form(client: Client) -> None:
    assert client.get("/statement", headers={"accept": "text/html"}).status_code == 404
    assert client.get("/statements?speeker=x", headers={"accept": "text/html"}).status_code == 422


def test_who_is_refused_the_changes_may_ask_in_another_form(client: Client) -> None:
    assert client.get("/changes", headers={"accept": "text/html"}).headers["vary"] == "Accept"
