"""A whole folder: read whole or refused whole, warned of, read again and compared."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config.folder import Differences, differences, load, reload
from monitor.config.problem import ConfigurationRefused, Problem
from monitor.config.settings import ChannelKind, Settings
from monitor.policy import Policy
from tests.config.written import INVENTORY, write

EXAMPLE = Path(__file__).parents[2] / "config"
YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def refused(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationRefused) as caught:
        load(folder, environ=environ or {})
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_the_example_can_run_on_a_fresh_machine() -> None:
    example = load(EXAMPLE, environ={})
    assert (len(example.inventory.carriers), len(example.inventory.lines)) == (3, 6)
    assert example.policies.versions == (Policy(),)
    assert example.settings == Settings()
    assert [warning.path for warning in example.warnings] == ["routes"]


def sections(lines: list[str], names: tuple[str, ...]) -> list[str]:
    """Return the lines of some sections, without what is said between them."""
    kept, inside = [], False
    for line in lines:
        inside = line.startswith(tuple(f"{name}:" for name in names)) or (inside and line.startswith(" "))
        kept += [line] if inside else []
    return kept


def test_what_the_example_comments_out_can_run_too(tmp_path: Path) -> None:
    text = (EXAMPLE / "monitor.yaml").read_text(encoding="utf-8")
    lines = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in text.splitlines()]
    begin = lines.index("  profiles:")
    profiles = lines[begin : begin + 7]
    telling = sections(lines, ("channels", "routes", "rosters", "calendar"))
    shown = "snmp:\n" + "\n".join([*profiles, *telling]).replace("file: ", "env: ").replace("/run/secrets/", "")
    for name in ("secrets/old-community", "snmp-auth", "snmp-priv"):
        shown = shown.replace(name, name.replace("/", "_").replace("-", "_").upper())
    names = ["SECRETS_OLD_COMMUNITY", "SNMP_AUTH", "SNMP_PRIV", "MONITOR_SNMP_COMMUNITY", "UNICOM_DINGTALK_SECRET",
             "TELECOM_FEISHU_SECRET", "MAIL_PASSWORD", "SMS_SECRET"]  # fmt: skip
    robots = ["UNICOM_DINGTALK_URL", "MOBILE_WECOM_URL", "TELECOM_FEISHU_URL"]
    environ = dict.fromkeys(names, "long enough") | dict.fromkeys(robots, "https://robot.example/key")
    loaded = load(write(tmp_path, monitor=shown), environ=environ)
    assert list(loaded.settings.snmp.profiles) == ["default", "old", "secure"]
    assert {channel.kind for channel in loaded.settings.channels.values()} == set(ChannelKind) - {ChannelKind.APPRISE}
    assert len(loaded.settings.routes) == 4
    assert len(loaded.settings.rosters["duty"].shifts) == 4
    assert loaded.settings.calendar.years == (2027,)


def test_what_the_guide_to_routes_shows_can_run(tmp_path: Path) -> None:
    """The examples of docs/routes.md, with the channels that they leave out, are taken without a word on routes."""
    blocks = YAML.findall((EXAMPLE.parent / "docs" / "routes.md").read_text(encoding="utf-8"))
    others = ("unicom-dingtalk", "carriers-sms", "leader-mail", "township-office")
    hooks = "".join(f"  {name}: {{kind: webhook, url: 'http://127.0.0.1:9/'}}\n" for name in others)
    text = "".join(blocks).replace("channels:\n", f"channels:\n{hooks}", 1)
    inventory = (EXAMPLE / "inventory.yaml").read_text(encoding="utf-8")
    loaded = load(write(tmp_path, monitor=text, inventory=inventory), environ={}, at=datetime(2026, 9, 1, tzinfo=UTC))
    assert (5, 4) == (len(loaded.settings.routes), len(loaded.settings.rosters["duty"].shifts))
    assert ["public_url", "duty_phone"] == [warning.path for warning in loaded.warnings]


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "none")
    assert problem.endswith(
        "none:1:1: there is no such folder: copy the example config/ and edit it, or name another with --config"
    )


def test_missing_files_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "inventroy.yaml").write_text(INVENTORY, encoding="utf-8")
    assert refused(tmp_path) == [
        "inventory.yaml:1:1: there is no such file: create it, or a folder inventory of such files, with the carriers, "
        "units and lines; is it 'inventroy'?",
        "monitor.yaml:1:1: there is no such file: create it; an empty one takes every default",
        "policy.yaml:1:1: there is no such file: create it, or a folder policy with a version a file; an empty one "
        "takes every default",
    ]


def test_all_errors_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        monitor="conty: x\nroutes: [{carrier: unicm, kinds: [opened], channels: [c]}]\n",
        policy="clock: {limit: 12}\n",
        inventory=INVENTORY.replace("carrier: mobile, address", "carrier: mobil, adress"),
    )
    assert refused(folder) == [
        "inventory.yaml:6:5: lines[1]: address is missing",
        "inventory.yaml:6:33: lines[1].carrier: there is no carrier of this id; did you mean 'mobile'?",
        "inventory.yaml:6:40: lines[1].adress: unknown key; did you mean 'address'?",
        "monitor.yaml:1:1: conty: unknown key; did you mean 'county'?",
        "monitor.yaml:2:20: routes[0].carrier: there is no carrier of this id; did you mean 'unicom'?",
        "monitor.yaml:2:55: routes[0].channels[0]: there is no channel of this name",
        "policy.yaml:1:16: clock.limit: a duration needs its unit: 12s, 12m, 12h or 12d",
    ]


def test_versions_and_entities_may_stand_in_folders(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("policy", "inventory"):
        (tmp_path / name).mkdir()
    (tmp_path / "policy" / "2027.yaml").write_text("{version: '2027', effective_from: 2027-01-01}", encoding="utf-8")
    more = '{"lines": [{"id": "L9", "unit": "u1", "carrier": "unicom", "address": "192.0.2.9"}]}'
    (tmp_path / "inventory" / "b.json").write_text(more, encoding="utf-8")
    (tmp_path / "inventory" / "notes.txt").write_text("[", encoding="utf-8")
    loaded = load(tmp_path, environ={})
    assert [policy.version for policy in loaded.policies.versions] == ["2026-1", "2027"]
    assert list(loaded.inventory.lines) == ["L1", "L2", "L9"]


def test_a_second_monitor_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "monitor.yml").write_text("", encoding="utf-8")
    (problem,) = refused(tmp_path)
    assert problem.startswith("monitor.yml:1:1: there is ")
    assert problem.endswith("monitor.yaml too: keep one of them")


def test_a_broken_settings_file_drags_no_lines_in(tmp_path: Path) -> None:
    inventory = INVENTORY.replace("address: 192.0.2.1}", "address: 192.0.2.1, snmp: default}")
    assert refused(write(tmp_path, monitor="a: [", inventory=inventory)) == [
        "monitor.yaml:2:1: a value is missing here"
    ]
    wrong = "snmp: {profiles: {default: {version: 9}}}"
    assert refused(write(tmp_path, monitor=wrong, inventory=inventory)) == [
        "monitor.yaml:1:38: snmp.profiles.default.version: one of 1, 2c, 3 is wanted here"
    ]


def test_a_line_may_name_the_built_in_profile_once_its_community_is_there(tmp_path: Path) -> None:
    inventory = INVENTORY.replace("address: 192.0.2.1}", "address: 192.0.2.1, snmp: default}")
    assert refused(write(tmp_path, inventory=inventory)) == [
        "inventory.yaml:5:79: lines[0].snmp: there is no SNMP profile of this name: name it under snmp.profiles in "
        "monitor.yaml, or export MONITOR_SNMP_COMMUNITY"
    ]
    assert load(tmp_path, environ={"MONITOR_SNMP_COMMUNITY": "x"}).inventory.lines["L1"].snmp == "default"


def test_a_date_alone_is_midnight_of_the_configured_zone(tmp_path: Path) -> None:
    inventory = INVENTORY.replace("address: 192.0.2.1}", "address: 192.0.2.1, in_service_from: 2026-07-01}")
    loaded = load(write(tmp_path, monitor="timezone: Europe/Oslo", inventory=inventory), environ={})
    begun = loaded.inventory.lines["L1"].in_service_from
    assert begun is not None
    assert begun.isoformat() == "2026-06-30T22:00:00+00:00"


def test_what_a_configuration_lacks_is_warned_of_with_its_place(tmp_path: Path) -> None:
    inventory = INVENTORY.replace("references:", "#")
    warnings = load(write(tmp_path, inventory=inventory), environ={}).warnings
    assert [str(warning).replace(f"{tmp_path}/", "") for warning in warnings] == [
        "monitor.yaml:1:1: routes: no routes are given: nobody is told of a fault",
        "inventory.yaml:1:1: references: no references are given: the monitor cannot tell its own blindness from "
        "faults of lines",
    ]


@pytest.mark.parametrize(("secret", "warned"), [("fifteen letters", True), ("sixteen letters!", False)])
def test_a_secret_that_can_be_guessed_is_warned_of(tmp_path: Path, secret: str, warned: bool) -> None:
    loaded = load(write(tmp_path, monitor="routes: []\nsecret: {env: WORD}"), environ={"WORD": secret})
    found = [str(warning).replace(f"{tmp_path}/", "") for warning in loaded.warnings if warning.path == "secret"]
    cause, cure = "shorter than 16 characters: who has a link can guess it", "openssl rand -hex 32 makes one"
    assert [f"monitor.yaml:2:9: secret: {cause}; {cure}"] * warned == found


@pytest.mark.parametrize(
    ("kept", "warned"),
    [
        ("rounds: 62d", []),
        ("rounds: 400s", ["2:21: retention.rounds: rounds older than this are deleted for good"]),
        ("rounds: 100d, rollups: 99d", ["2:36: retention.rollups: hourly figures are kept for a shorter time"]),
    ],
)
def test_proof_that_is_soon_deleted_is_warned_of(tmp_path: Path, kept: str, warned: list[str]) -> None:
    """A slip of the unit would delete a year's rounds within the hour."""
    loaded = load(write(tmp_path, monitor=f"routes: []\nretention: {{{kept}}}\n"), environ={})
    found = [str(each).partition("monitor.yaml:")[2] for each in loaded.warnings if "retention" in each.path]
    assert warned == [each[: len(said)] for each, said in zip(found, warned, strict=True)]


