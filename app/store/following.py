"""Following: the sentences of one version of a document found again in a later one."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from app.store.finding import Sentence


def follow(earlier: Sequence[Sentence], later: Sequence[Sentence]) -> dict[Sentence, Sentence]:
    """For each sentence the later one that has its words, wherever that stands, or else that took its place.

    A sentence is left out where neither can be told: it was dropped, or others were put in or left out beside it.
    """
    digests = [[one.sha256 for one in sentences] for sentences in (earlier, later)]
    found: dict[Sentence, Sentence] = {}
    changed: list[tuple[Sequence[Sentence], Sequence[Sentence]]] = []
    for tag, low, high, first, last in SequenceMatcher(a=digests[0], b=digests[1], autojunk=False).get_opcodes():
        if tag == "equal":
            found.update(zip(earlier[low:high], later[first:last], strict=True))
        else:
            changed.append((earlier[low:high], later[first:last]))
    free: dict[str, list[Sentence]] = defaultdict(list)
    for one in (one for _, new in changed for one in new):
        free[one.sha256].append(one)
    for one in (one for old, _ in changed for one in old):
        if free[one.sha256]:
            found[one] = free[one.sha256].pop(0)
    for old, new in changed:
        pairs = zip(old, new, strict=True) if len(old) == len(new) else ()
        found.update({one: other for one, other in pairs if one not in found and other in free[other.sha256]})
    return found
