"""Tensors of more axes than a layer may have, where neighbours can be taken for one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from archdb.sources.lowering.base import UnmappedError
from archdb.sources.lowering.values import BATCH, Axis, Value


def by_fewer_axes(values: list[Value], lay: Callable[[list[Value]], Value]) -> Value:
    """What `lay` makes of several tensors of more axes than a layer may have. Neighbours that each
    tensor either has or is spread over count as one axis meanwhile; the result is told of axis by
    axis again, and only a reshape may read it so."""
    columns = list(zip(*(value.axes for value in values), strict=True))
    extents = list(zip(*(value.bare() for value in values), strict=True))
    if any(axis.batch and axis.at for column in columns for axis in column):
        raise UnmappedError(f"works on {len(columns)} axes at once")

    def kind(at: int) -> tuple[int, tuple[bool, ...]]:
        """What neighbours that are one axis have in common."""
        batched = any(axis.batch for axis in columns[at])
        return at if batched else -1, tuple(extent > 1 for extent in extents[at])

    runs = [list(run) for _, run in groupby(range(len(columns)), kind)]
    if len(runs) == len(columns):
        raise UnmappedError(f"works on {len(columns)} axes at once")
    found = lay([_fewer(value, runs) for value in values])
    shape: list[int] = []
    axes = []
    for run, axis in zip(runs, found.axes, strict=True):
        for at in run:
            axes.append(BATCH if axis == BATCH else Axis((len(shape),)))
            shape += [] if axis == BATCH else [max(extents[at])]
    return Value(found.layer, tuple(shape), tuple(axes))


def _fewer(value: Value, runs: list[list[int]]) -> Value:
    axes = [[value.axes[at] for at in run] for run in runs]
    merged = [Axis(tuple(i for axis in run for i in axis.at), run[0].batch) for run in axes]
    return value._replace(axes=tuple(merged))
