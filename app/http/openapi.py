"""The OpenAPI document: what FastAPI makes of the routes, with examples from the shipped facts."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.http.examples import PROBLEMS, answers

ABOUT = """
The facts of diplomatic meetings: who met, where and when, who attended, who said what, and which spending figures were
given. **Every fact cites the exact place in a source document**: the sentence, the span in Unicode code points, and the
SHA-256 of that span, so that anyone who holds the document can prove it.

Words in `quotations` were printed as speech and may be quoted; `paraphrase` is ours and may not.

Answers of a thousand bytes or more come in the coding that `Accept-Encoding` asks for, zstd or gzip. Each coding has a
strong `ETag` of its own; `If-None-Match` and `If-Match` take that of any.
"""
TAGS = {
    "service": "What is here, whether it is well, and what its problems mean.",
    "search": "Facts of all kinds, by their words.",
    "verify": "A draft's quotations, figures and claims, held against the facts.",
    "documents": "The sources: their sentences, coverage and text.",
    "places": "Where things happen, and what is only named.",
    "topics": "What facts are about.",
    "organisations": "Alliances, governments, coalitions and the rest.",
    "people": "People and their offices.",
    "events": "Meetings, conferences and operations.",
    "attendees": "Who came, is there or is expected.",
    "statements": "Who said what, in which words, how surely.",
    "spending": "Figures as printed, and what they cover.",
    "mentions": "Each place where a document refers to somebody or something.",
    "caveats": "Doubts, conflicts, silences and inferences.",
    "bundles": "Documents with their facts as they are loaded: read, put with a key, withdrawn.",
}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            summary="The facts of diplomatic meetings, each cited.",
            description=ABOUT,
            routes=app.routes,
            tags=[{"name": name, "description": about} for name, about in TAGS.items()],
            servers=[{"url": "/"}],
            contact={"name": "Summit Facts"},
            license_info={"name": "MIT", "identifier": "MIT"},
        )
        made["security"] = []
        _exemplify(made)
        app.openapi_schema = made
    return app.openapi_schema


def _exemplify(made: dict[str, Any]) -> None:
    """Puts real answers and real parameter values in: FastAPI would drop the nulls of any given to it."""
    for called, example in answers().items():
        method, _, path = called.rpartition(" ")
        operation = made["paths"][path][method or "get"]
        if example.sent is not None:
            operation["requestBody"]["content"]["application/json"]["example"] = example.sent
        for media, content in operation["responses"]["200"]["content"].items():
            content["example"] = example.forms.get(media, example.body)
        for status, body in example.others.items():
            operation["responses"][status]["content"]["application/json"]["example"] = body
        for parameter in operation.get("parameters", []):
            if parameter["name"] in example.path:
                parameter["example"] = example.path[parameter["name"]]
        for status, found in operation["responses"].items():
            if status in PROBLEMS:
                schema = found["content"].pop("application/json")  # where FastAPI puts any model's
                found["content"]["application/problem+json"] = {**schema, "example": PROBLEMS[status]}
