"""A document's bytes are read strictly, its block is proposed, and words are cited where they stand."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.store.citing import cite, fingerprint, quotation_marks, unpaired_marks
from app.store.sentences import Sentence, sentences
from app.store.text import TextError, digest, read_text

TEXT = (
    "Lantern Pact meets\r\n"
    "Ada Quill called Marrow’s aid “over\u00a0due — … and small.” It said 1,485 lamps of 485 failed 🕊.\r\n"
    "“Aid is a pledge,” said Bram Oster of Port Calder. Cafe\u0301 owners laid “Aid ‘plans’ aside.”"
)
LISTED = sentences(TEXT)
REPORT = Path(__file__).parents[2] / "shared/documents/000_01f3d12f741bbacd.txt"


@pytest.mark.parametrize("text", ["", "Quill\r\nOster\r", "e\u0301 \u00e9 🕊 \u2028 \ufeff"])
def test_bytes_are_read_as_they_are(text: str) -> None:
    assert read_text(text.encode()) == text


@pytest.mark.parametrize(
    ("data", "offset", "says"),
    [
        (b"\xef\xbb\xbfQuill", 0, "byte order mark"),
        (b"\xff\xfeQ\x00", 0, "FF"),
        ("é".encode() + b"\x00Q\xff", 2, "NUL"),
        (b"ab\xffc\x00", 2, "invalid start byte (FF)"),
        (b"ab\xc3", 2, "unexpected end of data"),
        (b"a\xed\xa0\x80", 1, "not UTF-8"),
    ],
)
def test_bytes_that_are_no_document(data: bytes, offset: int, says: str) -> None:
    with pytest.raises(TextError, match=f"^byte {offset}: ") as caught:
        read_text(data)
    assert caught.value.offset == offset and says in caught.value.what


def test_a_digest_is_of_utf_8() -> None:
    assert digest("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_pairs_know_their_sentence() -> None:
    assert [pair.sentence for pair in quotation_marks(TEXT)] == ["2.1", "3.1", "3.2", "3.2"]
    assert [pair.sentence for pair in quotation_marks(TEXT, LISTED[:2])] == ["2.1", None, None, None]
    assert unpaired_marks(TEXT + " “") == [len(TEXT) + 1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("aid", [("2.1", "aid")]),
        ("Aid", [("3.1", "Aid"), ("3.2", "Aid")]),
        ("485", [("2.2", "485")]),
        ("1,48", [("2.2", "1,48")]),
        ("Cafe", [("3.2", "Cafe")]),
        (" Marrow’s aid\n", [("2.1", "Marrow’s aid")]),
        ("Marrow's aid", [("2.1", "Marrow’s aid")]),
        ('"over due - ... and', [("2.1", "“over\u00a0due — … and")]),
        ("over due -- . . . and", [("2.1", "over\u00a0due — … and")]),
        ('\'Aid "plans" aside', [("3.2", "“Aid ‘plans’ aside")]),
        ("small.” It", []),
        ("meets Ada", []),
        ("Tissand", []),
        (" ", []),
    ],
)
def test_places_of_words(wanted: str, expected: list[tuple[str, str]]) -> None:
    found = cite(TEXT, wanted, LISTED)
    assert [(one["sentence"], one["exact"]) for one in found] == expected
    for one in found:
        assert TEXT[one["start"] : one["end"]] == one["exact"] and digest(one["exact"]) == one["sha256"]


@given(st.text(alphabet=st.sampled_from("aB é\u0301🕊1.!…-—’“” \r\n")) | st.text(), st.data())
def test_what_was_cut_out_of_a_sentence_is_found(text: str, data: st.DataObject) -> None:
    listed = sentences(text)
    assume(listed)
    one = data.draw(st.sampled_from(listed))
    start = data.draw(st.integers(one.start, one.end - 1))
    wanted = text[start : data.draw(st.integers(start + 1, one.end))].strip()
    assume(wanted)
    found = cite(text, wanted, listed[::-1])
    assert found and {place["exact"] for place in found} == {wanted}
    assert all(text[place["start"] : place["end"]] == wanted for place in found)


@given(st.sampled_from(LISTED), st.data())
def test_whole_words_are_found_where_they_were_cut_out(one: Sentence, data: st.DataObject) -> None:
    pieces = TEXT[one.start : one.end].split(" ")
    first = data.draw(st.integers(0, len(pieces) - 1))
    wanted = " ".join(pieces[first : data.draw(st.integers(first + 1, len(pieces)))])
    start = one.start + sum(len(piece) + 1 for piece in pieces[:first])
    assert (one.ref, start) in {(place["sentence"], place["start"]) for place in cite(TEXT, wanted, LISTED)}


@given(st.text())
def test_a_fingerprint_slices_back(text: str) -> None:
    block = fingerprint(text)
    assert (block["sha256"], block["length"]) == (digest(text), len(text))
    assert all(digest(text[one["start"] : one["end"]]) == one["sha256"] for one in block["sentences"])
    refs = {one["ref"] for one in block["sentences"]}
    assert all(mark["sentence"] in refs for mark in block["quotation_marks"])


def test_a_fingerprint_is_a_bundles_document_block() -> None:
    block = fingerprint("“Aid.”")
    span = {"start": 0, "end": 6}
    assert block == {
        "sha256": digest("“Aid.”"),
        "length": 6,
        "sentences": [{"ref": "1.1", **span, "sha256": digest("“Aid.”")}],
        "quotation_marks": [{"sentence": "1.1", **span, "use": "speech", "fact": None}],
    }


@pytest.mark.skipif(not REPORT.is_file(), reason="the report's text is not part of the project")
def test_the_report_is_cut_as_a_reader_would() -> None:
    text = read_text(REPORT.read_bytes())
    block = fingerprint(text)
    assert list(Counter(one["ref"].split(".")[0] for one in block["sentences"]).values()) == [
        1,
        2,
        1,
        3,
        2,
        1,
        3,
        3,
        2,
        2,
        2,
        1,
    ]
    assert [mark["sentence"] for mark in block["quotation_marks"]] == ["6.1", "7.1", "9.2", "10.2"]
    assert unpaired_marks(text) == []
    title, credit = block["sentences"][0], block["sentences"][-1]
    assert (title["ref"], text[title["start"] : title["end"]]) == ("1.1", text.split("\n")[0])
    assert (credit["ref"], text[credit["start"] : credit["end"]]) == ("12.1", text.split("\n")[-2])
