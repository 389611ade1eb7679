"""DingTalk, WeCom and Feishu, against stand-ins that check key, signature, size and rate as the real ones do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.letter import Fate, Outcome, Sender
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind, Locale
from monitor.faults.terms import MessageKind
from tests.alerts.channels.letters import LINK, MARKDOWN, letter, units
from tests.receivers.robots import DingTalkRobot, FeishuRobot, Robot, WeComRobot, path_of
from tests.receivers.web import Receiver, Response

START = datetime(2026, 9, 1, 5, 2, tzinfo=UTC)
TOKEN, SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "SEC0123456789"
KINDS = [
    (ChannelKind.DINGTALK, DingTalkRobot),
    (ChannelKind.WECOM, WeComRobot),
    (ChannelKind.FEISHU, FeishuRobot),
]
each_kind = pytest.mark.parametrize(("kind", "made"), KINDS, ids=[str(kind) for kind, _ in KINDS])
each_signing = pytest.mark.parametrize(("kind", "made"), [KINDS[0], KINDS[2]], ids=["dingtalk", "feishu"])


@dataclass
class Meeting:
    """A robot, a channel that goes to it, and the one clock of both."""

    robot: Robot
    channel: Channel
    at: datetime = START
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.robot.now = self.now
        self.sender = make_sender(self.channel, now=self.now)

    def now(self) -> datetime:
        return self.at

    async def send(self, **changes: Any) -> Outcome:
        return await self.sender.send(letter(**changes))


@asynccontextmanager
async def meeting(kind: ChannelKind, made: type[Robot], **changes: Any) -> AsyncIterator[Meeting]:
    secret = None if kind is ChannelKind.WECOM else SECRET
    robot = made(token=TOKEN, secret=secret)
    async with Receiver(robot) as receiver:
        given: dict[str, Any] = {"secret": Secret(secret) if secret else None, **changes}
        channel = Channel(name="robot", kind=kind, url=Secret(receiver.url + path_of(robot)), **given)
        met = Meeting(robot, channel)
        yield met
        await met.sender.close()


def text_of(message: Any) -> str:
    """Return the Markdown that a robot took, wherever its kind puts it."""
    if "elements" in message:
        return str(message["elements"][0]["content"])
    return str(message.get("text") or message["content"])


@each_kind
async def test_a_robot_takes_a_letter(kind: ChannelKind, made: type[Robot]) -> None:
    """Title and Markdown arrive whole, signed where the robot asks for it."""
    async with meeting(kind, made) as met:
        outcome = await met.send()
        (message,) = met.robot.messages
    assert (Fate.DELIVERED, "200") == (outcome.fate, outcome.status)
    assert "【新故障】F20260901-0007 财政局" in str(message)
    assert MARKDOWN in text_of(message).replace("  \n", "\n")


@each_signing
async def test_a_wrong_secret_is_refused(kind: ChannelKind, made: type[Robot]) -> None:
    """A robot that does not know the signature says so, and trying again is no use."""
    async with meeting(kind, made, secret=Secret("another")) as met:
        outcome = await met.send()
    assert Fate.REFUSED is outcome.fate
    assert outcome.status in ("errcode 310000", "code 19021")


@each_signing
async def test_an_unsigned_letter_is_refused(kind: ChannelKind, made: type[Robot]) -> None:
    """A robot with a secret takes nothing unsigned."""
    async with meeting(kind, made, secret=None) as met:
        outcome = await met.send()
    assert outcome.fate is not Fate.DELIVERED
    assert [] == met.robot.messages


async def test_a_signature_out_of_date_is_tried_again() -> None:
    """DingTalk tells a clock gone wrong from a wrong secret: once the clock is right, the letter goes."""
    async with meeting(ChannelKind.DINGTALK, DingTalkRobot) as met:
        right = met.robot.now
        met.robot.now = lambda: START + timedelta(hours=2)
        assert Fate.AGAIN is (await met.send()).fate
        met.robot.now = right
        assert Fate.DELIVERED is (await met.send()).fate


@each_kind
async def test_another_key_is_refused(kind: ChannelKind, made: type[Robot]) -> None:
    """A robot that was taken out of its group is not there tomorrow either."""
    async with meeting(kind, made) as met:
        met.robot.token = "another"
        assert Fate.REFUSED is (await met.send()).fate


@each_kind
@pytest.mark.parametrize("count", [60, 122, 400, 3000])
async def test_an_oversized_letter_is_cut_and_never_refused(kind: ChannelKind, made: type[Robot], count: int) -> None:
    """Whole lines stand before the mark, and the reader can still acknowledge."""
    async with meeting(kind, made) as met:
        outcome = await met.send(markdown=units(count))
        (message,) = met.robot.messages
    assert Fate.DELIVERED is outcome.fate
    lines = [line.rstrip() for line in text_of(message).splitlines() if line.startswith("- ")]
    assert units(count).splitlines()[: len(lines)] == lines
    if len(lines) < count:
        assert "（内容过长，其余省略）" in text_of(message)
        assert f"[查看并回执]({LINK})" in text_of(message)


@pytest.mark.parametrize(("kind", "limit"), [("wecom", 4096), ("dingtalk", 20_000), ("feishu", 20_000)])
async def test_what_just_fits_is_not_cut_and_one_byte_more_is(kind: str, limit: int) -> None:
    """The limit is in bytes of UTF-8, of WeCom's Markdown and of the others' whole body."""
    kind_, made = next((kind_, made) for kind_, made in KINDS if kind_ == kind)
    async with meeting(kind_, made) as met:
        await met.send(markdown="灾")
        (first,) = met.robot.messages
        receiver_bytes = len(text_of(first).encode()) if kind == "wecom" else None
    async with Receiver(lambda _: Response(body={"errcode": 0, "code": 0})) as receiver:
        channel = Channel(name="r", kind=kind_, url=Secret(receiver.url + "/x"))
        sender = make_sender(channel, now=lambda: START)
        await sender.send(letter(markdown="灾"))
        used = receiver_bytes or len(receiver.requests[0].body)
        room = limit - used + 3
        whole = "灾" * (room // 3) + "x" * (room % 3)
        for text in (whole, whole + "x"):
            await sender.send(letter(markdown=text))
        await sender.close()
    fits, cut = (request.body.decode() for request in receiver.requests[1:])
    assert whole in fits
    assert "（内容过长，其余省略）" not in fits
    assert "（内容过长，其余省略）" in cut


async def test_a_mark_speaks_the_language_of_the_channel() -> None:
    """An English channel is told in English that something is left out."""
    async with meeting(ChannelKind.WECOM, WeComRobot, locale=Locale.ENGLISH) as met:
        await met.send(markdown=units(400))
        (message,) = met.robot.messages
    assert "(too long: the rest is left out)" in text_of(message)
    assert f"[See and acknowledge]({LINK})" in text_of(message)


@each_kind
async def test_an_endless_title_is_cut_too(kind: ChannelKind, made: type[Robot]) -> None:
    """No name of a unit, however long, makes a letter too large."""
    async with meeting(kind, made) as met:
        assert Fate.DELIVERED is (await met.send(title="局" * 5000)).fate


@each_kind
async def test_one_letter_too_many_is_throttled(kind: ChannelKind, made: type[Robot]) -> None:
    """Keeping the stated pace is taken; the next one within it comes back to be tried again."""
    async with meeting(kind, made) as met:
        pace = min(met.sender.paces, key=lambda pace: pace.within)
        fates = [(await met.send()).fate for _ in range(pace.number + 1)]
        assert [Fate.DELIVERED] * pace.number + [Fate.AGAIN] == fates
        met.at += pace.within
        again = await met.send()
    assert (Fate.AGAIN if kind is ChannelKind.DINGTALK else Fate.DELIVERED) is again.fate


async def test_dingtalk_is_left_alone_while_it_is_closed() -> None:
    """DingTalk closes for ten minutes: that is the wait, and after it the letter is taken."""
    async with meeting(ChannelKind.DINGTALK, DingTalkRobot) as met:
        for _ in range(20):
            await met.send()
        outcome = await met.send()
        assert ("errcode 130101", timedelta(minutes=10)) == (outcome.status, outcome.retry_after)
        met.at += timedelta(minutes=10)
        assert Fate.DELIVERED is (await met.send()).fate


@pytest.mark.parametrize(
    ("kind", "status", "body", "fate", "said"),
    [
        (ChannelKind.DINGTALK, 200, {"errcode": 0, "errmsg": "ok"}, Fate.DELIVERED, "200"),
        (ChannelKind.DINGTALK, 200, {"errcode": -1, "errmsg": "系统繁忙"}, Fate.AGAIN, "errcode -1"),
        (ChannelKind.DINGTALK, 200, {"errcode": 410100, "errmsg": "发送速度太快而限流"}, Fate.AGAIN, "errcode 410100"),
        (
            ChannelKind.DINGTALK,
            200,
            {"errcode": 400101, "errmsg": "no token"},
            Fate.REFUSED,
            "errcode 400101",
        ),
        (ChannelKind.DINGTALK, 200, {"errcode": 430104, "errmsg": "含有不合适的内容"}, Fate.REFUSED, "errcode 430104"),
        (ChannelKind.DINGTALK, 200, {"status": 1111, "punish": "deny", "wait": 5}, Fate.AGAIN, "no errcode"),
        (ChannelKind.DINGTALK, 503, {"errcode": 310000}, Fate.AGAIN, "503"),
        (ChannelKind.DINGTALK, 200, {"errcode": False}, Fate.AGAIN, "no errcode"),
        (ChannelKind.DINGTALK, 200, ["errcode"], Fate.AGAIN, "no errcode"),
        (ChannelKind.DINGTALK, 404, b"<html>", Fate.REFUSED, "404"),
        (ChannelKind.WECOM, 200, {"errcode": -1, "errmsg": "system busy"}, Fate.AGAIN, "errcode -1"),
        (ChannelKind.WECOM, 200, {"errcode": 45033, "errmsg": "too many concurrent"}, Fate.AGAIN, "errcode 45033"),
        (ChannelKind.WECOM, 200, {"errcode": 40058, "errmsg": "exceed max length"}, Fate.REFUSED, "errcode 40058"),
        (ChannelKind.WECOM, 200, b"<html>log in to the network</html>", Fate.AGAIN, "no errcode"),
        (ChannelKind.FEISHU, 200, {"StatusCode": 0, "StatusMessage": "success"}, Fate.DELIVERED, "200"),
        (
            ChannelKind.FEISHU,
            200,
            {"StatusCode": 0, "code": 19007},
            Fate.REFUSED,
            "code 19007",
        ),
        (ChannelKind.FEISHU, 400, {"code": 9499, "msg": "too many request"}, Fate.AGAIN, "code 9499"),
        (ChannelKind.FEISHU, 400, {"code": 9499, "msg": "Bad Request"}, Fate.REFUSED, "code 9499"),
        (ChannelKind.FEISHU, 200, {"code": 19022, "msg": "Ip Not Allowed"}, Fate.REFUSED, "code 19022"),
        (ChannelKind.FEISHU, 429, {"code": 99991400, "msg": "request trigger frequency limit"}, Fate.AGAIN, "429"),
    ],
)
async def test_a_code_says_whether_trying_again_is_any_use(
    kind: ChannelKind, status: int, body: object, fate: Fate, said: str
) -> None:
    """HTTP 200 means nothing by itself: the robot's code does, and without one it was not the robot that spoke."""
    async with Receiver(lambda _: Response(status=status, body=body)) as receiver:
        sender = make_sender(Channel(name="r", kind=kind, url=Secret(receiver.url + "/x")))
        outcome = await sender.send(letter())
        await sender.close()
    assert (fate, said) == (outcome.fate, outcome.status)


