"""A path is traced hop by hop through real routers, and says how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.probing.path import trace
from tests.netns import Namespace, Network


@pytest.fixture
def way() -> Iterator[tuple[Namespace, Namespace, Namespace]]:
    """``monitor`` - ``router`` - ``edge``."""
    with Network() as network:
        monitor, router, edge = (network.namespace(name) for name in ("monitor", "router", "edge"))
        network.join(monitor, "198.51.100.2/30", router, "198.51.100.1/30")
        network.join(router, "192.0.2.1/30", edge, "192.0.2.2/30")
        router.forward()
        edge.route("default", via="192.0.2.1")
        monitor.route("192.0.2.0/24", via="198.51.100.1")
        yield monitor, router, edge


def traced(monitor: Namespace, *, timeout: float = 10) -> list[tuple[str | None, bool, bool]]:
    with monitor.entered():
        return [(hop.address, hop.reached, hop.refused) for hop in trace("192.0.2.2", timeout=timeout)]


def test_a_path_that_is_whole_ends_at_its_target(way: tuple[Namespace, Namespace, Namespace]) -> None:
    assert [("198.51.100.1", False, False), ("192.0.2.2", True, False)] == traced(way[0])


def test_a_router_that_says_unreachable_is_not_the_target(way: tuple[Namespace, Namespace, Namespace]) -> None:
    """Its link down, the router has no route, and says so: the path ends there, and the target was not reached."""
    monitor, router, _ = way
    router.link("edge", up=False)
    assert [("198.51.100.1", False, True)] == traced(monitor)


def test_a_path_whose_end_is_silent_is_given_up_after_three_hops(way: tuple[Namespace, Namespace, Namespace]) -> None:
    monitor, _, edge = way
    edge.run("sysctl", "-q", "-w", "net.ipv4.icmp_echo_ignore_all=1")
    assert [("198.51.100.1", False, False), *[(None, False, False)] * 3] == traced(monitor, timeout=0.5)
