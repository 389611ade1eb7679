"""A NetBox of a small county: answers recorded in the form of NetBox 4.2's serializers, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.receivers.web import Request, Response

TOKEN = "0123456789abcdef0123456789abcdef01234567"
HOST = "http://netbox.internal"  # what NetBox calls itself behind a proxy: never to be followed
PAGE = 2  # objects a page: MAX_PAGE_SIZE of the installation, whatever is asked for
Thing = dict[str, Any]


def thing(endpoint: str, number: int, display: str, **fields: Any) -> Thing:
    """Return an object with what every serializer gives."""
    return {
        "id": number,
        "url": f"{HOST}/api/{endpoint}/{number}/",
        "display_url": f"{HOST}/{endpoint}/{number}/",
        "display": display,
        "description": "",
        "tags": [],
        "custom_fields": {},
        "created": "2025-03-01T02:11:09.120331Z",
        "last_updated": "2025-11-20T08:40:51.603917Z",
        **fields,
    }


def brief(whole: Thing, *fields: str) -> Thing:
    """Return an object as another one nests it."""
    return {name: whole[name] for name in ("id", "url", "display", "description", *fields)}


def choice(value: str) -> Thing:
    return {"value": value, "label": value.capitalize()}


PROVIDERS = [
    thing("circuits/providers", 1, "中国联通云岭分公司", name="中国联通云岭分公司", slug="unicom", accounts=[], asns=[],
          comments="", circuit_count=4),
    thing("circuits/providers", 2, "中国移动云岭分公司", name="中国移动云岭分公司", slug="mobile", accounts=[], asns=[],
          comments="", circuit_count=1),
]  # fmt: skip
GROUPS = {slug: thing("dcim/site-groups", number, name, name=name, slug=slug, _depth=0)
          for number, (slug, name) in enumerate({"department": "部门", "towns": "乡镇"}.items(), start=1)}  # fmt: skip


def site(number: int, slug: str, name: str, *, group: str | None = None, status: str = "active") -> Thing:
    nested = None if group is None else brief(GROUPS[group], "name", "slug", "_depth")
    return thing("dcim/sites", number, name, name=name, slug=slug, status=choice(status), region=None, group=nested,
                 tenant=None, facility="", time_zone=None, physical_address="", latitude=None, longitude=None,
                 comments="", asns=[], circuit_count=1, device_count=1)  # fmt: skip


SITES = [
    site(1, "centre", "县政府信息中心"),
    site(2, "finance", "云岭县财政局", group="department"),
    site(3, "qingxi", "清溪镇人民政府", group="towns"),
    site(4, "old-mill", "旧粮站", status="retired"),
    site(5, "library", "云岭县图书馆"),
]


def circuit(number: int, cid: str, provider: Thing, kind: str, **fields: Any) -> Thing:
    nested = {"id": number, "url": f"{HOST}/api/circuits/circuit-types/{number}/", "display": kind, "name": kind,
              "slug": kind.lower(), "description": ""}  # fmt: skip
    return thing(
        "circuits/circuits", number, cid,
        **{"cid": cid, "provider": brief(provider, "name", "slug"), "provider_account": None, "type": nested,
           "status": choice("active"), "tenant": None, "install_date": None, "termination_date": None,
           "commit_rate": None, "termination_a": None, "termination_z": None, "comments": "", "assignments": [],
           **fields},
    )  # fmt: skip


def assigned(priority: str) -> list[Thing]:
    return [{"id": 1, "url": f"{HOST}/api/circuits/circuit-group-assignments/1/", "display": "g",
             "group": {"id": 1, "display": "g", "name": "g"}, "priority": choice(priority)}]  # fmt: skip


CIRCUITS = [
    circuit(1, "finance-1", PROVIDERS[0], "PTN", install_date="2019-01-01", commit_rate=100_000,
            assignments=assigned("primary")),
    circuit(2, "finance-2", PROVIDERS[1], "MSTP", commit_rate=50_000, assignments=assigned("secondary")),
    circuit(3, "qingxi-1", PROVIDERS[0], "IPRAN", termination_date="2027-01-01"),
    circuit(4, "library-1", PROVIDERS[0], "PON", status=choice("planned"), install_date="2026-12-01"),
    circuit(5, "mill-1", PROVIDERS[0], "PON", status=choice("decommissioned"), termination_date="2020-01-01"),
]  # fmt: skip


def device(number: int, name: str, where: Thing, address: str | None) -> Thing:
    ip = None if address is None else {"id": number, "url": f"{HOST}/api/ipam/ip-addresses/{number}/",
                                       "display": address, "family": {"value": 4, "label": "IPv4"},
                                       "address": address, "description": ""}  # fmt: skip
    return thing("dcim/devices", number, name, name=name, site=brief(where, "name", "slug"), status=choice("active"),
                 serial="", primary_ip=ip, primary_ip4=ip, primary_ip6=None)  # fmt: skip


DEVICES = [
    device(1, "finance-edge-1", SITES[1], "192.0.2.1/30"),
    device(2, "finance-edge-2", SITES[1], "192.0.2.2/30"),
    device(3, "qingxi-edge", SITES[2], "192.0.2.3/30"),
    device(4, "centre-core", SITES[0], "203.0.113.1/24"),
]


def end(number: int, of: Thing, side: str, where: Thing, at: Thing | None, port: str = "") -> Thing:
    peers = [] if at is None else [{"id": number, "url": f"{HOST}/api/dcim/interfaces/{number}/", "display": port,
                                    "device": brief(at, "name"), "name": port, "description": "", "cable": number,
                                    "_occupied": True}]  # fmt: skip
    return thing("circuits/circuit-terminations", number, side, circuit=brief(of, "cid"), term_side=side,
                 termination_type="dcim.site", termination_id=where["id"], termination=brief(where, "name", "slug"),
                 port_speed=20_000, upstream_speed=None, xconnect_id="", pp_info="", mark_connected=False,
                 cable=None, cable_end="", link_peers=peers,
                 link_peers_type="dcim.interface" if peers else None, _occupied=bool(peers))  # fmt: skip


TERMINATIONS = [
    end(1, CIRCUITS[0], "A", SITES[1], DEVICES[0], "GE0/0/0"),
    end(2, CIRCUITS[0], "Z", SITES[0], DEVICES[3], "GE1/0/7"),
    end(3, CIRCUITS[1], "A", SITES[1], DEVICES[1], "GE0/0/1"),
    end(4, CIRCUITS[1], "Z", SITES[0], None),
    end(5, CIRCUITS[2], "Z", SITES[2], DEVICES[2], "Gi0/0"),
    end(6, CIRCUITS[3], "A", SITES[4], None),
]
CONTACTS = [
    thing("tenancy/contacts", 1, "李工", groups=[], name="李工", title="", phone="0000-66000201",
          email="dispatch@unicom.example", address="", link="", comments=""),
    thing("tenancy/contacts", 2, "王局", groups=[], name="王局", title="局长", phone="", email="", address="", link="",
          comments=""),
    thing("tenancy/contacts", 3, "旧值班", groups=[], name="旧值班", title="", phone="0000-66000299", email="",
          address="", link="", comments=""),
]  # fmt: skip


def assignment(number: int, owner: str, of: Thing, contact: Thing, role: str, priority: str) -> Thing:
    return {"id": number, "url": f"{HOST}/api/tenancy/contact-assignments/{number}/", "display": contact["name"],
            "object_type": owner, "object_id": of["id"], "object": brief(of), "contact": brief(contact, "name"),
            "role": {"id": number, "display": role, "name": role, "slug": role, "description": ""},
            "priority": choice(priority) if priority else "", "tags": [], "custom_fields": {}}  # fmt: skip


ASSIGNMENTS = [
    assignment(1, "circuits.provider", PROVIDERS[0], CONTACTS[2], "dispatch", "inactive"),
    assignment(2, "circuits.provider", PROVIDERS[0], CONTACTS[1], "supervisor", "secondary"),
    assignment(3, "circuits.provider", PROVIDERS[0], CONTACTS[0], "dispatch", "primary"),
    assignment(4, "dcim.site", SITES[1], CONTACTS[1], "leader", ""),
    assignment(5, "dcim.device", DEVICES[0], CONTACTS[0], "network-admin", ""),
]
EVERYTHING: Mapping[str, Sequence[Thing]] = {
    "circuits/providers": PROVIDERS,
    "circuits/circuits": CIRCUITS,
    "circuits/circuit-terminations": TERMINATIONS,
    "circuits/provider-networks": [thing("circuits/provider-networks", 1, "骨干", name="骨干")],
    "dcim/sites": SITES,
    "dcim/devices": DEVICES,
    "tenancy/contacts": CONTACTS,
    "tenancy/contact-assignments": ASSIGNMENTS,
}


class Answers:
    """What NetBox answers, of ``things`` by endpoint; only to ``authorization`` where one is given."""

    def __init__(
        self, things: Mapping[str, Sequence[Thing]] = EVERYTHING, *, authorization: str | None = f"Token {TOKEN}"
    ) -> None:
        self.things, self.authorization = things, authorization

    def __call__(self, request: Request) -> Response:
        if self.authorization is not None and request.headers.get("authorization") != self.authorization:
            return Response(status=403, body={"detail": "Invalid token"})
        endpoint = request.path.removeprefix("/api/").strip("/")
        if endpoint not in self.things or not request.path.endswith("/"):
            return Response(status=404, body=b"<html>Page Not Found</html>")
        things, query = self.things[endpoint], request.query
        offset, limit = int(query.get("offset", "0")), min(PAGE, int(query.get("limit", "50")))
        following = urlencode({**query, "limit": limit, "offset": offset + limit})
        return Response(
            body={
                "count": len(things),
                "next": f"{HOST}{request.path}?{following}" if offset + limit < len(things) else None,
                "previous": None,
                "results": things[offset : offset + limit],
            }
        )
