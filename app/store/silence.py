"""Silence: why a list is empty, and which facts and caveats come nearest to what was asked."""

import difflib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, bindparam, case, false, func, literal, or_, select

from app.facts import KINDS
from app.facts.base import Kind
from app.store.finding import Finder
from app.store.leaving import CLOSEST, Reference, left_open, of_documents
from app.store.seeking import Seeking
from app.store.selecting import COMMON, LINKS, NOT_EXTERNAL, SEARCH, marks, standing
from app.store.tables import METADATA
from app.store.tokens import Term, without_one

SEARCHED = 50  # documents that an empty answer names
ENTITIES = 4  # of those asked for, how many are looked for together
# Where the nearest facts are looked for: what somebody who asks wants first.
ORDER = ("caveats", "statements", "attendees", "events", "spending", "people", "organisations", "places")

# Where a filter goes by another field than its own name, or by several; a field's parts count as the field.
FIELDS = {
    "country": ("country", "countries", "represents"),
    "speaker_country": ("speaker_country", "represents"),
    "organisation": ("organisation", "represents"),
    "topic": ("topics",),
    "unit_measure": ("unit_measure", "amount"),
    "obs_status": ("obs_status", "amount"),
    "role": ("role", "roles"),
}
# The filters by day go by the whole of a date together; by an end of it that is left open, each in its way.
DAYS = ("from", "to", "on")
DAY = ("date", "date.year", "date.month", "date.day", "time_period", "date_published")
BEGINS, ENDS = ("date.start",), ("date.end",)
# Who it was is no field that is left open of somebody asked for by name.
NO_FIELDS = {*COMMON, *DAYS, NOT_EXTERNAL, SEARCH, "person"}
# A caveat about one scene, or one topic, does not answer for another; who acts is anybody that it does not name.
SCENE, TOPIC, ACTOR = ("events", "places"), ("topics",), ("people", "organisations")
KINDS_OF = {
    **dict.fromkeys(("event", "place", "within", "series", "part_of"), SCENE),
    **dict.fromkeys(("topic", "broader"), TOPIC),
    "mentions": (),
}

