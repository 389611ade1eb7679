"""Networks of a test's own: Linux network namespaces joined by veth pairs, so that no packet leaves the machine.

::

    with Network() as network:
        monitor, edge = network.namespace("monitor"), network.namespace("edge")
        network.join(monitor, "192.0.2.1/24", edge, "192.0.2.2/24")
        with monitor.entered():
            ...  # sockets opened and processes started here belong to the namespace
        edge.link("monitor", up=False)

Everything is removed at the end, and the processes started by `Namespace.start` are ended.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.needs import need, need_root

_CLONE_NEWNET = 0x40000000
_NAMED = Path("/run/netns")  # where `ip netns` keeps them
_libc = ctypes.CDLL(None, use_errno=True)
_serial = itertools.count(1)


class Namespace:
    """One network namespace. An interface in it bears the name of the namespace that it leads to."""

    def __init__(self, name: str) -> None:
        """Make the namespace, with its loopback up; ``name`` is its name within the test."""
        self.name = name
        self.full_name = f"test-{os.getpid()}-{next(_serial)}-{name}"
        self._started: list[subprocess.Popen[bytes]] = []
        _ip("netns", "add", self.full_name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments: str) -> str:
        """Run ``ip`` for this namespace and return what it prints."""
        return _ip("-netns", self.full_name, *arguments)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in this namespace to its end."""
        with self.entered():
            return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60)

    def start(self, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a process in this namespace; it is ended with the network, if not before."""
        with self.entered():
            process = subprocess.Popen(command, env=env)
        self._started.append(process)
        return process

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread into this namespace for the length of a ``with``; open sockets stay where they were.

        No other coroutine should run meanwhile: keep awaits out of it, but for such as open sockets at once.
        """
        with Path("/proc/thread-self/ns/net").open() as before, (_NAMED / self.full_name).open() as inside:
            _enter(inside.fileno())
            try:
                yield
            finally:
                _enter(before.fileno())

    def sysctl(self, key: str, value: str) -> None:
        """Set a ``net.`` sysctl of this namespace, as ``net.ipv4.ping_group_range``."""
        with self.entered():
            Path("/proc/sys", *key.split(".")).write_text(value)

    def forward(self) -> None:
        """Make this namespace a router."""
        self.sysctl("net.ipv4.ip_forward", "1")
        self.sysctl("net.ipv6.conf.all.forwarding", "1")

    def route(self, destination: str, *, via: str) -> None:
        """Add a route, as ``default`` or ``198.51.100.0/24``."""
        self.ip("route", "add", destination, "via", via)

    def address(self, address: str, *, towards: str) -> None:
        """Add an address with prefix length, IPv4 or IPv6, and wait until this namespace answers for it.

        The kernel takes an IPv6 address at once, but makes the route to it in a worker, later on a busy machine.
        """
        if ":" not in address:
            self.ip("address", "add", address, "dev", towards)
            return
        self.ip("address", "add", address, "dev", towards, "nodad")
        until = time.monotonic() + 30
        while not self.ip("-6", "route", "show", "table", "local", address.partition("/")[0], "dev", towards):
            if time.monotonic() > until:
                raise RuntimeError(f"{address} has no route in {self.full_name}")
            time.sleep(0.001)

    def link(self, towards: str, *, up: bool) -> None:
        """Bring the interface towards another namespace up or down."""
        self.ip("link", "set", towards, "up" if up else "down")

    def remove(self) -> None:
        """End the processes started here and remove the namespace with its interfaces."""
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        _ip("netns", "delete", self.full_name)


class Network:
    """The namespaces of one test; needs root and ``ip``."""

    def __init__(self) -> None:
        """Begin with no namespace."""
        self._namespaces: list[Namespace] = []
        self._cables: set[frozenset[str]] = set()

    def __enter__(self) -> Self:
        """Make sure that namespaces can be made."""
        need_root("network namespaces are made with it")
        need("ip", package="iproute2")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove every namespace."""
        for namespace in self._namespaces:
            namespace.remove()

    def namespace(self, name: str) -> Namespace:
        """Make a namespace."""
        made = Namespace(name)
        self._namespaces.append(made)
        return made

    def join(self, one: Namespace, one_address: str, other: Namespace, other_address: str) -> None:
        """Join two namespaces by a cable; addresses with prefix length, IPv4 or IPv6. Each end bears the other's name.

        Called again for the same two, it adds addresses to the cable.
        """
        if frozenset((one.name, other.name)) not in self._cables:
            self._cables.add(frozenset((one.name, other.name)))
            one.ip("link", "add", other.name, "type", "veth", "peer", "name", one.name, "netns", other.full_name)
            one.link(other.name, up=True)
            other.link(one.name, up=True)
        one.address(one_address, towards=other.name)
        other.address(other_address, towards=one.name)


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False, timeout=30)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, f"cannot enter the network namespace: {os.strerror(number)}")
