"""The sample county with everything happening in it, watched by a real daemon that a real Prometheus scrapes.

The packets are real, in namespaces of their own; limits of hours last seconds, as in the lab. Each
step waits until Prometheus has scraped what the one before led to, so that nothing hangs on how fast the machine is.
"""

from __future__ import annotations

import re
import socket
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from monitor.cli import main
from monitor.faults.actions import Acknowledge, Action, Attribute, Maintain
from monitor.faults.terms import Party, Scope, Source
from monitor.lab.county import SEED, County, generate
from monitor.lab.damage import Damage
from monitor.lab.entering import enter_papers
from monitor.lab.folder import DATABASE, FAST, Folder, Listen
from monitor.lab.network import NoNetworkError
from monitor.lab.stage import Ground, end, launch
from monitor.store.inbox import Inbox
from tests.needs import lacking, need
from tests.prometheus.servers import Prometheus, prometheus, wait_until

PATIENCE = 120.0  # seconds for anything; the figures of the month are computed once a minute
PACE = replace(FAST, limit="10s", observe_for="30s", ack_target="5s", overdue_every="10s", snmp_interval="3s")
NODE = "unicom-east"
NOWHERE = "127.255.255.255"  # the kernel sends no echo to a broadcast address: nothing is known of this line
HOOKS = "127.0.0.1:8025"  # in the daemon's own network, where nobody else listens
RECEIVER = """
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()
host, port = sys.argv[1].split(":")
http.server.ThreadingHTTPServer((host, int(port)), Hook).serve_forever()
"""
CHANNELS = {"busy": 503, "gone": 410}  # one that is to be asked again, one that refuses


@dataclass(frozen=True, kw_only=True)
class Cast:
    """To which lines what happens."""

    overdue: str
    exempt: str
    acknowledged: str
    flapping: str
    repaired: str
    dark: str
    lossy: str
    maintained: str
    nowhere: str


ROLES = tuple(field.name for field in fields(Cast) if field.name != "nowhere")


class Watched:
    """The county's daemon and the Prometheus over it, which is asked how far things are."""

    def __init__(self, folder: Folder, ground: Ground, cast: Cast, running: Prometheus) -> None:
        self.cast, self.prometheus = cast, running
        self.names: set[str] = set()  # of every sample that was on the daemon's page, at first or in the end
        self._folder, self._ground = folder, ground

    def live(self) -> None:
        """Have everything happen, and wait until it was scraped."""
        cast = self.cast
        down = {cast.overdue, cast.exempt, cast.acknowledged}
        self._do(
            Maintain(at=_now(), by=Source.CENTRE, id="w1", scope=Scope.LINE, subject=cast.maintained,
                     begins_at=_now() + timedelta(seconds=30), ends_at=_now() + timedelta(hours=1))
        )  # fmt: skip
        self._strike(*down, cast.flapping, cast.repaired)
        self._wait("extranet_fault_open", *down, cast.flapping, cast.repaired)
        self._do(Acknowledge(at=_now(), by=Source.CENTRE, line=cast.acknowledged))
        self._do(Attribute(at=_now(), by=Source.CENTRE, line=cast.exempt, party=Party.UNIT))
        self._strike(*down)
        self._wait("extranet_line_up", cast.flapping, cast.repaired)
        self._strike(*down, cast.flapping)
        self._wait("extranet_fault_flapping", cast.flapping)
        self._wait("extranet_fault_overdue", cast.overdue)
        self._wait("extranet_line_degraded", cast.lossy)
        self._wait("extranet_line_maintenance", cast.maintained)
        for expr in (
            "extranet_faults_closed_total > 0",
            'extranet_month_faults{verdict="overdue"} > 0',
            "carrier:extranet_line_availability:mean > 0",
        ):
            wait_until(expr, lambda expr=expr: bool(self.prometheus.now(expr)), PATIENCE)  # type: ignore[misc]

    def _wait(self, name: str, *lines: str) -> None:
        """Wait until a sample of some lines is 1."""
        expr = f'{name}{{line=~"{"|".join(lines)}"}} == 1'
        wait_until(expr, lambda: len(self.prometheus.now(expr)) == len(lines), PATIENCE)

    def _do(self, action: Action) -> None:
        """Have an action done by the daemon, as an officer would."""
        with Inbox(f"sqlite:///{self._folder.path / DATABASE}") as inbox:
            inbox.put(uuid.uuid4().hex, action)

    def _strike(self, *cut: str) -> None:
        """Cut these lines and no others, beside what stays broken all along."""
        loss, dark = {self.cast.lossy: 0.4}, frozenset({self.cast.dark})
        self._ground.damage(Damage(cut=frozenset(cut), dark=dark, nodes=frozenset({NODE}), loss=loss))


