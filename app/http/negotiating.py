"""Negotiating: which of several media types an Accept header asks for (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from functools import lru_cache

LONG = 200  # characters; what longer headers ask for is not remembered
QUALITY = re.compile(r";\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*$", re.ASCII | re.IGNORECASE)


def negotiate(accept: str, offers: tuple[str, ...]) -> str | None:
    """The offer that is asked for most; the first of those asked for alike. None where none of them is acceptable.

    Parameters of a range other than its weight, and ranges that are none, count for nothing.
    """
    return _remembered(accept, offers) if len(accept) <= LONG else _negotiated(accept, offers)


def _negotiated(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [_range(one) for one in accept.split(",")] if accept.strip() else [("*/*", 1.0)]
    weights = [_weight(offer, ranges) for offer in offers]
    best = max(weights)
    return offers[weights.index(best)] if best > 0 else None


_remembered = lru_cache(256)(_negotiated)


def _range(text: str) -> tuple[str, float]:
    quality = QUALITY.search(text)
    return text.partition(";")[0].strip().lower(), float(quality[1]) if quality else 1.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific range that the offer is in."""
    for one in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        found = [quality for wanted, quality in ranges if wanted == one]
        if found:
            return max(found)
    return 0.0
