"""What the monitor tells the centre of itself, each once until it is over. Pure.

Blindness falls due by the rules (section 2); the rest is looked for here: lines of which nothing is known though the
monitor sees (section 1), carriers that no channel reaches, messages given up, an outbox that does not empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.faults.events import MessageDue
from monitor.faults.outage import Watch
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.policy import Detection
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow

BEHIND = timedelta(minutes=1)  # how far judged time, at which alarms fall due, may be behind that of letters
NEVER = datetime.min.replace(tzinfo=UTC)
MORE = "+"  # before the number of those that are not named
NAMED = 20  # lines or faults named in an alarm; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long something may last before it is worth an alarm.

    ``unreached``: a message to a carrier that no channel has taken; then somebody must telephone. ``stuck``: a message
    that waits. ``still``: judging that stands still; then the heartbeat stops. ``backup``: after a start without one.
    """

    unreached: timedelta = timedelta(minutes=5)
    stuck: timedelta = timedelta(minutes=15)
    still: timedelta = timedelta(minutes=1)
    backup: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is so at an instant.

    ``unreached`` are faults by carrier of which no channel has told it, ``mute`` carriers of whose faults nobody would
    be told now; ``gave_up`` what was given up since the last sighting; ``oldest_due_at`` is of what waits,
    ``oldest_on`` the channel for which it does. ``unknown`` are lines that are unknown while the monitor sees.
    """

    at: datetime
    unknown: tuple[str, ...] = ()
    unreached: Mapping[str, Iterable[str]] = field(default_factory=dict)
    mute: tuple[str, ...] = ()
    gave_up: tuple[Delivery, ...] = ()
    oldest_due_at: datetime | None = None
    oldest_on: str | None = None


class Alarms:
    """What was told and is not over yet."""

    def __init__(self, patience: Patience) -> None:
        """Begin with nothing told: what still is so after a restart is told again."""
        self._patience = patience
        self._unknown: set[str] = set()
        self._unreached: dict[str, set[str]] = {}
        self._mute: set[str] = set()
        self._stuck = False
        self._told_at: datetime | None = None
        self._told: set[tuple[MessageKind, str | None]] = set()
        self._held: list[MessageDue] = []

    def look(self, seen: Sighting) -> list[MessageDue]:
        """Return what is to be told now."""
        carriers = [*self._carriers(seen), *self._nobody(seen)]
        found = [*self._lines(seen), *carriers, *_given_up(seen), *self._outbox(seen)]
        return self._once_an_instant(seen.at, [*self._held, *found])

    def _once_an_instant(self, at: datetime, alarms: Iterable[MessageDue]) -> list[MessageDue]:
        """Hold back a second alarm of its kind and subject at one instant: it would have the key of the first.

        Judged time stands still while the machine's clock was set back.
        """
        if at != self._told_at:
            self._told_at, self._told = at, set()
        self._held = []
        due: list[MessageDue] = []
        for each in alarms:
            what = each.message, each.subject
            (self._held if what in self._told else due).append(replace(each, at=at, due_at=at))
            self._told.add(what)
        return due

    def _lines(self, seen: Sighting) -> Iterable[MessageDue]:
        """Tell of lines newly unknown; a line that is seen again may be told of anew."""
        new = [line for line in seen.unknown if line not in self._unknown]
        self._unknown = set(seen.unknown)
        if new:
            yield alarm(seen.at, MessageKind.LINES_UNKNOWN, detail=_listed(new))

    def _carriers(self, seen: Sighting) -> Iterable[MessageDue]:
        """Tell whom to telephone, once for each fault of a carrier."""
        for carrier, faults in seen.unreached.items():
            new = [no for no in faults if no not in self._unreached.get(carrier, ())]
            if new:
                yield alarm(seen.at, MessageKind.UNREACHED, subject=carrier, detail=_listed(new))
        self._unreached = {carrier: set(faults) for carrier, faults in seen.unreached.items()}

    def _nobody(self, seen: Sighting) -> Iterable[MessageDue]:
        """Tell that nobody would be told of a carrier's faults, as where a roster has ended, until somebody would."""
        new = [carrier for carrier in seen.mute if carrier not in self._mute]
        self._mute = set(seen.mute)
        for carrier in new:
            yield alarm(seen.at, MessageKind.UNREACHED, subject=carrier)

    def _outbox(self, seen: Sighting) -> Iterable[MessageDue]:
        stuck = seen.oldest_due_at is not None and seen.at - seen.oldest_due_at >= self._patience.stuck
        if stuck and not self._stuck and seen.oldest_due_at is not None:
            waited = int((seen.at - seen.oldest_due_at).total_seconds())
            yield alarm(seen.at, MessageKind.OUTBOX_STUCK, subject=seen.oldest_on, detail=str(waited))
        self._stuck = stuck


