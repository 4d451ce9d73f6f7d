"""Feeds as readers read them: parsed, and held to what RFC 4287 asks of a feed and of each entry."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")  # RFC 3339
ONCE = ("id", "title", "updated")
KNOWN = {
    "feed": {*ONCE, "author", "link", "entry"},
    "entry": {*ONCE, "author", "link", "category", "summary"},
    "author": {"name", "uri"},
}


@dataclass(frozen=True)
class Feed:
    """A feed, or an entry of one: its texts, its links as (relation, address), its categories and its entries."""

    texts: dict[str, str]
    links: list[tuple[str, str]]
    categories: list[str]
    entries: "list[Feed]"

    def link(self, relation: str) -> str | None:
        """The address of a relation."""
        return next((address for known, address in self.links if known == relation), None)


def read_feed(content: bytes) -> Feed:
    """Reads a feed that must be one by RFC 4287, sections 4.1 and 4.2, its ids all different."""
    assert content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = fromstring(content)
    assert root.tag == f"{ATOM}feed"
    feed = _read(root)
    assert feed.texts["author"]
    assert feed.link("self")
    for entry in feed.entries:
        assert entry.link("alternate"), "an entry without content has one"
        assert entry.texts["summary"]
    ids = [one.texts["id"] for one in (feed, *feed.entries)]
    assert len(set(ids)) == len(ids)
    return feed


def _read(element: Element) -> Feed:
    name = element.tag.removeprefix(ATOM)
    texts: dict[str, str] = {}
    alternates: list[Any] = []
    for one in element:
        tag = one.tag.removeprefix(ATOM)
        assert tag in KNOWN[name]
        if tag in (*ONCE, "summary", "author"):
            assert tag not in texts
            texts[tag] = (one.findtext(f"{ATOM}name") if tag == "author" else one.text) or ""
        alternates += [(one.get("type"), one.get("hreflang"))] if one.get("rel") == "alternate" else []
    assert all(texts[tag] for tag in ONCE)
    assert DATE.fullmatch(texts["updated"])
    assert len(set(alternates)) == len(alternates)
    id = texts["id"]
    assert id.startswith(("http://", "https://")) or UUID(id.removeprefix("urn:uuid:")).version == 5
    links = [(one.attrib["rel"], one.attrib["href"]) for one in element.iterfind(f"{ATOM}link")]
    categories = [one.attrib["term"] for one in element.iterfind(f"{ATOM}category")]
    return Feed(texts, links, categories, [_read(one) for one in element.iterfind(f"{ATOM}entry")])
