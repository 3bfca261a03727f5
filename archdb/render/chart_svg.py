"""Charts as SVG: bars by depth or by output size, receptive fields as lines. Numbers are written as
exact integers; only places on the picture are rounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdb.queries.charts import Chart, Series
from archdb.render.brief import brief
from archdb.render.svg import element, label, picture

PANELS = (("macs", "multiply-accumulates (MAC)", "one"), ("params", "parameters", "two"))
#: The picture, what stands left of and below the axes, and the height of one panel, in pixels.
WIDTH, LEFT, BELOW, TALL, ABOVE = 640.0, 56.0, 34.0, 130.0, 22.0


def bars(chart: Chart, what: str, *, alone: bool = True, said: str = "") -> str:
    """A panel for MACs and one for parameters, for the first network: a bar for each group."""
    (series, *_) = chart.series
    parts: list[str] = []
    for at, (quantity, unit, of) in enumerate(PANELS):
        top = ABOVE + at * (TALL + ABOVE + 8)
        parts += _panel(series, quantity, unit, of, top)
    height = ABOVE + len(PANELS) * (TALL + ABOVE + 8) + BELOW
    parts += _below(series.at, what, height - BELOW - ABOVE - 8 + 14)
    return picture(parts, WIDTH, height - 20, _title(series, what), alone=alone, said=said)


def _title(series: Series, what: str) -> str:
    return f"{series.name} at {series.input}: {what}"


def _panel(series: Series, quantity: str, unit: str, of: str, top: float) -> Iterator[str]:
    values = [value or 0 for value in series.values[quantity]]
    most = max([*values, 1])
    yield label(unit, LEFT, top - 8, of="dim")
    yield from _rules(most, top, TALL)
    step = (WIDTH - LEFT - 8) / max(len(values), 1)
    for at, value in enumerate(values):
        tall = value / most * TALL
        bar = element("title", f"{series.at[at]}: {value:,}")
        yield element("rect", bar, of=of, x=LEFT + at * step + step * 0.1, width=step * 0.8,
                      y=top + TALL - tall, height=tall)  # fmt: skip


def _rules(most: int, top: float, tall: float) -> Iterator[str]:
    """A line at each of a few round numbers, with the number beside it."""
    for tick in ticks(most):
        y = top + tall - tick / most * tall
        yield element("line", of="axis", x1=LEFT, x2=WIDTH - 8, y1=y, y2=y)
        yield label(brief(tick), LEFT - 6, y + 4, text_anchor="end", of="dim")


def ticks(most: int, count: int = 4) -> list[int]:
    """0 and round numbers up to `most`: about so many."""
    step = 1
    while step * count < most:
        for factor in (2, 5, 10):
            if step * factor * count >= most:
                return list(range(0, most + 1, step * factor))
        step *= 10
    return list(range(0, most + 1, step))


def _below(at: Sequence[str], what: str, y: float) -> Iterator[str]:
    """What stands below the bars: every label that there is room for."""
    step = (WIDTH - LEFT - 8) / max(len(at), 1)
    longest = max(map(len, at), default=1) * 6.2 + 8
    every = max(1, int(longest / step) + (longest % step > 0))
    for i, text in enumerate(at):
        if i % every == 0:
            yield label(text.replace("x", "×"), LEFT + (i + 0.5) * step, y, text_anchor="middle",
                        of="dim")  # fmt: skip
    yield label(what, (LEFT + WIDTH) / 2, y + 16, text_anchor="middle", of="dim")


def fields(chart: Chart, *, alone: bool = True, said: str = "") -> str:
    """The receptive field behind each layer of the first network, as a line of steps."""
    (series, *_) = chart.series
    values = series.values["field"]
    most = max([value for value in values if value is not None], default=1)
    step = (WIDTH - LEFT - 8) / max(len(values), 1)
    tall, path, pen = TALL * 1.6, "", "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        y = ABOVE + tall - value / most * tall
        path += f"{pen}{LEFT + at * step:.1f} {y:.1f}H{LEFT + (at + 1) * step:.1f}"
        pen = "L"
    what = "layer, in order of execution"
    parts = [
        label("receptive field (input rows)", LEFT, ABOVE - 8, of="dim"),
        *_rules(most, ABOVE, tall),
        element("path", d=path, of="path"),
        label(what, (LEFT + WIDTH) / 2, ABOVE + tall + 18, text_anchor="middle", of="dim"),
    ]
    return picture(parts, WIDTH, ABOVE + tall + BELOW, _title(series, what), alone=alone, said=said)
