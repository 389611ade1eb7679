"""What is looked at, computed and forgotten beside the rounds: the outbox, the month's figures, what is too old."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from monitor.clock import Clock
from monitor.config.settings import Retention, Settings
from monitor.faults.events import ClockStepped
from monitor.faults.terms import MessageKind
from monitor.metrics.figures import Figures
from monitor.metrics.month import compute
from monitor.metrics.own import OwnMetrics
from monitor.pages import Pages
from monitor.post import Post
from monitor.probing.rounds import Echo
from monitor.probing.work import Work
from monitor.record import Record
from monitor.store.aside import Aside
from monitor.store.attachments import Attachments
from monitor.store.backup_mark import BackupMark, look
from monitor.store.errors import FileRefused, StoreUnavailable
from monitor.supervision import Supervision

log = logging.getLogger(__name__)


class Upkeep:
    """The jobs of one run that measure nothing and judge nothing."""

    def __init__(self, record: Record, own: OwnMetrics, clock: Clock, *, figures: Figures, aside: Aside) -> None:
        """Keep up what these hold; ``aside`` is the thread in which figures are computed."""
        self._record, self._own, self._clock = record, own, clock
        self._figures, self._aside = figures, aside
        self._began, self._marked = clock.now().replace(microsecond=0), True

    async def sweep(self, echo: Echo, post: Post, pages: Pages, work: Work) -> None:
        """Show what the echo engine counted and how the outbox stands; look what the centre must be told of."""
        self._own.failing.set(self._record.failing)
        self._own.show_echoes(echo.stats)
        work.begin(post.look_at_the_store())
        waiting = None
        with suppress(StoreUnavailable):
            now = self._clock.now()
            waiting = await self._record.ask(lambda store: store.on_their_way())
            pages.backlogs = await self._record.ask(lambda store: store.backlogs(now))
            self._own.show_outbox(waiting.count, waiting.oldest_due_at, now=self._clock.now())
        post.sweep(waiting)

    def look_at_the_clock(self, post: Post, at: datetime) -> bool:
        """Put on record and tell, as of an instant judged, that the machine's clock jumped; return whether it did."""
        step = self._clock.stepped()
        if step:
            log.warning("the machine's clock jumped by %+.1f s; judged time never runs backwards", step)
            self._record.take([ClockStepped(at=at, seconds=step)])
            post.tell(MessageKind.CLOCK_STEPPED, detail=f"{step:.1f}")
        return bool(step)

    async def compute_month(self, supervision: Supervision) -> None:
        """Compute this month's figures aside."""
        material = self._figures.material(self._clock.now(), supervision)
        self._figures.month = await asyncio.get_running_loop().run_in_executor(self._aside, compute, material)

    async def look_at_backups(self, settings: Settings, pages: Pages, post: Post) -> None:
        """Show and tell of the last backup's mark; where none can be kept, one is awaited since this run began."""
        folder = Attachments(settings.database.reveal(), settings.attachments).folder
        try:
            mark = await asyncio.get_running_loop().run_in_executor(
                self._aside, lambda: look(folder, now=self._clock.now().replace(microsecond=0))
            )
        except FileRefused as refused:
            if self._marked:
                log.warning("what backups there are is not known: %s", refused)
            mark = BackupMark(awaited_since=self._began)
            self._marked = False
        else:
            self._marked = True
        pages.backup = mark
        post.look_at_backups(mark)
        self._own.show_backup(mark)

    async def forget(self, kept: Retention) -> None:
        """Forget rounds and roll-ups that are older than the retention."""
        now = self._clock.now()
        with suppress(StoreUnavailable):
            await self._record.forget(rounds_before=now - kept.rounds, rollups_before=now - kept.rollups)