def alarm(at: datetime, kind: MessageKind, *, subject: str | None = None, detail: str | None = None) -> MessageDue:
    """Return an alarm that falls due at an instant."""
    return MessageDue(at=at, due_at=at, message=kind, subject=subject, detail=detail)


def unknown_lines(
    inventory: Inventory, watches: Mapping[str, Watch], rules: Detection, *, now: datetime, sees_since: datetime
) -> tuple[str, ...]:
    """Return the lines in service of which a monitor that sees has known nothing for over ``stale_after`` (section 1).

    ``sees_since`` is when it began to see: its start, or the end of its last blindness.
    """
    latest = now - rules.stale_after
    if sees_since >= latest:
        return ()
    return tuple(
        line.id
        for line in inventory.lines.values()
        if line.in_service(now)
        and line.in_service(latest)
        and ((watch := watches.get(line.id)) is None or watch.last_at < latest)
    )


def oldest_on(waiting: Iterable[Delivery]) -> str | None:
    """Return the channel for which the message waits that was due first, of those that were to go at once."""
    at_once = (each for each in waiting if each.since <= each.message.due_at)
    oldest = min(at_once, key=lambda each: each.message.due_at, default=None)
    return None if oldest is None else oldest.channel


def untold(gave_up: Iterable[Delivery], alarms: Iterable[OutboxRow]) -> list[Delivery]:
    """Return what was given up of which no alarm told: the run that was about to was killed.

    An alarm told of it if it names its channel and its fault, or more than it could name, and fell due after it.
    """
    told: dict[tuple[str | None, str], datetime] = {}
    for each in alarms:
        for name in (each.detail or "").split(", "):
            told[each.subject, MORE if name.startswith(MORE) else name] = each.created_at + BEHIND
    return [
        each
        for each in gave_up
        if each.kind is not MessageKind.UNDELIVERED
        and not any(
            (each.ended_at or each.since) <= told.get((each.channel, name), NEVER) for name in (_name(each), MORE)
        )
    ]


def unheard(messages: Iterable[OutboxRow], alarms: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Return what reached no carrier and of which no alarm told: the run that was about to was killed.

    An alarm told of a message if it comes after it in the ledger and names its carrier and its fault, or more than it
    could name. Both are in the order of the ledger.
    """
    told: dict[tuple[str | None, str], int] = {}
    for raised in alarms:
        for name in (raised.detail or "").split(", "):
            told[raised.subject, MORE if name.startswith(MORE) else name] = raised.seq
    return [
        each
        for each in messages
        if all(told.get((each.carrier, name), 0) < each.seq for name in (each.fault_no or "", MORE))
    ]


def _given_up(seen: Sighting) -> Iterable[MessageDue]:
    """Tell which channel gave up what; that a word of this kind was given up is not told again."""
    by_channel: dict[str, list[str]] = defaultdict(list)
    for each in seen.gave_up:
        if each.kind is not MessageKind.UNDELIVERED:
            by_channel[each.channel].append(_name(each))
    for channel, whose in by_channel.items():
        yield alarm(seen.at, MessageKind.UNDELIVERED, subject=channel, detail=_listed(dict.fromkeys(whose)))


def _name(each: Delivery) -> str:
    return each.message.fault_no or each.kind.value


def _listed(names: Iterable[str]) -> str:
    """Name the first of them, and say how many more there are: ``F1, F2, +7``."""
    known = list(names)
    more = [f"{MORE}{len(known) - NAMED}"] if len(known) > NAMED else []
    return ", ".join([*known[:NAMED], *more])
