"""NetBox's providers, circuits, sites and contacts become carriers, lines and units; the rest stays or is listed."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.config.folder import load
from monitor.config.inventory_text import inventory_yaml
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Role, Unit, UnitKind
from tests.archive.netboxes import EVERYTHING, TOKEN, Answers
from tests.archive.workbooks import SMALL
from tests.config.written import write
from tests.inventories import SHANGHAI
from tests.receivers import certificates
from tests.receivers.web import Mischief, Receiver, Request, Response, in_thread

MONITOR = "snmp: {profiles: {default: {version: 2c, community: {env: COMMUNITY}}}}\n"
ENVIRONMENT = {"COMMUNITY": "nothing-secret", "COLUMNS": "200", "NETBOX_TOKEN": TOKEN}
TOLD = ["--token-env", "NETBOX_TOKEN", "--centre", "centre"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "config", monitor=MONITOR, inventory=inventory_yaml(SMALL, zone=SHANGHAI))


def run(folder: Path, url: str, *arguments: str, code: int = 0) -> Result:
    command = ["inventory", "import", "--netbox", url, "--config", str(folder), *arguments]
    done = CliRunner().invoke(main, command, env=ENVIRONMENT)
    assert code == done.exit_code, done.output
    return done


def loaded(folder: Path) -> Inventory:
    return load(folder, environ=ENVIRONMENT).inventory


def everything(**changed: Mapping[int, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return what NetBox has, with some fields of objects changed: ``circuits={1: {"cid": "x"}}``."""
    things: dict[str, list[dict[str, Any]]] = copy.deepcopy({key: list(found) for key, found in EVERYTHING.items()})
    for name, changes in changed.items():
        [endpoint] = [each for each in things if each.endswith(f"/{name.replace('_', '-')}")]
        for thing in things[endpoint]:
            thing.update(changes.get(thing["id"], {}))
    return things


def test_everything_is_taken_page_by_page_and_what_netbox_has_not_stays(folder: Path) -> None:
    """Nodes, references, ports and SNMP profiles of known lines stay; the short names of carriers and units too."""
    with in_thread(Receiver(Answers())) as netbox:
        run(folder, netbox.url, *TOLD, "--yes")
        asked = [request.target for request in netbox.requests if "/devices/" in request.target]
    found = loaded(folder)
    assert 2 == len(asked)
    assert all("exclude=config_context" in target for target in asked)
    assert found.nodes == SMALL.nodes
    assert found.references == SMALL.references
    dispatch = Contact(role="dispatch", name="李工", phone="0000-66000201", email="dispatch@unicom.example")
    assert found.carriers == {
        "unicom": Carrier(
            id="unicom",
            name="中国联通云岭分公司",
            short_name="联通",
            contacts=(dispatch, Contact(role="supervisor", name="王局")),
        ),
        "mobile": SMALL.carriers["mobile"],
    }
    assert found.units == {
        "finance": replace(SMALL.units["finance"], contacts=(Contact(role="leader", name="王局"),)),
        "qingxi": SMALL.units["qingxi"],
        "library": Unit(id="library", name="云岭县图书馆", short_name="云岭县图书馆", kind=UnitKind.OTHER),
    }
    assert found.lines == {
        "finance-1": replace(SMALL.lines["finance-1"], wan="GE0/0/0"),
        "finance-2": replace(SMALL.lines["finance-2"], type="MSTP", bandwidth_mbps=50, wan="GE0/0/1"),
        "qingxi-1": replace(
            SMALL.lines["qingxi-1"],
            type="IPRAN",
            bandwidth_mbps=20,
            wan="Gi0/0",
            in_service_to=datetime(2026, 12, 31, 16, tzinfo=UTC),
        ),
    }


def test_a_first_inventory_comes_whole_from_netbox(folder: Path) -> None:
    (folder / "inventory.yaml").unlink()
    named = {1: {"type": {"name": "光纤", "slug": "fibre"}}}
    with in_thread(Receiver(Answers(everything(circuits=named)))) as netbox:
        said = run(folder, netbox.url, *TOLD, "--yes").stdout
    assert "3条新线路没有这些内容" in said
    assert "fibre" == loaded(folder).lines["finance-1"].type
    line = loaded(folder).lines["finance-2"]
    assert line == Line(
        id="finance-2", unit="finance", carrier="mobile", address="192.0.2.2", role=Role.BACKUP, type="MSTP",
        bandwidth_mbps=50, wan="GE0/0/1",
    )  # fmt: skip
    assert UnitKind.TOWNSHIP is loaded(folder).units["qingxi"].kind


