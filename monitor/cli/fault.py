"""``monitor fault``: what people do about one fault, and its whole story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import acting, acting_for_centre, plain
from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from monitor.cli.acting import Acting

REASONS = ("access_denied", "unit_power", "unit_request", "force_majeure", "other")
WAYS = ("phone", "sms", "email", "chat", "in-person")
PARTIES = ("undetermined", "carrier", "unit", "centre", "third_party")


@click.group()
def fault() -> None:
    """Report, acknowledge, rule on and show one fault.

    A fault is named by its number, or by its line: then the line's open fault is meant, else its latest. Times are
    local ('2026-09-01 13:00') or carry an offset (2026-09-01T13:00:00+08:00). What the rules forbid is refused,
    naming the rule, with exit code 2.
    """


@fault.command()
@click.argument("line", callback=plain)
@acting
def report(line: str, *, acting: Acting) -> None:
    """Report a fault of LINE (Article 25): it opens one where none is open."""
    from monitor.faults.actions import Report

    answer = acting.ask(Report(line=line, **acting.said()))
    acting.tell(answer, "did_report" if answer.fault_no else "did_keep")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@acting
def acknowledge(named: str, *, acting: Acting) -> None:
    """Take a fault on; the first time counts."""
    from monitor.faults.actions import Acknowledge

    acting.tell(acting.ask(Acknowledge(**acting.meant(named), **acting.said())), "did_acknowledge")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@acting
def claim(named: str, *, acting: Acting) -> None:
    """Say that the line is repaired: kept beside what is measured, stops no clock."""
    from monitor.faults.actions import ClaimRestored

    acting.tell(acting.ask(ClaimRestored(**acting.meant(named), **acting.said())), "did_claim")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.option("--at", "expected", required=True, metavar="TIME", help="When the line is expected to be repaired.")
@acting
def eta(named: str, *, expected: str, acting: Acting) -> None:
    """Say when an open fault is expected to be repaired: the latest word is shown, and stops no clock."""
    from monitor.faults.actions import GiveEta

    at = acting.time(expected, "--at")
    acting.tell(acting.ask(GiveEta(eta=at, **acting.meant(named), **acting.said())), "did_eta")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.option("--by", "via", type=click.Choice(WAYS), required=True, help="How the carrier was told.")
@click.option("--at", "told", metavar="TIME", help="When it was told (default: now).")
@acting_for_centre
def notified(named: str, *, via: str, told: str | None, acting: Acting) -> None:
    """Record that the carrier was told of a fault by a person, as where no channel reached it.

    Where the policy says clock.start: notified, the clock of the episode of that time counts from its first notice.
    """
    from monitor.faults.actions import Notified

    at = None if told is None else acting.time(told, "--at")
    action = Notified(via=via, notified_at=at, **acting.meant(named), **acting.said())
    acting.tell(acting.ask(action), "did_notify")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.option("--at", "restored", required=True, metavar="TIME", help="When it was restored.")
@acting
def restore(named: str, *, restored: str, acting: Acting) -> None:
    """End a fault that the monitor never confirmed (section 4); the centre only."""
    from monitor.faults.actions import Restore

    at = acting.time(restored, "--at")
    acting.tell(acting.ask(Restore(restored_at=at, **acting.meant(named), **acting.said())), "did_restore")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.option("--from", "begins", required=True, metavar="TIME", help="From when time is left out.")
@click.option("--to", "ends", required=True, metavar="TIME", help="Until when, exclusive.")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why (section 7).")
@click.option("--id", "number", metavar="ID", callback=plain, help="The exclusion's id (default: a new one).")
@acting
def exclude(named: str, *, begins: str, ends: str, reason: str, number: str | None, acting: Acting) -> None:
    """Leave time out of a fault's clock (section 7); the centre only."""
    from monitor.faults.actions import Exclude
    from monitor.faults.terms import ExclusionReason

    number = number or f"x-{acting.request[:8]}"
    action = Exclude(
        id=number,
        begins_at=acting.time(begins, "--from"),
        ends_at=acting.time(ends, "--to"),
        reason=ExclusionReason(reason),
        **acting.meant(named),
        **acting.said(),
    )
    acting.tell(acting.ask(action), "did_exclude")
    click.echo(f"id {number}")


@fault.command()
@click.argument("number", metavar="ID", callback=plain)
@acting
def revoke(number: str, *, acting: Acting) -> None:
    """Take the exclusion ID back (section 7); the centre only."""
    from monitor.faults.actions import RevokeExclusion

    acting.tell(acting.ask(RevokeExclusion(id=number, **acting.said())), "did_revoke")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.option("--party", type=click.Choice(PARTIES), required=True, help="Whose it is (section 8).")
@acting
def rule(named: str, *, party: str, acting: Acting) -> None:
    """Decide whose a fault is (section 8); the centre only."""
    from monitor.faults.actions import Attribute
    from monitor.faults.terms import Party

    acting.tell(acting.ask(Attribute(party=Party(party), **acting.meant(named), **acting.said())), "did_rule")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@click.argument("text", callback=plain)
@acting
def note(named: str, text: str, *, acting: Acting) -> None:
    """Write TEXT down beside a fault; it moves nothing."""
    from monitor.faults.actions import Note

    acting.tell(acting.ask(Note(text=text, **acting.meant(named), **acting.said())), "did_note")


@fault.command()
@click.argument("named", metavar="NO|LINE", callback=plain)
@config_option
@json_option
def show(named: str, folder: Path, *, as_json: bool) -> None:
    """Show the whole story of a fault: what was measured, sent, done and ruled, and every verdict it had."""
    from monitor.cli.desk import now
    from monitor.cli.story import show_story, spell_story
    from monitor.cli.tables import screen
    from monitor.policy import Policies
    from monitor.resumption import inventory_at, used_policies
    from monitor.store.records import Records
    from monitor.store.story import story

    loaded = configuration(folder)
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        policies = Policies(loaded.policies.versions, retired=used_policies(records))
        zone, number = loaded.settings.timezone, records.latest_of(named) or named
        found = story(records, number, policies, now(), lambda at: inventory_at(records, at, zone))
    if found is None:
        raise WrongInput(f"there is no fault {named}, and no line {named} that had one: monitor faults lists them")
    if as_json:
        click.echo(json.dumps(spell_story(found), ensure_ascii=False))
    else:
        show_story(found, loaded, policies, screen())
