"""``monitor notify who``: who would be told now, or at another time, and who is on call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.exits import Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.registers import FULL, WHO
from monitor.cli.shelf import why_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.letter import Recipient
    from monitor.alerts.telling import Question, Telling
    from monitor.config.folder import Configuration
    from monitor.faults.terms import MessageKind


@click.command()
@click.option("--roster", metavar="NAME", help="Only who is on call on this roster.")
@click.option("--carrier", metavar="ID", help="Only messages of this carrier's faults.")
@click.option("--kind", metavar="KIND", help="Only messages of this kind, as routes name it; also: all, alarms.")
@click.option("--at", "time", metavar="TIME", help="At this time (default: now).")
@FULL
@WHO
@why_option
@config_option
@json_option
def who(
    folder: Path,
    *,
    roster: str | None,
    carrier: str | None,
    kind: str | None,
    time: str | None,
    full: bool,
    who: str | None,
    why: str | None,
    as_json: bool,
) -> None:
    """Show who would be told: every channel with the messages that it gets, when, and who is on call there.

    Nothing is sent, and no database is needed but for --full.
    """
    from monitor.alerts.telling import Question
    from monitor.cli.desk import now
    from monitor.cli.times import instant_of

    if roster is not None and (carrier is not None or kind is not None):
        raise click.UsageError("--roster stands alone, or with --at")
    loaded = configuration(folder)
    at = now() if time is None else instant_of(time, "--at", loaded.settings.timezone)
    try:
        if roster is not None:
            people = _on_call(loaded, roster, at)
            if full:
                _put_on_record(loaded, people, who=who, why=why)
            _tell_roster(loaded, roster, people, at, full=full, as_json=as_json)
            return
        ack_target = loaded.policies.in_force(at).reminders.ack_target
        question = Question(settings=loaded.settings, inventory=loaded.inventory, at=at, ack_target=ack_target)
        tellings = _tellings(loaded, question, carrier, kind)
        if full:
            _put_on_record(loaded, (person for each in tellings for person in each.people), who=who, why=why)
        _tell(loaded, question, tellings, full=full, as_json=as_json)
    except OverflowError as error:
        raise click.BadParameter("this time is outside the calendar", param_hint="--at") from error


def _tellings(loaded: Configuration, question: Question, carrier: str | None, kind: str | None) -> list[Telling]:
    from monitor.config.problem import did_you_mean
    from monitor.faults.terms import MessageKind

    carriers = loaded.inventory.carriers
    if carrier is not None and carrier not in carriers:
        raise WrongInput(f"there is no carrier of id {carrier}{did_you_mean(carrier, list(carriers))}")
    kinds = _kinds(kind)
    of_faults = [each for each in kinds if each.of_a_fault]
    if MessageKind.OPENED in of_faults and MessageKind.UNACKNOWLEDGED in of_faults:
        of_faults.remove(MessageKind.UNACKNOWLEDGED)  # it follows from opened, at its own time
    alarms = [each for each in kinds if not each.of_a_fault]
    if carrier is not None and not of_faults:
        raise click.UsageError("alarms are of no carrier: leave --carrier out")
    found: list[Telling] = []
    for each in [carrier] if carrier is not None else carriers:
        found += question.of_carrier(each, of_faults) if of_faults else ()
    if alarms and carrier is None:
        found += question.of_alarms(alarms)
    return found


def _kinds(kind: str | None) -> Sequence[MessageKind]:
    from monitor.config.routes import as_kinds
    from monitor.faults.terms import MessageKind

    if kind is None:
        return tuple(MessageKind)
    try:
        return as_kinds(kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--kind") from error


def _tell(loaded: Configuration, question: Question, tellings: list[Telling], *, full: bool, as_json: bool) -> None:
    unreached = question.unreached()
    if as_json:
        answer = {
            **_moment(loaded, question.at),
            "tellings": [_spelled(telling, full=full) for telling in tellings],
            "unreached": unreached,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    words = _words(loaded)
    _headline(loaded, question.at)
    if not loaded.settings.routes:
        click.echo(words["no_routes"])
        return
    _show(loaded, question.at, tellings, full=full)
    if unreached:
        names = words["listed"].join(loaded.inventory.carriers[each].short_name for each in unreached)
        click.secho(words["unreached_now"].format(carriers=names), fg="red")


def _show(loaded: Configuration, now: datetime, tellings: list[Telling], *, full: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words, zone = _words(loaded), loaded.settings.timezone
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("carrier", "messages", "channel", "at", "on_call"):
        table.add_column(words[name])
    for telling in tellings:
        at = words["at_once"] if telling.at == now else f"{telling.at.astimezone(zone):%m-%d %H:%M}"
        table.add_row(
            Text(_whose(telling, loaded)),
            Text(_said(telling.kinds)),
            Text(words["nobody_told"], style="yellow") if telling.channel is None else Text(telling.channel),
            Text("—" if telling.channel is None else at),
            Text(_names(telling, loaded, full=full)),
        )
    Console().print(table)


def _said(kinds: Sequence[MessageKind]) -> str:
    """Say kinds as routes name them; all alarms by their one word."""
    from monitor.config.routes import KIND_WORDS

    return "alarms" if set(kinds) == set(KIND_WORDS["alarms"]) else " ".join(kinds)


def _whose(telling: Telling, loaded: Configuration) -> str:
    if telling.carrier is None:
        return _words(loaded)["alarms"]
    units = f" ({' '.join(telling.units)})" if telling.units else ""
    return loaded.inventory.carriers[telling.carrier].short_name + units


def _names(telling: Telling, loaded: Configuration, *, full: bool) -> str:
    channel = loaded.settings.channels[telling.channel] if telling.channel is not None else None
    if channel is not None and channel.roster is not None and not telling.people:
        return _words(loaded)["nobody_on_call"]
    return "\n".join(_person(each, full=full) for each in telling.people) or "—"


def _person(person: Recipient, *, full: bool) -> str:
    from monitor.wording.telephones import mask

    phone = person.phone if full or person.phone is None else mask(person.phone)
    return " ".join(word for word in (person.name, phone, person.email) if word)


def _put_on_record(loaded: Configuration, people: Iterable[Recipient], *, who: str | None, why: str | None) -> None:
    """Have it put on record that somebody looks at people's whole numbers, before they are shown.

    Raises:
        Missing: there is no database, or nobody answers: then nothing is shown.
    """
    from monitor.cli.db import lacking_database
    from monitor.cli.shelf import put_on_record
    from monitor.faults.terms import Medium
    from monitor.registers.actions import DUTY_ROSTERS

    lacking = lacking_database(loaded.settings.database.reveal())
    if lacking is not None:
        cure = "whole telephone numbers are put on record before they are shown; without --full they are masked"
        raise Missing(f"{lacking}; {cure}")
    shown = {person for person in people if person.phone is not None}
    put_on_record(loaded, (DUTY_ROSTERS,), entries=len(shown), to=Medium.SCREEN, full=True, who=who, why=why)


def _on_call(loaded: Configuration, name: str, at: datetime) -> Sequence[Recipient]:
    from monitor.alerts.roster import on_call
    from monitor.config.problem import did_you_mean

    roster = loaded.settings.rosters.get(name)
    if roster is None:
        near = did_you_mean(name, list(loaded.settings.rosters))
        raise WrongInput(f"there is no roster {name} in monitor.yaml{near}")
    return on_call(roster, loaded.settings.almanac.moment(at))


def _tell_roster(
    loaded: Configuration, name: str, people: Sequence[Recipient], at: datetime, *, full: bool, as_json: bool
) -> None:
    if as_json:
        spelled = [_spelled_person(person, full=full) for person in people]
        click.echo(json.dumps({**_moment(loaded, at), "roster": name, "people": spelled}, ensure_ascii=False))
        return
    _headline(loaded, at)
    for person in people:
        click.echo(_person(person, full=full))
    if not people:
        click.secho(_words(loaded)["nobody_on_call"], fg="red")


def _words(loaded: Configuration) -> Mapping[str, str]:
    from monitor.wording import WORDING

    return WORDING[loaded.settings.locale.value]


def _headline(loaded: Configuration, at: datetime) -> None:
    """Say which day it is, since the answer depends on it."""
    words, day = _words(loaded), loaded.settings.almanac.moment(at).today
    local = at.astimezone(loaded.settings.timezone)
    weekday = words["weekdays"].split(",")[day.weekday]
    click.echo(f"{local:%Y-%m-%d %H:%M} {weekday} {words['workday' if day.workday else 'holiday']}")
    if not loaded.settings.calendar.knows(local.year):
        click.secho(words["year_unknown"].format(year=local.year), fg="yellow")


def _moment(loaded: Configuration, at: datetime) -> dict[str, Any]:
    from monitor.sla.spelling import spell_time

    return {"at": spell_time(at), "workday": loaded.settings.almanac.moment(at).today.workday}


def _spelled(telling: Telling, *, full: bool) -> dict[str, Any]:
    from monitor.sla.spelling import spell_time

    return {
        "carrier": telling.carrier,
        "unit_kinds": telling.units,
        "kinds": telling.kinds,
        "channel": telling.channel,
        "at": None if telling.channel is None else spell_time(telling.at),
        "people": [_spelled_person(person, full=full) for person in telling.people],
    }


def _spelled_person(person: Recipient, *, full: bool) -> dict[str, str | None]:
    from monitor.wording.telephones import mask

    phone = person.phone if full or person.phone is None else mask(person.phone)
    return {"name": person.name, "phone": phone, "email": person.email}
