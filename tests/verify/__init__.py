"""Labelled cases for what is verified: drafts, each with one item to be judged and the verdict that was expected."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.http.verdicts import Verified
from app.http.verifying import PATH

HERE = Path(__file__).parent
LISTS = {"quotation": "quotations", "figure": "figures", "claim": "claims"}
Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """The cases of a file."""
    read: list[Case] = json.loads((HERE / name).read_bytes())
    return read


def verified(client: Any, body: Any) -> dict[str, Any]:
    """The verdicts on what is posted; each answer is what is documented, and kept by nobody."""
    answer = client.request("POST", PATH, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    Verified.model_validate_json(answer.content, strict=True)
    told: dict[str, Any] = answer.json()
    return told


def judged(client: Any, case: Case, texts: dict[str, str]) -> dict[str, Any] | None:
    """The item of a case; None where the draft has none like it. `texts` are those that a case may send along."""
    request = dict(case["request"])
    if isinstance(request.get("source_text"), dict):
        request["source_text"] = texts[request["source_text"]["document"]]
    items = verified(client, request)[LISTS[case["kind"]]]
    target = flat(case["target"])
    own = [one for one in items if flat(one["text"]) == target]
    own += [one for one in items if target in flat(one["text"]) or flat(one["text"]) in target]
    return own[0] if own else None


def flat(text: str) -> str:
    """A text with one space for each run of white space."""
    return " ".join(text.split())


def misses(case: Case, item: dict[str, Any] | None) -> Iterator[str]:
    """In what a verdict is not the one that was expected."""
    expected = case["expect"]
    if item is None:
        yield "nothing was judged"
        return
    if item["verdict"] != expected["verdict"]:
        yield f"{item['verdict']}, not {expected['verdict']}: {item['message']}"
    record = item.get("fact") or item.get("statement") or item.get("figure")
    if expected.get("id") and (record or {}).get("id") != expected["id"]:
        yield f"of {record and record['id']}, not of {expected['id']}"
    if case["kind"] == "quotation" and item["may_quote"] != expected["may_quote"]:
        yield f"may_quote is {item['may_quote']}"
    lost = set(expected.get("because") or ()) - set(item.get("because") or ())
    if lost:
        yield f"{', '.join(sorted(lost))} not in {item.get('because')}"
