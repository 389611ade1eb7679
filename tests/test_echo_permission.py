"""The right to an ICMP socket: raw, else ping, else the exact cures (capabilities(7), icmp(7))."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.needs import need
from tests.netns import Namespace, Network

MEASURE = """
import asyncio, json, sys
from monitor.probing.echo import EchoEngine, EchoSocketUnavailable

async def measured(privileged):
    async with EchoEngine(privileged=privileged, timeout=5) as engine:
        echoes = await engine.measure(["127.0.0.1", "::1"], packets=2, gap=0)
        return {"sockets": engine.sockets, "received": [each.received for each in echoes]}

try:
    print(json.dumps(asyncio.run(measured(json.loads(sys.argv[1])))))
except EchoSocketUnavailable as error:
    print(json.dumps({"error": str(error)}))
"""


@pytest.fixture
def alone() -> Iterator[Namespace]:
    with Network() as network:
        yield network.namespace("alone")


def without_rights(namespace: Namespace, privileged: str | bool) -> dict[str, Any]:
    """Measure in a process that has neither CAP_NET_RAW nor CAP_NET_ADMIN."""
    drop = (need("setpriv", package="util-linux"), "--bounding-set=-net_raw,-net_admin", "--inh-caps=-all")
    done = namespace.run(*drop, sys.executable, "-c", MEASURE, json.dumps(privileged))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_auto_falls_back_to_ping_sockets(alone: Namespace) -> None:
    alone.sysctl("net.ipv4.ping_group_range", f"{os.getegid()} {os.getegid()}")
    assert without_rights(alone, "auto") == {"sockets": ["IPv4 ping", "IPv6 ping"], "received": [2, 2]}


def test_neither_socket_permitted_names_every_cure(alone: Namespace) -> None:
    alone.sysctl("net.ipv4.ping_group_range", "1 0")
    error = without_rights(alone, "auto")["error"]
    assert f"sudo setcap cap_net_raw+ep {Path(sys.executable).resolve()}" in error
    assert "AmbientCapabilities=CAP_NET_RAW" in error
    assert f'sudo sysctl -w net.ipv4.ping_group_range="{os.getegid()} {os.getegid()}"' in error
    assert "\n" not in error


def test_the_cure_keeps_the_groups_that_are_permitted_already(alone: Namespace) -> None:
    alone.sysctl("net.ipv4.ping_group_range", "100 200")
    assert f'ping_group_range="{os.getegid()} 200"' in without_rights(alone, "auto")["error"]


def test_raw_only_is_told_the_cure_of_raw_sockets(alone: Namespace) -> None:
    alone.sysctl("net.ipv4.ping_group_range", f"{os.getegid()} {os.getegid()}")
    error = without_rights(alone, True)["error"]
    assert "icmp.privileged is true" in error
    assert "setcap cap_net_raw+ep" in error
    assert "ping_group_range" not in error


def test_ping_only_is_told_the_cure_of_ping_sockets(alone: Namespace) -> None:
    alone.sysctl("net.ipv4.ping_group_range", "1 0")
    error = without_rights(alone, False)["error"]
    assert "icmp.privileged is false" in error
    assert "ping_group_range" in error
    assert "setcap" not in error
