"""Kinds of attributes that speak of axes: which one, in what order, of what extents.

Axes are counted from 0, below zero from the end; the batch is none of them.
"""

from __future__ import annotations

from typing import Annotated, Any

from archdb.model.attributes import LARGEST, LATER, MOST_AXES, Kind
from archdb.model.names import lower_case
from archdb.model.shape import UNNAMED


def _whole(value: Any, least: int = -LARGEST) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError
    if value > LARGEST:
        raise OverflowError(LARGEST)
    return value


def _axis(value: Any) -> int:
    if not -MOST_AXES <= _whole(value) < MOST_AXES:
        raise ValueError
    return _whole(value)


def _wholes(value: Any, least: int = -LARGEST) -> tuple[int, ...]:
    """Integers; a single one stands for a list of one."""
    items = value if isinstance(value, (list, tuple)) else (value,)
    if not 1 <= len(items) <= MOST_AXES:
        raise ValueError
    return tuple(_whole(item, least) for item in items)


def _axes(value: Any) -> tuple[int, ...]:
    axes = tuple(map(_axis, _wholes(value)))
    if len(set(axes)) < len(axes):
        raise ValueError
    return axes


def _order(value: Any) -> tuple[int, ...]:
    order = _axes(value)
    if sorted(order) != list(range(len(order))):
        raise ValueError
    return order


def _extents(value: Any) -> tuple[int, ...]:
    """Extents, of which one may be left to the others."""
    extents = _wholes(value, -1)
    if extents.count(-1) > 1:
        raise ValueError
    return extents


def _names(value: Any) -> tuple[str, ...]:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not 1 <= len(words) <= MOST_AXES:
        raise ValueError
    names = tuple(map(lower_case, words))
    stated = [name for name in names if name != UNNAMED]
    if len(set(stated)) < len(stated):
        raise ValueError
    return names


def _sides(value: Any) -> tuple[tuple[int, int], ...]:
    """What is added before and after along each axis, or, below zero, cut off."""
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MOST_AXES:
        raise ValueError
    if any(not isinstance(pair, (list, tuple)) or len(pair) != 2 for pair in value):
        raise ValueError
    return tuple((_whole(before), _whole(after)) for before, after in value)


Whole = Annotated[int, Kind("an integer", _whole)]
Axis = Annotated[int, Kind("the number of an axis, from 0, or below zero from the end", _axis)]
LaterAxis = Annotated[Axis, LATER]
Axes = Annotated[tuple[int, ...], Kind("a list of axes, from 0, or below zero from the end", _axes)]
LaterAxes = Annotated[Axes, LATER]
Shifts = Annotated[tuple[int, ...], Kind("a list of integers, one for each axis", _wholes)]
Order = Annotated[tuple[int, ...], Kind("the axes in their new order, all of them, from 0", _order)]
Reshaping = Annotated[
    tuple[int, ...],
    Kind("one to six extents: a number, 0 for the input's own, once perhaps -1", _extents),
]
Spread = Annotated[
    tuple[int, ...],
    Kind("one to six extents; 0 for the input's own", lambda value: _wholes(value, 0)),
]
Names = Annotated[
    tuple[str, ...],
    Kind("a word for each axis, each other: channel, height, sequence, heads, _ for none", _names),
    LATER,
]
AxisSides = Annotated[
    tuple[tuple[int, int], ...],
    Kind("[before, after] for each axis; below zero it is cut off", _sides),
]
