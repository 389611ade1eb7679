"""Several messages in one letter: what it says of all of them, and how many fit, whatever names are configured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.composing import MOST_SEGMENTS, fits
from monitor.alerts.facts import Matter
from monitor.alerts.letter import Letter
from monitor.alerts.segments import measure
from monitor.config.settings import Channel, ChannelKind, Locale, Settings
from monitor.config.source import Document
from monitor.config.templates import Draft, Drafts, Form, Sheet, Templates
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Party
from tests.alerts.matters import INVENTORY, composer, county, fault, incident, local, matter

OPENED, OVERDUE, RESTORED = MessageKind.OPENED, MessageKind.OVERDUE, MessageKind.RESTORED
WECOM = Channel(name="unicom-wecom", kind=ChannelKind.WECOM)
DINGTALK = Channel(name="unicom-dingtalk", kind=ChannelKind.DINGTALK)
SMS = Channel(name="unicom-sms", kind=ChannelKind.SMS)
DUE, NOW = "09-01 13:04", local("09-01 13:04:02")
LATE = local("09-01 13:30")


def several(count: int, *, link: str | None = None, together: bool = False, kind: MessageKind = OPENED) -> list[Matter]:
    """Return messages of so many faults, each of another unit, of one incident or merely several."""
    faults = [fault(f"F20260901-{number:04}", line=f"l{number}", unit=f"u{number}") for number in range(1, count + 1)]
    of: Incident | None = incident(*faults) if together else None
    struck = tuple(faults) if together else ()
    links = [f"{link}{each.line}" if link else None for each in faults]
    return [
        matter(kind, each, DUE, incident=of, struck=struck, link=own) for each, own in zip(faults, links, strict=True)
    ]


def test_several_messages_become_one_with_the_key_of_the_first() -> None:
    told = several(3)
    letter = composer(inventory=county(3)).group(told, now=NOW)
    assert "F20260901-0001:opened" == letter.key == letter.payload["id"]
    assert [each.message.key for each in told] == [member.key for member in letter.members]
    assert [member.payload for member in letter.members] == letter.payload["members"]
    assert {"alertname": "LineFault", "carrier": "unicom", "role": "primary"} == letter.labels
    assert "【新故障】联通 3条线路" == letter.title
    assert letter.text == letter.payload["text"]


def test_an_incident_is_one_message_with_its_node_its_lines_and_the_units() -> None:
    letter = composer(inventory=county(3)).group(several(3, together=True), now=NOW)
    assert "【群障】联通 东区汇聚 3条线路" == letter.title
    assert (
        "【云岭县信息中心】群障：联通东区汇聚9月1日13:02起3条线路中断，0901-1第1单位、0901-2第2单位、0901-3第3单位，"
        "限9月2日01:04前排除，请回复0000-66000000"
    ) == letter.sms
    assert (
        "- 节点 联通 东区汇聚\n"
        "- 中断 9月1日13:02起，3条线路\n"
        "- **排除时限 9月2日01:04**(剩余 12小时)\n"
        "- 影响单位 3\n"
        "\n"
        "- F20260901-0001 第1单位（主用）\n"
        "- F20260901-0002 第2单位（主用）\n"
        "- F20260901-0003 第3单位（主用）\n"
        "\n"
        "> 依据管理办法第二十六条,12小时内排除,逐故障计时。请回复接单人及预计恢复时间。"
    ) == letter.markdown


def test_a_part_of_an_incident_says_so() -> None:
    letter = composer(inventory=county(5)).group(several(5, together=True)[:2], now=NOW)
    assert "【群障】联通 东区汇聚 5条线路" == letter.title
    assert "影响单位 2（本条列出2条）" in letter.markdown


def test_of_several_each_says_what_has_changed_for_it() -> None:
    told = several(3)
    faults = [each.fault for each in told if each.fault is not None]
    told[1] = replace(told[1], fault=replace(faults[1], party=Party.UNIT))
    letter = composer(inventory=county(3)).group(told, now=NOW)
    assert "- F20260901-0002 第2单位（主用），责任方已认定为接入单位，不计时限" in letter.markdown.split("\n")
    assert "0901-2第2单位（责任方已认定为接入单位，不计时限）" in letter.sms


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.of_a_fault and kind is not RESTORED])
def test_where_something_has_changed_for_all_of_several_nothing_is_asked(kind: MessageKind, locale: Locale) -> None:
    """Neither a deadline nor an answer, as of one alone: nobody is to clear within twelve hours what is restored."""
    told = [replace(each, fault=replace(each.fault, party=Party.UNIT)) for each in several(2, kind=kind) if each.fault]
    letter = composer(inventory=county(2), locale=locale).group(told, now=NOW)
    asked = re.compile("请|限接通知|通报|lease|reply|Article 26|in charge")
    assert [None] * 3 == [asked.search(text) for text in (letter.sms, letter.markdown, letter.text)]


def test_several_carriers_may_share_a_message() -> None:
    told = several(2)
    assert told[1].fault is not None
    told[1] = replace(told[1], fault=replace(told[1].fault, carrier="mobile"))
    letter = composer(inventory=county(2)).group(told, now=NOW)
    assert "【新故障】2条线路" == letter.title
    assert "运营商" not in letter.markdown


def test_a_whole_carrier_may_be_struck() -> None:
    told = several(2)
    of = incident(*[each.fault for each in told if each.fault is not None], node=None)
    letter = composer(inventory=county(2)).group([replace(each, incident=of) for each in told], now=NOW)
    assert "【群障】联通 2条线路" == letter.title
    assert letter.markdown.startswith("- 运营商 联通\n- 中断")


def test_one_message_alone_is_no_group() -> None:
    told = several(1)
    writer = composer(inventory=county(1))
    assert writer.letter(told[0], now=NOW) == writer.group(told, now=NOW)


@pytest.mark.parametrize("told", [[], [matter(OPENED, fault(), DUE), matter(OVERDUE, fault(), DUE)]])
def test_only_messages_of_one_kind_go_together(told: list[Matter]) -> None:
    with pytest.raises(ValueError, match="of one kind"):
        composer().group(told, now=NOW)


def test_messages_of_the_monitor_go_together_by_their_titles() -> None:
    told = [matter(MessageKind.UNREACHED, None, DUE, subject=name, detail="F20260901-0007") for name in ("unicom", "x")]
    letter = composer().group(told, now=NOW)
    assert "- 【请电话通知】联通：F20260901-0007\n- 【请电话通知】x：F20260901-0007" == letter.markdown
    assert 2 == len(letter.members)


def test_links_are_in_a_group_where_all_of_them_fit_and_in_none_else() -> None:
    link = "https://monitor.example/a/JgoAB2q7tZA.h3mQdX5nLr7TtWwZbE0c2Q"
    few = composer(inventory=county(12)).group(several(12, link=link), now=NOW, channel=WECOM)
    many = composer(inventory=county(60)).group(several(60, link=link), now=NOW, channel=WECOM)
    assert (12, 12) == (len(few.members), few.markdown.count("[接单]("))
    assert (60, 0) == (len(many.members), many.markdown.count("[接单]("))


def size(letter: Letter) -> int:
    return len(f"### {letter.title}\n{letter.markdown}".encode())


CHANNELS = (WECOM, DINGTALK, SMS, Channel(name="mail", kind=ChannelKind.SMTP), None)
LIMITS = {ChannelKind.WECOM: 4096, ChannelKind.DINGTALK: 20_000}


def assert_taken(letter: Letter, channel: Channel | None) -> None:
    """Assert that a channel takes a letter whole."""
    assert fits(letter, channel)
    if channel is None or channel.kind in LIMITS:
        assert size(letter) <= (4096 if channel is None else LIMITS[channel.kind])
    if channel is None or channel.kind is ChannelKind.SMS:
        assert measure(letter.sms).segments <= MOST_SEGMENTS


def lists(letter: Letter, channel: Channel | None) -> list[str]:
    """Return the faults that the forms which a channel carries list, in full, in order."""
    found: list[list[str]] = []
    if channel in (WECOM, DINGTALK, None):
        found.append(re.findall(r"F20260901-[0-9]{4,5}", letter.markdown + letter.title))
    if channel in (SMS, None):
        found.append([f"F20260901-{int(number):04}" for number in re.findall(r"(?<![0-9])0901-([0-9]+)", letter.sms)])
    if channel is None or channel.kind is ChannelKind.SMTP:
        found.append(re.findall(r"^F20260901-[0-9]{4,5}", letter.text, re.MULTILINE))
    assert all(each == found[0] for each in found)
    return found[0]


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.of_a_fault and kind is not RESTORED])
@settings(max_examples=max(5, settings().max_examples // 20), deadline=None)
@given(
    count=st.integers(2, 90),
    together=st.booleans(),
    linked=st.booleans(),
    channel=st.sampled_from(CHANNELS),
    locale=st.sampled_from(list(Locale)),
)
def test_groups_of_any_number_fit_and_list_every_fault_once_over_one_after_another(
    kind: MessageKind, count: int, together: bool, linked: bool, channel: Channel | None, locale: Locale
) -> None:
    link = "https://monitor.example/a/JgoAB2q7tZA.h3mQdX5nLr7TtWwZbE0c2Q" if linked else None
    writer = composer(inventory=county(count), locale=locale)
    left: Sequence[Matter] = several(count, link=link, together=together, kind=kind)
    wanted = [each.message.no for each in left]
    listed: list[str] = []
    while left:
        letter = writer.group(left, now=NOW, channel=channel)
        sent = max(1, len(letter.members))
        assert_taken(letter, channel)
        assert left[0].message.key == letter.key
        listed += lists(letter, channel) if letter.members else [str(left[0].message.no)]
        left = left[sent:]
    assert wanted == listed


def test_a_storm_is_few_messages() -> None:
    """122 lines down at once: one message to DingTalk, two to WeCom, seven SMS of at most five segments."""
    writer, told = composer(inventory=county(122)), several(122, together=True)
    counts: dict[str, int] = {}
    for channel in (DINGTALK, WECOM, SMS):
        left, counts[channel.name] = list(told), 0
        while left:
            left = left[max(1, len(writer.group(left, now=NOW, channel=channel).members)) :]
            counts[channel.name] += 1
    assert {"unicom-dingtalk": 1, "unicom-wecom": 2, "unicom-sms": 7} == counts


NAMES = st.text(max_size=200)


@settings(max_examples=max(20, settings().max_examples // 2), deadline=None)
@given(
    unit=NAMES,
    carrier=NAMES,
    node=NAMES,
    signature=NAMES,
    phone=NAMES,
    kind=st.sampled_from([kind for kind in MessageKind if kind.of_a_fault]),
    channel=st.sampled_from(CHANNELS),
    locale=st.sampled_from(list(Locale)),
)
def test_any_names_are_written_and_fit(
    unit: str,
    carrier: str,
    node: str,
    signature: str,
    phone: str,
    kind: MessageKind,
    channel: Channel | None,
    locale: Locale,
) -> None:
    """Names, signature and telephone number may be anything at all; nothing fails, and nothing is too long."""
    inventory = replace(
        INVENTORY,
        carriers={"unicom": replace(INVENTORY.carriers["unicom"], name=carrier, short_name=carrier)},
        nodes={"unicom-east": replace(INVENTORY.nodes["unicom-east"], name=node)},
        units={id: replace(each, name=unit, short_name=unit) for id, each in INVENTORY.units.items()},
    )
    writer = composer(inventory=inventory, settings=Settings(sms_signature=signature, duty_phone=phone), locale=locale)
    first, second = fault(), fault("F20260901-0008", line="education-1", unit="education-bureau")
    of = incident(first, second)
    told = [matter(kind, each, DUE, incident=of, struck=(first, second)) for each in (first, second)]
    for letter in (writer.letter(told[0], now=NOW, channel=channel), writer.group(told, now=NOW, channel=channel)):
        assert_taken(letter, channel)
        assert len(letter.title.splitlines()) <= 1
        assert len(letter.sms.splitlines()) <= 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_too_long_all_the_same_is_cut_but_for_what_must_be_said(channel: Channel | None) -> None:
    """By a template that somebody wrote without end: markdown ends with a whole line, and the marks stay."""
    lines = "".join(f"- 第{number}行\n" for number in range(2000))
    document = Document("x")
    given: Templates = {
        (Locale.CHINESE, OPENED): Sheet(
            Drafts(
                {
                    Form.SMS: (Draft("长" * 999, document, ()),),
                    Form.MARKDOWN: (Draft(lines, document, ()),),
                }
            )
        )
    }
    letter = composer(templates=given, simulated=True).letter(matter(OPENED, fault(), DUE), now=LATE, channel=channel)
    assert_taken(letter, channel)
    assert letter.sms.endswith("长…（模拟探测）（迟发，应于1日13:04）")
    body, _, marks = letter.markdown.partition("…")
    assert "\n\n> 模拟探测：以上不是真实测量。\n\n> 迟发：本消息应于9月1日13:04发出。" == marks
    assert lines.startswith(body)
    assert body.endswith("行\n")


def test_one_line_without_end_is_cut_within() -> None:
    drafts = Drafts({Form.MARKDOWN: (Draft("长" * 9999, Document("x"), ()),)})
    writer = composer(templates={(Locale.CHINESE, OPENED): Sheet(drafts)})
    letter = writer.letter(matter(OPENED, fault(), DUE), now=NOW, channel=WECOM)
    assert_taken(letter, WECOM)
    assert letter.markdown.endswith("长…")
    assert len(letter.markdown) > 1300
