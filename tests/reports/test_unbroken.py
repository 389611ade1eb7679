"""What is not broken over two lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reports.unbroken import LONGEST, pieces, unbroken


@pytest.mark.parametrize(
    ("what", "text", "whole"),
    [
        ("A fault's number among words.", "与F20260907-0004重复", ("F20260907-0004",)),
        ("Ids of lines, side by side.", "finance-1、education-bureau-2", ("finance-1", "education-bureau-2")),
        ("A date and a time: a line may end between them.", "9月4日05:32恢复", ("9月4日", "05:32")),
        ("To the second, with the year.", "2026年10月14日05:32:09", ("2026年10月14日", "05:32:09")),
        ("In English.", "restored 4 Sep 2026 05:32, due 1 Oct", ("4 Sep 2026", "05:32", "1 Oct")),
        ("Lengths of time.", "用时106小时58分、12小时0分1秒", ("106小时58分", "12小时0分1秒")),
        ("A place that is shared.", "1（并列）", ("1（并列）",)),
        ("Days as programs write them.", "since 2026-09-01", ("2026-09-01",)),
        ("Words and plain numbers break nowhere anyhow.", "primary 12 Marches", ()),
        ("An id that no column holds.", "a-" * LONGEST + "b", ()),
    ],
)
def test_numbers_ids_dates_and_times_are_not_broken(what: str, text: str, whole: tuple[str, ...]) -> None:
    assert whole == unbroken(text), what


@given(st.text(max_size=60))
def test_the_pieces_are_the_text(text: str) -> None:
    """Nothing is lost or changed; what may be broken and what may not take turns as they stand."""
    assert text == "".join(piece for piece, _ in pieces(text))
    assert all(piece for piece, _ in pieces(text))
