"""What a channel is given to send, and what came of it: plain values between composing, delivery and the channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from monitor.faults.terms import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody to whom a message goes: by ``phone`` where a channel telephones, by ``email`` where it mails."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes with a letter where a channel carries files, which mail does."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message, written out in every form; a channel takes the one that it carries.

    ``key`` is the idempotency key: the same at every try. ``late``: sent noticeably after ``due_at``. ``sms`` holds
    the signature; ``markdown`` does not hold the ``title``. ``payload`` is the webhook's JSON object
    (``messages-and-report.md``). ``labels`` are those under which an alert manager knows the alert; ``active`` is
    False once what it speaks of is over. ``members`` are the letters that this one stands for where several went
    together; empty for one that stands for itself. ``recipients`` are those on call besides the channel's own.
    ``link`` is where its reader acknowledges.
    """

    key: str
    kind: MessageKind
    sent_at: datetime
    due_at: datetime
    late: bool
    title: str
    text: str
    sms: str
    markdown: str
    payload: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    active: bool = True
    recipients: tuple[Recipient, ...] = ()
    link: str | None = None
    members: tuple[Letter, ...] = ()
    attached: tuple[Attached, ...] = ()
    test: bool = False


class Fate(StrEnum):
    """What came of a try: delivered; to be tried again; refused, so that trying again is no use."""

    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a receiver answered of itself: it takes the fault on, and perhaps until when it means to have it cleared."""

    acknowledged_by: str
    eta: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try.

    ``status`` is short and for programs (``200``, ``errcode 310000``, ``timeout``); ``answer`` the receiver's words,
    cut and without secrets. ``unreachable``: the fault lies with the way there, not with this letter, so others need
    not be tried just now. ``retry_after`` is what the receiver asked for, or is known to want. ``missed`` are those of
    several recipients, masked, whom the letter can never reach although it was delivered to others.
    """

    fate: Fate
    status: str
    answer: str = ""
    unreachable: bool = False
    retry_after: timedelta | None = None
    reply: Reply | None = None
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """At most ``number`` messages in any ``within``."""

    number: int
    within: timedelta


class Sender(Protocol):
    """One configured channel. Sending never raises for what the network or the receiver does: that is an `Outcome`."""

    @property
    def paces(self) -> tuple[Pace, ...]:
        """What the receiver bears; those of one ``robot`` are counted together."""

    @property
    def robot(self) -> str:
        """What shares one allowance, without secrets: two channels of the same robot have the same."""

    @property
    def groups(self) -> bool:
        """Whether several messages may go as one."""

    @property
    def keeps_active(self) -> bool:
        """Whether what is still so is sent again and again (an alert manager forgets what it does not hear of)."""

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter, within a bounded time."""

    async def close(self) -> None:
        """Give up its connections."""
