"""Laying: the first pages of long lists, their bodies laid together when they are loaded.

A list's facts lie as far apart as they were loaded, and to look up each of fifty takes eight times as long as to read
their bodies joined.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, insert, select

from app.facts import KINDS
from app.facts.asking import By
from app.facts.base import Kind
from app.store import paging, selecting
from app.store.db import prepared
from app.store.ordering import default
from app.store.paging import Shown, Way
from app.store.tables import METADATA

SIZE = 50  # facts on a page where no limit is asked for
PAGES = METADATA.tables["first_pages"]


@cache
def laid(kind: Kind) -> Mapping[str, str]:
    """The filters of a kind whose lists' first pages are laid together, each with its column."""
    marks = selecting.marks(kind).items()
    return {name: mark.column for name, mark in marks if isinstance(mark, By) and mark.laid}


class Touched(NamedTuple):
    """A list whose first page may be another one now."""

    kind: str
    filter: str
    value: str


class Laying:
    """The first pages that an edition touches, each laid anew once it is whole."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._touched: set[Touched] = set()

    def touch(self, name: str, row: Any) -> None:
        """Takes the columns of a version of a kind's fact that comes, goes or is changed."""
        for filter, column in laid(KINDS[name]).items():
            if row[column] is not None:
                self._touched.add(Touched(name, filter, row[column]))

    def lay(self, edition: int) -> None:
        """Lays the pages that were touched as they are in an edition, the current one, where the list is longer."""
        touched = sorted(self._touched)
        if touched:
            self.connection.execute(delete(PAGES).where(*_its()), [one._asdict() for one in touched])
        for one in touched:
            if len(self._rows(one, edition, SIZE + 1, ())) > SIZE:  # which an index tells: most lists are short
                rows = self._rows(one, edition, SIZE, paging.BODY)
                last, bodies = json.dumps(list(rows[-1][:-1])), b",".join([bytes(row[-1]) for row in rows])
                page = {**one._asdict(), "since_edition": edition, "last": last, "bodies": bodies}
                self.connection.execute(insert(PAGES).values(page))
        self._touched.clear()

    def _rows(self, touched: Touched, edition: int, limit: int, shown: Shown) -> list[Any]:
        """The first rows of a list: the keys of its order, then what is shown."""
        kind, shape = KINDS[touched.kind], ((touched.filter, 1, False),)
        is_sqlite = self.connection.dialect.name == "sqlite"
        found = prepared(is_sqlite, paging.page, kind, shape, default(kind), False, Way.STRAIGHT, shown)
        bound = {**found.constants, f"{touched.filter}_0": touched.value, "edition": edition, "limit": limit}
        return list(self.connection.exec_driver_sql(found.sql, bound))


def first() -> Select[Any]:
    """(keys of the last row, bodies) of the page of the list of the kind, filter and value bound by these names."""
    return select(PAGES.c.last, PAGES.c.bodies).where(*_its(), PAGES.c.since_edition <= bindparam("edition"))


def _its() -> list[ColumnElement[bool]]:
    return [PAGES.c[name] == bindparam(name) for name in Touched._fields]
