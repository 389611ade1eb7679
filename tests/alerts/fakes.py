"""Stand-ins written by hand for what delivery goes by: channels that answer as told, ways without texts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.letter import Fate, Letter, Outcome, Pace, Sender
from monitor.alerts.parcel import Parcel
from monitor.faults.fault import Fault
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow

DELIVERED = Outcome(fate=Fate.DELIVERED, status="200")
AGAIN = Outcome(fate=Fate.AGAIN, status="503")
BARRED = replace(AGAIN, unreachable=True)
REFUSED = Outcome(fate=Fate.REFUSED, status="400", answer="no such robot")
A_FEW = (Pace(4, timedelta(minutes=1)),)


@dataclass
class FakeSender:
    """Keeps what it is given; answers with ``outcomes`` in turn, then delivered; an exception among them is raised.

    A letter takes ``takes`` seconds, the first ones those of ``delays``. ``name`` is the robot's, and the channel's
    where it is not ``called`` otherwise. ``took`` are the keys of the messages that it took, ``at`` when each letter
    was sent.
    """

    name: str = "robot"
    paces: tuple[Pace, ...] = ()
    groups: bool = True
    keeps_active: bool = False
    takes: float = 0.0
    delays: deque[float] = field(default_factory=deque)
    outcomes: deque[Outcome | Exception] = field(default_factory=deque)
    sent: list[Letter] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    took: list[str] = field(default_factory=list)
    closed: bool = False
    called: str | None = None

    @property
    def channel(self) -> str:
        return self.called or self.name

    @property
    def robot(self) -> str:
        return self.name

    async def send(self, letter: Letter) -> Outcome:
        self.sent.append(letter)
        self.at.append(asyncio.get_running_loop().time())
        outcome = self.outcomes.popleft() if self.outcomes else DELIVERED
        await asyncio.sleep(self.delays.popleft() if self.delays else self.takes)
        if isinstance(outcome, Exception):
            raise outcome
        if outcome.fate is Fate.DELIVERED:
            self.took += keys_of(letter)
        return outcome

    async def close(self) -> None:
        self.closed = True

    def carried(self) -> list[list[str]]:
        """Return the keys that each letter carried."""
        return [keys_of(letter) for letter in self.sent]


def keys_of(letter: Letter) -> list[str]:
    """Return the keys of the messages that a letter carries."""
    return [each.key for each in letter.members] or [letter.key]


@dataclass
class FakeWays:
    """Every message goes through the channels that ``choose`` names; letters say their keys."""

    senders: Mapping[str, FakeSender]
    choose: Callable[[OutboxRow], Sequence[str]] | None = None
    most_together: int = 50
    escalate_after: timedelta | None = None

    @property
    def channels(self) -> Mapping[str, object]:
        return {name: id(sender) for name, sender in self.senders.items()}

    def sender(self, channel: str) -> Sender:
        return self.senders[channel]

    def deliveries(self, message: OutboxRow, fault: Fault | None, now: datetime) -> tuple[Delivery, ...]:
        chosen = self.senders if self.choose is None else self.choose(message)
        kind = MessageKind(message.kind)
        ways = [(name, kind, message.due_at) for name in chosen]
        if self.escalate_after is not None and kind is MessageKind.OPENED:
            ways += [(name, MessageKind.UNACKNOWLEDGED, message.due_at + self.escalate_after) for name in chosen]
        return tuple(
            Delivery(message=message, channel=name, kind=sent_as, to_carrier=True, since=since, next_at=since)
            for name, sent_as, since in ways
        )

    def letter(self, parcel: Parcel, now: datetime) -> Letter:
        delivery = parcel.delivery
        return Letter(
            key=delivery.key,
            kind=delivery.kind,
            sent_at=now,
            due_at=delivery.message.due_at,
            late=False,
            title=delivery.key,
            text=delivery.key,
            sms=delivery.key,
            markdown=delivery.key,
            payload={"id": delivery.key},
        )

    def together(self, parcels: Sequence[Parcel], now: datetime) -> tuple[Letter, int]:
        letters = tuple(self.letter(parcel, now) for parcel in parcels[: self.most_together])
        return replace(letters[0], members=letters), len(letters)
