"""Documentation: Swagger UI and ReDoc from our own server, under a policy that lets no other host in."""

import hashlib
from pathlib import Path
from typing import Any

import fastapi_offline
from anyio import to_thread
from fastapi import FastAPI
from starlette.routing import Route

from app.files import PACKAGE
from app.http.answering import Answer
from app.http.asking import read_nothing
from app.http.coding import coding_of, say
from app.http.front import Scope, headers_of
from app.http.keeping import Kept
from app.http.openapi import document
from app.http.plans import to_json
from app.http.sending import Sent, coded

STATIC = Path(fastapi_offline.__file__).parent / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self'"
# The style elements that ReDoc makes: empty ones, which it fills rule by rule, and one fixed text.
REDOC_STYLES = (
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
# What ReDoc would load from another host; our own icon takes its place.
REDOC_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Summit Facts: the API</title>
<link rel="icon" href="/assets/offline/favicon.png">{style}</head>
<body><div id="docs"></div>
<script src="{script}"></script><script src="/assets/{start}"></script></body></html>
"""
SWAGGER = PAGE.format(
    style='<link rel="stylesheet" href="/assets/offline/swagger-ui.css">',
    script="/assets/offline/swagger-ui-bundle.js",
    start="docs.js",
)
REDOC = PAGE.format(style="", script="/assets/offline/redoc.standalone.js", start="redoc.js")


TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}
FOLDERS = {"/assets/offline": STATIC, "/assets": PACKAGE / "pages" / "assets"}
ASSETS = {
    f"{under}/{path.name}": path
    for under, folder in FOLDERS.items()
    for path in folder.iterdir()
    if path.suffix in TYPES
}
OPENAPI = "/openapi.json"
HTML = {"/docs": (SWAGGER, POLICY.format(styles="")), "/redoc": (REDOC, POLICY.format(styles=REDOC_STYLES))}


def include(app: FastAPI) -> None:
    """Adds `/openapi.json`, `/docs`, `/redoc` and the assets that they need."""
    pages = Pages(app)
    app.router.routes += [Route(path, pages, methods=["GET"]) for path in (OPENAPI, *HTML, *ASSETS)]


class Pages:
    """The documentation and what its pages load: each is made once, and once in each coding."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._kept: dict[str, Kept] = {}

    async def __call__(self, scope: Scope, _receive: Any, send: Any) -> None:
        path, headers = scope["path"], headers_of(scope)
        if path == OPENAPI:
            read_nothing(scope["query_string"])
        coding = coding_of(headers)
        if path not in self._kept or coding not in self._kept[path].sent:
            await to_thread.run_sync(self._keep, path, coding)
        sent = self._kept[path].find(headers.get("if-none-match", "").encode("latin-1"), coding)
        for message in sent.messages if sent else ():
            await send(message)

    def _keep(self, path: str, coding: str) -> None:
        kept = self._kept.get(path) or self._kept.setdefault(path, Kept(self._answer(path)))
        kept.sent[coding] = Sent(coded(kept.answer, coding))

    def _answer(self, path: str) -> Answer:
        headers, body = self._made(path)
        headers |= {"cache-control": "no-cache", "etag": f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'}
        say(headers, len(body))
        return Answer(200, headers, body)

    def _made(self, path: str) -> tuple[dict[str, str], bytes]:
        if path == OPENAPI:
            return {"content-type": "application/json"}, to_json(document(self.app))
        if path in HTML:
            page, policy = HTML[path]
            return {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}, page.encode()
        body = ASSETS[path].read_bytes().replace(REDOC_LOGO, b"/assets/offline/favicon.png")
        return {"content-type": TYPES[ASSETS[path].suffix]}, body
