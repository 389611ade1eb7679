"""The report as a Word document: an official layout, real styles and tables, every text, the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from zipfile import ZipFile

import docx as python_docx
import pytest
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.table import Table as WordTable

from monitor.reports.document import Block, Chart, Document, Heading, Paragraph, Table
from monitor.reports.writers.docx import docx
from monitor.reports.writers.docx_sizes import HEIGHT, STEPS, WIDTH, fitting
from monitor.reports.writers.xml_text import held
from tests.reports.documents import cells
from tests.reports.documents import table as table_of
from tests.reports.papers import hostile, month

ANEW = """
import hashlib
from monitor.reports.writers.{kind} import {kind}
from tests.reports.papers import month
print(hashlib.sha256({kind}(month())).hexdigest())
"""


def opened(document: Document) -> Word:
    return python_docx.Document(io.BytesIO(docx(document)))


@cache
def of_month() -> bytes:
    """Return the file of a month, written once."""
    return docx(month())


def month_in_word() -> Word:
    return python_docx.Document(io.BytesIO(of_month()))


def plain(text: str) -> str:
    """Return a text without what keeps lines from breaking, and without the lines that a cell's items stand on."""
    whole = held(text).replace("\xa0", " ")
    return re.sub(r"(?<=[;,])\n|\n(?=[(])", " ", re.sub(r"(?<=[；、])\n|\n(?=（)", "", whole))


def expected(document: Document) -> Iterator[str]:
    """Yield the texts of a document in their order; a chart is the picture's, with no text."""
    yield document.title
    yield from document.head
    yield from of_blocks(document.front)
    if document.charts:
        yield document.charts_title
        yield from of_blocks(document.charts)
    for annex in document.annexes:
        yield annex.title
        yield from of_blocks(annex.blocks)


def assert_texts(document: Document) -> None:
    assert [plain(text) for text in expected(document)] == [plain(text) for text in found(opened(document))]


def of_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Table(rows=[]):
                yield block.empty
            case Table():
                yield from (column.title for column in block.columns)
                yield from (cell.text for row in block.rows for cell in row)
            case Chart():
                pass


def found(word: Word) -> Iterator[str]:
    """Yield the texts of a Word document in their order."""
    for part in word.iter_inner_content():
        if isinstance(part, WordTable):
            yield from (node_text(cell) for row in part._tbl.tr_lst for cell in row.tc_lst)
        elif part.style is not None and part.style.style_id not in {"Gap", "Picture"}:
            yield part.text


def node_text(cell: CT_Tc) -> str:
    return "\n".join(paragraph.text for paragraph in cell.p_lst)


@pytest.mark.parametrize("document", [month(), month(rows=0, draft=None), hostile()], ids=["month", "empty", "hostile"])
def test_every_text_stands_in_it_once_and_in_its_order(document: Document) -> None:
    """A Word file says what the document says, no more and no less, whatever names mean to a program."""
    assert_texts(document)


def test_page_is_that_of_official_documents() -> None:
    """Paper, margins and text are those of GB/T 9704-2012, 5.2.1; wide annexes lie across, as large."""
    sections = list(month_in_word().sections)
    for section in sections:
        across = section.orientation == WD_ORIENT.LANDSCAPE
        edges = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        assert ((28, 37, 26, 35) if across else (37, 26, 35, 28)) == tuple(round(edge.mm) for edge in edges if edge)
        paper = tuple(round(side.mm) for side in (section.page_width, section.page_height) if side)
        assert ((297, 210) if across else (210, 297)) == paper
    assert [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT] == [each.orientation for each in sections]


