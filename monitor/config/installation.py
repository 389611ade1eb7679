"""``monitor.yaml``, read into `Settings`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Annotated, Any, Required
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, PlainValidator, ValidationInfo
from typing_extensions import TypedDict

from monitor.config.addresses import is_address, is_open_address
from monitor.config.channels import BROKEN_ADDRESS, as_channel_url, read_channels
from monitor.config.fields import (
    Duration,
    FineDuration,
    Surroundings,
    Text,
    as_choice,
    as_count,
    as_secret,
    as_text,
)
from monitor.config.fields import (
    FilePath as ExistingFile,
)
from monitor.config.problem import Problem, did_you_mean, suggestion
from monitor.config.profiles import default_profiles, read_profiles
from monitor.config.report import report_problems
from monitor.config.rosters import dangling_rosters, read_rosters
from monitor.config.routes import dangling_channels, read_routes
from monitor.config.schema import Schema, known_keys_only, without_nulls
from monitor.config.secret import LITERAL, Secret
from monitor.config.settings import (
    ZONE,
    ClientChoice,
    Endpoint,
    HeartbeatSettings,
    IcmpSettings,
    Listen,
    Locale,
    Privileged,
    ReportSettings,
    Retention,
    Settings,
    SnmpSettings,
    TrapSettings,
)
from monitor.config.source import Document
from monitor.config.workdays import read_calendar

TrapRate = Annotated[int, PlainValidator(as_count(1, 1000))]  # a second; pysnmp reads some hundreds
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound
# what is taken for the name of China's zone: none of them is nearest to it by its letters
OF_CHINA = re.compile(r"(.*/)?(beijing|peking|china)|cst|(utc|gmt)?\+0?8(:00)?", re.IGNORECASE)
DATABASES = ("sqlite", "postgresql+psycopg")


def as_zone(value: object) -> ZoneInfo:
    """Take the name of a time zone.

    Raises:
        ValueError: there is none of that name.
    """
    name = as_text(value)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; the folder of a continent
        near = suggestion(ZONE) if OF_CHINA.fullmatch(name) else did_you_mean(name, sorted(available_timezones()))
        raise ValueError(f"there is no time zone of this name{near}") from None


def as_endpoint(value: object) -> Endpoint:
    """Take an address and a port.

    Raises:
        ValueError: it is not written so.
    """
    text = as_text(value)
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    right = colon and bare and port.isascii() and port.isdigit() and int(port[:6]) <= 65_535
    if not right or (":" in bare and host != f"[{bare}]") or any(letter in bare for letter in "/@[] "):
        raise ValueError("an address and a port are wanted here: 127.0.0.1:8080, or [::1]:8080")
    return Endpoint(bare, int(port))


def as_public_url(value: object) -> str:
    """Take the address that links begin with, without the slash at its end.

    Raises:
        ValueError: it is none of HTTP, or holds a password or a query.
    """
    text = as_text(value)
    if not is_open_address(text):
        raise ValueError("the beginning of a link is wanted here, without password or query: https://monitor.example")
    return text.rstrip("/")


def as_database(value: object, info: ValidationInfo) -> Secret:
    """Take the address of a database: written here where it has no password, else referred to.

    Raises:
        ValueError: it is none, or holds a password.
    """
    literal = isinstance(value, str)
    address = Secret(value) if isinstance(value, str) else as_secret(value, info)
    try:
        parts = urlsplit(address.reveal())
        password, scheme = parts.password, parts.scheme
    except ValueError:
        password, scheme = None, ""
    if literal and (password or "password=" in address.reveal()):
        raise ValueError(f"this address holds a password: {LITERAL}")
    if scheme not in DATABASES:
        raise ValueError("the address of a database is wanted here: sqlite:///var/monitor.db or postgresql+psycopg://…")
    return address


def as_heartbeat_url(value: object, info: ValidationInfo) -> Secret:
    """Take a reference to an address, or a plain one that has room for no secret.

    Raises:
        ValueError: it is neither, or no address of HTTP is there.
    """
    url = as_channel_url(value, info)
    if not is_address(url.reveal()):
        raise ValueError(BROKEN_ADDRESS)
    return url


def as_signing_secrets(value: object, info: ValidationInfo) -> tuple[Secret, ...]:
    """Take a reference to the secret that signs links, or a list of them: the one in use, then former ones.

    Raises:
        ValueError: it is neither, or nothing is there.
    """
    if value == []:
        raise ValueError("a secret is wanted here, and this list is empty")
    return tuple(as_secret(each, info) for each in (value if isinstance(value, list) else [value]))


@known_keys_only
class RetentionKeys(TypedDict, total=False):
    """``retention``."""

    rounds: Duration
    rollups: Duration


@known_keys_only
class ReportKeys(TypedDict, total=False):
    """``report``."""

    recipients: tuple[Text, ...]
    channel: Text
    folder: Text


@known_keys_only
class ListenKeys(TypedDict, total=False):
    """``listen``."""

    web: Annotated[Endpoint, PlainValidator(as_endpoint)]
    metrics: Annotated[Endpoint, PlainValidator(as_endpoint)]
    traps: Annotated[Endpoint, PlainValidator(as_endpoint)]


@known_keys_only
class IcmpKeys(TypedDict, total=False):
    """``icmp``."""

    timeout: FineDuration
    privileged: Annotated[Privileged, PlainValidator(as_choice(Privileged))]


@known_keys_only
class HeartbeatKeys(TypedDict, total=False):
    """``heartbeat``."""

    url: Required[Annotated[Secret, PlainValidator(as_heartbeat_url)]]
    every: Duration


@known_keys_only
class TrapKeys(TypedDict, total=False):
    """``snmp.traps``."""

    rate: TrapRate
    rate_each: TrapRate


@known_keys_only
class SnmpKeys(TypedDict, total=False):
    """``snmp``; its profiles are read one by one, so that one wrong does not hide the others."""

    interval: Duration
    client: Annotated[ClientChoice, PlainValidator(as_choice(ClientChoice))]
    devices: ExistingFile
    traps: Annotated[TrapKeys, BeforeValidator(without_nulls(TrapKeys))]
    profiles: Any


@known_keys_only
class InstallationKeys(TypedDict, total=False):
    """All of ``monitor.yaml``; channels, routes, rosters and years are read one by one, and so is ``snmp``."""

    county: Text
    sms_signature: Text
    duty_phone: Text
    public_url: Annotated[str, PlainValidator(as_public_url)]
    secret: Annotated[tuple[Secret, ...], PlainValidator(as_signing_secrets)]
    retention: Annotated[RetentionKeys, BeforeValidator(without_nulls(RetentionKeys))]
    report: Annotated[ReportKeys, BeforeValidator(without_nulls(ReportKeys))]
    database: Annotated[Secret, PlainValidator(as_database)]
    attachments: Text
    timezone: Annotated[ZoneInfo, PlainValidator(as_zone)]
    locale: Annotated[Locale, PlainValidator(as_choice(Locale))]
    listen: Annotated[ListenKeys, BeforeValidator(without_nulls(ListenKeys))]
    icmp: Annotated[IcmpKeys, BeforeValidator(without_nulls(IcmpKeys))]
    heartbeat: Annotated[HeartbeatKeys, BeforeValidator(without_nulls(HeartbeatKeys))]
    snmp: Any
    channels: Any
    routes: Any
    rosters: Any
    calendar: Any


INSTALLATION = Schema(InstallationKeys)
SNMP = Schema(SnmpKeys)


@dataclass(frozen=True, slots=True)
class Installation:
    """What ``monitor.yaml`` says, as far as it is right.

    ``named_profiles`` are those written, right or wrong. ``telling_whole``: nothing is wrong with who is told how.
    """

    document: Document
    settings: Settings
    named_profiles: tuple[str, ...]
    telling_whole: bool


def read_installation(
    document: Document, *, environ: Mapping[str, str], folder: FilePath, problems: list[Problem]
) -> Installation:
    """Read ``monitor.yaml``; what is wrong takes its default and is added to the problems."""
    problems += document.problems
    within = Surroundings(environ=environ, folder=folder, zone=ZoneInfo(ZONE))
    value = {} if document.value is None else document.value
    keys = INSTALLATION.read(document, (), value, within=within, problems=problems)
    snmp = _snmp(document, keys.get("snmp"), within=within, problems=problems)
    settings = replace(_settings(keys), snmp=snmp)
    before = len(problems)
    settings = replace(
        settings,
        channels=read_channels(document, ("channels",), keys.get("channels", {}), within=within, problems=problems),
        routes=read_routes(document, ("routes",), keys.get("routes", []), within=within, problems=problems),
        rosters=read_rosters(document, ("rosters",), keys.get("rosters", {}), within=within, problems=problems),
        calendar=read_calendar(document, ("calendar",), keys.get("calendar", {}), within=within, problems=problems),
    )
    if isinstance(value, dict):
        problems += [*dangling_channels(document, value), *dangling_rosters(document, value)]
    problems += _same_port(document, settings.listen)
    whole = not document.broken and len(problems) == before
    if whole:
        problems += report_problems(document, settings)
    return Installation(document, settings, _named_profiles(keys.get("snmp"), snmp), whole)


def _same_port(document: Document, listen: Listen) -> Iterator[Problem]:
    """Name the metrics page's address where the console takes it: the daemon would not start, however often."""
    web, metrics = listen.web, listen.metrics
    if web.port == metrics.port != 0 and (web.host == metrics.host or {web.host, metrics.host} & EVERY_ADDRESS):
        yield document.problem(("listen", "metrics"), "the console is served at this port: give each its own")


