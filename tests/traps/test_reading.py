"""What traps say: the standard ones, vendors' own by the file of devices, and the port that they speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.faults.terms import TrapKind
from monitor.probing.snmp.client import Value
from monitor.probing.snmp.devices import Devices, DevicesError, load_devices
from monitor.probing.snmp.traps import Notification, Trap, read_trap
from tests.traps.senders import HUAWEI_GASP, IF_DESCR, IF_INDEX, IF_NAME, LINK_DOWN

OAM, H3C, CISCO = "1.3.6.1.2.1.158", "1.3.6.1.4.1.25506.2.42.3.1", "1.3.6.1.4.1.9.10.136"


@pytest.fixture(scope="module")
def devices() -> Devices:
    return load_devices()


def read(devices: Devices, oid: str, **values: Value) -> Trap | None:
    return read_trap(Notification((oid,), values), devices)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, TrapKind.COLD_START),
        (2, TrapKind.WARM_START),
        (3, TrapKind.LINK_DOWN),
        (4, TrapKind.LINK_UP),
        (5, TrapKind.AUTHENTICATION_FAILURE),
        (6, None),
    ],
)
def test_the_standard_traps_of_interest_are_known(devices: Devices, number: int, kind: TrapKind | None) -> None:
    """Five of the six of RFC 3418 speak of a line; egpNeighborLoss does not."""
    found = read(devices, f"1.3.6.1.6.3.1.1.5.{number}")
    assert kind == (None if found is None else found.kind)


@pytest.mark.parametrize(
    ("oid", "values", "kind", "word"),
    [
        (HUAWEI_GASP, {}, TrapKind.PEER_DYING_GASP, "hwDot3ahEfmRemoteDyingGaspEvent"),
        ("1.3.6.1.4.1.2011.5.25.129.2.1.19", {}, TrapKind.DYING_GASP, "hwEntityDyingGasp"),
        (
            f"{H3C}.7.0.2",
            {f"{H3C}.6.1.4.9.1": 257, f"{H3C}.6.1.5.9.1": 1},
            TrapKind.DYING_GASP,
            "hh3cDot3OamNonThresholdEvent",
        ),
        (
            f"{CISCO}.0.2",
            {f"{CISCO}.1.6.1.4": 257, f"{CISCO}.1.6.1.5": 2},
            TrapKind.PEER_DYING_GASP,
            "cdot3OamNonThresholdEvent",
        ),
        (
            f"{OAM}.0.2",
            {f"{OAM}.1.6.1.4.3.1": 257, f"{OAM}.1.6.1.5.3.1": 1},
            TrapKind.DYING_GASP,
            "dot3OamNonThresholdEvent",
        ),
    ],
    ids=["Huawei, of its peer", "Huawei", "H3C", "Cisco, no instances", "RFC 4878"],
)
def test_the_vendors_dying_gasps_are_known(
    devices: Devices, oid: str, values: dict[str, Value], kind: TrapKind, word: str
) -> None:
    """A device that loses its power says so by a trap of its vendor's own, one that saw its peer do so by another."""
    assert Trap(kind=kind, oid=oid, word=word) == read(devices, oid, **values)


@pytest.mark.parametrize(
    "values",
    [{}, {f"{OAM}.1.6.1.4.3.1": 256, f"{OAM}.1.6.1.5.3.1": 1}, {f"{OAM}.1.6.1.41": 257, f"{OAM}.1.6.1.5.3.1": 1}],
    ids=["no event", "a link fault", "another column"],
)
def test_a_trap_without_the_values_it_needs_is_no_dying_gasp(devices: Devices, values: dict[str, Value]) -> None:
    """An OAM event of another kind is told under the same OID."""
    assert read(devices, f"{OAM}.0.2", **values) is None


@pytest.mark.parametrize(
    ("values", "interface", "index"),
    [
        ({f"{IF_INDEX}.7": 7, f"{IF_DESCR}.7": b"GigabitEthernet0/0/7", f"{IF_NAME}.7": b"GE0/0/7"}, "GE0/0/7", 7),
        ({f"{IF_INDEX}.7": 7, f"{IF_DESCR}.7": b"GigabitEthernet0/0/7"}, "GigabitEthernet0/0/7", 7),
        ({f"{IF_DESCR}.12": b"Vlan12"}, "Vlan12", 12),
        ({IF_INDEX: 5}, None, 5),
        ({f"{IF_INDEX}.0": 0, f"{IF_DESCR}.99999999999": b""}, None, None),
        ({f"{IF_INDEX}.7": b"seven", f"{IF_NAME}.7": 12}, "12", 7),
        ({f"{IF_NAME}.1": "端口一".encode("gbk")}, "端口一", 1),
        ({f"{IF_NAME}.1": b"x" * 400}, "x" * 255, 1),
        ({}, None, None),
    ],
)
def test_the_port_is_told_as_far_as_the_trap_names_it(
    devices: Devices, values: dict[str, Value], interface: str | None, index: int | None
) -> None:
    """Agents send more or less of ifIndex, ifDescr and ifName, and leave instances out."""
    found = read(devices, LINK_DOWN, **values)
    assert found is not None
    assert (interface, index) == (found.interface, found.index)


def own_file(folder: Path, traps: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(
        f"devices:\n- name: mine\n  prefixes: [1.3.6.1.4.1.99999]\n  traps:\n  - {traps}\n", encoding="utf-8"
    )
    return path


def test_a_file_of_ones_own_adds_traps_and_overrules(tmp_path: Path) -> None:
    """A vendor that is not built in is added, and what is built in is read otherwise, without touching the program."""
    own = "1.3.6.1.4.1.99999.0.1"
    added = f"{{oid: {own}, means: dying_gasp, name: mineGasp}}\n  - {{oid: {HUAWEI_GASP}, means: link_down, name: x}}"
    devices = load_devices([own_file(tmp_path, added)])
    assert Trap(kind=TrapKind.DYING_GASP, oid=own, word="mineGasp") == read(devices, own)
    assert Trap(kind=TrapKind.LINK_DOWN, oid=HUAWEI_GASP, word="x") == read(devices, HUAWEI_GASP)
    assert read(devices, "1.3.6.1.4.1.2011.5.25.129.2.1.19") is not None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{oid: 1.3.6, means: gasp, name: x}", "5:25: devices.0.traps.0.means: Input should be 'cold_start'"),
        ("{oid: 1.3.6, means: dying_gasp}", "5:5: devices.0.traps.0.name: Field required"),
        (
            "{oid: 1.3.6, means: link_up, name: x, only: {column: 1.3.6, is: 3, or: 4}}",
            "5:72: devices.0.traps.0.only.0.or: unknown key; known are column, is",
        ),
        (
            "{oid: 1.3.6, means: link_up, name: x, if: y}",
            "5:43: devices.0.traps.0.if: unknown key; known are oid, means, name, only",
        ),
    ],
)
def test_what_is_wrong_about_a_trap_is_told_with_its_place(tmp_path: Path, written: str, told: str) -> None:
    """The file's reader names line, column, path and cure, as for all else in it."""
    own = own_file(tmp_path, written)
    with pytest.raises(DevicesError) as caught:
        load_devices([own])
    assert told in str(caught.value)
