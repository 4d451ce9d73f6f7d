"""Coding: the content coding that a client takes (RFC 9110, section 12.5.3), and bodies in it, whole or in parts."""

import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from app.http.negotiating import LONG

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

CODINGS = ("zstd", "gzip")  # the one that is preferred where a client takes both alike
# Of a list of 111 kB zstd makes 18 kB in 0.15 ms and gzip 19 kB in 0.9 ms; a level more costs more than it saves.
ZSTD_LEVEL, GZIP_LEVEL = 3, 5
GZIP = 31  # has zlib write gzip's frame, whose time it leaves 0: the same bytes give the same bytes
SMALL = 1_000  # bytes; what is smaller is sent as it is
LARGE = {"zstd": 256_000, "gzip": 64_000}  # bytes; what is larger takes over half a millisecond, so a thread
PLAIN = "plain"  # what a tag ends in whose answer is in no coding, whoever asks
ACCEPT_ENCODING = "Accept-Encoding"
ENDINGS = {'"': "", **{f'-{ending}"': ending for ending in (PLAIN, *CODINGS)}}
TEXT = re.compile(r"(?:text/|image/svg\+xml|application/(?:[\w.-]+\+)?(?:json|xml|x-ndjson|javascript)(?:;|$))")
MEMBER = re.compile(
    r"[ \t]*([\w!#$%&'*+.^`|~-]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?",
    re.ASCII | re.IGNORECASE,
)
ALIASES = {"x-gzip": "gzip"}  # section 8.4.1.3
_SHARED = zstd.ZstdCompressor(ZSTD_LEVEL)  # to make one takes longer than to code a fact; threads take turns with it


def coding_of(headers: Mapping[str, str]) -> str:
    """The coding that a request asks for, empty for none: ranges (`Range`) are of what is not coded."""
    return "" if "range" in headers else negotiate(headers.get("accept-encoding", ""))


def negotiate(accept_encoding: str) -> str:
    """The coding, of those that are made here, that the header asks for most; empty for none.

    Without the header anything would do, and what is not coded is what anyone can read. What is no coding of ours, or
    no member of such a list, counts for nothing. A client that refuses what is not coded and takes nothing else gets it
    so all the same: 406 would tell it less, and must itself be sent uncoded.
    """
    return _remembered(accept_encoding) if len(accept_encoding) <= LONG else _negotiated(accept_encoding)


def _negotiated(header: str) -> str:
    weights: dict[str, float] = {}
    for found in filter(None, map(MEMBER.fullmatch, header.split(","))):
        name = ALIASES.get(found[1].lower(), found[1].lower())
        weights[name] = max(weights.get(name, 0.0), float(found[2] or 1))
    rest = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", rest) else ""


_remembered = lru_cache(256)(_negotiated)


def is_worth(headers: Mapping[str, str], size: int | None) -> bool:
    """Whether an answer is sent in the coding that is asked for; a size that is not known yet (None) is large."""
    return (
        (size is None or size >= SMALL)
        and _is_text(headers.get("content-type", ""))
        and "content-encoding" not in headers
        and "content-range" not in headers
    )


@lru_cache(256)
def _is_text(media: str) -> bool:
    return TEXT.match(media) is not None


def say(headers: dict[str, str], size: int | None) -> None:
    """Puts into the headers of an answer whether it depends on Accept-Encoding; its tag tells where it never does.

    So a tag that comes back is enough to know what 304 has to say, before anything is looked up.
    """
    if is_worth(headers, size):
        vary(headers)
    elif "etag" in headers:
        headers["etag"] = tag_in(headers["etag"], PLAIN)


def vary(headers: dict[str, str]) -> None:
    """Puts into the headers of an answer that it depends on Accept-Encoding."""
    others = headers.get("vary", ACCEPT_ENCODING)
    if not others.endswith(ACCEPT_ENCODING):
        others = f"{others}, {ACCEPT_ENCODING}"
    headers["vary"] = others


def tag_in(tag: str, ending: str) -> str:
    """The tag of an answer in a coding, in none (empty), or of one that never is in any (`PLAIN`)."""
    return f'{tag[:-1]}-{ending}"' if ending else tag


def encode(coding: str, body: bytes) -> bytes:
    """A body in a coding, the same each time."""
    if coding == "gzip":
        return zlib.compress(body, GZIP_LEVEL, GZIP)
    if len(body) > LARGE[coding]:
        return zstd.compress(body, ZSTD_LEVEL)
    return _SHARED.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)


def encode_parts(coding: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Parts in a coding, as one body; what is there of it can be decoded at once."""
    if coding == "gzip":
        gzip = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP)
        for part in parts:
            yield gzip.compress(part) + gzip.flush(zlib.Z_SYNC_FLUSH)
        yield gzip.flush()
    else:
        frame = zstd.ZstdCompressor(ZSTD_LEVEL)
        for part in parts:
            yield frame.compress(part, zstd.ZstdCompressor.FLUSH_BLOCK)
        yield frame.flush()
