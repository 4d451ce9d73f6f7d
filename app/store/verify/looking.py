"""Looking up: the facts that a draft may be about, by the words of it that stand in the search index."""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Any

from sqlalchemy import Select, String, bindparam, literal, select

from app.facts import KINDS
from app.store import search
from app.store.db import TooSlow
from app.store.finding import DOCUMENTS, Finder, Sentence
from app.store.search import ANYWHERE, NAMED, OWN
from app.store.seeking import Seeking
from app.store.selecting import CITED, LINKS, SEARCH, item, marks, standing
from app.store.tables import METADATA
from app.store.tokens import LONGEST, Term, cut
from app.store.verify.cues import content

SECONDS = 4.0
MOST = 200  # facts that one look brings
PHRASES = 48  # runs of words that one look asks for
LONG = 6  # of the words of a quotation, the longest ones that are looked for apart from each other
PRINTED = 25  # words of a name, or of what is printed of a fact, at most
LIKE = 12  # sentences of texts that a claim is held against
HELD = 20  # texts, up to which all that are held are read
NAME = 120  # code points of a name
NAMES = 600  # names of a draft that are looked up
SPEAKERS = ("people", "organisations", "places")
PRINTED_IN = ("events", "attendees", "statements", "spending", *SPEAKERS, "mentions", "caveats")
# Titles of which no part stands for the whole.
COMPOUND = ("secretary general", "vice president", "prime minister", "attorney general", "deputy", "former", "acting")
Body = dict[str, Any]


