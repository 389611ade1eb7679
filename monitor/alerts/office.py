"""The office that messages come from: it knows the names, the numbers and the words, and states the facts.

Nothing is looked up and no clock is read: what is stated follows from the matter and the instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.alerts.discretion import discreet
from monitor.alerts.facts import Facts, Matter, Member, Together
from monitor.alerts.language import Address
from monitor.config.settings import Locale, Settings
from monitor.faults.events import MessageDue
from monitor.faults.evidence import proposed
from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Party, Reason
from monitor.inventory.model import Carrier, Contact, Inventory, Unit
from monitor.policy import Policies, Policy
from monitor.registers.definitions import REGISTERS
from monitor.registers.reminders import Expiring
from monitor.sla.clock import counts_from
from monitor.sla.verdict import Reading, read
from monitor.wording import WORDING, say_length, say_time

LATE_AFTER = timedelta(minutes=2)  # a county-wide storm is told within it; what comes later says when it was due
JUDGED_LATE = timedelta(seconds=10)  # a busy machine judges a second or three after it was due
MOST_OF_A_NAME = 40
MOST_OF_A_DETAIL = 300
DISPATCH = "dispatch"
ITEMISED = frozenset({MessageKind.UNREACHED, MessageKind.UNDELIVERED, MessageKind.LINES_UNKNOWN})
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The instants and lengths behind the words of one fault's facts.

    ``held``: the carrier is held to the deadline now. ``left`` is below zero once the limit is passed, zero where
    nobody is held to it.
    """

    episode: Episode
    clock_from: datetime | None
    deadline: datetime | None
    restored_at: datetime | None
    reading: Reading
    held: bool
    left: timedelta
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What is configured, and the language spoken. ``policies`` hold every version that a fault is judged by."""

    settings: Settings
    inventory: Inventory
    policies: Policies
    locale: Locale

    def facts(self, matter: Matter, now: datetime) -> Facts:
        """State the facts of one message, written at ``now``."""
        message = matter.message
        stated = self._of_the_monitor(message, now)
        if matter.fault is None:
            return stated
        stated = self._of_the_fault(stated, matter, matter.fault)
        stated = self._of_the_clock(stated, matter, matter.fault, now)
        return self._of_the_incident(stated, matter)

    def together(self, matters: Sequence[Matter], members: Sequence[Member], now: datetime) -> Together:
        """State what several messages of one kind have in common; ``members`` are their facts, in the same order."""
        first = members[0]
        times = [self._times(matter, matter.fault, now) for matter in matters if matter.fault is not None]
        incident = _common(matter.incident.number if matter.incident else None for matter in matters)
        due = [(each.deadline, each.left) for each in times if each.held and each.deadline is not None]
        deadline, left = min(due) if due else (None, timedelta())
        first_due = min(matter.message.due_at for matter in matters)
        most_over = min((each.left for each in times), default=timedelta())
        return Together(
            kind=first.kind,
            county=first.county,
            signature=first.signature,
            phone=first.phone,
            public_url=first.public_url,
            due_at=self._time(first_due),
            due_shortly=self._time(first_due, shortly=True),
            sent_at=first.sent_at,
            late=any(member.late for member in members),
            members=tuple(members),
            count=len(members),
            units=tuple(dict.fromkeys(member.unit for member in members if member.unit)),
            carrier=_common(member.carrier for member in members),
            carrier_name=_common(member.carrier_name for member in members),
            incident=incident,
            node=first.node if incident is not None else None,
            lines=first.lines if incident is not None else None,
            failed_at=self._maybe(min((each.episode.first_failed_at for each in times), default=None)),
            deadline=self._maybe(deadline),
            deadlines=len({at for at, _ in due}),
            limit=_common(member.limit for member in members),
            left=self._length(left),
            over=self._length(-most_over),
            percent=_common(member.percent for member in members),
            half=all(member.half for member in members),
            last=all(member.last for member in members),
            exempt=all(member.exempt for member in members),
            settled=all(member.note for member in members),
            links=any(member.link for member in members),
        )

    def _of_the_monitor(self, message: MessageDue, now: datetime) -> Facts:
        settings, detail, runs_out = self.settings, message.detail, _runs_out(message)
        meant = None if message.message.of_a_fault else message.subject or message.carrier
        meant = meant if runs_out is None else runs_out.entry
        carrier = None if meant is None else self.inventory.carriers.get(meant)
        unit = None if meant is None or carrier is not None else self.inventory.units.get(meant)
        named = carrier or unit
        contact = dispatcher(carrier) if carrier else None
        letters, detail = _letters(message)
        length, items = _seconds(detail), _items(message)
        listed = tuple(self._item(item) for item in items)
        stated = Facts(
            kind=message.message.value,
            county=discreet(settings.county, MOST_OF_A_NAME),
            signature=discreet(settings.sms_signature, MOST_OF_A_NAME),
            phone=discreet(settings.duty_phone, MOST_OF_A_NAME),
            public_url=Address(settings.public_url),
            due_at=self._time(message.due_at),
            due_shortly=self._time(message.due_at, shortly=True),
            sent_at=self._time(now),
            late=is_late(message, now),
            carrier=self._name(carrier.short_name if carrier else None),
            carrier_name=self._name(carrier.name if carrier else None),
            contact=self._name(f"{contact.name or ''} {contact.phone}") if contact else None,
            contact_phone=self._name(contact.phone) if contact else None,
            subject=self._name(named.short_name if named else meant),
            detail=None if detail is None or length is not None or items else discreet(detail, MOST_OF_A_DETAIL),
            gap=None if length is None else say_length(abs(length), WORDING[self.locale]),
            backwards=length is not None and length < timedelta(),
            items=listed,
            items_short=tuple(no_short(item) for item in listed),
            count=letters + len(items) + _more(message),
        )
        return stated if runs_out is None else self._of_the_register(stated, runs_out, unit, message, now)

    def _of_the_register(
        self, stated: Facts, runs_out: Expiring, unit: Unit | None, message: MessageDue, now: datetime
    ) -> Facts:
        """State which entry runs out when; the days left are of the day on which it fell due, or now if it is late."""
        as_of = now if is_late(message, now) else min(message.due_at, now)
        left = runs_out.expires_on - as_of.astimezone(self.settings.timezone).date()
        register, on, words = REGISTERS.get(runs_out.register), runs_out.expires_on, WORDING[self.locale]
        return replace(
            stated,
            unit=self._name(unit.short_name if unit else None),
            unit_name=self._name(unit.name if unit else None),
            register=register.title.spoken(self.locale) if register else self._name(runs_out.register),
            expires_on=words["whole_day"].format(year=on.year, month=on.month, day=on.day),
            days_left=max(0, left.days),
        )

    def _of_the_fault(self, stated: Facts, matter: Matter, fault: Fault) -> Facts:
        words, inventory = WORDING[self.locale], self.inventory
        unit, carrier = inventory.units.get(fault.unit), inventory.carriers.get(fault.carrier)
        fraction = matter.message.fraction
        fractions = self._policy(fault).reminders.fractions
        return replace(
            stated,
            link=None if matter.link is None else Address(matter.link),
            no=fault.no,
            no_short=no_short(fault.no),
            line=self._name(fault.line),
            unit=self._name(unit.short_name if unit else fault.unit),
            unit_name=self._name(unit.name if unit else fault.unit),
            unit_id=self._name(fault.unit),
            carrier=self._name(carrier.short_name if carrier else fault.carrier),
            carrier_name=self._name(carrier.name if carrier else fault.carrier),
            role=words.get(fault.role) or self._name(fault.role),
            party=words[f"party_{fault.party.value}"],
            party_code=fault.party.value,
            proposed_party=self._proposal(fault),
            evidence=next((words[reason.value] for reason in Reason if reason in fault.reasons), None),
            undetermined=fault.party is Party.UNDETERMINED,
            exempt=not fault.party.answers,
            flapping=fault.flapping,
            acknowledged_at=self._maybe(fault.acknowledged_at),
            repeats=fault.repeat_of,
            percent=None if fraction is None else round(fraction * 100),
            half=fraction == 0.5,
            last=fraction is not None and fraction >= max(fractions, default=0),
            repeat=matter.message.repeat,
        )

    def _of_the_clock(self, stated: Facts, matter: Matter, fault: Fault, now: datetime) -> Facts:
        words, policy, times = WORDING[self.locale], self._policy(fault), self._times(matter, fault, now)
        failed_at, deadline = times.episode.first_failed_at, times.deadline
        verdict = times.reading.verdict
        return replace(
            stated,
            failed_at=self._time(failed_at),
            failed_shortly=self._time(failed_at, shortly=True),
            failed_clock=f"{failed_at.astimezone(self.settings.timezone):%H:%M}",
            discovered_at=self._time(times.episode.discovered_at),
            clock_from=self._maybe(times.clock_from),
            deadline=self._maybe(deadline),
            deadline_shortly=None if deadline is None else self._time(deadline, shortly=True),
            restored_at=self._maybe(times.restored_at),
            limit=say_length(policy.clock.limit, words),
            elapsed=say_length(times.reading.elapsed, words),
            left=self._length(times.left),
            over=self._length(-times.left),
            waited=say_length(times.waited, words),
            observe_for=say_length(policy.clock.observe_for, words),
            ack_target=say_length(policy.reminders.ack_target, words),
            verdict=words[f"said_{verdict.value}"],
            verdict_code=verdict.value,
            again=episode_meant(matter.message, fault) > 1,
            episode=episode_meant(matter.message, fault),
            note=self._note(matter, fault),
        )

    def _of_the_incident(self, stated: Facts, matter: Matter) -> Facts:
        incident = matter.incident
        if incident is None:
            return replace(stated, units_affected=1)
        node = None if incident.node is None else self.inventory.nodes.get(incident.node)
        return replace(
            stated,
            incident=incident.number,
            node=self._name(node.name if node else incident.node),
            lines=_lines(incident, matter.struck),
            units_affected=max(1, len({fault.unit for fault in matter.struck})),
        )

    def _times(self, matter: Matter, fault: Fault, now: datetime) -> Times:
        """Return the times of the episode meant, the clock read when the message fell due, or now if it is late."""
        message, rule = matter.message, self._policy(fault).clock
        as_of = now if is_late(message, now) else min(message.due_at, now)
        meant = fault
        place = episode_meant(message, fault)
        if message.message is MessageKind.RESTORED and place < len(fault.episodes):
            meant = replace(fault, status=Status.RESTORED, episodes=fault.episodes[:place])
        episode, reading = fault.episodes[place - 1], read(meant, rule, as_of)
        held = reading.deadline_at is not None and meant.status is Status.OPEN and fault.party.answers
        return Times(
            episode=episode,
            clock_from=counts_from(fault, episode, rule),
            deadline=reading.deadline_at,
            restored_at=episode.restored_at,
            reading=reading,
            held=held,
            left=rule.limit - reading.elapsed if held else timedelta(),
            waited=max(timedelta(), as_of - episode.discovered_at),
        )

    def _note(self, matter: Matter, fault: Fault) -> str | None:
        """Say what has changed since the message fell due, if it no longer tells all."""
        words, kind, latest = WORDING[self.locale], matter.message.message, fault.episode
        if kind is MessageKind.RESTORED:
            if episode_meant(matter.message, fault) == len(fault.episodes):
                return None
            return words["note_again"].format(at=self._time(latest.first_failed_at))
        if latest.restored_at is not None:
            return words["note_restored"].format(at=self._time(latest.restored_at))
        if not fault.party.answers:
            return words["note_exempt"].format(party=words[f"party_{fault.party.value}"])
        if kind is MessageKind.UNACKNOWLEDGED and fault.acknowledged_at is not None:
            return words["note_acknowledged"].format(at=self._time(fault.acknowledged_at))
        return None

    def policy(self, matters: Iterable[Matter], now: datetime) -> Policy:
        """Return the policy that the first of the faults is judged by; without one, that in force."""
        fault = next((matter.fault for matter in matters if matter.fault is not None), None)
        return self.policies.in_force(now) if fault is None else self._policy(fault)

    def _policy(self, fault: Fault) -> Policy:
        return self.policies.named(fault.policy_version)

    def _proposal(self, fault: Fault) -> str:
        words, party = WORDING[self.locale], proposed(fault.reasons)
        return words["said_undetermined"] if party is Party.UNDETERMINED else words[f"party_{party.value}"]

    def _item(self, item: str) -> str:
        """Name a line by its unit, and leave a fault's number as it is."""
        line = self.inventory.lines.get(item)
        unit = self.inventory.units.get(line.unit) if line else None
        if line is None or unit is None:
            return discreet(item, MOST_OF_A_NAME)
        return discreet(f"{unit.short_name}{WORDING[self.locale]['between']}{WORDING[self.locale][line.role.value]}",
                        MOST_OF_A_NAME)  # fmt: skip

    def _name(self, name: str | None) -> str | None:
        return None if name is None else discreet(name, MOST_OF_A_NAME)

    def _time(self, at: datetime, *, shortly: bool = False) -> str:
        return say_time(at.astimezone(self.settings.timezone), WORDING[self.locale], shortly=shortly)

    def _maybe(self, at: datetime | None) -> str | None:
        return None if at is None else self._time(at)

    def _length(self, length: timedelta) -> str | None:
        return say_length(length, WORDING[self.locale]) if length > timedelta() else None


