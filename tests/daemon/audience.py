"""Everybody whom messages go to, listening in the monitor's namespace, and a configuration that names them all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.daemon.county import SETTINGS, County
from tests.netns import Namespace
from tests.receivers import certificates
from tests.receivers.gateway import Gateway
from tests.receivers.hook import Hook
from tests.receivers.mail import Mail, MailServer
from tests.receivers.robots import DingTalkRobot, FeishuRobot, WeComRobot, path_of
from tests.receivers.web import Answering, Receiver

PUBLIC = "https://monitor.example/extranet"
PHONE = "13800138001"
SECRETS = {
    "hook-secret": "hook-7b1e6f0c9d5a",
    "hook-path": "path-0f6c2d81e4ab",
    "dingtalk-token": "ding-4f9a1c77e0b3",
    "dingtalk-secret": "SEC-ding-88d02e5b61f4",
    "wecom-key": "wecom-2c5d9e13f7a8",
    "feishu-token": "feishu-91ab4470dd3e",
    "feishu-secret": "feishu-sign-6e5f10c2b7d9",
    "sms-key": "sms-key-d3f1708a95bc",
    "mail-password": "mail-pass-5a7790e1c46f",
    "link-secret": "link-e8f2b6390d1a-link",
    "heartbeat-token": "beat-13c0a97be52d",
    "centre-secret": "centre-70c4e9152abd",
}
POLICY = """\
version: test-telling
detection: {{interval: 2s, fast_interval: 1s, stale_after: 10s}}
reminders: {{fractions: [0.5, 0.75], overdue_every: 4h, ack_target: {ack_target}}}
"""
CHANNELS = """\
public_url: {public}
secret: {{file: secrets/link-secret}}
channels:
  unicom-hook: {{kind: webhook, url: {{file: secrets/hook.url}}, secret: {{file: secrets/hook-secret}}}}
  unicom-dingtalk: {{kind: dingtalk, url: {{file: secrets/dingtalk.url}}, secret: {{file: secrets/dingtalk-secret}},
                    ca: county.pem}}
  unicom-wecom: {{kind: wecom, url: {{file: secrets/wecom.url}}}}
  unicom-feishu: {{kind: feishu, url: {{file: secrets/feishu.url}}, secret: {{file: secrets/feishu-secret}}}}
  unicom-mail: {{kind: smtp, host: 127.0.0.1, port: {mail}, user: monitor, password: {{file: secrets/mail-password}},
                sender: 信息中心 <monitor@county.example>, recipients: [noc@unicom.example], ca: county.pem}}
  unicom-sms:
    kind: sms
    url: {sms}/send
    secret: {{file: secrets/sms-key}}
    headers: {{Authorization: "Bearer {{{{ secret }}}}"}}
    body: '{{"to": {{{{ phone | tojson }}}}, "content": {{{{ text | tojson }}}}}}'
    success: {{json: code, equals: ["0"]}}
    recipients: ["{phone}"]
  unicom-leader: {{kind: webhook, url: {leader}/faults}}
  centre: {{kind: webhook, url: {centre}/faults, secret: {{file: secrets/centre-secret}}}}
"""
ROUTES = """\
routes:
  - {carrier: unicom, kinds: [opened, reminder, overdue, overdue_repeat, restored, relapsed],
     channels: [unicom-hook, unicom-dingtalk, unicom-wecom, unicom-feishu, unicom-mail, unicom-sms]}
  - {carrier: unicom, kinds: [unacknowledged], channels: [unicom-leader]}
  - {kinds: [opened, overdue, restored, alarms], channels: [centre]}
