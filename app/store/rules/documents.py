"""Rules about a document: its sentences, its quotation marks, and that no sentence is passed over."""

from collections.abc import Iterator
from itertools import pairwise

from app.faults import Fault
from app.store.citing import digest
from app.store.corroborating import supporting
from app.store.rules.item import Item, document_of
from app.store.rules.scene import Scene


def sentences(scene: Scene, item: Item) -> Iterator[Fault]:
    """Sentences stand in order, apart, inside the text, numbered on; the first is the title."""
    listed, end, last = item.raw["sentences"], 0, (0, 1)
    for index, one in enumerate(listed):
        path = f"/sentences/{index}"
        paragraph, number = map(int, one["ref"].split("."))
        if (paragraph, number) not in ((last[0], last[1] + 1), (last[0] + 1, 1)) or (not last[0] and paragraph != 1):
            follows = f"{last[0]}.{last[1] + 1} or {last[0] + 1}.1" if last[0] else "1.1"
            yield item.fault(f"{path}/ref", f"{one['ref']} does not follow", f"write {follows}")
        if not end <= one["start"] < one["end"] <= item.raw["length"]:
            room = f"between {end}, where the last one ends, and the text's end at {item.raw['length']}"
            yield item.fault(f"{path}/start", f"{one['start']}–{one['end']} is no span {room}")
        last, end = (paragraph, number), max(end, one["end"])
    if digest(item.raw["title"]) != listed[0]["sha256"]:
        yield item.fault(
            "/title", "is not the first sentence: their digests differ", "write the title as it is printed"
        )


def covered(scene: Scene, item: Item) -> Iterator[Fault]:
    """Each sentence is cited by a fact, or listed as holding none, with the reason."""
    for index, one in enumerate(item.raw["sentences"]):
        cited = (item.bundle, one["ref"]) in scene.cited
        if cited == bool(one.get("reason")):
            message = (
                "is cited, and has a reason why no fact cites it" if cited else "is cited by no fact, and has no reason"
            )
            mend = "take the reason out" if cited else "cite it, or say why it holds no fact"
            yield item.fault(f"/sentences/{index}/reason", f"{one['ref']} {message}", mend)


def translated(scene: Scene, item: Item) -> Iterator[Fault]:
    """A document that was translated has a caveat that names every fact with a quotation."""
    if not item.raw.get("translator"):
        return
    for one in scene.of_bundle[item.bundle]:
        if one.raw.get("quotations") and not scene.has_caveat(one.fact, "translation"):
            mend = f"add {one.fact} to a caveat of kind translation"
            yield one.fault("/quotations", "are of a translation, and no caveat says so", mend)


def marks(scene: Scene, item: Item) -> Iterator[Fault]:
    """Quotation marks lie apart or nest, each in its sentence; those of speech hold a quotation of their statement."""
    known, listed = scene.sentences(item.bundle), item.raw.get("quotation_marks", [])
    for index, mark in enumerate(listed):
        path, start, end = f"/quotation_marks/{index}", mark["start"], mark["end"]
        sentence = known.get(mark["sentence"])
        if sentence is None or not sentence.start <= start < sentence.end:
            yield item.fault(f"{path}/sentence", f"the opening mark at {start} is not in {mark['sentence']}")
        if not start + 1 < end - 1 or end > item.raw["length"]:
            yield item.fault(f"{path}/end", f"{start}–{end} holds no words inside the text")
        if mark["use"] == "speech":
            yield from _speech(scene, item, index)
    for (index, one), (_, other) in pairwise(
        sorted(enumerate(listed), key=lambda mark: (mark[1]["start"], -mark[1]["end"]))
    ):
        if other["start"] == one["start"] or other["start"] < one["end"] < other["end"]:
            yield item.fault(f"/quotation_marks/{index}/end", "is there twice, or crosses another pair")


def _speech(scene: Scene, item: Item, index: int) -> Iterator[Fault]:
    mark = item.raw["quotation_marks"][index]
    path, fact = f"/quotation_marks/{index}/fact", str(mark.get("fact"))
    if fact in scene.broken:
        return
    if not (fact.startswith("statements/") and scene.exists(fact)):
        yield item.fault(path, "speech is of a statement", "name it, or write another use")
        return
    inside = [(start, end) for start, end in _spoken(scene, item, fact) if mark["start"] < start and end < mark["end"]]
    if not inside or inside[0][0] != mark["start"] + 1 or inside[-1][1] < mark["end"] - 2:
        mend = "add it to its `quotations`, or cite it where you corroborate it"
        yield item.fault(path, f"{fact} has no quotation of what is between these marks", mend)


def _spoken(scene: Scene, item: Item, fact: str) -> list[tuple[int, int]]:
    """Where this document quotes a statement: its own quotations, or what it says of another document's statement."""
    quoted = [one["citation"] for one in (scene.raw(fact) or {}).get("quotations", [])]
    own = [one for one in quoted if document_of(one, scene.home(fact)) == item.bundle]
    for theirs in scene.corroborations.get((item.bundle, fact), ()):
        own += supporting(theirs.raw["citations"], "quotations")
    return sorted((one["start"], one["end"]) for one in own)
