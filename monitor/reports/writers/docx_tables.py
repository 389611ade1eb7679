"""Paragraphs and tables as Word has them (ISO/IEC 29500-1, 17.3 and 17.4).

They are written as text: python-docx looks through a table for each cell that it adds, and a tree of thirty thousand
rows takes a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from monitor.reports.document import Cell, Side, Table
from monitor.reports.unbroken import pieces
from monitor.reports.writers.docx_sizes import MARGIN, head_size, itemised, shares
from monitor.reports.writers.docx_styles import W
from monitor.reports.writers.xml_text import held

EITHER = frozenset("“”‘’…—·×±°§→←↑↓①②③④⑤★※")  # as wide as the face that they are set in: Chinese or Latin
PLACED = {Side.LEFT: "", Side.CENTRE: '<w:jc w:val="center"/>', Side.RIGHT: '<w:jc w:val="right"/>'}
FIRM = "\x01"  # a hyphen at which no line is broken; no text that XML can hold has this sign
TWENTIETHS = 20  # of a point: what Word measures in


def letters(text: str, *, chinese: bool, bold: bool = False) -> str:
    """Return a run of text; what may be of either script is set as the document's own.

    A number or an id among other words has hyphens at which no line is broken; alone in its cell, which is as wide, it
    stands as it is, to be found by who searches for it. No blank within a date is broken at.
    """
    hint = '<w:rFonts w:hint="eastAsia"/>' if chinese and not EITHER.isdisjoint(text) else ""
    looks = hint + ("<w:b/><w:bCs/>" if bold else "")
    text = "".join(_firm(piece, alone=piece == text) if whole else piece for piece, whole in pieces(held(text)))
    text = text.replace(" %", "\u00a0%")  # a share is not broken over two lines
    parts = "<w:br/>".join("<w:tab/>".join(_text(part) for part in line.split("\t")) for line in text.split("\n"))
    set_as = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f"<w:r>{set_as}{parts}</w:r>" if text else ""


def paragraph(text: str, style: str, *, chinese: bool, page: bool = False) -> str:
    """Return a paragraph, ``page`` at the top of the next page."""
    before = "<w:pageBreakBefore/>" if page else ""
    return f'<w:p {W}><w:pPr><w:pStyle w:val="{style}"/>{before}</w:pPr>{letters(text, chinese=chinese)}</w:p>'


def table(written: Table, style: str, *, size: float, width: float, chinese: bool) -> str:
    """Return a table in letters of ``size``, ``width`` points wide.

    Its head is repeated on each page, and no row is broken over two.
    """
    widths = _twentieths(shares(written, size=size, head=head_size(size, chinese=chinese), width=width))
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Ruled"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(held(written.name))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(_rows(written, style, widths, size, chinese=chinese))}</w:tbl>"
    )


def _rows(written: Table, style: str, widths: Sequence[int], size: float, *, chinese: bool) -> Iterator[str]:
    heads = "".join(
        _cell(Cell(text=column.title), f"{style}Head", wide, Side.LEFT, chinese=chinese)
        for column, wide in zip(written.columns, widths, strict=True)
    )
    yield f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"
    for row in written.rows:
        cells = "".join(
            _cell(_itemised(cell, wide, size), style, wide, column.side, chinese=chinese)
            for cell, column, wide in zip(row, written.columns, widths, strict=True)
        )
        yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _itemised(cell: Cell, wide: int, size: float) -> Cell:
    text = itemised(cell.text, size=size, width=wide / TWENTIETHS - 2 * MARGIN)
    return cell if text == cell.text else replace(cell, text=text)


def _cell(cell: Cell, style: str, wide: int, side: Side, *, chinese: bool) -> str:
    placed = PLACED[side]
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{placed}</w:pPr>'
        f"{letters(cell.text, chinese=chinese, bold=cell.strong)}</w:p></w:tc>"
    )


def _firm(piece: str, *, alone: bool) -> str:
    """Return a piece that is not to be broken."""
    return piece.replace(" ", "\u00a0") if alone else piece.replace(" ", "\u00a0").replace("-", FIRM)


def _text(part: str) -> str:
    texts = (f'<w:t xml:space="preserve">{escape(each)}</w:t>' if each else "" for each in part.split(FIRM))
    return "<w:noBreakHyphen/>".join(texts)


def _twentieths(widths: Sequence[float]) -> list[int]:
    """Return widths in twentieths of a point, which add up to the whole."""
    edges = [round(sum(widths[:place]) * TWENTIETHS) for place in range(len(widths) + 1)]
    return [right - left for left, right in pairwise(edges)]
