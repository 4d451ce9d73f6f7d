"""Judging quotations: whether words in quotation marks were printed as speech, whose they are, and in which words."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from app.store.text import digest
from app.store.tokens import cut
from app.store.verify.cues import content, keeps, negations
from app.store.verify.looking import Body, Look, names
from app.store.verify.matching import Found, aligned, cuts, differing, replaced, reversals, taken, verbatim
from app.store.verify.speakers import Attributed, role_words
from app.store.verify.telling import paste, paste_indirect, reference, who
from app.store.verify.wording import ENDS, Pattern, Token, find, read_pattern, tokens

OTHERS = 5
SHARE = 0.6  # of the words that carry content, which stand in a paraphrase
STEMS = 8  # of those words, how many are looked for
PHRASE = 40  # words of a run that are looked for
WIDE = 60  # words and signs of a document, which a gap does not go beyond
NOT_FOUND = "Not recorded as speech here; that is no word on whether it was said."
Places = Sequence[tuple[str, int, int, str | None]]  # document, start, end, and the use of the marks around it
RUNS = 4  # runs of a quotation that are looked for


class Judge:
    """Judges the quotations of a draft, one after the other."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._tokens: dict[str, list[Token]] = {}

    def judge(self, words: str, given: Attributed, around: str = "") -> Body:
        """The verdict on words in quotation marks that a draft gives to somebody, or to nobody, in a sentence."""
        pattern = read_pattern(words)
        if not pattern.words:
            return _item("not_found", "It holds no words to look for.", ["not_recorded"])
        found = self._verbatim(pattern, self.look.quoted(_phrases(pattern)), given, around)
        if found:
            return found
        altered, near, printed = self._similar(pattern, given)
        found = self._verbatim(pattern, printed, given, around)
        if found:
            return found
        if altered:
            return self._altered(pattern, altered, near, given)
        others = [_other(one) for one in sorted(near, key=lambda one: one.order)[:OTHERS]]
        places = list(self._places(pattern, near))
        shared = self._shared(words)
        item = (
            self._not_speech(pattern, words, places)
            or self._prose(pattern, words, places)
            or self._paraphrased(words, shared, given)
            or _item(
                "not_found", "Not recorded as speech here; that is no word on whether it was said.", ["not_recorded"]
            )
        )
        item["others"] = others
        item["closest"] = [reference(one.statement) for one in near] + [reference(one) for _, one in shared]
        return item

    def _verbatim(self, pattern: Pattern, statements: Iterable[Body], given: Attributed, around: str) -> Body | None:
        """The verdict where the words stand as they are quoted in a statement; None where they do in none."""
        found = [one for statement in statements if (one := verbatim(pattern, statement))]
        if not found:
            return None
        found.sort(key=lambda one: (one.cut > 0, fits(one.statement, given) is not True, *one.order))
        mine = [one for one in found if fits(one.statement, given) is not False]
        best = (mine or found)[0]
        codes = _standing(best)
        turned = reversals(best)
        verdict = "other_speaker" if not mine else "fragment" if best.cut else "exact"
        item = self._item(verdict, _said(verdict, best, given, turned), best)
        item["may_quote"] = bool(mine) and not turned
        item["because"] = [*codes, *turned] if mine else [*codes, "other_speaker", *turned]
        item["cut"], item["replaced"] = cuts(best) if best.cut else [], replaced(best)
        item["hedges_dropped"] = _dropped(best.statement, around)
        item["others"] = [_other(one) for one in found if one is not best][:OTHERS]
        words = taken(best) if mine else best.target.text.rstrip(".,")
        if item["may_quote"] or not mine:
            item["sentence"] = paste(self.look, best.statement, words, item["citation"])
        return item

    def _similar(self, pattern: Pattern, given: Attributed) -> tuple[Found | None, list[Found], list[Body]]:
        """The statement whose words are most like those quoted, the near misses, and all that was looked through."""
        words = " ".join(token.text for token in pattern.words)
        seen: dict[str, Body] = {}
        best: Found | None = None
        near: dict[str, Found] = {}
        for size in (5, 3, 2, 0):
            for statement in self.look.similar(words, size):
                if statement["id"] in seen:
                    continue
                seen[statement["id"]] = statement
                is_speaker = fits(statement, given) is True
                found, missed = aligned(pattern, statement, is_speaker)
                for one in (found, missed):
                    if one:
                        near[statement["id"]] = one
                if found and (best is None or _altered_order(found, given) < _altered_order(best, given)):
                    best = found
            if best:
                break
        return best, [one for one in near.values() if one is not best], list(seen.values())

    def _altered(self, pattern: Pattern, best: Found, near: Sequence[Found], given: Attributed) -> Body:
        differs = differing(pattern, best)
        is_other = fits(best.statement, given) is False
        recorded = " ".join(one["recorded"] or "" for one in differs)
        denies = negations(" ".join(one["given"] or "" for one in differs)) != negations(recorded)
        told = f"{who(best.statement)} is recorded with other words"
        told += f"; the draft gives them to “{given.words}”" if is_other else ""
        told += "; the one denies what the other affirms, or a word that denies was changed" if denies else ""
        item = self._item("altered", f"{told}.", best)
        item["because"] = ["words_differ", *["negation_differs"] * denies, *["other_speaker"] * is_other]
        item["differing"] = differs
        item["others"] = [_other(one) for one in sorted(near, key=lambda one: one.order)[:OTHERS]]
        item["sentence"] = paste(self.look, best.statement, best.target.text.rstrip(".,"), item["citation"])
        return item

    def _item(self, verdict: str, message: str, found: Found) -> Body:
        statement = found.statement
        listed = [statement["quotations"][at] for at in _touched(found)]
        item = _item(verdict, message, [])
        item |= {name: statement[name] for name in ("speaker", "event", "date")}
        item["statement"] = reference(statement)
        item["quotations"] = [{"text": one["text"], "citation": one["citation"]} for one in listed]
        item["citation"] = listed[0]["citation"]
        return item

    def _places(self, pattern: Pattern, near: Sequence[Found]) -> Iterator[tuple[str, int, int, str | None]]:
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

    def _not_speech(
        self, pattern: Pattern, words: str, places: Sequence[tuple[str, int, int, str | None]]
    ) -> Body | None:
        """Where the words stand in quotation marks that are for a name, a title, a term or a so-called word."""
        for document, start, end, use in places:
            if use not in (None, "speech"):
                return self._unspoken(use, self._citation(document, start, end), None)
        for kind, body in self.look.printed(words):
            if not any(_is_whole(pattern, one) for one in (*names(body), *(text for text, _ in _printed(body)))):
                continue
            for home, mark in self.look.marked(kind, body["id"]):
                place = {name: mark[name] for name in ("sentence", "start", "end")}
                citation = self._span(home["id"], place, body)
                return self._unspoken(mark["use"], citation, body)
        return None

    def _unspoken(self, use: str, citation: Body | None, body: Body | None) -> Body:
        use = use.replace("_", " ")
        told = f"Printed in quotation marks as a {use}, not as speech"
        item = _item("not_speech", f"{told}: {body['name']}." if body else f"{told}.", ["not_in_speech_marks"])
        item["citation"] = citation
        return item

    def _prose(self, pattern: Pattern, words: str, places: Places) -> Body | None:
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
        for kind, body in self.look.printed(words):
            for text, citation in _printed(body):
                if not self._is_speech(citation) and any(True for _ in find(pattern, tokens(text))):
                    item = self._indirect(f"{told}: printed of {body['name']}.", citation or _first(body))
                    item["statement"] = reference(body) if kind == "statements" else None
                    return item
        return None

    def _is_speech(self, citation: Body | None) -> bool:
        """Whether a citation is of words that a document prints as speech."""
        document = self.look.body("documents", citation["document"]) if citation else None
        return citation is not None and any(
            mark["use"] == "speech" and mark["start"] <= citation["start"] and citation["end"] <= mark["end"]
            for mark in (document["quotation_marks"] if document else ())
        )

    def _indirect(self, message: str, citation: Body | None) -> Body:
        item = _item("paraphrase_only", message, ["not_in_speech_marks"])
        item["citation"] = citation
        return item

    def _shared(self, words: str) -> list[tuple[float, Body]]:
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

    def _paraphrased(self, words: str, shared: Sequence[tuple[float, Body]], given: Attributed) -> Body | None:
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
        item |= {name: body[name] for name in ("speaker", "event", "date", "paraphrase")}
        item["statement"] = reference(body)
        item["sentence"] = paste_indirect(self.look, body)
        return item

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


