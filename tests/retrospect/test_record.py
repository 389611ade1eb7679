"""The figures of a period out of the database are those of the whole ledger (section 11 of the fault rules)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.faults.actions import Attribute, Exclude, Report, Restore
from monitor.faults.events import Event, IncidentGrouped
from monitor.faults.incident import incidents_of
from monitor.faults.terms import ExclusionReason, Party, Source
from monitor.inventory.model import Inventory
from monitor.policy import AvailabilityRule, Policies, Policy
from monitor.retrospect import gather
from monitor.sla.history import Histories
from monitor.sla.review import IncidentFigures, Material, Review, review
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision.windows import Windows
from tests.dice import thrown
from tests.export.watched import Watched
from tests.histories import HORIZON, History, at, county, fold, history, rounds
from tests.supervision.rulings import every

CALM = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    max_examples=settings().max_examples // 4,  # each is a database written and read
)
EVERY = thrown(every)
PERIODS = st.tuples(st.integers(0, HORIZON), st.integers(1, HORIZON))
HOUR = 3600


@cache
def empty() -> bytes:
    """Make an empty database once; every example begins with a copy."""
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/monitor.db").close()
        return (Path(folder) / "monitor.db").read_bytes()


class Lived:
    """A history watched into a database, with other inventories from some seconds on."""

    def __init__(self, folder: str | Path, given: History, then: Mapping[int, Inventory] | None = None) -> None:
        self.url, self.given = f"sqlite:///{folder}/monitor.db", given
        (Path(folder) / "monitor.db").write_bytes(empty())
        watched, then = Watched(given, self.url), then or {}
        for second in sorted({*given.instants(), *then}):
            watched.step(second)
            if second in then:
                watched.adopt(replace(given, inventory=then[second]))
                watched.stop(second)
        watched.commit(whole=True)
        watched.store.close()
        self.configuration = watched.configuration

    def material(self, begin: int, end: int, *, now: int | None = None) -> Material:
        """Return what figures of a period rest on, as known at the history's end unless ``now`` is given."""
        with Records.of(self.url) as records:
            known = at(self.given.end if now is None else now)
            return gather(records, self.configuration, (at(begin), at(end)), known)

    def review(self, begin: int, end: int) -> Review:
        return review(self.material(begin, end))


def whole(material: Material, events: Iterable[Event]) -> Material:
    """Return the same material with everything that the ledger holds, whenever it was."""
    events, record, windows = tuple(events), Histories(), Windows()
    record.take(events)
    for event in events:
        windows.take(event)
    grouped = [event for event in events if isinstance(event, IncidentGrouped)]
    return replace(
        material,
        histories=record,
        faults=tuple(fold(events).values()),
        windows=windows.all(),
        incidents=tuple(incidents_of(grouped).values()),
    )


@CALM
@given(EVERY, PERIODS)
def test_what_is_read_of_a_period_is_all_that_its_figures_rest_on(given: History, period: tuple[int, int]) -> None:
    """The whole ledger comes to the very same figures, of every level."""
    with tempfile.TemporaryDirectory() as folder:
        lived = Lived(folder, given)
        material = lived.material(period[0], sum(period))
        with Records.of(lived.url) as records:
            everything = whole(material, (recorded.event for recorded in records.events()))
    assert len(material.faults) <= len(everything.faults)
    assert review(material) == review(everything)


def test_an_exclusion_reaches_into_a_month_in_which_its_fault_was_not(tmp_path: Path) -> None:
    """L1 failed in the first hour; what was excluded of its time ends in the third."""
    out = Exclude(
        at=at(HOUR),
        by=Source.CENTRE,
        line="L1",
        id="x1",
        begins_at=at(600),
        ends_at=at(2 * HOUR + 600),
        reason=ExclusionReason.ACCESS_DENIED,
    )
    lived = Lived(tmp_path, history(rounds("L1", "10o20x210o"), actions=[out], end=4 * HOUR))
    assert lived.review(2 * HOUR, 3 * HOUR).lines["L1"].excluded == timedelta(seconds=600)


