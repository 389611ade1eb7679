"""What a delivered letter says for people: actions for judging to do, each under an id by which it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.alerts.letter import Reply
from monitor.faults.actions import Acknowledge, Action, GiveEta, Notified
from monitor.faults.terms import MessageKind, Source
from monitor.store.deliveries import Delivery

NOTICES = frozenset(kind for kind in MessageKind if kind.of_a_fault) - {MessageKind.RESTORED}


def notices(sent: Delivery, reply: Reply | None, now: datetime) -> Iterator[tuple[str, Action]]:
    """Return that the carrier was told, and what its machine answered: it takes the fault on, it expects an end.

    What answers on a channel that tells the centre answers for the centre.
    """
    message, kind = sent.message, sent.kind
    if message.fault_no is None or message.line is None:
        return
    line, no = message.line, message.fault_no
    if sent.to_carrier and kind in NOTICES:
        episode = 1 if kind is MessageKind.OPENED else message.episode
        told_at = _second(now) if _second(now) > message.due_at else None  # else when judging hears of it
        told = Notified(
            at=now, by=Source.CENTRE, line=line, no=no, via=sent.channel, episode=episode, notified_at=told_at
        )
        yield f"notified:{sent.key}:{sent.channel}", told
    if reply is not None:
        who, by = reply.acknowledged_by, Source.CARRIER if sent.to_carrier else Source.CENTRE
        yield f"acknowledged:{sent.key}:{sent.channel}", Acknowledge(at=now, by=by, line=line, no=no, who=who)
        if reply.eta is not None:
            given = GiveEta(at=now, by=by, line=line, no=no, who=who, eta=_second(reply.eta))
            yield f"eta:{sent.key}:{sent.channel}", given


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
