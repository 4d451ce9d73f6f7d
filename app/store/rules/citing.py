"""Rules about citations and printed words, as far as they can be told without the document's text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from app.faults import Fault
from app.store.citing import Sentence, digest, words
from app.store.explaining import nearest
from app.store.rules.item import Citing, Item, document_of
from app.store.rules.scene import Scene, has_path

WORDS_MAX = 7
OMISSION = " … "
# What a record's own citation may show the words of.
SHOWN = {"as_printed", "name", "title", "hedges", "quotations", "other_names"}


def lies_in_sentence(scene: Scene, item: Item) -> Iterator[Fault]:
    """A citation lies in its sentence; one of the whole sentence has the sentence's digest."""
    for path, raw, document in item.citations:
        known = scene.sentences(document)
        sentence = known.get(raw["sentence"])
        if sentence is None and known:
            mend = f"it has {next(iter(known))} to {next(reversed(known))}"
            yield item.fault(f"{path}/sentence", f"{document} has no sentence {raw['sentence']}", mend)
        elif sentence is not None:
            yield from _spans(item, path, raw, sentence)


def _spans(item: Item, path: str, raw: dict[str, Any], sentence: Sentence) -> Iterator[Fault]:
    start, end = raw["start"], raw["end"]
    place = f"sentence {sentence.ref} is {sentence.start}–{sentence.end}"
    if start >= end:
        yield item.fault(f"{path}/end", f"{start}–{end} is no span", "`end` is exclusive and after `start`")
    elif start < sentence.start or end > sentence.end:
        yield item.fault(
            f"{path}/{'start' if start < sentence.start else 'end'}", f"{start}–{end} is not inside: {place}"
        )
    elif (start, end) == (sentence.start, sentence.end) and raw["sha256"] != sentence.sha256:
        yield item.fault(f"{path}/sha256", "is not the sentence's digest, though the span is the sentence")


def shows_its_words(scene: Scene, item: Item) -> Iterator[Fault]:
    """`exact` has the span's length and digest, and holds only what may be held."""
    own = "/citations/" if item.kind.name == "mentions" else None  # a mention's own was made of its words
    for one in item.citations:
        exact = one.raw.get("exact")
        if exact is None or (own and one.path.startswith(own)):
            continue
        length = one.raw["end"] - one.raw["start"]
        if len(exact) != length:
            yield item.fault(f"{one.path}/exact", f"has {len(exact)} code points, its span {length}")
        if digest(exact) != one.raw["sha256"]:
            yield item.fault(f"{one.path}/sha256", f"is not the digest of `exact`, {digest(exact)}")
        if len(words(exact)) > WORDS_MAX and not _is_free(scene, item, one):
            yield item.fault(
                f"{one.path}/exact",
                f"has over {WORDS_MAX} words",
                "leave `exact` out: the span and its digest prove it",
            )
        elif one.path.startswith("/citations/") and not any(
            SHOWN.intersection(name.split(".")) for name in one.raw.get("supports", [])
        ):
            yield item.fault(
                f"{one.path}/exact",
                "shows words that no field prints",
                "leave it out, or name the `as_printed` that it supports",
            )


def _is_free(scene: Scene, item: Item, one: Citing) -> bool:
    """Whether a citation lies in speech, in a title in quotation marks, or in the document's own title."""
    start, end = one.raw["start"], one.raw["end"]
    first = next(iter(scene.sentences(one.document).values()), None)
    if first and first.start <= start and end <= first.end:
        return True
    quoted = (mark for mark in scene.marks(one.document) if mark["use"] in ("speech", "title"))
    own = scene.speech(one.document, item.fact)  # a statement's marks before all others, of which there are many
    return any(mark["start"] <= start and end <= mark["end"] for mark in chain(own, quoted))


def supports_fields(scene: Scene, item: Item) -> Iterator[Fault]:
    """What a citation supports is a field of the record, or a part of one."""
    for path, raw, _ in item.citations:
        for index, name in enumerate(raw.get("supports", [])):
            if not has_path(item.kind, name) or not _is_there(item, name):
                mend = nearest(name, item.kind.public.model_fields)
                yield item.fault(f"{path}/supports/{index}", f"{item.kind.singular} has no {name}", mend)


