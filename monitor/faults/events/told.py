"""Messages that fall due (section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.terms import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDue(Event):
    """A message fell due at ``due_at`` and is to be sent (section 10).

    ``fraction`` is given for reminders, ``repeat`` (1, 2 …) for repeated overdues, ``episode`` (1, 2 …) for the
    rest of a fault's. ``passed_over`` names the milestones that this one overtook: they are never sent. What the
    monitor says of itself may have a ``subject`` (a carrier's or channel's name) and a ``detail`` for the text: a
    number of seconds, fault numbers, lines, an error.
    """

    kind: ClassVar[str] = "message_due"
    message: MessageKind
    due_at: datetime
    no: str | None = None
    line: str | None = None
    carrier: str | None = None
    episode: int | None = None
    fraction: float | None = None
    repeat: int | None = None
    passed_over: tuple[str, ...] = ()
    subject: str | None = None
    detail: str | None = None

    @property
    def milestone(self) -> str:
        """The name by which it is sent once: ``reminder:0.5``, ``overdue``, ``overdue_repeat:2``, ``restored:1`` …."""
        number = self.fraction if self.fraction is not None else self.repeat or self.episode or self.subject
        return self.message.value if number is None else f"{self.message.value}:{number}"

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try at the same message, never used for another."""
        whose = self.no if self.no is not None else f"monitor:{int(self.at.timestamp())}"
        return f"{whose}:{self.milestone}"
