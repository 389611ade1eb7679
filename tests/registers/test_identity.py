"""What devices say they are: kept when first heard and when it changes; silence changes nothing."""

from __future__ import annotations

import pytest

from monitor.registers.identity import Identities, Identity, Replaced, identities, replacements
from tests.registers.papers import at

A, B = "1.3.6.1.4.1.2011.1", "1.3.6.1.4.1.3902.2"
T = at("2026-09-01")


@pytest.mark.parametrize(
    ("rule", "said", "kept", "replaced"),
    [
        ("Nothing said, nothing kept.", [Identity()], [], 0),
        ("First heard.", [Identity(A)], [Identity(A)], 0),
        ("The same again.", [Identity(A, "S1"), Identity(A, "S1")], [Identity(A, "S1")], 0),
        ("Silence takes nothing back.", [Identity(A, "S1"), Identity(A), Identity()], [Identity(A, "S1")], 0),
        ("More is told later.", [Identity(A), Identity(A, "S1")], [Identity(A), Identity(A, "S1")], 0),
        ("Another serial is another device.",
         [Identity(A, "S1"), Identity(A, "S2")], [Identity(A, "S1"), Identity(A, "S2")], 1),
        ("So is another sysObjectID.", [Identity(A), Identity(B)], [Identity(A), Identity(B)], 1),
        ("The new one keeps nothing of the old one's.",
         [Identity(A, "S1"), Identity(B), Identity(B, "S2")], [Identity(A, "S1"), Identity(B), Identity(B, "S2")], 1),
        ("And back again.", [Identity(A), Identity(B), Identity(A)], [Identity(A), Identity(B), Identity(A)], 2),
    ],
)  # fmt: skip
def test_a_device_is_put_on_record_when_it_says_more_or_otherwise(
    rule: str, said: list[Identity], kept: list[Identity], replaced: int
) -> None:
    known = Identities()
    events = [event for each in said if (event := known.hear("l1", each, T, T)) is not None]
    assert kept == [Identity(event.object_id, event.serial) for event in events], rule
    assert replaced == len(replacements(events)), rule
    assert known.all() == identities(events).all(), rule


def test_a_replacement_tells_both_and_when_it_was_read() -> None:
    known, read_at = Identities(), at("2026-09-02")
    first, second = known.hear("l1", Identity(A), T, T), known.hear("l1", Identity(B), read_at, at("2026-09-03"))
    other = known.hear("l2", Identity(B), T, T)
    assert first is not None
    assert second is not None
    assert other is not None
    assert (Replaced(line="l1", at=read_at, before=Identity(A), after=Identity(B)),) == replacements(
        [first, other, second]
    )
