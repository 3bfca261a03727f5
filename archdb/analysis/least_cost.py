"""Two sequences aligned at the least cost: pairs in order, and what has no partner left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

#: What it costs to leave one item out, and to begin to: what is left out stays in one piece.
LEFT_OUT, OPENED = 1000, 60
#: Cells of the table that are worked out to be sure of the least cost, and that are at all.
MOST_CELLS, MOST_CELLS_AT_ALL = 250_000, 3_000_000
_NARROWEST = 16
_FAR = 1 << 60

#: `cost(i, start, end)`: what it costs to pair item i with each of the items from start to end.
Cost = Callable[[int, int, int], list[int]]
Pairs = list[tuple[int, int]]
#: The first and last cell of a row that are worked out, given those of the row before and the
#: least cost of each of its cells.
Window = Callable[[int, int, int, list[int]], tuple[int, int]]

#: What a cell of the table says: how it was reached, and whether a gap that ends there goes on.
_PAIR, _FIRST, _SECOND, _FIRST_ON, _SECOND_ON = 0, 1, 2, 4, 8


class _Table(NamedTuple):
    """The least cost found, the cell of the last row that it ends in, and for each row where it
    starts and how its cells were reached."""

    cost: int
    end: int
    rows: list[tuple[int, bytearray]]


def align(first: int, second: int, cost: Cost) -> Pairs:
    """Pairs (i, j) of items of two sequences so long, rising in both, at the least cost.

    The table is worked out in a band along its diagonal, doubled until nothing outside can cost
    less, so that sequences which are near each other take time in proportion to their length.
    What is too far apart for that is aligned along a path that looks best from row to row.
    """
    apart, width = abs(first - second), _NARROWEST
    if first * (apart + 2 * width) > MOST_CELLS_AT_ALL:
        return _pairs(_table(first, second, cost, _path(second, MOST_CELLS_AT_ALL // first)))
    while True:
        table = _table(first, second, cost, _band(first, second, width))
        outside = LEFT_OUT * (apart + 2 * (width + 1))
        more = first * (apart + 4 * width)
        if table.cost <= outside or width > max(first, second) or more > MOST_CELLS:
            return _pairs(table)
        width *= 2


def _band(first: int, second: int, width: int) -> Window:
    """A band of this width along the diagonals that the two ends are on."""
    low, high = min(0, second - first) - width, max(0, second - first) + width

    def window(i: int, start: int, end: int, best: list[int]) -> tuple[int, int]:
        return max(0, i + low), min(second, i + high)

    return window


def _path(second: int, width: int) -> Window:
    """So many cells about the best one of the row before."""

    def window(i: int, start: int, end: int, best: list[int]) -> tuple[int, int]:
        nearest = min(range(start, min(end, start + width) + 1), key=best.__getitem__)
        start = max(start, nearest - width // 2)
        return start, min(second, start + width)

    return window


def _table(first: int, second: int, cost: Cost, window: Window) -> _Table:
    """The table, row by row."""
    best = [0] + [OPENED + LEFT_OUT * j for j in range(1, second + 1)]
    down = [_FAR] * (second + 1)
    rows = [(0, bytearray([_SECOND | _SECOND_ON]) * (second + 1))]
    start, last = 0, second
    for i in range(1, first + 1):
        start, end = window(i, start, last, best)
        for j in range(last + 1, end + 1):  # which the row before did not reach
            best[j] = down[j] = _FAR
        costs = cost(i - 1, max(0, start - 1), end)
        rows.append((start, _row(start, end, best, down, costs)))
        last = end
    if last == second:
        return _Table(best[second], second, rows)
    end = min(range(start, last + 1), key=lambda j: best[j] + LEFT_OUT * (second - j))
    return _Table(best[end], end, rows)


def _row(start: int, end: int, best: list[int], down: list[int], costs: list[int]) -> bytearray:
    """One row from cell `start` to `end`: `best` and `down`, the least cost and that with the
    row's item left out, become those of this row."""
    reached = bytearray(end - start + 1)
    diagonal = best[start - 1] if start else _FAR
    across = left = _FAR
    opened = OPENED + LEFT_OUT
    prices = iter(costs)
    for j in range(start, end + 1):
        above = best[j]
        step, fresh, longer = 0, above + opened, down[j] + LEFT_OUT
        if longer < fresh:
            step, fresh = _FIRST_ON, longer
        down[j] = fresh
        across += LEFT_OUT
        if across <= left + opened:
            step |= _SECOND_ON
        else:
            across = left + opened
        left = diagonal + next(prices) if j else _FAR
        if fresh < left:
            left = fresh
            step |= _FIRST
        if across < left:
            left = across
            step = step & ~_FIRST | _SECOND
        best[j] = left
        diagonal = above
        reached[j - start] = step
    return reached


def _pairs(table: _Table) -> Pairs:
    """The pairs of the least cost, found from the end."""
    pairs: Pairs = []
    i, j, gap = len(table.rows) - 1, table.end, _PAIR
    while i and j:
        start, steps = table.rows[i]
        step = steps[j - start]
        gap = gap or step & (_FIRST | _SECOND)
        if gap == _FIRST:
            i, gap = i - 1, gap if step & _FIRST_ON else _PAIR
        elif gap == _SECOND:
            j, gap = j - 1, gap if step & _SECOND_ON else _PAIR
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
