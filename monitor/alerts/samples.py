"""Invented matters of every shape that a message can have, so that its texts can be seen and tried before it is sent.

`SAMPLE` is an invented county for trying templates; a preview takes the configured one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from monitor.alerts.facts import Matter
from monitor.config.settings import ZONE
from monitor.faults.events import MessageDue
from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Party, Reason, Source
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Role, Unit
from monitor.policy import ClockStart, Policies, Policy
from monitor.registers.reminders import Expiring

LINK = "/a/JgoAB2q7tZA.h3mQdX5nLr7TtWwZbE0c2Q"  # as long as those that are signed
SECOND = timedelta(seconds=1)
FAILED_BEFORE = timedelta(minutes=2)  # the first bad round, before the discovery
DISPATCH = "dispatch"
DETAILS = {
    MessageKind.MONITOR_SEES: "754",
    MessageKind.MONITOR_BACK: "2820",
    MessageKind.CLOCK_STEPPED: "-37.5",
    MessageKind.OUTBOX_STUCK: "660",
    MessageKind.RELOAD_REFUSED: "config/policy.yaml:1:16: clock.limit: a duration needs its unit: 12s, 12m, 12h or 12d",
    MessageKind.STORE_FAILING: "database or disk is full",
    MessageKind.BACKUP_LATE: "97200",
    MessageKind.REPORT_READY: "frozen",
    MessageKind.LETTERS_READY: "37 /var/lib/monitor/reports/2026-08-letters",
    MessageKind.REPORT_FAILED: "no font for Chinese text was found",
}
OF_A_CHANNEL = (MessageKind.OUTBOX_STUCK, MessageKind.UNDELIVERED)
OF_A_REPORT = (MessageKind.REPORT_READY, MessageKind.REPORT_FAILED, MessageKind.LETTERS_READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Matters of one shape, to be written at ``now``; several are one incident's, or merely several.

    ``usual`` are those worth a look every time.
    """

    shape: str
    matters: tuple[Matter, ...]
    now: datetime
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What samples are made of: an inventory, one policy, the instant of discovery, how many lines fail together."""

    inventory: Inventory
    policy: Policy
    at: datetime
    zone: tzinfo
    public_url: str = "https://monitor.example"
    together: int = 5

    def faults(self) -> list[Fault]:
        """Return open faults of the lines of the first line's carrier, discovered at ``at``."""
        lines = list(self.inventory.lines.values())
        same = [line for line in lines if line.carrier == lines[0].carrier]
        return [self._fault(line, number) for number, line in enumerate(same[: self.together], start=7)]

    def _fault(self, line: Line, number: int) -> Fault:
        episode = Episode(first_failed_at=self.at - FAILED_BEFORE, detected_at=self.at, discovered_at=self.at)
        return Fault(
            no=f"F{self.at.astimezone(self.zone):%Y%m%d}-{number:04}",
            line=line.id,
            unit=line.unit,
            carrier=line.carrier,
            role=line.role.value,
            node=line.node,
            source=Source.MONITOR,
            policy_version=self.policy.version,
            status=Status.OPEN,
            episodes=(replace(episode, notified_at=self.at),),
        )


def samples(kind: MessageKind, ground: Ground) -> Iterator[Sample]:
    """Go through the samples of a kind, the usual one first."""
    if not kind.of_a_fault:
        yield from _of_the_monitor(kind, ground)
        return
    for message, elapsed in _messages(kind, ground):
        usual = [_matter(message, fault, elapsed, ground) for fault in ground.faults()]
        now, name = message.due_at + timedelta(seconds=4), _name(message)
        yield Sample(shape=name, matters=(usual[0],), now=now, usual=True)
        shapes = [dict(_shapes(matter, ground)) for matter in usual]
        for shape, changed in shapes[0].items():
            yield Sample(shape=f"{name}, {shape}", matters=(changed,), now=now)
            if len(usual) > 1:
                yield Sample(shape=f"{name}, several, {shape}", matters=tuple(each[shape] for each in shapes), now=now)
        yield Sample(shape=f"{name}, sent late", matters=(usual[0],), now=now + timedelta(minutes=40))
        several = tuple(usual)
        if len(several) > 1:
            yield Sample(shape=f"{name}, several", matters=several, now=now, usual=True)
            yield Sample(shape=f"{name}, several, one exempt", matters=_one_exempt(several), now=now)
        yield Sample(shape=f"{name}, incident", matters=_in_an_incident(several, ground), now=now, usual=True)
        yield Sample(shape=f"{name}, incident, alone", matters=_in_an_incident(several, ground)[:1], now=now)