def fits(statement: Body, given: Attributed) -> bool | None:
    """Whether a statement is of whom the draft says; None where that is not to be told."""
    if given.form in ("none", "group"):
        return None
    speaker = statement["speaker"]
    if speaker and speaker["path"][1:] in given.facts:
        return True
    if given.is_stranger:
        told = {token.text for token in cut(speaker["name"])} if speaker else set()
        wanted = [token.text for token in cut(given.words or "")] if given.form == "name" else []
        return bool(wanted) and told.issuperset(wanted)
    if given.form == "role" and _has_role(statement, role_words(given.words or "")):
        return True
    return False if given.facts else None


def _has_role(statement: Body, words: Sequence[str]) -> bool:
    role = statement["role"] or {}
    told = [role.get("label"), role.get("as_printed"), statement["attribution"]["as_printed"]]
    told += [one["name"] for one in (statement["represents"], statement["speaker"]) if one]
    known = {token.text for one in told if one for token in cut(one)}
    return bool(words) and known.issuperset(words)


def _item(verdict: str, message: str, because: list[str]) -> Body:
    """A verdict without a statement."""
    return {
        "verdict": verdict, "message": message, "may_quote": False, "because": because, "statement": None,
        "speaker": None, "event": None, "date": None, "quotations": [], "differing": [], "cut": [], "replaced": [],
        "hedges_dropped": [], "paraphrase": None, "citation": None, "sentence": None, "others": [], "closest": [],
    }  # fmt: skip


