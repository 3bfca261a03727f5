"""The chart that papers print: accuracy against multiply-accumulates, bubbles for parameters."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.dataset.release import Release
from archdb.queries.charts import OWN, Accuracies, Point
from archdb.render.places import MARKER
from archdb.render.plot.labels import Spot, label
from archdb.render.plot.style import (
    DPI,
    Style,
    caption,
    drawing,
    figure,
    save,
    styles,
    thousands,
    word,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Area of the largest bubble, in square points.
LARGEST = 1100.0
#: Parameters of the bubbles in the key.
KEY = (5_000_000, 50_000_000, 150_000_000)
#: Points across a marker; so much more across a star, of which less is filled.
SIZE, STAR = 4.5, 1.6
#: Behind the name of a network whose accuracy was not read at its source.
INDIRECT = "†"


def draw(found: Accuracies, release: Release, path: Path) -> list[str]:
    """Write the chart; the names for which there was no place."""
    with drawing():
        chart = figure(7.2, 4.8)
        axes = chart.add_subplot()
        scale = LARGEST / max(point.params for point in found.points)
        looks = styles(dict.fromkeys(point.family for point in found.points))
        for family, style in looks.items():
            _family(axes, [p for p in found.points if p.family == family], family, style, scale)
        axes.set_xscale("log")
        axes.margins(x=0.12, y=0.1)
        thousands(axes.xaxis, "multiply-accumulates (MAC)")
        axes.set_ylabel("top-1 accuracy (%)")
        _keys(axes, scale)
        caption(chart, _small_print(found), release)
        left = label(axes, [_spot(point, scale) for point in found.points], 6)
        save(chart, path)
    return left


def _family(axes: Axes, points: Sequence[Point], family: str, style: Style, scale: float) -> None:
    """Bubbles, and in the middle of each the marker of its family."""
    x, y = [p.macs for p in points], [p.accuracy for p in points]
    sizes = [p.params * scale for p in points]
    inside, edge = (0.1, 0.8) if style.edged else (0.3, 0)
    axes.scatter(x, y, s=sizes, color=style.colour, alpha=inside, linewidths=0, zorder=2)
    axes.scatter(x, y, s=sizes, color="none", edgecolors=style.colour, linewidths=edge, zorder=2)
    axes.plot(
        x,
        y,
        color=style.colour,
        linestyle="",
        marker=style.marker,
        markersize=SIZE * (STAR if style.marker == "*" else 1),
        markeredgecolor="white",
        markeredgewidth=0.4,
        label=word(family),
        zorder=3,
    )


def _keys(axes: Axes, scale: float) -> None:
    """The families, and what an area means, beside the axes."""
    from matplotlib.lines import Line2D

    bubbles = [
        Line2D([], [], linestyle="", marker="o", color="0.6", markeredgewidth=0, alpha=0.6,
               markersize=2 * sqrt(params * scale / pi), label=f"{params // 10**6} M")
        for params in KEY
    ]  # fmt: skip
    areas = axes.legend(
        handles=bubbles,
        loc="lower left",
        bbox_to_anchor=(1.0, 0.0),
        title="parameters",
        frameon=False,
        labelspacing=4.2,
        handletextpad=2.4,
        borderpad=2.0,
    )
    axes.add_artist(areas)
    # The last one, the wider, is what the layout makes room for.
    axes.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=6, labelspacing=0.3
    )


def _spot(point: Point, scale: float) -> Spot:
    """The name may stand over the pale outer part of a large bubble."""
    radius = sqrt(point.params * scale / pi) * DPI / 72
    name = word(point.name) + ("" if point.direct else INDIRECT)
    return Spot(name, point.macs, point.accuracy, min(radius, MARKER + 4))


def _small_print(found: Accuracies) -> str:
    indirect = any(not point.direct for point in found.points)
    mark = f" {INDIRECT} not read at the source." if indirect else ""
    own = ", ".join(word(point.name) for point in found.points if point.family == OWN)
    besides = f" Accuracy of {own}: as stated by the author of this chart." if own else ""
    derived = "MACs and parameters derived."
    return f"Accuracy as published by {found.source}; {derived}{mark}{besides}"
