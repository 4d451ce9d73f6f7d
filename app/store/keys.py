"""Keys: who may write. Of a token only a digest is kept, so nobody can read one out of the database."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.facts.base import nfc
from app.store.db import Database
from app.store.finding import Finder
from app.store.tables import METADATA

KEYS = METADATA.tables["keys"]
NAME_MAX = 120
TOKEN = re.compile(r"summit_([0-9a-f]{12})_([\w-]{43})", re.ASCII)
NOBODY = "0" * 64  # no secret has this digest


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret; `name` is who its changes are by. Instants are RFC 3339."""

    id: str
    name: str
    created_at: str
    revoked_at: str | None


def new_key(database: Database, name: str) -> tuple[Key, str]:
    """Makes a key for a name of at most 120 characters; returns it and its token, which is not to be had again.

    ValueError where the name is none. The secret is 256 bits of randomness: no dictionary holds it, so one SHA-256
    guards it as well as a slow hash would.
    """
    name = nfc(name).strip()
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise ValueError(f"a key's name has 1 to {NAME_MAX} printable characters")
    key, secret = Key(secrets.token_hex(6), name, _now(), None), secrets.token_urlsafe(32)
    row = {"id": key.id, "name": name, "hash": _digest(secret), "created_at": key.created_at}
    with database.write() as connection:
        connection.execute(insert(KEYS).values(row))
    return key, f"summit_{key.id}_{secret}"


def every_key(database: Database) -> list[Key]:
    """All keys, the oldest first, those that were revoked among them."""
    return [Key(*row) for row in Finder(database).rows(_every)]


def revoke(database: Database, id: str) -> Key:
    """Ends a key's use at once and for good; ValueError where there is no such key. A second time changes nothing."""
    if id not in (key.id for key in every_key(database)):
        raise ValueError(f"there is no key {id[:50]!r}; `summit key list` shows them")
    current = (KEYS.c.id == id) & KEYS.c.revoked_at.is_(None)
    with database.write() as connection:
        connection.execute(update(KEYS).where(current).values(revoked_at=_now()))
    return next(key for key in every_key(database) if key.id == id)


def holder(finder: Finder, token: str) -> str | None:
    """The name of the key whose token this is, None where it is none or was revoked.

    Whether the id is known or not, one digest is compared in constant time.
    """
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    rows = finder.rows(_key, id=found[1])
    name, hash, revoked_at = rows[0] if rows else (None, NOBODY, None)
    is_its = hmac.compare_digest(_digest(found[2]), hash)
    return name if is_its and revoked_at is None else None


def _every() -> Any:
    found = select(KEYS.c.id, KEYS.c.name, KEYS.c.created_at, KEYS.c.revoked_at)
    return found.order_by(KEYS.c.created_at, KEYS.c.id)


def _key() -> Any:
    return select(KEYS.c.name, KEYS.c.hash, KEYS.c.revoked_at).where(KEYS.c.id == bindparam("id"))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
