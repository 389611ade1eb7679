"""What sheets a report makes: the front page's text, a sheet a table, a sheet a chart's data.

Tables of one annex with the same columns are one sheet, so that they can be filtered together; what stood over each
goes before its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import takewhile

from monitor.reports.document import (
    Annex,
    Block,
    Calendar,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    LineChart,
    Paragraph,
    Side,
    StackedBars,
    Table,
    Tone,
)
from monitor.reports.writers.xml_text import held
from monitor.wording import say_share

LONGEST_NAME = 31  # in units of UTF-16, as Excel counts
FORBIDDEN = str.maketrans("[]:*?/\\\n\t", "()：＊？／＼  ")
RESERVED = frozenset({"history", ""})


class Look(StrEnum):
    """How a line outside of tables is set."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    NOTE = "note"
    WARNING = "warning"


TONES: Mapping[Tone, Look] = {Tone.TEXT: Look.TEXT, Tone.NOTE: Look.NOTE, Tone.WARNING: Look.WARNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a workbook says of itself: names of a sheet and of columns."""

    front: str
    over: str
    remark: str
    details: str
    label: str
    day: str


WORDS: Mapping[str, Words] = {
    "zh_CN": Words(front="首页", over="所属", remark="说明", details="{name}·经过", label="项目", day="日期"),
    "en": Words(front="Front page", over="Under", remark="Remark", details="{name}, steps", label="Item", day="Day"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text outside of tables."""

    text: str
    look: Look = Look.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: lines, the table, more lines."""

    name: str
    over: Sequence[Line]
    table: Table | None = None
    under: Sequence[Line] = ()


@dataclass(slots=True)
class Names:
    """Names of sheets as a workbook permits them, each once whatever its capitals."""

    given: set[str] = field(default_factory=set)

    def give(self, wanted: str) -> str:
        """Return a name like the wanted one that no sheet has yet."""
        plain = " ".join(held(wanted).translate(FORBIDDEN).split()).strip("' ")
        for number in range(1, len(self.given) + 2):
            mark = "" if number == 1 else f" ({number})"
            name = _cut(plain, LONGEST_NAME - len(mark)).strip("' ") + mark
            if name.strip().casefold() not in self.given | RESERVED:
                break
            if not plain:
                plain = "-"
        self.given.add(name.casefold())
        return name


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")


def sheets(document: Document) -> list[Sheet]:
    """Return the sheets of a report, the front page first."""
    words, names = WORDS[document.locale], Names()
    front = names.give(words.front)
    tables = list(_of_front(document.front, names, words))
    charts = [_of_chart(chart, names, words) for chart in document.charts]
    annexes = [(annex, list(_of_annex(annex, names, words))) for annex in document.annexes]
    lines = [Line(document.title, Look.TITLE), *_lines(document, tables)]
    if charts:
        lines += [Line(document.charts_title, Look.HEADING), *(_pointer(sheet) for sheet in charts)]
    for annex, made in annexes:
        lines += [Line(annex.title, Look.HEADING), *(_pointer(sheet) for sheet in made)]
    lines.append(Line(document.stamp, Look.NOTE))
    return [Sheet(name=front, over=lines), *tables, *charts, *(sheet for _, made in annexes for sheet in made)]


def _lines(document: Document, tables: Sequence[Sheet]) -> Iterator[Line]:
    """Yield the front page in words; where a table or chart stands, the sheet that has it."""
    if document.draft is not None:
        yield Line(document.draft, Look.WARNING)
    yield from (Line(line, Look.NOTE) for line in document.head)
    made = iter(tables)
    for block in document.front:
        yield _pointer(next(made)) if isinstance(block, Table | Chart) else _line(block)


def _line(block: Heading | Paragraph) -> Line:
    return Line(block.text, Look.HEADING if isinstance(block, Heading) else TONES[block.tone])


def _pointer(sheet: Sheet) -> Line:
    return Line(f"→ {sheet.name}")


def _of_front(blocks: Sequence[Block], names: Names, words: Words) -> Iterator[Sheet]:
    heading: list[Line] = []
    for block in blocks:
        match block:
            case Heading():
                heading = [Line(block.text, Look.TITLE)]
            case Table():
                yield Sheet(name=names.give(block.name), over=heading, table=block)
            case Chart():
                yield _of_chart(block, names, words)


def _of_chart(chart: Chart, names: Names, words: Words) -> Sheet:
    over = [Line(chart.drawn.title, Look.TITLE), Line(chart.said, Look.NOTE)]
    return Sheet(name=names.give(chart.drawn.title), over=over, table=_data(chart, words))


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of an annex: what is said before its heading, the heading it stands under, what is said in between."""

    table: Table
    before: Sequence[Heading | Paragraph]
    heading: str
    said: Sequence[Heading | Paragraph]


def _of_annex(annex: Annex, names: Names, words: Words) -> Iterator[Sheet]:
    """Yield an annex's sheets: one for each kind of table, or one of text."""
    kinds: dict[tuple[str, ...], list[_Part]] = {}
    heading, loose = "", list[Heading | Paragraph]()
    for block in annex.blocks:
        if isinstance(block, Heading | Paragraph):
            loose.append(block)
            continue
        table = _data(block, words) if isinstance(block, Chart) else block
        last = max((place for place, text in enumerate(loose) if isinstance(text, Heading)), default=None)
        if last is not None:
            heading = loose[last].text
        part = _Part(table, loose[: last or 0], heading, loose[0 if last is None else last + 1 :])
        kinds.setdefault(tuple(column.title for column in table.columns), []).append(part)
        loose = []
    title, under = Line(annex.title, Look.TITLE), [_line(text) for text in loose]
    if not kinds:
        yield Sheet(name=names.give(annex.title), over=[title, *under])
    for number, parts in enumerate(kinds.values(), start=1):
        table, first = parts[0].table, parts[0]
        before = [_line(text) for part in parts for text in part.before]
        before += [_line(text) for text in (() if first.heading else first.said)]
        if len(parts) > 1 or first.heading:
            table = _joined(parts, annex, words)
        last_lines = under if number == len(kinds) else []
        yield Sheet(name=names.give(table.name), over=[title, *before], table=table, under=last_lines)


def _beginning(names: Sequence[str]) -> str:
    return "".join(
        letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    )


def _name(parts: Sequence[_Part], annex: Annex, words: Words) -> str:
    """Return a name for tables together: their own, or what theirs begin and end with.

    Those that bear the names of what they are about, with which their headings begin, tell of the annex's first table.
    """
    names = [part.table.name for part in parts]
    if all(part.heading != part.table.name and part.heading.startswith(part.table.name) for part in parts):
        first = next(block.name for block in annex.blocks if isinstance(block, Table | Chart))
        return annex.title if first in names else words.details.format(name=first)
    if len(set(names)) == 1:
        return names[0]
    begin, end = _beginning(names), _beginning([name[::-1] for name in names])[::-1]
    return f"{begin}…{end}" if begin and end else annex.title


def _joined(parts: Sequence[_Part], annex: Annex, words: Words) -> Table:
    """Return tables of the same columns as one, with what stood over each before its rows."""
    contexts = [(part.heading, "\n".join(text.text for text in part.said)) for part in parts]
    if not contexts[0][0]:
        contexts[0] = ("", "")  # stands over the sheet
    wide = 2 if any(said for _, said in contexts) else 1
    rows: list[Sequence[Cell]] = []
    for part, context in zip(parts, contexts, strict=True):
        before = [Cell(text=text) for text in context[:wide]]
        blank = [Cell(text=part.table.empty), *(Cell(text="") for _ in part.table.columns[1:])]
        rows += [[*before, *row] for row in (part.table.rows or [blank])]
    first = parts[0].table
    columns = [Column(title=title) for title in (words.over, words.remark)[:wide]]
    return Table(name=_name(parts, annex, words), columns=[*columns, *first.columns], rows=rows, empty=first.empty)


def _data(chart: Chart, words: Words) -> Table:
    """Return what a chart is drawn from."""
    drawn = chart.drawn
    match drawn:
        case LineChart():
            titles = [words.label, drawn.title, drawn.reference_label]
            rows = [
                [Cell(text=label), _share(point), _share(drawn.reference)]
                for label, point in zip(drawn.labels, drawn.points, strict=True)
            ]
        case StackedBars():
            titles = [words.label, *drawn.series]
            rows = [
                [
                    Cell(text=label),
                    *(Cell(text=str(counts[place]), value=counts[place]) for counts in drawn.series.values()),
                ]
                for place, label in enumerate(drawn.labels)
            ]
        case Calendar():
            titles = [words.day, drawn.title]
            rows = [
                [Cell(text=day.isoformat(), value=day), Cell(text=str(count), value=count)]
                for day, count in sorted(drawn.days.items())
            ]
    columns = [Column(title=title, side=Side.RIGHT if place else Side.LEFT) for place, title in enumerate(titles)]
    return Table(name=chart.name, columns=columns, rows=rows, empty="—")


def _share(share: Fraction | None) -> Cell:
    return Cell(text=say_share(share).replace(" ", ""), value=share)