def test_what_has_no_counterpart_is_listed(folder: Path) -> None:
    with in_thread(Receiver(Answers())) as netbox:
        said = run(folder, netbox.url, *TOLD).stdout.splitlines()
    assert said[:6] == [
        "circuits/circuits/4（library-1）：线路状态为planned，不承载业务，不监测",
        "circuits/circuits/5（mill-1）：线路状态为decommissioned，不承载业务，不监测",
        "dcim/sites/4（old-mill）：站点已停用，不作为接入单位",
        "circuits/provider-networks：1项在档案中没有对应内容，未导入",
        "tenancy/contact-assignments (dcim.device)：1项在档案中没有对应内容，未导入",
        f"{netbox.url}：NetBox中没有对应内容的，保持原样：汇聚节点、参照地址，线路的节点、端口、域名、SNMP配置和接口，"
        "以及NetBox中没有联系人的运营商和单位的联系人；0条新线路没有这些内容",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"devices": {3: {"primary_ip": None}}, "circuits": {3: {"cid": "new-1"}}},
         "circuits/circuits/3（new-1）：线路没有地址：其端点没有连接到有主用IP的设备；在NetBox中连接端点与设备接口，并给设备设主用IP"),
        ({"circuit_terminations": {5: {"termination_type": "circuits.providernetwork"}},
          "circuits": {3: {"cid": "new-1"}}},
         "circuits/circuits/3（new-1）：线路没有连接到任何接入单位的站点；在NetBox中给线路端点指定站点"),
        ({"circuits": {2: {"cid": "finance-1"}}},
         "circuits/circuits/2（id）：编号与circuits/circuits/1的线路重复；每个编号只用一次；同一线路只留一行"),
        ({"devices": {3: {"primary_ip": {"address": "192.0.2.1/24"}}}},
         "circuits/circuits/3（address）：地址与circuits/circuits/1的线路finance-1重复；"
         "每条线路、每个参照地址各用一个地址；已停用的，填写停用日期"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_the_object_of_netbox(folder: Path, changed: Any, expected: str) -> None:
    before = (folder / "inventory.yaml").read_bytes()
    with in_thread(Receiver(Answers(everything(**changed)))) as netbox:
        refused = run(folder, netbox.url, *TOLD, "--yes", code=2)
    assert expected in refused.stdout.splitlines()
    assert before == (folder / "inventory.yaml").read_bytes()


def test_of_a_known_line_the_unit_tells_which_end_is_its_own_of_a_new_one_the_centre_must(folder: Path) -> None:
    with in_thread(Receiver(Answers())) as netbox:
        run(folder, netbox.url, "--token-env", "NETBOX_TOKEN")
        (folder / "inventory.yaml").unlink()
        refused = run(folder, netbox.url, "--token-env", "NETBOX_TOKEN", code=2)
    assert (
        "circuits/circuits/1（finance-1）：线路两端都是站点（finance、centre），不知哪端是接入单位；用--centre指定信息中心的站点"
        in (refused.stdout.splitlines())
    )


def test_before_netbox_4_2_a_termination_named_its_site_and_an_assignment_its_content_type(folder: Path) -> None:
    things = everything()
    for each in things["circuits/circuit-terminations"]:
        kept = {"id": each.pop("termination_id"), "slug": each.pop("termination")["slug"]}
        each["site"], each["provider_network"] = kept, None
        del each["termination_type"]
    for each in things["tenancy/contact-assignments"]:
        each["content_type"] = each.pop("object_type")
    with in_thread(Receiver(Answers())) as new, in_thread(Receiver(Answers(things))) as old:
        expected = json.loads(run(folder, new.url, *TOLD, "--json").stdout)["differences"]
        assert expected == json.loads(run(folder, old.url, *TOLD, "--json").stdout)["differences"]


@pytest.mark.parametrize("token", [TOKEN, "nbt_4F9DAouzURLb.zjebxBPzICiPbWz0Wtx0fTL7bCKXKGTYhNzkgC2S"])
def test_a_token_of_either_kind_is_fetched_from_a_file_and_told_nobody(
    folder: Path, tmp_path: Path, token: str
) -> None:
    kept = tmp_path / "token"
    kept.write_text(f"{token}\n", encoding="utf-8")
    scheme = "Bearer" if token.startswith("nbt_") else "Token"
    with in_thread(Receiver(Answers(authorization=f"{scheme} {token}"))) as netbox:
        said = run(folder, netbox.url, "--token-file", str(kept), "--centre", "centre")
        refused = run(folder, netbox.url, *TOLD, code=2) if token != TOKEN else None
    assert token not in said.output
    assert refused is None or TOKEN not in refused.output


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (Response(status=401, body={"detail": "x"}), 2, "401, the token is missing, not accepted, or may not see this"),
        (Response(status=403, body={"detail": "x"}), 2, "403, the token is missing, not accepted, or may not see this"),
        (Response(status=404), 2, "404, there is no API of NetBox here"),
        (Response(status=302, headers={"Location": "https://elsewhere.example/"}), 2, "302, it redirects"),
        (Response(status=500), 2, "500, NetBox does not answer as it should"),
        (Response(body=b"<html>"), 2, "what answers is no API of NetBox"),
        (Response(body={"results": [{"name": "x"}]}), 2, "its objects have no id"),
        (Response(body={"results": [{"id": 1}], "next": None}), 2, "an object is not as NetBox 4 serialises it"),
        (Mischief.BREAK, 3, "the connection failed or broke off"),
        (Mischief.GARBAGE, 3, "the connection failed or broke off"),
    ],
)
def test_whatever_else_answers_ends_in_one_line(
    folder: Path, answer: Response | Mischief, code: int, said: str
) -> None:
    before = (folder / "inventory.yaml").read_bytes()
    with in_thread(Receiver(lambda _: answer)) as netbox:
        refused = run(folder, netbox.url, *TOLD, "--yes", code=code)
    assert said in refused.stderr
    assert 1 == refused.stderr.count("\n")
    assert TOKEN not in refused.output
    assert before == (folder / "inventory.yaml").read_bytes()


