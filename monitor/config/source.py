"""Files of YAML or JSON, read with the place of every value, so that an error can name it.

Plain words mean what they look like: only ``true``, ``false`` and ``null`` are more than text, and only what JSON calls
a number is one. So ``no``, ``on``, ``0123``, ``12:30`` and ``2026-09-01`` stay the text that was written, whatever
YAML 1.1 makes of them. A key given twice is an error. The parser's events are composed here rather than by PyYAML,
whose composer is seven times slower and overruns the stack on deep nesting.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, NamedTuple, Protocol

import yaml

from monitor.config.problem import Path, Problem, dotted

try:
    from yaml import CSafeLoader as Parser
except ImportError:  # PyYAML built without libyaml: the same events, some ten times slower
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

DEPTH = 40  # nothing the monitor reads is nested deeper than 8
TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
HARMLESS_TAGS = frozenset({"!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
REAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
# What libyaml says, and what it means to someone who never read its source.
PLAIN_ENGLISH = (
    ("mapping values are not allowed", "a colon is not allowed here: check the indentation, or quote the text"),
    ("character that cannot start any token", "nothing may begin with this character: indent with spaces, not tabs, "
     "and quote text that begins with @, ` or %"),
    ("expected ',' or '}'", "this mapping is not closed: a comma or } is missing"),
    ("expected ',' or ']'", "this list is not closed: a comma or ] is missing"),
    ("expected '-' indicator", "a list goes on here, but this line does not begin with '- ' at its indentation"),
    ("expected key", "a key is expected here: check the indentation and the quotes"),
    ("expected ':'", "a colon and a value are missing after this key"),
    ("expected node content", "a value is missing here"),
    ("unexpected end of stream", "the quotation opened here is never closed"),
    ("unknown escape character", "there is no such escape after \\: write \\\\ for a backslash, or use single quotes"),
)  # fmt: skip


Event = Any  # an event of PyYAML; its stubs take every mark for one that may be missing


class Mark(Protocol):
    """Where PyYAML saw something; both count from 0."""

    line: int
    column: int


class Place(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


class Spelled(float):
    """A number that Python would write otherwise, as ``1.10`` or ``1e3``, with the way it was written."""

    def __new__(cls, text: str) -> Spelled:
        """Take the number as it was written."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str


NO_KEYS: Mapping[str, Mark] = {}


class Node:
    """A value and the places in it: its own, those of its keys, and the nodes below."""

    __slots__ = ("below", "keys", "mark", "value")

    def __init__(
        self,
        value: object,
        mark: Mark,
        below: Mapping[str, Node] | Sequence[Node] = (),
        keys: Mapping[str, Mark] = NO_KEYS,
    ) -> None:
        """Hold a value; a scalar has nothing below it."""
        self.value = value
        self.mark = mark
        self.below = below
        self.keys = keys

    def child(self, step: str | int) -> Node | None:
        """Return the node one step below, if there is one."""
        if isinstance(self.below, Mapping):
            return self.below.get(str(step))
        return self.below[step] if isinstance(step, int) and step < len(self.below) else None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, as plain values, and where.

    ``problems`` are those of the writing; the value may be used beside them.
    ``root`` is None for a file that is empty or could not be read at all.
    """

    file: str
    root: Node | None = None
    problems: tuple[Problem, ...] = ()
    first_line: int = 1

    @property
    def value(self) -> object:
        """The value: dict, list, str, int, float, bool or None."""
        return None if self.root is None else self.root.value

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at a path, or of its key; of the nearest value above where there is none."""
        node = self.root
        if node is None:
            return Place(self.first_line, 1)
        mark = node.mark
        for number, step in enumerate(path, start=1):
            if key and number == len(path) and step in node.keys:
                mark = node.keys[str(step)]
                break
            below = node.child(step)
            if below is None:
                break
            node, mark = below, below.mark
        return Place(mark.line + self.first_line, mark.column + 1)

    def problem(self, path: Path, message: str, *, key: bool = False) -> Problem:
        """Return a problem of the value at a path, or of its key."""
        return Problem(self.file, *self.place(path, key=key), dotted(path), message)


class _Unreadable(Exception):
    """The writing is broken at a mark: nothing after it can be read."""

    def __init__(self, message: str, mark: Mark) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


