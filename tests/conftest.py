"""How Hypothesis and the workers of pytest-xdist work here.

Hypothesis draws the same examples on every run; many more with ``HYPOTHESIS_PROFILE=thorough``, few with ``quick``.

With ``-n auto`` there are two workers a core: half of the suite waits for daemons, agents and timeouts. The tests of a
file stay together, since they share what is costly to set up, unless the file's tests are long and share nothing.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("steady", max_examples=1000, deadline=None, derandomize=True, database=None)
settings.register_profile("quick", parent=settings.get_profile("steady"), max_examples=50)
settings.register_profile("thorough", max_examples=20_000, deadline=None, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

APART = ("tests/daemon/", "tests/supervision/", "tests/lab/test_performance.py", "tests/store/test_codec.py")


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist does not say its types
    """Keeps the tests of a file on one worker, but those of `APART` each for itself."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(APART) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers ``-n auto`` means."""
    return 2 * len(os.sched_getaffinity(0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    """Go through the files in their order: the daemon's long tests come early."""
    config.option.loadscopereorder = False
    return FileByFile(config, log)
