"""Write the sample county's configuration folder: ``monitor.yaml``, ``policy.yaml``, ``inventory.yaml``.

The schema is that of ``config.md``; nothing in it is known to the daemon as a laboratory's but the policy's name, which
begins with ``demo-`` and so says on every page and figure that this is a demonstration.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import yaml

from monitor.config.inventory_text import inventory_yaml
from monitor.inventory.model import Inventory
from monitor.lab.county import DUTY_NUMBER, PROFILE, County

ZONE = "Asia/Shanghai"
DATABASE = "monitor.db"
COMMUNITY = "community"
SECRET = "secret"  # noqa: S105 - a file's name
LOG = "daemon.log"
MESSAGES = "messages.txt"
CENTRE = "centre"
TO_CARRIERS = ("opened", "reminder", "overdue", "overdue_repeat", "restored", "relapsed")
SAMPLE = "archive-sample.xlsx"
MARK = ".lab"

Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How far 12 hours are shortened: the demonstration policy's numbers, SNMP's interval, and the play's tempo."""

    version: str
    interval: str
    fast_interval: str
    stale_after: str
    limit: str
    observe_for: str
    repeat_within: str
    overdue_every: str
    ack_target: str
    within: str
    lasting: str
    flaps_within: str
    snmp_interval: str
    icmp_timeout: str
    tempo: float


CALM = Pace(
    version="demo-3m",
    interval="5s",
    fast_interval="2s",
    stale_after="20s",
    limit="3m",
    observe_for="1m",
    repeat_within="10m",
    overdue_every="1m",
    ack_target="30s",
    within="20s",
    lasting="75s",  # fifteen rounds, of which a degradation needs twelve
    flaps_within="6m",
    snmp_interval="15s",
    icmp_timeout="1s",
    tempo=1.0,
)
FAST = Pace(
    version="demo-45s",
    interval="2s",
    fast_interval="1s",
    stale_after="8s",
    limit="45s",
    observe_for="15s",
    repeat_within="10m",
    overdue_every="15s",
    ack_target="10s",
    within="8s",
    lasting="30s",
    flaps_within="6m",
    snmp_interval="5s",
    icmp_timeout="500ms",
    tempo=0.4,
)
STANDARD = Pace(
    version="demo-12h",
    interval="60s",
    fast_interval="10s",
    stale_after="180s",
    limit="12h",
    observe_for="60m",
    repeat_within="24h",
    overdue_every="4h",
    ack_target="30m",
    within="3m",
    lasting="15m",
    flaps_within="6h",
    snmp_interval="60s",
    icmp_timeout="2s",
    tempo=1.0,
)
"""The numbers of the regulation, for months that are lived through at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where the pages are heard on the host, each ``HOST:PORT``."""

    web: str
    metrics: str


class NotOursError(Exception):
    """The folder cannot be the lab's; the message says why and names the cure."""


class Folder:
    """The lab's folder: configuration, secrets, database and log; held by one lab at a time."""

    def __init__(self, path: Path, *, keep: bool) -> None:
        """Take the folder, and clear away what an earlier run left unless ``keep`` says to go on with it.

        Raises:
            NotOursError: another lab is at work in it, or it holds files of somebody else.
            OSError: it cannot be written.
        """
        self.path = path.resolve()
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / MARK).exists():
            raise NotOursError(f"{path} holds files that are not the lab's: name an empty folder with --dir")
        self.path.mkdir(parents=True, exist_ok=True)
        self._mark = (self.path / MARK).open("w", encoding="utf-8")
        try:
            fcntl.flock(self._mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._mark.close()
            raise NotOursError(
                f"another lab is at work in {path}: end it, or name another folder with --dir"
            ) from error
        self._mark.write("monitor lab rewrites this folder at each start\n")
        self._mark.flush()
        if not keep:
            self._clear()
        self.community = _secret(self.path / COMMUNITY)
        _secret(self.path / SECRET)

    @property
    def log(self) -> Path:
        """Where the daemon's log goes."""
        return self.path / LOG

    @property
    def messages(self) -> Path:
        """Where the messages go that the daemon sends."""
        return self.path / MESSAGES

    def write(self, county: County, *, pace: Pace, listen: Listen, locale: str, agents: bool) -> None:
        """Write the three files, and a workbook of the archive to try an import with.

        ``agents`` false leaves every line ping-only: where no network is made nothing answers SNMP, and nothing may be
        asked on the real one.
        """
        _write(self.path / "monitor.yaml", _monitor(self.path, county, pace=pace, listen=listen, locale=locale))
        _write(self.path / "policy.yaml", _policy(pace))
        inventory, zone = _inventory(county.inventory, agents=agents), ZoneInfo(ZONE)
        (self.path / "inventory.yaml").write_text(inventory_yaml(inventory, zone=zone), encoding="utf-8")
        from monitor.lab.sample import hand_in  # noqa: PLC0415 - who only asks whether a network can be made draws nothing

        (self.path / SAMPLE).write_bytes(hand_in(inventory, seed=county.seed).workbook(locale=locale, zone=zone))

    def close(self) -> None:
        """Let another lab have the folder."""
        self._mark.close()

    def __enter__(self) -> Self:
        """Hold the folder for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it with the block."""
        self.close()

    def _clear(self) -> None:
        for path in (
            *self.path.glob(f"{DATABASE}*"),
            self.path / COMMUNITY,
            self.path / SECRET,
            self.log,
            self.messages,
        ):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.path / "reports", ignore_errors=True)


