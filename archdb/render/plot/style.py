"""How all charts look, and how they are written.

Colours are those of Okabe and Ito, which people without full colour vision tell apart; a marker
and a line style go with each, so that a chart also works in grey.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.dataset.release import Release
from archdb.errors import ArchdbError, UsageError
from archdb.text import inline, printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*")
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
HATCHES = ("", "///", "...", "\\\\\\", "xx", "++")  # not as many as colours, so that pairs differ
#: What files of each kind would else say of the moment they were written.
TIMELESS: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
}
GREY = "0.35"
#: Pixels to the inch, of what is measured and of PNG files.
DPI = 200
#: Letters to a line of small print.
SMALL_PRINT = 150
#: Letters to a name.
NAME = 48
RC = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 9,
    "legend.fontsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "archdb",
    "hatch.linewidth": 0.5,
    "text.parse_math": False,  # a $ in a name is a $
}


class Style(NamedTuple):
    """The looks of one network or family."""

    colour: str
    marker: str
    line: Any
    hatch: str
    #: Whether the colour has been given away before, so that areas need an edge to differ.
    edged: bool


def styles(names: Iterable[str]) -> dict[str, Style]:
    """A style for each name, in order; no two of the first 42 are alike by any pair of looks."""
    found = {}
    for i, name in enumerate(names):
        colour, marker, line, hatch = (
            some[i % len(some)] for some in (COLOURS, MARKERS, LINES, HATCHES)
        )
        found[name] = Style(colour, marker, line, hatch, i // len(COLOURS) % 2 == 1)
    return found


def check(path: Path) -> None:
    """Raises UsageError where the suffix names no kind of picture, ArchdbError where matplotlib is
    not installed: before anything is worked out."""
    if path.suffix.lower() not in TIMELESS:
        raise UsageError(
            f"'{path.name}' does not say which kind of picture it is to be",
            remedy=f"end its name in one of: {', '.join(TIMELESS)}",
        )
    _matplotlib()


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError:
        raise ArchdbError(
            "charts need matplotlib, which is not installed", remedy="pip install 'archdb[plot]'"
        ) from None
    return matplotlib


@contextmanager
def drawing() -> Iterator[None]:
    """Our looks instead of the user's own, while a chart is drawn.

    Raises ArchdbError where matplotlib is not installed.
    """
    matplotlib = _matplotlib()
    # The first import of its fonts tells of a cache, which is nobody's business.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches; no window and no state are behind it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as New

    made = New(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(made)
    return made


def word(name: str) -> str:
    """A name as a chart has room for it. Matplotlib leaves one with _ first out of its legends."""
    shown = shortened(printable(name), NAME)
    return f" {shown}" if name.startswith("_") else shown


def caption(figure: Figure, text: str, release: Release) -> None:
    """Small print below the chart: sources, and the dataset that the figures are from."""
    dataset = f"archdb dataset {release.version}, content {release.short}{release.beside}."
    lines = fill(inline(f"{text} {dataset}"), SMALL_PRINT)
    figure.supxlabel(lines, fontsize=6, color=GREY, x=0.01, ha="left")


def thousands(axis: Any, unit: str) -> None:
    """Ticks such as 2 M and 15 G, and the unit beside them."""
    from matplotlib.ticker import EngFormatter

    axis.set_major_formatter(EngFormatter(sep=" "))
    axis.set_label_text(unit)


def save(figure: Figure, path: Path) -> None:
    """Write the picture whole, in the kind that the suffix names and without the time of day."""
    kind = path.suffix.lower()
    content = io.BytesIO()
    figure.savefig(content, format=kind[1:], dpi=DPI, metadata=TIMELESS[kind])
    path.write_bytes(content.getvalue())


def legend(axes: Axes) -> None:
    """A legend of what has a label, if it is more than one thing; beside the axes, where it covers
    nothing."""
    if len(axes.get_legend_handles_labels()[0]) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
