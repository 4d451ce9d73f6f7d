"""Authorisation: who may write, told by the bearer token of a key before a byte of the body is read."""

import re
from collections.abc import Mapping

from app.errors import Unauthorised
from app.store.finding import Finder
from app.store.keys import holder

CHALLENGE = 'Bearer realm="summit"'
BEARER = re.compile(r"bearer +(\S+)", re.ASCII | re.IGNORECASE)


def authorise(finder: Finder, headers: Mapping[str, str]) -> str:
    """Takes a request's headers; returns the name of the key whose token they carry (RFC 6750, section 2.1).

    Unauthorised, with the challenge of section 3, where there is none, or none that is valid.
    """
    given = headers.get("authorization", "")
    if not given[:7].lower().startswith("bearer"):
        told = "another scheme than Bearer was used" if given else "no token was sent"
        raise Unauthorised(told, {"www-authenticate": CHALLENGE})
    found = BEARER.fullmatch(given)
    name = holder(finder, found[1]) if found else None
    if name is None:
        challenge = f'{CHALLENGE}, error="invalid_token"'
        raise Unauthorised("the token is of no key, or of one that was revoked", {"www-authenticate": challenge})
    return name
