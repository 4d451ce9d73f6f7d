"""What the rules look at: the records checked together, and what the database holds beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from app.facts.base import Kind
from app.facts.shape import slots
from app.store.bundles import ARRAYS, Records, changes
from app.store.citing import Sentence, Shingles, changed_sentences
from app.store.copying import Run, shingled
from app.store.explaining import nearest
from app.store.grouping import Promised
from app.store.reading import Draft
from app.store.rules.item import Item
from app.store.rules.known import Known

DATE_PARTS = ("year", "month", "day", "weekday", "start", "end")


class Scene:
    """Everything that is checked together, and what the database and the texts add."""

    def __init__(self, bundles: list[tuple[Draft, Records]], known: Known, texts: dict[str, str]) -> None:
        self.bundles, self.known, self.texts = bundles, known, texts
        self.items: dict[str, Item] = {}
        self.broken: set[str] = set()
        self.loading: set[str] = set()
        self.twice: list[tuple[Draft, str, str]] = []
        self._sentences: dict[str, dict[str, Sentence]] = {}
        self._changed: dict[str, list[tuple[str, str]]] = {}
        self._shingles: dict[str, Shingles] = {}
        self._speech: dict[str, dict[str | None, list[dict[str, Any]]]] = {}
        self.merged = dict(known.merged)
        known.fetch(fact for _, records in bundles for fact in records)
        for draft, records in bundles:
            self._take(draft, records)
        self.merged = {fact: into for fact, into in self.merged.items() if fact not in self.items}

    def _take(self, draft: Draft, records: Records) -> None:
        self.loading.add(draft.raw["id"])
        self.merged.update((one["from"], one["into"]) for one in changes(draft).get("merge", []))
        for fact, (raw, pointer) in records.items():
            if fact in self.items:
                self.twice.append((draft, fact, pointer))
            else:
                self.items[fact] = Item(draft, fact, raw, pointer)
        written = chain([f"documents/{draft.raw['id']}"], _written(draft))
        self.broken.update(fact for fact in written if fact not in records)

    def expect(self, pending: Iterable[str], promised: Promised) -> None:
        """Takes note of bundles that are loaded after these, and has what these refer to read at once."""
        self.loading.update(pending)
        self.attended.update(map(self.resolve, promised.attended))
        for fact, caveat in promised.caveats:
            self.caveats[self.resolve(fact)].append(caveat)
        self.known.fetch({fact for item in self.items.values() for _, _, fact in item.parts.references})

    @cached_property
    def of_kind(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for fact, item in self.items.items():
            found[fact.partition("/")[0]].append(item)
        return found

    @cached_property
    def of_bundle(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items.values():
            found[item.bundle].append(item)
        return found

    @cached_property
    def corroborating(self) -> list[Item]:
        """What a bundle says of another's fact, as a record of its citations and the values that differ."""
        return [
            Item(
                draft,
                one["fact"],
                {"citations": one["citations"], "differs": one.get("values", {})},
                f"/corroborates/{index}",
            )
            for draft, records in self.bundles
            if f"documents/{draft.raw['id']}" in records
            for index, one in enumerate(changes(draft).get("corroborates", []))
        ]

    @cached_property
    def corroborations(self) -> dict[tuple[str, str], list[Item]]:
        """The same by the bundle and the fact."""
        found: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in self.corroborating:
            found[item.bundle, self.resolve(item.fact)].append(item)
        return found

    @cached_property
    def cited(self) -> set[tuple[str, str]]:
        """Every (document, sentence) that something cites."""
        items = chain(self.items.values(), self.corroborating)
        return {place for item in items for place in item.cited()}

    @cached_property
    def attended(self) -> set[str]:
        """The events that an attendee row is about."""
        return {self.resolve(item.raw["event"]) for item in self.of_kind["attendees"]}

    @cached_property
    def caveats(self) -> dict[str, list[dict[str, Any]]]:
        """The caveats about each fact."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in self.of_kind["caveats"]:
            for fact in item.raw.get("facts", []):
                found[self.resolve(fact)].append(item.raw)
        return found

    def has_caveat(self, fact: str, *kinds: str) -> bool:
        return any(caveat["kind"] in kinds for caveat in self.caveats.get(fact, ()))

    def stays(self, fact: str) -> bool:
        """Whether the database holds the fact and this load does not take its bundle's place."""
        owner = self.known.owner(fact)
        return owner is not None and owner not in self.loading

    def resolve(self, fact: str) -> str:
        """The fact itself, or the one that it was merged into."""
        return follow(self.merged, fact)

    def exists(self, fact: str) -> bool:
        fact = self.resolve(fact)
        return fact in self.items or fact in self.broken or self.stays(fact)

    def raw(self, fact: str) -> dict[str, Any] | None:
        """The record of a fact, None where there is none or where it has not the right form."""
        fact = self.resolve(fact)
        if fact in self.items:
            return self.items[fact].raw
        return self.known.raw(fact) if self.stays(fact) else None

    def home(self, fact: str) -> str:
        """The bundle that a fact is of."""
        return self.items[fact].bundle if fact in self.items else str(self.known.owner(fact))

    def near(self, fact: str) -> str:
        """Names the nearest id of the same kind."""
        kind, _, id = fact.partition("/")
        ids = chain(self.known.ids(kind), (item.raw["id"] for item in self.of_kind[kind]))
        return nearest(id, set(ids) - {id})

    def sentences(self, document: str) -> dict[str, Sentence]:
        """The sentences of a document by ref; empty where it is unknown."""
        if document not in self._sentences:
            fact = f"documents/{document}"
            item = self.items.get(fact)
            if fact in self.broken:
                given = []
            elif item:
                given = [(one["ref"], one["start"], one["end"], one["sha256"]) for one in item.raw["sentences"]]
            else:
                given = self.known.sentences(document)
            self._sentences[document] = {one[0]: Sentence(*one) for one in given}
        return self._sentences[document]

    def marks(self, document: str) -> list[dict[str, Any]]:
        """The pairs of quotation marks of a document."""
        found: list[dict[str, Any]] = (self.raw(f"documents/{document}") or {}).get("quotation_marks", [])
        return found

    def speech(self, document: str, fact: str) -> list[dict[str, Any]]:
        """The pairs of marks that a document uses for a statement's speech."""
        if document not in self._speech:
            self._speech[document] = defaultdict(list)
            for mark in self.marks(document):
                if mark["use"] == "speech":
                    self._speech[document][target(mark.get("fact"))].append(mark)
        return self._speech[document][fact]

    def listed(self, document: str) -> list[Sentence]:
        return list(self.sentences(document).values())

    def changed(self, document: str) -> list[tuple[str, str]]:
        """The sentences of the text given for a document that are not those listed: (ref or `outside`, message)."""
        if document not in self._changed:
            raw = self.raw(f"documents/{document}") or {}
            stated = {name: raw.get(name) for name in ("sha256", "length")}
            self._changed[document] = changed_sentences(self.texts[document], self.listed(document), **stated)
        return self._changed[document]

    def shingles(self, document: str) -> Shingles:
        """The runs of eight words of the text given for a document, but for its title and what it quotes."""
        if document not in self._shingles:
            text, raw = self.texts[document], self.raw(f"documents/{document}") or {}
            quoted = (text[mark["start"] : mark["end"]] for mark in self.marks(document))
            self._shingles[document] = Shingles(text, [raw.get("title", ""), *quoted])
        return self._shingles[document]

    @cached_property
    def _sharing(self) -> dict[Run, list[str]]:
        """The documents in whose texts each run of eight words stands."""
        found: dict[Run, list[str]] = defaultdict(list)
        for document in self.texts:
            for run in self.shingles(document).places:
                found[run].append(document)
        return found

    def repeated(self, own: str) -> Iterator[tuple[str, str]]:
        """The runs of eight words or more that a text of ours repeats, each with the document given that has it."""
        sharing = {document for run in shingled(own) for document in self._sharing.get(run, ())}
        for document in self.texts if sharing else ():
            if document in sharing:
                yield from ((document, run) for run in self.shingles(document).runs(own))


