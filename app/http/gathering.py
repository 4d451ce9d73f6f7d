"""Gathering: the rows of a kind that a request asks for, its names looked up; how many, why none."""

from functools import cache, cached_property
from typing import Any

from app.errors import Invalid
from app.facts import KINDS
from app.facts.base import Kind
from app.facts.parts import Ref
from app.http.asking import Asked, entities
from app.http.parameters import Named
from app.http.plans import Room
from app.http.refusing import fault
from app.store import history, silence
from app.store.current import Now
from app.store.laying import laid
from app.store.ordering import ORDERS, default
from app.store.paging import BODY, Shown, Way, is_straight
from app.store.seeking import Seeking
from app.store.selecting import NOT_EXTERNAL, SEARCH, THROUGH, marks, shape_of
from app.store.through import external
from app.store.tokens import NOTHING

Values = dict[str, tuple[Any, ...]]
FEW = 500  # rows of other filters that are tried one by one by what is searched for
GATHERED = 10_000  # rows that are put in order for a page
MERGES = 5  # how many in a row are followed to the record that stands


@cache
def _trees(kind: Kind) -> dict[str, str]:
    """The filters of a kind by records that others lie within, each with the kind of these."""
    return {name: mark.tree for name, mark in marks(kind).items() if getattr(mark, "tree", None)}


@cache
def _references(kind: Kind) -> frozenset[str]:
    """The filters of a kind by records."""
    fields = kind.query.model_fields.items()
    return frozenset(name for name, info in fields if any(isinstance(mark, Ref) for mark in info.metadata))


def references(room: Room, facts: list[str], now: Now) -> list[dict[str, str]]:
    """The references of those facts that there are in an edition."""
    ids: dict[str, list[str]] = {}
    for kind, _, id in (fact.partition("/") for fact in facts):
        if kind in KINDS:  # a period may hold a slash, too
            ids.setdefault(kind, []).append(id)
    if not ids:
        return []
    sizes = tuple((kind, len(some)) for kind, some in ids.items())
    bound = {f"{kind}_{n}": id for kind, some in ids.items() for n, id in enumerate(some)}
    return room.finder.references(silence.named, sizes, edition=now.edition, **bound)


def there(room: Room, kind: Kind, name: str, values: tuple[Any, ...], now: Now) -> tuple[Any, ...]:
    """The values of a filter without those records that an id might have been of, and is not."""
    if len(values) < 2 or name not in _references(kind):
        return values

    def found() -> tuple[Any, ...]:
        return tuple(one["path"][1:] for one in references(room, list(values), now))

    standing: tuple[Any, ...] = room.finder.remembered(now, values, found)
    return standing or values


