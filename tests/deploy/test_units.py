"""systemd's units: it takes them, scores them, and the service under their restrictions pings and does nothing else."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from monitor.web.serving import NAMES
from tests.daemon.test_systemd import Listener, wait
from tests.deploy.unit import UNITS, Unit, permitted_calls
from tests.needs import lacking, need, need_root

TOP = Path(__file__).parents[2]
SERVICE = "extranet-monitor.service"
SERVICES = (SERVICE, "extranet-monitor-backup.service")
USER = 64_999  # nobody's number
DENIED = {"EPERM", "EACCES", "EROFS", "ENOENT", "EAFNOSUPPORT", "empty"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's root as far as systemd looks at it: its own units, ours, and the programs that ours start."""
    need("systemd-analyze", package="systemd")
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(UNITS, root / "etc/systemd/system")
    for program in ("opt/extranet-monitor/current/bin/monitor", "bin/kill"):
        (root / program).parent.mkdir(parents=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    return root


def verified(root: Path) -> str:
    units = sorted(str(path) for path in (root / "etc/systemd/system").iterdir())
    command = ["systemd-analyze", "verify", f"--root={root}", "--man=no", *units]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_takes_the_units_without_a_word(machine: Path) -> None:
    """``systemd-analyze verify`` finds nothing in any of them, and would find a key that is misspelt."""
    assert "" == verified(machine)
    broken = machine / "etc/systemd/system" / SERVICE
    text = broken.read_text()
    broken.write_text(text.replace("PrivateTmp=", "PrivateTmpp="))
    assert "Unknown key 'PrivateTmpp'" in verified(machine)
    broken.write_text(text)


def test_the_exposure_that_the_documents_quote_is_what_systemd_computes() -> None:
    """``systemd-analyze security``: at most 1.5 of 10 for the service; docs/install.md says the very figures."""
    need("systemd-analyze", package="systemd")
    quoted = (TOP / "docs/install.md").read_text(encoding="utf-8")
    for name in SERVICES:
        command = ["systemd-analyze", "security", "--offline=true", str(UNITS / name)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)
        assert found is not None, told
        assert float(found[1]) <= 1.5
        assert f"`{name}` {found[1]}" in quoted


def test_sockets_are_handed_over_under_the_names_that_the_daemon_knows() -> None:
    """Each socket unit belongs to the service and bears one of the daemon's names."""
    sockets = [Unit(path.name) for path in UNITS.glob("*.socket")]
    assert set(NAMES) == {unit.one("FileDescriptorName") for unit in sockets}
    assert {SERVICE} == {unit.one("Service") for unit in sockets}


# -- confined ------------------------------------------------------------------------------------------------------


def system_python() -> str:
    """Debian's own Python, of the version of the tests' libraries: one below /root no other user may run."""
    python = need("/usr/bin/python3", package="python3")
    ask = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    version = subprocess.run(ask, capture_output=True, text=True, check=True)
    if version.stdout.split() != [str(part) for part in sys.version_info[:2]]:
        lacking(f"{python} {sys.version_info[0]}.{sys.version_info[1]}", "run the tests with Debian's Python")
    return python


def plan(folder: Path, command: list[str]) -> dict[str, Any]:
    """What the unit asks for, as `confinement` takes it."""
    unit, credentials = Unit(SERVICE), "/run/credentials/extranet-monitor.service"
    switched = (
        *("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"),
        *("ProtectControlGroups", "RestrictNamespaces", "MemoryDenyWriteExecute"),
    )
    assert [] == [key for key in switched if not unit.yes(key)]
    assert ("strict", "invisible", "pid", "native") == tuple(
        unit.one(key) for key in ("ProtectSystem", "ProtectProc", "ProcSubset", "SystemCallArchitectures")
    )
    assert unit.one("LoadCredential").startswith("secrets:")
    assert "EPERM" == unit.one("SystemCallErrorNumber")
    site = f"/opt/top/.venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    return {
        "uid": USER,
        "umask": int(unit.one("UMask"), 8),
        "capabilities": unit.one("CapabilityBoundingSet").split(),
        "families": unit.one("RestrictAddressFamilies").split(),
        "calls": sorted(permitted_calls(unit)),
        "bind": {"/opt/top": str(TOP), "/opt/config": str(folder)},
        "own": [f"/var/lib/{unit.one('StateDirectory')}"],
        "credentials": {f"{credentials}/secrets_community": "county\n"},
        "directory": unit.one("WorkingDirectory"),
        "itself": "/opt/top/tests/deploy/confinement.py",
        "command": command,
        "environment": {"CREDENTIALS_DIRECTORY": credentials, "PYTHONPATH": f"/opt/top:{site}"},
    }


