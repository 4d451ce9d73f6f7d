"""Judging quotations: whether words in quotation marks were printed as speech, whose they are, and in which words."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.store.verify.cues import negations
from app.store.verify.looking import Body, Look
from app.store.verify.matching import Found, aligned, cuts, differing, replaced, reversals, taken, verbatim
from app.store.verify.prose import Prose
from app.store.verify.speakers import Attributed
from app.store.verify.telling import blank, dropped, fits, paste, reference, who
from app.store.verify.wording import ENDS, Pattern, Token, read_pattern

OTHERS = 5
NOT_FOUND = "Not recorded as speech here; that is no word on whether it was said."
LONGEST = 8_000  # code points of a quotation
PHRASE = 40  # words of a run that are looked for
RUNS = 4  # runs of a quotation that are looked for


class Judge:
    """Judges the quotations of a draft, one after the other."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._prose = Prose(look)

    def judge(self, words: str, given: Attributed, around: str = "") -> Body:
        """The verdict on words in quotation marks that a draft gives to somebody, or to nobody, in a sentence."""
        if len(words) > LONGEST:
            return blank(
                "not_found", f"It is longer than {LONGEST:,} characters, as no quotation here is.", ["not_recorded"]
            )
        pattern = read_pattern(words)
        if not pattern.words:
            return blank("not_found", "It holds no words to look for.", ["not_recorded"])
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
        places = list(self._prose.places(pattern, near))
        shared = self._prose.shared(words)
        item = (
            self._prose.not_speech(pattern, words, places)
            or self._prose.prose(pattern, words, places)
            or self._prose.paraphrased(words, shared, given)
            or blank("not_found", NOT_FOUND, ["not_recorded"])
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
        turned += ["speaker_not_known"] * (bool(mine) and given.is_open and fits(best.statement, given) is None)
        item["may_quote"] = bool(mine) and not turned
        item["because"] = [*codes, *turned] if mine else [*codes, "other_speaker", *turned]
        item["cut"], item["replaced"] = cuts(best) if best.cut else [], replaced(best)
        item["hedges_dropped"] = dropped(best.statement, around)
        item["others"] = [_other(one) for one in found if one is not best][:OTHERS]
        words = taken(best) if mine else best.target.text.rstrip(".,")
        if item["may_quote"] or not mine:
            item["sentence"] = self._paste(best, words, item)
        return item

    def _paste(self, found: Found, words: str, item: Body) -> str:
        last = item["quotations"][-1]["citation"]
        return paste(self.look, found.statement, words, item["citation"], last)

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
        item["sentence"] = self._paste(best, best.target.text.rstrip(".,"), item)
        return item

    def _item(self, verdict: str, message: str, found: Found) -> Body:
        statement = found.statement
        listed = [statement["quotations"][at] for at in _touched(found)]
        item = blank(verdict, message, [])
        item |= {name: statement[name] for name in ("speaker", "event", "date")}
        item["statement"] = item["fact"] = reference(statement)
        item["quotations"] = [{"text": one["text"], "citation": one["citation"]} for one in listed]
        item["citation"] = listed[0]["citation"]
        return item


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
        "exact": f"Recorded as speech of {speaker}, in these words",
        "fragment": f"A part of what is recorded as speech of {speaker}",
        "other_speaker": f"Recorded as speech of {speaker}; the draft gives it to “{given.words}”",
    }[verdict]
    if verdict == "other_speaker":
        behind = [found.statement[name] for name in ("represents", "position_of")]
        known = [one["name"] for one in behind if one and one["path"][1:] in given.facts]
        told += f", for whom {speaker} spoke" if known else ""
    elif fits(found.statement, given) is None:
        if given.form != "none":
            told += f"; whom “{given.words}” means is not known here"
        else:
            told += "; whose words they are is not understood" if given.is_open else "; the draft does not say whose"
    what = {"negation": "denies", "hedge": "weakens", "condition": "sets a condition"}
    lost = [what[one.removeprefix("cut_")] for one in turned if one.startswith("cut_")]
    told += f"; what was cut holds a word that {' and one that '.join(lost)}" if lost else ""
    told += "; a word that denies was put in" if "inserted_negation" in turned else ""
    told += "; brackets hold, or stand for, more than a few words" if "replaced" in turned else ""
    return f"{told}."


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
