"""A real agent: Debian's snmpd on a loopback port of its own, with its own configuration and state."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.probing.snmp.agent import Agent, AuthKey, AuthProtocol, Community, Credentials, PrivKey, PrivProtocol, User
from tests.needs import need

COMMUNITY = "public"
AUTH_KEY = "signing-words"
PRIV_KEY = "hiding-words"
# As snmpd's createUser spells them.
SPELLED = {
    AuthProtocol.MD5: "MD5",
    AuthProtocol.SHA: "SHA",
    AuthProtocol.SHA224: "SHA-224",
    AuthProtocol.SHA256: "SHA-256",
    AuthProtocol.SHA384: "SHA-384",
    AuthProtocol.SHA512: "SHA-512",
    PrivProtocol.DES: "DES",
    PrivProtocol.AES128: "AES",
    PrivProtocol.AES192: "AES-192",
    PrivProtocol.AES256: "AES-256",
    PrivProtocol.AES192C: "AES-192-C",
    PrivProtocol.AES256C: "AES-256-C",
}
PLAIN = User(name="plain")
SIGNING = tuple(
    User(name=f"signs-{protocol.lower()}", auth=AuthKey(protocol=protocol, key=AUTH_KEY)) for protocol in AuthProtocol
)
HIDING = tuple(
    User(
        name=f"hides-{signed.lower()}-{hidden.lower()}",
        auth=AuthKey(protocol=signed, key=AUTH_KEY),
        priv=PrivKey(protocol=hidden, key=PRIV_KEY),
    )
    for signed in (AuthProtocol.SHA, AuthProtocol.SHA256)
    for hidden in PrivProtocol
)


@dataclass(frozen=True, slots=True)
class Live:
    """A running snmpd; it answers for every address of 127/8."""

    port: int

    def agent(
        self, credentials: Credentials | None = None, *, address: str = "127.0.0.1", timeout: float = 2.0
    ) -> Agent:
        """Return how to ask it."""
        credentials = credentials or Community(community=COMMUNITY)
        return Agent(address=address, port=self.port, credentials=credentials, timeout=timeout, retries=1)


@contextmanager
def live_agent(folder: Path, *, port: int | None = None) -> Iterator[Live]:
    """Run snmpd, its configuration and state below a folder, until the block ends."""
    program = need("snmpd")
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    state, log = folder / "state", folder / "log"
    log.unlink(missing_ok=True)
    (folder / "snmpd.conf").write_text(_configuration(port))
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(state), "MIBS": "", "SNMPCONFPATH": str(folder)}
    command = [program, "-f", "-r", "-C", "-c", str(folder / "snmpd.conf"), "-Lf", str(log)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_start(process, log)
        yield Live(port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def free_port() -> int:
    """Return a UDP port that nothing uses on any address of the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Tell whether something listens on a UDP port of the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _await_start(process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if log.exists() and "NET-SNMP version" in log.read_text(errors="replace"):
            return
        assert process.poll() is None, f"snmpd ended: {log.read_text() if log.exists() else 'without a log'}"
        time.sleep(0.05)
    raise AssertionError("snmpd did not start within 15 s")


def _configuration(port: int) -> str:
    lines = [f"agentaddress udp:0.0.0.0:{port}", f"rocommunity {COMMUNITY} 127.0.0.0/8", "sysName live-agent"]
    for user in (PLAIN, *SIGNING, *HIDING):
        create = ["createUser", user.name]
        if user.auth is not None:
            create += [SPELLED[user.auth.protocol], user.auth.key]
        if user.priv is not None:
            create += [SPELLED[user.priv.protocol], user.priv.key]
        level = "priv" if user.priv else "auth" if user.auth else "noauth"
        lines += [" ".join(create), f"rouser {user.name} {level}"]
    return "\n".join(lines) + "\n"
