"""What the kernel refuses to send: whose error it is, and how long a full queue is borne."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator

import pytest
from icmplib import ICMPv4Socket

from monitor.probing.echo_outcome import IcmpEvidence, IcmpKind, ProbeError
from monitor.probing.echo_socket import EchoSocket
from monitor.probing.echo_volley import Volley
from monitor.probing.icmp import V4
from tests.echo_engine import BEYOND, DEAD, EDGE, joined
from tests.netns import Namespace, Network


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


@pytest.fixture(params=[True, False], ids=["raw", "ping"])
def privileged(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def opened(namespace: Namespace, *, privileged: bool) -> EchoSocket:
    with namespace.entered():
        return EchoSocket(ICMPv4Socket(privileged=privileged), V4, wall=time.time, monotonic=time.monotonic, timeout=1)


def loaded(port: EchoSocket, addresses: list[str]) -> Volley:
    targets = [socket.inet_aton(address) for address in addresses]
    destinations = [(address, 0) for address in addresses]
    volley = Volley(targets, destinations, [0.0] * len(addresses), packets=1, gap=0)
    assert port.admit(volley)
    return volley


def test_an_error_about_one_target_is_not_taken_for_the_next_one_s(network: Network, privileged: bool) -> None:
    monitor, edge = joined(network)
    edge.forward()
    edge.ip("route", "add", "unreachable", "198.51.100.0/24")
    monitor.route("198.51.100.0/24", via=EDGE)
    port = opened(monitor, privileged=privileged)
    volley = loaded(port, [BEYOND, EDGE])
    assert port.send(volley, now=time.monotonic(), budget=1, patience=0) == 1
    poll = select.poll()
    poll.register(port.sock, 0)
    assert poll.poll(10_000) == [(port.sock.fileno(), select.POLLERR)]
    assert port.send(volley, now=time.monotonic(), budget=1, patience=0) == 1
    port.read(512)
    stats = port.stats
    port.close()
    assert volley.errors == {}
    assert volley.evidence == {0: (IcmpEvidence(kind=IcmpKind.UNREACHABLE, code=1, sender=EDGE),)}
    assert (stats.sent, stats.refused) == (2, 0)


def test_a_full_queue_is_waited_for_and_then_a_probe_error(network: Network, privileged: bool) -> None:
    monitor, _ = joined(network)
    port = opened(monitor, privileged=privileged)
    port.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    addresses = [DEAD] * 30  # nobody there tells its hardware address: the echoes stay in the send buffer
    volley = loaded(port, addresses)
    now = time.monotonic()
    tried = port.send(volley, now=now, budget=30, patience=60)
    assert 0 < tried < 30
    assert port.full
    assert volley.errors == {}
    assert port.send(volley, now=now, budget=30, patience=0) == 30 - tried
    outcomes = list(volley.outcomes(addresses, overflowed=False))
    stats = port.stats
    port.close()
    assert [outcome.sent for outcome in outcomes] == [1] * tried + [0] * (30 - tried)
    assert {outcome.error for outcome in outcomes[tried:]} == {ProbeError.BUFFER_FULL}
    assert not any(outcome.observed for outcome in outcomes[tried:])
    assert (stats.sent, stats.refused) == (tried, 30 - tried)


def test_many_dead_neighbours_do_not_keep_the_live_from_their_echoes(network: Network, privileged: bool) -> None:
    monitor, _ = joined(network)
    port = opened(monitor, privileged=privileged)
    dead = [f"192.0.2.{last}" for last in range(10, 240)]
    volley = loaded(port, [*dead * 3, EDGE])
    tried = port.send(volley, now=time.monotonic(), budget=1000, patience=60)
    poll = select.poll()
    poll.register(port.sock, select.POLLIN)
    assert poll.poll(10_000)
    port.read(512)
    port.close()
    assert tried == volley.count
    assert volley.rtts[-1] >= 0


def test_slots_of_volleys_in_flight_are_given_to_nobody_else(network: Network) -> None:
    port = opened(network.namespace("alone"), privileged=True)
    volleys = [loaded(port, ["127.0.0.1"] * 50_000) for _ in range(4)]
    held = [range(volley.first, volley.first + volley.count) for volley in volleys]
    more = Volley([b""] * 100_000, [()] * 100_000, [0.0] * 100_000, packets=1, gap=0)
    assert not port.admit(more)
    for volley in volleys:
        volley.retire()
    assert port.admit(more)
    port.close()
    for one, other in zip(sorted(held, key=min), sorted(held, key=min)[1:], strict=False):
        assert one.stop <= other.start
