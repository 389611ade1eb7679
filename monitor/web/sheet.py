"""What a carrier is shown of its fault: no address, no line's id, nothing of other faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.links import Permit
from monitor.config.folder import Configuration
from monitor.faults.actions import FARTHEST_ETA
from monitor.faults.events import EtaGiven, FaultAcknowledged
from monitor.faults.fault import Status
from monitor.policy import Policies, Policy
from monitor.sla.clock import counts_from
from monitor.sla.spelling import Json, spell_time
from monitor.sla.verdict import Reading, Verdict, read
from monitor.web.desk import Told
from monitor.wording import WORDING, say_length

LOCAL_INPUT = "%Y-%m-%dT%H:%M"  # as HTML writes a local time


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What is in force now: the configuration, the policies that faults are judged by, the judged time."""

    configuration: Configuration
    policies: Policies
    now: datetime
    simulated: bool = False

    def local(self, at: datetime) -> str:
        """Say an instant in the configured zone, to the minute before it."""
        return f"{at.astimezone(self.configuration.settings.timezone):%m-%d %H:%M}"


def sheet(told: Told, permit: Permit, present: Present, locale: str, words: Mapping[str, str]) -> dict[str, object]:
    """Return what the page's template needs of a fault, already in words."""
    fault, inventory = told.fault, present.configuration.inventory
    policy, common = present.policies.named(fault.policy_version), WORDING[locale]
    reading = read(fault, policy.clock, present.now)
    unit, carrier = inventory.units.get(fault.unit), inventory.carriers.get(fault.carrier)
    restored_at = fault.episode.restored_at
    counted_from = counts_from(fault, fault.episode, policy.clock)
    zone = present.configuration.settings.timezone
    return {
        "no": fault.no,
        "unit": unit.short_name if unit else fault.unit,
        "role": common.get(fault.role, fault.role),
        "carrier": carrier.short_name if carrier else fault.carrier,
        "open": fault.status is Status.OPEN,
        "status": words[f"status_{fault.status.value}"],
        "verdict": common[reading.verdict.value],
        "now": present.local(present.now),
        "since": present.local(fault.episode.first_failed_at),
        "counted_from": None if counted_from is None else present.local(counted_from),
        "deadline": None if reading.deadline_at is None else present.local(reading.deadline_at),
        "elapsed": say_length(reading.elapsed, common),
        "restored_at": None if restored_at is None else present.local(restored_at),
        **_left(reading, policy, present.now, locale, words),
        "acknowledged": _said(told.acknowledged, present, words),
        "eta": None if told.promised is None else present.local(told.promised.eta),
        "eta_by": None if told.promised is None else _said(told.promised, present, words),
        "eta_passed": told.promised is not None and told.promised.eta < present.now,
        "claimed": None if told.claimed is None else present.local(told.claimed.at),
        "until": present.local(permit.expires_at),
        "earliest": present.now.astimezone(zone).strftime(LOCAL_INPUT),
        "latest": (present.now + FARTHEST_ETA).astimezone(zone).strftime(LOCAL_INPUT),
        "demo": _demo(policy, locale),
        "simulated": WORDING[locale]["simulated"] if present.simulated else None,
    }


def spell(told: Told, present: Present) -> Json:
    """Return a fault as a program is told of it."""
    fault = told.fault
    reading = read(fault, present.policies.named(fault.policy_version).clock, present.now)
    return {
        "no": fault.no,
        "unit": fault.unit,
        "role": fault.role,
        "status": fault.status.value,
        "first_failed_at": spell_time(fault.episode.first_failed_at),
        "discovered_at": spell_time(fault.discovered_at),
        "restored_at": spell_time(fault.episode.restored_at),
        "deadline_at": spell_time(reading.deadline_at),
        "verdict": reading.verdict.value,
        "acknowledged_at": spell_time(fault.acknowledged_at),
        "eta": spell_time(fault.eta),
        "claimed_at": spell_time(fault.claimed_at),
    }


def _left(reading: Reading, policy: Policy, now: datetime, locale: str, words: Mapping[str, str]) -> dict[str, object]:
    """Say what is left of the limit, in a few words, with the grade that colours it."""
    share = min(1.0, reading.elapsed / policy.clock.limit)
    if reading.verdict is Verdict.EXEMPT or reading.deadline_at is None:
        text = words["exempt" if reading.verdict is Verdict.EXEMPT else "no_deadline"]
        return {"left_label": words["left"], "left": text, "grade": "cool", "percent": int(share * 100)}
    left = reading.deadline_at - now
    overdue = left < timedelta()
    return {
        "left_label": words["over" if overdue else "left"],
        "left": say_length(abs(left), WORDING[locale]),
        "grade": "hot" if overdue or share >= 0.75 else "warm" if share >= 0.5 else "cool",
        "percent": int(share * 100),
    }


def _said(event: FaultAcknowledged | EtaGiven | None, present: Present, words: Mapping[str, str]) -> str | None:
    """Say who said something, by name where there is one, and when."""
    if event is None:
        return None
    return f"{event.who or words.get(f'by_{event.by.value}', event.by.value)} · {present.local(event.at)}"


def _demo(policy: Policy, locale: str) -> str | None:
    """A demonstration shortens the limit, and says so on every page."""
    if not policy.version.startswith("demo"):
        return None
    words = WORDING[locale]
    return words["demo"].format(version=policy.version, limit=say_length(policy.clock.limit, words))
