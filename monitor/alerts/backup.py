"""Whether a backup is late, and what is amiss with it in words for whoever looks at a screen. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from monitor.store.backup_mark import BackupMark

WITHIN = timedelta(hours=26)  # a night, and two hours for a timer that is late and a database that is large


def late_by(mark: BackupMark, now: datetime) -> timedelta | None:
    """Return for how long there was no regular backup, where that is too long; else None."""
    without = now - (mark.made_at or mark.awaited_since)
    return without if without > WITHIN else None


def say_backup(mark: BackupMark | None, words: Mapping[str, str], *, zone: tzinfo, now: datetime) -> Iterator[str]:
    """Say that the last regular backup is old, or that there is none, and what it lacks; None: nothing is known."""
    if mark is None:
        return
    if late_by(mark, now) is not None:
        since = mark.made_at or mark.awaited_since
        name = "backup_missing" if mark.made_at is None else "backup_stale"
        yield words[name].format(since=f"{since.astimezone(zone):%m-%d %H:%M}")
    if mark.lacking:
        yield words["backup_lacking"].format(count=mark.lacking)
