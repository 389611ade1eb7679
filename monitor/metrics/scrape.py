"""What a scrape shows, gathered as rounds are judged, and written aside when it is asked for."""

from __future__ import annotations

import asyncio

from monitor.clock import Clock, instant
from monitor.config.folder import Configuration
from monitor.faults.fault import Status
from monitor.faults.observation import Observation, Outcome
from monitor.metrics.figures import Figures
from monitor.metrics.own import OwnMetrics
from monitor.metrics.page import Latest, Page, Snapshot
from monitor.metrics.registers import JudgedRegisters
from monitor.probing.assembly import Instant
from monitor.probing.polling import Polling
from monitor.supervision import Supervision


class Scrape:
    """The county as the metrics page shows it; ``latest`` is the latest accepted round of each line."""

    def __init__(
        self, configuration: Configuration, supervision: Supervision, *, own: OwnMetrics, figures: Figures, clock: Clock
    ) -> None:
        """Show what these hold when a scrape comes."""
        self._supervision, self._own, self._figures, self._clock = supervision, own, figures, clock
        self.latest: dict[str, Latest] = {}
        self._registers = JudgedRegisters()
        self.adopt(configuration)

    def adopt(self, configuration: Configuration) -> None:
        """Show the lines of another configuration from now on."""
        self._inventory = configuration.inventory
        self._page = Page(self._inventory, self._own.registry)
        self.latest = {line: seen for line, seen in self.latest.items() if line in self._inventory.lines}

    def take(self, whole: Instant) -> None:
        """Take what was seen in an instant that has been judged."""
        watches, at = self._supervision.watches, instant(whole.second)
        for seen in (*whole.references, *whole.lines):
            if seen.outcome is Outcome.ERROR:
                self._own.errors.labels("icmp", seen.error or "unknown").inc()
        for seen in whole.lines:
            watch = watches.get(seen.subject)
            accepted = watch is not None and watch.last_at == at  # a blind monitor's rounds are discarded
            if accepted and seen.outcome is not Outcome.ERROR and seen.subject in self._inventory.lines:
                self.latest[seen.subject] = _latest(seen)
        self._own.swept.set(whole.second)
        self._own.blind.set(self._supervision.sight.blind)

    async def render(self, polling: Polling) -> bytes:
        """Return the metrics page, written in a thread from a snapshot of this instant."""
        supervision, now = self._supervision, self._clock.now()
        registers = await self._registers.at(now, supervision.cases.registers, self._inventory, supervision.zone)
        snapshot = Snapshot(
            now=now,
            inventory=self._inventory,
            policies=supervision.policies,
            watches=dict(supervision.watches),
            blind=supervision.sight.blind,
            latest=dict(self.latest),
            faults=tuple(fault for fault in supervision.faults.values() if fault.status is Status.OPEN),
            tally=self._figures.tally(),
            month=self._figures.month,
            windows=supervision.cases.windows.all(),
            incidents=supervision.open_incidents(),
            degraded=frozenset(supervision.qualities.degraded),
            devices=dict(polling.devices),
            registers=registers,
        )
        return await asyncio.to_thread(self._page.render, snapshot)


def _latest(seen: Observation) -> Latest:
    return Latest(1 - seen.received / seen.sent, sum(seen.rtts) / len(seen.rtts) if seen.rtts else None)
