"""The files that an administrator copies: nginx, the firewall, containers; each is looked at by what will read it."""

from __future__ import annotations

import http.server
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from grafana.language import CONSOLE
from monitor import __version__
from monitor.config.folder import load
from tests.needs import need, need_root

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"
CONTAINER = DEPLOY / "container"
SECRETS = {
    "database": "postgresql+psycopg://monitor:word@127.0.0.1/monitor",
    "links": "0" * 64,
    "community": "county",
}


def test_the_scripts_pass_shellcheck() -> None:
    """Whatever quoting and flow shellcheck knows to go wrong does not stand in them."""
    scripts = sorted(str(path) for path in DEPLOY.glob("*.sh"))
    told = subprocess.run([need("shellcheck"), *scripts], capture_output=True, text=True, check=False)
    assert "" == told.stdout
    assert all(Path(script).stat().st_mode & stat.S_IXUSR for script in scripts)


def test_nginx_takes_the_example(tmp_path: Path) -> None:
    """``nginx -t`` on the file as it is, but for the places of certificates and logs."""
    nginx = need("nginx", package="nginx-light")
    certificate = trustme.CA().issue_cert("monitor.example", "console.monitor.example")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    text = (DEPLOY / "nginx/extranet-monitor.conf").read_text(encoding="utf-8")
    for place in (r"/etc/ssl/extranet-monitor/monitor\.example\.(?:pem|key)", r"/var/log/nginx/error\.log"):
        assert re.search(place, text)
    text = re.sub(r"/etc/ssl/extranet-monitor/\S+?(?=;)", str(tmp_path / "both.pem"), text)
    text = text.replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ access_log off; {text} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [nginx, "-t", "-q", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (told.returncode, told.stderr)


def test_nginx_gives_carriers_the_answering_page_alone_and_logs_no_link() -> None:
    """Under the public name only /a/ goes through; wherever a link can arrive its address is logged nowhere."""
    text = (DEPLOY / "nginx/extranet-monitor.conf").read_text(encoding="utf-8")
    redirect, public, console, grafana = text.split("\nserver {")[1:]
    assert ["/a/", "/"] == re.findall(r"location (\S+) \{", public)
    assert "location / { return 404; }" in public
    assert "access_log off;" in redirect
    assert "access_log off;" in public
    assert "deny all;" in console
    assert "deny all;" in grafana
    assert re.search(r"location /a/ \{\s+access_log off;\s+return 404;", console)


def test_what_the_dashboards_link_to_is_what_nginx_serves() -> None:
    """Their console is the console's name, not the public one, under which there is nothing but the answering page."""
    text = (DEPLOY / "nginx/extranet-monitor.conf").read_text(encoding="utf-8")
    _redirect, public, console, _grafana = text.split("\nserver {")[1:]
    name = CONSOLE.removeprefix("https://")
    assert (False, True) == tuple(f"server_name {name};" in server for server in (public, console))
    assert (False, True) == tuple("location /docs/" in server for server in (public, console)), "alerts link to it"


def test_nftables_takes_the_example() -> None:
    """``nft -c -f``, in a network of its own."""
    need_root("nft looks at the kernel's tables")
    command = [need("unshare", package="util-linux"), "--net", need("nft", package="nftables"), "-c", "-f"]
    told = subprocess.run([*command, str(DEPLOY / "nftables.conf")], capture_output=True, text=True, check=False)
    assert (0, "") == (told.returncode, told.stderr)


# -- containers ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, its anchors put in."""
    read: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_every_container_is_pinned_unprivileged_and_watched(compose: dict[str, Any]) -> None:
    """A fixed version, a user who is not root, no right but the monitor's NET_RAW, read-only, with a health check."""
    services = compose["services"]
    assert {"monitor", "database", "prometheus", "alertmanager", "grafana"} == set(services)
    for name, service in services.items():
        image, _, tag = service["image"].partition(":")
        assert re.search(r"\d+\.\d+", tag), name
        assert image.count("/") <= 1, "a plain name, of no registry"
        assert service["user"].split(":")[0] not in ("0", "root"), name
        assert (["ALL"], True, "host") == (service["cap_drop"], service["read_only"], service["network_mode"]), name
        assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"]), name
        assert (["NET_RAW"] if name == "monitor" else []) == service.get("cap_add", []), name
        assert (name == "monitor") != ("no-new-privileges:true" in service.get("security_opt", [])), name
        assert "privileged" not in service, name
    assert f"extranet-monitor:{__version__}" == services["monitor"]["image"]


def test_the_database_is_not_newer_than_the_programs_that_back_it_up(compose: dict[str, Any]) -> None:
    """pg_dump refuses a server that is newer than itself; Debian 12 has that of PostgreSQL 15."""
    base = next(rest for word, rest in reversed(instructions()) if word == "FROM")
    assert "bookworm" in base
    assert compose["services"]["database"]["image"].startswith("postgres:15.")


def test_what_containers_mount_is_there(compose: dict[str, Any]) -> None:
    """Files of the project that are mounted exist and are read-only; volumes and secrets are declared and used."""
    named, secrets = set(), set()
    for service in compose["services"].values():
        secrets |= set(service.get("secrets", []))
        for volume in service.get("volumes", []):
            source, _target, *mode = volume.split(":")
            if not source.startswith("."):
                named.add(source)
                continue
            assert ["ro"] == mode, volume
            assert (CONTAINER / source).exists(), volume
    assert set(compose["volumes"]) == named
    assert set(compose["secrets"]) == secrets
    assert all(each["file"] == f"./secrets/{name}" for name, each in compose["secrets"].items())
    told = (CONTAINER / "compose.yaml").read_text(encoding="utf-8").partition("name:")[0]
    assert all(f"secrets/{name}" in told for name in secrets)


def test_the_configuration_in_the_container_is_taken(tmp_path: Path, compose: dict[str, Any]) -> None:
    """monitor.yaml with the example's policy and inventory loads, with each secret that the compose file gives it."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, text in SECRETS.items():
        (secrets / name).write_text(text)
    assert set(SECRETS) == set(compose["services"]["monitor"]["secrets"])
    settings = (CONTAINER / "monitor.yaml").read_text(encoding="utf-8").replace("/run/secrets", str(secrets))
    (tmp_path / "monitor.yaml").write_text(settings, encoding="utf-8")
    for name in ("policy.yaml", "inventory.yaml"):
        shutil.copy(TOP / "config" / name, tmp_path)
    loaded = load(tmp_path, environ={}).settings
    assert SECRETS["database"] == loaded.database.reveal()
    assert Path("/var/lib/extranet-monitor/attachments") == loaded.attachments


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, continued lines put together."""
    text = re.sub(r"^#.*\n", "", (CONTAINER / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    return [(line.partition(" ")[0], " ".join(line.split()[1:])) for line in lines]


def test_the_containerfile_keeps_to_what_linters_ask() -> None:
    """Known instructions, pinned bases, no cache left, hashes checked, a user who is not root, commands as lists."""
    found = instructions()
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {word for word, _ in found} <= known | {"ENTRYPOINT", "CMD"}
    assert all(re.match(r"python:\d+\.\d+\.\d+-\S+( AS \w+)?$", rest) for word, rest in found if word == "FROM")
    [installed] = [rest for word, rest in found if word == "RUN" and "apt-get install" in rest]
    assert all(part in installed for part in ("--no-install-recommends", "--yes", "rm -rf /var/lib/apt/lists/*"))
    pips = [rest for word, rest in found if word == "RUN" and "pip install" in rest]
    assert all("--no-cache-dir" in each for each in pips)
    assert "--require-hashes" in pips[0]
    assert [("USER", "10001:10001")] == [each for each in found if each[0] == "USER"]
    assert all(rest.startswith("[") for word, rest in found if word in ("ENTRYPOINT", "CMD", "VOLUME"))
    for word, rest in found:
        if word == "COPY" and "--from" not in rest:
            assert all((TOP / source).exists() for source in rest.split()[:-1]), rest


class Page(http.server.BaseHTTPRequestHandler):
    """A metrics page that says what it is told to."""

    said = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.said.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(said: str) -> Iterator[str]:
    handler = type("Saying", (Page,), {"said": said})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/metrics"
        server.shutdown()


@pytest.mark.parametrize(
    ("rule", "page", "code"),
    [
        ("An instant was judged a moment ago.", "monitor_last_sweep_timestamp_seconds {now}\n", 0),
        ("The last one was judged two minutes ago.", "monitor_last_sweep_timestamp_seconds {before}\n", 1),
        ("None was judged.", "monitor_blind 0\n", 1),
    ],
)
def test_a_container_is_healthy_while_instants_are_judged(rule: str, page: str, code: int) -> None:
    """A process that answers but judges nothing is not healthy."""
    now = time.time()
    with served(page.format(now=now, before=now - 120)) as url:
        assert code == healthy(url), rule


def test_a_container_whose_page_does_not_answer_is_not_healthy() -> None:
    """Nobody listens there."""
    with served("") as url:
        pass
    assert 1 == healthy(url)


def healthy(url: str) -> int:
    command = [sys.executable, str(CONTAINER / "healthy.py"), url]
    return subprocess.run(command, capture_output=True, check=False).returncode
