"""The county's network in namespaces: the process that makes it holds it, and its end is the network's end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.lab.county import County
from monitor.lab.damage import NONE, Damage
from monitor.lab.namespaces import inside, leave_for_own_network, new_network
from monitor.lab.plan import EDGES, Plan

SYSTEM_PLACES = "/usr/sbin:/sbin:/usr/bin:/bin"
PATIENCE = 10  # seconds for one run of ip or nft
CURES = (
    "run it as root, or permit user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1, "
    "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0; in a container, its seccomp profile)"
)


class NoNetworkError(Exception):
    """This machine permits no network of one's own; the message says why and names the cure."""


class Network:
    """Every station a namespace. Make it in a process of its own with one thread: the process moves into it.

    Raises:
        NoNetworkError: on making it, where the machine does not permit it or a program is missing.
    """

    def __init__(self, county: County) -> None:
        """Make the whole network, undamaged."""
        self._plan = Plan(county)
        self._ip = _program("ip", package="iproute2")
        self._nft = _found("nft")
        self._damage = NONE
        try:
            leave_for_own_network()
            self._held = {name: new_network() for name in self._plan.names}
            self._prepare()
            self._connect()
            self._tell(self._plan.setup())
        except OSError as error:
            raise NoNetworkError(f"no network namespace may be made here ({error}): {CURES}") from error

    @property
    def monitor(self) -> int:
        """The open file that holds the monitor's namespace."""
        return self._held["monitor"]

    @property
    def edges(self) -> int:
        """The open file that holds the namespace of all edge devices."""
        return self._held[EDGES]

    @property
    def can_lose(self) -> bool:
        """Whether packets of a line can be lost at random, for which ``nft`` is needed."""
        return self._nft is not None

    def damage(self, damage: Damage) -> None:
        """Break and repair until exactly this damage is left; loss is left out where there is no ``nft``.

        Raises:
            NoNetworkError: ``ip`` or ``nft`` refused.
        """
        change = self._plan.change(self._damage, damage)
        self._tell(change.ip)
        if self._nft is not None:
            for station, rules in change.nft.items():
                self._run(station, [self._nft, "-f", "-"], rules)
        self._damage = damage

    def _prepare(self) -> None:
        """Let the routers forward, and keep IPv6's chatter off the links to come."""
        for name in self._plan.names:
            with inside(self._held[name]):
                if name in self._plan.routers:
                    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")
                quiet = Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")
                if quiet.exists():
                    quiet.write_text("1", encoding="ascii")

    def _connect(self) -> None:
        """Lay every link, its ends born in the namespaces they belong to."""
        lines = [
            f"link add {above} netns {self._path(upper)} type veth peer name {below} netns {self._path(lower)}"
            for upper, above, lower, below in self._plan.links()
        ]
        self._run(EDGES, [self._ip, "-batch", "-"], "\n".join(lines) + "\n")

    def _path(self, station: str) -> str:
        return f"/proc/self/fd/{self._held[station]}"

    def _tell(self, told: Mapping[str, Sequence[str]]) -> None:
        for station, lines in told.items():
            self._run(station, [self._ip, "-batch", "-"], "\n".join(lines) + "\n")

    def _run(self, station: str, command: Sequence[str], told: str) -> None:
        with inside(self._held[station]):
            done = subprocess.run(  # noqa: S603 - ip and nft with our own plan
                command,
                input=told,
                text=True,
                capture_output=True,
                timeout=PATIENCE,
                check=False,
                pass_fds=tuple(self._held.values()),
            )
        if done.returncode != 0:
            said = " ".join(done.stderr.split())
            raise NoNetworkError(f"{Path(command[0]).name} in {station} failed: {said}: {CURES}")


def _program(name: str, *, package: str) -> str:
    path = _found(name)
    if path is None:
        raise NoNetworkError(f"the program {name} is missing: apt install {package}")
    return path


def _found(name: str) -> str | None:
    """Find a system program also where an ordinary user's path does not lead."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), SYSTEM_PLACES)))
