"""Which replies count: the right source, id, sequence and cookie, in time, once (pitfalls of measuring by echoes)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from icmplib import ICMPv4Socket

from monitor.probing.echo import ProbeError
from monitor.probing.echo_socket import EchoSocket
from monitor.probing.echo_volley import Volley
from monitor.probing.icmp import V4
from tests.echo_engine import EDGE, EDGE6, HERE, HERE6, joined, opened, summary, until
from tests.echo_responder import Responder
from tests.netns import Namespace, Network

OTHER, OTHER6 = "192.0.2.3", "2001:db8::3"
WAYS = [(True, 4), (False, 4), (True, 6), (False, 6)]


class Wire(SimpleNamespace):
    """One family of the network between monitor and edge: addresses of the two, another of the edge's, the family."""

    monitor: Namespace
    edge: Namespace
    privileged: bool
    here: str
    there: str
    other: str
    family: socket.AddressFamily


@pytest.fixture(params=WAYS, ids=["raw-IPv4", "ping-IPv4", "raw-IPv6", "ping-IPv6"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    privileged, version = request.param
    with Network() as network:
        monitor, edge = joined(network)
        edge.address(f"{OTHER}/24", towards="monitor")
        edge.address(f"{OTHER6}/64", towards="monitor")
        addresses = (HERE, EDGE, OTHER) if version == 4 else (HERE6, EDGE6, OTHER6)
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        here, there, other = addresses
        yield Wire(
            monitor=monitor, edge=edge, privileged=privileged, here=here, there=there, other=other, family=family
        )


async def test_the_right_reply_makes_a_target_live(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged)

    def heard(request: bytes) -> None:
        responder.answer(request, to=wire.here, source=wire.there)

    with Responder(wire.edge, heard, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=2, gap=0.001)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 2, 2, None)
    assert (stats.foreign, stats.duplicates, stats.late) == (0, 0, 0)


async def test_a_reply_from_another_source_does_not_make_a_dead_target_live(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged)

    def heard(request: bytes) -> None:
        responder.answer(request, to=wire.here, source=wire.other)

    with Responder(wire.edge, heard, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=2, gap=0.001)
        await until(lambda: engine.stats.foreign == 2)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 2, 0, None)
    assert (stats.received, stats.foreign) == (0, 2)


async def test_a_reply_with_a_wrong_cookie_does_not_make_a_dead_target_live(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged)

    def heard(request: bytes) -> None:
        almost = request[8:15] + bytes([request[15] ^ 1])
        responder.answer(request, to=wire.here, source=wire.there, cookie=almost)
        responder.answer(request, to=wire.here, source=wire.there, cookie=bytes(8))

    with Responder(wire.edge, heard, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=2, gap=0.001)
        await until(lambda: engine.stats.foreign == 4)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 2, 0, None)
    assert (stats.received, stats.foreign) == (0, 4)


async def test_a_reply_cut_short_of_its_cookie_does_not_count(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged)

    def heard(request: bytes) -> None:
        responder.answer(request[:12], to=wire.here, source=wire.there)

    with Responder(wire.edge, heard, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=2, gap=0.001)
        await until(lambda: engine.stats.foreign == 2)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 2, 0, None)
    assert (stats.received, stats.foreign) == (0, 2)


async def test_a_second_reply_is_a_duplicate_and_counts_once(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged)

    def heard(request: bytes) -> None:
        for _ in range(3):
            responder.answer(request, to=wire.here, source=wire.there)

    with Responder(wire.edge, heard, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=1)
        await until(lambda: engine.stats.duplicates == 2)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 1, 1, None)
    assert (stats.received, stats.foreign, stats.late) == (1, 0, 0)


async def test_a_reply_after_the_end_is_late_and_changes_nothing(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged, patience=0.05)
    requests: list[bytes] = []
    with Responder(wire.edge, requests.append, family=wire.family) as responder:
        (echoes,) = await engine.measure([wire.there], packets=1)
        await until(lambda: requests)
        responder.answer(requests[0], to=wire.here, source=wire.there)
        await until(lambda: engine.stats.late)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 1, 0, None)
    assert (stats.received, stats.late, stats.duplicates) == (0, 1, 0)


async def test_a_reply_beyond_the_timeout_is_late_even_while_later_echoes_are_awaited(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged, patience=0.2)
    requests: list[bytes] = []
    with Responder(wire.edge, requests.append, family=wire.family) as responder:
        measuring = asyncio.create_task(engine.measure([wire.there], packets=2, gap=0.3))
        await until(lambda: len(requests) == 2)
        responder.answer(requests[0], to=wire.here, source=wire.there)
        (echoes,) = await measuring
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (wire.there, 2, 0, None)
    assert (stats.received, stats.late) == (0, 1)


@pytest.mark.parametrize("step", [3600.0, -3600.0, 0.25, -0.25])
async def test_a_step_of_the_wall_clock_does_not_spoil_the_round_trip_time(wire: Wire, step: float) -> None:
    ahead = 0.0

    def heard(request: bytes) -> None:
        nonlocal ahead
        ahead = step
        responder.answer(request, to=wire.here, source=wire.there)

    engine = await opened(wire.monitor, privileged=wire.privileged, patience=5, wall=lambda: time.time() + ahead)
    with Responder(wire.edge, heard, family=wire.family) as responder:
        begun = time.monotonic()
        (echoes,) = await engine.measure([wire.there], packets=1)
        lasted = time.monotonic() - begun
    await engine.close()
    assert echoes.received == 1
    assert 0 < echoes.rtts[0] <= lasted


async def test_the_kernel_s_stamp_leaves_out_how_long_the_loop_was_busy(wire: Wire) -> None:
    engine = await opened(wire.monitor, privileged=wire.privileged, patience=5)
    requests: list[bytes] = []
    with Responder(wire.edge, requests.append, family=wire.family) as responder:
        measuring = asyncio.create_task(engine.measure([wire.there], packets=1))
        await until(lambda: requests)
        responder.answer(requests[0], to=wire.here, source=wire.there)
        answered = time.monotonic()
        while time.monotonic() < answered + 0.5:
            pass  # hold the loop up: the reply lies in the socket
        (echoes,) = await measuring
    assert echoes.at is not None
    assert time.time() - echoes.at - echoes.rtts[0] >= 0.5
    await engine.close()


def test_replies_dropped_for_want_of_room_make_a_probe_error_not_a_bad_round() -> None:
    with Network() as network:
        alone = network.namespace("alone")
        with alone.entered():
            opened_socket = ICMPv4Socket()
        port = EchoSocket(opened_socket, V4, wall=time.time, monotonic=time.monotonic, timeout=1)
        port.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        addresses = [f"127.0.0.{last}" for last in range(1, 101)]
        volley = Volley(
            [socket.inet_aton(address) for address in addresses],
            [(address, 0) for address in addresses],
            [0.0] * 100,
            packets=1,
            gap=0,
        )
        assert port.admit(volley)
        assert port.send(volley, now=time.monotonic(), budget=100, patience=0) == 100
        assert port.read(512)
        assert volley.unsettled > 0
        assert port.drops() - volley.drops >= volley.unsettled  # some kernels count a dropped packet twice
        outcomes = list(volley.outcomes(addresses, overflowed=True))
        port.close()
    assert {outcome.error for outcome in outcomes if not outcome.received} == {ProbeError.UNREADABLE}
    assert {outcome.error for outcome in outcomes if outcome.received} == {None}
    assert all(outcome.observed == bool(outcome.received) for outcome in outcomes)
