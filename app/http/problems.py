"""Problems: what the framework raises turned into problem documents, and the pages that explain each type."""

import difflib
import html
from typing import Any

from app.errors import PROBLEMS, MethodNotAllowed, NotFound, Problem
from app.facts import KINDS
from app.http.answering import allowed

SERVICE = (
    "/docs",
    "/redoc",
    "/openapi.json",
    "/problems",
    "/bundles/schema",
    "/export.sqlite",
    "/health/live",
    "/health/ready",
)
ADDRESSES = ("/", *SERVICE, *(f"/{name}" for name in KINDS))
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="/assets/offline/favicon.png"><link rel="stylesheet" href="/assets/page.css">
<main><h1>{title}</h1>{body}</main></html>
"""


def from_framework(status: int, path: str) -> Problem:
    """The problem that stands for an HTTP status which the framework chose."""
    if status == 405:
        return MethodNotAllowed(f"{path[:200]} does not take this method", {"allow": allowed(path)})
    nearest = difflib.get_close_matches(path[:200].lower(), ADDRESSES, 3, 0.6)
    return NotFound(f"nothing is at {path[:200]}", nearest=nearest)


def described(found: type[Problem]) -> dict[str, Any]:
    """A problem type as `/problems` lists it."""
    return {
        "type": f"/problems/{found.slug}",
        "title": found.title,
        "status": found.status,
        "about": found.about,
        "mend": found.mend,
    }


def by_slug(slug: str) -> type[Problem]:
    """The problem type with this slug; NotFound where there is none."""
    for found in PROBLEMS:
        if found.slug == slug:
            return found
    raise NotFound(f"there is no problem type {slug[:50]!r}", nearest=[f"/problems/{one.slug}" for one in PROBLEMS])


def page(found: type[Problem]) -> str:
    """The page behind a problem's `type`."""
    told = "".join(f"<p>{html.escape(text)}</p>" for text in (f"Status {found.status}.", found.about, found.mend))
    body = f"{told}<p><a href='/problems'>All problems</a></p>"
    return PAGE.format(title=html.escape(found.title), body=body)


def index_page() -> str:
    """The page that lists the problem types."""
    rows = "".join(
        f"<li><a href='/problems/{one.slug}'>{html.escape(one.title)}</a> ({one.status})" for one in PROBLEMS
    )
    return PAGE.format(title="Problems", body=f"<ul>{rows}</ul>")
