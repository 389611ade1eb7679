"""What is wrong with a file, and where: a `Problem`, and `ConfigurationRefused` with all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

Step = str | int  # a key of a mapping, or a place in a list from 0
Path = tuple[Step, ...]

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN_STEP = re.compile(r"[\w+-]+")
# What stands below these keys may be a secret written in the wrong place: it is pointed at, never named.
_GUARDED = frozenset({"community", "key", "secret", "password", "url", "database"})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong: ``line`` and ``column`` count from 1, ``path`` is dotted, as in ``lines[3].carrier``."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line:column: path: message``, in one line whatever the file holds."""
        where = f"{self.file}:{self.line}:{self.column}: " + (f"{self.path}: " if self.path else "")
        return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found.group()):02x}", where + self.message)


class Said(str):
    """A message with the ``word`` that it is known by and what was ``given`` to it, to say it in another language."""

    __slots__ = ("given", "word")

    word: str
    given: Mapping[str, str]

    def __new__(cls, message: str, *, word: str, given: Mapping[str, str]) -> Said:
        """Take the message in English, and what it is made of."""
        said = super().__new__(cls, message)
        said.word, said.given = word, given
        return said


class ConfigurationRefused(Exception):
    """The configuration was refused whole; ``problems`` names everything wrong with it, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, each once and in order."""
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        more = len(self.problems) - 1
        super().__init__(f"{self.problems[0]}" + (f" (and {more} more)" if more else ""))


def dotted(path: Path) -> str:
    """Return a path as people write it: ``lines[3].carrier``; below a secret's key nothing more is named."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_STEP.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
        if step in _GUARDED:
            break
    return text


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'x'?`` where one of the known words is near, else nothing."""
    return suggestion(nearest(word, known))


def unknown_key(word: str, known: Sequence[str]) -> str:
    """Say that a key is unknown, and which one may have been meant; one with a full-width colon swallowed its value."""
    if "：" in word:
        return "unknown key: its colon is full-width (：): write an ordinary one, with a blank behind it"
    return f"unknown key{did_you_mean(word, known)}"


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is nearest, None where none is near."""
    folded = word.casefold()
    near = [name for name in known if name.casefold() == folded] or get_close_matches(word, known, n=1)
    return near[0] if near else None


def suggestion(near: str | None) -> str:
    """Say which word may have been meant: ``; did you mean 'x'?``, nothing for None."""
    return "" if near is None else f"; did you mean '{near}'?"


class Suggestions:
    """Near words for many unknown ones: each looked up once, and only so many of them, since each search is slow."""

    LOOK_UPS = 50

    def __init__(self, known: Iterable[str]) -> None:
        """Suggest from among the known words."""
        self.known = tuple(known)
        self._found: dict[str, str | None] = {}

    def nearest(self, word: str) -> str | None:
        """Return what `nearest` would, or None once too many different words were asked for."""
        if word not in self._found:
            if len(self._found) >= self.LOOK_UPS:
                return None
            self._found[word] = nearest(word, self.known)
        return self._found[word]
