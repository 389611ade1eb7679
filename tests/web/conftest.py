"""The places at which answers are tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from tests.web.answering import Answering, answering_at


@pytest.fixture
def place(tmp_path: Path) -> Answering:
    """A place whose L1 is down for half an hour."""
    return answering_at(tmp_path)


@pytest.fixture
async def judged(place: Answering) -> AsyncIterator[Answering]:
    """The same, with judging beside it."""
    async with place.judged():
        yield place
