"""Documentation: Swagger UI and ReDoc from our own server, under a policy that lets no other host in."""

from functools import cache
from pathlib import Path

import fastapi_offline
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from app.files import PACKAGE
from app.http.about import ask_nothing
from app.http.openapi import document

STATIC = Path(fastapi_offline.__file__).parent / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self'"
# The style elements that ReDoc makes: empty ones, which it fills rule by rule, and one fixed text.
REDOC_STYLES = (
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
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
REDOC = PAGE.format(style="", script="/assets/redoc.standalone.js", start="redoc.js")


def include(app: FastAPI) -> None:
    """Adds `/openapi.json`, `/docs`, `/redoc` and the assets that they need."""

    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(ask_nothing)])
    def openapi() -> Response:
        return JSONResponse(document(app), headers={"cache-control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(SWAGGER, headers={"content-security-policy": POLICY.format(styles="")})

    @app.get("/redoc", include_in_schema=False)
    def redoc() -> Response:
        return HTMLResponse(REDOC, headers={"content-security-policy": POLICY.format(styles=REDOC_STYLES)})

    @app.get("/assets/redoc.standalone.js", include_in_schema=False)
    def redoc_script() -> Response:
        return Response(redoc_without_its_host(), media_type="text/javascript")

    app.mount("/assets/offline", StaticFiles(directory=STATIC))
    app.mount("/assets", StaticFiles(directory=PACKAGE / "pages" / "assets"))


@cache
def redoc_without_its_host() -> bytes:
    """ReDoc's script, the logo that it would load from another host replaced by our own."""
    return (STATIC / "redoc.standalone.js").read_bytes().replace(REDOC_LOGO, b"/assets/offline/favicon.png")
