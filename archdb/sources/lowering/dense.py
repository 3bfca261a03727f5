"""Fully connected layers, products of matrices, tables."""

from __future__ import annotations

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Axis, Value
from archdb.sources.lowering.windows import weights
from archdb.sources.neutral import Call


@rule("linear")
def linear(net: Lowering, call: Call) -> Value:
    """A matrix for the last axis. On a map whose channels were moved last it is a 1×1
    convolution; a map that was made a vector is read as it is."""
    weight, tensors = weights(net, call)
    units = weight.shape[0]
    bias = call.arguments.get("bias") is not None
    value = net.value(call.arguments["input"])
    op = net.make("linear", units=units, bias=bias)
    *leading, last = value.axes
    if leading == [BATCH] and last.at == tuple(range(len(value.shape))):
        return net.lay(op, value, axes=(BATCH, Axis((0,))), tensors=tensors)
    if len(value.shape) == 3 and last == Axis((0,)) and _whole(value):
        pointwise = net.make("conv2d", filters=units, kernel=1, bias=bias)
        return net.lay(pointwise, value, axes=value.axes, tensors=tensors)
    x = plain(net, value)
    return net.lay(op, x, axes=x.axes, tensors=tensors)


def _whole(value: Value) -> bool:
    """Whether the axes are those of the layer, one by one, and the batch is apart."""
    return all(len(axis.at) <= 1 and not (axis.at and axis.batch) for axis in value.axes)


@rule("embedding")
def embedding(net: Lowering, call: Call) -> Value:
    """A row of a table for each token."""
    table = net.stored(call.arguments["weight"])
    x = plain(net, net.value(call.arguments["input"]))
    vocabulary, units = table.shape
    op = net.make("embedding", vocabulary=vocabulary, units=units)
    rank = len(x.shape)
    return net.lay(op, x, axes=(*x.axes, Axis((rank,))), tensors=table.names)


@rule("matmul", "bmm", "mm")
def matmul(net: Lowering, call: Call) -> Value:
    """A product of two layers' outputs."""
    first = plain(net, net.value(call.arguments["input"]))
    second = plain(net, net.value(call.arguments["other"]))
    if len(first.shape) != 2 or len(second.shape) != 2:
        raise UnmappedError(f"multiplies stacks of matrices, {len(first.axes)} axes in all")
    return net.lay(net.make("matmul"), first, second, axes=first.axes)
