"""What a test needs of the machine: a missing part skips the test on a desk, and fails it in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PLACES = ("/usr/sbin", "/sbin", *(str(place) for place in sorted(Path("/usr/lib/postgresql").glob("*/bin"))))


def lacking(what: str, cure: str) -> NoReturn:
    """Skip the running test for want of something, or fail it where CI is set."""
    message = f"{what} is missing: {cure}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def need(program: str, *, package: str | None = None) -> str:
    """Return the path of a program, or skip (in CI: fail) the test with the cure."""
    path = shutil.which(program) or shutil.which(program, path=os.pathsep.join(PLACES))
    if path is None:
        lacking(program, f"apt install {package or program}")
    return path


def need_root(why: str) -> None:
    """Skip (in CI: fail) the test unless it runs as root."""
    if os.geteuid() != 0:
        lacking("the right of root", why)
