"""A county of three lines at a desk: its folder, its database of each kind, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.config.folder import Configuration, load
from monitor.faults.events import Event
from monitor.faults.fault import Fault
from monitor.faults.observation import Observation, Outcome
from monitor.store.batch import Batch
from monitor.store.measurements import Measurements
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision import Supervision
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures

INVENTORY = """\
carriers: [{id: unicom, name: 联通}]
nodes: [{id: east, carrier: unicom}]
units: [{id: u1, name: 财政局}, {id: u2, name: 教育局}, {id: u3, name: 民政局}]
lines:
  - {id: L1, unit: u1, carrier: unicom, node: east, address: 192.0.2.2}
  - {id: L2, unit: u2, carrier: unicom, node: east, address: 192.0.2.6}
  - {id: L3, unit: u3, carrier: unicom, address: 192.0.2.10}
"""
MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Office:
    """The duty officer's place: a configuration folder and the command line over it."""

    folder: Path
    url: str

    @property
    def configuration(self) -> Configuration:
        """What the folder says."""
        return load(self.folder)

    def done(self, *arguments: str) -> str:
        """Call a command that must succeed; return what it says."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.folder)])
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *arguments: str) -> str:
        """Call a command that must be refused as wrong; return its one line."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.folder)])
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        [line] = result.stderr.splitlines()
        return line

    def shown(self, no: str) -> dict[str, Any]:
        """Return what ``fault show --json`` says."""
        found: dict[str, Any] = json.loads(self.done("fault", "show", no, "--json"))
        return found

    def outage(self, line: str, first: datetime, *, bad: int = 3, good: int = 0) -> None:
        """Have the monitor see so many bad rounds of a line, then so many good ones, a minute apart."""
        supervision = Supervision(self.configuration.inventory, self.configuration.policies, ZONE)
        measurements, events = Measurements(), []
        for k, outcome in enumerate([Outcome.BAD] * bad + [Outcome.GOOD] * good):
            at = first + k * MINUTE
            seen = Observation(line, at, outcome, sent=3, received=3 if outcome is Outcome.GOOD else 0)
            measurements.add_line(seen)
            events += supervision.step(at, lines=[seen])
        store = Store.open(self.url)
        measured = measurements.take(at, supervision.watches, whole=True)
        numbered, sight = supervision.numbered, supervision.sight
        store.commit(Batch(judged_at=at, sight=sight, numbered=numbered, events=tuple(events), measured=measured))
        store.close()

    @contextmanager
    def records(self) -> Iterator[Records]:
        """Read the database."""
        with Records.of(self.url) as records:
            yield records

    def events(self, *kinds: type[Event]) -> list[Any]:
        """Return the ledger's events of some kinds, in order."""
        with self.records() as records:
            return [recorded.event for recorded in records.events(kinds=kinds)]

    def faults(self) -> list[Fault]:
        """Return all faults."""
        with self.records() as records:
            return records.faults()


def local(at: datetime) -> str:
    """Write an instant as the command line takes it."""
    return at.isoformat().replace("+00:00", "Z")


def office_at(folder: Path, url: str) -> Office:  # noqa: F811 - an address, not the fixture
    """Furnish a place over a new database."""
    for name, text in (("monitor", f"database: {url}\nlocale: en\n"), ("policy", ""), ("inventory", INVENTORY)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    Store.open(url).close()
    return Office(folder, url)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A place over SQLite."""
    return office_at(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


@pytest.fixture
def either_office(tmp_path: Path, url: str) -> Office:  # noqa: F811 - the fixture
    """A place over each kind of database in turn."""
    return office_at(tmp_path, url)
