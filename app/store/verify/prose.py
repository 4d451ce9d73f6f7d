"""Prose: words in quotation marks that no document prints as speech, found in its own words or in ours."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from app.store.text import digest
from app.store.verify.cues import content
from app.store.verify.looking import Body, Look, names
from app.store.verify.matching import Found
from app.store.verify.speakers import Attributed
from app.store.verify.telling import blank, fits, paste_indirect, reference, who
from app.store.verify.wording import Pattern, Token, find, tokens

OTHERS = 5
SHARE = 0.6  # of the words that carry content, which stand in a paraphrase
STEMS = 8  # of those words, how many are looked for
NAMED = ("events", "people", "organisations", "places")
WIDE = 60  # words and signs of a document, which a gap does not go beyond
Places = Sequence[tuple[str, int, int, str | None]]  # document, start, end, and the use of the marks around it


class Prose:
    """Looks for words that are no recorded speech."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._tokens: dict[str, list[Token]] = {}

    def places(self, pattern: Pattern, near: Sequence[Found]) -> Iterator[tuple[str, int, int, str | None]]:
        """Where the words stand in texts that are held or were sent: the document, the span, and what marks are for."""
        documents = [one["document"] for found in near for one in found.statement["citations"][:1]]
        for document in dict.fromkeys([*self.look.readable, *documents]):
            text, body = self.look.text(document), self.look.body("documents", document)
            if text is None or body is None:
                continue
            if document not in self._tokens:
                self._tokens[document] = tokens(text)
            listed = self._tokens[document]
            for match in find(pattern, listed):
                if any(high - low > WIDE for low, high in match.left_out[1:-1]):
                    continue
                start, end = listed[match.spans[0][0]].start, listed[match.spans[-1][1] - 1].end
                around = [one for one in body["quotation_marks"] if one["start"] < start and end < one["end"]]
                inner = min(around, key=lambda one: one["end"] - one["start"], default=None)
                yield document, start, end, inner["use"] if inner else None

    def not_speech(
        self, pattern: Pattern, words: str, places: Sequence[tuple[str, int, int, str | None]]
    ) -> Body | None:
        """Where the words stand in quotation marks that are for a name, a title, a term or a so-called word."""
        for document, start, end, use in places:
            if use not in (None, "speech"):
                return self._unspoken(use, self._citation(document, start, end), None)
        named = [body for kind, body in self.look.printed(words) if kind in NAMED and body.get("named", True)]
        for kind, body in self.look.printed(words):
            if not any(_is_whole(pattern, one) for one in (*names(body), *(text for text, _ in _printed(body)))):
                continue
            for home, mark in self.look.marked(kind, body["id"]):
                place = {name: mark[name] for name in ("sentence", "start", "end")}
                citation = self._span(home["id"], place, body)
                return self._unspoken(mark["use"], citation, body)
        for body in named:
            if any(_is_whole(pattern, one) for one in names(body)):
                item = blank("not_speech", f"A name and no speech: {body['name']}.", ["not_in_speech_marks"])
                return item | {"fact": reference(body), "citation": _first(body)}
        return None

    def _unspoken(self, use: str, citation: Body | None, body: Body | None) -> Body:
        use = "so-called word" if use == "so_called" else use
        told = f"Printed in quotation marks as a {use}, not as speech"
        item = blank("not_speech", f"{told}: {body['name']}." if body else f"{told}.", ["not_in_speech_marks"])
        return item | {"fact": reference(body), "citation": citation}

    def prose(self, pattern: Pattern, words: str, places: Places) -> Body | None:
        """Where the words are the document's own, known by its text, a sentence's digest, or what is printed of it."""
        told = "The document's own words, not printed as speech"
        for document, start, end, use in places:
            if use is None:
                return self._indirect(f"{told}.", self._citation(document, start, end))
        sentence = self.look.sentence(_digests(words))
        if sentence:
            document, found = sentence
            place = {"sentence": found.ref, "start": found.start, "end": found.end, "sha256": found.sha256}
            return self._indirect(f"{told}: a whole sentence of it.", self._span(document, place, None))
        for _, body in self.look.printed(words):
            for text, citation in _printed(body):
                if not self._is_speech(citation) and any(True for _ in find(pattern, tokens(text))):
                    item = self._indirect(f"{told}: printed of {body['name']}.", citation or _first(body))
                    return item | {"fact": reference(body)}
        return None

    def _is_speech(self, citation: Body | None) -> bool:
        """Whether a citation is of words that a document prints as speech."""
        document = self.look.body("documents", citation["document"]) if citation else None
        return citation is not None and any(
            mark["use"] == "speech" and mark["start"] <= citation["start"] and citation["end"] <= mark["end"]
            for mark in (document["quotation_marks"] if document else ())
        )

    def _indirect(self, message: str, citation: Body | None) -> Body:
        item = blank("paraphrase_only", message, ["not_in_speech_marks"])
        item["citation"] = citation
        statement = self.look.stating(citation) if citation else None
        return item | self._stated(statement) if statement else item

    def _stated(self, statement: Body) -> Body:
        """What is shown of the statement that words are of, or are like."""
        told = {name: statement[name] for name in ("speaker", "event", "date", "paraphrase")}
        sentence = paste_indirect(self.look, statement) if statement["paraphrase"] else None
        return {**told, "statement": reference(statement), "fact": reference(statement), "sentence": sentence}

    def shared(self, words: str) -> list[tuple[float, Body]]:
        """Statements whose paraphrases share words with a quotation, and what part of its words that is; most first."""
        stems = content(words)
        wanted = sorted(stems, key=lambda one: (-len(one), one))[:STEMS]
        if len(wanted) < 2:
            return []
        found = []
        for body in self.look.sharing("statements", wanted):
            shared = len(stems.keys() & content(body["paraphrase"] or "").keys())
            if shared > 1:
                found.append((shared / len(stems), body))
        return sorted(found, key=lambda one: (-one[0], one[1]["id"]))[:OTHERS]

    def paraphrased(self, words: str, shared: Sequence[tuple[float, Body]], given: Attributed) -> Body | None:
        """Where most of the words that carry content stand in a paraphrase of ours."""
        alike = [(fits(body, given) is False, -share, body) for share, body in shared if share >= SHARE]
        if not alike:
            return None
        is_other, _, body = min(alike, key=lambda one: (*one[:2], one[2]["id"]))
        told = f"Like our own wording of what {who(body)} said, which is nobody's speech"
        item = self._indirect(
            f"{told}; the draft gives it to “{given.words}”." if is_other else f"{told}.", _first(body)
        )
        item["because"] = ["paraphrase", *["other_speaker"] * is_other]
        return item | self._stated(body)

    def _citation(self, document: str, start: int, end: int) -> Body:
        """The citation of a span of a text that is held or was sent."""
        text = self.look.text(document) or ""
        return self._span(document, {"start": start, "end": end, "sha256": digest(text[start:end])}, None)

    def _span(self, document: str, place: Body, body: Body | None) -> Body:
        listed = self.look.finder.sentences(document, self.look.edition)
        around = next((one for one in listed if one.start <= place["start"] < one.end), listed[0])
        sentence = place.get("sentence", around.ref)
        inside = [one for one in (body or {}).get("citations", ()) if one["document"] == document]
        own = next((one for one in inside if place["start"] <= one["start"] and one["end"] <= place["end"]), None)
        if own is not None:
            return dict(own)
        sha256 = place.get("sha256", around.sha256)
        start, end = (place["start"], place["end"]) if "sha256" in place else (around.start, around.end)
        return {"document": document, "sentence": sentence, "start": start, "end": end, "sha256": sha256,
                "supports": [], "exact": None, "path": f"/documents/{document}/sentences/{sentence}"}  # fmt: skip


