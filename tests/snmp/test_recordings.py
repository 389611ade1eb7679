"""Real devices, recorded: what is read of them, and that both clients read the same.

The recordings are data under the GPL and no part of this project. The tests exist where the environment variable
MONITOR_RECORDINGS names a folder with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.probing.snmp.agent import Agent, Community
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.discovery import discover, poll, read_facts
from monitor.probing.snmp.interface import State
from monitor.probing.snmp.text import text
from tests.snmp.live import free_port, is_taken

FOLDER = os.environ.get("MONITOR_RECORDINGS")
NAMES = sorted(path.stem for path in Path(FOLDER).glob("*.snmprec")) if FOLDER else []
COLUMNS = ("1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1.")


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a recorded device."""

    interfaces: int
    uptime_s: float | None = None
    engine_time_s: int | None = None
    cpu: float | None = None
    memory: float | None = None
    celsius: float | None = None
    serial: str | None = None


EXPECTED = {
    "vrp_ar169sfp": Expected(16, 8924645.91, 8924939, 0.24, 0.58, 44.0, "21500101573GK1000299"),
    "vrp_ne": Expected(35, 1289914.88),
    "comware_a5500": Expected(30, 78090.98, 78043, 0.08, 0.47, 38.0, "CN50A1Z4BN"),
    "zxr10_5928": Expected(45, 779717.0),
    "ruijie_s6150": Expected(35, cpu=0.01),
    "fiberhome": Expected(0, 724206.17, cpu=0.0458, memory=0.5945, celsius=45.0),
    "iosxe": Expected(30, 8579.8, 8523, 0.04, 0.8275),
    "routeros_crs317": Expected(20, 3113733.0, cpu=0.17, memory=0.0462, celsius=45.0),
    "dsm": Expected(5, 42157224.85, 85106898, 0.10, 0.8853),
    "smartax-mdu": Expected(30, 8086999.11, 51036672),
    "hatteras_hn4000-i": Expected(176, 5667995.04),
    "dcn-software_cs6200": Expected(0),
}

