"""Parts of tensors, and padding around them."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import channel_axis
from archdb.sources.lowering.values import ONE, Value
from archdb.sources.neutral import Call


def part(net: Lowering, value: Value, dim: int, start: int, stop: int) -> Value:
    """The extents from `start` up to `stop` of an axis."""
    full = value.full(net.batch)
    if (start, stop) == (0, full[dim]):
        return value
    axis = value.axes[dim]
    if axis.batch:
        raise UnmappedError("takes a part of the batch")
    if axis.at != (channel_axis(value),):
        value = plain(net, value)
        axis = value.axes[dim]
    if axis.at == (channel_axis(value),):
        op = net.make("slice_channels", start=start, stop=stop)
        return net.lay(op, value, axes=value.axes)
    if len(value.shape) == 3 and axis.at in ((1,), (2,)):
        cut = [start, full[dim] - stop]
        sides = [*cut, 0, 0] if axis.at == (1,) else [0, 0, *cut]
        return net.lay(net.make("trim2d", sides=sides), value, axes=value.axes)
    raise UnmappedError(f"takes {start} to {stop} of axis {dim} of {len(full)}")


@rule("chunk", "split", "tensor_split", "unbind")
def parts(net: Lowering, call: Call) -> list[Value]:
    """A layer for each part that is read."""
    value = net.value(call.arguments["input"])
    dim = int(call.arguments.get("dim", 0)) % len(value.axes)
    sizes = PARTS[call.kind](net, call, value.full(net.batch)[dim])
    found, start = [], 0
    for size in sizes:
        one = part(net, value, dim, start, start + size)
        found.append(one if call.kind != "unbind" else _without(net, one, dim))
        start += size
    return found


def _without(net: Lowering, value: Value, dim: int) -> Value:
    """The value without an axis of extent 1."""
    if value.full(net.batch)[dim] != 1:
        raise UnmappedError("leaves out an axis that has more than one extent")
    return value._replace(axes=(*value.axes[:dim], *value.axes[dim + 1 :]))


def _chunks(net: Lowering, call: Call, extent: int) -> list[int]:
    size = -(-extent // int(call.arguments["chunks"]))
    return [min(size, extent - start) for start in range(0, extent, size)]


def _splits(net: Lowering, call: Call, extent: int) -> list[int]:
    asked = call.arguments["split_size"]
    if isinstance(asked, list):
        return [int(n) for n in asked]
    size = int(asked)
    return [min(size, extent - start) for start in range(0, extent, size)]


def _tensor_splits(net: Lowering, call: Call, extent: int) -> list[int]:
    asked = call.arguments["indices_or_sections"]
    if isinstance(asked, list):
        ends = [*(int(n) for n in asked), extent]
        return [end - start for start, end in zip([0, *ends], ends, strict=False)]
    size, more = divmod(extent, int(asked))
    return [size + (n < more) for n in range(int(asked))]


PARTS: dict[str, Any] = {
    "chunk": _chunks,
    "split": _splits,
    "tensor_split": _tensor_splits,
    "unbind": lambda net, call, extent: [1] * extent,
}


@rule("narrow", "slice")
def narrow(net: Lowering, call: Call) -> Value:
    """One run of one axis."""
    given = call.arguments
    value = net.value(given["input"])
    dim = int(given.get("dim", 0)) % len(value.axes)
    extent = value.full(net.batch)[dim]
    if "length" in given:
        return part(
            net, value, dim, int(given["start"]), int(given["start"]) + int(given["length"])
        )
    return _run(net, value, dim, [given.get("start"), given.get("end"), given.get("step")], extent)


def _run(net: Lowering, value: Value, dim: int, bounds: list[Any], extent: int) -> Value:
    start, stop, step = slice(*bounds).indices(extent)
    if step != 1:
        raise UnmappedError(f"takes each {step}th of axis {dim}")
    return part(net, value, dim, start, max(start, stop))


@rule("select")
def select(net: Lowering, call: Call) -> Value:
    """One of an axis, which is gone."""
    value = net.value(call.arguments["input"])
    dim = int(call.arguments["dim"]) % len(value.axes)
    at = int(call.arguments["index"]) % value.full(net.batch)[dim]
    return _without(net, part(net, value, dim, at, at + 1), dim)


@rule("getitem")
def getitem(net: Lowering, call: Call) -> Value:
    """x[:, 1:, ..., None]: runs, single numbers, new axes."""
    value = net.value(call.arguments["input"])
    index = call.arguments["index"]
    items = index if isinstance(index, list) else [index]
    named = sum(item is not None and item != "..." for item in items)
    dim = 0
    for item in items:
        if item == "...":
            dim += len(value.axes) - dim - (named - _before(items, item))
        elif item is None:
            value = value._replace(axes=(*value.axes[:dim], ONE, *value.axes[dim:]))
            dim += 1
        elif isinstance(item, dict):
            extent = value.full(net.batch)[dim]
            value = _run(net, value, dim, item["slice"], extent)
            dim += 1
        elif isinstance(item, int) and not isinstance(item, bool):
            at = item % value.full(net.batch)[dim]
            value = _without(net, part(net, value, dim, at, at + 1), dim)
        else:
            raise UnmappedError("picks elements by numbers in a tensor")
    return value


def _before(items: list[Any], stop: Any) -> int:
    """How many items before this one stand for an axis."""
    before = items[: items.index(stop)]
    return sum(item is not None for item in before)


@rule("pad")
def pad(net: Lowering, call: Call) -> Value:
    """Numbers around a map, or zero channels; below zero it cuts off."""
    given = call.arguments
    value = net.value(given["input"])
    amounts = net.integers(given["pad"])
    if not any(amounts):
        return value
    if given.get("mode", "constant") != "constant" and min(amounts) < 0:
        raise UnmappedError(f"pads by {given['mode']}")
    x = image(net, value, 2)
    left, right, top, bottom, before, after, *rest = [*amounts, *[0] * (8 - len(amounts))]
    if any(rest):
        raise UnmappedError("pads the batch")
    if before or after:
        x = net.lay(net.make("pad_channels", before=before, after=after), x, axes=x.axes)
    sides = [top, bottom, left, right]
    more, less = [max(n, 0) for n in sides], [max(-n, 0) for n in sides]
    if any(more):
        x = net.lay(net.make("pad2d", padding=more), x, axes=x.axes)
    if any(less):
        x = net.lay(net.make("trim2d", sides=less), x, axes=x.axes)
    return x
