"""Selecting: what a list's filters keep, turned into SQL, compiled once for each shape of request."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)

from app.facts import KINDS
from app.facts.asking import By, Common, HeldIn, Linked
from app.facts.base import Kind
from app.store import ordering, search
from app.store.db import Tried
from app.store.tables import MARKED, METADATA

LINKS, CITED, READINGS = (METADATA.tables[name] for name in ("links", "cited", "readings"))
TREES = {"places": "within", "topics": "broader"}
# The filters that may match through a value which no document says, and what keeps such matches out.
THROUGH = ("country", "speaker_country", "place", "within")
NOT_EXTERNAL = "not_external"
DAYS = ("from", "to", "on")
PERIOD = "period"  # what those are together
EVERY = "*"  # leads where no filter does: all rows are tried, in the index that holds what they are tried by
SEARCH = "q"  # bound as several expressions: what matches at all, and each of those among it that stand elsewhere
# Each filter asked for, how many values it was given, and whether what lies within them is among these.
Shape = tuple[tuple[str, int, bool], ...]
Binds = Mapping[str, list[Any]]
Values = Mapping[str, tuple[Any, ...]]  # each filter asked for and its values


class Opened(tuple[Any, ...]):
    """The values of a filter with all that lies within them."""


def shape_of(values: Values) -> Shape:
    """What a statement for these filters is made by."""
    return tuple((name, len(given), isinstance(given, Opened)) for name, given in values.items())


def bound(values: Values) -> dict[str, Any]:
    """The values as such a statement takes them."""
    return {f"{name}_{n}": value for name, given in values.items() for n, value in enumerate(given)}


def standing(table: Table) -> ColumnElement[bool]:
    """The versions that stand in the edition bound as `edition`; nearly all do, so no index is looked up by that."""
    edition: Any = bindparam("edition")
    return and_(Tried(table.c.since_edition <= edition), table.c.until_edition > edition)


def clauses(
    kind: Kind,
    table: Table,
    shape: Shape,
    one_by_one: bool = False,
    tries_words: bool = False,
    lead: str | None = None,
    is_joined: bool = False,
) -> Iterator[ColumnElement[bool]]:
    """What each filter keeps; `one_by_one` is for rows of which most will do, `tries_words` where they are few.

    With a `lead`, rows are looked up by that filter alone, if it is one, and each is tried by the others; those that it
    keeps may be joined to already.
    """
    for name, clause in _clauses(kind, table, shape, one_by_one, tries_words, lead):
        if lead == EVERY:  # nor may an index that has no rows without a value be taken
            yield func.coalesce(clause, false())
        elif name != lead or not is_joined:
            yield clause if lead in (None, name) else Tried(clause)


def narrowed(
    kind: Kind, table: Table, shape: Shape, lead: str | None, tries_words: bool = False
) -> Iterator[ColumnElement[bool]]:
    """The same of few rows, of which more is read than they are tried by."""
    if lead == EVERY:
        other: Any = table.alias()  # of which an index holds all that is tried, whatever is read
        yield table.c.row.in_(select(other.c.row).where(standing(other), *clauses(kind, other, shape, lead=lead)))
    else:
        yield from clauses(kind, table, shape, False, tries_words, lead)


def _clauses(
    kind: Kind, table: Table, shape: Shape, one_by_one: bool, tries_words: bool, lead: str | None
) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """The same, each with its filter's name."""
    asked = {name: size for name, size, _ in shape}
    opened = {name for name, _, is_opened in shape if is_opened}
    found = {name: mark for name, mark in marks(kind).items() if name in asked}
    binds = {
        name: [bindparam(f"{name}_{index}", type_=_type(table, mark)) for index in range(asked[name])]
        for name, mark in found.items()
    }
    for name, mark in found.items():
        if isinstance(mark, By):
            values = binds[name]
            within = _within(mark.tree, values) if mark.tree and name not in opened else values
            yield name, table.c[mark.column].in_(within)
        elif isinstance(mark, Linked):
            tree, tries = None if name in opened else mark.tree, one_by_one or lead not in (None, name)
            yield name, _linked(kind, table, mark.relation, binds[name], tree, tries)
        elif isinstance(mark, HeldIn):
            yield name, _held(table, binds[name])
        elif mark.name in COMMON:
            yield name, COMMON[mark.name](kind, table, binds)
    if SEARCH in asked:
        bound, tries = f"{SEARCH}_0", one_by_one or (tries_words and lead != SEARCH)
        yield SEARCH, search.is_hit(kind, table, bound) if tries else table.c.row.in_(search.hits(kind, bound))
    if asked.keys() & set(DAYS):
        other = table.alias()
        inside = select(other.c.row).where(_days(kind, other, binds))  # in an index that holds all days
        yield PERIOD, table.c.row.in_(inside) if lead == PERIOD else _days(kind, table, binds)
    if NOT_EXTERNAL in asked:
        yield from ((NOT_EXTERNAL, clause) for clause in _by_itself(kind, table, found, binds))


