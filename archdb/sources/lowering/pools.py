"""Pools with a window, pools to a grid, and means over whole axes."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.model.shape import is_image
from archdb.ops import Op
from archdb.sources.lowering.arranging import per_channel, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, ONE, Axis, Known, Value
from archdb.sources.lowering.windows import each, placed, sides, single
from archdb.sources.neutral import Call, Ref

POOLS = {f"{how}_pool{n}d": n for how in ("max", "avg") for n in (1, 2, 3)}
ADAPTIVE = {f"adaptive_{how}_pool{n}d": (how, n) for how in ("avg", "max") for n in (1, 2, 3)}
#: The op that does so to all positions of a map, and to all steps of a sequence.
GLOBAL = {"avg": "global_avg_pool{0}d", "max": "global_max_pool{0}d"}
#: What is told of all positions of a volume.
WHOLE = {"avg": "mean", "max": "max"}
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
    return slid(net, net.make(call.kind, **attributes), net.value(given["input"]), axes)


def slid(net: Lowering, op: Op, value: Value, axes: int) -> Value:
    """What an op gives that slides over so many axes of each channel."""
    if axes > 1:
        return per_channel(net, value, axes, lambda x: net.lay(op, x, axes=x.axes))
    x, out = placed(net, value, axes)
    return net.lay(op, x, axes=out)


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
    return slid(net, net.make(call.kind, bins=single(bins)), value, axes)


@rule("global_pool")
def global_pool(net: Lowering, call: Call) -> Value:
    """Over all axes behind the channels."""
    value = net.value(call.arguments["input"])
    return everywhere(net, value, call.arguments["how"], len(value.axes) - 2)


def everywhere(net: Lowering, value: Value, how: str, extents: int) -> Value:
    """One number for each channel, of extents 1."""
    if extents == 1:
        x, _ = placed(net, value, 1)
        op = net.make(GLOBAL[how].format(1))
        return net.lay(op, x, axes=(BATCH, Axis((0,)), ONE))
    if extents > 2:
        op = net.make(f"reduce_{WHOLE[how]}", axes=list(range(1, extents + 1)), keep=True)
    else:
        op = net.make(GLOBAL[how].format(extents))
    return slid(net, op, value, extents)


#: Kinds by the op that tells the elements of each group in one number.
REDUCTIONS = {
    "mean": "reduce_mean",
    "sum": "reduce_sum",
    "prod": "reduce_product",
    "amax": "reduce_max",
    "amin": "reduce_min",
    "max": "reduce_max",
    "min": "reduce_min",
    "argmax": "argmax",
    "var": "reduce_variance",
    "norm": "reduce_norm",
    "linalg_vector_norm": "reduce_norm",
}


#: Sums of a function of each element: the function, and another of the sum.
SUMS_OF: dict[str, tuple[str | None, str | None]] = {
    "sum_of_squares": ("square", None),
    "sum_of_sizes": ("abs", None),
    "log_of_sum": (None, "log"),
    "log_of_sum_of_exp": ("exp", "log"),
}


@rule(*SUMS_OF)
def sum_of_function(net: Lowering, call: Call) -> Value:
    """A sum along stated axes of a function of each element, or a function of that sum."""
    each, whole = SUMS_OF[call.kind]
    value = net.value(call.arguments["input"])
    if each:
        value = net.lay(net.make(each), value, axes=value.axes, main=False)
    found = summed(net, call, value, "reduce_sum")
    return net.lay(net.make(whole), found, axes=found.axes) if whole else found


@rule("sum", "prod", "amin", "max", "min", "argmax", "var", "norm", "linalg_vector_norm")
def told_in_one(net: Lowering, call: Call) -> Value:
    """One number of each group along stated axes."""
    return summed(net, call, net.value(call.arguments["input"]), REDUCTIONS[call.kind])


def summed(net: Lowering, call: Call, value: Value, name: str) -> Value:
    """A reduction along the axes that a call states."""
    rank, asked = len(value.axes), call.arguments.get("dim")
    if isinstance(asked, Ref) and not isinstance(net.get(asked), Known):
        raise UnmappedError("takes two tensors")
    dims = sorted(n % rank for n in net.integers(asked)) if asked is not None else range(rank)
    kept = bool(call.arguments.get("keepdim", False))
    return along_axes(net, value, list(dims), kept, name)


@rule("std")
def deviation(net: Lowering, call: Call) -> Value:
    """The root of the variance."""
    variance = told_in_one(net, Call("var", call.path, call.arguments, call.writes))
    return net.lay(net.make("sqrt"), variance, axes=variance.axes)


def along_axes(net: Lowering, value: Value, dims: list[int], kept: bool, name: str) -> Value:
    """A reduction along axes of the tensor; along all of them, it is that of one sample."""
    over = [value.axes[dim] for dim in dims]
    if len(dims) == len(value.axes):
        over = [axis for axis in over if axis != BATCH]
    if any(axis.batch for axis in over):
        raise UnmappedError("works along the batch")
    gone = [i for axis in over for i in axis.at]
    if not gone:
        return value if kept else value._replace(axes=_left(value.axes, dims))
    if any(set(axis.at) & set(gone) for at, axis in enumerate(value.axes) if at not in dims):
        value = plain(net, value)
        gone = [i for dim in dims for i in value.axes[dim].at]
    op = net.make(name, axes=sorted(gone), keep=True)
    axes = tuple(ONE if at in dims else axis for at, axis in enumerate(value.axes))
    found = net.lay(op, value, axes=axes)
    return found if kept else found._replace(axes=_left(axes, dims))


def _left(axes: tuple[Axis, ...], dims: list[int]) -> tuple[Axis, ...]:
    return tuple(axis for at, axis in enumerate(axes) if at not in dims)


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
        return along_axes(net, value, list(dims), kept, REDUCTIONS[call.kind])
    places = {axis: axis for axis in value.axes} | dict.fromkeys(over, ONE)
    axes = [reduced.get(axis, places[axis]) for axis in value.axes if kept or axis not in over]
    return Value(reduced["layer"], reduced["shape"], tuple(axes))


def _global(net: Lowering, value: Value, over: list[Axis], how: str) -> Any:
    """A global pool where it is the positions of a map, or the steps of a sequence, that go."""
    gone = sorted(i for axis in over for i in axis.at)
    whole = is_image(value.shape) and gone == [1, 2]
    steps = len(value.shape) == 2 and gone == [0]
    if any(axis.batch for axis in over) or not (whole or steps):
        return None
    if any(axis.batch and axis.at for axis in value.axes):
        return None
    op = net.make(GLOBAL[how].format(2 if whole else 1))
    channel = next((axis for axis in value.axes if axis.at and axis not in over), None)
    if channel is None:
        return None
    laid = net.lay(op, value, axes=())
    return {"layer": laid.layer, "shape": laid.shape, channel: Axis((0,))}
