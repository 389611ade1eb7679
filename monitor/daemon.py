"""The daemon: schedules the rounds, hears signals, ends in order. The path of a round is `Daemon.round`."""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.alerts.alarms import Patience
from monitor.alerts.channels import ChannelUnusable
from monitor.clock import Clock, instant
from monitor.config.folder import Configuration
from monitor.config.problem import ConfigurationRefused
from monitor.faults.events import DaemonStopped
from monitor.faults.observation import Outcome
from monitor.faults.terms import MessageKind
from monitor.gathering import Gathering
from monitor.metrics.figures import Figures
from monitor.metrics.journal import say
from monitor.metrics.own import OwnMetrics
from monitor.metrics.scrape import Scrape
from monitor.pages import Pages
from monitor.policy import Detection
from monitor.post import Post, usable
from monitor.press import Press
from monitor.probing.assembly import Assembly, Instant
from monitor.probing.beat import Beat, worst_lag
from monitor.probing.echo import EchoEngineClosed
from monitor.probing.paths import Paths
from monitor.probing.polling import Polling
from monitor.probing.rounds import Asked, Echo, Measured, measure, unmeasured
from monitor.probing.schedule import Schedule
from monitor.probing.work import Work, within
from monitor.record import Record
from monitor.resumption import Adoption, CannotGoOn, Resumption, read_again
from monitor.store.aside import Aside
from monitor.store.errors import StoreUnavailable
from monitor.systemd import UNHEARD, Systemd
from monitor.upkeep import Upkeep
from monitor.web.serving import url_of

if TYPE_CHECKING:
    from monitor.probing.snmp.traps import Trap
    from monitor.probing.trap_receiver import TrapReceiver

log = logging.getLogger(__name__)

