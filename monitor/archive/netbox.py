"""NetBox's providers, sites, circuits and contacts as an inventory, beside what NetBox has no counterpart of.

A provider is a carrier and a site a unit, both by their slugs; a circuit is a line by its circuit id, with the primary
IP of the device that its end at the unit is connected to. What NetBox does not know of an entity stays as it was:
nodes and references, and of lines the node, port, domain, SNMP profile and interfaces. The fields are those of the
serializers of NetBox 4; before 4.2 a termination named its site in ``site``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from monitor.archive.grid import Finding, Page, said
from monitor.archive.netbox_client import Netbox, NetboxRefused, Thing
from monitor.archive.reading import Read, disagreements
from monitor.archive.sheets import FORMER_UNIT_KINDS, TYPES, UNIT_KINDS
from monitor.config.census import Census, Entry
from monitor.config.fields import as_address
from monitor.config.inventory import inventory_of
from monitor.config.quantities import parse_instant
from monitor.inventory.model import Carrier, Inventory, Line, Role, Unit, UnitKind

WATCHED = frozenset({"active", "deprovisioning"})  # a circuit of another status carries nothing
RETIRED = "retired"
INACTIVE = "inactive"
PRIORITIES = ("primary", "secondary", "tertiary")
OWNERS = {"circuits.provider": "carriers", "dcim.site": "units"}
UNTOLD = ("circuits/provider-networks", "circuits/provider-accounts")
KEPT = ("unit", "address", "node", "role", "bandwidth_mbps", "port", "domain", "snmp", "wan", "interfaces",
        "in_service_from")  # fmt: skip
KBPS = 1_000  # of a Mbps


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What NetBox has, as it serialises it; ``untold`` counts what is never asked for in full."""

    address: str
    providers: Sequence[Thing]
    sites: Sequence[Thing]
    circuits: Sequence[Thing]
    terminations: Sequence[Thing]
    devices: Sequence[Thing]
    contacts: Sequence[Thing]
    assignments: Sequence[Thing]
    untold: Mapping[str, int]


async def fetch(netbox: Netbox, address: str) -> Fetched:
    """Ask NetBox for all of it.

    Raises:
        NetboxRefused: the token is not accepted, or this is no NetBox.
        NetboxUnreached: there is no answer.
    """
    return Fetched(
        address=address,
        providers=await netbox.all("circuits/providers"),
        sites=await netbox.all("dcim/sites"),
        circuits=await netbox.all("circuits/circuits"),
        terminations=await netbox.all("circuits/circuit-terminations"),
        devices=await netbox.all("dcim/devices", exclude="config_context"),
        contacts=await netbox.all("tenancy/contacts"),
        assignments=await netbox.all("tenancy/contact-assignments"),
        untold={endpoint: await netbox.count(endpoint) for endpoint in UNTOLD},
    )


def read_netbox(fetched: Fetched, present: Inventory, *, centre: str | None, zone: tzinfo) -> Read:
    """Read what was fetched into an inventory; ``centre`` is the slug of the centre's own site.

    Everything wrong is named with the kind and number of NetBox's object. What has no counterpart is noted.

    Raises:
        NetboxRefused: the objects are not as NetBox serialises them.
    """
    try:
        return _Reader(fetched, present, centre, zone).read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NetboxRefused(f"{fetched.address}: an object is not as NetBox 4 serialises it: {error!r}") from error


