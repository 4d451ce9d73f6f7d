"""Checking bundles: every fault at once, before anything is written."""

from collections.abc import Iterable
from itertools import chain, islice

from app.faults import BundleError, Fault
from app.store.bundles import Records, validate
from app.store.grouping import Promised
from app.store.reading import Draft
from app.store.rules import Known, Nothing, Scene, faults

__all__ = ["FAULTS_MAX", "Known", "Nothing", "check", "refuse"]

FAULTS_MAX = 50


def check(
    drafts: list[Draft],
    known: Known | None = None,
    texts: dict[str, str] | None = None,
    promised: Promised | None = None,
    pending: Iterable[str] = (),
) -> list[Records]:
    """Takes bundles that may refer to each other, what the database holds, and documents' texts by id.

    `pending` bundles are loaded too, after these, and have `promised` what they say of other bundles' facts.

    Returns each bundle's records. Raises BundleError with every fault: the first 50 of them, and how many more. A
    record that has not the right form is left out of all other rules. With its text, what cites a document is proved.
    """
    validated = [validate(draft) for draft in drafts]
    bundles = [(draft, records) for draft, (records, _) in zip(drafts, validated, strict=True)]
    named = [(draft, records) for draft, records in bundles if isinstance(draft.raw.get("id"), str)]
    scene = Scene(named, known or Nothing(), texts or {})
    scene.expect(pending, promised or Promised())
    refuse(chain(chain.from_iterable(faults for _, faults in validated), faults(scene)))
    return [records for _, records in bundles]


def refuse(faults: Iterable[Fault]) -> None:
    """Raises BundleError where there is a fault: with the first 50, and how many more."""
    found = iter(faults)
    first = list(islice(found, FAULTS_MAX))
    more = sum(1 for _ in found)
    if more:
        first.append(Fault("", f"and {more} more", "mend these first"))
    if first:
        raise BundleError(first)
