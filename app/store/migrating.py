"""Migrating: the schema brought up to date, by one process at a time."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.files import shipped
from app.store.db import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Brings the schema to `revision`, up or down, in one transaction; others wait and then find it done."""
    config = _config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        here = MigrationContext.configure(connection).get_current_revision()
        goes_down = revision == "base" or (revision != "head" and here is not None and revision in _below(config, here))
        (command.downgrade if goes_down else command.upgrade)(config, revision)


def _below(config: Config, here: str) -> set[str]:
    script = ScriptDirectory.from_config(config)
    return {one.revision for one in script.iterate_revisions(here, "base")} - {here}


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this version works with."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head()


def head() -> str | None:
    """The newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head()