class _Reader:
    def __init__(self, fetched: Fetched, present: Inventory, centre: str | None, zone: tzinfo) -> None:
        self._fetched, self._present, self._centre, self._zone = fetched, present, centre, zone
        self._wrong: list[Finding] = []
        self._notes: list[Finding] = []
        self._contacts = _contacts(fetched)
        self._ends: dict[int, list[Thing]] = defaultdict(list)
        for end in fetched.terminations:
            self._ends[end["circuit"]["id"]].append(end)
        self._devices = {device["id"]: device for device in fetched.devices}
        self._sites = {site["id"]: site for site in fetched.sites}

    def read(self) -> Read:
        lines = [entry for circuit in self._fetched.circuits for entry in self._line(circuit)]
        used = {entry.keys["unit"] for entry in lines if "unit" in entry.keys}
        census: Census = {
            "carriers": [self._carrier(provider) for provider in self._fetched.providers],
            "nodes": [self._kept("nodes", node) for node in self._present.nodes.values()],
            "units": [self._unit(site) for site in self._fetched.sites if self._is_unit(site, used)],
            "lines": lines,
            "references": [self._kept("references", each) for each in self._present.references.values()],
        }
        self._list_untold(new=sum(entry.keys["id"] not in self._present.lines for entry in lines))
        wrong = dict.fromkeys((*self._wrong, *disagreements(census, profiles=None)))
        return Read(inventory=inventory_of(census), wrong=tuple(wrong), notes=tuple(self._notes))

    # -- carriers and units --------------------------------------------------------------------------------------

    def _carrier(self, provider: Thing) -> Entry:
        known = self._present.carriers.get(provider["slug"])
        return self._entry("circuits/providers", provider, self._named(provider, known, "carriers"))

    def _unit(self, site: Thing) -> Entry:
        known = self._present.units.get(site["slug"])
        kind = _kind(site) or (known.kind if known else UnitKind.OTHER)
        return self._entry("dcim/sites", site, {**self._named(site, known, "units"), "kind": kind})

    def _named(self, thing: Thing, known: Carrier | Unit | None, section: str) -> dict[str, Any]:
        name = thing["name"]
        keys: dict[str, Any] = {"id": thing["slug"], "name": name}
        if known is not None and known.short_name != known.name:
            keys["short_name"] = known.short_name
        contacts = self._contacts.get((section, thing["id"]), ())
        if contacts:
            keys["contacts"] = tuple(contacts)
        elif known is not None and known.contacts:
            keys["contacts"] = tuple(_given(_person(each)) for each in known.contacts)
        return keys

    def _is_unit(self, site: Thing, used: Iterable[str]) -> bool:
        if site["slug"] == self._centre:
            return False
        if _value(site.get("status")) == RETIRED and site["slug"] not in used:
            self._note("dcim/sites", site, "netbox_retired")
            return False
        return True

    # -- lines ---------------------------------------------------------------------------------------------------

    def _line(self, circuit: Thing) -> Iterator[Entry]:
        """Read a circuit; one that carries nothing is noted."""
        status = _value(circuit.get("status"))
        known = self._present.lines.get(circuit["cid"])
        ended = circuit.get("termination_date")
        if status not in WATCHED and not (status == "decommissioned" and ended and known):
            self._note("circuits/circuits", circuit, "netbox_unwatched", found=status)
            return
        end = self._end_at_unit(circuit, known)
        site = None if end is None else self._site_of(end)
        told = {
            "id": circuit["cid"],
            "unit": None if site is None else site["slug"],
            "carrier": circuit["provider"]["slug"],
            "type": _type(circuit["type"]["name"]),
            "bandwidth_mbps": _mbps(circuit.get("commit_rate") or (end or {}).get("port_speed")),
            "role": _role(circuit),
            "in_service_from": self._day(circuit.get("install_date")),
            **self._device_of(end),
        }
        keys = {**_kept_of(known), **_given(told), **_given({"in_service_to": self._day(ended)})}
        if keys.get("address") is None:
            self._complain("circuits/circuits", circuit, "netbox_no_address")
        yield self._entry("circuits/circuits", circuit, keys)

    def _end_at_unit(self, circuit: Thing, known: Line | None) -> Thing | None:
        """Return the termination at the unit: at the line's unit, else the one that is not at the centre's site."""
        ends = {site["slug"]: end for end in self._ends[circuit["id"]] if (site := self._site_of(end)) is not None}
        if known is not None and known.unit in ends:
            return ends[known.unit]
        away = [slug for slug in ends if slug != self._centre]
        if len(away) > 1:
            self._complain("circuits/circuits", circuit, "netbox_two_sites", found="、".join(away))
        elif not away and known is None:
            self._complain("circuits/circuits", circuit, "netbox_no_site")
        return ends[away[0]] if len(away) == 1 else None

    def _site_of(self, end: Thing) -> Thing | None:
        if end.get("termination_type") == "dcim.site":
            return self._sites.get(end.get("termination_id") or 0)
        site = end.get("site")
        return self._sites.get(site["id"]) if isinstance(site, dict) else None

    def _device_of(self, end: Thing | None) -> dict[str, Any]:
        """Return the address and the interface of the device that a termination is connected to."""
        peers = (end or {}).get("link_peers") or []
        interfaces = [peer for peer in peers if isinstance(peer.get("device"), dict)]
        if not interfaces:
            return {}
        device = self._devices.get(interfaces[0]["device"]["id"], {})
        address = (device.get("primary_ip") or {}).get("address")
        found: dict[str, Any] = {"wan": interfaces[0]["name"]}
        with suppress(ValueError):  # the address of no machine
            found["address"] = as_address(str(address or "").split("/")[0])
        return found

    def _day(self, text: str | None) -> Any:
        return None if text is None else parse_instant(text, zone=self._zone)

    # -- what is said --------------------------------------------------------------------------------------------

    def _entry(self, endpoint: str, thing: Thing, keys: Mapping[str, Any]) -> Entry:
        whole = endpoint != "circuits/circuits" or {"unit", "address"} <= keys.keys()
        return Entry(_Things(self._fetched.address, sheet=endpoint), (thing["id"],), keys, whole)

    def _kept(self, section: str, entity: Any) -> Entry:
        """Return an entity that stays as it is in ``inventory.yaml``."""
        keys = {name: getattr(entity, name) for name in entity.__slots__}
        return Entry(_Things("inventory.yaml", sheet=section), (0, entity.id), _given(keys), whole=True)

    def _complain(self, endpoint: str, thing: Thing, word: str, **given: object) -> None:
        self._wrong.append(self._finding(endpoint, thing, word, **given))

    def _note(self, endpoint: str, thing: Thing, word: str, **given: object) -> None:
        self._notes.append(self._finding(endpoint, thing, word, **given))

    def _finding(self, endpoint: str, thing: Thing, word: str, **given: object) -> Finding:
        page = _Things(self._fetched.address, sheet=endpoint)
        return page.problem((thing["id"], str(thing.get("cid") or thing.get("slug") or "")), said(word, **given))

    def _list_untold(self, *, new: int) -> None:
        """Say what of NetBox has no counterpart here, and what here has none in NetBox."""
        counts = {endpoint: count for endpoint, count in self._fetched.untold.items() if count}
        others = Counter(_owner_type(each) for each in self._fetched.assignments if _owner_type(each) not in OWNERS)
        counts |= {f"tenancy/contact-assignments ({owner})": count for owner, count in others.items()}
        for endpoint, count in counts.items():
            page = _Things(self._fetched.address, sheet=endpoint)
            self._notes.append(page.problem((), said("netbox_untold", count=count)))
        self._notes.append(_Things(self._fetched.address, sheet="").problem((), said("netbox_kept", count=new)))


