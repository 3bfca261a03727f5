"""The chart of accuracies as SVG: bubbles over a log axis of MACs, and names where they fit."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10, sqrt

from archdb.queries.charts import Accuracies, Point
from archdb.render.brief import brief
from archdb.render.places import Box, Place, best, end_of
from archdb.render.svg import element, label, picture
from archdb.text import cells_of, shortened

#: The picture, and where its axes stand, in pixels.
WIDTH, HEIGHT = 760.0, 480.0
AXES = Box(44, 22, WIDTH - 8, HEIGHT - 42)
#: The radius of the largest bubble and the smallest, and how far axes go on beyond the points.
LARGEST, SMALLEST, BEYOND = 24.0, 2.0, 0.06
#: Of a name: its size, what a letter takes, and how many there are at the most.
SIZE, LETTER, LONGEST = 9, 4.9, 24
#: Names are placed at this resolution, for which `places` has its distances.
FINE = 2.0
#: So much further away than beside its bubble a name stands, to clear it at a corner as well.
CORNER = 1.2


def accuracies(found: Accuracies, *, alone: bool = True, said: str = "") -> str:
    """Top-1 accuracy over MACs, a bubble for each network as large as its parameters. A name that
    there is no room for is told where the pointer is, as are the figures."""
    points = sorted(found.points, key=lambda point: -point.params)
    across = _Axis([log10(point.macs) for point in points], AXES.left, AXES.right)
    up = _Axis([point.accuracy for point in points], AXES.high, AXES.low)
    centres = [(across.at(log10(point.macs)), up.at(point.accuracy)) for point in points]
    most = points[0].params
    radii = [max(LARGEST * sqrt(point.params / most), SMALLEST) for point in points]
    parts = [
        label(f"top-1 accuracy (%), {found.source}", AXES.left, AXES.low - 8, of="dim"),
        *_rules(up),
        *_decades(across),
        *map(_bubble, points, centres, radii),
        *_names(points, centres, radii),
    ]
    what = "multiply-accumulates (MAC); area: parameters"
    middle = (AXES.left + AXES.right) / 2
    parts.append(label(what, middle, AXES.high + 32, text_anchor="middle", of="dim"))
    title = f"accuracies of {found.source} beside what they cost"
    return picture(parts, WIDTH, HEIGHT, title, alone=alone, said=said)


class _Axis:
    """From values to pixels, with some room beyond the least and the greatest."""

    def __init__(self, values: list[float], start: float, end: float) -> None:
        room = (max(values) - min(values)) * BEYOND or 0.5
        self.low, self.high = min(values) - room, max(values) + room
        self.start, self.end = start, end

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _rules(up: _Axis) -> Iterator[str]:
    """A line at whole per cents: about six."""
    step = max(1, round((up.high - up.low) / 6))
    for tick in range(ceil(up.low / step) * step, floor(up.high) + 1, step):
        y = up.at(tick)
        yield element("line", of="axis", x1=AXES.left, x2=AXES.right, y1=y, y2=y)
        yield label(str(tick), AXES.left - 6, y + 4, text_anchor="end", of="dim")


def _decades(across: _Axis) -> Iterator[str]:
    """A line at 1, 2 and 5 of each power of ten."""
    for power in range(floor(across.low), ceil(across.high) + 1):
        for digit in (1, 2, 5):
            tick = log10(digit) + power
            if power >= 0 and across.low <= tick <= across.high:
                x = across.at(tick)
                yield element("line", of="axis", x1=x, x2=x, y1=AXES.low, y2=AXES.high)
                yield label(brief(digit * 10**power), x, AXES.high + 16, text_anchor="middle",
                            of="dim")  # fmt: skip


def _bubble(point: Point, centre: Place, radius: float) -> str:
    text = f"{point.name}: {point.accuracy:g} %, {point.macs:,} MACs, {point.params:,} parameters"
    tip = element("title", text)
    return element("circle", tip, of="bubble", cx=centre[0], cy=centre[1], r=radius)


def _names(points: list[Point], centres: list[Place], radii: list[float]) -> Iterator[str]:
    """The names that have a place, and a line to each that is not beside its bubble."""
    texts = [shortened(point.name, LONGEST) for point in points]
    sizes = [(FINE * LETTER * cells_of(text) + 4, FINE * SIZE + 2) for text in texts]
    fine = [(FINE * x, FINE * y) for x, y in centres]
    reach = [FINE * radius for radius in radii]
    frame = Box(*(FINE * at for at in AXES))
    clear = [CORNER * radius for radius in reach]
    for i, (place, line) in best(fine, clear, sizes, frame, reach).items():
        left, low, right, high = (at / FINE for at in place)
        if line:
            (x1, y1), (x2, y2) = centres[i], end_of(centres[i], Box(left, low, right, high))
            yield element("line", of="lead", x1=x1, y1=y1, x2=x2, y2=y2)
        middle = (left + right) / 2
        yield label(texts[i], middle, high - 2.5, of="name", text_anchor="middle", font_size=SIZE)
