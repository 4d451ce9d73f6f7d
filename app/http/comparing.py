"""Comparing: two documents side by side, both values and both citations, and no winner."""

from collections import Counter
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field

from app.errors import Invalid
from app.facts import KINDS
from app.facts.parts import Ref
from app.http.asking import pairs
from app.http.paging import page_frame, place_of
from app.http.parameters import Named
from app.http.plans import Made, Plan, Room, to_json
from app.http.refusing import fault
from app.http.trail import missing
from app.store import aligning
from app.store.aligning import Pair
from app.store.current import Now

Outcome = Literal["same", "compatible", "differs", "not_comparable", "only_in"]
ComparedKind = Literal["places", "organisations", "people", "events", "attendees", "statements", "spending"]
TWO = "two different documents are compared: write document=a&document=b"


class CompareQuery(BaseModel):
    """The parameters of a comparison."""

    document: Annotated[list[str], Ref(("documents",))] = Field(
        [], description="The two documents, by id or name: exactly two."
    )
    kind: list[ComparedKind] = Field([], description="Only facts of these kinds.")
    result: list[Outcome] = Field([], description="Only items with these results.")
    limit: int = Field(50, ge=1, le=1000, description="Items on a page.")
    cursor: str | None = Field(None, description="Where to go on: the `next` of a page before.")
    as_of: str | None = Field(None, description="As it stood: an edition (digits), or an instant (RFC 3339, with Z).")


def plan_compare(room: Room, path: str, query: bytes) -> Plan:
    """Two documents compared, a page of it."""
    values = room.only(query, CompareQuery)
    limit = room.limit(values)
    as_of = values.get("as_of", (None,))[0]
    bound = f"{path} {sorted((name, given) for name, given in values.items() if name not in ('limit', 'cursor'))!r}"
    now, after = place_of(room, values["cursor"][0], bound) if "cursor" in values else (room.now(as_of), 0)

    def make() -> Made:
        a, b = _documents(room, values.get("document", ()), now)
        kinds, results = values.get("kind", ()), values.get("result", ())
        found = [one for one in aligning.compare(room.finder, a, b, now.edition) if not kinds or one.kind in kinds]
        kept = [one for one in found if not results or one.result in results]
        counts = Counter(one.result for one in found)
        numbers = list(range(after + 1, len(kept) + 1))[: limit + 1]
        framed, headers = page_frame(path, pairs(query), now, bound, numbers, limit)
        references = {id: room.finder.references(aligning.document, id=id, edition=now.edition) for id in (a, b)}
        items = [_shown(one) for one in kept[after : after + limit]]
        searched = [references[a][0], references[b][0]]
        empty = {} if items else {"empty": {"reason": "nothing_recorded", "searched": searched, "closest": []}}
        body = {
            "items": items,
            **framed,
            **empty,
            "documents": {"a": references[a][0], "b": references[b][0]},
            "counts": {name: counts[name] for name in get_args(Outcome)},
        }
        return to_json(body), headers

    return Plan(now, isinstance(as_of, int) or "cursor" in values, make)


def _documents(room: Room, given: tuple[Any, ...], now: Now) -> tuple[str, str]:
    """The ids of the two documents; Invalid unless they are two, NotFound or Gone where one is not there."""
    ids = []
    for value in given:
        named = room.finder.named(KINDS["documents"], value.name, now.edition) if isinstance(value, Named) else []
        if isinstance(value, Named) and len(named) != 1:
            message = f"{'several documents have' if named else 'no document has'} this name"
            raise Invalid([fault("document", message, next(iter(named), None), value.name)])
        ids.append(named[0] if named else str(value).partition("/")[2])
    if len(set(ids)) != 2 or len(ids) != 2:
        raise Invalid([fault("document", TWO)])
    for id in ids:
        if room.finder.body(KINDS["documents"], id, now.edition) is None:
            raise missing(room, KINDS["documents"], id, now)
    return ids[0], ids[1]


def _shown(one: Pair) -> dict[str, Any]:
    only = None if one.a and one.b else ("a" if one.a else "b")
    return {
        "result": one.result,
        "type": KINDS[one.kind].singular,
        "in": only,
        "a": one.a.reference if one.a else None,
        "b": one.b.reference if one.b else None,
        "fields": one.fields,
    }
