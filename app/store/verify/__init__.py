"""Verifying: the quotations, figures and claims of a draft held against the facts of one edition, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.store.leaving import CLOSEST
from app.store.silence import Unknown, documents, like
from app.store.verify.claims import Claims
from app.store.verify.cues import content
from app.store.verify.drafts import Draft, bare, read_draft
from app.store.verify.figures import Figure, figures, years
from app.store.verify.looking import Look, of_text
from app.store.verify.quotations import Judge
from app.store.verify.reckoning import Context, reckon
from app.store.verify.speakers import NOBODY, Attributed, Cast

__all__ = ["MOST", "NOBODY", "Asked", "Attributed", "Look", "Quotation", "of_text", "verify"]

MOST = 200  # of quotations, figures and claims each, that are judged in one text
SPEAKERS = ("people", "organisations")
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that are given as quoted, and whom they are said to be of."""

    exact: str
    speaker: Attributed = NOBODY


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be verified: a text, or quotations; `speaker` whom what names nobody is said to be of.

    `unknown` are the events and documents asked for that are none of ours.
    """

    text: str | None
    quotations: Sequence[Quotation] = ()
    speaker: Attributed = NOBODY
    unknown: tuple[Unknown, ...] = ()


def verify(look: Look, asked: Asked) -> Body:
    """The verdicts on a draft: its quotations, its figures and its claims, and how many of each were left out."""
    judge = Judge(look)
    if asked.text is None:
        quoted = [
            {"start": None, "end": None, "text": one.exact, **_judged(look, judge, bare(one.exact), one.speaker, asked)}
            for one in asked.quotations[:MOST]
        ]
        return _told(look, asked, quoted, [], [], (max(0, len(asked.quotations) - MOST), 0, 0), [])
    draft = read_draft(asked.text)
    cast = Cast(draft, look)
    given = [(one, cast.attributed(one)) for one in draft.quoted[:MOST]]
    quoted = []
    for one, attributed in given:
        if look.is_over:
            break
        words = draft.plain[one.start : one.end]
        around = draft.sentences[draft.sentence(one.start)]
        told = _judged(look, judge, words, attributed, asked, draft.plain[around.start : around.end])
        quoted.append({"start": one.start, "end": one.end, "text": asked.text[one.start : one.end], **told})
    numbers = [(number, one) for number, span in enumerate(draft.sentences)
               for one in figures(draft.plain, span.start, span.end)]  # fmt: skip
    reckoned = list(_reckoned(look, draft, cast, numbers[:MOST]))
    claims = list(_claims(look, draft, cast))
    left_out = len(draft.quoted) - len(quoted), len(numbers) - len(reckoned), max(0, len(claims) - MOST)
    return _told(look, asked, quoted, reckoned, claims[:MOST], left_out, draft.lone)


def _judged(look: Look, judge: Judge, words: str, attributed: Attributed, asked: Asked, around: str = "") -> Body:
    """The verdict on one quotation, with whom the draft gives it to, and why nothing was found."""
    says = attributed.facts or attributed.is_stranger or attributed.form not in ("none", "pronoun")
    given = attributed if says or asked.speaker is NOBODY else asked.speaker
    item = judge.judge(words, given, around)
    closest = item.pop("closest")
    item["empty"] = None
    if item["verdict"] == "not_found":
        strangers = [Unknown(SPEAKERS, given.words or "")] if given.is_stranger and given.form == "name" else []
        unknown = [*asked.unknown, *strangers]
        nearest = [*(like(look.finder, look.edition, unknown) if unknown else ()), *closest]
        nearest = list({one["path"]: one for one in nearest if one}.values())[:CLOSEST]
        reason = "unknown_value" if unknown else "nothing_recorded"
        item["empty"] = {"reason": reason, "searched": _searched(look), "closest": nearest}
    return {"attributed": _shown(look, given), **item}


def _shown(look: Look, given: Attributed) -> Body:
    """To whom a quotation is given: the words, and the one record that they mean."""
    speaker = None
    if len(given.facts) == 1:
        kind, _, id = next(iter(given.facts)).partition("/")
        body = look.body(kind, id)
        speaker = {name: body[name] for name in ("id", "name", "path")} if body else None
    return {"form": given.form, "as_printed": given.words, "start": given.start, "end": given.end, "speaker": speaker}


def _searched(look: Look) -> list[Body]:
    within = {f"home_{n}": id for n, id in enumerate(look.documents)}
    return look.finder.references(documents, len(look.documents), edition=look.edition, **within)


def _reckoned(look: Look, draft: Draft, cast: Cast, numbers: Sequence[tuple[int, Figure]]) -> Iterator[Body]:
    """The verdict on each figure, given with the number of its sentence."""
    contexts: dict[int, Context] = {}
    for number, one in numbers:
        if look.is_over:
            return
        if number not in contexts:
            contexts[number] = _context(draft, cast, number)
        span = draft.sentences[number]
        own = replace(contexts[number], years=frozenset(years(draft.plain, span.start, span.end, one)))
        yield {
            "start": one.start,
            "end": one.end,
            "text": one.text,
            "kind": one.kind,
            "value": f"{one.value.normalize():f}",
            "units": sorted(one.units),
            "approximation": one.approximation,
            "years": sorted(own.years),
            **reckon(look, one, own),
        }


def _context(draft: Draft, cast: Cast, number: int) -> Context:
    span = draft.sentences[number]
    sentence = draft.plain[span.start : span.end]
    bodies = [one for one in cast.named(number) if one.form == "name"]
    named = frozenset(fact for one in bodies for fact in one.facts if not fact.startswith("people/"))
    subjects = frozenset(
        fact for one in bodies if one.owns or cast.may_speak(one)
        for fact in one.facts if not fact.startswith("people/")
    )  # fmt: skip
    stems = frozenset(content(sentence))
    strangers = any(not one.facts and not one.owns and cast.may_speak(one) for one in bodies)
    words = frozenset(re.findall(r"[a-z]+", sentence.lower()))
    return Context(sentence, frozenset(), named, subjects, stems, words, strangers)


def _claims(look: Look, draft: Draft, cast: Cast) -> Iterator[Body]:
    judge = Claims(cast, look)
    for number, span in enumerate(draft.sentences):
        if look.is_over:
            return
        item = judge.judge(number)
        if item:
            yield {"start": span.start, "end": span.end, "text": draft.text[span.start : span.end], **item}


def _told(
    look: Look,
    asked: Asked,
    quoted: list[Body],
    numbers: list[Body],
    claims: list[Body],
    left_out: tuple[int, int, int],
    unpaired: Sequence[int],
) -> Body:
    names = ("quotations", "figures", "claims")
    return {
        "quotations": quoted,
        "figures": numbers,
        "claims": claims,
        "left_out": dict(zip(names, left_out, strict=True)),
        "unpaired_marks": list(unpaired),
        "unknown": [one.value for one in asked.unknown],
        "complete": look.is_complete,
        "edition": look.edition,
    }
