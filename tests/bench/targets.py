"""The targets: what each workload must reach, and what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Results = Mapping[str, Any]  # by workload, what was measured
Value = Callable[[Results], float]
TUTORIAL = ("tutorial", "tutorial, joined")
DATASETTE = ("Datasette page", "Datasette SQL")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Target:
    """One figure that must be at least, or at most, another."""

    workload: str
    figure: str
    bound: float
    value: Value
    is_least: bool = True
    unit: str = "×"
    rate: Value | None = None  # the same by answers a second
    busy: Value | None = None  # how much of its core the less busy of the two used meanwhile

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {shown(self.bound, self.unit)}"

    def met(self, found: float) -> bool:
        return found >= self.bound if self.is_least else found <= self.bound


def shown(value: float, unit: str) -> str:
    """A figure with its unit, in as many digits as mean something."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}{'' if unit == '×' else ' '}{unit}".rstrip()


def by_cpu(read: str, *others: str) -> Value:
    """How many times the processor that ours takes the best of others takes for the same read."""

    def value(found: Results) -> float:
        best = min(found[read][other]["cpu"] for other in others if other in found[read])
        return float(best / found[read]["ours"]["cpu"])

    return value


def by_rate(read: str, *others: str) -> Value:
    """How many times the answers a second of the best of others ours gives."""

    def value(found: Results) -> float:
        best = max(found[read][other]["rate"] for other in others if other in found[read])
        return float(found[read]["ours"]["rate"] / best)

    return value


def least_busy(read: str, *others: str) -> Value:
    return lambda found: min(found[read][one]["busy"] for one in ("ours", *others) if one in found[read])


def at(*path: str, per: float = 1) -> Value:
    """A figure where it stands."""

    def value(found: Results) -> float:
        one: Any = found
        for name in path:
            one = one[name]
        return float(one) / per

    return value


def ratio(one: Value, other: Value) -> Value:
    return lambda found: one(found) / other(found)


def reads() -> list[Target]:
    """The reads that sixteen clients make at once."""
    item, listed, search = ("item, first time", "list, first time", "search, one word, first time")
    beside = [
        (item, "item, first", "the floor", 0.70, ("floor",)),
        (item, "item, first", "FastAPI constant", 2, ("FastAPI constant",)),
        (item, "item, first", "Datasette, the better", 15, DATASETTE),
        (item, "item, first", "roapi", 20, ("roapi",)),
        (item, "item, first", "tutorial, the better", 40, TUTORIAL),
        (listed, "list, first", "the floor", 0.35, ("floor",)),
        (listed, "list, first", "FastAPI constant", 1, ("FastAPI constant",)),
        (listed, "list, first", "Datasette SQL", 18, ("Datasette SQL",)),
        (listed, "list, first", "roapi", 25, ("roapi",)),
        (listed, "list, first", "tutorial, the better", 60, TUTORIAL),
        ("item, repeated", "item, repeated", "the floor", 0.85, ("floor",)),
        ("list, repeated", "list, repeated", "the floor", 0.85, ("floor",)),
        ("search, repeated", "search, repeated", "the floor", 0.85, ("floor",)),
        (search, "search, first", "Datasette SQL", 25, ("Datasette SQL",)),
        (search, "search, first", "tutorial", 25, ("tutorial",)),
    ]  # fmt: skip
    found = [
        Target(
            workload, figure, bound, by_cpu(read, *others), rate=by_rate(read, *others), busy=least_busy(read, *others)
        )
        for workload, read, figure, bound, others in beside
    ]
    return [*found, unchanged(), *(slowest(read) for read in ("item", "list"))]


def unchanged() -> Target:
    """Answers that a client has already, beside the floor for whole ones."""
    read = "item, repeated"
    cpu = ratio(at(read, "floor", "cpu"), at(read, "ours, 304", "cpu"))
    rate = ratio(at(read, "ours, 304", "rate"), at(read, "floor", "rate"))
    return Target("304", "the floor", 1.3, cpu, rate=rate, busy=least_busy(read, "floor", "ours, 304"))


