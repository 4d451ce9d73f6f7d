"""Listing: a page of a kind's list, with its count, its facets, and the reason when it is empty."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from pydantic_core import from_json

from app.errors import BadCursor, Invalid
from app.facts.base import Kind
from app.formats import flat
from app.http import cursors
from app.http.asking import Asked, ask
from app.http.dividing import divided
from app.http.gathering import Gathering, Values
from app.http.negotiating import negotiate
from app.http.plans import Made, Plan, Room, next_link, target, to_json
from app.http.projecting import checked_fields, project
from app.http.refusing import check_names, fault
from app.store import faceting, silence
from app.store.columns import columns
from app.store.current import Now
from app.store.highlighting import highlights
from app.store.laying import SIZE
from app.store.ordering import LOADED
from app.store.paging import BODY, Shown
from app.store.publishing import encode

MEDIA = {"application/json": "json", "application/x-ndjson": "ndjson", flat.MEDIA: "csv"}
TYPES = {form: media for media, form in MEDIA.items()} | {"csv": f"{flat.MEDIA}; charset=utf-8; header=present"}
ALONE = {"json": (), "ndjson": ("count", "facets"), "csv": ("count", "facets", "fields")}  # what a form has no room for
LINE: Shown = ("line",)
FOUND: Shown = ("texts", "body")
CHUNK = 300  # rows of one statement: what is larger than a megabyte the system would give anew each time


def plan_list(room: Room, kind: Kind, path: str, query: bytes, accept: str, preset: Values | None = None) -> Plan:
    """A page of a kind's list, or all of it, in the form asked for; `preset` are filters that the path itself sets."""
    asked = ask(kind.query, query, room.settings)
    if preset and any(name in asked.values for name in preset):
        raise Invalid([fault(name, "is set by the path") for name in preset if name in asked.values])
    checked_fields(kind.public, asked.fields)
    if asked.facets:
        known = faceting.facetable(kind)
        check_names("facets", asked.facets, known, f"is no facet here; known are {', '.join(known)}")
    form = asked.format or MEDIA.get(negotiate(accept, tuple(MEDIA)) or "", "json")
    given = [name for name, _ in asked.given]
    wrong = [name for name in ALONE[form] if name in given]
    if wrong:
        raise Invalid([fault(name, f"has no place in {form}: leave it out, or ask for json") for name in wrong])
    now, after = place_of(room, asked, path)
    is_settled = isinstance(asked.as_of, int) or asked.cursor is not None
    media = () if asked.format else tuple(MEDIA)

    def page() -> _Page:
        return _Page(path, Gathering(room, kind, asked, now, preset or {}, after), form)

    if form == "json":
        return Plan(now, is_settled, lambda: page().make(), form, media=media)
    if "limit" in given or "cursor" in given:
        return Plan(now, is_settled, lambda: page().lines(), form, media=media)
    return Plan(now, is_settled, lambda: (b"", page().type), form, media=media, parts=lambda: page().parts())


def place_of(room: Room, asked: Asked, path: str) -> tuple[Now, list[Any]]:
    """The edition of a walk and the keys that it goes on after."""
    if asked.cursor is None:
        return room.now(asked.as_of), []
    sealed = cursors.sealed(asked.cursor)
    now = _edition(room, sealed.edition)
    if now is None:
        raise BadCursor(cursors.WRONG)
    sealed.prove(now.digest, bound_to(asked, path))
    if asked.as_of is not None and room.now(asked.as_of) != now:
        raise BadCursor("the cursor goes on in another edition than `as_of` asks for")
    return now, sealed.keys


def _edition(room: Room, number: int) -> Now | None:
    latest = room.finder.latest()
    return latest if latest.edition == number else room.finder.edition(number)


def bound_to(asked: Asked, path: str) -> str:
    """What a cursor of a request is bound to: the list, its filters whatever their order, and its sort."""
    return bound_by(path, asked.values, asked.terms, asked.sort)


def bound_by(path: str, values: Values, terms: Any, sort: str | None) -> str:
    """The same by the parts of the request."""
    filters = sorted((name, sorted(map(repr, given))) for name, given in values.items())
    return f"{path} {filters!r} {terms!r} {sort}"


