"""``monitor report draw|freeze|list|show|text|send|verify``: the editions of the report."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from monitor.cli.acting import acting_for_centre
from monitor.cli.db import database_told
from monitor.cli.exits import Found, WrongInput
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.period import period_named, period_options
from monitor.cli.press import publisher, publishing_told

if TYPE_CHECKING:
    from monitor.cli.acting import Acting
    from monitor.config.folder import Configuration
    from monitor.editions.edition import Edition
    from monitor.faults.events import EditionMade
    from monitor.publishing import By

TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)
Json = dict[str, Any]


@click.command()
@period_options
@acting_for_centre
def draw(*, named: Sequence[str | None], acting: Acting) -> None:
    """Draw a report up as a draft, and put it on record and in the folder. The daemon does so on its day by itself."""
    _make(named, acting, frozen=False)


@click.command()
@period_options
@click.option("--yes", is_flag=True, help="Do not ask first, on a terminal.")
@acting_for_centre
def freeze(*, named: Sequence[str | None], yes: bool, acting: Acting) -> None:
    """Draw a report up for good: from then on nothing changes in it. The daemon does so on its day by itself.

    On a terminal it asks first, and names the period's days: a slip in it cannot be taken back.
    """
    period = period_named(named, acting.zone)
    question = acting.words["ask_freeze"].format(period=period.key, first=period.first, last=period.last)
    if not yes and sys.stdin.isatty() and not click.confirm(question):
        raise WrongInput("nothing is frozen")
    _make(named, acting, frozen=True)


def _make(named: Sequence[str | None], acting: Acting, *, frozen: bool) -> None:
    period = period_named(named, acting.zone)
    with database_told(), publishing_told(), publisher(acting.configuration, acting.request) as making:
        made = making.draw(period, _by(acting), frozen=frozen)
    said = acting.words["report_frozen" if frozen else "report_drawn"]
    click.echo(f"{period.key}: {said.format(number=made.number)}  {made.figures}")


def _by(acting: Acting) -> By:
    from monitor.publishing import By

    said = acting.said()
    return By(by=said["by"], who=said["who"], why=said["why"])


@click.command()
@period_options
@click.option("--last-orders", type=TEXT, metavar="FILE", help="How last month's orders were carried out.")
@click.option("--next-orders", type=TEXT, metavar="FILE", help="What is asked for next.")
@acting_for_centre
def text(*, named: Sequence[str | None], last_orders: Path | None, next_orders: Path | None, acting: Acting) -> None:
    """Give a report the centre's own texts, and draw its draft up again with them. An empty file takes one away."""
    if last_orders is None and next_orders is None:
        raise click.UsageError("name a file with --last-orders or --next-orders, or both")
    period = period_named(named, acting.zone)
    with database_told(), publishing_told(), publisher(acting.configuration, acting.request) as making:
        making.word(period, _by(acting), last_orders=_read(last_orders), next_orders=_read(next_orders))
        click.echo(f"{period.key}: {acting.words['report_worded']}")
        if making.edition(period.key).latest is not None:
            making.draw(period, _by(acting))


def _read(file: Path | None) -> str | None:
    """Return what a file of plain text says.

    Raises:
        WrongInput: it is none.
    """
    if file is None:
        return None
    try:
        said = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise WrongInput(f"{file} is no text in UTF-8: save it as plain text in that encoding") from error
    if any(category(letter) == "Cc" and letter not in "\n\t" for letter in said):
        raise WrongInput(f"{file} holds control characters: save it as plain text, without them")
    return said


@click.command()
@period_options
@acting_for_centre
def send(*, named: Sequence[str | None], acting: Acting) -> None:
    """Mail a report to report.recipients now, its PDF and Word file attached. A frozen one is mailed by itself."""
    from monitor.alerts.letter import Fate

    period = period_named(named, acting.zone)
    with database_told(), publishing_told(), publisher(acting.configuration, acting.request) as making:
        outcome = making.mail(period, _by(acting))
    if outcome.fate is not Fate.DELIVERED:
        raise Found(f"report {period.key} was not delivered: {outcome.status} {outcome.answer}".rstrip())
    missed = f" ({', '.join(outcome.missed)}: ✗)" if outcome.missed else ""
    click.echo(f"{period.key}: {acting.words['report_sent']}{missed}")


@click.command("list")
@config_option
@json_option
def list_(folder: Path, *, as_json: bool) -> None:
    """List the editions on record."""
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.cli.times import local
    from monitor.store.records import Records
    from monitor.wording import WORDING

    loaded = configuration(folder)
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        known = records.editions().all()
    if as_json:
        click.echo(json.dumps([spell_edition(edition) for edition in known], ensure_ascii=False))
        return
    words, zone = WORDING[loaded.settings.locale.value], loaded.settings.timezone
    if not known:
        click.echo(words["no_reports"])
        return
    columns = ("report_period", "report_state", "report_drawn_at", "version", "report_sent_at", "report_hash")
    table = headed(words["reports"], words, *columns)
    for edition in known:
        latest = edition.latest
        sent = next((each.at for each in edition.tries if each.fate == "delivered"), None)
        table.add_row(
            edition.key,
            words[_state(edition)],
            "—" if latest is None else local(latest.at, zone),
            "—" if latest is None else str(latest.number),
            "—" if sent is None else local(sent, zone),
            "—" if latest is None else latest.figures[:16],
        )
    Console(markup=False).print(table)


