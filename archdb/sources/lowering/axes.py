"""Which axis of a layer's shape an axis of a tensor is, and how ops are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archdb.model import shape as shapes
from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError
from archdb.sources.lowering.values import Value
from archdb.sources.neutral import Call


def channel_axis(value: Value) -> int | None:
    """Which axis of the shape of a layer is that of channels or features; None where none is."""
    return shapes.channel_axis(value.shape) if shapes.has_channels(value.shape) else None


def along(net: Lowering, value: Value, dim: int) -> tuple[Value, int]:
    """The value, rearranged if need be, and the one axis of its shape that axis `dim` is."""
    axis = value.axes[dim]
    if len(axis.at) != 1 or axis.batch:
        value = plain(net, value)
        axis = value.axes[dim]
    if len(axis.at) != 1 or axis.batch:
        raise UnmappedError("works along the batch")
    return value, axis.at[0]


def told(value: Value, axis: int) -> dict[str, Any]:
    """The attribute that says the axis, where it is not that of channels or features."""
    return {} if axis == channel_axis(value) and len(value.shape) <= 3 else {"axis": axis}


def full_shape(net: Lowering, ref: Any) -> shapes.Shape:
    """The shape of what an argument is, with the batch."""
    found = net.get(ref)
    return found.full(net.batch) if isinstance(found, Value) else found.shape


def runs(net: Lowering, call: Call, rank: int) -> Iterator[tuple[int, slice]]:
    """The axes that a call cuts runs out of, and the run along each."""
    given = call.arguments
    starts, ends = (net.integers(given[name]) for name in ("starts", "ends"))
    dims = net.integers(given["dims"]) if given.get("dims") is not None else range(len(starts))
    steps = net.integers(given["steps"]) if given.get("steps") is not None else [1] * len(starts)
    for dim, *run in zip(dims, starts, ends, steps, strict=True):
        yield dim % rank, slice(*run)
