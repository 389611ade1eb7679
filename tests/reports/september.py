"""What happened in the sample county in September: its faults, what does not count, gaps, orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from monitor.faults.terms import Cause, Party
from monitor.inventory.model import UnitKind
from monitor.lab.names import COUNTY, DEPARTMENTS, TOWNSHIPS, VILLAGES
from monitor.registers.gaps import Gap, GapKind
from monitor.reports.degradations import DegradationRow
from monitor.reports.figures import (
    AmendedFault,
    Amendment,
    Changed,
    FaultRow,
    GapRow,
    IncidentRow,
    LeftOut,
    LeftOutRow,
    LineRow,
    Moment,
    Stood,
    Texts,
)
from monitor.sla.verdict import Verdict

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIMIT = 12 * HOUR
CARRIERS = {
    "mobile": ("中国移动云岭分公司", "移动", 55),
    "unicom": ("中国联通云岭分公司", "联通", 40),
    "telecom": ("中国电信云岭分公司", "电信", 27),
}


def at(text: str) -> datetime:
    """Return the instant of a local time, as ``2026-09-01 13:02``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


BEGIN, END = at("2026-09-01 00:00"), at("2026-10-01 00:00")
AS_OF = at("2026-10-01 00:30")
NAMES = {
    **{each.id: (f"{COUNTY}{each.name}", UnitKind.DEPARTMENT) for each in DEPARTMENTS},
    **{each.id: (f"{each.name}人民政府", UnitKind.TOWNSHIP) for each in TOWNSHIPS},
    **{each.id: (each.name, UnitKind.VILLAGE) for each in VILLAGES},
}


def fault(
    no: str,
    unit: str,
    carrier: str,
    discovered: str,
    *,
    hours: float | None,
    verdict: Verdict,
    party: Party = Party.UNDETERMINED,
    role: str = "primary",
    excluded: timedelta = timedelta(),
    incident: int | None = None,
    repeat_of: str | None = None,
    flapping: bool = False,
    timeline: Sequence[Moment] = (),
) -> FaultRow:
    """Return a fault that was cleared after so many hours of the clock, None if it is open."""
    found = at(discovered)
    until = AS_OF if hours is None else found + hours * HOUR + excluded
    deadline = found + LIMIT + excluded
    return FaultRow(
        no=no,
        line=f"{unit}-{1 if role == 'primary' else 2}",
        unit=unit,
        unit_name=NAMES[unit][0],
        carrier=carrier,
        carrier_name=CARRIERS[carrier][0],
        role=role,
        first_failed_at=found - timedelta(seconds=80),
        discovered_at=found,
        deadline_at=deadline,
        restored_at=None if hours is None else until,
        elapsed=until - found - excluded,
        excluded=excluded,
        verdict=verdict,
        party=party,
        counted=BEGIN <= found < END,
        missed=verdict in (Verdict.LATE, Verdict.OVERDUE) and BEGIN <= deadline < END,
        incident=incident,
        repeat_of=repeat_of,
        flapping=flapping,
        timeline=tuple(timeline),
    )


def line_rows(
    carrier: str, count: int, *, window: timedelta, known: Fraction, raw: Fraction, assessed: Fraction
) -> Iterator[LineRow]:
    """Yield so many lines of a carrier, each with those shares: of its window known, and up of what is known."""
    seen = timedelta(seconds=round(window / timedelta(seconds=1) * known))
    for number in range(count):
        yield LineRow(
            id=f"{carrier}-line-{number}",
            unit=list(NAMES)[number % len(NAMES)],
            carrier=carrier,
            role="primary",
            window=window,
            unknown=window - seen,
            down=length(seen, 1 - raw),
            excluded=timedelta(),
            assessed_down=length(seen, 1 - assessed),
        )


