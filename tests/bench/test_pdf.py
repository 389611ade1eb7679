"""The PDF of a large month: 30,000 faults and 10,000 units, in seconds and in memory."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

import pypdfium2
import pytest

from monitor.reports.document import Table
from monitor.reports.writers.pdf import pdf
from tests.reports.documents import annex, cells, drawn, faults, report, table

pytestmark = pytest.mark.bench

FAULTS, UNITS = 30_000, 10_000
SECONDS, MEGABYTES = 55, 1000  # the figures take their own 5 s


def units(count: int) -> Table:
    rows = [
        cells(f"unit-{number:05d}", f"某某县第{number}单位", "联通", "99.87 %", "99.93 %", "99.99 %", "3", "4小时24分")
        for number in range(count)
    ]
    titles = ("编号", "单位", "运营商", "实际可用率", "考核可用率", "覆盖率", "故障", "停用")
    return table("单位", titles, rows, (1.2, 2, 1, 1, 1, 1, 0.6, 1.2))


def test_a_large_month_is_set_in_time_and_room() -> None:
    """Within a minute and a gigabyte, the process that sets it counted in."""
    document = report(charts=drawn(), annexes=[annex("附件2", faults(FAULTS)), annex("附件3", units(UNITS))])
    began = time.monotonic()
    written = pdf(document, created=datetime(2026, 10, 1, tzinfo=UTC))
    took = time.monotonic() - began
    ours, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    worked = sum(used.ru_utime + used.ru_stime for used in (ours, theirs))
    room = (ours.ru_maxrss + theirs.ru_maxrss) / 1024
    print(
        f"\n{FAULTS} faults, {UNITS} units: {len(pypdfium2.PdfDocument(written))} pages, {len(written) / 1e6:.1f} MB in"
        f" {took:.1f} s ({worked:.1f} s of a processor); peak {ours.ru_maxrss / 1024:.0f} MB and"
        f" {theirs.ru_maxrss / 1024:.0f} MB of it"
    )
    assert worked < SECONDS  # not by the clock: other programs run on this machine
    assert room < MEGABYTES
