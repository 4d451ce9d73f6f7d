"""Search: the words of every fact in an index of either engine, which holds our own tokens, so that both find the same.

SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector; user text never reaches either as syntax. The index's own
order is that of answers, by kind and the newest first, and where a word stands is part of the token, so that FTS5 reads
the best hits off one after the other, however many there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    and_,
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
from app.store.days import DAY_BITS
from app.store.searched import Column, column_of, parts_of
from app.store.tokens import Term, token_texts

COLUMNS: tuple[Column, ...] = ("name", "words", "refers")
WEIGHTS = {"name": "A", "words": "B", "refers": "C"}
STANDS = NAMED, OWN, ANYWHERE = 0, 1, 2  # where all that was searched for stands: the name, the words too, or anywhere
NUMBERS = {name: number for number, name in enumerate(KINDS)}
ROW_BITS = 36  # a row of the index is the number of a kind, `day_down` and the fact's row
GAP = "¶"  # stands where no phrase may go on; no token holds it
# A token of a name stands in the index twice, once with its mark; one of what is referred to only with its mark.
MARKS: dict[Column, str] = {"name": "¹", "refers": "²"}
# Of one fact: characters that are indexed, and how often one token. A tsvector holds no more, so neither does FTS5.
TEXT, OFTEN = 12_000, 250
# Of FTS5: bytes of words that are held before they are written, how many pieces are merged in passing, and how many at
# the latest; in a large load, and else.
LARGE = {"hashsize": 16 << 20, "automerge": 0, "crisismerge": 1_999}
USUAL = {"hashsize": 1 << 20, "automerge": 4, "crisismerge": 16}
NOWHERE = f'"{GAP}{GAP}"'
BEGINNINGS = 4  # letters of words whose beginnings the index of SQLite has, too
INDEX = table("search", column("rowid"))
Row = tuple[int, str]  # of the index: its number, and the words as the engine takes them


ADD = {  # as the drivers take it
    "sqlite": "INSERT INTO search (rowid, tokens) VALUES (?, ?)",
    "postgresql": "INSERT INTO search (rowid, tokens) VALUES (%s, CAST(%s AS tsvector))",
}
DELETE = {
    "sqlite": "INSERT INTO search (search, rowid, tokens) VALUES ('delete', :rowid, :tokens)",
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


def indexed(dialect: str, kind: str, row: int, day: int, texts: bytes) -> Row:
    """What is indexed of a version of a fact, by its `day_down` and its texts as they are published."""
    found, fields = parts_of(texts.decode())
    columns = [column_of(kind, field) for field in fields]
    return rowid(kind, day, row), words_of(dialect, kind, held(zip(columns, found, strict=True)))


def held(texts: Iterable[tuple[Column, str]]) -> dict[Column, list[str]]:
    """The tokens that are indexed of a fact's texts, by column, with a gap after each text.

    Its own come first, since what a fact refers to may be more than is indexed of it.
    """
    by_column: dict[Column, list[str]] = {name: [] for name in COLUMNS}
    total = 0
    for name, found in sorted(texts, key=lambda one: COLUMNS.index(one[0])):
        by_column[name].append(found)
        total += len(found)
        if total > TEXT:
            break
    held = {name: token_texts(found, GAP) for name, found in by_column.items()}
    if sum(map(len, held.values())) > OFTEN:  # else nothing stands in it more often
        seen: Counter[str] = Counter()
        for name, tokens in held.items():
            held[name] = [_thinned(token, seen) for token in tokens]
    return held


def _thinned(token: str, seen: Counter[str]) -> str:
    """A token, or a gap where it was there as often as it is indexed."""
    seen[token] += 1
    return token if seen[token] <= OFTEN else GAP


def row_in(rowid: int) -> int:
    """The fact's row of a row of the index."""
    return rowid & ((1 << ROW_BITS) - 1)


def rowid(kind: str, day: int, row: int) -> int:
    """The row of the index of a version of a fact, by its kind, its `day_down` and its own row."""
    return (NUMBERS[kind] << DAY_BITS | day) << ROW_BITS | row


def expressions(groups: Sequence[Sequence[Term]], kind: str, is_sqlite: bool) -> tuple[str, ...]:
    """The index's own expressions for facts of a kind in which all terms of one of several groups stand.

    The first is for all of them, and then come those for each of STANDS: in the name; in the name and the words, but
    not in the name alone; anywhere, but not there.
    """
    name, own, anywhere = (match(groups, kind, stands, is_sqlite) for stands in STANDS)
    but_not = "({}) NOT ({})" if is_sqlite else "({}) & !({})"
    return anywhere, name, but_not.format(own, name), but_not.format(anywhere, own)


def match(groups: Sequence[Sequence[Term]], kind: str, stands: int, is_sqlite: bool) -> str:
    """Facts in which all terms of one of the groups stand in the name, in the name and the words, or anywhere."""
    if is_sqlite:
        wanted = [_all([_phrases(term, stands) for term in terms]) for terms in groups]
        return " OR ".join(f"({one})" for one in wanted)
    weights = "".join(WEIGHTS[name] for name in COLUMNS[: stands + 1])
    wanted = [" & ".join(f"({_follows(term, weights)})" for term in terms) for terms in groups]
    return f"'{GAP}{kind}' & ({' | '.join(f'({one})' for one in wanted)})"


