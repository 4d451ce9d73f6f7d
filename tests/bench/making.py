"""Making facts at scale: invented reports, their bundles as they are loaded, the same for the same number and seed.

Words are drawn by Zipf's law from an invented vocabulary, speakers and topics skewed likewise; several reports tell of
each event; every fourth statement quotes, every tenth is hedged; one bundle in fifty comes a second time, corrected.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from app.store.text import digest

PEOPLE, EVENTS, TOPICS, WORDS = 2_000, 5_000, 50, 20_000
PER_BUNDLE = 2_000  # statements of one report
CORRECTED = 50  # of so many reports one is corrected
SYLLABLES = (
    "ba be bo da de do fa fe fi ga go ka ke ko la le li lo ma me mi na ne no pa pe ra re ri ro sa se so ta te to"
)
UNKNOWN = ("author", "publisher", "date_published", "original_language")
Raw = dict[str, Any]


@dataclass
class Making:
    """A world of so many statements."""

    statements: int
    seed: int = 1

    @cached_property
    def words(self) -> list[str]:
        """The vocabulary, the most frequent word first."""
        chance = random.Random(self.seed)
        syllables = SYLLABLES.split()
        found = dict.fromkeys(
            "".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))) for _ in range(2 * WORDS)
        )
        return list(found)[:WORDS]

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    @cached_property
    def people(self) -> list[Raw]:
        chance = random.Random(self.seed + 1)
        return [
            {
                "id": f"person-{n}",
                "name": f"{chance.choice(self.words).title()} {chance.choice(self.words).title()} {n}",
                **LISTED,
                "named": False,
            }
            for n in range(PEOPLE)
        ]

    def bundles(self) -> Iterator[tuple[str, bytes]]:
        """Each bundle as (file, bytes), in the order in which they are loaded; the corrections are apart."""
        yield "register.json", self._encoded(self._register())
        for number in range(-(-self.statements // PER_BUNDLE)):
            yield f"report-{number}.json", self._encoded(self._report(number))

    def corrections(self) -> Iterator[tuple[str, bytes]]:
        """The bundles that come a second time."""
        for number in range(0, -(-self.statements // PER_BUNDLE), CORRECTED):
            made = self._report(number)
            first = made["statements"][0]
            first["paraphrase"] += " It was misread before."
            why = {"reason": "a reader wrote in", "evidence": "https://desk.example/letters"}
            made["reasons"] = {f"statements/{first['id']}": why}
            yield f"report-{number}.json", self._encoded(made)

    @staticmethod
    def _encoded(raw: Raw) -> bytes:
        return json.dumps(raw, ensure_ascii=False).encode()

    def _register(self) -> Raw:
        """Who and what all reports speak of."""
        made = report("register", ["Register of the great assembly"])
        made["people"] = self.people
        labels = [f"{self.words[n].title()} {n}" for n in range(TOPICS)]
        made["topics"] = [{"id": f"topic-{n}", "name": label, "label": label} for n, label in enumerate(labels)]
        made["places"] = [
            {
                "id": "assembly-town",
                "name": "Assembly Town",
                "kind": "city",
                "roles": ["venue"],
                **LISTED,
                "named": False,
            }
        ]
        made["events"] = [
            {
                "id": f"event-{n}", "name": f"Sitting {n} of the assembly", "kind": "session", "status": "held",
                **LISTED, "place": "places/assembly-town", "named": False,
                "date": {"edtf": day(n), "how": "implied", "basis": "external"},
            }
            for n in range(self.events)
        ]  # fmt: skip
        made["caveats"] += [
            {"id": f"event-{n}-{field}", "kind": "not_stated", "facts": [f"events/event-{n}"], "field": field,
             "text": "The list does not say."}
            for n in range(self.events) for field in ("outcomes", "attendance")
        ]  # fmt: skip
        return made

    @property
    def events(self) -> int:
        return max(5, min(EVENTS, self.statements // 20))

    def _report(self, number: int) -> Raw:
        """A report of a sitting or several, a sentence for each statement."""
        chance = random.Random(self.seed * 1_000_003 + number)
        size = min(PER_BUNDLE, self.statements - number * PER_BUNDLE)
        lines, told = [f"Report {number} of the assembly"], []
        for n in range(size):
            said = Said(self, chance, number * PER_BUNDLE + n)
            lines.append(said.sentence)
            told.append(said)
        made = report(f"report-{number}", lines)
        sentences = made["document"]["sentences"][1:]
        made["statements"] = [said.entry(sentence) for said, sentence in zip(told, sentences, strict=True)]
        made["document"]["quotation_marks"] = [
            said.mark(sentence) for said, sentence in zip(told, sentences, strict=True) if said.quoted
        ]
        made["mentions"] = [
            said.mention(sentence) for said, sentence in zip(told, sentences, strict=True) if said.number % 4 == 0
        ]
        made["caveats"] += [
            said.caveat(sentence) for said, sentence in zip(told, sentences, strict=True) if said.number % 20 == 0
        ]
        return made

    def prose(self, chance: random.Random, count: int) -> str:
        """So many words in a row."""
        return " ".join(chance.choices(self.words, cum_weights=self._weights, k=count))


LISTED = {"basis": "external", "source": "The assembly's own list"}


class Said:
    """One statement under way: its sentence, and the records that come of it."""

    def __init__(self, making: Making, chance: random.Random, number: int) -> None:
        self.number = number
        self.person = int(PEOPLE * chance.random() ** 3)
        self.event = int(making.events * chance.random())
        self.topic = int(TOPICS * chance.random() ** 2)
        self.name = making.people[self.person]["name"]
        self.quoted = making.prose(chance, 8) if number % 4 == 1 else None
        self.hedged = number % 10 == 0
        self.paraphrase = making.prose(chance, 24).capitalize() + "."
        rest = f"“{self.quoted}”" if self.quoted else f"{'perhaps ' if self.hedged else ''}{making.prose(chance, 9)}"
        self.day = day(self.event)
        self.sentence = f"{self.name} said on {self.day}: {rest}."
        self.at = self.sentence.index(rest)

    @property
    def id(self) -> str:
        return f"said-{self.number}"

    def entry(self, sentence: Raw) -> Raw:
        start = sentence["start"]
        printed = f"{self.name} said"
        name = cited(sentence, start, self.name, ["speaker"])
        span = {name: sentence[name] for name in ("start", "end", "sha256")}
        made = {
            "id": self.id,
            "speaker": f"people/person-{self.person}",
            "attribution": {"as_printed": printed, "form": "name"},
            "voice": "speaker",
            "directness": "direct" if self.quoted else "indirect",
            "paraphrase": self.paraphrase,
            "act": "says",
            "event": f"events/event-{self.event}",
            "date": {"edtf": self.day, "as_printed": self.day, "how": "printed", "basis": "stated"},
            "topics": [f"topics/topic-{self.topic}"],
            "citations": [
                {"sentence": sentence["ref"], "supports": ["act"], **span},
                cited(sentence, start, printed, ["attribution.as_printed"]),
                cited(sentence, start + len(printed) + len(" on "), self.day, ["date.as_printed"]),
                {**name, "exact": None},
            ],
        }  # fmt: skip
        if self.quoted:
            place = cited(sentence, start + self.at + 1, self.quoted, ["quotations"])
            made["quotations"] = [{"text": self.quoted, "extent": "sentence", "citation": place}]
        if self.hedged:
            span = {"start": start + self.at, "end": start + self.at + len("perhaps")}
            made["hedges"] = [{"as_printed": "perhaps", "kind": "possibility", "on": "paraphrase", **span}]
        return made

    def mark(self, sentence: Raw) -> Raw:
        start = sentence["start"] + self.at
        span = {"start": start, "end": start + len(self.quoted or "") + 2}
        return {"sentence": sentence["ref"], **span, "use": "speech", "fact": f"statements/{self.id}"}

    def mention(self, sentence: Raw) -> Raw:
        return {
            "id": f"named-{self.number}", "entity": f"people/person-{self.person}", "form": "name",
            "as_printed": self.name, "sentence": sentence["ref"], "start": sentence["start"],
            "end": sentence["start"] + len(self.name),
        }  # fmt: skip

    def caveat(self, sentence: Raw) -> Raw:
        place = {"sentence": sentence["ref"], **{name: sentence[name] for name in ("start", "end", "sha256")}}
        return {
            "id": f"sitting-of-{self.number}",
            "kind": "ambiguous",
            "facts": [f"statements/{self.id}"],
            "field": "event",
            "text": "Two sittings were held that day, and the report does not say at which of them it was.",
            "citations": [place],
        }


def cited(sentence: Raw, start: int, words: str, supports: list[str]) -> Raw:
    span = {"start": start, "end": start + len(words), "sha256": digest(words)}
    return {"sentence": sentence["ref"], **span, "supports": supports, "exact": words}


def day(event: int) -> str:
    """The day of a sitting."""
    return f"{2031 + event // 336 % 60}-{event // 28 % 12 + 1:02}-{event % 28 + 1:02}"


def report(id: str, lines: list[str]) -> Raw:
    """The bundle of a text of these lines, each a sentence; the first is its title."""
    text = "\n".join(lines)
    sentences, at = [], 0
    for n, line in enumerate(lines, 1):
        sentences.append({"ref": f"{n}.1", "start": at, "end": at + len(line), "sha256": digest(line)})
        at += len(line) + 1
    title = {"sentence": "1.1", "supports": ["title"], **{n: sentences[0][n] for n in ("start", "end", "sha256")}}
    document = {
        "title": lines[0], "kind": "transcript", "language": "en", "sha256": digest(text), "length": len(text),
        "sentences": sentences, "citations": [title],
    }  # fmt: skip
    caveats = [
        {"id": f"{id}-{field.replace('_', '-')}", "kind": "not_stated", "facts": [f"documents/{id}"], "field": field,
         "text": "The report does not say."}
        for field in UNKNOWN
    ]  # fmt: skip
    return {"id": id, "document": document, "caveats": caveats}
