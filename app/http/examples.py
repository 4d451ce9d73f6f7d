"""Examples: for each address the answer that the shipped facts give to it."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.errors import PROBLEMS as TYPES
from app.errors import (
    BadCursor,
    BundleInUse,
    Gone,
    Invalid,
    MethodNotAllowed,
    Moved,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    RangeNotSatisfiable,
    RequestTimeout,
    StorageFull,
    TooLarge,
    Unauthorised,
    Unavailable,
    UnsupportedMediaType,
)
from app.facts import KINDS
from app.files import shipped
from app.formats import atom
from app.http.cursors import WRONG
from app.http.problems import described
from app.http.verdicts import example as verified
from app.http.welcome import welcome
from app.store.bundles import schema, validate
from app.store.highlighting import highlights
from app.store.publishing import Publisher, citations, digest
from app.store.reading import read
from app.store.searched import texts_of
from app.store.tokens import read_terms

AT = "2026-01-01T00:00:00.000000Z"  # when a server was first started, for example
FAULT = {"parameter": "limit", "message": "is out of range: 1 to 1000", "value": "0"}
USED = {
    "pointer": "/people/mark-rutte",
    "line": None,
    "message": "statements/rutte-again of the bundle nato-summit-2025-06 refers to people/mark-rutte",
    "mend": "load that bundle, corrected, together with this one",
}


def _told(found: Problem, address: str) -> dict[str, Any]:
    return {**found.document(), "try": address}


PROBLEMS = {
    "308": _told(Moved("'m-rutte' was merged into another record"), "/people/mark-rutte"),
    "400": _told(BadCursor(WRONG), "/people"),
    "401": _told(Unauthorised("no token was sent"), "/bundles/schema"),
    "404": _told(
        NotFound("there is no person 'mark-rute'", nearest=["/people/mark-rutte"]),
        "/people/mark-rutte",
    ),
    "405": _told(MethodNotAllowed("/people does not take PATCH"), "/people"),
    "406": _told(NotAcceptable("/people is to be had as application/json", available=["application/json"]), "/people"),
    "408": _told(RequestTimeout("the body was not all here after 30 s"), "/bundles/schema"),
    "409": _told(BundleInUse(USED["message"] or "", faults=[USED]), "/bundles/schema"),
    "410": _told(Gone("the person 'm-rutte' was retracted in edition 2"), "/people"),
    "412": _told(PreconditionFailed("the bundle is not, or no longer, the one that If-Match names"), "/bundles/schema"),
    "413": _told(TooLarge("the body has 18,000,000 bytes; at most 16,000,000 are read here"), "/bundles/schema"),
    "415": _told(UnsupportedMediaType("'text/plain' is not JSON"), "/bundles/schema"),
    "416": _told(RangeNotSatisfiable("the file has 802,816 bytes"), "/"),
    "422": _told(Invalid([FAULT]), "/people"),
    "428": _told(PreconditionRequired("a bundle with this id is current"), "/bundles/schema"),
    "503": _told(Unavailable("the query was cut off at its time limit; ask for less"), "/"),
    "507": _told(StorageFull("the disk, or the room that the database may take, is full"), "/bundles/schema"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """The values in an address, and its answer; what is sent to it, where something is.

    `forms` are other forms of the answer by media type, `others` the answers of other statuses.
    """

    body: Any
    path: dict[str, str] = field(default_factory=dict)
    sent: Any = None
    forms: dict[str, str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)


FILE = {"/export.sqlite": Example("SQLite format 3")}  # as every such file begins


@cache
def answers() -> dict[str, Example]:
    """An example for each documented path, after the method where that is not GET."""
    published = _published()
    shown = {name: _fullest(name, published) for name in KINDS}
    counts = {name: sum(fact.startswith(f"{name}/") for fact in published) for name in KINDS}
    found = {
        "/": Example(welcome(1, counts, "http://localhost:8000")),
        "/health/live": Example({"status": "live"}),
        "/health/ready": Example({"status": "ready", "edition": 1}),
        "/problems": Example([described(one) for one in TYPES]),
        "/problems/{slug}": Example(described(NotFound), {"slug": NotFound.slug}),
        "/bundles/schema": Example({name: value for name, value in schema().items() if isinstance(value, str)}),
    }
    for name, body in shown.items():
        found[f"/{name}"] = Example(_page(f"/{name}?ids={body['id']}", body))
        found[f"/{name}/{{id}}"] = Example(body, {"id": body["id"]})
    for name in ("people", "organisations", "places", "events"):
        mention = next(
            body for fact, body in published.items() if body.get("entity", {}).get("path", "").startswith(f"/{name}/")
        )
        path = mention["entity"]["path"]
        found[f"/{name}/{{id}}/mentions"] = Example(
            _page(f"{path}/mentions?ids={mention['id']}", mention), {"id": mention["entity"]["id"]}
        )
    edition = {"edition": 1, "at": AT, "changes": {"created": len(published)}, "republished": {}}
    found["/editions"] = Example({"items": [edition], **_frame("/editions")})
    first = _created(next(iter(published.values())))
    feed = atom.feed([(first, "")], "/changes", {"self": "/changes?format=atom"}, AT, "", "https://facts.example")
    changes = {"items": [first], **_frame("/changes"), "republished": {}}
    found["/search"] = Example(_found("unrealistic", published["statements/hegseth-pre-2014-borders"]))
    found["/compare"] = Example(_compared(published["spending/defence-investment-2024"]))
    found["/changes"] = Example(changes, forms={atom.MEDIA: feed.decode()})
    found["post /citations/check"] = _checked(shown["statements"])
    for name, body in shown.items():
        address = f"{body['path']}/history"
        revision = {**_created(body), "before": None, "after": body}
        found[f"/{name}/{{id}}/history"] = Example(
            {"items": [revision], "self": address, "edition": 1}, {"id": body["id"]}
        )
    return found | FILE | _document(shown["documents"], published) | _written() | _verified(published)


def _verified(published: dict[str, dict[str, Any]]) -> dict[str, Example]:
    """A draft that quotes a shipped statement as it is printed, in a body and in an address."""
    said = published["statements/rutte-further-and-faster"]
    draft = f"“{said['quotations'][0]['text']},” {said['speaker']['name']} said."
    told = verified(said, published[f"documents/{said['citations'][0]['document']}"])
    return {"post /verify": Example(told, sent={"text": draft}), "/verify": Example(told, {"text": draft})}


def _written() -> dict[str, Example]:
    """What loading a small bundle onto the shipped facts answers, loading it again, and then withdrawing it."""
    sent = _small_bundle()
    id = {"id": sent["id"]}
    path, facts = f"/bundles/{sent['id']}", 1 + len(sent["caveats"])
    told = {"bundle": sent["id"], "edition": 2, "changes": {"created": facts}, "republished": {}, "path": path}
    gone = {**told, "edition": 3, "changes": {"retracted": facts}}
    same = {**told, "edition": None, "changes": {}}
    return {
        "put /bundles/{id}": Example(same, id, sent, others={"201": told}),
        "delete /bundles/{id}": Example(gone, id),
    }


def _small_bundle() -> dict[str, Any]:
    """A whole bundle about a text of one line, "Lamps burn in Orrin"."""
    title = "Lamps burn in Orrin"
    span = {"start": 0, "end": len(title), "sha256": digest(title.encode())}
    id = "orrin-lamps-2031-05"
    document = {
        "title": title,
        "kind": "other",
        "language": "en",
        "sha256": span["sha256"],
        "length": len(title),
        "sentences": [{"ref": "1.1", **span}],
        "citations": [{"sentence": "1.1", **span, "supports": ["title"]}],
    }
    silences = [
        {
            "id": f"{id}-{field.replace('_', '-')}",
            "kind": "not_stated",
            "facts": [f"documents/{id}"],
            "field": field,
            "text": "The text does not say.",
        }
        for field in ("author", "publisher", "date_published", "original_language")
    ]
    return {"id": id, "document": document, "caveats": silences}


def _found(asked: str, body: dict[str, Any]) -> dict[str, Any]:
    """A search for a word, by which one statement is found."""
    shown = {**body, "highlights": highlights([texts_of("statements", body)], read_terms(asked))[0]}
    return {**_page(f"/search?q={asked}&kind=statements", shown), "ranking": "relevance"}


def _page(address: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"items": [body], **_frame(address)}


def _frame(address: str) -> dict[str, Any]:
    return {"next": None, "self": address, "edition": 1}


def _compared(figure: dict[str, Any]) -> dict[str, Any]:
    """A shipped figure beside that of another report, which is invented: the shipped facts are of one document only."""
    (own, *_), other = figure["citations"], "another-report-2025"
    theirs = {**own, "document": other, "sentence": "3.1", "start": 812, "end": 824, "exact": "$480 billion"}
    digest = hashlib.sha256(str(theirs["exact"]).encode()).hexdigest()
    theirs |= {"sha256": digest, "supports": ["obs_value"], "path": f"/documents/{other}/sentences/3.1"}
    sides = {"a": {"value": figure["obs_value"], "citations": [own]}, "b": {"value": "480", "citations": [theirs]}}
    fact = {name: figure[name] for name in ("id", "name", "path")}
    field = {"field": "obs_value", "result": "differs", **sides}
    item = {"result": "differs", "type": "spending", "in": None, "a": fact, "b": fact, "fields": [field]}
    names = {"a": own["document"], "b": other}
    return {
        "items": [item],
        **_frame(f"/compare?document={names['a']},{other}&limit=1"),
        "documents": {side: {"id": id, "name": id, "path": f"/documents/{id}"} for side, id in names.items()},
        "counts": {"same": 0, "compatible": 0, "differs": 1, "not_comparable": 0, "only_in": 0},
    }


def _checked(statement: dict[str, Any]) -> Example:
    """Two citations of a statement, by its address and as it was published, that still stand."""
    (citation, *_), fact = statement["citations"], {name: statement[name] for name in ("id", "name", "path")}
    sent = [f"{statement['path']}?as_of=1", {**citation, "fact": statement["path"][1:], "edition": 1}]
    told = {
        "status": "current",
        "message": "it stands as it was taken",
        "fact": fact,
        "path": statement["path"],
        "edition": 1,
        "revision": {"then": 1, "now": 1},
        "since": None,
        "at": None,
        "changes": [],
        "citation_then": citation,
        "citation": citation,
        "into": [],
        "span": None,
    }
    return Example({"items": [{"given": one, **told} for one in sent], "edition": 1}, sent={"citations": sent})


def _created(body: dict[str, Any]) -> dict[str, Any]:
    """The first change of a shipped fact."""
    nothing = dict.fromkeys(("by", "reason", "evidence"))
    fact = {name: body[name] for name in ("id", "name", "path")}
    home = body["citations"][0]["document"] if body["citations"] else "nato-ministers-2025-02"
    told = {"change": "created", "type": body["type"], "fact": fact, "revision": 1, "edition": 1, "at": AT}
    return {**told, **nothing, "into": [], "bundle": home}


def _fullest(kind: str, published: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The record of a kind that shows most."""
    return max(
        (body for fact, body in published.items() if fact.startswith(f"{kind}/")),
        key=lambda body: len(json.dumps(body)),
    )


