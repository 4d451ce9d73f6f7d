"""Verdicts: the answers to what is verified, as OpenAPI documents them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.facts import lists
from app.facts.parts import Citation, Date, Reference
from app.http.shapes import Empty

CODES = (
    "`printed_as_speech`, `joined` (of several recorded quotations), `translation`, `disputed`; against quoting: "
    "`words_differ`, `negation_differs`, `other_speaker`, `cut_negation`, `cut_hedge`, `cut_condition`, "
    "`inserted_negation`, `replaced`, `speaker_not_known`, `not_in_speech_marks`, `paraphrase`, `not_recorded`."
)


class Attribution(BaseModel):
    """To whom the draft, or the request, gives a quotation."""

    form: lists.AttributionForm = Field(description="By name, role, pronoun or group, or not at all.")
    as_printed: str | None = Field(description="The draft's words, or the request's.")
    start: int | None = Field(description="Where they stand in the draft; null of the request's.")
    end: int | None = Field(description="The code point after the last.")
    speaker: Reference | None = Field(description="Whom they mean; null where that is nobody here, or one of several.")


class QuotedWords(BaseModel):
    """Words recorded as speech."""

    text: str = Field(description="The recorded words.")
    citation: Citation


class Difference(BaseModel):
    """Words that differ."""

    op: Literal["replaced", "added", "dropped"] = Field(description="What the draft did with them.")
    given: str | None = Field(description="The draft's words.")
    recorded: str | None = Field(description="The recorded words.")


class CutWords(BaseModel):
    """What was left out around a run of words that was taken."""

    before: str = Field(description="Before it, empty where nothing was.")
    after: str = Field(description="After it, empty where nothing was.")


class ReplacedWords(BaseModel):
    """What a bracket of the draft stands for."""

    by: str = Field(description="The bracket.")
    words: str = Field(description="The recorded words; empty where it adds to them.")


class DroppedHedge(BaseModel):
    """A hedge of the statement that the draft's sentence does not keep."""

    as_printed: str = Field(description="The document's words.")
    kind: lists.HedgeKind = Field(description="How they weaken it.")


class OtherWords(BaseModel):
    """Another statement that the words are like."""

    statement: Reference
    speaker: Reference | None = Field(description="Whose words it holds.")
    relation: Literal["same", "part", "near"] = Field(description="The same words, a part of it, or much alike.")
    text: str = Field(description="Its words.")
    citation: Citation


class VerifiedQuotation(BaseModel):
    """What is recorded of words in quotation marks."""

    start: int | None = Field(description="Inside its marks, first code point of the draft; null of one in a list.")
    end: int | None = Field(description="The code point after the last.")
    text: str = Field(description="The words as the draft has them.")
    attributed: Attribution
    verdict: Literal["exact", "altered", "fragment", "paraphrase_only", "other_speaker", "not_speech", "not_found"] = (
        Field(description="Never whether it was said: only what is recorded here.")
    )
    message: str = Field(description="The same in words.")
    may_quote: bool = Field(description="Whether these words may stand in quotation marks, as this speaker's.")
    because: list[str] = Field(description=f"Why, as codes: {CODES}")
    fact: Reference | None = Field(description="The record concerned: mostly a statement, else what has the words.")
    statement: Reference | None = Field(description="The statement concerned.")
    speaker: Reference | None = Field(description="Whose words it holds.")
    event: Reference | None = Field(description="Where it was said: an event.")
    date: Date | None = Field(description="When it was said; null without a statement.")
    quotations: list[QuotedWords] = Field(description="The recorded quotations in which the words stand.")
    differing: list[Difference] = Field(description="The words that differ, of `altered`.")
    cut: list[CutWords] = Field(description="What was left out, for each run of words that was taken, of `fragment`.")
    replaced: list[ReplacedWords] = Field(description="What the draft's brackets stand for.")
    hedges_dropped: list[DroppedHedge] = Field(description="The hedges that the draft's sentence does not keep.")
    paraphrase: str | None = Field(description="Our words, where the draft has those; never to be quoted.")
    citation: Citation | None = Field(description="Where the words, or those that they are like, are printed.")
    sentence: str | None = Field(description="Ready to paste: what may be written, by whom, and where it is printed.")
    others: list[OtherWords] = Field(description="Near misses and ties, at most five.")
    empty: Empty | None = Field(description="Of `not_found`: where was looked, and what comes nearest.")


class RecordedFigure(BaseModel):
    """A figure as it is recorded."""

    figure: Reference = Field(description="The spending figure, organisation or attendance that has it.")
    field: str = Field(description="The field that holds it, dotted.")
    value: str = Field(description="Decimal.")
    unit: str | None = Field(description="ISO 4217 or PT; null of a count.")
    as_printed: str | None = Field(description="The document's words; null where it is computed.")
    approximation: lists.Approximation | None = Field(description="How near it is; null: none printed.")
    period: str | None = Field(description="EDTF.")
    to_period: str | None = Field(description="EDTF, of a comparison.")
    coverage: str = Field(description="Whom it covers.")
    formula: str | None = Field(description="How we computed it; null where it is printed.")


