"""What systemd is told, over a real datagram socket: ready, alive while instants are judged, reading anew, ending."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.systemd import Systemd
from tests.daemon.inside import inside

PATIENCE = 30.0
WITHIN = 4.0  # seconds of the watchdog, several judged instants


class Listener:
    """The end at which systemd sits: a datagram socket, and what came to it, each ``NAME=value`` with its time."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[tuple[float, str]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    @property
    def environment(self) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": str(int(WITHIN * 1_000_000))}

    def said(self) -> list[str]:
        """Take what has come, and return all that ever came."""
        while True:
            try:
                datagram = self._socket.recv(65_536)
            except BlockingIOError:
                return [text for _, text in self.heard]
            self.heard += [(time.monotonic(), text) for text in datagram.decode().splitlines()]

    def since(self, moment: float) -> list[str]:
        self.said()
        return [text for at, text in self.heard if at > moment]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["a path", "an abstract name"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    """A listener on either kind of address (sd_notify(3))."""
    abstract = request.param == "an abstract name"
    listener = Listener(f"@monitor-{secrets.token_hex(8)}" if abstract else str(tmp_path / "notify"))
    yield listener
    listener.close()


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")


def told_to(listener: Listener, **more: str) -> Systemd:
    return Systemd(listener.environment | more, pid=os.getpid(), monotonic=time.monotonic)


async def until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"waited in vain: {what}"
        await asyncio.sleep(0.05)


async def test_a_daemon_is_ready_once_it_judges_tells_how_lines_stand_and_that_it_ends(
    tmp_path: Path, listener: Listener
) -> None:
    """Ready once an instant is judged, no sooner and no later; the lines in the installation's language; the end."""
    async with inside(tmp_path, systemd=told_to(listener)) as here:
        await until(lambda: "READY=1" in listener.said(), "ready")
        before = listener.said()[: listener.said().index("READY=1")]  # a sweep may come before the first instant
        assert [] == [text for text in before if text != "STATUS=线路 2 · 未知 2 · 未排除故障 0"]
        assert here.daemon.supervision.judged_at is not None
        await until(lambda: "STATUS=线路 2 · 正常 2 · 未排除故障 0" in listener.said(), "both lines up")
        here.echo.silent = {"192.0.2.2"}
        await until(lambda: "STATUS=线路 2 · 正常 1 · 中断 1 · 未排除故障 1" in listener.said(), "one line down")
        await here.ended()
    assert 1 == listener.said().count("READY=1") == listener.said().count("STOPPING=1")


async def test_a_daemon_whose_rounds_are_held_up_does_not_feed_the_watchdog(tmp_path: Path) -> None:
    """Its process lives, its page answers, its loop turns; but nothing is judged, so it is silent for good."""
    listener = Listener(str(tmp_path / "notify"))
    async with inside(tmp_path, systemd=told_to(listener)) as here:
        await until(lambda: 2 <= listener.said().count("WATCHDOG=1"), "the watchdog is fed")
        fed = [at for at, text in listener.heard if text == "WATCHDOG=1"]
        assert fed[1] - fed[0] < WITHIN
        here.echo.hangs = True
        await asyncio.sleep(1.5)  # a round that had begun before
        held_up_at, judged_at = time.monotonic(), here.daemon.supervision.judged_at
        await asyncio.sleep(WITHIN + 1)
        assert judged_at == here.daemon.supervision.judged_at
        assert 0 < len(await here.page())
        assert [] == [text for text in listener.since(held_up_at) if text == "WATCHDOG=1"]
    listener.close()


async def test_a_database_that_is_stuck_does_not_starve_the_watchdog(tmp_path: Path) -> None:
    """A restart would mend nothing and lose what is not written: judging goes on, and so does the watchdog."""
    listener = Listener(str(tmp_path / "notify"))
    async with inside(tmp_path, systemd=told_to(listener)) as here:
        await until(lambda: "WATCHDOG=1" in listener.said(), "the watchdog is fed")
        here.store.gate.clear()
        await asyncio.sleep(1.5)
        stuck_at = time.monotonic()
        await until(lambda: 3 <= listener.since(stuck_at).count("WATCHDOG=1"), "it is fed on")
        here.store.gate.set()
        await here.ended()
    listener.close()


@pytest.mark.parametrize("text", ["policy: [", None], ids=["refused", "taken"])
async def test_reading_anew_is_told_from_its_begin_to_its_end(tmp_path: Path, text: str | None) -> None:
    """Whether or not the new configuration is taken, systemd's reload ends, with the monotonic time of its begin."""
    listener = Listener(str(tmp_path / "notify"))
    async with inside(tmp_path, systemd=told_to(listener)) as here:
        await until(lambda: "READY=1" in listener.said(), "ready")
        if text is not None:
            (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
        before = time.monotonic()
        await here.daemon.reload()
        said = [word for word in listener.since(before) if not word.startswith(("WATCHDOG", "STATUS"))]
        await here.ended()
    assert ["RELOADING=1", "READY=1"] == [said[0], said[2]]
    begun = re.fullmatch(r"MONOTONIC_USEC=(\d+)", said[1])
    assert begun is not None
    assert before <= int(begun[1]) / 1_000_000 <= time.monotonic()
    listener.close()


@pytest.mark.parametrize(
    ("rule", "environment"),
    [
        ("No socket is named.", {}),
        ("The address is of a kind that is not known.", {"NOTIFY_SOCKET": "vsock:2:1234"}),
        ("Nobody listens there.", {"NOTIFY_SOCKET": "/nowhere/notify"}),
        ("An abstract name without a name.", {"NOTIFY_SOCKET": "@"}),
    ],
)
def test_whoever_does_not_hear_is_nothing_to_the_daemon(rule: str, environment: dict[str, str]) -> None:
    """What cannot be told disturbs nothing."""
    systemd = Systemd(environment, pid=1, monotonic=time.monotonic)
    systemd.judged()
    systemd.shows(lambda: "fine")
    systemd.ending()
    systemd.close()
    systemd.ending()


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("It is another process's.", {"WATCHDOG_PID": "1"}),
        ("It is no number.", {"WATCHDOG_USEC": "soon"}),
        ("It is off.", {"WATCHDOG_USEC": "0"}),
    ],
)
def test_a_watchdog_that_is_not_ours_is_not_fed(rule: str, more: dict[str, str], tmp_path: Path) -> None:
    """Only a watchdog of this process and of some time is fed (sd_watchdog_enabled(3))."""
    listener = Listener(str(tmp_path / "notify"))
    systemd = told_to(listener, **more)
    systemd.judged()
    assert ["READY=1"] == listener.said(), rule
    systemd.close()
    listener.close()


