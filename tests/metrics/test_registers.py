"""What the page counts of registers: of the local day, anew when anything changed, and not judged for nothing."""

from __future__ import annotations

from monitor.metrics.registers import JudgedRegisters
from tests.registers.papers import ZONE, at, county, line, paper, registers

COUNTY = county(line("l1"), line("l2", carrier="c2"))
FILING = paper("admin_filing", filed_on="2025-09-01")


async def test_they_follow_the_day_the_entries_and_the_inventory() -> None:
    counts, entries = JudgedRegisters(), registers(FILING)

    async def filing(when: str) -> int:
        return (await counts.at(at(when), entries, COUNTY, ZONE)).gaps["admin_filing"]

    assert 0 == await filing("2026-09-01 23:59")
    assert 1 == await filing("2026-09-02 00:00"), "older than twelve months from the local midnight on"
    entries.take(paper("admin_filing", version=2, filed_on="2026-09-02"))
    assert 0 == await filing("2026-09-02 00:01")
    smaller = county()
    assert {0} == set((await counts.at(at("2026-09-02"), entries, smaller, ZONE)).gaps.values())


async def test_what_did_not_change_is_not_judged_again() -> None:
    counts, entries = JudgedRegisters(), registers(FILING)
    first = await counts.at(at("2026-09-01 10:00"), entries, COUNTY, ZONE)
    assert first is await counts.at(at("2026-09-01 20:00"), entries, COUNTY, ZONE)
    assert {"carrier_guarantee": 2, "access_review": 2} == {
        name: count for name, count in first.gaps.items() if count > 1
    }


async def test_what_runs_out_soon_counts_in_every_term_that_it_is_within() -> None:
    """A guarantee with 20 days left runs out within 60 and within 30, not within 7."""
    guarantee = paper("carrier_guarantee", "c1", signed_on="2025-01-01", expires_on="2026-12-31")
    found = await JudgedRegisters().at(at("2026-12-11 08:00"), registers(guarantee), COUNTY, ZONE)
    mine = {days: count for (register, days), count in found.expiring.items() if register == "carrier_guarantee"}
    assert {60: 1, 30: 1, 7: 0} == mine
