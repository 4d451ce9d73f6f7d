"""Runs the migrations on the connection that `app.store.migrating` hands over."""

from alembic import context

from app.store.indexes import METADATA


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words, with the tables that FTS5 makes for it, has no model."""
    return not (kind == "table" and str(name).startswith("search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=is_modelled,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
