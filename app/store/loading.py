"""Loading: the one door for writes. One transaction, one edition, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from app.store import search
from app.store.books import Books, chained_lines
from app.store.changing import Group
from app.store.db import Database
from app.store.grouping import Outline, Promised, groups
from app.store.publishing import digest
from app.store.reading import Draft, read
from app.store.stored import Shelf, Stored

LARGE = 4_000_000  # bytes of bundles; such a load into an empty database fills it, and makes the index of words one
MANY = 1_000  # changes of facts, after which PostgreSQL counts again how often a value is
Expect = Callable[[str | None], None]


@dataclass(slots=True)
class Loaded:
    """What a load did: its edition (None: nothing was new) and how many facts it created, corrected and so on.

    `diff`, of a dry run only: each change as a history shows it, the fields that differ before and after.
    """

    edition: int | None
    changes: dict[str, int] = field(default_factory=dict)
    republished: dict[str, int] = field(default_factory=dict)
    diff: list[dict[str, Any]] = field(default_factory=list)


def load(
    database: Database,
    drafts: list[Draft],
    texts: dict[str, bytes] | None = None,
    keep: bool = False,
    *,
    by: str | None = None,
    dry_run: bool = False,
    expect: Expect | None = None,
) -> Loaded:
    """Loads bundles together: checked first, then written in one transaction as one edition.

    `texts` are the documents' bytes by id; with them every citation is proved, and with `keep` they are held. A text
    that is held is given up when its document is corrected to have another digest, unless that text comes along.
    `by` answers for the changes in the place of the bundles' own. `expect` is told, before anything else, the SHA-256
    of the first bundle's current content (None: it has none), and may raise to end the load.
    Raises BundleError with every fault, InUse where others refer to what would go, and writes nothing then. The same
    content again makes no edition; neither does a dry run.
    """

    def run(one: _Load) -> Loaded:
        if expect is not None:
            expect(one.current(drafts[0].raw["id"]))
        one.load(drafts, by, Promised(), set())
        return one.done([draft.raw["id"] for draft in drafts])

    return _run(database, run, texts or {}, keep, dry_run)


def load_files(
    database: Database,
    outlines: Sequence[Outline],
    promised: Promised,
    texts: dict[str, bytes] | None = None,
    keep: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Loads the bundles of files like `load`, but group by group, so that they need not fit into memory together.

    With `texts` all are taken together, since each one's words are held against all of them. It ends with the first
    group that has a fault. `told` hears after each group how many bytes of the files are loaded, and how many facts are
    new, corrected and so on.
    """
    places = {one.file: place for place, one in enumerate(outlines)}
    is_large = sum(each.size for each in outlines) >= LARGE

    def run(one: _Load) -> Loaded:
        pending, size = {each.id for each in outlines}, 0
        taken = [list(outlines)] if texts else list(groups(outlines, one.numbers))
        one.number(each.id for each in outlines)
        with search.in_large_pieces(one.connection) if is_large and not one.stored.edition else nullcontext():
            for group in taken:
                pending -= {each.id for each in group}
                files = [each.file for each in sorted(group, key=lambda each: places[each.file])]
                one.load([read(file.read_bytes(), str(file)) for file in files], None, promised, pending)
                size += sum(each.size for each in group)
                if told is not None:
                    told(size, one.changes.total())
        return one.done([each.id for each in outlines])

    return _run(database, run, texts or {}, keep, False, is_large)


def withdraw(
    database: Database, id: str, reason: str, *, by: str | None = None, expect: Expect | None = None
) -> Loaded:
    """Takes back all that a bundle holds, as one edition; loading it again restores it.

    `expect` as in `load`. KeyError where there never was such a bundle, InUse where others refer to what it holds. One
    that was withdrawn already makes no edition.
    """

    def run(one: _Load) -> Loaded:
        if id not in one.stored.numbers:
            raise KeyError(id)
        if expect is not None:
            expect(one.current(id))
        return one.withdraw(id, reason, by)

    return _run(database, run, {}, False, False)


def withdraw_within(connection: Connection, id: str, reason: str) -> Loaded:
    """The same inside a transaction that does more."""
    one = _Load(connection, {}, False, False)
    if id not in one.stored.numbers:
        raise KeyError(id)
    return one.withdraw(id, reason, None)


