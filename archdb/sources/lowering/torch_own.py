"""Functions that PyTorch alone has, by layers of others."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arithmetic import joined
from archdb.sources.lowering.arranging import aligned, image
from archdb.sources.lowering.axes import along, told
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.dense import product
from archdb.sources.lowering.elementwise import number, per_element
from archdb.sources.lowering.values import Value
from archdb.sources.neutral import Call


@rule("take_along_dim")
def take_along_dim(net: Lowering, call: Call) -> Value:
    """For each place of a table the element whose number stands there, along one axis."""
    given = call.arguments
    both = aligned(net, [net.value(given[name]) for name in ("input", "index")])
    axis = both[1].axes[int(given["dim"])]
    if axis.batch or len(axis.at) != 1:
        raise UnmappedError("picks images of the batch")
    return net.lay(net.make("gather", axis=axis.at[0]), *both, axes=both[1].axes)


@rule("_weight_norm")
def weight_norm(net: Lowering, call: Call) -> Value:
    """A direction times a length (salimans2016): each part by its own norm."""
    given = call.arguments
    direction, length = (net.value(given[name]) for name in ("input", "1"))
    kept = int(given.get("2", given.get("dim", 0)))
    rank = len(direction.shape)
    axes = [at for at in range(rank) if at != kept % rank]
    if len(direction.axes) != rank:
        raise UnmappedError("is the norm of a tensor whose first extent is 1")
    norm = net.lay(net.make("reduce_norm", axes=axes, keep=True), direction, axes=direction.axes)
    return joined(
        net, net.make("multiply"), [direction, joined(net, net.make("divide"), [length, norm])]
    )


@rule("baddbmm")
def baddbmm(net: Lowering, call: Call) -> Value:
    """A tensor, and products of matrices, each perhaps by a factor."""
    given = call.arguments
    first, *both = (net.value(given[name]) for name in ("input", "batch1", "batch2"))
    second = product(net, *both)
    sides = []
    for value, name in ((first, "beta"), (second, "alpha")):
        factor = float(number(net, given.get(name, 1)))
        op = net.make("rescale", factor=factor)
        sides.append(value if factor == 1 else per_element(net, op, value, main=False))
    return joined(net, net.make("add"), sides)


@rule("pixel_shuffle", "pixel_unshuffle")
def shuffled(net: Lowering, call: Call) -> Value:
    """Channels to pixels, or pixels to channels."""
    given = call.arguments
    factor = given.get("upscale_factor") or given["downscale_factor"]
    x = image(net, net.value(given["input"]), 2)
    return net.lay(net.make(call.kind, factor=int(factor)), x, axes=x.axes)


@rule("softmin")
def softmin(net: Lowering, call: Call) -> Value:
    """The softmax of what is negative."""
    value = per_element(net, net.make("negative"), net.value(call.arguments["input"]), main=False)
    dim = call.arguments.get("dim")
    if dim is None:
        dim = 0 if len(value.axes) in (0, 1, 3) else 1
    value, axis = along(net, value, int(dim))
    return per_element(net, net.make("softmax", **told(value, axis)), value)


@rule("tanhshrink", "softshrink")
def shrunk(net: Lowering, call: Call) -> Value:
    """x less its tanh, or less what of it lies between two limits."""
    value, limit = net.value(call.arguments["input"]), call.arguments.get("lambd", 0.5)
    limit = float(call.arguments.get("1", limit))
    ops: dict[str, Any] = {
        "tanhshrink": lambda: net.make("tanh"),
        "softshrink": lambda: net.make("clip", low=-limit, high=limit),
    }
    less = per_element(net, ops[call.kind](), value, main=False)
    return joined(net, net.make("subtract"), [value, less])


@rule("rrelu")
def rrelu(net: Lowering, call: Call) -> Value:
    """At use the slope is the mean of its two limits."""
    given = call.arguments
    low, high = (
        float(given.get(name, value)) for name, value in (("lower", 1 / 8), ("upper", 1 / 3))
    )
    op = net.make("leaky_relu", slope=(low + high) / 2)
    return per_element(net, op, net.value(given["input"]))
