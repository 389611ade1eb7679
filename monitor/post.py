"""The post: has carriers and the centre told, looks what the centre must be told of, and shows that it is alive.

It puts together what judging knows (incidents, lines), what the record holds (the outbox) and what the configuration
says (ways). What it finds worth an alarm goes into the ledger like any other message that falls due.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from monitor.alerts.alarms import Alarms, Patience, Sighting, alarm, oldest_on, unknown_lines
from monitor.alerts.backup import late_by
from monitor.alerts.channels import make_sender
from monitor.alerts.expiries import Expiries
from monitor.alerts.heartbeat import Heartbeat
from monitor.alerts.outbox import Outbox
from monitor.alerts.ways import ConfiguredWays
from monitor.clock import Clock
from monitor.config.folder import Configuration
from monitor.faults.events import DaemonStarted, Event, MessageDue
from monitor.faults.terms import MessageKind
from monitor.metrics.own import OwnMetrics
from monitor.record import Record
from monitor.store.backup_mark import BackupMark
from monitor.store.deliveries import Waiting
from monitor.supervision import Supervision

T = TypeVar("T")


class Post:
    """The outbox, the alarms and the heartbeat of one run."""

    def __init__(
        self,
        record: Record,
        supervision: Supervision,
        *,
        clock: Clock,
        own: OwnMetrics,
        simulated: bool,
        patience: Patience,
        reminded: Iterable[str] = (),
    ) -> None:
        """Tell nobody before `run`; ``reminded`` are the entries of which the centre was told that they run out."""
        self._record, self._supervision, self._clock = record, supervision, clock
        self._simulated, self._patience = simulated, patience
        self._ways: ConfiguredWays | None = None
        self._alarms, self._expiries = Alarms(patience), Expiries(reminded)
        self._heartbeat = Heartbeat(now=clock.now)
        self._sees_since: datetime | None = None
        self._store_failing = self._backup_late = False
        self._began = clock.now()
        self._outbox = Outbox(
            record.ask,
            now=clock.now,
            monotonic=time.monotonic,
            incident_of=supervision.cases.grouping.of,
            told=lambda channel, fate: own.deliveries.labels(channel, fate).inc(),
        )
        record.on_messages(self._outbox.wake)

    def adopt(self, configuration: Configuration) -> None:
        """Go on by another configuration."""
        policies = self._supervision.policies
        self._ways = ConfiguredWays(configuration, policies, now=self._clock.now, simulated=self._simulated)
        self._outbox.adopt(self._ways)
        self._heartbeat.adopt(configuration.settings.heartbeat)

    async def run(self) -> None:
        """Carry messages until cancelled."""
        beating = asyncio.get_running_loop().create_task(self._heartbeat.run(self._alive))
        try:
            await self._outbox.run()
        finally:
            beating.cancel()

    async def finish(self, within: float) -> None:
        """Give letters under way some seconds to arrive."""
        await self._outbox.finish(within)

    # -- what the centre is told of ------------------------------------------------------------------------------

    def started(self, event: DaemonStarted) -> None:
        """Tell that the monitor is back, and for how long it did not run; a new ledger's first start is no return."""
        self._sees_since = event.at
        if event.last_judged_at is not None:
            gap = int((event.at - event.last_judged_at).total_seconds())
            self.tell(MessageKind.MONITOR_BACK, detail=str(gap), at=event.at)

    def tell(
        self, kind: MessageKind, *, subject: str | None = None, detail: str | None = None, at: datetime | None = None
    ) -> MessageDue:
        """Have an alarm fall due, now unless ``at`` another instant."""
        due = alarm(at or self._at(), kind, subject=subject, detail=detail)
        self._record.take([due])
        return due

    def happened(self, events: Iterable[Event]) -> None:
        """Look at what was judged: when the monitor began to see."""
        for event in events:
            if event.kind == "monitor_sees":
                self._sees_since = event.at

    def sweep(self, waiting: Waiting | None) -> None:
        """Look what is worth an alarm; ``waiting`` is how the outbox stands, None where the database does not say."""
        now, outbox = self._at(), self._outbox
        unreached = outbox.unreached_since(now - self._patience.unreached)
        for message in _taken(outbox.untold):
            if message.carrier is not None and message.fault_no is not None and self._told_at_all():
                unreached.setdefault(message.carrier, []).append(message.fault_no)
        seen = Sighting(
            at=now,
            unknown=self._unknown(now),
            unreached=unreached,
            mute=self._ways.unreached(now) if self._ways is not None and self._told_at_all() else (),
            gave_up=tuple(_taken(outbox.gave_up)),
            oldest_due_at=None if waiting is None else waiting.oldest_due_at,
            oldest_on=oldest_on(outbox.waiting()),
        )
        self._record.take(self._alarms.look(seen))
        supervision = self._supervision
        self._record.take(
            self._expiries.look(now, supervision.cases.registers, supervision.inventory, supervision.zone)
        )

    async def look_at_the_store(self) -> None:
        """Tell that the database fails while it does, past it: the message is put on record when that can be done."""
        failing, self._store_failing = self._record.failing, self._store_failing
        if failing and not self._store_failing:
            due = self.tell(MessageKind.STORE_FAILING, detail=self._record.trouble)
            self._store_failing = True
            await self._outbox.tell_at_once(due)
        self._store_failing = failing

    def look_at_backups(self, mark: BackupMark) -> None:
        """Tell once that a night's backup was missed, until one is made.

        After a start there is time to make it: a machine that was off at night catches up.
        """
        now = self._clock.now()
        late = late_by(mark, now) if now - self._began >= self._patience.backup else None
        if late is not None and not self._backup_late:
            self.tell(MessageKind.BACKUP_LATE, detail=str(int(late.total_seconds())))
        self._backup_late = late is not None

    def _told_at_all(self) -> bool:
        return self._ways is not None and bool(self._ways.channels)

    def _unknown(self, now: datetime) -> tuple[str, ...]:
        supervision = self._supervision
        if supervision.sight.blind or self._sees_since is None:
            return ()
        rules = supervision.policies.in_force(now).detection
        inventory, watches = supervision.inventory, supervision.watches
        return unknown_lines(inventory, watches, rules, now=now, sees_since=self._sees_since)

    def _alive(self) -> bool:
        """Tell whether instants are judged."""
        judged_at = self._supervision.judged_at
        return judged_at is not None and self._clock.now() - judged_at < self._patience.still

    def _at(self) -> datetime:
        return self._supervision.judged_at or self._clock.now().replace(microsecond=0)


def usable(configuration: Configuration) -> None:
    """Try whether every channel can be used on this machine.

    Raises:
        ChannelUnusable: a package is missing, or a file of authorities cannot be read.
    """
    for channel in configuration.settings.channels.values():
        make_sender(channel)


def _taken(items: list[T]) -> list[T]:
    """Return what is in a list, and empty it."""
    taken = items.copy()
    items.clear()
    return taken
