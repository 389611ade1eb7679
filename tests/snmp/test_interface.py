"""Interfaces from what agents make of IF-MIB."""

from __future__ import annotations

import pytest

from monitor.probing.snmp.client import Value
from monitor.probing.snmp.interface import Port, State, chosen, interface, port, speed_bps

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
STOPPED = 2**32 - 1


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1_000_000_000, 1000, 1_000_000_000),
        (STOPPED, 10_000, 10_000_000_000),
        (None, 80_000, 80_000_000_000),
        (1_544_000, 2, 1_544_000),
        (5_704_000, None, 5_704_000),
        (100_000, 0, 100_000),
        (STOPPED, None, None),
        (STOPPED, 0, None),
        (0, 0, None),
        (None, None, None),
        (None, 100_000_000, 100_000_000),
        (100_000_000, 100_000_000, 100_000_000),
        (None, 2_048_000, 2_048_000),
        (STOPPED, 1_600_000, 1_600_000_000_000),
        (STOPPED, STOPPED, None),
        (10_000_000, 100, 100_000_000),
    ],
    ids=[
        "both agree",
        "ifSpeed stopped at its largest",
        "ifHighSpeed alone",
        "ifHighSpeed rounded",
        "ifSpeed alone",
        "below one Mbit/s",
        "stopped, without ifHighSpeed",
        "stopped, ifHighSpeed zero",
        "no bandwidth",
        "neither",
        "ifHighSpeed in bit/s",
        "both in bit/s",
        "two Mbit/s in bit/s",
        "a bundle of terabits",
        "both stopped",
        "in contradiction",
    ],
)
def test_speed_is_in_bits_a_second_whatever_the_agent_means(low: int | None, high: int | None, expected: int) -> None:
    assert expected == speed_bps(low=low, high=high)


def test_every_column_goes_to_its_place() -> None:
    values: dict[str, Value] = {
        f"{IF}.7.4": 1,
        f"{IF}.8.4": 7,
        f"{IF}.5.4": STOPPED,
        f"{IFX}.15.4": 10_000,
        f"{IF}.9.4": 1230,
        f"{IFX}.6.4": 2**40,
        f"{IF}.10.4": 5,
        f"{IF}.16.4": 6,
        f"{IF}.14.4": 7,
        f"{IF}.20.4": 8,
        f"{IF}.13.4": 9,
        f"{IF}.19.4": 10,
    }
    found = interface(Port(index=4, name="GE0/0/4", descr="GigabitEthernet0/0/4", alias=""), values)
    assert (found.admin, found.oper) == (State.UP, State.LOWER_LAYER_DOWN)
    assert (found.speed_bps, found.last_change_s) == (10_000_000_000, 12.3)
    assert (found.in_octets, found.in_octet_bits, found.out_octets, found.out_octet_bits) == (2**40, 64, 6, 32)
    assert (found.in_errors, found.out_errors, found.in_discards, found.out_discards) == (7, 8, 9, 10)


def test_what_is_absent_or_senseless_is_none() -> None:
    found = interface(Port(index=4, name=None, descr=None, alias=None), {f"{IF}.8.4": 99, f"{IF}.9.4": -1})
    fields = (found.admin, found.oper, found.speed_bps, found.last_change_s, found.in_octets, found.in_octet_bits)
    assert fields == (None,) * 6


@pytest.mark.parametrize(("named", "expected"), [(b"Gi0/1", "Gi0/1"), (b"", "eth1"), (None, "eth1")])
def test_the_name_is_ifname_else_ifdescr(named: Value, expected: str) -> None:
    assert expected == port(1, {f"{IFX}.1.1": named, f"{IF}.2.1": b"eth1"}).name


PORTS = (
    Port(index=1, name="GigabitEthernet0/0/1", descr="GigabitEthernet0/0/1", alias="to the county"),
    Port(index=2, name="XGigabitEthernet0/0/1", descr="XGigabitEthernet0/0/1", alias=None),
    Port(index=3, name="gei_1/2 ports of 1G", descr="gei_1/2 ports of 1G", alias=None),
    Port(index=4, name="Ethernet1", descr="Ethernet1", alias="Ethernet2"),
    Port(index=5, name="Ethernet2", descr="Ethernet2", alias=None),
)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ("GigabitEthernet0/0/1", 1),
        ("gigabitethernet0/0/1", 1),
        ("to the county", 1),
        ("GE0/0/1", 1),
        ("XGE0/0/1", 2),
        ("gei_1/2", 3),
        ("#5", 5),
        ("Ethernet2", 5),
        ("Eth1", 4),
    ],
)
def test_an_interface_is_meant_by_any_of_its_names(wanted: str, index: int) -> None:
    found, unknown = chosen(PORTS, [wanted])
    assert ([index], ()) == ([one.index for one in found], unknown)


@pytest.mark.parametrize("wanted", ["GE0/0/2", "0/0/1", "", "#9", "E"])
def test_a_name_that_means_none_or_several_is_told(wanted: str) -> None:
    assert ((), (wanted,)) == chosen(PORTS, [wanted])


def test_interfaces_come_in_the_order_wanted_and_once() -> None:
    found, _ = chosen(PORTS, ["#3", "GE0/0/1", "#1"])
    assert [one.index for one in found] == [3, 1]
