"""Reading a bundle's bytes as strict JSON: what two readers could take for different things is refused."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, NoReturn

from app.faults import BundleError, Fault, NotJson

DEPTH_MAX = 32
DIGITS_MAX = 20

STRING = rb'"(?:[^"\\]++|\\.)*+"?'
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
STRINGS = re.compile(STRING, re.DOTALL)
WHOLE = re.compile(rf"-?[0-9]{{1,{DIGITS_MAX}}}")
NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
QUOTES = 4  # bytes for each quotation mark, where there are at least so many
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
ABOUT_ITSELF = ("$schema", "note", "by", "reasons", "retract", "merge", "split")
UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True)
class Draft:
    """A bundle's file as it was read: its name, its bytes and what they say."""

    file: str
    content: bytes
    raw: dict[str, Any]

    def line(self, pointer: str) -> int | None:
        """The line, from 1, of the value at a JSON pointer (RFC 6901); of what would hold it where there is none."""
        while pointer not in self._lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer)

    def fault(self, pointer: str, message: str, mend: str = "") -> Fault:
        """The fault of the value at a pointer, with its file and line."""
        return Fault(pointer, message, mend, self.file, self.line(pointer))

    @cached_property
    def _lines(self) -> dict[str, int]:
        text = self.content.decode()
        lines: dict[str, int] = {}
        line, last = 1, 0
        for pointer, offset, _ in _values(text):
            line, last = line + text.count("\n", last, offset), offset
            lines.setdefault(pointer, line)
        return lines


class _Refused(ValueError):
    pass


def read(content: bytes, file: str, bytes_max: int | None = None) -> Draft:
    """Takes a bundle's bytes and the name of its file; returns what they say, or raises BundleError (NotJson is one).

    Strict JSON (RFC 8259, I-JSON): UTF-8 without a byte order mark, no name twice in an object, no NaN or infinity, no
    half of a surrogate pair and no NUL in a string, at most 32 levels and `bytes_max` bytes, an object on top. Numbers
    are whole and of at most 20 digits: a bundle writes decimals as strings.
    """
    text = _text(content, file, bytes_max)
    _refuse_depth(content, file)
    try:
        raw = json.loads(text, object_pairs_hook=_object, parse_int=_int, parse_float=_refuse, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise _no_json(file, f"is not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except _Refused:
        raise BundleError([next(_strange(text, file))]) from None
    if not isinstance(raw, dict):
        raise _error(file, "is not one JSON object", 1)
    draft = Draft(file, content, raw)
    if UNSTORABLE.search(content):
        faults = [draft.fault(pointer, f"holds {what}, which is no text") for pointer, what in _unstorable(raw, "")]
        if faults:
            raise BundleError(faults)
    return draft


def _error(file: str, message: str, line: int | None = None) -> BundleError:
    return BundleError([Fault("", message, "", file, line)])


def _no_json(file: str, message: str, line: int) -> NotJson:
    return NotJson([Fault("", message, "", file, line)])


def _text(content: bytes, file: str, bytes_max: int | None) -> str:
    if bytes_max is not None and len(content) > bytes_max:
        raise _error(file, f"has {len(content):,} bytes; at most {bytes_max:,} are read")
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _no_json(file, "begins with a byte order mark; save it as UTF-8 without one", 1)
    if b"\0" in content:
        raise _no_json(file, "holds a NUL byte: it is UTF-16 or no text; save it as UTF-8", 1)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _no_json(file, f"is not UTF-8 at byte {error.start}", line) from None


def _refuse_depth(content: bytes, file: str) -> None:
    """Counted before parsing, since the parser recurses."""
    brackets = _outside(content).translate(None, NOT_BRACKETS)
    if max(accumulate(map(STEPS.__getitem__, brackets)), default=0) > DEPTH_MAX:
        raise _error(file, f"is nested deeper than {DEPTH_MAX} levels")


def _outside(content: bytes) -> bytes:
    """What stands outside of strings."""
    if QUOTES * content.count(b'"') > len(content):  # whose parts would take many times its memory
        return STRINGS.sub(b"", content)
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in content else content
    return b"".join(plain.split(b'"')[::2])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused
    return found


def _int(digits: str) -> int:
    if not WHOLE.fullmatch(digits):
        raise _Refused
    return int(digits)


def _refuse(number: str) -> NoReturn:
    raise _Refused


def _strange(text: str, file: str) -> Iterator[Fault]:
    """What the parser's hooks refuse: names given twice, bad numbers; after the first, it may be no JSON."""
    seen: set[str] = set()
    for pointer, offset, token in _values(text):
        if pointer in seen:
            yield Fault(pointer, "is there twice", "keep one", file, text.count("\n", 0, offset) + 1)
        seen.add(pointer)
        if token[0] in "-0123456789NI" and not WHOLE.fullmatch(token):
            shown = token if len(token) <= DIGITS_MAX else f"{token[:10]}…, {len(token)} characters"
            yield Fault(
                pointer,
                f"is no whole number: {shown}",
                "write decimals as strings",
                file,
                text.count("\n", 0, offset) + 1,
            )


def _unstorable(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "\0" in value:
            yield pointer, "a NUL character"
        if any("\ud800" <= char <= "\udfff" for char in value):
            yield pointer, "half of a surrogate pair"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unstorable(name, pointer)
            yield from _unstorable(inner, f"{pointer}/{escape(name)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, f"{pointer}/{index}")


def escape(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(slots=True)
class _Open:
    pointer: str
    names: bool
    step: str | None
    count: int = 0


def _values(text: str) -> Iterator[tuple[str, int, str]]:
    """Every value of a valid JSON text as (pointer, offset, first token), in the order of the text."""
    opened: list[_Open] = []
    for match in TOKEN.finditer(text):
        token, within = match[0], opened[-1] if opened else None
        if token in "}]":
            opened.pop()
        elif token == "," and within:
            within.count += 1
            within.step = None if within.names else str(within.count)
        elif within and within.step is None:
            within.step = escape(json.loads(token))
        elif token != ":":
            pointer = f"{within.pointer}/{within.step}" if within else ""
            yield pointer, match.start(), token
            if token in "{[":
                opened.append(_Open(pointer, token == "{", None if token == "{" else "0"))


def substance(content: bytes) -> str:
    """A digest of what a bundle says of its document, however it is written down and whatever it says of itself."""
    raw = json.loads(content)
    told = {name: value for name, value in raw.items() if name not in ABOUT_ITSELF}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
