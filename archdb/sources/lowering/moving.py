"""What moves elements about along axes, and maps to another size."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import Value
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
    x = plain(net, net.value(call.arguments["input"]))
    moved = [x.axes[dim] for dim in net.integers(call.arguments["dims"])]
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


@rule("interpolate")
def interpolate(net: Lowering, call: Call) -> Any:
    """A map at another size."""
    given = call.arguments
    x = image(net, net.value(given["input"]), 2)
    height, width = x.shape[1:]
    size, factor = given.get("size"), given.get("scale_factor")
    if size is not None:
        wanted = net.integers(size)
    else:
        factors = factor if isinstance(factor, list) else [factor, factor]
        wanted = [int(n * f) for n, f in zip((height, width), factors, strict=True)]
    wanted = wanted * 2 if len(wanted) == 1 else wanted
    if wanted == [height, width]:
        return x
    attributes = {"align_corners": bool(given.get("align_corners")), "sized_by": "scale"}
    if wanted[0] % height or wanted[1] % width:
        aligned = attributes["align_corners"]
        op = net.make(
            "resize2d", how=given.get("mode", "nearest"), size=wanted, align_corners=aligned
        )
        return net.lay(op, x, axes=x.axes)
    scale = [wanted[0] // height, wanted[1] // width]
    op = net.make("resize2d", how=given.get("mode", "nearest"), scale=scale, **attributes)
    return net.lay(op, x, axes=x.axes)
