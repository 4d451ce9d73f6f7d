"""Aligning: the facts of two documents side by side, by what one says of the other's, else by their nature."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, or_, select

from app.facts import KINDS
from app.store import weighing
from app.store.citing import fold_words
from app.store.finding import Finder
from app.store.publishing import references
from app.store.selecting import standing
from app.store.sides import WAYS, Side, bears, is_given, overlaid, shown, weigh
from app.store.tables import METADATA
from app.store.weighing import Result

CORROBORATIONS = METADATA.tables["corroborations"]
# Mentions and caveats are about words, topics are labels of ours, and documents are what is compared.
COMPARED = tuple(kind for kind in KINDS if kind not in ("documents", "topics", "mentions", "caveats"))
SHARED = ("places", "organisations", "people", "events")  # one record for all documents that refer to it
BY_NATURE = {"attendees": ("status", "capacity", "count"), "spending": ("obs_value", "comparison")}


@dataclass(frozen=True, slots=True)
class Pair:
    """One item of a comparison; a side is None where its document does not give the fact."""

    kind: str
    result: str
    a: Side | None
    b: Side | None
    fields: list[dict[str, Any]]


def compare(finder: Finder, a: str, b: str, edition: int) -> list[Pair]:
    """The facts of two documents side by side, by kind and then in the documents' order."""
    scene = _Scene(finder, (a, b), edition)
    pairs = [*scene.corroborated(), *scene.by_nature(), *scene.alone()]
    return sorted(pairs, key=scene.place)


class _Scene:
    """The facts that two documents give, in one edition."""

    def __init__(self, finder: Finder, documents: tuple[str, str], edition: int) -> None:
        self.finder, self.documents, self.edition = finder, documents, edition
        a, b = documents
        self.said: dict[str, dict[str, Any]] = defaultdict(dict)  # fact → document → what its bundle says of it
        for bundle, fact, entry in finder.rows(_corroborations, a=a, b=b, edition=edition):
            self.said[fact][bundle] = json.loads(entry)
        self.owner: dict[str, str] = {}
        self.bodies: dict[str, dict[str, Any]] = {}
        for name in COMPARED:
            facts = sorted(fact for fact in self.said if fact.startswith(f"{name}/"))
            bound = {f"id_{n}": fact.partition("/")[2] for n, fact in enumerate(facts)}
            for bundle, body in finder.rows(_bodies, name, len(facts), a=a, b=b, edition=edition, **bound):
                read = json.loads(bytes(body))
                self.bodies[read["path"][1:]] = read
                self.owner[read["path"][1:]] = bundle
        self.order = {fact: place for place, fact in enumerate(self.bodies)}
        self.taken: set[str] = set()
        self.wider: dict[str, set[str]] = defaultdict(set)
        for inside, wide in finder.rows(_wider, edition=edition):
            self.wider[inside].add(wide)

    def place(self, pair: Pair) -> tuple[int, int]:
        side = pair.a or pair.b
        assert side is not None
        return COMPARED.index(pair.kind), self.order[side.body["path"][1:]]

    def inside(self, one: str, other: str) -> bool:
        return other in self.wider.get(one, ())

    def side(self, fact: str, document: str) -> Side | None:
        """What a document gives of a fact that is its own or that it corroborates; None where it is neither."""
        if self.owner[fact] == document:
            return Side(document, self.bodies[fact])
        entry = self.said[fact].get(document) if fact in self.said else None
        kind = fact.partition("/")[0]
        return Side(document, overlaid(kind, self.bodies[fact], entry.get("values", {}))) if entry else None

    def corroborated(self) -> Iterator[Pair]:
        """The facts that both documents give: one of them its own, or a third's."""
        for fact in [fact for fact in self.bodies if fact in self.said]:
            a, b = (self.side(fact, document) for document in self.documents)
            if a and b:
                self.taken.add(fact)
                kind = fact.partition("/")[0]
                names = [name for name in WAYS[kind] if all(self.supports(fact, one, name) for one in self.documents)]
                yield self.pair(kind, a, b, names)

    def supports(self, fact: str, document: str, name: str) -> bool:
        """Whether a document bears out a field of a fact: its own, or one that its corroboration cites."""
        if self.owner[fact] == document:
            return True
        entry = self.said[fact][document]
        cited = [supported for one in entry["citations"] for supported in one.get("supports", [])]
        return any(bears(one, name) for one in [*cited, *entry.get("values", {})])

    def by_nature(self) -> Iterator[Pair]:
        """Attendances of one person at one event, figures of one area and period, the same words of one speaker."""
        keys: dict[Any, list[str]] = defaultdict(list)
        for fact, body in self.bodies.items():
            key = _key(fact, body) if fact not in self.taken and self.owner[fact] == self.documents[1] else None
            if key is not None:
                keys[key].append(fact)
        for fact in [fact for fact in self.bodies if self.owner[fact] == self.documents[0] and fact not in self.taken]:
            likes = keys.get(_key(fact, self.bodies[fact]) or "", [])
            if likes:
                other = likes.pop(0)
                self.taken |= {fact, other}
                kind = fact.partition("/")[0]
                sides = Side(self.documents[0], self.bodies[fact]), Side(self.documents[1], self.bodies[other])
                yield self.pair(kind, *sides, list(BY_NATURE.get(kind, ("quotations", "event", "date"))))

    def alone(self) -> Iterator[Pair]:
        """What only one of them gives; a record that the other refers to is none of that."""
        referred: dict[str, set[str]] = defaultdict(set)
        for fact, body in self.bodies.items():
            referred[self.owner[fact]].update(target for _, target in references(KINDS[fact.partition("/")[0]], body))
        for fact in self.bodies:
            for n, document in enumerate(self.documents):
                side = self.side(fact, document) if fact not in self.taken else None
                other = self.documents[1 - n]
                if side and not (fact.startswith(SHARED) and fact in referred[other]):
                    a, b = (side, None) if n == 0 else (None, side)
                    yield Pair(fact.partition("/")[0], "only_in", a, b, [])

    def pair(self, kind: str, a: Side, b: Side, names: list[str]) -> Pair:
        fields = [field for name in names for field in self.fields(kind, a, b, name)]
        results: list[Result] = [field["result"] for field in fields]
        return Pair(kind, weighing.worst(results) if fields else "not_comparable", a, b, fields)

    def fields(self, kind: str, a: Side, b: Side, name: str) -> Iterator[dict[str, Any]]:
        """A field weighed, or each item of one that is a list; what neither gives is left out."""
        one, other = a.body[name], b.body[name]
        if isinstance(one, list) or isinstance(other, list):
            for index in range(min(len(one), len(other))):
                path = f"{name}.{index}"
                if self.gives(a, path) and self.gives(b, path):
                    yield self.field(a, b, path, weigh(kind, a, b, name, one[index], other[index], self.inside))
        elif name == "comparison" and one and other:
            yield self.field(a, b, "comparison.direction", weighing.values(one["direction"], other["direction"]))
            if one["value"] or other["value"]:
                yield self.field(a, b, "comparison.value", weighing.comparisons(one, other))
        elif is_given(name, one) or is_given(name, other):
            yield self.field(a, b, name, weigh(kind, a, b, name, one, other, self.inside))

    def gives(self, side: Side, path: str) -> bool:
        """Whether a document bears out one item of a list."""
        return self.supports(side.body["path"][1:], side.document, path)

    def field(self, a: Side, b: Side, name: str, result: Result) -> dict[str, Any]:
        return {"field": name, "result": result, "a": shown(a, name), "b": shown(b, name)}


