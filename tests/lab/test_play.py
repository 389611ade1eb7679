"""The play is seeded, calm, and shows a newcomer everything in order."""

from __future__ import annotations

from itertools import islice, takewhile

import pytest

from monitor.lab.county import SEED, generate
from monitor.lab.damage import NONE, Damage, from_json, to_json, together
from monitor.lab.play import Kind, acts, strokes

COUNTY = generate(SEED)


def test_the_same_seed_plays_the_same_acts() -> None:
    first, again = (list(islice(acts(COUNTY, seed=3), 50)) for _ in range(2))
    assert first == again
    assert first != list(islice(acts(COUNTY, seed=4), 50))


def test_within_forty_seconds_a_line_is_cut_and_mended() -> None:
    early = list(takewhile(lambda stroke: stroke.at <= 40, strokes(acts(COUNTY, seed=1))))
    assert [(each.act.kind, each.comes) for each in early] == [(Kind.LINE_CUT, True), (Kind.LINE_CUT, False)]


def test_the_opening_shows_every_kind_of_failure() -> None:
    assert set(Kind) == {act.kind for act in islice(acts(COUNTY, seed=1), 7)}


def test_one_line_is_cut_for_longer_than_the_limit() -> None:
    (act,) = [act for act in islice(acts(COUNTY, seed=1), 7) if act.kind is Kind.OVERDUE]
    ((begin, finish),) = act.spans
    assert finish - begin > 180


def test_strokes_come_in_order_and_every_damage_goes_again() -> None:
    played = list(strokes(islice(acts(COUNTY, seed=5), 100)))
    assert [stroke.at for stroke in played] == sorted(stroke.at for stroke in played)
    running: list[Damage] = []
    most = 0
    for stroke in played:
        if stroke.comes:
            running.append(stroke.act.damage)
        else:
            running.remove(stroke.act.damage)
        most = max(most, len(running))
    assert not running
    assert most <= 8, "a calm play"


def test_no_two_acts_strike_one_line_at_once() -> None:
    struck: dict[str, float] = {}
    for act in islice(acts(COUNTY, seed=6), 200):
        if act.line is not None:
            assert struck.get(act.line, 0) <= act.begins
            struck[act.line] = act.spans[-1][1]


def test_power_is_lost_only_where_an_agent_can_show_it() -> None:
    lost = [act.line for act in islice(acts(COUNTY, seed=2), 200) if act.kind is Kind.POWER_LOSS]
    assert lost
    assert set(lost) <= set(COUNTY.edges)


def test_without_nft_nothing_is_lost_at_random() -> None:
    assert Kind.LOSS not in {act.kind for act in islice(acts(COUNTY, seed=2, can_lose=False), 200)}


def test_half_the_tempo_plays_twice_as_fast() -> None:
    calm, quick = next(acts(COUNTY, seed=1)), next(acts(COUNTY, seed=1, tempo=0.5))
    assert [(begin / 2, finish / 2) for begin, finish in calm.spans] == list(quick.spans)


def test_a_damage_survives_being_told() -> None:
    damage = Damage(cut=frozenset({"a"}), dark=frozenset({"b"}), nodes=frozenset({"n"}), loss={"c": 0.4}, blind=True)
    assert damage == from_json(to_json(damage))


def test_damages_add_up() -> None:
    both = together([Damage(cut=frozenset({"a"})), Damage(cut=frozenset({"b"}), blind=True)])
    assert Damage(cut=frozenset({"a", "b"}), blind=True) == both
    assert together([]) == NONE


@pytest.mark.parametrize("text", ["[]", "{}", '{"cut": 1}', "null"])
def test_what_is_no_damage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a damage"):
        from_json(text)
