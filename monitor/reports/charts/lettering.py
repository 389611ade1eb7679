"""The letters of a chart: their faces and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from monitor.reports.breaking import broken
from monitor.reports.fonts import find_fonts
from monitor.reports.signs import printable

SIZE = 8.0  # points: what is read beside body text of 10.5 to 12
SMALL = 7.0
TITLE = 10.0
POINTS = 72.0  # in an inch
WIDTH = 6.3  # inches: the text of an A4 page
INK, GREY, BLUE = "#1a1a1a", "#8c8c8c", "#1f4e79"
FAMILY = "Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class Lettering:
    """The two faces, and the words that a chart itself says."""

    plain: FontPath
    bold: FontPath
    nothing: str

    @classmethod
    def of(cls, locale: str) -> Lettering:
        """Find the faces for Chinese as mainland China writes it; English takes its letters from the same."""
        fonts = find_fonts()
        nothing = "no data" if locale == "en" else "无数据"
        return cls(_face(fonts.sans), _face(fonts.sans_bold), nothing)

    def font(self, size: float = SIZE, *, bold: bool = False) -> FontProperties:
        """Return a face at a size in points."""
        return FontProperties(fname=self.bold if bold else self.plain, size=size)

    def dress(self, text: Text, size: float = SIZE, *, bold: bool = False, colour: str = INK) -> None:
        """Set a text that stands already; what is in it is never read as a formula."""
        text.set_text(printable(text.get_text()))
        text.set_parse_math(False)
        text.set_fontproperties(self.font(size, bold=bold))
        text.set_color(colour)


@cache
def _face(file: Path) -> FontPath:
    """Find China's face in a collection: the first one of the file is Japan's, whose signs differ."""
    for index in range(FT2Font(file).num_faces):
        if FT2Font(file, face_index=index).family_name == FAMILY:
            return FontPath(str(file), index)
    raise AssertionError(f"{file} has no face of the family {FAMILY}")


def sheet(title: str, height: float, lettering: Lettering) -> tuple[Figure, Axes]:
    """Return an empty chart under its title; ``height`` in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    heading = "\n".join(broken(title, WIDTH * POINTS * 0.95, TITLE))
    lettering.dress(figure.suptitle(heading), TITLE, bold=True)
    return figure, axes
