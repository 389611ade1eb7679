"""``monitor notify who``: who would be told, now or at another time, as people and programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.store.store import Store
from monitor.wording.telephones import mask
from tests.config.written import write

MONITOR = """\
locale: en
channels:
  robot: {kind: webhook, url: "http://127.0.0.1:9/robot"}
  centre: {kind: sms, url: "http://127.0.0.1:9/sms", roster: duty}
  leader: {kind: smtp, host: mail.example, sender: m@b.c, recipients: [leader@b.c]}
routes:
  - {carrier: unicom, kinds: all, channels: [robot]}
  - {kinds: [opened, overdue, alarms], channels: [centre]}
  - {kinds: [overdue, unacknowledged], unit_kinds: other, days: workdays, hours: 08:30-17:30, wait: true,
     channels: [leader]}
rosters:
  duty:
    - {name: Zhang, phone: 13800000001, days: workdays, hours: 08:00-20:00}
    - {name: Li, phone: 0000-66000002, hours: 20:00-08:00}
    - {name: Wang, phone: 13800000003, email: w@b.c, days: holidays, hours: 08:00-20:00}
"""
NIGHT, NATIONAL_DAY = "2026-09-02 03:00", "2026-10-01 12:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, monitor=f"{MONITOR}database: sqlite:///{tmp_path}/monitor.db\n")


def asked(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["notify", "who", "--config", str(folder), *arguments], env={"COLUMNS": "160"})


def told(folder: Path, *arguments: str) -> dict[str, object]:
    answer = asked(folder, "--json", *arguments)
    assert 0 == answer.exit_code, answer.output
    found = json.loads(answer.output)
    assert isinstance(found, dict)
    return found


def rows(found: dict[str, object]) -> list[tuple[str | None, str, str | None, str | None, str]]:
    tellings = found["tellings"]
    assert isinstance(tellings, list)
    return [
        (each["carrier"], " ".join(each["kinds"]), each["channel"], each["at"],
         ", ".join(filter(None, (word for person in each["people"] for word in person.values()))))
        for each in tellings
    ]  # fmt: skip


def test_programs_are_told_who_gets_a_message_of_a_carrier_and_when(folder: Path) -> None:
    """At 03:00 the robot and the night's duty are told of a fault; the leader of its escalation in the morning."""
    found = told(folder, "--carrier", "unicom", "--kind", "opened", "--at", NIGHT)
    assert ("2026-09-01T19:00:00Z", True, []) == (found["at"], found["workday"], found["unreached"])
    assert rows(found) == [
        ("unicom", "opened", "robot", "2026-09-01T19:00:00Z", ""),
        ("unicom", "opened", "centre", "2026-09-01T19:00:00Z", "Li, 000*-****0002"),
        ("unicom", "unacknowledged", "robot", "2026-09-01T19:30:00Z", ""),
        ("unicom", "unacknowledged", "leader", "2026-09-02T00:30:00Z", "leader@b.c"),
    ]


def test_kinds_that_go_the_same_way_stand_together_and_those_of_nobody_last(folder: Path) -> None:
    """For a carrier without a route of its own, what no route takes is said too."""
    found = told(folder, "--carrier", "mobile", "--at", NATIONAL_DAY)
    assert rows(found) == [
        ("mobile", "opened overdue", "centre", "2026-10-01T04:00:00Z", "Wang, 138****0003, w@b.c"),
        ("mobile", "unacknowledged overdue", "leader", "2026-10-08T00:30:00Z", "leader@b.c"),
        ("mobile", "reminder overdue_repeat restored relapsed", None, None, ""),
    ]


def test_alarms_are_told_without_a_carrier(folder: Path) -> None:
    """The alarms to the centre go by their own routes."""
    assert [(None, "monitor_blind", "centre", "2026-09-01T19:00:00Z", "Li, 000*-****0002")] == rows(
        told(folder, "--kind", "monitor_blind", "--at", NIGHT)
    )


def test_kinds_of_units_with_answers_of_their_own_stand_apart(tmp_path: Path) -> None:
    """Where a route is for some units, each kind of unit that the carrier has is answered for."""
    inventory = """\
carriers: [{id: unicom, name: U}]
units: [{id: u1, name: a, kind: village}, {id: u2, name: b, kind: department}, {id: u3, name: c, kind: township}]
lines:
  - {id: L1, unit: u1, carrier: unicom, address: 192.0.2.1}
  - {id: L2, unit: u2, carrier: unicom, address: 192.0.2.2}
  - {id: L3, unit: u3, carrier: unicom, address: 192.0.2.3}
"""
    monitor = MONITOR.replace("unit_kinds: other", "unit_kinds: [village, township]")
    found = told(write(tmp_path, monitor=monitor, inventory=inventory), "--kind", "overdue", "--at", "2026-09-01 12:00")
    tellings = found["tellings"]
    assert isinstance(tellings, list)
    assert [(" ".join(each["unit_kinds"]), each["channel"]) for each in tellings] == [
        ("village township", "robot"),
        ("village township", "centre"),
        ("village township", "leader"),
        ("department", "robot"),
        ("department", "centre"),
    ]


def test_people_see_a_table_with_masked_numbers(folder: Path) -> None:
    """On a terminal the day, the channels, the kinds and the people on call are shown, numbers masked."""
    shown = asked(folder, "--at", NATIONAL_DAY).output
    assert "2026-10-01 12:00 Thursday holiday" == shown.splitlines()[0]
    assert "Wang 138****0003 w@b.c" in shown
    assert "13800000003" not in shown
    assert "10-08 08:30" in shown
    (alarms,) = (line for line in shown.splitlines() if line.lstrip().startswith("alarms"))
    assert ["alarms", "alarms", "centre", "at", "once", "Wang", "138****0003", "w@b.c"] == alarms.split()


