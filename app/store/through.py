"""Through: which rows a filter matched only by what no document says, and the public reference that says it."""

from typing import Any

from sqlalchemy import Select, bindparam, literal, select

from app.facts.asking import By
from app.facts.base import Kind
from app.store.selecting import LINKS, marks
from app.store.tables import METADATA

FILTERS = ("country", "speaker_country", "place", "within")


def external(kind: Kind, name: str, values: int, rows: int) -> Select[Any]:
    """(row, source) of those of the rows bound as `row_<n>` that the filter matched through an external value.

    A place matched through its hierarchy only where it is none of the places asked for.
    """
    table = METADATA.tables[kind.name]
    asked: list[Any] = [bindparam(f"{name}_{index}") for index in range(values)]
    shown = LINKS.c.row.in_([bindparam(f"row_{index}") for index in range(rows)])
    found = select(LINKS.c.row, LINKS.c.target).join(table, table.c.row == LINKS.c.row)
    found = found.where(LINKS.c.kind == literal(kind.name), LINKS.c.relation == literal(f"through.{name}"), shown)
    mark = marks(kind)[name]
    return found.where(table.c[mark.column].not_in(asked)) if isinstance(mark, By) and mark.tree else found
