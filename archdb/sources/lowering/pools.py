"""Pools with a window, pools to a grid, and means over whole axes."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.sources.lowering.arranging import image
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, ONE, Axis, Value
from archdb.sources.lowering.windows import each, placed, sides, single
from archdb.sources.neutral import Call

POOLS = {f"{how}_pool{n}d": n for how in ("max", "avg") for n in (1, 2, 3)}
ADAPTIVE = {f"adaptive_{how}_pool{n}d": (how, n) for how in ("avg", "max") for n in (1, 2, 3)}
#: The op that does so to all positions of a map, and to all steps of a sequence.
GLOBAL = {"avg": "global_avg_pool{0}d", "max": "global_max_pool{0}d"}
REDUCED = {"mean": "avg", "amax": "max", "max": "max"}


@rule(*POOLS)
def pool(net: Lowering, call: Call) -> Any:
    """A window that keeps the channels."""
    given, axes = call.arguments, POOLS[call.kind]
    kernel = each(given["kernel_size"], axes)
    attributes: dict[str, Any] = {
        "kernel": kernel,
        "stride": each(given.get("stride") or kernel, axes),
        "padding": sides(given.get("padding", 0), axes),
        "rounding": "ceil" if given.get("ceil_mode") else "floor",
    }
    dilation = each(given.get("dilation", 1), axes)
    if set(dilation) != {1}:
        attributes["dilation"] = dilation
    if axes == 1:
        attributes = {name: single(value) for name, value in attributes.items()}
    x, out = placed(net, net.value(given["input"]), axes)
    return net.lay(net.make(call.kind, **attributes), x, axes=out)


@rule(*ADAPTIVE)
def adaptive(net: Lowering, call: Call) -> Value:
    """A pool to a grid of bins; to one bin it is a global pool."""
    how, axes = ADAPTIVE[call.kind]
    value = net.value(call.arguments["input"])
    asked = call.arguments["output_size"]
    listed = list(asked) if isinstance(asked, list | tuple) else [asked] * axes
    own = value.full(net.batch)[-axes:]
    bins = [size if n is None else int(n) for n, size in zip(listed, own, strict=True)]
    if prod(bins) == 1:
        return everywhere(net, value, how, axes)
    x = image(net, value, axes)
    op = net.make(call.kind, bins=bins)
    return net.lay(op, x, axes=(BATCH, *(Axis((i,)) for i in range(axes + 1))))


def everywhere(net: Lowering, value: Value, how: str, extents: int) -> Value:
    """One number for each channel, of extents 1."""
    if extents == 1:
        x, _ = placed(net, value, 1)
        op = net.make(GLOBAL[how].format(1))
        return net.lay(op, x, axes=(BATCH, Axis((0,)), ONE))
    x = image(net, value, extents)
    op = net.make(GLOBAL[how].format(extents))
    axes = tuple(Axis((i,)) for i in range(extents + 1))
    return net.lay(op, x, axes=(BATCH, *axes))


@rule("mean", "amax")
def reduced(net: Lowering, call: Call) -> Value:
    """The mean or the largest over stated axes."""
    value = net.value(call.arguments["input"])
    rank = len(value.axes)
    asked = call.arguments.get("dim")
    dims = sorted(n % rank for n in net.integers(asked)) if asked is not None else range(rank)
    kept = bool(call.arguments.get("keepdim", False))
    over = [value.axes[dim] for dim in dims]
    reduced = _global(net, value, over, REDUCED[call.kind])
    if reduced is None:
        raise UnmappedError(f"works along axes {list(dims)} of {rank}")
    places = {axis: axis for axis in value.axes} | dict.fromkeys(over, ONE)
    axes = [reduced.get(axis, places[axis]) for axis in value.axes if kept or axis not in over]
    return Value(reduced["layer"], reduced["shape"], tuple(axes))


def _global(net: Lowering, value: Value, over: list[Axis], how: str) -> Any:
    """A global pool where it is the positions of a map, or the steps of a sequence, that go."""
    gone = sorted(i for axis in over for i in axis.at)
    whole = len(value.shape) == 3 and gone == [1, 2]
    steps = len(value.shape) == 2 and gone == [0]
    if any(axis.batch for axis in over) or not (whole or steps):
        return None
    if any(axis.batch and axis.at for axis in value.axes):
        return None
    op = net.make(GLOBAL[how].format(2 if whole else 1))
    channel = next(axis for axis in value.axes if axis.at and axis not in over)
    laid = net.lay(op, value, axes=())
    return {"layer": laid.layer, "shape": laid.shape, channel: Axis((0,))}
