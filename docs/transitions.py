"""Draw the life of a fault from the table by which it is judged: ``python docs/transitions.py`` writes the picture."""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from monitor.faults.fault import TRANSITIONS, Status

PICTURE = Path(__file__).with_name("transitions.svg")
PLACES = {Status.OPEN: (1.5, 2.2), Status.RESTORED: (5.5, 2.2), Status.CLOSED: (9.5, 2.2)}
BEGINNING = (-0.9, 2.2)
WIDE, HIGH = 0.85, 0.38
Steps = dict[tuple[Status, Status], list[str]]


def picture() -> bytes:
    """Return the picture as SVG: the same table gives the same bytes."""
    figure = Figure(figsize=(9.6, 3.3))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(-1.6, 10.8)
    axes.set_ylim(0.6, 4.0)
    axes.set_axis_off()
    steps, anytime = _sorted()
    for status, (x, y) in PLACES.items():
        axes.text(x, y, status.value, ha="center", va="center", fontsize=13, weight="bold", bbox=_box())
    _arrow(axes, BEGINNING, (PLACES[Status.OPEN][0] - WIDE, 2.2), bend=0.0)
    axes.text(-0.3, 2.35, "fault_opened", ha="center", fontsize=8.5)
    for (begin, end), names in steps.items():
        _step(axes, begin, end, names)
    said = "in every state, changing none: " + ", ".join(sorted(anytime))
    axes.text(-1.3, 0.95, said, fontsize=8.5, wrap=True, va="center")
    written = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "fault", "svg.fonttype": "path"}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _sorted() -> tuple[Steps, list[str]]:
    """Return the kinds of events by the step that they make, and those that are legal always and move nothing."""
    steps: Steps = defaultdict(list)
    anytime: list[str] = []
    for event, moves in TRANSITIONS.items():
        if moves == {status: status for status in Status}:
            anytime.append(event.kind)
            continue
        for begin, end in moves.items():
            steps[begin, end].append(event.kind)
    return steps, anytime


def _step(axes: Axes, begin: Status, end: Status, names: list[str]) -> None:
    (x, y), (to, _) = PLACES[begin], PLACES[end]
    said = "\n".join(sorted(names))
    if begin is end:
        _arrow(axes, (x - 0.4, y + HIGH), (x + 0.4, y + HIGH), bend=-1.3)
        axes.text(x, y + 1.12, said, ha="center", va="bottom", fontsize=8.5)
        return
    ahead = to > x
    side, place = (WIDE, y + 0.12) if ahead else (-WIDE, y - 0.12)
    _arrow(axes, (x + side, place), (to - side, place), bend=-0.12)
    axes.text((x + to) / 2, y + (0.5 if ahead else -0.62), said, ha="center", va="center", fontsize=8.5)


def _arrow(axes: Axes, begin: tuple[float, float], end: tuple[float, float], *, bend: float) -> None:
    axes.annotate(
        "",
        xy=end,
        xytext=begin,
        arrowprops={"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={bend}", "color": "black"},
    )


def _box() -> dict[str, object]:
    return {"boxstyle": "round,pad=0.55", "facecolor": "white", "edgecolor": "black", "linewidth": 1.4}


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
