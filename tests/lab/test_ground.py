"""The county's network carries real packets, takes damage and repair, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import monitor
from monitor.lab.county import CORE, GATEWAY
from monitor.lab.damage import NONE, Damage
from monitor.lab.stage import Ground, end, launch
from tests.lab.ground import COMMUNITY, COUNTY, make, run, silent
from tests.needs import lacking, need

LINE = next(line for line in COUNTY.inventory.lines.values() if line.node == "unicom-east" and line.snmp)
UPTIME = "1.3.6.1.2.1.1.3.0"
PATIENCE = 20  # seconds after which waiting for a process's end is given up


@pytest.fixture(scope="module")
def shared() -> Iterator[Ground]:
    with make() as made:
        yield made


@pytest.fixture
def ground(shared: Ground) -> Iterator[Ground]:
    yield shared
    shared.damage(NONE)


def addresses(lines: tuple[str, ...]) -> set[str]:
    return {COUNTY.inventory.lines[line].address for line in lines}


def uptime(ground: Ground) -> int | None:
    ask = [need("snmpget", package="snmp"), "-v2c", "-c", COMMUNITY, "-t1", "-r4", "-Oqvt"]
    said = run(ground, [*ask, LINE.address, UPTIME])
    return int(said.stdout) if said.returncode == 0 else None


def test_every_address_answers(ground: Ground) -> None:
    assert silent(ground) == set()


def test_a_cut_line_is_silent_alone_and_answers_again_when_mended(ground: Ground) -> None:
    ground.damage(Damage(cut=frozenset({LINE.id})))
    assert silent(ground) == {LINE.address}
    ground.damage(NONE)
    assert silent(ground) == set()


def test_a_unit_without_power_is_silent_and_its_agent_starts_afresh(ground: Ground) -> None:
    before = uptime(ground)
    ground.damage(Damage(dark=frozenset({LINE.id})))
    assert silent(ground) == {LINE.address}
    assert uptime(ground) is None
    ground.damage(NONE)
    assert silent(ground) == set()
    after = uptime(ground)
    assert before is not None
    assert after is not None
    assert after < 100 * PATIENCE < before


def test_a_cut_line_leaves_its_agent_running(ground: Ground) -> None:
    before = uptime(ground)
    ground.damage(Damage(cut=frozenset({LINE.id})))
    ground.damage(NONE)
    after = uptime(ground)
    assert before is not None
    assert after is not None
    assert after >= before


def test_below_a_cut_aggregation_node_nothing_answers(ground: Ground) -> None:
    ground.damage(Damage(nodes=frozenset({"unicom-east"})))
    below = addresses(COUNTY.below("unicom-east"))
    assert silent(ground) == below | {COUNTY.inventory.nodes["unicom-east"].address}
    ground.damage(NONE)
    assert silent(ground) == set()


def test_below_a_cut_core_nothing_of_its_carrier_answers(ground: Ground) -> None:
    ground.damage(Damage(nodes=frozenset({"telecom-core", "telecom-east"})))
    own = {node.address for node in COUNTY.inventory.nodes.values() if node.carrier == "telecom"}
    assert silent(ground) == addresses(COUNTY.below("telecom-core")) | own
    ground.damage(Damage(nodes=frozenset({"telecom-east"})))
    assert silent(ground) == addresses(COUNTY.below("telecom-east")) | {COUNTY.inventory.nodes["telecom-east"].address}


def test_a_blind_monitor_reaches_no_reference(ground: Ground) -> None:
    ground.damage(Damage(blind=True))
    assert silent(ground, (GATEWAY, CORE, LINE.address)) == {GATEWAY, CORE, LINE.address}
    ground.damage(NONE)
    assert silent(ground) == set()


def test_a_lossy_line_loses_some_packets_and_its_neighbours_none(ground: Ground) -> None:
    need("nft", package="nftables")
    assert ground.can_lose
    ground.damage(Damage(loss={LINE.id: 0.5}))
    neighbour = next(line for line in COUNTY.below("unicom-east") if line != LINE.id)
    target = [LINE.address, COUNTY.inventory.lines[neighbour].address]
    said = run(ground, [need("fping"), "-q", "-c", "200", "-p", "2", "-i", "1", "-t", "2000", *target]).stderr
    lost = {row.split()[0]: int(row.split("=")[1].split(",")[0].split("/")[2].rstrip("%")) for row in said.splitlines()}
    assert 20 < lost[target[0]] < 80
    assert lost[target[1]] == 0


def test_the_way_to_a_line_leads_over_gateway_core_and_the_carriers_nodes(ground: Ground) -> None:
    program = (
        "import icmplib, sys\n"
        "hops = icmplib.traceroute(sys.argv[1], count=2, interval=0.01, timeout=1)\n"
        "print(*(hop.address for hop in hops))\n"
    )
    nodes = COUNTY.inventory.nodes
    way = [GATEWAY, CORE, nodes["unicom-core"].address, nodes["unicom-east"].address, LINE.address]
    done = run(ground, [sys.executable, "-c", program, LINE.address])
    assert done.stdout.split() == way, done.stderr


def test_every_agent_answers_from_the_address_it_was_asked_at(ground: Ground) -> None:
    for edge in list(COUNTY.edges.values())[::16]:
        name = "1.3.6.1.2.1.1.5.0"
        said = run(ground, [need("snmpget", package="snmp"), "-v2c", "-c", COMMUNITY, "-Oqv", edge.address, name])
        assert said.stdout.strip().strip('"') == edge.name


def test_a_program_started_there_gets_the_hosts_sockets(ground: Ground, tmp_path: Path) -> None:
    """The host's listening sockets come as file 3 and 4, named, to exactly that process (sd_listen_fds)."""
    program = (
        "import os, socket\n"
        "assert os.environ['LISTEN_PID'] == str(os.getpid())\n"
        "assert (os.environ['LISTEN_FDS'], os.environ['LISTEN_FDNAMES']) == ('2', 'web:metrics')\n"
        "for number, name in ((3, b'web'), (4, b'metrics')):\n"
        "    heard, _ = socket.socket(fileno=number).accept()\n"
        "    heard.sendall(name)\n"
    )
    sockets = {name: socket.create_server(("127.0.0.1", 0)) for name in ("web", "metrics")}
    log = tmp_path / "log"
    process = launch(("-c", program), sockets, log, namespaces=ground.namespaces, files=ground.files)
    try:
        for name, listening in sockets.items():
            with socket.create_connection(listening.getsockname(), timeout=PATIENCE) as to, listening:
                assert to.recv(10).decode() == name, log.read_text()
        assert process.wait(PATIENCE) == 0, log.read_text()
    finally:
        end(process)


