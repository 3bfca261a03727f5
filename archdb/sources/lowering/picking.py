"""Elements along an axis by their places in a table."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError
from archdb.sources.lowering.shaping import merged
from archdb.sources.lowering.values import Axis, Value
from archdb.sources.neutral import Ref


def picked(net: Lowering, value: Value, dim: int, index: Ref) -> Value:
    """Those elements along an axis whose numbers stand in a table, or arrive."""
    found = net.get(index)
    if not isinstance(found, Value):
        return taken(net, value, dim, found.shape)
    table = plain(net, found)
    if any(axis.batch for axis in value.axes) and any(axis.batch for axis in table.axes):
        raise UnmappedError("picks other elements of each image")
    return taken(net, value, dim, tuple(table.shape), table)


def by_tables(net: Lowering, value: Value, dim: int, items: list[Any]) -> Value:
    """x[rows, columns]: elements along neighbouring axes, by as many tables that are read at
    once."""
    tables = list(takewhile(lambda item: isinstance(item, Ref), items))
    if any(item != {"slice": [None, None, None]} for item in items[len(tables) :]):
        raise UnmappedError("picks elements by their place along several axes")
    if len(tables) == 1:
        return picked(net, value, dim, tables[0])
    found = [net.get(table) for table in tables]
    if any(isinstance(table, Value) for table in found):
        raise UnmappedError("picks elements by several tensors that arrive")
    rank = max(len(table.shape) for table in found)
    wide = [(1,) * (rank - len(table.shape)) + table.shape for table in found]
    shape = tuple(max(extents) for extents in zip(*wide, strict=True))
    return taken(net, merged(net, value, dim, dim + len(tables)), dim, shape)


def taken(
    net: Lowering, value: Value, dim: int, shape: tuple[int, ...], table: Value | None = None
) -> Value:
    """So many elements along an axis, by a table of that shape, whose axes come in its place."""
    x = plain(net, value)
    axis = x.axes[dim]
    if axis.batch:
        raise UnmappedError("picks images of the batch")
    (at,), more = axis.at, len(shape)
    moved = [a._replace(at=tuple(i + (more - 1) * (i > at) for i in a.at)) for a in x.axes]
    own = [Axis((at + n,)) for n in range(more)]
    if table is None:
        op = net.make("take", axis=at, shape=list(shape or (1,)))
        return net.lay(op, x, axes=(*moved[:dim], *own, *moved[dim + 1 :]))
    own = [a._replace(at=tuple(i + at for i in a.at)) for a in table.axes]
    axes = (*moved[:dim], *own, *moved[dim + 1 :])
    return net.lay(net.make("take", axis=at), x, table, axes=axes)
