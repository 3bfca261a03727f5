"""Parts of tensors."""

from __future__ import annotations

from typing import Any

from archdb.model.shape import is_image
from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.axes import channel_axis
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.picking import by_tables, taken
from archdb.sources.lowering.values import BATCH, ONE, Axis, Known, Value
from archdb.sources.neutral import Call, Ref


def part(net: Lowering, value: Value, dim: int, start: int, stop: int, step: int = 1) -> Any:
    """The extents from `start` up to `stop` of an axis; of none it is known that it is empty."""
    full = value.full(net.batch)
    if (start, stop, step) == (0, full[dim], 1):
        return value
    if start >= stop:
        return Known((*full[:dim], 0, *full[dim + 1 :]), ())
    axis = value.axes[dim]
    if axis.batch:
        return _copies(net, value, dim, start, stop, step)
    if axis.at != (channel_axis(value),):
        value = plain(net, value)
        axis = value.axes[dim]
    if axis.at == (channel_axis(value),) and step == 1:
        op = net.make("slice_channels", start=start, stop=stop)
        return net.lay(op, value, axes=value.axes)
    if is_image(value.shape) and axis.at in ((1,), (2,)) and step == 1:
        cut = [start, full[dim] - stop]
        sides = [*cut, 0, 0] if axis.at == (1,) else [0, 0, *cut]
        return net.lay(net.make("trim2d", sides=sides), value, axes=value.axes)
    if len(axis.at) != 1:
        raise UnmappedError(f"takes {start} to {stop} of axis {dim} of {len(full)}")
    told = {"step": step} if step > 1 else {}
    op = net.make("slice", axis=axis.at[0], start=start, stop=stop, **told)
    return net.lay(op, value, axes=value.axes)


def own_extent(net: Lowering, value: Value, dim: int) -> int:
    """The extent of an axis as the calls of a graph count it: of one sample, where all are."""
    of_one = net.graph.one_sample and value.axes[dim].batch
    return value.full(1 if of_one else net.batch)[dim]


def cut(net: Lowering, value: Value, dim: int, start: int, stop: int, step: int = 1) -> Any:
    """As `part`, in the numbers of the calls."""
    axis = value.axes[dim]
    if not net.graph.one_sample or not axis.batch or axis == BATCH:
        stop = net.batch if axis == BATCH and stop == 1 else stop
        return part(net, value, dim, start, stop, step)
    bare = value._replace(axes=(*value.axes[:dim], Axis(axis.at), *value.axes[dim + 1 :]))
    found = part(net, bare, dim, start, stop, step)
    if isinstance(found, Known):
        return found
    own = found.axes[dim]._replace(batch=True, inner=axis.inner)
    own = BATCH if found.bare()[dim] == 1 else own
    return found._replace(axes=(*found.axes[:dim], own, *found.axes[dim + 1 :]))


def _copies(net: Lowering, value: Value, dim: int, start: int, stop: int, step: int) -> Value:
    """A part of several batches that stand behind each other, in whole batches."""
    axis = value.axes[dim]
    if not axis.inner or step != 1 or start % net.batch or stop % net.batch:
        raise UnmappedError("takes a part of the batch")
    bare = value._replace(axes=(*value.axes[:dim], Axis(axis.at), *value.axes[dim + 1 :]))
    found: Value = part(net, bare, dim, start // net.batch, stop // net.batch)
    own = found.axes[dim]._replace(batch=True, inner=True)
    own = BATCH if stop - start == net.batch else own
    return found._replace(axes=(*found.axes[:dim], own, *found.axes[dim + 1 :]))


@rule("chunk", "split", "tensor_split", "unbind")
def parts(net: Lowering, call: Call) -> list[Value]:
    """A layer for each part that is read."""
    value = net.value(call.arguments["input"])
    dim = int(call.arguments.get("dim", 0)) % len(value.axes)
    extent = own_extent(net, value, dim)
    sizes = PARTS[call.kind](net, call, extent)
    if sum(sizes) == extent * net.batch:  # worked out from a shape, which has the batch
        sizes = [size // net.batch for size in sizes]
    found, start = [], 0
    for size in sizes:
        if call.kind == "unbind":
            found.append(chosen(net, value, dim, start))
        else:
            found.append(cut(net, value, dim, start, start + size))
        start += size
    return found


def chosen(net: Lowering, value: Value, dim: int, at: int) -> Value:
    """The one element of an axis, which goes."""
    axis = value.axes[dim]
    if axis.batch:
        raise UnmappedError("takes one of the batch")
    if value.full(net.batch)[dim] > 1:
        if len(axis.at) != 1:
            value = plain(net, value)
            axis = value.axes[dim]
        (gone,) = axis.at
        if len(value.shape) == 1:
            one: Value = part(net, value, dim, at, at + 1)
            return one._replace(axes=(*one.axes[:dim], *one.axes[dim + 1 :]))
        op = net.make("select", axis=gone, index=at)
        axes = tuple(a._replace(at=tuple(i - (i > gone) for i in a.at)) for a in value.axes)
        value = net.lay(op, value, axes=(*axes[:dim], ONE, *axes[dim + 1 :]))
    return value._replace(axes=(*value.axes[:dim], *value.axes[dim + 1 :]))


def _chunks(net: Lowering, call: Call, extent: int) -> list[int]:
    size = -(-extent // int(call.arguments["chunks"]))
    return [min(size, extent - start) for start in range(0, extent, size)]


def _splits(net: Lowering, call: Call, extent: int) -> list[int]:
    asked = call.arguments["split_size"]
    if isinstance(asked, list | Ref):
        return net.integers(asked)
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
def narrow(net: Lowering, call: Call) -> Any:
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


def _run(net: Lowering, value: Value, dim: int, bounds: list[Any], extent: int) -> Any:
    start, stop, step = slice(*bounds).indices(extent)
    if step < 1:
        raise UnmappedError("takes elements backwards")
    return part(net, value, dim, start, max(start, stop), step)


@rule("select")
def select(net: Lowering, call: Call) -> Value:
    """One of an axis, which is gone."""
    value = net.value(call.arguments["input"])
    dim = int(call.arguments["dim"]) % len(value.axes)
    at = int(call.arguments["index"]) % value.full(net.batch)[dim]
    return chosen(net, value, dim, at)


@rule("getitem")
def getitem(net: Lowering, call: Call) -> Any:
    """x[:, 1:, ..., None]: runs, single numbers, new axes."""
    value = net.value(call.arguments["input"])
    index = call.arguments["index"]
    items = index if isinstance(index, list) else [index]
    named = sum(item is not None and item != "..." for item in items)
    dim = 0
    for place, item in enumerate(items):
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
            value = chosen(net, value, dim, at)
        elif isinstance(item, Ref):
            return by_tables(net, value, dim, items[place:])
        elif isinstance(item, list) and all(isinstance(n, int) for n in item):
            return _listed(net, value, dim, item, items[items.index(item) + 1 :])
        else:
            raise UnmappedError("picks elements by their place")
        if isinstance(value, Known):
            return value
    return value


def _listed(net: Lowering, value: Value, dim: int, places: list[int], rest: list[Any]) -> Value:
    """The elements at these places of an axis."""
    if any(item != {"slice": [None, None, None]} for item in rest):
        raise UnmappedError("picks elements by their place along several axes")
    return taken(net, value, dim, (len(places),))


def _before(items: list[Any], stop: Any) -> int:
    """How many items before this one stand for an axis."""
    before = items[: items.index(stop)]
    return sum(item is not None for item in before)
