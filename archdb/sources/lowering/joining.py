"""Concatenation."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import plain, without
from archdb.sources.lowering.axes import channel_axis
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Axis, Known, Stored, Value
from archdb.sources.neutral import Call


@rule("cat")
def cat(net: Lowering, call: Call) -> Value:
    """Along the channels or features."""
    found = [net.get(ref) for ref in call.arguments["tensors"]]
    values = [net.realised(each) for each in found if not _empty(each)]
    return concatenated(net, values, int(call.arguments.get("dim", 0)))


def _empty(found: Any) -> bool:
    """Whether it is known to have no elements."""
    return isinstance(found, Known | Stored) and 0 in found.shape


def concatenated(net: Lowering, values: list[Value], dim: int) -> Value:
    """Values side by side along an axis."""
    if len(values) == 1:
        return values[0]
    dim %= len(values[0].axes)
    if all(value.axes[dim] == BATCH for value in values):
        return _batches(net, values, dim)
    values = _batched(net, values)
    if len({value.axes for value in values}) > 1 or len({len(v.shape) for v in values}) > 1:
        values = [plain(net, value) for value in values]
    first = values[0]
    if first.axes[dim].at != (channel_axis(first),) or first.axes[dim].batch:
        values = [plain(net, value) for value in values]
        first = values[0]
    if first.axes[dim].batch or len(first.axes[dim].at) != 1:
        raise UnmappedError("joins along the batch")
    (along,) = first.axes[dim].at
    told = {} if along == channel_axis(first) else {"axis": along}
    return net.lay(net.make("concat", **told), *values, axes=first.axes)


def _batches(net: Lowering, values: list[Value], dim: int) -> Value:
    """Several batches behind each other: as many tensors of one image side by side."""
    values = [plain(net, value) for value in values]
    axes = [axis._replace(at=tuple(i + 1 for i in axis.at)) for axis in values[0].axes]
    axes[dim] = Axis((0,), True, True)
    return net.lay(net.make("stack", axis=0), *values, axes=tuple(axes))


def _batched(net: Lowering, values: list[Value]) -> list[Value]:
    """The values, those without a batch with an axis of 1 in its place."""
    places = {at for value in values for at, axis in enumerate(value.axes) if axis == BATCH}
    return [without(value, places) for value in values]


@rule("stack")
def stack(net: Lowering, call: Call) -> Value:
    """Side by side along a new axis."""
    values = [net.value(ref) for ref in call.arguments["tensors"]]
    return stacked(net, values, int(call.arguments.get("dim", 0)))


def stacked(net: Lowering, values: list[Value], dim: int) -> Value:
    """Values side by side along a new axis."""
    values = [plain(net, value) for value in values]
    first = values[0]
    dim %= len(first.axes) + 1
    along = sum(axis != BATCH for axis in first.axes[:dim])
    axes = [
        axis if not axis.at else axis._replace(at=(axis.at[0] + (axis.at[0] >= along),))
        for axis in first.axes
    ]
    axes.insert(dim, Axis((along,)))
    return net.lay(net.make("stack", axis=along), *values, axes=tuple(axes))
