"""Letters: what goes around a text, what programs are told, and how many messages fit into one."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from monitor.alerts.composing import Composer
from monitor.alerts.facts import Matter
from monitor.alerts.letter import Letter
from monitor.alerts.texts import Texts, Wanted
from monitor.config.settings import Channel, ChannelKind, Locale, Settings
from monitor.config.source import Document
from monitor.config.templates import Draft, Drafts, Form, Sheet, Templates
from monitor.faults.terms import MessageKind
from monitor.policy import Clock, Policies, Policy
from tests.alerts.matters import INVENTORY, composer, fault, incident, local, matter

OPENED, OVERDUE, RESTORED = MessageKind.OPENED, MessageKind.OVERDUE, MessageKind.RESTORED
DINGTALK = Channel(name="unicom-dingtalk", kind=ChannelKind.DINGTALK)
SMS = Channel(name="unicom-sms", kind=ChannelKind.SMS)
DUE, NOW = "09-01 13:04", local("09-01 13:04:02")


def templates(kind: MessageKind, sms: str, channel: str | None = None) -> Templates:
    """Return one template of an SMS that the configuration gives, for every channel or for one."""
    drafts = Drafts({Form.SMS: (Draft(sms, Document("templates/zh_CN/x.yaml"), ("sms",)),)})
    sheet = Sheet(drafts) if channel is None else Sheet(channels={channel: drafts})
    return {(Locale.CHINESE, kind): sheet}


def test_a_letter_is_the_message_in_every_form() -> None:
    told = matter(OPENED, fault(), DUE, link="https://monitor.example/a/x")
    letter = composer().letter(told, now=NOW)
    assert ("F20260901-0007:opened", OPENED, NOW, local(DUE)) == (
        letter.key, letter.kind, letter.sent_at, letter.due_at)  # fmt: skip
    assert (False, False, (), (), "https://monitor.example/a/x") == (
        letter.late, letter.test, letter.members, letter.recipients, letter.link)  # fmt: skip
    assert letter.text == letter.payload["text"]
    assert letter.title not in letter.markdown


def test_a_webhook_is_sent_what_the_spec_lists() -> None:
    told = matter(OVERDUE, fault(discovered="09-01 13:02:10"), "09-02 01:02:10", incident=incident(fault()))
    sent = composer().letter(told, now=local("09-02 01:02:11")).payload
    assert {
        "id": "F20260901-0007:overdue",
        "kind": "overdue",
        "sent_at": "2026-09-01T17:02:11Z",
        "due_at": "2026-09-01T17:02:10Z",
        "late": False,
        "fault": {
            "no": "F20260901-0007",
            "line": "finance-1",
            "unit": "finance-bureau",
            "unit_name": "财政局",
            "carrier": "unicom",
            "role": "primary",
            "first_failed_at": "2026-09-01T05:02:00Z",
            "discovered_at": "2026-09-01T05:02:10Z",
            "deadline_at": "2026-09-01T17:02:10Z",
            "elapsed_s": 43201,
            "verdict": "overdue",
            "party": "undetermined",
            "proposed_party": "undetermined",
            "incident": 3,
            "restored_at": None,
        },
        "fraction": None,
        "text": sent["text"],
    } == sent
    assert json.dumps(sent)


def test_what_the_monitor_says_of_itself_speaks_of_no_fault() -> None:
    sent = composer().letter(matter(MessageKind.MONITOR_BLIND, None, DUE), now=NOW).payload
    assert (None, "monitor_blind", None) == (sent["fault"], sent["kind"], sent["fraction"])


@pytest.mark.parametrize(
    ("rule", "told", "labels", "active"),
    [
        ("A fault is one alert, whatever is said of it.", matter(OPENED, fault(), DUE),
         {"alertname": "LineFault", "fault": "F20260901-0007", "line": "finance-1", "unit": "finance-bureau",
          "carrier": "unicom", "role": "primary"}, True),
        ("Its end ends the same.", matter(RESTORED, fault(restored="09-01 13:03"), DUE, episode=1),
         {"alertname": "LineFault", "fault": "F20260901-0007", "line": "finance-1", "unit": "finance-bureau",
          "carrier": "unicom", "role": "primary"}, False),
        ("What is over is over, also in a late message.", matter(OVERDUE, fault(restored="09-01 13:03"), DUE),
         {"alertname": "LineFault", "fault": "F20260901-0007", "line": "finance-1", "unit": "finance-bureau",
          "carrier": "unicom", "role": "primary"}, False),
        ("Blindness is another.", matter(MessageKind.MONITOR_BLIND, None, DUE), {"alertname": "MonitorBlind"}, True),
        ("Sight ends it.", matter(MessageKind.MONITOR_SEES, None, DUE), {"alertname": "MonitorBlind"}, False),
        ("A channel has its own.", matter(MessageKind.OUTBOX_STUCK, None, DUE, subject="unicom-sms"),
         {"alertname": "OutboxStuck", "subject": "unicom-sms"}, True),
    ],
)  # fmt: skip
def test_an_alert_manager_is_told(rule: str, told: Matter, labels: dict[str, str], active: bool) -> None:
    letter = composer().letter(told, now=NOW)
    assert (labels, active) == (letter.labels, letter.active), rule


LATE = local("09-01 13:30")
DEMO = Policies([Policy(version="demo", clock=Clock(limit=timedelta(minutes=3)))])


@pytest.mark.parametrize(
    ("rule", "letter", "title", "sms", "line"),
    [
        ("A late one says when it was due.", composer().letter(matter(OPENED, fault(), DUE), now=LATE),
         "【新故障】", "（迟发，应于1日13:04）", "迟发：本消息应于9月1日13:04发出。"),
        ("A demonstration says so.",
         composer(policies=DEMO).letter(matter(OPENED, fault(policy_version="demo"), DUE), now=NOW),
         "【演示】【新故障】", "（演示）", "演示策略 demo：时限 3分，并非管理办法规定的12小时。"),
        ("So do invented answers.", composer(simulated=True).letter(matter(OPENED, fault(), DUE), now=NOW),
         "【模拟】【新故障】", "（模拟探测）", "模拟探测：以上不是真实测量。"),
        ("So does a test.", composer().letter(matter(OPENED, fault(), DUE), now=NOW, test=True),
         "【测试】【新故障】", "（测试消息，请勿处置）", "测试消息，请勿处置。"),
        ("So does one that time overtook.",
         composer().letter(matter(OPENED, fault(restored="09-01 13:04"), DUE), now=NOW),
         "【新故障】", "（已于9月1日13:04恢复）", "已于9月1日13:04恢复。"),
    ],
)  # fmt: skip
def test_what_must_be_said_goes_around_every_form(rule: str, letter: Letter, title: str, sms: str, line: str) -> None:
    assert letter.title.startswith(title), rule
    assert letter.sms.endswith(sms), rule
    assert letter.markdown.endswith(f"\n\n> {line}"), rule
    assert letter.text.endswith(f"\n{line}"), rule
    assert letter.text == letter.payload["text"], rule


def test_no_template_can_leave_it_out() -> None:
    writer = composer(templates=templates(OPENED, "简短"), simulated=True)
    assert "简短（模拟探测）（迟发，应于1日13:04）" == writer.letter(matter(OPENED, fault(), DUE), now=LATE).sms


def test_twelve_hours_are_the_regulations_and_no_other_limit_is() -> None:
    demo = composer(policies=DEMO).letter(matter(OPENED, fault(policy_version="demo"), DUE), now=NOW)
    usual = composer().letter(matter(OPENED, fault(), DUE), now=NOW)
    assert "依据管理办法第二十六条,12小时内排除。" in usual.markdown
    assert "第二十六条" not in demo.markdown
    assert "3分内排除。" in demo.markdown


def test_a_channel_takes_its_own_template_then_the_kinds_then_the_built_in_one() -> None:
    told = matter(OPENED, fault(), DUE)
    own = composer(templates=templates(OPENED, "{{ unit }}专用", "unicom-sms"))
    assert "财政局专用" == own.letter(told, now=NOW, channel=SMS).sms
    assert own.letter(told, now=NOW, channel=DINGTALK).sms.startswith("【")
    assert own.letter(told, now=NOW).sms.startswith("【")
    kinds = composer(templates=templates(OPENED, "{{ unit }}通用"))
    assert "财政局通用" == kinds.letter(told, now=NOW, channel=SMS).sms
    assert kinds.letter(matter(OVERDUE, fault(), DUE), now=NOW).sms.startswith("【")


def test_of_several_wordings_the_fewest_segments_are_taken_then_the_first() -> None:
    drafts = tuple(Draft(text, Document("x"), ()) for text in ("长" * 80, "甲{{ unit }}", "乙{{ unit }}"))
    given: Templates = {(Locale.CHINESE, OPENED): Sheet(Drafts({Form.SMS: drafts}))}
    assert "甲财政局" == composer(templates=given).letter(matter(OPENED, fault(), DUE), now=NOW).sms


@pytest.mark.parametrize(
    "text", ["{{ nothing }}", "{{ deadline.x }}", "{% include 'x' %}", "{{ unit | nofilter }}", "  "]
)
def test_a_template_that_fails_is_logged_once_and_costs_no_message(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """A loaded configuration has none such; whatever happens, the built-in text goes out."""
    writer = composer(templates=templates(OPENED, text))
    with caplog.at_level(logging.WARNING):
        told = [writer.letter(matter(OPENED, fault(), DUE), now=NOW).sms for _ in range(3)]
    assert ["【云岭县信息中心】0901-7财政局主用9月1日13:02中断,限9月2日01:04前排除,请回复0000-66000000"] * 3 == told
    messages = [record.message for record in caplog.records]
    assert len(messages) == (1 if text.strip() else 0)
    assert all(message.startswith("templates/zh_CN/x.yaml:1:1: sms: ") for message in messages)


def test_even_a_built_in_text_that_fails_costs_no_message() -> None:
    """Which is a mistake of the program; then at least what it is about is said."""
    wanted = Wanted(OPENED, Form.SMS)
    assert "opened F20260901-0007" == Texts(Locale.CHINESE, {}).say(wanted, {"kind": "opened", "no": "F20260901-0007"})


def test_another_language_is_spoken_by_another() -> None:
    writer = composer()
    assert writer is writer.speaking(None)
    assert writer is writer.speaking(Locale.CHINESE)
    english = writer.speaking(Locale.ENGLISH)
    assert english is writer.speaking(Locale.ENGLISH)
    assert "New fault F20260901-0007 财政局" == english.letter(matter(OPENED, fault(), DUE), now=NOW).title


def test_a_composer_needs_only_parts_of_a_configuration() -> None:
    writer = Composer(settings=Settings(), inventory=INVENTORY, policies=Policies([Policy()]), templates={})
    assert writer.letter(matter(OPENED, fault(), DUE), now=NOW).title