def slowest(read: str) -> Target:
    p99 = ratio(at(f"{read}, first", "ours", "p99"), at(f"{read}, first", "floor", "p99"))
    return Target(f"p99 under 16 clients, {read}", "the floor's", 4, p99, is_least=False)


def queries() -> list[Target]:
    """What is asked one at a time."""
    word = ratio(at("frequent word", "bm25", "cpu"), at("frequent word", "ours", "cpu"))
    deep = ratio(at("deep", "far", "cpu"), at("deep", "first", "cpu"))
    return [
        *(
            Target(f"search, {name}", "processor, the most", bound, at("words", count, "most"), False, "ms")
            for count, name, bound in (("1", "any word", 5), ("2", "any two words", 5), ("4", "any four words", 15))
        ),
        Target("search, a word of most statements", "plain bm25", 1000, word),
        Target("deep page", "the first page", 1.3, deep, is_least=False),
    ]


def growth() -> list[Target]:
    """Reads of the whole stock beside those of 1,000 statements."""

    def kept(read: str) -> Value:
        """How much of its share of the floor a read keeps."""
        where = f"{read}, by size"
        share = {
            size: ratio(at(where, f"floor, {size}", "cpu"), at(where, f"ours, {size}", "cpu"))
            for size in ("small", "large")
        }
        return ratio(share["large"], share["small"])

    bounds = {"item, first": 0.85, "item, repeated": 0.85, "list, repeated": 0.85, "list, first": 0.7}
    return [Target(f"growth, {read}", "its share at 1,000", bound, kept(read)) for read, bound in bounds.items()]


def exports() -> list[Target]:
    found = []
    for name, bound in (("ndjson", 0.8), ("csv", 0.7)):
        rate, title = at("export", name, "rate"), f"export, {name}"
        found += [
            Target(title, "rows a second, `sqlite3 -csv`", bound, ratio(rate, at("export", "sqlite3", "rate"))),
            Target(title, "rows a second, Datasette", 8, ratio(rate, at("export", "Datasette", "rate"))),
            Target(title, "memory above rest", 60, at("export", name, "above", per=MEGABYTE), False, "MB"),
            Target(title, "first byte", 50, at("export", name, "first"), False, "ms"),
        ]
    return found


def loads() -> list[Target]:
    ours = at("load", "ours", "rate")
    all_tables, alone = at("load", "all tables", "rate"), at("load", "statements alone", "rate")
    slower = ratio(at("read while loading", "busy"), at("read while loading", "quiet"))
    reading = "reads while all is loaded"
    return [
        Target("load", "`.import`, indexes, search index: same rows", 0.6, ratio(ours, all_tables)),
        Target("load", "the same, the statements' table alone", 0.6, ratio(ours, alone)),
        Target("load", "memory", 400, at("load", "ours", "memory", per=MEGABYTE), False, "MB"),
        Target(reading, "p99 when quiet", 5, slower, False),
        Target(reading, "errors", 0, at("read while loading", "errors"), False, ""),
    ]


def starts() -> list[Target]:
    def above(found: Results) -> float:
        return float(found["start"]["ours"]["rest"] - found["start"]["smallest"]["rest"]) / MEGABYTE

    ours = at("start", "ours", "seconds")
    start, smallest = "start to first answer", "FastAPI, one route, imports SQLModel"
    return [
        Target(start, smallest, 1.3, ratio(ours, at("start", "smallest", "seconds")), False),
        Target(start, "with 1,000 statements", 1.1, ratio(ours, at("start", "ours, small", "seconds")), False),
        Target("memory at rest", f"above {smallest}", 15, above, False, "MB"),
        Target("memory of kept answers", "its setting", 1, ratio(at("kept", "added"), at("kept", "setting")), False),
    ]


def targets() -> list[Target]:
    """All of them, in the order in which they are told."""
    shared = [
        Target(f"{read}, PostgreSQL", "tutorial, the better", 5, by_rate(f"{read}, first, PostgreSQL", *TUTORIAL))
        for read in ("item", "list")
    ]
    return [*reads(), *queries(), *growth(), *exports(), *loads(), *starts(), *shared]
