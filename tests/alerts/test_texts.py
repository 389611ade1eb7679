"""The built-in texts: every one of them on every sample, the wording of the spec, the length of an SMS."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.composing import Composer
from monitor.alerts.letter import Letter
from monitor.alerts.samples import SAMPLE, SAMPLE_NOTIFIED, SAMPLE_POLICIES, Ground, Sample, samples
from monitor.alerts.segments import measure
from monitor.alerts.texts import BUILT_IN
from monitor.config.settings import Locale, Settings
from monitor.config.source import read
from monitor.config.templates import Form, read_sheet
from monitor.faults.terms import MessageKind, Party
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from tests.alerts.matters import ZONE, composer, fault, local, matter

KINDS = list(MessageKind)
ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
LINE_OF_AN_SMS = 70
TWO = re.compile("sent late|down again")
SIGNED = "【云岭县信息中心】"


def written(kind: MessageKind, locale: Locale) -> Iterator[tuple[Sample, Letter]]:
    """Write every sample of a kind."""
    composer = Composer(
        settings=Settings(), inventory=SAMPLE.inventory, policies=SAMPLE_POLICIES, templates={}, locale=locale
    )
    for ground in (SAMPLE, SAMPLE_NOTIFIED):
        for sample in samples(kind, ground):
            yield sample, composer.group(sample.matters, now=sample.now)


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("kind", KINDS)
def test_every_form_says_something_whole_on_every_sample(kind: MessageKind, locale: Locale) -> None:
    """Nothing undefined, no leftover of a template, no two empty lines, no punctuation that says nothing."""
    for sample, letter in written(kind, locale):
        for form in Form:
            text = getattr(letter, form.value)
            assert text, (sample.shape, form)
            assert re.search(r"None|[Uu]ndefined|\{\{|\{%|%\}|\}\}|True|False", text) is None, (sample.shape, text)
            assert re.search(r"\n\n\n|，，|,,|，。|、，|（）|\(\)|[ \t]\n|  ", text.replace("\n  ", "\n")) is None, text
            if form in (Form.SMS, Form.TITLE):
                assert "\n" not in text, sample.shape
        assert max(len(sample.matters), 1) == max(len(letter.members), 1), sample.shape


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("kind", KINDS)
def test_no_address_of_a_device_leaves(kind: MessageKind, locale: Locale) -> None:
    """Neither in a text nor to a program; the samples' lines, nodes and errors have addresses."""
    for sample, letter in written(kind, locale):
        sent = json.dumps([letter.title, letter.sms, letter.markdown, letter.text, letter.payload, dict(letter.labels)])
        for found in ADDRESS.findall(sent):
            with pytest.raises(ValueError):  # noqa: PT011 - whatever it is, it is no address
                ipaddress.ip_address(found)
        assert "192.0.2" not in sent, sample.shape
        assert "unicom-east" not in sent, sample.shape


@pytest.mark.parametrize("locale", list(Locale))
def test_each_kind_has_a_file_with_every_form(locale: Locale) -> None:
    """And nothing else lies there but what is put around, and how messages go together."""
    names = {kind.value for kind in KINDS} | {"marks", "several"}
    assert names == {path.stem for path in (BUILT_IN / locale).iterdir()}
    for kind in KINDS:
        sheet = read_sheet(read(BUILT_IN / locale / f"{kind}.yaml"), channels=(), problems=[])
        assert set(Form) == set(sheet.drafts.alone), kind
        assert sheet.drafts.group.keys() == (set(Form) if kind.of_a_fault else set()), kind


@pytest.mark.parametrize(
    ("kind", "others", "due", "expected"),
    [
        (MessageKind.OPENED, {}, "09-01 13:02:10",
         "0901-7财政局主用9月1日13:02中断,限9月2日01:02前排除,请回复0000-66000000"),
        (MessageKind.REMINDER, {"fraction": 0.5}, "09-01 19:02:10",
         "提醒:F20260901-0007财政局线路修复已用时6小时,9月2日01:02到期,请回复进展。"),
        (MessageKind.REMINDER, {"fraction": 0.75}, "09-01 22:02:10",
         "催办:F20260901-0007财政局线路剩3小时,9月2日01:02到期,请加派力量并报预计恢复时间。"),
        (MessageKind.OVERDUE, {}, "09-02 01:02:10",
         "超时:F20260901-0007财政局线路9月2日01:02到期仍未排除,拟列入当月通报,请负责人督办。"),
    ],
)  # fmt: skip
def test_the_sms_of_an_open_fault_is_worded_as_the_spec_has_it(
    kind: MessageKind, others: dict[str, float], due: str, expected: str
) -> None:
    open_fault = fault(failed="09-01 13:02", discovered="09-01 13:02:10")
    letter = composer().letter(matter(kind, open_fault, due, **others), now=local(due) + timedelta(seconds=2))
    assert SIGNED + expected == letter.sms
    assert 1 == measure(letter.sms).segments