def test_a_fault_that_took_no_time_is_counted_where_it_was_discovered(tmp_path: Path) -> None:
    """Reported at the period's first instant, and restored by hand as of then."""
    then, by = at(HOUR), Source.CENTRE
    actions = [Report(at=then, by=by, line="L1"), Restore(at=then, by=by, line="L1", restored_at=then)]
    lived = Lived(tmp_path, history(rounds("L1", "120o"), actions=actions, end=2 * HOUR))
    assert [lived.review(begin, begin + HOUR).county.faults for begin in (0, HOUR)] == [0, 1]


def test_an_incident_is_whole_though_a_fault_of_it_began_after_the_period(tmp_path: Path) -> None:
    """L1 fails at 57 minutes and is discovered at 59, L3 fails at 60; in between the period ends."""
    seen = [*rounds("L1", "57o63x"), *rounds("L2", "58o62x"), *rounds("L3", "60o60x")]
    lived = Lived(tmp_path, history(seen, inventory=county(lines=3), end=2 * HOUR))
    found = lived.review(0, 59 * 60 + 30).county.incidents
    assert found == IncidentFigures(number=1, lines=3, line_time=timedelta(seconds=150 + 90))
    assert lived.review(0, 59 * 60).county.incidents.lines == 0


def test_a_late_ruling_changes_the_figures_of_a_period_that_is_over(tmp_path: Path) -> None:
    """Everything is as it stands now (sections 7 and 8)."""
    ruling = Attribute(at=at(3 * HOUR), by=Source.CENTRE, line="L1", party=Party.UNIT)
    seen = rounds("L1", "10o20x210o")
    (tmp_path / "before").mkdir()
    before = Lived(tmp_path / "before", history(seen, end=4 * HOUR)).review(0, HOUR)
    after = Lived(tmp_path, history(seen, actions=[ruling], end=4 * HOUR)).review(0, HOUR)
    assert (before.county.exempt, after.county.exempt) == (0, 1)
    assert (before.lines["L1"].assessed, after.lines["L1"].assessed) == (Fraction(2, 3), Fraction(1))


def test_a_line_that_left_stays_in_the_time_in_which_it_was_watched(tmp_path: Path) -> None:
    """An inventory change keeps history: until it left, and not after; one that came later is not in it before."""
    first, all_lines = county(lines=2), county(lines=3)
    later = replace(all_lines, lines={name: all_lines.lines[name] for name in ("L1", "L3")})
    seen = [*rounds("L1", "180o"), *rounds("L2", "30o20x130o"), *rounds("L3", "180o")]
    told = replace(history(seen, inventory=all_lines, end=3 * HOUR), inventory=first)
    lived = Lived(tmp_path, told, {HOUR + 600: later})
    hours = [lived.review(hour * HOUR, (hour + 1) * HOUR) for hour in range(3)]
    assert [[*each.lines] for each in hours] == [["L1", "L2"], ["L1", "L3", "L2"], ["L1", "L3"]]
    assert hours[0].lines["L2"].down == timedelta(minutes=20)
    assert hours[1].lines["L2"].window == timedelta(seconds=600)
    assert [each.county.availability.lines for each in hours] == [2, 3, 2]


def test_the_version_on_record_at_the_periods_end_makes_its_figures(tmp_path: Path) -> None:
    """Though the folder has other versions by now: what was published is found again."""
    counting = Policy(version="counting", availability=AvailabilityRule(count_blips=True))
    lived = Lived(tmp_path, history(rounds("L1", "10o2x50o"), policy=counting, end=HOUR))
    lived.configuration = replace(lived.configuration, policies=Policies([Policy(version="other")]))
    found = lived.review(0, HOUR)
    assert (found.policy, found.lines["L1"].down) == ("counting", timedelta(minutes=2))


def test_before_anything_is_on_record_the_configuration_counts(tmp_path: Path) -> None:
    """Every line of it is unknown."""
    lived = Lived(tmp_path, history(rounds("L1", "60o"), end=HOUR))
    found = lived.review(-HOUR, 0)
    assert (found.lines["L1"].coverage, found.lines["L1"].raw, found.policy) == (Fraction(0), None, "2026-1")
