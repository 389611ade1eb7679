"""The counts of gaps on the metrics page: of the local day, anew when anything changed, and not judged for nothing."""

from __future__ import annotations

from monitor.metrics.registers import GapCounts
from tests.registers.papers import ZONE, at, county, line, paper, registers

COUNTY = county(line("l1"), line("l2", carrier="c2"))
FILING = paper("admin_filing", filed_on="2025-09-01")


async def test_they_follow_the_day_the_entries_and_the_inventory() -> None:
    counts, entries = GapCounts(), registers(FILING)

    async def filing(when: str) -> int:
        return (await counts.at(at(when), entries, COUNTY, ZONE))["admin_filing"]

    assert 0 == await filing("2026-09-01 23:59")
    assert 1 == await filing("2026-09-02 00:00"), "older than twelve months from the local midnight on"
    entries.take(paper("admin_filing", version=2, filed_on="2026-09-02"))
    assert 0 == await filing("2026-09-02 00:01")
    smaller = county()
    assert {0} == set((await counts.at(at("2026-09-02"), entries, smaller, ZONE)).values())


async def test_what_did_not_change_is_not_judged_again() -> None:
    counts, entries = GapCounts(), registers(FILING)
    first = await counts.at(at("2026-09-01 10:00"), entries, COUNTY, ZONE)
    assert first is await counts.at(at("2026-09-01 20:00"), entries, COUNTY, ZONE)
    assert {"carrier_guarantee": 2, "access_review": 2} == {name: first[name] for name in first if first[name] > 1}
