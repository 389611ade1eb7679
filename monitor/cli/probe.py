"""``monitor probe``: measure one line or address, now, without any database."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.exits import Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config.folder import Configuration
    from monitor.probing.snmp.agent import Credentials

NOTHING_ANSWERED = 1
NOTHING_ASKED = "nothing is left to measure: leave out --no-ping or --no-snmp"
NO_CREDENTIALS = "nothing is left to measure: leave out --no-ping, or give --community or --profile"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked: an address, and how over SNMP (None: not at all); the rest only where a configuration was read."""

    address: str
    port: int = 161
    credentials: Credentials | None = None
    devices: Path | None = None
    locale: str | None = None


@click.command()
@click.argument("target", metavar="LINE|ADDRESS")
@config_option
@click.option("--count", type=click.IntRange(1, 100), default=3, show_default=True, help="Echoes to send.")
@click.option("--snmp-port", type=click.IntRange(1, 65535), help="Another port than 161 or the profile's.")
@click.option("--community", help="Ask SNMP v2c with this community.")
@click.option("--profile", help="Ask SNMP with this profile of monitor.yaml.")
@click.option("--client", type=click.Choice(["auto", "gufo", "pysnmp"]), default="auto", show_default=True)
@click.option("--no-ping", is_flag=True, help="Send no echoes.")
@click.option("--no-snmp", is_flag=True, help="Do not ask over SNMP.")
@click.option("--trace", is_flag=True, help="Trace the path as well.")
@json_option
def probe(
    target: str,
    folder: Path,
    *,
    count: int,
    snmp_port: int | None,
    community: str | None,
    profile: str | None,
    client: str,
    no_ping: bool,
    no_snmp: bool,
    trace: bool,
    as_json: bool,
) -> None:
    """Measure LINE (of the configuration) or ADDRESS once and print what came back.

    Exits 1 when nothing answered. An address needs no configuration; SNMP is asked with --community or --profile.
    """
    from monitor.wording import WORDING

    if community is not None and profile is not None:
        raise click.UsageError("give --community or --profile, not both")
    asked = _target(target, folder, community, profile, snmp_port)
    if no_ping and not trace and (no_snmp or asked.credentials is None):
        raise click.UsageError(NOTHING_ASKED if no_snmp else NO_CREDENTIALS)
    at = datetime.fromtimestamp(time.time(), UTC)
    found: Json = {"address": asked.address, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ping": None, "snmp": None, "path": None}
    found |= asyncio.run(_measure(asked, count=0 if no_ping else count, client=client, snmp=not no_snmp))
    if trace:
        found["path"] = _path(asked.address)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found, words() if asked.locale is None else WORDING[asked.locale])
    if not _answered(found):
        raise SystemExit(NOTHING_ANSWERED)


def _target(named: str, folder: Path, community: str | None, profile: str | None, snmp_port: int | None) -> Target:
    from monitor.config.problem import did_you_mean
    from monitor.probing.polling import credentials
    from monitor.probing.snmp.agent import Community

    address = _address(named)
    credential: Credentials | None = None if community is None else Community(community=community)
    port, locale, devices = snmp_port or 161, None, None
    if address is None or profile is not None:
        loaded = _looked_up(named, folder) if address is None else configuration(folder)
        locale, devices = loaded.settings.locale.value, loaded.settings.snmp.devices
        if address is None:
            line = loaded.inventory.lines.get(named)
            if line is None:
                near = did_you_mean(named, tuple(loaded.inventory.lines))
                raise WrongInput(f"{named!r} is neither an address nor a line of {folder}{near}")
            address, profile = line.address, profile or (None if community else line.snmp)
        if profile is not None:
            known = loaded.settings.snmp.profiles
            if profile not in known:
                raise WrongInput(f"{folder} has no SNMP profile {profile!r}{did_you_mean(profile, tuple(known))}")
            credential, port = credentials(known[profile]), snmp_port or known[profile].port
    return Target(address=address, port=port, credentials=credential, devices=devices, locale=locale)


