"""What the database holds now, as a load sees it."""

import json
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.facts.base import FOREVER
from app.store.bundles import Records, validate
from app.store.reading import read
from app.store.tables import METADATA

BUNDLES, LINKS, CITED, TEXTS = (METADATA.tables[name] for name in ("bundles", "links", "cited", "texts"))


def table_of(kind: str) -> Table:
    return METADATA.tables[kind]


class Stored:
    """What the database holds now: the `Known` of app.store.checking, and the records behind it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._bundles: dict[str, Records] = {}

    def current(self, fact: str) -> Any:
        """The current row of a fact, or None."""
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        found = select(table).where(table.c.id == id, table.c.until_edition == FOREVER)
        return self.connection.execute(found).one_or_none()

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
        """The ids of a kind's current facts."""
        table = table_of(kind)
        return list(self.connection.execute(select(table.c.id).where(table.c.until_edition == FOREVER)).scalars())

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        row = self.current(f"documents/{document}")
        return [] if row is None else [(ref, start, end, sha) for ref, start, end, sha, _ in json.loads(row.sentences)]

    def bundle(self, id: str) -> Any:
        """The current version of a bundle, or None."""
        found = select(BUNDLES).where(BUNDLES.c.id == id, BUNDLES.c.until_edition == FOREVER)
        return self.connection.execute(found).one_or_none()

    def records(self, bundle: str) -> Records:
        """The records of the bundle's current version, as it was before this load."""
        if bundle not in self._bundles:
            row = self.bundle(bundle)
            self._bundles[bundle] = validate(read(row.content, bundle))[0] if row else {}
        return self._bundles[bundle]

    def text(self, document: str) -> str | None:
        row = self.connection.execute(select(TEXTS.c.content).where(TEXTS.c.document == document)).one_or_none()
        return None if row is None else row.content.decode("utf-8")

    def caveats(self, fact: str) -> list[tuple[str, str]]:
        """The current caveats about a fact, as (`caveats/id`, owning bundle), in the documents' order."""
        table = table_of("caveats")
        found = (
            select(table.c.id, table.c.bundle)
            .join(LINKS, (LINKS.c.row == table.c.row) & (LINKS.c.kind == "caveats"))
            .where(LINKS.c.target == fact, LINKS.c.relation == "facts", table.c.until_edition == FOREVER)
            .order_by(table.c.place_in_document, table.c.row)
        )
        return [(f"caveats/{row.id}", row.bundle) for row in self.connection.execute(found)]

    def dependents(self, fact: str) -> set[str]:
        """The current facts whose bodies refer to this one."""
        found = self.connection.execute(select(LINKS.c.kind, LINKS.c.row).where(LINKS.c.target == fact)).all()
        return self._facts([(row.kind, row.row) for row in found])

    def citing(self, document: str) -> set[str]:
        """The current facts that cite a document."""
        found = self.connection.execute(
            select(CITED.c.kind, CITED.c.row).where(CITED.c.document == document).distinct()
        )
        return self._facts([(row.kind, row.row) for row in found])

    def _facts(self, rows: list[tuple[str, int]]) -> set[str]:
        facts = set()
        for kind, row in rows:
            table = table_of(kind)
            id = self.connection.execute(
                select(table.c.id).where(table.c.row == row, table.c.until_edition == FOREVER)
            ).scalar_one_or_none()
            facts.update([] if id is None else [f"{kind}/{id}"])
        return facts

    def revision(self, fact: str) -> int:
        """The last revision that the fact ever had, 0 where it never was."""
        kind, _, id = fact.partition("/")
        table = table_of(kind)
        return self.connection.execute(select(func.max(table.c.revision)).where(table.c.id == id)).scalar() or 0
