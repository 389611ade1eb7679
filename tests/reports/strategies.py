"""Figures of any kind, small: what the contract allows, not what a county is likely to have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.faults.terms import Cause, ExclusionReason, Party
from monitor.inventory.model import UnitKind
from monitor.policy import Policy
from monitor.registers.figures import Answers, Coverage
from monitor.registers.gaps import Gap, GapKind
from monitor.reports.degradations import DegradationRow
from monitor.reports.figures import (
    AmendedFault,
    Amendment,
    CarrierRow,
    Changed,
    Compared,
    FaultRow,
    Figure,
    Figures,
    GapRow,
    IncidentRow,
    Indicator,
    LeftOut,
    LeftOutRow,
    Moment,
    MonthPoint,
    NoRank,
    PeriodKind,
    Position,
    Rank,
    Stood,
    Texts,
    UnitRow,
    Value,
)
from monitor.sla.verdict import Verdict

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = (date(2026, 1, 1), date(2027, 12, 31))
SHARES = frozenset(
    {
        Indicator.AVAILABILITY,
        Indicator.ASSESSED,
        Indicator.COVERAGE,
        Indicator.ON_TIME_RATE,
        Indicator.OVERDUE_RATE,
    }
)
LENGTHS = frozenset({Indicator.MEAN_REPAIR, Indicator.MEDIAN_REPAIR})
REGISTERS = (
    "admin_filing",
    "confidentiality_commitment",
    "carrier_guarantee",
    "emergency_plan",
    "access_review",
    "connection",
)
EVENTS = (
    "fault_opened",
    "fault_notified",
    "fault_acknowledged",
    "episode_restored",
    "party_ruled",
    "message_due",
    "odd_kind",
)
NAMES = st.text("云岭县青石镇财政局教育水务中心移动联通电信", min_size=1, max_size=30)
"""Names as a county has them."""
HOSTILE = st.text(min_size=1, max_size=12) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "a&b",
        "\"'",
        "{name}",
        "{0}",
        "]]>",
        "<!--",
        "=1+1",
        "#let x = 1",
        "\\",
        "$",
        "@",
        "*",
    ]
)
"""Names that mean something elsewhere."""

shares = st.none() | st.fractions(0, 1, max_denominator=10**6)
lengths = st.timedeltas(timedelta(), timedelta(days=60))
whole_lengths = lengths.map(lambda length: timedelta(seconds=length // timedelta(seconds=1)))
instants = st.integers(0, 2 * 365 * 86_400).map(lambda second: FIRST + timedelta(seconds=second))
days = st.dates(*YEARS)
counts = st.integers(0, 400)


def value_of(name: Indicator) -> st.SearchStrategy[Value]:
    """Return values that an indicator can have."""
    if name in SHARES:
        return shares
    return st.none() | (lengths if name in LENGTHS else counts)


@st.composite
def figures_of(draw: st.DrawFn, scope: str) -> dict[Indicator, Figure]:
    """Return every indicator of a scope."""
    return {name: Figure(key=f"{scope}.{name.value}", value=draw(value_of(name))) for name in Indicator}


@st.composite
def overalls(draw: st.DrawFn) -> dict[Indicator, Compared]:
    """Return page one: beside each figure that of the period before, or of all none."""
    now = draw(figures_of("county"))
    before = draw(figures_of("last:county")) if draw(st.booleans()) else {}
    return {name: Compared(now=now[name], before=before.get(name)) for name in Indicator}


ranks = st.builds(Rank, place=st.integers(1, 6), shared=st.booleans()) | st.builds(
    Rank, place=st.none(), why_not=st.sampled_from(NoRank)
)


@st.composite
def carriers(draw: st.DrawFn, place: int, names: st.SearchStrategy[str]) -> CarrierRow:
    """Return a carrier."""
    return CarrierRow(
        id=f"c{place}",
        name=draw(names),
        short_name=draw(names),
        figures=draw(figures_of(f"carrier:c{place}")),
        rank=draw(ranks),
    )


@st.composite
def faults(draw: st.DrawFn, place: int, names: st.SearchStrategy[str]) -> FaultRow:
    """Return a fault, open or restored."""
    failed = draw(instants)
    carrier = draw(st.integers(0, 5))
    moments = st.builds(
        Moment,
        at=instants,
        what=st.sampled_from(EVENTS),
        detail=st.dictionaries(st.sampled_from(["by", "why", "party", "eta", "odd"]), names, max_size=2),
    )
    return FaultRow(
        no=f"F20260901-{place + 1:04}",
        line=f"l{place}",
        unit=f"u{place % 3}",
        unit_name=draw(names),
        carrier=f"c{carrier}",
        carrier_name=draw(names),
        role=draw(st.sampled_from(["primary", "backup"])),
        first_failed_at=failed,
        discovered_at=failed + draw(whole_lengths),
        deadline_at=draw(st.none() | instants),
        restored_at=draw(st.none() | instants),
        elapsed=draw(lengths),
        excluded=draw(lengths),
        verdict=draw(st.sampled_from(Verdict)),
        party=draw(st.sampled_from(Party)),
        counted=draw(st.booleans()),
        missed=draw(st.booleans()),
        incident=draw(st.none() | st.integers(1, 3)),
        repeat_of=draw(st.none() | st.just("F20260831-0001")),
        flapping=draw(st.booleans()),
        timeline=tuple(draw(st.lists(moments, max_size=3))),
    )


@st.composite
def incidents(draw: st.DrawFn, number: int, names: st.SearchStrategy[str]) -> IncidentRow:
    """Return an incident of faults that may be on record or not."""
    failed = draw(instants)
    return IncidentRow(
        number=number,
        carrier=f"c{draw(st.integers(0, 5))}",
        node=draw(st.none() | st.just("n1")),
        node_name=draw(st.none() | names),
        first_failed_at=failed,
        discovered_at=failed + draw(whole_lengths),
        faults=tuple(draw(st.lists(st.integers(1, 6).map(lambda no: f"F20260901-{no:04}"), max_size=4, unique=True))),
        lines=tuple(draw(st.lists(st.sampled_from(["l1", "l2", "l3"]), max_size=3, unique=True))),
        counted=draw(st.booleans()),
    )


@st.composite
def units(draw: st.DrawFn, place: int, names: st.SearchStrategy[str]) -> UnitRow:
    """Return a unit."""
    return UnitRow(
        id=f"u{place}",
        name=draw(names),
        kind=draw(st.sampled_from(UnitKind)),
        lines=draw(counts),
        faults=draw(counts),
        window=draw(lengths),
        unknown=draw(lengths),
        down=draw(lengths),
        availability=Figure(key=f"unit:u{place}.availability", value=draw(shares)),
        low=draw(shares),
        high=draw(shares),
        coverage=draw(shares),
        among_worst=draw(st.booleans()),
    )


@st.composite
def left_outs(draw: st.DrawFn, names: st.SearchStrategy[str]) -> LeftOutRow:
    """Return time that does not count, with or without an end."""
    why = draw(st.sampled_from(LeftOut))
    reasons = {
        LeftOut.MAINTENANCE: names,
        LeftOut.EXCLUSION: st.sampled_from([each.value for each in ExclusionReason]),
        LeftOut.EXEMPT: st.sampled_from([each.value for each in Party]),
    }
    return LeftOutRow(
        why=why,
        what=draw(names),
        reason=draw(reasons[why]),
        begins_at=draw(instants),
        ends_at=draw(st.none() | instants),
        fault=draw(st.none() | st.just("F20260901-0001")),
        lines=tuple(draw(st.lists(st.sampled_from(["l1", "l2", "l3"]), max_size=3, unique=True))),
        cancelled=draw(st.booleans()),
    )


def degradations(names: st.SearchStrategy[str]) -> st.SearchStrategy[DegradationRow]:
    """Return times over which a line answered badly, with or without an end."""
    return st.builds(
        DegradationRow,
        line=st.sampled_from(["l1", "l2"]),
        unit=st.just("u1"),
        unit_name=names,
        carrier=st.just("c1"),
        carrier_name=names,
        role=st.sampled_from(["primary", "backup"]),
        cause=st.sampled_from(Cause),
        began_at=instants,
        ended_at=st.none() | instants,
    )


@st.composite
def gap_rows(draw: st.DrawFn, names: st.SearchStrategy[str]) -> GapRow:
    """Return a gap or hint; one that has no date known is one that may have none."""
    kind = draw(st.sampled_from(GapKind))
    dateless = (GapKind.MISSING, GapKind.UNCONNECTED, GapKind.NOT_EXERCISED)
    return GapRow(
        gap=Gap(
            register=draw(st.sampled_from(REGISTERS)),
            kind=kind,
            subject="u1",
            line=draw(st.none() | st.just("l1")),
            entry=draw(st.none() | st.just("e1")),
            since=draw(st.none() | days if kind in dateless else days),
        ),
        subject_name=draw(names),
        of_carrier=draw(st.booleans()),
    )


@st.composite
def amendments(draw: st.DrawFn) -> Amendment:
    """Return what changed in an earlier edition."""
    ruling = st.none() | st.tuples(
        st.sampled_from([each.value for each in Verdict]), st.sampled_from([each.value for each in Party])
    )
    changed = []
    for name in draw(st.lists(st.sampled_from(Indicator), max_size=3, unique=True)):
        scope = draw(st.sampled_from(["county", "carrier:c1", "unit:u1"]))
        changed.append(Changed(key=f"{scope}.{name.value}", before=draw(value_of(name)), after=draw(value_of(name))))
    return Amendment(
        edition=draw(st.sampled_from(["2026-07", "2026-08"])),
        faults=draw(
            st.dictionaries(
                st.sampled_from(["F20260801-0001", "F20260802-0001"]), st.tuples(ruling, ruling), max_size=2
            )
        ),
        figures=tuple(changed),
        details=draw(st.dictionaries(st.just("F20260801-0001"), amended_faults(), max_size=1)),
    )


@st.composite
def amended_faults(draw: st.DrawFn) -> AmendedFault:
    """Return how a fault stood and stands, and what was ruled of it."""
    stood = st.builds(
        Stood,
        verdict=st.sampled_from(Verdict),
        party=st.sampled_from(Party),
        elapsed=lengths,
        excluded=lengths,
        restored_at=st.none() | instants,
    )
    ruled = st.builds(
        Moment, at=instants, what=st.just("party_ruled"), detail=st.just({"party": "unit", "who": "王伟"})
    )
    return AmendedFault(
        unit_name="财政局",
        line="l1",
        carrier_name="C1",
        before=draw(st.none() | stood),
        after=draw(st.none() | stood),
        rulings=tuple(draw(st.lists(ruled, max_size=2))),
    )


@st.composite
def answered(draw: st.DrawFn) -> Answers:
    """Return how requests were answered."""
    done, waiting = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    return Answers(
        requests=done + waiting,
        answered=done,
        median=draw(lengths) if done else None,
        longest=draw(lengths) if done else None,
        waiting=waiting,
        since=draw(instants) if waiting else None,
    )


@st.composite
def periods(draw: st.DrawFn) -> tuple[PeriodKind, tuple[datetime, datetime]]:
    """Return a period of any kind, by local midnights, and of ``any`` also by hours."""
    kind, first = draw(st.sampled_from(PeriodKind)), draw(days)
    end = first
    match kind:
        case PeriodKind.MONTH:
            first = first.replace(day=1)
            end = (first + timedelta(days=31)).replace(day=1)
        case PeriodKind.WEEK:
            first -= timedelta(days=first.weekday())
            end = first + timedelta(days=7)
        case PeriodKind.YEAR:
            first = first.replace(month=1, day=1)
            end = first.replace(year=first.year + 1)
        case PeriodKind.ANY:
            end = first + timedelta(days=draw(st.integers(1, 90)))
    more = timedelta(hours=draw(st.integers(0, 23))) if kind is PeriodKind.ANY else timedelta()
    begin, until = (datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC) + more for day in (first, end))
    return kind, (begin, until)


@st.composite
def figures(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES) -> Figures:
    """Return figures of any period, with names of a kind."""
    kind, period = draw(periods())

    return Figures(
        county=draw(names),
        kind=kind,
        period=period,
        as_of=period[1] + draw(st.sampled_from([timedelta(hours=-9), timedelta(), timedelta(minutes=30)])),
        zone="Asia/Shanghai",
        policy=Policy(),
        position=draw(st.none() | st.builds(Position, seq=counts, hash=st.just("ab" * 32))),
        overall=draw(overalls()),
        carriers=tuple(draw(carriers(place, names)) for place in range(draw(st.integers(0, 4)))),
        faults=tuple(draw(faults(place, names)) for place in range(draw(st.integers(0, 5)))),
        incidents=tuple(draw(incidents(number + 1, names)) for number in range(draw(st.integers(0, 3)))),
        units=tuple(draw(units(place, names)) for place in range(draw(st.integers(0, 4)))),
        left_out=tuple(draw(st.lists(left_outs(names), max_size=3))),
        degradations=draw(st.none() | st.lists(degradations(names), max_size=3).map(tuple)),
        gaps=tuple(draw(st.lists(gap_rows(names), max_size=4))),
        connection=tuple(
            Coverage(kind=kind, listed=listed, connected=draw(st.integers(0, listed)))
            for kind, listed in draw(st.dictionaries(st.sampled_from(UnitKind), st.integers(1, 90))).items()
        ),
        answers=draw(st.none() | answered()),
        months=tuple(
            MonthPoint(
                first=date(2025 + month // 12, month % 12 + 1, 1), availability=draw(shares), coverage=draw(shares)
            )
            for month in range(draw(st.integers(0, 12)))
        ),
        days={
            (period[0].astimezone(ZONE) + timedelta(days=offset)).date(): draw(st.integers(0, 9))
            for offset in range(draw(st.integers(0, 5)))
        },
        amendments=tuple(draw(st.lists(amendments(), max_size=2))),
        texts=draw(st.builds(Texts, last_orders=st.none() | names, next_orders=st.none() | names)),
    )
