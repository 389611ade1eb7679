"""The texts of messages in one language: the built-in ones, and above them those of the configuration.

A text that the configuration gives was tried when it was loaded. Should it fail all the same, the built-in one is
taken and the failure is logged once: no message is lost to a template.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from monitor.alerts.language import compiled, filled_in
from monitor.alerts.segments import measure
from monitor.config.problem import ConfigurationRefused, Problem
from monitor.config.settings import Locale
from monitor.config.source import Document, read
from monitor.config.templates import Draft, Drafts, Form, Forms, Sheet, Templates, read_forms, read_sheet
from monitor.faults.terms import MessageKind

BUILT_IN = Path(__file__).parent / "templates"
MARKS = "marks"  # what is said of a message besides its own text; nobody overrides it
SEVERAL = "several"  # how messages go together that have no group of their own
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which text: of a kind, in a form, alone or of a group, for a channel by its name where it has its own."""

    kind: MessageKind
    form: Form
    grouped: bool = False
    channel: str | None = None


class Texts:
    """The texts in one locale."""

    def __init__(self, locale: Locale, templates: Templates) -> None:
        """Put the configuration's templates above the built-in ones."""
        self._locale = locale
        self._above = templates
        self._told: set[Problem] = set()

    def say(self, wanted: Wanted, fields: Mapping[str, Any], *, behind: str = "") -> str:
        """Return a text with the fields in their places; an SMS in as few segments as ``behind`` leaves it."""
        for drafts in (*self._overriding(wanted), self._built_in(wanted)):
            said = [text for text in (self._tried(draft, wanted, fields) for draft in drafts) if text is not None]
            if len(said) == len(drafts):
                return _shortest(said, behind)
        return _last_resort(fields)

    def mark(self, name: str, form: Form, fields: Mapping[str, Any]) -> str:
        """Return what a mark says in a form, nothing where it says nothing there."""
        drafts = _marks(self._locale)[name].get(form, ())
        return "".join(compiled(draft.text, form).render(fields) for draft in drafts)

    def _overriding(self, wanted: Wanted) -> Iterator[Sequence[Draft]]:
        """Go through what the configuration gives for this, the channel's own first."""
        sheet = self._above.get((self._locale, wanted.kind), Sheet())
        for drafts in (sheet.channels.get(wanted.channel or "", Drafts()), sheet.drafts):
            if found := _forms(drafts, wanted).get(wanted.form):
                yield found

    def _built_in(self, wanted: Wanted) -> Sequence[Draft]:
        forms = {
            **_forms(_built_in(self._locale, SEVERAL).drafts, wanted),
            **_forms(_built_in(self._locale, wanted.kind).drafts, wanted),
        }
        return forms[wanted.form]

    def _tried(self, draft: Draft, wanted: Wanted, fields: Mapping[str, Any]) -> str | None:
        try:
            return _said(draft, wanted.form, fields) or None
        except Exception as error:  # whatever a template does wrong, the message goes out
            problem = draft.problem(f"{type(error).__name__}: {error}: another text is sent instead")
            if problem not in self._told:
                self._told.add(problem)
                log.warning("%s", problem)
            return None


def _said(draft: Draft, form: Form, fields: Mapping[str, Any]) -> str:
    return filled_in(compiled(draft.text, form), form, dict(fields))


def _last_resort(fields: Mapping[str, Any]) -> str:
    """Return at least what it is about: a built-in text failed, which is a mistake of the program."""
    about = [fields.get(name) for name in ("kind", "no", "unit", "subject", "detail")]
    return " ".join(str(value) for value in (*about, *(member.no for member in fields.get("members", ()))) if value)


def _shortest(texts: Sequence[str], behind: str) -> str:
    """Return the text of the fewest segments, of equals the first; other forms have one only."""
    return texts[0] if len(texts) == 1 else min(texts, key=lambda text: measure(text + behind).segments)


def _forms(drafts: Drafts, wanted: Wanted) -> Forms:
    return drafts.group if wanted.grouped else drafts.alone


@cache
def _built_in(locale: Locale, name: str) -> Sheet:
    problems: list[Problem] = []
    sheet = read_sheet(read(BUILT_IN / locale / f"{name}.yaml"), channels=(), problems=problems)
    if problems:
        raise ConfigurationRefused(problems)
    return sheet


@cache
def _marks(locale: Locale) -> Mapping[str, Forms]:
    document: Document = read(BUILT_IN / locale / f"{MARKS}.yaml")
    problems = list(document.problems)
    given = document.value if isinstance(document.value, dict) else {}
    marks = {name: read_forms(document, (name,), forms, besides=(), problems=problems) for name, forms in given.items()}
    if problems:
        raise ConfigurationRefused(problems)
    return marks
