"""What the centre enters in the registers, erases and takes out; each refusal names its rule and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from monitor.faults.actions import ActionRefused
from monitor.faults.events import RegisterEntered, RegisterErased, RegisterTaken
from monitor.faults.terms import Change
from monitor.registers.actions import Draft, EnterRegister, EraseRegister, TakeRegister
from monitor.registers.definitions import REGISTERS
from monitor.registers.entries import Entry, Registers, facts_of
from monitor.registers.register import Register, SubjectKind
from monitor.registers.values import Value, missing, slips
from monitor.supervision.casebook import Casebook


def file(action: EnterRegister | EraseRegister | TakeRegister, cases: Casebook) -> None:
    """Do what the centre wants with the registers.

    Raises:
        ActionRefused: it cannot be done; nothing was changed.
    """
    match action:
        case EnterRegister():
            enter(action, cases)
        case EraseRegister():
            erase(action, cases)
        case TakeRegister():
            take(action, cases)


def enter(action: EnterRegister, cases: Casebook) -> None:
    """Enter all versions of an action, or, where any of them cannot be, none.

    Raises:
        ActionRefused: one cannot be.
    """
    today, trial = action.at.astimezone(cases.zone).date(), Registers(cases.registers.all())
    events = []
    for draft in action.drafts:
        reason = next(_reasons(draft, trial, today, cases), None)
        if reason is not None:
            raise ActionRefused(f"{draft.register} {draft.entry}: {reason}; nothing was entered")
        events.append(_entered(draft, action))
        trial.take(events[-1])
    for event in events:
        cases.happened(event)


def erase(action: EraseRegister, cases: Casebook) -> None:
    """Erase what versions of an entry kept apart, as far as it is there still.

    Raises:
        ActionRefused: there is no such entry or version, or nothing of it is left to erase.
    """
    entry = cases.registers.named(action.register, action.entry)
    if entry is None:
        raise ActionRefused(f"there is no entry {action.entry} in register {action.register}")
    strange = set(action.versions) - {each.number for each in entry.versions}
    if strange:
        raise ActionRefused(f"entry {action.entry} has no version {min(strange)}: it has {len(entry.versions)}")
    meant = [each for each in entry.versions if not action.versions or each.number in action.versions]
    left = [each for each in meant if each.erased_at is None and (each.digest or each.attachment)]
    if not left:
        raise ActionRefused(f"nothing of entry {action.entry} is left to erase")
    cases.happened(
        RegisterErased(
            at=action.at,
            register=entry.register,
            entry=entry.id,
            versions=tuple(each.number for each in left),
            digests=tuple(each.digest for each in left if each.digest is not None),
            attachments=tuple(dict.fromkeys(each.attachment for each in left if each.attachment is not None)),
            who=action.who,
            why=action.why,
            attachment=action.attachment,
        )
    )


def take(action: TakeRegister, cases: Casebook) -> None:
    """Put on record that somebody takes entries out."""
    cases.happened(
        RegisterTaken(
            at=action.at,
            registers=action.registers,
            entries=action.entries,
            to=action.to,
            full=action.full,
            who=action.who,
            why=action.why,
        )
    )


def _entered(draft: Draft, action: EnterRegister) -> RegisterEntered:
    return RegisterEntered(
        at=action.at,
        register=draft.register,
        entry=draft.entry,
        version=draft.version,
        subject=draft.subject,
        change=draft.change,
        facts=draft.facts,
        digest=draft.digest,
        who=action.who,
        why=action.why,
        attachment=action.attachment,
    )


def _reasons(draft: Draft, known: Registers, today: date, cases: Casebook) -> Iterator[str]:
    """Go through the reasons for which a version cannot be entered."""
    register = REGISTERS.get(draft.register)
    if register is None:
        yield f"there is no such register: there are {', '.join(REGISTERS)}"
        return
    yield from _of_the_place(draft, register, known.named(draft.register, draft.entry), cases)
    if draft.change is Change.WITHDRAWN:
        if draft.facts or draft.digest is not None:
            yield "an entry that is withdrawn says nothing more"
        return
    try:
        facts = facts_of(draft.register, draft.facts)
    except ValueError as error:
        yield f"a value does not read: {error}"
        return
    yield from _of_the_facts(draft, register, facts, today, cases)


def _of_the_place(draft: Draft, register: Register, entry: Entry | None, cases: Casebook) -> Iterator[str]:
    """Go through what is wrong with whose entry it is, and which version."""
    if entry is None:
        inventory, of_units = cases.inventory, register.subject is SubjectKind.UNIT
        if draft.subject not in (inventory.units if of_units else inventory.carriers):
            yield f"there is no {register.subject} {draft.subject} in the inventory"
        if not register.several and draft.entry != draft.subject:
            yield f"a {register.subject} has one entry in this register, which has its id, {draft.subject}"
        if draft.change is not Change.ENTERED:
            yield "there is nothing yet to correct or withdraw"
    elif entry.subject != draft.subject:
        yield f"it is an entry of {entry.subject}, not of {draft.subject}"
    elif entry.is_withdrawn and draft.change is not Change.ENTERED:
        yield "it is withdrawn already"
    versions = 0 if entry is None else len(entry.versions)
    if draft.version != versions + 1:
        yield f"it has {versions} versions by now, others than you saw: look at it again"


def _of_the_facts(
    draft: Draft, register: Register, facts: Mapping[str, Value], today: date, cases: Casebook
) -> Iterator[str]:
    strange = [name for name in facts if name not in register.by_name or register.by_name[name].kind.kept_apart]
    yield from (f"the ledger holds no {name} in clear" for name in strange)
    if strange:
        return
    yield from (f"{name} is missing" for name in missing(register, facts, apart=False))
    if draft.digest is None and any(each.needed and each.kind.kept_apart for each in register.fields):
        yield "the names and texts of it are missing"
    yield from (f"{name}: {said}" for name, said in slips(register, facts, today, cases.zone).items())
    line = None if register.line is None else facts.get(register.line)
    if line is not None and getattr(cases.inventory.lines.get(str(line)), "unit", None) != draft.subject:
        yield f"there is no line {line} of {draft.subject} in the inventory"
