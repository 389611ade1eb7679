"""A PostgreSQL server of the tests' own: in a folder of its own, on a Unix socket, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from tests.needs import need

PATIENCE_S = 30


@dataclass(frozen=True)
class Cluster:
    """A running server; ``url`` of each database made on it, ``connect`` past the store."""

    folder: Path
    user: str
    numbers: Iterator[int]

    def create(self, *, template: str = "template1") -> str:
        """Make a database, empty or the copy of another that nobody uses, and return its URL."""
        name = f"monitor_{next(self.numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.folder}"

    def connect(self, database: str) -> psycopg.Connection:
        """Connect to a database, every statement a transaction of its own."""
        return psycopg.connect(host=str(self.folder), user=self.user, dbname=database, autocommit=True)


@contextmanager
def running() -> Iterator[Cluster]:
    """Run a server for as long as the block lasts."""
    initdb, postgres = need("initdb", package="postgresql"), need("postgres", package="postgresql")
    user, prefix = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="monitor-pg-"))
    if prefix:
        shutil.chown(folder, user)
    data = folder / "data"
    make = [*prefix, initdb, "-D", str(data), "-U", user, "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder)
    # durability against a loss of power is not what the tests kill
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=30")
    options = [part for setting in settings for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*prefix, postgres, "-D", str(data), *options], stdout=log, stderr=log, cwd=folder)
    try:
        cluster = Cluster(folder, user, count(1))
        _await(cluster, server)
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE_S)
        shutil.rmtree(folder)


def _unprivileged() -> tuple[str, list[str]]:
    """PostgreSQL refuses to run as root: return who runs it, and what goes before its commands."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name, []
    user = next(user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody"))
    setpriv = need("setpriv", package="util-linux")
    return user.pw_name, [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _await(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            cluster.connect("postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
