"""Tables: those of the export, a kind's flat rows and beside them each of its lists, and what all facts cite."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import Citation, Date, Reference
from app.facts.shape import Slot, slots
from app.formats.flat import Column, Read
from app.formats.sqlite import Table
from app.store.columns import LEFT_OUT, Arriving, cited, columns, columns_of, itself, kinds_of, named, once, reader

APART = ("citations", "caveats")  # which have tables of their own: what a caveat is about is a list of the caveat
SINGULAR = {"topics": "topic", "members": "member", "facts": "fact", "roles": "role", "countries": "country"}


@cache
def tables_of(kind: Kind) -> tuple[Table, ...]:
    """What holds the facts of a kind: first their rows, then each list."""
    # Datasette 1.0 would take the ids for labels, were they the only text that is unique; so it takes the names.
    rows = Table(kind.name, once(_divided(columns(kind))), lambda body: (body,), ("id",), ("path",))
    return (rows, *_lists(kind, kind.public, kind.entry, "", itself))


def citations() -> Table:
    """What holds every place that facts cite, with a column for the facts of each kind."""
    found = {column.name: column for kind in KINDS.values() for column in citations_of(kind).columns}
    ordered = sorted(found.values(), key=lambda column: not column.name.startswith("fact_"))
    return Table("citations", tuple(ordered), lambda _: ())


@cache
def citations_of(kind: Kind) -> Table:
    """The same with the columns that the facts of a kind fill."""

    def rows(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        return ({**one, "fact": body["id"], "of": field} for field, one in _cited_in(body, ways, ""))

    id = reader(itself, "fact")
    found = (
        Column("fact_kind", lambda _: kind.name),
        Column("fact_id", id),
        Column(f"fact_{kind.singular}_id", id, kinds=(kind.name,)),
        Column("field", reader(itself, "of")),
        *(column for column in cited(itself) if column.name != "citation_path"),
        Column("supports", lambda row: ";".join(row["supports"])),
    )
    ways = tuple(way for way in _ways(kind.public) if way.name not in kind.table.inherited)
    return Table("citations", found, rows)


class _Way(NamedTuple):
    """A field that holds citations, or parts that do: `inner` are the ways to those."""

    name: str
    many: bool
    inner: tuple[Any, ...]


def _ways(model: type[BaseModel]) -> Iterator[_Way]:
    """The fields of a part in which citations stand, the fact's own first."""
    for slot in sorted(slots(model), key=lambda slot: slot.name != "citations"):
        inner = tuple(_ways(slot.model)) if slot.model else ()
        if inner or slot.model is Citation:
            yield _Way(slot.name, slot.many, inner)


def _cited_in(part: dict[str, Any], ways: Iterable[_Way], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each citation in a part, with the field where it stands."""
    for way in ways:
        held = part[way.name]
        for one in (held if way.many else (held,)) if held else ():
            if way.inner:
                yield from _cited_in(one, way.inner, f"{field}{way.name}.")
            else:
                yield f"{field}{way.name}", one


def _lists(kind: Kind, model: type[BaseModel], arriving: Arriving, prefix: str, holder: Read) -> Iterator[Table]:
    """A table for each list that a part of a body holds."""
    known = named(arriving)
    for slot in slots(model):
        read, entry = reader(holder, slot.name), known.get(slot.name)
        if slot.name in (*APART, *LEFT_OUT) or slot.model in (Citation, Date):
            continue
        if slot.many:
            yield _list(kind, slot, entry, prefix + slot.name, read)
        elif slot.model is not None:
            yield from _lists(kind, slot.model, entry.model if entry else None, f"{prefix}{slot.name}_", read)


def _list(kind: Kind, slot: Slot, arriving: Slot | None, name: str, read: Read) -> Table:
    def rows(body: dict[str, Any]) -> Iterable[tuple[str, int, Any]]:
        return ((body["id"], number, part) for number, part in enumerate(read(body) or (), 1))

    owner = Column(f"{kind.singular}_id", lambda row: row[0], kinds=(kind.name,))
    number = Column("number", lambda row: row[1], int)
    found = once(_divided([owner, number, *_parts(slot, arriving)]))
    return Table(f"{kind.name}_{name}", found, rows, (owner.name, number.name))


def _parts(slot: Slot, arriving: Slot | None) -> Iterator[Column]:
    """The columns of what a list holds: a reference, a part with its citation, or a text."""
    name = SINGULAR.get(slot.name, slot.name)
    if slot.model is Reference:
        yield Column(f"{name}_id", reader(_part, "id"), kinds=kinds_of(slot, arriving), whole=_part)
    elif slot.model is None:
        yield Column(name, _part)
    else:
        yield from columns_of(slot.model, arriving.model if arriving else None, "", _part)
        for one in slots(slot.model):
            if one.model is Citation:
                yield from cited(reader(_part, one.name))


def _part(row: tuple[str, int, Any]) -> Any:
    return row[2]


def _divided(found: Iterable[Column]) -> Iterator[Column]:
    """The columns, and after one that may refer to several kinds one more for each of them."""
    for column in found:
        yield column
        if column.whole and len(column.kinds) > 1:
            name, whole = column.name.removesuffix("_id"), column.whole
            yield from (_of_kind(name, KINDS[one], whole) for one in column.kinds)


def _of_kind(name: str, kind: Kind, read: Read) -> Column:
    """The id of a reference where it is of this kind."""

    def id_of(body: Any) -> Any:
        reference = read(body)
        return reference["id"] if reference and reference["path"].startswith(f"/{kind.name}/") else None

    return Column(f"{name}_{kind.singular}_id", id_of, kinds=(kind.name,))