class VerifiedFigure(BaseModel):
    """What is recorded of a number."""

    start: int = Field(description="First code point of the draft.")
    end: int = Field(description="The code point after the last.")
    text: str = Field(description="As the draft writes it.")
    kind: Literal["amount", "percentage", "count"] = Field(description="What sort of number it is.")
    value: str = Field(description="What it comes to: a decimal.")
    units: list[str] = Field(description="The units that it may be in; none of a count.")
    approximation: lists.Approximation | None = Field(description="How near the draft says that it is.")
    years: list[str] = Field(description="The years that its sentence names.")
    verdict: Literal[
        "same",
        "rounded",
        "differs",
        "approximation_lost",
        "other_period",
        "other_coverage",
        "derived_only",
        "not_found",
    ] = Field(description="Never whether it is right: only what is recorded here.")
    message: str = Field(description="The same in words.")
    figure: Reference | None = Field(description="The record concerned.")
    recorded: RecordedFigure | None = Field(description="The figure in it.")
    citation: Citation | None = Field(description="Where it is printed.")
    sentence: str | None = Field(description="Ready to paste: the recorded figure, and where it is printed.")
    others: list[RecordedFigure] = Field(description="Other figures that may be meant, at most five.")


class VerifiedClaim(BaseModel):
    """What is recorded of a sentence that reports somebody without quoting."""

    start: int = Field(description="First code point of the draft.")
    end: int = Field(description="The code point after the last.")
    text: str = Field(description="The sentence.")
    verdict: Literal[
        "hedge_dropped", "negation_differs", "speaker_differs", "figure_differs", "consistent", "not_judged"
    ] = Field(description="How it stands to the statement; never whether it is true.")
    message: str = Field(description="The same in words.")
    attributed: list[str] = Field(description="Who is said to say it, in the draft's words.")
    shared: list[str] = Field(description="The words that it shares with the statement, without their endings.")
    statement: Reference = Field(description="The statement concerned.")
    speaker: Reference | None = Field(description="Whose it is.")
    event: Reference | None = Field(description="Where it was said: an event.")
    date: Date = Field(description="When it was said.")
    polarity: lists.Polarity = Field(description="Whether the statement affirms or denies.")
    paraphrase: str | None = Field(description="The statement in our words; never to be quoted.")
    hedges_dropped: list[DroppedHedge] = Field(description="The hedges that the sentence does not keep.")
    citation: Citation | None = Field(description="Where it is printed.")
    sentence: str | None = Field(description="Ready to paste: what may be written, and where it is printed.")
    others: list[Reference] = Field(description="Other statements that it shares words with, at most five.")


class Source(BaseModel):
    """The text that was sent along."""

    sha256: str = Field(description="Its digest.")
    document: Reference | None = Field(description="The document whose text it is; null where it is none's.")


class LeftOut(BaseModel):
    """How many were not judged, beyond the first 200 of each."""

    quotations: int = Field(description="Quotations.")
    figures: int = Field(description="Figures.")
    claims: int = Field(description="Claims.")


class Verified(BaseModel):
    """The verdicts on a draft."""

    quotations: list[VerifiedQuotation] = Field(
        description="One for each pair of quotation marks around words, in order."
    )
    figures: list[VerifiedFigure] = Field(description="One for each amount, percentage and count, in order.")
    claims: list[VerifiedClaim] = Field(description="One for each sentence that is like a statement, in order.")
    left_out: LeftOut
    unpaired_marks: list[int] = Field(description="Offsets of quotation marks without partner, which enclose nothing.")
    unknown: list[str] = Field(description="The event and the document asked for, where they are none of ours.")
    source: Source | None = Field(description="Of `source_text`.")
    complete: bool = Field(description="False where the look was cut off by its time limit: then not found says less.")
    edition: int = Field(description="The edition that all was held against.")


def example(statement: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What is answered of a statement's quotation that a draft gives to its speaker by name, and that is as recorded.

    The draft begins with it, in quotation marks.
    """
    told = {"figures": [], "claims": [], "left_out": {"quotations": 0, "figures": 0, "claims": 0}}
    more = {"unpaired_marks": [], "unknown": [], "complete": True, "edition": 1, "source": None}
    return {"quotations": [_exact(statement, document)], **told, **more}


def _exact(statement: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    words, speaker = statement["quotations"][0], statement["speaker"]
    text, citation = words["text"], words["citation"]
    start = len(text) + 4
    printed = {"as_printed": speaker["name"], "start": start, "end": start + len(speaker["name"])}
    itself = {name: statement[name] for name in ("id", "name", "path")}
    place = f"sentence {citation['sentence']}, characters {citation['start']} to {citation['end']}"
    return {
        "start": 1,
        "end": len(text) + 2,
        "text": f"{text},",
        "attributed": {"form": "name", **printed, "speaker": speaker},
        "verdict": "exact",
        "message": f"Recorded as speech of {speaker['name']}, in these words.",
        "may_quote": True,
        "because": ["printed_as_speech", "translation"],
        "fact": itself,
        "statement": itself,
        "speaker": speaker,
        "event": statement["event"],
        "date": statement["date"],
        "quotations": [{"text": text, "citation": citation}],
        **{name: [] for name in ("differing", "cut", "replaced", "hedges_dropped", "others")},
        "paraphrase": None,
        "citation": citation,
        "sentence": f"“{text}” ({speaker['name']}, {statement['role']['label']}; “{document['title']}”, {place})",
        "empty": None,
    }