@pytest.mark.parametrize(
    ("timeout", "at", "refused"),
    [
        ("29s", None, []),
        ("30s", None, ["quick"]),
        ("30s", datetime(2026, 2, 1, tzinfo=UTC), ["quick"]),
        ("30s", datetime(2026, 3, 2, tzinfo=UTC), []),
        ("169s", datetime(2026, 3, 2, tzinfo=UTC), []),
        ("170s", datetime(2026, 3, 2, tzinfo=UTC), ["later"]),
        ("170s", None, ["2026-1", "later", "quick"]),
    ],
)
def test_a_timeout_by_which_no_outage_could_be_found_is_refused(
    tmp_path: Path, timeout: str, at: datetime | None, refused: list[str]
) -> None:
    """A silent line's rounds would be known only when it is stale: unknown it stays, and its carrier is never told."""
    write(tmp_path, monitor=f"icmp: {{timeout: {timeout}}}\n")
    (tmp_path / "policy").mkdir()
    quick = "version: quick\neffective_from: 2026-02-01\ndetection: {interval: 10s, stale_after: 40s}\n"
    (tmp_path / "policy" / "quick.yaml").write_text(quick)
    (tmp_path / "policy" / "later.yaml").write_text("version: later\neffective_from: 2026-03-01\n")
    try:
        load(tmp_path, environ={}, at=at)
        found = []
    except ConfigurationRefused as wrong:
        found = [str(each).partition("monitor.yaml:")[2] for each in wrong.problems]
    said = "1:17: icmp.timeout: together with detection.fast_interval it must be shorter than detection.stale_after of"
    assert [f"{said} policy {name}: else a line" for name in refused] == [each.split(" that")[0] for each in found]