@dataclass(frozen=True, slots=True)
class _Things(Page):
    """Objects of NetBox as a place of problems: a path is an object's number and what it is called."""

    def named(self, path: tuple[int | str, ...]) -> str:
        return f"{self.sheet}/{path[0]}"

    def problem(self, path: tuple[int | str, ...], message: str, *, key: bool = False) -> Finding:  # noqa: ARG002
        number = path[0] if path and isinstance(path[0], int) else 0
        where = f"{self.sheet}/{number}" if number else self.sheet
        heading = str(path[-1]) if len(path) > 1 else ""
        return Finding(self.file, number, 0, where, message, sheet=self.sheet, heading=heading)


def _contacts(fetched: Fetched) -> Mapping[tuple[str, int], list[dict[str, str]]]:
    """Return the contacts by section and number of their owner, those of higher priority first."""
    people = {contact["id"]: contact for contact in fetched.contacts}
    found: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    rank = {priority: place for place, priority in enumerate(PRIORITIES)}
    for each in sorted(fetched.assignments, key=lambda each: rank.get(_value(each.get("priority")), len(rank))):
        section, person = OWNERS.get(_owner_type(each)), people.get(each["contact"]["id"])
        if section is not None and person is not None and _value(each.get("priority")) != INACTIVE:
            role = (each.get("role") or {}).get("slug") or "contact"
            keys = {"role": role.replace("-", "_"), **{key: person.get(key) for key in ("name", "phone", "email")}}
            found[section, each["object_id"]].append({key: value for key, value in keys.items() if value})
    return found


def _owner_type(assignment: Thing) -> str:
    return str(assignment.get("object_type") or assignment.get("content_type") or "")


def _value(choice: object) -> str:
    """Return the value of a choice, which is serialised with its label."""
    return str(choice.get("value", "")) if isinstance(choice, dict) else str(choice or "")


def _kind(site: Thing) -> UnitKind | None:
    """Return the kind of unit that a site's group is called after, by its slug or its Chinese name."""
    group = site.get("group") or {}
    words = {**FORMER_UNIT_KINDS, **{word: code for code, word in UNIT_KINDS.items()}}
    name = words.get(str(group.get("name")), str(group.get("slug")))
    return UnitKind(name) if name in UNIT_KINDS else None


def _type(name: str) -> str:
    """Return the id of a type that is named by its Chinese word; any other name as it is."""
    return next((code for code, word in TYPES.items() if word == name), name)


def _role(circuit: Thing) -> Role | None:
    """Return primary or backup by the circuit's priority in its groups (since NetBox 4.1)."""
    priorities = {_value(each.get("priority")) for each in circuit.get("assignments") or ()}
    if "primary" in priorities:
        return Role.PRIMARY
    return Role.BACKUP if priorities & {"secondary", "tertiary"} else None


def _kept_of(known: Line | None) -> dict[str, Any]:
    """Return what stays of a line where NetBox does not say otherwise; only NetBox says that it left."""
    return {} if known is None else _given({key: getattr(known, key) for key in KEPT})


def _mbps(kbps: object) -> float | None:
    return kbps / KBPS if isinstance(kbps, int) and kbps > 0 else None


def _person(contact: Any) -> dict[str, Any]:
    return {"role": contact.role, "name": contact.name, "phone": contact.phone, "email": contact.email}


def _given(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}
