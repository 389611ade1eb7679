"""Examining the templates of a configuration before it is taken: what would fail at night is refused by day.

Every template is read, its fields, filters and tests looked up, and then it is filled in with samples of every shape
that a message of its kind can have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from monitor.alerts.composing import Composer, shown
from monitor.alerts.facts import FIELDS, FIELDS_OF_A_MEMBER, FIELDS_TOGETHER
from monitor.alerts.language import Mistake, Unsayable, compiled, filled_in, line_of, mistakes
from monitor.alerts.samples import SAMPLE, SAMPLE_NOTIFIED, SAMPLE_POLICIES, samples
from monitor.config.problem import Problem
from monitor.config.settings import Locale, Settings
from monitor.config.templates import Draft, Form, Templates
from monitor.faults.terms import MessageKind

OF_A_MEMBER = {
    name: f"each member has its own, {{% for m in members %}}{{{{ m.{name} }}}}{{% endfor %}}"
    for name in FIELDS_OF_A_MEMBER
    if name not in FIELDS_TOGETHER
}
OF_A_GROUP = {name: "it is a field of a group, under group" for name in FIELDS_TOGETHER if name not in FIELDS}
WORDS = re.compile(r"(?<!\w)(\w+\.)?(\w+)")
LITERAL = "|"  # begins a block of YAML whose lines are the template's
FAR = 60  # lines in which a word is looked for where the writing does not keep the template's lines


def examine(templates: Templates) -> Iterator[Problem]:
    """Name what is wrong with the templates of a configuration, each with its file, line and column."""
    for (locale, kind), sheet in templates.items():
        for drafts in (sheet.drafts, *sheet.channels.values()):
            for form, grouped, draft in drafts:
                fields, cures = (FIELDS_TOGETHER, OF_A_MEMBER) if grouped else (FIELDS, OF_A_GROUP)
                found = list(mistakes(draft.text, form, fields=fields, attributes=FIELDS_OF_A_MEMBER, cures=cures))
                found = found or list(_failures(draft, form, _filled(locale, kind, grouped=grouped)))
                yield from (_problem(draft, mistake) for mistake in found)


def _failures(draft: Draft, form: Form, filled: tuple[tuple[str, dict[str, Any]], ...]) -> Iterator[Mistake]:
    """Fill a template in with one sample after another, up to the first that it fails on."""
    for shape, fields in filled:
        try:
            said = filled_in(compiled(draft.text, form), form, fields)
        except Unsayable as error:
            yield _unsayable(draft, line_of(error), fields, shape, str(error))
            return
        except TemplateError as error:
            yield Mistake(line_of(error), f"it fails on the sample '{shape}': {error.message}")
            return
        except Exception as error:
            yield Mistake(line_of(error), f"it fails on the sample '{shape}': {type(error).__name__}: {error}")
            return
        if not said:
            yield Mistake(1, f"it says nothing on the sample '{shape}'")
            return


def _unsayable(draft: Draft, line: int, fields: dict[str, Any], shape: str, message: str) -> Mistake:
    """Name the field that has no value, where the line tells which it is."""
    written = draft.text.split("\n")[line - 1]
    missing = [found.group() for found in WORDS.finditer(written) if _is_missing(found[1], found[2], fields)]
    if not missing:
        return Mistake(line, f"it fails on the sample '{shape}': {message}")
    name = missing[0]
    cure = f"print it inside {{% if {name} %}}, or as {name} | default('—', true)"
    return Mistake(line, f"{name} has no value in the sample '{shape}': {cure}", name)


def _is_missing(of: str | None, name: str, fields: dict[str, Any]) -> bool:
    """Tell whether a field has no value; behind a dot, whether it has none for some member."""
    if of is None:
        return name in fields and fields[name] is None
    return any(getattr(member, name, "") is None for member in fields.get("members", ()))


@cache
def _filled(locale: Locale, kind: MessageKind, *, grouped: bool) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the fields of every sample of a kind, alone or of a group."""
    composer = Composer(
        settings=Settings(), inventory=SAMPLE.inventory, policies=SAMPLE_POLICIES, templates={}, locale=locale
    )
    return tuple(
        (sample.shape, shown(composer.facts(sample.matters, sample.now)))
        for ground in (SAMPLE, SAMPLE_NOTIFIED)
        for sample in samples(kind, ground)
        if (len(sample.matters) > 1) is grouped
    )


def _problem(draft: Draft, mistake: Mistake) -> Problem:
    """Return a mistake with its place in the file."""
    problem = draft.problem(mistake.message)
    lines = _lines(problem.file)
    at, column = problem.line - 1, problem.column - 1
    literal = lines[at][column : column + 1] == LITERAL if at < len(lines) else False
    first = at + mistake.line if literal else at
    for number in range(first, min(first + (1 if literal else FAR), len(lines))):
        found = re.search(rf"(?<!\w){re.escape(mistake.word)}(?!\w)", lines[number][column if number == at else 0 :])
        if mistake.word and found:
            begin = found.start() + (column if number == at else 0)
            return Problem(problem.file, number + 1, begin + 1, problem.path, problem.message)
    if literal and first < len(lines):
        indented = len(lines[first]) - len(lines[first].lstrip())
        return Problem(problem.file, first + 1, indented + 1, problem.path, problem.message)
    return problem


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
