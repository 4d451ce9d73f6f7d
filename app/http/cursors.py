"""Cursors: where a walk goes on, sealed so that no other request, filter or database takes one for its own."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.errors import BadCursor
from app.facts.base import FOREVER
from app.http.plans import to_json

SEAL = 12  # bytes
WRONG = "the cursor was altered, or belongs to another list, filter, sort or database"


def seal(edition: int, digest: str, bound: str, keys: Sequence[Any]) -> str:
    """A cursor after the row with these order keys; `bound` is the request that it belongs to."""
    payload = to_json([edition, *keys])
    return base64.urlsafe_b64encode(_mac(payload, digest, bound) + payload).rstrip(b"=").decode()


class Sealed(NamedTuple):
    """A cursor as it came, still to be proved: the edition that it says it is of, and its order keys."""

    edition: int
    keys: list[Any]
    mac: bytes
    payload: bytes

    def prove(self, digest: str, bound: str) -> None:
        """BadCursor unless it was sealed for this request in this history."""
        if self.mac != _mac(self.payload, digest, bound):
            raise BadCursor(WRONG)


def _mac(payload: bytes, digest: str, bound: str) -> bytes:
    return hashlib.blake2b(payload + b"\n" + bound.encode(), key=digest[:64].encode(), digest_size=SEAL).digest()


def sealed(cursor: str) -> Sealed:
    """Reads a cursor; BadCursor where it is none."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        content = json.loads(raw[SEAL:])
    except (ValueError, RecursionError):
        raise BadCursor(WRONG) from None
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
    edition = content[0] if isinstance(content, list) and content else None
    if not (canonical and type(edition) is int and 0 <= edition < FOREVER):
        raise BadCursor(WRONG)
    return Sealed(edition, content[1:], raw[:SEAL], raw[SEAL:])
