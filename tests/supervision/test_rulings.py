"""What the centre rules, and what is refused (sections 7 and 8 of the fault rules; ``replay.md``). Minutes."""

from __future__ import annotations

import pytest

from monitor.faults.actions import Action, Attribute, Exclude, RevokeExclusion
from monitor.faults.terms import ExclusionReason, Party, Source
from tests.histories import History, at, history, judge, rounds
from tests.supervision.outline import told


def exclude(
    when: float, begin: float, end: float, *, name: str = "x", line: str = "L1", by: Source = Source.CENTRE
) -> Exclude:
    whens, begins, ends = (at(int(60 * one)) for one in (when, begin, end))
    return Exclude(
        at=whens, by=by, line=line, id=name, begins_at=begins, ends_at=ends, reason=ExclusionReason.UNIT_REQUEST
    )


def revoke(when: float, name: str = "x", *, by: Source = Source.CENTRE) -> RevokeExclusion:
    return RevokeExclusion(at=at(int(60 * when)), by=by, id=name)


def rule_it(when: float, party: Party, *, by: Source = Source.CENTRE) -> Attribute:
    return Attribute(at=at(int(60 * when)), by=by, line="L1", party=party)


def down(*actions: Action, pattern: str = "5o1000x", end: int = 1000) -> History:
    """Return a history of a line that is down from minute 5, discovered at 7, under a limit of 12 h."""
    return history(rounds("L1", pattern), actions=actions, end=end * 60)


@pytest.mark.parametrize(
    ("rule", "what", "refused"),
    [
        ("On an open fault.", down(exclude(9, 8, 9)), 0),
        ("On a restored one.", down(exclude(20, 8, 9), pattern="5o5x60o", end=20), 0),
        ("On a closed one.", down(exclude(90, 8, 9), pattern="5o5x90o", end=90), 0),
        ("Where there never was a fault: nothing to exclude from.", down(exclude(3, 8, 9)), 1),
        ("Anywhere in time, past and to come.", down(exclude(9, 0, 5), exclude(9, 900, 990, name="y")), 0),
        ("It ends after it begins.", down(exclude(9, 8, 8)), 1),
        ("Under a new id.", down(exclude(9, 8, 9), exclude(10, 9, 10)), 1),
        ("An id once revoked is not new.", down(exclude(9, 8, 9), revoke(10), exclude(11, 9, 10)), 1),
        ("By the centre only.", down(exclude(9, 8, 9, by=Source.CARRIER)), 1),
        ("A known id is revoked.", down(exclude(9, 8, 9), revoke(10)), 0),
        ("Also once more: it changes nothing.", down(exclude(9, 8, 9), revoke(10), revoke(11)), 0),
        ("An unknown one is not.", down(exclude(9, 8, 9), revoke(10, "y")), 1),
        ("Nor by the unit.", down(exclude(9, 8, 9), revoke(10, by=Source.UNIT)), 1),
        ("The centre decides whose it is.", down(rule_it(9, Party.UNIT)), 0),
        ("The carrier and the unit do not.", down(rule_it(9, Party.UNIT, by=Source.CARRIER)), 1),
        ("A closed fault is ruled upon as well.", down(rule_it(90, Party.UNIT), pattern="5o5x90o", end=90), 0),
        ("Nothing is ruled upon before there is a fault.", down(rule_it(3, Party.UNIT)), 1),
    ],
)  # fmt: skip
def test_what_is_legal(rule: str, what: History, refused: int) -> None:
    assert len(judge(what).refused) == refused, rule


@pytest.mark.parametrize(
    ("rule", "actions", "expected"),
    [
        ("None.", [], ["7 opened", "367 reminder:0.5", "547 reminder:0.75", "727 overdue", "967 overdue_repeat:1"]),
        (
            "An exclusion moves what is to come.",
            [exclude(100, 50, 80)],
            ["7 opened", "397 reminder:0.5", "577 reminder:0.75", "757 overdue", "997 overdue_repeat:1"],
        ),
        (
            "What was sent is not sent again though its time comes again.",
            [exclude(400, 50, 200)],
            ["7 opened", "367 reminder:0.5", "697 reminder:0.75", "877 overdue"],
        ),
        (
            "Revoked when two are past: the newest only, late.",
            [exclude(10, 10, 900), revoke(600)],
            [
                "7 opened",
                "600 reminder:0.75 due 547 over reminder:0.5",
                "727 overdue",
                "967 overdue_repeat:1",
            ],
        ),
        ("Another's from the first: nothing more.", [rule_it(8, Party.UNIT)], ["7 opened"]),
        (
            "Another's at the instant at which a reminder is due: it is not.",
            [rule_it(367, Party.CENTRE)],
            ["7 opened"],
        ),
        (
            "Back: all over again from there, but what was sent.",
            [rule_it(400, Party.UNIT), rule_it(430, Party.CARRIER)],
            ["7 opened", "367 reminder:0.5", "970 reminder:0.75"],
        ),
    ],
)  # fmt: skip
def test_messages_follow_rulings(rule: str, actions: list[Action], expected: list[str]) -> None:
    assert told(judge(down(*actions))) == expected, rule
