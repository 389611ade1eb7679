"""What the histories drawn for the laws come to: a law says little of what none of them reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hypothesis import given, settings

from monitor.faults.events import (
    EVENTS,
    ClockStepped,
    DaemonStarted,
    DaemonStopped,
    DeviceIdentified,
    EditionDrawn,
    EditionFrozen,
    EditionSent,
    EditionWorded,
    IcmpHeard,
    IncidentGrouped,
    InventoryAdopted,
    MessageDue,
    PathTraced,
    PolicyAdopted,
    RegisterEntered,
    RegisterErased,
    RegisterTaken,
    TrapHeard,
)
from monitor.faults.fault import Fault, Status
from monitor.faults.observation import Outcome
from monitor.faults.terms import MessageKind, Party, Reason, Source
from monitor.policy import Clock, ClockStart
from monitor.sla.verdict import Verdict, read
from tests.dice import thrown
from tests.histories import History, Judged, at, judge
from tests.supervision.rulings import every

OF_THE_DAEMON = {  # it says them of itself, its machine and its paths: judging neither makes nor reads them
    event.kind
    for event in (
        DaemonStarted,
        DaemonStopped,
        PolicyAdopted,
        InventoryAdopted,
        ClockStepped,
        PathTraced,
        IcmpHeard,
        TrapHeard,
    )
}
OF_THE_REGISTERS = {  # beside the faults: tests/registers has their laws
    event.kind for event in (RegisterEntered, RegisterErased, RegisterTaken, DeviceIdentified)
}
OF_THE_REPORT = {  # judging only puts them on record: tests/reports has their laws
    event.kind for event in (EditionDrawn, EditionFrozen, EditionSent, EditionWorded)
}
OF_DELIVERY = {  # judging does not send
    MessageKind.UNACKNOWLEDGED,
    MessageKind.UNREACHED,
    MessageKind.UNDELIVERED,
    MessageKind.OUTBOX_STUCK,
    MessageKind.LINES_UNKNOWN,
    MessageKind.MONITOR_BACK,
    MessageKind.CLOCK_STEPPED,
    MessageKind.RELOAD_REFUSED,
    MessageKind.STORE_FAILING,
    MessageKind.BACKUP_LATE,
    MessageKind.REGISTER_EXPIRING,
    MessageKind.REPORT_READY,
    MessageKind.REPORT_FAILED,
    MessageKind.LETTERS_READY,
}
REACHED: Counter[str] = Counter()
ALL = (
    *(kind for kind in EVENTS if kind not in OF_THE_DAEMON | OF_THE_REGISTERS | OF_THE_REPORT),
    *(f"message {kind}" for kind in MessageKind if kind not in OF_DELIVERY),
    *(f"verdict {verdict}" for verdict in Verdict),
    *(f"status {status}" for status in Status),
    *(f"source {source}" for source in Source),
    *(f"party {party}" for party in Party),
    *(f"reason {reason}" for reason in Reason),
    *(f"clock {start}" for start in ClockStart),
    "flapping",
    "relapsed twice",
    "repeats another",
    "counts from a decision",
    "excluded",
    "exclusion revoked",
    "notified and counted from it",
    "not yet notified",
    "reported, then confirmed",
    "restored by a person",
    "message passed over",
    "message late",
    "faults of two versions",
    "faults of two days",
    "incident below a node",
    "incident dissolved",
    "line joins",
    "line leaves",
    "probe error",
    "loss",
    "action refused",
    "blind at the end",
    "unit of two lines",
)


def reached_by(history: History, judged: Judged) -> Iterator[str]:
    """Return what a history comes to, by the names above."""
    yield from (event.kind for event in judged.events)
    for fault in judged.faults().values():
        rule = history.policies.named(fault.policy_version).clock
        yield f"verdict {read(fault, rule, at(history.end)).verdict}"
        yield f"clock {rule.start}"
        yield from of_a_fault(fault, rule)
    yield from of_the_whole(judged)
    yield from of_what_was_drawn(history, judged)


def of_a_fault(fault: Fault, rule: Clock) -> Iterator[str]:
    yield from (f"status {fault.status}", f"source {fault.source}", f"party {fault.party}")
    yield from (f"reason {reason}" for reason in fault.reasons)
    told = {
        "flapping": fault.flapping,
        "relapsed twice": len(fault.episodes) > 2,
        "repeats another": fault.repeat_of is not None,
        "counts from a decision": fault.counted_from is not None,
        "excluded": any(not each.revoked for each in fault.exclusions),
        "exclusion revoked": any(each.revoked for each in fault.exclusions),
        "notified and counted from it": rule.start is ClockStart.NOTIFIED and fault.episode.notified_at is not None,
        "not yet notified": rule.start is ClockStart.NOTIFIED and fault.episode.notified_at is None,
        "reported, then confirmed": any(
            each.detected_at is not None and each.detected_at > each.discovered_at for each in fault.episodes
        ),
        "restored by a person": any(
            each.restored_at is not None and each.detected_at is None for each in fault.episodes
        ),
    }
    yield from (name for name, true in told.items() if true)


def of_the_whole(judged: Judged) -> Iterator[str]:
    for message in judged.all(MessageDue):
        yield f"message {message.message}"
        if message.passed_over:
            yield "message passed over"
        if message.due_at < message.at:
            yield "message late"
    for grouped in judged.all(IncidentGrouped):
        if grouped.node is not None:
            yield "incident below a node"
        if not grouped.faults:
            yield "incident dissolved"
    faults = judged.faults().values()
    if len({fault.policy_version for fault in faults}) > 1:
        yield "faults of two versions"
    if len({fault.no.partition("-")[0] for fault in faults}) > 1:
        yield "faults of two days"


def of_what_was_drawn(history: History, judged: Judged) -> Iterator[str]:
    lines = history.inventory.lines.values()
    if any(line.in_service_from is not None for line in lines):
        yield "line joins"
    if any(line.in_service_to is not None for line in lines):
        yield "line leaves"
    if any(each.outcome is Outcome.ERROR for each in history.rounds):
        yield "probe error"
    if any(0 < each.received < each.sent for each in history.rounds):
        yield "loss"
    if judged.refused:
        yield "action refused"
    if judged.supervision.sight.blind:
        yield "blind at the end"
    if len({line.unit for line in lines}) < len(lines):
        yield "unit of two lines"


@settings(max_examples=2000)  # the rarest comes to twice in a thousand
@given(thrown(every))
def draw(history: History) -> None:
    REACHED.update(set(reached_by(history, judge(history))))


def test_the_histories_drawn_reach_everything_that_can_be_judged() -> None:
    """Every kind of event, message, verdict and reason, and what else the rules know of."""
    draw()
    assert [] == [name for name in ALL if not REACHED[name]]
