"""Judging claims: sentences that report somebody without quoting, held against what that person is recorded to say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, bindparam, literal, select

from app.store.selecting import LINKS, standing
from app.store.tables import METADATA
from app.store.tokens import cut
from app.store.verify.cues import VERB, content, negations, stem
from app.store.verify.figures import Figure, figures
from app.store.verify.looking import Body, Look
from app.store.verify.naming import role_words
from app.store.verify.reckoning import Record, records
from app.store.verify.speakers import Cast
from app.store.verify.telling import dropped, has_role, paste, paste_indirect, reference, who

STEMS = 8  # words of a sentence that statements are looked for by
SHARED, ENOUGH, PART = 2, 3, 0.5  # words shared: to be shown, and to be judged; or what part of the sentence's
OTHERS = 5
MARKED = re.compile(r"[「」『』〝〞＂]|<<|``|&[lr]dquo;")  # what may be quotation marks, and is not read as such
Speakers = Sequence[tuple[str, frozenset[str]]]  # in the draft's words, and whom they may mean
SPENDING = METADATA.tables["spending"]


@dataclass(frozen=True, slots=True)
class Near:
    """A statement that shares words with a sentence; `is_own` where it is of somebody whom the sentence names."""

    statement: Body
    shared: frozenset[str]
    is_own: bool
    weight: float  # what part of the statement's words is shared


class Claims:
    """Judges the sentences of a draft that report somebody without quoting."""

    def __init__(self, cast: Cast, look: Look) -> None:
        self.cast = cast
        self.draft = cast.draft
        self.look = look
        self._words: dict[str, dict[str, str]] = {}  # of each statement, by its id

    def judge(self, number: int) -> Body | None:
        """The verdict on a sentence; None where it quotes, names nobody who speaks, or is like no statement."""
        span = self.draft.sentences[number]
        if self.draft.inside(number) or any(span.start <= at < span.end for at in self.draft.lone):
            return None
        if MARKED.search(self.draft.plain, span.start, span.end):
            return None
        speakers = self._speakers(number)
        if not speakers:
            return None
        sentence = self.draft.plain[span.start : span.end]
        stems = self._stems(sentence, number, speakers)
        near = self._near(stems, speakers)
        own = [one for one in near if one.is_own]
        other = next((one for one in near if not one.is_own), None)
        given = self.cast.speaker(number)
        is_said = bool(given.facts or given.is_stranger)
        if other and is_said and _is_theirs(other, own[0] if own else None, stems):
            return self._item("speaker_differs", other, near, speakers)
        if not own:
            return None
        tells = bool(given.words) or any(one.owns for one in self.cast.named(number))
        if not tells and len(own[0].shared) < SHARED:
            return None
        verdict = self._verdict(sentence, own[0], stems) if tells else "not_judged"
        return self._item(verdict, own[0], near, speakers) | {
            "hedges_dropped": self._dropped(own[0].statement, sentence)
        }

    def _speakers(self, number: int) -> list[tuple[str, frozenset[str]]]:
        """Who is said to say something in a sentence, in its words; else those who are named as if they might."""
        given = self.cast.speaker(number)
        facts = frozenset(fact for fact in given.facts if not fact.startswith("places/"))
        if facts or given.is_stranger or given.form in ("role", "group"):
            return [(given.words or "", facts)]
        return [
            (one.words, one.facts)
            for one in self.cast.named(number)
            if (one.owns or self.cast.may_speak(one)) and any(fact.startswith("people/") for fact in one.facts)
        ]

    def _stems(self, sentence: str, number: int, speakers: Speakers) -> dict[str, str]:
        """The words of a sentence that carry content, without the names of people and the verbs of saying."""
        people = [one.words for one in self.cast.named(number) if any(fact.startswith("people/") for fact in one.facts)]
        left_out = {stem(token.text) for words in [*people, *(words for words, _ in speakers)] for token in cut(words)}
        return {
            key: word for key, word in content(sentence).items() if key not in left_out and not VERB.fullmatch(word)
        }

    def _near(self, stems: dict[str, str], speakers: Speakers) -> list[Near]:
        """The statements that share words with a sentence, most first; of its speaker's own one word is enough."""
        wanted = sorted(stems, key=lambda one: (-len(one), one))[:STEMS]
        names = [stem(token.text) for words, _ in speakers for token in cut(words)][-2:]
        if not wanted:
            return []
        bodies = {one["id"]: one for one in self.look.sharing("statements", wanted)}
        bodies |= {one["id"]: one for one in self.look.sharing("statements", wanted, names)}
        facts = sorted(fact for _, some in speakers for fact in some)
        own = [*self.look.said_by(facts), *self.look.printed_like(stems, SHARED)]
        bodies |= {one["id"]: one for one in own}
        told = [(one, frozenset(stems.keys() & self._told(one).keys())) for one in bodies.values()]
        near = [
            Near(one, shared, _is_own(one, speakers), len(shared) / (1 + len(self._told(one))))
            for one, shared in told
            if one["voice"] == "speaker"
        ]
        near = [one for one in near if len(one.shared) >= (1 if one.is_own else SHARED)]
        return sorted(near, key=lambda one: (-len(one.shared), -one.weight, one.statement["id"]))

    def _told(self, statement: Body) -> dict[str, str]:
        """The words of a statement: ours, those printed, its topics, and its sentence's where the text is to be had."""
        if statement["id"] not in self._words:
            self._words[statement["id"]] = self._all_told(statement)
        return self._words[statement["id"]]

    def _all_told(self, statement: Body) -> dict[str, str]:
        told = [statement["name"], statement["paraphrase"] or "", *(one["text"] for one in statement["quotations"])]
        told += [one["as_printed"] for one in statement["hedges"]]
        told += [one["name"] for one in statement["topics"]]
        return content(" ".join([*told, self._printed(statement)]))

    def _printed(self, statement: Body) -> str:
        """The words that a statement cites, as far as they are to be had."""
        texts = [(one, self.look.text(one["document"])) for one in statement["citations"]]
        return " ".join(one["exact"] or (text or "")[one["start"] : one["end"]] for one, text in texts)

    def _verdict(self, sentence: str, best: Near, stems: dict[str, str]) -> str:
        statement = best.statement
        if not _is_enough(best, stems):
            return "not_judged"
        denies = _denies(statement, self._printed(statement))
        if denies is not None and denies != (negations(sentence) > 0):
            return "negation_differs"
        if self._figures_differ(sentence, statement):
            return "figure_differs"
        return "hedge_dropped" if self._dropped(statement, sentence) else "consistent"

    def _dropped(self, statement: Body, sentence: str) -> list[Body]:
        """The hedges that a sentence drops; of approximations those of a number that it repeats."""
        given = {one.value for one in figures(sentence, 0, len(sentence)) if one.approximation is None}
        near = {one.value for one in self._recorded(statement) if one.approximation}
        lost = dropped(statement, sentence)
        return [one for one in lost if one["kind"] != "approximation" or given & near]

    def _recorded(self, statement: Body) -> list[Record]:
        """The figures that a statement gives."""
        rows = self.look.finder.rows(_figures_of, edition=self.look.edition, statement=statement["path"][1:])
        bodies = [body for (id,) in rows if (body := self.look.body("spending", id))]
        return [one for body in bodies for one in records("spending", body)]

    def _figures_differ(self, sentence: str, statement: Body) -> bool:
        """Whether a number of a sentence is none of those of a statement in the same unit."""
        given = figures(sentence, 0, len(sentence))
        if not given:
            return False
        told = [(one.value, one.units) for one in self._recorded(statement)]
        words = " ".join([statement["paraphrase"] or "", *(one["text"] for one in statement["quotations"])])
        told += [(one.value, one.units) for one in figures(words, 0, len(words))]
        return any(_is_other(one, told) for one in given)

    def _item(self, verdict: str, near: Near, every: Sequence[Near], speakers: Speakers) -> Body:
        statement = near.statement
        words = statement["quotations"]
        citation = words[0]["citation"] if words else next(iter(statement["citations"]), None)
        sentence = None
        if statement["paraphrase"]:
            sentence = paste_indirect(self.look, statement)
        elif words:
            sentence = paste(self.look, statement, words[0]["text"].rstrip(".,"), words[0]["citation"])
        return {
            "verdict": verdict,
            "message": _said(verdict, near, speakers),
            "attributed": [words for words, _ in speakers],
            "shared": sorted(near.shared),
            "statement": reference(statement),
            "speaker": statement["speaker"],
            "event": statement["event"],
            "date": statement["date"],
            "polarity": statement["polarity"],
            "paraphrase": statement["paraphrase"],
            "hedges_dropped": [],
            "citation": citation,
            "sentence": sentence,
            "others": [reference(one.statement) for one in every if one is not near][:OTHERS],
        }


