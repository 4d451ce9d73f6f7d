"""Conditions: the tags that a request names, weighed against the tag of what is current (RFC 9110, section 13)."""

from collections.abc import Mapping

from app.errors import PreconditionFailed, PreconditionRequired


def lists(header: str, tag: str) -> bool:
    """Whether If-None-Match lists the tag, compared weakly (section 13.1.2)."""
    return any(one.strip().removeprefix("W/") == tag for one in header.split(","))


def holds(header: str, tag: str | None) -> bool:
    """Whether If-Match holds, compared strongly (section 13.1.1): never where nothing is current (None)."""
    return tag is not None and (header.strip() == "*" or any(one.strip() == tag for one in header.split(",")))


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
        if self.none_match is not None and (self.none_match.strip() == "*" or lists(self.none_match, tag)):
            raise PreconditionFailed("a bundle with this id is current, and If-None-Match asks for none")
        if self.needs_match and self.match is None:
            raise PreconditionRequired("a bundle with this id is current: replacing it needs If-Match with its ETag")
