"""Rules about every record: whose it is, what it refers to, how it is known; and about what a bundle changes."""

from collections.abc import Iterator
from typing import Any

from app.faults import Fault
from app.store import bundles
from app.store.reading import escape
from app.store.rules.item import Item
from app.store.rules.scene import Scene, follow, target

UPWARDS = (
    ("places", "within"),
    ("topics", "broader"),
    ("organisations", "parent"),
    ("events", "part_of"),
    ("events", "series"),
)
CHANGED = (
    ("corroborates", "fact", "theirs"),
    ("retract", "fact", "gone"),
    ("merge", "from", "gone"),
    ("merge", "into", "ours"),
    ("split", "from", "gone"),
    ("split", "into", "ours"),
)
TAKEN = ("schema",)
UNCITED = {"caveats": ("not_stated", "external"), "topics": (None,)}


def belongs(scene: Scene, item: Item) -> Iterator[Fault]:
    """A fact belongs to the bundle that defines it."""
    owner = scene.known.owner(item.fact)
    if owner not in (None, item.bundle):
        yield item.fault("/id", f"{item.fact} belongs to the bundle {owner}", "refer to it, or corroborate it")


def written(scene: Scene, item: Item) -> Iterator[Fault]:
    """A record is written by a person before it is loaded."""
    if item.raw.get("draft"):
        yield item.fault("/draft", "is a draft", "write the record, then take `draft` out")


def resolves(scene: Scene, item: Item) -> Iterator[Fault]:
    """Every reference leads to a record."""
    for path, _, value in item.parts.references:
        if not scene.exists(value):
            yield item.fault(path, f"there is no {value}", scene.near(value))


def is_cited(scene: Scene, item: Item) -> Iterator[Fault]:
    """A fact cites the words that say it; a silence, our own topics and external references have none."""
    of_kind = UNCITED.get(item.kind.name, ())
    cited = item.citations if item.kind.name == "caveats" else item.own
    if not cited and item.raw.get("basis") != "external" and item.raw.get("kind") not in of_kind:
        yield item.fault("/citations", "cites nothing", "cite the words that say it, or name an external source")


def says_how(scene: Scene, item: Item) -> Iterator[Fault]:
    """What is inferred or derived has a caveat that says how; what is external has a source."""
    external = item.raw.get("basis") == "external"
    if external != bool(item.raw.get("source")):
        mend = "name the public reference" if external else "leave it out, or write basis external"
        yield item.fault("/source", "is for basis external, and only there", mend)
    if item.kind.name == "caveats" or item.raw.get("antecedent"):
        return
    for path, _, basis in item.parts.bases:
        if basis in ("inferred", "derived") and not scene.has_caveat(item.fact, basis):
            yield item.fault(
                path, f"is {basis}, and no caveat says how", f"add a caveat of kind {basis} about {item.fact}"
            )


def has_an_address(scene: Scene) -> Iterator[Fault]:
    """A bundle's id makes its address, which is nothing else's."""
    for draft, _ in scene.bundles:
        if draft.raw["id"] in TAKEN:
            yield draft.fault("/id", f"/bundles/{draft.raw['id']} is another address", "give the document another id")


def defined_once(scene: Scene) -> Iterator[Fault]:
    """Bundles loaded together define each fact once."""
    for draft, fact, pointer in scene.twice:
        other = scene.items[fact]
        place = f"{other.draft.file}, {other.pointer}"
        yield draft.fault(
            f"{pointer}/id", f"{fact} is defined twice: also in {place}", "refer to it, or corroborate it"
        )


def climbs(scene: Scene) -> Iterator[Fault]:
    """Nothing lies within itself, at any depth."""
    for kind, field in UPWARDS:
        done: set[str] = set()
        for item in scene.of_kind[kind]:
            path: dict[str, None] = {}
            fact: str | None = item.fact
            while fact and fact not in done and fact not in path:
                path[fact] = None
                fact = target((scene.raw(fact) or {}).get(field))
            if fact in path:
                loop = [*list(path)[list(path).index(fact) :], fact]
                here = next((scene.items[one] for one in loop if one in scene.items), item)
                yield here.fault(f"/{field}", f"leads back to itself: {' → '.join(loop)}")
            done.update(path)


def changes(scene: Scene) -> Iterator[Fault]:
    """What a bundle says of other facts is of facts that exist; what it takes back is its own and not defined in it."""
    for draft, records in scene.bundles:
        loaded = scene.known.owner(f"documents/{draft.raw['id']}") is not None
        for pointer, fact, state in _changed(bundles.changes(draft)):
            owner = scene.known.owner(fact)
            if state in ("theirs", "gone") and fact in records:
                yield draft.fault(pointer, f"{fact} is defined in this bundle", "keep the one or the other")
            elif state == "gone" and owner not in (None, draft.raw["id"]):
                if pointer.split("/")[1] != "retract" or fact not in scene.known.corroborated(draft.raw["id"]):
                    yield draft.fault(pointer, f"{fact} belongs to the bundle {owner}", "take it back there")
            elif owner or (state != "gone" and scene.exists(fact)):
                continue
            elif state in ("gone", "told") and (scene.known.revision(fact) or not loaded):
                continue  # taken back already; a new database never had what an old bundle took back
            else:
                yield draft.fault(pointer, f"there is no {fact}", scene.near(fact))


def becomes(scene: Scene) -> Iterator[Fault]:
    """A record is merged into one of its own kind, and into one only."""
    for draft, _ in scene.bundles:
        told = bundles.changes(draft)
        seen: set[str] = set()
        for name in ("merge", "split", "retract"):
            for index, one in enumerate(told.get(name, [])):
                fact, into = one.get("from", one.get("fact")), one.get("into", [])
                if fact in seen:
                    yield draft.fault(f"/{name}/{index}", f"{fact} is taken back twice", "keep one")
                seen.add(fact)
                stands = scene.known.merged.get(fact) if name == "merge" else None
                if stands is not None and follow(scene.merged, stands) != follow(scene.merged, str(into)):
                    mend = "define it again, which undoes that, and then merge it"
                    yield draft.fault(f"/{name}/{index}/into", f"{fact} was merged into {stands}", mend)
                if fact in ([into] if isinstance(into, str) else into):
                    yield draft.fault(f"/{name}/{index}/into", "is the record itself", "name another")
                elif name == "merge" and not _leads(scene, str(into)):
                    yield draft.fault(f"/{name}/{index}/into", f"{into} leads to no record", "name one that stands")
                if isinstance(into, list) and len(set(into)) < len(into):
                    yield draft.fault(f"/{name}/{index}/into", "names a record twice", "name each once")
                kinds = {other.partition("/")[0] for other in [fact, *([into] if isinstance(into, str) else into)]}
                if len(kinds) > 1:
                    yield draft.fault(f"/{name}/{index}/into", f"is of another kind than {fact}", "name its like")


def _leads(scene: Scene, fact: str) -> bool:
    """Whether a record stands where a fact's merges lead."""
    end = follow(scene.merged, fact)
    return end in scene.items or end in scene.broken or scene.stays(end)


def _changed(raw: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The facts that a bundle's changes name: (pointer, fact, what it is: theirs, ours, gone or told of)."""
    for name, field, state in CHANGED:
        for index, one in enumerate(raw.get(name, [])):
            value = one[field]
            for place, fact in enumerate(value if isinstance(value, list) else [value]):
                yield f"/{name}/{index}/{field}" + (f"/{place}" if isinstance(value, list) else ""), fact, state
    yield from ((f"/reasons/{escape(fact)}", fact, "told") for fact in raw.get("reasons", {}))
