"""A crowd: many invented bundles whose statements are all by one person, whom a bundle of its own defines."""

from typing import Any

from app.store.citing import fingerprint

SPEAKER = "people/nurel"
UNKNOWN = ("author", "publisher", "date_published", "original_language")


def report(id: str, lines: list[str], **records: Any) -> dict[str, Any]:
    """A bundle of a report with these sentences, a line each; the first is its title."""
    block = fingerprint("\n".join(lines)) | {"title": lines[0], "kind": "news_report", "language": "en"}
    block["citations"] = [_cited(block["sentences"][0])]
    silence = {"kind": "not_stated", "facts": [f"documents/{id}"], "text": "The report does not say."}
    caveats = [{**silence, "id": f"{id}-{name.replace('_', '-')}", "field": name} for name in UNKNOWN]
    return {"id": id, "document": block, **records, "caveats": [*caveats, *records.get("caveats", [])]}


def speaker(name: str = "Nurel", reason: str | None = None) -> dict[str, Any]:
    """The bundle that defines the speaker under a name; a correction has a reason."""
    person = {"id": "nurel", "name": name, "named": False, "basis": "external", "source": "The crowd's own list"}
    made = report("who-is-who", ["Who is who"], people=[person])
    why = {SPEAKER: {"reason": reason, "evidence": "https://desk.example/names"}} if reason else {}
    return made | ({"reasons": why} if why else {})


def talk(number: int, statements: int) -> dict[str, Any]:
    """A bundle of so many statements by the speaker."""
    lines = [f"Talk {number}", *(f"Nurel spoke of lamp {n} in talk {number}." for n in range(statements))]
    id = f"talk-{number}"
    made = report(id, lines)
    said = {"speaker": SPEAKER, "voice": "speaker", "directness": "indirect", "act": "says"}
    made["statements"] = [
        {"id": f"lamp-{number}-{n}", **said, "paraphrase": f"Lamp {n} was the matter.", "citations": [_cited(sentence)]}
        for n, sentence in enumerate(made["document"]["sentences"][1:])
    ]
    return made


def _cited(sentence: dict[str, Any]) -> dict[str, Any]:
    return {"sentence": sentence["ref"], **{name: sentence[name] for name in ("start", "end", "sha256")}}
