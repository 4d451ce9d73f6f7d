"""What bundles are checked against: the facts that a database holds."""

from collections.abc import Iterable
from typing import Any, Protocol


class Known(Protocol):
    """What the database holds now."""

    @property
    def merged(self) -> dict[str, str]:
        """For each fact that was merged into another, that other one."""
        ...

    def fetch(self, facts: Iterable[str]) -> None:
        """Tells which facts are about to be asked for."""
        ...

    def owner(self, fact: str) -> str | None:
        """The bundle that owns a current fact, None where there is no such fact."""
        ...

    def revision(self, fact: str) -> int:
        """The last revision that a fact ever had, 0 where it never was."""
        ...

    def raw(self, fact: str) -> dict[str, Any]:
        """The record of a current fact, or its published body; KeyError where there is none."""
        ...

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        """The sentences of a document as (ref, start, end, sha256), in order; empty where it is unknown."""
        ...

    def corroborated(self, bundle: str) -> set[str]:
        """The facts that a bundle corroborates."""
        ...

    def ids(self, kind: str) -> Iterable[str]:
        """The ids of the current facts of a kind; asked for only to name the nearest."""
        ...


class Nothing:
    """A database that holds nothing: bundles are then checked by themselves."""

    @property
    def merged(self) -> dict[str, str]:
        return {}

    def fetch(self, facts: Iterable[str]) -> None:
        pass

    def owner(self, fact: str) -> str | None:
        return None

    def revision(self, fact: str) -> int:
        return 0

    def raw(self, fact: str) -> dict[str, Any]:
        raise KeyError(fact)

    def sentences(self, document: str) -> list[tuple[str, int, int, str]]:
        return []

    def corroborated(self, bundle: str) -> set[str]:
        return set()

    def ids(self, kind: str) -> Iterable[str]:
        return ()
