"""What every event is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, decided at ``at``."""

    kind: ClassVar[str]
    at: datetime
