"""``monitor registers add`` and ``withdraw``: what the centre enters in the registers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import acting_for_centre, plain
from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.shelf import entry_named, field_named, read_shelf, register_named, subject_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from monitor.cli.acting import Acting
    from monitor.registers.drafting import Plan
    from monitor.registers.register import Register
    from monitor.registers.values import Value
    from monitor.store.bodies import Body


@click.command()
@click.argument("register", callback=register_named)
@click.argument("subject", metavar="UNIT|CARRIER", callback=plain)
@click.argument("given", metavar="FIELD=VALUE...", nargs=-1, required=True)
@click.option("--id", "name", metavar="ENTRY", callback=plain, help="The entry meant, where the unit has several.")
@click.option("--corrects", is_flag=True, help="The version before was wrong: it counts for no day.")
@acting_for_centre
def add(
    register: Register,
    subject: str,
    given: Sequence[str],
    *,
    name: str | None,
    corrects: bool,
    acting: Acting,
) -> None:
    """Enter something in REGISTER, or another version of what is there.

    Fields not given keep what they say; a field given as FIELD= is emptied. Where an entry is renewed (another filing,
    another guarantee), the version before goes on to speak of its own time; --corrects says that it never did.
    """
    from monitor.faults.terms import Change
    from monitor.registers.drafting import Drafting, Wanted

    shelf = read_shelf(acting.configuration)
    subject = subject_named(subject, register, acting.configuration.inventory)
    drafting = Drafting(shelf.registers, shelf.kept)
    if name is not None:
        name = entry_named(name, register, shelf, acting.configuration.inventory).id
    said = dict(_read(each, register, acting) for each in given)
    new = {field: value for field, value in said.items() if value is not None}
    change = Change.CORRECTED if corrects else Change.ENTERED
    wanted = Wanted(register=register.id, subject=subject, values=new, entry=name, change=change)
    entry = drafting.meant(wanted)
    before = {} if entry is None else drafting.values_of(entry)
    values = {field: value for field, value in {**before, **said}.items() if value is not None}
    require_whole(register, values, acting)
    try:
        plan = drafting.plan(replace(wanted, values=values, entry=entry.id if entry else None))
    except ValueError as error:
        raise WrongInput(str(error)) from error
    if plan is None:
        click.echo(f"{register.id} {entry.id if entry else subject}: {acting.words['reg_as_it_is']}")
        return
    enter([plan], acting)
    draft = plan.draft
    click.echo(f"{draft.register} {draft.entry} v{draft.version}: {acting.words['did_enter']}")


@click.command()
@click.argument("register", callback=register_named)
@click.argument("name", metavar="ENTRY", callback=plain)
@acting_for_centre
def withdraw(register: Register, name: str, *, acting: Acting) -> None:
    """Take an entry back that never should have been: it counts for no day, and stays on record."""
    from monitor.faults.terms import Change
    from monitor.registers.drafting import Drafting, Wanted

    shelf = read_shelf(acting.configuration)
    entry = entry_named(name, register, shelf, acting.configuration.inventory)
    wanted = Wanted(register=register.id, subject=entry.subject, values={}, entry=entry.id, change=Change.WITHDRAWN)
    plan = Drafting(shelf.registers, shelf.kept).plan(wanted)
    if plan is not None:
        enter([plan], acting)
    click.echo(f"{register.id} {entry.id}: {acting.words['did_withdraw']}")


def enter(plans: Iterable[Plan], acting: Acting) -> None:
    """Have plans entered, all of them or none; called again with the same request, nothing is entered twice.

    Raises:
        WrongInput: the judging refuses one, or the request was another.
    """
    from monitor.registers.actions import EnterRegister
    from monitor.registers.drafting import with_digest

    sealed = list(_sealed(plans, acting))
    drafts = tuple(with_digest(plan, None if body is None else body.digest) for plan, body in sealed)
    acting.ask(EnterRegister(drafts=drafts, **acting.said()), [body for _, body in sealed if body is not None])


def require_whole(register: Register, values: dict[str, Value], acting: Acting) -> None:
    """Refuse an entry that lacks a needed field, or says what cannot be.

    Raises:
        WrongInput: it does; the message names the first field.
    """
    from monitor.registers.values import missing, slips

    lacking = missing(register, values)
    if lacking:
        raise WrongInput(f"{', '.join(lacking)}: wanted in register {register.id}, and not given")
    for field, slip in slips(register, values, today(acting), acting.zone).items():
        raise WrongInput(f"{field}: {slip}")


def today(acting: Acting) -> date:
    """Return the local day that it is."""
    from monitor.cli.desk import now

    return now().astimezone(acting.zone).date()


def _read(given: str, register: Register, acting: Acting) -> tuple[str, Value | None]:
    from monitor.registers.values import read

    name, equals, text = given.partition("=")
    if not equals:
        raise click.UsageError(f"write FIELD=VALUE, such as {register.fields[0].name}=…, not {given!r}")
    field = field_named(name.strip(), register)
    if not text.strip():
        return field.name, None
    try:
        return field.name, read(field, text, acting.zone)
    except ValueError as error:
        raise WrongInput(f"{field.name}: {error}") from error


def _sealed(plans: Iterable[Plan], acting: Acting) -> Iterable[tuple[Plan, Body | None]]:
    """Seal what plans keep apart; of a request made before, as it was sealed then: the salt is another each time."""
    from monitor.registers.actions import EnterRegister
    from monitor.store.bodies import Body, seal
    from monitor.store.inbox import Inbox
    from monitor.store.records import Records

    url = acting.configuration.settings.database.reveal()
    with database_told(), Inbox(url) as inbox, Records.of(url) as records:
        before = inbox.asked(acting.request)
        drafts = before.drafts if isinstance(before, EnterRegister) else ()
        known = {(draft.register, draft.entry): draft.digest for draft in drafts if draft.digest is not None}
        kept = records.bodies(known.values())
    for plan in plans:
        digest = known.get((plan.draft.register, plan.draft.entry), "")
        if plan.apart and kept.get(digest) == plan.apart:
            yield plan, Body(digest, "")
        else:
            yield plan, seal(plan.apart) if plan.apart else None
