"""Whether the limit was kept (section 5 of the fault rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.faults.fault import Fault, Status
from monitor.policy import Clock
from monitor.sla.clock import deadline, elapsed, elapsed_min, excluded_time
from monitor.sla.exclusions import excluded, uncounted


class Verdict(StrEnum):
    """How a repair stands against the limit. Disputable is never counted as late: an accusation needs proof."""

    RUNNING = "running"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE = "late"
    DISPUTABLE = "disputable"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clock of one fault shows at an instant. ``deadline_at`` is None while no episode counts."""

    elapsed: timedelta
    elapsed_min: timedelta
    excluded: timedelta
    deadline_at: datetime | None
    verdict: Verdict


def read(fault: Fault, rule: Clock, now: datetime) -> Reading:
    """Read a fault's clock at ``now`` under the clock rule it is judged by."""
    left_out = uncounted(fault)
    most, least = elapsed(fault, rule, now, left_out), elapsed_min(fault, rule, now, left_out)
    return Reading(
        elapsed=most,
        elapsed_min=least,
        excluded=excluded_time(fault, rule, now, excluded(fault)),
        deadline_at=deadline(fault, rule, left_out),
        verdict=_verdict(fault.status, most, least, rule.limit) if fault.party.answers else Verdict.EXEMPT,
    )


def _verdict(status: Status, most: timedelta, least: timedelta, limit: timedelta) -> Verdict:
    if status is Status.OPEN:
        return Verdict.OVERDUE if most > limit else Verdict.RUNNING
    if most <= limit:
        return Verdict.ON_TIME
    return Verdict.LATE if least > limit else Verdict.DISPUTABLE
