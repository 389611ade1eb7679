"""Who is told of what: Alertmanager's routes by amtool, grouping and inhibition by a real one."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.needs import need
from tests.prometheus.servers import alertmanager, ask, wait_until
from tests.prometheus.test_rules import FOLDER, rules

CONFIGURATION = FOLDER / "alertmanager.yml"
LABELS = {rule["alert"]: rule["labels"] for rule in rules("alert")}
Alert = dict[str, str]
Json = Any


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = need("amtool", package="prometheus-alertmanager")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_amtool_has_nothing_to_say() -> None:
    done = amtool("check-config", str(CONFIGURATION))
    assert 0 == done.returncode, done.stderr


RECEIVERS = {
    "FaultOverdue": "duty",
    "FaultNearLimit": "duty",
    "FaultUnacknowledged": "duty",
    "IncidentOpen": "duty",
    "LineUnknown": "duty",
    "CoverageLow": "duty",
    "GuaranteeExpiring": "office",
    "GuaranteeMissing": "office",
    "MonitorDown": "duty,administrator",
    "MonitorStandsStill": "duty,administrator",
    "MonitorBlind": "duty,administrator",
    "RoundsLate": "administrator",
    "RoundsPutOff": "administrator",
    "OutboxStuck": "duty,administrator",
    "ChannelFails": "administrator",
    "StoreFailing": "duty,administrator",
    "ReloadRefused": "administrator",
    "BackupStale": "administrator",
    "BackupMissing": "administrator",
    "BackupIncomplete": "administrator",
}


def test_every_alert_has_its_receiver() -> None:
    """Lines and carriers go to the duty room, papers to the office, the monitor to its administrator.

    What cannot wait is told to the duty room whatever it is about: it must know that nothing is watched.
    """
    assert LABELS.keys() == RECEIVERS.keys()
    found = {}
    for name, labels in LABELS.items():
        told = [f"{label}={value}" for label, value in {"alertname": name, **labels}.items()]
        done = amtool("config", "routes", "test", f"--config.file={CONFIGURATION}", *told)
        found[name] = done.stdout.strip()
    assert RECEIVERS == found
    pages = {name for name, labels in LABELS.items() if labels["severity"] == "page"}
    assert set() == {name for name in pages if "duty" not in found[name].split(",")}


class Told:
    """An Alertmanager that is told of alerts, and says what it makes of them."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, *alerts: Alert) -> None:
        """Post alerts, with the labels of their rules."""
        now = datetime.now(UTC).isoformat()
        body = [{"labels": {**LABELS[alert["alertname"]], **alert}, "startsAt": now} for alert in alerts]
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert 200 == answer.status

    def silent(self) -> set[str]:
        """Return the names of the alerts that others inhibit, with their line."""
        return {name(one["labels"]) for one in ask(f"{self.url}/api/v2/alerts") if one["status"]["inhibitedBy"]}

    def groups(self) -> list[tuple[Json, list[str]]]:
        """Return each group's labels and who is in it."""
        return [
            (group["labels"], sorted(name(one["labels"]) for one in group["alerts"]))
            for group in ask(f"{self.url}/api/v2/alerts/groups")
        ]


def name(labels: Alert) -> str:
    return " ".join(filter(None, (labels["alertname"], labels.get("line", ""))))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    with alertmanager(tmp_path, CONFIGURATION) as url:
        yield Told(url)


def line(alert: str, of: str = "l1", carrier: str = "unicom") -> Alert:
    return {"alertname": alert, "line": of, "carrier": carrier}


def test_what_belongs_to_a_carrier_comes_in_one_message(told: Told) -> None:
    """A cut cable is one event of a carrier, not one of each line; another carrier's is another."""
    told.tell(
        line("FaultOverdue", "l1"),
        line("FaultOverdue", "l2"),
        line("FaultOverdue", "l3", "mobile"),
        {"alertname": "IncidentOpen", "carrier": "unicom"},
    )
    expected = {"mobile": ["FaultOverdue l3"], "unicom": ["FaultOverdue l1", "FaultOverdue l2", "IncidentOpen"]}

    def found() -> dict[str, list[str]]:
        return {labels["carrier"]: names for labels, names in told.groups()}

    # one alert after another joins its group
    wait_until(f"they are grouped as {expected}", lambda: expected == found())


def test_what_makes_the_rest_meaningless_silences_it(told: Told) -> None:
    """Overdue silences what came before it on that line; blindness lines and carriers; a dead monitor everything."""
    told.tell(line("FaultOverdue"), line("FaultNearLimit"), line("FaultUnacknowledged"), line("FaultNearLimit", "l2"))
    first = {"FaultNearLimit l1", "FaultUnacknowledged l1"}
    wait_until("the overdue fault silences its line", lambda: told.silent() == first)
    told.tell(
        {"alertname": "MonitorBlind"},
        {"alertname": "CoverageLow", "carrier": "unicom"},
        {"alertname": "GuaranteeMissing"},
        {"alertname": "StoreFailing"},
        {"alertname": "RoundsLate"},
    )
    blind = first | {"FaultOverdue l1", "FaultNearLimit l2", "CoverageLow", "RoundsLate"}
    wait_until("blindness silences what rests on measuring, and nothing else", lambda: told.silent() == blind)
    told.tell({"alertname": "MonitorDown"})
    dead = blind | {"MonitorBlind", "StoreFailing"}
    wait_until("a dead monitor silences all but itself and the papers", lambda: told.silent() == dead)
