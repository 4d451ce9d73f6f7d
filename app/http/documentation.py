"""Documentation: the OpenAPI document with examples from the shipped facts, and Swagger UI from our own server."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from app.facts import KINDS
from app.facts.asking import Query
from app.files import PACKAGE, shipped
from app.store.bundles import validate
from app.store.publishing import Publisher
from app.store.reading import read

STATIC = Path(fastapi_offline.__file__).parent / "static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)
DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Summit Facts API</title>
<link rel="icon" href="/assets/offline/favicon.png"><link rel="stylesheet" href="/assets/offline/swagger-ui.css"></head>
<body><div id="docs"></div>
<script src="/assets/offline/swagger-ui-bundle.js"></script><script src="/assets/docs.js"></script></body></html>
"""
ABOUT = """
The facts of diplomatic meetings: who met, where and when, who attended, who said what, and which spending figures were
given. **Every fact cites the exact place in a source document**: the sentence, the span in Unicode code points, and the
SHA-256 of that span, so that anyone who holds the document can prove it.

Words in `quotations` were printed as speech and may be quoted; `paraphrase` is ours and may not.
"""
TAGS = {
    "service": "What is here, whether it is well, and what its problems mean.",
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
}


def include(app: FastAPI) -> None:
    """Adds `/openapi.json`, `/docs` and the assets that it needs."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        return JSONResponse(document(app), headers={"cache-control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(DOCS, headers={"content-security-policy": CSP})

    app.mount("/assets/offline", StaticFiles(directory=STATIC))
    app.mount("/assets", StaticFiles(directory=PACKAGE / "pages" / "assets"))


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
    shown = examples()
    for kind in KINDS.values():
        if kind.name not in shown:
            continue
        body = shown[kind.name]
        item = made["paths"][f"/{kind.name}/{{id}}"]["get"]
        item["responses"]["200"]["content"]["application/json"]["example"] = body
        for parameter in item["parameters"]:
            if parameter["name"] == "id":
                parameter["example"] = body["id"]
        page = {"items": [body], "next": None, "self": f"/{kind.name}?ids={body['id']}", "edition": 1}
        made["paths"][f"/{kind.name}"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = page


@cache
def examples() -> dict[str, dict[str, Any]]:
    """For each kind the body of a shipped fact, the one that shows most."""
    records: dict[str, dict[str, Any]] = {}
    homes: dict[str, str] = {}
    for path in sorted(shipped("seed").glob("*.json")):
        if path.name == "bundle.schema.json":
            continue
        draft = read(path.read_bytes(), path.name)
        for fact, (raw, _) in validate(draft)[0].items():
            records[fact], homes[fact] = raw, draft.raw["id"]
    about: dict[str, list[str]] = {}
    for caveat, raw in records.items():
        for fact in raw.get("facts", []) if caveat.startswith("caveats/") else ():
            about.setdefault(fact, []).append(caveat)
    publisher = Publisher(
        records.__getitem__, homes.__getitem__, lambda fact: about.get(fact, []), lambda _document: None
    )
    shown: dict[str, dict[str, Any]] = {}
    for fact in records:
        body = {**publisher.body(fact), "revision": 1, "edition": 1}
        if len(json.dumps(body)) > len(json.dumps(shown.get(body["path"].split("/")[1], ""))):
            shown[body["path"].split("/")[1]] = body
    return shown


def filters(query: type[Query]) -> list[tuple[str, str]]:
    """A kind's parameters and what each does, as the README lists them."""
    return [(info.alias or name, info.description or "") for name, info in query.model_fields.items()]