def test_traps_that_nobody_could_be_believed_by_are_warned_of(tmp_path: Path) -> None:
    """A trap is believed by the SNMP profile of its line: without one, listening is of no use."""
    monitor = "routes: []\nlisten: {traps: 127.0.0.1:162}\nsnmp: {profiles: {}}\n"
    [_, warning] = load(write(tmp_path, monitor=monitor), environ={}).warnings
    assert str(warning).endswith(
        "monitor.yaml:2:10: listen.traps: traps are listened for, but no line names an SNMP profile: none is heard"
    )


@pytest.mark.parametrize(("attachments", "warned"), [("", True), ("attachments: /var/lib/files\n", False)])
def test_attachments_beside_postgresql_want_a_folder(tmp_path: Path, attachments: str, warned: bool) -> None:
    """Beside a database that is no file their folder would be another wherever a command is started."""
    monitor = f"routes: []\ndatabase: postgresql+psycopg://monitor@/monitor\n{attachments}"
    loaded = load(write(tmp_path, monitor=monitor), environ={})
    found = [str(warning) for warning in loaded.warnings if warning.path == "attachments"]
    assert warned == any("name a whole path" in each for each in found)
    assert (None if warned else Path("/var/lib/files")) == loaded.settings.attachments


def test_the_digest_is_of_what_the_files_say(tmp_path: Path) -> None:
    first = load(write(tmp_path), environ={}).digest
    assert load(write(tmp_path, policy="# a comment\n{}"), environ={}).digest == first
    assert load(write(tmp_path, policy="clock: {limit: 6h}"), environ={}).digest != first


