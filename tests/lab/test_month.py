"""Past months of the sample county: drawn as the county's description says, told as a history, lived into a folder."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from monitor.cli.lab import lab
from monitor.config.folder import load as load_configuration
from monitor.config.scenario import load
from monitor.faults.events import DegradationBegan, DegradationEnded
from monitor.inspection import inspect
from monitor.inventory.model import UnitKind
from monitor.lab.county import County, generate
from monitor.lab.folder import Folder, Listen
from monitor.lab.living import HISTORY, NotAsTold, live
from monitor.lab.mishaps import APART, FEWEST_BELOW, Cause, by_line
from monitor.lab.month import Past, history, past
from monitor.lab.papers import draw_up
from monitor.policy import Policies, Policy
from monitor.replay import as_json, replay
from monitor.sla.spelling import spell_fault
from monitor.store.records import Records

SEPTEMBER = date(2026, 9, 1)
LISTEN = Listen(web="127.0.0.1:8080", metrics="127.0.0.1:9780")
DAY = timedelta(days=1)
YEARS = 12 * 40  # months, for what is true on average


@cache
def county() -> County:
    return generate()


@cache
def september() -> Past:
    return past(county(), SEPTEMBER)


@cache
def long_past() -> Past:
    return past(county(), SEPTEMBER, months=YEARS)


def first_days(days: int) -> Past:
    """Return the September that ends after some days."""
    whole = september()
    end = whole.begin + days * DAY
    return replace(whole, end=end, mishaps=tuple(each for each in whole.mishaps if each.begins_at < end))


def test_the_same_seed_gives_the_same_months_and_another_gives_others() -> None:
    """Whoever draws the demonstration anew gets the same report."""
    assert list(history(first_days(30))) == list(history(replace(first_days(30), county=generate())))
    assert september().mishaps == past(county(), SEPTEMBER, months=2).mishaps[: len(september().mishaps)]
    assert september().mishaps != past(generate(7), SEPTEMBER).mishaps


def test_a_device_says_from_one_outage_to_the_next_what_a_real_one_would() -> None:
    """It has been up for as long as passed since it spoke last, and only a power cut starts it anew."""
    told = past(county(), SEPTEMBER, months=6)
    entries = [json.loads(line) for line in history(told)]
    said = [(each["line"], datetime.fromisoformat(each["at"]), each["snmp"]) for each in entries if "snmp" in each]
    cuts = {(each.line, each.begins_at) for each in told.mishaps if each.cause is Cause.UNIT_POWER}
    restarts = 0
    for (line, before, first), (other, after, second) in pairwise(sorted(said, key=lambda each: each[:2])):
        if line == other:
            cut = any(where == line and before < at < after for where, at in cuts)
            grown = second["sys_uptime_s"] - first["sys_uptime_s"] == (after - before).total_seconds()
            assert (cut, not cut) == (second["engine_boots"] == first["engine_boots"] + 1, grown)
            restarts += cut
    assert restarts


def test_a_line_that_answers_badly_is_degraded_until_it_answers_well(tmp_path: Path) -> None:
    """What the description calls a degradation is one by the rules, and ends (section 12)."""
    day = first_days(1)
    begin, end = day.begin + DAY / 4, day.begin + DAY / 3
    bad = replace(september().mishaps[0], cause=Cause.DEGRADATION, begins_at=begin, ends_at=end)
    file = tmp_path / "history.jsonl"
    file.write_text("".join(history(replace(day, mishaps=(bad,)))), encoding="utf-8")
    events = replay(load(file, base=Policies([Policy()]), zone=ZoneInfo("Asia/Shanghai"))).events
    [began] = [event for event in events if isinstance(event, DegradationBegan)]
    [ended] = [event for event in events if isinstance(event, DegradationEnded)]
    assert (bad.line, bad.line) == (began.line, ended.line)
    assert begin < began.at < end < ended.at <= end + timedelta(minutes=20)


def test_a_month_has_what_the_countys_description_lists() -> None:
    """One aggregation node cut, one time in which the monitor stood, 10 to 20 blips; a fault across the midnight."""
    found = Counter(mishap.cause for mishap in september().mishaps)
    cut = {mishap.line for mishap in september().mishaps if mishap.cause is Cause.NODE_CUT}
    [node] = {county().inventory.lines[line].node for line in cut}
    midnight = september().end.replace(hour=0)
    assert node is not None
    assert set(county().below(node)) == cut
    assert len(cut) >= FEWEST_BELOW
    assert 10 <= found[Cause.BLIP] <= 20
    assert 1 == len(september().blind)
    assert any(mishap.begins_at < midnight < mishap.ends_at for mishap in september().mishaps)


@pytest.mark.parametrize(
    ("kind", "a_month"), [(UnitKind.DEPARTMENT, 0.12), (UnitKind.TOWNSHIP, 0.35), (UnitKind.VILLAGE, 0.6)]
)
def test_lines_fail_as_often_as_those_of_their_kind(kind: UnitKind, a_month: float) -> None:
    """Over forty years a line's faults in thirty days come to the county's figure, within a tenth."""
    inventory, told = county().inventory, long_past()
    lines = {line.id for line in inventory.lines.values() if inventory.units[line.unit].kind is kind}
    drawn = [each for each in told.mishaps if each.line in lines and each.cause not in (Cause.BLIP, Cause.NODE_CUT)]
    days = (told.end - told.begin) / DAY
    assert pytest.approx(a_month, rel=0.1) == len(drawn) / len(lines) / days * 30


def test_causes_and_lengths_are_those_of_the_description() -> None:
    """A carrier's repair takes 2.5 hours in the middle, a power cut at the unit 45 minutes."""
    drawn = [each for each in long_past().mishaps if each.cause not in (Cause.BLIP, Cause.NODE_CUT)]
    cuts = [each for each in drawn if each.cause is Cause.EQUIPMENT]
    power = [each for each in drawn if each.cause is Cause.UNIT_POWER]
    assert pytest.approx(0.20, abs=0.02) == len(cuts) / len(drawn)
    assert pytest.approx(0.25, abs=0.02) == len(power) / len(drawn)
    assert (
        pytest.approx(2.5, rel=0.1)
        == sorted((each.ends_at - each.begins_at) / DAY * 24 for each in cuts)[len(cuts) // 2]
    )
    assert (
        pytest.approx(45, rel=0.1)
        == sorted((each.ends_at - each.begins_at) / DAY * 1440 for each in power)[len(power) // 2]
    )


def test_each_mishap_of_a_line_is_a_fault_of_its_own() -> None:
    """Within a month they stand hours apart, and none takes no time."""
    for mishaps in by_line(september().mishaps).values():
        assert all(each.begins_at < each.ends_at for each in mishaps)
        assert all(after.begins_at - before.ends_at >= APART for before, after in pairwise(mishaps))


def test_what_was_lived_through_is_what_replay_makes_of_the_history(tmp_path: Path) -> None:
    """Faults, clocks and verdicts on record are those of the file beside them; ledger and registers are in order."""
    shares: list[float] = []
    told = first_days(5)
    with Folder(tmp_path / "lab", keep=False) as folder:
        file = live(county(), told, folder, listen=LISTEN, locale="zh_CN", told=shares.append)
    configuration = load_configuration(tmp_path / "lab")
    scenario = load(file, base=configuration.policies, zone=ZoneInfo("Asia/Shanghai"))
    replayed = as_json(replay(scenario))["faults"]
    url = configuration.settings.database.reveal()
    with Records.of(url) as records:
        lived = [
            spell_fault(
                fault, configuration.policies.named(fault.policy_version), scenario.end, repeat_of=None, incident=None
            )
            for fault in sorted(records.faults(), key=lambda fault: fault.no)
        ]
        papers = draw_up(county(), told.end.date())
        found = inspect(records, configuration, told.end.date())
        assert () == records.verify().findings
    assert HISTORY == file.name
    assert len(replayed) > 5
    for key in ("line", "discovered_at", "restored_at", "deadline_at", "elapsed_s", "verdict", "party"):
        assert [fault[key] for fault in replayed] == [fault[key] for fault in lived]
    assert sorted(papers.gaps, key=str) == sorted(found.gaps, key=str)
    assert sorted(shares) == shares
    assert pytest.approx(1.0, abs=0.05) == shares[-1]


def test_an_action_that_cannot_be_is_no_month(tmp_path: Path) -> None:
    """A history that contradicts itself is refused, not lived through in part and called whole."""
    told = first_days(1)
    strange = replace(
        told, mishaps=(replace(told.mishaps[0], cause=Cause.FIBRE_CUT, ends_at=told.mishaps[0].begins_at),)
    )
    with Folder(tmp_path / "lab", keep=False) as folder, pytest.raises(NotAsTold):
        live(county(), strange, folder, listen=LISTEN, locale="zh_CN", told=lambda _: None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--past", "2026-13"), "write a month as 2026-09"), (("--past", "September"), "write a month as 2026-09")],
)
def test_a_month_that_is_none_is_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Nothing is written for it."""
    found = CliRunner().invoke(lab, [*arguments, "--dir", str(tmp_path / "lab")])
    assert 2 == found.exit_code
    assert said in found.output
    assert not (tmp_path / "lab").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """It is named, with the cure."""
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    found = CliRunner().invoke(lab, ["--past", "2026-09", "--dir", str(tmp_path)])
    assert 2 == found.exit_code
    assert "--dir" in found.output
    assert ["letter.txt"] == [path.name for path in tmp_path.iterdir()]
