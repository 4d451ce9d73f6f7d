"""Writing: bundles put and withdrawn over HTTP, by who holds a key, under the conditions that the request names."""

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

from app.errors import (
    BadRequest,
    BundleInUse,
    Internal,
    Invalid,
    InvalidBundle,
    MethodNotAllowed,
    NotFound,
    NotWritable,
    Problem,
    StorageFull,
    Unavailable,
)
from app.facts.parts import SLUG
from app.faults import BundleError, InUse, NotJson
from app.http.answering import BUNDLE, Answer, allowed, problem
from app.http.auth import authorise
from app.http.bodies import carries_body, read_body, send_and_part
from app.http.bundles import absent
from app.http.conditions import Conditions, tag_of
from app.http.front import headers_of, send_answer
from app.http.plans import Room, to_json
from app.http.refusals import responses
from app.http.refusing import fault
from app.http.shapes import BundleWritten
from app.store.bundles import outline
from app.store.db import Full, OutOfReach, ReadOnly, TooSlow
from app.store.loading import Loaded, load, withdraw
from app.store.publishing import digest
from app.store.reading import read

ID = re.compile(SLUG)
ID_MAX = 80
REASON_MAX = 2000
EXAMPLE = "/bundles/schema"
Write = Callable[[bytes], Answer]
Id = Annotated[
    str, Path(description="The id of the bundle and of its document.", pattern=f"^{SLUG}$", max_length=ID_MAX)
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", description="The ETag of the bundle that is current, in any coding; replacing it needs this."
    ),
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="`*`: only if no bundle with this id is current.")
]
KEY = HTTPBearer(scheme_name="key", description="The token of a key, as `summit key new` prints it.", auto_error=False)
log = logging.getLogger("summit")


class PutQuery(BaseModel):
    """The parameters of putting a bundle."""

    dry_run: bool = Field(False, description="`true`: check it, show the difference that it would make, write nothing.")


class WithdrawQuery(BaseModel):
    """The parameters of withdrawing a bundle."""

    reason: str = Field(
        max_length=REASON_MAX,
        description="Why; every fact of the bundle gives it in its history.",
        examples=["The publisher took the report back."],
    )


def router() -> APIRouter:
    """The routes that write."""
    made = APIRouter(route_class=Written, tags=["bundles"], dependencies=[Security(KEY)])
    body = {"description": "The bundle.", "required": True, "content": {"application/json": {"schema": outline()}}}
    shared = (400, 401, 409, 412, 422, 503, 507)

    @made.put(
        "/bundles/{id}",
        operation_id="put_bundle",
        summary="Load a bundle",
        response_model=BundleWritten,
        responses={
            **responses(*shared, 404, 408, 413, 415, 428),
            201: {"model": BundleWritten, "description": "Loaded; none with this id was current."},
        },
        openapi_extra={"requestBody": body},
    )
    def put(
        id: Id, query: Annotated[PutQuery, Query()], if_match: IfMatch = None, if_none_match: IfNoneMatch = None
    ) -> None:
        """Loads a document with its facts: whole, as one edition, or not at all.

        The same bundle again changes nothing. What differs from the bundle that is current, or is left out, gives its
        reason; `dry_run=true` shows the difference and writes nothing.
        """

    @made.delete(
        "/bundles/{id}",
        operation_id="withdraw_bundle",
        summary="Withdraw a bundle",
        response_model=BundleWritten,
        responses=responses(*shared, 404),
    )
    def delete(id: Id, query: Annotated[WithdrawQuery, Query()], if_match: IfMatch = None) -> None:
        """Takes back all facts of the bundle, with the reason. Nothing is erased: loading it again restores them."""

    return made


class Written(APIRoute):
    """A documented route that writes; the framework neither parses nor validates its requests.

    Who asks is known before a byte of the body is read. One write runs at a time; those that wait hold no thread.
    """

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        state, headers, body = scope["app"].state, headers_of(scope), None
        room = Room(state.desk.finder, state.desk.settings)
        try:
            write = await to_thread.run_sync(_admit, room, scope, headers)
            if scope["method"] == "PUT":
                body = await read_body(scope, receive, room.settings.bundle_max, room.settings.body_seconds)
            answer = await to_thread.run_sync(write, body or b"", limiter=state.turn)
        except Exception as error:
            found = _problem(error)
            answer = problem(found, next(iter(found.members.get("nearest", [])), EXAMPLE))
        if body is None and carries_body(headers):
            await send_and_part(answer, receive, send)
        else:
            await send_answer(answer, send)


