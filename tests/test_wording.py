"""How figures are said on screens (section 11 of the fault rules)."""

from __future__ import annotations

from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.sheets import UNIT_KINDS
from monitor.inventory.model import UnitKind
from monitor.reports.composing.chinese import CHINESE
from monitor.wording import WORDING, say_share
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


def test_kinds_of_units_have_the_same_chinese_words_everywhere() -> None:
    """On screens and in the archive's sheets as in the report."""
    for kind in UnitKind:
        report = CHINESE[f"kind_{kind}"]
        assert (report, report) == (WORDING["zh_CN"][f"kind_{kind}"], UNIT_KINDS[kind.value])


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
