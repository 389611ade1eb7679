"""Entries with all their versions: nothing is lost, whatever is entered, corrected, withdrawn or erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.events import Event, RegisterEntered, RegisterErased
from monitor.faults.terms import Change
from monitor.registers.definitions import REGISTERS
from monitor.registers.entries import Registers, entered
from monitor.registers.gaps import Gap, GapKind, gaps
from tests.registers.papers import ZONE, at, county, erased, ground, line, on, paper

FILING = REGISTERS["admin_filing"]


def test_versions_stay_with_who_and_when() -> None:
    first = replace(paper(FILING.id, at=at("2026-01-01"), filed_on="2025-12-30"), who="王", why="first", attachment="a")
    second = replace(paper(FILING.id, version=2, at=at("2026-02-01"), filed_on="2026-01-30"), who="李")
    entry = entered([first, second]).named(FILING.id, "u1")
    assert entry is not None
    assert [("王", "first", "a", on("2025-12-30")), ("李", None, None, on("2026-01-30"))] == [
        (each.who, each.why, each.attachment, each.facts["filed_on"]) for each in entry.versions
    ]
    assert second.at == entry.latest.at


def test_an_erasure_is_of_the_versions_that_it_names() -> None:
    papers = [paper(FILING.id, filed_on="2026-01-01"), paper(FILING.id, version=2, filed_on="2026-02-01")]
    registers = entered([*papers, erased(FILING.id, at=at("2026-03-01"))])
    entry = registers.named(FILING.id, "u1")
    assert entry is not None
    assert [at("2026-03-01"), None] == [each.erased_at for each in entry.versions]
    registers.take(erased(FILING.id, "u1", 1, 2, at=at("2026-04-01")))
    entry = registers.named(FILING.id, "u1")
    assert entry is not None
    assert [at("2026-03-01"), at("2026-04-01")] == [each.erased_at for each in entry.versions]
    registers.take(erased("nothing", at=at("2026-04-01")))
    assert 1 == len(registers.all())


def test_what_is_not_known_any_more_is_kept_as_it_stands() -> None:
    """A register that left the table, a field that did: the ledger outlives both."""
    strange = [paper("pigeons", colour="grey"), paper(FILING.id, filed_on="2026-01-01", shoe_size="44")]
    registers = entered(strange)
    pigeon, filing = registers.named("pigeons", "u1"), registers.named(FILING.id, "u1")
    assert pigeon is not None
    assert filing is not None
    assert ({"colour": "grey"}, "44") == (pigeon.latest.facts, filing.latest.facts["shoe_size"])


def test_a_copy_does_not_move_on() -> None:
    registers = entered([paper(FILING.id, filed_on="2026-01-01")])
    copied = registers.copy()
    registers.take(paper(FILING.id, version=2, filed_on="2026-02-01"))
    assert (1, 2) == (len(copied.all()[0].versions), len(registers.all()[0].versions))
    assert (1, 2) == (copied.revision, registers.revision)
    assert registers.all() == registers.of(FILING.id, "u1")


# -- laws ----------------------------------------------------------------------------------------------------------

DAYS = [f"20{year}-{month:02}-{day:02}" for year in range(20, 27) for month in (1, 2, 7) for day in (1, 15, 28)]
UNITS = ("u1", "u2")
REGISTER_IDS = ("admin_filing", "confidentiality_commitment", "emergency_plan")
BEGINS = {name: REGISTERS[name].begins or "" for name in REGISTER_IDS}


@st.composite
def histories(draw: st.DrawFn, *, withdrawals: bool = True) -> list[Event]:
    """Draw what was entered, corrected, withdrawn and erased, as judging would let it be."""
    events: list[Event] = []
    registers = Registers()
    for number in range(draw(st.integers(0, 12))):
        register, unit = draw(st.sampled_from(REGISTER_IDS)), draw(st.sampled_from(UNITS))
        entry, when = registers.named(register, unit), at(draw(st.sampled_from(DAYS))) + timedelta(seconds=number)
        versions = 0 if entry is None else len(entry.versions)
        if entry is not None and draw(st.integers(0, 4)) == 0:
            event: RegisterEntered | RegisterErased = erased(register, unit, draw(st.integers(1, versions)), at=when)
        else:
            changes = [Change.ENTERED]
            if entry is not None and not entry.is_withdrawn:
                changes += [Change.CORRECTED] + [Change.WITHDRAWN] * withdrawals
            change = draw(st.sampled_from(changes))
            facts = {} if change is Change.WITHDRAWN else {BEGINS[register]: draw(st.sampled_from(DAYS))}
            event = replace(paper(register, unit, version=versions + 1, change=change, at=when), facts=facts)
        registers.take(event)
        events.append(event)
    return events


def judged(events: list[Event], day: str) -> set[Gap]:
    return set(gaps(ground(events, county(line("l1"), line("l2", "u2"), units=UNITS)), on(day)))


@given(histories())
def test_no_version_is_ever_lost(events: list[Event]) -> None:
    """Each stands in its entry, in its order, with what it said; an erasure takes no fact and no number away."""
    registers = entered(events)
    papers = [each for each in events if isinstance(each, RegisterEntered)]
    for entry in registers.all():
        mine = [each for each in papers if (each.register, each.entry) == (entry.register, entry.id)]
        assert list(range(1, len(mine) + 1)) == [version.number for version in entry.versions]
        for version, event in zip(entry.versions, mine, strict=True):
            assert (event.at, event.who, event.digest, event.change) == (
                version.at,
                version.who,
                version.digest,
                version.change,
            )
            assert set(event.facts) == set(version.facts)
    assert len(papers) == sum(len(entry.versions) for entry in registers.all())


@given(histories(), st.sampled_from(DAYS), st.sampled_from(UNITS))
def test_a_valid_paper_never_makes_a_gap(events: list[Event], day: str, unit: str) -> None:
    """Entering one that begins on a day takes gaps of that day away and adds none."""
    entry = entered(events).named(FILING.id, unit)
    number = 1 if entry is None else len(entry.versions) + 1
    before, after = judged(events, day), judged([*events, paper(FILING.id, unit, version=number, filed_on=day)], day)
    assert after <= before
    assert not [gap for gap in after if (gap.register, gap.subject) == (FILING.id, unit)]


@given(histories(), st.sampled_from(DAYS))
def test_an_erasure_never_takes_a_gap_away(events: list[Event], day: str) -> None:
    """It may turn one into another, or make one."""
    for entry in entered(events).all():
        numbers = tuple(each.number for each in entry.versions)
        wiped = [*events, erased(entry.register, entry.subject, *numbers, at=at("2026-12-31"))]
        before, after = ({(gap.register, gap.subject) for gap in judged(each, day)} for each in (events, wiped))
        assert before <= after


@given(histories(), st.sampled_from(DAYS), st.integers(0, 900))
def test_a_gap_stays_until_a_paper_begins(events: list[Event], day: str, later: int) -> None:
    """What is wrong on a day is wrong on every later one, up to the first on which another version begins to speak."""
    end = on(day) + timedelta(days=later)
    begun = {
        str(value)
        for event in events
        if isinstance(event, RegisterEntered)
        for name, value in event.facts.items()
        if name == BEGINS[event.register]
    }
    if any(day < each <= end.isoformat() for each in begun):
        return
    before, after = (
        {(gap.register, gap.subject) for gap in judged(events, each) if not gap.kind.is_hint}
        for each in (day, end.isoformat())
    )
    assert before <= after


@given(histories(), st.sampled_from(DAYS))
def test_a_gap_names_the_first_day_of_it(events: list[Event], day: str) -> None:
    """On the day before ``since`` there was none of that register and unit, unless something was missing then too."""
    for gap in judged(events, day):
        if gap.since is None or gap.kind not in (GapKind.TOO_OLD, GapKind.EXPIRED):
            continue
        assert gap.since <= on(day)
        speaking = entered(events).named(gap.register, gap.subject)
        assert speaking is not None
        version = speaking.speaking(on(day), REGISTERS[gap.register], ZONE)
        eve = gap.since - timedelta(days=1)
        assert version is not None
        if speaking.speaking(eve, REGISTERS[gap.register], ZONE) == version and version.erased_at is None:
            assert (gap.register, gap.subject) not in {
                (each.register, each.subject) for each in judged(events, eve.isoformat()) if not each.kind.is_hint
            }
