"""Notices in a history that goes out and is judged anew: each keeps its episode; what cannot be said is named."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from monitor.chronicle import Chronicle, gather, write
from monitor.faults.actions import Acknowledge, Action, GiveEta, Notified, Report
from monitor.faults.terms import Source
from monitor.policy import Clock, ClockStart, Policy
from monitor.store.records import Records
from tests.export.test_laws import compared, judged_anew, watch
from tests.export.watched import figures
from tests.histories import ZONE, History, at, history, rounds

POLICY = Policy(clock=Clock(start=ClockStart.NOTIFIED))
TWICE = "5o5x28o9x90o"  # down over [5, 10), discovered at 7; again over [38, 47), discovered at 40; closed at 107
END = 140


def notice(made: int, *, told: int | None = None, episode: int | None = None, no: str | None = None) -> Notified:
    told_at = None if told is None else at(60 * told)
    return Notified(
        at=at(60 * made), line="L1", no=no, by=Source.CENTRE, episode=episode, notified_at=told_at, via="phone", who="w"
    )


def lived(*actions: Action) -> History:
    return history(rounds("L1", TWICE), actions=actions, policy=POLICY, end=60 * END)


def told_anew(lived: History) -> tuple[Chronicle, dict[str, Any], dict[str, Any]]:
    """Watch a history, write what is on record of it, judge that; return it with the live output and the new one."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/monitor.db"
        watch(lived, url, {}).store.close()
        with Records.of(url) as records:
            chronicle = write(gather(records, end=None, zone=ZONE), at(0))
            scenario, anew = judged_anew(chronicle, Path(folder) / "history.jsonl")
            live = figures(records, scenario, lived)
    return chronicle, live, anew


def entries(chronicle: Chronicle) -> list[tuple[str, str]]:
    return [(each["action"], each["at"][11:16]) for each in chronicle.entries if "action" in each]


@pytest.mark.parametrize(
    ("rule", "actions", "told"),
    [
        ("A notice of the running episode is told when it was delivered.", [notice(41)], ["16:31"]),
        ("So is one entered later.", [notice(45, told=42)], ["16:32"]),
        ("One of episode 1, entered in episode 2, as well.", [notice(45, told=8)], ["15:58"]),
        ("One of episode 1 delivered in episode 2 is told before that began.", [notice(41, episode=1)], ["16:30"]),
        ("Between the two it is of episode 1.", [notice(20)], ["16:10"]),
        (
            "Each keeps its own, in whatever order they were entered.",
            [notice(41, episode=1), notice(42), notice(43, told=9)],
            ["15:59", "16:30", "16:32"],
        ),
        (
            "The instant of the relapse is before it.",
            [notice(40), notice(41, episode=1, told=40), notice(42)],
            ["16:30", "16:30", "16:32"],
        ),
        ("After the fault was closed it is of its last episode.", [notice(120)], ["17:50"]),
    ],
)
def test_a_notice_keeps_its_episode(rule: str, actions: list[Notified], told: list[str]) -> None:
    """With ``clock.start: notified`` every clock and deadline is the same, judged anew from the file."""
    given = lived(*actions)
    chronicle, live, anew = told_anew(given)
    assert [("notified", time) for time in told] == entries(chronicle), rule
    compared(live, anew, (at(0), at(60 * END)))
    assert () == chronicle.untold, rule


def test_a_notice_first_delivered_after_the_next_fault_is_named_as_untold() -> None:
    """No entry can say it: its line's latest fault is another then."""
    given = lived(Report(at=at(60 * 110), line="L1", by=Source.UNIT), notice(120, no="F20260901-0001"))
    chronicle, live, anew = told_anew(given)
    assert [("report", "17:40")] == entries(chronicle)
    assert ("the notice of fault F20260901-0001 at 2026-09-01T17:50:00Z, after the next one",) == chronicle.untold
    older, newer = anew["faults"]
    assert (None, live["faults"][1]) == (older["deadline_at"], newer)


def test_a_later_notice_of_an_older_fault_is_nothing_to_name() -> None:
    """Its first one is told; one more moved nothing."""
    given = lived(notice(41), Report(at=at(60 * 110), line="L1", by=Source.UNIT), notice(120, no="F20260901-0001"))
    chronicle, live, anew = told_anew(given)
    assert ([("notified", "16:31"), ("report", "17:40")], ()) == (entries(chronicle), chronicle.untold)
    compared(live, anew, (at(0), at(60 * END)))


def test_an_eta_has_no_words_in_a_history() -> None:
    """It moves nothing, so it is left out as notes are; ``replay`` knows no such action."""
    given = lived(
        Acknowledge(at=at(60 * 41), line="L1", by=Source.CARRIER),
        GiveEta(at=at(60 * 42), line="L1", by=Source.CARRIER, eta=at(60 * 60)),
    )
    chronicle, live, anew = told_anew(given)
    assert [("acknowledge", "16:31")] == entries(chronicle)
    compared(live, anew, (at(0), at(60 * END)))
