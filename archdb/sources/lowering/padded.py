"""ONNX's padding to the same size, of which the odd element stands before (SAME_LOWER)."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.base import RULES, Lowering, rule
from archdb.sources.neutral import Call


@rule("same_lower")
def same_lower(net: Lowering, call: Call) -> Any:
    """A convolution or pool that gives ⌈n/s⌉ along each axis: its padding as numbers, which hold at
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
