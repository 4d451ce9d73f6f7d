"""Leaving: the caveats that leave a field open, of the few facts that filters keep or of those that caveats name."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, bindparam, func, literal, or_, select

from app.facts.base import Kind
from app.store.db import Crossed, Tried
from app.store.finding import Finder
from app.store.selecting import DAYS, LINKS, PERIOD, Shape, Values, bound, clauses, narrowed, shape_of, standing
from app.store.tables import METADATA

CLOSEST = 5
FEW = 500  # facts that are looked up; where more are kept, those that caveats are about are tried
CAVEATS = METADATA.tables["caveats"]
Reference = dict[str, str]


def left_open(
    finder: Finder, edition: int, kind: Kind, kept: Values, fields: tuple[str, ...], within: Mapping[str, str]
) -> list[Reference]:
    """References to the caveats that leave one of the fields open in facts that filters keep; parts end in a full stop.

    They are of the bundles of the documents bound as `home_<n>`, or of any.
    """
    found = finder.count(kind, kept, FEW, edition) if kept else FEW + 1
    if not found:
        return []
    lead = finder.lead(kind, kept, edition) or (PERIOD if kept.keys() <= set(DAYS) else None)
    arguments = kind, shape_of(kept), fields, len(within), found <= FEW, lead
    return finder.references(about_field, *arguments, edition=edition, **bound(kept), **within)


def about_field(
    kind: Kind, shape: Shape, fields: tuple[str, ...], documents: int, are_few: bool, lead: str | None
) -> Select[Any]:
    """(kind, id, name) of those caveats. What a fact shows of its event is left open by caveats about the event."""
    table, about = METADATA.tables[kind.name], LINKS.alias()
    prefix = f"{kind.name}/"
    is_fact = about.c.target.like(literal(f"{prefix}%")) & (table.c.id == func.substr(about.c.target, len(prefix) + 1))
    shown: list[tuple[Any, ColumnElement[bool]]] = [(literal(prefix) + table.c.id, is_fact)]
    if any(one.partition(".")[0] in kind.table.inherited for one in fields):
        shown.append((table.c.event, table.c.event == about.c.target))
    few = (_of_few(kind, shape, fact, lead) for fact, _ in shown)
    told = or_(*(few if are_few else (_of_each(kind, shape, about, on) for _, on in shown)))
    named = or_(*(_is_or_begins(CAVEATS.c.field, one) for one in fields))
    found = select(literal("caveats"), CAVEATS.c.id, CAVEATS.c.name)
    found = found.where(standing(CAVEATS), CAVEATS.c.kind == literal("not_stated"), named, told)
    found = found.where(*of_documents(CAVEATS, documents))
    return found.order_by(CAVEATS.c.place_in_document, CAVEATS.c.row).limit(CLOSEST)


def _is_or_begins(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return column.like(literal(f"{name}%")) if name.endswith(".") else column == literal(name)


def _of_few(kind: Kind, shape: Shape, fact: Any, lead: str | None) -> ColumnElement[bool]:
    """Whether a caveat is about what the kept facts are, or show, as `kind/id`."""
    table = METADATA.tables[kind.name]
    facts = select(fact).where(standing(table), *narrowed(kind, table, shape, lead))
    about = select(LINKS.c.row).where(LINKS.c.kind == literal("caveats"), LINKS.c.relation == literal("facts"))
    return CAVEATS.c.row.in_(about.where(LINKS.c.target.in_(facts)))


def _of_each(kind: Kind, shape: Shape, about: Any, on: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of the facts that a caveat is about, joined to that, is kept."""
    table = METADATA.tables[kind.name]
    ours = about.c.kind == literal("caveats"), about.c.relation == literal("facts"), about.c.row == CAVEATS.c.row
    kept = standing(table), *map(Tried, clauses(kind, table, shape, True))
    return select(literal(1)).select_from(Crossed(about, table, on)).where(*ours, *kept).correlate(CAVEATS).exists()


def of_documents(table: Table, documents: int) -> Iterator[ColumnElement[bool]]:
    """Of the bundles of the documents bound as `home_<n>`, or of any."""
    if documents:
        yield table.c.bundle.in_([bindparam(f"home_{n}", type_=String()) for n in range(documents)])
