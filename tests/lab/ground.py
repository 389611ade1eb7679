"""The sample county's network as tests hold it: made once, asked from the monitor's namespace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence

from monitor.lab.county import SEED, generate
from monitor.lab.network import NoNetworkError
from monitor.lab.stage import Ground
from tests.needs import lacking, need

COMMUNITY = "for-tests"
COUNTY = generate(SEED)
EVERY_ADDRESS = (
    *(line.address for line in COUNTY.inventory.lines.values()),
    *(node.address or "" for node in COUNTY.inventory.nodes.values()),
    *(reference.address for reference in COUNTY.inventory.references.values()),
)


def make() -> Ground:
    """Make the network, or skip (in CI: fail) the test where the machine does not permit it."""
    try:
        return Ground(SEED, COMMUNITY)
    except NoNetworkError as error:
        lacking("the right to make network namespaces", str(error))


def run(ground: Ground, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a program in the monitor's namespace."""
    enter = [sys.executable, "-m", "monitor.lab.enter", str(os.getpid()), *ground.namespaces, "--"]
    return subprocess.run(
        [*enter, *command], pass_fds=ground.files, capture_output=True, text=True, timeout=60, check=False
    )


def silent(ground: Ground, addresses: Iterable[str] = EVERY_ADDRESS) -> set[str]:
    """Return which addresses answer none of three echoes."""
    asked = set(addresses)
    done = run(ground, [need("fping"), "-q", "-a", "-r", "2", "-t", "200", "-i", "1", *sorted(asked)])
    return asked - set(done.stdout.split())
