"""The styles of the Word document: GB/T 9704-2012 (5.2, 7.3), as styles that an official changes in one place.

The faces are those the standard names. Where a machine has not got one, Word takes the next of its other names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.reports.writers.docx_sizes import MARGIN, RULE, Sizes, head_size

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LATIN = "Times New Roman"
TITLE, TEXT, BLACK, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
OTHER_NAMES: Mapping[str, str] = {
    TITLE: "FZXiaoBiaoSong-B05S,方正小标宋_GBK,FZXiaoBiaoSong-B05,华文中宋,STZhongsong",
    TEXT: "仿宋,FangSong,FangSong_GB2312,华文仿宋,STFangsong",
    BLACK: "SimHei,Noto Sans CJK SC,微软雅黑",
    KAI: "楷体,KaiTi,KaiTi_GB2312,华文楷体,STKaiti",
    SONG: "SimSun,Noto Serif CJK SC",
}
CLOSER = 0.25  # points
PAGE_LINE = 28.95  # points: 22 of them are the height of the text
EDGES = ("top", "left", "bottom", "right")
INNER = ("insideH", "insideV")
FEW = 5  # columns
ANNEX_TABLES = (("Table", 10.5, 14.0), ("Small Table", 9.0, 12.0), ("Smallest Table", 7.5, 10.0))
"""Of few columns, of more, of more than find room: the style's name, its size and the height of its lines."""
LANGUAGES: Mapping[str, str] = {"zh_CN": "en-US", "en": "en-GB"}  # of what is not Chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A style of paragraphs; sizes in points, ``line`` None where a line grows with what stands in it.

    ``level`` is that of the outline, from 0. ``indent`` counts characters, of the first line. Letters stand ``closer``
    by so much: a line of 三号 has 28 of them (5.2.3). The grid that Word has for this would change tables too.
    """

    id: str
    name: str
    face: str
    size: float
    line: float | None
    latin: str = LATIN
    bold: bool = False
    closer: float = 0
    side: str = "left"
    indent: int = 0
    level: int | None = None
    stays: bool = False
    boxed: bool = False
    after: float = 0
    based: str | None = "Normal"


def styles(sizes: Sizes, *, chinese: bool) -> Iterator[Style]:
    """Yield the styles of a document whose front page is set in ``sizes``."""
    text = Style(id="Normal", name="Normal", face=TEXT, size=16, line=PAGE_LINE, side="both" if chinese else "left",
                 indent=2 if chinese else 0, closer=CLOSER if chinese else 0, based=None)  # fmt: skip
    heading = replace(text, id="Heading1", name="heading 1", face=BLACK, bold=not chinese, side="left", level=0,
                      stays=True, indent=0, after=4, based="Normal")  # fmt: skip
    headings = (
        heading,
        replace(heading, id="Heading2", name="heading 2", face=KAI, level=1, indent=text.indent, after=0),
        replace(heading, id="Heading3", name="heading 3", face=TEXT, bold=True, level=2, indent=text.indent, after=0),
    )
    note = Style(id="Note", name="Report Note", face=TEXT, size=12, line=18, side="left")
    warning = replace(
        text, id="Warning", name="Report Warning", face=BLACK, bold=not chinese, boxed=True, based="Normal"
    )
    yield text
    yield from headings
    yield from (note, warning)
    yield Style(id="Title", name="Title", face=TITLE, size=sizes.title, line=sizes.title_line, bold=not chinese,
                side="center", stays=True)  # fmt: skip
    yield replace(note, id="Head", name="Report Head", face=KAI, size=sizes.note, line=sizes.note_line, side="center")
    for style in (text, *headings, warning):
        yield replace(style, id=f"Front{style.id}", name=f"Front {style.name}", size=sizes.text, line=sizes.line,
                      indent=text.indent, after=0, closer=style.closer * (sizes.text == style.size),
                      based=style.id)  # fmt: skip
    yield replace(note, id="FrontNote", name="Front Note", size=sizes.note, line=sizes.note_line)
    yield from _tables(sizes, chinese=chinese)
    yield Style(id="Gap", name="Report Gap", face=TEXT, size=2, line=4)
    yield Style(id="Picture", name="Report Picture", face=TEXT, size=12, line=None, side="center", after=6)
    yield Style(id="Header", name="header", face=BLACK, size=14, line=18, bold=True, side="right")
    yield Style(id="Footer", name="footer", face=SONG, latin=SONG if chinese else LATIN, size=14, line=16,
                side="right" if chinese else "center")  # fmt: skip
    yield Style(id="Stamp", name="Report Stamp", face=SONG, size=7.5, line=9.5)


def _tables(sizes: Sizes, *, chinese: bool) -> Iterator[Style]:
    """Yield the styles of tables: of the front page, and two of annexes."""
    for name, size, line in (
        ("Front Table", sizes.table, sizes.row),
        *ANNEX_TABLES,
    ):
        cell = Style(id=name.replace(" ", ""), name=f"Report {name}", face=SONG, size=size, line=line)
        yield cell
        yield replace(
            cell,
            id=f"{cell.id}Head",
            name=f"{cell.name} Head",
            face=BLACK,
            size=head_size(size, chinese=chinese),
            bold=True,
            side="center",
            stays=True,
        )


def table_style(columns: int, *, cramped: bool = False) -> tuple[str, float]:
    """Return the style of an annex's table with so many columns, and its size; ``cramped`` as `is_cramped` has it."""
    name, size, _ = ANNEX_TABLES[2 if cramped else columns > FEW]
    return name.replace(" ", ""), size


