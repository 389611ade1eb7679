"""The press: has reports drawn up, frozen, mailed, and letters written when due, in a process beside the daemon.

The daemon only looks whether anything is due, which costs nothing; all the work is done by ``monitor report due`` at
the lowest priority, so that no round waits for it. What it could not do is logged and told once, and tried again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import Any

from monitor.config.folder import Configuration
from monitor.config.report import report_channel
from monitor.correspondence import wanted
from monitor.editions.edition import Editions
from monitor.faults.terms import MessageKind
from monitor.record import Record
from monitor.reports.due import Deed, due
from monitor.store.errors import StoreError

AGAIN_AFTER = timedelta(hours=1)
LETTERS = "letters"  # what a line says was done, beside the deeds of reports
LONGEST = 1800.0  # seconds that it may take: ten thousand lines and a year take a few minutes
INHERITED = ("LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_")  # the daemon's alone
log = logging.getLogger(__name__)

Tell = Callable[[MessageKind, str, str], object]


class Press:
    """Starts the work when it is due; ``tell`` is called with a kind of message, the edition and a detail.

    ``lettered`` are the months of whose letters the ledger says that they were told.
    """

    def __init__(
        self,
        tell: Tell,
        *,
        lettered: Iterable[str] = (),
        command: tuple[str, ...] = (sys.executable, "-m", "monitor"),
    ) -> None:
        """Do nothing yet."""
        self._lettered, self._nobody_owes = set(lettered), set[str]()
        self._tell, self._command = tell, command
        self._failed: dict[str, str] = {}
        self._rests_until: datetime | None = None
        self._busy = False

    async def turn(self, record: Record, configuration: Configuration, editions: Editions, now: datetime) -> None:
        """Look when the record begins, and do as `look` does; a database that does not answer is asked again."""
        with suppress(StoreError):
            since = await record.ask(lambda store: store.begins_at())
            await self.look(configuration, editions, now=now, since=since)

    async def look(
        self, configuration: Configuration, editions: Editions, *, now: datetime, since: datetime | None
    ) -> None:
        """Have done what is due, unless it failed a short while ago; wait until it is done."""
        if self._busy or (self._rests_until is not None and now < self._rests_until <= now + AGAIN_AFTER):
            return
        settings = configuration.settings
        rule = configuration.policies.in_force(now).report
        mailed = bool(settings.report.recipients) and report_channel(settings) is not None
        reports = due(editions, rule, settings.timezone, now=now, since=since, mailed=mailed)
        if self._failed or any(reports) or self._letters_due(editions, settings.timezone, now):
            self._busy = True
            try:
                await self._work(configuration, now)
            except OSError as error:
                self._hear("", f"no process can be started: {error.strerror}", None, now)
            finally:
                self._busy = False

    def _letters_due(self, editions: Editions, zone: tzinfo, now: datetime) -> bool:
        letters = wanted(editions, zone, now)
        return letters is not None and letters.edition not in self._lettered | self._nobody_owes

    async def _work(self, configuration: Configuration, now: datetime) -> None:
        command = (*self._command, "report", "due", "--config", str(configuration.folder))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=_environment()
        )
        try:
            async with asyncio.timeout(LONGEST):
                output, errors = await process.communicate()
        except TimeoutError:
            output, errors = b"", f"it was not done within {LONGEST:.0f} seconds".encode()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
        self._hear(output.decode(errors="replace"), errors.decode(errors="replace"), process.returncode, now)

    def _hear(self, output: str, errors: str, code: int | None, now: datetime) -> None:
        """Log and tell what was done, and what was not."""
        failed = False
        for told in _read(output):
            if "error" in told:
                self._fail(str(told["edition"]), str(told["error"]))
                failed = True
            else:
                self._done(told)
        if code == 0:
            self._failed.clear()
        elif not failed:
            lines = errors.strip().splitlines()
            self._fail("", lines[-1] if lines else f"it ended with {code}")
            failed = True
        self._rests_until = now + AGAIN_AFTER if failed else None

    def _done(self, told: Mapping[str, Any]) -> None:
        edition, deed, number = str(told["edition"]), str(told["deed"]), told.get("number")
        if deed == LETTERS:
            self._written(edition, int(told["letters"]), str(told["folder"]))
            return
        log.info("report %s: %s (drawing %s)", edition, deed, number)
        for warning in told.get("warnings", ()):
            log.warning("report %s: %s", edition, warning)
        if deed == Deed.FREEZE.value:
            self._tell(MessageKind.REPORT_READY, edition, "frozen")
        elif deed == Deed.DRAW.value and number == 1:
            self._tell(MessageKind.REPORT_READY, edition, "drawn")

    def _written(self, edition: str, letters: int, folder: str) -> None:
        """Tell of a month's letters once, over any restart; of none nothing."""
        if not letters:
            self._nobody_owes.add(edition)
        elif edition not in self._lettered:
            self._lettered.add(edition)
            log.info("letters of %s: %d in %s", edition, letters, folder)
            self._tell(MessageKind.LETTERS_READY, edition, f"{letters} {folder}")

    def _fail(self, edition: str, error: str) -> None:
        """Log and tell a failure once until it is another, or over."""
        if self._failed.get(edition) == error:
            return
        self._failed[edition] = error
        log.error("report %s failed, and is tried again within an hour: %s", edition or "of the month", error)
        self._tell(MessageKind.REPORT_FAILED, edition, error)


def _read(output: str) -> Iterator[Mapping[str, Any]]:
    for line in output.splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and {"edition", "deed"} <= found.keys():
                yield found


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(INHERITED)}
