"""Benchmarks: what is measured on is what could be loaded, and the same each time."""

import json

from app.store.checking import check
from app.store.reading import read
from tests.bench.making import Making


def test_what_is_made_passes_the_check_and_is_the_same_again() -> None:
    made = list(Making(120).bundles())
    check([read(content, file) for file, content in made])
    assert made == list(Making(120).bundles())
    assert made[1:] != list(Making(120, seed=2).bundles())[1:]
    statements = [one for _, content in made for one in json.loads(content).get("statements", [])]
    assert len(statements) == 120
    assert sum("quotations" in one for one in statements) == 30


def test_a_correction_gives_its_reason() -> None:
    made = Making(120)
    [(file, content)] = made.corrections()
    first = dict(made.bundles())[file]
    assert content != first
    assert set(json.loads(content)["reasons"]) == {"statements/said-0"}
