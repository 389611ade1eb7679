"""A letter that only tries a channel: marked as a test wherever a reader or a program looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.alerts.letter import Letter
from monitor.alerts.roster import recipients
from monitor.config.settings import Channel, Settings
from monitor.faults.terms import MessageKind
from monitor.sla.spelling import spell_time
from monitor.wording import WORDING


def trial(channel: Channel, settings: Settings, at: datetime) -> Letter:
    """Return a letter that speaks of no fault; its webhook's ``kind`` is ``test``, which nobody takes for one.

    It goes to whom a message would go at this instant, those on call among them.
    """
    words: Mapping[str, str] = WORDING[(channel.locale or settings.locale).value]
    when = f"{at.astimezone(settings.timezone):%m-%d %H:%M:%S}"
    text = words["test_text"].format(county=settings.county, channel=channel.name, at=when)
    key = f"test:{channel.name}:{int(at.timestamp() * 1000)}"
    return Letter(
        key=key,
        kind=MessageKind.MONITOR_SEES,
        sent_at=at,
        due_at=at,
        late=False,
        title=words["test_title"].format(county=settings.county),
        text=text,
        sms=f"【{settings.sms_signature}】" + words["test_sms"].format(channel=channel.name, at=when),
        markdown=text,
        payload={
            "id": key,
            "kind": "test",
            "test": True,
            "sent_at": spell_time(at),
            "due_at": spell_time(at),
            "late": False,
            "fault": None,
            "fraction": None,
            "text": text,
        },
        labels={"alertname": "MonitorTest", "channel": channel.name},
        recipients=recipients(channel, settings.rosters, settings.almanac.moment(at)),
        test=True,
    )
