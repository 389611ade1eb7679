"""Files that no spreadsheet program writes, or that hold what an archive has no need of: each as its maker makes it."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.archive.workbooks import drawn_of

Maker = Callable[[Path], Path]
LINES = "xl/worksheets/sheet4.xml"
GIGABYTE = 1 << 30
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY l0 "lol">' + LAUGHS + b"]>"


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(path: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def with_part(name: str, content: bytes = b"") -> Maker:
    """Return a maker of a good workbook that has one more part."""
    return lambda folder: packed(folder / "small.xlsx", {**parts_of(drawn_of()), name: content})


def with_changed(name: str, change: Callable[[bytes], bytes]) -> Maker:
    """Return a maker of a workbook one part of which is other than a program would write it."""

    def make(folder: Path) -> Path:
        parts = parts_of(drawn_of())
        return packed(folder / "small.xlsx", {**parts, name: change(parts[name])})

    return make


def inflated(size: int) -> bytes:
    """Return a raw deflate stream of so many zeros (a multiple of a million), made of one piece over and over."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packing.compress(bytes(1_000_000)) + packing.flush(zlib.Z_FULL_FLUSH)
    return piece * (size // 1_000_000) + packing.flush()


def bomb(*, declared: int | None, name: str = LINES, size: int = 4_000_000_000) -> Maker:
    """Return a maker of a workbook one part of which unpacks to gigabytes, whatever it says that it does.

    One that tells a lie has the checksum of as much as it says.
    """

    def make(folder: Path) -> Path:
        said = size if declared is None else declared
        with zipfile.ZipFile(folder / "small.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
            for part, content in parts_of(drawn_of()).items():
                if part != name:
                    package.writestr(part, content)
            package.writestr(name, inflated(size), zipfile.ZIP_STORED)
            entry = package.getinfo(name)
            entry.compress_type, entry.file_size, entry.CRC = (
                zipfile.ZIP_DEFLATED,
                said,
                zlib.crc32(bytes(min(said, 1000))),
            )
        return folder / "small.xlsx"

    return make


def rows_more(rows: int, columns: int, cell: bytes) -> Maker:
    """Return a maker of a workbook whose lines have so many more rows below, of such cells."""
    return with_changed(
        LINES,
        lambda sheet: sheet.replace(b"</sheetData>", (b"<row>" + cell * columns + b"</row>") * rows + b"</sheetData>"),
    )


def many_parts(folder: Path) -> Path:
    return packed(folder / "small.xlsx", {**parts_of(drawn_of()), **{f"xl/media/{n}.png": b"" for n in range(1000)}})


def cut_short(folder: Path) -> Path:
    (folder / "small.xlsx").write_bytes(drawn_of()[:-2000])
    return folder / "small.xlsx"


def bare(content: bytes) -> Maker:
    """Return a maker of a file that says just that."""

    def make(folder: Path) -> Path:
        (folder / "small.xlsx").write_bytes(content)
        return folder / "small.xlsx"

    return make


def compound(stream: str) -> Maker:
    """Return a maker of a file of OLE2 with a stream of that name in its directory (MS-CFB 2.6.1)."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return bare(
        header + stream.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(stream) + 2) + bytes(62)
    )


def locked(folder: Path) -> Path:
    """Make a container the parts of which have a password (APPNOTE 4.4.4, bit 0)."""
    content = drawn_of()
    entries = re.compile(rb"(PK\x01\x02.{4}).", re.DOTALL)
    (folder / "small.xlsx").write_bytes(entries.sub(lambda found: found[1] + b"\1", content))
    return folder / "small.xlsx"


def other_packing(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "small.xlsx", "w", zipfile.ZIP_BZIP2) as package:
        for name, content in parts_of(drawn_of()).items():
            package.writestr(name, content)
    return folder / "small.xlsx"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "small.xlsx")
    return folder / "small.xlsx"


def link(target: str) -> Maker:
    """Return a maker of a symbolic link."""

    def make(folder: Path) -> Path:
        (folder / "small.xlsx").symlink_to(target)
        return folder / "small.xlsx"

    return make


def sparse(folder: Path) -> Path:
    """Make a file that is larger than it takes room."""
    with (folder / "small.xlsx").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(4 * GIGABYTE)
    return folder / "small.xlsx"


def merges(ranges: str) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(
        b"</sheetData>", b"</sheetData><mergeCells>" + ranges.encode() + b"</mergeCells>"
    )


NO_FILE = "不是普通文件，而是设备或管道；指定一个.xlsx文件；CSV文件放在一个文件夹里，指定该文件夹"
NO_WORKBOOK = "不是.xlsx文件；另存为“Excel工作簿（*.xlsx）”；CSV文件须放在一个文件夹里，指定该文件夹"
DAMAGED = "文件已损坏或不完整；重新取得该文件；或用Excel或WPS打开并修复，重新保存"
UNPACKED = "文件过大，解开后超过100MB或部件过多；弄清文件来历；删除与档案无关的内容，重新保存"
CELLS = "单元格过多，大多是空的，只有格式；选中最后一行以下的全部行、最后一列以右的全部列，删除，重新保存"
OTHER_FILES = (
    "引用或嵌入了别的文件、数据（{}），其内容无从核对；"
    "在Excel或WPS中断开链接（数据—编辑链接），删除嵌入的对象，重新保存"
)
MACROS = "含有宏（{}）；另存为不含宏的“Excel工作簿（*.xlsx）”"
ENTITIES = "声明了XML实体（{}），表格软件不会写出这样的文件；弄清文件来历；用Excel或WPS打开，重新保存"
PASSWORD = "设有密码；用Excel或WPS打开，取消密码后保存"
TYPES = "[Content_Types].xml"


def laughing(name: str, *, encoding: str = "utf-8") -> Maker:
    """Return a maker of a workbook one part of which declares entities that grow a billionfold, and uses them."""

    def change(part: bytes) -> bytes:
        body = re.sub(rb"^<\?xml[^>]*\?>", b"", part)
        head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
        return (head + DOCTYPE + re.sub(rb"(</[^>]*>)$", rb"&l9;\1", body)).decode().encode(encoding)

    return with_changed(name, change)


FILES: Mapping[str, tuple[Maker, str]] = {
    "bomb": (bomb(declared=None), f"线路：{CELLS}"),
    "bomb that lies": (bomb(declared=1000), DAMAGED),
    "bomb of another part": (bomb(declared=None, name="xl/styles.xml"), UNPACKED),
    "ten million cells": (rows_more(100_000, 100, b"<c><v>1</v></c>"), f"线路：{CELLS}"),
    "empty cells that are formatted": (rows_more(200_000, 16, b'<c s="1"/>'), f"线路：{CELLS}"),
    "many cells in one row": (rows_more(1, 4_000_000, b"<c/>"), f"线路：{CELLS}"),
    "many strings": (
        with_changed("xl/sharedStrings.xml", lambda part: part.replace(b"</sst>", b"<si/>" * 4_000_000 + b"</sst>")),
        "内容过多（xl/sharedStrings.xml）；弄清文件来历；删除与档案无关的内容，重新保存",
    ),
    "many parts": (many_parts, UNPACKED),
    "larger than it may be": (sparse, "文件过大，超过20MB；删除与档案无关的内容，如图片"),
    "macros": (with_part("xl/vbaProject.bin"), MACROS.format("xl/vbaProject.bin")),
    "macros, as it says": (
        with_changed(TYPES, lambda types: types.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
            b"application/vnd.ms-excel.sheet.macroEnabled.main")), MACROS.format(TYPES)),
    "old macros": (with_part("xl/macrosheets/sheet1.xml"), MACROS.format("xl/macrosheets/sheet1.xml")),
    "links": (with_part("xl/externalLinks/externalLink1.xml"),
              OTHER_FILES.format("xl/externalLinks/externalLink1.xml")),
    "OLE": (with_part("xl/embeddings/oleObject1.bin"), OTHER_FILES.format("xl/embeddings/oleObject1.bin")),
    "connections": (with_part("xl/connections.xml"), OTHER_FILES.format("xl/connections.xml")),
    "entities of a sheet": (laughing(LINES), ENTITIES.format(LINES)),
    "entities in UTF-16": (laughing(LINES, encoding="utf-16"), ENTITIES.format(LINES)),
    "entities of the strings": (laughing("xl/sharedStrings.xml"), ENTITIES.format("xl/sharedStrings.xml")),
    "entities of the workbook": (laughing("xl/workbook.xml"), ENTITIES.format("xl/workbook.xml")),
    "entities of the types": (laughing(TYPES), ENTITIES.format(TYPES)),
    "a whole sheet merged": (with_changed(LINES, merges('<mergeCell ref="A2:XFD1048576"/>' * 2000)),
                             "线路：合并单元格超过1000处；选中整张表，取消合并，每行分别填写"),
    "password": (compound("EncryptedPackage"), PASSWORD),
    "password of the container": (locked, PASSWORD),
    "old format": (compound("Workbook"), "是旧格式（.xls、.et）；用Excel或WPS打开，另存为“Excel工作簿（*.xlsx）”"),
    "strict": (
        with_changed("xl/workbook.xml", lambda book: book.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main")),
        "是“Strict Open XML”格式；打开，另存为“Excel工作簿（*.xlsx）”，不选“Strict Open XML”"),
    "cut short": (cut_short, DAMAGED),
    "another packing": (other_packing, DAMAGED),
    "another container": (lambda folder: packed(folder / "small.xlsx", {"word/document.xml": b"<document/>"}),
                          NO_WORKBOOK),
    "junk": (bare(bytes(range(256)) * 1000), NO_WORKBOOK),
    "nothing": (bare(b""), NO_WORKBOOK),
    "strings that are not there": (
        with_changed(LINES, lambda sheet: re.sub(rb't="s"><v>\d+</v>', b't="s"><v>99999</v>', sheet)), DAMAGED),
    "pipe": (pipe, NO_FILE),
    "device": (link("/dev/zero"), NO_FILE),
    "link to nowhere": (link("nowhere"), "没有这个文件；检查文件名和路径"),
    "link to itself": (link("small.xlsx"), "不能读取：Too many levels of symbolic links；检查路径和权限"),
}  # fmt: skip
"""How each file is made, and what is said of it: behind the name of the file, or of the sheet."""


def expected(told: str) -> str:
    """Return what is said of a file."""
    return told if told.startswith("线路：") else f"small.xlsx：{told}"
