"""What the centre may enter, erase and take out; every refusal names its rule and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.actions import Action, ActionRefused
from monitor.faults.events import Event, RegisterEntered, RegisterErased, RegisterTaken
from monitor.faults.terms import Change, Medium, Source
from monitor.policy import Policies, Policy
from monitor.registers.actions import Draft, EnterRegister, EraseRegister, TakeRegister
from monitor.registers.entries import entered
from monitor.supervision import Supervision
from tests.registers.papers import DIGEST, ZONE, at, county, line

NOW = at("2026-09-01 10:00")
FILING, REVIEW = "admin_filing", "access_review"
DRAFT = Draft(register=FILING, entry="u1", version=1, subject="u1", facts={"filed_on": "2026-08-31"}, digest=DIGEST)
REVIEWED = replace(
    DRAFT, register=REVIEW, entry="u1-1", facts={"decision": "approved", "approved_on": "2026-08-31", "line": "l1"}
)


def county_watched() -> Supervision:
    return Supervision(county(line("l1"), line("l2", "u2"), units=("u1", "u2")), Policies([Policy()]), ZONE)


def enter(*drafts: Draft, when: datetime = NOW, by: Source = Source.CENTRE) -> EnterRegister:
    return EnterRegister(at=when, by=by, who="王", why="filed", attachment="a" * 64, drafts=drafts)


def done(supervision: Supervision, *actions: Action) -> list[Event]:
    for action in actions:
        assert supervision.act(action) is None, "no action on registers concerns a fault"
    return supervision.step(actions[-1].at)


def test_what_is_entered_is_an_event_with_who_why_and_when() -> None:
    [event] = done(county_watched(), enter(DRAFT))
    assert event == RegisterEntered(
        at=NOW,
        register=FILING,
        entry="u1",
        version=1,
        subject="u1",
        facts={"filed_on": "2026-08-31"},
        digest=DIGEST,
        who="王",
        why="filed",
        attachment="a" * 64,
    )


def test_versions_follow_one_another_in_one_action_and_over_several() -> None:
    supervision = county_watched()
    second = replace(DRAFT, version=2, facts={"filed_on": "2026-09-01"})
    withdrawn = replace(DRAFT, version=3, change=Change.WITHDRAWN, facts={}, digest=None)
    events = done(supervision, enter(DRAFT, second), enter(withdrawn))
    assert [1, 2, 3] == [event.version for event in events if isinstance(event, RegisterEntered)]
    again = replace(DRAFT, version=4)
    assert 1 == len(done(supervision, enter(again, when=NOW + timedelta(minutes=1))))


@pytest.mark.parametrize(
    ("rule", "changed", "said"),
    [
        ("A register that there is.", {"register": "pigeons"}, "there is no such register: there are admin_filing, "),
        ("A unit of the inventory.", {"subject": "u9", "entry": "u9"}, "there is no unit u9 in the inventory"),
        ("A unit where one is meant.", {"subject": "c1", "entry": "c1"}, "there is no unit c1 in the inventory"),
        (
            "One entry a unit.",
            {"entry": "u1-1"},
            "a unit has one entry in this register, which has its id, u1",
        ),
        ("The next version.", {"version": 2}, "it has 0 versions by now, others than you saw: look at it again"),
        ("Something to correct.", {"change": Change.CORRECTED}, "there is nothing yet to correct or withdraw"),
        ("What is needed.", {"facts": {}}, "filed_on is missing"),
        ("Names too.", {"digest": None}, "the names and texts of it are missing"),
        ("Nothing that is no field.", {"facts": {"hat": "blue"}}, "the ledger holds no hat in clear"),
        (
            "No name in the ledger.",
            {"facts": {"filed_on": "2026-08-31", "leader": "王伟"}},
            "the ledger holds no leader in clear",
        ),
        ("A day that reads.", {"facts": {"filed_on": "yesterday"}}, "a value does not read: "),
        ("A day that is past.", {"facts": {"filed_on": "2026-09-02"}}, "filed_on: 2026-09-02 lies in the future"),
        (
            "Days in order.",
            {"facts": {"filed_on": "2026-08-31", "confirmed_on": "2026-08-30"}},
            "confirmed_on: 2026-08-30 is before filed_on 2026-08-31",
        ),
        (
            "A line of the unit.",
            {"register": REVIEW, "entry": "u1-2", "facts": {**REVIEWED.facts, "line": "l2"}},
            "there is no line l2 of u1 in the inventory",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_rule(rule: str, changed: dict[str, Any], said: str) -> None:
    supervision = county_watched()
    with pytest.raises(ActionRefused) as refused:
        supervision.act(enter(REVIEWED, replace(DRAFT, **changed)))
    assert said in str(refused.value), rule
    assert str(refused.value).endswith("; nothing was entered"), rule
    assert ([], ()) == (supervision.step(NOW), supervision.cases.registers.all()), rule


@pytest.mark.parametrize(
    ("rule", "changed", "said"),
    [
        ("The next version.", {"version": 1}, "it has 1 versions by now, others than you saw: look at it again"),
        ("Whose it is.", {"subject": "u2", "version": 2}, "it is an entry of u1, not of u2"),
        (
            "A withdrawal says no more.",
            {"version": 2, "change": Change.WITHDRAWN},
            "an entry that is withdrawn says nothing more",
        ),
    ],
)
def test_what_does_not_follow_is_refused(rule: str, changed: dict[str, Any], said: str) -> None:
    supervision = county_watched()
    done(supervision, enter(DRAFT))
    with pytest.raises(ActionRefused, match=said):
        supervision.act(enter(replace(DRAFT, **changed)))


def test_what_is_withdrawn_is_not_corrected_but_may_be_entered_anew() -> None:
    supervision = county_watched()
    withdrawn = replace(DRAFT, version=2, change=Change.WITHDRAWN, facts={}, digest=None)
    done(supervision, enter(DRAFT, withdrawn))
    with pytest.raises(ActionRefused, match="it is withdrawn already"):
        supervision.act(enter(replace(DRAFT, version=3, change=Change.CORRECTED)))
    done(supervision, enter(replace(DRAFT, version=3)))


@pytest.mark.parametrize(
    "action",
    [
        enter(DRAFT, by=Source.UNIT),
        EraseRegister(at=NOW, by=Source.CARRIER, register=FILING, entry="u1"),
        TakeRegister(at=NOW, by=Source.UNIT, registers=(FILING,), entries=1, to=Medium.FILE, full=True),
    ],
)
def test_only_the_centre_does_it(action: Action) -> None:
    with pytest.raises(ActionRefused, match="only the centre may"):
        county_watched().act(action)


def test_an_erasure_names_versions_digests_and_files_once() -> None:
    supervision = county_watched()
    second = replace(DRAFT, version=2, digest="e" * 64)
    done(supervision, enter(DRAFT, second))
    erase = EraseRegister(at=NOW, by=Source.CENTRE, who="王", why="asked by letter", register=FILING, entry="u1")
    [first] = done(supervision, replace(erase, versions=(1,)))
    assert first == RegisterErased(
        at=NOW,
        register=FILING,
        entry="u1",
        versions=(1,),
        digests=(DIGEST,),
        attachments=("a" * 64,),
        who="王",
        why="asked by letter",
    )
    [rest] = done(supervision, erase)
    assert isinstance(rest, RegisterErased)
    assert ((2,), ("e" * 64,)) == (rest.versions, rest.digests)
    for changed, said in (
        ({}, "nothing of entry u1 is left to erase"),
        ({"versions": (3,)}, "entry u1 has no version 3: it has 2"),
        ({"entry": "u2"}, "there is no entry u2 in register admin_filing"),
    ):
        with pytest.raises(ActionRefused, match=said):
            supervision.act(replace(erase, **changed))


def test_who_takes_entries_out_is_on_record() -> None:
    taken = TakeRegister(at=NOW, by=Source.CENTRE, who="王", registers=(FILING,), entries=9, to=Medium.FILE, full=True)
    [event] = done(county_watched(), taken)
    assert event == RegisterTaken(at=NOW, registers=(FILING,), entries=9, to=Medium.FILE, full=True, who="王")


# -- laws ----------------------------------------------------------------------------------------------------------

DRAFTS = st.builds(
    Draft,
    register=st.sampled_from((FILING, REVIEW, "carrier_guarantee", "pigeons")),
    entry=st.sampled_from(("u1", "u1-1", "c1")),
    version=st.integers(1, 4),
    subject=st.sampled_from(("u1", "u1", "u2", "c1")),
    change=st.sampled_from((*Change, Change.ENTERED)),
    facts=st.sampled_from(
        (
            {"filed_on": "2026-08-31"},
            {"decision": "approved", "approved_on": "2026-08-31"},
            {"signed_on": "2025-08-31", "expires_on": "2027-08-31"},
            {},
        )
    ),
    digest=st.sampled_from((DIGEST, None)),
)
ERASURES = st.builds(
    EraseRegister,
    at=st.just(NOW),
    by=st.just(Source.CENTRE),
    register=st.sampled_from((FILING, REVIEW)),
    entry=st.sampled_from(("u1", "u1-1")),
    versions=st.sampled_from(((), (1,), (1, 2))),
)
ACTIONS = st.lists(st.one_of(st.lists(DRAFTS, min_size=1, max_size=3).map(lambda drafts: enter(*drafts)), ERASURES))


@given(ACTIONS)
def test_what_is_refused_changes_nothing_and_events_alone_tell_the_entries(actions: list[Action]) -> None:
    """Legal or not, in any order; and whoever goes on from where judging stood knows the same."""
    supervision, events = county_watched(), []
    for number, action in enumerate(actions):
        before, when = supervision.cases.registers.all(), NOW + timedelta(seconds=number)
        try:
            supervision.act(replace(action, at=when))
        except ActionRefused:
            assert before == supervision.cases.registers.all()
            assert [] == supervision.step(when)
            continue
        happened = supervision.step(when)
        assert happened
        events += happened
        assert entered(events).all() == supervision.cases.registers.all()
        standing = supervision.standing()
        supervision = Supervision(supervision.inventory, supervision.policies, ZONE, standing)
    for entry in supervision.cases.registers.all():
        assert list(range(1, len(entry.versions) + 1)) == [each.number for each in entry.versions]
