"""What a bundle promises, rule by rule: a rule is one function and one entry here."""

from collections.abc import Callable, Iterator

from app.facts import KINDS
from app.faults import Fault
from app.store.rules import citing, corroborating, documents, kinds, records, text, values
from app.store.rules.item import Item
from app.store.rules.known import Known, Nothing
from app.store.rules.scene import Scene

__all__ = ["Known", "Nothing", "Scene", "faults"]

Rule = Callable[[Scene, Item], Iterator[Fault]]

WHOLE: tuple[Callable[[Scene], Iterator[Fault]], ...] = (
    records.has_an_address,
    records.defined_once,
    records.climbs,
    records.changes,
    records.becomes,
    corroborating.once,
    corroborating.differs,
)
CITATIONS: tuple[Rule, ...] = (citing.lies_in_sentence, citing.shows_its_words, citing.supports_fields, text.cited)
EVERY: tuple[Rule, ...] = (
    records.belongs,
    records.written,
    records.resolves,
    records.is_cited,
    records.says_how,
    *CITATIONS,
    citing.is_printed,
    kinds.dates,
    kinds.silences,
    values.printed_name,
    values.printed_numbers,
    values.printed_days,
    text.own_words,
)
OF_KIND: dict[str, tuple[Rule, ...]] = {
    "documents": (
        text.stands,
        documents.sentences,
        documents.covered,
        documents.marks,
        documents.translated,
        text.marks,
        text.bundle_words,
    ),
    "places": (kinds.sources,),
    "organisations": (kinds.sources,),
    "people": (kinds.sources,),
    "events": (kinds.sources,),
    "attendees": (kinds.who,),
    "statements": (kinds.speaks, kinds.glosses, citing.quotes_speech, citing.hedges, text.hedges, text.quoted),
    "spending": (kinds.figures, values.printed_scale),
    "mentions": (kinds.refers,),
    "caveats": (kinds.doubts, kinds.asks),
}

RULES = {name: (*OF_KIND.get(name, ()), *EVERY) for name in KINDS}


def faults(scene: Scene) -> Iterator[Fault]:
    """Every fault of what is checked together: of all of it, then record by record."""
    for whole in WHOLE:
        yield from whole(scene)
    for item in scene.items.values():
        for rule in RULES[item.kind.name]:
            yield from rule(scene, item)
        item.forget()
    for item in scene.corroborating:
        for rule in CITATIONS:
            yield from rule(scene, item)
