"""What the sample county's registers hold, with gaps on purpose, and the list of these gaps.

Ten percent of the units have filed no administrators, fifteen percent have signed no commitment, and one carrier's
guarantee has expired; everything else is in order. Days count back from the day on which the papers are drawn up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from monitor.inventory.model import Carrier, Contact, Inventory, Unit, UnitKind
from monitor.lab.county import County
from monitor.registers.drafting import Wanted
from monitor.registers.gaps import Gap, GapKind
from monitor.registers.values import Value

ZONE = ZoneInfo("Asia/Shanghai")
UNFILED, UNCOMMITTED = 0.10, 0.15  # of the units
ISSUED = date(2018, 8, 30)  # the regulation; who was connected before signs afterwards
LONGEST_WAIT = 3 * 24 * 60  # minutes for an answer
SYSTEMS = ("协同办公系统", "行政审批系统", "财务系统", "视频会议系统")
METHODS = ("每日增量备份，异机存放", "双机热备", "每周全量备份，异地存放")
CHANGES = ("更换核心交换机", "办公楼综合布线改造", "接入层交换机升级")
REQUESTS = ("增加IP地址", "提升线路带宽", "开通业务系统端口", "域名解析")


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What is to be entered in the registers, and the gaps that there then are on ``on``, in the inventory's order."""

    on: date
    entries: tuple[Wanted, ...]
    gaps: tuple[Gap, ...]


def draw_up(county: County, on: date) -> Papers:
    """Draw up the papers of a county on a day: the same county and day give the same papers."""
    chance, inventory = Random(f"{county.seed}/papers"), county.inventory  # noqa: S311 - invented papers
    units = tuple(inventory.units)
    unfiled = set(chance.sample(units, round(len(units) * UNFILED)))
    uncommitted = set(chance.sample(units, round(len(units) * UNCOMMITTED)))
    expired = chance.choice(tuple(inventory.carriers))
    ended = on - timedelta(days=chance.randint(10, 200))
    office = _Office(chance, inventory, on)
    return Papers(
        on=on,
        entries=tuple(office.papers(unfiled, uncommitted, {expired: ended})),
        gaps=(
            *(office.missing("admin_filing", name) for name in units if name in unfiled),
            *(office.missing("confidentiality_commitment", name) for name in units if name in uncommitted),
            Gap(
                register="carrier_guarantee",
                kind=GapKind.EXPIRED,
                subject=expired,
                entry=expired,
                since=ended + timedelta(days=1),
            ),
        ),
    )


class _Office:
    """Draws the papers up, one kind after another."""

    def __init__(self, chance: Random, inventory: Inventory, on: date) -> None:
        self._chance, self._inventory, self._on = chance, inventory, on
        self._connected: dict[str, date] = {}
        for line in inventory.lines.values():
            begun = date.min if line.in_service_from is None else line.in_service_from.astimezone(ZONE).date()
            self._connected[line.unit] = min(begun, self._connected.get(line.unit, begun))

    def missing(self, register: str, unit: str) -> Gap:
        """Return the gap of a unit that never handed a paper in."""
        return Gap(register=register, kind=GapKind.MISSING, subject=unit, since=self._connected[unit])

    def papers(
        self, unfiled: Collection[str], uncommitted: Collection[str], ended: dict[str, date]
    ) -> Iterator[Wanted]:
        """Go through everything that is on paper."""
        for unit in self._inventory.units.values():
            if unit.id not in unfiled:
                yield self._filing(unit)
            if unit.id not in uncommitted:
                yield self._commitment(unit)
            yield self._plan(unit)
            yield self._review(unit)
        for carrier in self._inventory.carriers.values():
            yield self._guarantee(carrier, ended.get(carrier.id))
        departments = [unit for unit in self._inventory.units.values() if unit.kind is UnitKind.DEPARTMENT]
        yield from (self._backup(unit) for unit in self._chance.sample(departments, 12))
        yield from (self._change(unit) for unit in self._chance.sample(departments, 6))
        yield from (self._request(unit, number) for number, unit in enumerate(self._chance.sample(departments, 15)))

    def _filing(self, unit: Unit) -> Wanted:
        leader, administrator = unit.contacts
        filed = self._ago(20, 900)
        confirmed = max(filed, self._ago(5, 330))
        return _paper(
            "admin_filing",
            unit.id,
            leader=leader.name,
            leader_phone=leader.phone,
            administrator=administrator.name,
            administrator_phone=administrator.phone,
            filed_on=filed,
            confirmed_on=confirmed,
        )

    def _commitment(self, unit: Unit) -> Wanted:
        connected = self._connected[unit.id]
        afterwards = connected < ISSUED
        signed = max(connected, ISSUED) + timedelta(days=self._chance.randint(5, 60)) * afterwards
        until = self._on + timedelta(days=self._chance.randint(100, 900)) if self._chance.random() < 0.3 else None
        leader = unit.contacts[0]
        return _paper(
            "confidentiality_commitment",
            unit.id,
            signatory=leader.name,
            signed_on=signed,
            retroactive=afterwards or None,
            expires_on=until,
        )

    def _plan(self, unit: Unit) -> Wanted:
        return _paper(
            "emergency_plan",
            unit.id,
            version=f"V{self._chance.randint(1, 4)}.0",
            issued_on=self._ago(400, 1500),
            last_exercise_on=self._ago(10, 330),
        )

    def _review(self, unit: Unit) -> Wanted:
        decided = self._connected[unit.id] - timedelta(days=self._chance.randint(3, 60))
        return _paper(
            "access_review", unit.id, application="接入电子政务外网", decision="approved", approved_on=decided
        )

    def _guarantee(self, carrier: Carrier, ended: date | None) -> Wanted:
        until = ended or self._on + timedelta(days=self._chance.randint(100, 700))
        dispatch: Contact = carrier.contacts[0]
        return _paper(
            "carrier_guarantee",
            carrier.id,
            signed_on=until - timedelta(days=730),
            expires_on=until,
            contact=dispatch.name,
            contact_phone=dispatch.phone,
        )

    def _backup(self, unit: Unit) -> Wanted:
        return _paper(
            "disaster_backup",
            unit.id,
            system=self._chance.choice(SYSTEMS),
            method=self._chance.choice(METHODS),
            last_restore_test_on=self._ago(10, 330),
        )

    def _change(self, unit: Unit) -> Wanted:
        finished = self._ago(30, 600)
        filed = finished + timedelta(days=self._chance.randint(1, 20))
        return _paper(
            "lan_change_filing", unit.id, what=self._chance.choice(CHANGES), finished_on=finished, filed_on=filed
        )

    def _request(self, unit: Unit, number: int) -> Wanted:
        """Draw a request up; the first one still waits for its answer."""
        asked = datetime.combine(self._ago(6, 350), time(9, self._chance.randrange(60)), ZONE).astimezone(UTC)
        answered = asked + timedelta(minutes=min(LONGEST_WAIT, round(self._chance.lognormvariate(5.5, 1.0))))
        closed = answered + timedelta(hours=self._chance.randint(1, 30))
        return _paper(
            "resource_request",
            unit.id,
            what=self._chance.choice(REQUESTS),
            requested_at=asked,
            first_answered_at=answered if number else None,
            closed_at=closed if number else None,
            outcome="已办理" if number else None,
        )

    def _ago(self, least: int, most: int) -> date:
        return self._on - timedelta(days=self._chance.randint(least, most))


def _paper(register: str, subject: str, **values: Value | None) -> Wanted:
    given = {name: value for name, value in values.items() if value is not None}
    return Wanted(register=register, subject=subject, values=given)
