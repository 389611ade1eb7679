"""The whole evening: sockets, network, configuration, daemon, play, and everything cleared away at the end."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor.lab import folder as folders
from monitor.lab import listening
from monitor.lab.county import SEED, County, generate
from monitor.lab.damage import together
from monitor.lab.folder import CALM, FAST, Folder, Listen, Pace
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
        OSError: the folder cannot be written.
    """
    said = words(options.locale)
    county = generate(options.seed)
    with _until_a_signal(), ExitStack() as stack:
        sockets = {
            "web": stack.enter_context(listening.listen(options.web_port, option="--web-port")),
            "metrics": stack.enter_context(listening.listen(options.metrics_port, option="--metrics-port")),
        }
        listen = Listen(**{name: listening.address(each) for name, each in sockets.items()})
        folder = stack.enter_context(Folder(options.folder, keep=options.keep))
        stage, why = _stage(options, folder)
        stack.callback(stage.close)
        folder.write(county, pace=options.pace, listen=listen, locale=options.locale, agents=why is None)
        daemon = stage.start(folder.path, sockets, folder.log)
        stack.callback(end, daemon)
        heading = list(_heading(county, options, listen, folder, said, why))
        view = stack.enter_context(View(console, Teller(county, said), said, heading))
        _play(county, options, stage, daemon, view, listen, folder)
    console.print(said.ended)


def _stage(options: Options, folder: Folder) -> tuple[Stage, str | None]:
    """Return the stage of real packets, or the simulated one and why it must be that."""
    if options.simulated:
        return Simulation(options.seed), "--simulated"
    try:
        return Ground(options.seed, folder.community), None
    except NoNetworkError as error:
        return Simulation(options.seed), str(error)


def _heading(
    county: County, options: Options, listen: Listen, folder: Folder, said: Words, why: str | None
) -> Iterator[str]:
    yield said.title.format(county=county.name)
    yield said.demonstration.format(policy=options.pace.version, limit=options.pace.limit)
    if why is not None:
        yield said.simulated.format(why=why)
    yield f"{said.console}  http://{listen.web}/"
    yield f"{said.metrics}  http://{listen.metrics}/metrics"
    yield f"{said.log}  {folder.log}"


def _play(
    county: County,
    options: Options,
    stage: Stage,
    daemon: subprocess.Popen[bytes],
    view: View,
    listen: Listen,
    folder: Folder,
) -> None:
    """Play from the first answer of the daemon on, and show what it finds."""
    tempo = folders.FAST_TEMPO if options.fast else 1.0
    coming = strokes(acts(county, seed=options.seed, tempo=tempo, can_lose=stage.can_lose))
    teller = Teller(county, words(options.locale))
    stroke, running = next(coming), list[Act]()
    started, begun = time.monotonic(), None
    while options.lasting is None or time.monotonic() - started < options.lasting.total_seconds():
        if daemon.poll() is not None:
            raise DaemonEndedError(_last_words(daemon.returncode, folder.log))
        reading = fetch(f"http://{listen.metrics}/metrics", now=datetime.now(UTC))
        view.show(reading, now=_clock())
        if begun is None and reading is not None:
            begun = time.monotonic()
        while begun is not None and stroke.at <= time.monotonic() - begun:
            _strike(stage, stroke, running)
            view.say(teller.stroke(stroke), now=_clock())
            stroke = next(coming)
        time.sleep(LOOK)


def _strike(stage: Stage, stroke: Stroke, running: list[Act]) -> None:
    """Let an act's damage come or go, beside that of the others."""
    if stroke.comes:
        running.append(stroke.act)
    else:
        running.remove(stroke.act)
    stage.damage(together(act.damage for act in running))


def _clock() -> datetime:
    return datetime.now(ZoneInfo(folders.ZONE))


def _last_words(code: int, log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
    return f"the daemon ended with exit code {code}; the whole log is {log}:\n" + "\n".join(lines)


@contextmanager
def _until_a_signal() -> Iterator[None]:
    """Let the first SIGINT, SIGTERM or SIGHUP end the block in order, and no later one disturb the clearing away."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(*_: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, leave) for each in signals}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
