"""Texts of messages as files give them: ``templates/<locale>/<kind>.yaml``, beside ``monitor.yaml`` and built in.

A file holds the forms of one kind of message in one locale: ``sms`` (one text, or several of which the shortest way
is taken), ``title``, ``markdown``, ``text``; under ``group`` the same of several messages sent as one; under
``channels`` the same for single channels by their names. Whatever is not given is taken from the built-in file.
What the texts themselves may say is checked where they are filled in (``monitor/alerts/examining.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path as FilePath
from typing import TypeVar

from monitor.config.problem import Path, Problem, did_you_mean
from monitor.config.settings import Locale
from monitor.config.source import Document, read
from monitor.faults.terms import MessageKind

FOLDER = "templates"
SUFFIXES = (".yaml", ".yml", ".json")
GROUP = "group"
CHANNELS = "channels"
Word = TypeVar("Word", bound=StrEnum)


class Form(StrEnum):
    """The forms that a message is written in; a channel takes the one that it carries."""

    SMS = "sms"
    TITLE = "title"
    MARKDOWN = "markdown"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as it was written. Where it stands is no part of what it says: a comment more changes nothing."""

    text: str
    document: Document = field(compare=False, repr=False)
    path: Path = field(compare=False)

    def problem(self, message: str) -> Problem:
        """Return a problem of this template as a whole."""
        return self.document.problem(self.path, message)


Forms = Mapping[Form, tuple[Draft, ...]]  # several drafts of a form: the one that makes the shortest SMS is taken


