"""Downloading: `/export.sqlite`, one file with all current facts, whole or in parts."""

import base64
import hashlib
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header
from fastapi.responses import Response
from fastapi.routing import APIRoute

from app import __version__
from app.errors import NotAcceptable
from app.formats.sqlite import MEDIA
from app.http.answering import CURRENT, Answer
from app.http.asking import read_nothing
from app.http.conditions import listed
from app.http.front import headers_of, send_answer
from app.http.making import Made
from app.http.negotiating import negotiate
from app.http.preparing import Exports
from app.http.ranges import asked_for
from app.http.refusals import responses
from app.store import history
from app.store.current import Now
from app.store.sqlite import sqlite3

PATH = "/export.sqlite"
# What pages of other origins may read of the answer, beside what they may of any.
EXPOSED = "Accept-Ranges, Content-Disposition, Content-Range, Repr-Digest, Retry-After"
Range = Annotated[str | None, Header(alias="Range", description="`bytes=0-1023`: a part of the file (RFC 9110).")]
IfRange = Annotated[str | None, Header(alias="If-Range", description="The ETag of the file that the part is of.")]


def router() -> APIRouter:
    """The route of the file."""
    made = APIRouter(route_class=Downloaded, tags=["service"])
    told: dict[int | str, dict[str, Any]] = {
        200: {"content": {MEDIA: {}}, "description": "The file."},
        206: {"description": "The part of it that `Range` asks for."},
    }

    @made.get(
        PATH,
        operation_id="export_sqlite",
        summary="Download all current facts as one SQLite file",
        response_class=Response,
        responses=told | responses(304, 416, 422, 503, 507),
    )
    def export(range: Range = None, if_range: IfRange = None) -> None:
        """A table of each kind with the columns of its CSV, its lists as tables, every citation, and views.

        It opens in Datasette with its labels and its search. It is made once for each edition; where that takes long,
        503 says when to ask again.
        """

    return made


class Downloaded(APIRoute):
    """The documented route; the framework neither parses nor validates its requests."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "GET":
            await super().handle(scope, receive, send)
            return
        headers, exports = headers_of(scope), scope["app"].state.exports
        read_nothing(scope["query_string"])
        if negotiate(headers.get("accept", ""), (MEDIA,)) is None:
            raise NotAcceptable(f"{PATH} is to be had as {MEDIA}", available=[MEDIA])
        answer = await to_thread.run_sync(unchanged, exports, headers.get("if-none-match", ""))
        if answer is None:
            answer = await to_thread.run_sync(found, exports, await exports.get(), headers)
        await send_answer(answer, send, receive)


def unchanged(exports: Exports, match: str) -> Answer | None:
    """304 where the client has the file of the current edition; before it is made, unless any file would do."""
    if not match or match.strip() == "*":
        return None
    tag = _tag(exports, exports.finder.latest())
    return Answer(304, _headers(tag), b"") if listed(match, tag) is not None else None


def found(exports: Exports, made: Made, headers: dict[str, str]) -> Answer:
    """The file, or the part of it that is asked for; RangeNotSatisfiable."""
    tag = _tag(exports, made.now)
    match = headers.get("if-none-match", "")
    if match.strip() == "*" or listed(match, tag) is not None:
        return Answer(304, _headers(tag), b"")
    part = asked_for(headers.get("range", ""), headers.get("if-range"), tag, made.size)
    start, end = part or (0, made.size)
    told = {
        "content-type": MEDIA,
        "content-length": str(end - start),
        "content-disposition": f'attachment; filename="summit-facts-{made.now.edition}.sqlite"',
        "accept-ranges": "bytes",
        "repr-digest": f"sha-256=:{base64.b64encode(made.sha256).decode()}:",
        **({"content-range": f"bytes {start}-{end - 1}/{made.size}"} if part else {}),
        **_headers(tag),
    }
    return Answer(206 if part else 200, told, b"", None, made.parts(start, end))


def _headers(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": CURRENT, "access-control-expose-headers": EXPOSED}


def _tag(exports: Exports, now: Now) -> str:
    """The strong tag of an edition's file: of all that its bytes are made of, so that it is known before they are."""
    at = history.ends(exports.finder, now.edition)[1]
    made_of = f"{now.edition} {now.digest} {at} {__version__} {sqlite3.sqlite_version} {exports.settings.public_url}"
    return '"' + hashlib.blake2b(f"{PATH} {made_of}".encode(), digest_size=12).hexdigest() + '"'
