"""Names beside points, none over another: for each the nearest free place, or none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, pi, sin
from typing import NamedTuple

#: Directions in which a name is tried, the plainest to read first, in parts of a turn.
TURN = 24
DIRECTIONS = sorted(range(TURN), key=lambda part: (min(part, abs(part - 12), TURN - part), part))
#: How far from the edge of its bubble, in pixels (200 to the inch, as in all that follows).
DISTANCES = (2, 6, 18, 30, 42, 56, 76, 100, 128, 160)
#: Beyond this a line leads from the point to the name.
LEADING = 10
#: Without a line a name must be so much nearer to its own point than to others.
NEARER = 1.7
#: Between two dots of a line, the reach of a marker, and what is left free around a name.
DOT, MARKER, AROUND = 6, 8, 4

Place = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in pixels, from its lower numbers to its higher ones, whichever way is up."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.low < other.high
            and other.low < self.high
        )

    def within(self, other: Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.low <= self.low
            and self.high <= other.high
        )


#: The place of a name, and the line that leads there, dot by dot.
Spoken = tuple[Box, list[Box]]


def best(
    centres: Sequence[Place],
    radii: Sequence[float],
    sizes: Sequence[Place],
    frame: Box,
    marks: Sequence[float] = (),
) -> dict[int, Spoken]:
    """Where the names go, by number: of several orders in which they can be placed, the one that
    leaves the fewest out and the fewest at the end of a line. `marks` is how far around each point
    no name of another may stand (MARKER, where nothing is said)."""
    around = [
        Box(x - reach, y - reach, x + reach, y + reach)
        for (x, y), reach in zip(centres, marks or [MARKER] * len(centres), strict=True)
    ]
    every = range(len(centres))
    orders = [
        sorted(every, key=lambda i: -_crowd(i, centres)),
        sorted(every, key=lambda i: centres[i]),
        sorted(every, key=lambda i: (-centres[i][0], centres[i][1])),
        sorted(every, key=lambda i: (-centres[i][1], centres[i][0])),
    ]
    plans = [_plan(order, centres, radii, sizes, frame, around) for order in orders]
    return min(plans, key=lambda plan: (-len(plan), sum(bool(line) for _, line in plan.values())))


def _plan(
    order: Sequence[int],
    centres: Sequence[Place],
    radii: Sequence[float],
    sizes: Sequence[Place],
    frame: Box,
    marks: Sequence[Box],
) -> dict[int, Spoken]:
    """Each name in the first place that is free when its turn comes. A line may begin under a
    marker that covers its own."""
    placed: dict[int, Spoken] = {}
    taken: list[Box] = []
    for i in order:
        others = [centre for j, centre in enumerate(centres) if j != i]
        away = [*taken, *(mark for mark in marks if not mark.meets(marks[i]))]
        beside = [mark for j, mark in enumerate(marks) if j != i and mark.meets(marks[i])]
        places = _free(centres[i], radii[i], sizes[i], others, frame)
        found = next(
            (
                (box, line)
                for box, line in places
                if not any(box.meets(mark) for mark in beside)
                and not any(part.meets(other) for part in (box, *line) for other in away)
            ),
            None,
        )
        if found is not None:
            placed[i] = found
            taken += [found[0], *found[1]]
    return placed


def _crowd(i: int, centres: Sequence[Place]) -> float:
    """How crowded it is around a point: these are named first, while there is room."""
    x, y = centres[i]
    return sum(1 / (40 + hypot(x - a, y - b)) for j, (a, b) in enumerate(centres) if j != i)


def _free(
    centre: Place, radius: float, size: Place, others: Sequence[Place], frame: Box
) -> Iterator[Spoken]:
    """Places inside the frame, the nearest first, each with the line that leads there: none where
    the name is near enough, and much nearer to its own point than to any other."""
    width, height = size
    for distance in DISTANCES:
        for turn in DIRECTIONS:
            angle = turn * 2 * pi / TURN
            reach = radius + distance
            x = centre[0] + cos(angle) * (reach + width / 2)
            y = centre[1] + sin(angle) * (reach + height / 2)
            box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if not box.within(frame):
                continue
            if distance > LEADING:
                yield box, _along(centre, end_of(centre, box))
            elif all(NEARER * _gap(centre, box) < _gap(other, box) for other in others):
                yield box, []


def _gap(point: Place, box: Box) -> float:
    """How far a name is from a point."""
    x, y = end_of(point, box)
    return hypot(x - point[0], y - point[1])


def end_of(centre: Place, box: Box) -> Place:
    """The place on the edge of a name that is nearest to its point."""
    return min(max(centre[0], box.left), box.right), min(max(centre[1], box.low), box.high)


def _along(start: Place, end: Place) -> list[Box]:
    """A line as a row of dots, two pixels wide, behind the marker that it begins at."""
    (x0, y0), (x1, y1) = start, end
    steps = max(2, int(hypot(x1 - x0, y1 - y0) / DOT))
    dots = [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps)]
    return [Box(x - 1, y - 1, x + 1, y + 1) for x, y in dots]