def _is_whole(pattern: Pattern, text: str) -> bool:
    """Whether the words are all of a text."""
    listed = tokens(text)
    return any(match.cut(listed) == 0 for match in find(pattern, listed))


def _printed(value: Any) -> Iterator[tuple[str, Body | None]]:
    """The words of a document that a body repeats and that are no speech, each with its citation where it has one."""
    stack: list[Any] = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += reversed(one)
        elif isinstance(one, dict) and "sha256" in one and "sentence" in one:
            if one.get("exact") and "quotations" not in one["supports"]:
                yield one["exact"], one
        elif isinstance(one, dict):
            if isinstance(one.get("as_printed"), str):
                yield one["as_printed"], None
            yield from ((other["name"], other["citation"]) for other in one.get("other_names", ()))
            stack += [inner for name, inner in one.items() if name not in ("quotations", "caveats", "other_names")]


def _first(body: Body) -> Body | None:
    return body["citations"][0] if body["citations"] else None


def _digests(words: str) -> list[str]:
    """The digests of what may be a whole sentence: with the first letter and the marks of either sort, and a point."""
    plain = " ".join(words.split()).rstrip(".,")
    made: dict[str, None] = {}
    for closing, first, apostrophe, marks in product((".", "", ","), (0, 1), "’'", ("“”", '""')):
        text = (plain[:1].upper() if first else plain[:1]) + plain[1:] + closing
        text = text.replace("’", apostrophe).replace("'", apostrophe)
        if any(char in text for char in '“”"'):
            parts = text.replace("“", '"').replace("”", '"').split('"')
            text = "".join(part + marks[at % 2] * (at < len(parts) - 1) for at, part in enumerate(parts))
        made[digest(text)] = None
    return [*made, digest(words), digest(words.strip())]
