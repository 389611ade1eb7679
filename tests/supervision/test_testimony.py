"""Which word of a device counts before and after an outage (section 8 of the fault rules). All in minutes."""

from __future__ import annotations

import pytest

from monitor.faults.actions import Action, Report, Restore
from monitor.faults.evidence import DeviceSaid
from monitor.faults.terms import Reason, Source
from tests.histories import at, history, judge, rounds
from tests.supervision.test_maintenance import window

RESTARTED, CONTINUOUS = Reason.AGENT_RESTARTED, Reason.UPTIME_CONTINUOUS


def said(minute: float, *, up: float | None = None, boots: int | None = None) -> DeviceSaid:
    return DeviceSaid("L1", at(int(60 * minute)), None if up is None else 60 * up, boots)


def report(minute: float) -> Report:
    return Report(at=at(int(60 * minute)), line="L1", by=Source.UNIT)


def restore(minute: float, *, to: float) -> Restore:
    return Restore(at=at(int(60 * minute)), line="L1", by=Source.CENTRE, restored_at=at(int(60 * to)))


@pytest.mark.parametrize(
    ("rule", "pattern", "spoken", "actions", "expected"),
    [
        ("The last word before and the first after.", "5o9x10o", [said(4, up=99), said(18, up=113)], [], (CONTINUOUS,)),
        ("Restarted in the outage.", "5o9x10o", [said(4, up=99), said(18, up=3)], [], (RESTARTED,)),
        ("A word within the restoring streak is one after.", "5o9x10o", [said(14, up=1)], [], (RESTARTED,)),
        (
            "One within a streak that broke is not.",
            "5o4xo4x10o",
            [said(4, boots=1), said(9, boots=2), said(18, boots=1)],
            [],
            (CONTINUOUS,),
        ),
        ("Nothing after: nothing is proposed.", "5o9x10o", [said(4, up=99), said(10, up=1)], [], ()),
        ("A word while suspect is not one before.", "5o9x10o", [said(6, boots=1), said(18, boots=2)], [], ()),
        (
            "A word after the first one adds nothing.",
            "5o9x10o",
            [said(4, boots=1), said(18, boots=1), said(20, boots=2)],
            [],
            (CONTINUOUS,),
        ),
        (
            "A relapse has its own evidence, kept with the fault.",
            "5o9x10o5x10o",
            [said(4, boots=1), said(18, boots=1), said(34, boots=2)],
            [],
            (RESTARTED, CONTINUOUS),
        ),
        (
            "A restart in maintenance says nothing of the fault before.",
            "5o9x10o5x10o",
            [said(4, boots=1), said(18, boots=1), said(29, boots=2), said(34, boots=2)],
            [window(23, 60)],
            (CONTINUOUS,),
        ),
        (
            "A fault only reported: what was said within it is not before it.",
            "60o",
            [said(4, up=99), said(12, up=2), said(22, up=12)],
            [report(5), restore(20, to=20)],
            (RESTARTED,),
        ),
        (
            "What was said since its recovery counts once a person names it.",
            "60o",
            [said(4, up=99), said(18, up=3)],
            [report(5), restore(20, to=17)],
            (RESTARTED,),
        ),
    ],
)
def test_the_right_words_are_weighed(
    rule: str, pattern: str, spoken: list[DeviceSaid], actions: list[Action], expected: tuple[Reason, ...]
) -> None:
    what = history(rounds("L1", pattern), said=spoken, actions=actions, end=3600)
    (fault,) = judge(what).faults().values()
    assert fault.reasons == expected, rule
    assert judge(what, also=range(0, 3600, 30), restarts=range(0, 3600, 30)).events == judge(what).events, rule
