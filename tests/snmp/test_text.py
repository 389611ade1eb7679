"""Bytes of agents become text, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.probing.snmp.client import Value
from monitor.probing.snmp.text import count, number, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (b"", ""),
        (b"GE0/0/1", "GE0/0/1"),
        ("云岭县".encode(), "云岭县"),
        ("云岭县".encode("gbk"), "云岭县"),
        (b"two  spaces stay", "two  spaces stay"),
        (b"HP Comware\r\nCopyright\r\n", "HP Comware Copyright"),
        (b"cut off\x00\x00\x00", "cut off"),
        (b"bell\x07and\x1b[0mescape", "bell and [0mescape"),
        (b"2017\xda SoftWare", "2017\N{REPLACEMENT CHARACTER} SoftWare"),
        (b"\x00\x1a\x2b\x3c\x4d\x5e", "00:1a:2b:3c:4d:5e"),
        ("1.3.6.1.4.1.9", "1.3.6.1.4.1.9"),
        (7, "7"),
    ],
)
def test_text_is_readable(value: Value, expected: str | None) -> None:
    assert expected == text(value)


@given(st.binary(max_size=64))
def test_no_bytes_fail_or_break_the_line(raw: bytes) -> None:
    found = text(raw)
    assert found is not None
    assert not any(character in found for character in "\r\n\t\x00\x1b")


@pytest.mark.parametrize(
    ("value", "expected"), [(5, 5), (-5, -5), (b" 45 ", 45), (b"-7", -7), (b"4.5", None), (b"N/A", None), (None, None)]
)
def test_numbers_are_taken_also_from_text(value: Value, expected: int | None) -> None:
    assert expected == number(value)


def test_a_count_below_zero_is_none() -> None:
    assert (count(-1), count(0)) == (None, 0)
