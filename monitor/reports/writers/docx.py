"""A report as a Word document, for editing into an official one: the layout of GB/T 9704-2012, real styles and tables.

The margins are 37 mm above and 28 mm at the spine, the text is 156 mm by 225 mm (5.2.1); page numbers stand 7 mm below
it, outwards (7.5). Only the front page is set smaller than 三号 where it must (`docx_sizes`), and tables are.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from copy import deepcopy

import docx as python_docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from monitor.reports import charts
from monitor.reports.document import Annex, Block, Chart, Document, Heading, Paragraph, Table, Tone
from monitor.reports.writers.docx_sizes import HEIGHT, WIDTH, fitting, head_size, is_cramped
from monitor.reports.writers.docx_styles import W, fonts_xml, styles_xml, table_style
from monitor.reports.writers.docx_tables import letters, paragraph, table
from monitor.reports.writers.sealing import MADE, sealed
from monitor.reports.writers.xml_text import held

DPI = 200
UPRIGHT, ACROSS = (37, 26, 35, 28, 22, 14), (28, 37, 26, 35, 15, 8)
"""Margins in millimetres: above, right, below, left, to the header, to the footer."""
MANY = 8  # columns of a table that stands upright
TONES: Mapping[Tone, str] = {Tone.TEXT: "Normal", Tone.NOTE: "Note", Tone.WARNING: "Warning"}
DEEPEST = 3  # level of a heading
PLACE = b"<w:tbl/>"  # of a table that is yet to be put there
NOT_FIRST = "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠年月日"
NOT_LAST = "$([{£¥·‘“〈《「『【〔〖〝﹗﹙﹛＄（．［｛￡￥年月"
FIELDS = re.compile(r"\{(page|pages)\}")
OFFICIAL_PAGE = "— {page} —"  # GB/T 9704-2012, 7.5
CHARACTER = 14  # points: the free room beside a page number, one character
FIELD = '<w:fldSimple w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
CODES: Mapping[str, str] = {"page": "PAGE", "pages": "NUMPAGES"}
PROPERTIES = ("author", "title", "subject", "keywords", "comments", "category")
LONGEST = 255  # characters of a property
UNWANTED = ("/customXml", "/thumbnail", "/stylesWithEffects", "/numbering", "/extended-properties")
"""Parts of python-docx's empty document that say what is not so, or that nothing here uses."""


def docx(document: Document) -> bytes:
    """Return a report as a Word document; the same report gives the same bytes.

    Characters that XML has not are replaced (`xml_text.held`).
    """
    return _Writer(document).written()


