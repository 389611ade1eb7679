"""What programs are told: the webhook's JSON object (``messages-and-report.md``), the labels of an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.facts import Matter
from monitor.alerts.office import Office, is_late
from monitor.faults.fault import Fault, Status
from monitor.faults.terms import MessageKind
from monitor.sla.spelling import Json, spell_fault, spell_time

SPELLED = ("first_failed_at", "discovered_at", "deadline_at", "elapsed_s", "verdict", "party", "proposed_party",
           "incident", "restored_at")  # fmt: skip
MILLION = 1_000_000
OF_A_LINE = "LineFault"  # every message of a fault is about the same alert, so that its end ends it
ENDS = {MessageKind.MONITOR_SEES: MessageKind.MONITOR_BLIND}


def payload(matter: Matter, office: Office, now: datetime, text: str) -> Json:
    """Return the object that a webhook is sent; the fault's clock is read at the full second that ``now`` is in.

    It is read at the end of that second: what is sent within the second in which the limit is reached is overdue.
    """
    message = matter.message
    return {
        "id": message.key,
        "kind": message.message.value,
        "sent_at": spell_time(now),
        "due_at": spell_time(message.due_at),
        "late": is_late(message, now),
        "fault": None if matter.fault is None else _fault(matter, matter.fault, office, now),
        "fraction": message.fraction,
        "text": text,
    }


def labels(matter: Matter) -> dict[str, str]:
    """Return what tells an alert from others: the same from its beginning to its end, whatever is said of it."""
    message, fault = matter.message, matter.fault
    if fault is not None and message.message.of_a_fault:
        return {
            "alertname": OF_A_LINE,
            "fault": fault.no,
            "line": fault.line,
            "unit": fault.unit,
            "carrier": fault.carrier,
            "role": fault.role,
        }
    kind = ENDS.get(message.message, message.message)
    found = {"alertname": "".join(word.capitalize() for word in kind.value.split("_")), "subject": message.subject}
    return {name: value for name, value in found.items() if value}


def is_active(matter: Matter) -> bool:
    """Tell whether what the message speaks of still lasts."""
    if matter.fault is not None and matter.message.message.of_a_fault:
        return matter.fault.status is Status.OPEN
    return matter.message.message not in ENDS


def _fault(matter: Matter, fault: Fault, office: Office, now: datetime) -> Json:
    unit = office.inventory.units.get(fault.unit)
    incident = None if matter.incident is None else matter.incident.number
    policy, second = office.policies.named(fault.policy_version), timedelta(microseconds=-now.microsecond % MILLION)
    spelled = spell_fault(fault, policy, now + second, repeat_of=None, incident=incident)
    return {
        "no": fault.no,
        "line": fault.line,
        "unit": fault.unit,
        "unit_name": unit.short_name if unit else fault.unit,
        "carrier": fault.carrier,
        "role": fault.role,
    } | {name: spelled[name] for name in SPELLED}
