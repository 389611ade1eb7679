"""Lives through a history at once, into a database: what the daemon would have judged and written, had it watched.

The judging is the daemon's own; only the answers to the probes and people's actions come from the history. What comes
of it is a folder like any other: every command works on it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config.folder import Configuration
from monitor.config.folder import load as load_configuration
from monitor.config.scenario import Scenario
from monitor.config.scenario import load as load_scenario
from monitor.faults.events import DaemonStopped, Event
from monitor.lab.county import County
from monitor.lab.entering import REQUEST, enter_papers
from monitor.lab.folder import STANDARD, Folder, Listen
from monitor.lab.month import Past, history
from monitor.record import line_of
from monitor.replay import Refusal, Step, steps
from monitor.resumption import resume
from monitor.store.batch import Batch
from monitor.store.inbox import Answer, answered
from monitor.store.store import Store

HISTORY = "history.jsonl.gz"
COMMITTED = timedelta(hours=1)  # of judged time
SECOND = timedelta(seconds=1)
Told = Callable[[float], None]


class NotAsTold(Exception):
    """An action of an invented history was refused: the lab contradicts itself."""


def live(county: County, past: Past, folder: Folder, *, listen: Listen, locale: str, told: Told) -> Path:
    """Write configuration and history into a folder, and let its database hold what happened; return the history.

    ``told`` hears which share of the time has passed. The registers' papers are entered at the end.

    Raises:
        NotAsTold: the history holds an action that was not legal.
        StoreError: the database cannot be written.
        OSError: the folder cannot be written.
    """
    folder.write(county, pace=STANDARD, listen=listen, locale=locale, agents=True)
    file = folder.path / HISTORY
    with file.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as written:
        for line in history(past):
            written.write(line.encode())
    configuration = load_configuration(folder.path)
    scenario = load_scenario(file, base=configuration.policies, zone=configuration.settings.timezone)
    with _living(configuration, scenario) as life:
        for step in life.steps():
            told((step.at - scenario.start) / (scenario.end - scenario.start))
        enter_papers(county, folder.path, past.end)
        life.answer(REQUEST)
    return file


@contextmanager
def _living(configuration: Configuration, scenario: Scenario) -> Iterator[_Life]:
    store = Store.open(configuration.settings.database.reveal())
    try:
        yield _Life(configuration, scenario, store)
    finally:
        store.close()


class _Life:
    """One history on its way into one store."""

    def __init__(self, configuration: Configuration, scenario: Scenario, store: Store) -> None:
        self._store = store
        self._scenario = replace(scenario, inventory=configuration.inventory)
        resumed = resume(configuration, store, scenario.start)
        self._supervision, self._measurements = resumed.supervision, resumed.measurements
        self._measurements.sweep_within(COMMITTED)
        self._events: list[Event] = [resumed.started, *resumed.adoption.events]
        self._texts = resumed.adoption.texts
        self._committed_at = scenario.start

    def steps(self) -> Iterator[Step]:
        """Go through the history; all of it is on record at the end."""
        refusals: list[Refusal] = []
        for step in steps(self._scenario, self._supervision, refusals):
            for observation in step.references:
                self._measurements.add_reference(observation)
            for observation in step.lines:
                self._measurements.add_line(observation)
            self._events += step.events
            if step.at - self._committed_at >= COMMITTED:
                self._commit(step.at)
                yield step
        if refusals:
            raise NotAsTold("; ".join(f"{each.taken.place}: {each.reason}" for each in refusals))
        self._commit(self._scenario.end)

    def answer(self, request: str) -> None:
        """Do what was put into the inbox, a second after the end, and stop there."""
        at = self._scenario.end + SECOND
        answers = [answered(asked, at, self._supervision) for asked in self._store.asked() if asked.id == request]
        self._events += self._supervision.step(at)
        self._events.append(DaemonStopped(at=at))
        self._commit(at, answers=tuple(answers), whole=True)

    def _commit(self, at: datetime, *, answers: tuple[Answer, ...] = (), whole: bool = False) -> None:
        for event in self._events:
            line = line_of(event)
            if line is not None:
                self._measurements.concern(line)
        watches, heard = self._supervision.watches, self._supervision.testimonies.all()
        self._store.commit(
            Batch(
                judged_at=at,
                sight=self._supervision.sight,
                numbered=self._supervision.numbered,
                events=tuple(self._events),
                measured=self._measurements.take(at, watches, heard, whole=whole),
                configurations=self._texts,
                answers=answers,
            )
        )
        self._events, self._texts, self._committed_at = [], (), at