def _messages(kind: MessageKind, ground: Ground) -> Iterator[tuple[MessageDue, timedelta]]:
    """Go through the messages of a kind with what the clock shows when each falls due."""
    limit, rule = ground.policy.clock.limit, ground.policy.reminders
    first = MessageDue(at=ground.at, due_at=ground.at, message=kind)
    match kind:
        case MessageKind.OPENED:
            yield first, timedelta()
        case MessageKind.REMINDER:
            for fraction in rule.fractions or (0.5,):
                yield _due(first, ground.at + limit * fraction, fraction=fraction), limit * fraction
        case MessageKind.OVERDUE:
            yield _due(first, ground.at + limit), limit
        case MessageKind.OVERDUE_REPEAT:
            over = limit + 2 * rule.overdue_every
            yield _due(first, ground.at + over, repeat=2), over
        case MessageKind.UNACKNOWLEDGED:
            yield _due(first, ground.at + rule.ack_target, episode=1), rule.ack_target
        case MessageKind.RELAPSED:
            yield _due(first, ground.at + limit / 2, episode=2), limit / 4
        case _:
            used = limit * 11 / 30
            yield _due(first, ground.at + used, episode=1), used


def _due(message: MessageDue, at: datetime, *, fraction: float | None = None, repeat: int | None = None,
         episode: int | None = None) -> MessageDue:  # fmt: skip
    whole = at.replace(microsecond=0)
    return replace(message, at=whole, due_at=whole, fraction=fraction, repeat=repeat, episode=episode)


def _matter(message: MessageDue, fault: Fault, elapsed: timedelta, ground: Ground) -> Matter:
    message = replace(message, no=fault.no, line=fault.line, carrier=fault.carrier)
    if message.message is MessageKind.RESTORED:
        fault = _restored(fault, ground.at + elapsed)
    if message.message is MessageKind.RELAPSED:
        fault = _relapsed(_restored(fault, ground.at + elapsed), message.at)
    return Matter(message=message, fault=fault, link=f"{ground.public_url}{LINK}")


def _restored(fault: Fault, at: datetime, *, unseen_for: timedelta = timedelta(seconds=10)) -> Fault:
    at = at.replace(microsecond=0)
    ended = replace(fault.episode, restored_at=at, last_bad_at=at - unseen_for)
    return replace(fault, status=Status.RESTORED, episodes=(*fault.episodes[:-1], ended))


def _relapsed(fault: Fault, at: datetime, *, failed_before: timedelta = FAILED_BEFORE) -> Fault:
    again = Episode(first_failed_at=at - failed_before, detected_at=at, discovered_at=at, notified_at=at)
    return replace(fault, status=Status.OPEN, episodes=(*fault.episodes, again))


def _shapes(usual: Matter, ground: Ground) -> Iterator[tuple[str, Matter]]:
    """Go through what else may be so of a fault when a message of it is written."""
    fault, limit, kind = usual.fault, ground.policy.clock.limit, usual.message.message
    if fault is None:
        return
    told = {"with evidence": replace(fault, reasons=(Reason.PORT_CHANGED,), flapping=True),
            "the carrier's": replace(fault, party=Party.CARRIER),
            "exempt": replace(fault, party=Party.UNIT, reasons=(Reason.AGENT_RESTARTED,)),
            "a repetition": replace(fault, repeat_of=f"F{ground.at - timedelta(days=1):%Y%m%d}-0003"),
            "acknowledged": replace(fault, acknowledged_at=ground.at + timedelta(minutes=9))}  # fmt: skip
    if kind is MessageKind.RESTORED:
        told["late"] = _restored(fault, ground.at + limit + timedelta(minutes=65))
        told["disputable"] = _restored(fault, ground.at + limit + timedelta(seconds=30), unseen_for=FAILED_BEFORE)
        told["down again"] = _relapsed(fault, usual.message.at + 4 * SECOND, failed_before=2 * SECOND)
    else:
        told["restored meanwhile"] = _restored(fault, usual.message.at + timedelta(seconds=2))
    if ground.policy.clock.start is ClockStart.NOTIFIED:
        told["not notified yet"] = replace(
            fault, episodes=tuple(replace(episode, notified_at=None) for episode in fault.episodes)
        )
    for shape, changed in told.items():
        yield shape, replace(usual, fault=changed)
    yield "no link", replace(usual, link=None)
    yield (
        "left the inventory",
        replace(usual, fault=replace(fault, line="line-gone", unit="unit-gone", carrier="carrier-gone", role="spare")),
    )


def _one_exempt(matters: tuple[Matter, ...]) -> tuple[Matter, ...]:
    first = matters[0]
    exempt = first if first.fault is None else replace(first, fault=replace(first.fault, party=Party.UNIT))
    return (exempt, *matters[1:])


