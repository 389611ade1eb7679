"""ICMP echoes to addresses in networks of the test's own (section 1 of the fault rules: what a round sees)."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.probing.echo import EchoEngineClosed, IcmpEvidence, IcmpKind, ProbeError
from tests.echo_engine import BEYOND, DEAD, EDGE, EDGE6, HERE, HERE6, NOWHERE, joined, opened, summary, until
from tests.netns import Namespace, Network


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


@pytest.fixture
def monitor(network: Network) -> Namespace:
    return joined(network)[0]


@pytest.fixture(params=[True, False], ids=["raw", "ping"])
def privileged(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def test_live_addresses_of_both_families_answer_in_the_order_asked(monitor: Namespace, privileged: bool) -> None:
    engine = await opened(monitor, privileged=privileged)
    measured = await engine.measure([EDGE6, EDGE, "127.0.0.1", "::1"], packets=3, gap=0.001)
    await engine.close()
    assert [(address, 3, 3, None) for address in (EDGE6, EDGE, "127.0.0.1", "::1")] == [*map(summary, measured)]
    for echoes in measured:
        assert all(0 <= rtt < 0.5 for rtt in echoes.rtts)
        assert echoes.at is not None
        assert echoes.observed


async def test_which_sockets_are_open_is_told(monitor: Namespace, privileged: bool) -> None:
    engine = await opened(monitor, privileged=privileged)
    kind = "raw" if privileged else "ping"
    assert engine.sockets == (f"IPv4 {kind}", f"IPv6 {kind}")
    await engine.close()


async def test_auto_takes_the_raw_socket_where_both_are_permitted(monitor: Namespace) -> None:
    engine = await opened(monitor)
    assert engine.sockets == ("IPv4 raw", "IPv6 raw")
    await engine.close()


async def test_a_dead_address_is_a_bad_round_and_not_a_probe_error(network: Network, privileged: bool) -> None:
    monitor, edge = joined(network)
    edge.sysctl("net.ipv4.icmp_echo_ignore_all", "1")
    engine = await opened(monitor, privileged=privileged, patience=0.2)
    (dead,) = await engine.measure([EDGE], packets=3, gap=0.001)
    await engine.close()
    assert summary(dead) == (EDGE, 3, 0, None)
    assert dead.observed
    assert dead.at is not None
    assert dead.evidence == ()


async def test_calls_in_flight_at_once_do_not_mix_even_for_one_address(monitor: Namespace, privileged: bool) -> None:
    engine = await opened(monitor, privileged=privileged, patience=0.2)
    calls = [engine.measure([EDGE, DEAD, EDGE], packets=packets, gap=0.01, spread=0.02) for packets in (1, 2, 3)]
    results = await asyncio.gather(*calls)
    stats = engine.stats
    await engine.close()
    for packets, measured in enumerate(results, 1):
        assert [summary(echoes) for echoes in measured] == [
            (EDGE, packets, packets, None),
            (DEAD, packets, 0, None),
            (EDGE, packets, packets, None),
        ]
    assert (stats.sent, stats.received) == (18, 12)
    assert (stats.foreign, stats.duplicates, stats.late) == (0, 0, 0)


async def test_twenty_thousand_unanswered_targets_and_a_call_that_waits_for_room(
    network: Network, privileged: bool
) -> None:
    silent = network.namespace("silent")
    silent.sysctl("net.ipv4.icmp_echo_ignore_all", "1")
    silent.sysctl("net.ipv4.ping_group_range", "0 0")
    addresses = [f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}" for number in range(20_000)]
    engine = await opened(silent, privileged=privileged, patience=0.2)
    both = await asyncio.gather(
        engine.measure(addresses, packets=3, gap=0), engine.measure(addresses[:4000], packets=3, gap=0)
    )
    stats = engine.stats
    await engine.close()
    assert all(echoes.sent == 3 and not echoes.received and echoes.observed for part in both for echoes in part)
    assert stats.sent == 3 * 24_000
    assert stats.overflows == 0


async def test_more_echoes_than_sequence_numbers_are_refused_with_the_cure(monitor: Namespace) -> None:
    engine = await opened(monitor, privileged=False)
    with pytest.raises(ValueError, match="70000 echoes in one call, at most 65536 are possible: measure in parts"):
        await engine.measure([EDGE] * 70_000, packets=1)
    await engine.close()


async def test_nothing_lost_when_a_large_burst_is_answered_at_once(monitor: Namespace, privileged: bool) -> None:
    engine = await opened(monitor, privileged=privileged)
    measured = await engine.measure([EDGE, EDGE6] * 2000, packets=3, gap=0)
    stats = engine.stats
    await engine.close()
    assert {(echoes.sent, echoes.received) for echoes in measured} == {(3, 3)}
    assert (stats.sent, stats.received, stats.overflows) == (12_000, 12_000, 0)


async def test_a_target_without_a_route_is_a_probe_error(monitor: Namespace, privileged: bool) -> None:
    monitor.ip("route", "add", "blackhole", "203.0.113.64/26")
    monitor.ip("route", "add", "prohibit", "203.0.113.128/26")
    engine = await opened(monitor, privileged=privileged)
    measured = await engine.measure([NOWHERE, EDGE, "203.0.113.65", "203.0.113.129", "2001:db8:9::1"], gap=0.001)
    stats = engine.stats
    await engine.close()
    assert [summary(echoes) for echoes in measured] == [
        (NOWHERE, 0, 0, ProbeError.NO_ROUTE),
        (EDGE, 3, 3, None),
        ("203.0.113.65", 0, 0, ProbeError.NO_ROUTE),
        ("203.0.113.129", 0, 0, ProbeError.NO_PERMISSION),
        ("2001:db8:9::1", 0, 0, ProbeError.NO_ROUTE),
    ]
    assert [echoes.observed for echoes in measured] == [False, True, False, False, False]
    assert [echoes.at is None for echoes in measured] == [True, False, True, True, True]
    assert stats.refused == 12


async def test_a_route_lost_between_echoes_leaves_what_was_sent(monitor: Namespace, privileged: bool) -> None:
    monitor.route("198.51.100.0/24", via=DEAD)
    engine = await opened(monitor, privileged=privileged, patience=0.3)
    measuring = asyncio.create_task(engine.measure([BEYOND], packets=3, gap=0.2))
    await until(lambda: engine.stats.sent)
    monitor.ip("route", "delete", "198.51.100.0/24")
    (partial,) = await measuring
    await engine.close()
    assert summary(partial) == (BEYOND, 1, 0, ProbeError.NO_ROUTE)
    assert partial.observed


async def test_unreachable_is_evidence_and_does_not_harm_the_next_target(network: Network, privileged: bool) -> None:
    monitor, router = network.namespace("monitor"), network.namespace("router")
    network.join(monitor, f"{HERE}/24", router, f"{EDGE}/24")
    network.join(monitor, f"{HERE6}/64", router, f"{EDGE6}/64")
    router.forward()
    monitor.sysctl("net.ipv4.ping_group_range", "0 0")
    router.sysctl("net.ipv4.icmp_ratelimit", "0")
    router.sysctl("net.ipv6.icmp.ratelimit", "0")
    for route, via in (("198.51.100.0/24", EDGE), ("2001:db8:9::/64", EDGE6)):
        router.ip("route", "add", "unreachable", route)
        monitor.route(route, via=via)
    engine = await opened(monitor, privileged=privileged, patience=20)
    measured = await engine.measure([BEYOND, EDGE, EDGE, "2001:db8:9::1", EDGE6], packets=3, gap=0.05)
    stats = engine.stats
    await engine.close()
    assert [summary(echoes) for echoes in measured] == [
        (BEYOND, 3, 0, None),
        (EDGE, 3, 3, None),
        (EDGE, 3, 3, None),
        ("2001:db8:9::1", 3, 0, None),
        (EDGE6, 3, 3, None),
    ]
    assert measured[0].evidence == (IcmpEvidence(kind=IcmpKind.UNREACHABLE, code=1, sender=EDGE),)
    assert measured[3].evidence == (IcmpEvidence(kind=IcmpKind.UNREACHABLE, code=0, sender=EDGE6),)
    assert measured[0].observed
    assert measured[1].evidence == ()
    assert (stats.icmp_errors, stats.foreign_errors) == (6, 0)


async def test_an_exceeded_time_to_live_is_evidence_naming_the_router(network: Network, privileged: bool) -> None:
    monitor, router, edge = (network.namespace(name) for name in ("monitor", "router", "edge"))
    network.join(monitor, f"{HERE}/24", router, f"{EDGE}/24")
    network.join(router, "198.51.100.1/24", edge, f"{BEYOND}/24")
    router.forward()
    monitor.route("default", via=EDGE)
    monitor.sysctl("net.ipv4.ping_group_range", "0 0")
    monitor.sysctl("net.ipv4.ip_default_ttl", "1")
    engine = await opened(monitor, privileged=privileged, patience=20)
    (echoes,) = await engine.measure([BEYOND], packets=2, gap=0.01)
    await engine.close()
    assert summary(echoes) == (BEYOND, 2, 0, None)
    assert echoes.evidence == (IcmpEvidence(kind=IcmpKind.TIME_EXCEEDED, code=0, sender=EDGE),)


async def test_errors_about_a_stranger_s_echoes_are_nobody_s_evidence(network: Network) -> None:
    monitor, router = network.namespace("monitor"), network.namespace("router")
    network.join(monitor, f"{HERE}/24", router, f"{EDGE}/24")
    router.ip("route", "add", "unreachable", "198.51.100.0/24")
    router.forward()
    monitor.route("198.51.100.0/24", via=EDGE)
    engine = await opened(monitor, privileged=True)
    with monitor.entered(), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as stranger:
        stranger.sendto(bytes.fromhex("0800f7ff00000000"), (BEYOND, 0))
    await until(lambda: engine.stats.foreign_errors)
    (echoes,) = await engine.measure([EDGE], packets=1)
    stats = engine.stats
    await engine.close()
    assert summary(echoes) == (EDGE, 1, 1, None)
    assert stats.icmp_errors == 0


async def test_a_machine_without_ipv6_still_measures_ipv4(monitor: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def ipv4_only(family: int = -1, *arguments: Any, **options: Any) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *arguments, **options)

    monkeypatch.setattr(socket, "socket", ipv4_only)
    engine = await opened(monitor)
    monkeypatch.undo()
    measured = await engine.measure([EDGE6, EDGE], packets=1)
    sockets = engine.sockets
    await engine.close()
    assert sockets == ("IPv4 raw",)
    assert [summary(echoes) for echoes in measured] == [(EDGE6, 0, 0, ProbeError.NO_SOCKET), (EDGE, 1, 1, None)]
    assert not measured[0].observed


async def test_ipv6_switched_off_is_a_probe_error_for_its_targets_only(monitor: Namespace, privileged: bool) -> None:
    monitor.sysctl("net.ipv6.conf.all.disable_ipv6", "1")
    engine = await opened(monitor, privileged=privileged)
    measured = await engine.measure([EDGE6, EDGE], packets=1)
    await engine.close()
    assert [summary(echoes) for echoes in measured] == [(EDGE6, 0, 0, ProbeError.NO_ROUTE), (EDGE, 1, 1, None)]


async def test_a_link_local_address_is_measured_through_its_zone(monitor: Namespace, privileged: bool) -> None:
    engine = await opened(monitor, privileged=privileged)
    with monitor.entered():
        index = socket.if_nametoindex("edge")
    monitor.address("fe80::1/64", towards="edge")
    measured = await engine.measure([f"fe80::1%{index}"], packets=1)
    await engine.close()
    assert [summary(echoes) for echoes in measured] == [(f"fe80::1%{index}", 1, 1, None)]


async def test_closing_ends_calls_in_flight_with_a_clear_error(monitor: Namespace) -> None:
    engine = await opened(monitor, patience=60)
    measuring = asyncio.create_task(engine.measure([DEAD], packets=1))
    await until(lambda: engine.stats.sent)
    await engine.close()
    with pytest.raises(EchoEngineClosed, match="closed while echoes were in flight"):
        await measuring
    with pytest.raises(EchoEngineClosed, match="not open"):
        await engine.measure([EDGE])


async def test_a_cancelled_call_leaves_the_engine_in_order(monitor: Namespace) -> None:
    engine = await opened(monitor, patience=60)
    measuring = asyncio.create_task(engine.measure([DEAD, EDGE], packets=3, gap=30))
    await until(lambda: engine.stats.received)
    measuring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await measuring
    (echoes,) = await engine.measure([EDGE], packets=2, gap=0)
    await engine.close()
    assert summary(echoes) == (EDGE, 2, 2, None)


async def test_an_engine_may_be_opened_again(monitor: Namespace) -> None:
    engine = await opened(monitor)
    await engine.close()
    with monitor.entered():
        await engine.open()
    (echoes,) = await engine.measure([EDGE], packets=1)
    await engine.close()
    assert echoes.received == 1


async def test_no_address_no_echo(monitor: Namespace) -> None:
    engine = await opened(monitor)
    assert await engine.measure([], packets=3) == []
    await engine.close()


@pytest.mark.parametrize("address", ["edge.example", "192.0.2", "192.0.2.256", "2001:db8::g", ""])
async def test_what_is_no_address_is_named(monitor: Namespace, address: str) -> None:
    engine = await opened(monitor)
    with pytest.raises(ValueError, match="is no IPv4 or IPv6 address") as refusal:
        await engine.measure([EDGE, address])
    await engine.close()
    assert repr(address) in str(refusal.value)


@pytest.mark.parametrize("zone", ["nowhere", "99999999999"])
async def test_an_interface_that_is_gone_is_an_error_of_its_address_alone(monitor: Namespace, zone: str) -> None:
    engine = await opened(monitor)
    gone, sound = await engine.measure([f"fe80::1%{zone}", EDGE], packets=1)
    await engine.close()
    assert (0, False) == (gone.sent, gone.observed)
    assert gone.error is not None
    assert 1 == sound.received


@pytest.mark.parametrize("numbers", [{"packets": 0}, {"gap": -1.0}, {"spread": -1.0}])
async def test_impossible_numbers_are_refused(monitor: Namespace, numbers: dict[str, Any]) -> None:
    engine = await opened(monitor)
    with pytest.raises(ValueError, match="must be at least 1"):
        await engine.measure([EDGE], **numbers)
    await engine.close()
