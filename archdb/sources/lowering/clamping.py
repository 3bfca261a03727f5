"""Limits below and above, that are numbers or tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdb.sources.lowering.arithmetic import joined
from archdb.sources.lowering.base import Lowering, rule
from archdb.sources.lowering.elementwise import number, per_element
from archdb.sources.lowering.values import Known, Value
from archdb.sources.neutral import Call

#: Limits that have an op of their own.
CLAMPED: dict[tuple[Any, Any], str] = {(0, 6): "relu6", (0, None): "relu"}
LIMITS: dict[str, Callable[[dict[str, Any]], tuple[Any, Any]]] = {
    "clamp": lambda given: (given.get("min"), given.get("max")),
    "clamp_min": lambda given: (given.get("min", given.get("1")), None),
    "clamp_max": lambda given: (None, given.get("max", given.get("1"))),
    "hardtanh": lambda given: (given.get("min_val", -1), given.get("max_val", 1)),
}


@rule(*LIMITS)
def clamped(net: Lowering, call: Call) -> Value:
    """The larger of x and one limit, the smaller of that and the other."""
    both = LIMITS[call.kind](call.arguments)
    value = net.value(call.arguments["input"])
    if any(_is_tensor(net, limit) for limit in both):
        return _by_tensors(net, value, both)
    limits = number(net, both[0]), number(net, both[1])
    if limits == (None, None):
        return value
    if limits in CLAMPED:
        return per_element(net, net.make(CLAMPED[limits]), value)
    sides = zip(("low", "high"), limits, strict=True)
    op = net.make("clip", **{side: float(n) for side, n in sides if n is not None})
    return per_element(net, op, value)


def _is_tensor(net: Lowering, limit: Any) -> bool:
    if limit is None:
        return False
    found = net.get(limit)
    return not isinstance(found, Known) or found.scalar is None


def _by_tensors(net: Lowering, value: Value, limits: tuple[Any, Any]) -> Value:
    for op, limit in zip(("maximum", "minimum"), limits, strict=True):
        if limit is None:
            continue
        if _is_tensor(net, limit):
            value = joined(net, net.make(op), [value, net.value(limit)])
        else:
            value = per_element(net, net.make(op, value=float(number(net, limit))), value)
    return value
