"""Authoring: the commands by which a document's facts are prepared: begun, cited, checked."""

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.faults import BundleError, Fault
from app.settings import Settings

Read = TypeVar("Read")
DRAFTED = (("statements", "quotation"), ("spending", "figure"), ("events", "day"))


def check(options: argparse.Namespace) -> None:
    """Checks bundles by themselves; with their texts it proves every citation."""
    from app.store.checking import Nothing
    from app.store.checking import check as check_bundles
    from app.store.reading import read

    most = Settings().bundle_max
    drafts = each_read(files_of(options.paths), lambda file: read(file.read_bytes(), str(file), most))
    blocks = [(draft.raw.get("document"), str(draft.raw.get("id"))) for draft in drafts]
    documents = [(str(block.get("sha256")) if isinstance(block, dict) else "", id) for block, id in blocks]
    texts = {document: data.decode() for document, data in texts_of(options.text, documents).items()}
    checked = check_bundles(drafts, Nothing(), texts)
    proved = f", every citation of {_counted(len(texts), 'document')} proved" if texts else ""
    print(f"right: {_counted(len(drafts), 'bundle')}, {_counted(sum(map(len, checked)), 'record')}{proved}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def files_of(paths: list[Path]) -> list[Path]:
    """The bundles' files, those of each folder by name; ValueError where there are none."""
    found = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    files = [file for file in found if file.name != "bundle.schema.json"]
    if not files:
        raise ValueError(f"no bundle is in {', '.join(map(str, paths))}")
    return files


def each_read(files: list[Path], read: Callable[[Path], Read]) -> list[Read]:
    """What reading each of the files gives; BundleError with the faults of all."""
    made: list[Read] = []
    faults: list[Fault] = []
    for file in files:
        try:
            made.append(read(file))
        except BundleError as error:
            faults += error.faults
    if faults:
        raise BundleError(faults)
    return made


def texts_of(paths: list[Path], documents: list[tuple[str, str]]) -> dict[str, bytes]:
    """Each text under its document, given as (digest, id): the one with its digest, or the only one."""
    from app.store.citing import read_text
    from app.store.publishing import digest

    by_digest = dict(documents)
    only = documents[0][1] if len(documents) == len(paths) == 1 else None
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


def schema(_options: argparse.Namespace) -> None:
    """Prints the JSON Schema."""
    from app.store.bundles import content

    print(content().decode(), end="")


def draft(options: argparse.Namespace) -> None:
    """Prints a bundle to go on from, which `check` refuses until its drafts are written."""
    from app.store.citing import read_text
    from app.store.drafting import draft_bundle

    text = read_text(options.text.read_bytes())
    id = options.id or re.sub(r"[^a-z0-9]+", "-", options.text.stem.lower()).strip("-")[:80] or "document"
    begun = draft_bundle(text, id)
    print(json.dumps(begun, ensure_ascii=False, indent=2))
    told = [_counted(len(begun[name]), noun) for name, noun in DRAFTED]
    print(f"summit: drafts of {', '.join(told)}; `summit check` names what each of them still wants", file=sys.stderr)