class _Page:
    """One page under way."""

    def __init__(self, path: str, gathering: Gathering, form: str = "json") -> None:
        self.path = path
        self.gathering = gathering
        self.asked, self.now = gathering.asked, gathering.now
        self.form = form

    @property
    def type(self) -> dict[str, str]:
        """The header that names the form."""
        return {"content-type": TYPES[self.form]}

    def lines(self) -> Made:
        """The page in a form of lines; `Link` leads to the next."""
        limit = self.asked.limit
        rows = self._rows(limit + 1)
        onward = self._onward(self.gathering.keys(rows[limit - 1])) if len(rows) > limit else None
        link = {"link": next_link(onward)} if onward else {}
        return self._head() + self._lines(rows[:limit]), {**self.type, **link}

    def parts(self) -> Iterator[bytes]:
        """All that matches, in a form of lines, a part for each statement that reads it; a whole list as it lies."""
        if not self.gathering.values and self.gathering.sort != "document" and "sort" not in dict(self.asked.given):
            self.gathering.sort = LOADED  # which is several times as fast, since it reads page after page
        rows = self._rows(CHUNK)
        yield self._head() + self._lines(rows)
        while len(rows) == CHUNK:
            self.gathering.after = self.gathering.keys(rows[-1])
            rows = self._rows(CHUNK)
            yield self._lines(rows)

    def _rows(self, limit: int) -> Any:
        return self.gathering.rows(limit, LINE if self.form == "csv" else shown_of(self.asked))

    def _head(self) -> bytes:
        return flat.head(columns(self.gathering.kind)) if self.form == "csv" else b""

    def _lines(self, rows: Any) -> bytes:
        if self.form == "csv":
            return b"".join([bytes(row[-1]) for row in rows])
        return b"\n".join([*shown(self.asked, rows), b""])

    def make(self) -> Made:
        gathering = self.gathering
        rows, last, body = self._laid() or self._looked_up()
        onward = None if last is None else self._onward(last)
        frame: dict[str, Any] = {
            "next": onward,
            "self": self._here if self.asked.cursor is None else target(self.path, list(self.asked.given)),
            "edition": self.now.edition,
        }
        if self.asked.count:
            frame["count"] = gathering.count()
        if self.asked.facets:
            frame["facets"] = {name: divided(gathering, name) for name in self.asked.facets}
        if not body:
            frame["empty"] = silence.explain(gathering.room.finder, self.now.edition, gathering.question())
        through = gathering.matched_through(rows)
        if through:
            frame["matched_through"] = through
        if self.asked.terms is not None:
            frame["ranking"] = ranking(self.asked)
        told = framed(body, to_json(frame)[1:])
        return told, {"link": next_link(onward)} if onward else {}

    def _laid(self) -> tuple[Any, list[Any], bytes] | None:
        """The page where it is laid together: no rows, the keys after which the list goes on, all that is shown."""
        if self.asked.limit != SIZE or self.asked.fields or self.asked.terms is not None:
            return None
        found = self.gathering.first_page()
        return ((), *found) if found else None

    def _looked_up(self) -> tuple[Any, list[Any] | None, bytes]:
        """The page's rows, the keys after which the list goes on where it does, and all that is shown of them."""
        limit = self.asked.limit
        rows = self.gathering.rows(limit + 1, shown_of(self.asked))
        last = self.gathering.keys(rows[limit - 1]) if len(rows) > limit else None
        return rows[:limit], last, b",".join(shown(self.asked, rows[:limit]))

    def _onward(self, last: list[Any]) -> str:
        """The address of the page after the row with these keys."""
        bound = bound_to(self.asked, self.path)
        cursor = cursors.seal(self.now.edition, self.now.digest, bound, last)
        return f"{self._here}{'&' if '?' in self._here else '?'}cursor={cursor}"

    @cached_property
    def _here(self) -> str:
        """The address of the first page."""
        return target(self.path, [(name, value) for name, value in self.asked.given if name != "cursor"])


def framed(items: bytes, frame: bytes) -> bytes:
    """A page of items, joined by commas, and the rest of its object; `%` takes thirty times as long for 100 kB."""
    return b"".join((b'{"items":[', items, b"],", frame))


def ranking(asked: Asked) -> str:
    """How what a search found is ordered: as was asked, or by relevance."""
    return "relevance" if asked.sort is None else "asked"


def shown_of(asked: Asked) -> Shown:
    """The columns of rows of which `shown` is to be made."""
    return BODY if asked.terms is None else FOUND


def shown(asked: Asked, rows: Sequence[Any]) -> list[bytes]:
    """The bodies of rows, or what was asked for of them, with the places of what was searched for."""
    bodies = [bytes(row[-1]) for row in rows]
    if asked.fields:
        bodies = [to_json(project(from_json(body), asked.fields)) for body in bodies]
    if asked.terms is None:
        return bodies
    found = map(encode, highlights([bytes(row[-2]) for row in rows], asked.terms))
    return [
        b"".join((body[:-1], b"," if len(body) > 2 else b"", b'"highlights":', told, b"}"))
        for body, told in zip(bodies, found, strict=True)
    ]
