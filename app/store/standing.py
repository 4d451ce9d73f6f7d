"""What stands once a load is done: its own records over those that stood before."""

import weakref
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from app.store.comparing import Comparison
from app.store.publishing import Publisher, digest
from app.store.reading import Draft
from app.store.rules.scene import follow
from app.store.stored import Stored


class Texts:
    """The texts that a load brings, those held from then on, and those whose documents no longer have them."""

    def __init__(self, stored: Stored, given: dict[str, bytes], keep: bool) -> None:
        self.stored, self.given, self.keep = stored, given, keep
        self.held: set[str] = set()
        self.given_up: set[str] = set()

    def compare(self, drafts: list[Draft], loading: set[str], withdrawn: set[str]) -> None:
        """Notes which texts come and which go; checking has proved those given of the documents given."""
        for document in loading & self.given.keys() if self.keep else ():
            if self.stored.text(document) != self.given[document]:
                self.held.add(document)
        for draft in drafts:
            id, text = draft.raw["id"], self.stored.text(draft.raw["id"])
            if text is not None and id not in self.held and digest(text) != draft.raw["document"]["sha256"]:
                self.given_up.add(id)
        self.given_up.update(id for id in withdrawn if self.stored.text(id) is not None)

    def text(self, document: str) -> str | None:
        """The text of a document where it is held once the load is done."""
        text = self.given[document] if document in self.held else self.stored.text(document)
        return None if text is None or document in self.given_up else text.decode()


class AfterLoad:
    """The records that bodies are made of (`Standing` of app.store.publishing), and the publisher that makes them."""

    def __init__(self, stored: Stored, comparison: Comparison, texts: Texts, numbers: dict[str, int]) -> None:
        self.stored = stored
        self.comparison = comparison
        self.texts = texts
        self.numbers = numbers  # each bundle's place in the order of first loads
        self._texts: dict[str, str | None] = {}
        self._caveats: dict[str, set[str]] = {}  # what the database holds about each fact
        self._index = comparison.index
        self.publisher = Publisher(weakref.proxy(self))  # a circle would live until the collector finds it

    @cached_property
    def merged(self) -> dict[str, str]:
        return self.comparison.merged

    @cached_property
    def _absorbed(self) -> dict[str, set[str]]:
        """The facts that were merged into each, before or in this load: whose caveats and corroborations it has."""
        found: dict[str, set[str]] = defaultdict(set)
        for merged in (self.stored.merged, self.merged):
            for fact in merged:
                found[follow(merged, fact)].add(fact)
        return found

    @cached_property
    def _about(self) -> dict[str, list[str]]:
        """The caveats of the bundles being loaded that are about each fact."""
        found: dict[str, list[str]] = defaultdict(list)
        for fact, raw in self.comparison.new.items():
            if fact.startswith("caveats/"):
                for subject in raw.get("facts", []):
                    found[self.resolve(subject)].append(fact)
        return found

    def resolve(self, fact: str) -> str:
        return follow(self.merged, fact) if self.merged else fact

    def raw(self, fact: str) -> dict[str, Any]:
        """A record being loaded, or that of a fact that stood; KeyError where there is none."""
        new = self.comparison.new
        return new[fact] if fact in new else self.stored.records(self.home(fact))[fact].raw

    def home(self, fact: str) -> str:
        home = self.comparison.home.get(fact) or self.stored.owner(fact)
        if home is None:
            raise KeyError(fact)
        return home

    def index(self, fact: str) -> int:
        """The fact's place in its bundle."""
        if fact not in self._index:
            self._index.update({name: place for place, name in enumerate(self.stored.records(self.home(fact)))})
        return self._index[fact]

    def expect(self, facts: Iterable[str]) -> None:
        """Reads in bulk what bodies of these facts will be made of."""
        facts = list(facts)
        self.stored.fetch(facts)
        names = {name for fact in facts for name in (fact, *self._others(fact)) if name not in self._caveats}
        found = self.stored.caveats(names) if names else {}
        self._caveats.update((name, found.get(name, set())) for name in names)

    def caveats(self, fact: str) -> list[str]:
        """The caveats about a fact: bundle by bundle in the order of first loads, each bundle's in its own order."""
        names = fact, *self._others(fact)
        if any(name not in self._caveats for name in names):
            self.expect([fact])
        told = {one for name in names for one in self._caveats[name]}
        older = [one for one in told if one not in self.comparison.home]
        found = {one for one in older if any(self.resolve(about) == fact for about in self.raw(one).get("facts", []))}
        found.update(self._about.get(fact, []))
        return sorted(found, key=lambda caveat: (self.numbers[self.home(caveat)], self.index(caveat)))

    def _others(self, fact: str) -> set[str]:
        """What shares caveats and corroborations with a fact: what was merged into it, or it into."""
        before = follow(self.stored.merged, fact)
        return self._absorbed.get(fact, set()) | ({before} if before != fact else set())

    def corroborations(self, fact: str) -> list[tuple[str, dict[str, Any]]]:
        """The documents that corroborate a fact, in the order of first loads, each with what its bundle says."""
        older = self.stored.corroborations("fact", [fact, *self._others(fact)])
        kept = [one for one in older if one.bundle not in self.comparison.taken and self.resolve(one.fact) == fact]
        found = [*((one.bundle, one.entry) for one in kept), *self._corroborating.get(fact, [])]
        return sorted(found, key=lambda one: self.numbers[one[0]])

    @cached_property
    def _corroborating(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """What the bundles being loaded say of each fact that they corroborate."""
        found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for (bundle, fact), entry in self.comparison.corroborates.items():
            found[self.resolve(fact)].append((bundle, entry))
        return found

    def text(self, document: str) -> str | None:
        if document not in self._texts:
            self._texts[document] = self.texts.text(document)
        return self._texts[document]
