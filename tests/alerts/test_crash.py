"""``kill -9`` in a storm, at any moment: all is told, in order; what is told twice was under way, and known to be."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.courier import SIDE_BY_SIDE
from monitor.store.deliveries import UNKNOWN, State
from monitor.store.records import Records
from tests.alerts.relentless import BEGIN, FAULTS, KINDS, SPEED, number
from tests.hurried import hurried
from tests.receivers.hook import Hook
from tests.receivers.robots import DingTalkRobot, path_of
from tests.receivers.web import Receiver, Request, Response, in_thread
from tests.store.conftest import cluster, postgresql_url, sqlite_url  # noqa: F401 - fixtures

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
STORMS, KILLS = 8 if THOROUGH else 3, 25  # two hundred kills where one takes the time; one storm on PostgreSQL
AT_ONCE = 5  # one kill of so many comes at any moment of the start; the others soon after something was sent
LONGEST, SOON = 0.6, 0.12  # real seconds: nothing is waited for longer; what is soon
HOOK_SECRET, ROBOT_SECRET = "hook-secret-of-the-storm", "SEC-of-the-storm"
KIND_OF_TITLE = {"新故障": "opened", "群障": "opened", "已超时": "overdue", "已恢复": "restored"}
ORDER = {kind.value: place for place, kind in enumerate(KINDS)}
Message = tuple[str, str]  # a fault's number and a kind


@dataclass
class Receivers:
    """A webhook and a robot that now and then are slow, or have no time; what they took, letter by letter."""

    began: float
    chance: random.Random
    hook: Hook = field(init=False)
    robot: DingTalkRobot = field(init=False)
    hooked: list[tuple[str, Message]] = field(default_factory=list)
    told: list[frozenset[Message]] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.hook = Hook(secret=HOOK_SECRET, now=self.now)
        self.robot = DingTalkRobot(secret=ROBOT_SECRET, now=self.now)

    def now(self) -> Any:
        return hurried(SPEED, self.began, BEGIN)

    def __call__(self, request: Request) -> Response:
        self.asked += 1
        slow = self.chance.choice((0.0, 0.01, 0.03, 0.1))
        if request.path == "/robot/send":
            return self._robot(request, slow)
        if self.chance.random() < 0.04:
            return Response(status=503, after=slow)
        answer = self.hook(request)
        assert 200 == answer.status, answer
        fault = request.json["fault"]
        assert request.headers["idempotency-key"] == request.json["id"]
        self.hooked.append((request.json["id"], (fault["no"], request.json["kind"])))
        return Response(after=slow)

    def _robot(self, request: Request, slow: float) -> Response:
        if self.chance.random() < 0.1:
            return Response(body={"errcode": -1, "errmsg": "系统繁忙"}, after=slow)
        answer = self.robot(request)
        assert b'"errcode": 0' in answer.content, answer.content.decode()
        message = self.robot.messages[-1]
        kind = KIND_OF_TITLE[re.findall("【(.*?)】", message["title"])[0]]
        self.told.append(frozenset((no, kind) for no in re.findall(r"F\d{8}-\d{4}", message["text"])))
        return Response(body={"errcode": 0, "errmsg": "ok"}, after=slow)


def folder(path: Path, url: str, database: str) -> Path:
    """Write a configuration: every message goes to the webhook and to the robot."""
    robot = url + path_of(DingTalkRobot())
    for name, text in (("hook", HOOK_SECRET), ("robot", ROBOT_SECRET), ("address", robot)):
        (path / name).write_text(text, encoding="utf-8")
    (path / "monitor.yaml").write_text(
        f"""\
database: {database}
channels:
  hook: {{kind: webhook, url: {url}/faults, secret: {{file: hook}}, timeout: 2m}}
  robot: {{kind: dingtalk, url: {{file: address}}, secret: {{file: robot}}, timeout: 2m}}