def _settings(keys: InstallationKeys) -> Settings:
    default = Settings()
    county = keys.get("county", default.county)
    report = keys.get("report", {})
    return replace(
        default,
        county=county,
        sms_signature=keys.get("sms_signature", f"{county}信息中心"),
        duty_phone=keys.get("duty_phone", default.duty_phone),
        public_url=keys.get("public_url", default.public_url),
        secret=next(iter(keys.get("secret", ())), None),
        former_secrets=keys.get("secret", ())[1:],
        retention=Retention(**keys.get("retention", {})),
        report=ReportSettings(
            recipients=report.get("recipients", ()),
            channel=report.get("channel"),
            folder=FilePath(report.get("folder", default.report.folder)),
        ),
        database=keys.get("database", default.database),
        attachments=FilePath(keys["attachments"]) if "attachments" in keys else None,
        timezone=keys.get("timezone", default.timezone),
        locale=keys.get("locale", default.locale),
        listen=Listen(**keys.get("listen", {})),
        icmp=IcmpSettings(**keys.get("icmp", {})),
        heartbeat=HeartbeatSettings(**keys["heartbeat"]) if keys.get("heartbeat") else None,
    )


def _snmp(document: Document, value: object, *, within: Surroundings, problems: list[Problem]) -> SnmpSettings:
    keys = SNMP.read(document, ("snmp",), {} if value is None else value, within=within, problems=problems)
    default = SnmpSettings()
    given = keys.get("profiles")
    return SnmpSettings(
        interval=keys.get("interval", default.interval),
        client=keys.get("client", default.client),
        devices=keys.get("devices"),
        traps=TrapSettings(**keys.get("traps", {})),
        profiles=default_profiles(within.environ)
        if given is None
        else read_profiles(document, ("snmp", "profiles"), given, within=within, problems=problems),
    )


def _named_profiles(value: object, snmp: SnmpSettings) -> tuple[str, ...]:
    given = value.get("profiles") if isinstance(value, dict) else None
    return tuple(str(name) for name in given) if isinstance(given, dict) else tuple(snmp.profiles)