@pytest.mark.parametrize(
    ("restored", "unseen", "party", "expected"),
    [
        ("09-01 17:28", 10, Party.UNDETERMINED, "9月1日17:28恢复,修复用时4小时24分,按时排除。"),
        ("09-02 02:10", 10, Party.CARRIER, "9月2日02:10恢复,修复用时13小时6分,超时排除。"),
        ("09-02 01:05", 120, Party.CARRIER, "9月2日01:05恢复,修复用时12小时1分,是否超时待核定。"),
        ("09-01 17:28", 10, Party.UNIT, "9月1日17:28恢复,修复用时4小时24分,不计入时限考核。"),
    ],
)
def test_the_sms_of_a_restored_one_too(restored: str, unseen: int, party: Party, expected: str) -> None:
    """Whether it was late is said of what is proved only."""
    ended = fault(restored=restored, unseen=timedelta(seconds=unseen), party=party)
    letter = composer().letter(matter(MessageKind.RESTORED, ended, restored, episode=1), now=local(restored))
    assert f"{SIGNED}恢复:F20260901-0007财政局线路{expected}" == letter.sms


@pytest.mark.parametrize(
    ("kind", "others", "due", "expected"),
    [
        (MessageKind.OPENED, {}, "09-01 13:04", "【新故障】F20260901-0007 财政局"),
        (MessageKind.REMINDER, {"fraction": 0.5}, "09-01 19:04", "【时限过半】F20260901-0007 财政局"),
        (MessageKind.REMINDER, {"fraction": 0.75}, "09-01 22:04", "【剩余3小时】F20260901-0007 财政局"),
        (MessageKind.OVERDUE, {}, "09-02 01:04", "【已超时】F20260901-0007 财政局"),
        (MessageKind.OVERDUE_REPEAT, {"repeat": 1}, "09-02 05:04", "【已超时】F20260901-0007 财政局"),
        (MessageKind.RELAPSED, {"episode": 1}, "09-01 13:04", "【再次中断】F20260901-0007 财政局"),
        (MessageKind.UNACKNOWLEDGED, {"episode": 1}, "09-01 13:34", "【无人接单】F20260901-0007 财政局"),
    ],
)
def test_the_titles_of_robots_are_as_the_spec_has_them(
    kind: MessageKind, others: dict[str, float], due: str, expected: str
) -> None:
    letter = composer().letter(matter(kind, fault(), due, **others), now=local(due) + timedelta(seconds=2))
    assert expected == letter.title


def test_a_robot_is_told_of_a_new_fault_line_by_line() -> None:
    link = "https://monitor.example/a/x"
    told = matter(MessageKind.OPENED, fault(), "09-01 13:04", link=link)
    assert (
        "- 运营商/线路 联通/finance-1（主用）\n"
        "- 中断 9月1日13:02\n"
        "- 计时起点 9月1日13:04\n"
        "- **排除时限 9月2日01:04**(剩余 12小时)\n"
        "- 初判 待查\n"
        "- 影响单位 1\n"
        "\n"
        "> 依据管理办法第二十六条,12小时内排除。请回复接单人及预计恢复时间。\n"
        "\n"
        f"[点此接单]({link})"
    ) == composer().letter(told, now=local("09-01 13:04:03")).markdown


@pytest.mark.parametrize(
    ("restored", "unseen", "party", "expected"),
    [
        ("09-01 17:28", 10, Party.UNDETERMINED, "否"),
        ("09-02 02:10", 10, Party.UNDETERMINED, "是"),
        ("09-02 01:05", 120, Party.UNDETERMINED, "待核定"),
        ("09-02 02:10", 10, Party.THIRD_PARTY, "不计"),
    ],
)
def test_a_robot_is_told_of_a_restoration_by_its_two_facts(
    restored: str, unseen: int, party: Party, expected: str
) -> None:
    ended = fault(restored=restored, unseen=timedelta(seconds=unseen), party=party)
    letter = composer().letter(matter(MessageKind.RESTORED, ended, restored, episode=1), now=local(restored))
    assert letter.title == "【已恢复】F20260901-0007 财政局"
    assert f"- **是否超时 {expected}**" in letter.markdown.split("\n")
    assert re.search(r"^- \*\*修复用时 \d+小时\d+分\*\*$", letter.markdown, re.MULTILINE)


