"""Naming: whom a draft names, by name, role, pronoun or group, and the records that may be meant."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.store.tokens import cut
from app.store.verify.cues import COMMON, VERB, listed
from app.store.verify.drafts import Draft
from app.store.verify.looking import Look

Form = Literal["name", "role", "pronoun", "group", "none"]
WORD = re.compile(r"[^\W_](?:[\w’'.-]*[\w’'])?")
POSSESSIVE = re.compile(r"['’](?:s)?$")
PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)
DAYS = listed("""
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december
""")
PARTICLES = listed("de del da do dos di du la le van von der den ten al bin ibn af av og y e zu")
# What may stand before a family name and is no part of it.
TITLES = listed("""
    mr mrs ms mx dr prof professor sir dame lord lady gen general col colonel lt lieutenant capt captain maj major adm
    admiral sgt president vice prime minister premier chancellor secretary foreign defence defense finance interior home
    trade justice health economy energy harbour culture state deputy acting former ambassador envoy special chief chair
    chairman chairwoman governor mayor senator sen rep representative speaker commissioner director king queen prince
    princess spokesman spokeswoman spokesperson commander high judge pope archbishop bishop us u.s u.s. uk u.k
""")
# Words that begin a sentence before a name without a comma.
STARTERS = listed("""
    yesterday today tonight tomorrow meanwhile earlier later speaking asked then however addressing again still instead
    nonetheless nevertheless likewise moreover finally first last next reporters pressed opening closing standing though
    although since according unlike like despite amid ahead