def _key(fact: str, body: dict[str, Any]) -> Any:
    """What makes two facts of different documents one matter; None where nothing does."""
    kind = fact.partition("/")[0]
    if kind == "attendees":
        who = body["person"] or body["represents"]
        label = None if body["person"] else (body["role"] or {}).get("label")
        return (kind, body["event"]["path"], body["kind"], who and who["path"], label)
    if kind == "spending":
        area = frozenset(one["path"] for one in body["ref_area"]["includes"])
        return (kind, body["measure"], area, body["time_period"]) if area and body["time_period"] else None
    if kind == "statements" and body["quotations"] and body["speaker"]:
        said = tuple(fold_words(one["text"]) for one in body["quotations"])
        return (kind, body["speaker"]["path"], said)
    return None


def _corroborations() -> Select[Any]:
    mine = CORROBORATIONS.c.bundle.in_([bindparam("a"), bindparam("b")])
    found = select(CORROBORATIONS.c.bundle, CORROBORATIONS.c.fact, CORROBORATIONS.c.entry)
    return found.where(mine, standing(CORROBORATIONS)).order_by(CORROBORATIONS.c.row)


def _bodies(kind: str, corroborated: int) -> Select[Any]:
    """(bundle, body) of the facts of a kind that are of the documents or corroborated by them."""
    table = METADATA.tables[kind]
    ids: list[Any] = [bindparam(f"id_{n}") for n in range(corroborated)]
    theirs = table.c.bundle.in_([bindparam("a"), bindparam("b")])
    wanted = or_(theirs, table.c.id.in_(ids)) if ids else theirs
    found = select(table.c.bundle, table.c.body).where(standing(table), wanted)
    return found.order_by(table.c.place_in_document, table.c.row)


def _wider() -> Select[Any]:
    """(inside, around): each place with all that it lies within."""
    table = METADATA.tables["places"]
    own = select((literal("places/") + table.c.id).label("inside"), table.c.within.label("around"))
    steps = own.where(standing(table), table.c.within.is_not(None)).cte(recursive=True)
    further = select(steps.c.inside, table.c.within).join(
        table, table.c.id == func.substr(steps.c.around, len("places/") + 1)
    )
    steps = steps.union(further.where(standing(table), table.c.within.is_not(None)))
    return select(steps.c.inside, steps.c.around).where(steps.c.inside != steps.c.around)


def document() -> Select[Any]:
    """The reference to the document bound as `id`."""
    table = METADATA.tables["documents"]
    found = select(literal("documents"), table.c.id, table.c.name)
    return found.where(table.c.id == bindparam("id"), standing(table))
