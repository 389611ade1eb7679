"""The whole lab, as a newcomer runs it: a fault opens, its clock runs, the line recovers, nothing is left."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from monitor.lab.county import generate
from monitor.lab.papers import ZONE, draw_up
from monitor.lab.stage import end
from tests.lab.ground import make

PATIENCE = 90  # seconds after which the lab is given up


@contextmanager
def lab(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "monitor", "lab", "--fast", "--locale", "en", "--dir", str(folder)]
    ports = ["--web-port", "0", "--metrics-port", "0"]
    with subprocess.Popen(
        [*command, *ports, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                end(process)


def heard(process: subprocess.Popen[str], *texts: str) -> list[str]:
    """Return what the lab says up to and including the last of the texts, which must come in this order."""
    assert process.stdout is not None
    said: list[str] = []
    waiting = list(texts)
    while waiting:
        line = process.stdout.readline()
        assert line, f"the lab ended without saying {waiting[0]!r}:\n" + "".join(said)
        said.append(line)
        if waiting[0] in line:
            waiting.pop(0)
    return said


def url(said: list[str], page: str) -> str:
    (found,) = {match[0] for line in said if (match := re.search(rf"(?<={page}  )http\S+", line))}
    return found


@pytest.mark.parametrize("stage", ["real", "simulated"])
def test_a_newcomer_sees_a_fault_open_its_clock_run_and_a_recovery(tmp_path: Path, stage: str) -> None:
    """And who is told of it: the titles on the terminal, the texts with their links in a file that is named there."""
    options = ["--simulated"] if stage == "simulated" else []
    if not options:
        make().close()  # skips where no network can be made
    with lab(tmp_path / "lab", *options) as process:
        said = heard(process, "the fibre is cut", "Fault at")  # a busy machine may not have asked all lines before
        page = httpx.get(url(said, "Metrics"), trust_env=False).text
        assert len(re.findall(r"^extranet_line_up\{.*\} 0$", page, re.MULTILINE)) == 1
        assert len(re.findall(r"^extranet_fault_elapsed_seconds\{", page, re.MULTILINE)) == 1
        gaps = dict(re.findall(r'^extranet_register_gaps\{register="(.*)"\} ([1-9].*)$', page, re.MULTILINE))
        listed = Counter(gap.register for gap in draw_up(generate(), datetime.now(ZONE).date()).gaps)
        assert listed == {register: int(float(count)) for register, count in gaps.items()}
        assert httpx.get(url(said, "Console"), trust_env=False).status_code == 200
        asked = ["The probes are simulated: --simulated"] if options else []
        assert asked == [line.strip() for line in said if "simulated" in line]
        said += heard(process, "mended", "Restored at", "122 lines: 122 up")
        assert any("Message [" in line and "New fault F" in line for line in said), said
        (file,) = {line.split()[-1] for line in said if line.startswith("Messages,")}
        assert "/a/" in Path(file).read_text(encoding="utf-8")
        process.send_signal(signal.SIGINT)
        heard(process, "has ended")
        assert process.wait(PATIENCE) == 0


def test_it_ends_by_itself_when_its_time_is_up(tmp_path: Path) -> None:
    with lab(tmp_path / "lab", "--simulated", "--for", "3s") as process:
        heard(process, "has ended")
        assert process.wait(PATIENCE) == 0


def test_a_port_in_use_ends_it_with_the_option_that_helps(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with lab(tmp_path / "lab", "--web-port", port) as process:
            said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert f"port {port}" in said
    assert "--web-port" in said
    assert "Traceback" not in said


def test_a_wrong_duration_is_refused_with_the_way_to_write_it(tmp_path: Path) -> None:
    with lab(tmp_path / "lab", "--for", "ten") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "10m" in said or "12h" in said


def test_a_folder_that_cannot_be_made_is_named_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with lab(tmp_path / "file" / "lab", "--for", "3s") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert f"monitor: {tmp_path}/file/lab: Not a directory" in said
