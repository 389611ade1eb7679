"""The ways a letter can take, one file a kind; each class is a `Sender`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from monitor.alerts.channels.alertmanager import Alertmanager
from monitor.alerts.channels.apprise import Apprise
from monitor.alerts.channels.console import Console
from monitor.alerts.channels.dingtalk import DingTalk
from monitor.alerts.channels.feishu import Feishu
from monitor.alerts.channels.sms import Sms
from monitor.alerts.channels.smtp import Smtp
from monitor.alerts.channels.webhook import Webhook
from monitor.alerts.channels.wecom import WeCom
from monitor.alerts.http import Now
from monitor.alerts.letter import Sender
from monitor.config.settings import Channel, ChannelKind

KINDS: Mapping[ChannelKind, Callable[[Channel, Now], Sender]] = {
    ChannelKind.ALERTMANAGER: Alertmanager,
    ChannelKind.APPRISE: Apprise,
    ChannelKind.CONSOLE: Console,
    ChannelKind.DINGTALK: DingTalk,
    ChannelKind.FEISHU: Feishu,
    ChannelKind.SMS: Sms,
    ChannelKind.SMTP: Smtp,
    ChannelKind.WEBHOOK: Webhook,
    ChannelKind.WECOM: WeCom,
}


class ChannelUnusable(Exception):
    """A channel cannot be used on this machine: the text names it and the cure."""


def make_sender(channel: Channel, *, now: Now = lambda: datetime.now(UTC)) -> Sender:
    """Return what sends through a channel; signatures are dated by ``now``.

    Raises:
        ChannelUnusable: a package is not installed, or the file of its authority is gone or holds no certificate.
    """
    try:
        return KINDS[channel.kind](channel, now)
    except ImportError:
        cure = f"pip install 'extranet-monitor[{channel.kind}]', or delete the channel"
        raise ChannelUnusable(f"channel {channel.name} needs a package that is not installed: {cure}") from None
    except OSError as error:
        cure = "name a file of certificates in PEM with ca:"
        raise ChannelUnusable(f"channel {channel.name} cannot read {channel.ca}: {error.strerror}; {cure}") from None


def why_in_vain(channel: Channel) -> str | None:
    """Return why nothing could be sent through a channel on this machine, None where nothing is known of it."""
    try:
        sender = make_sender(channel)
    except ChannelUnusable as error:
        return str(error)
    if isinstance(sender, Apprise) and not sender.known:
        return "Apprise knows no service of this address: is the word before :// spelled right?"
    return None
