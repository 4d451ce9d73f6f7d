"""wrk: sixteen clients that ask as fast as they are answered, and what they were told."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.bench.clocks import cpu
from tests.bench.servers import LOAD, Server, pinned

CLIENTS = 16
SCRIPT = Path(__file__).with_name("asking.lua")
MISSING = "wrk is needed, which makes the requests: apt-get install wrk"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Slice:
    """Some seconds of requests to one server."""

    rate: float  # answers a second
    cpu: float  # microseconds of the server's processor for each
    p99: float  # milliseconds
    answered: int
    errors: int
    busy: float  # how much of its core the server used; less than most of it means that the clients were the limit


def is_here() -> bool:
    return shutil.which("wrk") is not None


def run(server: Server, paths: Path, seconds: int, start: int = 0) -> Slice:
    """Asks for a file's addresses in turn, from one of them on, for some seconds."""
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s", "--latency", "-s", str(SCRIPT)]
    command += [f"http://127.0.0.1:{server.port}/", "--", str(paths), str(start)]
    used, begun = cpu(server.pid), monotonic()
    told = subprocess.run(pinned(command, LOAD), capture_output=True, text=True, check=True).stdout
    busy = (cpu(server.pid) - used) / (monotonic() - begun)
    server.settle()
    return read(told, cpu(server.pid) - used, busy)


def read(told: str, used: float, busy: float) -> Slice:
    """What wrk printed. Each client leaves one request under way, which the server works on all the same."""
    [answered] = re.findall(r"(\d+) requests in", told)
    [rate] = re.findall(r"Requests/sec: +([0-9.]+)", told)
    [(number, unit)] = re.findall(r"99% +([0-9.]+)(us|ms|s|m)", told)
    wrong = [int(one) for one in re.findall(r"Non-2xx or 3xx responses: (\d+)", told)]
    for line in re.findall(r"Socket errors: (.*)", told):
        wrong += [int(one) for one in re.findall(r"\d+", line)]
    return Slice(
        rate=float(rate),
        cpu=1e6 * used / (int(answered) + CLIENTS),
        p99=float(number) * UNITS[unit],
        answered=int(answered),
        errors=sum(wrong),
        busy=busy,
    )
