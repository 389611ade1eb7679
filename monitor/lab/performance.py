"""The whole evening: sockets, network, configuration, daemon, play, and everything cleared away at the end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor.lab import listening
from monitor.lab.county import SEED, generate
from monitor.lab.curtain import Curtain
from monitor.lab.damage import together
from monitor.lab.entering import enter_papers
from monitor.lab.folder import CALM, FAST, ZONE, Folder, Listen, Pace
from monitor.lab.messages import Messages
from monitor.lab.network import NoNetworkError
from monitor.lab.page import fetch
from monitor.lab.play import Act, Stroke, acts, strokes
from monitor.lab.simulation import Simulation
from monitor.lab.stage import Ground, Stage, end
from monitor.lab.view import Teller, View
from monitor.lab.words import Words, words

LOOK = 1.0  # seconds between two looks at the daemon's page
LAST_WORDS = 5  # lines of the daemon's log shown when it has ended


class DaemonEndedError(Exception):
    """The daemon ended by itself; the message holds its last words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks for; ``lasting`` None plays until somebody ends it."""

    folder: Path = Path("var/lab")
    seed: int = SEED
    lasting: timedelta | None = None
    fast: bool = False
    keep: bool = False
    simulated: bool = False
    locale: str = "zh_CN"
    web_port: int = 8080
    metrics_port: int = 9780

    @property
    def pace(self) -> Pace:
        """The demonstration policy's numbers."""
        return FAST if self.fast else CALM


def perform(options: Options, console: Console) -> None:
    """Give the play on this machine until its time is up or a signal ends it; then nothing of it is left.

    Raises:
        PortTakenError: a listening port cannot be had.
        NotOursError: the folder is somebody else's.
        DaemonEndedError: the daemon ended by itself.
        NoNetworkError: the network broke down in mid-play.
        StoreError: the daemon's database does not take the county's papers.
        OSError: the folder cannot be written.
    """
    said = words(options.locale)
    county = generate(options.seed)
    with Curtain() as curtain, ExitStack() as stack:
        sockets = {
            "web": stack.enter_context(listening.listen(options.web_port, option="--web-port")),
            "metrics": stack.enter_context(listening.listen(options.metrics_port, option="--metrics-port")),
        }
        listen = Listen(**{name: listening.address(each) for name, each in sockets.items()})
        folder = stack.enter_context(Folder(options.folder, keep=options.keep))
        stage, why = _stage(options, folder)
        stack.callback(stage.close)
        folder.write(county, pace=options.pace, listen=listen, locale=options.locale, agents=why is None)
        daemon = Daemon(stage.start(folder, sockets), folder.log)
        stack.callback(daemon.end)
        teller = Teller(county, said)
        heading = list(_heading(county.name, options.pace, said, listen, folder, why))
        view = stack.enter_context(View(console, teller, said, heading))
        messages = Messages(folder.messages)
        play = Play(strokes(acts(county, seed=options.seed, tempo=options.pace.tempo, can_lose=stage.can_lose)), stage)
        entered = False
        stack.callback(curtain.lower)  # what comes after it clears away
        for _ in _looks(options.lasting, curtain):
            daemon.require_alive()
            reading = fetch(f"http://{listen.metrics}/metrics", now=datetime.now(UTC))
            if reading and not entered:
                enter_papers(county, folder.path, datetime.now(UTC).replace(microsecond=0))
                entered = True
            view.show(reading, now=_clock())
            for title in messages.new():
                view.say(said.sent.format(what=title), now=_clock())
            # The play waits for the daemon: whoever watches is to see the first act from its beginning.
            for stroke in play.advance() if reading or play.begun else ():
                view.say(teller.stroke(stroke), now=_clock())
    console.print(said.ended)


class Daemon:
    """The daemon's process."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Watch over a process that writes to ``log``."""
        self._process = process
        self._log = log

    def require_alive(self) -> None:
        """Do nothing while the daemon runs.

        Raises:
            DaemonEndedError: it does not; the message holds its last words.
        """
        code = self._process.poll()
        if code is not None:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
            last = "\n".join(lines)
            raise DaemonEndedError(f"the daemon ended with exit code {code}; the whole log is {self._log}:\n{last}")

    def end(self) -> None:
        """End the daemon in order, or by force where it does not listen."""
        end(self._process)


class Play:
    """The play as it is being given: which acts are running, and what comes next."""

    def __init__(self, coming: Iterator[Stroke], stage: Stage) -> None:
        """Prepare to play on a stage; the first `advance` begins."""
        self._coming = coming
        self._next = next(coming, None)
        self._stage = stage
        self._running: list[Act] = []
        self._began: float | None = None

    @property
    def begun(self) -> bool:
        """Whether the play has begun."""
        return self._began is not None

    def advance(self) -> Iterator[Stroke]:
        """Play every stroke that is due by now, and return each once it is done."""
        if self._began is None:
            self._began = time.monotonic()
        while self._next is not None and self._next.at <= time.monotonic() - self._began:
            stroke, self._next = self._next, next(self._coming, None)
            self._strike(stroke)
            yield stroke

    def _strike(self, stroke: Stroke) -> None:
        """Let an act's damage come or go, beside that of the others."""
        if stroke.comes:
            self._running.append(stroke.act)
        else:
            self._running.remove(stroke.act)
        self._stage.damage(together(act.damage for act in self._running))


def _stage(options: Options, folder: Folder) -> tuple[Stage, str | None]:
    """Return the stage of real packets, or the simulated one and why it must be that."""
    if options.simulated:
        return Simulation(options.seed), "--simulated"
    try:
        return Ground(options.seed, folder.community), None
    except NoNetworkError as error:
        return Simulation(options.seed), str(error)


def _heading(county: str, pace: Pace, said: Words, listen: Listen, folder: Folder, why: str | None) -> Iterator[str]:
    yield said.title.format(county=county)
    yield said.demonstration.format(policy=pace.version, limit=pace.limit)
    if why is not None:
        yield said.simulated.format(why=why)
    yield f"{said.console}  http://{listen.web}/"
    yield f"{said.metrics}  http://{listen.metrics}/metrics"
    yield f"{said.messages}  {folder.messages}"
    yield f"{said.log}  {folder.log}"


def _looks(lasting: timedelta | None, curtain: Curtain) -> Iterator[None]:
    """Return now and every `LOOK` seconds, until the time is up or the curtain has fallen."""
    began = time.monotonic()
    while not curtain.fallen and (lasting is None or time.monotonic() - began < lasting.total_seconds()):
        yield
        time.sleep(LOOK)


def _clock() -> datetime:
    return datetime.now(ZoneInfo(ZONE))