def _looked_up(named: str, folder: Path) -> Configuration:
    """Return the configuration that may know such a line; where it is refused, that is not all that is wrong."""
    try:
        return configuration(folder)
    except WrongInput as refused:
        raise WrongInput(f"{named!r} is no address, and as a line it cannot be looked up: {refused}") from refused


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


async def _measure(asked: Target, *, count: int, client: str, snmp: bool) -> Json:
    from monitor.probing.echo import EchoSocketUnavailable

    found: Json = {}
    try:
        if count:
            found["ping"] = await _ping(asked.address, count)
    except EchoSocketUnavailable as error:
        raise Missing(str(error)) from error
    if snmp and asked.credentials is not None:
        found["snmp"] = await _snmp(asked, client)
    return found


async def _ping(address: str, count: int) -> Json:
    from monitor.probing.echo import EchoEngine

    async with EchoEngine() as engine:
        [echoes] = await engine.measure([address], packets=count)
    if not echoes.observed:
        return {"error": "not_sent" if echoes.error is None else echoes.error.value}
    return {
        "sent": echoes.sent,
        "received": echoes.received,
        "loss_ratio": 1 - echoes.received / echoes.sent,
        "rtt_ms": [round(rtt * 1000, 3) for rtt in echoes.rtts],
    }


async def _snmp(asked: Target, choice: str) -> Mapping[str, object]:
    from monitor.probing.snmp.agent import Agent
    from monitor.probing.snmp.client import ClientMissingError, make_client
    from monitor.probing.snmp.devices import DevicesError, load_devices
    from monitor.probing.snmp.discovery import read_facts
    from monitor.probing.snmp.facts import as_json
    from monitor.probing.snmp.failure import SnmpError

    if asked.credentials is None:
        return {}
    try:
        client = make_client(choice)
    except ClientMissingError as error:
        raise Missing(str(error)) from error
    try:
        agent = Agent(address=asked.address, port=asked.port, credentials=asked.credentials)
        devices = load_devices([asked.devices] if asked.devices else [])
        return as_json(await read_facts(client, agent, devices), client=client.name)
    except DevicesError as error:
        raise WrongInput(str(error)) from error
    except SnmpError as error:
        return as_json(error, client=client.name)
    finally:
        await client.close()


def _path(address: str) -> list[Json]:
    from monitor.probing.path import PathUnavailable, trace

    try:
        return [asdict(hop) for hop in trace(address)]
    except PathUnavailable as error:
        raise Missing(str(error)) from error


def _answered(found: Json) -> bool:
    ping, snmp = found["ping"], found["snmp"]
    return bool(ping and ping.get("received")) or bool(snmp and "error" not in snmp)


def _show(found: Json, said: Mapping[str, str]) -> None:
    from rich.table import Table

    from monitor.cli.tables import screen

    console = screen()
    console.print(f"{found['address']}  {found['at']}", style="bold", highlight=False)
    ping = found["ping"]
    if ping is not None and "error" in ping:
        console.print(f"ping   {said['probe_error'].format(error=ping['error'])}", style="yellow", highlight=False)
    elif ping is not None:
        times = " ".join(f"{rtt:.2f}" for rtt in ping["rtt_ms"]) or "—"
        style = "green" if ping["received"] == ping["sent"] else "yellow" if ping["received"] else "red"
        console.print(f"ping   {said['echoes_answered'].format(**ping, times=times)}", style=style, highlight=False)
    snmp = found["snmp"]
    if snmp is not None and "error" in snmp:
        console.print(f"snmp   {snmp['error']}", style="red", highlight=False)
    elif snmp is not None:
        for key, value in snmp.items():
            if key != "interfaces":
                console.print(f"{key:20} {'—' if value is None else value}", highlight=False, markup=False)
        table = Table(*said["interface_columns"].split(","))
        for one in snmp["interfaces"]:
            keys = ("index", "name", "alias", "admin", "oper", "speed_bps", "in_octets", "out_octets")
            table.add_row(*("—" if one[key] is None else str(one[key]) for key in keys))
        console.print(table)
    for hop in found["path"] or ():
        passed = f"{hop['address']}  {hop['rtt_ms']} ms" if hop["address"] else "*"
        console.print(f"{hop['distance']:>3}  {passed}", highlight=False, markup=False)
