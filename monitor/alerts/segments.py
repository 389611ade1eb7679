"""How long an SMS is: characters as a network counts them, and the segments that it is sent and paid in.

A text of the default alphabet alone (GSM 03.38) takes 160 characters in one segment, 153 in each of several; any other
is sent as UCS-2 and takes 70, or 67. What stands outside the Basic Multilingual Plane, an emoji or a rare character of
a place name, counts two there, and so do a few of the default alphabet. Neither half is ever torn from the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each is sent behind an escape
LAST_OF_PLANE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How a text is encoded: so many characters fit in one segment, so many in each of several."""

    name: str
    alone: int
    joined: int


GSM_7 = Alphabet("GSM-7", 160, 153)
UCS_2 = Alphabet("UCS-2", 70, 67)


@dataclass(frozen=True, slots=True)
class Length:
    """The length of an SMS: its alphabet, the characters that count, the segments."""

    alphabet: Alphabet
    characters: int
    segments: int


def measure(text: str) -> Length:
    """Return how long a text is as an SMS; an empty one takes no segment."""
    if BASIC.issuperset(text) or (BASIC | EXTENDED).issuperset(text):
        alphabet, sizes = GSM_7, [2 if letter in EXTENDED else 1 for letter in text]
    else:
        alphabet, sizes = UCS_2, [2 if ord(letter) > LAST_OF_PLANE else 1 for letter in text]
    return Length(alphabet, sum(sizes), _segments(sizes, alphabet))


def _segments(sizes: Sequence[int], alphabet: Alphabet) -> int:
    if sum(sizes) <= alphabet.alone:
        return 1 if sizes else 0
    segments, room = 1, alphabet.joined
    for size in sizes:
        if size > room:
            segments, room = segments + 1, alphabet.joined
        room -= size
    return segments
