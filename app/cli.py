"""The command line: serve, migrate, load, check, fingerprint, cite, schema, key, doctor."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app import __version__
from app.faults import BundleError, Fault
from app.settings import Settings

Command = Callable[[argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns 0, or 1 with the reason on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except BundleError as error:
        print(error, file=sys.stderr)
    except ValidationError as error:
        for fault in error.errors():
            told = fault["msg"].removeprefix("Value error, ")
            print("summit", *fault["loc"], told, sep=": ", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"summit: {error}", file=sys.stderr)
    except _database_errors() as error:
        print(f"summit: {getattr(error, 'orig', None) or error}", file=sys.stderr)
    return 1


def _database_errors() -> tuple[type[Exception], ...]:
    """What a database fails with; asked for only when something failed, since it takes a while to import."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from app.store.db import Full, OutOfReach, ReadOnly, TooSlow

    return SQLAlchemyError, CommandError, Full, OutOfReach, ReadOnly, TooSlow


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="summit", description="Facts of diplomatic meetings, each cited.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    for name, run, summary in (
        ("serve", serve, "Serve the facts; a new database is made, and loaded with the shipped facts, first."),
        ("migrate", migrate, "Bring the database's schema up to date."),
        ("doctor", doctor, "Say what the database holds and whether it is well."),
    ):
        _with_settings(command(name, run, summary))
    loader = command("load", load, "Load bundles, all of them as one edition or none.")
    _with_settings(loader)
    for added in (loader, command("check", check, "Check bundles without loading them.")):
        added.add_argument("paths", nargs="+", type=Path, metavar="BUNDLE", help="a bundle, or a folder of them")
        added.add_argument(
            "--text", action="append", default=[], type=Path, help="a document's text: proves every citation"
        )
    command("fingerprint", fingerprint, "Propose the document block of a text.").add_argument("text", type=Path)
    citer = command("cite", cite, "Print the citation of some words in a text, or every candidate.")
    citer.add_argument("text", type=Path)
    citer.add_argument("words")
    eraser = command("erase", erase, "Take a document and its facts out of all editions, for a takedown.")
    _with_settings(eraser)
    eraser.add_argument("bundle", help="the document's id")
    eraser.add_argument("--reason", required=True, help="what the tombstone says")
    command("schema", schema, "Print the JSON Schema of bundles.")
    keys = commands.add_parser("key", help="Make, list and revoke the keys of those who write over HTTP.")
    _key_commands(keys.add_subparsers(required=True, metavar="ACTION"))
    return parser


def _key_commands(actions: Any) -> None:
    for name, run, summary, argument in (
        ("new", new_key, "Make a key, and print its token this once.", "name"),
        ("list", list_keys, "List the keys.", None),
        ("revoke", revoke_key, "End the use of a key, at once and for good.", "id"),
    ):
        added = actions.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        if argument:
            added.add_argument(argument)
        _with_settings(added)


def _with_settings(parser: argparse.ArgumentParser) -> None:
    for name, field in Settings.model_fields.items():
        about = f"{field.description} Default: {field.default}.".replace("%", "%%")
        parser.add_argument(f"--{name.replace('_', '-')}", default=None, help=about)


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


def serve(options: argparse.Namespace) -> None:
    """Serves until it is told to stop; what has arrived by then is answered."""
    from app.serving import Server, listen, stop_in_order

    stop_in_order()
    from app.main import create_app
    from app.store.finding import Finder
    from app.store.migrating import migrate as bring_up
    from app.store.seeding import seed

    settings = _settings(options)
    with _database(settings) as database:
        bring_up(database)
        seed(database)
        finder = Finder(database)
        edition = finder.latest().edition
        total = sum(finder.counts(edition).values())
    with listen(settings.host, settings.port) as listener:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        print(f"Summit Facts: {total:,} facts (edition {edition}) on {address}", flush=True)
        Server(create_app(settings), listener, settings.grace_seconds).run([listener])


