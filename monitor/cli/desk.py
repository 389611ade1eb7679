"""The desk at which the command line has actions done: by the daemon through the inbox, or, where none runs, itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.cli.db import database_told
from monitor.cli.exits import Missing, WrongInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.config.folder import Configuration
    from monitor.faults.actions import Action
    from monitor.store.bodies import Body
    from monitor.store.editions import Kept
    from monitor.store.inbox import Answer
    from monitor.store.store import Store

SILENT_AFTER = timedelta(seconds=30)
PATIENCE_S = 60.0  # for the daemon's answer, or for its silence to be long enough
PAUSE_S = 0.1


class Desk:
    """Actions on the database of one configuration."""

    def __init__(self, configuration: Configuration) -> None:
        """Ask nothing yet."""
        self.configuration = configuration
        self._url = configuration.settings.database.reveal()

    def ask(self, name: str, action: Action, bodies: Iterable[Body] = (), files: Iterable[Kept] = ()) -> Answer:
        """Have an action done under an id of its own, and return what came of it; ``bodies`` are what it keeps apart.

        ``files`` are what it keeps of an edition of the report.

        The daemon does it within some seconds. Where none runs (it said that it stopped, or has been silent for
        half a minute, and the writer's place is free) this process takes that place for a moment. Asked again under
        the same id it finds what came of the first time.

        Raises:
            WrongInput: the action is refused; the message names the rule.
            Missing: there is no database, or nobody answers; the action waits.
        """
        from monitor.faults.actions import ActionRefused
        from monitor.store.inbox import Inbox, State

        with database_told(), Inbox(self._url) as inbox:
            try:
                answer = inbox.put(name, action, bodies, files)
            except ActionRefused as refused:
                raise WrongInput(str(refused)) from refused
            until = time.monotonic() + PATIENCE_S
            while answer.state is State.PENDING:
                if time.monotonic() > until:
                    raise Missing(
                        f"the daemon does not answer; the action waits for it: ask again with --request {name}"
                    )
                if not (self._unattended() and self._attend()):
                    time.sleep(PAUSE_S)
                answer = inbox.answer(name) or answer
        if answer.state is State.REFUSED:
            raise WrongInput(answer.text or "the action was refused")
        return answer

    def _unattended(self) -> bool:
        """Tell whether no daemon is to be waited for: it stopped in order, or its heartbeat is old."""
        from monitor.sla.spans import FOREVER
        from monitor.store.projection import IntervalKind
        from monitor.store.records import Records

        with Records.of(self._url) as records:
            judged_at = records.judged_at()
            if judged_at is None or abs(now() - judged_at) > SILENT_AFTER:
                return True
            stopped = records.intervals(IntervalKind.STOPPED, (judged_at, FOREVER))
            return any(interval.end_at is None for interval in stopped)

    def _attend(self) -> bool:
        """Do all that waits as the one writer, for a moment; False where another one writes."""
        from monitor.resumption import CannotGoOn
        from monitor.store.errors import StoreInUse
        from monitor.store.store import Store

        try:
            store = Store.open(self._url, upgrade=False)
        except StoreInUse:
            return False
        try:
            attend(self.configuration, store, now())
        except CannotGoOn as error:
            raise WrongInput(f"{error} (the action waits until then)") from error
        finally:
            store.close()
        return True


def attend(configuration: Configuration, store: Store, at: datetime) -> None:
    """Run the monitor for one instant without a round: do the actions that wait, and commit what follows.

    On record it is a start and a stop, so that the time in which nothing ran stays known as such.

    Raises:
        CannotGoOn: what is remembered and what is configured do not go together.
        StoreError: the database cannot be used.
    """
    from monitor.faults.events import DaemonStopped
    from monitor.resumption import resume
    from monitor.store.batch import Batch
    from monitor.store.inbox import answered

    at = max(at, store.judged_at() or at)
    resumption = resume(configuration, store, at)
    supervision, adoption = resumption.supervision, resumption.adoption
    answers = tuple(answered(asked, at, supervision) for asked in store.asked())
    events = supervision.step(at)
    store.commit(
        Batch(
            judged_at=at,
            sight=supervision.sight,
            numbered=supervision.numbered,
            events=(resumption.started, *adoption.events, *events, DaemonStopped(at=at)),
            configurations=adoption.texts,
            answers=answers,
        )
    )


def now() -> datetime:
    """Return the second that it is."""
    return datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
