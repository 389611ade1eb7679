"""Whether the report can be mailed as ``report`` in ``monitor.yaml`` says."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.config.addresses import MAILBOX, is_mailbox
from monitor.config.problem import Problem, did_you_mean
from monitor.config.settings import Channel, ChannelKind, Settings
from monitor.config.source import Document


def report_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """Name what keeps the report from its recipients; channels that are wrong themselves are named elsewhere."""
    report = settings.report
    for place, recipient in enumerate(report.recipients):
        if not is_mailbox(recipient):
            yield document.problem(("report", "recipients", place), MAILBOX)
    if report.channel is not None:
        yield from _named(document, report.channel, settings)
    elif report.recipients and len(able := _able(settings)) != 1:
        words = f"there are {len(able)}, {', '.join(able)}: name one as report.channel" if able else "there is none"
        yield document.problem(("report", "recipients"), f"mail goes by a channel of kind smtp, and {words}")


def report_channel(settings: Settings) -> Channel | None:
    """Return the channel by which the report is mailed, None where there is none."""
    report, able = settings.report, _able(settings)
    if report.channel is not None:
        return settings.channels.get(report.channel)
    return settings.channels[able[0]] if len(able) == 1 else None


def _named(document: Document, name: str, settings: Settings) -> Iterator[Problem]:
    channel = settings.channels.get(name)
    if channel is None:
        near = did_you_mean(name, list(settings.channels))
        yield document.problem(("report", "channel"), f"there is no channel of this name{near}")
    elif channel.kind is not ChannelKind.SMTP:
        message = f"this channel is of kind {channel.kind}: the report goes by mail, by one of kind smtp"
        yield document.problem(("report", "channel"), message)


def _able(settings: Settings) -> list[str]:
    return [name for name, channel in settings.channels.items() if channel.kind is ChannelKind.SMTP]
