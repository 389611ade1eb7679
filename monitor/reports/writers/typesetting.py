"""Sets `report.typ` in a process of its own, which gives back all the memory that setting takes.

The typesetter keeps what it has set, to set it again sooner, and never lets go of it: 200 MB for 4,000 rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from monitor.reports.fonts import find_fonts

LAYOUT = Path(__file__).with_name("report.typ")
STANDARD: typst.PDFStandard = "a-2b"
LONGEST = 600  # seconds


class TypesettingFailed(Exception):
    """The typesetter refused a report, or died of it: a mistake of the program."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """What was set; of a part also how many pages it has, and where what stands.

    ``last_begins`` is the block, and the row of it, with which the last page begins; ``headings`` are the blocks that
    are one, with their pages.
    """

    pdf: Path
    pages: int = 0
    last_begins: tuple[int, int] | None = None
    headings: Sequence[tuple[int, int]] = ()


def typeset(folder: Path, name: str, data: Mapping[str, Any], created: datetime, *, archival: bool) -> Typeset:
    """Set ``data`` as ``name`` in ``folder``, which holds the parts that it takes in.

    ``archival``: tagged and as PDF/A-2b, which the typesetter cannot do with parts. A machine without fonts raises
    `FontsMissing`, all else that fails `TypesettingFailed`.
    """
    fonts = find_fonts()
    (folder / LAYOUT.name).write_bytes(LAYOUT.read_bytes())
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    stamp = str(int(created.astimezone(UTC).timestamp()))
    command = [
        sys.executable,
        "-m",
        __name__,
        str(folder),
        name,
        str(fonts.folder),
        stamp,
        STANDARD if archival else "",
    ]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603 - ourselves
    except subprocess.TimeoutExpired as error:
        raise TypesettingFailed(f"the report was not set within {LONGEST} s") from error
    if ran.returncode:
        raise TypesettingFailed(ran.stderr.decode(errors="replace").strip() or f"killed by signal {-ran.returncode}")
    return _told(folder / name, ran.stdout)


def _told(pdf: Path, said: bytes) -> Typeset:
    cut = json.loads(said)
    if cut is None:
        return Typeset(pdf)
    first = None if cut["first"] is None else tuple(cut["first"])
    return Typeset(pdf, cut["pages"], first, [tuple(heading) for heading in cut["headings"]])


def main(folder: str, name: str, fonts: str, stamp: str, standard: str) -> None:
    """Set the folder's ``data.json`` and print where it may be cut, as JSON; nothing for a whole report."""
    compiler = typst.Compiler(
        str(Path(folder, LAYOUT.name)),
        root=folder,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]),
    )
    output = str(Path(folder, name))
    try:
        compiler.compile(
            output=output,
            format="pdf",
            timestamp=int(stamp),
            pdf_standards=[STANDARD] if standard else [],
            pdf_tags=bool(standard),
        )
        cuts = json.loads(compiler.query("<cut>", field="value"))
    except typst.TypstError as error:
        sys.exit(f"the typesetter refused the report: {error.message}")
    print(json.dumps(cuts[0] if cuts else None))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main(*sys.argv[1:])
