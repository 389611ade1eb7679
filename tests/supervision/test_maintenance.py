"""Planned maintenance (section 6 of the fault rules). A round a minute; all in minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.faults.actions import Action, CancelMaintenance, Maintain, Report
from monitor.faults.events import ReportKept
from monitor.faults.terms import Scope, Source
from monitor.inventory.model import Inventory, Node
from tests.histories import at, county, history, judge, rounds
from tests.supervision.outline import Ep, Seen, minute, outlines, told


def window(
    begin: float,
    end: float,
    *,
    approved: float = 0,
    name: str = "m",
    scope: Scope = Scope.LINE,
    subject: str = "L1",
    by: Source = Source.CENTRE,
) -> Maintain:
    when, begins, ends = (at(int(60 * one)) for one in (approved, begin, end))
    return Maintain(at=when, by=by, id=name, scope=scope, subject=subject, begins_at=begins, ends_at=ends)


def cancel(when: float, name: str = "m") -> CancelMaintenance:
    return CancelMaintenance(at=at(int(60 * when)), by=Source.CENTRE, id=name)


def report(when: float) -> Report:
    return Report(at=at(int(60 * when)), line="L1", by=Source.UNIT)


@pytest.mark.parametrize(
    ("rule", "pattern", "actions", "expected"),
    [
        ("An outage that ends within opens no fault.", "5o5x10o", [window(4, 12)], []),
        (
            "One that lasts opens at the first bad round after the end: that is its detection.",
            "5o10x",
            [window(4, 12.5)],
            [Seen("open", [Ep(5, 13, 13)])],
        ),
        ("A bad round at the very end counts.", "5o10x", [window(4, 12)], [Seen("open", [Ep(5, 12, 12)])]),
        ("Confirmed in the first second of the window: held.", "5o4x5o", [window(7, 9)], []),
        ("Confirmed a round before it: open.", "5o4x", [window(7.5, 60)], [Seen("open", [Ep(5, 7, 7)])]),
        (
            "A streak not yet confirmed at the end is confirmed by its own third round.",
            "5o5x",
            [window(4, 6)],
            [Seen("open", [Ep(5, 7, 7)])],
        ),
        (
            "Good rounds after the end that restore it: no fault.",
            "5o5x10o",
            [window(4, 9.5)],
            [],
        ),
        (
            "A restoring streak that breaks after the end: the bad round opens it.",
            "5o4x2o3x",
            [window(4, 9)],
            [Seen("open", [Ep(5, 11, 11)])],
        ),
        (
            "A fault already open is not stopped: it is restored inside by measurement.",
            "5o5x10o",
            [window(8, 60)],
            [Seen("closed", [Ep(5, 7, 7, 9, 10)], 70)],
        ),
        (
            "A relapse inside that ends inside is none.",
            "5o3x5o5x10o",
            [window(12, 60)],
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        (
            "A relapse that lasts beyond the end is one then.",
            "5o3x5o9x",
            [window(12, 20)],
            [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(13, 20, 20)])],
        ),
        (
            "The held outage begun within the observation keeps the fault from closing until it relapses.",
            "5o3x55o30x",
            [window(60, 80)],
            [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(63, 80, 80)])],
        ),
        (
            "Held and over, the observation ends as it would.",
            "5o3x55o8x5o",
            [window(60, 90)],
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        ("Two windows that overlap are one.", "5o15x", [window(4, 10), window(8, 15, name="n")], [Ep(5, 15, 15)]),
        ("Two that touch are one.", "5o15x", [window(4, 10), window(10, 15, name="n")], [Ep(5, 15, 15)]),
        ("Between two the fault opens.", "5o15x", [window(4, 10), window(11, 15, name="n")], [Ep(5, 10, 10)]),
        ("Cancelled, it ends then.", "5o15x", [window(4, 15), cancel(9)], [Ep(5, 9, 9)]),
        ("Cancelled before it begins, it never was.", "5o15x", [window(4, 15), cancel(2)], [Ep(5, 7, 7)]),
        ("Cancelled after its end, it stays what it was.", "5o15x", [window(4, 9), cancel(12)], [Ep(5, 9, 9)]),
        ("A report inside is kept and moves nothing.", "15o", [window(4, 15), report(6)], []),
        ("A report at its end opens a fault.", "15o", [window(4, 9), report(9)], [Ep(9, None, 9)]),
        (
            "A report in the second of the approval, before it: open.",
            "15o",
            [report(4), window(4, 9, approved=4)],
            [Ep(4, None, 4)],
        ),
        ("After it: kept.", "15o", [window(4, 9, approved=4), report(4)], []),
        (
            "A report after it finds the held streak, and the next bad round confirms it.",
            "5o7x",
            [window(4, 9.5), report(9.5)],
            [Ep(5, 10, 9.5)],
        ),
        (
            "A report after it in a restoring streak finds no bad streak: the report's time counts (section 4).",
            "5o4xo",
            [window(4, 9.5), report(9.5)],
            [Ep(9.5, None, 9.5)],
        ),
        (
            "So it does where rounds too far apart never restore the held outage, though the latest are good.",
            "5o4xo3.o3.o",
            [window(4, 12), report(18)],
            [Ep(18, None, 18)],
        ),
        (
            "A report after it finds the held streak also where a good round was in it.",
            "5o3xo2x",
            [window(4, 10.5), report(10.5)],
            [Ep(5, None, 10.5)],
        ),
        (
            "A report inside on an open fault is the fault's.",
            "5o5x",
            [window(8, 60), report(9)],
            [Ep(5, 7, 7)],
        ),
        (
            "A fault reported before it is confirmed inside.",
            "5o5x",
            [report(4.5), window(5, 60)],
            [Ep(4.5, 7, 4.5)],
        ),
    ],
)
def test_a_window_holds_what_begins_inside_it(
    rule: str, pattern: str, actions: list[Action], expected: list[Seen] | list[Ep]
) -> None:
    judged = judge(history(rounds("L1", pattern), actions=actions, end=90 * 60))
    wanted = [one if isinstance(one, Seen) else Seen("open", [one]) for one in expected]
    assert outlines(judged) == wanted, rule
    assert judged.refused == [], rule


def test_what_was_held_is_told_when_it_opens() -> None:
    """The clock and the messages count from the detection."""
    judged = judge(history(rounds("L1", "5o20x"), actions=[window(4, 12)], end=13 * 3600))
    assert told(judged) == ["12 opened", "372 reminder:0.5", "552 reminder:0.75", "732 overdue"]


def test_a_report_inside_is_kept() -> None:
    """Kept, with its reporter."""
    judged = judge(history(rounds("L1", "15o"), actions=[window(4, 15), report(6)], end=900))
    assert [(minute(one.at), one.line, one.by) for one in judged.all(ReportKept)] == [(6, "L1", Source.UNIT)]


def upstream() -> Inventory:
    """L1 below a below b, L2 below b, L3 below no node, L4 another carrier's."""
    plain = county(lines=4)
    nodes = {"b": Node(id="b", carrier="c1", name="B"), "a": Node(id="a", carrier="c1", name="A", parent="b")}
    places = {"L1": {"node": "a"}, "L2": {"node": "b"}, "L3": {}, "L4": {"carrier": "c2"}}
    carriers = {**plain.carriers, "c2": replace(plain.carriers["c1"], id="c2")}
    lines = {line.id: replace(line, **places[line.id]) for line in plain.lines.values()}  # type: ignore[arg-type]
    return replace(plain, nodes=nodes, lines=lines, carriers=carriers)


