"""The beat of the daemon: a few jobs, each at its own seconds of the wall clock, none for a single line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires every so many seconds of the wall clock, ``after`` that many more.

    Its next time lies always within one interval of now. APScheduler's own trigger counts from its start and from
    the last run: set back by an hour, the clock would stop it for that hour; set forward by years (a machine without
    a battery), it would count through every second missed.
    """

    def __init__(self, seconds: float, *, after: float = 0.0) -> None:
        """Keep the interval and the offset, both in seconds."""
        self.interval, self.offset = timedelta(seconds=seconds), timedelta(seconds=after)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """Return the first of its times after now; exact, for one not after now would be asked for without end."""
        begin = EPOCH + self.offset
        turns: int = (now - begin) // self.interval + 1
        return begin + turns * self.interval


class Beat:
    """The jobs, and the scheduler that starts them: a run that is late is made up for once, two never overlap."""

    def __init__(self) -> None:
        """Begin with no job."""
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def every(self, seconds: float, job: Callable[[], Awaitable[Any]], *, after: float = 0.0) -> None:
        """Run a job every so many seconds."""

        async def turn() -> None:
            with suppress(asyncio.CancelledError):  # at the end, which the scheduler would log as a failure
                await job()

        self._scheduler.add_job(turn, Every(seconds, after=after), name=getattr(job, "__name__", None))

    def start(self) -> None:
        """Start running the jobs, in the running event loop."""
        self._scheduler.start()

    def clock_stepped(self) -> None:
        """Take every job's next time anew from the wall clock: the old ones are those of another clock."""
        for job in self._scheduler.get_jobs():
            job.reschedule(job.trigger)

    def stop(self) -> None:
        """Start no job any more; those running are cancelled."""
        self._scheduler.shutdown(wait=False)


async def worst_lag(*, meanwhile: Callable[[], None], looks: int = 20, apart: float = 0.5) -> float:
    """Return by how many seconds the event loop was late at worst, over ten seconds of the monotonic clock.

    ``meanwhile`` is called at each look: for what must not depend on the wall clock, as the jobs do.
    """
    loop, worst = asyncio.get_running_loop(), 0.0
    for _ in range(looks):
        began = loop.time()
        await asyncio.sleep(apart)
        worst = max(worst, loop.time() - began - apart)
        meanwhile()
    return worst
