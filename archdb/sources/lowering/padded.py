"""Padding: around a map or along any axes, and before or behind what a window slides over."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.base import RULES, Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Value
from archdb.sources.neutral import Call


@rule("same_lower")
def same_lower(net: Lowering, call: Call) -> Any:
    """A convolution or pool that gives ⌈n/s⌉ along each axis, padded so that the odd element stands
    before, as ONNX's SAME_LOWER has it: its padding as numbers, which hold at
    the input of the file."""
    given = dict(call.arguments)
    kind, weight = given.pop("of"), given.get("weight")
    kernel = given["kernel_size"] if weight is None else net.get(weight).shape[2:]
    extents = net.value(given["input"]).full(net.batch)[-len(kernel) :]
    pads = []
    for n, k, s, d in zip(extents, kernel, given["stride"], given["dilation"], strict=True):
        whole = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        pads.append([whole - whole // 2, whole // 2])
    told = {**given, "padding": pads}
    return RULES[kind](net, Call(kind, call.path, told, call.writes))


#: How ops call a padding; zeros need no word.
MODES = {None: None, "constant": None, "edge": "replicate", "wrap": "circular"}


def _padded(net: Lowering, value: Value, amounts: list[int], mode: str | None) -> Value:
    """A layer that pads along any axes; `amounts` are of the last axis first."""
    x = plain(net, value)
    pairs = [[amounts[at], amounts[at + 1]] for at in range(0, len(amounts), 2)]
    pairs = [[0, 0]] * (len(x.axes) - len(pairs)) + pairs[::-1]
    if any(any(pair) for pair, axis in zip(pairs, x.axes, strict=True) if axis.batch):
        raise UnmappedError("pads the batch")
    sides = [pair for pair, axis in zip(pairs, x.axes, strict=True) if axis.at]
    told = {"mode": mode} if mode else {}
    return net.lay(net.make("pad", sides=sides, **told), x, axes=x.axes)


@rule("pad")
def pad(net: Lowering, call: Call) -> Value:
    """Numbers around a map, or zero channels; below zero it cuts off."""
    given = call.arguments
    value = net.value(given["input"])
    amounts = net.integers(given["pad"])
    if not any(amounts):
        return value
    mode = MODES.get(given.get("mode"), given.get("mode"))
    if mode or len(value.axes) != 4 or value.axes[0] != BATCH:
        return _padded(net, value, amounts, mode)
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