@pytest.mark.parametrize(
    ("rule", "scope", "subject", "held"),
    [
        ("A line's: itself alone.", Scope.LINE, "L2", {"L2"}),
        ("A node's: the lines right below it.", Scope.NODE, "a", {"L1"}),
        ("And those below the nodes below it.", Scope.NODE, "b", {"L1", "L2"}),
        ("A carrier's: all of its lines.", Scope.CARRIER, "c1", {"L1", "L2", "L3"}),
        ("Not those of another.", Scope.CARRIER, "c2", {"L4"}),
    ],
)
def test_a_window_covers_its_scope(rule: str, scope: Scope, subject: str, held: set[str]) -> None:
    seen = [one for line in ("L1", "L2", "L3", "L4") for one in rounds(line, "5o5x5o")]
    what = history(seen, actions=[window(4, 60, scope=scope, subject=subject)], inventory=upstream(), end=900)
    faulty = {fault.line for fault in judge(what).faults().values()}
    assert faulty == {"L1", "L2", "L3", "L4"} - held, rule


@pytest.mark.parametrize(
    ("rule", "actions", "refused"),
    [
        ("Approved in the second of its beginning.", [window(5, 9, approved=5)], 0),
        ("Approved after its start.", [window(5, 9, approved=5.1)], 1),
        ("It ends after it begins.", [window(5, 5)], 1),
        ("By the centre only.", [window(5, 9, by=Source.CARRIER)], 1),
        ("Of something that there is.", [window(5, 9, scope=Scope.NODE, subject="n9")], 1),
        ("Under an id of its own.", [window(5, 9), window(15, 19, approved=1)], 1),
        ("Only what was approved is cancelled.", [cancel(5, "other")], 1),
        ("Cancelling again changes nothing, and is no error.", [window(5, 9), cancel(6), cancel(7)], 0),
    ],
)
def test_what_is_legal(rule: str, actions: list[Action], refused: int) -> None:
    judged = judge(history(rounds("L1", "5o"), actions=actions, end=1800))
    assert len(judged.refused) == refused, rule