def _by_itself(kind: Kind, table: Table, found: Mapping[str, Any], binds: Binds) -> Iterator[ColumnElement[bool]]:
    """Matches not only through what no document says, be that a country or a step up to every place asked for."""
    for name in [name for name in THROUGH if name in found]:
        mark, relation = found[name], literal(f"through.{name}")
        if isinstance(mark, By) and mark.tree:
            yield or_(
                *(
                    and_(
                        table.c[mark.column].in_(_within(mark.tree, [value])),
                        ~matched_through(kind, table, relation + literal(":") + value),
                    )
                    for value in binds[name]
                )
            )
        else:
            yield ~matched_through(kind, table, relation)


def matched_through(kind: Kind, table: FromClause, relation: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a row of these is matched by a filter, of that relation, only through what no document says."""
    links = LINKS.alias()  # the rows may be joined to theirs already
    return exists().where(links.c.kind == literal(kind.name), links.c.row == table.c.row, links.c.relation == relation)


@cache
def marks(kind: Kind) -> dict[str, Any]:
    """Each filter of a kind, by the name that it is asked by."""
    found = {}
    for name, info in kind.query.model_fields.items():
        mark = next((mark for mark in info.metadata if isinstance(mark, By | Linked | HeldIn | Common)), None)
        if mark is not None:
            found[info.alias or name] = mark
    return found


def _type(table: Table, mark: Any) -> Any:
    return (
        table.c[mark.column].type
        if isinstance(mark, By) and isinstance(table.c[mark.column].type, Boolean)
        else String()
    )


def _linked(
    kind: Kind,
    table: Table,
    relation: str | None,
    values: list[Any],
    tree: str | None = None,
    one_by_one: bool = False,
) -> ColumnElement[bool]:
    links = LINKS.alias()  # the rows may be joined to theirs already
    wanted = links.c.target.in_(_within(tree, values) if tree else values)
    ours = [links.c.kind == literal(kind.name)]
    if relation is not None:
        ours.append(links.c.relation == literal(relation))
    if one_by_one:  # of a row there are few links, of a value there may be many
        return exists().where(*ours, links.c.row == table.c.row, Tried(wanted))
    return table.c.row.in_(select(links.c.row).where(*ours, wanted))


def found_by_links(kind: Kind, shape: Shape, name: str) -> Select[Any]:
    """(row, day_down, place_in_document) of the rows that a filter by a relation keeps, each once.

    They need not all be found before the first is told; by one value they come in the order of lists by day.
    """
    mark = marks(kind)[name]
    ((size, is_opened),) = [(size, is_opened) for one, size, is_opened in shape if one == name]
    values: Any = [bindparam(f"{name}_{index}", type_=String()) for index in range(size)]
    is_one = size == 1 and (is_opened or not mark.tree)
    wanted = LINKS.c.target.in_(_within(mark.tree, values) if mark.tree and not is_opened else values)
    ours = [LINKS.c.kind == literal(kind.name), LINKS.c.relation == literal(mark.relation)]
    if ordering.keys(kind)[0] != "day_down":
        ours.append(LINKS.c.day_down == literal_column("0"))
    if is_one:
        return select(LINKS.c.row, LINKS.c.day_down, LINKS.c.place_in_document).where(*ours, wanted)
    row = (LINKS.c.row + literal_column("0")).label("row")  # else it is looked up by what has rows in order
    return select(row, LINKS.c.day_down, LINKS.c.place_in_document).where(*ours, wanted).distinct()


def _held(table: Table, offices: list[Any]) -> ColumnElement[bool]:
    people = METADATA.tables["people"]
    relations = [literal("office.") + office for office in offices]
    holders = select(LINKS.c.target).join(people, people.c.row == LINKS.c.row)
    held = holders.where(LINKS.c.kind == literal("people"), LINKS.c.relation.in_(relations), standing(people))
    return (literal("organisations/") + table.c.id).in_(held)


def _within(tree: str, values: list[Any]) -> Select[Any]:
    """The records given and all that lie within them, as of the edition asked for."""
    table = METADATA.tables[tree]
    fact = (literal(f"{tree}/") + table.c.id).label("fact")
    given = table.c.id.in_([_id(tree, value) for value in values])
    inside = select(fact).where(given, standing(table)).cte(recursive=True)
    inside = inside.union(select(fact).where(table.c[TREES[tree]] == inside.c.fact, standing(table)))
    return select(inside.c.fact)


def _id(kind: str, fact: Any) -> Any:
    """The id in a bound `kind/id`."""
    return func.substr(fact, len(kind) + 2)


def _ids(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    return table.c.id.in_(binds["ids"])


def _document(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    ids = [_id("documents", value) for value in binds["document"]]
    cited = select(CITED.c.row).where(CITED.c.kind == literal(kind.name), CITED.c.document.in_(ids))
    return or_(table.c.bundle.in_(ids), table.c.row.in_(cited))


def _sentence(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    cited = select(CITED.c.row).where(CITED.c.kind == literal(kind.name), CITED.c.sentence.in_(binds["sentence"]))
    if "document" in binds:
        ids = [_id("documents", value) for value in binds["document"]]
        cited = cited.where(CITED.c.document.in_(ids))
    return table.c.row.in_(cited)


def _basis(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    return table.c.basis.in_(binds["basis"])


def _caveat(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    relation = LINKS.c.relation.in_([literal("caveats.") + value for value in binds["caveat"]])
    return table.c.row.in_(select(LINKS.c.row).where(LINKS.c.kind == literal(kind.name), relation, text(MARKED)))


def _mentions(kind: Kind, table: Table, binds: Binds) -> ColumnElement[bool]:
    """Refers to the record by any relation, or cites a span in which it is mentioned."""
    mention: Any = METADATA.tables["mentions"].alias()
    inside = and_(
        mention.c.entity.in_(binds["mentions"]),
        standing(mention),
        CITED.c.document == mention.c.bundle,
        CITED.c.sentence == mention.c.sentence,
        CITED.c.start <= mention.c.start,
        CITED.c.end >= mention.c.end,
    )
    cited = select(CITED.c.row).where(CITED.c.kind == literal(kind.name), inside)
    return or_(_linked(kind, table, None, binds["mentions"]), table.c.row.in_(cited))


def _days(kind: Kind, table: Any, binds: Binds) -> ColumnElement[bool]:
    """By overlap, ends included, of the fact's days or of any of its readings."""
    after = [bind for name in ("from", "on") for bind in binds.get(name, [])]
    before = [bind for name in ("to", "on") for bind in binds.get(name, [])]

    def overlaps(columns: Any) -> ColumnElement[bool]:
        return and_(*(columns.latest >= day for day in after), *(columns.earliest <= day for day in before))

    readings = select(READINGS.c.row).where(READINGS.c.kind == literal(kind.name), overlaps(READINGS.c))
    return or_(
        and_(table.c.readings.is_(False), overlaps(table.c)),
        and_(table.c.readings.is_(True), table.c.row.in_(readings)),
    )


COMMON = {
    "ids": _ids,
    "document": _document,
    "sentence": _sentence,
    "basis": _basis,
    "caveat": _caveat,
    "mentions": _mentions,
}


def inside(tree: str, size: int) -> Select[Any]:
    """The records bound as `many_0`, `many_1`, … and all that lie within them."""
    return _within(tree, [bindparam(f"many_{index}", type_=String()) for index in range(size)])


def wider(tree: str, size: int) -> Select[Any]:
    """(record, wider) of the records bound as `many_0`, `many_1`, … that lie within others."""
    table = METADATA.tables[tree]
    given = table.c.id.in_([_id(tree, bindparam(f"many_{index}", type_=String())) for index in range(size)])
    record, around = (literal(f"{tree}/") + table.c.id).label("record"), table.c[TREES[tree]]
    return select(record, around).where(given, standing(table), around.is_not(None))


def item(kind: Kind) -> Select[Any]:
    """The body of the record bound as `id`."""
    table = METADATA.tables[kind.name]
    return select(table.c.body).where(table.c.id == bindparam("id"), standing(table))


def named(kind: Kind) -> Select[Any]:
    """The ids of the records that have the name bound as `name`, folded."""
    table = METADATA.tables[kind.name]
    name: Any = bindparam("name")
    other = select(LINKS.c.row).where(
        LINKS.c.kind == literal(kind.name), LINKS.c.relation == "name", LINKS.c.target == name
    )
    found = select(table.c.id).where(standing(table), or_(table.c.name_key == name, table.c.row.in_(other)))
    return found.order_by(table.c.place_in_document, table.c.row).limit(10)


def citing(goes_by_sentence: bool) -> Any:
    """(sentence, kind, id, name) of all facts that cite the document bound as `document`, in its order."""
    parts = []
    for kind in KINDS.values():
        table = METADATA.tables[kind.name]
        part = (
            select(
                CITED.c.sentence, literal(kind.name).label("kind"), table.c.id, table.c.name, table.c.place_in_document
            )
            .join(table, table.c.row == CITED.c.row)
            .where(CITED.c.kind == literal(kind.name), CITED.c.document == bindparam("document"), standing(table))
            .distinct()
        )
        parts.append(part.where(CITED.c.sentence == bindparam("sentence")) if goes_by_sentence else part)
    first, *more = parts
    every = first.union_all(*more).subquery()
    return select(every.c.sentence, every.c.kind, every.c.id, every.c.name).order_by(
        every.c.place_in_document, every.c.kind, every.c.id
    )