def _admit(room: Room, scope: Any, headers: dict[str, str]) -> Write:
    """What a request comes to once its body is here; a Problem where it may not or cannot be."""
    method, query = scope["method"], scope["query_string"]
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    if not BUNDLE.fullmatch(path):
        raise MethodNotAllowed(f"{path} does not take {method}", {"allow": allowed(path)})
    by, id = authorise(room.finder, headers), path.split("/")[2]
    if not ID.fullmatch(id) or len(id) > ID_MAX:
        raise NotFound(f"no bundle can have the id {id[:100]!r}: at most {ID_MAX} of a-z, 0-9 and -")
    if method == "PUT":
        dry_run = room.only(query, PutQuery).get("dry_run", (False,))[0]
        return partial(_put, room, id, by, dry_run, headers)
    return partial(_withdraw, room, id, by, _reason(room, query), headers)


def _reason(room: Room, query: bytes) -> str:
    reason: str = room.only(query, WithdrawQuery).get("reason", ("",))[0]
    if not reason.strip():
        raise Invalid([fault("reason", "is missing: say why the bundle is withdrawn")])
    if len(reason) > REASON_MAX:
        raise Invalid([fault("reason", f"has {len(reason)} characters, more than {REASON_MAX}")])
    return reason


def _put(room: Room, id: str, by: str, dry_run: bool, headers: dict[str, str], body: bytes) -> Answer:
    draft = read(body, f"/bundles/{id}")
    if draft.raw.get("id") != id:
        raise BundleError([draft.fault("/id", f"is not that of the address, {id}", "write the same id in both")])
    sha256 = digest(body)
    conditions = Conditions(headers, sha256, needs_match=not dry_run)
    loaded = load(room.finder.database, [draft], by=by, dry_run=dry_run, expect=conditions.weigh)
    room.finder.forget()
    if dry_run:
        return _answer(200, id, loaded, {}, diff=loaded.diff)
    is_new = conditions.current is None
    return _answer(201 if is_new else 200, id, loaded, {"etag": tag_of(sha256)})


def _withdraw(room: Room, id: str, by: str, reason: str, headers: dict[str, str], _body: bytes) -> Answer:
    now = room.finder.latest()
    if not room.finder.bundle(id, now.edition) and isinstance(found := absent(room, id, now), NotFound):
        raise found
    loaded = withdraw(room.finder.database, id, reason, by=by, expect=Conditions(headers).weigh)
    room.finder.forget()
    return _answer(200, id, loaded, {})


def _answer(status: int, id: str, loaded: Loaded, headers: dict[str, str], **more: Any) -> Answer:
    told = {"bundle": id, "edition": loaded.edition, "changes": loaded.changes, "republished": loaded.republished}
    body = to_json({**told, **more, "path": f"/bundles/{id}"})
    return Answer(status, {"content-type": "application/json", "cache-control": "no-store", **headers}, body)


def _problem(error: Exception) -> Problem:
    """What went wrong, as the client is told it; what is a fault of ours is logged."""
    match error:
        case Problem():
            return error
        case NotJson():
            mend = "Send one JSON document in UTF-8, without a byte order mark."
            return BadRequest(f"the body {_first(error)}", faults=_faults(error), mend=mend)
        case InUse():
            return BundleInUse(_first(error), faults=_faults(error))
        case BundleError():
            return InvalidBundle(f"{error.faults[0].pointer or '/'}: {_first(error)}", faults=_faults(error))
        case ReadOnly():
            return NotWritable("the database is read-only")
        case Full():
            return StorageFull("the disk, or the room that the database may take, is full")
        case OutOfReach() | TooSlow():
            log.warning("a write was not done: %s", error)
            return Unavailable("the database did not answer", {"retry-after": "2"})
    # Its message may hold words of the body: only its type and the places that it passed are logged.
    hidden = RuntimeError(type(error).__qualname__)
    log.error("a write failed", exc_info=(RuntimeError, hidden, error.__traceback__))
    return Internal("the request met a fault of the server")


def _first(error: BundleError) -> str:
    return error.faults[0].message


def _faults(error: BundleError) -> list[dict[str, Any]]:
    fields = ("pointer", "line", "message", "mend")
    return [{name: getattr(one, name) for name in fields} for one in error.faults]