def _is_own(statement: Body, speakers: Speakers) -> bool:
    """Whether a statement is of one of those who are said to speak."""
    speaker = statement["speaker"]
    if speaker and any(speaker["path"][1:] in facts for _, facts in speakers):
        return True
    return any(not facts and has_role(statement, role_words(words)) for words, facts in speakers)


def _is_enough(near: Near, stems: dict[str, str]) -> bool:
    return len(near.shared) >= (ENOUGH if len(near.shared) < PART * len(stems) else SHARED)


def _is_theirs(other: Near, own: Near | None, stems: dict[str, str]) -> bool:
    """Whether a sentence says what somebody else is recorded to say, and not what its speaker is."""
    mine = len(own.shared) if own else 0
    is_enough = len(other.shared) >= ENOUGH and len(other.shared) >= PART * len(stems)
    return is_enough and len(other.shared) >= mine + (SHARED if own else 1)


def _denies(statement: Body, printed: str) -> bool | None:
    """Whether a statement denies, where its wording or the printed one shows that; None where neither does."""
    words = statement["paraphrase"] or " ".join(one["text"] for one in statement["quotations"])
    is_negated = statement["polarity"] == "negated"
    shows = is_negated == (negations(words) > 0) or (is_negated and negations(printed) > 0)
    return is_negated if shows else None


