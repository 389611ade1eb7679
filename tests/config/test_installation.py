"""monitor.yaml: its defaults, what it may say, and every error with its place."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.installation import Installation, read_installation
from monitor.config.problem import Problem
from monitor.config.routes import Route
from monitor.config.secret import Secret
from monitor.config.settings import (
    AuthProtocol,
    ChannelKind,
    ClientChoice,
    Endpoint,
    HeartbeatSettings,
    Locale,
    Privileged,
    PrivProtocol,
    Settings,
    SnmpVersion,
    TrapSettings,
)
from monitor.config.source import parse
from monitor.faults.terms import MessageKind

SAME_PORT = "the console is served at this port: give each its own"
ENDPOINT = "an address and a port are wanted here: 127.0.0.1:8080, or [::1]:8080"
PROTOCOLS = "one of MD5, SHA, SHA224, SHA256, SHA384, SHA512 is wanted here"
ROBOT = "https://robot.example/send"
ENVIRONMENT = {"COMMUNITY": "public", "URL": ROBOT, "WORD": "w", "KEY": "eight888", "SHORT": "seven77"}
WHOLE = """\
county: 青川县
duty_phone: 0000-66000001
public_url: https://monitor.example/
secret: {env: WORD}
retention: {rounds: 30d}
report: {recipients: [leader@county.example], folder: /srv/reports}
database: postgresql+psycopg://db/monitor
timezone: Europe/Oslo
locale: en
listen: {web: "[::1]:8081", metrics: 0.0.0.0:0, traps: "[::]:162"}
icmp: {timeout: 500ms, privileged: false}
snmp:
  interval: 5m
  client: pysnmp
  traps: {rate: 200, rate_each: 5}
  profiles:
    default: {community: {env: COMMUNITY}}
    old: {version: 1, port: 1161, community: {env: COMMUNITY}}
    secure: {version: 3, user: m, auth: {protocol: SHA256, key: {env: KEY}}, priv: {protocol: AES256C, key: {env: KEY}}}
    open: {version: 3, user: m}
