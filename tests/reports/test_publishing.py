"""What the judging puts on record of a report's editions, and what it refuses: each refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.faults.actions import Action, ActionRefused
from monitor.faults.events import EditionDrawn, EditionFrozen, EditionSent, EditionWorded
from monitor.faults.terms import Source
from monitor.policy import Policies, Policy
from monitor.supervision import Supervision
from tests.store.county import ZONE, inventory

BEGIN, END = datetime(2026, 8, 31, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC)
AT = END + timedelta(hours=12)


def drawn(number: int, **other: Any) -> DrawEdition:
    given: dict[str, Any] = {
        **{"at": AT, "by": Source.MONITOR, "edition": "2026-09", "begins_at": BEGIN, "ends_at": END, "number": number},
        **{"as_of": END, "policy": "2026-1", "ledger_seq": 7, "ledger_hash": "0" * 64},
        **{"figures": f"figures {number}", "files": {"pdf": f"pdf {number}", "json": "the same"}},
    }
    return DrawEdition(**{**given, **other})


def worded(version: int, **other: Any) -> WordEdition:
    given: dict[str, Any] = {"at": AT, "by": Source.CENTRE, "edition": "2026-09", "next_orders": "请按时排除。"}
    return WordEdition(version=version, **{**given, **other})


def noted(number: int) -> NoteSending:
    return NoteSending(
        at=AT, by=Source.MONITOR, edition="2026-09", number=number, channel="mail", recipients=2, fate="delivered",
        status="250",
    )  # fmt: skip


def judging(*actions: Action) -> Supervision:
    supervision = Supervision(inventory(1), Policies([Policy()]), ZONE)
    for action in actions:
        supervision.act(action)
    return supervision


def test_what_is_done_is_an_event_and_stands_with_the_edition() -> None:
    """And a drawing names what of the one before nothing names any more."""
    supervision = judging(worded(1), drawn(1), drawn(2), drawn(3, frozen=True, who="王伟"), noted(3))
    events = supervision.step(AT)
    assert [EditionWorded, EditionDrawn, EditionDrawn, EditionFrozen, EditionSent] == [type(each) for each in events]
    superseded = [each.superseded for each in events if isinstance(each, EditionDrawn | EditionFrozen)]
    assert [(), ("figures 1", "pdf 1"), ("figures 2", "pdf 2")] == superseded
    edition = supervision.cases.editions.named("2026-09")
    assert edition is not None
    assert ("请按时排除。", True, True) == (edition.next_orders, edition.delivered, edition.frozen is not None)
    again = Supervision(inventory(1), Policies([Policy()]), ZONE, supervision.standing())
    assert supervision.cases.editions.all() == again.cases.editions.all(), "known after a restart too"


FROZEN = (drawn(1, frozen=True),)


@pytest.mark.parametrize(
    ("rule", "before", "action", "said"),
    [
        ("drawn again", FROZEN, drawn(2), "it is frozen"),
        ("frozen again", FROZEN, drawn(2, frozen=True), "it is frozen"),
        ("reworded", FROZEN, worded(1), "it is frozen"),
        ("somebody was faster", (drawn(1),), drawn(1), "somebody else drew it up meanwhile"),
        ("out of turn", (), drawn(2), "drawn up 0 times"),
        ("another period", (drawn(1),), drawn(2, begins_at=BEGIN + timedelta(1)), "its period was another before"),
        ("no period", (), drawn(1, begins_at=END), "ends before it begins"),
        ("not over", (), drawn(1, frozen=True, at=END - timedelta(1)), "its period is not over"),
        ("texts of others", (worded(1),), worded(1), "look at them again"),
        ("a long text", (), worded(1, next_orders="长" * 10_001), "at most 10000 characters"),
        ("sent what is not there", (drawn(1),), noted(2), "there is no drawing 2"),
        ("the carrier draws", (), drawn(1, by=Source.CARRIER), "only the centre"),
        ("the unit words", (), replace(worded(1), by=Source.UNIT), "only the centre"),
    ],
)
def test_what_is_refused(rule: str, before: tuple[Action, ...], action: Action, said: str) -> None:
    supervision = judging(*before)
    known = supervision.cases.editions.all()
    with pytest.raises(ActionRefused, match=said):
        supervision.act(action)
    assert known == supervision.cases.editions.all(), rule
