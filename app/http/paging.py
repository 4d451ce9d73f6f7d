"""Paging: lists that are numbered, a page at a time, under cursors that go on in their edition."""

from typing import Any

from app.errors import BadCursor
from app.http import cursors
from app.http.plans import Room, next_link, target
from app.store.current import Now


def place_of(room: Room, cursor: str, bound: str) -> tuple[Now, int]:
    """The edition in which a cursor goes on, and the number after which; BadCursor where it is of another request."""
    sealed = cursors.sealed(cursor)
    now = room.finder.edition(sealed.edition)
    if now is None:
        raise BadCursor(cursors.WRONG)
    sealed.prove(now.digest, bound)
    (after,) = sealed.keys
    return now, after


def page_frame(
    path: str, given: list[tuple[str, str]], now: Now, bound: str, numbers: list[int], limit: int
) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands beside the items of a page, and its `Link`."""
    onward = None
    if len(numbers) > limit:
        cursor = cursors.seal(now.edition, now.digest, bound, [numbers[limit - 1]])
        onward = target(path, [*(pair for pair in given if pair[0] != "cursor"), ("cursor", cursor)])
    headers = {"link": next_link(onward)} if onward else {}
    return {"next": onward, "self": target(path, given), "edition": now.edition}, headers
