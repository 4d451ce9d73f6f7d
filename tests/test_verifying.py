"""Verifying: each verdict of the closed lists, whose words they are said to be, the limits, and nothing kept."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from app.http.verifying import PATH, SHORT_MAX, TEXT_MAX
from app.store.db import Database
from app.store.loading import load
from app.store.reading import read
from tests.conftest import Client, client_for
from tests.verify import HERE, cases, judged, misses, verified
from tests.world import further_bundles, further_texts, world_bundles, world_texts

SHIPPED, BUILT = cases("seed.json"), cases("build.json")
QUILL = "We cannot keep the lights on with promises"
TEXTS = {name: data.decode() for name, data in (world_texts() | further_texts()).items()}


@pytest.fixture(scope="module")
def told(empty: Any) -> Any:
    """A client of the invented world's four reports."""
    database = Database(empty())
    for file, content in [*world_bundles(), *further_bundles()]:
        load(database, [read(content, file)])
    made = client_for(database)
    database.close()
    yield made
    made.close()


def one(client: Client, text: str, **more: Any) -> dict[str, Any]:
    """The verdict on the first quotation of a text."""
    found: dict[str, Any] = verified(client, {"text": text, **more})["quotations"][0]
    return found


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: f"{case['id']}-{case['expect']['verdict']}")
def test_each_verdict_on_the_shipped_facts(case: dict[str, Any], seeded: Client) -> None:
    assert list(misses(case, judged(seeded, case, {}))) == []


@pytest.mark.parametrize("case", BUILT, ids=lambda case: case["id"])
def test_each_case_of_the_invented_reports(case: dict[str, Any], told: Client) -> None:
    assert list(misses(case, judged(told, case, TEXTS))) == []


@pytest.fixture(scope="module")
def apart(empty: Any) -> Callable[[bool], Client]:
    """Makes a client of the reports that the held-out cases are about, with their texts held or not."""

    def make(keeps: bool) -> Client:
        database = Database(empty())
        for path in sorted((HERE / "heldout").glob("*.json")):
            load(
                database,
                [read(path.read_bytes(), path.name)],
                {path.stem: path.with_suffix(".txt").read_bytes()},
                keeps,
            )
        made = client_for(database)
        database.close()
        return made

    return make


@pytest.mark.parametrize(("keeps", "missed"), [(False, 2), (True, 3)])
def test_the_held_out_cases_are_judged_as_well_as_is_told(
    keeps: bool, missed: int, apart: Callable[[bool], Client]
) -> None:
    """Written by somebody who did not know how drafts are judged; the README tells the figures of the first time."""
    client = apart(keeps)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (HERE / "heldout").glob("*.txt")}
    told: Counter[tuple[str, str, str]] = Counter()
    wrong = 0
    for case in cases("heldout.json"):
        item = judged(client, case, texts)
        told[case["kind"], case["expect"]["verdict"], item["verdict"] if item else "none"] += 1
        wrong += bool(list(misses(case, item)))
    client.close()
    for verdict in ("exact", "altered"):
        right = told["quotation", verdict, verdict]
        asked = sum(count for (kind, one, _), count in told.items() if (kind, one) == ("quotation", verdict))
        given = sum(count for (kind, _, one), count in told.items() if (kind, one) == ("quotation", verdict))
        assert right / asked > 0.98
        assert right / given > 0.98
    assert wrong <= missed


def test_the_shipped_cases_have_every_verdict() -> None:
    had = {(case["kind"], case["expect"]["verdict"]) for case in SHIPPED}
    lists = {
        "quotation": "exact altered fragment paraphrase_only other_speaker not_speech not_found",
        "figure": "same rounded differs approximation_lost other_period other_coverage derived_only not_found",
        "claim": "hedge_dropped negation_differs speaker_differs figure_differs consistent not_judged",
    }
    assert had == {(kind, verdict) for kind, verdicts in lists.items() for verdict in verdicts.split()}


