"""The command line: what is asked for, and what is told where it fails."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app import __version__, authoring, commands
from app.faults import BundleError
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
    names = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, summary: str) -> argparse.ArgumentParser:
        added = names.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    for name, run, summary in (
        ("serve", commands.serve, "Serve the facts; a new database is made, and loaded with the shipped facts, first."),
        ("migrate", commands.migrate, "Bring the database's schema up to date."),
        ("doctor", commands.doctor, "Say what the database holds and whether it is well."),
    ):
        _with_settings(command(name, run, summary))
    _bundle_commands(command)
    eraser = command("erase", commands.erase, "Take a document and its facts out of all editions, for a takedown.")
    _with_settings(eraser)
    eraser.add_argument("bundle", help="the document's id")
    eraser.add_argument("--reason", required=True, help="what the tombstone says")
    command("schema", authoring.schema, "Print the JSON Schema of bundles.")
    keys = names.add_parser("key", help="Make, list and revoke the keys of those who write over HTTP.")
    _key_commands(keys.add_subparsers(required=True, metavar="ACTION"))
    return parser


def _bundle_commands(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    loader = command("load", commands.load, "Load bundles, all of them as one edition or none.")
    _with_settings(loader)
    proof = "a document's text: proves every citation"
    for added in (loader, command("check", authoring.check, "Check bundles without loading them.")):
        added.add_argument("paths", nargs="+", type=Path, metavar="BUNDLE", help="a bundle, or a folder of them")
        added.add_argument("--text", action="append", default=[], type=Path, help=proof)
    drafter = command("draft", authoring.draft, "Begin the bundle of a text: what can be read off it, cited.")
    drafter.add_argument("--id", help="the document's id; by default made of the file's name")
    printer = command("fingerprint", authoring.fingerprint, "Propose the document block of a text.")
    citer = command("cite", authoring.cite, "Print the citation of some words in a text, or every candidate.")
    for added in (drafter, printer, citer):
        added.add_argument("text", type=Path)
    citer.add_argument("words")


def _key_commands(actions: Any) -> None:
    for name, run, summary, argument in (
        ("new", commands.new_key, "Make a key, and print its token this once.", "name"),
        ("list", commands.list_keys, "List the keys.", None),
        ("revoke", commands.revoke_key, "End the use of a key, at once and for good.", "id"),
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