def _in_an_incident(matters: tuple[Matter, ...], ground: Ground) -> tuple[Matter, ...]:
    faults = tuple(matter.fault for matter in matters if matter.fault is not None)
    incident = Incident(
        number=1,
        carrier=faults[0].carrier,
        node=next((fault.node for fault in faults if fault.node), None),
        first_failed_at=ground.at - FAILED_BEFORE,
        faults=tuple(fault.no for fault in faults),
    )
    return tuple(replace(matter, incident=incident, struck=faults) for matter in matters)


def _name(message: MessageDue) -> str:
    return message.message.value if message.fraction is None else f"{message.message.value} {message.fraction:g}"


def _of_the_monitor(kind: MessageKind, ground: Ground) -> Iterator[Sample]:
    faults = ground.faults()
    numbers = ",".join(fault.no for fault in faults[:2])
    details = DETAILS | {MessageKind.LINES_UNKNOWN: ",".join(fault.line for fault in faults),
                         MessageKind.UNDELIVERED: numbers, MessageKind.UNREACHED: numbers}  # fmt: skip
    subjects = dict.fromkeys(OF_A_CHANNEL, "unicom-dingtalk") | {MessageKind.UNREACHED: faults[0].carrier}
    subjects |= dict.fromkeys(OF_A_REPORT, "2026-08")
    subjects[MessageKind.REGISTER_EXPIRING] = _runs_out(faults[0], ground).name
    subject = subjects.get(kind)
    message = MessageDue(at=ground.at, due_at=ground.at, message=kind, subject=subject, detail=details.get(kind))
    shown = {
        "": message,
        "no detail": replace(message, detail=None),
        "no subject": replace(message, subject=None),
        "another detail": replace(message, detail="errcode 310000: sign not match (192.0.2.10)"),
        "many": replace(message, detail=",".join(f"F20260901-{number:04}" for number in range(1, 60))),
        "a number": replace(message, detail="61"),
    }
    now = ground.at + timedelta(seconds=4)
    for shape, changed in shown.items():
        yield Sample(shape=_shape(kind, shape), matters=(Matter(message=changed),), now=now, usual=not shape)
    yield Sample(shape=_shape(kind, "sent late"), matters=(Matter(message=message),), now=now + timedelta(hours=1))
    other = replace(message, at=ground.at + timedelta(seconds=1), subject=subject and "telecom")
    yield Sample(shape=_shape(kind, "several"), matters=(Matter(message=message), Matter(message=other)), now=now)


def _runs_out(fault: Fault, ground: Ground) -> Expiring:
    """Return the guarantee of a fault's carrier, which holds for another month."""
    day = ground.at.astimezone(ground.zone).date() + timedelta(days=30)
    return Expiring(register="carrier_guarantee", entry=fault.carrier, expires_on=day, days=30)


def _shape(kind: MessageKind, shape: str) -> str:
    return ", ".join(part for part in (kind.value, shape) if part)


def _inventory() -> Inventory:
    units = [
        ("finance-bureau", "云岭县财政局", "财政局"),
        ("education-bureau", "云岭县教育局", "教育局"),
        ("qingxi-township", "清溪镇人民政府", "清溪镇"),
        ("planning", "云岭县自然资源和规划局", "自然资源和规划局"),
        ("odd", "*名[称](https://x.example)_<at id=all>_", "A*B_[c](d)"),
    ]
    carrier = Carrier(
        id="unicom",
        name="中国联通云岭分公司",
        short_name="联通",
        contacts=(Contact(role=DISPATCH, name="联通调度值班", phone="0000-66000201"),),
    )
    return Inventory(
        carriers={"unicom": carrier, "telecom": Carrier(id="telecom", name="中国电信云岭分公司", short_name="电信")},
        nodes={"unicom-east": Node(id="unicom-east", carrier="unicom", name="东区汇聚")},
        units={id: Unit(id=id, name=name, short_name=short) for id, name, short in units},
        lines={
            f"{id}-1": Line(
                id=f"{id}-1",
                unit=id,
                carrier="unicom",
                address=f"192.0.2.{number}",
                node="unicom-east",
                role=Role.BACKUP if number == 3 else Role.PRIMARY,
            )
            for number, (id, _, _) in enumerate(units, start=1)
        },
    )


NOTIFIED = Policy(version="notified", clock=replace(Policy().clock, start=ClockStart.NOTIFIED))
SAMPLE = Ground(inventory=_inventory(), policy=Policy(), at=datetime(2026, 9, 1, 5, 4, tzinfo=UTC), zone=ZoneInfo(ZONE))
SAMPLE_NOTIFIED = replace(SAMPLE, policy=NOTIFIED)
SAMPLE_POLICIES = Policies([Policy()], retired=[NOTIFIED])