@pytest.mark.parametrize(
    ("draft", "form", "speaker"),
    [
        ("“{}”, Ada Quill said.", "name", "ada-quill"),
        ("Quill said: “{}.”", "name", "ada-quill"),
        ("“{},” said the Secretary General.", "role", "ada-quill"),
        ("“{},” the pact’s Secretary General, Ada Quill, told reporters.", "name", "ada-quill"),
        ("Ada Quill faced reporters. “{},” she said.", "pronoun", "ada-quill"),
        ("According to Quill, “{}”.", "name", "ada-quill"),
        ("“{},” Veld’s defence minister said.", "role", "bram-oster"),
        ("Bram Oster spoke next. He told the hall: “{}”.", "pronoun", "bram-oster"),
        ("“{},” officials said.", "group", None),
        ("The hall heard “{}”.", "none", None),
        ("“{},” said Zed Marrable.", "name", None),
        ("“{},” Jonas Quill said.", "name", None),
        ("“{},” Brannlund said.", "name", "asa-brannlund"),
        ("“{},” Quill told Oster.", "name", "ada-quill"),
        ("“{},” Oster was told by Quill.", "name", "ada-quill"),
        ("Oster said Quill had told him: “{}.”", "name", "ada-quill"),
        ("Asked by Oster about the lamps, Quill replied: “{}.”", "name", "ada-quill"),
        ("Veld’s Bram Oster disagreed with Ada Quill, who had said: “{}.”", "name", "ada-quill"),
        ("In Quill’s words, “{}.”", "name", "ada-quill"),
        ("Quill’s message was blunt: “{}.”", "name", "ada-quill"),
        ("“{}” — Ada Quill", "name", "ada-quill"),
        ("QUILL: “{}.”", "name", "ada-quill"),
        ("Yesterday Quill declared, “{}.”", "name", "ada-quill"),
        ("The meeting, Quill said, was a warning. “{}.”", "name", "ada-quill"),
        ("Oster stated that the Quill office views it so: “{}.”", "name", "bram-oster"),
        ("Bram Oster nodded. Ada Quill rose. “{},” she said.", "pronoun", "ada-quill"),
        ("The Secretary General of the Lantern Pact was unmoved. “{},” she insisted.", "pronoun", "ada-quill"),
        ("According to the Secretary General, “{}”.", "role", "ada-quill"),
        ("“{},” the general said.", "role", None),
        ("“{},” the former Secretary General said.", "role", None),
        ("“{},” Bram Oster’s spokesman said.", "role", None),
        ("“{},” critics of Oster said.", "group", None),
        ("“{}.” Quill was speaking in Port Calder.", "none", None),
        ("Oster spoke for an hour; “{},” Quill said.", "name", "ada-quill"),
        ("Oster said he was tired, and “{},” Quill said.", "name", "ada-quill"),
        ("Oster, whom Quill had invited, said “{}”.", "name", "bram-oster"),
        ("Bram Oster, not Quill, said “{}”.", "name", "bram-oster"),
        ("Oster said of Quill: “{}.”", "name", "bram-oster"),
        ("“{},” said Oster, quoting Quill.", "name", "bram-oster"),
        ("“{},” said Quill, according to Reuters.", "name", "ada-quill"),
        ("According to Reuters, Quill said: “{}.”", "name", "ada-quill"),
        ("“{},” said former Tissand premier Ada Quill.", "name", "ada-quill"),
        ("Ada Quill (Secretary General): “{}.”", "name", "ada-quill"),
        ("“{}” (Ada Quill)", "name", "ada-quill"),
        ("“{}.”\n— Ada Quill", "name", "ada-quill"),
        ("“{},” Quill, who succeeded Jens Marr, said.", "name", "ada-quill"),
        ("Quill spoke first. Then Marrable took the floor. “{},” he said.", "pronoun", None),
    ],
)
def test_whom_a_draft_gives_a_quotation_to(draft: str, form: str, speaker: str | None, told: Client) -> None:
    item = one(told, draft.replace("{}", QUILL))
    assert item["attributed"]["form"] == form
    assert (item["attributed"]["speaker"] or {}).get("id") == speaker
    is_other = speaker not in (None, "ada-quill") or (form in ("name", "pronoun") and speaker is None)
    assert item["verdict"] == ("other_speaker" if is_other else "exact")
    is_known = form == "none" or speaker is not None
    assert item["may_quote"] == (is_known and not is_other)
    assert ("speaker_not_known" in item["because"]) == (not is_known and not is_other)


@pytest.mark.parametrize(
    "draft",
    ["“{},” his wife said.", "“{},” the crowd chanted.", "“{},” fumed Vladimir Marr.", "“{}” was Marr’s message.",
     "vladimir marr said: “{}”", "习近平说：“{}”", "“{},” I said."],
)  # fmt: skip
def test_words_that_somebody_not_understood_is_given_are_not_to_be_quoted(draft: str, told: Client) -> None:
    item = one(told, draft.replace("{}", QUILL))
    assert (item["verdict"], item["may_quote"]) == ("exact", False)
    assert "speaker_not_known" in item["because"]


