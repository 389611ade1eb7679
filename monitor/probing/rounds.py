"""A round of echoes, read as observations (section 1 of the fault rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from monitor.config.settings import IcmpSettings
from monitor.config.settings import Privileged as Setting
from monitor.faults.observation import Observation, Outcome, outcome_of
from monitor.inventory.model import Line, Reference
from monitor.probing.echo import EchoEngine, Echoes, EchoStats, IcmpEvidence
from monitor.probing.echo_permission import Privileged

SPREAD = 0.8  # seconds of its second over which a round's first echoes are spread
GAP = 0.3  # seconds between two echoes to one address


class Echo(Protocol):
    """Whatever measures addresses by echoes: the engine, or the lab's simulation."""

    async def open(self) -> None:
        """Open its sockets."""

    async def close(self) -> None:
        """Close them; what is in flight ends with an error."""

    @property
    def stats(self) -> EchoStats:
        """What was counted since it was opened."""

    @property
    def sockets(self) -> tuple[str, ...]:
        """Which sockets are open, in words."""

    async def measure(
        self, addresses: Sequence[str], *, packets: int, gap: float = ..., spread: float = ...
    ) -> list[Echoes]:
        """Return what came of the echoes to each address, in the order of the addresses."""


def engine(settings: IcmpSettings) -> EchoEngine:
    """Return the engine that measures as configured; it is not open yet."""
    privileged: dict[Setting, Privileged] = {Setting.RAW: True, Setting.PING: False}
    return EchoEngine(privileged=privileged.get(settings.privileged, "auto"), timeout=settings.timeout.total_seconds())


class Measured(NamedTuple):
    """What one round saw, references and lines each in the order asked; ``icmp`` is what errors said of lines."""

    references: list[Observation]
    lines: list[Observation]
    icmp: Sequence[tuple[str, IcmpEvidence]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked in one round."""

    references: tuple[Reference, ...]
    lines: tuple[Line, ...]


async def measure(echo: Echo, asked: Asked, *, packets: int, second: int, lead: float) -> Measured:
    """Ask everybody once and read what came back.

    ``second`` is the judged second in which the round begins, ``lead`` what judged time is ahead of the wall clock. No
    observation lies before ``second``: an echo cannot have been sent before its round began.
    """
    targets: tuple[Reference | Line, ...] = (*asked.references, *asked.lines)
    if not targets:
        return Measured([], [])
    echoes = await echo.measure([target.address for target in targets], packets=packets, gap=GAP, spread=SPREAD)
    seen = [
        observed(target.id, echoed, second=second, lead=lead) for target, echoed in zip(targets, echoes, strict=True)
    ]
    icmp = [
        (target.id, evidence)
        for target, echoed in zip(targets, echoes, strict=True)
        if echoed.evidence and isinstance(target, Line)
        for evidence in echoed.evidence
    ]
    return Measured(seen[: len(asked.references)], seen[len(asked.references) :], icmp)


def unmeasured(asked: Asked, *, second: int, why: str) -> Measured:
    """Read a round that could not be measured at all: a probe error of everybody asked, so a blind monitor."""
    at = datetime.fromtimestamp(second, UTC)
    return Measured(
        [Observation(reference.id, at, Outcome.ERROR, error=why) for reference in asked.references],
        [Observation(line.id, at, Outcome.ERROR, error=why) for line in asked.lines],
    )


def observed(subject: str, echoes: Echoes, *, second: int, lead: float) -> Observation:
    """Read the echoes to one target: a probe error where none could be sent or the replies could not be read."""
    sent_in = second if echoes.at is None else max(second, int(echoes.at + lead))
    outcome = outcome_of(sent=echoes.sent, received=echoes.received) if echoes.observed else Outcome.ERROR
    return Observation(
        subject,
        datetime.fromtimestamp(sent_in, UTC),
        outcome,
        echoes.sent,
        echoes.received,
        echoes.rtts,
        None if echoes.error is None else echoes.error.value,
    )
