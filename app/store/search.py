"""Search: the words of every fact in an index of either engine, which holds our own tokens, so that both find the same.

SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector; user text never reaches either as syntax.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    column,
    exists,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NullType

from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import Own, Reference
from app.facts.shape import slots
from app.store.tokens import Term, token_texts

Column = Literal["name", "words", "refers"]
COLUMNS: tuple[Column, ...] = ("name", "words", "refers")
WEIGHTS = {"name": "A", "words": "B", "refers": "C"}
NUMBERS = {name: number for number, name in enumerate(KINDS)}
SHIFT = 16  # a row of the index is the fact's row × SHIFT + the number of its kind
GAP = "¶"  # stands where no phrase may go on; no token holds it
# Of one fact: characters that are indexed, and how often one token. A tsvector holds no more, so neither does FTS5.
TEXT, OFTEN = 12_000, 250
OWN_PRINTED = ("as_printed", "title", "hedges")
LEFT_OUT = ("source", "caveats", "decision", "quotation_marks", "basis")
INDEX = table("search", column("rowid"))


ADD = {  # as the drivers take it
    "sqlite": "INSERT INTO search (rowid, kind, name, words, refers) VALUES (?, ?, ?, ?, ?)",
    "postgresql": "INSERT INTO search (rowid, tokens) VALUES (%s, CAST(%s AS tsvector))",
}
DELETE = {
    "sqlite": "INSERT INTO search (search, rowid, kind, name, words, refers) "
    "VALUES ('delete', :rowid, :kind, :name, :words, :refers)",
    "postgresql": "DELETE FROM search WHERE rowid = :rowid",
}


class Fits(ColumnElement[Any]):
    """Whether a row of the index matches a bound expression."""

    inherit_cache = False
    type = NullType()  # of a Boolean SQLAlchemy would write "= 1" on SQLite, after which MATCH is not looked up

    def __init__(self, bound: BindParameter[str]) -> None:
        self.bound = bound


@compiles(Fits, "sqlite")
def _in_sqlite(element: Fits, compiler: Any, **options: Any) -> str:
    return f"search MATCH {compiler.process(element.bound, **options)}"


@compiles(Fits, "postgresql")
def _in_postgresql(element: Fits, compiler: Any, **options: Any) -> str:
    return f"search.tokens @@ CAST({compiler.process(element.bound, **options)} AS tsquery)"


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is indexed of a version of a fact: each column's tokens, with a gap after each text."""

    kind: str
    row: int
    held: dict[Column, list[str]]


@cache
def searched(kind: str) -> tuple[tuple[str, Column], ...]:
    """The fields of a kind whose words are found, dotted, and the column that each goes to.

    `name` and other names; `words`, our own and those printed; `refers`, the names of what the fact refers to.
    """
    return tuple(_searched(KINDS[kind].public, ""))


def _searched(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Column]]:
    for slot in slots(model):
        path = prefix + slot.name
        if not prefix and slot.name in LEFT_OUT:
            continue
        if slot.model is Reference:
            yield f"{path}.name", "refers"
        elif slot.model is not None and "sha256" not in slot.model.model_fields:
            yield from _searched(slot.model, f"{path}.")
        elif path in ("name", "other_names.name"):
            yield path, "name"
        elif slot.model is None and (slot.mark(Own) or slot.name in OWN_PRINTED or path == "quotations.text"):
            yield path, "words"


def texts(body: Any, path: str) -> Iterator[tuple[str, str]]:
    """The texts of a dotted field in a body, each with its own path, in which items of lists are numbered."""
    step, _, rest = path.partition(".")
    value = body.get(step) if isinstance(body, dict) else None
    for at, one in enumerate(value) if isinstance(value, list) else ((None, value),):
        here = step if at is None else f"{step}.{at}"
        if rest:
            yield from ((f"{here}.{inner}", found) for inner, found in texts(one, rest))
        elif isinstance(one, str):
            yield here, one


Tree = dict[str, "Tree | Column"]


@cache
def _tree(kind: str) -> Tree:
    """The fields of a kind that are searched, by their steps, so that a body is walked once."""
    tree: Tree = {}
    for path, name in searched(kind):
        *steps, last = path.split(".")
        branch: Any = tree
        for step in steps:
            branch = branch.setdefault(step, {})
        branch[last] = name
    return tree


