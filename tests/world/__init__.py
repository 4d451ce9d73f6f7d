"""The invented world: two reports from the Archipelago of Orrin, and the bundles of their facts."""

from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("lantern-talks-2031-05", "farrow-visit-2031-06")


def world_bundles() -> list[tuple[str, bytes]]:
    """Each bundle as (file, bytes); the second refers to records of the first."""
    return [(f"{name}.json", (HERE / f"{name}.json").read_bytes()) for name in NAMES]


def world_texts() -> dict[str, bytes]:
    """The bytes of each report, by the id of its document."""
    return {name: (HERE / f"{name}.txt").read_bytes() for name in NAMES}
