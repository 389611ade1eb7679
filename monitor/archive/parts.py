"""The parts of a workbook's container (ECMA-376, part 2), judged before anything reads what they say.

A workbook comes from anywhere. What unpacks to gigabytes, whatever it declares, what holds macros or other files, and
what XML lets grow is refused here, within the limits below.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from xml.etree import ElementTree
from xml.parsers import expat

from monitor.archive.content import MEGABYTE, Unfit

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0"  # .xls, .et, or any workbook with a password
PASSWORD = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 1.3.2: the stream that holds the workbook
TYPES = "[Content_Types].xml"
MAIN = re.compile(rb"spreadsheetml\.(sheet|template)\.main\+xml")
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"  # ISO/IEC 29500-1, which Excel writes when asked for it
MACROS = re.compile(r"(.*/)?vbaProject[^/]*\.bin|.*/macrosheets/.*", re.IGNORECASE)
OTHER_FILES = re.compile(r"xl/(externalLinks|embeddings|activeX|queryTables)/.*|xl/connections\.xml", re.IGNORECASE)
SHEET = re.compile(r"xl/worksheets/[^/]*\.xml", re.IGNORECASE)
MARKED_UP = re.compile(r".*\.(xml|rels)", re.IGNORECASE)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those of ECMA-376; the others unpack in no bounded steps

LARGEST_UNPACKED = 100 * MEGABYTE
MOST_PARTS = 1_000
MOST_MARKS = 500_000  # "<" in a part, of which each begins an element or ends one,
MOST_MARKS_OF_TABLES = 1_200_000  # or in a sheet or the table of texts: ten thousand lines have 550,000
STEP = 1 << 16  # bytes unpacked at once

WORKBOOK, RELATIONS, TEXTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
NAMED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def judge(content: bytes) -> None:
    """Find out whether a workbook may be read, unpacking it once, step by step, and keeping nothing.

    Raises:
        Unfit: it may not.
        zipfile.BadZipFile, zlib.error: its parts are not whole.
    """
    if content.startswith(OLE2):
        raise Unfit("password" if PASSWORD in content else "old_format")
    if not content.startswith(ZIP):
        raise Unfit("no_workbook")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        _judge_directory(package.infolist())
        judged: list[str] = []  # as large as they say they are, and without declarations
        crowded: list[str] = []
        left = LARGEST_UNPACKED
        for part in sorted(package.infolist(), key=lambda part: part.file_size):
            if part.file_size > left:
                raise _crowded(package, part.filename, judged, other="unpacked")
            size, marks = _judge_part(package, part, left)
            left -= size
            judged.append(part.filename)
            crowded += [part.filename] if marks > _most_marks(part.filename) else []
        _judge_types(package)
        if crowded:
            raise _crowded(package, crowded[0], judged, other="too_much")


def _most_marks(part: str) -> int:
    return MOST_MARKS_OF_TABLES if SHEET.fullmatch(part) or part == TEXTS else MOST_MARKS


def _judge_directory(parts: Sequence[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("password")
    if len(parts) > MOST_PARTS:
        raise Unfit("unpacked", most=LARGEST_UNPACKED // MEGABYTE)
    if any(part.compress_type not in METHODS for part in parts):
        raise Unfit("damaged")
    for part in parts:
        if MACROS.fullmatch(part.filename):
            raise Unfit("macros", part=part.filename)
        if OTHER_FILES.fullmatch(part.filename):
            raise Unfit("other_files", part=part.filename)


def _judge_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> tuple[int, int]:
    """Unpack a part whatever size it says it has; return its bytes, and how many marks begin in it."""
    size = marks = 0
    prologue = _Prologue(part.filename)
    for step in _unpacked(package, part):
        size, marks = size + len(step), marks + step.count(b"<")
        if size > left:
            raise Unfit("unpacked", most=LARGEST_UNPACKED // MEGABYTE)
        prologue.read(step)
    if size != part.file_size:
        raise Unfit("damaged")  # no program writes it so, and whoever reads it may unpack the rest at once
    return size, marks


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part in steps, past the end that it declares."""
    endless = copy.copy(part)
    endless.file_size = LARGEST_UNPACKED + 1
    with package.open(endless) as file:
        while step := file.read(STEP):
            yield step


def _judge_types(package: zipfile.ZipFile) -> None:
    types = package.read(TYPES) if TYPES in package.NameToInfo else b""
    if b"macroEnabled" in types:
        raise Unfit("macros", part=TYPES)
    if not MAIN.search(types):
        raise Unfit("no_workbook")
    if WORKBOOK in package.NameToInfo and STRICT in package.read(WORKBOOK):
        raise Unfit("strict")


class _Begun(Exception):
    """The first element begins."""


class _Prologue:
    """What stands before the first element: only there can a document declare entities (XML 1.0, 2.8)."""

    def __init__(self, part: str) -> None:
        self._part, self._over, self._parser = part, False, expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._declares
        self._parser.StartElementHandler = self._begins

    def read(self, step: bytes) -> None:
        """Read on, as far as there is need.

        Raises:
            Unfit: a document type is declared, which no part has (ECMA-376, part 2, 8.1.4).
        """
        if self._over:
            return
        try:
            self._parser.Parse(step)
        except _Begun:
            self._over = True
        except expat.ExpatError as error:
            self._over = True
            if MARKED_UP.fullmatch(self._part):
                raise Unfit("damaged") from error

    def _declares(self, *_: object) -> None:
        raise Unfit("entities", part=self._part)

    def _begins(self, *_: object) -> None:
        raise _Begun


def _crowded(package: zipfile.ZipFile, part: str, judged: Collection[str], *, other: str) -> Unfit:
    """Return that a sheet has too many cells, by its title if it can be told; of another part what is said of it."""
    if not SHEET.fullmatch(part):
        return Unfit(other, part=part, most=LARGEST_UNPACKED // MEGABYTE)
    if WORKBOOK in judged and RELATIONS in judged:
        with suppress(KeyError, ElementTree.ParseError):
            return Unfit("too_many_cells", sheet=_titles(package)[part])
    return Unfit("too_many_cells", sheet=part)


def _titles(package: zipfile.ZipFile) -> Mapping[str, str]:
    """Return the titles of the sheets by their parts."""
    related = ElementTree.fromstring(package.read(RELATIONS))  # noqa: S314
    targets = {each.get("Id"): f"xl/{each.get('Target', '').removeprefix('/xl/')}" for each in related}
    sheets = ElementTree.fromstring(package.read(WORKBOOK)).iter(NAMED)  # noqa: S314
    return {targets[each.get(RELATION)]: each.get("name", "") for each in sheets}