@contextmanager
def watched(path: Path) -> Iterator[Watched]:
    """Lend the county when everything has happened in it and was scraped.

    Skips the test (in CI: fails it) where no network can be made.
    """
    need("nft", package="nftables")
    with ExitStack() as stack:
        folder = stack.enter_context(Folder(path / "lab", keep=False))
        ground = stack.enter_context(_ground(folder))
        sockets = {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in ("web", "metrics")}
        listen = {name: f"127.0.0.1:{each.getsockname()[1]}" for name, each in sockets.items()}
        county, cast = _county()
        folder.write(county, pace=PACE, listen=Listen(**listen), locale="zh_CN", agents=True)
        _configure(folder.path)
        inside = {"namespaces": ground.namespaces, "files": ground.files}
        stack.callback(end, launch(("-c", RECEIVER, HOOKS), {}, path / "hooks.log", **inside))  # type: ignore[arg-type]
        stack.callback(end, ground.start(folder, sockets))
        names = _names(listen["metrics"])  # among them since when it waits for its first backup
        _back_up(folder.path, path / "backups")
        enter_papers(county, folder.path, _now())
        (path / "prometheus").mkdir()
        # no page has longer than an interval to answer, and one that has not makes every series vanish until the next
        with prometheus(path / "prometheus", [listen["metrics"]], interval="2s") as running:
            found = Watched(folder, ground, cast, running)
            found.live()
            found.names = names | _names(listen["metrics"])
            yield found


def _names(address: str) -> set[str]:
    """Return the samples of the daemon's page; while it starts the request waits, for the socket listens already."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {sample.name for family in families for sample in family.samples}


def _back_up(folder: Path, into: Path) -> None:
    """Make a regular backup, as every night."""
    made = CliRunner().invoke(main, ["db", "backup", "--into", str(into), "--config", str(folder)])
    assert 0 == made.exit_code, made.output


def _ground(folder: Folder) -> Ground:
    try:
        return Ground(SEED, folder.community)
    except NoNetworkError as error:
        lacking("the right to make network namespaces", str(error))


def _county() -> tuple[County, Cast]:
    """Return the sample county with a line more, which leads nowhere; and who plays what."""
    county = generate(SEED)
    lines = county.inventory.lines
    names = [line.id for line in lines.values() if line.carrier == "mobile" and line.snmp]
    first = lines[names[0]]
    nowhere = replace(first, id="nowhere", address=NOWHERE, node=None, snmp=None, wan=None, interfaces=())
    inventory = replace(county.inventory, lines={**lines, nowhere.id: nowhere})
    return replace(county, inventory=inventory), Cast(**dict(zip(ROLES, names, strict=False)), nowhere=nowhere.id)


def _configure(folder: Path) -> None:
    """Let one relapse be flapping, and tell one carrier by two ways that do not take it."""
    policy, monitor = folder / "policy.yaml", folder / "monitor.yaml"
    policy.write_text(_put(policy, "relapses: 3", "relapses: 1"), encoding="utf-8")
    ways = "".join(f"{name}: {{kind: webhook, url: 'http://{HOOKS}/{code}'}}, " for name, code in CHANNELS.items())
    monitor.write_text(_put(monitor, "channels: {", f"channels: {{{ways}"), encoding="utf-8")
    route = f"routes:\n  - {{carrier: mobile, kinds: [opened], channels: [{', '.join(CHANNELS)}]}}\n"
    monitor.write_text(_put(monitor, "routes:\n", route), encoding="utf-8")


def _put(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert re.search(re.escape(old), text), f"{path} has no {old!r}"
    return text.replace(old, new, 1)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
