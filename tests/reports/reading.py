"""Reading a composed report: all that it says, and its tables by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.reports.document import Block, Calendar, Chart, Document, Heading, LineChart, Paragraph, StackedBars, Table


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a report that somebody reads, but what is said of page numbers."""
    yield from (document.title, *document.head, document.charts_title, document.stamp)
    yield from document.properties.values()
    if document.draft is not None:
        yield document.draft
    yield from said(document.front)
    yield from said(document.charts)
    for annex in document.annexes:
        yield annex.title
        yield from said(annex.blocks)


def said(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield every text of some blocks."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Table():
                yield from (block.name, block.empty, *(column.title for column in block.columns))
                yield from (cell.text for row in block.rows for cell in row)
            case Chart():
                yield block.said
                yield from drawn(block)


def drawn(chart: Chart) -> Iterator[str]:
    """Yield every text in a chart."""
    yield chart.drawn.title
    match chart.drawn:
        case LineChart():
            yield from (*chart.drawn.labels, chart.drawn.reference_label)
        case StackedBars():
            yield from (*chart.drawn.labels, *chart.drawn.series)
        case Calendar():
            yield from chart.drawn.weekdays


def front(document: Document) -> str:
    """Return page one as one text."""
    return "\n".join([document.title, *document.head, *said(document.front)])


def tables(blocks: Iterable[Block]) -> list[Table]:
    """Return the tables of some blocks."""
    return [block for block in blocks if isinstance(block, Table)]


def table(document: Document, place: int, number: int = 0) -> Table:
    """Return a table of an annex, by the annex's number and its own from 0."""
    return tables(document.annexes[place - 1].blocks)[number]


def rows(found: Table) -> list[list[str]]:
    """Return the texts of a table's rows."""
    return [[cell.text for cell in row] for row in found.rows]


def shape(document: Document) -> list[object]:
    """Return what a report is made of, without its words."""
    blocks = [*document.front, *document.charts, *(block for annex in document.annexes for block in annex.blocks)]
    return [len(document.annexes), len(document.head), *(_shape(block) for block in blocks)]


def _shape(block: Block) -> object:
    match block:
        case Table():
            return ("table", len(block.columns), len(block.rows))
        case Heading():
            return ("heading", block.level)
        case Paragraph():
            return ("paragraph", block.tone)
        case Chart():
            return ("chart", block.name, type(block.drawn).__name__)
