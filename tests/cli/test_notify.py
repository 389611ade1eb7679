"""``monitor notify test``: one message through one channel, marked as a test, and what came of it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.alerts.trial import trial
from monitor.cli import main
from monitor.config.settings import Channel, ChannelKind, Locale, Settings
from tests.config.written import write
from tests.receivers.robots import DingTalkRobot, path_of
from tests.receivers.web import Receiver, Response, in_thread

AT = datetime(2026, 9, 1, 5, 2, 3, tzinfo=UTC)


def notified(folder: Path, channels: str, *arguments: str, env: dict[str, str] | None = None) -> Result:
    """Run the command on a configuration with these channels."""
    write(folder, monitor=f"routes: []\nchannels:\n{channels}\n")
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), "")
    return CliRunner().invoke(main, ["notify", "test", *arguments, "--config", str(folder)], env=proxies | (env or {}))


def hook(receiver: Receiver) -> str:
    return f"  hook: {{kind: webhook, url: {receiver.url}/faults}}"


def test_a_test_that_is_delivered_says_so(tmp_path: Path) -> None:
    """The receiver gets a payload that is a test's in every word, and the caller exit code 0."""
    with in_thread(Receiver(lambda _: Response())) as receiver:
        result = notified(tmp_path, hook(receiver), "hook")
    assert (0, "hook: 已送达 (200)\n") == (result.exit_code, result.output)
    payload = receiver.requests[0].json
    assert ("test", True, None) == (payload["kind"], payload["test"], payload["fault"])
    assert payload["text"].startswith("测试：")
    assert payload["id"] == receiver.requests[0].headers["idempotency-key"]


def test_a_test_goes_to_those_on_call(tmp_path: Path) -> None:
    """As a message would: a channel that has a roster and nobody besides can be tried."""
    sms = """\
  duty: {kind: sms, url: 'URL/send', roster: night, body: '{{ phones | tojson }}'}
rosters:
  night: [{phone: 0000-66000013}]"""
    with in_thread(Receiver(lambda _: Response())) as receiver:
        result = notified(tmp_path, sms.replace("URL", receiver.url), "duty")
    assert (0, [["000066000013"]]) == (result.exit_code, [request.json for request in receiver.requests])


def test_a_robot_shows_the_test_in_title_and_text(tmp_path: Path) -> None:
    """Signed as any letter is, from the secrets of the environment."""
    robot = DingTalkRobot(token="token-5c0ffee", secret="SEC-secret")
    with in_thread(Receiver(robot)) as receiver:
        env = {"URL": receiver.url + path_of(robot), "SECRET": "SEC-secret"}
        channel = "  group: {kind: dingtalk, url: {env: URL}, secret: {env: SECRET}}"
        result = notified(tmp_path, channel, "group", env=env)
        wrong = notified(tmp_path, channel, "group", env=env | {"SECRET": "another"})
    assert 0 == result.exit_code, result.output
    assert "【测试】云岭县线路监测" == robot.messages[0]["title"]
    assert "没有故障" in robot.messages[0]["text"]
    assert 1 == wrong.exit_code
    assert "group: 被拒绝 (errcode 310000)" in wrong.output
    assert "token-5c0ffee" not in wrong.output


def test_a_test_that_is_not_delivered_says_why(tmp_path: Path) -> None:
    """Exit code 1, in one line with the receiver's words."""
    with in_thread(Receiver(lambda _: Response(status=503, body=b"down for\nmaintenance"))) as receiver:
        result = notified(tmp_path, hook(receiver), "hook")
    assert (1, "monitor: hook: 未送达，可再试 (503): down for maintenance\n") == (result.exit_code, result.output)


@pytest.mark.parametrize(("status", "code", "fate"), [(204, 0, "delivered"), (404, 1, "refused"), (429, 1, "again")])
def test_programs_are_told_in_json(tmp_path: Path, status: int, code: int, fate: str) -> None:
    """The same outcome as an object, with the same exit code."""
    with in_thread(Receiver(lambda _: Response(status=status, headers={"Retry-After": "9"}))) as receiver:
        result = notified(tmp_path, hook(receiver), "hook", "--json")
    said = json.loads(result.output)
    assert (code, fate, str(status)) == (result.exit_code, said["fate"], said["status"])
    assert (9 if fate == "again" else None) == said["retry_after_s"]


def test_an_unknown_channel_is_wrong_input(tmp_path: Path) -> None:
    """Exit code 2, with a near name."""
    result = notified(tmp_path, "  screen: {kind: console}", "scren")
    assert 2 == result.exit_code
    assert f"monitor: there is no channel 'scren' in {tmp_path}/monitor.yaml; did you mean 'screen'?\n" == result.output


def test_a_package_that_is_not_there_is_a_missing_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, with the cure."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    result = notified(tmp_path, "  tail: {kind: apprise, url: {env: TAIL}}", "tail", env={"TAIL": "json://127.0.0.1"})
    assert 3 == result.exit_code
    assert "pip install 'extranet-monitor[apprise]'" in result.output


def test_the_console_needs_no_network(tmp_path: Path) -> None:
    """A channel of the lab prints its test."""
    result = notified(tmp_path, "  screen: {kind: console}", "screen")
    assert 0 == result.exit_code
    assert result.output.startswith("[screen] 【测试】云岭县线路监测\n    测试：")


@pytest.mark.parametrize(
    ("locale", "title"), [(None, "【测试】云岭县线路监测"), (Locale.ENGLISH, "[Test] 云岭县 line monitor")]
)
def test_a_test_speaks_the_language_of_the_channel(locale: Locale | None, title: str) -> None:
    """Its own, else the installation's; the SMS stays one segment of 70 characters."""
    letter = trial(Channel(name="unicom-sms", kind=ChannelKind.SMS, locale=locale), Settings(), AT)
    assert title == letter.title
    assert letter.sms.startswith("【云岭县信息中心】")
    assert "09-01 13:02:03" in letter.sms
    assert len(letter.sms) <= 70
    assert letter.test