def styles_xml(sizes: Sizes, *, locale: str) -> str:
    """Return the document's part of styles."""
    chinese = locale == "zh_CN"
    written = "".join(_paragraph_style(style) for style in styles(sizes, chinese=chinese))
    return (
        f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{_faces(TEXT, LATIN)}"
        f'<w:lang w:val="{LANGUAGES[locale]}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>{written}{_ruled()}</w:styles>"
    )


def _ruled() -> str:
    """Return the style of tables: thin rules, little room in a cell."""
    rules = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for edge in (*EDGES, *INNER))
    room = "".join(
        f'<w:{edge} w:w="{round(room * 20)}" w:type="dxa"/>'
        for edge, room in zip(EDGES, (RULE / 2, MARGIN, RULE / 2, MARGIN), strict=True)
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>'
        '<w:style w:type="table" w:customStyle="1" w:styleId="Ruled"><w:name w:val="Report Ruled"/>'
        f'<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>{rules}</w:tblBorders>'
        f"<w:tblCellMar>{room}</w:tblCellMar></w:tblPr></w:style>"
    )


def fonts_xml() -> str:
    """Return the document's part of fonts: other names, and what they are like, for a machine that has none of them."""
    return (
        f"<w:fonts {W}>"
        + f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/></w:font>'
        + "".join(
            f'<w:font w:name="{face}"><w:altName w:val="{names}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{"swiss" if face == BLACK else "roman"}"/></w:font>'
            for face, names in OTHER_NAMES.items()
        )
        + "</w:fonts>"
    )


def _faces(face: str, latin: str) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:eastAsia="{face}" w:hAnsi="{latin}" w:cs="{LATIN}"/>'


def _paragraph_style(style: Style) -> str:
    built_in = style.name[0].islower() or style.name in {"Normal", "Title"}
    attributes = (
        'w:type="paragraph"' + ("" if style.based else ' w:default="1"') + ("" if built_in else ' w:customStyle="1"')
    )
    based = f'<w:basedOn w:val="{style.based}"/>' if style.based else ""
    following = '<w:next w:val="Normal"/>' if style.level is not None and style.based else ""
    return (
        f'<w:style {attributes} w:styleId="{style.id}"><w:name w:val="{style.name}"/>{based}{following}<w:qFormat/>'
        f"<w:pPr>{_of_paragraph(style)}</w:pPr><w:rPr>{_of_letters(style)}</w:rPr></w:style>"
    )


def _of_paragraph(style: Style) -> str:
    """Return the properties, in the order of the schema (ISO/IEC 29500-1, 17.3.1.26)."""
    edges = "".join(f'<w:{edge} w:val="single" w:sz="6" w:space="1" w:color="auto"/>' for edge in EDGES)
    line = (
        'w:line="240" w:lineRule="auto"'
        if style.line is None
        else f'w:line="{round(style.line * 20)}" w:lineRule="exact"'
    )
    return (
        f'<w:keepNext w:val="{int(style.stays)}"/>'
        + (f"<w:pBdr>{edges}</w:pBdr>" if style.boxed else "")
        + '<w:overflowPunct w:val="0"/>'  # nothing stands outside the margins
        + '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'  # a line holds 28 characters, whichever they are
        + f'<w:spacing w:before="0" w:after="{round(style.after * 20)}" {line}/>'
        + f'<w:ind w:firstLineChars="{style.indent * 100}" w:firstLine="{round(style.indent * style.size * 20)}"/>'
        + f'<w:jc w:val="{style.side}"/>'
        + ("" if style.level is None else f'<w:outlineLvl w:val="{style.level}"/>')
    )


def _of_letters(style: Style) -> str:
    bold, size = int(style.bold), round(style.size * 2)
    return (
        f'{_faces(style.face, style.latin)}<w:b w:val="{bold}"/><w:bCs w:val="{bold}"/>'
        f'<w:spacing w:val="{round(style.closer * -20)}"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    )
