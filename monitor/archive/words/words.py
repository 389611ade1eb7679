"""The words of one language, and how a finding is said in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.archive.drawing import Legend
from monitor.config.problem import Problem, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language; a name in braces is filled in.

    ``findings`` are what is wrong and its cure, ``notes`` what people should know, ``kinds`` the entities, ``near``
    a word that may have been meant, ``columns`` what goes into each (``lines.address``), ``screen`` all else.
    """

    chinese: bool
    findings: Mapping[str, tuple[str, str]]
    notes: Mapping[str, str]
    kinds: Mapping[str, str]
    near: str
    columns: Mapping[str, str]
    about: Sequence[str]
    rules: Sequence[str]
    screen: Mapping[str, str]

    def say(self, finding: Problem) -> str:
        """Say a finding in one line: where, what is wrong, and the cure."""
        what, cure = self.explain(finding.message)
        return self.screen["finding"].format(where=self.where(finding), what=what, cure=cure)

    def where(self, finding: Problem) -> str:
        """Say the place of a finding, with its column's heading: ``线路!F17（地址）``."""
        heading = getattr(finding, "heading", "")
        where = finding.path or finding.file
        return self.screen["where"].format(where=where, heading=heading) if heading else where

    def explain(self, message: str) -> tuple[str, str]:
        """Return what is wrong and its cure.

        Raises:
            TypeError: the message is no `Said`.
        """
        what, cure = self.findings[_said(message).word]
        given = self._given(message)
        return what.format(**given), cure.format(**given)

    def note(self, finding: Problem) -> str:
        """Say a note in one line: where, and what."""
        text = self.notes[_said(finding.message).word].format(**self._given(finding.message))
        return self.screen["note"].format(where=self.where(finding), what=text)

    @property
    def legend(self) -> Legend:
        """What the sheet that explains the others says."""
        yes, no, *headings = self.about
        return Legend(chinese=self.chinese, headings=headings, yes=yes, no=no, columns=self.columns, rules=self.rules)

    def _given(self, message: str) -> Mapping[str, str]:
        given = _said(message).given
        near, kind = given.get("near", ""), given.get("kind", "")
        return {**given, "near": self.near.format(near=near) if near else "", "kind": self.kinds.get(kind, kind)}


def _said(message: str) -> Said:
    if not isinstance(message, Said):
        raise TypeError("a finding's message is known by its word")
    return message