def _state(edition: Edition) -> str:
    if edition.latest is None:
        return "report_only_texts"
    return "report_is_draft" if edition.frozen is None else "report_is_frozen"


def spell_edition(edition: Edition) -> Json:
    """Return an edition as JSON has it."""
    return {
        "edition": edition.key,
        "frozen": edition.frozen is not None,
        "drawn": [_spell_made(made) for made in edition.made],
        "texts": [
            {
                "version": each.version,
                "at": _time(each.at),
                "who": each.who,
                "last_orders": each.last_orders,
                "next_orders": each.next_orders,
            }
            for each in edition.worded
        ],
        "sent": [
            {
                "at": _time(each.at),
                "number": each.number,
                "channel": each.channel,
                "recipients": each.recipients,
                "fate": each.fate,
                "status": each.status,
                "answer": each.answer,
            }
            for each in edition.sent
        ],
    }


def _spell_made(made: EditionMade) -> Json:
    return {
        "number": made.number,
        "at": _time(made.at),
        "who": made.who,
        "from": _time(made.begins_at),
        "to": _time(made.ends_at),
        "as_of": _time(made.as_of),
        "policy_version": made.policy,
        "ledger": {"seq": made.ledger_seq, "hash": made.ledger_hash},
        "figures": made.figures,
        "files": dict(made.files),
        "made_with": dict(made.made_with),
    }


def _time(at: Any) -> str | None:
    from monitor.sla.spelling import spell_time

    return spell_time(at)


@click.command()
@period_options
@config_option
@json_option
def show(folder: Path, *, named: Sequence[str | None], as_json: bool) -> None:
    """Show an edition: every drawing, the centre's texts, what came of mailing it, and its digests."""
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.cli.times import local
    from monitor.wording import WORDING

    loaded = configuration(folder)
    edition = _edition(named, loaded)
    if as_json:
        click.echo(json.dumps(spell_edition(edition), ensure_ascii=False, indent=2))
        return
    words, zone = WORDING[loaded.settings.locale.value], loaded.settings.timezone
    console = Console(markup=False)  # a name with brackets in it is a name
    table = headed(f"{edition.key} {words[_state(edition)]}", words, "at", "what", "version", "who", "details")
    rows = [
        (
            made.at,
            words[made.kind],
            str(made.number),
            made.who or "—",
            f"{words['report_as_of']} {local(made.as_of, zone)}",
        )
        for made in edition.made
    ]
    rows += [(each.at, words[each.kind], str(each.version), each.who or "—", "") for each in edition.worded]
    rows += [
        (each.at, words[each.kind], str(each.number), each.channel, f"{each.fate} {each.status} {each.answer}".strip())
        for each in edition.sent
    ]
    for at, *cells in sorted(rows):
        table.add_row(local(at, zone), *cells)
    console.print(table)
    latest = edition.latest
    if latest is not None:
        console.print(f"SHA-256 figures {latest.figures}", highlight=False, soft_wrap=True)
        for name, digest in latest.files.items():
            console.print(f"SHA-256 {name} {digest}", highlight=False, soft_wrap=True)
        console.print(
            f"{words['report_ledger']} {latest.ledger_seq} {latest.ledger_hash}", highlight=False, soft_wrap=True
        )
    for title, said in (("report_last_orders", edition.last_orders), ("report_next_orders", edition.next_orders)):
        if said:
            console.print(f"{words[title]}: {said}", highlight=False, markup=False, soft_wrap=True)


def _edition(named: Sequence[str | None], loaded: Configuration) -> Edition:
    period = period_named(named, loaded.settings.timezone)
    with database_told(), publisher(loaded) as making:
        edition = making.edition(period.key)
    if edition.latest is None and not edition.worded:
        raise WrongInput(f"there is no edition {period.key} yet: monitor report draw draws it up")
    return edition


@click.command()
@config_option
@json_option
def verify(folder: Path, *, as_json: bool) -> None:
    """Check every edition: what is kept has its digests, and made anew with the same programs it is the same bytes.

    Exits 1 when it does not. Where programs have changed since, the kept files are the ones that count, and it says so.
    """
    from monitor.cli.checking import checked
    from monitor.wording import WORDING

    loaded = configuration(folder)
    words = WORDING[loaded.settings.locale.value]
    with database_told(), publisher(loaded) as making:
        found = checked(making, loaded)
    if as_json:
        click.echo(json.dumps([each.spelled() for each in found], ensure_ascii=False))
    elif not found:
        click.echo(words["no_reports"])
    for each in found if not as_json else ():
        click.secho(each.said(words), fg={"same": "green", "programs": "yellow"}.get(each.state, "red"))
    wrong = [each for each in found if each.wrong]
    if wrong:
        raise Found(f"{len(wrong)} of {len(found)} editions do not verify: {', '.join(each.key for each in wrong)}")
