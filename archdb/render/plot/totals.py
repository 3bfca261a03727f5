"""Parameters against multiply-accumulates, over two log axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archdb.dataset.release import Release
from archdb.queries.charts import Cost
from archdb.render.places import MARKER
from archdb.render.plot.labels import Spot, label
from archdb.render.plot.style import (
    caption,
    drawing,
    figure,
    legend,
    save,
    styles,
    thousands,
    word,
)

#: Points across a marker; and families that the legend has room for: more look alike.
SIZE, FAMILIES = 4.5, 24


def draw(found: Sequence[Cost], release: Release, path: Path) -> list[str]:
    """Write the chart; the names for which there was no place."""
    with drawing():
        chart = figure(7.2, 4.8)
        axes = chart.add_subplot()
        families: dict[str, list[Cost]] = {}
        for cost in found:
            families.setdefault(cost.family, []).append(cost)
        if len(families) > FAMILIES:
            families = {"networks": list(found)}
        for family, style in styles(families).items():
            costs = families[family]
            axes.plot(
                [cost.macs for cost in costs],
                [cost.params for cost in costs],
                color=style.colour,
                linestyle="",
                marker=style.marker,
                markersize=SIZE,
                label=word(family),
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.margins(x=0.12, y=0.1)
        thousands(axes.xaxis, "multiply-accumulates (MAC)")
        thousands(axes.yaxis, "parameters")
        legend(axes)
        caption(chart, "Each network at its native input.", release)
        spots = [Spot(word(cost.name), cost.macs, cost.params, MARKER) for cost in found]
        left = label(axes, spots, 6)
        save(chart, path)
    return left