def _phrases(pattern: Pattern) -> list[str]:
    """The runs of whole words that are looked for, the longest ones, none going beyond the end of a sentence."""
    runs: list[list[str]] = [[]]
    for piece in pattern.runs:
        for token in piece.tokens:
            if not isinstance(token, Token) or (not token.is_word and token.text in ENDS):
                runs.append([])
            elif len(runs[-1]) < PHRASE:
                runs[-1].append(token.text)
        runs.append([])
    return [" ".join(run) for run in sorted(runs, key=len, reverse=True)[:RUNS] if run]


def _touched(found: Found) -> list[int]:
    """The quotations of the statement that the words stand in."""
    listed = found.target.tokens
    low, high = (found.match.spans[0][0], found.match.spans[-1][1]) if found.match else found.span
    start, end = listed[low].start, listed[high - 1].end
    edges = [*found.target.starts, len(found.target.text) + 1]
    return [n for at, n in enumerate(found.target.quotations) if edges[at] < end and start < edges[at + 1]]


def _standing(found: Found) -> list[str]:
    """The codes that hold of recorded speech."""
    kinds = {one["kind"] for one in found.statement["caveats"]}
    joined = len(_touched(found)) > 1
    return ["printed_as_speech", *["joined"] * joined, *(one for one in ("translation", "disputed") if one in kinds)]


def _said(verdict: str, found: Found, given: Attributed, turned: Sequence[str]) -> str:
    speaker = who(found.statement)
    told = {
        "exact": f"Recorded as speech, in these words, of {speaker}",
        "fragment": f"A part of what is recorded as speech, of {speaker}",
        "other_speaker": f"Recorded as speech of {speaker}; the draft gives it to “{given.words}”",
    }[verdict]
    if verdict == "other_speaker":
        behind = [found.statement[name] for name in ("represents", "position_of")]
        known = [one["name"] for one in behind if one and one["path"][1:] in given.facts]
        told += f", for whom {speaker} spoke" if known else ""
    elif fits(found.statement, given) is None:
        told += "; whose words they are, the draft does not say" if given.form == "none" else ""
        told += f"; who “{given.words}” is, is not to be told here" if given.form != "none" else ""
    what = {"negation": "denies", "hedge": "weakens", "condition": "sets a condition"}
    lost = [what[one.removeprefix("cut_")] for one in turned if one.startswith("cut_")]
    told += f"; what was cut holds a word that {' and one that '.join(lost)}" if lost else ""
    told += "; a word that denies was put in" if "inserted_negation" in turned else ""
    return f"{told}."


def _dropped(statement: Body, around: str) -> list[Body]:
    """The hedges of a statement that the draft's sentence keeps neither in these words nor in like ones."""
    text = around.casefold()
    return [
        {name: one[name] for name in ("as_printed", "kind")}
        for one in statement["hedges"]
        if one["as_printed"].casefold() not in text and not keeps(around, [one["kind"]])
    ]


def _other(found: Found) -> Body:
    """A statement that a quotation is like, or that has the same words."""
    relation = "near" if found.match is None else "part" if found.cut else "same"
    words = found.target.text if found.match else found.target.text[_stretch(found)]
    return {
        "statement": reference(found.statement),
        "speaker": found.statement["speaker"],
        "relation": relation,
        "text": words,
        "citation": found.statement["quotations"][_touched(found)[0]]["citation"],
    }


def _stretch(found: Found) -> slice:
    listed = found.target.tokens
    return slice(listed[found.span[0]].start, listed[found.span[1] - 1].end)


def _altered_order(found: Found, given: Attributed) -> tuple[Any, ...]:
    """Of several alterations the most alike; of those as much alike the speaker's."""
    return (-round(found.ratio, 2), fits(found.statement, given) is not True, *found.order)


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