def test_every_style_names_its_faces() -> None:
    """Each style has a face for Chinese and one for Latin letters, those of the standard; no text has another."""
    word = month_in_word()
    faces = {}
    for style in word.styles.element.xpath("w:style[@w:type='paragraph']"):
        fonts = style.xpath("w:rPr/w:rFonts")[0]
        faces[style.get(qn("w:styleId"))] = (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii")))
        assert not [name for name in fonts.attrib if "Theme" in name]
    assert ("方正小标宋简体", "Times New Roman") == faces["Title"]
    assert ("仿宋_GB2312", "Times New Roman") == faces["Normal"]
    assert ("黑体", "Times New Roman") == faces["Heading1"]
    assert ("楷体_GB2312", "Times New Roman") == faces["Heading2"]
    assert ("宋体", "宋体") == faces["Footer"]
    parts = [word.element.body, *(section.footer._element for section in word.sections)]
    used = {style for part in parts for style in part.xpath(".//w:pPr/w:pStyle/@w:val")}
    assert used <= set(faces)
    assert not any(part.xpath(".//w:p[not(w:pPr/w:pStyle)]") for part in parts)
    assert {"eastAsia"} >= {hint for part in parts for hint in part.xpath(".//w:r/w:rPr/w:rFonts/@w:*")}


def test_sizes_and_lines_are_those_of_the_standard() -> None:
    """Text is 三号, 22 lines a page; 28 characters fit a line, which a little less room between them makes."""
    normal = month_in_word().styles.element.xpath("w:style[@w:styleId='Normal']")[0]
    size = int(normal.xpath("w:rPr/w:sz/@w:val")[0]) / 2
    line = int(normal.xpath("w:pPr/w:spacing/@w:line")[0]) / 20
    closer = int(normal.xpath("w:rPr/w:spacing/@w:val")[0]) / 20
    assert 16 == size
    assert 22 == HEIGHT // line
    assert 28 == WIDTH // (size + closer)


def test_headings_have_levels() -> None:
    """Headings are headings to Word: front, charts and annexes on the first level, what is in an annex below."""
    word = month_in_word()
    levels = {
        style.get(qn("w:styleId")): style.xpath("w:pPr/w:outlineLvl/@w:val")[0]
        for style in word.styles.element.xpath("w:style[w:pPr/w:outlineLvl]")
    }
    outline = [
        (levels[part.style.style_id], part.text)
        for part in word.paragraphs
        if part.style is not None and part.style.style_id in levels
    ]
    assert ("0", "一、总体情况") == outline[0]
    assert ("0", "附件1 超时故障逐起说明") in outline
    assert ("2", "F20260903-0002 云岭县财政局") in outline
    assert {"Heading 1", "Heading 2", "Heading 3"} <= {style.name for style in word.styles}


def test_tables_repeat_their_heads_and_keep_rows_whole() -> None:
    """Each table has its head on every page, no row over two pages, and columns of fixed widths."""
    for table in month_in_word().tables:
        first, *rest = table._tbl.tr_lst
        assert first.xpath("w:trPr/w:tblHeader")
        assert not any(row.xpath("w:trPr/w:tblHeader") for row in rest)
        assert all(row.xpath("w:trPr/w:cantSplit") for row in (first, *rest))
        widths = table._tbl.xpath("w:tblGrid/w:gridCol/@w:w")
        assert int(table._tbl.xpath("w:tblPr/w:tblW/@w:w")[0]) == sum(map(int, widths))
        assert all(widths == row.xpath("w:tc/w:tcPr/w:tcW/@w:w") for row in (first, *rest))


def test_charts_are_pictures_that_say_what_they_show() -> None:
    """Each chart is a picture as wide as the text, with its words for who cannot see it."""
    document = month()
    shapes = opened(document).inline_shapes
    assert [chart.said for chart in document.charts] == [shape._inline.docPr.get("descr") for shape in shapes]
    assert [chart.drawn.title for chart in document.charts] == [shape._inline.docPr.get("title") for shape in shapes]
    assert {round(WIDTH)} == {round(shape.width.pt) for shape in shapes}


def test_head_and_foot_of_pages() -> None:
    """The draft's mark is above, number and stamp below, the number outwards on odd and even pages."""
    word = month_in_word()
    section = word.sections[0]
    assert word.settings.odd_and_even_pages_header_footer
    for head in (section.header, section.even_page_header):
        assert ["草稿"] == [part.text for part in head.paragraphs]
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        number, stamp = foot.paragraphs
        assert "— 1 —" == "".join(number._p.xpath(".//w:t/text()"))
        assert ["PAGE"] == number._p.xpath("w:fldSimple/@w:instr")
        assert [side] == number._p.xpath("w:pPr/w:jc/@w:val")
        assert month().stamp == stamp.text
    assert [""] == [part.text for part in opened(month(draft=None)).sections[0].header.paragraphs]


def test_properties_and_languages() -> None:
    """The file says who made it and in what languages it is, and nothing of when or with what."""
    content = of_month()
    word = python_docx.Document(io.BytesIO(content))
    told = word.core_properties
    assert ("云岭县大数据中心", month().title, "zh-CN") == (told.author, told.title, told.language)
    language = word.styles.element.xpath("w:docDefaults//w:lang")[0]
    assert ("zh-CN", "en-US") == (language.get(qn("w:eastAsia")), language.get(qn("w:val")))
    with ZipFile(io.BytesIO(content)) as packed:
        assert {(1980, 1, 1, 0, 0, 0)} == {part.date_time for part in packed.infolist()}
        assert not [name for name in packed.namelist() if "thumbnail" in name or "app.xml" in name]


def test_english_has_english_pages() -> None:
    """An English report numbers its pages in its own words; names that look like its fields stay names."""
    section = opened(hostile()).sections[0]
    number, stamp = section.footer.paragraphs
    assert "Page 1 of 1" == "".join(number._p.xpath(".//w:t/text()"))
    assert ["PAGE", "NUMPAGES"] == number._p.xpath("w:fldSimple/@w:instr")
    assert hostile().stamp == stamp.text


def test_same_report_gives_the_same_bytes() -> None:
    """Written twice, and by a new process, the file is the same to the byte."""
    first = of_month()
    assert first == docx(month())
    anew = subprocess.run([sys.executable, "-c", ANEW.format(kind="docx")], capture_output=True, check=True)
    assert hashlib.sha256(first).hexdigest() == anew.stdout.decode().strip()


def test_front_steps_down_only_as_far_as_it_must() -> None:
    """A short front page is set in 三号, a fuller one smaller, and one that never fits in the smallest size."""
    short, full = month(), month(count=6)
    assert (
        STEPS[0].text == fitting(short.title, short.head, [Heading(text="一"), Paragraph(text="二")], chinese=True).text
    )
    assert 10.5 <= fitting(full.title, full.head, full.front, chinese=True).text < 16
    endless: list[Block] = [Paragraph(text="长" * 20_000)]
    assert STEPS[-1].text == fitting(full.title, full.head, endless, chinese=True).text


def test_numbers_and_dates_are_read_back_plain_and_have_no_break_in_them() -> None:
    """Among words Word's own hyphens; alone in its cell a number is as it is, and the cell as wide; items by line."""
    number, listed = "F20260907-0004", "finance-bureau-1、finance-bureau-2、finance-bureau-3"
    rows = [cells(number, f"与{number}重复；9月7日10:20认定", listed)]
    document = replace(
        month(), front=[Paragraph(text=f"见{number}。"), table_of("表", ("编号", "备注", "线路"), rows, (1, 1, 1))]
    )
    word = opened(document)
    [paragraph] = [each for each in word.paragraphs if number in each.text]
    assert f"见{number}。" == paragraph.text
    assert 1 == len(paragraph._p.xpath(".//w:noBreakHyphen"))
    alone, remark, lines = word.tables[0].rows[1].cells
    assert [number, f"与{number}重复；\n9月7日10:20认定", listed.replace("、", "、\n")] == [
        each.text for each in (alone, remark, lines)
    ]
    assert [0, 1] == [len(each._tc.xpath(".//w:noBreakHyphen")) for each in (alone, remark)]
    [before] = word.settings.element.xpath("w:noLineBreaksBefore")
    assert {"年", "月", "日"} <= set(before.get(qn("w:val")))
