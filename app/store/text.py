"""A document's text: read from its bytes, cut into paragraphs, with a digest for any span."""

import hashlib
import re
from collections.abc import Iterator

LINE = re.compile(r"[^\n]+")


class TextError(ValueError):
    """Bytes that are no document: `offset` is the byte where that shows, `what` says what stands there."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(f"byte {offset}: {what}")
        self.offset = offset
        self.what = what


def read_text(data: bytes) -> str:
    """Takes a file's bytes, returns them as strict UTF-8, nothing normalised; raises TextError at the first fault."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise TextError(0, "a byte order mark (EF BB BF); save the file without one")
    nul = data.find(0)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if not 0 <= nul < error.start:
            raise TextError(error.start, f"not UTF-8: {error.reason} ({data[error.start]:02X})") from None
    if nul >= 0:
        raise TextError(nul, "a NUL character")
    return text


def digest(text: str) -> str:
    """Takes a span's words, returns the SHA-256 of their UTF-8 in lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yields (start, end) in code points of each line that holds more than white space, white space around it left out.

    Lines end at U+000A only: other separators (CR, U+0085, U+2028) are white space inside a paragraph.
    """
    for line in LINE.finditer(text):
        body = line[0].strip()
        if body:
            start = line.start() + len(line[0]) - len(line[0].lstrip())
            yield start, start + len(body)


def places(text: str, wanted: str) -> Iterator[int]:
    """Yields the offset of each place, overlapping ones included, where a string stands in a text; none for ""."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
