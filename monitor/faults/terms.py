"""The terms of the rules, as they stand in the ledger (glossary of ``domain.md``)."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """Who found a fault first: the monitor by measuring, or a report."""

    MONITOR = "monitor"
    UNIT = "unit"
    CARRIER = "carrier"
    CENTRE = "centre"


class Party(StrEnum):
    """Whose a fault is (section 8)."""

    UNDETERMINED = "undetermined"
    CARRIER = "carrier"
    UNIT = "unit"
    CENTRE = "centre"
    THIRD_PARTY = "third_party"

    @property
    def answers(self) -> bool:
        """Tell whether the carrier is held to the limit."""
        return self in (Party.UNDETERMINED, Party.CARRIER)


class ExclusionReason(StrEnum):
    """Why time is left out of a fault's clock (section 7)."""

    ACCESS_DENIED = "access_denied"
    UNIT_POWER = "unit_power"
    UNIT_REQUEST = "unit_request"
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"


class Reason(StrEnum):
    """What speaks for a party, in the order in which it counts (section 8)."""

    SHARED_UPSTREAM = "shared_upstream"
    AGENT_RESTARTED = "agent_restarted"
    PORT_CHANGED = "port_changed"
    UPTIME_CONTINUOUS = "uptime_continuous"


class Cause(StrEnum):
    """What is bad about a degraded line (section 12)."""

    LOSS = "loss"
    RTT = "rtt"


class TrapKind(StrEnum):
    """What a device says of itself unasked; the first five are those of RFC 3418 and RFC 2863."""

    COLD_START = "cold_start"
    WARM_START = "warm_start"
    LINK_DOWN = "link_down"
    LINK_UP = "link_up"
    AUTHENTICATION_FAILURE = "authentication_failure"
    DYING_GASP = "dying_gasp"
    PEER_DYING_GASP = "peer_dying_gasp"


class Scope(StrEnum):
    """What a maintenance window covers."""

    LINE = "line"
    NODE = "node"
    CARRIER = "carrier"


class Change(StrEnum):
    """What a version of a register's entry does: it begins or renews, corrects the one before, or takes all back."""

    ENTERED = "entered"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Medium(StrEnum):
    """Where somebody took the registers' data to."""

    FILE = "file"
    SCREEN = "screen"


class MessageKind(StrEnum):
    """The kinds of messages: of a fault and of blindness by the rules (section 10), then those of delivery itself.

    ``unacknowledged`` tells the next one up that nobody took the fault on. The others tell the centre of the monitor:
    ``unreached`` that a carrier is told by no channel, ``undelivered`` that a channel gave messages up;
    ``backup_late`` that a night's backup was missed, or that none was ever made;
    ``register_expiring`` that a guarantee or commitment runs out soon; ``report_ready`` that a monthly report was drawn
    up or frozen, ``report_failed`` that it could not be, ``letters_ready`` that the month's letters to whoever owes a
    paper lie ready.
    """

    OPENED = "opened"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    OVERDUE_REPEAT = "overdue_repeat"
    RESTORED = "restored"
    RELAPSED = "relapsed"
    MONITOR_BLIND = "monitor_blind"
    MONITOR_SEES = "monitor_sees"
    UNACKNOWLEDGED = "unacknowledged"
    UNREACHED = "unreached"
    UNDELIVERED = "undelivered"
    OUTBOX_STUCK = "outbox_stuck"
    LINES_UNKNOWN = "lines_unknown"
    MONITOR_BACK = "monitor_back"
    CLOCK_STEPPED = "clock_stepped"
    RELOAD_REFUSED = "reload_refused"
    STORE_FAILING = "store_failing"
    BACKUP_LATE = "backup_late"
    REGISTER_EXPIRING = "register_expiring"
    REPORT_READY = "report_ready"
    REPORT_FAILED = "report_failed"
    LETTERS_READY = "letters_ready"

    @property
    def of_a_fault(self) -> bool:
        """Tell whether it speaks of a fault, to those who answer for it; else of the monitor itself, to the centre."""
        return self in OF_A_FAULT


OF_A_FAULT = frozenset(
    {
        MessageKind.OPENED,
        MessageKind.REMINDER,
        MessageKind.OVERDUE,
        MessageKind.OVERDUE_REPEAT,
        MessageKind.RESTORED,
        MessageKind.RELAPSED,
        MessageKind.UNACKNOWLEDGED,
    }
)
