"""The monitor's metrics on itself, through prometheus_client."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics

from monitor.probing.echo import EchoStats
from monitor.probing.snmp.traps import TrapOutcome
from monitor.store.backup_mark import BackupMark

disable_created_metrics()  # type: ignore[no-untyped-call]
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
ECHOES = ("sent", "received", "late", "duplicates", "foreign", "overflows")


class OwnMetrics:
    """Counters and gauges of one daemon, in a registry of their own."""

    def __init__(self, software: str) -> None:
        """Make them all, so that each stands on the first page."""
        self.registry = registry = CollectorRegistry()
        Info("monitor_build", "The software that runs.", registry=registry).info({"version": software})
        self.blind = Gauge("monitor_blind", "1 while the monitor cannot see at all.", registry=registry)
        self.rounds = Counter("monitor_rounds", "Rounds made.", ["kind"], registry=registry)
        self.overruns = Counter(
            "monitor_round_overruns",
            "Rounds put off or polls skipped, for too many before them were still under way.",
            ["kind"],
            registry=registry,
        )
        self.duration = Histogram(
            "monitor_round_duration_seconds", "From a round's start to its end.", ["kind"], registry=registry
        )
        self.lateness = Histogram(
            "monitor_round_lateness_seconds",
            "How long after its second a round began.",
            buckets=QUICK,
            registry=registry,
        )
        self.errors = Counter(
            "monitor_probe_errors", "Probes that could not be sent or read.", ["kind", "reason"], registry=registry
        )
        self.echoes = Gauge(
            "monitor_echoes", "Echoes since the start, by what became of them.", ["outcome"], registry=registry
        )
        self.traps = Counter(
            "monitor_traps", "SNMP traps and informs, by what became of them.", ["outcome"], registry=registry
        )
        self.lag = Gauge(
            "monitor_event_loop_lag_seconds", "Longest delay of the event loop in the last 10 s.", registry=registry
        )
        self.pending = Gauge("monitor_outbox_pending", "Messages that wait for delivery.", registry=registry)
        self.oldest = Gauge("monitor_outbox_oldest_seconds", "Age of the oldest of them.", registry=registry)
        self.deliveries = Counter(
            "monitor_deliveries",
            "Tries at sending a letter, by what came of them.",
            ["channel", "outcome"],
            registry=registry,
        )
        self.write = Histogram(
            "monitor_store_write_seconds", "Time of a commit to the database.", buckets=QUICK, registry=registry
        )
        self.failing = Gauge("monitor_store_failing", "1 while the database cannot be written.", registry=registry)
        self.reloaded = Gauge(
            "monitor_config_last_reload_successful", "0 after a reload that was refused.", registry=registry
        )
        self.swept = Gauge("monitor_last_sweep_timestamp_seconds", "Instant judged last.", registry=registry)
        self.awaited = Gauge(
            "monitor_backup_awaited_timestamp_seconds",
            "Since when a regular backup is looked for.",
            registry=registry,
        )
        # these two are on the page from the first backup on: before it there is nothing to say
        self.backed_up = Gauge(
            "monitor_last_backup_timestamp_seconds", "Of when the last regular backup is.", registry=None
        )
        self.lacking = Gauge(
            "monitor_last_backup_lacking_attachments",
            "Attachments that are on record and were missing or damaged when it was made.",
            registry=None,
        )
        self._backups_shown = False
        self.reloaded.set(1)
        for outcome in TrapOutcome:
            self.traps.labels(outcome.value)
        for kind in ("icmp", "snmp"):
            self.rounds.labels(kind)
            self.overruns.labels(kind)
            self.duration.labels(kind)

    def show_echoes(self, stats: EchoStats) -> None:
        """Show what the echo engine has counted."""
        for outcome in ECHOES:
            self.echoes.labels(outcome).set(getattr(stats, outcome))

    def count_round(self, kind: str, took_s: float) -> None:
        """Count a round, and how many seconds it took from its start to its end."""
        self.rounds.labels(kind).inc()
        self.duration.labels(kind).observe(took_s)

    def count_traps(self, outcome: TrapOutcome, count: int) -> None:
        """Count what became of datagrams at the socket for traps."""
        self.traps.labels(outcome.value).inc(count)

    def show_backup(self, mark: BackupMark) -> None:
        """Show of when the last backup is and what it lacks; where none was made yet, only since when it is awaited."""
        self.awaited.set(mark.awaited_since.timestamp())
        if mark.made_at is not None:
            self.backed_up.set(mark.made_at.timestamp())
            self.lacking.set(mark.lacking)
        self._show_backups(mark.made_at is not None)

    def _show_backups(self, shown: bool) -> None:
        if shown == self._backups_shown:
            return
        self._backups_shown = shown
        for gauge in (self.backed_up, self.lacking):
            if shown:
                self.registry.register(gauge)
            else:
                self.registry.unregister(gauge)

    def show_outbox(self, waiting: int, oldest_due_at: datetime | None, *, now: datetime) -> None:
        """Show how many messages wait for delivery, and for how long the oldest has."""
        self.pending.set(waiting)
        self.oldest.set(0 if oldest_due_at is None else max(0.0, (now - oldest_due_at).total_seconds()))