def test_a_listener_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    """A full queue is left alone: thousands of instants are judged, and none waits."""
    listener = Listener(str(tmp_path / "notify"))
    moments = iter(range(1, 10_000, 2))
    systemd = Systemd(listener.environment, pid=os.getpid(), monotonic=lambda: float(next(moments)))
    for _ in range(2_000):
        systemd.judged()
    assert 0 < len(listener.said()) < 2_000
    systemd.close()
    listener.close()


def test_the_command_itself_speaks_to_systemd(tmp_path: Path, listener: Listener) -> None:
    """``monitor run`` as a process: the environment is read, SIGHUP is a reload, SIGTERM an end."""
    (tmp_path / "monitor.yaml").write_text(
        f"database: sqlite:///{tmp_path}/monitor.db\nlisten: {{web: 127.0.0.1:0, metrics: 127.0.0.1:0}}\n"
        "icmp: {timeout: 500ms}\n"
    )
    (tmp_path / "policy.yaml").write_text("version: systemd-1\n")
    (tmp_path / "inventory.yaml").write_text(
        "carriers: [{id: unicom, name: 联通}]\nunits: [{id: u1, name: 财政局}]\n"
        "lines: [{id: L1, unit: u1, carrier: unicom, address: 127.0.0.1}]\n"
    )
    command = [sys.executable, "-m", "monitor", "run", "--config", str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | listener.environment, stdout=log, stderr=log)
    try:
        wait(lambda: "READY=1" in listener.said(), process, tmp_path / "log")
        process.send_signal(signal.SIGHUP)
        wait(lambda: 2 == listener.said().count("READY=1"), process, tmp_path / "log")
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(PATIENCE), (tmp_path / "log").read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    said = [word for word in listener.said() if not word.startswith(("WATCHDOG", "STATUS", "MONOTONIC"))]
    assert ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"] == said


def wait(happened: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