def _secret(path: Path) -> str:
    """Return the secret kept in a file only its owner reads, making it at first."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _monitor(home: Path, county: County, *, pace: Pace, listen: Listen, locale: str) -> Entry:
    carriers = tuple(county.inventory.carriers)
    return {
        "county": county.name,
        "sms_signature": f"{county.name}信息中心",
        "duty_phone": f"0000-{DUTY_NUMBER}",
        "public_url": f"http://{listen.web}",
        "secret": {"file": str(home / SECRET)},
        "report": {"recipients": [], "folder": str(home / "reports")},
        "database": f"sqlite:///{home / DATABASE}",
        "timezone": ZONE,
        "locale": locale,
        "listen": {"web": listen.web, "metrics": listen.metrics},
        "icmp": {"timeout": pace.icmp_timeout, "privileged": "auto"},
        "snmp": {
            "interval": pace.snmp_interval,
            "client": "auto",
            "profiles": {PROFILE: {"version": "2c", "community": {"file": str(home / COMMUNITY)}}},
        },
        "channels": {name: {"kind": "console"} for name in (*carriers, *map(supervisor, carriers), CENTRE)},
        "routes": list(_routes(carriers)),
    }


def supervisor(carrier: str) -> str:
    """Return the name of the channel to those above a carrier's dispatchers."""
    return f"{carrier}-supervisor"


def _routes(carriers: Iterable[str]) -> Iterable[Entry]:
    """Tell each carrier of its faults, its supervisor of what nobody took on, the centre of what is overdue."""
    for carrier in carriers:
        yield {"carrier": carrier, "kinds": list(TO_CARRIERS), "channels": [carrier]}
        yield {"carrier": carrier, "kinds": ["unacknowledged"], "channels": [supervisor(carrier)]}
    yield {"kinds": ["overdue", "alarms"], "channels": [CENTRE]}


def _policy(pace: Pace) -> Entry:
    return {
        "version": pace.version,
        "effective_from": "2026-01-01T00:00:00+08:00",
        "detection": {
            "interval": pace.interval,
            "fast_interval": pace.fast_interval,
            "packets": 3,
            "confirm_rounds": 3,
            "restore_rounds": 3,
            "stale_after": pace.stale_after,
        },
        "clock": {"limit": pace.limit, "observe_for": pace.observe_for, "repeat_within": pace.repeat_within},
        "incident": {"within": pace.within, "min_lines": 3, "min_share": "50%"},
        "reminders": {"fractions": [0.5, 0.75], "overdue_every": pace.overdue_every, "ack_target": pace.ack_target},
        "degradation": {"loss": "5%", "rtt_factor": 3, "for": pace.lasting},
        "flapping": {"relapses": 3, "within": pace.flaps_within},
    }


def _inventory(inventory: Inventory, *, agents: bool) -> Inventory:
    """Return the inventory; without agents no line names anything of SNMP."""
    if agents:
        return inventory
    lines = {line.id: replace(line, snmp=None, wan=None, interfaces=()) for line in inventory.lines.values()}
    return replace(inventory, lines=lines)


def _write(path: Path, content: Entry) -> None:
    """Write a YAML file in which each entry of a list stands on a line of its own, as a person would type it."""
    path.write_text("".join(_sections(content)), encoding="utf-8")


def _sections(content: Entry) -> Iterable[str]:
    for key, value in content.items():
        if isinstance(value, list):
            yield f"{key}:\n"
            yield from (f"  - {_flow(entry)}\n" for entry in value)
        else:
            yield f"{key}: {_flow(value)}\n"


def _flow(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("...\n").strip()