def _document(document: dict[str, Any], published: dict[str, dict[str, Any]]) -> dict[str, Example]:
    """The answers that a document has beside its record, its first sentence for all."""
    id, path = document["id"], f"{document['path']}/sentences/1.1"
    first = next(one for one in document["citations"] if one["sentence"] == "1.1")
    place = {"sentence": "1.1", **{name: first[name] for name in ("start", "end", "sha256")}}
    cited = {fact: citations(KINDS[fact.partition("/")[0]], body) for fact, body in published.items()}
    citing = [fact for fact, places in cited.items() if (id, "1.1") in [one[:2] for one in places]]
    facts = [
        {name: published[fact][name] for name in ("id", "name", "path")}
        for fact in sorted(citing, key=lambda fact: cited[fact][0][2])  # in the document's order
    ]
    covered = {**place, "facts": facts, "reason": None, "path": path}
    record = {
        "type": "sentence",
        "document": id,
        **place,
        "exact": None,
        "facts": facts,
        "reason": None,
        "path": path,
        "edition": 1,
    }
    return {
        "/documents/{id}/coverage": Example(
            {"items": [covered], "self": f"{document['path']}/coverage", "edition": 1}, {"id": id}
        ),
        "/documents/{id}/sentences/{ref}": Example(record, {"id": id, "ref": "1.1"}),
        "/documents/{id}/text": Example(document["title"], {"id": id}),
        "/bundles/{id}": Example({"id": id}, {"id": id}),
    }


