"""Answering: every list, item and document page from one function, errors included; bodies go out as stored."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app import __version__
from app.errors import Internal, MethodNotAllowed, Moved, NotAcceptable, NotFound, Problem, Unavailable
from app.facts import KINDS
from app.http.bundles import plan_bundle
from app.http.coding import coding_of, say
from app.http.comparing import plan_compare
from app.http.conditions import unchanged
from app.http.leading import leading
from app.http.listing import plan_list
from app.http.mending import example
from app.http.negotiating import negotiate
from app.http.plans import Plan, Room, next_link, to_json
from app.http.records import plan_coverage, plan_item, plan_mentions, plan_sentence, plan_text
from app.http.searching import plan_search
from app.http.trail import plan_changes, plan_editions, plan_history
from app.settings import Settings
from app.store.current import Now
from app.store.db import OutOfReach, TooSlow
from app.store.finding import Finder

JSON = "application/json"
CURRENT = "public, max-age=5, stale-while-revalidate=10"
SETTLED = "public, max-age=86400, immutable"
ALLOW = "GET, HEAD, OPTIONS"
POSTED = {"/citations/check": "POST", "/verify": "GET, HEAD, POST"}  # which any page may post to; it changes nothing
BUNDLE = re.compile(r"/bundles/(?!schema$)[^/]+")
HURRY = 0.005  # seconds that a statement may take on the event loop
MENTIONED = ("people", "organisations", "places", "events")
log = logging.getLogger("summit")


@dataclass(slots=True)  # not frozen, which would take a microsecond more to make
class Answer:
    """A response: header names are lower-case; `body` is empty for 304. `now` is the current edition that it is of."""

    status: int
    headers: dict[str, str]
    body: bytes
    now: Now | None = None
    parts: Iterator[bytes] | None = None  # what follows the body, made while it is sent


def allowed(path: str) -> str:
    """The methods that an address takes, as `Allow` lists them (RFC 9110, section 10.2.1)."""
    if path in POSTED:
        return f"{POSTED[path]}, OPTIONS"
    return f"{ALLOW}, PUT, DELETE" if BUNDLE.fullmatch(path) else ALLOW


def problem(found: Problem, example: str = "/") -> Answer:
    """The answer that a problem is (RFC 9457); `example` is an address that works."""
    headers = {"content-type": "application/problem+json", "cache-control": "no-store", **found.headers}
    body = to_json({**found.document(), "try": example})
    say(headers, len(body))
    return Answer(found.status, headers, body)


class Desk:
    """Answers reads from one database."""

    def __init__(self, finder: Finder, settings: Settings) -> None:
        self.finder = finder
        self.settings = settings
        self._room = Room(finder, settings)
        self.held = finder.held(HURRY)
        self._held_room = Room(self.held, settings) if self.held else None
        shaping = settings.limit_default, settings.count_max, settings.facet_max, settings.public_url
        self._salt = " ".join(map(str, (__version__, *shaping)))

    def answer(self, method: str, path: str, query_string: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a read; `path` is the request's as it came, still percent-encoded. Never raises."""
        read = self._reading(self._room, method, path, query_string, headers)
        return self.told(read, lambda found: self._example(found, path, query_string))

    def answer_at_once(self, path: str, query_string: bytes, headers: Mapping[str, str]) -> Answer | None:
        """The same to a GET, on the event loop; None where that would take long, or something is wrong."""
        try:
            return self._reading(self._held_room, "GET", path, query_string, headers)() if self._held_room else None
        except Exception:
            return None

    def fact_at_once(self, path: str) -> Answer | None:
        """The same for what is asked for most, a current fact as it is; None for all else."""
        name, _, id = path[1:].partition("/")
        if self.held is None or name not in KINDS or not id or "/" in id:
            return None
        try:
            now = self.held.latest()
            body = self.held.body(KINDS[name], id, now.edition)
        except Exception:
            return None
        if body is None:
            return None
        told = {"content-type": JSON, "etag": self._tag(now, "", path, b""), "cache-control": CURRENT}
        say(told, len(body))
        return Answer(200, told, body, now)

    def list_at_once(self, path: str, query_string: bytes) -> Answer | None:
        """The same for the first page of a list by one record; None for all else."""
        kind = KINDS.get(path[1:])
        if self._held_room is None or kind is None:
            return None
        try:
            page = leading(self._held_room, kind, path, query_string)
        except Exception:
            return None
        if page is None:
            return None
        tag = self._tag(page.now, "json", path, query_string)
        told = {"content-type": JSON, "etag": tag, "cache-control": CURRENT, "vary": "Accept"}
        told["link"] = next_link(page.onward)
        say(told, len(page.body))
        return Answer(200, told, page.body, page.now)

    def _reading(
        self, room: Room, method: str, path: str, query_string: bytes, headers: Mapping[str, str]
    ) -> Callable[[], Answer]:
        def read() -> Answer:
            if method not in ("GET", "HEAD"):
                raise MethodNotAllowed(f"{path} does not take {method}", {"allow": allowed(path)})
            accept = headers.get("accept", "")
            plan = self._plan(room, path, query_string, accept)
            if plan.media and negotiate(accept, plan.media) is None:
                told = f"{path} is to be had as {' or '.join(plan.media)}"
                raise NotAcceptable(told, {"vary": "Accept"} if plan.form else None, available=list(plan.media))
            tag = plan.tag or self._tag(plan.now, plan.form or "", path, query_string)
            try:
                return self._framed(plan, tag, headers)
            except Moved as found:  # the same is asked there, of its parts too
                query = f"?{query_string.decode('latin-1')}" if query_string else ""
                found.headers["location"] += "/".join(["", *path.split("/")[3:]]) + query
                raise

        return read

    @staticmethod
    def told(make: Callable[[], Answer], example: Callable[[Problem], str] = lambda _: "/") -> Answer:
        """The answer that is made, or the problem that making it met, with an address that works. Never raises."""
        try:
            return make()
        except Problem as found:
            return problem(found, example(found))
        except TooSlow:
            return problem(Unavailable("the query was cut off at its time limit; ask for less", {"retry-after": "5"}))
        except OutOfReach:
            log.exception("the database did not answer")
            return problem(Unavailable("the database did not answer", {"retry-after": "2"}))
        except Exception:
            log.exception("a request failed")
            return problem(Internal("the request met a fault of the server"))

    def _example(self, found: Problem, path: str, query_string: bytes) -> str:
        def works(path: str, query: bytes) -> bool:
            try:
                self._plan(self._room, path, query).make()
            except Problem:
                return False
            return True

        try:
            return example(found, path, query_string, works)
        except (OutOfReach, TooSlow):
            return "/"

    def _plan(self, room: Room, path: str, query: bytes, accept: str = "") -> Plan:
        """What answers a path."""
        if "\0" in path:  # which PostgreSQL takes in no text
            raise NotFound("nothing is at an address with a NUL in it")
        match path.split("/")[1:]:
            case [name] if name in KINDS:
                return plan_list(room, KINDS[name], path, query, accept)
            case [name, id] if name in KINDS:
                return plan_item(room, KINDS[name], id, query)
            case [name, id, "mentions"] if name in MENTIONED:
                return plan_mentions(room, KINDS[name], path, id, query, accept)
            case ["search"]:
                return plan_search(room, path, query)
            case ["compare"]:
                return plan_compare(room, path, query)
            case ["bundles", id]:
                return plan_bundle(room, id, query)
            case ["changes"]:
                return plan_changes(room, path, query, accept)
            case ["editions"]:
                return plan_editions(room, path, query)
            case [name, id, "history"] if name in KINDS:
                return plan_history(room, KINDS[name], path, id, query)
            case ["documents", id, "coverage"]:
                return plan_coverage(room, path, id, query)
            case ["documents", id, "sentences", ref]:
                return plan_sentence(room, path, id, ref, query)
            case ["documents", id, "text"]:
                return plan_text(room, id, query)
        raise NotFound(f"nothing is at {path[:200]}")

    def _tag(self, now: Now, form: str, path: str, query_string: bytes) -> str:
        content = f"{now.edition} {now.digest} {self._salt} {form} {path}?".encode() + query_string
        return '"' + hashlib.blake2b(content, digest_size=12).hexdigest() + '"'

    @staticmethod
    def _framed(plan: Plan, tag: str, asked: Mapping[str, str]) -> Answer:
        """304 where the client has the answer already, before any look-up; else the answer with its tag."""
        headers = {"etag": tag, "cache-control": SETTLED if plan.is_settled else CURRENT}
        headers |= {"vary": "Accept"} if plan.form else {}
        match = asked.get("if-none-match", "")
        if match and (same := unchanged(match, headers, coding_of(asked))):
            return Answer(304, same, b"")
        body, more = plan.make()
        told = {"content-type": JSON, **headers, **more}
        say(told, None if plan.parts else len(body))
        if match.strip() == "*" and (same := unchanged(told["etag"], headers, coding_of(asked))):
            return Answer(304, same, b"")
        if plan.parts is not None:
            parts = plan.parts()
            return Answer(200, told, body + next(parts, b""), None, parts)
        return Answer(200, told, body, None if plan.is_settled else plan.now)
