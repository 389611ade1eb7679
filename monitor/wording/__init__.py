"""The words of screens and messages, in Chinese and English, and how times and lengths of time are said in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor

from monitor.wording.chinese import CHINESE
from monitor.wording.english import ENGLISH

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDING: Mapping[str, Mapping[str, str]] = {"zh_CN": CHINESE, "en": ENGLISH}

PARTS = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def say_length(length: timedelta, words: Mapping[str, str]) -> str:
    """Say a length of time in its two largest units, floored: ``4小时24分``, ``3m``, ``12s``; never below zero."""
    left = max(timedelta(), length)
    counts = []
    for name, unit in PARTS:
        count, left = divmod(left, unit)
        counts.append((count, words[name]))
    first = next((place for place, (count, _) in enumerate(counts) if count), len(counts) - 1)
    said = [f"{count}{unit}" for count, unit in counts[first : first + 2] if count]
    return "".join(said) or f"0{words['s']}"


def say_share(share: Fraction | float | None) -> str:
    """Say a share in percent, truncated to two decimals, never rounded up; ``—`` for N/A (section 11).

    A float is one that rounded in its last digit: 0.98999999999999999 was 0.99, and nothing measured comes so near.
    """
    if share is None:
        return "—"
    exact = share if isinstance(share, Fraction) else Fraction(share) + Fraction(1, 10**15)
    hundredths = floor(exact * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def say_time(local: datetime, words: Mapping[str, str], *, shortly: bool = False) -> str:
    """Say a local time to the minute, which is floored: ``9月1日13:02``, ``1 Sep 13:02``; ``shortly``: ``1日13:02``."""
    pattern = words["moment_of_month" if shortly else "moment"]
    return pattern.format(month=local.month, name=MONTHS[local.month - 1], day=local.day, clock=f"{local:%H:%M}")
