"""Commands, one file a noun; each is imported when it is called, so that ``monitor --help`` stays quick."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from monitor import __version__
from monitor.cli.exits import Missing

# name: where the command is, and what --help says of it
COMMANDS = {
    "run": ("monitor.cli.run:run", "Watch the lines, until told to stop."),
    "check": ("monitor.cli.check:check", "Name everything wrong with the configuration."),
    "lab": ("monitor.cli.lab:lab", "Run the sample county on this machine."),
    "inventory": ("monitor.cli.inventory:inventory", "Import, export and check the access archive."),
    "probe": ("monitor.cli.probe:probe", "Measure one line or address, now."),
    "status": ("monitor.cli.status:status", "Show the lines and what is down."),
    "faults": ("monitor.cli.faults:faults", "List the faults and their clocks."),
    "fault": ("monitor.cli.fault:fault", "Report, acknowledge, rule on and show one fault."),
    "availability": ("monitor.cli.availability:availability", "Show availability and repairs of a period."),
    "report": ("monitor.cli.report:report", "Write, freeze, send and explain the monthly report."),
    "registers": ("monitor.cli.registers:registers", "Keep filings, commitments, guarantees; show what is missing."),
    "maintenance": ("monitor.cli.maintenance:maintenance", "Approve, list and cancel planned maintenance."),
    "notify": ("monitor.cli.notify:notify", "See who is told of what; try the ways of telling them."),
    "replay": ("monitor.cli.replay:replay", "Judge a recorded or invented history."),
    "export-history": (
        "monitor.cli.export_history:export_history",
        "Write what is on record of a period, for replay.",
    ),
    "ledger": ("monitor.cli.ledger:ledger", "Verify the ledger."),
    "db": ("monitor.cli.db:db", "Upgrade, back up and restore the database."),
}
INTERRUPTED = 130  # as a shell reports SIGINT
READER_GONE = 141  # as a shell reports SIGPIPE
BUG = 70  # EX_SOFTWARE of sysexits.h
TRACE_VARIABLE = "MONITOR_TRACEBACK"


class Commands(click.Group):
    """The commands by name; errors end in one line on stderr, with the exit codes of `monitor.cli.exits`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, or suggest a near one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "monitor --help lists them"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line, and exit with the code that its ending means."""
        run = super().main
        if not standalone_mode:
            return run(args, prog_name, complete_var, standalone_mode=False, **extra)
        output = sys.stdout
        try:
            code = run(args, prog_name or "monitor", complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as asked:
            asked.show()
            sys.exit(asked.exit_code)
        except click.UsageError as error:
            _end(" ".join(error.format_message().split()), error.exit_code)
        except click.ClickException as ending:
            _end(ending.format_message(), ending.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _end("interrupted", INTERRUPTED)
        except BrokenPipeError:
            _leave_pipe()
        except SystemExit as ended:
            # click, which put a wrapper there, or rich met the same and says 1: here, that a check found something
            if sys.stdout is not output or isinstance(ended.__context__, BrokenPipeError):
                _leave_pipe()
            raise
        except OSError as error:
            _end(f"{error.filename or 'the machine'}: {error.strerror}", Missing.exit_code)
        except Exception as error:
            if os.environ.get(TRACE_VARIABLE):
                raise
            where = f"{TRACE_VARIABLE}=1 in the environment shows where"
            _end(f"a mistake of the program itself: {type(error).__name__}: {error} ({where})", BUG)
        sys.exit(code if isinstance(code, int) else 0)


def _end(message: str, code: int) -> NoReturn:
    """Say why, in one line; several errors, each with its place, stand in a line each."""
    with contextlib.suppress(BrokenPipeError):
        click.echo(message if "\n" in message else f"monitor: {message}", err=True)
    sys.exit(code)


def _leave_pipe() -> NoReturn:
    """Exit quietly when whoever read the output has gone; what is buffered would only raise again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(READER_GONE)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor", message="%(prog)s %(version)s")
def main() -> None:
    """Watch a county's e-government lines and hold each carrier's repair to the 12-hour limit."""
