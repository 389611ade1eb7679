"""Five lines behind one aggregation node, and one beside it, in network namespaces with real agents."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.cli import main
from tests.daemon.county import COMMUNITY, METRICS, PATIENCE, WEB, Watched
from tests.needs import need
from tests.netns import Namespace, Network

LINES = ("L1", "L2", "L3", "L4", "L5")
BESIDE = "L6"
CORE, NODE = "198.51.100.1", "203.0.113.2"  # who answers at the first and the second hop

SETTINGS = f"""\
database: sqlite:///{{folder}}/monitor.db
locale: en
icmp: {{{{timeout: 1s}}}}
listen: {{{{web: 127.0.0.1:{WEB}, metrics: 127.0.0.1:{METRICS}}}}}
snmp:
  interval: 1s
  profiles: {{{{default: {{{{version: 2c, community: {{{{env: MONITOR_SNMP_COMMUNITY}}}}}}}}}}}}
"""
POLICY = """\
version: aggregation-1
detection: {interval: 2s, fast_interval: 1s, stale_after: 30s}
"""
INVENTORY = "\n".join(
    [
        "carriers: [{id: unicom, name: 联通}]",
        "nodes: [{id: east, carrier: unicom, name: East}]",
        "units:",
        *(f"  - {{id: u{n}, name: Unit {n}}}" for n in range(1, 7)),
        "lines:",
        *(
            f"  - {{id: L{n}, unit: u{n}, carrier: unicom, node: east, address: {edge}, snmp: default, wan: node}}"
            for n, edge in ((n, f"192.0.2.{4 * n + 2}") for n in range(1, 6))
        ),
        "  - {id: L6, unit: u6, carrier: unicom, address: 192.0.2.26}",
        f"references: [{{id: gateway, address: {CORE}}}]",
    ]
)
AGENT = """\
agentaddress udp:{address}:161
rocommunity {community}
sysName {name}
"""


@dataclass(kw_only=True)
class Aggregation(Watched):
    """``monitor`` - ``core`` - ``node`` - ``edges`` L1 to L5; L6 ends at an edge of the core, which is the reference.

    The way to an edge has three hops: core, node, edge.
    """

    core: Namespace
    node: Namespace
    edges: dict[str, Namespace]
    agents: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def cut(self, where: str) -> None:
        """Cut the line between the node and an edge on the node's side, or between core and node (``node``)."""
        side = self.core if where == "node" else self.node
        side.link(where, up=False)

    def mend(self, where: str) -> None:
        """Mend it again, with the routes that went with it."""
        if where == "node":
            self.core.link("node", up=True)
            self.core.route("192.0.2.0/28", via=NODE)
            self.core.route("192.0.2.16/29", via=NODE)
        else:
            self.node.link(where, up=True)

    def power(self, line: str, *, on: bool) -> None:
        """Take the power from an edge device, agent and interface at once, or give it back: the agent starts anew."""
        edge = self.edges[line]
        edge.link("node", up=on)
        if on:
            edge.route("default", via=_gateway(line))
            self.start_agent(line)
        else:
            agent = self.agents.pop(line)
            agent.kill()
            agent.wait()

    def start_agent(self, line: str) -> None:
        """Let Debian's snmpd answer at an edge. It remembers how often it was started, as a device does."""
        snmpd, folder = need("snmpd"), self.folder / f"agent-{line}"
        folder.mkdir(exist_ok=True)
        text, kept = AGENT.format(address=_address(line), community=COMMUNITY, name=line), folder / "remembered"
        (folder / "snmpd.conf").write_text(text, encoding="utf-8")
        self.agents[line] = self.edges[line].start(
            *(snmpd, "-f", "-Lf", str(folder / "log"), "-I", "-smux"),
            env={"SNMPCONFPATH": f"{folder}:{kept}", "SNMP_PERSISTENT_DIR": str(kept), "MIBS": ""},
        )

    def lose(self, line: str, percent: int) -> None:
        """Let the node drop so many of a hundred packets to a line, at random."""
        nft = need("nft", package="nftables")
        rules = (
            "add table ip loss",
            "add chain ip loss way { type filter hook forward priority 0; }",
            f"add rule ip loss way ip daddr {_address(line)} numgen random mod 100 < {percent} drop",
        )
        self.node.run(nft, "; ".join(rules))

    def lose_nothing(self) -> None:
        """Let the node forward everything again."""
        self.node.run(need("nft", package="nftables"), "delete table ip loss")

    def sample(self, name: str, line: str) -> float | None:
        """Return a sample of a line on the metrics page, None where it is not there."""
        return self.page().get(f"extranet_{name} {line}")

    def until_sample(self, name: str, value: float, *lines: str, patience: float = PATIENCE) -> None:
        """Wait until a sample has a value for each of some lines, ``patience`` seconds at most."""
        wanted = {f"extranet_{name} {line}": value for line in lines}
        self.until(lambda: wanted.items() <= self.page().items(), f"{wanted}", patience=patience)

    def told(self, *arguments: str) -> str:
        """Call a command over the county's folder; return what it says on a wide terminal."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.folder)], env={"COLUMNS": "240"})
        assert result.exit_code == 0, result.output
        return result.output

    def story(self, line: str) -> dict[str, Any]:
        """Return what ``fault show --json`` says of a line's latest fault."""
        no = max(fault.no for fault in self.faults() if fault.line == line)
        found: dict[str, Any] = json.loads(self.told("fault", "show", no, "--json"))
        return found


def _number(line: str) -> int:
    return int(line.removeprefix("L"))


def _address(line: str) -> str:
    return f"192.0.2.{4 * _number(line) + 2}"


def _gateway(line: str) -> str:
    return f"192.0.2.{4 * _number(line) + 1}"


@contextmanager
def aggregation(folder: Path, policy: str = POLICY) -> Iterator[Aggregation]:
    """Make the county, every agent running; at the end the daemon is ended and every namespace removed."""
    with Network() as network:
        monitor, core, node = (network.namespace(name) for name in ("monitor", "core", "node"))
        made = Aggregation(
            folder=folder,
            monitor=monitor,
            core=core,
            node=node,
            edges={line: network.namespace(line) for line in (*LINES, BESIDE)},
        )
        network.join(monitor, "198.51.100.2/30", core, f"{CORE}/30")
        network.join(core, "203.0.113.1/30", node, f"{NODE}/30")
        for router in (core, node):
            router.forward()
            router.sysctl("net.ipv4.icmp_ratelimit", "0")  # else the echoes of a second use up what a trace needs
        for line, edge in made.edges.items():
            network.join(core if line == BESIDE else node, f"{_gateway(line)}/30", edge, f"{_address(line)}/30")
            edge.route("default", via=_gateway(line))
        monitor.route("192.0.2.0/24", via=CORE)
        node.route("198.51.100.0/30", via="203.0.113.1")
        core.route("192.0.2.0/28", via=NODE)
        core.route("192.0.2.16/29", via=NODE)
        for line in LINES:
            made.start_agent(line)
        for name, text in (("monitor", SETTINGS.format(folder=folder)), ("policy", policy), ("inventory", INVENTORY)):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.kill()
