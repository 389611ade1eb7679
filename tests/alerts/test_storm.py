"""A county-wide storm: every carrier is told of every fault in time, and no robot gets more than it bears."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.alerts.storms import HIT, busiest_minute, storm
from tests.driven import driven, loop

TOLD_WITHIN = timedelta(minutes=2)
WHOLE = HIT
SCATTERED = {carrier: count * 3 for carrier, count in HIT.items()}  # too few of any node or carrier for an incident


@pytest.mark.parametrize("lines", [WHOLE, SCATTERED], ids=["all lines of the county", "a third of them"])
def test_every_carrier_is_told_of_every_fault_within_two_minutes(tmp_path: Path, lines: Mapping[str, int]) -> None:
    """122 lines in a minute: within the robots' 20 a minute, and not one fault is left out."""
    driven(county_wide(tmp_path, lines))


async def county_wide(path: Path, lines: Mapping[str, int]) -> None:
    chance = random.Random(7)
    hit = [f"{carrier}-{n}" for carrier, count in HIT.items() for n in chance.sample(range(lines[carrier]), count)]
    failing = {line: chance.randint(10, 69) for line in hit}
    async with storm(path, loop().time, lines=lines) as (watch, robots):
        await watch.weather(failing, until=170)
        for carrier, faults in watch.faults().items():
            robot, told = robots.of[carrier], robots.told(carrier)
            assert HIT[carrier] == len(faults)
            assert {fault.no for fault in faults} == set(told)
            assert max(told[fault.no] - fault.discovered_at for fault in faults) <= TOLD_WITHIN
            assert (0, True) == (robot.refused, busiest_minute(robot.at) <= 20)
        assert () == watch.store.verify().findings
        assert 0 == watch.store.on_their_way().count