def _said(body: Any, tree: Tree, said: list[tuple[Column, str]]) -> list[tuple[Column, str]]:
    """Adds every text under the fields of a tree, with its column."""
    for step, below in tree.items():
        value = body.get(step)
        for one in value if isinstance(value, list) else () if value is None else (value,):
            if isinstance(below, dict):
                _said(one, below, said)
            else:
                said.append((below, one))
    return said


def indexed(kind: str, row: int, body: dict[str, Any]) -> Indexed:
    """What is indexed of a published body."""
    held: dict[Column, list[str]] = {name: [] for name in COLUMNS}
    total = 0
    for name, found in _said(body, _tree(kind), []):
        held[name] += (*token_texts(found), GAP)
        total += len(found)
        if total > TEXT:
            break
    if sum(map(len, held.values())) > OFTEN:  # else nothing stands in it more often
        seen: Counter[str] = Counter()
        for name, tokens in held.items():
            held[name] = [_thinned(token, seen) for token in tokens]
    return Indexed(kind, row, held)


def _thinned(token: str, seen: Counter[str]) -> str:
    """A token, or a gap where it was there as often as it is indexed."""
    seen[token] += 1
    return token if seen[token] <= OFTEN else GAP


def match(terms: Sequence[Term], kind: str, columns: tuple[Column, ...], is_sqlite: bool) -> str:
    """The index's own expression for facts of a kind in one of whose columns, together, all terms stand."""
    return match_any([terms], kind, columns, is_sqlite)


def match_any(groups: Iterable[Sequence[Term]], kind: str, columns: tuple[Column, ...], is_sqlite: bool) -> str:
    """The same for facts in which all terms of one of several groups stand."""
    if is_sqlite:
        wanted = [" AND ".join(_phrase(term) for term in terms) for terms in groups]
        return f'kind : "{kind}" AND {{{" ".join(columns)}}} : ({" OR ".join(f"({one})" for one in wanted)})'
    weights = "".join(WEIGHTS[name] for name in columns)
    wanted = [" & ".join(f"({_follows(term, weights)})" for term in terms) for terms in groups]
    return f"'{GAP}{kind}' & ({' | '.join(f'({one})' for one in wanted)})"


def _phrase(term: Term) -> str:
    """A term as FTS5 has it."""
    return '"' + " ".join(term.tokens) + '"' + " *" * term.is_open


def _follows(term: Term, weights: str) -> str:
    """A term as a tsquery has it."""
    *first, last = (f"'{token}':{weights}" for token in term.tokens)
    return " <-> ".join([*first, last + "*" * term.is_open])


def hits(name: str) -> Select[Any]:
    """The rows that match the expression bound under a name; it names the kind that they are of."""
    row = INDEX.c.rowid.op("/")(literal_column(str(SHIFT))).label("row")
    return select(row).where(Fits(bindparam(name, type_=String())))


def is_hit(kind: Kind, row: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether one row matches: for what matches so often that rows are better tried one by one."""
    its = INDEX.c.rowid == row * literal_column(str(SHIFT)) + literal_column(str(NUMBERS[kind.name]))
    return exists(select(literal(1)).select_from(INDEX).where(its, Fits(bindparam(name, type_=String()))))


def write(connection: Connection, entries: Iterable[Indexed]) -> None:
    """Adds facts' versions to the index."""
    rows = [tuple(_row(connection.dialect.name, one).values()) for one in entries]
    if rows:
        connection.exec_driver_sql(ADD[connection.dialect.name], rows)


def remove(connection: Connection, entries: Iterable[Indexed]) -> None:
    """Takes versions out of the index, by what was written of them."""
    rows = [_row(connection.dialect.name, one) for one in entries]
    if rows:
        connection.execute(text(DELETE[connection.dialect.name]), rows)


def forget(connection: Connection) -> None:
    """Takes the words of what was removed out of the index's pages too."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search (search) VALUES ('optimize')"))


def _row(dialect: str, one: Indexed) -> dict[str, Any]:
    row: dict[str, Any] = {"rowid": one.row * SHIFT + NUMBERS[one.kind]}
    if dialect == "sqlite":
        return {**row, "kind": one.kind, **{str(name): " ".join(tokens) for name, tokens in one.held.items()}}
    at, places = 0, defaultdict(list)
    for name, tokens in one.held.items():
        for token in tokens:
            at += 1
            if token != GAP:
                places[token].append(f"{at}{WEIGHTS[name]}")
    lexemes = [f"'{token}':{','.join(stands)}" for token, stands in places.items()]
    return {**row, "tokens": " ".join([f"'{GAP}{one.kind}'", *lexemes])}
