"""Concatenation."""

from __future__ import annotations

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import channel_axis
from archdb.sources.lowering.values import Value
from archdb.sources.neutral import Call


@rule("cat")
def cat(net: Lowering, call: Call) -> Value:
    """Along the channels or features."""
    values = [net.value(ref) for ref in call.arguments["tensors"]]
    if len(values) == 1:
        return values[0]
    dim = int(call.arguments.get("dim", 0)) % len(values[0].axes)
    if len({value.axes for value in values}) > 1 or len({len(v.shape) for v in values}) > 1:
        values = [plain(net, value) for value in values]
    first = values[0]
    if first.axes[dim].at != (channel_axis(first),) or first.axes[dim].batch:
        values = [plain(net, value) for value in values]
        first = values[0]
    if first.axes[dim].at != (channel_axis(first),) or len(first.shape) > 3:
        raise UnmappedError(f"joins along axis {dim} of {len(first.axes)}")
    return net.lay(net.make("concat"), *values, axes=first.axes)