def _is_there(item: Item, name: str) -> bool:
    """Whether the numbers in a path are places in this record's lists."""
    if "." not in name:
        return True
    value: Any = item.raw
    for step in name.split("."):
        if isinstance(value, list) and step.isdigit():
            if int(step) >= len(value):
                return False
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return True


def is_printed(scene: Scene, item: Item) -> Iterator[Fault]:
    """Printed words are few, and each run of them is cited, in the document's order, in one sentence."""
    for path, slot, value in item.parts.printed:
        runs = value.split(OMISSION)
        if any(not 1 <= len(words(run)) <= WORDS_MAX for run in runs):
            yield item.fault(
                path, f"each run is of 1 to {WORDS_MAX} words", f"shorten it, or write the gap as “{OMISSION}”"
            )
        place = path[: path.rindex(f"/{slot.name}")]
        holder = item.at(place)
        if isinstance(holder.get("start"), int):
            length = holder["end"] - holder["start"]
            if len(value) != length:
                yield item.fault(path, f"has {len(value)} code points, its span {length}")
            continue
        name, beside = path[1:].replace("/", "."), f"{place}/citation"
        own = [one for one in item.citations if one.path == beside]
        if not _proves(own + _supporting(item, name), runs):
            missing = f'"supports": ["{name}"] and "exact": {", ".join(map(repr, runs))}'
            yield item.fault(
                path, "is not what citations show, run by run, in one sentence", f"cite it, with {missing}"
            )


def _supporting(item: Item, name: str) -> list[Citing]:
    names = {name, name.rpartition(".")[0]} if name.rpartition(".")[2].isdigit() else {name}
    return [one for one in item.own if names.intersection(one.raw.get("supports", []))]


def _proves(citations: list[Citing], runs: Sequence[str]) -> bool:
    """Whether the words of some sentence's citations, in order, hold the runs in order."""
    sentences: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in citations:
        sentences[one.document, one.raw["sentence"]].append(one.raw)
    return any(_holds(sorted(spans, key=itemgetter("start")), runs) for spans in sentences.values())


def _holds(spans: list[dict[str, Any]], runs: Sequence[str]) -> bool:
    end = 0
    for run in runs:
        found = next((one for one in spans if one["start"] >= end and one.get("exact") == run), None)
        if found is None:
            return False
        end = found["end"]
    return True


def quotes_speech(scene: Scene, item: Item) -> Iterator[Fault]:
    """A quotation is the words just inside a pair of marks that the document uses for this statement's speech."""
    for index, one in enumerate(item.raw.get("quotations", [])):
        raw = one["citation"]
        if raw.get("exact") != one["text"]:
            yield item.fault(f"/quotations/{index}/text", "is not its citation's `exact`", "write the same words there")
        document = document_of(raw, item.bundle)
        sentence = scene.sentences(document).get(raw["sentence"])
        marks = scene.speech(document, item.fact)
        if sentence and not any(_just_inside(raw, mark, sentence) for mark in marks):
            mend = "list the pair with use speech and this statement as its fact, and quote what is between the marks"
            yield item.fault(
                f"/quotations/{index}/citation", "is not just inside a pair of marks of this statement", mend
            )


def _just_inside(raw: dict[str, Any], mark: dict[str, Any], sentence: Sentence) -> bool:
    """Speech of several sentences is quoted sentence by sentence; a closing point or comma is left out."""
    start, end, low, high = raw["start"], raw["end"], mark["start"] + 1, mark["end"] - 1
    begins = start == low or start == sentence.start > low
    return bool(begins and (high - 1 <= end <= high or end == sentence.end < high))


def hedges(scene: Scene, item: Item) -> Iterator[Fault]:
    """A hedge stands in a sentence that the statement cites, and weakens one of its fields."""
    cited = [scene.sentences(one.document).get(one.raw["sentence"]) for one in item.citations]
    for index, hedge in enumerate(item.raw.get("hedges", [])):
        if not any(one and one.start <= hedge["start"] < hedge["end"] <= one.end for one in cited):
            yield item.fault(
                f"/hedges/{index}/start", "is in no sentence that the statement cites", "cite its sentence"
            )
        if not has_path(item.kind, hedge["on"]):
            mend = nearest(hedge["on"], item.kind.public.model_fields)
            yield item.fault(f"/hedges/{index}/on", f"statement has no {hedge['on']}", mend)