""")
ROLES = (
    "minister|secretary(?: |-)general|secretary|president|chancellor|premier|envoy|mayor|ambassador|spokesman"
    "|spokeswoman|spokesperson|chairman|chairwoman|chairperson|chair|chief|commander|delegate|leader|governor|director|host|hostess"
    "|king|queen|prince|princess|keeper|captain|admiral|general|diplomat|adviser|advisor|representative|negotiator"
    "|commissioner|senator|lawmaker|official|aide|head|guest|boy|girl|man|woman|reporter|witness|treasurer|clerk|judge"
)
ROLE = re.compile(
    r"\b(?:(?:the|a|an|his|her|its|their|this|that|our|one|another)\s+|(?P<owner>[\w’'.-]{2,40}(?<=['’]s)|[\w.-]{1,40}s['’])\s+)"
    rf"(?P<words>(?:[\w-]{{1,40}}(?:['’]s)?\s+){{0,5}}?(?:{ROLES})(?![\w-])(?:\s(?:{ROLES})\b)?)(?!['’]|\s(?:{ROLES})['’])"
    r"(?P<of>\s(?:of|for|to)\s(?:the\s)?(?:(?-i:[A-Z])[\w’'.-]*(?:\s(?-i:[A-Z])[\w.-]+)*|[a-z]+))?",
    re.IGNORECASE,
)
GROUP = re.compile(
    r"(?<![\w’'])(?:[\w’'.-]{2,40}(?:['’]s|s['’])\s)?\b(?:officials|reporters|ministers|aides|diplomats|sources|analysts|critics|delegates|leaders|members|envoys|people"
    r"|experts|observers|residents|witnesses|some|many|others|allies|protesters|locals|journalists|staff)\b",
    re.IGNORECASE,
)
RUN = 8  # words of a name


@dataclass(frozen=True, slots=True)
class Named:
    """A place where a draft names somebody: [start, end), and the records that it may mean, `kind/id`."""

    start: int
    end: int
    form: Form
    words: str
    facts: frozenset[str] = frozenset()
    owns: bool = False  # Oster’s


class Names:
    """Who is named in a draft, sentence by sentence."""

    def __init__(self, draft: Draft, look: Look) -> None:
        self.draft = draft
        self.look = look
        self._named: dict[int, list[Named]] = {}

    def named(self, sentence: int) -> list[Named]:
        """Everybody named in a sentence outside quotation marks, in order."""
        if sentence not in self._named:
            self._named[sentence] = sorted(self._all(sentence), key=lambda one: one.start)
        return self._named[sentence]

    def _all(self, sentence: int) -> Iterator[Named]:
        span = self.draft.sentences[sentence]
        own, is_quoted = self.draft.own, self.draft.is_quoted
        names = list(_names(own, span.start, span.end, is_quoted))
        for run in names:
            found = self._name(own, run, span.start)
            if found:
                yield found
        for match in PRONOUN.finditer(own, span.start, span.end):
            if not is_quoted(match.start()):
                yield Named(match.start(), match.end(), "pronoun", match[0])
        for match in ROLE.finditer(own, span.start, span.end):
            if not is_quoted(match.start()):
                yield Named(*match.span(), "role", match[0], self._role(match))
        for match in GROUP.finditer(own, span.start, span.end):
            if not is_quoted(match.start()):
                yield Named(*match.span(), "group", match[0])

    def _role(self, match: re.Match[str]) -> frozenset[str]:
        return self.look.holders(role_words(match[0]))

    def _name(self, own: str, run: Sequence[re.Match[str]], begin: int) -> Named | None:
        """Whom a run of capitalised words names; None where it is no name."""
        run = run[-RUN:]
        words = [POSSESSIVE.sub("", one[0]) for one in run]
        owns = words[-1] != run[-1][0]
        low, high = 0, len(words)
        while low < high and _is_no_name(words[low], run[low].start() == begin):
            low += 1
        while low < high and words[high - 1].casefold() in DAYS:
            high -= 1
        if low == high:
            return None
        for at in range(low, high):
            facts = self.look.named(" ".join(words[at:high]))
            left = words[low:at]
            if facts and (high - at > 1 or all(_leads(self.look, word) for word in left)):
                whole = own[run[at].start() : run[high - 1].end()]
                return Named(run[at].start(), run[high - 1].end(), "name", whole, facts, owns)
        while low < high - 1 and words[low].casefold() in TITLES:
            low += 1
        if words[low].casefold() in TITLES or GROUP.fullmatch(words[low]):
            return None
        whole = own[run[low].start() : run[high - 1].end()]
        return Named(run[low].start(), run[high - 1].end(), "name", whole, frozenset(), owns)


def role_words(told: str) -> list[str]:
    """The words of a role that say which it is."""
    left_out = COMMON | {"newly", "appointed", "outgoing", "host", "another", "s"}
    words = [token.text for token in cut(re.sub(r"['’]s\b|['’]", " ", told)) if token.text not in left_out]
    return ["defence" if word == "defense" else word for word in words]


def _is_no_name(word: str, is_first: bool) -> bool:
    told = word.casefold()
    return told in COMMON or told in DAYS or told in STARTERS or (is_first and VERB.fullmatch(told) is not None)


def _names(text: str, start: int, end: int, is_quoted: Callable[[int], bool]) -> Iterator[list[re.Match[str]]]:
    """Runs of capitalised words, particles among them; a possessive ends one."""
    run: list[re.Match[str]] = []
    for word in WORD.finditer(text, start, end):
        goes_on = bool(run) and text[run[-1].end() : word.start()] in (" ", "\xa0", "  ")
        goes_on = goes_on and not POSSESSIVE.search(run[-1][0])
        if run and not goes_on:
            yield from _closed(run)
            run = []
        if is_quoted(word.start()):
            continue
        if word[0][0].isupper() or (run and word[0].casefold() in PARTICLES):
            run.append(word)
        elif run:
            yield from _closed(run)
            run = []
    yield from _closed(run)


def _closed(run: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    while run and not run[-1][0][0].isupper():
        run = run[:-1]
    if run:
        yield run


def whom(look: Look, told: str) -> frozenset[str]:
    """Whom a name means, with titles, offices or bodies before it or not."""
    words = told.split()
    for at in range(len(words)):
        facts = look.named(" ".join(words[at:]))
        if facts and (at == 0 or len(words) - at > 1 or all(_leads(look, word) for word in words[:at])):
            return facts
    return look.holders(role_words(told))


def _leads(look: Look, word: str) -> bool:
    """Whether a word before a family name is no part of the name: a title, or a place or body."""
    if TITLES.issuperset(word.casefold().split("-")):
        return True
    return any(not fact.startswith("people/") for fact in look.named(word))
