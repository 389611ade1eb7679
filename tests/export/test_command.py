"""``monitor export-history`` from a database to a file, and ``monitor replay`` of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.chronicle import gather, write
from monitor.cli import main
from monitor.faults.actions import Acknowledge, Action, Attribute, Exclude, Maintain, Report, Restore
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.inventory.adopted import Adopted
from monitor.inventory.model import Inventory
from monitor.policy import Clock, Policies, Policy
from monitor.sla.spelling import spell_time
from monitor.store.records import Records
from monitor.store.store import Store
from tests.config.written import write as write_folder
from tests.export.watched import Watched
from tests.histories import ZONE, History, at, county, history, rounds

CENTRE, UNIT = Source.CENTRE, Source.UNIT
POLICY = Policy(version="county-7", clock=Clock(limit=timedelta(minutes=30), observe_for=timedelta(minutes=10)))
END = 4 * 3600


def lived(folder: Path, given: History, *, stops: Sequence[int] = (), then: Inventory | None = None) -> Path:
    """Watch a history into a database, with restarts; after the first one go by another inventory."""
    url = f"sqlite:///{folder}/monitor.db"
    watched = Watched(given, url)
    for second in sorted({*given.instants(), *stops}):
        watched.step(second)
        if second in stops:
            if then is not None:
                watched.adopt(replace(given, inventory=then))
            watched.stop(second)
    watched.commit(whole=True)
    watched.store.close()
    return write_folder(folder / "config", monitor=f"database: {url}\n")


def a_day_of_trouble() -> History:
    """L1 fails for an hour, L2 is reported; a window holds back L3; one exclusion and one ruling."""
    seen = (
        *rounds("L1", "30o60x150o"),
        *rounds("L2", "240o"),
        *rounds("L3", "60o20x10e150o"),
        *rounds("R1", "100o5x135o"),
    )
    actions: list[Action] = [
        Maintain(at=at(0), by=CENTRE, id="m1", scope=Scope.LINE, subject="L3", begins_at=at(3500), ends_at=at(5000)),
        Acknowledge(at=at(2400), by=Source.CARRIER, line="L1"),
        Exclude(
            at=at(3000),
            by=CENTRE,
            line="L1",
            id="x1",
            begins_at=at(2000),
            ends_at=at(2600),
            reason=ExclusionReason.ACCESS_DENIED,
        ),
        Report(at=at(7000), by=UNIT, line="L2", who="someone", why="their words stay at home"),
        Restore(at=at(8000), by=CENTRE, line="L2", restored_at=at(7900)),
        Attribute(at=at(9000), by=CENTRE, line="L2", party=Party.UNIT),
    ]
    return history(seen, actions=actions, policy=POLICY, inventory=county(lines=3, references=1), end=END)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def replayed(file: Path) -> dict[str, Any]:
    done = run("replay", "--json", file)
    assert 0 == done.exit_code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["history.jsonl", "history.jsonl.gz"])
def test_a_history_goes_out_and_is_judged_the_same(tmp_path: Path, name: str) -> None:
    config, file = lived(tmp_path, a_day_of_trouble(), stops=[7300]), tmp_path / name
    done = run("export-history", "--config", config, "--from", "2026-09-01", "--out", file)
    assert 0 == done.exit_code, done.output
    assert [] == [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")]
    assert name.endswith(".gz") == file.read_bytes().startswith(b"\x1f\x8b")

    output = replayed(file)
    assert "county-7+overrides" == output["policy_version"]
    found = {fault["line"]: fault for fault in output["faults"]}
    assert ["L1", "L2"] == sorted(found)
    assert ("late", 600, "2026-09-01T16:30:00Z") == (
        found["L1"]["verdict"],
        found["L1"]["excluded_s"],
        found["L1"]["acknowledged_at"],
    )
    assert ("exempt", "unit", "closed") == tuple(found["L2"][key] for key in ("verdict", "party", "status"))
    figures = output["availability"]["lines"]
    assert 3600 == figures["L1"]["down_s"]
    assert 0 < figures["L3"]["excluded_s"]
    with Records.of(f"sqlite:///{tmp_path}/monitor.db") as records:
        assert len(records.faults()) == len(output["faults"])


def test_the_head_says_what_is_told_and_no_contact_leaves_the_house(tmp_path: Path) -> None:
    config = lived(tmp_path, a_day_of_trouble())
    done = run("export-history", "--config", config, "--from", "2026-09-02", "--to", "2026-09-02T03:00:00+08:00")
    assert 0 == done.exit_code, done.output
    head, *entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert "county-7" in head["about"]
    assert {"from": "2026-09-01T16:00:00Z", "to": "2026-09-01T19:00:00Z"} == head["availability"]
    assert "their words" not in done.stdout
    assert "someone" not in done.stdout
    assert "30m" == head["policy"]["clock"]["limit"]
    assert head["start"] <= min(entry.get("at") or entry["from"] for entry in entries)
    assert all((entry.get("at") or entry["from"]) <= head["end"] for entry in entries)


def test_it_begins_with_the_fault_that_was_open_and_not_before(tmp_path: Path) -> None:
    config, file = lived(tmp_path, a_day_of_trouble()), tmp_path / "late.jsonl"
    begin = "2026-09-01T17:00:00Z"  # L1 has been down for 40 minutes
    assert 0 == run("export-history", "--config", config, "--from", begin, "--out", file).exit_code
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][1:]
    first = {
        line: next(each for each in entries if each.get("line") == line and "ping" in each) for line in ("L1", "L2")
    }
    assert "2026-09-01T16:19:00Z" == (first["L1"].get("at") or first["L1"]["from"])
    assert begin == first["L2"]["from"]
    [fault] = [fault for fault in replayed(file)["faults"] if fault["line"] == "L1"]
    assert "2026-09-01T16:20:00Z" == fault["first_failed_at"]


def test_each_fault_is_judged_by_the_version_in_force_at_its_discovery(tmp_path: Path) -> None:
    """Two versions within the history: both go out, each with the instant at which it came into force."""
    later = replace(POLICY, version="county-8", effective_from=at(2 * 3600), clock=Clock(limit=timedelta(hours=2)))
    seen = (*rounds("L1", "30o60x150o"), *rounds("L2", "150o60x30o"))
    given = history(seen, policies=[POLICY, later], inventory=county(lines=2), end=END)
    config, file = lived(tmp_path, given), tmp_path / "history.jsonl"
    done = run("export-history", "--config", config, "--from", "2026-09-01", "--out", file)
    assert (0, False) == (done.exit_code, "Not told" in file.read_text(encoding="utf-8")), done.output
    head = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    assert [("county-7", "30m"), ("county-8", "2h")] == [
        (each["version"], each["clock"]["limit"]) for each in head["policy"]
    ]
    assert spell_time(at(2 * 3600)) == head["policy"][1]["effective_from"]
    found = {fault["line"]: (fault["elapsed_s"], fault["verdict"]) for fault in replayed(file)["faults"]}
    assert {"L1": "late", "L2": "on_time"} == {line: verdict for line, (_, verdict) in found.items()}
    assert found["L1"][0] == found["L2"][0]


def test_versions_in_force_in_turn_are_judged_by_the_last_and_that_is_said(tmp_path: Path) -> None:
    """Side by side no version comes into force twice."""
    tried = replace(POLICY, version="county-8", clock=Clock(limit=timedelta(hours=2)))
    now = [Adopted(at(hour * 3600), Policies([each])) for hour, each in enumerate([POLICY, tried, POLICY])]
    lived(tmp_path, a_day_of_trouble())
    with Records.of(f"sqlite:///{tmp_path}/monitor.db") as records:
        material = replace(gather(records, end=None, zone=ZONE), policies=tuple(now))
    chronicle = write(material, at(0))
    assert "county-7" == chronicle.head["policy"]["version"]
    assert "that policy versions were in force in turn, one of them twice: county-7 judges all of the history" in (
        chronicle.untold
    )


def test_another_policy_is_tried_on_a_history_without_one(tmp_path: Path) -> None:
    config, file, policy = lived(tmp_path, a_day_of_trouble()), tmp_path / "h.jsonl", tmp_path / "policy.yaml"
    policy.write_text("version: lenient\nclock: {limit: 12h}\n", encoding="utf-8")
    out = ("export-history", "--config", config, "--from", "2026-09-01", "--without-policy", "--out", file)
    assert 0 == run(*out).exit_code
    done = run("replay", "--json", "--policy", policy, file)
    output = json.loads(done.stdout)
    assert ("lenient", "") == (output["policy_version"], done.stderr)
    assert "on_time" == next(fault["verdict"] for fault in output["faults"] if fault["line"] == "L1")


def test_that_a_history_has_a_policy_of_its_own_is_said_where_another_is_tried(tmp_path: Path) -> None:
    config, file, policy = lived(tmp_path, a_day_of_trouble()), tmp_path / "h.jsonl", tmp_path / "policy.yaml"
    policy.write_text("version: lenient\nclock: {limit: 12h}\n", encoding="utf-8")
    assert 0 == run("export-history", "--config", config, "--from", "2026-09-01", "--out", file).exit_code
    done = run("replay", "--json", "--policy", policy, file)
    assert "county-7+overrides" == json.loads(done.stdout)["policy_version"]
    assert "its own policy comes before --policy; monitor export-history --without-policy leaves it out" in done.stderr
    assert "" == run("replay", "--json", file).stderr


def test_a_line_that_left_is_told_until_it_left(tmp_path: Path) -> None:
    given = a_day_of_trouble()
    later = replace(
        given.inventory,
        lines={
            "L2": given.inventory.lines["L2"],
            "L9": replace(given.inventory.lines["L1"], id="L9"),  # at the address of the one that left
        },
    )
    config, file = lived(tmp_path, given, stops=[6000], then=later), tmp_path / "h.jsonl"
    done = run("export-history", "--config", config, "--from", "2026-09-01", "--out", file)
    assert 0 == done.exit_code, done.output
    head = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    lines = {line["id"]: line for line in head["inventory"]["lines"]}
    assert ["L2", "L9", "L1", "L3"] == list(lines)
    assert "2026-09-01T17:30:00Z" == lines["L1"]["in_service_to"]
    assert lines["L1"]["address"] != lines["L9"]["address"]
    assert {"L1", "L2"} == {fault["line"] for fault in replayed(file)["faults"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "yesterday"), "--from"),
        (("--from", "2026-09-02", "--to", "2026-09-01"), "--to must be later than --from"),
        (("--from", "2030-01-01"), "the record ends at 2026-09-01T19:50:00Z"),
        (
            ("--from", "2020-01-01", "--to", "2020-02-01"),
            "nothing was watched yet at 2020-01-31T16:00:00Z: the record begins at 2026-",
        ),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    config = lived(tmp_path, a_day_of_trouble())
    done = run("export-history", "--config", config, *arguments)
    assert 2 == done.exit_code
    assert said in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_a_new_database_has_nothing_to_tell(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/monitor.db").close()
    config = write_folder(tmp_path / "config", monitor=f"database: sqlite:///{tmp_path}/monitor.db\n")
    done = run("export-history", "--config", config, "--from", "2026-09-01")
    assert (2, True) == (done.exit_code, "nothing was judged yet" in done.stderr)


def test_a_large_county_is_told_in_few_entries(tmp_path: Path) -> None:
    """122 lines over a day are some 176,000 rounds; what is told grows with what happened, not with the rounds."""
    day, inventory = 1440, county(lines=122, references=1)
    seen = [one for line in inventory.lines for one in rounds(line, f"{day}o")]
    seen += rounds("R1", f"{day}o")
    spared = [one for one in seen if one.subject != "L7" or not at(6000) <= one.at < at(36000)]
    given = history(
        [*spared, *rounds("L7", "500x", begin=6000)],
        policy=POLICY,
        inventory=inventory,
        end=day * 60,
    )
    watched = Watched(given, f"sqlite:///{tmp_path}/monitor.db")
    for second in given.instants():
        watched.step(second)
    watched.commit(whole=True)
    watched.store.close()
    with Records.of(watched.url) as records:
        chronicle = write(gather(records, end=None, zone=ZONE), at(0))
    assert len(chronicle.entries) <= len(inventory.lines) + 10
    assert () == chronicle.untold


def test_blindness_is_the_same_though_a_reference_was_measured_long_before(tmp_path: Path) -> None:
    """R2 was lost once, long ago; when R1 is lost too the monitor is blind, and L1's losses then are none."""
    seen = (
        *rounds("L1", "60o10x110o"),
        *rounds("R1", "59o12x109o"),
        *rounds("R2", "x"),
    )
    given = history(seen, policy=POLICY, inventory=county(lines=1, references=2), end=10_800)
    config, file = lived(tmp_path, given), tmp_path / "h.jsonl"
    begin = "2026-09-01T16:30:00Z"
    assert 0 == run("export-history", "--config", config, "--from", begin, "--out", file).exit_code
    output = replayed(file)
    assert [] == output["faults"]
    assert 12 * 60 == output["availability"]["lines"]["L1"]["unknown_s"]
    assert ["monitor_blind", "monitor_sees"] == [message["kind"] for message in output["messages"]]


def test_gzip_says_nothing_of_when_and_where(tmp_path: Path) -> None:
    config = lived(tmp_path, a_day_of_trouble())
    for name in ("one.gz", "other.gz"):
        assert (
            0 == run("export-history", "--config", config, "--from", "2026-09-01", "--out", tmp_path / name).exit_code
        )
    one, other = (tmp_path / name for name in ("one.gz", "other.gz"))
    assert one.read_bytes() == other.read_bytes()
    assert gzip.decompress(one.read_bytes()).startswith(b'{"about"')