Values = dict[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no record has, the kinds that it was looked for in, and the records that it was merged into."""

    kinds: tuple[str, ...]
    value: str
    into: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an empty list was asked.

    `values` are its filters with their values; `entities`, by filter, the records asked for, each as the `kind/id` that
    it may be, none where a country has no records; `unknown` the values that are nobody; `documents` the ids of those
    that it is limited to, all of them where none; `terms` what was searched for.
    """

    kind: Kind
    values: Values
    entities: dict[str, tuple[str, ...]]
    unknown: Sequence[Unknown]
    documents: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def within(self) -> dict[str, str]:
        """The documents, as they are bound."""
        return {f"home_{n}": id for n, id in enumerate(self.documents)}


def explain(finder: Finder, edition: int, question: Question) -> dict[str, Any]:
    """`{reason, searched, closest}` of a list without items."""
    if question.unknown:
        closest = like(finder, edition, question.unknown[:CLOSEST])
        reason = "unknown_value"
    else:
        found = (_attendance, _not_stated, _left_open)
        closest = [one for look in found for one in look(finder, edition, question)]
        closest = list({one["path"]: one for one in closest}.values())
        reason = "not_stated" if closest else "nothing_recorded"
        closest = closest or _nearest(finder, edition, list(question.entities.values()))
        closest = closest or nearly(finder, edition, [question.kind], question.terms)
    searched = finder.references(documents, len(question.documents), edition=edition, **question.within)
    return {"reason": reason, "searched": searched, "closest": closest[:CLOSEST]}


def explain_search(finder: Finder, edition: int, asked: Question, kinds: Sequence[Kind]) -> dict[str, Any]:
    """The same of a search, which asks of each of the kinds what it asks of one."""
    reason, closest = "unknown_value", like(finder, edition, asked.unknown[:CLOSEST])
    if not asked.unknown:
        reason, closest = "nothing_recorded", _nearest(finder, edition, list(asked.entities.values()))
        closest = closest or nearly(finder, edition, kinds, asked.terms)
    searched = finder.references(documents, len(asked.documents), edition=edition, **asked.within)
    return {"reason": reason, "searched": searched, "closest": closest[:CLOSEST]}


def like(finder: Finder, edition: int, unknown: Sequence[Unknown]) -> list[Reference]:
    """The records that each value was merged into, and those whose ids or names are nearest to it."""
    kinds = dict.fromkeys(kind for one in unknown for kind in one.kinds)
    records = {kind: finder.references(everything, kind, edition=edition) for kind in kinds}
    found: dict[str, Reference] = {}
    for one in unknown:
        found |= {record["path"]: record for record in one.into}
        known = {key: record for kind in one.kinds for record in records[kind] for key in _keys(record)}
        for key in difflib.get_close_matches(one.value.casefold(), known, CLOSEST, 0.5):
            found.setdefault(known[key]["path"], known[key])
    return list(found.values())


def _keys(record: Reference) -> tuple[str, str]:
    return record["id"], record["name"].casefold()


def _left_open(finder: Finder, edition: int, question: Question) -> list[Reference]:
    """The caveats saying that a field asked for is left open, in facts that have all else that was asked for."""
    found: dict[str, Reference] = {}
    for others, fields in _openings(question):
        for one in left_open(finder, edition, question.kind, others, fields, question.within):
            found.setdefault(one["path"], one)
    return list(found.values())


def _openings(question: Question) -> Iterator[tuple[Values, tuple[str, ...]]]:
    """The fields that a request goes by, each with the filters that are then left; parts end in a full stop.

    Asked for a record alone, all the facts that leave theirs open are no answer; nor, for a value alone, are those that
    leave something else open. A list that has nothing from a day on may miss a fact that began before and whose end is
    unknown, and the other way round.
    """

    values = question.values

    def without(*names: str) -> Values:
        return {name: given for name, given in values.items() if name not in names}

    for name in values:
        if name not in NO_FIELDS and (name not in question.entities or len(values) > 1):
            fields = FIELDS.get(name, (name,)) if len(values) > 1 else (name,)
            yield without(name), tuple(part for one in fields for part in (one, f"{one}."))
    if any(name in values for name in DAYS):
        yield without(*DAYS), DAY
    for name, before, after in (("from", "from", "to"), ("on", "on", "to")):
        if name in values:
            yield without(before) | {after: values.get(after, values[name])}, ENDS
    for name, before, after in (("to", "to", "from"), ("on", "on", "from")):
        if name in values:
            yield without(before) | {after: values.get(after, values[name])}, BEGINS


def _attendance(finder: Finder, edition: int, question: Question) -> list[Reference]:
    """The caveats saying that it is left open who came to an event, for whoever is asked for at such events."""
    if question.kind.name != "attendees" or not question.values.keys() & {"event", "place", *DAYS}:
        return []
    kept = {name: given for name, given in question.values.items() if name in ("place", *DAYS)}
    if "event" in question.values:
        kept["ids"] = tuple(one.partition("/")[2] for one in question.values["event"])
    return left_open(finder, edition, KINDS["events"], kept, ("attendance",), question.within)


def _not_stated(finder: Finder, edition: int, question: Question) -> list[Reference]:
    """The caveats that say of this request that it is left open, about what is asked for and no other scene or topic.

    A part of a list that is left open is left open as well, so other filters only narrow it.
    """
    asked = question.entities
    requests = list(_requests(question)) if all(asked.values()) else []
    if not requests:
        return []
    names = list(asked)
    found = {name: {fact.partition("/")[0] for fact in facts} for name, facts in asked.items()}
    shape = tuple((_kinds_of(name), tuple(sorted(found[name])), len(asked[name])) for name in names)
    goes_by = tuple(names.index(name) if name in asked else None for name, _ in requests)
    is_bare = tuple(request == "" for _, request in requests)
    told = {f"request_{n}": request for n, (_, request) in enumerate(requests)} | question.within
    arguments = question.kind.name, shape, goes_by, is_bare, len(question.documents)
    return finder.references(answering, *arguments, edition=edition, **told, **_bound(list(asked.values())))


def _kinds_of(name: str) -> tuple[str, ...]:
    return KINDS_OF.get(name, ACTOR)


def _requests(question: Question) -> Iterator[tuple[str, str]]:
    """A request as caveats name it, each with its filter: any of the list, each filter, each filter's value."""
    if question.entities:
        yield "", ""
    for name, given in question.values.items():
        if name == SEARCH:
            continue
        yield name, name
        if name == "country" and question.kind.name in ("events", "statements"):
            yield name, "place"  # what is asked is where it was
        wider = getattr(marks(question.kind).get(name), "wider", {})
        shown = [str(value).lower() if isinstance(value, bool) else value for value in given]
        shown += [value for value, members in wider.items() if set(members) & set(given)]
        yield from ((name, f"{name}={value}".casefold()) for value in shown)


def _nearest(finder: Finder, edition: int, asked: Sequence[tuple[str, ...]]) -> list[Reference]:
    """Facts and caveats that refer to all entities asked for, then to all but one."""
    wanted = list(asked)[:ENTITIES]
    found: dict[str, Reference] = {}
    for size in (len(wanted), len(wanted) - 1) if wanted else ():
        for some in (one for one in itertools.combinations(wanted, size) if one and all(one)):
            for kind in ORDER:
                for one in finder.references(referring, kind, _shape(some), edition=edition, **_bound(some)):
                    found.setdefault(one["path"], one)
                if len(found) >= CLOSEST:
                    return list(found.values())
    return list(found.values())


def nearly(finder: Finder, edition: int, kinds: Sequence[Kind], terms: tuple[Term, ...]) -> list[Reference]:
    """Facts in which all but one of the terms stand, or words that begin as a single one does."""
    found: dict[str, Reference] = {}
    for fewer in without_one(terms):
        for kind in kinds:
            values: Values = {SEARCH: finder.expressions(kind, fewer)}
            bodies = [json.loads(row[-1]) for row in Seeking(finder, kind, values, edition).newest(CLOSEST)]
            found |= {one["path"]: {name: one[name] for name in ("id", "name", "path")} for one in bodies}
            if len(found) >= CLOSEST:
                return list(found.values())[:CLOSEST]
    return list(found.values())


def _shape(asked: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    return tuple(len(facts) for facts in asked)


def _bound(asked: Sequence[tuple[str, ...]]) -> dict[str, str]:
    return {f"fact_{n}_{m}": fact for n, facts in enumerate(asked) for m, fact in enumerate(facts)}


def referring(kind: str, shape: tuple[int, ...]) -> Select[Any]:
    """References to the facts of a kind that refer to each entity bound as `fact_<n>_<m>`, or are it."""
    table = METADATA.tables[kind]
    found = select(literal(kind), table.c.id, table.c.name).where(standing(table), *_about(kind, shape))
    return found.order_by(table.c.place_in_document, table.c.row).limit(CLOSEST)


def answering(
    kind: str,
    shape: tuple[tuple[tuple[str, ...], tuple[str, ...], int], ...],
    goes_by: tuple[int | None, ...],
    is_bare: tuple[bool, ...],
    documents: int,
) -> Select[Any]:
    """The same of the caveats that answer a list's requests, bound as `request_<n>`, with silence.

    `shape` are the entities asked for: the kinds in which a caveat about others does not answer for them, their own,
    and how many there may be. A request goes by one of them, which the caveat has to be about; a bare one by all.
    """
    table = METADATA.tables["caveats"]
    about = list(_about("caveats", tuple(size for _, _, size in shape)))
    fits = []
    for n, (own, bare) in enumerate(zip(goes_by, is_bare, strict=True)):
        request = bindparam(f"request_{n}", type_=String())
        is_ours = and_(LINKS.c.kind == literal("caveats"), LINKS.c.relation == literal(f"asks.{kind}"))
        asks = table.c.row.in_(select(LINKS.c.row).where(is_ours, LINKS.c.target == request))
        spared = {*shape[own][0], *shape[own][1]} if own is not None else set()
        parts = [
            one if bare or at == own else or_(one, ~_tells_of(table, tuple(k for k in kinds if k not in spared)))
            for at, (one, (kinds, _, _)) in enumerate(zip(about, shape, strict=True))
        ]
        fits.append(and_(asks, *parts))
    found = select(literal("caveats"), table.c.id, table.c.name)
    found = found.where(standing(table), or_(*fits), *of_documents(table, documents))
    return found.order_by(table.c.place_in_document, table.c.row).limit(CLOSEST)


def _tells_of(table: Table, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a caveat is about a record of one of these kinds."""
    told = and_(LINKS.c.kind == literal("caveats"), LINKS.c.relation == literal("about"))
    named = [LINKS.c.target.like(literal(f"{kind}/%")) for kind in kinds]
    return table.c.row.in_(select(LINKS.c.row).where(told, or_(false(), *named)))


def _about(kind: str, shape: tuple[int, ...]) -> Iterator[ColumnElement[bool]]:
    table = METADATA.tables[kind]
    for n, size in enumerate(shape):
        facts = [bindparam(f"fact_{n}_{m}", type_=String()) for m in range(size)]
        linked = select(LINKS.c.row).where(LINKS.c.kind == literal(kind), LINKS.c.target.in_(facts))
        yield or_(table.c.row.in_(linked), table.c.id.in_([_id_of(kind, one) for one in facts]))


def _id_of(kind: str, fact: ColumnElement[str]) -> ColumnElement[str | None]:
    """The id in a bound `kind/id`, null of another kind."""
    size = len(kind) + 1
    return case((func.substr(fact, 1, size) == literal(f"{kind}/"), func.substr(fact, size + 1)))


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


def documents(some: int) -> Select[Any]:
    """References to the documents, or to those bound as `home_<n>`, in the order in which they were first loaded."""
    table = METADATA.tables["documents"]
    found = select(literal("documents"), table.c.id, table.c.name).where(standing(table), *of_documents(table, some))
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
