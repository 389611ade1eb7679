"""A county watched as the daemon watches it, with a real store on SQLite, crashes and restarts; and its own figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.config.folder import Configuration
from monitor.config.scenario import Scenario
from monitor.config.settings import Settings
from monitor.faults.actions import ActionRefused
from monitor.faults.events import Event
from monitor.faults.incident import incidents_of
from monitor.faults.observation import Observation
from monitor.record import line_of
from monitor.replay import Judgement, as_json
from monitor.resumption import Resumption, resume
from monitor.store.batch import Batch
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision.windows import Windows
from tests.histories import History, at, since_start

Json = dict[str, Any]


class Watched:
    """A history on its way through judging, measuring and the store: what is not committed is lost in a crash."""

    def __init__(self, history: History, url: str) -> None:
        """Start on a new database."""
        self.history, self.url = history, url
        self.configuration = Configuration(
            folder=Path(),
            settings=Settings(),
            policies=history.policies,
            inventory=history.inventory,
            warnings=(),
            digest="",
        )
        self._events: list[Event] = []
        self._rounds: dict[int, list[Observation]] = {}
        for one in history.rounds:
            self._rounds.setdefault(since_start(one.at), []).append(one)
        self._configurations: tuple[str, ...] = ()
        self._start(0)

    def _start(self, second: int) -> None:
        self.store = Store.open(self.url)
        self._resumed: Resumption = resume(self.configuration, self.store, at(second))
        self.supervision, self.measurements = self._resumed.supervision, self._resumed.measurements
        adoption = self._resumed.adoption
        self._events = [self._resumed.started, *adoption.events]
        self._configurations = adoption.texts

    def adopt(self, history: History) -> None:
        """Be told another inventory at the next start."""
        self.history = replace(self.history, inventory=history.inventory)
        self.configuration = replace(self.configuration, inventory=history.inventory)

    def step(self, second: int) -> None:
        """Judge one instant, after whatever fell due before; keep what happened for the next commit."""
        history, supervision = self.history, self.supervision
        self._events += supervision.let_fall_due(before=at(second))
        for action in (each for each in history.actions if since_start(each.at) == second):
            try:
                supervision.act(action)
            except ActionRefused:
                continue
        seen = self._rounds.get(second, ())
        references = [one for one in seen if one.subject in history.inventory.references]
        lines = [one for one in seen if one.subject in history.inventory.lines]
        said = [one for one in history.said if since_start(one.at) == second]
        self._events += supervision.step(at(second), references=references, lines=lines, devices=said)
        for one in references:
            self.measurements.add_reference(one)
        for one in lines:
            self.measurements.add_line(one)

    def commit(self, *, whole: bool = False) -> None:
        """Write everything since the last commit, quiet lines only on their turn."""
        judged_at = self.supervision.judged_at
        assert judged_at is not None
        events, self._events = tuple(self._events), []
        texts, self._configurations = self._configurations, ()
        watches, heard = self.supervision.watches, self.supervision.testimonies.all()
        for event in events:
            if (line := line_of(event)) is not None:
                self.measurements.concern(line)
        measured = self.measurements.take(judged_at, watches, heard, whole=whole)
        self.store.commit(
            Batch(
                judged_at=judged_at,
                sight=self.supervision.sight,
                numbered=self.supervision.numbered,
                events=events,
                measured=measured,
                configurations=texts,
            )
        )

    def crash(self, second: int) -> None:
        """Lose what is not committed, and start anew."""
        self.store.close()
        self._start(second)

    def stop(self, second: int) -> None:
        """End in order, and start anew."""
        self.commit(whole=True)
        self.crash(second)


def figures(records: Records, scenario: Scenario, history: History) -> Json:
    """Return what the live judging of the record comes to at a scenario's end, as replay prints it."""
    live = Judgement(scenario=replace(scenario, policies=history.policies))
    events = [recorded.event for recorded in records.events() if recorded.event.at <= scenario.end]
    live.take(events)
    grouped: Iterable[Any] = (event for event in events if event.kind == "incident_grouped")
    live.incidents = incidents_of(grouped)
    windows = Windows()
    for event in events:
        windows.take(event)
    live.windows = windows.all()
    live.last_seen = last_accepted(records, scenario, events)
    return as_json(live)


def last_accepted(records: Records, scenario: Scenario, events: Iterable[Event]) -> dict[str, datetime]:
    """Return each line's last accepted round up to a scenario's end, found by going through every round."""
    blind: list[tuple[datetime, datetime | None]] = []
    for event in events:
        if event.kind == "monitor_blind":
            blind.append((event.at, None))
        elif event.kind == "monitor_sees":
            blind[-1] = (blind[-1][0], event.at)
    last: dict[str, datetime] = {}
    for subject, when in _heard(records):
        line = scenario.inventory.lines.get(subject)
        dark = any(since <= when and (until is None or when < until) for since, until in blind)
        if line is not None and when <= scenario.end and line.in_service(when) and not dark:
            last[subject] = max(last.get(subject, when), when)
    return last


def _heard(records: Records) -> Iterator[tuple[str, datetime]]:
    for stretch in records.stretches(
        (datetime.min.replace(tzinfo=at(0).tzinfo), datetime.max.replace(tzinfo=at(0).tzinfo))
    ):
        if stretch.target == "line" and stretch.outcome != "error":
            yield from ((stretch.subject, when) for when in stretch.instants())
