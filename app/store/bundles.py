"""Bundles: the format of a document and its facts, as a JSON Schema and as a validator of one record at a time."""

import json
from collections.abc import Iterator
from functools import cache
from types import GenericAlias
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema

from app.facts import KINDS
from app.facts.documents import DocumentEntry
from app.facts.parts import AnyFact, CitationEntry, FieldPath, Name, Part, Slug, Spoken, Text, Url
from app.facts.shape import slots
from app.faults import Fault
from app.store.corroborating import conflicts
from app.store.explaining import explain
from app.store.reading import Draft


class Record(NamedTuple):
    """A record as it is checked and published, and the JSON pointer to where the bundle writes it."""

    raw: dict[str, Any]
    pointer: str


Records = dict[str, Record]  # by `kind/id`, in the order of KINDS, then of the bundle


class CorroborationEntry(Part):
    """Another document's fact that this document gives too."""

    fact: AnyFact
    citations: list[CitationEntry] = Field(min_length=1)
    values: dict[FieldPath, Spoken] = Field({}, description="The fields for which this document gives another value.")


class RetractionEntry(Part):
    """A fact of an earlier version of the bundle that is taken back."""

    fact: AnyFact
    reason: Text


class MergeEntry(Part):
    """A record that turned out to be another one."""

    from_: AnyFact = Field(alias="from")
    into: AnyFact
    reason: Text


class SplitEntry(Part):
    """A record that turned out to be several."""

    from_: AnyFact = Field(alias="from")
    into: list[AnyFact] = Field(min_length=2)
    reason: Text


class ReasonEntry(Part):
    """Why a current fact, or what this document corroborates, is changed."""

    reason: Text
    evidence: CitationEntry | Url = Field(description="A citation, or the address of the evidence.")


class DocumentBlock(DocumentEntry):
    """The document itself; its id is the bundle's."""

    id: Slug | None = None  # type: ignore[assignment]


class Envelope(Part):
    """One document and its facts: reviewed like code, loaded whole or not at all."""

    schema_: str | None = Field(None, alias="$schema", max_length=500, description="Where editors find this schema.")
    id: Slug = Field(description="The document's id.")
    note: Text | None = Field(None, description="Why this version differs from the one before.")
    by: Name | None = Field(None, description="Who answers for this version.")
    document: DocumentBlock
    corroborates: list[CorroborationEntry] = []
    retract: list[RetractionEntry] = []
    merge: list[MergeEntry] = []
    split: list[SplitEntry] = []
    reasons: dict[AnyFact, ReasonEntry] = Field({}, description="For each current fact that this version changes, why.")


ARRAYS = tuple(name for name in KINDS if name != "documents")
CHANGES = ("corroborates", "retract", "merge", "split", "reasons")
FIELDS: dict[str, Any] = {name: (GenericAlias(list, (KINDS[name].entry,)), []) for name in ARRAYS}
Bundle: type[Envelope] = create_model("Bundle", __base__=Envelope, __doc__=Envelope.__doc__, **FIELDS)


def validate(draft: Draft) -> tuple[Records, list[Fault]]:
    """Takes a bundle as read; returns its valid records and a fault for everything that has not the right form.

    One bad record hides no other. A record with a fault is left out, and so is the second of two with the same id.
    """
    raw, records = draft.raw, Records()
    faults = list(_envelope(draft))
    if isinstance(raw.get("id"), str) and not any(fault.pointer.startswith(("/document", "/id")) for fault in faults):
        records[f"documents/{raw['id']}"] = Record({**raw["document"], "id": raw["id"]}, "/document")
    for name in ARRAYS:
        items = raw.get(name, [])
        if not isinstance(items, list):
            faults.append(draft.fault(f"/{name}", "is no list", "write a list, [ … ]"))
            continue
        for index, item in enumerate(items):
            faults += _record(draft, records, name, item, f"/{name}/{index}")
    return records, [*faults, *_add_conflicts(draft, records)]


def arrived(draft: Draft) -> Records:
    """The records of a bundle that was validated when it was loaded."""
    raw, records = draft.raw, Records()
    records[f"documents/{raw['id']}"] = Record({**raw["document"], "id": raw["id"]}, "/document")
    for name in ARRAYS:
        entry = KINDS[name].entry
        for index, item in enumerate(raw.get(name, [])):
            records[f"{name}/{item['id']}"] = Record(entry.arrive(item), f"/{name}/{index}")
    list(_add_conflicts(draft, records))
    return records


