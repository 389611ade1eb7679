"""What a device says after a recovery, and for whom it speaks (section 8 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.faults.terms import Party, Reason

WRAP_S = 2**32 / 100  # sysUpTime counts hundredths of a second in 32 bits: 497 days
SLACK_S = 60.0  # an uptime this near the expected one is the expected one

PARTY_OF = {
    Reason.SHARED_UPSTREAM: Party.CARRIER,
    Reason.AGENT_RESTARTED: Party.UNIT,
    Reason.PORT_CHANGED: Party.CARRIER,
    Reason.UPTIME_CONTINUOUS: Party.CARRIER,
}


class DeviceSaid(NamedTuple):
    """What a line's device said of itself at ``at``; None for what it did not say. Times are seconds, raw.

    ``wan_last_change_s`` is the uptime at which the WAN port changed last (ifLastChange).
    """

    line: str
    at: datetime
    sys_uptime_s: float | None = None
    engine_boots: int | None = None
    wan_oper: str | None = None
    wan_last_change_s: float | None = None


class Testimony(NamedTuple):
    """What a line's device said last before an outage, and first after its recovery."""

    before: DeviceSaid | None = None
    after: DeviceSaid | None = None


def weigh(testimony: Testimony, *, first_failed_at: datetime, restored_at: datetime) -> tuple[Reason, ...]:
    """Return every reason found in what the device said, in the order in which they count."""
    before, after = testimony
    if after is None:
        return ()
    restarted = _restarted(before, after, first_failed_at)
    found = {
        Reason.AGENT_RESTARTED: restarted is True,
        Reason.PORT_CHANGED: _port_changed(after, first_failed_at, restored_at),
        Reason.UPTIME_CONTINUOUS: restarted is False,
    }
    return tuple(reason for reason in Reason if found.get(reason))


def proposed(reasons: Iterable[Reason]) -> Party:
    """Return the party that the first reason in order speaks for; undetermined where there is none."""
    given = set(reasons)
    return next((PARTY_OF[reason] for reason in Reason if reason in given), Party.UNDETERMINED)


def port_changed_at(said: DeviceSaid) -> datetime | None:
    """Return when the WAN port changed last, as the device counts; None where it does not say."""
    if said.sys_uptime_s is None or said.wan_last_change_s is None:
        return None
    return said.at - timedelta(seconds=(said.sys_uptime_s - said.wan_last_change_s) % WRAP_S)


def _restarted(before: DeviceSaid | None, after: DeviceSaid, first_failed_at: datetime) -> bool | None:
    """Tell whether the agent restarted in the outage; None where nobody can say.

    snmpEngineBoots settle it. Else an uptime as expected, counted modulo the wrap, says no; any other says yes if it
    began in the outage, no if before.
    """
    if before is not None and before.engine_boots is not None and after.engine_boots is not None:
        return after.engine_boots != before.engine_boots
    if after.sys_uptime_s is None:
        return None
    if before is not None and before.sys_uptime_s is not None:
        expected = (before.sys_uptime_s + (after.at - before.at).total_seconds()) % WRAP_S
        off = abs(after.sys_uptime_s - expected)
        if min(off, WRAP_S - off) <= SLACK_S:
            return False
    up_since = after.at - timedelta(seconds=after.sys_uptime_s)
    return up_since > first_failed_at


def _port_changed(after: DeviceSaid, first_failed_at: datetime, restored_at: datetime) -> bool:
    changed_at = port_changed_at(after)
    return changed_at is not None and first_failed_at <= changed_at <= restored_at
