"""Deliveries of messages for the tests of what carries them."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow
from tests.histories import START


def after(seconds: float) -> datetime:
    """Return the instant so many seconds after the beginning."""
    return START + timedelta(seconds=seconds)


def message(
    seq: int,
    kind: MessageKind = MessageKind.OPENED,
    *,
    fault: str | None = None,
    line: str | None = None,
    carrier: str | None = "unicom",
    due: float = 0,
    fraction: float | None = None,
) -> OutboxRow:
    """Return a row of the outbox; without a fault's number it is of fault ``F<seq>``."""
    no = fault or (f"F{seq}" if kind.of_a_fault else None)
    return OutboxRow(
        key=f"{no or 'monitor'}:{kind}:{seq}",
        seq=seq,
        kind=kind.value,
        fault_no=no,
        line=line or (None if no is None else f"l{seq}"),
        carrier=carrier if no is not None else None,
        episode=None,
        fraction=fraction,
        repeat=None,
        due_at=after(due),
        created_at=after(due),
    )


def delivery(
    seq: int,
    kind: MessageKind = MessageKind.OPENED,
    *,
    fault: str | None = None,
    due: float = 0,
    fraction: float | None = None,
    channel: str = "robot",
    to_carrier: bool = True,
) -> Delivery:
    """Return a delivery that is to go at once when it is due."""
    return Delivery(
        message=message(seq, kind, fault=fault, due=due, fraction=fraction),
        channel=channel,
        kind=kind,
        to_carrier=to_carrier,
        since=after(due),
        next_at=after(due),
    )
