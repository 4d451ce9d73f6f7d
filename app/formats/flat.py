"""Flat: published bodies as CSV (RFC 4180), a row each, with the columns that a kind has."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

MEDIA = "text/csv"
# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = (int, Decimal)
QUOTED = re.compile('["\r\n]')  # what has a cell stand in quotation marks, beside a comma
Read = Callable[[Any], Any]


class Column(NamedTuple):
    """A column: its name, and what it takes from a body, which `holds` (Decimal: as text).

    One of ids has the `kinds` of which they may be; where those are several, `whole` takes the references themselves.
    """

    name: str
    read: Read
    holds: type[Any] = str
    kinds: tuple[str, ...] = ()
    whole: Read | None = None

    @property
    def is_number(self) -> bool:
        return self.holds in NUMBERS


def head(columns: Sequence[Column]) -> bytes:
    """The line of the columns' names."""
    return _encoded([column.name for column in columns])


def row(columns: Sequence[Column], body: dict[str, Any]) -> bytes:
    """The line of a body. Nothing is an empty cell; text that a spreadsheet would run begins with an apostrophe."""
    cells = []
    for column in columns:
        value = column.read(body)
        if value is None:
            value = ""
        elif type(value) is not str or value.startswith(FORMULA):  # most are plain text
            value = _cell(value, column.holds)
        cells.append(value)
    return _encoded(cells)


def _cell(value: Any, holds: type[Any]) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    return f"'{text}" if text.startswith(FORMULA) and holds not in NUMBERS else text


def _encoded(cells: Sequence[str]) -> bytes:
    """A line of cells, those in quotation marks that need them: few lines have any, and to see so takes less."""
    line = ",".join(cells)
    if QUOTED.search(line) or line.count(",") >= len(cells) or not line:
        made = io.StringIO()
        csv.writer(made).writerow(cells)
        return made.getvalue().encode()
    return f"{line}\r\n".encode()
