"""The settings of an installation, as ``monitor.yaml`` gives them; every one has a default (``config.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.config.hours import Almanac
from monitor.config.rosters import Roster
from monitor.config.routes import Route
from monitor.config.secret import Secret
from monitor.config.workdays import Workdays

ZONE = "Asia/Shanghai"
COMMUNITY_VARIABLE = "MONITOR_SNMP_COMMUNITY"


class Locale(StrEnum):
    """The language of screens, messages and reports."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class Privileged(StrEnum):
    """Which ICMP socket is taken: a raw one, an unprivileged ping socket, or whichever the machine permits."""

    AUTO = "auto"
    RAW = "true"
    PING = "false"


class ClientChoice(StrEnum):
    """Which SNMP client is taken; auto takes gufo where it is importable."""

    AUTO = "auto"
    GUFO = "gufo"
    PYSNMP = "pysnmp"


class SnmpVersion(StrEnum):
    """The versions of SNMP, as people name them."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class AuthProtocol(StrEnum):
    """How SNMP v3 authenticates (RFC 3414, RFC 7860)."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class PrivProtocol(StrEnum):
    """How SNMP v3 encrypts (RFC 3414, RFC 3826).

    Longer AES keys are in no RFC: the plain names lengthen a key as net-snmp does, those with a C as Cisco does.
    """

    DES = "DES"
    AES128 = "AES128"
    AES192 = "AES192"
    AES256 = "AES256"
    AES192C = "AES192C"
    AES256C = "AES256C"


class ChannelKind(StrEnum):
    """The ways a message can take."""

    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    SMS = "sms"
    SMTP = "smtp"
    WEBHOOK = "webhook"
    ALERTMANAGER = "alertmanager"
    APPRISE = "apprise"
    CONSOLE = "console"


class Encryption(StrEnum):
    """How the way to a mail server is encrypted: after STARTTLS (RFC 3207), from the first byte (RFC 8314), not."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long rounds and their hourly roll-ups are kept."""

    rounds: timedelta = timedelta(days=400)
    rollups: timedelta = timedelta(days=1830)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Whom the monthly report is mailed to and by which channel, and where it is put.

    Where ``channel`` is None there is one channel that mails at most, and that is taken.
    """

    recipients: tuple[str, ...] = ()
    channel: str | None = None
    folder: Path = Path("var/reports")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and a port to listen on; port 0 takes any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return ``host:port``, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where the console and the metrics page are served, and where traps come in; None: they are not listened for."""

    web: Endpoint = Endpoint("127.0.0.1", 8080)
    metrics: Endpoint = Endpoint("127.0.0.1", 9780)
    traps: Endpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpSettings:
    """How long an echo is waited for, and on which socket."""

    timeout: timedelta = timedelta(seconds=2)
    privileged: Privileged = Privileged.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthKey:
    """How an SNMP v3 user proves itself."""

    protocol: AuthProtocol
    key: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivKey:
    """How an SNMP v3 user's messages are encrypted."""

    protocol: PrivProtocol
    key: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpProfile:
    """What an agent is asked with: a community for versions 1 and 2c; for 3 a user, and perhaps its keys."""

    name: str
    version: SnmpVersion
    port: int = 161
    community: Secret | None = None
    user: str | None = None
    auth: AuthKey | None = None
    priv: PrivKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapSettings:
    """How many traps a second are read, of all devices and of each; more are dropped and counted."""

    rate: int = 50
    rate_each: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpSettings:
    """How devices are read. ``devices`` is a file of the user's own vendors, beside the built-in ones."""

    interval: timedelta = timedelta(seconds=60)
    client: ClientChoice = ClientChoice.AUTO
    profiles: Mapping[str, SnmpProfile] = field(default_factory=dict)
    devices: Path | None = None
    traps: TrapSettings = field(default_factory=TrapSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """By what an SMS gateway's answer is known to mean success; everything that is given must hold.

    ``status``: HTTP statuses, any 2xx where none is given. ``json``: the dotted path of a value in the answer
    (``result.0.code``), which is one of ``equals``. ``contains``: a text in the answer.
    """

    status: tuple[int, ...] = ()
    json: str | None = None
    equals: tuple[str, ...] = ()
    contains: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to tell people. What a kind does not need is None or empty.

    ``url`` is a secret: a robot's holds its key. ``ca`` is a file of the only authorities then trusted, instead of the
    machine's. ``timeout`` bounds one request, from the name's look-up to the answer's last byte. ``port`` is SMTP's;
    None takes the usual one of ``tls``. ``roster`` names who is on call besides ``recipients``. ``method``,
    ``headers``, ``body``, ``each`` (one request a recipient, else one for all) and ``success`` describe an SMS gateway.
    """

    name: str
    kind: ChannelKind
    url: Secret | None = None
    secret: Secret | None = None
    ca: Path | None = None
    timeout: timedelta = timedelta(seconds=10)
    locale: Locale | None = None
    host: str | None = None
    port: int | None = None
    tls: Encryption = Encryption.STARTTLS
    user: str | None = None
    password: Secret | None = None
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    roster: str | None = None
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    each: bool = True
    success: Success = field(default_factory=Success)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """Which address hears, and how often, that the monitor is alive."""

    url: Secret
    every: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in ``monitor.yaml``.

    ``database`` is a secret since its address may hold a password; ``secret`` signs links, and is None where none is
    named: then there are no links. Links that ``former_secrets`` signed are still good. ``attachments`` is the folder
    of attached files; None: beside an SQLite database.
    """

    county: str = "云岭县"
    sms_signature: str = "云岭县信息中心"
    duty_phone: str = "0000-66000000"
    public_url: str = "https://monitor.example"
    secret: Secret | None = None
    former_secrets: tuple[Secret, ...] = ()
    retention: Retention = field(default_factory=Retention)
    report: ReportSettings = field(default_factory=ReportSettings)
    database: Secret = field(default_factory=lambda: Secret("sqlite:///var/monitor.db"))
    attachments: Path | None = None
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(ZONE))
    locale: Locale = Locale.CHINESE
    listen: Listen = field(default_factory=Listen)
    icmp: IcmpSettings = field(default_factory=IcmpSettings)
    snmp: SnmpSettings = field(default_factory=SnmpSettings)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    heartbeat: HeartbeatSettings | None = None
    rosters: Mapping[str, Roster] = field(default_factory=dict)
    calendar: Workdays = field(default_factory=Workdays)

    @property
    def almanac(self) -> Almanac:
        """What hours and days of routes and rosters are read by."""
        return Almanac(self.timezone, self.calendar.worked)
