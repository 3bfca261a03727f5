"""Charts of what is inside networks: params and MACs by depth or resolution, receptive fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.analysis.inputs import parse_shapes
from archdb.dataset.release import Release
from archdb.model.input_spec import pretty
from archdb.queries.charts import Chart, Series
from archdb.render.plot.style import (
    COLOURS,
    caption,
    drawing,
    figure,
    legend,
    save,
    styles,
    thousands,
    word,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = {"macs": "multiply-accumulates (MAC)", "params": "parameters"}
#: Where so many labels stand below a chart, they are turned.
TURNED = 9
#: Height of one network in a chart of several, and of what stands around them, in inches.
ROW, AROUND = 1.15, 0.75
#: Layers from one mark on a line to the next.
MARKED = 60
#: Lines nearer than this part of a chart's height have one name.
CLOSE = 0.04


def by_depth(chart: Chart, release: Release, path: Path) -> None:
    """Bars, over one scale of depth in weight layers. Several networks stand below each other,
    each with scales of its own for the heights."""
    with drawing():
        several = len(chart.series) > 1
        rows, columns = (len(chart.series), len(PANELS)) if several else (len(PANELS), 1)
        drawn = figure(7.2, AROUND + ROW * rows if several else 4.8)
        panels = drawn.subplots(rows, columns, sharex=True, squeeze=False)
        pairs = [(series, quantity) for series in chart.series for quantity in PANELS]
        for axes, (series, quantity) in zip(panels.flat, pairs, strict=True):
            _values_by_depth(axes, series, quantity)
            thousands(axes.yaxis, "" if several else PANELS[quantity])
        if several:
            for axes, series in zip(panels[:, 0], chart.series, strict=True):
                axes.set_ylabel(word(series.name))
            for axes, unit in zip(panels[0], PANELS.values(), strict=True):
                axes.set_title(unit)
        for axes in panels[-1]:
            axes.locator_params(axis="x", integer=True)
            axes.set_xlabel("depth (weight layers on the longest path)")
        _finish(drawn, panels[0, 0], chart, release, path)


def _values_by_depth(axes: Axes, series: Series, quantity: str) -> None:
    colour = dict(zip(PANELS, COLOURS, strict=False))[quantity]
    x = [int(at) for at in series.at]
    axes.bar(x, [value or 0 for value in series.values[quantity]], color=colour, width=0.8)
    axes.locator_params(axis="y", nbins=5)


def by_resolution(chart: Chart, release: Release, path: Path, *, log: bool = False) -> None:
    """Groups of bars, from the largest maps to vectors; over `log` axes on request."""
    with drawing():
        drawn = figure(7.2, 4.8)
        panels = drawn.subplots(len(PANELS), sharex=True)
        looks = styles(series.name for series in chart.series)
        places = _places(chart)
        width = 0.8 / len(chart.series)
        for axes, (quantity, unit) in zip(panels, PANELS.items(), strict=True):
            for i, series in enumerate(chart.series):
                style = looks[series.name]
                values = dict(zip(series.at, series.values[quantity], strict=True))
                x = [place - 0.4 + (i + 0.5) * width for place in range(len(places))]
                y = [values.get(at) or 0 for at in places]
                axes.bar(x, y, width, color=style.colour, hatch=style.hatch, edgecolor="white",
                         linewidth=0.3, label=word(series.name))  # fmt: skip
            if log:
                axes.set_yscale("log")
            thousands(axes.yaxis, unit)
            axes.grid(visible=False, axis="x")
        shown = [place.replace("x", "×") for place in places]
        turned = {"rotation": 45, "ha": "right"} if len(shown) > TURNED else {}
        panels[-1].set_xticks(range(len(shown)), shown, **turned)
        panels[-1].set_xlabel("output height × width")
        _finish(drawn, panels[0], chart, release, path)


def _places(chart: Chart) -> list[str]:
    """All sizes at which there is something to show, maps by falling area, then the others."""
    shown = {
        at: None
        for series in chart.series
        for at, *values in zip(series.at, *series.values.values(), strict=True)
        if any(values)
    }
    return sorted(shown, key=_area)


def _area(place: str) -> tuple[int, int]:
    height, by, width = place.partition("x")
    if by and height.isdigit() and width.isdigit():
        return 0, -int(height) * int(width)
    return 1, 0


def receptive_fields(chart: Chart, release: Release, path: Path) -> None:
    """A line for each network, its last layer marked; a dotted one at the height of each input."""
    with drawing():
        drawn = figure(7.2, 4.0)
        axes = drawn.add_subplot()
        looks = styles(series.name for series in chart.series)
        labels = _labels(chart.series)
        for series in chart.series:
            style = looks[series.name]
            y = [float("nan") if f is None else f for f in series.values["field"]]
            axes.plot(range(len(y)), y, color=style.colour, linestyle=style.line, linewidth=1.2,
                      marker=style.marker, markevery=_marked_layers(y, len(chart.series)),
                      markersize=4, label=labels[series.name], drawstyle="steps-post")  # fmt: skip
        _inputs(axes, chart)
        axes.set_xlabel("layer, in order of execution")
        axes.set_ylabel("receptive field (input rows)")
        axes.set_ylim(bottom=0)
        _finish(drawn, axes, chart, release, path)


def _labels(drawn: Sequence[Series]) -> dict[str, str]:
    """The names of the lines, each with the first that it lies on, wholly or up to the end of the
    shorter: only one of them is seen there."""
    found = {}
    for at, series in enumerate(drawn):
        own = series.values["field"]
        found[series.name] = word(series.name)
        for other in drawn[:at]:
            values = other.values["field"]
            shared = min(len(own), len(values))
            if own[:shared] == values[:shared]:
                until = "" if len(own) == len(values) else f" up to layer {shared - 1}"
                found[series.name] += f" (on {word(other.name)}{until})"
                break
    return found


def _marked_layers(y: Sequence[float], among: int) -> list[int]:
    """The layers at which a line is marked: none of one alone, else the last that has a field and
    some at even distances before it."""
    last = max((i for i, field in enumerate(y) if field == field), default=0)
    return list(range(last, 0, -MARKED)) if among > 1 else []


def _inputs(axes: Axes, chart: Chart) -> None:
    """A line at the height of each input that is an image; lines that are close share a name."""
    from matplotlib.patheffects import withStroke

    shapes = [shape for series in chart.series for shape in parse_shapes(series.input)]
    heights = sorted({shape[1] for shape in shapes if len(shape) == 3})
    together: list[list[int]] = []
    for height in heights:
        axes.axhline(height, color="0.4", linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        if together and height - together[-1][-1] < axes.get_ylim()[1] * CLOSE:
            together[-1].append(height)
        else:
            together.append([height])
    for group in together:
        axes.annotate(f"input height {', '.join(map(str, group))}", (1, group[-1]), (-2, 2),
                      xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
                      color="0.35", fontsize=6,
                      path_effects=[withStroke(linewidth=2, foreground="white")])  # fmt: skip


def _finish(drawn: Figure, axes: Axes, chart: Chart, release: Release, path: Path) -> None:
    """Title or legend, small print, file."""
    if len(chart.series) == 1:
        axes.set_title(word(chart.series[0].name), loc="left")
    legend(axes)
    inputs: dict[str, list[str]] = {}
    for series in chart.series:
        inputs.setdefault(pretty(series.input), []).append(word(series.name))
    said = "; ".join(f"{', '.join(names)} at {input}" for input, names in inputs.items())
    caption(drawn, f"{said}.", release)
    drawn.align_ylabels()
    save(drawn, path)
