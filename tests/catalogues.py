"""What a database says of its own schema: every column and every index, as the engine itself records them."""

from typing import NamedTuple

from sqlalchemy import text

from app.store.db import Database

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('alembic_version', 'sqlite_sequence')"
INDEXES = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
POSTGRESQL_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname, pg_get_expr(d.adbin, c.oid)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""
POSTGRESQL_INDEXES = """
SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


class Column(NamedTuple):
    table: str
    name: str
    type: str
    required: bool
    collation: str | None
    default: str | None


def columns(database: Database) -> set[Column]:
    """Every column of the database's own tables; on SQLite `default` holds its place in the primary key."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            return {Column(*row) for row in connection.execute(text(POSTGRESQL_COLUMNS))}
        return {
            Column(table, one.name, one.type, bool(one.notnull), None, f"{one.dflt_value} {one.pk}")
            for table in connection.execute(text(TABLES)).scalars().all()
            for one in connection.execute(text(f"PRAGMA table_xinfo('{table}')"))
        }


def indexes(database: Database) -> set[tuple[str, str]]:
    """Every index as (table, the statement that makes it), its order, uniqueness and predicate included."""
    with database.engine.connect() as connection:
        found = connection.execute(text(INDEXES if database.is_sqlite else POSTGRESQL_INDEXES))
        return {(table, " ".join(statement.split())) for table, statement in found}