class Gathering:
    """The rows of one kind that a request asks for; `preset` are filters that its path sets. `sort` is their order."""

    def __init__(self, room: Room, kind: Kind, asked: Asked, now: Now, preset: Values, after: list[Any]) -> None:
        self.room = room
        self.kind = kind
        self.asked = asked
        self.now = now
        self.after = after
        self.unknown: list[silence.Unknown] = []
        self._counts: dict[Any, tuple[int, int]] = {}  # how many some values keep, and to what number that was counted
        self.values: Values = {name: self._resolved(name, given) for name, given in asked.values.items()} | preset
        if "basis" in self.values and "external" not in self.values["basis"]:
            self.values[NOT_EXTERNAL] = ()
        if asked.terms is not None:
            self.values[SEARCH] = room.finder.expressions(kind, asked.terms or (NOTHING,))
        self.sort = asked.sort or ("document" if asked.terms is None else "relevance")

    @cached_property
    def kept(self) -> Values:
        """The values by which rows are kept: hierarchies opened, where it does not matter through what they match."""
        if NOT_EXTERNAL in self.values and self.values.keys() & set(THROUGH):
            return self.values
        given = {name: values for name, values in self.values.items() if name != NOT_EXTERNAL}
        trees, opened, room = _trees(self.kind), self.room.finder.opened, self.room
        return {
            name: opened(trees[name], values, self.now.edition)
            if name in trees
            else there(room, self.kind, name, values, self.now)
            for name, values in given.items()
        }

    @cached_property
    def _way(self) -> Way:
        """How rows are found: where more match than can be put in order, most of the next ones are likely to."""
        if is_straight(self.kind, shape_of(self.kept), self.sort):
            return Way.STRAIGHT
        if self.sort == "relevance":
            return self._way_of_relevance
        if not self.room.finder.is_large(self.kind, GATHERED) or self.counted(self.kept, GATHERED) <= GATHERED:
            return Way.GATHERED
        return Way.WALKED

    @property
    def _way_of_relevance(self) -> Way:
        """How what was searched for is found: few rows of other filters are tried by it, else its hits by those."""
        others = {name: values for name, values in self.kept.items() if name != SEARCH}
        return Way.GATHERED if others and self.counted(others, FEW) <= FEW else Way.SOUGHT

    def rows(self, limit: int, shown: Shown = BODY) -> Any:
        """Up to `limit` rows: the keys of their order, then the columns that are shown."""
        finder, edition = self.room.finder, self.now.edition
        if self._way is Way.SOUGHT:
            return self._seeking.page(limit, self.after, shown)
        if self._counts.get(tuple(self.kept.items())) == (0, GATHERED):
            return []
        return finder.page(self.kind, self.kept, self.sort, limit, self.after, edition, self._way, shown)

    def first_page(self) -> tuple[list[Any], bytes] | None:
        """The first page where it is laid together: its last row's keys, and its bodies joined by commas."""
        if self.after or len(self.kept) != 1 or self.sort != default(self.kind):
            return None
        ((name, values),) = self.kept.items()
        if name not in laid(self.kind) or len(values) != 1:
            return None
        return self.room.finder.first_page(self.kind, name, values[0], self.now.edition)

    @cached_property
    def may_hold(self) -> bool:
        """Whether anything of the kind matches what was searched for, whatever the other filters keep of it."""
        words = self.values.get(SEARCH)
        if words is None or self.after:
            return True
        first = self._seeking.first
        if first is not None:
            return bool(first.rows)
        return bool(Seeking(self.room.finder, self.kind, {SEARCH: words}, self.now.edition).newest(1))

    @cached_property
    def _seeking(self) -> Seeking:
        return Seeking(self.room.finder, self.kind, self.kept, self.now.edition, self.asked.terms or ())

    def keys(self, row: Any) -> list[Any]:
        """What a row is ordered by, after which a walk goes on."""
        return list(row[: len(ORDERS[self.sort][0])])

    def count(self) -> dict[str, Any]:
        """How many there are, exact up to a limit."""
        most = self.room.settings.count_max
        found = self.counted(self.kept, most)
        return {"value": min(found, most), "relation": "gte" if found > most else "eq"}

    def counted(self, values: Values, most: int) -> int:
        """How many a list with these filters has, up to one more than `most`."""
        asked = tuple(values.items())
        found, counted_to = self._counts.get(asked, (0, -1))
        if found > counted_to and most > counted_to:
            found = self.room.finder.count(self.kind, values, most, self.now.edition)
            self._counts[asked] = found, most
        return min(found, most + 1)

    def matched_through(self, rows: Any) -> list[dict[str, str]]:
        """The filters that the page's rows all matched only by what no document says, with the references for it."""
        told = []
        for name in [name for name in self.values if name in THROUGH and rows]:
            size = 1 << (len(rows) - 1).bit_length()  # few sizes, so that few statements are compiled
            bound = {f"row_{n}": self.keys(rows[min(n, len(rows) - 1)])[-1] for n in range(size)}
            bound |= {f"{name}_{n}": value for n, value in enumerate(self.values[name])}
            found = self.room.finder.rows(external, self.kind, name, len(self.values[name]), size, **bound)
            if len({row for row, _ in found}) == len(rows):
                told += [
                    {"filter": name, "basis": "external", "source": one} for one in sorted({one for _, one in found})
                ]
        return told

    def references(self, facts: list[str]) -> list[dict[str, str]]:
        """The references of those facts that there are."""
        return references(self.room, facts, self.now)

    def _of_country(self, codes: tuple[Any, ...]) -> tuple[str, ...]:
        """The places and organisations of countries."""
        bound = {f"country_{n}": code for n, code in enumerate(codes)}
        found = self.room.finder.references(silence.of_country, len(codes), edition=self.now.edition, **bound)
        return tuple(one["path"][1:] for one in found)

    def _resolved(self, parameter: str, given: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values of a filter, names looked up: a name that several records have is no value."""
        found: list[Any] = []
        for value in given:
            if not isinstance(value, Named):
                found.append(value)
                continue
            named = self.room.finder.named
            facts = [f"{kind}/{id}" for kind in value.kinds for id in named(KINDS[kind], value.name, self.now.edition)]
            if len(facts) > 1:
                message = f"several have this name: {', '.join(facts)}"
                raise Invalid([fault(parameter, message, facts[0], value.name)])
            if not facts:
                self.unknown.append(silence.Unknown(value.kinds, value.name))
            found += facts or [f"{value.kinds[0]}/?"]  # what no record's id can be
        return tuple(dict.fromkeys(found))

    def question(self) -> silence.Question:
        """What was asked: its filters, the entities among them that there are, and the values that are nobody."""
        asked = list(entities(self.kind.query, self.asked.given))
        for _, value, facts in asked:
            if facts and not self.references(list(facts)):
                self.unknown.append(self._unknown(value, facts))
        for id in self.values.get("ids", ()):
            if not self.references([f"{self.kind.name}/{id}"]):
                self.unknown.append(self._unknown(id, (f"{self.kind.name}/{id}",)))
        found = {
            name: tuple(one["path"][1:] for one in self.references(list(self.values[name])))
            for name in dict.fromkeys(name for name, _, _ in asked if name != "document")
        }
        there = {name: facts for name, facts in found.items() if facts}
        countries = [name for name in ("country", "speaker_country") if name in self.values]
        there |= {name: self._of_country(self.values[name]) for name in countries}
        documents = tuple(one["id"] for one in self.references(list(self.values.get("document", ()))))
        terms = self.asked.terms or ()
        return silence.Question(self.kind, self.values, there, self.unknown, documents, terms)

    def _unknown(self, value: str, facts: tuple[str, ...]) -> silence.Unknown:
        """A value that is nobody, with what it was merged into."""
        kinds, into = tuple(fact.partition("/")[0] for fact in facts), facts
        for _ in range(MERGES):
            last = [changes[-1] for fact in into if (changes := history.of(self.room.finder, fact, self.now.edition))]
            into = tuple(fact for change in last if change.change == "merged" for fact in change.into)
            standing = self.references(list(into))
            if standing or not into:
                return silence.Unknown(kinds, value, tuple(standing))
        return silence.Unknown(kinds, value)
