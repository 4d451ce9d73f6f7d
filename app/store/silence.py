"""Silence: why a list is empty, and which facts and caveats come nearest to what was asked."""

import difflib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, literal, or_, select

from app.facts.base import Kind
from app.store.finding import Finder
from app.store.selecting import LINKS, Shape, clauses, standing
from app.store.tables import METADATA

CLOSEST = 5
SEARCHED = 50  # documents that an empty answer names
ENTITIES = 4  # of those asked for, how many are looked for together
# Where the nearest facts are looked for: what somebody who asks wants first.
ORDER = ("caveats", "statements", "attendees", "events", "spending", "people", "organisations", "places")

# Where a filter goes by another field than its own name, or by several.
FIELDS = {
    "country": ("country", "countries", "represents"),
    "speaker_country": ("speaker_country", "represents"),
    "organisation": ("organisation", "represents"),
    "topic": ("topics",),
    "unit_measure": ("unit_measure", "amount"),
    "role": ("role", "roles"),
}

Reference = dict[str, str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no record has, and the kinds that it was looked for in."""

    kinds: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an empty list was asked.

    `values` are its filters with their values; `entities` the records asked for, each as the `kind/id` that it may be;
    `unknown` the values that are nobody.
    """

    kind: Kind
    values: dict[str, tuple[Any, ...]]
    entities: Sequence[tuple[str, ...]]
    unknown: Sequence[Unknown]


def explain(finder: Finder, edition: int, question: Question) -> dict[str, Any]:
    """`{reason, searched, closest}` of a list without items."""
    if question.unknown:
        closest = _like(finder, edition, question.unknown[:CLOSEST])
        reason = "unknown_value"
    else:
        closest = [*_not_stated(finder, edition, question), *_left_open(finder, edition, question)]
        closest = list({one["path"]: one for one in closest}.values())
        reason = "not_stated" if closest else "nothing_recorded"
        closest = closest or _nearest(finder, edition, question.entities)
    return {"reason": reason, "searched": finder.references(documents, edition=edition), "closest": closest[:CLOSEST]}


def _like(finder: Finder, edition: int, unknown: Sequence[Unknown]) -> list[Reference]:
    """The records whose ids or names are nearest to each value."""
    kinds = dict.fromkeys(kind for one in unknown for kind in one.kinds)
    records = {kind: finder.references(everything, kind, edition=edition) for kind in kinds}
    found: dict[str, Reference] = {}
    for one in unknown:
        known = {key: record for kind in one.kinds for record in records[kind] for key in _keys(record)}
        for key in difflib.get_close_matches(one.value.casefold(), known, CLOSEST, 0.5):
            found.setdefault(known[key]["path"], known[key])
    return list(found.values())


def _keys(record: Reference) -> tuple[str, str]:
    return record["id"], record["name"].casefold()


def _left_open(finder: Finder, edition: int, question: Question) -> list[Reference]:
    """The caveats saying that a field asked for is left open, in facts that have all else that was asked for."""
    found: dict[str, Reference] = {}
    for name in question.values:
        others = {other: given for other, given in question.values.items() if other != name}
        shape = tuple((other, len(given)) for other, given in others.items())
        bound = {f"{other}_{n}": value for other, given in others.items() for n, value in enumerate(given)}
        fields = FIELDS.get(name, (name,))
        for one in finder.references(about_field, question.kind, shape, fields, edition=edition, **bound):
            found.setdefault(one["path"], one)
    return list(found.values())


def _not_stated(finder: Finder, edition: int, question: Question) -> list[Reference]:
    """The caveats that say of this request that it is left open, about all entities asked for."""
    asked = question.entities
    requests = list(_requests(question))
    bound = {f"request_{n}": request for n, request in enumerate(requests)}
    arguments = question.kind.name, _shape(asked), len(requests)
    return finder.references(answering, *arguments, edition=edition, **bound, **_bound(asked)) if requests else []


def _requests(question: Question) -> Iterator[str]:
    """A request as caveats name it: any of the list where it is about somebody, each filter, each filter's value."""
    if question.entities:
        yield ""
    for name, given in question.values.items():
        yield name
        shown = (str(value).lower() if isinstance(value, bool) else value for value in given)
        yield from (f"{name}={value}".casefold() for value in shown)


def _nearest(finder: Finder, edition: int, asked: Sequence[tuple[str, ...]]) -> list[Reference]:
    """Facts and caveats that refer to all entities asked for, then to all but one."""
    wanted = list(asked)[:ENTITIES]
    found: dict[str, Reference] = {}
    for size in (len(wanted), len(wanted) - 1):
        for some in itertools.combinations(wanted, size) if size > 0 else ():
            for kind in ORDER:
                for one in finder.references(referring, kind, _shape(some), edition=edition, **_bound(some)):
                    found.setdefault(one["path"], one)
                if len(found) >= CLOSEST:
                    return list(found.values())
    return list(found.values())


def _shape(asked: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    return tuple(len(facts) for facts in asked)


def _bound(asked: Sequence[tuple[str, ...]]) -> dict[str, str]:
    return {f"fact_{n}_{m}": fact for n, facts in enumerate(asked) for m, fact in enumerate(facts)}


def about_field(kind: Kind, shape: Shape, fields: tuple[str, ...]) -> Select[Any]:
    """References to the caveats that leave one of the fields open in facts that a list's filters keep."""
    table, caveat = METADATA.tables[kind.name], METADATA.tables["caveats"]
    facts = select(literal(f"{kind.name}/") + table.c.id).where(standing(table), *clauses(kind, table, shape))
    about = select(LINKS.c.row).where(LINKS.c.kind == literal("caveats"), LINKS.c.relation == literal("facts"))
    field = or_(*(or_(caveat.c.field == literal(one), caveat.c.field.like(literal(f"{one}.%"))) for one in fields))
    is_silent = and_(
        caveat.c.kind == literal("not_stated"), field, caveat.c.row.in_(about.where(LINKS.c.target.in_(facts)))
    )
    found = select(literal("caveats"), caveat.c.id, caveat.c.name).where(standing(caveat), is_silent)
    return found.order_by(caveat.c.place_in_document, caveat.c.row).limit(CLOSEST)


def referring(kind: str, shape: tuple[int, ...]) -> Select[Any]:
    """References to the facts of a kind that refer to each entity bound as `fact_<n>_<m>`, or are it."""
    table = METADATA.tables[kind]
    found = select(literal(kind), table.c.id, table.c.name).where(standing(table), *_about(kind, shape))
    return found.order_by(table.c.place_in_document, table.c.row).limit(CLOSEST)


def answering(kind: str, shape: tuple[int, ...], requests: int) -> Select[Any]:
    """The same of the caveats that answer a list's requests, bound as `request_<n>`, with silence."""
    table = METADATA.tables["caveats"]
    asked = [bindparam(f"request_{n}", type_=String()) for n in range(requests)]
    is_ours = and_(LINKS.c.kind == literal("caveats"), LINKS.c.relation == literal(f"asks.{kind}"))
    fits = table.c.row.in_(select(LINKS.c.row).where(is_ours, LINKS.c.target.in_(asked)))
    found = select(literal("caveats"), table.c.id, table.c.name)
    found = found.where(standing(table), fits, *_about("caveats", shape))
    return found.order_by(table.c.place_in_document, table.c.row).limit(CLOSEST)


def _about(kind: str, shape: tuple[int, ...]) -> Iterator[ColumnElement[bool]]:
    table = METADATA.tables[kind]
    for n, size in enumerate(shape):
        facts = [bindparam(f"fact_{n}_{m}", type_=String()) for m in range(size)]
        linked = select(LINKS.c.row).where(LINKS.c.kind == literal(kind), LINKS.c.target.in_(facts))
        yield or_(table.c.row.in_(linked), (literal(f"{kind}/") + table.c.id).in_(facts))


def of_country(values: int) -> Select[Any]:
    """References to the places and organisations whose countries are those bound as `country_<n>`."""
    parts = []
    for kind in ("places", "organisations"):
        table = METADATA.tables[kind]
        codes = [bindparam(f"country_{n}", type_=String()) for n in range(values)]
        found = select(literal(kind).label("kind"), table.c.id, table.c.name)
        parts.append(found.where(standing(table), table.c.country.in_(codes)))
    every = parts[0].union_all(parts[1]).subquery()
    return select(every.c.kind, every.c.id, every.c.name)


def documents() -> Select[Any]:
    """References to the documents, in the order in which they were first loaded."""
    table = METADATA.tables["documents"]
    found = select(literal("documents"), table.c.id, table.c.name).where(standing(table))
    return found.order_by(table.c.place_in_document).limit(SEARCHED)


def everything(kind: str) -> Select[Any]:
    """References to the records of a kind, the first thousand by name."""
    table = METADATA.tables[kind]
    found = select(literal(kind), table.c.id, table.c.name).where(standing(table))
    return found.order_by(table.c.name_key, table.c.row).limit(1000)


def named(sizes: tuple[tuple[str, int], ...]) -> Select[Any]:
    """References to those records that there are of the ids bound as `<kind>_<n>`; so many of each kind."""
    parts = []
    for kind, size in sizes:
        table = METADATA.tables[kind]
        ids = [bindparam(f"{kind}_{n}", type_=String()) for n in range(size)]
        found = select(literal(kind).label("kind"), table.c.id, table.c.name)
        parts.append(found.where(standing(table), table.c.id.in_(ids)))
    first, *more = parts
    every = first.union_all(*more).subquery()
    return select(every.c.kind, every.c.id, every.c.name)