def read(path: FilePath, *, shown: str | None = None) -> Document:
    """Read a file; one that cannot be read is a document with that problem. ``shown`` is its name in problems."""
    file = shown or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        return _broken(file, 1, 1, f"the file cannot be read: {error.strerror}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return _broken(file, line, column, "this is not UTF-8: save the file in that encoding (not GBK, not UTF-16)")
    return parse(text, file=file)


def parse(text: str, *, file: str, first_line: int = 1) -> Document:
    """Read text as YAML or JSON; ``first_line`` is the number of its first line in the file."""
    composer = _Composer(file, first_line)
    try:
        root = composer.compose(_like_yaml(text))
    except _Unreadable as error:
        return _broken(file, error.mark.line + first_line, error.mark.column + 1, error.message, composer.problems)
    except yaml.MarkedYAMLError as error:
        line, column = _where(error)
        return _broken(file, line + first_line, column + 1, _plain_english(error.problem), composer.problems)
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        at = error.start if isinstance(error, UnicodeEncodeError) else _unprintable(text)
        line, column = text.count("\n", 0, at) + first_line, at - text.rfind("\n", 0, at)
        return _broken(file, line, column, "a control character is not allowed here: delete it", composer.problems)
    return Document(file, root, tuple(composer.problems), first_line)


def _broken(file: str, line: int, column: int, message: str, others: list[Problem] | None = None) -> Document:
    return Document(file, None, (*(others or ()), Problem(file, line, column, "", message)))


def _where(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """Return line and column of a parser's error, from 0; of the opening quote for a text that is never closed."""
    mark = error.problem_mark or error.context_mark
    if "end of stream" in str(error.problem):
        mark = error.context_mark or mark
    return (mark.line, mark.column) if mark else (0, 0)


def _unprintable(text: str) -> int:
    """Return the place of the first character that YAML does not allow, from 0."""
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return found.start() if found else 0


def _plain_english(problem: str | None) -> str:
    for theirs, ours in PLAIN_ENGLISH:
        if theirs in str(problem):
            return ours
    return f"this is not YAML: {problem}"


def _like_yaml(text: str) -> str:
    """Make JSON readable as YAML, every value in its place: tabs become spaces, surrogate pairs one escape."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return PAIR.sub(_one_escape, text.replace("\t", " "))


def _one_escape(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


class _Composer:
    """Makes nodes of the parser's events, keeping what is wrong with the writing."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.problems: list[Problem] = []
        self._anchors: dict[str, Node] = {}
        self._path: list[str | int] = []
        self._next: Callable[[], Event]

    def compose(self, text: str) -> Node | None:
        """Return the root of the only document, or None where there is none."""
        parser: Any = Parser(text)
        self._next = parser.get_event
        self._next()  # the stream's start
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        root = self._node(self._next())
        self._next()  # the document's end
        following = self._next()
        if type(following) is not yaml.StreamEndEvent:
            raise _Unreadable("a second document begins here (---): a file holds one", following.start_mark)
        return root

    def _node(self, event: Event) -> Node:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = Node(self._scalar(event), event.start_mark)
        elif kind is yaml.AliasEvent:
            return self._alias(event)
        else:
            if len(self._path) >= DEPTH:
                raise _Unreadable(f"this is nested deeper than {DEPTH} levels", event.start_mark)
            if event.tag is not None and event.tag not in HARMLESS_TAGS:
                self._tagged(event)
            node = self._mapping(event) if kind is yaml.MappingStartEvent else self._sequence(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: Event) -> object:
        if event.implicit[0]:
            return plain(event.value)
        if not event.implicit[1] and event.tag not in TEXT_TAGS:
            self._tagged(event)
        return event.value

    def _tagged(self, event: Event) -> None:
        self._complain("a tag (a word after !) is not read here: delete it", event.start_mark)

    def _alias(self, event: Event) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise _Unreadable("* refers to an anchor (&) that is not complete above: quote text that begins with *",
                              event.start_mark)  # fmt: skip
        return known

    def _sequence(self, start: Event) -> Node:
        below: list[Node] = []
        path = self._path
        path.append(0)
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            path[-1] = len(below)
            below.append(self._node(event))
        path.pop()
        return Node([child.value for child in below], start.start_mark, below)

    def _mapping(self, start: Event) -> Node:
        below: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        path = self._path
        path.append("")
        while (kind := type(event := self._next())) is not yaml.MappingEndEvent:
            if kind is not yaml.ScalarEvent:
                self._odd_key(event)
                continue
            key = path[-1] = event.value
            child = self._node(self._next())
            if key in below:
                first = keys[key].line + self.first_line
                self._complain(f"this key was given before, in line {first}: keep one of them", event.start_mark)
                continue
            below[key] = child
            keys[key] = event.start_mark
        path.pop()
        return Node({key: child.value for key, child in below.items()}, start.start_mark, below, keys)

    def _odd_key(self, event: Event) -> None:
        """Read past a key that is no word, and its value."""
        self._path[-1] = "?"
        self._complain("a key is a word, not a list, a mapping or a *reference: quote it", event.start_mark)
        self._node(event)
        self._node(self._next())

    def _complain(self, message: str, mark: Mark) -> None:
        place = Place(mark.line + self.first_line, mark.column + 1)
        self.problems.append(Problem(self.file, *place, dotted(tuple(self._path)), message))


def plain(text: str) -> object:
    """Return what an unquoted word means: null, true, false, a number as JSON writes them, else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in "-0123456789":
        if WHOLE.fullmatch(text):
            return int(text)
        if REAL.fullmatch(text):
            number = float(text)
            return number if repr(number) == text else Spelled(text)
    return text