def confined(folder: Path, command: list[str], **popen: Any) -> subprocess.Popen[bytes]:
    """Start a command under the unit's restrictions."""
    made = plan(folder, command)
    (folder / "plan.json").write_text(json.dumps(made))
    itself = str(Path(__file__).with_name("confinement.py"))
    environment = {"PATH": os.environ["PATH"]} | made["environment"] | popen.pop("more", {})
    return subprocess.Popen([system_python(), itself, str(folder / "plan.json")], env=environment, **popen)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration whose secret the service may not read where it lies."""
    need_root("run the tests as root: another user cannot be confined")
    need("systemd-analyze", package="systemd")
    folder = tmp_path / "etc"
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "community").write_text("of root alone\n")
    (folder / "secrets").chmod(0o700)
    folder.chmod(0o755)
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_confined_by_its_unit_the_daemon_pings_writes_its_state_and_ends_in_order(folder: Path) -> None:
    """As another user, with CAP_NET_RAW alone, on a read-only machine and behind the unit's filter of system calls."""
    port = free_port()
    (folder / "monitor.yaml").write_text(
        "database: sqlite:////var/lib/extranet-monitor/monitor.db\n"
        f"listen: {{web: 127.0.0.1:0, metrics: 127.0.0.1:{port}}}\nicmp: {{privileged: true, timeout: 500ms}}\n"
        "snmp: {profiles: {default: {version: 2c, community: {file: secrets/community}}}}\n"
    )
    (folder / "policy.yaml").write_text("version: confined-1\ndetection: {interval: 2s, fast_interval: 1s}\n")
    (folder / "inventory.yaml").write_text(
        "carriers: [{id: unicom, name: 联通}]\nunits: [{id: u1, name: 财政局}]\n"
        "lines: [{id: L1, unit: u1, carrier: unicom, address: 127.0.0.1, snmp: default}]\n"
    )
    listener = Listener(f"@monitor-{secrets.token_hex(8)}")
    log = folder.parent / "log"
    with log.open("wb") as said:
        command = ["/usr/bin/python3", "-m", "monitor", "run", "--config", "/opt/config"]
        daemon = confined(folder, command, stdout=said, stderr=said, more=listener.environment)
    try:
        wait(lambda: "READY=1" in listener.said(), daemon, log)
        wait(lambda: b'extranet_line_up{line="L1"' in page(port), daemon, log)
        status = Path(f"/proc/{daemon.pid}/status").read_text()
        state = sorted(path.name for path in Path(f"/proc/{daemon.pid}/root/var/lib/extranet-monitor").iterdir())
        daemon.send_signal(signal.SIGTERM)
        assert 0 == daemon.wait(30), log.read_text()
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
    values = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert {str(USER)} == set(values["Uid"].split()) == set(values["Gid"].split())
    assert {f"{1 << 13:016x}"} == {values[name] for name in ("CapBnd", "CapEff", "CapPrm", "CapAmb")}
    assert ("1", "2") == (values["NoNewPrivs"], values["Seccomp"])
    assert {"monitor.db", "monitor.db.lock"} <= set(state)
    assert "STOPPING=1" in listener.said()
    listener.close()


def page(port: int) -> bytes:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        found: bytes = answer.read()
        return found
    return b""


def test_confined_by_its_unit_nothing_else_is_permitted(folder: Path) -> None:
    """Writing to the machine, reading homes and secrets, other sockets, namespaces, users, devices: all is denied."""
    tried = confined(folder, ["attempts"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = tried.communicate(timeout=60)
    assert 0 == tried.returncode, err.decode()
    said = json.loads(out)
    assert 17 == len(said)
    assert {} == {what: answer for what, answer in said.items() if answer not in DENIED}