async def test_words_escaped_in_json_are_read_and_told_as_words() -> None:
    """A robot may write its Chinese as escapes: it is understood, and shown as Chinese."""
    answer = Response(body=b'{"errcode": 660026, "errmsg": "\\u53d1\\u9001\\u901f\\u5ea6\\u592a\\u5feb"}')
    async with Receiver(lambda _: answer) as receiver:
        sender = make_sender(Channel(name="r", kind=ChannelKind.DINGTALK, url=Secret(receiver.url + "/x")))
        outcome = await sender.send(letter())
        await sender.close()
    assert Fate.AGAIN is outcome.fate
    assert "发送速度太快" in outcome.answer


def test_channels_of_one_robot_share_an_allowance_and_no_key() -> None:
    """The same address is the same robot under any name; what is shared shows nothing of the key."""
    url = Secret(f"https://robot.example/robot/send?access_token={TOKEN}")
    one, same = (make_sender(Channel(name=name, kind=ChannelKind.DINGTALK, url=url)) for name in ("a", "b"))
    other = make_sender(Channel(name="a", kind=ChannelKind.DINGTALK, url=Secret("https://robot.example/other-key")))
    assert one.robot == same.robot != other.robot
    assert TOKEN not in one.robot


async def test_lines_stay_lines_in_dingtalk() -> None:
    """DingTalk joins lines unless two blanks stand before the break; paragraphs are left as they are."""
    async with meeting(ChannelKind.DINGTALK, DingTalkRobot) as met:
        await met.send(markdown="一\n二\n\n三")
        (message,) = met.robot.messages
    assert message["text"].endswith("\n\n一  \n二\n\n三")


@pytest.mark.parametrize(
    ("kind", "test", "colour"),
    [
        (MessageKind.OPENED, False, "red"),
        (MessageKind.OVERDUE, False, "carmine"),
        (MessageKind.RESTORED, False, "green"),
        (MessageKind.OPENED, True, "blue"),
    ],
)
async def test_a_card_of_feishu_shows_its_kind_by_colour(kind: MessageKind, test: bool, colour: str) -> None:
    """What is new, late, over or only a test is told at a glance."""
    async with meeting(ChannelKind.FEISHU, FeishuRobot) as met:
        await met.send(kind=kind, test=test)
        (card,) = met.robot.messages
    assert colour == card["header"]["template"]
