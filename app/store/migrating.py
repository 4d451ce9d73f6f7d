"""Migrating: the schema brought up to date, by one process at a time."""

from typing import TYPE_CHECKING

from sqlalchemy import text

from app.files import shipped
from app.store.db import Database, OutOfReach, Prepared

if TYPE_CHECKING:
    from alembic.config import Config

VERSION = "SELECT version_num FROM alembic_version"
HEAD = "0001"  # the newest revision, by which a database that is up to date is known without alembic


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Brings the schema to `revision`, up or down, in one transaction; others wait and then find it done."""
    if revision == "head" and is_current(database):
        return
    from alembic import command
    from alembic.runtime.migration import MigrationContext

    config = _config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        here = MigrationContext.configure(connection).get_current_revision()
        goes_down = revision == "base" or (revision != "head" and here is not None and revision in _below(config, here))
        (command.downgrade if goes_down else command.upgrade)(config, revision)


def _below(config: "Config", here: str) -> set[str]:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    return {one.revision for one in script.iterate_revisions(here, "base")} - {here}


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this version works with."""
    if database.is_sqlite:  # read without its lock, which a load may have for long
        try:
            return [row[0] for row in database.rows(Prepared(VERSION, {}), {})] == [HEAD]
        except OutOfReach:
            return False
    with database.engine.connect() as connection:
        if not database.engine.dialect.has_table(connection, "alembic_version"):
            return False
        return list(connection.execute(text(VERSION)).scalars()) == [HEAD]
