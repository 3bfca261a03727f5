"""Calls that exporters write with all extents, where PyTorch says less."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arithmetic import combined, joined
from archdb.sources.lowering.axes import runs
from archdb.sources.lowering.base import RULES, Lowering, UnmappedError, rule
from archdb.sources.lowering.dense import embedding
from archdb.sources.lowering.moving import flipped
from archdb.sources.lowering.picking import picked, taken
from archdb.sources.lowering.shaping import expand
from archdb.sources.lowering.slicing import chosen, part
from archdb.sources.lowering.values import Known, Opaque, Stored, Value, in_order
from archdb.sources.neutral import Call


@rule("gather")
def gather(net: Lowering, call: Call) -> Any:
    """Elements along an axis by their numbers; of a stored table by what arrives, an embedding."""
    given = call.arguments
    data, index = net.get(given["input"]), net.get(given["index"])
    dim = int(given.get("dim", 0))
    if isinstance(data, Stored) and isinstance(index, Value):
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


@rule("slice_many")
def slice_many(net: Lowering, call: Call) -> Value:
    """Runs along several axes."""
    value = net.value(call.arguments["input"])
    for at, run in runs(net, call, len(value.axes)):
        extent = value.full(net.batch)[at]
        if run.step < 0:
            value = _backwards(net, value, at, range(*run.indices(extent)))
            continue
        first, last, _ = slice(run.start, min(run.stop, extent)).indices(extent)
        if value.axes[at].batch and (run.start, run.stop >= 1) == (0, True):
            continue
        value = part(net, value, at, first, last, run.step)
    return value


def _backwards(net: Lowering, value: Value, dim: int, run: range) -> Value:
    """The elements of an axis from behind."""
    if len(run) == value.full(net.batch)[dim]:
        return flipped(net, value, [dim])
    return taken(net, value, dim, (len(run),))


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


@rule("ScatterND", "write_through_a_view")
def scattered(net: Lowering, call: Call) -> Value:
    """Numbers written into a table of the file: a table again, as the mask of shifted windows;
    written into a learned tensor, as the zeros in the bias of keys, they leave it what it is."""
    parts = [net.get(ref) for ref in call.arguments.values()]
    tensor, stored = parts[0], [one for one in parts if isinstance(one, Stored)]
    if any(isinstance(one, Value) for one in parts) or isinstance(tensor, Opaque):
        raise UnmappedError("writes what it works out into places of a tensor")
    names = {name for one in stored if net.trains(one) for name in one.names}
    if not names:
        return net.table(Known(tensor.shape, ()))
    if isinstance(tensor, Stored) and tensor.whole and names == set(tensor.names):
        return net.parameter(tensor)
    raise UnmappedError("writes a learned tensor into places of another")


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
