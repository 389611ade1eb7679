"""Messages and faults written shortly for the tests of texts; times are local, of the county's zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alerts.composing import Composer
from monitor.alerts.facts import Matter
from monitor.config.settings import Settings
from monitor.faults.events import MessageDue
from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Unit
from monitor.policy import Policies, Policy

ZONE = ZoneInfo("Asia/Shanghai")
INVENTORY = Inventory(
    carriers={
        "unicom": Carrier(
            id="unicom",
            name="中国联通云岭分公司",
            short_name="联通",
            contacts=(
                Contact(role="supervisor", name="联通客户经理", phone="0000-66000202"),
                Contact(role="dispatch", name="联通调度值班", phone="0000-66000201"),
            ),
        )
    },
    nodes={"unicom-east": Node(id="unicom-east", carrier="unicom", name="东区汇聚", address="198.51.100.1")},
    units={
        "finance-bureau": Unit(id="finance-bureau", name="云岭县财政局", short_name="财政局"),
        "education-bureau": Unit(id="education-bureau", name="云岭县教育局", short_name="教育局"),
    },
    lines={
        "finance-1": Line(
            id="finance-1", unit="finance-bureau", carrier="unicom", address="192.0.2.1", node="unicom-east"
        ),
        "education-1": Line(id="education-1", unit="education-bureau", carrier="unicom", address="192.0.2.2"),
    },
)  # fmt: skip
POLICIES = Policies([Policy()])


def local(text: str) -> datetime:
    """Return the instant of a local time such as ``09-01 13:02`` or ``09-01 13:02:05``, of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def county(count: int, name: str = "第{}单位") -> Inventory:
    """Return an inventory of so many units with a line each, all of one carrier and below one node."""
    numbers = range(1, count + 1)
    return replace(
        INVENTORY,
        units={f"u{number}": Unit(id=f"u{number}", name=name.format(number), short_name=name.format(number))
               for number in numbers},
        lines={f"l{number}": Line(id=f"l{number}", unit=f"u{number}", carrier="unicom", address=f"192.0.2.{number}")
               for number in numbers},
    )  # fmt: skip


def composer(*, settings: Settings | None = None, inventory: Inventory = INVENTORY, **others: Any) -> Composer:
    """Return a composer of the sample county."""
    given: dict[str, Any] = {"policies": POLICIES, "templates": {}} | others
    return Composer(settings=settings or Settings(), inventory=inventory, **given)


def fault(
    no: str = "F20260901-0007",
    *,
    failed: str = "09-01 13:02",
    discovered: str = "09-01 13:04",
    restored: str | None = None,
    unseen: timedelta = timedelta(seconds=10),
    line: str = "finance-1",
    unit: str = "finance-bureau",
    **others: Any,
) -> Fault:
    """Return a fault of one episode, open unless it was restored."""
    ended = None if restored is None else local(restored)
    episode = Episode(
        first_failed_at=local(failed),
        detected_at=local(discovered),
        discovered_at=local(discovered),
        restored_at=ended,
        last_bad_at=None if ended is None else ended - unseen,
    )
    given: dict[str, Any] = {
        "carrier": "unicom",
        "role": "primary",
        "node": "unicom-east",
        "source": Source.MONITOR,
        "policy_version": "2026-1",
        "status": Status.OPEN if restored is None else Status.RESTORED,
    } | others
    return Fault(no=no, line=line, unit=unit, episodes=(episode,), **given)


def again(earlier: Fault, *, failed: str, discovered: str) -> Fault:
    """Return a restored fault after a relapse."""
    episode = Episode(first_failed_at=local(failed), detected_at=local(discovered), discovered_at=local(discovered))
    return replace(earlier, status=Status.OPEN, episodes=(*earlier.episodes, episode))


def matter(kind: MessageKind, of: Fault | None, due: str, **others: Any) -> Matter:
    """Return a message of a fault, or of the monitor itself; the rest goes to where it belongs."""
    beside = {name: others.pop(name) for name in ("incident", "struck", "link") if name in others}
    message = MessageDue(
        at=local(due),
        due_at=local(due),
        message=kind,
        no=of.no if of else None,
        line=of.line if of else None,
        carrier=of.carrier if of else None,
        **others,
    )
    return Matter(message=message, fault=of, **beside)


def incident(*faults: Fault, node: str | None = "unicom-east") -> Incident:
    """Return an incident of the faults."""
    return Incident(
        number=3,
        carrier="unicom",
        node=node,
        first_failed_at=min(each.episodes[0].first_failed_at for each in faults),
        faults=tuple(each.no for each in faults),
    )