@dataclass
class Look:
    """What a database says in one edition, looked up for SECONDS at most.

    `only` are the filters of statements, `documents` the ids of the documents, that a request is limited to; `sent` is
    a text that came with it, as its document's id and itself. `is_complete` is false once a look was cut off.
    """

    finder: Finder
    edition: int
    only: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    sent: tuple[str, str] | None = None
    is_complete: bool = True

    def __post_init__(self) -> None:
        self._until = time.monotonic() + SECONDS
        self._stems: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._found: dict[tuple[Any, ...], list[Body]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._bodies: dict[tuple[str, str], Body | None] = {}
        self._texts: dict[str, str | None] = {}

    @property
    def is_over(self) -> bool:
        """Whether the time for looking up is over, after which what is not judged yet is left out."""
        is_over = time.monotonic() > self._until
        self.is_complete = self.is_complete and not is_over
        return is_over

    def facts(
        self,
        kind: str,
        groups: Iterable[Sequence[Term]],
        stands: int = ANYWHERE,
        **only: tuple[Any, ...],
    ) -> list[Body]:
        """The facts of a kind in which all terms of one of the groups stand, the newest first, at most MOST."""
        wanted = [list(terms) for terms in groups if terms]
        if not wanted:
            return []
        expression = search.match(wanted, kind, stands, self.finder.database.is_sqlite)
        values = {**only, SEARCH: (expression,)}
        return self._page(kind, values)

    def _page(self, kind: str, values: dict[str, tuple[Any, ...]]) -> list[Body]:
        """The newest facts of a kind that filters keep; none once the time is over, or a look was cut off."""
        key = kind, tuple(values.items())
        if key in self._found:
            return self._found[key]
        if self.is_over:
            return []
        try:
            if SEARCH in values:
                rows = Seeking(self.finder, KINDS[kind], values, self.edition).newest(MOST)
            else:
                rows = self.finder.page(KINDS[kind], values, "-date", MOST, [], self.edition)
        except TooSlow:
            self.is_complete = False
            return []
        found = self._found[key] = [self._kept(kind, bytes(row[-1])) for row in rows]
        return found

    def _kept(self, kind: str, body: bytes) -> Body:
        read: Body = json.loads(body)
        return self._bodies.setdefault((kind, read["id"]), read) or read

    def body(self, kind: str, id: str) -> Body | None:
        """A record that stands."""
        if (kind, id) not in self._bodies:
            rows = self.finder.rows(item, KINDS[kind], edition=self.edition, id=id)
            self._bodies[kind, id] = json.loads(bytes(rows[0][0])) if rows else None
        return self._bodies[kind, id]

    def quoted(self, runs: Iterable[str]) -> list[Body]:
        """The statements with words in quotation marks in which all of these runs of words stand."""
        terms = [term for run in runs for term in _phrases(run)]
        return self.facts("statements", [terms], OWN, **self._quotable) if terms else []

    def similar(self, words: str, size: int) -> list[Body]:
        """The statements with words in quotation marks in which `size` of these words stand in a row; 0: any three."""
        cut_words = [token.text for token in cut(words)]
        groups: list[list[Term]]
        if size:
            runs = [tuple(cut_words[at : at + size]) for at in range(len(cut_words) - size + 1)]
            step = max(1, -(-len(runs) // PHRASES))
            groups = [[Term(run)] for run in runs[::step]]
        else:
            longest = sorted(dict.fromkeys(cut_words), key=lambda one: (-len(one), one))[:LONG]
            groups = [[Term((one,)) for one in some] for some in combinations(longest, min(3, len(longest)))]
        return self.facts("statements", groups, OWN, **self._quotable)

    @property
    def _quotable(self) -> dict[str, tuple[Any, ...]]:
        return {**self.only, "may_quote": (True,)}

    def sharing(self, kind: str, stems: Sequence[str], beside: Sequence[str] = (), size: int = 2) -> list[Body]:
        """The facts of a kind in which words begin with `size` of these stems, or with one of them and one beside."""
        terms, others = ([Term((one[:LONGEST],), len(one) > 1) for one in some] for some in (stems, beside))
        groups: list[list[Term]] = [[one, other] for one in terms for other in others]
        if not beside:
            groups = [list(some) for some in combinations(terms, min(size, len(terms)))]
        filters = marks(KINDS[kind])
        return self.facts(kind, groups, ANYWHERE, **{name: one for name, one in self.only.items() if name in filters})

    def printed(self, words: str) -> list[tuple[str, Body]]:
        """The facts, each with its kind, in whose names or words these stand in a row."""
        phrase = _phrases(words)
        if not phrase or len(phrase[0].tokens) > PRINTED:
            return []
        found = [(kind, body) for kind in PRINTED_IN for body in self.facts(kind, [phrase], OWN)]
        return [(kind, body) for kind, body in found if not self.documents or _home(body) in self.documents]

    def named(self, name: str) -> frozenset[str]:
        """The people, or else the organisations, or else the places that a name, or a part of one, may mean."""
        if name not in self._names:
            phrase = _phrases(name) if len(self._names) < NAMES and len(name) <= NAME else []
            self._names[name] = next(
                (found for kind in SPEAKERS if phrase and (found := self._called(kind, phrase))), frozenset()
            )
        return self._names[name]

    def _called(self, kind: str, phrase: list[Term]) -> frozenset[str]:
        """Those of a kind that have the words as a name of theirs; else those that have them in one."""
        bodies = self.facts(kind, [phrase], NAMED)
        words = phrase[0].tokens
        whole = [body for body in bodies if any(_tokens(one) == words for one in names(body))]
        if not whole and kind != "people":  # part of the name of an organisation or a place is mostly another's
            return frozenset()
        return frozenset(f"{kind}/{body['id']}" for body in whole or bodies)

    def holders(self, words: Sequence[str]) -> frozenset[str]:
        """The people among whose offices one has all of these words."""
        either = [[word] if word != "defence" else ["defence", "defense"] for word in words]
        groups = [[Term((one,)) for one in some] for some in product(*either)] if words else []
        bodies = self.facts("people", groups, ANYWHERE)
        found = {f"people/{body['id']}" for body in bodies if any(_fits(office, words) for office in body["offices"])}
        return frozenset(found)

    def marked(self, kind: str, id: str) -> list[tuple[Body, Body]]:
        """The pairs of quotation marks, each with its document, that hold a fact and are no speech."""
        rows = self.finder.rows(_marking, edition=self.edition, fact=f"{kind}/{id}")
        found = [(document, mark) for (one,) in rows if (document := self.body("documents", one))
                 for mark in document["quotation_marks"]]  # fmt: skip
        path = f"/{kind}/{id}"
        return [(document, mark) for document, mark in found if mark["fact"] and mark["fact"]["path"] == path
                and mark["use"] != "speech"]  # fmt: skip

    def sentence(self, digests: Sequence[str]) -> tuple[str, Sentence] | None:
        """The document, and the sentence of it, that has one of these SHA-256 digests."""
        for digest in digests:
            for (id,) in self.finder.rows(_digested, edition=self.edition, digest=digest[:16]):
                for sentence in self.finder.sentences(id, self.edition):
                    if sentence.sha256 == digest and (not self.documents or id in self.documents):
                        return id, sentence
        return None

    def stating(self, citation: Body) -> Body | None:
        """The statement that cites most of a span; of those that cite as much, the one that cites least beside it."""
        start, end = citation["start"], citation["end"]
        place = {"document": citation["document"], "sentence": citation["sentence"]}
        rows = self.finder.rows(_stating, edition=self.edition, **place)
        shared = [(min(stop, end) - max(begin, start), begin - stop, id) for id, begin, stop in rows]
        best = max(shared, default=None)
        return self.body("statements", best[2]) if best and best[0] > 0 else None

    def said_by(self, speakers: Sequence[str]) -> list[Body]:
        """The statements of speakers, the newest first, at most MOST."""
        return self._page("statements", {**self.only, "speaker": tuple(speakers)}) if speakers else []

    def printed_like(self, stems: Collection[str], least: int) -> list[Body]:
        """The statements of sentences, of texts that are to be had, in which so many of these stems stand."""
        found = [
            (len(own & set(stems)), document, ref)
            for document in self.readable
            for ref, own in self._sentences_of(document)
            if len(own & set(stems)) >= least
        ]
        ids: dict[str, None] = {}
        for _, document, ref in sorted(found, key=lambda one: (-one[0], *one[1:]))[:LIKE]:
            rows = self.finder.rows(_stating, edition=self.edition, document=document, sentence=ref)
            ids |= dict.fromkeys(id for id, _, _ in rows)
        return [body for id in ids if (body := self.body("statements", id))]

    def _sentences_of(self, document: str) -> list[tuple[str, frozenset[str]]]:
        """The sentences of a text that is to be had, each with the stems of its words that carry content."""
        if document not in self._stems:
            text = self.text(document)
            listed = self.finder.sentences(document, self.edition) if text is not None else []
            told = [(one.ref, frozenset(content((text or "")[one.start : one.end]))) for one in listed]
            self._stems[document] = told
        return self._stems[document]

    def text(self, document: str) -> str | None:
        """The text of a document, where it is held or was sent."""
        if self.sent and self.sent[0] == document:
            return self.sent[1]
        if document not in self._texts:
            held = self.finder.text(document)
            self._texts[document] = held.decode() if held is not None else None
        return self._texts[document]

    @cached_property
    def readable(self) -> list[str]:
        """The documents whose texts are all read: those asked for, the one sent, or all held where they are few."""
        if self.documents:
            return list(self.documents)
        sent = [self.sent[0]] if self.sent else []
        held = [id for (id,) in self.finder.rows(_held)]
        return list(dict.fromkeys([*sent, *(held if len(held) <= HELD else [])]))


def names(body: Body) -> list[str]:
    """The name of a record and its other names."""
    return [body["name"], *(one["name"] for one in body.get("other_names", []))]


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in cut(text))


def _phrases(text: str) -> list[Term]:
    tokens = _tokens(text)
    return [Term(tokens)] if tokens else []


def _home(body: Body) -> str | None:
    return body["citations"][0]["document"] if body["citations"] else None


def _fits(office: Body, words: Sequence[str]) -> bool:
    """Whether an office is described by all of some words, and a compound title, as Vice President, by all of it."""
    told = [office["role"], office["as_printed"] or ""]
    told += [office[name]["name"] for name in ("organisation", "on_behalf_of") if office[name]]
    known = spelt(token for one in told for token in _tokens(one))
    return is_whole(office["role"], words) and all(word in known or word.removesuffix("s") in known for word in words)


def spelt(words: Iterable[str]) -> set[str]:
    """Words, those with two spellings in the one that roles are compared in."""
    return {"defence" if word == "defense" else word for word in words}


def is_whole(title: str, words: Sequence[str]) -> bool:
    """Whether words hold all of a compound title, where a title is one."""
    told = " ".join(_tokens(title))
    return all(set(one.split()) <= set(words) for one in COMPOUND if one in told)


def of_text(finder: Finder, sha256: str, edition: int) -> str | None:
    """The id of the document whose text has a digest."""
    for (id,) in finder.rows(_digested, edition=edition, digest=f"text:{sha256[:16]}"):
        body = finder.body(KINDS["documents"], id, edition)
        if body and json.loads(body)["sha256"] == sha256:
            return str(id)
    return None


def _documents(relation: str, target: Any) -> Select[Any]:
    links = select(LINKS.c.row).where(
        LINKS.c.kind == literal("documents"), LINKS.c.relation == literal(relation), LINKS.c.target == target
    )
    return select(DOCUMENTS.c.id).where(DOCUMENTS.c.row.in_(links), standing(DOCUMENTS)).order_by(DOCUMENTS.c.row)


def _marking() -> Select[Any]:
    return _documents("quotation_marks.fact", bindparam("fact", type_=String())).limit(MOST)


def _digested() -> Select[Any]:
    return _documents("digest", bindparam("digest", type_=String())).limit(MOST)


def _stating() -> Select[Any]:
    table = METADATA.tables["statements"]
    cites = CITED.c.kind == literal("statements")
    place = CITED.c.document == bindparam("document"), CITED.c.sentence == bindparam("sentence")
    found = select(table.c.id, CITED.c.start, CITED.c.end).join(table, table.c.row == CITED.c.row)
    return found.where(cites, *place, standing(table)).order_by(table.c.place_in_document, table.c.row).limit(MOST)


def _held() -> Select[Any]:
    texts = METADATA.tables["texts"]
    return select(texts.c.document).order_by(texts.c.document).limit(HELD + 1)