@pytest.mark.parametrize(
    ("words", "may_quote"),
    [
        ("We cannot keep the [harbour] lights on with promises", True),
        ("We cannot keep the lights on with promises [sic]", True),
        ("We cannot keep [any of the old and the new] lights on with promises", False),
        ("[Surrender is coming: we] cannot keep the lights on with promises", True),
        ("[The opposite is true, and we] cannot keep the lights on with promises", False),
        ("We [gladly] cannot keep the lights on [not] with promises", False),
    ],
)
def test_brackets_may_not_hold_much(words: str, may_quote: bool, told: Client) -> None:
    item = one(told, f"“{words},” Quill said.")
    assert (item["verdict"], item["may_quote"]) == ("exact", may_quote)


def test_the_request_does_not_outvote_the_draft(told: Client) -> None:
    for draft in ("Bram Oster smiled. “{},” he said.", "“{},” the defence minister said.", "“{},” critics said."):
        item = one(told, draft.replace("{}", QUILL), speaker="Ada Quill")
        assert not item["may_quote"]
    for speaker in ("Quill", "ada-quill", "people/ada-quill", "Ms Quill", "Secretary General Ada Quill"):
        item = one(told, f"“{QUILL}.”", speaker=speaker)
        assert (item["verdict"], item["may_quote"]) == ("exact", True)


@pytest.mark.parametrize(
    ("draft", "verdicts"),
    [
        ("Veld’s defence spending fell nearly 20 percent in 2030.", ["differs"]),
        ("Veld spent 7.5 billion euros on defence in 2029 and 6.3 billion euros in 2030.", ["other_period"] * 2),
        ("14 of the 17 member states sent a delegation to the talks of the Lantern Pact.", ["same", "same"]),
        ("Marland spent 7.5 billion euros on defence in 2030.", ["other_coverage"]),
        ("Veld’s banks lost 7.5 billion euros.", ["not_found"]),
        ("About 300 people died in an earthquake in Peru.", ["not_found"]),
        ("Veld spent 7 1/2 billion euros on defence.", []),
        ("Veld spent over 8 billion euros on defence in 2030.", ["differs"]),
        ("Veld spent 7.5 billions of euros on defence in 2030.", ["same"]),
        ("It was Article 5 of the charter, on 13 February.", []),
    ],
)
def test_figures_are_of_what_the_sentence_says(draft: str, verdicts: list[str], told: Client) -> None:
    assert [item["verdict"] for item in verified(told, {"text": draft})["figures"]] == verdicts


def test_a_document_limits_figures_and_claims_too(told: Client) -> None:
    draft = {"text": "Veld spent about 7.4 billion euros on defence in 2030."}
    assert verified(told, draft)["figures"][0]["verdict"] == "same"
    nowhere = verified(told, {**draft, "document": "nowhere"})
    assert (nowhere["figures"][0]["verdict"], nowhere["unknown"]) == ("not_found", ["nowhere"])


@pytest.mark.parametrize(
    "draft",
    ["Bram Oster spoke after Ada Quill.", "Oster met Quill on Wednesday.", "Ada Quill, Secretary General",
     "“Lamps want oil\", Quill said of the lights.", "The ministers’ talks in Port Calder were about a harbour guard."],
)  # fmt: skip
def test_what_reports_nothing_contradicts_nothing(draft: str, told: Client) -> None:
    claims = verified(told, {"text": draft})["claims"]
    assert {claim["verdict"] for claim in claims} <= {"not_judged"}


