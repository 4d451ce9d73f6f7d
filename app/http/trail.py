"""The paper trail: what changed since an edition, each revision of a fact, and what became of one that is gone."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.errors import Gone, Moved, NotFound
from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import KindName
from app.formats import atom
from app.http.asking import pairs
from app.http.negotiating import negotiate
from app.http.paging import page_frame, place_of
from app.http.plans import ItemQuery, Made, Plan, Room, target, to_json
from app.store import history
from app.store.current import Now
from app.store.history import CORROBORATION


class EditionsQuery(BaseModel):
    """The parameters of the list of editions."""

    since: int = Field(0, ge=0, description="Only editions after this one.")
    limit: int = Field(50, ge=1, le=1000, description="Items on a page.")
    cursor: str | None = Field(None, description="Where to go on: the `next` of a page before.")


class ChangesQuery(EditionsQuery):
    """The parameters of the change feed."""

    kind: list[KindName] = Field([], description="Only changes of these kinds of fact.")
    format: Literal["json", "atom"] | None = Field(
        None, description="`atom`: for feed readers, the newest first. It goes before `Accept`."
    )


MEDIA = {"application/json": "json", atom.MEDIA: "atom"}
LAST = 2**62  # after every row


def plan_changes(room: Room, path: str, query: bytes, accept: str) -> Plan:
    """The changes after an edition, in order, or as a feed the newest first; none is ever left out."""
    values = room.only(query, ChangesQuery)
    since, kinds = values.get("since", (0,))[0], values.get("kind", ())
    form = values.get("format", (MEDIA.get(negotiate(accept, tuple(MEDIA)) or "", "json"),))[0]
    bound = f"{path} {since} {sorted(kinds)}{' newest first' if form == 'atom' else ''}"
    now, place, limit = _walk(room, values, bound)

    def make() -> Made:
        if form == "atom":
            return _feed(room, path, query, now, (since, kinds, place, limit), bound)
        found = history.changes(room.finder, since, now.edition, place, limit + 1, kinds)
        frame, headers = page_frame(path, pairs(query), now, bound, [one.row for one in found], limit)
        again = history.republished(room.finder, since, now.edition)
        items = [shown(one) for one in found[:limit]]
        return to_json({"items": items, **frame, "republished": again}), headers

    return Plan(now, "cursor" in values, make, form, media=() if "format" in values else tuple(MEDIA))


def _feed(
    room: Room, path: str, query: bytes, now: Now, asked: tuple[int, tuple[str, ...], int, int], bound: str
) -> Made:
    """A page of changes as a feed; its links ask for one, whatever Accept says."""
    since, kinds, before, limit = asked
    found = history.newest(room.finder, since, now.edition, before or LAST, limit + 1, kinds)
    plain = [(name, value) for name, value in pairs(query) if name not in ("format", "cursor")]
    cursor = [pair for pair in pairs(query) if pair[0] == "cursor"]
    feed = [*plain, ("format", "atom")]
    frame, headers = page_frame(path, [*feed, *cursor], now, bound, [one.row for one in found], limit)
    links = {"self": frame["self"], "alternate": target(path, [*plain, ("format", "json")])}
    links |= {"first": target(path, feed), **({"next": frame["next"]} if frame["next"] else {})}
    key, updated = history.ends(room.finder, now.edition)
    own = target(path, [("kind", ",".join(sorted(kinds)))] if kinds else [])
    entries = [(shown(one), one.digest) for one in found[:limit]]
    made = atom.feed(entries, own, links, updated, key, room.settings.public_url)
    return made, {**headers, "content-type": f"{atom.MEDIA}; charset=utf-8"}


def plan_editions(room: Room, path: str, query: bytes) -> Plan:
    """The editions, in order."""
    values = room.only(query, EditionsQuery)
    since = values.get("since", (0,))[0]
    bound = f"{path} {since}"
    now, after, limit = _walk(room, values, bound)

    def make() -> Made:
        found = history.editions(room.finder, max(since, after), now.edition, limit + 1)
        frame, headers = page_frame(path, pairs(query), now, bound, [one["edition"] for one in found], limit)
        return to_json({"items": found[:limit], **frame}), headers

    return Plan(now, "cursor" in values, make)


def _walk(room: Room, values: dict[str, tuple[Any, ...]], bound: str) -> tuple[Now, int, int]:
    """The edition of a walk, the number that it goes on after, and how many items it shows at a time.

    NotFound where `since` is an edition that was never: a client of another database would see nothing for ever.
    """
    limit = room.limit(values)
    if "cursor" not in values:
        latest, since = room.finder.latest(), values.get("since", (0,))[0]
        if since > latest.edition:
            raise NotFound(f"there is no edition {since} yet; the last one is {latest.edition}")
        return latest, 0, limit
    now, after = place_of(room, values["cursor"][0], bound)
    return now, after, limit


def shown(one: history.Change) -> dict[str, Any]:
    """A change as the feed and a history tell it."""
    fact = one.fact.removeprefix(CORROBORATION)
    kind, _, id = fact.partition("/")
    return {
        "change": one.change,
        "type": KINDS[kind].singular if fact == one.fact else "corroboration",
        "fact": {"id": id, "name": one.name, "path": f"/{fact}"},
        "revision": one.revision,
        "edition": one.edition,
        "at": one.at,
        "by": one.by,
        "reason": one.reason,
        "evidence": one.evidence,
        "into": [f"/{fact}" for fact in one.into],
        "bundle": one.bundle,
    }


def plan_history(room: Room, kind: Kind, path: str, id: str, query: bytes) -> Plan:
    """Each revision of a fact: what it changed, when, who and why."""
    as_of = room.only(query, ItemQuery).get("as_of", (None,))[0]
    now = room.now(as_of)

    def make() -> Made:
        fact = f"{kind.name}/{id}"
        changes = history.of(room.finder, fact, now.edition)
        if not changes:
            raise NotFound(f"there never was a {kind.singular} {id[:100]!r}", nearest=room.like(kind, id, now))
        versions = history.versions(room.finder, fact, now.edition)
        items = []
        for one in changes:
            before, after = history.revised(one, versions)
            items.append({**shown(one), "before": before, "after": after})
        return to_json({"items": items, "self": target(path, pairs(query)), "edition": now.edition}), {}

    return Plan(now, isinstance(as_of, int), make)


def missing(room: Room, kind: Kind, id: str, now: Now) -> Exception:
    """Why there is no such fact in an edition: taken back, merged, split, or never there."""
    changes = history.of(room.finder, f"{kind.name}/{id}", now.edition)
    last = changes[-1] if changes else None
    erased = history.erasure(room.finder, last.bundle) if last else None
    if erased:
        edition, reason = erased
        message = f"the {kind.singular} {id!r} was erased, in all editions, in edition {edition}"
        since = {"since": edition, "history": f"/{kind.name}/{id}/history"}
        return Gone(
            message,
            None,
            change="erased",
            reason=reason,
            **since,
            mend="Read its history; no edition shows it any more.",
        )
    if last is None or last.change not in ("retracted", "merged", "split"):
        return NotFound(
            f"there is no {kind.singular} {id[:100]!r} in edition {now.edition}", nearest=room.like(kind, id, now)
        )
    if last.change == "merged":
        return Moved(f"{id!r} was merged into another record: {last.reason}", {"location": f"/{last.into[0]}"})
    told: dict[str, Any] = {"change": last.change, "reason": last.reason, "since": last.edition}
    if last.change == "split":
        told["into"] = [f"/{fact}" for fact in last.into]
    message = f"the {kind.singular} {id!r} was {last.change} in edition {last.edition}"
    return Gone(message, None, **told, history=f"/{kind.name}/{id}/history")