def _all(phrases: list[str]) -> str:
    """All of them, as FTS5 has it: each is looked for only where those before it stand.

    Of "a AND b AND c" it has every one catch up with whichever is ahead, so that a frequent word is sought wherever a
    rare one stands. What stands nowhere keeps those that it is beside of together.
    """
    found, *rest = phrases
    for phrase in rest[:-1]:
        found = f"(({found} AND {phrase}) OR {NOWHERE})"
    return " AND ".join([found, *rest[-1:]])


def _phrases(term: Term, stands: int) -> str:
    """A term as FTS5 has it."""
    marks = ((MARKS["name"],), ("",), ("", MARKS["refers"]))[stands]
    ending = " *" * term.is_open
    phrases = ['"' + " ".join(mark + token for token in term.tokens) + '"' + ending for mark in marks]
    return f"({' OR '.join(phrases)})"


def _follows(term: Term, weights: str) -> str:
    """A term as a tsquery has it."""
    *first, last = (f"'{token}':{weights}" for token in term.tokens)
    return " <-> ".join([*first, last + "*" * term.is_open])


def row() -> ColumnElement[Any]:
    """The fact's row of a row of the index."""
    return INDEX.c.rowid.op("&")(_literal((1 << ROW_BITS) - 1))


def of_kind(kind: Kind) -> ColumnElement[bool]:
    """The rows of the index that are of a kind."""
    first, last = rowid(kind.name, 0, 0), rowid(kind.name, (1 << DAY_BITS) - 1, (1 << ROW_BITS) - 1)
    return and_(INDEX.c.rowid >= _literal(first), INDEX.c.rowid <= _literal(last))


def fits(name: str) -> Fits:
    """Whether a row of the index matches the expression bound under a name."""
    return Fits(bindparam(name, type_=String()))


def hits(kind: Kind, name: str) -> Select[Any]:
    """The rows of a kind that match."""
    return select(row().label("row")).select_from(INDEX).where(fits(name), of_kind(kind))


def indexed_hits(kind: Kind, name: str) -> Select[Any]:
    """The rows of the index of a kind that match, in its own order, as many as are bound as `limit`."""
    found = select(INDEX.c.rowid).where(fits(name), of_kind(kind))
    return found.order_by(INDEX.c.rowid).limit(bindparam("limit"))


def is_hit(kind: Kind, table: FromClause, name: str) -> ColumnElement[bool]:
    """Whether one row of a kind's table matches: for what matches so often that rows are better tried one by one."""
    its = INDEX.c.rowid == table.c.day_down * _literal(1 << ROW_BITS) + table.c.row + _literal(rowid(kind.name, 0, 0))
    return exists(select(literal(1)).select_from(INDEX).where(its, fits(name)))


def _literal(number: int) -> ColumnElement[int]:
    return literal_column(str(number), BigInteger())


def write(connection: Connection, rows: Iterable[Row]) -> None:
    """Adds facts' versions to the index, in its own order: out of it, FTS5 writes each down by itself."""
    if ordered := sorted(rows):
        connection.exec_driver_sql(ADD[connection.dialect.name], ordered)


def remove(connection: Connection, rows: Iterable[Row]) -> None:
    """Takes versions out of the index, by what was written of them."""
    if ordered := [{"rowid": row, "tokens": words} for row, words in sorted(rows)]:
        connection.execute(text(DELETE[connection.dialect.name]), ordered)


def forget(connection: Connection) -> None:
    """Takes the words of what was removed out of the index's pages too."""
    if connection.dialect.name == "sqlite":
        _merge(connection)


def _merge(connection: Connection) -> None:
    """Makes the index of SQLite one piece, in which words are found in two thirds of the time that many pieces take."""
    connection.execute(text("INSERT INTO search (search) VALUES ('optimize')"))


@contextmanager
def in_large_pieces(connection: Connection) -> Iterator[None]:
    """Has the index of SQLite write larger pieces and leave them as they are; at the end one is made of them."""
    if connection.dialect.name != "sqlite":
        yield
        return
    _configure(connection, LARGE)
    yield
    _configure(connection, USUAL)
    _merge(connection)


def _configure(connection: Connection, options: dict[str, int]) -> None:
    for name, value in options.items():
        connection.execute(
            text("INSERT INTO search (search, rank) VALUES (:name, :value)"), {"name": name, "value": value}
        )


def words_of(dialect: str, kind: str, held: dict[Column, list[str]]) -> str:
    """The tokens of a version of a fact as the engine takes them."""
    if dialect == "sqlite":
        return " ".join(_marked(held))
    at, places = 0, defaultdict(list)
    for name, tokens in held.items():
        for token in tokens:
            at += 1
            if token != GAP:
                places[token].append(f"{at}{WEIGHTS[name]}")
    lexemes = [f"'{token}':{','.join(stands)}" for token, stands in places.items()]
    return " ".join([f"'{GAP}{kind}'", *lexemes])


def _marked(held: dict[Column, list[str]]) -> Iterator[str]:
    """The tokens as they stand in the index of SQLite."""
    for name, tokens in held.items():
        if name in MARKS:
            yield from (MARKS[name] + token for token in tokens)
        if name != "refers":
            yield from tokens
