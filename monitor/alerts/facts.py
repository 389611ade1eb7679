"""What a message is about, and everything that its template may name.

`Facts` are of one message, `Together` of several sent as one. A field is a text, ready to be printed in the language of
the message, or None where there is no such thing: no deadline before the first notice is delivered, no restoration
while the line is down. No address of a device is in any of them, and of the topology only an incident's node.
`docs/messages.md` says the same to whoever writes templates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from monitor.alerts.language import Address
from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A message that fell due, and what it is about as it stands when it is written.

    ``struck`` are the faults of the incident, as far as they are known; ``link`` is where its reader acknowledges.
    What the monitor says of itself is read from the message. Of monitor_sees, monitor_back, clock_stepped,
    outbox_stuck and backup_late the ``detail`` is a number of seconds (below zero: the clock was put back); of
    unreached and undelivered fault numbers, of lines_unknown ids of lines, separated by commas; of the others, or where
    it is none of these, an error. The ``subject`` of unreached is a carrier's id, of outbox_stuck and undelivered a
    channel's name, of register_expiring the name of an `Expiring`, of report_ready and report_failed the key of an
    edition (2026-08), as of letters_ready; the ``detail`` of report_ready is ``drawn`` or ``frozen``, that of
    letters_ready how many there are and in which folder: ``37 /var/lib/monitor/reports/2026-08-letters``.

    Raises:
        ValueError: it is of a fault, and there is none.
    """

    message: MessageDue
    fault: Fault | None = None
    incident: Incident | None = None
    struck: tuple[Fault, ...] = ()
    link: str | None = None

    def __post_init__(self) -> None:
        """Refuse a message of a fault without one."""
        if self.message.message.of_a_fault and self.fault is None:
            raise ValueError(f"the message {self.message.key} is of a fault, and there is none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a template of one message may name.

    Of the office: ``county``, ``signature`` (of SMS), ``phone`` (of the duty room), ``public_url``. Of the message:
    ``kind``, ``due_at`` (``due_shortly`` without the month), ``sent_at``, ``late`` (sent noticeably after it was due).

    Of the fault: ``no`` (F20260901-0007), ``no_short`` (0901-7), ``line`` (its id), ``unit`` and ``carrier`` (short
    names), ``unit_name``, ``carrier_name``, ``unit_id``, ``role``. ``failed_at`` is when the outage meant began, of an
    opening the first, else the latest; ``failed_shortly`` says it without the month, ``failed_clock`` without the date.
    ``clock_from`` is from when that outage counts. ``elapsed``, ``left``, ``over`` are of the clock at ``due_at``, or
    now where the message is late: the figure does not depend on how many seconds sending took. ``waited`` is how long
    the outage has been known. ``restored_at`` is None while the line is down.

    ``verdict`` and the parties come in words, and as codes under ``…_code``. ``undetermined``: nobody has ruled yet
    whose the fault is. ``exempt``: it is another's than the carrier's. ``again``: an outage after the first, number
    ``episode``. ``repeats`` is the number of the line's fault shortly before. ``note`` says what has changed since the
    message fell due. ``percent`` of the limit is used when a reminder falls due; ``half``: it is 50; ``last``: there is
    no later reminder. ``repeat`` counts the overdue messages after the first.

    Of the incident, if it is in one: ``incident`` (its number), ``node`` (a name; None: the carrier as a whole),
    ``lines`` in it, ``units_affected`` (1 outside of one).

    Of a register: ``register`` (its title), ``expires_on`` (the last day of an entry), ``days_left`` until then.

    Of the monitor itself: ``subject`` (a carrier, a unit, a channel), ``contact`` (whom to telephone there,
    ``contact_phone`` the number alone), ``detail`` (an error), ``gap`` (a length of time), ``backwards`` (a clock was
    put back), ``items`` (faults, lines; ``items_short`` with short numbers), ``count`` of them, or of letters.
    """

    kind: str
    county: str
    signature: str
    phone: str
    public_url: Address
    due_at: str
    due_shortly: str
    sent_at: str
    late: bool
    link: Address | None = None
    no: str | None = None
    no_short: str | None = None
    line: str | None = None
    unit: str | None = None
    unit_name: str | None = None
    unit_id: str | None = None
    carrier: str | None = None
    carrier_name: str | None = None
    role: str | None = None
    failed_at: str | None = None
    failed_shortly: str | None = None
    failed_clock: str | None = None
    discovered_at: str | None = None
    clock_from: str | None = None
    deadline: str | None = None
    deadline_shortly: str | None = None
    restored_at: str | None = None
    acknowledged_at: str | None = None
    limit: str | None = None
    elapsed: str | None = None
    left: str | None = None
    over: str | None = None
    waited: str | None = None
    observe_for: str | None = None
    ack_target: str | None = None
    verdict: str | None = None
    verdict_code: str | None = None
    party: str | None = None
    party_code: str | None = None
    proposed_party: str | None = None
    evidence: str | None = None
    undetermined: bool = False
    exempt: bool = False
    flapping: bool = False
    again: bool = False
    episode: int | None = None
    repeats: str | None = None
    note: str | None = None
    percent: int | None = None
    half: bool = False
    last: bool = False
    repeat: int | None = None
    incident: int | None = None
    node: str | None = None
    lines: int | None = None
    units_affected: int | None = None
    register: str | None = None
    expires_on: str | None = None
    days_left: int | None = None
    subject: str | None = None
    contact: str | None = None
    contact_phone: str | None = None
    detail: str | None = None
    gap: str | None = None
    backwards: bool = False
    items: tuple[str, ...] = ()
    items_short: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Facts):
    """One of several messages sent as one: its facts, and the ``title`` and ``text`` that it would have had alone."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What a template of several messages of one kind, sent as one, may name.

    ``members`` are the messages, ``count`` of them. ``incident``, ``node`` and ``lines`` are given where all belong
    to one incident: ``lines`` counts those of the incident, whether they are members or not. ``carrier``, ``limit``,
    ``percent`` are given where all members have the same; ``half``, ``last``, ``exempt`` where it is so of all;
    ``settled``: of all of them something has changed, so that nothing is asked of the reader any more.
    ``units`` are named once each. ``failed_at`` is the earliest, ``deadline`` the earliest of ``deadlines`` different
    ones, with its ``left``, ``over`` the longest. ``links``: the members have theirs, since there is room for them.
    """

    kind: str
    county: str
    signature: str
    phone: str
    public_url: Address
    due_at: str
    due_shortly: str
    sent_at: str
    late: bool
    members: tuple[Member, ...]
    count: int
    units: tuple[str, ...] = ()
    carrier: str | None = None
    carrier_name: str | None = None
    incident: int | None = None
    node: str | None = None
    lines: int | None = None
    failed_at: str | None = None
    deadline: str | None = None
    deadlines: int = 0
    limit: str | None = None
    left: str | None = None
    over: str | None = None
    percent: int | None = None
    half: bool = False
    last: bool = False
    exempt: bool = False
    settled: bool = False
    links: bool = False


FIELDS = tuple(field.name for field in fields(Facts))
FIELDS_TOGETHER = tuple(field.name for field in fields(Together))
FIELDS_OF_A_MEMBER = tuple(field.name for field in fields(Member))