def test_who_looks_at_whole_numbers_is_put_on_record_first(folder: Path) -> None:
    """As of every export: who, when, why and of how many people; without a database none is shown."""
    refused = asked(folder, "--at", NATIONAL_DAY, "--full")
    assert (3, "") == (refused.exit_code, refused.stdout)
    assert "makes it; whole telephone numbers are put on record before they are shown" in refused.stderr
    Store.open(f"sqlite:///{folder}/monitor.db").close()
    assert "13800000003" in asked(folder, "--at", NATIONAL_DAY, "--full", "--who", "Zhao", "--why", "to call").output
    assert told(folder, "--roster", "duty", "--at", NIGHT, "--full") == {
        "at": "2026-09-01T19:00:00Z",
        "workday": True,
        "roster": "duty",
        "people": [{"name": "Li", "phone": "0000-66000002", "email": None}],
    }
    taken = CliRunner().invoke(main, ["registers", "taken", "--config", str(folder)], env={"COLUMNS": "160"}).stdout
    first, second = (line.split() for line in taken.splitlines() if "duty rosters" in line)
    assert ["Zhao", "duty", "rosters", "1", "screen", "whole", "to", "call"] == first[2:]
    assert ["duty", "rosters", "1", "screen", "whole"] == second[3:]


def test_who_is_on_call_on_one_roster(folder: Path) -> None:
    """A roster alone is asked for at an instant, in text and for programs."""
    assert (
        "2026-09-02 03:00 Wednesday workday\nLi 000*-****0002\n"
        == asked(folder, "--roster", "duty", "--at", NIGHT).output
    )
    assert told(folder, "--roster", "duty", "--at", NIGHT) == {
        "at": "2026-09-01T19:00:00Z",
        "workday": True,
        "roster": "duty",
        "people": [{"name": "Li", "phone": "000*-****0002", "email": None}],
    }


def test_a_day_of_a_year_whose_holidays_are_not_known_is_said_to_be_a_guess(tmp_path: Path) -> None:
    """Who is on call at a festival that is not decreed yet may be others; written down the year is known."""
    asked_for = ("--roster", "duty", "--at", "2099-02-04 12:00")
    guessed = asked(write(tmp_path, monitor=MONITOR), *asked_for).output
    assert "The holidays of 2099 are not known: " in guessed.splitlines()[1]
    written = write(tmp_path, monitor=f"{MONITOR}calendar: {{2099: {{holidays: [2099-02-04]}}}}\n")
    assert "2099-02-04 12:00 Wednesday holiday\nWang 138****0003 w@b.c\n" == asked(written, *asked_for).output


def test_nobody_on_call_is_said_and_so_is_a_carrier_that_nobody_would_be_told_of(tmp_path: Path) -> None:
    """A roster whose dates are over leaves its channel, and the carriers behind it, without anybody."""
    over = MONITOR.replace("phone: 0000-66000002, hours", "phone: 0000-66000002, dates: [null, 2026-09-01], hours")
    folder = write(tmp_path, monitor=over)
    assert "nobody is on call" in asked(folder, "--roster", "duty", "--at", NIGHT).output
    shown = asked(folder, "--at", NIGHT).output
    assert "nobody is on call" in shown
    assert "Just now nobody would be told of faults of: 移动" in shown
    assert ["mobile"] == told(folder, "--at", NIGHT)["unreached"]


def test_without_routes_that_is_all_there_is_to_say(tmp_path: Path) -> None:
    """Where no routes are configured nobody is told, in the language configured."""
    shown = asked(write(tmp_path, monitor="routes: []"), "--at", NIGHT).output
    assert ["2026-09-02 03:00 周三 工作日", "没有配置 routes：任何消息都不会发出。"] == shown.splitlines()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--roster", "dut"], "there is no roster dut in monitor.yaml; did you mean 'duty'?"),
        (["--carrier", "unicon"], "there is no carrier of id unicon; did you mean 'unicom'?"),
        (["--kind", "opend"], "Invalid value for --kind: one of opened, "),
        (["--roster", "duty", "--kind", "opened"], "--roster stands alone, or with --at"),
        (["--carrier", "unicom", "--kind", "alarms"], "alarms are of no carrier: leave --carrier out"),
        (["--at", "noon"], "Invalid value for --at: write a time as '2026-09-01 13:00' (local)"),
        (["--at", "9999-12-31"], "Invalid value for --at: this time is outside the calendar"),
    ],
)
def test_wrong_input_is_told_in_one_line_and_the_exit_is_2(folder: Path, arguments: list[str], said: str) -> None:
    """A name that is not there, or options that do not go together, are refused."""
    answer = asked(folder, *arguments)
    assert 2 == answer.exit_code
    assert 1 == answer.stderr.count("\n")
    assert said in answer.stderr


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800000001", "138****0001"),
        ("+86 138 0000 0001", "+86 1** **** 0001"),
        ("0000-66000001", "000*-****0001"),
        ("66000001", "****0001"),
        ("10010", "10010"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_masked_in_its_middle(phone: str, masked: str) -> None:
    """Enough of a number stays to recognise it, and too little to call it; a short public one stays whole."""
    assert masked == mask(phone)
