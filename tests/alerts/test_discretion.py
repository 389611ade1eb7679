"""What may leave in a message."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.discretion import discreet


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("A name stays as it is.", "云岭县财政局", "云岭县财政局"),
        ("An address of IPv4 does not leave.", "line 192.0.2.10 down", "line * down"),
        ("Nor with its port or its net.", "192.0.2.1:161, 198.51.100.0/24", "*:161, *"),
        ("Nor where Chinese stands around it.", "设备192.0.2.1无应答", "设备*无应答"),
        ("Nor at the end of a sentence.", "to 203.0.113.9.", "to *."),
        ("Nor one of IPv6.", "to [2001:db8::1]:443", "to [*]:443"),
        ("Nor a short one.", "at ::1", "at *"),
        ("Nor one of a card's zone.", "fe80::1%eth0 lost", "* lost"),
        ("A time is no address.", "13:02:05", "13:02:05"),
        ("Nor is a version of three parts.", "v1.2.3", "v1.2.3"),
        ("Nor a clause's colon.", "clock.limit: wrong", "clock.limit: wrong"),
        ("Lines become one.", "a\r\n\r\nb\tc\u2028d", "a b c d"),
        ("What turns the reading round is dropped.", "局\u202e政财\u202c\u200b", "局政财"),
        (
            "Too long a text says that it was cut.",
            "一二三四五六七八九十" * 4,
            "一二三四五六七八九十" * 2 + "一二三四五六七八九…",
        ),
    ],
)
def test_a_text_is_made_discreet(rule: str, text: str, expected: str) -> None:
    assert expected == discreet(text, 30), rule


@given(st.ip_addresses(), st.text(alphabet="中a ，（", max_size=5), st.text(alphabet="中 ，）", max_size=5))
def test_no_address_leaves(address: ipaddress.IPv4Address | ipaddress.IPv6Address, before: str, after: str) -> None:
    """Whatever stands around it, unless it is a letter that would make another word of it."""
    text = f"{before} {address}{after}"
    assert str(address) not in discreet(text, 300)
    assert str(address) not in discreet(text.upper(), 300).lower()


@given(st.text(), st.integers(1, 50))
def test_any_text_becomes_one_line_of_the_wanted_length(text: str, most: int) -> None:
    found = discreet(text, most)
    assert len(found) <= most
    assert len(found.splitlines()) <= 1
