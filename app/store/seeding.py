"""Seeding: the shipped facts loaded into a database that has none."""

from app.files import shipped
from app.store.db import Database
from app.store.finding import Finder


def seed(database: Database) -> None:
    """Loads the shipped bundles where nothing was ever loaded; a database in use keeps what it has."""
    if Finder(database).latest().edition:
        return
    from app.store.loading import load  # a server that has its facts starts sooner without
    from app.store.reading import read

    files = [path for path in sorted(shipped("seed").glob("*.json")) if path.name != "bundle.schema.json"]
    load(database, [read(path.read_bytes(), path.name) for path in files])