class _Writer:
    """Writes one document."""

    def __init__(self, document: Document) -> None:
        self._document, self._chinese = document, document.locale == "zh_CN"
        self._sizes = fitting(document.title, document.head, document.front, chinese=self._chinese)
        self._word: Word = python_docx.Document()
        self._body = self._word.element.body
        self._end = self._body.sectPr  # what is written goes before it
        self._across = False
        self._tables: list[str] = []  # put into the body once that is text

    def written(self) -> bytes:
        """Return the file."""
        document = self._document
        self._set_styles()
        self._set_page()
        self._add_front()
        self._add_charts()
        for annex in document.annexes:
            self._add_annex(annex)
        self._lay(self._end)
        self._set_properties()
        content = io.BytesIO()
        self._word.save(content)
        return sealed(content.getvalue(), {str(self._word.part.partname)[1:]: self._filled})

    def _filled(self, body: bytes) -> bytes:
        """Return the body's text with its tables; in a name the place of a table would be written otherwise."""
        first, *rest = body.split(PLACE)
        parts = [first]
        for written, part in zip(self._tables, rest, strict=True):
            parts += [written.encode(), part]
        return b"".join(parts)

    # -- what is said --------------------------------------------------------------------------------------------

    def _add_front(self) -> None:
        document = self._document
        self._add(paragraph(document.title, "Title", chinese=self._chinese))
        for line in document.head:
            self._add(paragraph(line, "Head", chinese=self._chinese))
        for block in document.front:
            self._add_block(block, front=True)

    def _add_annex(self, annex: Annex) -> None:
        """Add an annex on a page of its own (GB/T 9704-2012, 7.3.7), across where a table of it is wide."""
        across = any(isinstance(block, Table) and self._is_wide(block) for block in annex.blocks)
        if across != self._across:
            last = self._add(paragraph("", "Gap", chinese=self._chinese))
            last[0].append(self._lay(deepcopy(self._end)))
            self._across = across
        self._add(paragraph(annex.title, "Heading1", chinese=self._chinese, page=True))
        for block in annex.blocks:
            self._add_block(block)

    def _is_wide(self, block: Table) -> bool:
        return len(block.columns) > MANY or self._is_cramped(block, WIDTH)

    def _is_cramped(self, block: Table, width: float) -> bool:
        size = table_style(len(block.columns))[1]
        return is_cramped(block, size=size, head=head_size(size, chinese=self._chinese), width=width)

    def _add_charts(self) -> None:
        if self._document.charts:
            self._add(paragraph(self._document.charts_title, "Heading1", chinese=self._chinese, page=True))
        for chart in self._document.charts:
            self._add_chart(chart)

    def _add_block(self, block: Block, *, front: bool = False) -> None:
        prefix = "Front" if front else ""
        match block:
            case Heading():
                level = min(DEEPEST, block.level + (0 if front else 1))  # the title of the annex is the first
                self._add(paragraph(block.text, f"{prefix}Heading{level}", chinese=self._chinese))
            case Paragraph():
                self._add(paragraph(block.text, prefix + TONES[block.tone], chinese=self._chinese))
            case Table():
                self._add_table(block, front=front)
            case Chart():
                self._add_chart(block)

    def _add_table(self, written: Table, *, front: bool) -> None:
        if not written.rows:
            self._add(paragraph(written.empty, "FrontNormal" if front else "Normal", chinese=self._chinese))
            return
        width = HEIGHT if self._across else WIDTH
        style, size = (
            ("FrontTable", self._sizes.table)
            if front
            else table_style(len(written.columns), cramped=self._is_cramped(written, width))
        )
        self._add(f"<w:tbl {W}/>")
        self._tables.append(table(written, style, size=size, width=width, chinese=self._chinese))
        self._add(paragraph("", "Gap", chinese=self._chinese))  # or two tables become one

    def _add_chart(self, chart: Chart) -> None:
        picture = io.BytesIO(charts.png(chart.drawn, locale=self._document.locale, dpi=DPI))
        place = self._add(paragraph("", "Picture", chinese=self._chinese))
        shape = WordParagraph(place, self._word._body).add_run().add_picture(picture, width=Pt(WIDTH))
        said = shape._inline.docPr
        said.set("name", held(chart.name))
        said.set("title", held(chart.drawn.title))
        said.set("descr", held(chart.said))

    def _add(self, xml: str) -> BaseOxmlElement:
        element = parse_xml(xml)
        self._end.addprevious(element)
        return element

    # -- how it stands -------------------------------------------------------------------------------------------

    def _set_styles(self) -> None:
        _replace(self._word.styles.element, styles_xml(self._sizes, locale=self._document.locale))
        part = self._word.part
        part.part_related_by(RELATION.FONT_TABLE)._blob = fonts_xml().encode()
        for relations in (part.rels, part.package.rels):
            for key in [key for key, relation in relations.items() if relation.reltype.endswith(UNWANTED)]:
                del relations[key]
        for language in self._word.settings.element.xpath("w:themeFontLang"):
            language.set(qn("w:eastAsia"), "zh-CN")
        self._keep_dates_whole()
        for mode in self._word.settings.element.xpath(".//w:compatSetting[@w:name='compatibilityMode']"):
            mode.set(qn("w:val"), "15")  # else Word opens it as a file of an older one

    def _keep_dates_whole(self) -> None:
        """Let no line end behind, or begin with, what stands within a date (ISO/IEC 29500-1, 17.15.1.58 and 59).

        Word has such signs of its own for each language; what is given takes their place, so they are in it.
        """
        spacing = self._word.settings.element.find(qn("w:characterSpacingControl"))
        for name, signs in (("Before", NOT_FIRST), ("After", NOT_LAST)):  # the last one comes first
            rule = OxmlElement(f"w:noLineBreaks{name}")
            rule.set(qn("w:lang"), "zh-CN")
            rule.set(qn("w:val"), signs)
            spacing.addnext(rule)

    def _set_page(self) -> None:
        section = self._word.sections[0]
        for old in self._end.xpath("w:docGrid"):
            self._end.remove(old)
        self._word.settings.odd_and_even_pages_header_footer = True
        for head in (section.header, section.even_page_header):
            _fill(head, paragraph(self._document.draft or "", "Header", chinese=self._chinese))
        stamp = paragraph(self._document.stamp, "Stamp", chinese=self._chinese)
        for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            _fill(foot, self._page_number(side), stamp)

    def _lay(self, section: CT_SectPr) -> CT_SectPr:
        """Give a section its paper, upright or across; the text is as large in both."""
        edges = ACROSS if self._across else UPRIGHT
        size, margins = section.get_or_add_pgSz(), section.get_or_add_pgMar()
        size.w, size.h = (Mm(297), Mm(210)) if self._across else (Mm(210), Mm(297))
        size.orient = WD_ORIENT.LANDSCAPE if self._across else WD_ORIENT.PORTRAIT
        margins.top, margins.right, margins.bottom, margins.left, margins.header, margins.footer = map(Mm, edges)
        return section

    def _page_number(self, side: str) -> str:
        """Return the paragraph of the page's number: outwards in an official document, else in the middle."""
        written = OFFICIAL_PAGE if self._chinese else self._document.page
        placed = f'<w:ind w:firstLine="0" w:{side}="{CHARACTER * 20}"/><w:jc w:val="{side}"/>' if self._chinese else ""
        parts = [
            FIELD.format(code=CODES[part]) if place % 2 else letters(part, chinese=self._chinese)
            for place, part in enumerate(FIELDS.split(written))
        ]
        return f'<w:p {W}><w:pPr><w:pStyle w:val="Footer"/>{placed}</w:pPr>{"".join(parts)}</w:p>'

    def _set_properties(self) -> None:
        told, properties = self._word.core_properties, {"title": self._document.title, **self._document.properties}
        for name in PROPERTIES:
            setattr(told, name, held(properties.get(name, ""))[:LONGEST])
        told.language = self._document.locale.replace("_", "-")
        told.created = told.modified = MADE
        told.last_modified_by, told.revision = told.author, 1


def _fill(place: _Header | _Footer, *paragraphs: str) -> None:
    """Write a header or footer anew."""
    place.is_linked_to_previous = False
    element = place._element
    for old in list(element):
        element.remove(old)
    element.extend(parse_xml(text) for text in paragraphs)


def _replace(element: BaseOxmlElement, xml: str) -> None:
    """Give an element of a part the content of another."""
    for old in list(element):
        element.remove(old)
    element.extend(list(parse_xml(xml)))
