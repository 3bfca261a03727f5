"""Calls that exporters write with all extents, where PyTorch says less."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arithmetic import combined, joined
from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.axes import runs
from archdb.sources.lowering.base import RULES, Lowering, UnmappedError, rule
from archdb.sources.lowering.dense import embedding
from archdb.sources.lowering.moving import flipped
from archdb.sources.lowering.picking import picked, taken
from archdb.sources.lowering.shaping import expand
from archdb.sources.lowering.slicing import chosen, cut, own_extent, part
from archdb.sources.lowering.values import BATCH, Known, Stored, Value, in_order
from archdb.sources.neutral import Call


@rule("gather")
def gather(net: Lowering, call: Call) -> Any:
    """Elements along an axis by their numbers; of a stored table by what arrives, an embedding."""
    given = call.arguments
    data, index = net.get(given["input"]), net.get(given["index"])
    dim = int(given.get("dim", 0))
    if isinstance(data, Stored) and len(data.shape) == 2 and isinstance(index, Value) and not dim:
        looked_up = {"input": given["index"], "weight": given["input"]}
        return embedding(net, Call("embedding", call.path, looked_up, call.writes))
    value = net.value(given["input"])
    dim %= len(value.axes)
    if isinstance(index, Known) and _same_of_one(value, index):
        return net.reshape(value, index.shape[1:], in_order(len(index.shape) - 1), main=False)
    if isinstance(index, Known) and not index.shape:
        extent = value.full(net.batch)[dim]
        return chosen(net, value, dim, int(index.scalar) % extent)
    if isinstance(index, Known):
        run = [int(n) for n in index.data]
        if run == list(range(run[0], run[0] + len(run))) and run[0] >= 0:
            return part(net, value, dim, run[0], run[0] + len(run))
    return picked(net, value, dim, given["index"])


def _same_of_one(value: Value, index: Known) -> bool:
    """Whether all elements of one sample, laid flat, are taken in their order: how an exporter
    writes another view of a batch of one."""
    (extent, *rest) = value.bare()
    whole = not rest and value.axes[0].batch and not value.axes[0].inner
    return whole and index.shape[:1] == (1,) and index.data == tuple(range(extent))


@rule("gather_elements")
def gather_elements(net: Lowering, call: Call) -> Value:
    """For each element of a table the one along an axis whose number it is."""
    value, index = plain(net, net.value(call.arguments["input"])), call.arguments["index"]
    found, dim = net.get(index), int(call.arguments["dim"]) % len(value.axes)
    if value.axes[dim].batch or any(axis.batch and axis.at for axis in value.axes):
        raise UnmappedError("picks elements along the batch")
    (axis,) = value.axes[dim].at
    if isinstance(found, Value):
        table = plain(net, found)
        return net.lay(net.make("gather", axis=axis), value, table, axes=table.axes)
    shape = [n for n, own in zip(found.shape, value.axes, strict=True) if own != BATCH]
    return net.lay(net.make("gather", axis=axis, shape=shape), value, axes=value.axes)


@rule("slice_many")
def slice_many(net: Lowering, call: Call) -> Value:
    """Runs along several axes."""
    value = net.value(call.arguments["input"])
    for at, run in runs(net, call, len(value.axes)):
        extent = own_extent(net, value, at)
        if net.graph.one_sample and value.axes[at].batch:
            run = slice(_of_one(net, run.start), _of_one(net, run.stop), run.step)
        if run.step < 0:
            value = _backwards(net, value, at, range(*run.indices(extent)))
            continue
        first, last, _ = slice(run.start, min(run.stop, extent)).indices(extent)
        whole = value.axes[at] == BATCH or not net.graph.one_sample
        if value.axes[at].batch and whole and (run.start, run.stop >= 1) == (0, True):
            continue
        value = cut(net, value, at, first, last, run.step)
    return value


def _of_one(net: Lowering, number: int) -> int:
    """A place along an axis with the batch as one sample has it, which may be worked out from a
    shape, and then has the batch."""
    return number // net.batch if number and number % net.batch == 0 else number


def _backwards(net: Lowering, value: Value, dim: int, run: range) -> Value:
    """The elements of an axis from behind."""
    if len(run) == value.full(net.batch)[dim]:
        return flipped(net, value, [dim])
    return taken(net, value, dim, (len(run),))


@rule("reverse_sequence")
def reverse_sequence(net: Lowering, call: Call) -> Value:
    """As many elements from behind as each sequence is long: all of them."""
    value, dim = net.value(call.arguments["input"]), int(call.arguments["dim"])
    same_lengths(net, call.arguments["lengths"], value.full(net.batch)[dim])
    return flipped(net, value, [dim])


def same_lengths(net: Lowering, lengths: Any, steps: int) -> None:
    """UnmappedError where the sequences of a batch may be shorter than all steps."""
    found = net.get(lengths) if lengths is not None else None
    if found is not None and not (isinstance(found, Known) and set(found.data) <= {steps}):
        raise UnmappedError("has sequences of several lengths")


@rule("broadcast_to")
def broadcast_to(net: Lowering, call: Call) -> Any:
    """Extents of 1 repeated; 1 leaves an extent as it is."""
    value = net.value(call.arguments["input"])
    full = value.full(net.batch)
    wanted = net.integers(call.arguments["size"])
    rank = max(len(full), len(wanted))
    wide = (1,) * (rank - len(full)) + full
    asked = [1] * (rank - len(wanted)) + wanted
    size = [max(pair) for pair in zip(wide, asked, strict=True)]
    given = {"input": call.arguments["input"], "size": size}
    return expand(net, Call("expand", call.path, given, call.writes))


@rule("pad_around")
def pad_around(net: Lowering, call: Call) -> Any:
    """Amounts before each axis, then behind each."""
    given = call.arguments
    sides = net.integers(given["sides"])
    rank = len(sides) // 2
    amounts = [n for at in range(rank)[::-1] for n in (sides[at], sides[at + rank])]
    while amounts[-2:] == [0, 0]:
        amounts = amounts[:-2]
    told = {"input": given["input"], "pad": amounts, "mode": given.get("mode")}
    return RULES["pad"](net, Call("pad", call.path, told, call.writes))


@rule("resize")
def resize(net: Lowering, call: Call) -> Any:
    """To scales or sizes of all axes, the batch and the channels among them."""
    given = call.arguments
    told: dict[str, Any] = {
        "input": given["input"],
        "mode": given.get("mode", "nearest"),
        "align_corners": given.get("align_corners", False),
    }
    if given.get("sizes") is not None:
        told["size"] = net.integers(given["sizes"])[2:]
    else:
        scales = net.get(given["scales"])
        if not isinstance(scales, Known):
            raise UnmappedError("its scales depend on the numbers in a tensor")
        told["scale_factor"] = [float(n) for n in scales.data[2:]]
    return RULES["interpolate"](net, Call("interpolate", call.path, told, call.writes))


@rule("hard_sigmoid_of")
def hard_sigmoid_of(net: Lowering, call: Call) -> Value:
    """max(0, min(1, alpha x + beta)); with a sixth and a half it is an op of its own."""
    value = net.value(call.arguments["input"])
    alpha, beta = (float(call.arguments[name]) for name in ("alpha", "beta"))
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return net.lay(net.make("hard_sigmoid"), value, axes=value.axes)
    scaled = net.lay(net.make("rescale", factor=alpha), value, axes=value.axes, main=False)
    moved = net.lay(net.make("add", value=beta), scaled, axes=value.axes, main=False)
    return net.lay(net.make("clip", low=0.0, high=1.0), moved, axes=value.axes)


@rule("sum_of", "mean_of", "max_of", "min_of")
def of_several(net: Lowering, call: Call) -> Any:
    """Element by element of two tensors or more."""
    name = {"max_of": "maximum", "min_of": "minimum"}.get(call.kind, "add")
    refs = call.arguments["tensors"]
    if len(refs) == 2 and call.kind != "mean_of":
        pair = {"input": refs[0], "other": refs[1]}
        return combined(net, Call(name, call.path, pair, call.writes))
    values = [net.value(ref) for ref in refs]
    found = values[0]
    for value in values[1:]:
        found = joined(net, net.make(name), [found, value])
    if call.kind == "mean_of":
        op = net.make("divide", value=float(len(values)))
        found = net.lay(op, found, axes=found.axes)
    return found


@rule("quantised")
def quantised(net: Lowering, call: Call) -> list[Any]:
    """Whole numbers in place of others, their scale and their zero: what they stand for is what
    was there, so the scale is 1 and the zero 0."""
    return [net.get(call.arguments["input"]), Known((), (1.0,)), Known((), (0,))]


@rule("unflatten")
def unflatten(net: Lowering, call: Call) -> Any:
    """An axis as several."""
    given = call.arguments
    full = list(net.value(given["input"]).full(net.batch))
    at = int(given["dim"]) % len(full)
    shape = [*full[:at], *net.integers(given["sizes"]), *full[at + 1 :]]
    told = {"input": given["input"], "shape": shape}
    return RULES["reshape"](net, Call("reshape", call.path, told, call.writes))