def follow(merged: dict[str, str], fact: str) -> str:
    """Where a fact's merges lead; a circle of them leads nowhere."""
    if fact not in merged:
        return fact
    seen = set()
    while fact in merged and fact not in seen:
        seen.add(fact)
        fact = merged[fact]
    return fact


def _written(draft: Draft) -> Iterator[str]:
    """The facts that a bundle means to define, whether or not they have the right form."""
    for name in ARRAYS:
        items = draft.raw.get(name)
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                yield f"{name}/{item['id']}"


def target(value: Any) -> Any:
    """`kind/id` of a reference as bundles or as published bodies write it."""
    return value["path"][1:] if isinstance(value, dict) else value


@lru_cache(maxsize=4096)
def has_path(kind: Kind, path: str) -> bool:
    """Whether a dotted path names a field, or a part of one, of a kind: as it is published or as it arrives."""
    return any(_leads(model, path.split(".")) for model in (kind.public, kind.entry))


def _leads(model: Any, steps: list[str]) -> bool:
    slot = next((one for one in slots(model) if one.name == steps[0]), None)
    if slot is None:
        return steps[0] in DATE_PARTS and len(steps) == 1 and any(one.name == "edtf" for one in slots(model))
    rest = steps[1:]
    if slot.many and rest and rest[0].isdigit():
        rest = rest[1:]
    return not rest or (slot.model is not None and _leads(slot.model, rest))
