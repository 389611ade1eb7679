"""A county-wide storm: every carrier is told of every fault in time, and no robot gets more than it bears."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.queue import urgency
from monitor.faults.events import MessageDue
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


def test_overdue_goes_before_reminders_before_the_rest(tmp_path: Path) -> None:
    """All at once, behind robots that have little of their allowance left; each fault's messages stay in order."""
    driven(mixed(tmp_path))


async def mixed(path: Path) -> None:
    """A third of the lines becomes overdue, of a third half the limit passes, a third fails, and some come back."""
    chance = random.Random(3)
    begins: dict[str, int] = {}
    back: dict[str, int] = {}
    for carrier, count in HIT.items():
        for place, number in enumerate(chance.sample(range(SCATTERED[carrier]), count)):
            line = f"{carrier}-{number}"
            begins[line] = (10, 610, 1180)[place % 3] + chance.randint(0, 39)
            if place % 6 == 0:
                back[line] = 1190
    async with storm(path, loop().time, lines=SCATTERED, limit="20m", min_lines=50) as (watch, robots):
        await watch.weather(begins, until=1400, back=back)
        due = [each.event for each in watch.store.events(kinds=(MessageDue,)) if isinstance(each.event, MessageDue)]
        for carrier in HIT:
            mine, robot = [event for event in due if event.carrier == carrier], robots.of[carrier]
            told = robots.each_told(carrier)
            wanted = {said(event) for event in mine}
            assert {"已超时", "时限过半", "剩余", "新故障", "已恢复"} == {kind for _, kind in wanted}
            assert (wanted, 0) == (set(told), robot.refused)
            assert busiest_minute(robot.at) <= 20
            assert max(told[said(event)] - event.due_at for event in mine) <= TOLD_WITHIN
            assert [] == overtaken(mine, told)


def said(event: MessageDue) -> tuple[str, str]:
    """Return a message by its fault and what its title begins with."""
    words = {"overdue": "已超时", "restored": "已恢复", "reminder": "时限过半" if event.fraction == 0.5 else "剩余"}
    return event.no or "", words.get(event.message.value, "新故障")


def overtaken(due: list[MessageDue], told: Mapping[tuple[str, str], datetime]) -> list[tuple[MessageDue, MessageDue]]:
    """Return which message was told while a more urgent one waited for longer than a second, or one of its fault."""
    went = {said(event): told[said(event)] for event in due}
    return [
        (one, other)
        for one in due
        for other in due
        if went[said(one)] < went[said(other)]
        and (urgency(other.message) < urgency(one.message) or (one.no == other.no and other.due_at < one.due_at))
        and went[said(one)] - other.due_at > timedelta(seconds=1)
    ]
