"""The welcome: what a newcomer is told at `/`."""

from typing import Any

from app import __version__

LINKS = ("docs", "redoc", "openapi.json", "problems", "bundles/schema", "export.sqlite")
ABOUT = "The facts of diplomatic meetings, each cited to the exact place in a source document."


def welcome(edition: int, facts: dict[str, int], base: str) -> dict[str, Any]:
    """What is here, how much of it, and three commands to begin with, `base` being where readers reach it."""
    return {
        "name": "Summit Facts",
        "version": __version__,
        "about": ABOUT,
        "edition": edition,
        "facts": facts,
        "try": [
            f"curl -s '{base}/statements?may_quote=true'",
            f"curl -s '{base}/events?kind=meeting&sort=date'",
            f"curl -s '{base}/caveats?kind=not_stated'",
        ],
        "links": {name: f"/{name}" for name in LINKS},
    }
