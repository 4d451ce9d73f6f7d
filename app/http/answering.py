"""Answering: every list, item and document page from one function, errors included; bodies go out as stored."""

import difflib
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from app import __version__
from app.errors import BadCursor, Internal, Invalid, MethodNotAllowed, NotFound, Problem, TextNotHeld, Unavailable
from app.facts import KINDS
from app.facts.base import Kind
from app.http import cursors
from app.http.asking import Asked, Named, ask, encode, pairs, parameters, read_all
from app.settings import Settings
from app.store.db import OutOfReach, TooSlow
from app.store.finding import Finder, Now, Sentence
from app.store.selecting import ORDERS

CURRENT = "public, max-age=5, stale-while-revalidate=10"
SETTLED = "public, max-age=86400, immutable"
log = logging.getLogger("summit")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: header names are lower-case; `body` is empty for 304."""

    status: int
    headers: dict[str, str]
    body: bytes


class ItemQuery(BaseModel):
    """The parameters of one record."""

    as_of: str | None = Field(
        None, description="The record as it stood: an edition (digits), or an instant (RFC 3339, Z)."
    )


class TextQuery(BaseModel):
    """The parameters of a document's text."""

    span: str | None = Field(None, description="`start,end` in code points, end exclusive.")


def problem(found: Problem) -> Answer:
    """The answer that a problem is (RFC 9457)."""
    headers = {"content-type": "application/problem+json", "cache-control": "no-store", **found.headers}
    return Answer(found.status, headers, _json(found.document()))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class Desk:
    """Answers reads from one database."""

    def __init__(self, finder: Finder, settings: Settings) -> None:
        self.finder = finder
        self.settings = settings
        self._salt = f"{__version__} {settings.limit_default} {settings.keep_text}"

    def answer(self, method: str, path: str, query_string: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a read; `path` is the request's as it came, still percent-encoded. Never raises."""
        try:
            if method not in ("GET", "HEAD"):
                raise MethodNotAllowed(f"{path} is read with GET or HEAD", {"allow": "GET, HEAD"})
            return self._find(path)(query_string, headers.get("if-none-match"))
        except Problem as found:
            return problem(found)
        except TooSlow:
            return problem(Unavailable("the query was cut off at its time limit; ask for less", {"retry-after": "5"}))
        except OutOfReach:
            log.exception("the database did not answer")
            return problem(Unavailable("the database did not answer", {"retry-after": "2"}))
        except Exception:
            log.exception("a request failed")
            return problem(Internal("the request met a fault of the server"))

    def _find(self, path: str) -> Callable[[bytes, str | None], Answer]:
        """What answers a path."""
        match path.split("/")[1:]:
            case [name] if name in KINDS:
                return lambda query, match: self._list(KINDS[name], path, query, match)
            case [name, id] if name in KINDS:
                return lambda query, match: self._item(KINDS[name], path, id, query, match)
            case ["documents", id, "coverage"]:
                return lambda query, match: self._coverage(path, id, query, match)
            case ["documents", id, "sentences", ref]:
                return lambda query, match: self._sentence(path, id, ref, query, match)
            case ["documents", id, "text"]:
                return lambda query, match: self._text(path, id, query, match)
        raise NotFound(f"nothing is at {path[:200]}")

    # Editions, tags and the frame of an answer

    def _now(self, as_of: int | str | None) -> Now:
        if as_of is None:
            return self.finder.latest()
        found = self.finder.edition(as_of) if isinstance(as_of, int) else self.finder.edition_at(as_of)
        if found is None:
            known = self.finder.latest().edition
            raise NotFound(f"there was no edition at {as_of}; the editions are 1 to {known}")
        return found

    def _tag(self, now: Now, path: str, query_string: bytes) -> str:
        content = f"{now.edition} {now.digest} {self._salt} {path}?".encode() + query_string
        return '"' + hashlib.blake2b(content, digest_size=12).hexdigest() + '"'

    def _framed(
        self,
        now: Now,
        path: str,
        query: bytes,
        match: str | None,
        settled: bool,
        make: Callable[[], tuple[bytes, dict[str, str]]],
    ) -> Answer:
        """304 where the client has the answer already, before any look-up; else the answer with its tag."""
        tag = self._tag(now, path, query)
        headers = {"etag": tag, "cache-control": SETTLED if settled else CURRENT}
        if match is not None and match.strip() != "*" and _matches(match, tag):
            return Answer(304, headers, b"")
        body, more = make()
        if match is not None and match.strip() == "*":
            return Answer(304, headers, b"")
        return Answer(200, {"content-type": "application/json", **headers, **more}, body)

    # Lists

    def _list(self, kind: Kind, path: str, query: bytes, match: str | None) -> Answer:
        asked = ask(kind.query, query, self.settings)
        now, after = self._place(asked, path)
        settled = isinstance(asked.as_of, int) or asked.cursor is not None
        return self._framed(now, path, query, match, settled, lambda: self._page(kind, path, asked, now, after))

    def _place(self, asked: Asked, path: str) -> tuple[Now, list[Any]]:
        """The edition of a walk and the keys that it goes on after."""
        if asked.cursor is None:
            return self._now(asked.as_of), []
        now = self.finder.edition(cursors.peek(asked.cursor))
        if now is None:
            raise BadCursor(cursors.WRONG)
        keys = cursors.unseal(asked.cursor, now.digest, _bound(asked, path))
        if asked.as_of is not None and self._now(asked.as_of) != now:
            raise BadCursor("the cursor goes on in another edition than `as_of` asks for")
        return now, keys

    def _page(self, kind: Kind, path: str, asked: Asked, now: Now, after: list[Any]) -> tuple[bytes, dict[str, str]]:
        values = {name: self._resolved(name, given, now) for name, given in asked.values.items()}
        rows = self.finder.page(kind, values, asked.sort, asked.limit + 1, after, now.edition)
        shown = rows[: asked.limit]
        onward = None
        if len(rows) > asked.limit:
            keys = shown[-1][: len(ORDERS[asked.sort][0])]
            cursor = cursors.seal(now.edition, now.digest, _bound(asked, path), keys)
            onward = _target(path, [*(pair for pair in asked.given if pair[0] != "cursor"), ("cursor", cursor)])
        frame = _json({"next": onward, "self": _target(path, list(asked.given)), "edition": now.edition})
        body = b'{"items":[' + b",".join(bytes(row[-1]) for row in shown) + b"]," + frame[1:]
        return body, {"link": f'<{onward}>; rel="next"'} if onward else {}

    def _resolved(self, parameter: str, given: tuple[Any, ...], now: Now) -> tuple[Any, ...]:
        """The values of a filter, names looked up: a name that several records have is no value."""
        found: list[Any] = []
        for value in given:
            if not isinstance(value, Named):
                found.append(value)
                continue
            facts = [
                f"{kind}/{id}" for kind in value.kinds for id in self.finder.named(KINDS[kind], value.name, now.edition)
            ]
            if len(facts) > 1:
                message = f"several have this name: {', '.join(facts)}"
                raise Invalid(
                    [{"parameter": parameter, "message": message, "value": value.name[:100], "nearest": facts[0]}]
                )
            found += facts or [f"{kind}/?" for kind in value.kinds[:1]]  # no id: nothing has this name
        return tuple(dict.fromkeys(found))

    # One record

    def _only(self, query: bytes, model: type[BaseModel]) -> dict[str, Any]:
        values, faults = read_all(pairs(query), parameters(model), self.settings)
        if faults:
            raise Invalid(faults)
        return {name: given[0] for name, given in values.items()}

    def _item(self, kind: Kind, path: str, id: str, query: bytes, match: str | None) -> Answer:
        as_of = self._only(query, ItemQuery).get("as_of")
        now = self._now(as_of)

        def make() -> tuple[bytes, dict[str, str]]:
            body = self.finder.body(kind, id, now.edition)
            if body is None:
                raise NotFound(
                    f"there is no {kind.singular} {id[:100]!r}" + self._edition_clause(as_of),
                    nearest=self._like(kind, id, now),
                )
            return body, {}

        return self._framed(now, path, query, match, isinstance(as_of, int), make)

    @staticmethod
    def _edition_clause(as_of: int | str | None) -> str:
        return "" if as_of is None else f" as of {as_of}"

    def _like(self, kind: Kind, id: str, now: Now) -> list[str]:
        """The addresses with the ids nearest to one that is not there, among the first thousand."""
        rows = self.finder.page(kind, {}, "id", 1000, [], now.edition)
        return [
            f"/{kind.name}/{near}" for near in difflib.get_close_matches(id[:100], [row[0] for row in rows], 3, 0.5)
        ]

    # Documents: coverage, sentences, text

    def _document(self, id: str, now: Now) -> list[Sentence]:
        sentences = self.finder.sentences(id, now.edition)
        if not sentences:
            raise NotFound(f"there is no document {id[:100]!r}", nearest=self._like(KINDS["documents"], id, now))
        return sentences

    def _coverage(self, path: str, id: str, query: bytes, match: str | None) -> Answer:
        as_of = self._only(query, ItemQuery).get("as_of")
        now = self._now(as_of)

        def make() -> tuple[bytes, dict[str, str]]:
            sentences = self._document(id, now)
            citing = self.finder.citing(id, now.edition)
            items = [
                {
                    "sentence": one.ref,
                    **_span(one),
                    "facts": citing.get(one.ref, []),
                    "reason": one.reason,
                    "path": f"/documents/{id}/sentences/{one.ref}",
                }
                for one in sentences
            ]
            return _json({"items": items, "self": _target(path, pairs(query)), "edition": now.edition}), {}

        return self._framed(now, path, query, match, isinstance(as_of, int), make)

    def _sentence(self, path: str, id: str, ref: str, query: bytes, match: str | None) -> Answer:
        as_of = self._only(query, ItemQuery).get("as_of")
        now = self._now(as_of)

        def make() -> tuple[bytes, dict[str, str]]:
            sentences = self._document(id, now)
            one = next((one for one in sentences if one.ref == ref), None)
            if one is None:
                near = [
                    f"/documents/{id}/sentences/{like.ref}"
                    for like in sentences
                    if like.ref.split(".")[0] == ref.split(".")[0]
                ]
                raise NotFound(f"document {id!r} has no sentence {ref[:20]!r}", nearest=near[:5])
            return _json(self._sentence_body(path, id, one, now)), {}

        return self._framed(now, path, query, match, isinstance(as_of, int), make)

    def _sentence_body(self, path: str, id: str, one: Sentence, now: Now) -> dict[str, Any]:
        facts = self.finder.citing(id, now.edition, one.ref).get(one.ref, [])
        text = self.finder.text(id)
        return {
            "type": "sentence",
            "document": id,
            "sentence": one.ref,
            **_span(one),
            "exact": None if text is None else text.decode()[one.start : one.end],
            "facts": facts,
            "reason": one.reason,
            "path": path,
            "edition": now.edition,
        }

    def _text(self, path: str, id: str, query: bytes, match: str | None) -> Answer:
        span = self._only(query, TextQuery).get("span")
        now = self.finder.latest()
        self._document(id, now)
        text = self.finder.text(id)
        if text is None:
            body = json.loads(self.finder.body(KINDS["documents"], id, now.edition) or b"{}")
            known = {name: body[name] for name in ("length", "sha256")}
            how = "open(copy, encoding='utf-8', newline='').read()[start:end]"
            raise TextNotHeld(f"the text of {id!r} is not held here", **known, slice=how)

        def make() -> tuple[bytes, dict[str, str]]:
            part = text if span is None else _cut(text, span)
            return part, {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}

        return self._framed(now, path, query, match, False, make)


def _span(one: Sentence) -> dict[str, Any]:
    return {"start": one.start, "end": one.end, "sha256": one.sha256}


def _cut(text: bytes, span: tuple[int, int]) -> bytes:
    decoded = text.decode()
    start, end = span
    if end > len(decoded):
        raise Invalid([{"parameter": "span", "message": f"ends past the text, which has {len(decoded)} code points"}])
    return decoded[start:end].encode()


def _matches(header: str, tag: str) -> bool:
    """Whether If-None-Match lists the tag, compared weakly (RFC 9110, section 13.1.2)."""
    return any(one.strip().removeprefix("W/") == tag for one in header.split(","))


def _bound(asked: Asked, path: str) -> str:
    """What a cursor is bound to: the list, its filters whatever their order, and its sort."""
    filters = sorted((name, sorted(map(repr, given))) for name, given in asked.values.items())
    return f"{path} {filters!r} {asked.sort}"


def _target(path: str, given: list[tuple[str, str]]) -> str:
    return f"{path}?{encode(given)}" if given else path