routes: [{{kinds: [opened, overdue, restored], channels: [hook, robot]}}]
""",
        encoding="utf-8",
    )
    lines = [f"  - {{id: l{n}, unit: u{n}, carrier: unicom, address: 192.0.2.{n + 1}}}" for n in range(FAULTS)]
    units = [f"  - {{id: u{n}, name: 第{n}单位}}" for n in range(FAULTS)]
    inventory = ["carriers: [{id: unicom, name: 联通}]", "units:", *units, "lines:", *lines]
    references = "references: [{id: gateway, address: 203.0.113.1}]"
    (path / "inventory.yaml").write_text("\n".join([*inventory, references, ""]), encoding="utf-8")
    (path / "policy.yaml").write_text("version: crash-1\n", encoding="utf-8")
    return path


class Relentless:
    """The process that forks those that are killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def live(self, until: Callable[[], None] | None = None) -> int:
        """Let one live until something, then kill it, or to its end; return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        if until is not None:
            until()
            os.kill(child, signal.SIGKILL)  # it is not waited for before, so nobody else has its number
        return int(self._process.stdout.readline())


@contextmanager
def relentless(path: Path, began: float) -> Iterator[Relentless]:
    command = [sys.executable, "-m", "tests.alerts.relentless", str(path), str(began)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            yield Relentless(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(60)


def moment(chance: random.Random, receivers: Receivers, *, at_once: bool) -> None:
    """Wait for the moment at which one is killed."""
    if at_once:
        time.sleep(chance.uniform(0, LONGEST / 2))
        return
    before, until = receivers.asked, time.monotonic() + LONGEST
    while receivers.asked == before and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, SOON))


def storm(path: Path, database: str, seed: int) -> None:
    """Kill again and again while a storm is told; then let it be told to its end, and look what came of it."""
    chance, began = random.Random(seed), time.time()
    receivers = Receivers(began, random.Random(seed + 1000))
    with in_thread(Receiver(receivers)) as receiver, relentless(folder(path, receiver.url, database), began) as process:
        for kill in range(KILLS):
            assert process.live(partial(moment, chance, receivers, at_once=kill % AT_ONCE == 0)) in (-signal.SIGKILL, 0)
        assert 0 == process.live()
    wanted = {(number(fault), kind.value) for fault in range(FAULTS) for kind in KINDS}
    hooked = [message for _, message in receivers.hooked]
    robots = [message for letter in receivers.told for message in sorted(letter)]
    assert (wanted, wanted) == (set(hooked), set(robots))
    assert len(wanted) == len(set(receivers.hooked))  # whatever came twice came under the same key
    for came in (hooked, robots):
        in_order(came)
    with Records.of(database) as records:
        assert () == records.verify().findings
        assert 0 == records.on_their_way().count
        twice = {"hook": Counter(hooked), "robot": Counter(robots)}
        for fault in range(FAULTS):
            known_for(records, number(fault), twice)
        lost = unknown(records)
    assert lost["robot"] <= KILLS
    assert lost["hook"] <= KILLS * SIDE_BY_SIDE
    print(
        f"\n{KILLS} kills: webhook {len(hooked)} of {len(wanted)}, robot {len(receivers.told)} letters,"
        f" {len(robots) - len(wanted)} messages twice; of {lost['hook']} and {lost['robot']} tries nothing is known",
        end="",
    )


def in_order(came: list[Message]) -> None:
    """Each fault's messages came in their order; one that came again did so before the next of its fault."""
    for fault in range(FAULTS):
        places = [ORDER[kind] for no, kind in came if no == number(fault)]
        assert places == sorted(places), number(fault)


def known_for(records: Records, no: str, twice: dict[str, Counter[Message]]) -> None:
    """Every delivery of a fault ended; for each time that a message came again there is a try that was cut off."""
    deliveries, attempts = records.deliveries_of(no), records.attempts_of(no)
    assert {State.DELIVERED} == {each.state for each in deliveries}
    for channel, came in twice.items():
        again = sum(times - 1 for (whose, _), times in came.items() if whose == no)
        assert again <= sum(each.channel == channel and each.fate == UNKNOWN for each in attempts), (channel, no)


def unknown(records: Records) -> Counter[str]:
    """Count the tries of which nothing is known by channel."""
    tries = {
        (each.channel, each.key, each.number)
        for fault in range(FAULTS)
        for each in records.attempts_of(number(fault))
        if each.fate == UNKNOWN
    }
    return Counter(channel for channel, _, _ in tries)


@pytest.mark.parametrize("seed", range(STORMS - 1))
def test_a_storm_is_told_whatever_is_killed(tmp_path: Path, sqlite_url: str, seed: int) -> None:  # noqa: F811
    storm(tmp_path, sqlite_url, seed)


def test_a_storm_is_told_on_postgresql_too(tmp_path: Path, postgresql_url: str) -> None:  # noqa: F811
    storm(tmp_path, postgresql_url, STORMS)
