"""Fully connected layers, products of matrices, tables."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.model.shape import has_channels, is_image
from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.axes import along, told
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.picking import picked
from archdb.sources.lowering.values import BATCH, Axis, Stored, Value
from archdb.sources.lowering.windows import Weights, weights
from archdb.sources.neutral import Call


@rule("linear")
def linear(net: Lowering, call: Call) -> Value:
    """A matrix for the last axis. On a map whose channels were moved last it is a 1×1
    convolution; a map that was made a vector is read as it is."""
    held = weights(net, call, 2)
    value = net.value(call.arguments["input"])
    return multiplied(net, value, held)


def multiplied(net: Lowering, value: Value, held: Weights) -> Value:
    """The last axis of a value times the weights."""
    units = held.shape[0]
    *leading, last = value.axes
    whole = last.at == tuple(range(len(value.shape))) and has_channels(value.shape)
    if leading == [BATCH] and whole and len(value.shape) in (1, 3) and not held.inputs:
        op = net.make("linear", units=units, **held.attributes)
        return net.lay(op, value, axes=(BATCH, Axis((0,))), tensors=held.tensors)
    apart = all(len(axis.at) <= 1 and not (axis.at and axis.batch) for axis in value.axes)
    if is_image(value.shape) and last == Axis((0,)) and apart and not held.inputs:
        pointwise = net.make("conv2d", filters=units, kernel=1, **held.attributes)
        return net.lay(pointwise, value, axes=value.axes, tensors=held.tensors)
    value, axis = along(net, value, len(value.axes) - 1)
    where = {"axis": axis} if len(value.shape) > 2 else told(value, axis)
    op = net.make("linear", units=units, **where, **held.attributes)
    return net.lay(op, value, *held.inputs, axes=value.axes, tensors=held.tensors)


@rule("addmm")
def addmm(net: Lowering, call: Call) -> Value:
    """A product and a bias, as exporters write a linear layer: the matrix stands turned."""
    given = call.arguments
    if not net.trains(net.get(given["mat2"])) or (given.get("alpha", 1), given.get("beta", 1)) != (
        1,
        1,
    ):
        raise UnmappedError("is a product with a bias that is no linear layer")
    told = {"input": given["mat1"], "weight": given["mat2"], "bias": given["bias"], "turned": True}
    turned_linear = Call("linear", call.path, told, call.writes)
    return multiplied(net, net.value(given["mat1"]), weights(net, turned_linear, 2))


@rule("embedding")
def embedding(net: Lowering, call: Call) -> Value:
    """A row of a table for each token."""
    table = net.get(call.arguments["weight"])
    if not net.trains(table):
        return picked(net, net.realised(table), 0, call.arguments["input"])
    x = plain(net, net.value(call.arguments["input"]))
    vocabulary, units = table.shape
    op = net.make("embedding", vocabulary=vocabulary, units=units)
    shape, axes = (*x.shape, units), (*x.axes, Axis((len(x.shape),)))
    if len(x.shape) == 1:
        return net.lay(op, x, axes=axes, tensors=table.names)
    row = net.reshape(x, (prod(x.shape),), (Axis((0,)),), main=False)
    made = net.lay(op, row, axes=(Axis((0,)), Axis((1,))), tensors=table.names)
    return net.reshape(made, shape, axes, main=False)


def turned(value: Value) -> Value:
    """The value with its last two axes exchanged."""
    return value._replace(axes=(*value.axes[:-2], value.axes[-1], value.axes[-2]))


def straight(value: Value) -> bool:
    """Whether the value's own shape has its axes in their order."""
    order = [i for axis in value.axes for i in axis.at]
    return order == list(range(len(value.shape))) and all(
        len(axis.at) == 1 or axis == BATCH for axis in value.axes
    )


@rule("matmul", "bmm", "mm")
def matmul(net: Lowering, call: Call) -> Any:
    """A product of two layers' outputs, one of which may stand transposed; with a learned matrix it
    is a linear layer, as in a graph within the graph, where nothing is folded before."""
    matrix = net.get(call.arguments["other"])
    if isinstance(matrix, Stored) and matrix.names and len(matrix.shape) == 2:
        told = {"weight": call.arguments["other"], "turned": True}
        given = {"input": call.arguments["input"], "bias": None, **told}
        return linear(net, Call("linear", call.path, given, call.writes))
    return product(net, *(net.value(call.arguments[name]) for name in ("input", "other")))


@rule("rmatmul")
def rmatmul(net: Lowering, call: Call) -> Value:
    """The same, the sides exchanged."""
    return product(net, *(net.value(call.arguments[name]) for name in ("other", "input")))


def product(net: Lowering, first: Value, second: Value) -> Value:
    """The product of matrices, for each of the axes before these."""
    if min(len(first.axes), len(second.axes)) < 2:
        raise UnmappedError("multiplies a vector")
    if BATCH in (first.axes[-1], first.axes[-2], second.axes[-1], second.axes[-2]):
        raise UnmappedError("multiplies along the batch")
    transposed: dict[str, Any] = {}
    sides = []
    for name, value in (("transpose_first", first), ("transpose_second", second)):
        if not straight(value) and straight(turned(value)):
            transposed[name] = True
            value = turned(value)
        sides.append(plain(net, value))
    one, other = sides
    if one.axes[-1].batch or other.axes[-1].batch or other.axes[-2].batch:
        raise UnmappedError("multiplies along the batch")
    side = max(sides, key=lambda value: (len(value.axes), BATCH in value.axes))
    rank = max(len(one.shape), len(other.shape))
    more = rank - len(side.shape)  # extents of 1 that the other has where this has the batch
    leading = (axis._replace(at=tuple(i + more for i in axis.at)) for axis in side.axes[:-2])
    rows = one.axes[-1 if "transpose_first" in transposed else -2]
    axes = (*leading, Axis((rank - 2,), rows.batch), Axis((rank - 1,)))
    return net.lay(net.make("matmul", **transposed), one, other, axes=axes)