def length(whole: timedelta, share: Fraction) -> timedelta:
    """Return a share of a length of time, to the microsecond."""
    return timedelta(microseconds=int(whole // timedelta.resolution * share))


def told(discovered: str, *more: Moment) -> tuple[Moment, ...]:
    """Return a timeline that begins with a fault's opening and its first notice."""
    found = at(discovered)
    return (
        Moment(at=found, what="fault_opened", detail={"source": "monitor"}),
        Moment(at=found + timedelta(seconds=12), what="fault_notified", detail={"via": "dingtalk-unicom"}),
        Moment(at=found + timedelta(minutes=18), what="fault_acknowledged", detail={"by": "carrier"}),
        *more,
    )


FAULTS = (
    fault(
        "F20260831-0003",
        "shimen",
        "mobile",
        "2026-08-31 20:14",
        hours=14.6,
        verdict=Verdict.LATE,
        party=Party.CARRIER,
        timeline=told(
            "2026-08-31 20:14",
            Moment(at=at("2026-09-01 10:50"), what="episode_restored", detail={"by": "monitor"}),
        ),
    ),
    fault("F20260902-0001", "education", "unicom", "2026-09-02 09:31", hours=2.4, verdict=Verdict.ON_TIME),
    fault(
        "F20260903-0001",
        "finance",
        "unicom",
        "2026-09-03 13:02",
        hours=16.51,
        verdict=Verdict.LATE,
        party=Party.CARRIER,
        timeline=told(
            "2026-09-03 13:02",
            Moment(
                at=at("2026-09-03 14:10"), what="eta_given", detail={"by": "carrier", "eta": "2026-09-03T12:00:00Z"}
            ),
            Moment(at=at("2026-09-04 04:40"), what="restoration_claimed", detail={"by": "carrier"}),
            Moment(at=at("2026-09-04 05:32"), what="episode_restored", detail={"by": "monitor"}),
            Moment(at=at("2026-09-04 09:05"), what="party_ruled", detail={"party": "carrier", "why": "光缆中断"}),
        ),
    ),
    fault("F20260907-0001", "longtan", "mobile", "2026-09-07 03:12", hours=5.2, verdict=Verdict.ON_TIME, incident=1),
    fault("F20260907-0002", "gaoqiao", "mobile", "2026-09-07 03:12", hours=5.3, verdict=Verdict.ON_TIME, incident=1),
    fault("F20260907-0003", "hekou", "mobile", "2026-09-07 03:13", hours=5.2, verdict=Verdict.ON_TIME, incident=1),
    fault(
        "F20260907-0004", "nanping", "mobile", "2026-09-07 03:13", hours=12.01, verdict=Verdict.DISPUTABLE, incident=1
    ),
    fault(
        "F20260911-0001",
        "xinmin",
        "mobile",
        "2026-09-11 10:20",
        hours=3.75,
        verdict=Verdict.EXEMPT,
        party=Party.UNIT,
    ),
    fault("F20260915-0001", "water", "telecom", "2026-09-15 08:05", hours=1.1, verdict=Verdict.ON_TIME, flapping=True),
    fault(
        "F20260916-0001",
        "water",
        "telecom",
        "2026-09-16 06:40",
        hours=2.25,
        verdict=Verdict.ON_TIME,
        role="backup",
        repeat_of="F20260915-0001",
    ),
    fault(
        "F20260918-0001",
        "chayuan",
        "unicom",
        "2026-09-18 17:55",
        hours=6.5,
        verdict=Verdict.ON_TIME,
        excluded=4 * HOUR,
    ),
    fault(
        "F20260921-0001",
        "taoyuan",
        "telecom",
        "2026-09-21 22:01",
        hours=7.9,
        verdict=Verdict.EXEMPT,
        party=Party.THIRD_PARTY,
    ),
    fault(
        "F20260929-0001",
        "yunxi",
        "unicom",
        "2026-09-29 18:26",
        hours=None,
        verdict=Verdict.OVERDUE,
        timeline=told(
            "2026-09-29 18:26",
            Moment(at=at("2026-09-30 00:26"), what="message_due", detail={"message": "reminder"}),
            Moment(at=at("2026-09-30 06:26"), what="message_due", detail={"message": "overdue"}),
        ),
    ),
    fault("F20260930-0001", "laowan", "mobile", "2026-09-30 21:40", hours=None, verdict=Verdict.RUNNING),
)


def stood(verdict: Verdict, party: Party, hours: float, *, excluded: timedelta = timedelta()) -> Stood:
    """Return how a fault of August stands that took so many hours."""
    restored = at("2026-08-31 10:00")
    return Stood(verdict=verdict, party=party, elapsed=hours * HOUR, excluded=excluded, restored_at=restored)


DEGRADATIONS = tuple(
    DegradationRow(
        line=line,
        unit=unit,
        unit_name=NAMES[unit][0],
        carrier=carrier,
        carrier_name=CARRIERS[carrier][0],
        role="primary",
        cause=cause,
        began_at=at(began),
        ended_at=None if ended is None else at(ended),
    )
    for line, unit, carrier, cause, began, ended in (
        ("finance-1", "finance", "unicom", Cause.LOSS, "2026-09-11 09:10", "2026-09-11 11:45"),
        ("water-1", "water", "telecom", Cause.RTT, "2026-09-30 22:40", None),
    )
)
LEFT_OUT = (
    LeftOutRow(
        why=LeftOut.MAINTENANCE,
        what="M20260912-0001",
        reason="移动南区汇聚节点割接",
        begins_at=at("2026-09-12 00:00"),
        ends_at=at("2026-09-12 04:00"),
        lines=("baisha-1", "longtan-1", "gaoqiao-1", "hekou-1"),
    ),
    LeftOutRow(
        why=LeftOut.MAINTENANCE,
        what="M20260926-0001",
        reason="联通设备升级",
        begins_at=at("2026-09-26 01:00"),
        ends_at=at("2026-09-26 03:00"),
        lines=("education-1",),
        cancelled=True,
    ),
    LeftOutRow(
        why=LeftOut.EXCLUSION,
        what="X1",
        reason="force_majeure",
        begins_at=at("2026-09-18 19:00"),
        ends_at=at("2026-09-18 23:00"),
        fault="F20260918-0001",
        lines=("chayuan-1",),
    ),
    LeftOutRow(
        why=LeftOut.EXEMPT,
        what="F20260911-0001",
        reason="unit",
        begins_at=at("2026-09-11 10:18"),
        ends_at=at("2026-09-11 14:05"),
        fault="F20260911-0001",
        lines=("xinmin-1",),
    ),
    LeftOutRow(
        why=LeftOut.EXEMPT,
        what="F20260921-0001",
        reason="third_party",
        begins_at=at("2026-09-21 21:59"),
        ends_at=None,
        fault="F20260921-0001",
        lines=("taoyuan-1",),
    ),
)
GAPS = (
    GapRow(
        gap=Gap(register="admin_filing", kind=GapKind.TOO_OLD, subject="justice", since=date(2026, 8, 16)),
        subject_name=NAMES["justice"][0],
        of_carrier=False,
    ),
    GapRow(
        gap=Gap(register="confidentiality_commitment", kind=GapKind.MISSING, subject="hekou"),
        subject_name=NAMES["hekou"][0],
        of_carrier=False,
    ),
    GapRow(
        gap=Gap(register="carrier_guarantee", kind=GapKind.EXPIRED, subject="telecom", since=date(2026, 9, 1)),
        subject_name=CARRIERS["telecom"][0],
        of_carrier=True,
    ),
    GapRow(
        gap=Gap(register="access_review", kind=GapKind.MISSING, subject="water", line="water-2"),
        subject_name=NAMES["water"][0],
        of_carrier=False,
    ),
    GapRow(
        gap=Gap(register="connection", kind=GapKind.UNCONNECTED, subject="sports"),
        subject_name=NAMES["sports"][0],
        of_carrier=False,
    ),
    GapRow(
        gap=Gap(register="emergency_plan", kind=GapKind.NOT_EXERCISED, subject="hospital", since=date(2026, 7, 2)),
        subject_name=NAMES["hospital"][0],
        of_carrier=False,
    ),
)
INCIDENTS = (
    IncidentRow(
        number=1,
        carrier="mobile",
        node="mobile-south",
        node_name="移动南区汇聚节点",
        first_failed_at=at("2026-09-07 03:10"),
        discovered_at=at("2026-09-07 03:12"),
        faults=("F20260907-0001", "F20260907-0002", "F20260907-0003", "F20260907-0004"),
        lines=("longtan-1", "gaoqiao-1", "hekou-1", "nanping-1"),
        counted=True,
    ),
)
AMENDMENTS = (
    Amendment(
        edition="2026-08",
        faults={
            "F20260812-0002": (("late", "undetermined"), ("exempt", "unit")),
            "F20260830-0001": (None, ("on_time", "carrier")),
        },
        details={
            "F20260812-0002": AmendedFault(
                unit_name=NAMES["finance"][0],
                line="finance-1",
                carrier_name=CARRIERS["unicom"][0],
                before=stood(Verdict.LATE, Party.UNDETERMINED, 13.5),
                after=stood(Verdict.EXEMPT, Party.UNIT, 13.5, excluded=HOUR),
                rulings=(
                    Moment(
                        at=at("2026-09-06 10:20"),
                        what="party_ruled",
                        detail={"party": "unit", "why": "单位机房停电", "who": "王伟"},
                    ),
                    Moment(
                        at=at("2026-09-07 09:00"),
                        what="exclusion_granted",
                        detail={"id": "X2", "reason": "unit_power", "who": "李娜"},
                    ),
                ),
            ),
            "F20260830-0001": AmendedFault(
                unit_name=NAMES["hekou"][0],
                line="hekou-1",
                carrier_name=CARRIERS["mobile"][0],
                before=None,
                after=stood(Verdict.ON_TIME, Party.CARRIER, 2),
            ),
        },
        figures=(
            Changed(key="county.missed", before=3, after=2),
            Changed(key="county.on_time_rate", before=Fraction(25, 28), after=Fraction(25, 27)),
            Changed(key="carrier:unicom.mean_repair", before=timedelta(hours=5), after=timedelta(hours=4, minutes=31)),
        ),
    ),
)
TEXTS = Texts(
    last_orders="8月31日通报要求移动公司9月10日前完成石门镇光缆改道，已于9月9日完成。",
    next_orders="请联通公司10月10日前书面说明财政局、云溪镇两起超时故障的原因和整改措施。",
)
