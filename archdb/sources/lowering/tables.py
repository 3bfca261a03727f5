"""Numbers that are known, and tables of them of which the shape alone is.

What comes to more than `MOST` numbers, or is worked out from so many, is a table of a known shape
whose numbers nobody needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.values import Known, Stored

#: More numbers than these are no shape.
MOST = 4096
#: Numbers, or such of which the shape alone is known.
Table = Known | Stored


def table(net: Lowering, ref: Any) -> Table:
    """An argument that depends on no input; LookupError where it is another."""
    found = net.get(ref)
    if isinstance(found, Known | Stored):
        return found
    raise LookupError


def known(net: Lowering, ref: Any) -> Known:
    """An argument as Known; LookupError where it is none."""
    found = net.get(ref)
    if not isinstance(found, Known):
        raise LookupError
    return found


def made(
    shape: Sequence[int], read: Sequence[Table], numbers: Callable[[], Iterable[Any]]
) -> Table:
    """Numbers, where they are few and those that are `read` are known; else the shape alone."""
    if math.prod(shape) > MOST or not all(isinstance(one, Known) for one in read):
        return Stored((), tuple(shape), False)
    return Known(tuple(shape), tuple(numbers()))


def picked(value: Table, shape: Sequence[int], place: Callable[[tuple[int, ...]], Any]) -> Table:
    """Numbers of a table from the places in it that are named for each place of the new one."""

    def numbers() -> Iterable[Any]:
        assert isinstance(value, Known)
        for index in product(*map(range, shape)):
            at = 0
            for own, extent in zip(place(index), value.shape, strict=True):
                at = at * extent + own
            yield value.data[at]

    return made(shape, [value], numbers)


def met(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of tables that are spread over each other."""
    rank = max(map(len, shapes))
    wide = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    if any(len({n for n in extents if n != 1}) > 1 for extents in zip(*wide, strict=True)):
        raise LookupError
    return tuple(0 if 0 in extents else max(extents) for extents in zip(*wide, strict=True))


def spread(value: Table, shape: tuple[int, ...]) -> Table:
    """A table repeated along its extents of 1."""
    if value.shape == shape:
        return value
    rank = len(value.shape)

    def place(index: tuple[int, ...]) -> Iterable[int]:
        own = index[len(index) - rank :]
        return (i if n > 1 else 0 for i, n in zip(own, value.shape, strict=True))

    return picked(value, shape, place)


def together(function: Callable[..., Any], *values: Table) -> Table:
    """A function of several tables, element by element."""
    shape = met(*(value.shape for value in values))
    wide = [spread(value, shape) for value in values]
    columns = [one.data for one in wide if isinstance(one, Known)]
    return made(shape, wide, lambda: map(function, *columns))
