"""The daemon: builds every part by hand, schedules the rounds, hears signals, ends in order.

Beside the command line only this file reads the machine's clocks. The path of a round is `Daemon.round`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor import __version__
from monitor.clock import Clock, instant
from monitor.config.folder import Configuration, reload
from monitor.config.problem import ConfigurationRefused
from monitor.config.settings import IcmpSettings, Privileged
from monitor.faults.events import ClockStepped, DaemonStopped
from monitor.faults.fault import Status
from monitor.faults.observation import Outcome
from monitor.metrics.month import Month, compute
from monitor.metrics.own import OwnMetrics
from monitor.metrics.page import Latest, Page, Snapshot, application
from monitor.policy import Detection
from monitor.probing.assembly import Assembly, Instant
from monitor.probing.echo import EchoEngine, EchoEngineClosed
from monitor.probing.polling import Polling
from monitor.probing.rounds import Asked, Echo, Measured, measure
from monitor.probing.schedule import Schedule
from monitor.probing.snmp.client import make_client
from monitor.probing.snmp.devices import load_devices
from monitor.record import Record
from monitor.resumption import Adoption, CannotGoOn, Resumption, adopt, in_force, resume, used_policies
from monitor.sla.survey import survey
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store
from monitor.web.console import View, console
from monitor.web.serving import Server, listening, server, url_of

log = logging.getLogger(__name__)

PHASE = 0.02  # seconds after the full second at which a round begins, lest a timer that is early begins it before
MOST_UNDER_WAY = 8  # rounds whose echoes are still awaited; one more is put off
SECOND = timedelta(seconds=1)


class Daemon:
    """One run of the monitor over one configuration folder."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        resumption: Resumption,
        record: Record,
        own: OwnMetrics,
        echo: Echo,
        polling: Polling,
        clock: Clock,
        simulated: bool = False,
    ) -> None:
        """Take the parts; nothing runs before `run`."""
        self.configuration = configuration
        self.supervision = resumption.supervision
        self._record, self._own, self._echo, self._polling, self._clock = record, own, echo, polling, clock
        self._simulated = simulated
        self._resumption = resumption
        self._tally, self._month_so_far, self._month = resumption.tally, resumption.month, Month()
        self._schedule, self._assembly = Schedule(), Assembly()
        self._latest: dict[str, Latest] = {}
        self._planned: Detection | None = None
        self._second = 0
        self._stopping = asyncio.Event()
        self._failure: BaseException | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._tasks: set[asyncio.Task[None]] = set()

    # -- the path of a round -------------------------------------------------------------------------------------

    async def round(self, second: int) -> None:
        """Measure, judge and remember one second of the county.

        1. Take who is due: lines on their turn, those in trouble sooner; the references with every round.
        2. Ask them by echoes and wait for what comes back.
        3. Put what was seen together by instant: an instant is judged once no round under way can add to it.
        4. Judge each instant in its order; what happened comes back as events.
        5. Remember events and rounds in one transaction.
        6. Ask the lines in trouble again soon.
        """
        began = time.monotonic()
        asked = self._due(second)
        self._assembly.begin(second)
        seen = await self._measure(asked, second)
        for whole in self._assembly.end(second, references=seen.references, lines=seen.lines):
            self._judge(whole)
            self._follow(whole)
        await self._record.commit(self.supervision)
        self._own.rounds.labels("icmp").inc()
        self._own.duration.labels("icmp").observe(time.monotonic() - began)

    def _due(self, second: int) -> Asked:
        at, inventory, rules = instant(second), self.configuration.inventory, self._rules(second)
        if rules is not self._planned:
            self._plan_rounds(rules, second)
        lines = tuple(
            inventory.lines[line] for line in self._schedule.take(second) if inventory.lines[line].in_service(at)
        )
        return Asked(references=tuple(inventory.references.values()), lines=lines)

    async def _measure(self, asked: Asked, second: int) -> Measured:
        packets = self._rules(second).packets
        try:
            return await measure(self._echo, asked, packets=packets, second=second, lead=self._clock.lead)
        except EchoEngineClosed:
            return Measured([], [])  # the daemon ends: what was in flight was not observed
        except Exception:
            log.exception("the round of %s could not be measured", instant(second).isoformat())
            self._own.errors.labels("icmp", "round_failed").inc(len(asked.lines))
            return Measured([], [])

    def _judge(self, whole: Instant) -> None:
        at, inventory = instant(whole.second), self.configuration.inventory
        if self.supervision.judged_at is not None and at < self.supervision.judged_at:
            return  # the machine's clock was set back behind what another run judged
        lines = sorted(
            (seen for seen in whole.lines if seen.subject in inventory.lines),
            key=lambda seen: inventory.place[seen.subject],
        )
        references = [seen for seen in whole.references if seen.subject in inventory.references]
        events = self.supervision.step(at, references=references, lines=lines)
        self._record.take_rounds(Instant(whole.second, references, lines))
        self._record.take(events)
        self._tally.take(events)
        self._month_so_far.take(at, events, self.supervision.faults)
        self._own.swept.set(whole.second)
        self._own.blind.set(self.supervision.sight.blind)

    def _follow(self, whole: Instant) -> None:
        """Ask lines in trouble sooner, keep the latest round for the pages, count probe errors."""
        now = int(self._clock.seconds())
        for seen in whole.lines:
            if seen.outcome is Outcome.ERROR:
                self._own.errors.labels("icmp", seen.error or "unknown").inc()
                continue
            watch = self.supervision.watches.get(seen.subject)
            if watch is not None and (watch.bad_since is not None or watch.down_since is not None):
                self._schedule.hurry(seen.subject, measured=whole.second, now=now)
            else:
                self._schedule.relax(seen.subject)
            rtt = sum(seen.rtts) / len(seen.rtts) if seen.rtts else None
            self._latest[seen.subject] = Latest(1 - seen.received / seen.sent, rtt)
        for seen in whole.references:
            if seen.outcome is Outcome.ERROR:
                self._own.errors.labels("icmp", seen.error or "unknown").inc()

    def _rules(self, second: int) -> Detection:
        return self.supervision.policies.in_force(instant(second)).detection

    # -- jobs ----------------------------------------------------------------------------------------------------

    async def _start_round(self) -> None:
        """Begin this second's round, unless too many are under way: then whoever is due waits for the next."""
        now = self._clock.seconds()
        second, before = int(now), self._second
        if second <= before:
            return
        self._second = second
        self._own.lateness.observe(max(0.0, now - PHASE - (before + 1 if before else second)))
        if self._assembly.under_way >= MOST_UNDER_WAY:
            self._own.overruns.labels("icmp").inc()
            return
        self._go_on(self.round(second))

    async def _start_poll(self) -> None:
        """Begin this second's SNMP polls; a device still being asked is left out and counted."""
        self._go_on(self._poll(int(self._clock.seconds())))

    async def _poll(self, second: int) -> None:
        began, at = time.monotonic(), instant(second)
        lines = self.configuration.inventory.lines
        left_out = await self._polling.round(second, lambda line: line in lines and lines[line].in_service(at))
        self._own.overruns.labels("snmp").inc(left_out)
        self._own.rounds.labels("snmp").inc()
        self._own.duration.labels("snmp").observe(time.monotonic() - began)

    async def _sweep(self) -> None:
        """Look at the clock and the outbox; write the heartbeat even if no round does."""
        step = self._clock.stepped()
        if step:
            log.warning("the machine's clock jumped by %+.1f s; judged time never runs backwards", step)
            self._record.take([ClockStepped(at=self.supervision.judged_at or self._clock.now(), seconds=step)])
            for job in self._scheduler.get_jobs():
                job.reschedule(job.trigger)
        self._own.failing.set(self._record.failing)
        self._own.show_echoes(self._echo.stats)
        with suppress(StoreUnavailable):
            waiting = await self._record.ask(lambda store: store.pending())
            oldest = waiting.oldest_due_at
            self._own.pending.set(waiting.count)
            self._own.oldest.set(0 if oldest is None else (self._clock.now() - oldest).total_seconds())

    async def _compute_month(self) -> None:
        """Compute this month's figures in a thread."""
        material = self._month_so_far.material(
            self._clock.now(), self.supervision.watches, self.configuration.inventory, self.supervision.policies
        )
        self._month = await asyncio.to_thread(compute, material)

    async def _keep_house(self) -> None:
        """Forget rounds and roll-ups that are older than the retention, a slice at a time."""
        kept, now = self.configuration.settings.retention, self._clock.now()
        slices: tuple[Callable[[Store], int], ...] = (
            lambda store: store.forget_rounds(now - kept.rounds),
            lambda store: store.forget_rollups(now - kept.rollups),
        )
        with suppress(StoreUnavailable):
            for forget in slices:
                forgotten = await self._record.ask(forget)
                while forgotten:
                    await asyncio.sleep(0.2)
                    forgotten = await self._record.ask(forget)

    async def _watch_the_loop(self) -> None:
        """Measure by how much the event loop is late, the longest of ten seconds."""
        while True:
            worst = 0.0
            for _ in range(20):
                began = time.monotonic()
                await asyncio.sleep(0.5)
                worst = max(worst, time.monotonic() - began - 0.5)
            self._own.lag.set(worst)

    # -- what it is told -----------------------------------------------------------------------------------------

    async def reload(self) -> None:
        """Read the configuration again: take it whole, or keep the old and say so."""
        try:
            new, changes = await asyncio.to_thread(reload, self.configuration)
            adoption = await self._record.ask(
                lambda store: adopt(new, self._now(), used=used_policies(store), adopted=in_force(store))
            )
        except ConfigurationRefused as refused:
            self._keep_old(refused.problems)
            return
        except (CannotGoOn, StoreUnavailable) as refused:
            self._keep_old((refused,))
            return
        self._take(new, adoption)
        self._own.reloaded.set(1)
        log.info("configuration reloaded: %s", changes)

    def _keep_old(self, reasons: Iterable[object]) -> None:
        self._own.reloaded.set(0)
        for reason in reasons:
            log.error("configuration not reloaded, the old one stays: %s", reason)

    def _take(self, configuration: Configuration, adoption: Adoption) -> None:
        """Go on with a configuration, from the next round."""
        now, inventory, settings = int(self._clock.seconds()), configuration.inventory, configuration.settings
        self.configuration = configuration
        self.supervision.adopt(inventory, adoption.policies)
        self._record.take(adoption.events)
        for text in adoption.texts:
            self._record.take_configuration(text)
        self._plan_rounds(self._rules(now), now)
        interval = max(1, settings.snmp.interval // SECOND)
        self._polling.plan(inventory.lines.values(), settings.snmp.profiles, interval=interval, now=now)
        self._page = Page(inventory, self._own.registry)
        self._latest = {line: seen for line, seen in self._latest.items() if line in inventory.lines}

    def _plan_rounds(self, rules: Detection, now: int) -> None:
        lines = tuple(self.configuration.inventory.lines)
        self._schedule.plan(lines, interval=rules.interval // SECOND, fast=rules.fast_interval // SECOND, now=now)
        self._planned = rules

    # -- what it shows -------------------------------------------------------------------------------------------

    async def render(self) -> bytes:
        """Return the metrics page, written in a thread from a snapshot of this instant."""
        supervision = self.supervision
        snapshot = Snapshot(
            now=self._clock.now(),
            inventory=self.configuration.inventory,
            policies=supervision.policies,
            watches=dict(supervision.watches),
            blind=supervision.sight.blind,
            latest=dict(self._latest),
            faults=tuple(fault for fault in supervision.faults.values() if fault.status is Status.OPEN),
            tally=self._tally.copy(),
            month=self._month,
            devices=dict(self._polling.devices),
        )
        return await asyncio.to_thread(self._page.render, snapshot)

    def view(self, metrics_url: str) -> View:
        """Return what the console shows now."""
        supervision, settings = self.supervision, self.configuration.settings
        return View(
            county=settings.county,
            survey=survey(
                self.configuration.inventory,
                supervision.policies,
                watches=supervision.watches,
                blind_since=supervision.sight.blind_since,
                faults=supervision.faults.values(),
                now=self._clock.now(),
            ),
            inventory=self.configuration.inventory,
            policies=supervision.policies,
            latest=self._latest,
            zone=settings.timezone,
            locale=settings.locale.value,
            simulated=self._simulated,
            metrics_url=metrics_url,
        )

    # -- from start to end ---------------------------------------------------------------------------------------

    async def run(self, sockets: Mapping[str, socket.socket]) -> None:
        """Watch until told to stop; ``sockets`` listen for the console (``web``) and the pages (``metrics``).

        Raises:
            EchoSocketUnavailable: no socket for ICMP echoes is permitted.
            StoreError: the database cannot be used any more.
        """
        metrics_url = url_of(sockets["metrics"], "/metrics")
        servers = {
            "web": server(console(lambda: self.view(metrics_url))),
            "metrics": server(application(self.render)),
        }
        await self._echo.open()
        self._record.take([self._resumption.started])
        self._take(self.configuration, self._resumption.adoption)
        self._hear_signals()
        self._begin_jobs()
        serving = [asyncio.create_task(serve.serve(sockets=[sockets[name]])) for name, serve in servers.items()]
        self._go_on(self._watch_the_loop())
        self._say_ready(sockets)
        await self._stopping.wait()
        await self._end(servers.values(), serving)

    def stop(self) -> None:
        """End in order."""
        self._stopping.set()

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for heard in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(heard, self.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._go_on(self.reload()))

    def _begin_jobs(self) -> None:
        """Schedule a few jobs; none is a line's."""
        next_second = self._clock.now().replace(microsecond=0) + SECOND + timedelta(seconds=PHASE)
        for job, seconds, offset in (
            (self._start_round, 1, 0.0),
            (self._start_poll, 1, 0.5),
            (self._sweep, 5, 0.25),
            (self._compute_month, 60, 3.75),
            (self._keep_house, 3600, 60.7),
        ):
            begins = next_second + timedelta(seconds=offset)
            self._scheduler.add_job(job, IntervalTrigger(seconds=seconds, start_date=begins, timezone=UTC))
        self._scheduler.start()

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside everything else; what fails unexpectedly ends the daemon, which goes on from the ledger."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None and self._failure is None:
            self._failure = failure
            self.stop()

    def _say_ready(self, sockets: Mapping[str, socket.socket]) -> None:
        inventory = self.configuration.inventory
        log.info(
            "watching %d lines of %d units by %s; console %s, metrics %s",
            len(inventory.lines),
            len(inventory.units),
            ", ".join(self._echo.sockets),
            url_of(sockets["web"]),
            url_of(sockets["metrics"], "/metrics"),
        )

    async def _end(self, servers: Iterable[Server], serving: Iterable[asyncio.Task[None]]) -> None:
        """Stop asking, judge what is in hand, commit all of it, close."""
        self._scheduler.shutdown(wait=False)
        for each in servers:
            each.should_exit = True
        await self._echo.close()
        await self._polling.close()
        await _patiently(self._tasks)
        if self._failure is None:
            for whole in self._assembly.flush():
                self._judge(whole)
            self._record.take([DaemonStopped(at=self.supervision.judged_at or self._now())])
            await self._record.commit(self.supervision, whole=True)
        await _patiently(serving)
        await self._record.close()
        log.info("stopped")
        if self._failure is not None:
            raise self._failure

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)


async def _patiently(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait a moment for tasks to end by themselves, then cancel them."""
    waiting = [task for task in tasks if not task.done()]
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=1.0)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def watch(configuration: Configuration, *, echo: Echo | None = None) -> None:
    """Build every part and run the daemon until it is told to stop.

    ``echo`` stands in for the echo engine where answers are simulated, and every page says so.

    Raises:
        CannotListenError: a listening address cannot be had.
        ClientMissingError, DevicesError: SNMP as configured cannot be had.
        CannotGoOn: what is remembered and what is configured do not go together.
        EchoSocketUnavailable: no socket for ICMP echoes is permitted.
        StoreError: the database cannot be used.
    """
    _allow_many_files()
    settings, own = configuration.settings, OwnMetrics(__version__)
    clock = Clock(time.time, time.monotonic)
    sockets = listening(settings.listen, os.environ)
    client = make_client(settings.snmp.client.value)
    devices = load_devices([settings.snmp.devices] if settings.snmp.devices else [])
    store = await asyncio.to_thread(Store.open, settings.database.reveal())
    try:
        resumption = await asyncio.to_thread(resume, configuration, store, clock.now().replace(microsecond=0))
    except BaseException:
        store.close()
        raise
    daemon = Daemon(
        configuration,
        resumption=resumption,
        record=Record(store, resumption.measurements, wrote=own.write.observe),
        own=own,
        echo=echo or _engine(settings.icmp),
        polling=Polling(client, devices, failed=lambda reason: own.errors.labels("snmp", reason.value).inc()),
        clock=clock,
        simulated=echo is not None,
    )
    await daemon.run(sockets)


def _engine(settings: IcmpSettings) -> EchoEngine:
    privileged: dict[Privileged, Literal["auto"] | bool] = {Privileged.RAW: True, Privileged.PING: False}
    return EchoEngine(privileged=privileged.get(settings.privileged, "auto"), timeout=settings.timeout.total_seconds())


def _allow_many_files() -> None:
    """Let this process open as many files as it may: SNMP keeps a socket a device."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
