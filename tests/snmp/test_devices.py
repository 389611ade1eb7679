"""The file of devices: what it finds, how it is extended, how it is told what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices, DevicesError, load_devices
from monitor.probing.snmp.discovery import read_facts
from tests.snmp.agents import Table, running

HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1"
VRP, NEW = "1.3.6.1.4.1.2011.2.224.62", "1.3.6.1.4.1.99999.1"


def kind(devices: Devices, sys_object_id: str | None) -> str | None:
    """Return the name of the kind of an identity."""
    found = devices.of(sys_object_id)
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("sys_object_id", "name"),
    [
        (VRP, "Huawei VRP"),
        ("1.3.6.1.4.1.2011", "Huawei VRP"),
        ("1.3.6.1.4.1.2011.10.1.88", "H3C Comware, of the years with Huawei"),
        ("1.3.6.1.4.1.20110.1", "unknown device"),
        ("1.3.6.1.4.1.25506.1.1", "H3C Comware"),
        ("1.3.6.1.4.1.3902.3.100.20", "ZTE ZXR10"),
        ("1.3.6.1.4.1.4881.1.1.10.1.863", "Ruijie RGOS"),
        ("1.3.6.1.4.1.9.1.1116", "Cisco IOS and IOS XE"),
        ("1.3.6.1.4.1.8072.3.2.10", "net-snmp"),
        (None, "unknown device"),
        ("0.0", None),
    ],
)
def test_the_longest_prefix_counts(devices: Devices, sys_object_id: str | None, name: str | None) -> None:
    assert name == kind(devices, sys_object_id)


def test_a_file_of_ones_own_extends_and_overrules(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "devices:\n"
        "  - {name: mine, prefixes: [1.3.6.1.4.1.99999], cpu: [{value: 1.3.6.1.4.1.99999.7}]}\n"
        "  - {name: my Huawei, prefixes: [1.3.6.1.4.1.2011]}\n",
        encoding="utf-8",
    )
    devices = load_devices([own])
    names = [kind(devices, one) for one in (NEW, VRP, "1.3.6.1.4.1.25506")]
    assert names == ["mine", "my Huawei", "H3C Comware"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "devices: [{name: a, prefixes: [1.3.6.1], cpus: []}]",
            "1:42: devices.0.cpus: unknown key; known are name, prefixes",
        ),
        (
            "devices:\n  - name: a\n    prefixes: [1.3.6.x]\n",
            "3:16: devices.0.prefixes.0: an OID is numbers between dots",
        ),
        ("devices:\n  - prefixes: [1.3.6.1]\n", "2:5: devices.0.name: Field required"),
        (
            "devices:\n- name: a\n  prefixes: [1.3.6.1]\n  cpu:\n  - {value: 1.3.6, used: 1.3.7}\n",
            "5:5: devices.0.cpu.0: give value alone, or two of used, free and total",
        ),
        (
            "devices:\n- name: a\n  prefixes: [1.3.6.1]\n  cpu:\n  - {value: 1.3.6, per: 100}\n",
            "5:20: devices.0.cpu.0.per: unknown key; known are value, used",
        ),
        (
            "devices:\n- name: a\n  prefixes: [1.3.6.1]\n  cpu:\n  - {value: 1.3.6, of: many}\n",
            "5:24: devices.0.cpu.0.of:",
        ),
        ("devices: [", "no YAML"),
        ("", "1:1: the file:"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, written: str, told: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(written, encoding="utf-8")
    with pytest.raises(DevicesError) as caught:
        load_devices([own])
    assert str(caught.value).startswith(f"{own}:")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DevicesError, match="cannot be read"):
        load_devices([tmp_path / "none.yaml"])


def integers(rows: dict[str, int]) -> dict[str, Any]:
    """Return rows of INTEGERs."""
    return {oid: rfc1902.Integer32(value) for oid, value in rows.items()}


def identity(sys_object_id: str) -> dict[str, Any]:
    """Return the row of sysObjectID."""
    return {"1.3.6.1.2.1.1.2.0": rfc1902.ObjectIdentifier(sys_object_id)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({f"{HUAWEI}.5.1": 0, f"{HUAWEI}.5.2": 24, f"{HUAWEI}.5.3": 11}, (0.24, None, None)),
        ({f"{HUAWEI}.5.1": 0, f"{HUAWEI}.7.1": 0, f"{HUAWEI}.11.1": 0}, (None, None, None)),
        ({f"{HUAWEI}.11.1": 2**31 - 1, f"{HUAWEI}.11.2": 44, f"{HUAWEI}.11.3": 255}, (None, None, 44.0)),
        ({f"{HUAWEI}.5.1": 2**31 - 1, f"{HUAWEI}.7.1": 101, f"{HUAWEI}.11.1": -10000}, (None, None, None)),
        ({f"{HUAWEI}.11.1": -12}, (None, None, -12.0)),
    ],
    ids=["the highest", "zero is not applicable", "unknown marks", "none but marks", "frost"],
)
async def test_marks_for_unknown_are_no_figures(
    client: SnmpClient, devices: Devices, rows: dict[str, int], expected: tuple[float | None, ...]
) -> None:
    async with running(Table({**identity(VRP), **integers(rows)})) as found:
        facts = await read_facts(client, found.agent(), devices)
    assert expected == (facts.cpu_ratio, facts.memory_ratio, facts.temperature_celsius)


def own_file(folder: Path, sources: str) -> Path:
    """Return a file with one kind of device of these sources."""
    path = folder / "own.yaml"
    path.write_text(f"devices: [{{name: mine, prefixes: [1.3.6.1.4.1.99999], {sources}}}]", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("source", "rows", "expected"),
    [
        ("{used: 1.3.9.1, total: 1.3.9.2}", {"1.3.9.1.4": 30, "1.3.9.2.4": 40, "1.3.9.1.5": 9, "1.3.9.2.5": 10}, 0.9),
        ("{used: 1.3.9.1, free: 1.3.9.2}", {"1.3.9.1.4": 30, "1.3.9.2.4": 10}, 0.75),
        ("{free: 1.3.9.1, total: 1.3.9.2}", {"1.3.9.1.4": 30, "1.3.9.2.4": 40}, 0.25),
        ("{used: 1.3.9.1, total: 1.3.9.2}", {"1.3.9.1.4": 0, "1.3.9.2.4": 0}, None),
        ("{used: 1.3.9.1, total: 1.3.9.2}", {"1.3.9.1.4": 3}, None),
        ("{value: 1.3.9.1, idle: true}", {"1.3.9.1.0": 84}, 0.16),
        ("{value: [1.3.9.1, 1.3.9.2]}", {"1.3.9.1.0": 8, "1.3.9.2.0": 9}, 0.09),
        ("{value: 1.3.9.1, of: 10000}", {"1.3.9.1.0": 458}, 0.0458),
        (
            "{value: 1.3.9.1, only: {column: 1.3.9.2, is: 8}}",
            {"1.3.9.1.1": 50, "1.3.9.2.1": 7, "1.3.9.1.2": 5, "1.3.9.2.2": 8},
            0.05,
        ),
    ],
)
async def test_each_way_of_reading_a_ratio(
    client: SnmpClient, tmp_path: Path, source: str, rows: dict[str, int], expected: float | None
) -> None:
    own = own_file(tmp_path, f"memory: [{source}]")
    async with running(Table({**identity(NEW), **integers(rows)})) as found:
        facts = await read_facts(client, found.agent(), load_devices([own]))
    assert pytest.approx(expected) == facts.memory_ratio


@pytest.mark.parametrize(
    ("source", "rows", "expected"),
    [
        ("{value: 1.3.9.1, divide_by: 10}", {"1.3.9.1.0": 445}, 44.5),
        (
            "{value: 1.3.9.1, precision: 1.3.9.2}",
            {"1.3.9.1.1": 4450, "1.3.9.2.1": 2, "1.3.9.1.2": 45, "1.3.9.2.2": 0},
            45.0,
        ),
    ],
)
async def test_each_way_of_reading_a_temperature(
    client: SnmpClient, tmp_path: Path, source: str, rows: dict[str, int], expected: float
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        f"devices: [{{name: mine, prefixes: [1.3.6.1.4.1.99999], temperature: [{source}]}}]", encoding="utf-8"
    )
    async with running(Table({**identity(NEW), **integers(rows)})) as found:
        facts = await read_facts(client, found.agent(), load_devices([own]))
    assert expected == facts.temperature_celsius