def _add_conflicts(draft: Draft, records: Records) -> Iterator[Fault]:
    """Adds the caveats that say where the document differs from what it corroborates; their ids are no other's."""
    for index, one in enumerate(changes(draft).get("corroborates", [])):
        for caveat in conflicts(str(draft.raw.get("id")), one):
            fact = f"caveats/{caveat['id']}"
            if fact in records and "corroborates" not in records[fact].raw:
                message = f"{fact} is made from what is corroborated"
                yield draft.fault(f"{records[fact].pointer}/id", message, "rename yours")
            records[fact] = Record(caveat, f"/corroborates/{index}")


def changes(draft: Draft) -> dict[str, Any]:
    """What a bundle says of other facts than its own, without the parts that have not the right form."""
    return {name: draft.raw[name] for name in CHANGES if name in draft.raw and _holds(name, draft.raw[name])}


def _holds(name: str, value: Any) -> bool:
    annotation: Any = Envelope.model_fields[name].annotation
    try:
        _adapter(annotation).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _envelope(draft: Draft) -> Iterator[Fault]:
    rest = {name: value for name, value in draft.raw.items() if name not in ARRAYS}
    yield from _invalid(draft, Envelope, rest, "", Bundle)
    document, id = rest.get("document"), rest.get("id")
    if isinstance(document, dict) and document.get("id", id) != id:
        yield draft.fault("/document/id", f"is not the bundle's id, {id}", "leave it out")


def _record(draft: Draft, records: Records, name: str, item: Any, pointer: str) -> Iterator[Fault]:
    entry = KINDS[name].entry
    faults = list(_invalid(draft, entry, item, pointer, entry))
    if not faults:
        fact = f"{name}/{item['id']}"
        if fact in records:
            faults.append(
                draft.fault(f"{pointer}/id", f"{fact} is there twice: also {records[fact].pointer}", "rename one")
            )
        else:
            records[fact] = Record(entry.arrive(item), pointer)
    yield from faults


def _invalid(draft: Draft, model: type[BaseModel], raw: Any, pointer: str, known: type[BaseModel]) -> Iterator[Fault]:
    """A fault for each error of a value that should be a `model`; `known` names the fields that are allowed."""
    try:
        _adapter(model).validate_python(raw, strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield draft.fault(*explain(detail, known, raw, pointer))


@cache
def _adapter(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


class _Untitled(GenerateJsonSchema):
    """Fields without a title, which would only repeat their name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a bundle, by which editors complete and check it; made once, and only to be read."""
    made = Bundle.model_json_schema(by_alias=True, schema_generator=_Untitled)
    for kind in KINDS.values():
        _describe(made["$defs"], DocumentBlock if kind.name == "documents" else kind.entry, kind.public)
    for name in ARRAYS:
        made["properties"][name]["description"] = made["$defs"][KINDS[name].entry.__name__]["description"]
    made["$defs"] = dict(sorted(made["$defs"].items()))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:summit-facts:bundle:1"}
    return {**head, **made, "title": "A bundle of Summit Facts"}


def outline() -> dict[str, Any]:
    """The schema without what is inside the document and its facts: for a glance, not for checking."""
    whole = schema()

    def inside(one: dict[str, Any]) -> dict[str, Any]:
        told = whole["$defs"][one["$ref"].rpartition("/")[2]]["description"]
        return {"type": "object", "description": told}

    def outlined(one: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in one:
            return inside(one)
        kept = {
            name: value for name, value in one.items() if name not in ("default", "patternProperties", "propertyNames")
        }
        return kept | ({"items": inside(one["items"])} if "items" in one else {})

    told = f"{whole['description']} The whole schema is at `/bundles/schema`."
    properties = {name: outlined(one) for name, one in whole["properties"].items()}
    return {"title": "Bundle", "description": told, "type": "object", "properties": properties} | {
        name: whole[name] for name in ("required", "additionalProperties")
    }


def _describe(definitions: dict[str, Any], entry: type[BaseModel], public: type[BaseModel]) -> None:
    """Takes the description of what is published over to what arrives, where that has none of its own."""
    definition = definitions[entry.__name__]
    if public.__doc__:
        definition.setdefault("description", public.__doc__)
    leaving = {slot.name: slot for slot in slots(public)}
    for slot in slots(entry):
        if slot.name not in leaving:
            continue
        description = public.model_fields[slot.name].description
        if description:
            definition["properties"][slot.name].setdefault("description", description)
        inside = leaving[slot.name].model
        if slot.model is not None and inside is not None:
            _describe(definitions, slot.model, inside)


def content() -> bytes:
    """The schema as the file `seed/bundle.schema.json` holds it."""
    return (json.dumps(schema(), indent=2, ensure_ascii=False) + "\n").encode()
