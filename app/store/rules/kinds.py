"""Rules about what the kinds of fact promise: statements, dates, figures, attendance, silence."""

from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from app.facts import KINDS
from app.facts.asking import By, Common, HeldIn, Linked
from app.facts.dates import read_edtf
from app.facts.parts import AlternativeEntry, Ref
from app.facts.shape import choices
from app.faults import Fault
from app.store.explaining import nearest
from app.store.rules.item import Item, document_of
from app.store.rules.scene import Scene, has_path

# What documents seldom say of a place or an organisation, and readers take from elsewhere.
REFERENCE = {"places": ("within", "country"), "organisations": ("country", "place")}


def speaks(scene: Scene, item: Item) -> Iterator[Fault]:
    """A speaker's statement says how direct it is and whose it is; the document's own has neither."""
    raw = item.raw
    direct, quoted = raw.get("directness"), bool(raw.get("quotations"))
    if raw["voice"] == "document":
        for field in ("directness", "speaker", "quotations"):
            if raw.get(field):
                yield item.fault(f"/{field}", "is for what a speaker says", "leave it out, or write voice speaker")
    elif direct is None:
        yield item.fault("/directness", "is missing", "write direct, mixed or indirect")
    elif quoted != (direct != "indirect"):
        mend = "add the quotation, or write indirect" if not quoted else "write direct or mixed"
        yield item.fault("/directness", f"is {direct}, with{'' if quoted else 'out'} a quotation", mend)
    form = raw.get("attribution", {}).get("form", "none")
    if raw["voice"] == "speaker" and not raw.get("speaker") and form in ("name", "pronoun"):
        yield item.fault("/speaker", f"is missing, though the attribution is by {form}", "name the speaker")
    if form == "pronoun" and not raw["attribution"].get("antecedent"):
        yield item.fault("/attribution/antecedent", "is missing", "cite the words that the pronoun stands for")
    if direct != "direct" and not raw.get("paraphrase"):
        yield item.fault("/paraphrase", "is missing", "say in our words what the statement says")


def glosses(scene: Scene, item: Item) -> Iterator[Fault]:
    """The document explains a statement in the same sentence."""
    glossed = item.raw.get("glosses")
    if not glossed:
        return
    if item.raw["voice"] != "document":
        yield item.fault("/glosses", "is for what the document adds", "write voice document, or leave it out")
    said = scene.raw(glossed)
    if said is not None:
        there = {(document_of(one, scene.home(glossed)), one["sentence"]) for one in said.get("citations", [])}
        if not there & {(one.document, one.raw["sentence"]) for one in item.citations}:
            yield item.fault(
                "/glosses", f"{glossed} cites none of these sentences", "cite the sentence that both stand in"
            )


def dates(scene: Scene, item: Item) -> Iterator[Fault]:
    """A date known says how; one unknown says nothing; readings that differ have a caveat."""
    for path, slot, date in item.parts.dates:
        if slot.model is AlternativeEntry:
            yield from _latest(item, path, date)
            continue
        edtf, how, readings = date.get("edtf"), date.get("how", "not_stated"), date.get("alternatives", [])
        known = bool(edtf or readings or date.get("relative_to"))
        if known == (how == "not_stated"):
            yield item.fault(
                f"{path}/how", f"is {how}, with{'' if known else 'out'} a day", "not_stated is for no day at all"
            )
        if bool(edtf) != bool(date.get("basis")):
            yield item.fault(f"{path}/basis", "goes with `edtf`", "write how the day is known, or neither")
        if readings and (len(readings) < 2 or not scene.has_caveat(item.fact, "conflict", "ambiguous")):
            mend = f"give two or more, and a caveat of kind conflict or ambiguous about {item.fact}"
            yield item.fault(f"{path}/alternatives", "are readings that differ, and a caveat that says so", mend)
        yield from _latest(item, path, date)


def _latest(item: Item, path: str, date: dict[str, Any]) -> Iterator[Fault]:
    if date.get("latest") and not _is_open(date.get("edtf"), date["latest"]):
        mend = "write edtf as its first day and /"
        yield item.fault(f"{path}/latest", "is for an interval whose end is unknown", mend)


def _is_open(edtf: str | None, latest: str) -> bool:
    if not edtf or not edtf.endswith("/"):
        return False
    start, end = read_edtf(edtf).earliest, read_edtf(latest).latest
    return start is not None and end is not None and start <= end


def figures(scene: Scene, item: Item) -> Iterator[Fault]:
    """`obs_value` holds only what is printed, with its unit; what is computed names its inputs."""
    raw = item.raw
    value, derived = raw.get("obs_value"), raw.get("derived")
    if value is not None and (derived or raw["obs_status"] == "O"):
        yield item.fault(
            "/obs_value", "holds what is printed only", "leave it out beside `derived` and with obs_status O"
        )
    if value is not None and not raw.get("unit_measure"):
        yield item.fault("/unit_measure", "is missing beside obs_value", "write a currency, PT, PT_B1GQ or PERSONS")
    if value is None and not derived and raw["obs_status"] != "O" and not raw.get("comparison"):
        yield item.fault("/comparison", "is missing: a row without amount says what it is compared with")
    if (raw.get("price_basis") == "constant") != (raw.get("base_year") is not None):
        yield item.fault("/base_year", "goes with constant prices", "write both or neither")
    if isinstance(raw.get("unit_mult"), bool):
        yield item.fault("/unit_mult", "is no number", "write 0, 3, 6, 9 or 12")
    for index, one in enumerate((derived or {}).get("inputs", [])):
        if not _has_input(scene, one):
            yield item.fault(
                f"/derived/inputs/{index}/field",
                f"{one['fact']} has no {one['field']}",
                "name a field that has a value",
            )


