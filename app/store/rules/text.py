"""Rules that the document's text proves: every span by position, digest and words, and nothing of ours copied."""

from collections.abc import Iterator
from typing import Any

from app.facts.parts import Own, Printed
from app.facts.shape import Wanted, gather
from app.faults import Fault
from app.store.citing import digest, prove, quotation_marks
from app.store.quotations import MARKS
from app.store.rules.item import Item, document_of
from app.store.rules.scene import Scene
from app.store.text import paragraphs

CLOSING = ".,"
OURS: Wanted = (lambda slot: bool(slot.mark(Own) or slot.mark(Printed) or slot.name == "external"),)


def stands(scene: Scene, item: Item) -> Iterator[Fault]:
    """The text is the one that was listed; if not, which sentence changed, or that none did."""
    text, raw = scene.texts.get(item.bundle), item.raw
    if text is None:
        return
    places = {one["ref"]: index for index, one in enumerate(raw["sentences"])}
    for ref, message in scene.changed(item.bundle):
        yield item.fault(f"/sentences/{places[ref]}" if ref in places else "/sha256", f"{ref}: {message}")
    edges = list(paragraphs(text))
    for ref, index in places.items():
        start, paragraph = raw["sentences"][index]["start"], int(ref.partition(".")[0]) - 1
        if paragraph >= len(edges) or not edges[paragraph][0] <= start < edges[paragraph][1]:
            yield item.fault(
                f"/sentences/{index}/ref", f"{ref} does not begin in paragraph {paragraph + 1} of the text"
            )


def marks(scene: Scene, item: Item) -> Iterator[Fault]:
    """Every pair of quotation marks in the text is listed, and every pair listed is one."""
    text, raw = scene.texts.get(item.bundle), item.raw
    if text is None:
        return
    listed = {(mark["start"], mark["end"]): index for index, mark in enumerate(raw.get("quotation_marks", []))}
    for pair in quotation_marks(text, scene.listed(item.bundle)):
        if (pair.start, pair.end) not in listed:
            mend = f'add {{"sentence": "{pair.sentence}", "start": {pair.start}, "end": {pair.end}, "use": …}}'
            yield item.fault("/quotation_marks", f"the pair at {pair.start}–{pair.end} is not listed", mend)
    for (start, end), index in listed.items():
        if not (text[start : start + 1] in MARKS and text[end - 1 : end] in MARKS) or end > len(text):
            yield item.fault(f"/quotation_marks/{index}", f"no pair of marks stands at {start}–{end}")


def cited(scene: Scene, item: Item) -> Iterator[Fault]:
    """A citation's place, digest and words are those of the text."""
    for path, raw, document in item.citations:
        text = scene.texts.get(document)
        if text is None or any(ref == raw["sentence"] for ref, _ in scene.changed(document)):
            continue
        wrong = prove(text, raw["start"], raw["end"], raw["sha256"], raw.get("exact"))
        if wrong:
            yield item.fault(path, wrong)


def hedges(scene: Scene, item: Item) -> Iterator[Fault]:
    """A hedge's words stand at its place."""
    text = scene.texts.get(item.bundle)
    for index, one in enumerate(item.raw.get("hedges", []) if text is not None else []):
        wrong = prove(text or "", one["start"], one["end"], digest(one["as_printed"]), one["as_printed"])
        if wrong:
            yield item.fault(f"/hedges/{index}/as_printed", wrong)


def quoted(scene: Scene, item: Item) -> Iterator[Fault]:
    """What a quotation leaves out before the closing mark is a point or a comma."""
    for index, one in enumerate(item.raw.get("quotations", [])):
        document, end = document_of(one["citation"], item.bundle), one["citation"]["end"]
        text, closing = scene.texts.get(document), [mark["end"] - 2 for mark in scene.speech(document, item.fact)]
        if text is not None and end in closing and text[end : end + 1] not in CLOSING:
            yield item.fault(f"/quotations/{index}/text", f"leaves out {text[end : end + 1]!r} before the closing mark")


def own_words(scene: Scene, item: Item) -> Iterator[Fault]:
    """No run of eight of a text's words stands in ours, nor in what is printed; title and quoted words are free."""
    for path, _, value in gather(item.kind.entry, item.raw, OURS)[0] if scene.texts else ():
        yield from _copied(scene, item, path, value)


def bundle_words(scene: Scene, item: Item) -> Iterator[Fault]:
    """Nor does one stand in what the bundle says of its changes."""
    raw = item.draft.raw if scene.texts else {}
    told = {name: raw.get(name) for name in ("note", "by", "corroborates", "retract", "merge", "split", "reasons")}
    envelope = Item(item.draft, item.fact, {}, "")
    for path, value in _strings(told, ""):
        if not path.endswith("/exact"):
            yield from _copied(scene, envelope, path, value)


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, f"{path}/{name.replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, f"{path}/{index}")


def _copied(scene: Scene, item: Item, path: str, value: Any) -> Iterator[Fault]:
    for place, own in _strings(value, path):
        for document, run in scene.repeated(own):
            yield item.fault(place, f"repeats {document}: “{run}”", "say it in our own words")
