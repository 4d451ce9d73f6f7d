"""A bundle's bytes are strict JSON, and each value of it has a line (faults.md F-A2, F-A3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.faults import BundleError, Fault
from app.store.reading import DEPTH_MAX, read


def refused(content: bytes, **options: int) -> Fault:
    with pytest.raises(BundleError) as caught:
        read(content, "lantern.json", **options)
    (fault,) = caught.value.faults
    assert fault.file == "lantern.json"
    return fault


@pytest.mark.parametrize(
    ("content", "line", "pointer", "says"),
    [
        (b"", 1, "", "is not JSON: Expecting value"),
        (b"null", 1, "", "one JSON object"),
        (b"[]", 1, "", "one JSON object"),
        (b'"quill"', 1, "", "one JSON object"),
        (b"\xef\xbb\xbf{}", 1, "", "byte order mark"),
        ("{}".encode("utf-16"), 1, "", "byte order mark"),
        ("{}".encode("utf-16-le"), 1, "", "NUL byte"),
        (b'{\n"id": "\xff"}', 2, "", "not UTF-8 at byte 9"),
        (b'{"id": "\xed\xa0\x80"}', 1, "", "not UTF-8"),
        (b'{"people":\n[{"id": 1,\n"id": 2}]}', 3, "/people/0/id", "is there twice"),
        (b'{"a": {"b/c": 1, "b\\u002fc": 2}, ]', 1, "/a/b~1c", "is there twice"),
        (b'{"a":\nNaN}', 2, "/a", "no whole number: NaN"),
        (b'{"a": [0, -Infinity]}', 1, "/a/1", "no whole number: -Infinity"),
        (b'{"a": 1e999}', 1, "/a", "no whole number: 1e999"),
        (b'{"a": 3.0}', 1, "/a", "no whole number: 3.0"),
        (b'{"a": ' + b"9" * 5000 + b"}", 1, "/a", "9999999999…, 5000 characters"),
        (b'{"a": 07}', 1, "", "is not JSON"),
        (b'{"a": "\n"}', 1, "", "is not JSON"),
        (b'{"a": 1,}', 1, "", "is not JSON"),
        (b'{"a":\n"Ada\\ud83d"}', 2, "/a", "half of a surrogate pair"),
        (b'{"a": ["\\u0000"]}', 1, "/a/0", "a NUL character"),
        (b'{"a": {"\\udc00": 1}}', 1, "/a", "half of a surrogate pair"),
        (b"[" * 100_000, None, "", "deeper than 32"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, None, "", "deeper than 32"),
        (b'{"a": ' * 33 + b"1" + b"}" * 33, None, "", "deeper than 32"),
    ],
)
def test_refused(content: bytes, line: int | None, pointer: str, says: str) -> None:
    fault = refused(content)
    assert (fault.line, fault.pointer) == (line, pointer)
    assert says in fault.message


def test_too_large() -> None:
    assert "has 1,002 bytes; at most 1,001" in refused(b" " * 1000 + b"{}", bytes_max=1001).message
    assert read(b" " * 999 + b"{}", "lantern.json", bytes_max=1001).raw == {}


def test_brackets_and_marks_in_strings_are_no_nesting() -> None:
    content = '{"a": "\\"' + "[{" * 100 + '", "b": "\\ud83d\\ude00 \u200f e\u0301"}'
    assert read(content.encode(), "lantern.json").raw == {"a": '"' + "[{" * 100, "b": "😀 \u200f e\u0301"}


def test_unfinished_strings_take_no_longer_than_others() -> None:
    assert "Unterminated string" in refused(b'{"' + b'\\"' * 4_000_000).message


def test_lines() -> None:
    draft = read(b'{\n "people": [\n  {"id": "a",\n   "x/y~z": [1,\n    2]}, {}\n ]\n}\n', "lantern.json")
    assert {pointer: draft.line(pointer) for pointer in ("", "/people", "/people/0/id", "/people/1")} == {
        "": 1,
        "/people": 2,
        "/people/0/id": 3,
        "/people/1": 5,
    }
    assert draft.line("/people/0/x~1y~0z/1") == 5
    assert draft.line("/people/0/name/0") == draft.line("/people/0") == 3
    assert (
        str(draft.fault("/people/0/name", "is missing", "add it"))
        == "lantern.json:3: /people/0/name: is missing (add it)"
    )


VALUES = st.recursive(
    st.text(st.sampled_from('[]{}"\\é\n a'), max_size=8) | st.integers(0, 99) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\}]x', max_size=4), inner, max_size=3),
    max_leaves=20,
)


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(value=VALUES, wrapped=st.integers(0, 2 * DEPTH_MAX), spaced=st.booleans(), escaped=st.booleans())
def test_depth_is_counted_outside_of_strings(value: object, wrapped: int, spaced: bool, escaped: bool) -> None:
    for number in range(wrapped):
        value = [value, '"]'] if number % 2 else {'[{\\"': value}
    whole = {"it": value, "pad": " " * 500 * spaced}
    content = json.dumps(whole, ensure_ascii=escaped).encode()
    if depth_of(whole) > DEPTH_MAX:
        assert "nested deeper" in refused(content).message
    else:
        assert read(content, "lantern.json").raw == whole
