"""What became of a history, in minutes after its start: short enough to stand in a table."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault
from tests.histories import Judged, since_start


def minute(instant: datetime | None) -> float | None:
    """Return an instant in minutes after the start, None for None."""
    return None if instant is None else since_start(instant) / 60


class Ep(NamedTuple):
    """An episode."""

    first_failed: float | None
    detected: float | None
    discovered: float | None
    last_bad: float | None = None
    restored: float | None = None


class Seen(NamedTuple):
    """A fault: its state, its episodes, and when it was closed."""

    status: str
    episodes: list[Ep]
    closed: float | None = None


def outline(fault: Fault) -> Seen:
    """Return a fault in minutes."""
    episodes = [
        Ep(
            minute(one.first_failed_at),
            minute(one.detected_at),
            minute(one.discovered_at),
            minute(one.last_bad_at),
            minute(one.restored_at),
        )
        for one in fault.episodes
    ]
    return Seen(fault.status.value, episodes, minute(fault.closed_at))


def outlines(judged: Judged) -> list[Seen]:
    """Return all faults in the order of their opening."""
    return [outline(fault) for fault in judged.faults().values()]


def told(judged: Judged, *, line: str | None = None) -> list[str]:
    """Return the messages, each as its minute and its name: ``"7 reminder:0.5"``; of one line where it is given."""
    return [letter(one) for one in judged.all(MessageDue) if line in (None, one.line)]


def letter(message: MessageDue) -> str:
    """Return a message as its minute and its name, with what it passed over."""
    over = f" over {', '.join(message.passed_over)}" if message.passed_over else ""
    late = f" due {minute(message.due_at):g}" if message.due_at != message.at else ""
    return f"{minute(message.at):g} {message.milestone}{late}{over}"
