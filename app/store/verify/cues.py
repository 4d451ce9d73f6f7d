"""Cues: the English words that deny, weaken or set a condition, that report speech, and that carry no content."""

import re
from collections.abc import Iterable

from app.store.tokens import cut

WORDS = re.compile(r"\w+(?:['’]\w+)?")


def listed(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


NEGATIONS = listed("""
    no not never none nobody nothing neither nor nowhere cannot without hardly scarcely barely unless refuse refuses
    refused refusing deny denies denied denying reject rejects rejected rejecting false untrue fail fails failed lack
    lacks lacked
""")
# As a word alone or as the beginning of a group: ruled out, won't, declined to.
DENIED = re.compile(
    r"\brul(?:e|es|ed|ing)\s+(?:\w+\s+){0,3}?out\b|\w+n['’]t\b|\bfar from\b|\bunlikely\b|\bunwilling\b|\bimpossible\b"
    r"|\bunrealistic\b|\bdeclin(?:e|es|ed|ing)\s+to\b|\boppos(?:e|es|ed|ing)\b|\bexclud(?:e|es|ed|ing)\b"
)
HEDGES = listed("""
    may might maybe perhaps possibly possible could would should likely unlikely probably probable potentially potential
    apparently seem seems seemed appear appears appeared suggest suggests allegedly reportedly believe believes think
    thinks hope hopes expect expects expected about around nearly almost roughly approximately sometimes often mostly
    largely partly generally usually presumably supposedly
""")
CONDITIONS = listed("""
    if unless until provided providing only but although though however except when whenever while whether once
    otherwise assuming lest yet despite
""")
# What makes a reported claim as weak as the hedge of a kind that a statement has.
WEAK = {
    "possibility": listed("may might maybe perhaps possibly possible could potentially potential conceivably"),
    "probability": listed("likely unlikely probably probable should presumably"),
    "approximation": listed("about around nearly almost roughly approximately some over under more less close just"),
    "expectation": listed("""
        expect expects expected expecting project projects projected projecting forecast forecasts plan plans planned
        foresee foresees foreseen anticipate anticipates anticipated predict predicts predicted hope hopes
    """),
    "hearsay": listed("reportedly allegedly apparently reported rumoured according claims claimed estimates"),
}
# Verbs by which a source is given its words, as they are printed; groups of words among them.
_VERBS = """
    said says say saying; told tells telling; stated states stating; added adds adding; announced announces announcing;
    declared declares declaring; warned warns warning; stressed stresses stressing; emphasised emphasized emphasises
    emphasizes emphasising emphasizing; argued argues arguing; insisted insists insisting; noted notes noting; remarked
    remarks remarking; claimed claims claiming; asked asks asking; replied replies replying; answered answers answering;
    responded responds responding; explained explains explaining; observed observes observing; joked jokes joking;
    quipped quips; admitted admits admitting; conceded concedes conceding; confirmed confirms confirming; denied denies
    denying; promised promises promising; pledged pledges pledging; vowed vows vowing; urged urges urging; called calls
    calling; described describes describing; dubbed; termed; labelled labeled; branded; put puts; wrote writes writing;
    tweeted; posted; recalled recalls recalling; complained complains complaining; continued continues continuing;
    concluded concludes concluding; suggested suggests suggesting; maintained maintains; acknowledged acknowledges;
    praised praises praising; demanded demands demanding; clarified clarifies clarifying; highlighted highlights;
    reiterated reiterates; repeated repeats; commented comments commenting; lamented laments; cautioned cautions
    cautioning; mused; exclaimed; cried; snapped; countered counters; retorted; hailed hails; mocked mocks; welcomed
    welcomes; grumbled; thundered; whispered; shouted; estimated estimates estimating; projected projects projecting;
    reported reports reporting; forecast; expected expects; revealed reveals revealing; predicted predicts; asserted
    asserts asserting; proclaimed; voiced; affirmed affirms; assured assures assuring; criticised criticized; rejected
    rejects; dismissed dismisses; considers considered; believes believed; thinks thought; views viewed; sees; offered
    offers; agreed agrees; accused accuses; hinted hints; signalled signals; testified testifies;
    mentioned mentions mentioning; talked talks; spoke speaks; confided; swore swears; decried; lauded; endorsed
"""
GROUPS = "summed up|went on|spoke of|speaks of|talked of|shot back|pointed out|points out|ruled out|rules out"
_LONGEST_FIRST = "|".join(sorted(_VERBS.replace(";", " ").split(), key=len, reverse=True))
VERB = re.compile(rf"\b(?:{GROUPS}|{_LONGEST_FIRST})\b", re.IGNORECASE)
# After these comes whom it is said to or of, so that what follows them is no subject while one stands before them.
OF_SOMEBODY = listed("""
    called calls calling described describes describing dubbed termed labelled labeled branded told tells telling
    praised praises urged urges accused accuses welcomed hailed mocked asked asks assured criticised criticized
    dismissed lauded
""")
# These tell of a view, mostly inside what somebody says: he stated that the house views it as closed.
OF_VIEWS = listed(
    "considers considered believes believed thinks thought views viewed sees expects expected projects projected"
)
COMMON = listed("""
    a about above after again against all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each even few for from further had has have having he her here hers
    him his how i if in into is it its itself just many may me might more most much must my new no nor not now of off on
    once one only or other our out over own same say said saying says shall she should so some still such tell tells
    than that the their them then there these they this those through to told too two under until up upon us very was we
    were what when where which while who whom why will with would yet you your
""")
SUFFIXES = listed("ations ation ingly ments ment ings ing edly ies ied ers er ed es ly s e")
STEM = 4  # letters that are left of a word at least


def stem(word: str) -> str:
    """A word without the ending that inflects it, lightly: enough to set `deployments` beside `deployed`."""
    for size in range(min(6, len(word) - STEM), 0, -1):
        if word[-size:] in SUFFIXES:
            return word[:-size] + "y" * (word[-size:] in ("ies", "ied"))
    return word


INITIALS = re.compile(r"\bU\.\s?S\.(?:A\.)?|\bUSA?\b")


def content(text: str) -> dict[str, str]:
    """The words of a text that carry content, by their stems, in order; numbers are among them."""
    found: dict[str, str] = {}
    for token in cut(INITIALS.sub("usa", text)):
        if token.text not in COMMON and (len(token.text) > 2 or token.text.isdigit()):
            found.setdefault(stem(token.text), token.text)
    return found


def negations(text: str) -> int:
    """How many words of a text deny."""
    told = text.casefold()
    return sum(word in NEGATIONS for word in WORDS.findall(told)) + len(DENIED.findall(told))


def hedges(text: str) -> bool:
    """Whether a word of a text weakens it."""
    return not HEDGES.isdisjoint(WORDS.findall(text.casefold()))


def conditions(text: str) -> bool:
    """Whether a word of a text sets a condition, or turns against what stands before it."""
    return not CONDITIONS.isdisjoint(WORDS.findall(text.casefold()))


def keeps(text: str, kinds: Iterable[str]) -> bool:
    """Whether a text is as weak as hedges of these kinds make it."""
    words = set(WORDS.findall(text.casefold()))
    return all(words & WEAK[kind] for kind in kinds)
