"""A county of two lines in network namespaces, and the daemon that watches it, as a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from monitor.faults.events import Event
from monitor.faults.fault import Fault
from monitor.faults.observation import Outcome
from monitor.store.records import Records
from tests.netns import Namespace, Network

METRICS, WEB = 9780, 8080
PATIENCE = 30.0  # seconds for anything to happen; everything here takes a few
INTERVAL, FAST, STALE = 4, 3, 14
COMMUNITY = "county-of-two"

SETTINGS = f"""\
database: sqlite:///{{folder}}/monitor.db
icmp: {{{{timeout: 500ms}}}}
listen: {{{{web: 127.0.0.1:{WEB}, metrics: 127.0.0.1:{METRICS}}}}}
snmp:
  interval: 2s
  profiles: {{{{default: {{{{version: 2c, community: {{{{env: MONITOR_SNMP_COMMUNITY}}}}}}}}}}}}
"""
POLICY = f"""\
version: test-1
detection: {{interval: {INTERVAL}s, fast_interval: {FAST}s, stale_after: {STALE}s}}
"""
INVENTORY = """\
carriers: [{id: unicom, name: 联通}]
units: [{id: u1, name: 财政局}, {id: u2, name: 教育局}]
lines:
  - {id: L1, unit: u1, carrier: unicom, address: 192.0.2.2, snmp: default, interfaces: [lo]}
  - {id: L2, unit: u2, carrier: unicom, address: 192.0.2.6}
references: [{id: gateway, address: 198.51.100.1}]
"""


@dataclass(kw_only=True)
class Watched:
    """The daemon over a configuration folder, in the namespace ``monitor``, and what it shows and records."""

    folder: Path
    monitor: Namespace
    process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start the daemon in the monitor's namespace and wait until its page answers."""
        environment = os.environ | {"MONITOR_SNMP_COMMUNITY": COMMUNITY}
        command = [sys.executable, "-m", "monitor", "run", "--config", str(self.folder), *options]
        with self.monitor.entered(), (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.until(lambda: self.page() != {}, "the page answers")

    def kill(self) -> None:
        """End the daemon at once, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """End the daemon in order; return how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        assert code == 0, self.log()
        return time.monotonic() - began

    def page(self) -> dict[str, float]:
        """Return the samples of the metrics page by name and line (``extranet_line_up L1``); empty without answer."""
        samples = {}
        for line in self._get(METRICS, "/metrics").splitlines():
            if not line.startswith("#"):
                series, _, value = line.rpartition(" ")
                name, _, labels = series.partition("{")
                which = labels.partition('line="')[2].partition('"')[0]
                samples[f"{name} {which}".strip()] = float(value)
        return samples

    def outcomes(self, family: str) -> dict[str, float]:
        """Return the samples of a family of the metrics page by their outcome, those of zero left out."""
        found = {}
        for line in self._get(METRICS, "/metrics").splitlines():
            if line.startswith(family + "{") and not line.endswith(" 0.0"):
                found[line.partition('outcome="')[2].partition('"')[0]] = float(line.rpartition(" ")[2])
        return found

    def status(self) -> dict[str, Any]:
        """Return what the console's status says."""
        found: dict[str, Any] = json.loads(self._get(WEB, "/api/status") or "{}")
        return found

    def deliveries(self) -> dict[tuple[str, str], float]:
        """Return how many tries at letters the metrics page counts, by channel and outcome."""
        found = {}
        for line in self._get(METRICS, "/metrics").splitlines():
            tries = re.fullmatch(r'monitor_deliveries_total\{channel="(.*)",outcome="(.*)"\} (.*)', line)
            if tries is not None:
                found[tries[1], tries[2]] = float(tries[3])
        return found

    def signal(self, number: int) -> None:
        """Send the daemon a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def _get(self, port: int, path: str) -> str:
        with suppress(OSError, http.client.HTTPException):
            return self.browse(path, port=port)[1]
        return ""

    def browse(self, path: str, *, port: int = WEB, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Ask one of the daemon's pages, by POST where a form is given; return status and text."""
        with self.monitor.entered():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.connect()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def until(self, happened: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
        """Wait until something has happened, ``patience`` seconds at most."""
        end = time.monotonic() + patience
        while not happened():
            assert self.process is not None
            assert self.process.poll() is None, f"the daemon ended: {self.log()}"
            assert time.monotonic() < end, f"waited in vain: {what}\n{self.page()}\n{self.log()}"
            time.sleep(0.1)

    def log(self) -> str:
        """Return what the daemon has said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    @contextmanager
    def records(self) -> Iterator[Records]:
        """Read the database."""
        with Records.of(f"sqlite:///{self.folder}/monitor.db") as records:
            yield records

    def events(self, *kinds: type[Event]) -> list[Any]:
        """Return the ledger's events of some kinds, in order."""
        with self.records() as records:
            return [recorded.event for recorded in records.events(kinds=kinds)]

    def faults(self) -> list[Fault]:
        """Return all faults."""
        with self.records() as records:
            return records.faults()


@dataclass(kw_only=True)
class County(Watched):
    """``monitor`` - ``router`` - ``edge1``, ``edge2``; the lines end at the edges, the reference is the router."""

    router: Namespace
    edge1: Namespace
    edge2: Namespace

    def until_page(self, **samples: float) -> None:
        """Wait until samples of line L1 (``L2_…`` for the other) or of the monitor have these values."""
        wanted = {_series(name): value for name, value in samples.items()}
        self.until(lambda: wanted.items() <= self.page().items(), f"{wanted}")


def assert_three_rounds(here: Watched, outcome: Outcome, first: datetime, last: datetime) -> None:
    """Three rounds of the first line on record, all alike, from one instant to another, a sooner round's time apart.

    One that a busy machine held up may come later, and none may be missing.
    """
    with here.records() as records:
        stretches = [each for each in records.stretches((first, last + timedelta(seconds=1))) if each.subject == "L1"]
    seen = sorted((at, each.outcome) for each in stretches for at in each.instants() if first <= at <= last)
    assert [outcome.value] * 3 == [each for _, each in seen]
    instants = [at for at, _ in seen]
    assert (first, last) == (instants[0], instants[-1])
    assert all(later - earlier >= timedelta(seconds=FAST) for earlier, later in pairwise(instants))


def _series(name: str) -> str:
    if name.startswith("monitor_"):
        return name
    line = "L2" if name.startswith("L2_") else "L1"
    return f"extranet_{name.removeprefix('L2_')} {line}"


@contextmanager
def county(folder: Path) -> Iterator[County]:
    """Make the county; at the end the daemon is ended and every namespace removed."""
    with Network() as network:
        made = County(
            folder=folder,
            monitor=network.namespace("monitor"),
            router=network.namespace("router"),
            edge1=network.namespace("edge1"),
            edge2=network.namespace("edge2"),
        )
        network.join(made.monitor, "198.51.100.2/30", made.router, "198.51.100.1/30")
        network.join(made.router, "192.0.2.1/30", made.edge1, "192.0.2.2/30")
        network.join(made.router, "192.0.2.5/30", made.edge2, "192.0.2.6/30")
        made.router.forward()
        made.edge1.route("default", via="192.0.2.1")
        made.edge2.route("default", via="192.0.2.5")
        made.monitor.route("192.0.2.0/24", via="198.51.100.1")
        for name, text in (("monitor", SETTINGS.format(folder=folder)), ("policy", POLICY), ("inventory", INVENTORY)):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.kill()
