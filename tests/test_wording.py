"""How figures are said on screens (section 11 of the fault rules)."""

from __future__ import annotations

import re
from fractions import Fraction
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.alerts
from monitor.lab.words import words
from monitor.reports.composing.chinese import CHINESE as REPORT
from monitor.wording import say_share
from monitor.wording.chinese import CHINESE
from monitor.wording.telephones import mask_within


@pytest.mark.parametrize(
    ("rule", "share", "expected"),
    [
        ("Truncated, never rounded up.", Fraction(99_999, 100_000), "99.99 %"),
        ("One second of ten thousand line-years.", 1 - Fraction(1, 10_000 * 365 * 86_400), "99.99 %"),
        ("All of it.", Fraction(1), "100.00 %"),
        ("None of it.", Fraction(0), "0.00 %"),
        ("Two decimals always.", Fraction(1, 2), "50.00 %"),
        ("A mean that rounded in its last digit.", fsum([0.99] * 3) / 3, "99.00 %"),
        ("N/A.", None, "—"),
    ],
)
def test_shares(rule: str, share: Fraction | float | None, expected: str) -> None:
    assert expected == say_share(share), rule


@given(st.integers(0, 10_000), st.integers(1, 10**12))
def test_a_share_is_never_said_to_be_more_than_it_is(hundredths: int, more: int) -> None:
    """A hundredth of a percent is said from exactly there on, and as a float likewise."""
    exact = Fraction(hundredths, 10_000)
    assert say_share(exact) == say_share(float(exact)) == f"{hundredths / 100:.2f} %"
    if hundredths:
        assert say_share(exact - Fraction(1, more * 10_000)) != say_share(exact)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系13800001234。", "联系138****1234。"),
        ("+86 138 0000 1234 or 010-88886666", "+86 1** **** 1234 or 010-****6666"),
        ("0551-1234567x", "055*-***4567x"),
        ("F20260901-0007 at 2026-09-01 13:02, 12 h", "F20260901-0007 at 2026-09-01 13:02, 12 h"),
        ("192.0.2.1, 110, 12345", "192.0.2.1, 110, 12345"),
        ("", ""),
    ],
)
def test_telephones_within_a_text_are_masked(text: str, shown: str) -> None:
    """Mobile numbers and those with an area code; fault numbers, times and emergency calls stay."""
    assert shown == mask_within(text)


def test_a_screen_a_report_and_the_lab_call_a_thing_alike() -> None:
    """Who reads of a fault in two places reads of one verdict, one party and one state."""
    assert CHINESE["disputable"] == REPORT["verdict_disputable"]
    assert CHINESE["undetermined"] == CHINESE["party_undetermined"] == REPORT["party_undetermined"]
    assert CHINESE["suspect"] in words("zh_CN").counts


def test_faults_units_and_lines_are_counted_by_their_own_words() -> None:
    """起 for faults, 家 for units and carriers, 条 for lines: never 个."""
    templates = Path(monitor.alerts.__file__).parent / "templates" / "zh_CN"
    texts = [*CHINESE.values(), *(path.read_text(encoding="utf-8") for path in sorted(templates.glob("*.yaml")))]
    assert len(texts) > len(CHINESE)
    wrong = re.compile(r"个(?:故障|单位|线路|网络运营商|运营商)|单位：[^\n]*个")
    assert [] == [found[0] for text in texts for found in wrong.finditer(text)]


def test_the_way_of_a_message_has_one_name_in_chinese() -> None:
    """A channel is 渠道 on screens, in messages, reports, alerts and pages, and never 通道."""
    root = Path(__file__).parents[1]
    rooms = (root / "monitor", root / "docs", root / "deploy", root / "grafana")
    texts = [path for room in rooms for path in room.rglob("*") if path.suffix in (".py", ".yaml", ".yml", ".md")]
    assert any("渠道" in path.read_text(encoding="utf-8") for path in texts)
    assert [] == [str(path) for path in texts if "通道" in path.read_text(encoding="utf-8")]
