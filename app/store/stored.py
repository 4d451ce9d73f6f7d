"""What the database held when a load began."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from app.facts import KINDS
from app.store.bundles import Records, validate
from app.store.reading import read
from app.store.tables import METADATA

NAMES = ("bundles", "links", "cited", "texts", "editions")
BUNDLES, LINKS, CITED, TEXTS, EDITIONS = (METADATA.tables[name] for name in NAMES)


def table_of(kind: str) -> Table:
    return METADATA.tables[kind]


class Stored:
    """The facts that stood when a load began: the `Known` of app.store.checking, and the records behind it.

    What the load closes and writes meanwhile does not show: a fact reads the same however far the load has come.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.edition: int = connection.execute(select(func.max(EDITIONS.c.edition))).scalar() or 0
        self._bundles: dict[str, Records] = {}

    def _stood(self, table: Table) -> ColumnElement[bool]:
        return and_(table.c.since_edition <= self.edition, table.c.until_edition > self.edition)

    def current(self, fact: str) -> Any:
        """The row of a fact, or None."""
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        return self.connection.execute(select(table).where(table.c.id == id, self._stood(table))).one_or_none()

    def owner(self, fact: str) -> str | None:
        row = self.current(fact)
        return None if row is None else row.bundle

    def raw(self, fact: str) -> dict[str, Any]:
        row = self.current(fact)
        if row is None:
            raise KeyError(fact)
        body: dict[str, Any] = json.loads(row.body)
        return body

    def ids(self, kind: str) -> list[str]:
        """The ids of a kind's facts."""
        table = table_of(kind)
        return list(self.connection.execute(select(table.c.id).where(self._stood(table))).scalars())

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        row = self.current(f"documents/{document}")
        return [] if row is None else [(ref, start, end, sha) for ref, start, end, sha, _ in json.loads(row.sentences)]

    def bundle(self, id: str) -> Any:
        """The version of a bundle, or None."""
        return self.connection.execute(select(BUNDLES).where(BUNDLES.c.id == id, self._stood(BUNDLES))).one_or_none()

    def records(self, bundle: str) -> Records:
        """The records of a bundle's version; none where there was none."""
        if bundle not in self._bundles:
            row = self.bundle(bundle)
            self._bundles[bundle] = validate(read(row.content, bundle))[0] if row else {}
        return self._bundles[bundle]

    def text(self, document: str) -> bytes | None:
        """The text of a document where it is held."""
        return self.connection.execute(select(TEXTS.c.content).where(TEXTS.c.document == document)).scalar()

    def caveats(self, fact: str) -> set[str]:
        """The caveats about a fact, as `caveats/id`."""
        return self._facts("caveats", LINKS, and_(LINKS.c.target == fact, LINKS.c.relation == "facts"))

    def dependents(self, fact: str) -> set[str]:
        """The facts whose bodies refer to this one."""
        return {one for kind in KINDS for one in self._facts(kind, LINKS, LINKS.c.target == fact)}

    def citing(self, document: str) -> set[str]:
        """The facts that cite a document."""
        return {one for kind in KINDS for one in self._facts(kind, CITED, CITED.c.document == document)}

    def _facts(self, kind: str, index: Table, wanted: ColumnElement[bool]) -> set[str]:
        """The facts of a kind to whose versions the index has an entry that is wanted."""
        table = table_of(kind)
        entries = select(index.c.row).where(index.c.kind == kind, wanted)
        found = select(table.c.id).where(table.c.row.in_(entries), self._stood(table))
        return {f"{kind}/{id}" for id in self.connection.execute(found).scalars()}

    def revision(self, fact: str) -> int:
        """The last revision that the fact ever had, 0 where it never was."""
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        return self.connection.execute(select(func.max(table.c.revision)).where(table.c.id == id)).scalar() or 0

    def links(self, kind: str, row: int) -> set[tuple[str, str]]:
        """What a version of a fact refers to and is found by, as (relation, target)."""
        found = select(LINKS.c.relation, LINKS.c.target).where(LINKS.c.kind == kind, LINKS.c.row == row)
        return {(one.relation, one.target) for one in self.connection.execute(found)}