@pytest.mark.parametrize("mischief", [Mischief.SILENT, Mischief.DRIP_BODY])
def test_an_answer_that_never_ends_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mischief: Mischief
) -> None:
    monkeypatch.setattr("monitor.archive.netbox_client.PATIENCE_S", 0.5)
    with in_thread(Receiver(lambda _: mischief)) as netbox:
        assert "no answer in time" in run(folder, netbox.url, *TOLD, code=3).stderr


def test_a_body_without_end_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.archive.netbox_client.LARGEST", 100_000)
    with in_thread(Receiver(lambda _: Mischief.ENDLESS)) as netbox:
        assert "a page is larger than 100,000 bytes" in run(folder, netbox.url, *TOLD, code=2).stderr


def test_a_list_that_has_no_end_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def always_more(request: Request) -> Response:
        following = f"http://netbox.internal{request.path}?offset=1"
        return Response(body={"count": 9, "next": following, "results": [{"id": 1}]})

    monkeypatch.setattr("monitor.archive.netbox_client.MOST_PAGES", 5)
    with in_thread(Receiver(always_more)) as netbox:
        assert "circuits/providers has no last page" in run(folder, netbox.url, *TOLD, code=2).stderr
    assert 5 == len(netbox.requests)


def test_tls_is_verified_by_the_authority_that_is_named(folder: Path, tmp_path: Path) -> None:
    right = str(certificates.authority_file(tmp_path))
    wrong = str(certificates.authority_file(tmp_path, "stranger"))
    with in_thread(Receiver(Answers(), tls=certificates.server())) as netbox:
        run(folder, netbox.url, *TOLD, "--ca", right)
        for arguments in ([], ["--ca", wrong]):
            refused = run(folder, netbox.url, *TOLD, *arguments, code=3).stderr
            assert "an authority not trusted here: name the right one with --ca FILE" in refused
        nothing = run(folder, netbox.url, *TOLD, "--ca", str(folder / "monitor.yaml"), code=2).stderr
        assert "this file holds no certificate in PEM" in nothing
    with in_thread(Receiver(Answers(), tls=certificates.server("netbox.example"))) as stranger:
        assert "its certificate is another host's" in run(folder, stranger.url, *TOLD, "--ca", right, code=3).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--token-env", "NOT_SET_ANYWHERE"], "--token-env: the environment variable NOT_SET_ANYWHERE is not set"),
        (["--token-file", "/none/at/all"], "--token-file: the file of this secret cannot be read"),
        (["--token-env", "NETBOX_TOKEN", "--token-file", "x"], "name one of --token-env and --token-file"),
    ],
)
def test_a_token_that_is_not_there_is_named_by_its_place(folder: Path, arguments: list[str], said: str) -> None:
    assert said in run(folder, "http://127.0.0.1:9", *arguments, code=2).stderr


@pytest.mark.parametrize("address", ["netbox.example", "https://user:x@netbox.example", "https://netbox.example/?t=x"])
def test_an_address_with_room_for_a_secret_is_refused(folder: Path, address: str) -> None:
    assert "an address is wanted, without user, password or query" in run(folder, address, code=2).stderr


def test_a_token_that_would_go_unencrypted_to_another_machine_is_said(folder: Path) -> None:
    """Nothing listens there; 127.0.0.2 is taken for another machine, as only this one's usual names are known."""
    assert "不是https，令牌未经加密传送" in run(folder, "http://127.0.0.2:9", *TOLD, code=3).stderr