def test_what_is_over_the_limit_says_by_how_much() -> None:
    told = matter(MessageKind.OVERDUE_REPEAT, fault(), "09-02 09:04", repeat=2)
    letter = composer().letter(told, now=local("09-02 09:04:02"))
    assert "- **已超时 8小时**" in letter.markdown
    assert "线路已超时8小时仍未排除" in letter.sms


def ground_of(unit: str, at: datetime) -> Ground:
    """A county of one unit, a fault of which is discovered at an instant."""
    inventory = Inventory(
        carriers={"c": Carrier(id="c", name="中国电信云岭分公司", short_name="电信")},
        units={"u": Unit(id="u", name=unit, short_name=unit)},
        lines={"l": Line(id="l", unit="u", carrier="c", address="192.0.2.1")},
    )
    return replace(SAMPLE, inventory=inventory, at=at)


NAMES = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001 - made local below
    lambda at: at.replace(microsecond=0, tzinfo=ZONE)
)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.of_a_fault])
@settings(max_examples=max(10, settings().max_examples // 5))  # each tries every sample of the kind
@given(unit=NAMES, at=MOMENTS, number=st.integers(1, 9999), role=st.sampled_from(["primary", "backup"]))
def test_an_sms_takes_one_segment_for_any_name_up_to_eight_characters_and_any_date(
    kind: MessageKind, unit: str, at: datetime, number: int, role: str
) -> None:
    """With the signature of the example (9 characters with its brackets) and a telephone number of 13.

    A late one, and a restoration after which the line is down again, says more and may take two.
    """
    ground = ground_of(unit, at.astimezone(ZONE))
    writer = composer(inventory=ground.inventory, policies=SAMPLE_POLICIES)
    for sample in samples(kind, ground):
        if sample.matters[0].fault is None or TWO.search(sample.shape) or len(sample.matters) > 1:
            continue
        told = sample.matters[0]
        assert told.fault is not None
        no = f"{told.fault.no[:10]}{number:04}"
        told = replace(told, fault=replace(told.fault, no=no, role=role), message=replace(told.message, no=no))
        sms = writer.letter(told, now=sample.now).sms
        assert measure(sms).characters <= LINE_OF_AN_SMS, (sample.shape, sms)
        if len(unit) <= 8 and "left the inventory" not in sample.shape:
            assert unit in sms, sms


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.of_a_fault])
def test_an_sms_of_the_monitor_takes_one_segment(kind: MessageKind) -> None:
    for sample, letter in written(kind, Locale.CHINESE):
        if len(sample.matters) == 1 and not TWO.search(sample.shape):
            assert measure(letter.sms).characters <= LINE_OF_AN_SMS, letter.sms


@pytest.mark.parametrize("kind", KINDS)
def test_an_english_sms_is_in_the_default_alphabet_where_the_names_are(kind: MessageKind) -> None:
    """One segment of 160 then, also for long names; a late one may take two."""
    inventory = replace(
        SAMPLE.inventory,
        carriers={
            id: replace(each, name=id, short_name=id, contacts=()) for id, each in SAMPLE.inventory.carriers.items()
        },
        nodes={id: replace(each, name="east") for id, each in SAMPLE.inventory.nodes.items()},
        units={id: replace(each, name=id, short_name=id) for id, each in SAMPLE.inventory.units.items()},
    )
    settings = Settings(county="Yunling", sms_signature="Yunling Centre", locale=Locale.ENGLISH)
    writer = composer(settings=settings, inventory=inventory, policies=SAMPLE_POLICIES)
    for sample in samples(kind, replace(SAMPLE, inventory=inventory)):
        length = measure(writer.group(sample.matters, now=sample.now).sms)
        assert "GSM-7" == length.alphabet.name, sample.shape
        if len(sample.matters) == 1:
            assert length.segments <= (2 if "late" in sample.shape else 1), sample.shape


def test_the_documentation_shows_the_chinese_sms_as_they_are() -> None:
    """Every SMS of the first sample of each kind stands in docs/messages.md and in its Chinese page, word for word."""
    folder = Path(__file__).parents[2] / "docs"
    documents = [(folder / name).read_text(encoding="utf-8") for name in ("messages.md", "zh/messages.md")]
    for kind in KINDS:
        sample, letter = next(written(kind, Locale.CHINESE))
        for document in documents:
            assert letter.sms in document, sample.shape