def dispatcher(carrier: Carrier) -> Contact | None:
    """Return whom to telephone at a carrier: its dispatcher, else whoever has a telephone, else nobody."""
    reachable = [contact for contact in carrier.contacts if contact.phone]
    return next((contact for contact in reachable if contact.role == DISPATCH), next(iter(reachable), None))


def no_short(no: str) -> str:
    """Return a fault's number as an SMS has room for it: ``0901-7`` of F20260901-0007; any other as it is."""
    day, dash, count = no.partition("-")
    usual = dash and len(day) == 9 and day[1:].isdigit() and count.isdigit()
    return f"{day[5:]}-{int(count)}" if usual else no


def is_late(message: MessageDue, now: datetime) -> bool:
    """Tell whether a message is written noticeably after it was due, or was judged to be due noticeably late.

    So it is where the daemon was stopped, a ruling moved the clock, or a streak of good rounds was waited for.
    """
    return now - message.due_at > LATE_AFTER or message.at - message.due_at > JUDGED_LATE


def episode_meant(message: MessageDue, fault: Fault) -> int:
    """Return the number of the episode, from 1, that a message speaks of."""
    last = len(fault.episodes)
    if message.message is MessageKind.OPENED:
        return 1
    return last if message.episode is None else min(max(1, message.episode), last)