@pytest.mark.parametrize("wrong", ["conty: x", "a: [", "secret: literal", "secret: {env: GONE}"])
def test_a_wrong_configuration_leaves_the_old_one_as_it_is(tmp_path: Path, wrong: str) -> None:
    old = load(write(tmp_path), environ={})
    kept = (old.settings, old.policies.versions, old.inventory)
    write(tmp_path, monitor=wrong)
    with pytest.raises(ConfigurationRefused):
        reload(old, environ={})
    assert (old.settings, old.policies.versions, old.inventory) == kept


def test_a_reload_says_what_changed(tmp_path: Path) -> None:
    old = load(write(tmp_path, monitor="secret: {env: WORD}"), environ={"WORD": "a"})
    write(
        tmp_path,
        monitor="secret: {env: WORD}\nlisten: {web: 127.0.0.1:8081}\nlocale: en\n",
        policy="clock: {limit: 6h}",
        inventory=INVENTORY.replace("id: L1", "id: L3").replace("192.0.2.2", "192.0.2.22").replace("财政局", "财政"),
    )
    new, changes = reload(old, environ={"WORD": "b"})
    assert new.settings.listen.web.port == 8081
    assert changes == Differences(
        lines_added=("L3",),
        lines_removed=("L1",),
        lines_changed=("L2",),
        changed=("secret", "locale", "policy", "units"),
        restart=("listen",),
    )
    assert str(changes) == (
        "lines added: 1; lines removed: 1; lines changed: 1; changed: secret, locale, policy, units; "
        "only after a restart: listen"
    )


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        ("snmp: {client: pysnmp}", "only after a restart: snmp.client"),
        ("snmp: {devices: devices.yaml}", "only after a restart: snmp.devices"),
        ("snmp: {interval: 5m}", "changed: snmp"),
        ("snmp: {interval: 5m, client: pysnmp}", "changed: snmp; only after a restart: snmp.client"),
    ],
)
def test_a_reload_says_which_part_of_snmp_waits_for_a_restart(tmp_path: Path, monitor: str, said: str) -> None:
    """The client and the files of devices are taken at the start alone, the rest of snmp at once."""
    (tmp_path / "devices.yaml").touch()
    old = load(write(tmp_path), environ={})
    write(tmp_path, monitor=monitor)
    assert said == str(reload(old, environ={})[1])


def test_the_same_configuration_differs_in_nothing(tmp_path: Path) -> None:
    old, new = (load(write(tmp_path), environ={}) for _ in range(2))
    assert not differences(old, new)
    assert str(differences(old, new)) == "nothing changed"


def test_a_refusal_says_the_first_problem_and_how_many_more() -> None:
    problems = [Problem("b", 1, 1, "x", "wrong"), Problem("a", 2, 1, "", "worse"), Problem("b", 1, 1, "x", "wrong")]
    assert str(ConfigurationRefused(problems)) == "a:2:1: worse (and 1 more)"
