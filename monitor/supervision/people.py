"""What people do, and what is refused: each refusal names its rule and changes nothing (``replay.md``)."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.faults.actions import (
    FARTHEST_ETA,
    Acknowledge,
    Action,
    ActionRefused,
    Attribute,
    CancelMaintenance,
    ClaimRestored,
    Exclude,
    GiveEta,
    LineAction,
    Maintain,
    Note,
    Notified,
    Report,
    Restore,
    RevokeExclusion,
)
from monitor.faults.events import (
    EtaGiven,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultNoted,
    FaultNotified,
    FaultReported,
    MaintenanceApproved,
    MaintenanceCancelled,
    PartyRuled,
    ReportKept,
    RestorationClaimed,
)
from monitor.faults.fault import Fault, Status
from monitor.faults.outage import streak_since
from monitor.faults.terms import Scope, Source
from monitor.registers.actions import EnterRegister, EraseRegister, TakeRegister
from monitor.sla.spelling import spell_time
from monitor.supervision.casebook import Casebook
from monitor.supervision.filing import file
from monitor.supervision.publishing import publish

CENTRES_ALONE = {
    Restore: "restore a fault by hand (section 4)",
    Exclude: "exclude time (section 7)",
    RevokeExclusion: "revoke an exclusion (section 7)",
    Attribute: "decide whose a fault is (section 8)",
    Maintain: "approve maintenance (section 6)",
    CancelMaintenance: "cancel maintenance (section 6)",
    EnterRegister: "enter in the registers (Art. 4)",
    EraseRegister: "erase what the registers hold of a person",
    TakeRegister: "take entries out of the registers",
}


class _Said(TypedDict):
    who: str | None
    why: str | None
    attachment: str | None


Simple = FaultAcknowledged | RestorationClaimed | EtaGiven | FaultNotified | FaultNoted | PartyRuled


def act(action: Action, cases: Casebook) -> Fault | None:
    """Take an action; return the fault that it concerns, as it is after it, None where it concerns none.

    Raises:
        ActionRefused: it is not legal; nothing was changed.
    """
    alone = CENTRES_ALONE.get(type(action))
    if alone is not None and action.by is not Source.CENTRE:
        raise ActionRefused(f"only the centre may {alone}")
    match action:
        case Report():
            return _report(action, cases)
        case Restore():
            return _restore(action, cases)
        case Exclude():
            return _exclude(action, cases)
        case RevokeExclusion():
            return _revoke(action, cases)
        case Maintain():
            _maintain(action, cases)
        case CancelMaintenance():
            _cancel(action, cases)
        case EnterRegister() | EraseRegister() | TakeRegister():
            file(action, cases)
        case DrawEdition() | WordEdition() | NoteSending():
            publish(action, cases)
        case LineAction():
            return cases.record(_simple(action, _fault_of(action, cases)))
        case _:
            raise ActionRefused(f"{type(action).__name__} is not an action of this version")
    return None


def _simple(action: LineAction, fault: Fault) -> Simple:
    match action:
        case Acknowledge():
            return FaultAcknowledged(at=action.at, no=fault.no, by=action.by, **_said(action))
        case ClaimRestored():
            return RestorationClaimed(at=action.at, no=fault.no, by=action.by, **_said(action))
        case Notified():
            return _notified(action, fault)
        case GiveEta():
            return _eta_given(action, fault)
        case Attribute():
            return PartyRuled(at=action.at, no=fault.no, party=action.party, **_said(action))
        case Note():
            if not action.text.strip():
                raise ActionRefused("a note says something: its text is empty")
            return FaultNoted(at=action.at, no=fault.no, by=action.by, text=action.text, **_said(action))
        case _:
            raise ActionRefused(f"{type(action).__name__} is not an action of this version")


def _eta_given(action: GiveEta, fault: Fault) -> EtaGiven:
    if fault.status is not Status.OPEN:
        raise ActionRefused(f"fault {fault.no} is {fault.status}: an ETA is given while it is open (section 4)")
    if not action.at < action.eta:
        raise ActionRefused(f"an ETA lies in the future: {spell_time(action.eta)} is past")
    if action.eta > action.at + FARTHEST_ETA:
        raise ActionRefused(f"an ETA lies at most {FARTHEST_ETA.days} days off: {spell_time(action.eta)} is later")
    return EtaGiven(at=action.at, no=fault.no, by=action.by, eta=action.eta, **_said(action))


def _notified(action: Notified, fault: Fault) -> FaultNotified:
    """A notice is of an episode already discovered; later ones do not start by it (section 4)."""
    told = action.at if action.notified_at is None else action.notified_at
    if told > action.at:
        raise ActionRefused("a notice was delivered before now, or now (section 4)")
    number = _told_of(fault, told) if action.episode is None else action.episode
    if not 1 <= number <= len(fault.episodes):
        raise ActionRefused(f"fault {fault.no} has no episode {number}: it has {len(fault.episodes)}")
    discovered_at = fault.episodes[number - 1].discovered_at
    if action.notified_at is not None and not discovered_at < told:
        raise ActionRefused(f"a notice comes after the discovery, which was at {spell_time(discovered_at)} (section 4)")
    return FaultNotified(
        at=action.at, no=fault.no, via=action.via, episode=number, notified_at=action.notified_at, **_said(action)
    )


def _told_of(fault: Fault, told: datetime) -> int:
    """Return the number of the episode that was the latest then, the first where none was yet."""
    return max((number for number, each in enumerate(fault.episodes, 1) if each.discovered_at <= told), default=1)


def _fault_of(action: LineAction, cases: Casebook) -> Fault:
    if action.no is not None:
        named = cases.fault_numbered(action.no)
        if named is None or named.line != action.line:
            raise ActionRefused(f"there is no fault {action.no} of line {action.line}")
        return named
    fault = cases.latest_fault(action.line)
    if fault is None:
        raise ActionRefused(f"line {action.line} has no fault yet; report one first")
    return fault


def _report(action: Report, cases: Casebook) -> Fault | None:
    if action.no is not None:
        raise ActionRefused("a report is on a line, whatever its fault: it names no number (section 4)")
    fault = cases.latest_fault(action.line)
    if fault is None or fault.status is not Status.OPEN:
        if action.line not in cases.inventory.lines:
            raise ActionRefused(f"there is no line {action.line} in the inventory")
        if cases.in_maintenance(action.line, action.at):
            cases.happened(ReportKept(at=action.at, line=action.line, by=action.by, **_said(action)))
            return None
        since = streak_since(cases.watch(action.line), action.at, cases.policies.in_force(action.at).detection)
        cases.begin_episode(
            action.at, action.line, source=action.by, first_failed_at=since or action.at, detected_at=None
        )
    return cases.record(FaultReported(at=action.at, no=_fault_of(action, cases).no, by=action.by, **_said(action)))


def _restore(action: Restore, cases: Casebook) -> Fault:
    fault = _fault_of(action, cases)
    if fault.status is not Status.OPEN:
        raise ActionRefused(f"fault {fault.no} is {fault.status}: only an open one can be restored (section 4)")
    if fault.episode.detected_at is not None:
        raise ActionRefused(f"fault {fault.no} was confirmed by the monitor: it ends by measurement (section 4)")
    if not fault.episode.discovered_at <= action.restored_at <= action.at:
        raise ActionRefused("restored_at must lie between the fault's discovery and now (section 4)")
    return cases.end_episode(fault, action.at, action.by, action.restored_at, action.restored_at, **_said(action))


def _exclude(action: Exclude, cases: Casebook) -> Fault:
    fault = _fault_of(action, cases)
    if not action.begins_at < action.ends_at:
        raise ActionRefused("an exclusion begins before it ends (section 7)")
    if cases.excluded_in(action.id) is not None:
        raise ActionRefused(f"there is an exclusion {action.id} already; give this one an id of its own (section 7)")
    return cases.record(
        ExclusionGranted(
            at=action.at,
            no=fault.no,
            id=action.id,
            begins_at=action.begins_at,
            ends_at=action.ends_at,
            reason=action.reason,
            **_said(action),
        )
    )


def _revoke(action: RevokeExclusion, cases: Casebook) -> Fault:
    fault = cases.excluded_in(action.id)
    if fault is None:
        raise ActionRefused(f"there is no exclusion {action.id} (section 7)")
    return cases.record(ExclusionRevoked(at=action.at, no=fault.no, id=action.id, **_said(action)))


def _maintain(action: Maintain, cases: Casebook) -> None:
    known = {
        Scope.LINE: cases.inventory.lines,
        Scope.NODE: cases.inventory.nodes,
        Scope.CARRIER: cases.inventory.carriers,
    }
    if action.subject not in known[action.scope]:
        raise ActionRefused(f"there is no {action.scope} {action.subject} in the inventory")
    if cases.windows.named(action.id) is not None:
        raise ActionRefused(f"there is a window {action.id} already; give this one an id of its own (section 6)")
    if not action.at <= action.begins_at:
        raise ActionRefused("maintenance is approved before it begins; afterwards use an exclusion (section 6)")
    if not action.begins_at < action.ends_at:
        raise ActionRefused("a window begins before it ends (section 6)")
    cases.happened(
        MaintenanceApproved(
            at=action.at,
            id=action.id,
            scope=action.scope,
            subject=action.subject,
            begins_at=action.begins_at,
            ends_at=action.ends_at,
            **_said(action),
        )
    )


def _cancel(action: CancelMaintenance, cases: Casebook) -> None:
    window = cases.windows.named(action.id)
    if window is None:
        raise ActionRefused(f"there is no window {action.id} (section 6)")
    ends_at = max(window.begins_at, min(window.ends_at, action.at))
    cases.happened(MaintenanceCancelled(at=action.at, id=action.id, ends_at=ends_at, **_said(action)))


def _said(action: Action) -> _Said:
    return _Said(who=action.who, why=action.why, attachment=action.attachment)
