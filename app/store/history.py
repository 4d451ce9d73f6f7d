"""History: what was known when, and every change of it, read from the books that loading keeps."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, bindparam, func, or_, select

from app.store.finding import Finder
from app.store.tables import METADATA

CHANGES, EDITIONS, ERASURES = (METADATA.tables[name] for name in ("changes", "editions", "erasures"))
CORROBORATION = "corroborations/"  # before the `kind/id` of a fact: what another document says of it
UNCHANGING = ("edition", "revision")  # bookkeeping that every version changes


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a fact's own entry: what, when, who and why."""

    row: int
    edition: int
    at: str
    fact: str
    name: str
    bundle: str
    change: str
    revision: int
    reason: str | None
    evidence: Any
    into: list[str]
    by: str | None
    digest: str  # of the history up to its edition


FIELDS = tuple(one.name for one in fields(Change))


def changes(finder: Finder, since: int, edition: int, after: int, limit: int, facts: tuple[str, ...]) -> list[Change]:
    """Changes of editions after `since` up to `edition`, in order, from after a row; of these `kind/` only."""
    values = {"since": since, "edition": edition, "after": after, "limit": limit}
    return [_change(row) for row in finder.rows(_page, len(facts), False, **values, **_kinds(facts))]


def _kinds(facts: tuple[str, ...]) -> dict[str, str]:
    return {f"kind_{n}": f"{kind}/%" for n, kind in enumerate(facts)}


def newest(finder: Finder, since: int, edition: int, before: int, limit: int, facts: tuple[str, ...]) -> list[Change]:
    """The same, the newest first, from before a row."""
    values = {"since": since, "edition": edition, "before": before, "limit": limit}
    return [_change(row) for row in finder.rows(_page, len(facts), True, **values, **_kinds(facts))]


def of(finder: Finder, fact: str, edition: int) -> list[Change]:
    """The changes of one fact up to an edition, in order."""
    return of_each(finder, [fact], edition)


def of_each(finder: Finder, facts: Sequence[str], edition: int) -> list[Change]:
    """The changes of several facts up to an edition, those of each in order."""
    return [_change(row) for row in finder.rows_for(_of, many=facts, edition=edition)]


def republished(finder: Finder, since: int, edition: int) -> dict[str, int]:
    """How many facts of each kind got a new version, after `since` up to `edition`, for what they refer to."""
    total: Counter[str] = Counter()
    for row in finder.rows(_editions, since=since, edition=edition, limit=2**31 - 1):
        total.update(json.loads(row[3]))
    return dict(sorted(total.items()))


def ends(finder: Finder, edition: int) -> tuple[str, str]:
    """The digest of the first edition, which tells databases apart, and an edition's instant; of none, the epoch."""
    rows = finder.rows(_ends, edition=edition)
    return (rows[0][0], rows[-1][1]) if rows else ("", "1970-01-01T00:00:00Z")


def editions(finder: Finder, since: int, edition: int, limit: int) -> list[dict[str, Any]]:
    """The editions after `since` up to `edition`: number, instant, how many changes, how many published again."""
    return [
        {"edition": number, "at": at, "changes": json.loads(changed), "republished": json.loads(again)}
        for number, at, changed, again in finder.rows(_editions, since=since, edition=edition, limit=limit)
    ]


def versions(finder: Finder, fact: str, edition: int) -> list[tuple[int, int, dict[str, Any]]]:
    """Every version of a fact up to an edition: (since, until, body), the oldest first."""
    kind, _, id = fact.partition("/")
    rows = finder.rows(_versions, kind, id=id, edition=edition)
    return [(since, until, json.loads(bytes(body))) for since, until, body in rows]


def revised(change: Change, versions: Sequence[tuple[int, int, dict[str, Any]]]) -> tuple[Any, Any]:
    """What a change changed, from the versions (since, until, body) around it."""
    before = next((body for _, until, body in versions if until == change.edition), None)
    after = next((body for since, _, body in versions if since == change.edition), None)
    return difference(before, after)


def difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[Any, Any]:
    """What a change changed: the fields that differ, as they were and as they are; whole bodies where one is not."""
    if before is None or after is None:
        return before, after
    names = [name for name in after if name not in UNCHANGING and before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def erasure(finder: Finder, bundle: str) -> tuple[int, str] | None:
    """In which edition a bundle was last erased, and why; None where it never was."""
    rows = finder.rows(_erasures, bundle=bundle)
    return (rows[0][0], rows[0][1]) if rows else None


def _erasures() -> Select[Any]:
    found = select(ERASURES.c.edition, ERASURES.c.reason).where(ERASURES.c.bundle == bindparam("bundle"))
    return found.order_by(ERASURES.c.row.desc()).limit(1)


def _change(row: Any) -> Change:
    named = dict(zip(FIELDS, row, strict=True))
    evidence, into = named["evidence"], named["into"]
    return Change(**{**named, "evidence": json.loads(evidence) if evidence else None, "into": json.loads(into or "[]")})


def _columns() -> Select[Any]:
    columns = [EDITIONS.c[name] if name in ("at", "digest") else CHANGES.c[name] for name in FIELDS]
    joined = CHANGES.join(EDITIONS, EDITIONS.c.edition == CHANGES.c.edition)
    return select(*columns).select_from(joined).order_by(CHANGES.c.row)


def _page(kinds: int, is_newest_first: bool) -> Select[Any]:
    """Rows follow editions, so that a page is a range of rows and costs what it holds."""
    after, before = (bindparam(name, type_=BigInteger()) for name in ("after", "before"))
    found = _columns().where(CHANGES.c.row > _last_row("since"), CHANGES.c.row <= _last_row("edition"))
    if is_newest_first:
        found = found.where(CHANGES.c.row < before).order_by(None).order_by(CHANGES.c.row.desc())
    else:
        found = found.where(CHANGES.c.row > after)
    if kinds:
        found = found.where(or_(*(CHANGES.c.fact.like(bindparam(f"kind_{n}")) for n in range(kinds))))
    return found.limit(bindparam("limit"))


def _last_row(edition: str) -> ColumnElement[int]:
    """The last row of the editions up to the one bound under a name; 0 where they have none."""
    changes = CHANGES.alias()
    rows = select(changes.c.row).where(changes.c.edition <= bindparam(edition, type_=BigInteger()))
    last = rows.order_by(changes.c.edition.desc(), changes.c.row.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), 0)


def _of(size: int) -> Select[Any]:
    facts = [bindparam(f"many_{n}", type_=String()) for n in range(size)]
    return _columns().where(CHANGES.c.fact.in_(facts), CHANGES.c.edition <= bindparam("edition"))


def _ends() -> Select[Any]:
    wanted = EDITIONS.c.edition.in_([1, bindparam("edition", type_=BigInteger())])
    return select(EDITIONS.c.digest, EDITIONS.c.at).where(wanted).order_by(EDITIONS.c.edition)


def _editions() -> Select[Any]:
    found = select(EDITIONS.c.edition, EDITIONS.c.at, EDITIONS.c.changes, EDITIONS.c.republished)
    since = bindparam("since", type_=BigInteger())
    found = found.where(EDITIONS.c.edition > since, EDITIONS.c.edition <= bindparam("edition"))
    return found.order_by(EDITIONS.c.edition).limit(bindparam("limit"))


def _versions(kind: str) -> Select[Any]:
    table = METADATA.tables[kind]
    found = select(table.c.since_edition, table.c.until_edition, table.c.body)
    return found.where(table.c.id == bindparam("id"), table.c.since_edition <= bindparam("edition")).order_by(
        table.c.since_edition
    )