"""
TO_THE_CARRIER = ("unicom-hook", "unicom-dingtalk", "unicom-wecom", "unicom-feishu", "unicom-mail", "unicom-sms")


@dataclass(kw_only=True)
class Audience:
    """The carrier's receivers, one a kind of channel; its ``leader``, told what nobody took on; the ``centre``."""

    hook: Hook = field(default_factory=lambda: Hook(secret=SECRETS["hook-secret"]))
    dingtalk: DingTalkRobot = field(
        default_factory=lambda: DingTalkRobot(token=SECRETS["dingtalk-token"], secret=SECRETS["dingtalk-secret"])
    )
    wecom: WeComRobot = field(default_factory=lambda: WeComRobot(token=SECRETS["wecom-key"]))
    feishu: FeishuRobot = field(
        default_factory=lambda: FeishuRobot(token=SECRETS["feishu-token"], secret=SECRETS["feishu-secret"])
    )
    gateway: Gateway = field(default_factory=lambda: Gateway(key=SECRETS["sms-key"]))
    mail: MailServer = field(
        default_factory=lambda: MailServer(tls=certificates.server(), login=("monitor", SECRETS["mail-password"]))
    )
    leader: Hook = field(default_factory=Hook)
    centre: Hook = field(default_factory=lambda: Hook(secret=SECRETS["centre-secret"]))

    def heard(self, hook: Hook, kind: str) -> list[str]:
        """Return the keys of the messages of a kind that came to a hook."""
        return [key for key, payload in hook.payloads.items() if payload["kind"] == kind]

    def told(self, kind: str) -> dict[str, int]:
        """Return how many messages of a kind each of the carrier's receivers has, as far as it can tell."""
        titles, words = TITLES[kind]
        return {
            "unicom-hook": len(self.heard(self.hook, kind)),
            "unicom-dingtalk": sum(each["title"].startswith(titles) for each in self.dingtalk.messages),
            "unicom-wecom": sum(titles in each["content"] for each in self.wecom.messages),
            "unicom-feishu": sum(titles in each["header"]["title"]["content"] for each in self.feishu.messages),
            "unicom-mail": sum(mail.message["Subject"].startswith(titles) for mail in self.mails),
            "unicom-sms": sum(words in text for text in self.texts),
        }

    @property
    def mails(self) -> list[Mail]:
        """The mails that were taken."""
        return self.mail.mails

    @property
    def texts(self) -> list[str]:
        """The SMS that were taken."""
        return self.gateway.texts.get(PHONE, [])

    def everything(self) -> dict[str, list[str]]:
        """Return what people read, by channel."""
        return {
            "unicom-hook": [payload["text"] for payload in self.hook.payloads.values()],
            "unicom-dingtalk": [each["text"] for each in self.dingtalk.messages],
            "unicom-wecom": [each["content"] for each in self.wecom.messages],
            "unicom-feishu": [_card(each) for each in self.feishu.messages],
            "unicom-mail": [f"{each.message['Subject']}\n{each.message.get_content()}" for each in self.mails],
            "unicom-sms": self.texts,
            "unicom-leader": [payload["text"] for payload in self.leader.payloads.values()],
            "centre": [payload["text"] for payload in self.centre.payloads.values()],
        }


TITLES = {"opened": ("【新故障】", "中断,限"), "restored": ("【已恢复】", "恢复:")}


def _card(card: dict[str, object]) -> str:
    """Return title and Markdown of Feishu's card."""
    found: list[str] = []

    def walk(value: object) -> None:
        match value:
            case dict():
                for name, each in value.items():
                    if name == "content" and isinstance(each, str):
                        found.append(each)
                    else:
                        walk(each)
            case list():
                for each in value:
                    walk(each)

    walk(card)
    return "\n".join(found)


@dataclass(kw_only=True)
class Attended:
    """A county whose messages somebody hears."""

    county: County
    audience: Audience
    settings: str
    loop: asyncio.AbstractEventLoop

    def write(self, *, settings: str | None = None, routes: str = ROUTES, more: str = "") -> None:
        """Write ``monitor.yaml``."""
        text = (self.settings if settings is None else settings) + routes + more
        (self.county.folder / "monitor.yaml").write_text(text, encoding="utf-8")


@contextmanager
def attended(here: County, *, ack_target: str = "30m", audience: Audience | None = None) -> Iterator[Attended]:
    """Let everybody listen in the county's namespace, and write a configuration that names them."""
    made = audience or Audience()
    robots = {"dingtalk": made.dingtalk, "wecom": made.wecom, "feishu": made.feishu}
    receivers = {name: Receiver(robot, tls=certificates.server() if name == "dingtalk" else None)
                 for name, robot in robots.items()}  # fmt: skip
    others: dict[str, Answering] = {
        "hook": made.hook, "sms": made.gateway, "leader": made.leader, "centre": made.centre
    }  # fmt: skip
    receivers |= {name: Receiver(answering) for name, answering in others.items()}
    with listening(here.monitor, made.mail, *receivers.values()) as loop:
        folder = here.folder / "secrets"
        folder.mkdir(exist_ok=True)
        urls = {name: receivers[name].url + path_of(robot) for name, robot in robots.items()}
        urls["hook"] = f"{receivers['hook'].url}/{SECRETS['hook-path']}"
        for name, text in (SECRETS | {f"{name}.url": url for name, url in urls.items()}).items():
            (folder / name).write_text(text + "\n", encoding="utf-8")
        certificates.authority_file(here.folder)
        (here.folder / "policy.yaml").write_text(POLICY.format(ack_target=ack_target), encoding="utf-8")
        channels = CHANNELS.format(
            public=PUBLIC,
            mail=made.mail.port,
            sms=receivers["sms"].url,
            leader=receivers["leader"].url,
            centre=receivers["centre"].url,
            phone=PHONE,
        )
        found = Attended(county=here, audience=made, settings=SETTINGS.format(folder=here.folder) + channels, loop=loop)
        found.write()
        yield found


@contextmanager
def listening(namespace: Namespace, *servers: Receiver | MailServer) -> Iterator[asyncio.AbstractEventLoop]:
    """Let servers listen in a namespace, all in one thread."""
    loop, began = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=_listen, args=(namespace, loop, began.set), daemon=True)
    thread.start()
    assert began.wait(10)
    try:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        yield loop
    finally:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _listen(namespace: Namespace, loop: asyncio.AbstractEventLoop, began: Callable[[], None]) -> None:
    with namespace.entered():
        began()
        loop.run_forever()
