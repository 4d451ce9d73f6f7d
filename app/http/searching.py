"""Searching: facts of all kinds in which words stand, in one order; without words, all of them by their days."""

from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.facts import KINDS
from app.facts.asking import Query
from app.facts.base import Fact
from app.facts.documents import Document
from app.facts.parts import KindName
from app.http import cursors
from app.http.asking import Asked, ask
from app.http.dividing import divided_together
from app.http.gathering import Gathering
from app.http.listing import bound_to, framed, place_of, ranking, shown, shown_of
from app.http.plans import Made, Plan, Room, next_link, target, to_json
from app.http.projecting import names
from app.http.refusing import check_names
from app.store import silence
from app.store.current import Now

FACETS = ("kind", "document", "basis", "caveat")


class SearchQuery(Query):
    """The parameters of a search; its words stand in facts of any kind."""

    table: ClassVar[type[Fact]] = Document

    kind: list[KindName] = Field([], description="Only facts of these kinds.")
    sort: Literal["date", "-date", "edition", "-edition"] | None = Field(
        "-date", description="The order, `-` for descending; with `q` the default is relevance."
    )
    format: Literal["json"] | None = Field(None, description="The form.")


def plan_search(room: Room, path: str, query: bytes) -> Plan:
    """A page of what is found in all kinds."""
    asked = ask(SearchQuery, query, room.settings)
    check_names("facets", asked.facets, FACETS, f"is no facet here; known are {', '.join(FACETS)}")
    known = {name for kind in KINDS.values() for name in names(kind.public)}
    check_names("fields", asked.fields, ("compact", *sorted(known)), "is no field of these records")
    now, after = place_of(room, asked, path)
    is_settled = isinstance(asked.as_of, int) or asked.cursor is not None
    return Plan(now, is_settled, lambda: _Found(room, path, asked, now, after).make())


class _Found:
    """One page under way: the rows of each kind merged, each kind's going on where it was left."""

    def __init__(self, room: Room, path: str, asked: Asked, now: Now, after: list[Any]) -> None:
        self.room, self.path, self.asked, self.now = room, path, asked, now
        self.after = after or [[] for _ in KINDS]
        wanted = asked.values.get("kind", KINDS)
        own = replace(asked, values={name: given for name, given in asked.values.items() if name != "kind"})
        self.kinds = {
            number: Gathering(room, kind, own, now, {}, self.after[number])
            for number, kind in enumerate(KINDS.values())
            if kind.name in wanted
        }

    def make(self) -> Made:
        limit = self.asked.limit
        kinds = [(n, one) for n, one in self.kinds.items() if one.may_hold]
        streams = [
            [(self._order(n, one, row), n, row) for row in one.rows(limit + 1, shown_of(self.asked))]
            for n, one in kinds
        ]
        found = list(islice(merge(*streams, key=lambda row: row[0]), limit + 1))
        onward = self._onward(found[:limit]) if len(found) > limit else None
        frame: dict[str, Any] = {
            "next": onward,
            "self": target(self.path, list(self.asked.given)),
            "edition": self.now.edition,
        }
        if self.asked.count:
            frame["count"] = self._count()
        if self.asked.facets:
            frame["facets"] = {name: self._facet(name) for name in self.asked.facets}
        if not found:
            every = list(self.kinds.values())
            asked = every[0].question(), [one.kind for one in every]
            frame["empty"] = silence.explain_search(self.room.finder, self.now.edition, *asked)
        if self.asked.terms is not None:
            frame["ranking"] = ranking(self.asked)
        bodies = shown(self.asked, [row for _, _, row in found[:limit]])
        body = framed(b",".join(bodies), to_json(frame)[1:])
        return body, {"link": next_link(onward)} if onward else {}

    def _order(self, number: int, gathering: Gathering, row: Any) -> tuple[Any, ...]:
        """Where a row comes among those of all kinds: its own order, in which kinds part what is alike otherwise."""
        keys = gathering.keys(row)
        if gathering.sort == "-edition":
            keys[0] = -keys[0]
        alike = 1 if gathering.sort == "relevance" else 2  # keys by which what is alike otherwise is told apart
        return (*keys[:-alike], number, *keys[-alike:])

    def _onward(self, last: list[Any]) -> str:
        """The address of the page after these rows."""
        after = list(self.after)
        for _, number, row in last:
            after[number] = self.kinds[number].keys(row)
        cursor = cursors.seal(self.now.edition, self.now.digest, bound_to(self.asked, self.path), after)
        kept = [(name, value) for name, value in self.asked.given if name != "cursor"]
        return target(self.path, [*kept, ("cursor", cursor)])

    def _count(self) -> dict[str, Any]:
        """How many there are, exact up to a limit."""
        counts = [one.count() for one in self.kinds.values()]
        most = self.room.settings.count_max
        total = sum(one["value"] for one in counts)
        is_exact = total <= most and all(one["relation"] == "eq" for one in counts)
        return {"value": min(total, most), "relation": "eq" if is_exact else "gte"}

    def _facet(self, name: str) -> list[dict[str, Any]]:
        """How what is found divides, the most frequent value first."""
        kinds = list(self.kinds.values())
        if name != "kind":
            return divided_together(kinds, name)
        told = [(one.kind.name, one.count()) for one in kinds]
        values = [{"value": name, "name": name, "count": n["value"], "relation": n["relation"]} for name, n in told]
        return sorted(values, key=lambda one: (-one["count"], one["value"]))
