"""Names beside the points of a chart of matplotlib, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.render.places import AROUND, Box, Place, best, end_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Spot(NamedTuple):
    """A point to be named: its place in the data, and the radius of its bubble in pixels."""

    name: str
    x: float
    y: float
    radius: float


def label(axes: Axes, spots: Sequence[Spot], size: float) -> list[str]:
    """Write the names; those for which there is no place are returned."""
    from matplotlib.patheffects import withStroke

    figure: Any = axes.figure
    figure.draw_without_rendering()  # fixes the layout, which the places depend on
    renderer = figure.canvas.get_renderer()
    halo: Any = [withStroke(linewidth=1.5, foreground="white")]
    texts = [
        axes.text(0, 0, spot.name, fontsize=size, va="center", ha="center", zorder=4)
        for spot in spots
    ]
    extents = [text.get_window_extent(renderer) for text in texts]
    sizes = [(extent.width + AROUND, extent.height + AROUND / 2) for extent in extents]
    frame = Box(*axes.get_window_extent(renderer).extents)
    centres = [(x, y) for x, y in axes.transData.transform([spot[1:3] for spot in spots])]
    found = best(centres, [spot.radius for spot in spots], sizes, frame)
    for i, text in enumerate(texts):
        if i not in found:
            text.remove()
            continue
        box, line = found[i]
        middle = ((box.left + box.right) / 2, (box.low + box.high) / 2)
        x, y = axes.transData.inverted().transform(middle)
        text.set_position((x, y))
        text.set_path_effects(halo)
        if line:
            _lead(axes, centres[i], box)
    return [spot.name for i, spot in enumerate(spots) if i not in found]


def _lead(axes: Axes, centre: Place, box: Box) -> None:
    """A thin line from a point to its name."""
    (x0, y0), (x1, y1) = axes.transData.inverted().transform([centre, end_of(centre, box)])
    axes.plot([x0, x1], [y0, y1], color="0.5", linewidth=0.5, zorder=2.5)