def _is_other(figure: Figure, told: Sequence[tuple[Any, frozenset[str]]]) -> bool:
    alike = [value for value, units in told if (units & figure.units if figure.units else not units)]
    return bool(alike) and not any(abs(value - figure.value) * 2 <= figure.place for value in alike)


def _said(verdict: str, near: Near, speakers: Speakers) -> str:
    speaker = who(near.statement)
    hedges = ", ".join(f"“{one['as_printed']}”" for one in near.statement["hedges"])
    return {
        "speaker_differs": f"Recorded of {speaker}, not of “{speakers[0][0]}”.",
        "negation_differs": f"What {speaker} is recorded to say is {near.statement['polarity']}; the sentence is not.",
        "figure_differs": f"What {speaker} is recorded to say has another number.",
        "hedge_dropped": f"What {speaker} is recorded to say is weakened by {hedges}; the sentence is not.",
        "consistent": f"Its speaker, its numbers, what it denies and how surely fit what {speaker} is recorded to say.",
        "not_judged": f"It shares words with what {speaker} is recorded to say, too few to judge it.",
    }[verdict]


def _figures_of() -> Select[Any]:
    links = select(LINKS.c.row).where(
        LINKS.c.kind == literal("spending"),
        LINKS.c.relation == literal("statement"),
        LINKS.c.target == bindparam("statement", type_=String()),
    )
    return select(SPENDING.c.id).where(SPENDING.c.row.in_(links), standing(SPENDING)).order_by(SPENDING.c.row)