def _seconds(detail: str | None) -> timedelta | None:
    try:
        return None if detail is None else timedelta(seconds=float(detail))
    except (ValueError, OverflowError):
        return None


def _runs_out(message: MessageDue) -> Expiring | None:
    """Return the entry that a message says runs out."""
    expiring = message.message is MessageKind.REGISTER_EXPIRING
    return Expiring.named(message.subject) if expiring and message.subject is not None else None


def _letters(message: MessageDue) -> tuple[int, str | None]:
    """Return of how many letters a message tells, and what is left of its detail: their folder."""
    count, _, folder = (message.detail or "").partition(" ")
    of_letters = message.message is MessageKind.LETTERS_READY and count.isdecimal() and folder
    return (int(count), folder) if of_letters else (0, message.detail)


def _items(message: MessageDue) -> tuple[str, ...]:
    """Return the faults or lines that a message of the monitor lists, separated by commas."""
    if message.message not in ITEMISED or not message.detail:
        return ()
    items = tuple(item for part in message.detail.split(",") if (item := part.strip()) and not item.startswith("+"))
    return items if message.message is MessageKind.LINES_UNKNOWN or all(map(is_no, items)) else ()


def _more(message: MessageDue) -> int:
    """Return how many more the list speaks of without naming them: its last item is then ``+7``."""
    last = (message.detail or "").rpartition(",")[2].strip()
    return int(last[1:]) if message.message in ITEMISED and last[:1] == "+" and last[1:].isdecimal() else 0


def is_no(text: str) -> bool:
    """Tell whether a text is a fault's number."""
    return text.startswith("F") and no_short(text) != text


def _lines(incident: Incident, struck: Sequence[Fault]) -> int:
    """Count an incident's lines: two of its faults may be of one; of a fault that is not known, the line is another."""
    unknown = set(incident.faults) - {fault.no for fault in struck}
    return len({fault.line for fault in struck}) + len(unknown)


def _common(values: Iterable[Value | None]) -> Value | None:
    """Return what all values are, None where they differ."""
    several = set(values)
    return several.pop() if len(several) == 1 else None