@dataclass(frozen=True, slots=True)
class _Shipped:
    """The shipped records as they stand alone (`Standing` of app.store.publishing)."""

    records: dict[str, dict[str, Any]]
    homes: dict[str, str]
    about: dict[str, list[str]]

    def raw(self, fact: str) -> dict[str, Any]:
        return self.records[fact]

    def home(self, fact: str) -> str:
        return self.homes[fact]

    def caveats(self, fact: str) -> list[str]:
        return self.about.get(fact, [])

    def corroborations(self, fact: str) -> list[tuple[str, dict[str, Any]]]:
        return []

    def resolve(self, fact: str) -> str:
        return fact

    def text(self, document: str) -> None:
        return None


def _published() -> dict[str, dict[str, Any]]:
    """The bodies of the shipped facts, by `kind/id`."""
    records: dict[str, dict[str, Any]] = {}
    homes: dict[str, str] = {}
    about: dict[str, list[str]] = {}
    for path in sorted(shipped("seed").glob("*.json")):
        if path.name == "bundle.schema.json":
            continue
        draft = read(path.read_bytes(), path.name)
        for fact, (raw, _) in validate(draft)[0].items():
            records[fact], homes[fact] = raw, draft.raw["id"]
            for subject in raw.get("facts", []):
                about.setdefault(subject, []).append(fact)
    publisher = Publisher(_Shipped(records, homes, about))
    return {fact: {**publisher.body(fact), "revision": 1, "edition": 1} for fact in records}
