"""Plans: what a request comes to before anything is looked up, so that 304 costs no query."""

import difflib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from app.errors import Invalid, NotFound
from app.facts.base import Kind
from app.http.asking import encode, out_of_range, pairs, read_all
from app.http.parameters import parameters
from app.settings import Settings
from app.store.current import Now
from app.store.finding import Finder

Made = tuple[bytes, dict[str, str]]  # a body, and the headers that it adds


@dataclass(slots=True)  # not frozen, which would take a microsecond more to make
class Plan:
    """An answer to come: its edition, whether it can never change, and how it is made.

    `form` names the one that Accept chose of the address's several forms; None where there is but one. `tag` is its own
    where its content's digest makes one, whatever the edition. `media` are the address's forms; none where the request
    itself names one. An answer of many parts has `parts` in the place of a body.
    """

    now: Now
    is_settled: bool
    make: Callable[[], Made]
    form: str | None = None
    tag: str | None = None
    media: tuple[str, ...] = ("application/json",)
    parts: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What every answer is made with."""

    finder: Finder
    settings: Settings

    def now(self, as_of: int | str | None) -> Now:
        """The edition asked for: the current one, by number, or at an instant; NotFound where there was none."""
        if as_of is None:
            return self.finder.latest()
        found = self.finder.edition(as_of) if isinstance(as_of, int) else self.finder.edition_at(as_of)
        if found is None:
            known = self.finder.latest().edition
            message = f"there was no edition at {as_of}; the editions are 1 to {known}"
            raise NotFound(message, mend="Ask for one of the editions, or for an instant since the first.")
        return found

    def only(self, query: bytes, model: type[BaseModel]) -> dict[str, tuple[Any, ...]]:
        """The values of the few parameters that an address takes; Invalid with every fault."""
        values, faults = read_all(pairs(query), parameters(model), self.settings)
        if faults:
            raise Invalid(faults)
        return values

    def limit(self, values: dict[str, tuple[Any, ...]]) -> int:
        """The `limit` among the values; Invalid where it is out of range."""
        limit: int = values.get("limit", (self.settings.limit_default,))[0]
        if not 1 <= limit <= self.settings.limit_max:
            raise Invalid([out_of_range(limit, self.settings)])
        return limit

    def like(self, kind: Kind, id: str, now: Now) -> list[str]:
        """The addresses with the ids nearest to one that is not there, among the first thousand."""
        rows = self.finder.page(kind, {}, "id", 1000, [], now.edition)
        near = difflib.get_close_matches(id[:100], [row[0] for row in rows], 3, 0.5)
        return [f"/{kind.name}/{one}" for one in near]


class Nothing(BaseModel):
    """The parameters of an address that takes none."""


class ItemQuery(BaseModel):
    """The parameters of one record."""

    as_of: str | None = Field(None, description="As it stood: an edition (digits), or an instant (RFC 3339, with Z).")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once, which takes half the time


def to_json(value: Any) -> bytes:
    """A value as it is served."""
    return _encode(value).encode("utf-8", "backslashreplace")


def target(path: str, given: list[tuple[str, str]]) -> str:
    """The relative address of a path with parameters."""
    return f"{path}?{encode(given)}" if given else path


def next_link(onward: str) -> str:
    """The header that leads to the next page (RFC 8288)."""
    return f'<{onward}>; rel="next"'
