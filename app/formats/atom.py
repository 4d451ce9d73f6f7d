"""Atom: changes as a feed for readers, the newest first (RFC 4287), in pages (RFC 5005)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

MEDIA = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def feed(
    changes: Iterable[tuple[dict[str, Any], str]],
    path: str,
    links: Mapping[str, str],
    updated: str,
    key: str,
    base: str | None,
) -> bytes:
    """Takes changes as `/changes` shows them, each with the digest of the history up to its edition; returns the feed.

    `path` is the feed's own relative address, whatever its page, and `links` those of its page, by relation. `base`
    goes before each, and before ids; without it ids are UUIDs (RFC 9562, version 5) made from the digests and from
    `key`, which tells this feed's database from others.
    """
    root = Element("feed", xmlns=NAMESPACE)
    _text(root, "title", "Summit Facts: changes")
    _text(root, "id", f"{base}{path}" if base else _urn(f"{key} {path}"))
    _text(root, "updated", updated)
    _text(SubElement(root, "author"), "name", "Summit Facts")
    for relation, target in links.items():
        _link(root, relation, target, base, "application/json" if relation == "alternate" else MEDIA)
    for change, edition in changes:
        _entry(root, change, edition, base)
    made: bytes = tostring(root, "utf-8", xml_declaration=True)
    return made


def _entry(root: Element, change: dict[str, Any], edition: str, base: str | None) -> None:
    fact, happened = change["fact"], change["change"]
    is_own = change["type"] != "corroboration"
    told = f"{fact['path']}/history" if is_own else fact["path"]
    mark = f"{change['edition']}" if is_own else f"{change['edition']}-{change['bundle']}"
    entry = SubElement(root, "entry")
    _text(entry, "title", f"{change['type'].capitalize()} {happened}: {fact['name']}")
    seed = f"{edition} {change['type']} {fact['path']} {happened} {change['bundle']}"
    _text(entry, "id", f"{base}{told}#{mark}" if base else _urn(seed))
    _text(entry, "updated", change["at"])
    if change["by"]:
        _text(SubElement(entry, "author"), "name", change["by"])
    _link(entry, "alternate", told, base, "application/json")
    for target in _related(change):
        _link(entry, "related", target, base)
    for term in (happened, change["type"]):
        SubElement(entry, "category", term=term)
    _text(entry, "summary", _summary(change))


def _related(change: dict[str, Any]) -> list[str]:
    """The fact, what became of it, and the evidence for the change."""
    evidence = change["evidence"]
    shown = [evidence["path"] if isinstance(evidence, dict) else evidence] if evidence else []
    return list(dict.fromkeys([change["fact"]["path"], *change["into"], *shown]))


def _summary(change: dict[str, Any]) -> str:
    why = FORBIDDEN.sub("", change["reason"] or "") or f"{change['change'].capitalize()} in edition {change['edition']}"
    return why + (f" ({change['by']})" if change["by"] else "")


def _link(parent: Element, relation: str, target: str, base: str | None, media: str | None = None) -> None:
    href = f"{base or ''}{target}" if target.startswith("/") else target
    SubElement(parent, "link", {"rel": relation, "href": FORBIDDEN.sub("", href), **({"type": media} if media else {})})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = FORBIDDEN.sub("", text)


def _urn(seed: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:summit-facts:{seed}')}"
