"""What is not delivered, in words for whoever looks at a screen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from monitor.store.deliveries import Backlog

SHOWN_AFTER = timedelta(minutes=1)  # a message that waits for less is on its way


def say_backlogs(
    backlogs: Iterable[Backlog], words: Mapping[str, str], *, zone: tzinfo, now: datetime
) -> Iterator[str]:
    """Say what each channel gave up, and what waits for it: a line each, with their number and since when."""
    for each in backlogs:
        for name, count, since in (
            ("backlog_failed", each.failed, each.failed_since),
            ("backlog_waiting", each.waiting, each.waiting_since),
        ):
            if count and since is not None and now - since >= SHOWN_AFTER:
                at = f"{since.astimezone(zone):%m-%d %H:%M:%S}"
                yield words[name].format(channel=each.channel, count=count, since=at)
