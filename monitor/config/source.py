"""Files of YAML or JSON, read with the place of every value, so that an error can name it.

Plain words mean what they look like: only ``true``, ``false`` and ``null`` are more than text, and only what JSON calls
a number is one. So ``no``, ``on``, ``0123``, ``12:30`` and ``2026-09-01`` stay the text that was written, whatever
YAML 1.1 makes of them. A key given twice is an error.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NamedTuple

import yaml

from monitor.config.composer import Composer, Mark, Node, Unreadable, plain
from monitor.config.problem import Path, Problem, dotted
from monitor.config.slip import slip

GZIP = b"\x1f\x8b"
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
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


class Place(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: ``value`` is dict, list, str, int, float, bool or None (an empty or unreadable file).

    ``problems`` are those of the writing; the value may be used beside them. The places are kept in ``root``, or found
    in ``text`` when they are asked for.
    """

    file: str
    value: object = None
    problems: tuple[Problem, ...] = ()
    first_line: int = 1
    root: Node | None = None
    text: str | None = None

    @property
    def broken(self) -> bool:
        """Whether nothing could be read, so that whatever refers to it would only seem wrong."""
        return self.value is None and bool(self.problems)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at a path, or of its key; of the nearest value above where there is none."""
        root = self.root
        if root is None and self.text is not None:
            root = parse(self.text, file=self.file).root
        if root is None:
            return Place(self.first_line, 1)
        mark = root.find(path, key=key)
        return Place(mark.line + self.first_line, mark.column + 1)

    def named(self, path: Path) -> str:
        """Return the place of the value at a path as a problem elsewhere names it."""
        return f"{self.file}:{self.place(path).line}"

    def problem(self, path: Path, message: str, *, key: bool = False) -> Problem:
        """Return a problem of the value at a path, or of its key."""
        return Problem(self.file, *self.place(path, key=key), dotted(path), message)


def read(path: FilePath) -> Document:
    """Read a file of YAML or JSON; one that cannot be read is a document with that problem."""
    text = _text(path)
    return text if isinstance(text, Document) else parse(text, file=str(path))


def documents(path: FilePath) -> Sequence[Document]:
    """Read a file of YAML or JSON as one document, or of JSON Lines as one a line; gzipped or not."""
    text = _text(path)
    if isinstance(text, Document):
        return [text]
    lines = text.split("\n")
    if len([True for line in lines[:99] if line.strip()]) < 2 or not _is_json_object(lines[0]):
        return [parse(text, file=str(path))]
    numbered = enumerate(lines, start=1)
    return [_json_line(line, file=str(path), number=number) for number, line in numbered if line.strip()]


def parse(text: str, *, file: str, first_line: int = 1) -> Document:
    """Read text as YAML or JSON; ``first_line`` is the number of its first line in the file."""
    problems: list[Problem] = []

    def complain(mark: Mark, path: Path, message: str) -> None:
        problems.append(Problem(file, mark.line + first_line, mark.column + 1, dotted(path), message))

    try:
        root = Composer(complain).compose(_like_yaml(text))
    except Unreadable as error:
        complain(error.mark, (), error.message)
    except yaml.MarkedYAMLError as error:
        line, column = _where(error)
        line, column, message = slip(text, line) or (line, column, _plain_english(error.problem))
        problems.append(Problem(file, line + first_line, column + 1, "", message))
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        at = found.start() if (found := FORBIDDEN.search(text)) else 0
        line, column = text.count("\n", 0, at) + first_line, at - text.rfind("\n", 0, at)
        problems.append(Problem(file, line, column, "", "a control character is not allowed here: delete it"))
    else:
        return Document(file, root and root.value, tuple(problems), first_line, root)
    return Document(file, None, tuple(problems), first_line)


def _text(path: FilePath) -> str | Document:
    """Return what a file says, or the document with the problem that says why not."""
    file = str(path)
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return Document(file, problems=(Problem(file, 1, 1, "", "the file is gzip, but damaged"),))
    except OSError as error:
        return Document(file, problems=(Problem(file, 1, 1, "", f"the file cannot be read: {error.strerror}"),))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = "this is not UTF-8: save the file in that encoding (not GBK, not UTF-16)"
        return Document(file, problems=(Problem(file, line, column, "", message),))


def _is_json_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _json_line(line: str, *, file: str, number: int) -> Document:
    """Read a line by the fast parser of JSON; where that finds anything odd, by the one that knows places."""
    if SURROGATE.search(line):
        return parse(line, file=file, first_line=number)
    try:
        value = json.loads(line, object_pairs_hook=_each_once, parse_float=plain, parse_constant=str)
        return Document(file, value, first_line=number, text=line)
    except (ValueError, RecursionError):
        return parse(line, file=file, first_line=number)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key is given twice")
    return mapping


def _where(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """Return line and column of a parser's error, from 0; of what is not finished, where it is seen by what follows."""
    mark = error.problem_mark or error.context_mark
    if any(said in str(error.problem) for said in ("end of stream", "expected ':'")):
        mark = error.context_mark or mark
    return (mark.line, mark.column) if mark else (0, 0)


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
