"""Speakers: to whom a draft attributes each quotation, and who is said to say what a sentence reports."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from app.store.verify.cues import COMMON, OF_SOMEBODY, OF_VIEWS, VERB
from app.store.verify.drafts import Draft, Quoted
from app.store.verify.looking import Look
from app.store.verify.naming import Form, Named, Names

BEFORE_NO_SUBJECT = re.compile(
    r"\b(?:by|to|with|of|from|about|for|in|at|against|than|like|on|near|over|after|before|under|between|through"
    r"|across|outside|inside|into|around|behind|beside|not|unlike|whom|quoting|citing|despite)"
    r"\s+(?:the\s+|a\s+|his\s+|her\s+|its\s+)?$",
    re.IGNORECASE,
)
# What a name before it only describes: the Oster plan, Trump officials.
OF_THEIRS = re.compile(
    r"\s(?:administration|government|cabinet|officials?|aides?|team|office|camp|allies|ministry|delegation|delegates|era"
    r"|forces|troops|members?|ministers?|defen[cs]e|leaders?|summit|meeting|talks|plan|doctrine|charter|headquarters"
    r"|conference|ally|states?|chief|diplomats?|sources?|ships?|navy|army)\b"
)
PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being)\s(?:\w+ly\s|also\s)?$")
BY = re.compile(r"\s(?:[\w\s]{0,30}\s)?by\s(?:the\s)?")
WHO = re.compile(r",?\swho\s(?:has\s|had\s|later\s|also\s|then\s|once\s|\w+ly\s)*\S$")
SAYING = re.compile(
    r"\s(?:\w+\s){0,2}(?:words|message|phrase|term|warning|answer|reply|verdict|line|statement|remarks?|comments?|response"
    r"|description|view|claim|speech|appeal|call|promise|quote|quotation|motto|summary|conclusion)\b"
)
SIGNED = re.compile(r"[.,]?\s{0,3}[-–—(]+\s?")
INVERTED = re.compile(r"\s(?:the\s)?(?:[A-Z][\w.-]*\s){0,4}")
CLAUSE = re.compile(r"[,;:]|\b(?:and|but|while|whereas|when|as|because|although|though|after|before)\b")
ACCORDING = re.compile(r"\b(?:according to|in the words of)\s+(?:the\s+)?", re.IGNORECASE)
ASIDE = re.compile(r",\s(?:who|whom|whose|which)\b[^,;“”\"]*(?:,|$)")
# Between a place, body or nation and the name of whom it describes: former Dutch premier Mark Rutte.
DESCRIBES = re.compile(r"\s(?:[a-z][\w-]*\s){1,5}")
VERBAL = re.compile(r"\s[a-z]+(?:ed|es|s)\.?")
FOREIGN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
NEAR = 70  # code points between a verb and the name that follows it
BACK = 3  # sentences before, in which a pronoun's antecedent is looked for


@dataclass(frozen=True, slots=True)
class Attributed:
    """To whom a quotation is attributed: the words, and the records that they may mean.

    `is_stranger` where they name somebody who is none of ours; `is_open` where somebody is meant who is not known here,
    or where words stand around a quotation that may say whose it is.
    """

    form: Form = "none"
    words: str | None = None
    start: int | None = None
    end: int | None = None
    facts: frozenset[str] = frozenset()
    is_stranger: bool = False
    is_open: bool = False


UNKNOWN = Attributed(is_open=True)
NOBODY = Attributed()


class Cast:
    """Who a draft names, sentence by sentence, and to whom it gives its quotations."""

    def __init__(self, draft: Draft, look: Look) -> None:
        self.draft = draft
        self.named = Names(draft, look).named
        self._saying: dict[int, list[re.Match[str]]] = {}
        self._alone: dict[int, bool] = {}
        self._last: dict[int, Attributed] = {}  # by sentence, who says something in it, or its last quotation
        for number in range(len(draft.sentences)):
            if self._verbs(number):
                self._last[number] = self._speaker(number)
            elif told := self._according(number):
                self._last[number] = self._resolved(told, number)

    def attributed(self, one: Quoted) -> Attributed:
        """To whom the draft gives a quotation."""
        if one.depth:
            return UNKNOWN  # whoever is quoted says whose it is
        number = self.draft.sentence(one.start)
        found = self._subject(one, number)
        if found is not None:
            given = self._resolved(found, number)
        elif self._is_alone(number):
            given = self._carried(number)
        else:
            given = UNKNOWN if self._hints(number, one) else NOBODY
        self._last[number] = given
        return given

    def _hints(self, number: int, one: Quoted) -> bool:
        """Whether a sentence may say whose a quotation in it is, in words that are not understood."""
        span, own = self.draft.sentences[number], self.draft.own
        named = [name for name in self.named(number) if not any(fact.startswith("places/") for fact in name.facts)]
        if named or self._verbs(number) or FOREIGN.search(own, span.start, span.end):
            return True
        is_led = own[span.start : one.start - 1].rstrip().endswith((",", ":"))
        closes = own[one.end - 1] in ",?!" or own[one.end + 1 : one.end + 2] == ","
        return is_led or (closes and any(char.isalpha() for char in own[one.end + 1 : span.end]))

    def speaker(self, number: int) -> Attributed:
        """Who is said to say something in a sentence."""
        return self._last.get(number, NOBODY)

    def _speaker(self, number: int) -> Attributed:
        """The same, looked for: the subject of the verb of saying that governs the sentence."""
        names, verbs = self.named(number), self._verbs(number)
        verb = next((one for one in verbs if one[0].casefold() not in OF_VIEWS), verbs[0])
        found = self._before(verb, self.draft.sentences[number].end, names) or self._according(number)
        return self._resolved(found, number) if found else NOBODY

    def _according(self, number: int) -> Named | None:
        """According to whom a sentence is."""
        span, names = self.draft.sentences[number], self.named(number)
        for match in ACCORDING.finditer(self.draft.own, span.start, span.end):
            told = [one for one in names if 0 <= one.start - match.end() < 5 or one.start <= match.end() < one.end]
            if told:
                return told[0]
        return None

    def _governing(self, verbs: Sequence[re.Match[str]]) -> re.Match[str]:
        """Of verbs before a quotation the last; but where that tells of a view, the one whose clause it stands in."""
        *earlier, last = verbs
        if last[0].casefold() in OF_VIEWS:
            said = [one for one in earlier if one[0].casefold() not in OF_VIEWS]
            if said and not CLAUSE.search(self.draft.own, said[-1].end(), last.start()):
                return said[-1]
        return last

    def _verbs(self, number: int) -> list[re.Match[str]]:
        """The verbs of saying in a sentence, outside quotation marks."""
        if number not in self._saying:
            span = self.draft.sentences[number]
            found = VERB.finditer(self.draft.own, span.start, span.end)
            self._saying[number] = [verb for verb in found if not self.draft.is_quoted(verb.start())]
        return self._saying[number]

    def _following(self, number: int, end: int) -> int:
        """Where the next quotation of a sentence begins after an offset, or the sentence ends."""
        inside = self.draft.inside(number)
        at = bisect_left(inside, end, key=lambda one: one.start)
        return inside[at].start if at < len(inside) else self.draft.sentences[number].end

    def _is_alone(self, number: int) -> bool:
        """Whether a sentence is nothing but quotations."""
        if number not in self._alone:
            span, own = self.draft.sentences[number], self.draft.own
            is_quoted = self.draft.is_quoted
            self._alone[number] = not any(own[at].isalnum() and not is_quoted(at) for at in range(span.start, span.end))
        return self._alone[number]

    def _carried(self, number: int) -> Attributed:
        """Of a sentence that is nothing but a quotation: whoever was given the one before it, or is announced by ':'"""
        signed = self.named(number + 1) if number + 1 < len(self.draft.sentences) else []
        end = self.draft.sentences[number].end
        for name in signed:
            if name.form == "name" and SIGNED.fullmatch(self.draft.own, end, name.start):
                return self._resolved(name, number + 1)
        if not number:
            return NOBODY
        before = self.draft.sentences[number - 1]
        between = self.draft.plain[before.end : self.draft.sentences[number].start]
        if self.draft.own[before.start : before.end].rstrip().endswith(":"):
            subjects = [name for name in self.named(number - 1) if self.may_speak(name)]
            return self._resolved(subjects[-1], number - 1) if subjects else NOBODY
        return self._last.get(number - 1, NOBODY) if "\n" not in between else NOBODY

    def _subject(self, one: Quoted, number: int) -> Named | None:
        """Who is said to have said a quotation, in its own sentence: by the verb of its clause, before it or after."""
        names, start, end = self.named(number), one.start - 1, one.end + 1
        before = [verb for verb in self._verbs(number) if verb.end() <= start]
        clause = self._clause(number, start)
        lead = [name for name in names if clause <= name.start and name.end <= start and self.may_speak(name)]
        found = None
        if before and before[-1].start() >= clause:
            found = self._before(self._governing(before), start, names)
        found = found or self._following_verb(number, end, names)
        if not found and before and not lead:
            found = self._before(self._governing(before), start, names)
        if found:
            return found
        known = [name for name in lead if any(fact.startswith("people/") for fact in name.facts)]
        is_announced = self.draft.own[self.draft.sentences[number].start : start].rstrip().endswith(":")
        told = lead if is_announced else known
        return told[-1] if told else self._owner(start, end, number) or self._according(number)

    def _clause(self, number: int, start: int) -> int:
        """Where the clause begins that leads to a quotation."""
        begin, own = self.draft.sentences[number].start, self.draft.own
        stop = begin + len(own[begin:start].rstrip(" \xa0\n,:–—-"))
        inside = self.draft.inside(number)
        at = bisect_left(inside, start, key=lambda one: one.start)
        begin = max(begin, inside[at - 1].end + 1) if at else begin
        ends = [match.end() for match in CLAUSE.finditer(own, begin, stop)]
        return ends[-1] if ends else begin

    def _following_verb(self, number: int, end: int, names: Sequence[Named]) -> Named | None:
        """The subject of the verb that follows a quotation in its own clause; any word may be a verb after a name."""
        if self.draft.own[end - 2 : end - 1] in ",?!":
            stop = self._following(number, end)
            for name in names:
                is_next = name.form == "name" and not name.owns and 0 <= name.start - end <= 1
                if is_next and VERBAL.fullmatch(self.draft.own, name.end, stop):
                    return name
        following = self._following(number, end)
        for verb in self._verbs(number):
            if end <= verb.start() < min(following, end + NEAR):
                return None if ";" in self.draft.own[end : verb.start()] else self._after(verb, end, names)
        return None

    def _owner(self, start: int, end: int, number: int) -> Named | None:
        """Whose words a quotation is called without a verb: Oster’s message: “…”, Oster’s “…”, or “…” — Bram Oster."""
        own, names = self.draft.own, self.named(number)
        for name in names:
            is_near = 0 <= start - name.end <= 1 or (name.end <= start and SAYING.match(own, name.end))
            if name.form == "name" and name.owns and is_near:
                return name
        return next((name for name in names if name.form == "name" and SIGNED.fullmatch(own, end, name.start)), None)

    def _before(self, verb: re.Match[str], start: int, names: Sequence[Named]) -> Named | None:
        """The subject of the last verb before a quotation: before it, or right after it."""
        own = self.draft.own
        if PASSIVE.search(own, max(0, verb.start() - 30), verb.start()):
            return next((name for name in names if BY.fullmatch(own, verb.end(), name.start)), None)
        inverted = [name for name in names if name.end <= start and INVERTED.fullmatch(own, verb.end(), name.start)]
        who = [name for name in names if WHO.match(own, name.end, verb.start() + 1)]
        subjects = [name for name in names if name.end <= verb.start() and self.may_speak(name)]
        subjects = [name for name in subjects if not self._is_aside(name, verb)]
        if who or (subjects and verb[0].casefold() in OF_SOMEBODY):
            return self._apposed((who or subjects)[-1], names)
        if inverted and re.fullmatch(r"[\s,:–—-]*", own[inverted[-1].end : start]):
            return inverted[-1]
        if subjects:
            return self._apposed(subjects[-1], names)
        return inverted[0] if inverted else None

    def _is_aside(self, name: Named, verb: re.Match[str]) -> bool:
        """Whether a name stands in a relative clause that the verb is no part of."""
        begin = self.draft.sentences[self.draft.sentence(name.start)].start
        return any(
            match.start() <= name.start < match.end() <= verb.start() + 1
            for match in ASIDE.finditer(self.draft.own, begin, verb.start())
        )

    def _after(self, verb: re.Match[str], end: int, names: Sequence[Named]) -> Named | None:
        """The subject of the first verb after a quotation: between the two, or after the verb."""
        own = self.draft.own
        if PASSIVE.search(own, max(0, verb.start() - 30), verb.start()):
            return next((name for name in names if BY.fullmatch(own, verb.end(), name.start)), None)
        between = [name for name in names if end <= name.start and name.end <= verb.start() and self.may_speak(name)]
        between = [name for name in between if not self._is_aside(name, verb)]
        if between:
            return self._apposed(between[-1], names)
        behind = [name for name in names if 0 <= name.start - verb.end() < NEAR and self.may_speak(name)]
        behind = [name for name in behind if not CLAUSE.search(own, verb.end(), name.start)] or behind[:1]
        return self._apposed(behind[0], names) if behind else None

    def may_speak(self, name: Named) -> bool:
        """Whether somebody named may be the subject: no owner, not led by a preposition, and no description."""
        own = self.draft.own
        if name.owns or BEFORE_NO_SUBJECT.search(own, max(0, name.start - 30), name.start):
            return False
        if own.endswith(" and ", 0, name.start) and any(
            other.end == name.start - len(" and ") for other in self.named(self.draft.sentence(name.start))
        ):
            return False
        if own.rfind("(", max(0, name.start - 200), name.start) > own.rfind(")", max(0, name.start - 200), name.start):
            return False
        return name.form != "name" or not (OF_THEIRS.match(own, name.end) or self._describes(name))

    def _describes(self, name: Named) -> bool:
        """Whether a name only describes the one that follows: NATO boss Mark Rutte, or the Dutchman, Mark Rutte."""
        own = self.draft.own
        for other in self.named(self.draft.sentence(name.start)):
            if other.form != "name" or other.start <= name.end or other.start - name.end > NEAR:
                continue
            words = own[name.end : other.start]
            if DESCRIBES.fullmatch(words) and not any(word in COMMON or VERB.fullmatch(word) for word in words.split()):
                return True
            if words == ", " and not name.facts and own[max(0, name.start - 4) : name.start].lower() == "the ":
                return True
        return False

    def _apposed(self, one: Named, names: Sequence[Named]) -> Named:
        """The name that a role stands beside: Bram Oster, Veld’s defence minister, or the minister Bram Oster."""
        if one.form not in ("role", "group"):
            return one
        own = self.draft.own
        beside = [name for name in names if name.form == "name" and not name.owns and
                  (own[name.end : one.start] == ", " or own[one.end : name.start] in (" ", ", "))]  # fmt: skip
        return beside[0] if beside else one

    def _resolved(self, name: Named, number: int) -> Attributed:
        """Whom the words mean."""
        facts, is_stranger = name.facts, name.form == "name" and not name.facts
        if name.form == "pronoun":
            facts, is_stranger = self.antecedent(name, number)
        is_open = not facts and not is_stranger
        return Attributed(name.form, name.words, name.start, name.end, facts, is_stranger, is_open)

    def antecedent(self, pronoun: Named, number: int) -> tuple[frozenset[str], bool]:
        """Whom a pronoun stands for: the one person named before it; and whether that is nobody of ours."""
        for at in range(number, max(-1, number - BACK - 1), -1):
            people = [one for one in self.named(at) if _is_person(one) and (at < number or one.end <= pronoun.start)]
            known = [one for one in people if one.facts]
            if known:
                return self._preferred(known, at), False
            given = self._last.get(at) if at < number else None
            if given and (given.facts or given.is_stranger):
                return given.facts, given.is_stranger
            begin = self.draft.sentences[at].start
            subjects = [one for one in people if self.may_speak(one) and (" " in one.words or one.start > begin)]
            if subjects:
                return frozenset(), True
        return frozenset(), False

    def _preferred(self, known: Sequence[Named], at: int) -> frozenset[str]:
        """Of several people named, who is the subject; all of them where that is not to be told."""
        given = self._last.get(at)
        if given and given.facts and any(given.facts & one.facts for one in known):
            return given.facts
        subjects = [one for one in known if self.may_speak(one)] or known
        return frozenset().union(*(one.facts for one in subjects))


def _is_person(one: Named) -> bool:
    """Whether a pronoun may stand for somebody named: a person, or a stranger."""
    if one.form not in ("name", "role") or (one.form == "role" and not one.facts):
        return False
    return not one.facts or any(fact.startswith("people/") for fact in one.facts)
