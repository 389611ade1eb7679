"""A history written from the record and judged anew gives what live judging gave, whatever was lost and restarted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from os import W_OK, access
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from monitor.chronicle import Chronicle, gather, write
from monitor.config.scenario import Scenario, load
from monitor.faults.evidence import WRAP_S, DeviceSaid
from monitor.policy import Policies, Policy
from monitor.replay import as_json, replay
from monitor.sla.spelling import spell_time
from monitor.store import database
from monitor.store.records import Records
from monitor.store.store import Store
from tests.dice import Dice, thrown
from tests.export.watched import Watched, figures
from tests.histories import HORIZON, ZONE, History, at, since_start
from tests.supervision.rulings import every

Json = dict[str, Any]


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


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Lend a folder with an empty database, in memory where the machine has such: the law is not about the disk.

    The engines are kept from example to example: SQLAlchemy makes the text of a statement once an engine, which is a
    third of the time that an example takes.
    """
    memory = "/dev/shm" if access("/dev/shm", W_OK) else None
    with TemporaryDirectory(dir=memory) as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_engine", cache(database._engine))
        Store.open(f"sqlite:///{name}/empty.db").close()
        yield Path(name)


def out_and_in_again(
    folder: Path, history: History, breaks: Mapping[int, str], start: datetime, end: datetime | None
) -> None:
    """Watch, write, judge anew, compare."""
    url = f"sqlite:///{folder}/monitor.db"
    for left in folder.glob("monitor.db*"):
        left.unlink()
    copy(folder / "empty.db", folder / "monitor.db")
    marks = {second: done for second, done in breaks.items() if second < history.end}
    if end is not None:
        marks.setdefault(since_start(end), "commit")
    watch(history, url, marks).store.close()
    with Records.of(url) as records:
        chronicle = write(gather(records, end=end, zone=ZONE), start)
        scenario, anew = judged_anew(chronicle, folder / "history.jsonl")
        live = figures(records, scenario, history)
    compared(live, anew, (start, scenario.end))


def counted(said: DeviceSaid) -> DeviceSaid:
    """Return what a device would say: it counts hundredths of a second up to the wrap, and never below 0."""
    changed = said.wan_last_change_s
    return said if changed is None else said._replace(wan_last_change_s=changed % WRAP_S)


Drawn = tuple[History, dict[int, str], datetime, datetime | None]
BREAKS = ("commit", "commit", "commit", "crash", "stop")


def watched(dice: Dice) -> Drawn:
    """Return a history, what befalls whoever watches it, and from when until when it is written out."""
    history = every(dice)
    history = replace(history, said=tuple(counted(each) for each in history.said))
    breaks = {5 * hand.up_to(HORIZON // 5): hand.one_of(BREAKS) for hand in dice.hands(10, 3)}
    start = min(5 * dice.up_to(HORIZON // 5), history.end - 5)
    to_the_end, length = dice.below(2), 5 + 5 * dice.up_to(HORIZON // 5 - 1)
    return history, breaks, at(start), None if to_the_end else at(start + length)


@settings(max_examples=settings().max_examples // 4)  # each is a database written, read and judged anew
@given(thrown(watched))
def test_a_history_out_and_in_again_is_the_same(folder: Path, drawn: Drawn) -> None:
    """Faults in all fields, incidents, blips and figures, with rulings and windows, after crashes and restarts."""
    out_and_in_again(folder, *drawn)