def _has_input(scene: Scene, one: dict[str, Any]) -> bool:
    """Whether the field is one, and holds something where a bundle writes it (what is published adds to that)."""
    raw = scene.raw(one["fact"])
    if raw is None:
        return True
    item = scene.items.get(one["fact"])
    if not item or one["field"] == "amount":
        return one["field"] != "amount" or raw.get("obs_value") is not None
    value: Any = raw
    for step in one["field"].split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value is not None and has_path(item.kind, one["field"])


def who(scene: Scene, item: Item) -> Iterator[Fault]:
    """A person who came is named or said not to be; a delegation or a group is no person."""
    raw = item.raw
    if raw["kind"] == "person" and not raw.get("person") and raw.get("named", True):
        yield item.fault("/named", "is true, and no person is", "write the person, or named false")
    if raw["kind"] != "person" and raw.get("person"):
        yield item.fault("/person", f"is for kind person, not {raw['kind']}", "leave it out")


def refers(scene: Scene, item: Item) -> Iterator[Fault]:
    """A pronoun stands for words that are cited."""
    if item.raw["form"] == "pronoun" and not item.raw.get("antecedent"):
        yield item.fault("/antecedent", "is missing", "cite the words that the pronoun stands for")


def sources(scene: Scene, item: Item) -> Iterator[Fault]:
    """What no document says of a place or an organisation names its public reference."""
    fields, external = set(item.kind.entry.model_fields), item.raw.get("external", {})
    for name in external:
        if name not in fields:
            yield item.fault(f"/external/{name}", f"{item.kind.singular} has no {name}", nearest(name, fields))
    said = {name.split(".")[0] for one in item.own for name in one.raw.get("supports", [])}
    for name in REFERENCE.get(item.kind.name, ()):
        if item.raw.get(name) and item.raw.get("basis") != "external" and name not in said and name not in external:
            yield item.fault(
                f"/{name}",
                "is supported by no citation",
                f'cite it, or name its source under "external": {{"{name}": …}}',
            )


def silences(scene: Scene, item: Item) -> Iterator[Fault]:
    """What a reader would expect and the document does not say is said to be silence."""
    silent = item.kind.entry.silent(item.raw)
    about = scene.caveats.get(item.fact, ()) if silent else ()
    told = {caveat.get("field") for caveat in about if caveat["kind"] == "not_stated"}
    for name in silent:
        if name not in told and not (name == "attendance" and item.fact in scene.attended):
            mend = f'add a caveat of kind not_stated about {item.fact} with "field": "{name}"'
            yield item.fault(f"/{name}", "is not said, and no caveat says so", mend)


def doubts(scene: Scene, item: Item) -> Iterator[Fault]:
    """A caveat is about something, and names a field of it or the question that no field holds."""
    raw, field = item.raw, item.raw.get("field")
    if not raw.get("facts") and not raw.get("about"):
        yield item.fault("/facts", "is empty, and so is `about`", "name the facts or records concerned")
    if field is None and raw["kind"] == "not_stated" and not raw.get("question"):
        yield item.fault("/question", "is missing, and so is `field`", "say what a reader would ask")
    if raw.get("question") and raw["kind"] == "not_stated" and not raw.get("asks"):
        mend = 'name the lists that a reader would ask, such as "attendees?capacity=chair"'
        yield item.fault("/asks", "is missing beside `question`", mend)
    if raw.get("asks") and raw["kind"] != "not_stated":
        yield item.fault("/asks", "is for silence", "leave it out, or write kind not_stated")
    if raw["kind"] == "conflict" and len(item.citations) < 2 and "corroborates" not in raw:
        yield item.fault("/values", "a conflict is of two passages", "cite both")
    if field is not None and not raw.get("facts"):
        yield item.fault("/field", "is a field of no fact", "name the facts")
    for _index, fact in enumerate(raw.get("facts", [])):
        item_of = scene.items.get(fact)
        if field and item_of and not has_path(item_of.kind, field) and field not in item_of.kind.entry.silences:
            yield item.fault("/field", f"{fact} has no {field}", nearest(field, item_of.kind.public.model_fields))


def asks(scene: Scene, item: Item) -> Iterator[Fault]:
    """A silence names lists, filters of theirs, and values that these take; records stand in `about`."""
    for index, request in enumerate(item.raw.get("asks", [])):
        name, _, asked = request.partition("?")
        filter, _, value = asked.partition("=")
        path, kind = f"/asks/{index}", KINDS.get(name)
        if kind is None:
            yield item.fault(path, f"there is no list {name}", nearest(name, KINDS))
            continue
        known = {info.alias or field: info for field, info in kind.query.model_fields.items() if _is_filter(info)}
        values = choices(known[filter].annotation) if filter in known else ()
        if filter and filter not in known:
            yield item.fault(path, f"{name} have no filter {filter}", nearest(filter, known))
        elif value and any(isinstance(mark, Ref) for mark in known[filter].metadata):
            yield item.fault(path, f"{filter} is a record", "name it under `about`, and the filter alone here")
        elif value and values and value not in values:
            yield item.fault(path, f"{filter} does not take {value!r}", nearest(value, values))


def _is_filter(info: FieldInfo) -> bool:
    return any(isinstance(mark, By | Linked | HeldIn | Common) for mark in info.metadata)
