"""Axes repeated: a new axis of 1 beside them, spread, and merged."""

from __future__ import annotations

from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.shaping import merged, spread
from archdb.sources.lowering.values import ONE, Value
from archdb.sources.neutral import Call


@rule("repeat", "tile")
def repeat(net: Lowering, call: Call) -> Value:
    """A tensor side by side with itself, so many times along each axis."""
    value = net.value(call.arguments["input"])
    times = net.integers(call.arguments["repeats"])
    times = [1] * (len(value.axes) - len(times)) + times
    value = value._replace(axes=(ONE,) * (len(times) - len(value.axes)) + value.axes)
    for dim, count in enumerate(times):
        value = copied(net, value, dim, count, before=True)
    return value


@rule("repeat_interleave")
def repeat_interleave(net: Lowering, call: Call) -> Value:
    """Each element of an axis so many times, one behind the other."""
    value = net.value(call.arguments["input"])
    counts = net.integers(call.arguments["repeats"])
    if len(counts) != 1 or call.arguments.get("dim") is None:
        raise UnmappedError("repeats each element another number of times")
    return copied(net, value, int(call.arguments["dim"]), counts[0], before=False)


def copied(net: Lowering, value: Value, dim: int, count: int, before: bool) -> Value:
    """An axis repeated as a whole, or each of its elements."""
    if count == 1:
        return value
    dim %= len(value.axes)
    full = value.full(net.batch)
    if full[dim] == 1:
        return spread(net, value, full, [*full[:dim], count, *full[dim + 1 :]])
    at = dim if before else dim + 1
    wide = value._replace(axes=(*value.axes[:at], ONE, *value.axes[at:]))
    result = [*full[:at], count, *full[at:]]
    return merged(net, spread(net, wide, wide.full(net.batch), result), dim, dim + 2)