class _DryRun(Exception):
    """Undoes a load that was only to be shown."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded


def _run(
    database: Database,
    run: Callable[["_Load"], Loaded],
    texts: dict[str, bytes],
    keep: bool,
    dry_run: bool,
    is_large: bool = False,
) -> Loaded:
    try:
        with database.write(filling=is_large) as connection:
            loaded = run(_Load(connection, texts, keep, dry_run))
            if dry_run:
                raise _DryRun(loaded)
            if sum(loaded.changes.values()) >= MANY and connection.dialect.name == "postgresql":
                connection.execute(text("ANALYZE"))  # else it takes new tables for empty ones until it looks by itself
            return loaded
    except _DryRun as done:
        return Loaded(None, done.loaded.changes, done.loaded.republished, done.loaded.diff)


class _Load:
    """One load under way, group by group: an edition to be."""

    def __init__(self, connection: Connection, texts: dict[str, bytes], keep: bool, shows: bool) -> None:
        self.connection, self.texts, self.keep, self.shows = connection, texts, keep, shows
        self.shelf = Shelf()
        self.stored = Stored(connection, self.shelf)
        self.edition = self.stored.edition + 1
        self.numbers = dict(self.stored.numbers)
        self.books = Books(connection, self.edition)
        self.groups = 0
        self.loaded: dict[str, str] = {}  # the digest of each bundle's content
        self.withdrawn: set[str] = set()
        self.held: set[str] = set()
        self.changes: Counter[str] = Counter()
        self.republished: Counter[str] = Counter()
        self.diff: list[dict[str, Any]] = []

    def current(self, id: str) -> str | None:
        """The SHA-256 of a bundle's current content, or None."""
        held = self.stored.bundle(id)
        return None if held is None else held.sha256

    def number(self, ids: Iterable[str]) -> None:
        """Gives each bundle that is new its place in the order of first loads."""
        for id in ids:
            self.numbers.setdefault(id, len(self.numbers) + 1)

    def load(self, drafts: list[Draft], by: str | None, promised: Promised, pending: set[str]) -> None:
        """Takes a group of bundles, of which those `pending` are still to come and have `promised`."""
        group = self._group()
        checked = group.check(drafts, promised, pending)
        pairs = [
            (draft, records)
            for draft, records in zip(drafts, checked, strict=True)
            if self.current(draft.raw["id"]) != digest(draft.content)
        ]
        self.number(draft.raw["id"] for draft, _ in pairs)
        group.take(pairs, {draft.raw["id"] for draft in drafts}, by)
        if pairs or group.texts.held:
            group.write([draft for draft, _ in pairs], set())
            self.loaded.update((draft.raw["id"], digest(draft.content)) for draft, _ in pairs)
            self._note(group)

    def withdraw(self, id: str, reason: str, by: str | None) -> Loaded:
        if self.current(id) is None:
            return Loaded(None)
        group = self._group()
        group.withdraw(id, reason, by)
        group.write([], {id})
        self.withdrawn.add(id)
        self._note(group)
        return self.done([])

    def _group(self) -> Group:
        """A group sees what the groups before it wrote, as if that had been there."""
        self.groups += 1
        if self.groups > 1:
            self.stored = Stored(self.connection, self.shelf, self.edition)
            self.books.goes_on = True
        return Group(self.stored, self.books, self.numbers, self.texts, self.keep, self.shows)

    def _note(self, group: Group) -> None:
        self.held |= group.texts.held
        self.changes.update(group.changes)
        self.republished.update(group.republished)
        self.diff += group.diff

    def done(self, ids: Sequence[str]) -> Loaded:
        """Makes the edition, where there was anything new; `ids` are the bundles in the order in which they came."""
        if not (self.loaded or self.withdrawn or self.held):
            return Loaded(None)
        told = {kind: count for kind, count in self.republished.items() if count}
        loaded = [(id, self.loaded[id]) for id in ids if id in self.loaded]
        self.books.note_edition(chained_lines(loaded, self.withdrawn, self.held), self.changes, told)
        return Loaded(self.edition, dict(self.changes), told, self.diff)
