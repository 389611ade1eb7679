"""What devices said goes out with a history, and speaks for the same party when that is judged anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.evidence import WRAP_S, DeviceSaid
from monitor.policy import Clock, Policy
from tests.export.test_laws import compared
from tests.export.test_notices import told_anew
from tests.histories import at, history, rounds

MINUTES = 60
POLICY = Policy(clock=Clock(observe_for=timedelta(minutes=20)))
THRICE = "5o5x10o5x25o5x50o"  # down over [5, 10), again over [20, 25), both of one fault; another over [50, 55)
END = 105 * MINUTES


def said(minute: float, up: float | None = None, boots: int | None = None, changed: float | None = None) -> DeviceSaid:
    return DeviceSaid("L1", at(int(minute * 60)), up, boots, None, changed)


CARRIER = (said(4, 1e6), said(12, 1e6 + 480))
UNIT = (said(4, 1e6), said(12, 60))


@pytest.mark.parametrize(
    ("rule", "words", "minutes", "evidence"),
    [
        ("An uptime that went on.", CARRIER, [4, 12], [["uptime_continuous"], []]),
        ("An agent that began anew.", UNIT, [4, 12], [["agent_restarted"], []]),
        ("Boots alone.", (said(4, boots=3), said(12, boots=4)), [4, 12], [["agent_restarted"], []]),
        ("A port that changed, and no word before.", (said(12, 1e6, changed=1e6 - 240),), [12],
         [["port_changed", "uptime_continuous"], []]),
        ("A wrap of the counter.", (said(4, WRAP_S - 60), said(12, 420)), [4, 12], [["uptime_continuous"], []]),
        ("Only the last word before and the first after are on record.",
         (said(1, 1e6 - 180), said(3, 1e6 - 60), *CARRIER, said(14, 30), said(15, 90)), [4, 12],
         [["uptime_continuous"], []]),
        ("Nothing that speaks for anybody.", (said(4), said(12)), [], [[], []]),
        ("Of both episodes, the words between told once.", (*UNIT, said(30, 30)), [4, 12, 30],
         [["agent_restarted"], []]),
        ("After an episode of which nothing is known.",
         (said(4), said(12), said(30), said(48, 1e6), said(60, 60)), [12, 27, 48, 60],
         [[], ["agent_restarted"]]),
        ("Silent from before the first episode until after the last.", (said(4, 1e6), said(60, 60)), [4, 60],
         [[], ["agent_restarted"]]),
    ],
)  # fmt: skip
def test_the_words_that_were_weighed_are_told_and_weighed_anew(
    rule: str, words: tuple[DeviceSaid, ...], minutes: list[int], evidence: list[list[str]]
) -> None:
    lived = history(rounds("L1", THRICE), said=words, policy=POLICY, end=END)
    chronicle, live, anew = told_anew(lived)
    compared(live, anew, (at(0), at(END)))
    assert evidence == [fault["evidence"] for fault in anew["faults"]], rule
    assert minutes == [minute_of(entry["at"]) for entry in chronicle.entries if "snmp" in entry], rule
    assert () == chronicle.untold


def minute_of(spelled: str) -> int:
    """Return the minute of a history that is spelled; it begins at 15:50 UTC."""
    return (int(spelled[11:13]) - 15) * 60 + int(spelled[14:16]) - 50