channels:
  robot: {kind: dingtalk, url: {env: URL}, secret: {env: WORD}}
  hook: {kind: webhook, url: http://127.0.0.1:9000/faults}
  mail: {kind: smtp, host: mail.example, sender: m@mail.example, user: m, password: {env: WORD}, recipients: [a@b.c]}
routes:
  - {carrier: unicom, kinds: [opened, overdue], channels: [robot, hook]}
  - {kinds: [monitor_blind], channels: [mail]}
"""


def installation(text: str, *, environ: dict[str, str] | None = None) -> tuple[Installation, list[Problem]]:
    problems: list[Problem] = []
    document = parse(text, file="monitor.yaml")
    given = ENVIRONMENT if environ is None else environ
    return read_installation(document, environ=given, folder=Path("/nowhere"), problems=problems), problems


@pytest.mark.parametrize("text", ["", "{}", "# nothing", "snmp:\nlisten:\nchannels:\nroutes:\nicmp: {timeout: null}\n"])
def test_an_empty_file_takes_every_default(text: str) -> None:
    read, problems = installation(text, environ={})
    assert problems == []
    assert read.settings == Settings()


def test_every_key_is_taken() -> None:
    read, problems = installation(WHOLE)
    settings = read.settings
    assert problems == []
    assert (settings.county, settings.sms_signature, settings.duty_phone) == (
        "青川县",
        "青川县信息中心",
        "0000-66000001",
    )
    assert (settings.public_url, settings.secret) == ("https://monitor.example", Secret("w"))
    assert (settings.retention.rounds, settings.retention.rollups) == (timedelta(days=30), timedelta(days=1830))
    assert (settings.report.recipients, settings.report.folder) == (("leader@county.example",), Path("/srv/reports"))
    assert settings.database.reveal() == "postgresql+psycopg://db/monitor"
    assert (settings.timezone, settings.locale) == (ZoneInfo("Europe/Oslo"), Locale.ENGLISH)
    assert (settings.listen.web, settings.listen.metrics) == (Endpoint("::1", 8081), Endpoint("0.0.0.0", 0))
    assert (settings.listen.traps, settings.snmp.traps) == (Endpoint("::", 162), TrapSettings(rate=200, rate_each=5))
    assert (settings.icmp.timeout, settings.icmp.privileged) == (timedelta(milliseconds=500), Privileged.PING)
    assert (settings.snmp.interval, settings.snmp.client) == (timedelta(minutes=5), ClientChoice.PYSNMP)
    assert settings.routes == (
        Route(carriers=("unicom",), kinds=(MessageKind.OPENED, MessageKind.OVERDUE), channels=("robot", "hook")),
        Route(kinds=(MessageKind.MONITOR_BLIND,), channels=("mail",)),
    )


@pytest.mark.parametrize(
    ("given", "secret", "former"),
    [
        ("{env: NEW}", "n", ()),
        ("[{env: NEW}]", "n", ()),
        ("[{env: NEW}, {env: OLD}]", "n", ("o",)),
    ],
)
def test_the_secret_of_links_may_be_followed_by_former_ones(given: str, secret: str, former: tuple[str, ...]) -> None:
    read, problems = installation(f"secret: {given}", environ={"NEW": "n", "OLD": "o"})
    assert problems == []
    assert (read.settings.secret, read.settings.former_secrets) == (Secret(secret), tuple(map(Secret, former)))


def test_profiles_hold_what_an_agent_is_asked_with() -> None:
    profiles = installation(WHOLE)[0].settings.snmp.profiles
    assert list(profiles) == ["default", "old", "secure", "open"]
    assert (profiles["default"].version, profiles["default"].community) == (SnmpVersion.V2C, Secret("public"))
    assert (profiles["old"].version, profiles["old"].port) == (SnmpVersion.V1, 1161)
    secure = profiles["secure"]
    assert secure.auth is not None
    assert secure.priv is not None
    assert (secure.auth.protocol, secure.priv.protocol) == (AuthProtocol.SHA256, PrivProtocol.AES256C)
    assert secure.priv.key == Secret("eight888")
    assert (profiles["open"].auth, profiles["open"].priv) == (None, None)


def test_a_heartbeat_needs_an_address_alone() -> None:
    """It beats every minute unless told otherwise; there is none where none is configured."""
    assert None is installation("")[0].settings.heartbeat
    given, problems = installation("heartbeat: {url: {env: URL}}")
    assert (HeartbeatSettings(url=Secret("https://robot.example/send"), every=timedelta(seconds=60)), []) == (
        given.settings.heartbeat,
        problems,
    )
    plain = installation("heartbeat: {url: 'http://127.0.0.1:9/ping', every: 90s}")[0].settings.heartbeat
    assert plain == HeartbeatSettings(url=Secret("http://127.0.0.1:9/ping"), every=timedelta(seconds=90))


def test_channels_hold_what_their_kind_needs() -> None:
    channels = installation(WHOLE)[0].settings.channels
    assert (channels["robot"].kind, channels["robot"].url) == (
        ChannelKind.DINGTALK,
        Secret("https://robot.example/send"),
    )
    assert channels["hook"].url == Secret("http://127.0.0.1:9000/faults")
    assert (channels["mail"].host, channels["mail"].port, channels["mail"].tls) == ("mail.example", None, "starttls")


def test_without_profiles_there_is_one_as_soon_as_its_community_is_in_the_environment() -> None:
    read, problems = installation("", environ={"MONITOR_SNMP_COMMUNITY": "public"})
    assert problems == []
    assert read.named_profiles == ("default",)
    assert read.settings.snmp.profiles["default"].community == Secret("public")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("conty: x", "1:1: conty: unknown key; did you mean 'county'?"),
        ("- a", "1:1: a mapping is wanted here (key: value)"),
        ("county: [a]", "1:9: county: text is wanted here"),
        ("county: true", "1:9: county: text is wanted here: put it in quotes"),
        ('county: ""', "1:9: county: text is wanted here, and this is empty"),
        ('county: "a\\tb"', "1:9: county: a control character is not allowed in this text: delete it"),
        ("timezone: Asia/Shangai", "1:11: timezone: there is no time zone of this name; did you mean 'Asia/Shanghai'?"),
        ("timezone: Asia/Beijing", "1:11: timezone: there is no time zone of this name; did you mean 'Asia/Shanghai'?"),
        ("timezone: UTC+8", "1:11: timezone: there is no time zone of this name; did you mean 'Asia/Shanghai'?"),
        ("timezone: ../x", "1:11: timezone: there is no time zone of this name"),
        ("locale: zh-CN", "1:9: locale: one of zh_CN, en is wanted here; did you mean 'zh_CN'?"),
        ("listen: {web: 8080}", "1:15: listen.web: " + ENDPOINT),
        ("listen: {web: a:70000}", "1:15: listen.web: " + ENDPOINT),
        ("listen: {web: '::1:80'}", "1:15: listen.web: " + ENDPOINT),
        ("listen: {metrics: 0.0.0.0:8080}", "1:19: listen.metrics: " + SAME_PORT),
        ("listen: {web: 127.0.0.1:9780}", "1:9: listen.metrics: " + SAME_PORT),
        ("{listen： 1}", '1:2: ["listen： 1"]: unknown key: its colon is full-width (：): write an ordinary one, with '
         "a blank behind it"),
        ("listen: {metric: 127.0.0.1:1}", "1:10: listen.metric: unknown key; did you mean 'metrics'?"),
        ("listen: {traps: 162}", "1:17: listen.traps: " + ENDPOINT),
        ("snmp: {traps: {rates: 5}}", "1:16: snmp.traps.rates: unknown key; did you mean 'rate'?"),
        ("snmp: {traps: {rate: 0}}", "1:22: snmp.traps.rate: a whole number from 1 to 1000 is wanted here"),
        ("snmp: {traps: {rate_each: 1s}}", "1:27: snmp.traps.rate_each: a whole number from 1 to 1000 is wanted here"),
        ("snmp: {traps: 0.0.0.0:162}", "1:15: snmp.traps: a mapping is wanted here (key: value)"),
        ("icmp: {timeout: 2}", "1:17: icmp.timeout: a duration needs its unit: 2s, 2m, 2h or 2d"),
        ("icmp: {timeout: 0s}", "1:17: icmp.timeout: a duration above zero is wanted here"),
        ("icmp: {privileged: yes}", "1:20: icmp.privileged: one of auto, true, false is wanted here"),
        ("secret: []", "1:9: secret: a secret is wanted here, and this list is empty"),
        ("secret: [{env: GONE}]", "1:9: secret: the environment variable GONE is not set: export it before the monitor "
         "starts"),
        ("snmp: {interval: 500ms}", "1:18: snmp.interval: a duration in whole seconds is wanted here"),
        ("snmp: {interval: 99999d}", "1:18: snmp.interval: a duration of at most 36500d is wanted here"),
        ("snmp: {client: guf}", "1:16: snmp.client: one of auto, gufo, pysnmp is wanted here; did you mean 'gufo'?"),
        ("snmp: {devices: x.yaml}", "1:17: snmp.devices: there is no such file (a relative path begins at the folder "
         "of the configuration)"),
        ("snmp: {profile: {}}", "1:8: snmp.profile: unknown key; did you mean 'profiles'?"),
        ("snmp: {profiles: [a]}", "1:18: snmp.profiles: a mapping of profiles by their names is wanted here"),
        ("snmp: 3", "1:7: snmp: a mapping is wanted here (key: value)"),
        ("report: {recipients: a@b}", "1:22: report.recipients: a list is wanted here, such as [a, b]"),
        ("report: {recipients: [a, [b]]}", "1:26: report.recipients[1]: text is wanted here"),
        ("public_url: monitor.example", "1:13: public_url: the beginning of a link is wanted here, without password or "
         "query: https://monitor.example"),
        ("database: mysql://db/x", "1:11: database: the address of a database is wanted here: sqlite:///var/monitor.db "
         "or postgresql+psycopg://…"),
        ("database: postgresql+psycopg://u:p@db/x", "1:11: database: this address holds a password: a secret is not "
         "written here: write {env: NAME} or {file: PATH}, and keep the secret there"),
        ("channels: {a: {kind: dingtak}}", "1:22: channels.a.kind: one of dingtalk, wecom, feishu, sms, smtp, webhook, "
         "alertmanager, apprise, console is wanted here; did you mean 'dingtalk'?"),
        ("channels: {a: {kind: dingtalk}}", "1:15: channels.a: url is missing: a channel of kind dingtalk needs it"),
        ("channels: {a: {kind: wecom, url: {env: URL}, host: h}}", "1:46: channels.a.host: a channel of kind wecom has "
         "no host"),
        ("channels: {a: {url: {env: URL}}}", "1:15: channels.a: kind is missing"),
        ("channels: {a: {kind: dingtalk, url: 'https://x.example'}}", "1:37: channels.a.url: a secret is not written "
         "here: write {env: NAME} or {file: PATH}, and keep the secret there"),
        ("channels: [a]", "1:11: channels: a mapping of channels by their names is wanted here"),
        ("routes: {a: b}", "1:9: routes: a list of routes is wanted here"),
        ("heartbeat: https://x.example/ping", "1:12: heartbeat: a mapping is wanted here (key: value)"),
        ("heartbeat: {every: 1m}", "1:12: heartbeat: url is missing"),
        ("heartbeat: {url: 'https://x.example/?k=1'}", "1:18: heartbeat.url: a secret is not written here: write {env: "
         "NAME} or {file: PATH}, and keep the secret there"),
        ("heartbeat: {url: {env: WORD}}", "1:18: heartbeat.url: no address of HTTP is kept there: it begins with "
         "https:// (or http://), and has no blanks"),
        ("heartbeat: {url: {env: URL}, evry: 1m}", "1:30: heartbeat.evry: unknown key; did you mean 'every'?"),
        ("heartbeat: {url: {env: URL}, every: 0s}", "1:37: heartbeat.every: a duration above zero is wanted here"),
        ("routes: [{kinds: [opend], channels: []}]", "1:19: routes[0].kinds[0]: one of opened, reminder, overdue, "
         "overdue_repeat, restored, relapsed, monitor_blind, monitor_sees, unacknowledged, unreached, undelivered, "
         "outbox_stuck, lines_unknown, monitor_back, clock_stepped, reload_refused, store_failing, backup_late, "
         "register_expiring, report_ready, report_failed, letters_ready, all, alarms is wanted "
         "here; did you mean 'opened'?"),
        ("routes: [{kinds: [opened]}]", "1:10: routes[0]: channels is missing"),
        ("{routes: [{kinds: [opened], channels: [hok]}], channels: {hook: {kind: webhook, url: 'http://h'}}}",
         "1:40: routes[0].channels[0]: there is no channel of this name; did you mean 'hook'?"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_place_and_its_cure(text: str, problem: str) -> None:
    assert f"monitor.yaml:{problem}" in [str(found) for found in installation(text)[1]]


@pytest.mark.parametrize("name", ["Asia", "Mars/Olympus", "/etc/localtime"])
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    (problem,) = installation(f"timezone: {name}")[1]
    assert (problem.line, problem.column, problem.path) == (1, 11, "timezone")
    assert problem.message.startswith("there is no time zone of this name")


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        ("{version: 2c}", "1:24: snmp.profiles.a: community is missing: version 2c asks with one; write {env: NAME} or "
         "{file: PATH}"),
        ("{community: public}", "1:36: snmp.profiles.a.community: a secret is not written here: write {env: NAME} or "
         "{file: PATH}, and keep the secret there"),
        ("{}", "1:24: snmp.profiles.a: version is missing: 1, 2c or 3"),
        ("{version: 4}", "1:34: snmp.profiles.a.version: one of 1, 2c, 3 is wanted here"),
        ("{community: {env: COMMUNITY}, port: 0}", "1:60: snmp.profiles.a.port: a whole number from 1 to 65535 is "
         "wanted here"),
        ("{community: {env: COMMUNITY}, user: m}", "1:54: snmp.profiles.a.user: version 2c has no user: give "
         "version: 3, or delete this"),
        ("{version: 3}", "1:24: snmp.profiles.a: user is missing: version 3 asks as one"),
        ("{version: 3, user: m, community: {env: COMMUNITY}}", "1:46: snmp.profiles.a.community: version 3 has no "
         "community: give version: 2c, or delete this"),
        ("{version: 3, user: m, auth: {key: {env: KEY}}}", "1:52: snmp.profiles.a.auth: protocol is missing"),
        ("{version: 3, user: m, auth: {protocol: sha1, key: {env: KEY}}}", "1:63: snmp.profiles.a.auth.protocol: "
         + PROTOCOLS),
        ("{version: 3, user: m, auth: {protocol: md5, key: {env: KEY}}}", "1:63: snmp.profiles.a.auth.protocol: "
         + PROTOCOLS + "; did you mean 'MD5'?"),
        ("{version: 3, user: m, auth: {protocol: MD5, key: {env: SHORT}}}", "1:73: snmp.profiles.a.auth.key: a key of "
         "SNMP v3 has at least 8 characters"),
        ("{version: 3, user: m, priv: {protocol: DES, key: {env: KEY}}}", "1:46: snmp.profiles.a.priv: priv needs auth "
         "beside it: what is not authenticated is not encrypted"),
        ("{version: 3, user: " + "m" * 33 + "}", "1:43: snmp.profiles.a.user: a user of SNMP v3 has at most 32 bytes"),
        ("{version: 3, user: m, usr: m}", "1:46: snmp.profiles.a.usr: unknown key; did you mean 'user'?"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_named_with_its_place_and_its_cure(profile: str, problem: str) -> None:
    problems = installation(f"snmp:   {{profiles: {{a: {profile}}}}}")[1]
    assert [f"monitor.yaml:{problem}"] == [str(found) for found in problems]


def test_all_errors_are_named_at_once() -> None:
    text = (
        "conty: x\nlocale: fr\nicmp: {timeout: 2, privileged: 7}\n"
        "snmp: {profiles: {a: {version: 9}, b: {}}, interval: x}\n"
    )
    places = [(problem.line, problem.path) for problem in sorted(installation(text)[1])]
    assert places == [
        (1, "conty"),
        (2, "locale"),
        (3, "icmp.timeout"),
        (3, "icmp.privileged"),
        (4, "snmp.profiles.a.version"),
        (4, "snmp.profiles.b"),
        (4, "snmp.interval"),
    ]


KEYS = ["county", "database", "timezone", "locale", "listen", "icmp", "snmp", "channels", "routes", "secret", "report"]
WORDS = ["kind", "url", "profiles", "version", "auth", "key", "kinds", "channels", "web"]
ODD_WORDS = ["no", "0123", "12:30", "~", "1e9", "*a"]
SCALARS = st.text("ab1:-_./%[]{}\"' é\n", max_size=20) | st.sampled_from(ODD_WORDS)


@given(st.sampled_from(KEYS), SCALARS)
def test_no_scalar_crashes_the_reading(key: str, scalar: str) -> None:
    for problem in installation(f"{key}: {scalar}")[1]:
        assert problem.message
        assert problem.line >= 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda below: st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS), below, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(KEYS),
)  # fmt: skip
def test_no_value_crashes_the_reading(value: object, key: str) -> None:
    for problem in installation(json.dumps({key: value}))[1]:
        assert problem.message