def migrate(options: argparse.Namespace) -> None:
    """Brings the schema up to date."""
    from app.store.migrating import head
    from app.store.migrating import migrate as bring_up

    with _database(_settings(options)) as database:
        bring_up(database)
    print(f"the database is at revision {head()}")


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
    """Loads bundles, proved against their texts where those are given."""
    from app.store.loading import load as load_bundles

    settings = _settings(options)
    drafts = _drafts(options.paths, settings.bundle_max)
    with _ready(settings) as database:
        loaded = load_bundles(database, drafts, _texts(options.text, drafts), settings.keep_text)
    if loaded.edition is None:
        print("nothing new: these bundles are loaded already")
        return
    counts = {**dict(sorted(loaded.changes.items())), "published again": sum(loaded.republished.values())}
    told = ", ".join(f"{count:,} {change}" for change, count in counts.items() if count)
    print(f"edition {loaded.edition}: {told or 'no fact changed'}")


def check(options: argparse.Namespace) -> None:
    """Checks bundles by themselves; with their texts it proves every citation."""
    from app.store.checking import Nothing
    from app.store.checking import check as check_bundles

    drafts = _drafts(options.paths, Settings().bundle_max)
    texts = {document: data.decode() for document, data in _texts(options.text, drafts).items()}
    checked = check_bundles(drafts, Nothing(), texts)
    proved = f", every citation of {_counted(len(texts), 'document')} proved" if texts else ""
    print(f"right: {_counted(len(drafts), 'bundle')}, {_counted(sum(map(len, checked)), 'record')}{proved}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _drafts(paths: list[Path], bytes_max: int) -> list[Any]:
    from app.store.reading import read

    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    drafts, faults = [], []
    for file in files:
        if file.name == "bundle.schema.json":
            continue
        try:
            drafts.append(read(file.read_bytes(), str(file), bytes_max))
        except BundleError as error:
            faults += error.faults
    if faults:
        raise BundleError(faults)
    if not drafts:
        raise ValueError(f"no bundle is in {', '.join(map(str, paths))}")
    return drafts


def _texts(paths: list[Path], drafts: list[Any]) -> dict[str, bytes]:
    """Each text under the id of the bundle whose document it is: the one with its digest, or the only one."""
    from app.store.citing import read_text
    from app.store.publishing import digest

    blocks = [(draft.raw.get("document"), str(draft.raw.get("id"))) for draft in drafts]
    by_digest = {str(block.get("sha256")): id for block, id in blocks if isinstance(block, dict)}
    only = blocks[0][1] if len(drafts) == len(paths) == 1 else None
    texts: dict[str, bytes] = {}
    for path in paths:
        data = path.read_bytes()
        read_text(data)
        document = by_digest.get(digest(data), only)
        if document is None:
            raise BundleError(
                [Fault("/document/sha256", f"no bundle's document is {path}", "its digest is none of theirs")]
            )
        texts[document] = data
    return texts


def fingerprint(options: argparse.Namespace) -> None:
    """Prints the proposed document block."""
    from app.store.citing import fingerprint as propose
    from app.store.citing import read_text

    print(json.dumps(propose(read_text(options.text.read_bytes())), ensure_ascii=False, indent=2))


def cite(options: argparse.Namespace) -> None:
    """Prints the citations of the words; an error where they do not stand in the text."""
    from app.store.citing import cite as candidates
    from app.store.citing import read_text, sentences

    text = read_text(options.text.read_bytes())
    found = candidates(text, options.words, sentences(text))
    if not found:
        raise ValueError(f"these words do not stand in {options.text}")
    if len(found) > 1:
        print(f"summit: these words stand in {len(found)} places; take the one that is meant", file=sys.stderr)
    print(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))


def erase(options: argparse.Namespace) -> None:
    """Erases a document and its facts, but for a tombstone."""
    from app.store.erasing import erase as take_down

    with _database(_settings(options)) as database:
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


def schema(_options: argparse.Namespace) -> None:
    """Prints the JSON Schema."""
    from app.store.bundles import content

    print(content().decode(), end="")
