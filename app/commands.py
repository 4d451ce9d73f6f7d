"""Commands: what operators do with a database: serve it, fill it, look after it."""

import argparse
import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from app.authoring import each_read, files_of, texts_of
from app.settings import Settings


def _settings(options: argparse.Namespace) -> Settings:
    given = {name: getattr(options, name) for name in Settings.model_fields}
    return Settings(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def _database(settings: Settings) -> Iterator[Any]:
    from app.store.db import Database

    database = Database(settings.database_url, settings.statement_seconds)
    try:
        yield database
    finally:
        database.close()


RARELY = 20_000, 10, 10  # objects, and then turns, after which the collector of garbage looks


@contextmanager
def _little_collected() -> Iterator[None]:
    """Has garbage looked for rarely: what a load makes lives until its group is written; looking took an eighth."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def serve(options: argparse.Namespace) -> None:
    """Serves until it is told to stop; what has arrived by then is answered."""
    gc.disable()  # until it serves: what is imported stays, and to look at it again and again took a tenth of the start
    from app.serving import Server, listen, stop_in_order

    stop_in_order()
    from app.main import create_app
    from app.store.ahead import take_ahead
    from app.store.finding import Finder
    from app.store.migrating import migrate as bring_up
    from app.store.seeding import seed

    settings = _settings(options)
    with _database(settings) as database:
        bring_up(database)
        seed(database)
        edition = Finder(database).latest().edition
    with listen(settings.host, settings.port) as listener:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        print(f"Summit Facts: edition {edition} on {address}", flush=True)
        app = create_app(settings)
        if database.is_sqlite:
            app.front.begin()
            Thread(target=take_ahead, args=(Path(database.url.database or ""),), daemon=True).start()
        Server(app, listener, settings.grace_seconds).run([listener])


def migrate(options: argparse.Namespace) -> None:
    """Brings the schema up to date."""
    from app.store.migrating import HEAD
    from app.store.migrating import migrate as bring_up

    with _database(_settings(options)) as database:
        bring_up(database)
    print(f"the database is at revision {HEAD}")


def doctor(options: argparse.Namespace) -> int:
    """Tells the engine, the schema, the edition and the number of facts; 1 where something is amiss."""
    from app.store.finding import Finder
    from app.store.migrating import is_current
    from app.store.sqlite import sqlite3

    with _database(_settings(options)) as database:
        _find(database)
        current = is_current(database)
        told: dict[str, Any] = {"engine": database.url.get_backend_name(), "schema_current": current}
        if database.is_sqlite:
            told["sqlite"] = sqlite3.sqlite_version
        if current:
            finder = Finder(database)
            told["edition"] = finder.latest().edition
            told["facts"] = finder.counts(told["edition"])
    print(json.dumps(told, indent=2))
    return 0 if current else 1


def _find(database: Any) -> None:
    """Raises ValueError where there is no database; SQLite would make an empty one."""
    if database.is_sqlite and not Path(database.url.database or "").exists():
        raise ValueError(f"there is no database at {database.url.database}; `summit migrate` makes one")


@contextmanager
def _ready(settings: Settings) -> Iterator[Any]:
    """A database that is there and has the schema of this version; ValueError else."""
    from app.store.migrating import is_current

    with _database(settings) as database:
        _find(database)
        if not is_current(database):
            raise ValueError("the database has the schema of another version; `summit migrate` brings it up to date")
        yield database


def load(options: argparse.Namespace) -> None:
    """Loads bundles, proved against their texts where those are given, and tells how far it has come."""
    from app.progress import Progress
    from app.store.grouping import Promised, outline
    from app.store.loading import load_files

    settings, promised = _settings(options), Promised()
    outlines = each_read(files_of(options.paths), lambda file: outline(file, settings.bundle_max, promised))
    texts = texts_of(options.text, [(one.sha256, one.id) for one in outlines])
    whole = sum(one.size for one in outlines)
    with _ready(settings) as database, Progress(whole, sys.stderr) as progress, _little_collected():
        loaded = load_files(database, outlines, promised, texts, settings.keep_text, progress.tell)
    if loaded.edition is None:
        print("nothing new: these bundles are loaded already")
        return
    counts = {**dict(sorted(loaded.changes.items())), "published again": sum(loaded.republished.values())}
    told = ", ".join(f"{count:,} {change}" for change, count in counts.items() if count)
    print(f"edition {loaded.edition}: {told or 'no fact changed'}")


def erase(options: argparse.Namespace) -> None:
    """Erases a document and its facts, but for a tombstone."""
    from app.store.erasing import erase as take_down

    with _ready(_settings(options)) as database:
        try:
            take_down(database, options.bundle, options.reason)
        except KeyError:
            raise ValueError(f"there never was a bundle {options.bundle}") from None
    print(f"{options.bundle}: erased from all editions; copies, backups and caches elsewhere are not")


def new_key(options: argparse.Namespace) -> None:
    """Makes a key: the token on standard output, what it is on standard error."""
    from app.store import keys

    with _ready(_settings(options)) as database:
        key, token = keys.new_key(database, options.name)
    print(f"summit: this is the key {key.id} of {key.name}; its token is not kept and not shown again", file=sys.stderr)
    print(token)


def list_keys(options: argparse.Namespace) -> None:
    """Prints the keys, one a line: id, when it was made, when it was revoked, and its name."""
    from app.store import keys

    with _ready(_settings(options)) as database:
        for key in keys.every_key(database):
            print(key.id, key.created_at, key.revoked_at or "-", key.name, sep="\t")


def revoke_key(options: argparse.Namespace) -> None:
    """Revokes a key."""
    from app.store import keys

    with _ready(_settings(options)) as database:
        key = keys.revoke(database, options.id)
    print(f"the key {key.id} of {key.name} was revoked at {key.revoked_at}")