@pytest.mark.parametrize(
    "part",
    [
        "“a ",
        "20% ",
        "5 dogs ",
        "A.",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("”", "two fifths of ", "the minister ")),
    ],
)
def test_no_text_takes_long(part: str, told: Client) -> None:
    begun = time.monotonic()
    verified(told, {"text": (part * TEXT_MAX)[:TEXT_MAX]})
    verified(told, {"text": (part * TEXT_MAX)[: TEXT_MAX // 2] + "”" * (TEXT_MAX // 2)})
    assert time.monotonic() - begun < 15


def test_a_place_in_the_draft_is_in_code_points_of_what_was_sent(told: Client) -> None:
    text = f"🏮🏮 Ada Quill said:\n“{QUILL}.”"
    item = one(told, text)
    assert text[item["start"] : item["end"]] == item["text"] == f"{QUILL}."


def test_words_of_a_text_sent_along_are_known_and_it_is_not_kept(told: Client) -> None:
    name = "lantern-talks-2031-05"
    draft = {"text": "“Pilots there speak of ghosts,” Oster said. “Envoys from Norway” came."}
    without = verified(told, draft)
    assert without["source"] is None
    for _ in range(2):
        known = verified(told, {**draft, "source_text": TEXTS[name]})
        assert [item["verdict"] for item in known["quotations"]] == ["not_found", "paraphrase_only"]
        cited = known["quotations"][1]["citation"]
        assert TEXTS[name][cited["start"] : cited["end"]] == "Envoys from Norway"
        assert known["source"]["document"]["id"] == name
        assert verified(told, draft) == without
    other = verified(told, {**draft, "source_text": TEXTS[name] + " "})
    assert (other["source"]["document"], other["quotations"]) == (None, without["quotations"])


def test_a_request_may_be_limited(told: Client) -> None:
    draft = {"text": f"“{QUILL},” Quill said."}
    assert verified(told, {**draft, "document": "calder-courier-2031-05"})["quotations"][0]["verdict"] == "exact"
    assert verified(told, {**draft, "document": "farrow-visit-2031-06"})["quotations"][0]["verdict"] == "not_found"
    unknown = verified(told, {**draft, "event": "no-such-event"})["quotations"][0]
    assert (unknown["verdict"], unknown["empty"]["reason"]) == ("not_found", "unknown_value")


def test_what_is_not_found_says_where_was_looked(told: Client) -> None:
    item = one(told, "“The soup was cold and the herring was old,” Oster said.")
    assert (item["verdict"], item["may_quote"], item["because"]) == ("not_found", False, ["not_recorded"])
    assert item["empty"]["reason"] == "nothing_recorded"
    assert [one["id"] for one in item["empty"]["searched"]] == list(TEXTS)
    stranger = one(told, "“The soup was cold,” Brem Ostir said.")
    assert stranger["empty"]["reason"] == "unknown_value"
    assert "bram-oster" in [one["id"] for one in stranger["empty"]["closest"]]


def test_a_list_of_quotations_is_judged_like_a_text(told: Client) -> None:
    listed = [{"exact": QUILL, "speaker": "ada-quill"}, {"exact": QUILL, "speaker": "Oster"}, {"exact": QUILL}]
    answer = verified(told, {"quotations": listed})
    assert [item["verdict"] for item in answer["quotations"]] == ["exact", "other_speaker", "exact"]
    assert [(item["start"], item["end"]) for item in answer["quotations"]] == [(None, None)] * 3
    whole = verified(told, {"quotations": [{"exact": QUILL}], "speaker": "bram-oster"})
    assert whole["quotations"][0]["verdict"] == "other_speaker"


def test_a_short_draft_is_asked_for_in_the_address(told: Client) -> None:
    text = f"“{QUILL},” Quill said in 2031."
    answer = told.get(f"{PATH}?text={quote(text)}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == verified(told, {"text": text})
    assert "etag" not in answer.headers
    head = told.request("HEAD", f"{PATH}?text={quote(text)}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200, b"", answer.headers["content-length"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "text"),
        ("text=", "text"),
        (f"text={'a' * (SHORT_MAX + 1)}", "text"),
        ("text=a&text=b", "text"),
        ("text=a&speaker=", "speaker"),
        (f"text=a&speaker={'a' * 201}", "speaker"),
        ("text=a&txt=b", "txt"),
        ("text=%00", "text"),
        ("text=%ff", "text"),
    ],
)
def test_what_an_address_must_not_ask(query: str, name: str, told: Client) -> None:
    answer = told.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    assert name in json.dumps(answer.json()["errors"]) or "%" in query


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"text": "a", "quotations": [{"exact": "a"}]}, ""),
        ({"text": None}, ""),
        ({"text": ""}, "/text"),
        ({"text": 1}, "/text"),
        ({"text": "a" * (TEXT_MAX + 1)}, "/text"),
        ({"text": "a", "speakr": "b"}, "/speakr"),
        ({"text": "a", "speaker": "b" * 201}, "/speaker"),
        ({"text": "a", "event": ""}, "/event"),
        ({"text": "a", "document": "people/ada-quill"}, "/document"),
        ({"quotations": []}, "/quotations"),
        ({"quotations": [{"exact": "a"}] * 201}, "/quotations"),
        ({"quotations": [{"exact": ""}]}, "/quotations/0/exact"),
        ({"quotations": [{"speaker": "a"}]}, "/quotations/0/exact"),
        ({"quotations": [{"exact": "a" * (SHORT_MAX + 1)}]}, "/quotations/0/exact"),
    ],
)
def test_what_a_body_must_not_hold(body: Any, pointer: str, told: Client) -> None:
    answer = told.request("POST", PATH, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body"), answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_body_takes_no_parameters(told: Client) -> None:
    assert told.request("POST", f"{PATH}?text=a", json={"text": "a"}).status_code == 422


def test_the_longest_text_is_taken_and_what_is_too_much_is_counted(told: Client) -> None:
    told_by = f"“{QUILL},” Quill said in 2031. "
    text = (told_by * 1_200)[:TEXT_MAX]
    answer = verified(told, {"text": text})
    assert len(answer["quotations"]) == 200
    assert answer["left_out"]["quotations"] == text.count("“") - 200 - (text.count("“") - text.count("”"))
    assert {item["verdict"] for item in answer["quotations"]} == {"exact"}


def test_marks_without_partner_are_told(told: Client) -> None:
    assert verified(told, {"text": "Quill said: “Lamps want oil."})["unpaired_marks"] == [12]


def test_methods_and_other_origins(told: Client) -> None:
    options = told.request("OPTIONS", PATH, headers={"origin": "https://a.example"})
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, POST"
    assert options.headers["access-control-allow-headers"] == "Content-Type"
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    for method in ("PUT", "DELETE", "PATCH"):
        refused = told.request(method, PATH)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    answer = told.request("POST", PATH, json={"text": "a"}, headers={"origin": "https://a.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_no_text_is_logged(told: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        verified(told, {"text": "“xyzzy plugh,” Oster said."})
        told.get(f"{PATH}?text=xyzzy")
        told.request("POST", PATH, content=b'{"text": "xyzzy', headers={"content-type": "application/json"})
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]  # the client, not the server
    assert not any("xyzzy" in message for message in ours)


def test_the_same_on_both_engines(pair: tuple[Client, Client]) -> None:
    drafts = [TEXTS[name] for name in TEXTS]
    drafts += [
        "“We cannot keep the lamps on with promises,” Oster said. Veld spent 8 billion euros on defence in 2030."
    ]
    for text in drafts:
        first, second = (verified(client, {"text": text}) for client in pair)
        assert first == second
        assert first["quotations"]


def test_a_document_verifies_as_it_is_recorded(told: Client) -> None:
    """The reports themselves, as drafts: no quotation of theirs is called altered or not found."""
    for name, text in TEXTS.items():
        for item in verified(told, {"text": text, "source_text": text, "document": name})["quotations"]:
            assert item["verdict"] in ("exact", "not_speech", "fragment"), (name, item["text"], item["message"])


def test_the_report_verifies_as_it_is_recorded(report: str, seeded: Client) -> None:
    answer = verified(seeded, {"text": report, "source_text": report})
    assert answer["source"]["document"]["id"] == "nato-ministers-2025-02"
    assert [item["verdict"] for item in answer["quotations"]] == ["exact", "exact", "exact", "not_speech"]
    same = [item["figure"]["id"] for item in answer["figures"] if item["verdict"] == "same"]
    assert {"nato", "ukraine-defense-contact-group", "defence-investment-2024"} <= set(same)
    assert {item["verdict"] for item in answer["claims"]} <= {"consistent", "not_judged"}


def test_its_indirect_speech_is_no_quotation(report: str, seeded: Client) -> None:
    said = seeded.json("/statements/hegseth-no-us-forces")["citations"][0]
    words = report[said["start"] : said["end"]].split()
    draft = {"text": f"“{' '.join(words[-7:])},” Hegseth said. “{' '.join(words)}.”"}
    known = verified(seeded, {**draft, "source_text": report})["quotations"]
    assert [item["verdict"] for item in known] == ["paraphrase_only", "paraphrase_only"]
    assert all(item["citation"]["sentence"] == said["sentence"] for item in known)
    whole = seeded.json("/documents/nato-ministers-2025-02/coverage")["items"]
    sentence = next(one for one in whole if one["sentence"] == said["sentence"])
    alone = verified(seeded, {"quotations": [{"exact": report[sentence["start"] : sentence["end"]]}]})
    assert [item["verdict"] for item in alone["quotations"]] == ["paraphrase_only"]
    assert alone["quotations"][0]["citation"]["sha256"] == sentence["sha256"]
