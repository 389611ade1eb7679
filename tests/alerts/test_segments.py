"""How long an SMS is: what a network counts, and the segments that it makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.segments import GSM_7, UCS_2, measure


@pytest.mark.parametrize(
    ("rule", "text", "alphabet", "characters", "segments"),
    [
        ("Nothing takes nothing.", "", "GSM-7", 0, 0),
        ("The default alphabet takes 160 in one segment.", "a" * 160, "GSM-7", 160, 1),
        ("One more makes it two, of 153 each.", "a" * 161, "GSM-7", 161, 2),
        ("Two are full at 306.", "a" * 306, "GSM-7", 306, 2),
        ("One more is a third.", "a" * 307, "GSM-7", 307, 3),
        ("Brackets and the like count two.", "[€]", "GSM-7", 6, 1),
        ("80 of those are 160.", "{" * 80, "GSM-7", 160, 1),
        ("A pair is not torn: 76 fit into 153, the 77th begins the next segment.", "{" * 81, "GSM-7", 162, 2),
        ("Chinese takes 70 in one segment.", "中" * 70, "UCS-2", 70, 1),
        ("One more makes it two, of 67 each.", "中" * 71, "UCS-2", 71, 2),
        ("Two are full at 134.", "中" * 134, "UCS-2", 134, 2),
        ("One more is a third.", "中" * 135, "UCS-2", 135, 3),
        ("One Chinese character makes all of them so.", "a" * 70 + "中", "UCS-2", 71, 2),
        ("A rare character of a place name counts two.", "𬇙" * 35, "UCS-2", 70, 1),
        ("So does an emoji.", "中" * 69 + "🚨", "UCS-2", 71, 2),
        ("Its halves are not torn: 66 and one pair do not fit into 67.", "中" * 66 + "🚨" + "中" * 66, "UCS-2", 134, 3),
        ("A backquote is not of the default alphabet.", "`", "UCS-2", 1, 1),
    ],
)
def test_a_text_is_measured(rule: str, text: str, alphabet: str, characters: int, segments: int) -> None:
    length = measure(text)
    assert (alphabet, characters, segments) == (length.alphabet.name, length.characters, length.segments), rule


@given(st.text())
def test_segments_are_as_few_as_the_characters_allow_and_one_more_at_most_a_segment_torn(text: str) -> None:
    """Never fewer than the characters need; the pairs that are not torn cost at most one character a segment."""
    length = measure(text)
    alphabet = length.alphabet
    assert alphabet in (GSM_7, UCS_2)
    if length.characters <= alphabet.alone:
        assert length.segments == (1 if text else 0)
    else:
        assert -(-length.characters // alphabet.joined) <= length.segments
        assert length.segments <= -(-length.characters // (alphabet.joined - 1))
