"""A small county's registers, written shortly: entries by their facts, days as ``2026-09-01``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from monitor.faults.events import Event, RegisterEntered, RegisterErased
from monitor.faults.terms import Change
from monitor.inventory.model import Carrier, Inventory, Line, Unit, UnitKind
from monitor.registers.definitions import REGISTERS
from monitor.registers.entries import Registers, entered
from monitor.registers.gaps import Gap, Ground, gaps
from monitor.registers.identity import Replaced

ZONE = ZoneInfo("Asia/Shanghai")
DIGEST = "d" * 64


def on(text: str) -> date:
    """Return a day."""
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """Return the instant of a local time, or of a day's noon."""
    if len(text) == len("2026-09-01"):
        return datetime.combine(on(text), time(12), ZONE).astimezone(UTC)
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def line(
    name: str, unit: str = "u1", carrier: str = "c1", *, begins: str | None = None, ends: str | None = None
) -> Line:
    """Return a line, in service from one local midnight to another."""
    return Line(
        id=name,
        unit=unit,
        carrier=carrier,
        address="192.0.2.1",
        in_service_from=None if begins is None else at(f"{begins} 00:00"),
        in_service_to=None if ends is None else at(f"{ends} 00:00"),
    )


def county(*lines: Line, units: Sequence[str] = ("u1",), kind: UnitKind = UnitKind.OTHER) -> Inventory:
    """Return an inventory of these lines, of two carriers; its units are of one kind."""
    return Inventory(
        carriers={name: Carrier(id=name, name=f"Carrier {name}", short_name=name.upper()) for name in ("c1", "c2")},
        units={name: Unit(id=name, name=f"Unit {name}", short_name=name.upper(), kind=kind) for name in units},
        lines={each.id: each for each in lines},
    )


def paper(
    register: str,
    subject: str = "u1",
    *,
    entry: str | None = None,
    version: int = 1,
    change: Change = Change.ENTERED,
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    apart: bool = True,
    **facts: str,
) -> RegisterEntered:
    """Return the event of a version; what it keeps apart goes by `DIGEST`."""
    return RegisterEntered(
        at=at,
        register=register,
        entry=entry or subject,
        version=version,
        subject=subject,
        change=change,
        facts=facts,
        digest=DIGEST if apart else None,
    )


def erased(register: str, subject: str = "u1", *versions: int, at: datetime) -> RegisterErased:
    """Return the event of an erasure."""
    return RegisterErased(
        at=at, register=register, entry=subject, versions=versions or (1,), digests=(DIGEST,) * len(versions or (1,))
    )


def ground(
    papers: Iterable[Event] = (), inventory: Inventory | None = None, replaced: Sequence[Replaced] = ()
) -> Ground:
    """Return what gaps are judged from; by default one unit with one line."""
    return Ground(
        entries=entered(papers), inventory=inventory or county(line("l1")), zone=ZONE, replaced=tuple(replaced)
    )


def judged(register: str, ground: Ground, day: str) -> list[tuple[str, str, str | None]]:
    """Return the gaps of one register on a day: kind, subject or line, and since when."""
    return [told(gap) for gap in gaps(ground, on(day), [REGISTERS[register]]) if gap.register == register]


def told(gap: Gap) -> tuple[str, str, str | None]:
    """Return the kind of a gap, its line or subject, and since when."""
    return gap.kind.value, gap.line or gap.subject, None if gap.since is None else gap.since.isoformat()


def registers(*papers: Event) -> Registers:
    """Return the entries that events make."""
    return entered(papers)
