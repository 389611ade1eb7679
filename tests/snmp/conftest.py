"""The clients under test, and the agents they ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor.config.settings import ClientChoice
from monitor.probing.snmp.client import SnmpClient, make_client
from monitor.probing.snmp.devices import Devices, load_devices
from tests.snmp.live import Live, live_agent


@pytest.fixture(params=[ClientChoice.GUFO, ClientChoice.PYSNMP])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[SnmpClient]:
    """Each client in turn: what holds of one holds of the other."""
    made = make_client(request.param)
    yield made
    await made.close()


@pytest.fixture
async def both() -> AsyncIterator[tuple[SnmpClient, SnmpClient]]:
    """Both clients, to be compared."""
    made = make_client(ClientChoice.GUFO), make_client(ClientChoice.PYSNMP)
    yield made
    for one in made:
        await one.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One snmpd for all tests that leave it running."""
    folder: Path = tmp_path_factory.mktemp("snmpd")
    with live_agent(folder) as running:
        yield running


@pytest.fixture(scope="session")
def devices() -> Devices:
    """The kinds of device built in."""
    return load_devices()