def test_the_hosts_network_is_left_alone() -> None:
    before = Path("/proc/net/dev").read_text().splitlines()[2:], Path("/proc/net/route").read_text()
    with make():
        after = Path("/proc/net/dev").read_text().splitlines()[2:], Path("/proc/net/route").read_text()
    assert [row.split(":")[0] for row in before[0]] == [row.split(":")[0] for row in after[0]]
    assert before[1] == after[1]


def test_the_end_of_the_stage_is_the_end_of_its_process() -> None:
    ground = make()
    process = ground.process
    ground.close()
    assert process.poll() is not None


HOLDER = """
import sys, time
from monitor.lab.stage import Ground, launch
from pathlib import Path
import socket
ground = Ground(1, "c")
sockets = {"web": socket.create_server(("127.0.0.1", 0))}
child = launch(("-c", "import time; time.sleep(600)"), sockets, Path(sys.argv[1]) / "log",
               namespaces=ground.namespaces, files=ground.files)
print(ground.process.pid, child.pid, flush=True)
time.sleep(600)
"""


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def gone(processes: list[int]) -> bool:
    until = time.monotonic() + PATIENCE
    while any(alive(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_kill_9_of_the_lab_leaves_no_process_and_so_no_namespace(tmp_path: Path) -> None:
    make().close()  # skips where no network can be made
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        started = [int(number) for number in holder.stdout.readline().split()]
        assert len(started) == 2
        assert all(alive(process) for process in started)
        holder.send_signal(signal.SIGKILL)
    assert gone(started)


ORDINARY = """
import sys
from monitor.lab.county import generate
from monitor.lab.damage import Damage
from monitor.lab.network import NoNetworkError
from monitor.lab.stage import Ground
try:
    with Ground(1, "c") as ground:
        ground.damage(Damage(blind=True, nodes=frozenset({"mobile-east"}), loss={"finance-1": 0.5}))
        ground.damage(Damage())
        print("made", ground.namespaces[1] != "-")
except NoNetworkError as error:
    print("refused", error)
"""


def interpreter(as_nobody: list[str]) -> str:
    """Find a Python that an ordinary user may run; the tests' own may lie in root's home."""
    wanted = "import os, sys; sys.exit(sys.version_info < (3, 11) or not os.access(sys.executable, os.X_OK))"
    for candidate in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([*as_nobody, candidate, "-c", wanted], capture_output=True, check=False).returncode == 0:
            return candidate
    return lacking("a Python 3.11 that every user may run", "apt install python3")


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here has run as an ordinary user already")
def test_an_ordinary_user_makes_the_network_too() -> None:
    nobody = [need("setpriv", package="util-linux"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    python = interpreter(nobody)
    place = Path(tempfile.mkdtemp(prefix="lab-"))
    try:
        place.chmod(0o755)
        shutil.copytree(Path(monitor.__file__).parent, place / "monitor", ignore=shutil.ignore_patterns("__pycache__"))
        environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [*nobody, python, "-c", ORDINARY],
            env=environment,
            cwd=place,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 3,
            check=False,
        )
    finally:
        shutil.rmtree(place)
    if done.stdout.startswith("refused"):
        lacking("the right of an ordinary user to make namespaces", done.stdout)
    assert done.stdout.strip() == "made True", done.stderr
