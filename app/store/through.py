"""Through: which rows a filter matched only by what no document says, and the public reference that says it."""

from typing import Any

from sqlalchemy import Select, String, and_, bindparam, exists, literal, select

from app.facts.asking import By
from app.facts.base import Kind
from app.store.selecting import LINKS, marks
from app.store.tables import METADATA


def external(kind: Kind, name: str, values: int, rows: int) -> Select[Any]:
    """(row, source) of those of the rows bound as `row_<n>` that the filter matched through an external value.

    Through a hierarchy, that is a step between a fact's own place and one of the places asked for.
    """
    relation: Any = literal(f"through.{name}")
    is_through: Any
    mark = marks(kind)[name]
    if isinstance(mark, By) and mark.tree:
        steps: list[Any] = [bindparam(f"{name}_{index}", type_=String()) for index in range(values)]
        table = METADATA.tables[kind.name]
        own = LINKS.alias()
        its_step = and_(own.c.kind == literal(kind.name), own.c.row == table.c.row)
        its_step = and_(its_step, own.c.relation == relation + literal(":") + table.c[mark.column])
        itself = select(table.c.row).where(table.c[mark.column].in_(steps), ~exists().where(its_step))
        is_through = LINKS.c.relation.in_([relation + literal(":") + step for step in steps])
        is_through = and_(is_through, LINKS.c.row.not_in(itself))
    else:
        is_through = LINKS.c.relation == relation
    shown = LINKS.c.row.in_([bindparam(f"row_{index}") for index in range(rows)])
    return select(LINKS.c.row, LINKS.c.target).where(LINKS.c.kind == literal(kind.name), is_through, shown)
