"""Degradations: opened and ended as the lines' quality is judged (section 12 of the fault rules)."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.faults.degradation import Quality
from monitor.faults.events import DegradationBegan, DegradationEnded
from monitor.faults.observation import Observation
from monitor.policy import DegradationRule
from monitor.supervision.casebook import Casebook


class Qualities:
    """How well each line answers, and by line how the degradations that are open began."""

    def __init__(self, known: Mapping[str, Quality], degraded: Mapping[str, DegradationBegan]) -> None:
        """Go on from what was known before."""
        self._known = dict(known)
        self.degraded = dict(degraded)

    def all(self) -> dict[str, Quality]:
        """Return a copy of what is known of each line."""
        return {line: quality.copy() for line, quality in self._known.items()}

    def take(self, observation: Observation, rule: DegradationRule, cases: Casebook) -> None:
        """Take an accepted round of a line that is not down."""
        quality = self._known.get(observation.subject)
        if quality is None:
            quality = self._known[observation.subject] = Quality()
        if quality.take(observation, rule) and quality.telling:
            self._judge(observation, quality, rule, cases)

    def drop(self, observation: Observation, cases: Casebook) -> None:
        """An outage was confirmed: the degradation, if there was one, has become a fault."""
        quality = self._known.get(observation.subject)
        if quality is not None:
            quality.drop()
        self._end(observation, cases)

    def _judge(self, observation: Observation, quality: Quality, rule: DegradationRule, cases: Casebook) -> None:
        cause, line = quality.judge(rule), observation.subject
        if cause is None:
            self._end(observation, cases)
        elif line not in self.degraded:
            began_at = observation.at - rule.lasting
            self.degraded[line] = DegradationBegan(at=observation.at, line=line, cause=cause, began_at=began_at)
            cases.happened(self.degraded[line])

    def _end(self, observation: Observation, cases: Casebook) -> None:
        if self.degraded.pop(observation.subject, None) is not None:
            cases.happened(DegradationEnded(at=observation.at, line=observation.subject))
