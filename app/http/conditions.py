"""Conditions: the tags that a request names, weighed against the tag of what is current (RFC 9110, section 13)."""

from collections.abc import Mapping

from app.errors import PreconditionFailed, PreconditionRequired
from app.http.coding import ENDINGS, PLAIN, tag_in, vary


def listed(header: str, tag: str) -> str | None:
    """What that tag ends in which If-None-Match lists of an answer, in any coding; compared weakly (section 13.1.2).

    `tag` is the one without an ending. None where the header lists none of them.
    """
    return _ending(header, tag, "W/")


def unchanged(header: str, headers: dict[str, str], coding: str) -> dict[str, str] | None:
    """The headers of 304 where If-None-Match lists a tag of the answer with these headers, else None.

    They are those of the answer itself (section 15.4.5): in the coding asked for, where it is ever in one.
    """
    ending = listed(header, headers["etag"])
    if ending is None:
        return None
    told = {**headers, "etag": tag_in(headers["etag"], PLAIN if ending == PLAIN else coding)}
    if ending != PLAIN:
        vary(told)
    return told


def holds(header: str, tag: str | None) -> bool:
    """Whether If-Match holds, compared strongly (section 13.1.1): never where nothing is current (None).

    What is current has a strong tag in each coding, and any of them will do.
    """
    return tag is not None and (header.strip() == "*" or _ending(header, tag) is not None)


def _ending(header: str, tag: str, weak: str = "") -> str | None:
    bare = tag[:-1]
    for one in header.split(","):
        given = one.strip().removeprefix(weak)
        if given.startswith(bare) and given[len(bare) :] in ENDINGS:
            return ENDINGS[given[len(bare) :]]
    return None


def tag_of(sha256: str) -> str:
    """The strong tag of a bundle: the digest of its content, quoted."""
    return f'"{sha256}"'


class Conditions:
    """The preconditions of a write, weighed inside its transaction; `current` is then the bundle that stood, or None.

    `sha256` is of the content that comes, None where the bundle is withdrawn.
    """

    def __init__(self, headers: Mapping[str, str], sha256: str | None = None, needs_match: bool = False) -> None:
        self.match, self.none_match = headers.get("if-match"), headers.get("if-none-match")
        self.sha256 = sha256
        self.needs_match = needs_match
        self.current: str | None = None

    def weigh(self, current: str | None) -> None:
        """Takes the digest of the current content, None where there is none; PreconditionFailed, PreconditionRequired.

        The same content again changes nothing, so that a request whose answer was lost can be sent again as it was.
        """
        self.current = current
        tag = None if current is None else tag_of(current)
        if self.match is not None and not holds(self.match, tag):
            raise PreconditionFailed("the bundle is not, or no longer, the one that If-Match names")
        if tag is None or current == self.sha256:
            return
        if self.none_match is not None and (self.none_match.strip() == "*" or listed(self.none_match, tag) is not None):
            raise PreconditionFailed("a bundle with this id is current, and If-None-Match asks for none")
        if self.needs_match and self.match is None:
            raise PreconditionRequired("a bundle with this id is current: replacing it needs If-Match with its ETag")