if FOLDER:
    recorded = pytest.mark.parametrize("name", NAMES)

    @pytest.fixture(scope="module")
    def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
        """One snmpsim for the whole folder; its port."""
        cache, port = tmp_path_factory.mktemp("snmpsim"), free_port()
        command = [str(Path(sys.executable).with_name("snmpsim-command-responder")), f"--data-dir={FOLDER}"]
        command += [f"--cache-dir={cache}", f"--agent-udpv4-endpoint=127.0.0.1:{port}"]
        if os.geteuid() == 0:
            command += ["--process-user=root", "--process-group=root"]
        log = cache / "log"
        with log.open("wb") as written:
            process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
        try:
            _await_start(process, log, port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=10)

    @recorded
    async def test_both_clients_read_the_same_facts_of_a_recorded_device(
        both: tuple[SnmpClient, SnmpClient], simulator: int, devices: Devices, name: str
    ) -> None:
        one, other = [await read_facts(client, _agent(simulator, name), devices) for client in both]
        assert one == other

    @recorded
    async def test_a_poll_of_known_oids_says_what_the_full_reading_said(
        client: SnmpClient, simulator: int, devices: Devices, name: str
    ) -> None:
        discovery, found = await discover(client, _agent(simulator, name), devices)
        assert found == await poll(client, _agent(simulator, name), discovery)

    @recorded
    async def test_every_index_and_every_word_of_a_recording_is_read(
        client: SnmpClient, simulator: int, devices: Devices, name: str
    ) -> None:
        """The recording itself is read beside: indexes from the suffixes of both tables, texts and counters."""
        rows = _rows(name)
        found = await read_facts(client, _agent(simulator, name), devices)
        assert sorted(_indexes(rows)) == [one.index for one in found.interfaces]
        for one in found.interfaces:
            descr, named, alias = (
                _text(rows, column, one.index) for column in ("2.2.1.2", "31.1.1.1.1", "31.1.1.1.18")
            )
            assert (named or descr, descr, alias) == (one.name, one.descr, one.alias)
            wide, narrow = (_count(rows, column, one.index) for column in ("31.1.1.1.6", "2.2.1.10"))
            assert (narrow if wide is None else wide) == one.in_octets

    @pytest.mark.parametrize("name", [name for name in NAMES if name in EXPECTED])
    async def test_a_recorded_device_says_what_is_known_of_it(
        client: SnmpClient, simulator: int, devices: Devices, name: str
    ) -> None:
        found, expected = await read_facts(client, _agent(simulator, name), devices), EXPECTED[name]
        assert expected.interfaces == len(found.interfaces)
        assert (expected.uptime_s, expected.engine_time_s) == (found.uptime_s, found.engine_time_s)
        assert expected.serial == found.serial
        assert _rounded(expected.cpu, expected.memory, expected.celsius) == _rounded(
            found.cpu_ratio, found.memory_ratio, found.temperature_celsius
        )

    @pytest.mark.skipif("iosxe" not in NAMES, reason="the recording is not in the folder")
    async def test_counters_are_chosen_for_each_interface(client: SnmpClient, simulator: int, devices: Devices) -> None:
        found = await read_facts(client, _agent(simulator, "iosxe"), devices)
        assert sum(one.in_octet_bits == 64 for one in found.interfaces) == 29
        assert [one.in_octets for one in found.interfaces if one.in_octet_bits is None] == [None]

    @pytest.mark.skipif("smartax-mdu" not in NAMES, reason="the recording is not in the folder")
    async def test_a_speed_in_the_wrong_unit_is_seen(client: SnmpClient, simulator: int, devices: Devices) -> None:
        found = await read_facts(client, _agent(simulator, "smartax-mdu"), devices)
        assert {None, 10_000_000, 100_000_000} == {one.speed_bps for one in found.interfaces}

    @pytest.mark.skipif("hatteras_hn4000-i" not in NAMES, reason="the recording is not in the folder")
    async def test_states_are_spelled_as_the_mib_does(client: SnmpClient, simulator: int, devices: Devices) -> None:
        found = await read_facts(client, _agent(simulator, "hatteras_hn4000-i"), devices)
        assert {State.UP, State.DOWN, State.UNKNOWN, State.NOT_PRESENT} == {one.oper for one in found.interfaces}

    @pytest.mark.skipif("zxr10_5928" not in NAMES, reason="the recording is not in the folder")
    async def test_interfaces_are_found_by_name(client: SnmpClient, simulator: int, devices: Devices) -> None:
        found = await read_facts(
            client, _agent(simulator, "zxr10_5928"), devices, interfaces=["gei_1/2", "#3", "gei_9/9"]
        )
        assert [one.index for one in found.interfaces] == [8, 3]
        assert found.unmatched == ("gei_9/9",)


def _agent(port: int, name: str) -> Agent:
    return Agent(address="127.0.0.1", port=port, credentials=Community(community=name), timeout=10.0)


def _await_start(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    for _ in range(1200):
        # It says that it listens before it does.
        if b"Listening at" in log.read_bytes() and is_taken(port):
            return
        assert process.poll() is None, f"snmpsim ended: {log.read_text(errors='replace')}"
        time.sleep(0.05)
    raise AssertionError("snmpsim did not start within a minute")


def _rows(name: str) -> dict[str, tuple[str, str]]:
    """Return both tables of a recording as they stand in its file: by OID a tag and a value."""
    rows = {}
    for line in (Path(FOLDER or "") / f"{name}.snmprec").read_text(encoding="latin-1").splitlines():
        oid, tag, value = line.split("|", 2)
        if oid.startswith(COLUMNS):
            rows[oid] = (tag, value)
    return rows


def _indexes(rows: dict[str, tuple[str, str]]) -> set[int]:
    return {
        int(oid.rsplit(".", 1)[1])
        for oid in rows
        for table in COLUMNS
        if oid.startswith(table) and oid.removeprefix(table).count(".") == 1
    }


def _text(rows: dict[str, tuple[str, str]], column: str, index: int) -> str | None:
    tag, value = rows.get(f"1.3.6.1.2.1.{column}.{index}", ("5", ""))
    if tag == "5":
        return None
    return text(bytes.fromhex(value) if tag == "4x" else value.encode("latin-1"))


def _count(rows: dict[str, tuple[str, str]], column: str, index: int) -> int | None:
    _, value = rows.get(f"1.3.6.1.2.1.{column}.{index}", ("5", ""))
    return int(value) if value else None


def _rounded(*figures: float | None) -> list[float | None]:
    return [None if figure is None else round(figure, 4) for figure in figures]