@dataclass(frozen=True, slots=True)
class Drafts:
    """The forms of one message that goes alone, and of several that go as one; whatever is not given is absent."""

    alone: Forms = field(default_factory=dict)
    group: Forms = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[Form, bool, Draft]]:
        """Go through every template: its form, whether it is of a group, and itself."""
        for forms, grouped in ((self.alone, False), (self.group, True)):
            for form, drafts in forms.items():
                for draft in drafts:
                    yield form, grouped, draft


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one file says: the drafts for every channel, and those for single channels by name."""

    drafts: Drafts = field(default_factory=Drafts)
    channels: Mapping[str, Drafts] = field(default_factory=dict)


Templates = Mapping[tuple[Locale, MessageKind], Sheet]
Examine = Callable[[Templates], Iterable[Problem]]


def unexamined(_: Templates) -> Iterable[Problem]:
    """Find nothing wrong: for whoever sends no messages."""
    return ()


def read_templates(
    folder: FilePath, *, channels: Collection[str] | None, problems: list[Problem]
) -> tuple[Templates, list[Document]]:
    """Read the templates of a configuration folder; return them and the files that they stand in.

    ``channels`` are the names that there are, None where that is not known. What is wrong is added to the problems.
    """
    root = folder / FOLDER
    found: dict[tuple[Locale, MessageKind], Sheet] = {}
    documents: dict[tuple[Locale, MessageKind], Document] = {}
    if not root.exists():
        return found, []
    for place in _listed(root, problems):
        locale = _named(place, place.name, Locale, "locale", problems)
        for file in _listed(place, problems) if locale else ():
            kind = (
                _named(file, file.stem, MessageKind, "kind of message", problems) if _is_yaml(file, problems) else None
            )
            if locale is None or kind is None:
                continue
            if (earlier := documents.get((locale, kind))) is not None:
                problems.append(_of_file(file, f"there is {earlier.file} too: keep one of them"))
                continue
            documents[locale, kind] = document = read(file)
            found[locale, kind] = read_sheet(document, channels=channels, problems=problems)
    return found, list(documents.values())


def read_sheet(document: Document, *, channels: Collection[str] | None, problems: list[Problem]) -> Sheet:
    """Read the forms that one file gives; a wrong one is left out and added to the problems."""
    problems += document.problems
    value = {} if document.value is None else document.value
    if not isinstance(value, dict):
        problems.append(document.problem((), f"a mapping is wanted here, with the forms {', '.join(Form)}"))
        return Sheet()
    drafts = _drafts(document, (), value, (GROUP, CHANNELS), problems)
    given = value.get(CHANNELS)
    if given is not None and not isinstance(given, dict):
        problems.append(document.problem((CHANNELS,), "a mapping of channels by their names is wanted here"))
        given = None
    return Sheet(drafts, dict(_of_channels(document, given or {}, channels, problems)))


def _of_channels(
    document: Document, given: Mapping[str, object], known: Collection[str] | None, problems: list[Problem]
) -> Iterator[tuple[str, Drafts]]:
    for name, value in given.items():
        path: Path = (CHANNELS, name)
        if known is not None and name not in known:
            near = did_you_mean(name, list(known))
            problems.append(document.problem(path, f"there is no channel of this name in monitor.yaml{near}", key=True))
        elif isinstance(value, dict):
            yield name, _drafts(document, path, value, (GROUP,), problems)
        elif value is not None:
            problems.append(document.problem(path, f"a mapping is wanted here, with the forms {', '.join(Form)}"))


def _drafts(
    document: Document, path: Path, value: Mapping[str, object], besides: Collection[str], problems: list[Problem]
) -> Drafts:
    given = value.get(GROUP) if GROUP in besides else None
    if given is not None and not isinstance(given, dict):
        problems.append(document.problem((*path, GROUP), f"a mapping is wanted here, with the forms {', '.join(Form)}"))
        given = None
    alone = read_forms(document, path, value, besides=besides, problems=problems)
    return Drafts(alone, read_forms(document, (*path, GROUP), given or {}, besides=(), problems=problems))


def read_forms(
    document: Document, path: Path, value: Mapping[str, object], *, besides: Collection[str], problems: list[Problem]
) -> Forms:
    """Read the forms in a mapping that may have other keys ``besides``; a wrong one is added to the problems."""
    known = [*Form, *besides]
    forms = {}
    for name, given in value.items():
        at = (*path, name)
        if name not in known:
            message = f"unknown form, of {', '.join(known)}{did_you_mean(name, known)}"
            problems.append(document.problem(at, message, key=True))
        elif name in list(Form) and given is not None:
            form = Form(name)
            if (drafts := tuple(_texts(document, at, given, form, problems))) != ():
                forms[form] = drafts
    return forms


def _texts(document: Document, path: Path, given: object, form: Form, problems: list[Problem]) -> Iterator[Draft]:
    several = isinstance(given, list) and form is Form.SMS
    if several and not given:
        problems.append(document.problem(path, "at least one text is wanted here"))
    for number, text in enumerate(given if isinstance(given, list) and several else [given]):
        at = (*path, number) if several else path
        if not isinstance(text, str):
            wanted = "text, or a list of texts, is" if form is Form.SMS else "text is"
            problems.append(document.problem(at, f"{wanted} wanted here: put it in quotes, or below a |"))
        elif not text.strip():
            problems.append(document.problem(at, "text is wanted here, and this is empty"))
        else:
            yield Draft(text, document, at)


def _listed(folder: FilePath, problems: list[Problem]) -> list[FilePath]:
    """Return what is in a folder in the order of the names, without what editors and version control leave there."""
    if not folder.is_dir():
        problems.append(_of_file(folder, f"a folder is wanted here: {FOLDER}/<locale>/<kind>.yaml"))
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.name.endswith("~"))


def _is_yaml(file: FilePath, problems: list[Problem]) -> bool:
    if file.suffix in SUFFIXES and file.is_file():
        return True
    problems.append(_of_file(file, "this is no file of templates: name it <kind>.yaml, or put it elsewhere"))
    return False


def _named(place: FilePath, name: str, words: type[Word], what: str, problems: list[Problem]) -> Word | None:
    known = [str(word) for word in words]
    if name in known:
        return words(name)
    few = f": there are {', '.join(known)}" if len(known) < 5 else ""
    problems.append(_of_file(place, f"there is no {what} of this name{few}{did_you_mean(name, known)}"))
    return None


def _of_file(path: FilePath, message: str) -> Problem:
    return Problem(str(path), 1, 1, "", message)
