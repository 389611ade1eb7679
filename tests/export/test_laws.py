"""A history written from the record and judged anew gives what live judging gave, whatever was lost and restarted."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copy, rmtree
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.chronicle import Chronicle, gather, write
from monitor.config.scenario import Scenario, load
from monitor.faults.actions import (
    Acknowledge,
    Action,
    Attribute,
    CancelMaintenance,
    Exclude,
    Maintain,
    Notified,
    RevokeExclusion,
)
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.policy import IncidentRule, Policies, Policy
from monitor.replay import as_json, replay
from monitor.sla.spelling import spell_time
from monitor.store.records import Records
from monitor.store.store import Store
from tests.export.watched import Watched, figures
from tests.histories import HORIZON, ZONE, History, at, histories, since_start

Json = dict[str, Any]
CALM = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def watch(history: History, url: str, breaks: Mapping[int, str]) -> Watched:
    """Watch a history: at each second of ``breaks`` commit, crash, or stop and start."""
    watched = Watched(history, url)
    for second in sorted({*history.instants(), *breaks}):
        if second > history.end:
            break
        watched.step(second)
        match breaks.get(second):
            case "commit":
                watched.commit()
            case "crash":
                watched.crash(second)
            case "stop":
                watched.stop(second)
            case _:
                pass
    watched.commit(whole=True)
    return watched


def judged_anew(chronicle: Chronicle, file: Path) -> tuple[Scenario, Json]:
    """Write a history to a file, read it as ``monitor replay`` does, and judge it."""
    file.write_text("".join(chronicle.lines()), encoding="utf-8")
    scenario = load(file, base=Policies([Policy()]), zone=ZONE)
    judgement = replay(scenario)
    assert [] == judgement.refusals
    return scenario, as_json(judgement)


def compared(live: Json, anew: Json, period: tuple[datetime, datetime]) -> None:
    """Compare faults in all fields, incidents, blips and figures, as far as they belong to the period."""
    live, anew = _renumbered(live), _renumbered(anew)
    begin = spell_time(period[0]) or ""
    in_both = [fault for fault in live["faults"] if fault in anew["faults"]]
    assert anew["faults"] == in_both
    touching = [fault for fault in live["faults"] if fault["status"] != "closed" or fault["closed_at"] >= begin]
    assert [] == [fault for fault in touching if fault not in anew["faults"]]
    assert _since(live["blips"], begin) == _since(anew["blips"], begin)
    assert live["availability"] == anew["availability"]


def _since(blips: list[Json], begin: str) -> list[Json]:
    return [blip for blip in blips if blip["first_failed_at"] >= begin]


def _renumbered(output: Json) -> Json:
    """Put what an incident is in the place of its number, which counts from the beginning of a history."""
    incidents = {one["id"]: {key: one[key] for key in one if key != "id"} for one in output["incidents"]}
    faults = [fault | {"incident": incidents.get(fault["incident"])} for fault in output["faults"]]
    return output | {"faults": faults}


@cache
def _new() -> Path:
    """Make an empty database once; every example begins with a copy."""
    file = Path(tempfile.mkdtemp()) / "monitor.db"
    atexit.register(rmtree, file.parent)
    Store.open(f"sqlite:///{file}").close()
    return file


def out_and_in_again(history: History, breaks: Mapping[int, str], start: datetime, end: datetime | None) -> None:
    """Watch, write, judge anew, compare."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/monitor.db"
        copy(_new(), Path(folder) / "monitor.db")
        marks = {second: done for second, done in breaks.items() if second < history.end}
        if end is not None:
            marks.setdefault(since_start(end), "commit")
        watch(history, url, marks).store.close()
        with Records.of(url) as records:
            chronicle = write(gather(records, end=end, zone=ZONE), start)
            scenario, anew = judged_anew(chronicle, Path(folder) / "history.jsonl")
            live = figures(records, scenario, history)
    compared(live, anew, (start, scenario.end))


BEGINS = st.integers(0, HORIZON // 5)
LENGTHS = st.one_of(st.none(), st.integers(1, HORIZON // 5))
BREAKS = st.dictionaries(
    st.integers(0, HORIZON // 5).map(lambda fifth: 5 * fifth),
    st.sampled_from(["commit", "commit", "commit", "crash", "stop"]),
    max_size=10,
)


@CALM
@given(histories(), BREAKS, BEGINS, LENGTHS)
def test_a_history_out_and_in_again_is_the_same(
    history: History, breaks: dict[int, str], begin: int, length: int | None
) -> None:
    # a history has one policy; versions that change in the middle are tried apart
    history = replace(history, policies=Policies([history.policies.versions[0]]))
    start = at(min(5 * begin, history.end - 5))
    out_and_in_again(history, breaks, start, None if length is None else start + timedelta(seconds=5 * length))


@st.composite
def rulings(draw: st.DrawFn, history: History) -> tuple[Action, ...]:
    """Draw what the centre decides: exclusions and their revocation, parties, maintenance and its end."""
    made: list[Action] = []
    for number, second in enumerate(draw(st.lists(st.integers(0, history.end // 5), max_size=12))):
        when, line = at(5 * second), draw(st.sampled_from(list(history.inventory.lines)))
        begins = at(5 * second + draw(st.sampled_from([-300, -60, -5, 0, 5, 60])))
        ends = begins + draw(st.sampled_from([5, 60, 300])) * (at(1) - at(0))
        lasting: Json = {"begins_at": begins, "ends_at": ends}
        about: Json = {"at": when, "by": Source.CENTRE}
        made.append(
            draw(
                st.sampled_from(
                    [
                        Exclude(
                            **about,
                            line=line,
                            id=f"x{number}",
                            begins_at=begins,
                            ends_at=ends,
                            reason=ExclusionReason.OTHER,
                        ),
                        RevokeExclusion(**about, id=f"x{number - 1}"),
                        Attribute(**about, line=line, party=Party.UNIT),
                        Attribute(**about, line=line, party=Party.CARRIER),
                        Maintain(**about, id=f"m{number}", scope=Scope.LINE, subject=line, **lasting),
                        Maintain(**about, id=f"m{number}", scope=Scope.CARRIER, subject="c1", **lasting),
                        CancelMaintenance(**about, id=f"m{number - 1}"),
                        Notified(**about, line=line),
                        Acknowledge(**about, line=line),
                    ]
                )
            )
        )
    return tuple(sorted((*history.actions, *made), key=lambda action: action.at))


@CALM
@given(histories(), BREAKS, BEGINS, LENGTHS, st.data())
def test_so_is_one_with_rulings_windows_and_incidents(
    history: History, breaks: dict[int, str], begin: int, length: int | None, data: st.DataObject
) -> None:
    grouping = IncidentRule(within=timedelta(seconds=60), min_lines=2)
    history = replace(history, policies=Policies([replace(history.policies.versions[0], incident=grouping)]))
    history = replace(history, actions=data.draw(rulings(history)))
    start = at(min(5 * begin, history.end - 5))
    out_and_in_again(history, breaks, start, None if length is None else start + timedelta(seconds=5 * length))
