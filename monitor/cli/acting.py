"""What the commands that act have in common: who says so and why, what is attached, and which fault is meant."""

from __future__ import annotations

import getpass
import os
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration
from monitor.cli.times import instant_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.config.folder import Configuration
    from monitor.faults.actions import Action
    from monitor.faults.terms import Source
    from monitor.store.bodies import Body
    from monitor.store.inbox import Answer

Command = TypeVar("Command", bound=Callable[..., Any])
CENTRE = "centre"


class Said(TypedDict):
    """What every action says of itself."""

    at: datetime
    by: Source
    who: str
    why: str | None
    attachment: str | None


class Meant(TypedDict):
    """The fault that an action concerns: its line, and its number where that was named."""

    line: str
    no: str | None


@dataclass(frozen=True, kw_only=True)
class Acting:
    """The options of one call, and the configuration that they go by."""

    configuration: Configuration
    by: str
    who: str | None
    why: str | None
    attach: Path | None
    request: str

    @property
    def zone(self) -> tzinfo:
        """The configured time zone."""
        return self.configuration.settings.timezone

    @property
    def words(self) -> Any:
        """The words of the configured locale."""
        from monitor.wording import WORDING

        return WORDING[self.configuration.settings.locale.value]

    def time(self, text: str, option: str) -> datetime:
        """Read a time given with an option."""
        return instant_of(text, option, self.zone)

    def said(self) -> Said:
        """Return who says so and why; an attached file is kept first."""
        from monitor.cli.desk import now
        from monitor.faults.terms import Source
        from monitor.store.attachments import Attachments

        digest = None
        if self.attach is not None:
            with database_told():
                settings = self.configuration.settings
                digest = Attachments(settings.database.reveal(), settings.attachments).keep(self.attach)
        return Said(at=now(), by=Source(self.by), who=self.who or login(), why=self.why, attachment=digest)

    def meant(self, named: str) -> Meant:
        """Return the fault of a number, or the line of an id, whichever of the two was named.

        Raises:
            WrongInput: there is neither.
        """
        from monitor.store.records import Records

        with database_told(), Records.of(self.configuration.settings.database.reveal()) as records:
            for fault in records.faults(nos=[named]):
                return Meant(line=fault.line, no=fault.no)
            known = named in self.configuration.inventory.lines or named in records.watches()
        if not known:
            raise WrongInput(f"there is neither a fault nor a line {named}: monitor faults lists the faults")
        return Meant(line=named, no=None)

    def ask(self, action: Action, bodies: Iterable[Body] = ()) -> Answer:
        """Have an action done; see `monitor.cli.desk.Desk.ask`."""
        from monitor.cli.desk import Desk

        return Desk(self.configuration).ask(self.request, action, bodies)

    def tell(self, answer: Answer, what: str) -> None:
        """Say that an action was done."""
        of = self.words["nothing_open"] if answer.fault_no is None else answer.fault_no
        click.echo(f"{of}: {self.words[what]}")


def acting(command: Command) -> Command:
    """Give a command the options of everyone who acts; it takes an `Acting` by the name ``acting``."""
    return _given(command, OPTIONS)


def acting_for_centre(command: Command) -> Command:
    """Give a command the same options but ``--by``: only the centre does it, or ``--by`` says something else there."""
    return _given(command, tuple(option for option in OPTIONS if option is not BY))


def _given(command: Command, options_of: tuple[Any, ...]) -> Command:
    def called(
        *args: Any,
        folder: Path,
        who: str | None,
        why: str | None,
        attach: Path | None,
        request: str | None,
        by: str = CENTRE,
        **options: Any,
    ) -> Any:
        options["acting"] = Acting(
            configuration=configuration(folder),
            by=by,
            who=who,
            why=why,
            attach=attach,
            request=request or uuid.uuid4().hex,
        )
        return command(*args, **options)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__dict__.update(command.__dict__)
    said: Any = called
    for option in reversed(options_of):
        said = option(said)
    result: Command = said
    return result


def plain(_context: click.Context | None, option: click.Parameter | None, text: str | None) -> str | None:
    """Refuse text that no ledger can hold: control characters, half characters."""
    if text is not None and any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t" for each in text):
        raise click.BadParameter("it holds control characters or broken ones", param=option)
    return text


def login() -> str:
    """Return the name under which the caller is logged in, else the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


BY = click.option(
    "--by",
    type=click.Choice(["unit", "carrier", CENTRE]),
    default=CENTRE,
    show_default=True,
    help="On whose behalf it is done.",
)
OPTIONS = (
    config_option,
    BY,
    click.option("--who", metavar="NAME", callback=plain, help="Who does it (default: the login name)."),
    click.option("--why", metavar="TEXT", callback=plain, help="The reason, in one's own words."),
    click.option(
        "--attach", type=click.Path(path_type=Path), metavar="FILE", help="Keep a copy of FILE beside the database."
    ),
    click.option(
        "--request",
        metavar="ID",
        callback=plain,
        help="An id of this very call: called again with it, nothing is done twice.",
    ),
)
