"""Ranges: the part of an answer's bytes that a request asks for (RFC 9110, section 14)."""

import re

from app.errors import RangeNotSatisfiable

# One range: from a byte on, from one to another, or the last so many. Who asks for several is sent the whole.
ONE = re.compile(r"bytes[ \t]*=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*", re.ASCII | re.IGNORECASE)


def asked_for(header: str, if_range: str | None, tag: str, size: int) -> tuple[int, int] | None:
    """The first byte asked for and the one after the last; None where all of the `size` bytes are to be sent.

    That is so where the header is empty, of another unit or not valid, and where If-Range names another version than
    the strong `tag`. RangeNotSatisfiable where there is no byte in the range.
    """
    found = ONE.fullmatch(header)
    if found is None or (if_range is not None and if_range.strip() != tag):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise RangeNotSatisfiable(f"the file has {size:,} bytes", {"content-range": f"bytes */{size}"})
    return start, end
