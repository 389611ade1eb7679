"""What the log says of lines and faults: each edge once, with line and fault number; nothing of rounds."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from monitor.faults.events import (
    EpisodeRestored,
    Event,
    FaultClosed,
    FaultOpened,
    FaultRelapsed,
    MessageDue,
    MonitorBlind,
    MonitorSees,
    TrapHeard,
)
from monitor.faults.fault import Fault
from monitor.faults.terms import MessageKind

log = logging.getLogger(__name__)


def say(events: Iterable[Event], faults: Mapping[str, Fault]) -> None:
    """Log what happened at one instant; ``faults`` are those that judging holds after it."""
    for event in events:
        match event:
            case FaultOpened():
                log.warning("line %s: fault %s opened, failing since %s", event.line, event.no, event.first_failed_at)
            case FaultRelapsed():
                log.warning("line %s: fault %s relapsed", _line(event.no, faults), event.no)
            case EpisodeRestored():
                log.info("line %s: fault %s restored at %s", _line(event.no, faults), event.no, event.restored_at)
            case FaultClosed():
                log.info("line %s: fault %s closed, %s", _line(event.no, faults), event.no, event.verdict)
            case MessageDue(message=MessageKind.OVERDUE):
                log.warning("line %s: fault %s is over its limit", event.line, event.no)
            case MonitorBlind():
                log.warning("the monitor is blind: no reference answers; lines are not judged meanwhile")
            case MonitorSees():
                log.warning("the monitor sees again; it was blind since %s", event.blind_since)
            case TrapHeard():
                log.info("line %s: trap %s of port %s", event.line, event.said, event.interface or event.index or "?")
            case _:
                pass


def _line(no: str, faults: Mapping[str, Fault]) -> str:
    fault = faults.get(no)
    return "?" if fault is None else fault.line
