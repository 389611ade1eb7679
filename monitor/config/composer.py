"""The parser's events, composed into a tree of values and their places.

They are composed here rather than by PyYAML, whose composer is slower and overruns the stack on deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

import yaml

from monitor.config.problem import Path

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
REAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?")

Event = Any  # an event of PyYAML; its stubs take every mark for one that may be missing


class Mark(Protocol):
    """Where PyYAML saw something; both count from 0."""

    line: int
    column: int


class Spelled(float):
    """A number that Python would write otherwise, as ``1.10`` or ``1e3``, with the way it was written."""

    text: str

    def __new__(cls, text: str) -> Spelled:
        """Take the number as it was written."""
        number = super().__new__(cls, text)
        number.text = text
        return number


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

    def find(self, path: Path, *, key: bool) -> Mark:
        """Return where the value at a path is, or its key; or the nearest value above where there is none."""
        node = self
        for number, step in enumerate(path, start=1):
            if key and number == len(path) and step in node.keys:
                return node.keys[str(step)]
            below = node.child(step)
            if below is None:
                break
            node = below
        return node.mark


class Unreadable(Exception):
    """The writing is broken at a mark: nothing after it can be read."""

    def __init__(self, message: str, mark: Mark) -> None:
        """Say what is broken, and where."""
        super().__init__(message)
        self.message = message
        self.mark = mark


class Composer:
    """Makes nodes of the parser's events; ``complain`` hears what is wrong with the writing: mark, path, message."""

    def __init__(self, complain: Callable[[Mark, Path, str], None]) -> None:
        """Report to ``complain``; what it hears about does not stop the reading."""
        self._report = complain
        self._anchors: dict[str, Node] = {}
        self._path: list[str | int] = []
        self._next: Callable[[], Event]

    def compose(self, text: str) -> Node | None:
        """Return the root of the only document, or None where there is none.

        Raises:
            Unreadable: it cannot be read to the end.
            yaml.YAMLError: it is not YAML.
        """
        parser: Any = Parser(text)
        self._next = parser.get_event
        self._next()  # the stream's start
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        root = self._node(self._next())
        self._next()  # the document's end
        following = self._next()
        if type(following) is not yaml.StreamEndEvent:
            raise Unreadable("a second document begins here (---): a file holds one", following.start_mark)
        return root

    def _node(self, event: Event) -> Node:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = Node(self._scalar(event), event.start_mark)
        elif kind is yaml.AliasEvent:
            return self._alias(event)
        else:
            if len(self._path) >= DEPTH:
                raise Unreadable(f"this is nested deeper than {DEPTH} levels", event.start_mark)
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

    def _alias(self, event: Event) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            message = "* refers to an anchor (&) that is not complete above: quote text that begins with *"
            raise Unreadable(message, event.start_mark)
        return known

    def _sequence(self, start: Event) -> Node:
        below: list[Node] = []
        self._path.append(0)
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            self._path[-1] = len(below)
            below.append(self._node(event))
        self._path.pop()
        return Node([child.value for child in below], start.start_mark, below)

    def _mapping(self, start: Event) -> Node:
        below: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        self._path.append("")
        while (kind := type(event := self._next())) is not yaml.MappingEndEvent:
            if kind is not yaml.ScalarEvent:
                self._odd_key(event)
                continue
            key = self._path[-1] = event.value
            child = self._node(self._next())
            if key in below:
                self._complain(f"this key was given before{self._distance(keys[key], event)}: keep one", event)
                continue
            below[key] = child
            keys[key] = event.start_mark
        self._path.pop()
        return Node({key: child.value for key, child in below.items()}, start.start_mark, below, keys)

    def _distance(self, first: Mark, event: Event) -> str:
        lines = event.start_mark.line - first.line
        return " in this line" if lines == 0 else f", {lines} line{'s' if lines > 1 else ''} above"

    def _odd_key(self, event: Event) -> None:
        """Read past a key that is no word, and its value."""
        self._path[-1] = "?"
        self._complain("a key is a word, not a list, a mapping or a *reference: quote it", event)
        self._node(event)
        self._node(self._next())

    def _tagged(self, event: Event) -> None:
        self._complain("a tag (a word after !) is not read here: delete it", event)

    def _complain(self, message: str, event: Event) -> None:
        self._report(event.start_mark, tuple(self._path), message)


def plain(text: str) -> object:
    """Return what an unquoted word means: null, true, false, a number as JSON writes them, else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in "-0123456789":
        if WHOLE.fullmatch(text):
            return int(text)
        if REAL.fullmatch(text) and isfinite(number := float(text)):
            return number if repr(number) == text else Spelled(text)
    return text
