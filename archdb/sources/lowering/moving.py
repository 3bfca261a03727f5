"""What moves elements about along axes, and maps to another size."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.picking import taken
from archdb.sources.lowering.pools import slid
from archdb.sources.lowering.values import BATCH, Value, in_order
from archdb.sources.lowering.windows import each, sides, single
from archdb.sources.neutral import Call


@rule("roll")
def roll(net: Lowering, call: Call) -> Value:
    """Elements moved along axes."""
    x = plain(net, net.value(call.arguments["input"]))
    shifts = net.integers(call.arguments["shifts"])
    dims = net.integers(call.arguments["dims"])
    moved = [x.axes[dim] for dim in dims]
    if any(axis.batch for axis in moved):
        raise UnmappedError("rolls the batch")
    op = net.make("roll", axes=[axis.at[0] for axis in moved], shifts=shifts)
    return net.lay(op, x, axes=x.axes)


@rule("flip")
def flip(net: Lowering, call: Call) -> Value:
    """Elements in reverse along axes."""
    return flipped(net, net.value(call.arguments["input"]), net.integers(call.arguments["dims"]))


def flipped(net: Lowering, value: Value, dims: list[int]) -> Value:
    """The value with its elements in reverse along these axes."""
    x = plain(net, value)
    moved = [x.axes[dim] for dim in dims]
    if any(axis.batch for axis in moved):
        raise UnmappedError("turns the batch")
    op = net.make("flip", axes=[axis.at[0] for axis in moved])
    return net.lay(op, x, axes=x.axes)


@rule("channel_shuffle")
def channel_shuffle(net: Lowering, call: Call) -> Value:
    """Channels dealt out over groups."""
    x = image(net, net.value(call.arguments["input"]), 2)
    op = net.make("channel_shuffle", groups=int(call.arguments["groups"]))
    return net.lay(op, x, axes=x.axes)


#: The op that resizes over so many axes.
RESIZED = {1: "resize1d", 2: "resize2d", 3: "resize3d"}


@rule("interpolate")
def interpolate(net: Lowering, call: Call) -> Any:
    """A sequence, map or volume at another size."""
    given = call.arguments
    value = net.value(given["input"])
    own = list(value.full(net.batch)[2:])
    wanted = _size(net, call, own)
    if wanted == own:
        return value
    if given.get("antialias") and any(n < m for n, m in zip(wanted, own, strict=True)):
        raise UnmappedError("weighs as many neighbours as it makes smaller, against aliasing")
    told: dict[str, Any] = {"how": given.get("mode", "nearest")}
    if len(own) == 2:
        told["sized_by"] = "scale"
    told["align_corners"] = bool(given.get("align_corners"))
    if any(n % m for n, m in zip(wanted, own, strict=True)):
        told.pop("sized_by", None)
        told["size"] = wanted
    else:
        told["scale"] = [n // m for n, m in zip(wanted, own, strict=True)]
    op = net.make(RESIZED[len(own)], **{name: single(what) for name, what in told.items()})
    return slid(net, op, value, len(own))


def _size(net: Lowering, call: Call, own: list[int]) -> list[int]:
    """The size that is asked for, or so many times the own."""
    size, factor = call.arguments.get("size"), call.arguments.get("scale_factor")
    if size is not None:
        wanted = net.integers(size)
        return wanted * len(own) if len(wanted) == 1 else wanted
    factors = factor if isinstance(factor, list) else [factor] * len(own)
    return [int(n * f) for n, f in zip(own, factors, strict=True)]


@rule("grid_sample")
def grid_sample(net: Lowering, call: Call) -> Value:
    """A map read where another tensor says, or each of several that the batch is folded into."""
    given = call.arguments
    value, grid = plain(net, net.value(given["input"])), plain(net, net.value(given["grid"]))
    points = [axis.batch for axis in grid.axes]
    everywhere_same = not any(points) and grid.bare()[:1] == value.bare()[:1]
    if len(value.axes) != 4 or not (points == [True, False, False, False] or everywhere_same):
        raise UnmappedError("reads other than maps at points of their own")
    op = net.make("grid_sample", how=given.get("mode", "bilinear"))
    return net.lay(op, value, grid, axes=value.axes)


@rule("im2col")
def im2col(net: Lowering, call: Call) -> Value:
    """The patches of a window, as vectors at their positions."""
    x = image(net, net.value(call.arguments["input"]), 2)
    return net.lay(net.make("unfold", **_patches(call)), x, axes=x.axes[:3])


@rule("col2im")
def col2im(net: Lowering, call: Call) -> Value:
    """Patches added up to a map."""
    x = plain(net, net.value(call.arguments["input"]))
    if x.axes[0] != BATCH or len(x.shape) != 2:
        raise UnmappedError("puts other than patches of one map together")
    size = each(call.arguments["output_size"], 2)
    op = net.make("fold", size=size, **_patches(call))
    return net.lay(op, x, axes=in_order(3))


def _patches(call: Call) -> dict[str, Any]:
    given = call.arguments
    return {
        "kernel": each(given["kernel_size"], 2),
        "stride": each(given.get("stride", 1), 2),
        "padding": sides(given.get("padding", 0), 2),
        "dilation": each(given.get("dilation", 1), 2),
    }


@rule("unfold")
def unfold(net: Lowering, call: Call) -> Value:
    """Windows along an axis, which stays as their number; their elements are a new last axis."""
    given = call.arguments
    value = net.value(given["input"])
    dim = int(given["dim"]) % len(value.axes)
    size, step = int(given["size"]), int(given["step"])
    count = (value.full(net.batch)[dim] - size) // step + 1
    x = taken(net, value, dim, (count, size))
    last = x.axes[dim + 1]
    return x._replace(axes=(*x.axes[: dim + 1], *x.axes[dim + 2 :], last))
