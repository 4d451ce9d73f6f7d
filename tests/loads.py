"""Loads of files, and what they left in a database: the rows of its tables, and the bodies of any edition."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.facts import KINDS
from app.store.citing import cite
from app.store.db import Database
from app.store.grouping import Promised, outline
from app.store.loading import Loaded, load_files
from app.store.reading import Draft, read
from app.store.sentences import sentences
from app.store.tables import METADATA
from app.store.text import digest
from tests.world.editing import Edit, why

MOST = 16_000_000  # bytes of a bundle


@dataclass(frozen=True)
class Shelf:
    """Records of one document as they stand alone, its text not held (`Standing` of app.store.publishing)."""

    records: dict[str, dict[str, Any]]
    about: dict[str, list[str]] = field(default_factory=dict)

    def raw(self, fact: str) -> dict[str, Any]:
        return self.records[fact]

    def home(self, fact: str) -> str:
        return "paper"

    def caveats(self, fact: str) -> list[str]:
        return self.about.get(fact, [])

    def corroborations(self, fact: str) -> list[tuple[str, dict[str, Any]]]:
        return []

    def resolve(self, fact: str) -> str:
        return fact

    def text(self, document: str) -> str | None:
        return None


def draft(raw: dict[str, Any]) -> Draft:
    """A bundle as it would be read from a file."""
    return read(json.dumps(raw, ensure_ascii=False, indent=1).encode(), f"{raw['id']}.json")


def written(folder: Path, *raws: dict[str, Any]) -> list[Path]:
    """The files of bundles."""
    made = [folder / f"{n}-{raw['id']}.json" for n, raw in enumerate(raws)]
    for path, raw in zip(made, raws, strict=True):
        path.write_bytes(draft(raw).content)
    return made


def taken(database: Database, paths: list[Path], texts: dict[str, bytes] | None = None, told: Any = None) -> Loaded:
    """Loads files, their texts kept; `told` hears of each group."""
    promised = Promised()
    outlines = [outline(path, MOST, promised) for path in paths]
    return load_files(database, outlines, promised, texts, bool(texts), told)


def naming(fact: str, name: str) -> list[Edit]:
    """The edits that give a record a name of our own, which no document prints."""
    return [(f"/{fact}/name", name), (f"/{fact}/named", False)]


def counts(database: Database) -> dict[str, int]:
    """The number of rows of every table."""
    with database.engine.connect() as connection:
        tables = METADATA.sorted_tables
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def rows(database: Database, name: str) -> list[dict[str, Any]]:
    """A table's rows, in the order of their keys."""
    table = METADATA.tables[name]
    with database.engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]


def versions(database: Database, fact: str) -> list[dict[str, Any]]:
    """The rows of one fact, oldest first."""
    kind, _, id = fact.partition("/")
    return [row for row in rows(database, kind) if row["id"] == id]


def stored(database: Database, edition: int) -> dict[str, bytes]:
    """The body of each fact, by `kind/id`, as it stood in an edition."""
    found = {}
    with database.engine.connect() as connection:
        for kind in KINDS:
            table = METADATA.tables[kind]
            standing = (table.c.since_edition <= edition) & (table.c.until_edition > edition)
            for id, body in connection.execute(select(table.c.id, table.c.body).where(standing)):
                found[f"{kind}/{id}"] = bytes(body)
    return found


def bodies(database: Database, edition: int) -> dict[str, dict[str, Any]]:
    """The same, read."""
    return {fact: json.loads(body) for fact, body in stored(database, edition).items()}


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a body, itself first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def names(value: Any) -> Iterator[str]:
    """Every name that a body shows, its own and those of what it refers to."""
    return (part["name"] for part in parts(value) if "name" in part)


def renamed(value: Any, old: str, new: str) -> Any:
    """A body with the one name in place of the other wherever it shows names."""
    if isinstance(value, dict):
        return {
            name: inner.replace(old, new) if name == "name" and isinstance(inner, str) else renamed(inner, old, new)
            for name, inner in value.items()
        }
    return [renamed(inner, old, new) for inner in value] if isinstance(value, list) else value


def records(raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The records of a bundle by `kind/id`, the document among them."""
    found = {f"{kind}/{one['id']}": one for kind in KINDS for one in raw.get(kind, [])}
    return {f"documents/{raw['id']}": raw["document"], **found}


def succeeding(before: dict[str, Any], after: dict[str, Any], **gone: Any) -> Draft:
    """A bundle's next version, with a reason for every record that differs; what is left out is retracted, or `gone`.

    `gone` is the `merge` or the `split` that tells what became of a record.
    """
    old, new = records(before), records(after)
    ended = {one["from"] for several in gone.values() for one in several}
    reasons = {fact: why(f"{fact} was wrong") for fact in old if fact in new and old[fact] != new[fact]}
    retract = [{"fact": fact, "reason": f"{fact} was nothing"} for fact in old.keys() - new.keys() - ended]
    return draft({**after, "by": "The desk", "reasons": reasons, "retract": retract, **gone})


def reported(text: str, topics: dict[str, str]) -> dict[str, Any]:
    """A bundle of a text's sentences, the first one its title, and of topics that cite words of it."""
    listed = sentences(text)
    cited = {id: cite(text, words, listed)[0] | {"exact": None, "supports": ["label"]} for id, words in topics.items()}
    title, used = listed[0], {one["sentence"] for one in cited.values()}
    head = {"sentence": title.ref, "start": title.start, "end": title.end, "sha256": title.sha256}
    unused = {one.ref: {"reason": "It is only weather."} for one in listed[1:] if one.ref not in used}
    silent = ("author", "publisher", "date_published", "original_language")
    return {
        "id": "lamps",
        "document": {
            "title": text[title.start : title.end],
            "kind": "other",
            "sha256": digest(text),
            "length": len(text),
            "sentences": [asdict(one) | unused.get(one.ref, {}) for one in listed],
            "citations": [{**head, "supports": ["title"]}],
        },
        "topics": [{"id": id, "label": f"All about {id}", "citations": [one]} for id, one in cited.items()],
        "caveats": [
            {"id": name.replace("_", "-"), "kind": "not_stated", "facts": ["documents/lamps"], "field": name}
            | {"text": "It does not say."}
            for name in silent
        ],
    }
