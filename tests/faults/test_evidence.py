"""What a device says after a recovery (section 8 of the fault rules). Seconds; the outage lasts from 1000 to 4000."""

from __future__ import annotations

import pytest

from monitor.faults.evidence import WRAP_S, DeviceSaid, proposed, weigh
from monitor.faults.evidence import Testimony as Heard
from monitor.faults.terms import Party, Reason
from tests.histories import at

RESTARTED, CHANGED, CONTINUOUS = Reason.AGENT_RESTARTED, Reason.PORT_CHANGED, Reason.UPTIME_CONTINUOUS


def said(
    second: int, uptime: float | None = None, *, boots: int | None = None, changed: float | None = None
) -> DeviceSaid:
    return DeviceSaid("L1", at(second), uptime, boots, None, changed)


def weighed(before: DeviceSaid | None, after: DeviceSaid | None) -> tuple[Reason, ...]:
    return weigh(Heard(before, after), first_failed_at=at(1000), restored_at=at(4000))


BEFORE = said(900, 50_000)


@pytest.mark.parametrize(
    ("rule", "before", "after", "expected"),
    [
        ("Up for less than the outage: the agent restarted.", BEFORE, said(4100, 300), (RESTARTED,)),
        ("Up for less, though nothing is known of before.", None, said(4100, 300), (RESTARTED,)),
        ("Up as expected: continuous.", BEFORE, said(4100, 53_200), (CONTINUOUS,)),
        ("Up since before the outage, though nothing is known of before.", None, said(4100, 99_000), (CONTINUOUS,)),
        ("Up since exactly the first bad round: not restarted in it.", None, said(4100, 3100), (CONTINUOUS,)),
        ("A second later: restarted.", None, said(4100, 3099), (RESTARTED,)),
        ("The wrap: expected modulo 2^32 hundredths.", said(900, WRAP_S - 200), said(4100, 3000), (CONTINUOUS,)),
        ("Within 60 s of it below.", said(900, WRAP_S - 200), said(4100, 2940), (CONTINUOUS,)),
        ("More than 60 s below: restarted.", said(900, WRAP_S - 200), said(4100, 2939), (RESTARTED,)),
        ("Within 60 s above.", said(900, WRAP_S - 200), said(4100, 3060), (CONTINUOUS,)),
        ("Expected just after the wrap, said just before it.", said(900, WRAP_S - 3170), said(4100, WRAP_S - 20), (
            CONTINUOUS,
        )),
        ("Expected just before the wrap, said just after it.", said(900, WRAP_S - 3230), said(4100, 20), (CONTINUOUS,)),
        ("Other engine boots settle it: restarted.", said(900, 50_000, boots=3), said(4100, 53_200, boots=4), (
            RESTARTED,
        )),
        ("The same engine boots settle it: not restarted.", said(900, 50_000, boots=3), said(4100, 300, boots=3), (
            CONTINUOUS,
        )),
        ("Boots of one side only settle nothing: the uptime does.", BEFORE, said(4100, 300, boots=4), (RESTARTED,)),
        ("Boots alone are enough.", said(900, boots=3), said(4100, boots=3), (CONTINUOUS,)),
        ("Neither uptime nor boots: nothing.", BEFORE, said(4100), ()),
        ("Nothing after: nothing.", BEFORE, None, ()),
        ("Nothing at all: nothing.", None, None, ()),
        ("The port's last change inside the outage.", BEFORE, said(4100, 53_200, changed=52_000), (
            CHANGED,
            CONTINUOUS,
        )),
        ("At its first bad round.", BEFORE, said(4100, 53_200, changed=50_100), (CHANGED, CONTINUOUS)),
        ("A second before: no.", BEFORE, said(4100, 53_200, changed=50_099), (CONTINUOUS,)),
        ("At its recovery.", BEFORE, said(4100, 53_200, changed=53_100), (CHANGED, CONTINUOUS)),
        ("A second after: no.", BEFORE, said(4100, 53_200, changed=53_101), (CONTINUOUS,)),
        ("Changed before the counter wrapped, in the outage.", said(900, WRAP_S - 200), said(
            4100, 3000, changed=WRAP_S - 50
        ), (CHANGED, CONTINUOUS)),
        ("A port's change without an uptime has no time.", BEFORE, said(4100, changed=52_000), ()),
        ("All together, in their order.", BEFORE, said(4100, 300, changed=100), (RESTARTED, CHANGED)),
    ],
)  # fmt: skip
def test_a_testimony_is_weighed(
    rule: str, before: DeviceSaid | None, after: DeviceSaid | None, expected: tuple[Reason, ...]
) -> None:
    assert weighed(before, after) == expected, rule


@pytest.mark.parametrize(
    ("rule", "reasons", "expected"),
    [
        ("None: undetermined.", (), Party.UNDETERMINED),
        ("An incident: the carrier.", (Reason.SHARED_UPSTREAM,), Party.CARRIER),
        ("A restart: the unit.", (RESTARTED,), Party.UNIT),
        ("A port change: the carrier.", (CHANGED,), Party.CARRIER),
        ("A device that ran on: the carrier.", (CONTINUOUS,), Party.CARRIER),
        ("An incident comes before a restart.", (RESTARTED, Reason.SHARED_UPSTREAM), Party.CARRIER),
        ("A restart comes before a port change.", (CHANGED, RESTARTED), Party.UNIT),
    ],
)
def test_a_party_is_proposed(rule: str, reasons: tuple[Reason, ...], expected: Party) -> None:
    assert proposed(reasons) is expected, rule
