"""Bundles: one as it was loaded, byte for byte, and what became of one that is not there."""

from app.errors import Gone, NotFound, Problem
from app.facts import KINDS
from app.http.conditions import tag_of
from app.http.plans import ItemQuery, Made, Plan, Room
from app.store import history
from app.store.current import Now


def plan_bundle(room: Room, id: str, query: bytes) -> Plan:
    """The content of a bundle; its tag is its own digest, whatever the edition."""
    as_of = room.only(query, ItemQuery).get("as_of", (None,))[0]
    now = room.now(as_of)
    sha256 = room.finder.bundle(id, now.edition)
    if not sha256:  # empty where it was erased
        raise absent(room, id, now)

    def make() -> Made:
        return room.finder.bundle_content(id, now.edition), {}

    return Plan(now, isinstance(as_of, int), make, tag=tag_of(sha256))


def absent(room: Room, id: str, now: Now) -> Problem:
    """Why a bundle is not there: it was withdrawn, its document then being taken back, or erased, or never loaded."""
    last = next(iter(history.of(room.finder, f"documents/{id}", now.edition)[-1:]), None)
    if last is None:
        near = [path.replace("/documents/", "/bundles/") for path in room.like(KINDS["documents"], id, now)]
        return NotFound(f"there is no bundle {id[:100]!r} in edition {now.edition}", nearest=near)
    erased = history.erasure(room.finder, id)
    change, (since, reason) = ("erased", erased) if erased else ("withdrawn", (last.edition, last.reason))
    message = f"the bundle {id!r} was {change} in edition {since}"
    return Gone(message, None, change=change, reason=reason, since=since, history=f"/documents/{id}/history")