PHASE = 0.02  # seconds after the full second at which a round begins, lest a timer that is early begins it before
MOST_UNDER_WAY = 6  # rounds still awaited beside those that wait out their timeout; one more is put off
ROUND_WITHIN = 30.0  # seconds beside the timeout after which a round is given up, lest it hold up those after it
# how long each step of the end may take, in seconds: below five together, whatever hangs
POLLS_END, LETTERS_END, TASKS_END, COMMIT_END, CLOSE_END = 0.3, 0.7, 1.0, 2.0, 0.2
SECOND = timedelta(seconds=1)
STALL = timedelta(seconds=10)  # judged time that passed at once: the daemon was stopped or held up


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
        traps: TrapReceiver | None = None,
        patience: Patience | None = None,
        systemd: Systemd = UNHEARD,
    ) -> None:
        """Take the parts; nothing runs before `run`."""
        self.configuration = configuration
        self.supervision = resumption.supervision
        self._record, self._own, self._echo, self._polling, self._clock = record, own, echo, polling, clock
        self._traps, self._systemd = traps, systemd
        self._started, self._adoption = resumption.started, resumption.adoption
        self._figures, self._aside = Figures(resumption.tally, resumption.month), Aside("figures")
        self._schedule, self._assembly, self._beat = Schedule(), Assembly(), Beat()
        self._gathering = Gathering(Paths(), resumption.identities)
        self._timeout = configuration.settings.icmp.timeout.total_seconds()
        self._upkeep = Upkeep(record, own, clock, figures=self._figures, aside=self._aside)
        self._scrape = Scrape(configuration, self.supervision, own=own, figures=self._figures, clock=clock)
        self._pages = Pages(
            configuration, self.supervision, scrape=self._scrape, polling=polling, clock=clock, simulated=simulated
        )
        self._planned: Detection | None = None
        self._second, self._measurable = 0, True
        self._failure: BaseException | None = None
        self._stopping, self._reloading, self._work = asyncio.Event(), asyncio.Lock(), Work(self._failed)
        patience, reminded = patience or Patience(), resumption.reminded
        self._post = Post(
            record, self.supervision, clock=clock, own=own, simulated=simulated, patience=patience, reminded=reminded
        )
        self._press = Press(
            lambda kind, key, detail: self._post.tell(kind, subject=key or None, detail=detail),
            lettered=resumption.lettered,
        )

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
        began, asked = time.monotonic(), self._due(second)
        self._assembly.begin(second)
        seen = await self._measure(asked, second)
        self._gathering.hear(seen.icmp)
        for whole in self._assembly.end(second, references=seen.references, lines=seen.lines):
            self._judge(whole)
            self._follow(whole)
            self._systemd.judged()
        await self._record.commit(self.supervision)
        self._own.count_round("icmp", time.monotonic() - began)

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
            async with asyncio.timeout(self._timeout + ROUND_WITHIN):
                measured = await measure(self._echo, asked, packets=packets, second=second, lead=self._clock.lead)
        except EchoEngineClosed:
            return Measured([], [])  # the daemon ends: what was in flight was not observed
        except Exception:
            if self._measurable:
                log.exception("the round of %s could not be measured; no other is named", instant(second).isoformat())
            self._measurable = False
            return unmeasured(asked, second=second, why="round_failed")
        self._measurable = True
        return measured

    def _judge(self, whole: Instant) -> None:
        at, inventory = instant(whole.second), self.configuration.inventory
        before = self.supervision.judged_at
        if before is not None and at < before:
            return  # the machine's clock was set back behind what another run judged
        lines = [seen for seen in whole.lines if seen.subject in inventory.lines]
        lines.sort(key=lambda seen: inventory.place[seen.subject])
        references = [seen for seen in whole.references if seen.subject in inventory.references]
        # after a stop or a stall, what fell due meanwhile falls due now, the newest only (section 10)
        stood_still = before is None or at - before > STALL
        events = [] if stood_still else self.supervision.let_fall_due(before=at)
        self._record.do_asked(at, self.supervision)
        events += self.supervision.step(at, references=references, lines=lines, devices=self._polling.take_said())
        self._gathering.hear_devices(self._polling.take_identities())
        events += self._gathering.gather(whole, self.supervision)
        self._record.take_rounds(Instant(whole.second, references, lines))
        self._record.take(events)
        self._figures.take(at, events, self.supervision.cases.fault_numbered)
        self._post.happened(events)
        say(events, self.supervision.faults)

    def _follow(self, whole: Instant) -> None:
        """Ask lines in trouble sooner; show what was seen."""
        now = int(self._clock.seconds())
        for seen in whole.lines:
            watch = self.supervision.watches.get(seen.subject)
            if seen.outcome is Outcome.ERROR or watch is None:
                continue
            if watch.in_trouble:
                self._schedule.hurry(seen.subject, measured=whole.second, now=now)
            else:
                self._schedule.relax(seen.subject)
        self._scrape.take(whole)

    def _hear_trap(self, line: str, trap: Trap, keep: bool) -> None:
        """Take a trap as a hint to ask its line now, unless that is asked soon anyway, and as evidence; as no fault."""
        watch = self.supervision.watches.get(line)
        if watch is None or not watch.in_trouble:
            seen = None if watch is None else int(watch.last_at.timestamp())
            self._schedule.ask_at_once(line, now=int(self._clock.seconds()), seen=seen)
        if keep:
            self._gathering.hear_trap(line, trap, self._now())

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
        if self._assembly.under_way >= MOST_UNDER_WAY + math.ceil(self._timeout):
            self._own.overruns.labels("icmp").inc()
            return
        self._work.begin(self.round(second))

    async def _start_poll(self) -> None:
        """Begin this second's SNMP polls; a device still being asked is left out and counted."""
        self._work.begin(self._poll(int(self._clock.seconds())))

    async def _poll(self, second: int) -> None:
        began, at = time.monotonic(), instant(second)
        lines = self.configuration.inventory.lines
        left_out = await self._polling.round(second, lambda line: line in lines and lines[line].in_service(at))
        self._own.overruns.labels("snmp").inc(left_out)
        self._own.count_round("snmp", time.monotonic() - began)

    async def _hear(self) -> None:
        """Look whether people have asked for anything."""
        self._work.begin(self._record.hear(self._now()))

    async def _sweep(self) -> None:
        """Look at what is not judged, and tell how the lines stand."""
        await self._upkeep.sweep(self._echo, self._post, self._pages, self._work)
        self._systemd.shows(self._pages.state)

    async def _look_at_backups(self) -> None:
        """Look how old the last backup is."""
        await self._upkeep.look_at_backups(self.configuration.settings, self._pages, self._post)

    async def _publish(self) -> None:
        """Have the reports drawn up, frozen and mailed that are due."""
        editions = self.supervision.cases.editions
        await self._press.turn(self._record, self.configuration, editions, self._clock.now())

    async def _watch_the_clocks(self) -> None:
        """Show how late the event loop is, and look at the machine's clock: jobs stand still where it was set back."""
        while True:
            self._own.lag.set(await worst_lag(meanwhile=self._look_at_the_clock))

    def _look_at_the_clock(self) -> None:
        if self._upkeep.look_at_the_clock(self._post, self.supervision.judged_at or self._now()):
            self._beat.clock_stepped()

    # -- what it is told -----------------------------------------------------------------------------------------

    async def reload(self) -> None:
        """Read the configuration again: take it whole, or keep the old and say so."""
        async with self._reloading:  # else of two the older could be taken last
            self._systemd.reading_anew()
            running, loop = (self.configuration, self._adoption, self._now()), asyncio.get_running_loop()
            try:
                new, adoption, changes = await loop.run_in_executor(self._aside, read_again, *running)
                await loop.run_in_executor(self._aside, usable, new)
            except ConfigurationRefused as refused:
                self._keep_old(refused.problems)
            except (CannotGoOn, ChannelUnusable) as refused:
                self._keep_old((refused,))
            else:
                self._take(new, adoption)
                self._own.reloaded.set(1)
                log.info("configuration reloaded: %s", changes)
            finally:
                self._systemd.read_anew()

    def _keep_old(self, reasons: Sequence[object]) -> None:
        self._own.reloaded.set(0)
        self._post.tell(MessageKind.RELOAD_REFUSED, detail=str(reasons[0]))
        for reason in reasons:
            log.error("configuration not reloaded, the old one stays: %s", reason)

    def _take(self, configuration: Configuration, adoption: Adoption) -> None:
        """Go on with a configuration, from the next round."""
        now, settings = int(self._clock.seconds()), configuration.settings
        self.configuration, self._adoption = configuration, adoption
        self.supervision.adopt(configuration.inventory, adoption.policies)
        self._gathering.adopt(configuration.inventory)
        self._post.adopt(configuration)
        self._record.take(adoption.events)
        self._record.take_configurations(adoption.texts)
        self._record.sweep_within(adoption.sweep)
        self._plan_rounds(self._rules(now), now)
        lines, interval = configuration.inventory.lines.values(), max(1, settings.snmp.interval // SECOND)
        self._polling.plan(lines, settings.snmp.profiles, interval=interval, now=now)
        if self._traps is not None:
            self._traps.adopt(lines, settings.snmp.profiles, settings.snmp.traps)
        self._pages.adopt(configuration)
        for warning in configuration.warnings:
            log.warning("%s", warning)

    def _plan_rounds(self, rules: Detection, now: int) -> None:
        lines = tuple(self.configuration.inventory.lines)
        self._schedule.plan(lines, interval=rules.interval // SECOND, fast=rules.fast_interval // SECOND, now=now)
        self._planned = rules

    # -- from start to end ---------------------------------------------------------------------------------------

    async def run(self, sockets: Mapping[str, socket.socket]) -> None:
        """Watch until told to stop; ``sockets`` listen for the console (``web``), the pages (``metrics``), ``traps``.

        Raises:
            EchoSocketUnavailable: no socket for ICMP echoes is permitted.
            StoreError: the database cannot be used any more.
        """
        await self._echo.open()
        self.go_on()
        self._hear_signals()
        self._begin_jobs()
        if self._traps is not None:
            self._traps.open(sockets["traps"], self._hear_trap)
        self._pages.open(sockets, self._work)
        watching = self._work.begin(self._watch_the_clocks())
        telling = self._work.begin(self._post.run())
        self._say_ready(sockets)
        await self._stopping.wait()
        self._systemd.ending()
        watching.cancel()
        await self._post.finish(LETTERS_END)
        telling.cancel()
        await self._end()

    def go_on(self) -> None:
        """Say in the ledger that this run begins, and plan its first rounds."""
        self._record.take([self._started])
        self._post.started(self._started)
        self._take(self.configuration, self._adoption)

    def stop(self) -> None:
        """End in order."""
        self._stopping.set()

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for heard in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(heard, self.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._work.begin(self.reload()))

    def _begin_jobs(self) -> None:
        """Schedule a few jobs; none is a line's."""
        self._beat.every(1, self._start_round, after=PHASE)
        self._beat.every(1, self._start_poll, after=PHASE + 0.5)
        self._beat.every(1, self._hear, after=PHASE + 0.75)
        self._beat.every(5, self._sweep, after=PHASE + 0.25)
        self._beat.every(60, lambda: self._upkeep.compute_month(self.supervision), after=PHASE + 3.75)
        self._beat.every(3600, lambda: self._upkeep.forget(self.configuration.settings.retention), after=PHASE + 60.7)
        self._beat.every(60, self._publish, after=PHASE + 20.4)
        self._beat.every(60, self._look_at_backups, after=PHASE + 10.6)
        self._beat.start()
        self._work.begin(self._publish())
        self._work.begin(self._look_at_backups())

    def _failed(self, failure: BaseException) -> None:
        """End when anything fails unexpectedly: the next run goes on from the ledger."""
        if self._failure is None:
            self._failure = failure
            self.stop()

    def _say_ready(self, sockets: Mapping[str, socket.socket]) -> None:
        inventory, by = self.configuration.inventory, ", ".join(self._echo.sockets)
        log.info("watching %d lines of %d units by %s", len(inventory.lines), len(inventory.units), by)
        log.info("console %s, metrics %s", url_of(sockets["web"]), url_of(sockets["metrics"], "/metrics"))

    async def _end(self) -> None:
        """Stop asking, judge what is in hand, commit all of it, close: none of it for longer than its share of 5 s."""
        self._beat.stop()
        self._pages.end()
        if self._traps is not None:
            await self._traps.close()
        await self._echo.close()
        await within(POLLS_END, self._polling.close())
        await self._work.end(TASKS_END)
        if self._failure is None:
            for whole in self._assembly.flush():
                self._judge(whole)
            self._record.take([DaemonStopped(at=self.supervision.judged_at or self._now())])
            if not await within(COMMIT_END, self._record.commit_all(self.supervision)):
                since = self._record.written_until or "the start"
                self._failure = StoreUnavailable(f"the database does not answer: what happened since {since} is lost")
        await within(CLOSE_END, self._record.close())
        self._systemd.close()
        log.info("stopped")
        if self._failure is not None:
            raise self._failure

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)
