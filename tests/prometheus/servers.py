"""A real Prometheus and a real Alertmanager (Debian's), on loopback, with folders of their own, ended by their id."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.alerts.channels.stands import free_port
from tests.needs import need

STARTED_S = 30.0
RULES = sorted((Path(__file__).parent.parent.parent / "deploy" / "prometheus" / "rules").glob("*.yml"))
INTERVAL = re.compile(r"^ *interval: .*\n", re.MULTILINE)
Json = Any


def ask(url: str, **parameters: str) -> Json:
    """Return the JSON that a URL answers, ``parameters`` in its query."""
    query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
    with urllib.request.urlopen(url + query, timeout=20) as answer:
        return json.load(answer)


def wait_until(what: str, true: Callable[[], bool], seconds: float = STARTED_S) -> None:
    """Wait until something is true; a server that does not answer yet makes it untrue."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if true():
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"after {seconds:g} s it is still not so: {what}")


class Prometheus:
    """A Prometheus that answers at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def now(self, expr: str, at: float | None = None) -> Json:
        """Return the result of an instant query."""
        more = {} if at is None else {"time": str(at)}
        return ask(f"{self.url}/api/v1/query", query=expr, **more)["data"]["result"]

    def rules(self) -> list[Json]:
        """Return every rule with its health."""
        groups = ask(f"{self.url}/api/v1/rules")["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def over(self, expr: str, *, seconds: float, step: float) -> Json:
        """Return the result of a query over the last seconds."""
        end = time.time()
        found = ask(
            f"{self.url}/api/v1/query_range", query=expr, start=str(end - seconds), end=str(end), step=str(step)
        )
        return found["data"]["result"]


@contextmanager
def prometheus(
    folder: Path, targets: Sequence[str], *, interval: str = "500ms", scrapes: int = 4
) -> Iterator[Prometheus]:
    """Run a Prometheus over some targets with the rules of deploy/prometheus, at one interval for all.

    It has scraped each target ``scrapes`` times, and evaluated every rule, before it is handed out.
    """
    program, port = need("prometheus"), free_port()
    configuration = folder / "prometheus.yml"
    rules = folder / "rules"
    rules.mkdir()
    for path in RULES:
        (rules / path.name).write_text(INTERVAL.sub("", path.read_text("utf-8")), encoding="utf-8")
    configuration.write_text(
        json.dumps(
            {
                "global": {"scrape_interval": interval, "evaluation_interval": interval},
                "rule_files": [str(rules / "*.yml")],
                "scrape_configs": [{"job_name": "monitor", "static_configs": [{"targets": list(targets)}]}],
            }
        ),
        encoding="utf-8",
    )
    command = [
        program,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with _running(command, folder / "prometheus.log"):
        found = Prometheus(f"http://127.0.0.1:{port}")
        wait_until(
            "every target was scraped",
            lambda: len(found.now(f"sum_over_time(up[1h]) >= {scrapes}")) == len(targets),
        )
        yield found


@contextmanager
def alertmanager(folder: Path, configuration: Path) -> Iterator[str]:
    """Run an Alertmanager; return its URL."""
    program, port = need("prometheus-alertmanager"), free_port()
    command = [
        program,
        f"--config.file={configuration}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with _running(command, folder / "alertmanager.log"):
        url = f"http://127.0.0.1:{port}"
        wait_until("Alertmanager answers", lambda: bool(ask(f"{url}/api/v2/status")))
        yield url


@contextmanager
def _running(command: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
