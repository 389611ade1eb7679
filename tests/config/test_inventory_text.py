"""An inventory written as YAML or JSON reads back the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from monitor.config.inventory import read_inventory
from monitor.config.inventory_text import inventory_json, inventory_yaml
from monitor.config.problem import Problem
from monitor.config.quantities import format_instant, parse_instant
from monitor.config.source import parse
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from tests.inventories import SHANGHAI, fewer, instants, inventories

SMALL = Inventory(
    carriers={"c": Carrier(id="c", name="联通", short_name="联通")},
    units={"u": Unit(id="u", name="云岭县财政局", short_name="财政局")},
    lines={
        "L1": Line(id="L1", unit="u", carrier="c", address="192.0.2.1", bandwidth_mbps=100.0, port="007",
                   in_service_from=datetime(2018, 12, 31, 16, tzinfo=UTC))
    },
)  # fmt: skip


@pytest.mark.parametrize("written", [inventory_yaml, inventory_json])
@fewer
@given(inventory=inventories())
def test_what_is_written_reads_back_the_same_in_the_same_order(
    written: Callable[..., str], inventory: Inventory
) -> None:
    """Whatever its texts look like, numbers and words of YAML too, and whatever the zone's offset was."""
    problems: list[Problem] = []
    document = parse(written(inventory, zone=SHANGHAI), file="inventory.yaml")
    read = read_inventory([document], zone=SHANGHAI, profiles=None, problems=problems)
    assert [] == problems
    assert inventory == read
    assert list(inventory.lines) == list(read.lines)


def test_it_is_written_as_a_person_would_type_it() -> None:
    assert inventory_yaml(SMALL, zone=SHANGHAI, comment="# Of the archive.\n") == (
        "# Of the archive.\n"
        "carriers:\n"
        "  - {id: c, name: 联通}\n"
        "nodes: []\n"
        "units:\n"
        "  - {id: u, name: 云岭县财政局, short_name: 财政局}\n"
        "lines:\n"
        "  - {id: L1, unit: u, carrier: c, address: 192.0.2.1, bandwidth_mbps: 100, port: '007', "
        "in_service_from: 2019-01-01}\n"
        "references: []\n"
    )


@given(at=instants)
def test_an_instant_reads_back_from_what_is_written(at: datetime) -> None:
    assert at == parse_instant(format_instant(at, zone=SHANGHAI), zone=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "zone", "written"),
    [
        (datetime(2018, 12, 31, 16, tzinfo=UTC), "Asia/Shanghai", "2019-01-01"),
        (datetime(2019, 1, 1, tzinfo=UTC), "Asia/Shanghai", "2019-01-01T08:00:00+08:00"),
        (datetime(1900, 1, 1, tzinfo=UTC), "Asia/Shanghai", "1900-01-01T00:00:00+00:00"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "Asia/Shanghai", "9999-12-31T23:00:00+00:00"),
    ],
)
def test_a_local_midnight_is_written_as_a_date_and_an_odd_offset_as_none(at: datetime, zone: str, written: str) -> None:
    assert written == format_instant(at, zone=ZoneInfo(zone))
