"""Cursors: where a walk goes on, sealed so that no other request, filter or database takes one for its own."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from app.errors import BadCursor
from app.facts.base import FOREVER
from app.http.plans import to_json

SEAL = 12  # bytes
WRONG = "the cursor was altered, or belongs to another list, filter, sort or database"


def seal(edition: int, digest: str, bound: str, keys: Sequence[Any]) -> str:
    """A cursor after the row with these order keys; `bound` is the request that it belongs to."""
    payload = to_json([edition, *keys])
    return base64.urlsafe_b64encode(_mac(payload, digest, bound) + payload).rstrip(b"=").decode()


def peek(cursor: str) -> int:
    """The edition that a cursor says it is of, still to be proved by `unseal`; BadCursor where it is none."""
    return int(_parts(cursor)[1][0])


def unseal(cursor: str, digest: str, bound: str) -> list[Any]:
    """The order keys in a cursor; BadCursor unless it was sealed for this request in this history."""
    mac, content, payload = _parts(cursor)
    if mac != _mac(payload, digest, bound):
        raise BadCursor(WRONG)
    return content[1:]


def _mac(payload: bytes, digest: str, bound: str) -> bytes:
    return hashlib.blake2b(payload + b"\n" + bound.encode(), key=digest[:64].encode(), digest_size=SEAL).digest()


def _parts(cursor: str) -> tuple[bytes, list[Any], bytes]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        content = json.loads(raw[SEAL:])
    except (ValueError, RecursionError):
        raise BadCursor(WRONG) from None
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
    edition = content[0] if isinstance(content, list) and content else None
    if not (canonical and type(edition) is int and 0 <= edition < FOREVER):
        raise BadCursor(WRONG)
    return raw[:SEAL], content, raw[SEAL:]
