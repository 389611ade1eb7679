"""Laws of rulings over every history (sections 7, 8 and 11 of the fault rules)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given

from monitor.faults.actions import Action, Exclude, RevokeExclusion
from monitor.faults.events import ExclusionGranted, ExclusionRevoked, PartyRuled
from monitor.faults.fault import Fault, apply
from monitor.faults.terms import ExclusionReason, Party, Source
from monitor.sla.availability import line_figures, share
from monitor.sla.figures import punctuality
from monitor.sla.spans import FOREVER, spans
from monitor.sla.verdict import Reading, Verdict, read
from tests.dice import Dice, thrown
from tests.histories import HORIZON, History, Judged, at, judge
from tests.supervision.rulings import every
from tests.supervision.sets import line_sets

EVERY = thrown(every)
Part = tuple[int, int]  # the second in which time to be excluded begins, and how many it is
BAD = (Verdict.LATE, Verdict.OVERDUE)
ELSEWHERE = (Party.UNIT, Party.CENTRE, Party.THIRD_PARTY)


def part(dice: Dice) -> Part:
    """Return some time of a history (4 bytes)."""
    return dice.up_to(HORIZON + 100) - 100, 1 + dice.up_to(899)


def readings(history: History, judged: Judged) -> dict[str, Reading]:
    """Return every reading at the end of the history."""
    return {no: reading(history, fault) for no, fault in judged.faults().items()}


def reading(history: History, fault: Fault) -> Reading:
    return read(fault, history.policies.named(fault.policy_version).clock, at(history.end))


@given(thrown(lambda dice: (every(dice), [part(hand) for hand in dice.hands(3, 4, least=1)])))
def test_an_exclusion_only_ever_helps_and_revoking_it_restores_the_reading(drawn: tuple[History, list[Part]]) -> None:
    """It never shortens a deadline nor adds to what elapsed; revoked in any order, all is as it was, exactly."""
    history, parts = drawn
    for fault in judge(history).faults().values():
        lives = [fault]
        for number, (begin, length) in enumerate(parts):
            lives.append(apply(lives[-1], granted(fault, f"z{number}", begin, length)))
        seen = [reading(history, life) for life in lives]
        for before, after in pairwise(seen):
            # none: the limit is not reached, as where the last episode was not notified
            assert (before.deadline_at or FOREVER) <= (after.deadline_at or FOREVER)
            assert after.elapsed <= before.elapsed
            assert after.elapsed_min <= before.elapsed_min
            assert after.excluded >= before.excluded
        for name in ("z0", "z2", "z1"):
            lives.append(apply(lives[-1], ExclusionRevoked(at=at(history.end), no=fault.no, id=name)))
        assert reading(history, lives[-1]) == seen[0]


def granted(fault: Fault, name: str, begin: int, length: int) -> ExclusionGranted:
    return ExclusionGranted(
        at=fault.discovered_at,
        no=fault.no,
        id=name,
        begins_at=at(begin),
        ends_at=at(begin + length),
        reason=ExclusionReason.OTHER,
    )


def passing(dice: Dice) -> tuple[History, Part, int, int, str]:
    """Return a history, what is excluded from it, when, when that is revoked, and of which line's fault."""
    return every(dice), part(dice), dice.up_to(HORIZON), dice.up_to(HORIZON), dice.one_of(("L1", "L2"))


@given(thrown(passing))
def test_an_exclusion_taken_back_leaves_every_reading_of_the_history_as_it_was(
    drawn: tuple[History, Part, int, int, str],
) -> None:
    """Ruled and revoked at any instants, also after the restoration."""
    history, (begin, length), when, revoked, line = drawn
    reason, first = ExclusionReason.UNIT_POWER, min(when, revoked)
    more: list[Action] = [
        Exclude(
            at=at(first),
            by=Source.CENTRE,
            line=line,
            id="z",
            begins_at=at(begin),
            ends_at=at(begin + length),
            reason=reason,
        ),
        RevokeExclusion(at=at(max(when, revoked)), by=Source.CENTRE, id="z"),
    ]
    actions = tuple(sorted([*history.actions, *more], key=lambda action: action.at))
    there = replace(history, actions=actions)
    if max(when, revoked) <= history.end:
        assert readings(there, judge(there)) == readings(history, judge(history))


@given(thrown(lambda dice: (every(dice), dice.one_of(ELSEWHERE))))
def test_a_broken_limit_ruled_another_partys_never_makes_the_rate_worse(drawn: tuple[History, Party]) -> None:
    """Of each carrier: without the fault counted against it the on-time rate is no lower."""
    history, party = drawn
    faults = judge(history).faults()
    for no, fault in faults.items():
        if reading(history, fault).verdict not in BAD:
            continue
        mine = {other.no: other for other in faults.values() if other.carrier == fault.carrier}
        ruling = PartyRuled(at=at(history.end), no=no, party=party)
        before = punctuality(mine.values(), read=lambda one: reading(history, one))
        after = punctuality((mine | {no: apply(fault, ruling)}).values(), read=lambda one: reading(history, one))
        assert before.on_time_rate is not None
        assert after.on_time_rate is None or after.on_time_rate >= before.on_time_rate
        assert after.late + after.overdue == before.late + before.overdue - 1


@given(EVERY)
def test_the_assessed_figure_without_an_exempt_fault_is_that_of_the_remaining_time(history: History) -> None:
    """Its down time leaves both sides of the fraction; what the unit lived through stays."""
    judged = judge(history)
    before = line_sets(history, judged, blips=True)
    for no, fault in judged.faults().items():
        judged.events.append(PartyRuled(at=at(history.end), no=no, party=Party.UNIT))
        of = before[fault.line]
        lasted = spans((one.first_failed_at, one.restored_at or at(history.end)) for one in fault.episodes)
        remaining = of.known - of.excluded - lasted
        figures = line_figures(line_sets(history, judged, blips=True)[fault.line])
        judged.events.pop()
        assert figures.raw == line_figures(of).raw
        assert figures.excluded == (of.excluded | (lasted & of.known)).length
        assert figures.assessed == share((remaining - of.down).length, remaining.length)


@given(EVERY)
def test_the_clock_of_a_fault_back_with_the_carrier_counts_from_that_decision(history: History) -> None:
    """Not retroactively; all earlier time stops counting, the excluded of section 7 is what it was."""
    for fault in judge(history).faults().values():
        then = at(history.end)
        rule = history.policies.named(fault.policy_version).clock
        away = apply(fault, PartyRuled(at=then, no=fault.no, party=Party.UNIT))
        back = apply(away, PartyRuled(at=then, no=fault.no, party=Party.CARRIER))
        found = read(back, rule, then)
        assert not found.elapsed
        assert found.excluded == reading(history, fault).excluded
        assert found.deadline_at is None or found.deadline_at >= then + rule.limit
        assert read(away, rule, then).elapsed == reading(history, fault).elapsed
