"""The invented world: four reports from the Archipelago of Orrin, and the bundles of their facts."""

from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("lantern-talks-2031-05", "farrow-visit-2031-06")
FURTHER = ("calder-courier-2031-05", "tissand-wire-2031-06")


def world_bundles() -> list[tuple[str, bytes]]:
    """Each bundle as (file, bytes); the second refers to records of the first."""
    return _bundles(NAMES)


def world_texts() -> dict[str, bytes]:
    """The bytes of each report, by the id of its document."""
    return _texts(NAMES)


def further_bundles() -> list[tuple[str, bytes]]:
    """Two more that tell of the same meetings otherwise: each corroborates the ones before it, and is loaded after."""
    return _bundles(FURTHER)


def further_texts() -> dict[str, bytes]:
    """The bytes of their reports, by the id of the document."""
    return _texts(FURTHER)


def _bundles(names: tuple[str, ...]) -> list[tuple[str, bytes]]:
    return [(f"{name}.json", (HERE / f"{name}.json").read_bytes()) for name in names]


def _texts(names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: (HERE / f"{name}.txt").read_bytes() for name in names}
