"""Jobs keep their beat, whatever the machine's clock does."""

from __future__ import annotations

import asyncio
import datetime as real
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
from apscheduler.schedulers import base
from hypothesis import given
from hypothesis import strategies as st

from monitor.probing.beat import Beat, Every

NOW = datetime(2026, 9, 1, 4, 0, 0, 500_000, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - UTC is put on it below
    st.sampled_from([1, 5, 60, 3600]),
    st.sampled_from([0.0, 0.02, 0.52, 60.7]),
)
def test_the_next_time_lies_after_now_and_within_one_interval(now: datetime, seconds: int, after: float) -> None:
    at = now.replace(tzinfo=UTC)
    for previous in (None, at + timedelta(days=365), at - timedelta(days=365)):
        following = Every(seconds, after=after).get_next_fire_time(previous, at)
        assert timedelta() < following - at <= timedelta(seconds=seconds)


class StepsTime(real.datetime):
    """The wall clock as APScheduler reads it, off by ``step``."""

    step = timedelta()

    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> Self:
        return super().now(tz) + cls.step


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=20_000)], ids=["an hour back", "decades forward"])
async def test_jobs_go_on_at_once_when_the_clock_is_stepped(monkeypatch: pytest.MonkeyPatch, step: timedelta) -> None:
    """A plain interval would wait for the hour to pass again, or count through every second of the decades."""
    monkeypatch.setattr(base, "datetime", StepsTime)
    monkeypatch.setattr(StepsTime, "step", timedelta())
    ran: asyncio.Queue[None] = asyncio.Queue()

    async def job() -> None:
        ran.put_nowait(None)

    beat = Beat()
    beat.every(0.2, job)
    beat.start()
    async with asyncio.timeout(10):
        await ran.get()
        StepsTime.step = step
        beat.clock_stepped()
        for _ in range(4):
            await ran.get()
    beat.stop()
