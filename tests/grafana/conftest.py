"""What the tests of the dashboards share: a county's page in a Prometheus, and Grafana's own packages from npm."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from grafana.generate import COMMITTED
from tests.grafana.county import NOW, County, served
from tests.needs import need
from tests.prometheus.servers import Prometheus, prometheus

TIME = NOW.timestamp()  # the county's clock stands, and so must that of the queries
CHECK = COMMITTED.parent / "check"


class Scraped:
    """A county's page and the Prometheus that scrapes it."""

    def __init__(self, county: County, page: str, prometheus: Prometheus) -> None:
        self.county, self.page, self.prometheus = county, page, prometheus

    def families(self) -> set[str]:
        """Return the names of all samples on the page."""
        return {sample.name for family in text_string_to_metric_families(self.page) for sample in family.samples}


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    county = County()
    folder: Path = tmp_path_factory.mktemp("prometheus")
    # no page has longer than an interval to answer, and one that has not makes every series vanish until the next
    with served([county]) as targets, prometheus(folder, targets, interval="2s") as running:
        with urllib.request.urlopen(f"http://{targets[0]}/metrics", timeout=20) as answer:
            page = answer.read().decode()
        yield Scraped(county, page, running)


class Npm:
    """The folder of the checks with what its lock file names installed beside it; nothing that came along is run."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def run(self, script: str, *, given: str = "", dashboards: Path = COMMITTED) -> subprocess.CompletedProcess[str]:
        """Run a script of package.json."""
        return self._npm("run", "--silent", script, given=given, dashboards=dashboards)

    def install(self) -> None:
        """Install what the lock file names."""
        done = self._npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
        assert 0 == done.returncode, done.stderr

    def _npm(self, *command: str, given: str = "", dashboards: Path = COMMITTED) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DASHBOARDS": str(dashboards), "TZ": "Asia/Shanghai"}  # a browser of the county
        return subprocess.run(
            [self.program, *command],
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    need("node", package="nodejs")
    folder = tmp_path_factory.mktemp("npm") / "check"
    shutil.copytree(CHECK, folder, ignore=shutil.ignore_patterns("node_modules", "emitted"))
    found = Npm(need("npm"), folder)
    found.install()
    return found
