"""Rounds: what is compared is measured in turn, again and again, so that a busy minute meets all alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import wrk
from tests.bench.servers import Server

FEW = 200  # answers in a slice; a server that gives fewer is asked for three times as long
STEP = 9_973  # addresses from the start of one slice to that of the next, so that none comes soon again


@dataclass(frozen=True)
class Target:
    """A server and the addresses that it is asked for, in slices of some seconds."""

    name: str
    server: Server
    paths: Path
    seconds: int = 1


def interleaved(targets: Sequence[Target], rounds: int) -> dict[str, dict[str, Any]]:
    """Medians and all slices of each target, by its name; a first round, which warms up, does not count."""
    slices: dict[str, list[wrk.Slice]] = {one.name: [] for one in targets}
    seconds = {}
    for one in targets:
        first = wrk.run(one.server, one.paths, one.seconds)
        seconds[one.name] = one.seconds * (3 if first.answered < FEW else 1)
    for number, one in turns(targets, rounds):
        slices[one.name].append(wrk.run(one.server, one.paths, seconds[one.name], number * STEP))
    return {name: summary(found) for name, found in slices.items()}


def turns(targets: Sequence[Target], rounds: int) -> Iterator[tuple[int, Target]]:
    """Every target once in each round, with the round's number from 1 on; each round in the other order."""
    for number in range(1, rounds + 1):
        yield from ((number, one) for one in (targets if number % 2 else reversed(targets)))


def summary(slices: Sequence[wrk.Slice]) -> dict[str, Any]:
    """The medians of slices, the sum of their errors, and each rate, so that one sees how far they lie apart."""
    return {
        **{name: median(getattr(one, name) for one in slices) for name in ("rate", "cpu", "p99", "busy")},
        "errors": sum(one.errors for one in slices),
        "answered": sum(one.answered for one in slices),
        "rates": [one.rate for one in slices],
        "cpus": [one.cpu for one in slices],
    }
