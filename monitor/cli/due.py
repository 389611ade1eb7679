"""What is due of the reports and the letters, done in a process of its own; a line of JSON on stdout tells of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import Ending
from monitor.cli.press import publisher

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.publishing import Publisher
    from monitor.reports.due import Due


def do_what_is_due(loaded: Configuration) -> bool:
    """Draw up, freeze and mail what is due, the earliest month first; return whether nothing failed.

    What a deed makes due in its turn (a frozen report is mailed) is done too. One that fails keeps the rest waiting
    for the next time.

    Raises:
        StoreError: the database cannot be read.
    """
    done: set[tuple[str, str]] = set()
    while (next_due := _next(loaded, done)) is not None:
        done.add((next_due.deed.value, next_due.period.key))
        warnings: list[str] = []
        try:
            with publisher(loaded, warn=warnings.append) as making:
                number = _do(making, next_due)
        except Exception as error:
            _say(next_due.deed.value, next_due.period.key, error=_line(error))
            return False
        _say(next_due.deed.value, next_due.period.key, number=number, warnings=warnings)
    return _put_again(loaded) and _letters(loaded)


def _put_again(loaded: Configuration) -> bool:
    """Put the files of the latest edition in the folder where they are not there as they were kept."""
    from monitor.publishing import NotPublished
    from monitor.reports.periods import named
    from monitor.store.records import Records

    with Records.of(loaded.settings.database.reveal()) as records:
        drawn = [edition for edition in records.editions().all() if edition.latest is not None]
    if not drawn or drawn[-1].latest is None:
        return True
    key, made = drawn[-1].key, drawn[-1].latest
    try:
        with publisher(loaded) as making:
            making.put_again(made, named(key, loaded.settings.timezone))
    except (NotPublished, Ending) as error:
        _say("put", key, error=_line(error))
        return False
    return True


def _letters(loaded: Configuration) -> bool:
    """Write the letters of the month that is over beside its report, unless the centre was told of them."""
    from monitor.cli.desk import now
    from monitor.correspondence import NotWritten, wanted, write_month
    from monitor.faults.terms import MessageKind
    from monitor.press import LETTERS
    from monitor.store.records import Records

    with Records.of(loaded.settings.database.reveal()) as records:
        known, told = records.editions(), records.subjects_told(MessageKind.LETTERS_READY)
    letters = wanted(known, loaded.settings.timezone, now())
    if letters is None or letters.edition in told:
        return True
    try:
        written = write_month(loaded, letters)
    except NotWritten as error:
        _say(LETTERS, letters.edition, error=_line(error))
        return False
    _say(LETTERS, letters.edition, letters=written.letters, folder=str(written.folder))
    return True


def _next(loaded: Configuration, done: set[tuple[str, str]]) -> Due | None:
    from monitor.cli.desk import now
    from monitor.config.report import report_channel
    from monitor.reports.due import due
    from monitor.store.records import Records

    settings, at = loaded.settings, now()
    with Records.of(settings.database.reveal()) as records:
        known, since = records.editions(), records.begins_at()
    mailed = bool(settings.report.recipients) and report_channel(settings) is not None
    rule = loaded.policies.in_force(at).report
    found = due(known, rule, settings.timezone, now=at, since=since, mailed=mailed)
    return next((each for each in found if (each.deed.value, each.period.key) not in done), None)


def _do(making: Publisher, due: Due) -> int:
    """Do one thing; return the number of the drawing."""
    from monitor.alerts.letter import Fate
    from monitor.publishing import MONITOR, NotPublished
    from monitor.reports.due import Deed

    if due.deed is Deed.MAIL:
        outcome = making.mail(due.period, MONITOR)
        if outcome.fate is not Fate.DELIVERED:
            raise NotPublished(f"it was not mailed: {outcome.status} {outcome.answer}".rstrip())
        latest = making.edition(due.period.key).latest
        return 0 if latest is None else latest.number
    return making.draw(due.period, MONITOR, frozen=due.deed is Deed.FREEZE).number


def _line(error: Exception) -> str:
    text = error.format_message() if isinstance(error, Ending) else str(error)
    return " ".join(text.split()) or type(error).__name__


def _say(deed: str, edition: str, **said: object) -> None:
    click.echo(json.dumps({"edition": edition, "deed": deed, **said}, ensure_ascii=False))
