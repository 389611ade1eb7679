"""The faces that reports and charts are set in: Noto CJK, as Debian packs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("/usr/share/fonts/opentype/noto")
NEEDED = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJK-Bold.ttc",
)


class FontsMissing(Exception):
    """The machine has not the fonts that a report is set in; says the cure."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Where the faces are: the folder, and in it the two files that charts are lettered in."""

    folder: Path
    sans: Path
    sans_bold: Path


def find_fonts(folder: Path | None = None) -> Fonts:
    """Return where the faces are; a machine that lacks one raises `FontsMissing`."""
    folder = FOLDER if folder is None else folder
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise FontsMissing(f"{folder}: there is no {', no '.join(missing)}: apt install fonts-noto-cjk")
    return Fonts(folder, folder / "NotoSansCJK-Regular.ttc", folder / "NotoSansCJK-Bold.ttc")
