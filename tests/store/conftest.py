"""The databases that the store is tried on: both, for everything it promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import make_url

from monitor.store.store import Store
from tests.store.cluster import Cluster, running
from tests.store.county import County

MINUTES = 150


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for the whole session."""
    with running() as cluster:
        yield cluster


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path}/var/monitor.db"


@pytest.fixture
def postgresql_url(cluster: Cluster) -> str:
    """An empty PostgreSQL database."""
    return cluster.create()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database, of each kind in turn."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture(scope="session")
def lived_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an SQLite database in which much has happened; to be copied."""
    path = tmp_path_factory.mktemp("lived") / "monitor.db"
    live(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def lived_postgresql(cluster: Cluster) -> str:
    """The name of a PostgreSQL database in which much has happened; to be copied."""
    url = cluster.create()
    live(url)
    return make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def lived_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which much has happened, of each kind in turn."""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        return cluster.create(template=request.getfixturevalue("lived_postgresql"))
    copy(request.getfixturevalue("lived_sqlite"), tmp_path / "monitor.db")
    return f"sqlite:///{tmp_path}/monitor.db"


def live(url: str) -> None:
    """Watch a county for some hours."""
    store, county = Store.open(url), County.fresh()
    for batch in (county.started(), *county.batches(MINUTES)):
        store.commit(batch)
    store.close()
