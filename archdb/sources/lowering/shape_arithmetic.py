"""Arithmetic on shapes, as exporters write it out: Shape → Gather → Concat → Reshape."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from itertools import product
from typing import Any

from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.values import Known
from archdb.sources.neutral import Call

#: More numbers than these are no shape.
MOST = 4096
ARITHMETIC: dict[str, Callable[[Lowering, Call], Known | None]] = {}


def evaluates(*kinds: str) -> Callable[[Any], Any]:
    """Register what gives numbers of numbers; None where it cannot."""

    def register(function: Any) -> Any:
        ARITHMETIC.update(dict.fromkeys(kinds, function))
        return function

    return register


def known(net: Lowering, ref: Any) -> Known:
    """An argument as Known; LookupError where it is none."""
    found = net.get(ref)
    if not isinstance(found, Known):
        raise LookupError
    return found


def _broadcast(one: Known, other: Known) -> tuple[tuple[int, ...], list[tuple[Any, Any]]]:
    """The common shape and the pairs of numbers that meet."""
    rank = max(len(one.shape), len(other.shape))
    wide = [(1,) * (rank - len(k.shape)) + k.shape for k in (one, other)]
    shape = tuple(max(pair) for pair in zip(*wide, strict=True))
    if math.prod(shape) > MOST:
        raise LookupError
    pairs = []
    for place in product(*map(range, shape)):
        values = []
        for extents, k in zip(wide, (one, other), strict=True):
            at = 0
            for index, extent in zip(place, extents, strict=True):
                at = at * extent + (index if extent > 1 else 0)
            values.append(k.data[at])
        pairs.append((values[0], values[1]))
    return shape, pairs


def _divided(one: Any, other: Any) -> Any:
    if isinstance(one, int) and isinstance(other, int):
        return int(one / other) if other else 0
    return one / other


TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _divided,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": operator.pow,
    "eq": operator.eq,
    "lt": operator.lt,
    "gt": operator.gt,
    "maximum": max,
    "minimum": min,
}
ONE: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "sqrt": math.sqrt,
    "floor": math.floor,
    "ceil": math.ceil,
    "logical_not": operator.not_,
    "identity": lambda n: n,
    "cast": lambda n: n,
    "cast_integer": int,
}


@evaluates(*TWO)
def two(net: Lowering, call: Call) -> Known:
    """Arithmetic of two."""
    given = call.arguments
    other = given.get("other", given.get("exponent"))
    shape, pairs = _broadcast(known(net, given["input"]), known(net, other))
    return Known(shape, tuple(TWO[call.kind](one, other) for one, other in pairs))


@evaluates(*ONE)
def one(net: Lowering, call: Call) -> Known:
    """A function of one."""
    value = known(net, call.arguments["input"])
    return Known(value.shape, tuple(ONE[call.kind](n) for n in value.data))


@evaluates("cat")
def cat(net: Lowering, call: Call) -> Known:
    """Vectors one behind the other."""
    parts = [known(net, ref) for ref in call.arguments["tensors"]]
    data = tuple(n for part in parts for n in part.data)
    if any(len(part.shape) != 1 for part in parts):
        raise LookupError
    return Known((len(data),), data)


@evaluates("unsqueeze", "squeeze", "flatten")
def shaped(net: Lowering, call: Call) -> Known:
    """The same numbers with axes of 1 more or fewer, of which only a vector or a number matters."""
    value = known(net, call.arguments["input"])
    if call.kind == "squeeze" and len(value.data) == 1:
        return Known((), value.data)
    return Known((len(value.data),), value.data)


@evaluates("reshape")
def reshape(net: Lowering, call: Call) -> Known:
    """The same numbers under another shape."""
    value = known(net, call.arguments["input"])
    wanted = net.integers(call.arguments["shape"])
    left = len(value.data) // max(1, math.prod(n for n in wanted if n != -1))
    return Known(tuple(left if n == -1 else n for n in wanted), value.data)


@evaluates("permute")
def permute(net: Lowering, call: Call) -> Known:
    """A table turned."""
    value = known(net, call.arguments["input"])
    if net.integers(call.arguments["dims"]) != [1, 0]:
        raise LookupError
    rows, columns = value.shape
    data = (value.data[row * columns + column] for column in range(columns) for row in range(rows))
    return Known((columns, rows), tuple(data))


@evaluates("gather")
def gather(net: Lowering, call: Call) -> Known:
    """Numbers by their place."""
    value = known(net, call.arguments["input"])
    index = known(net, call.arguments["index"])
    if len(value.shape) != 1:
        raise LookupError
    return Known(index.shape, tuple(value.data[int(n)] for n in index.data))


@evaluates("slice_many")
def slice_many(net: Lowering, call: Call) -> Known:
    """A run of a vector."""
    value = known(net, call.arguments["input"])
    starts, ends = (net.integers(call.arguments[name]) for name in ("starts", "ends"))
    steps = net.integers(call.arguments["steps"]) if call.arguments.get("steps") else [1]
    if len(starts) != 1 or (call.arguments.get("dims") and net.integers(call.arguments["dims"])[0]):
        raise LookupError
    size = math.prod(value.shape[1:])
    rows = [value.data[at * size : (at + 1) * size] for at in range(value.shape[0])]
    chosen = rows[slice(starts[0], ends[0], steps[0])]
    return Known((len(chosen), *value.shape[1:]), tuple(n for row in chosen for n in row))


@evaluates("arange")
def arange(net: Lowering, call: Call) -> Known:
    """Numbers from one to another."""
    start, end, step = (known(net, call.arguments[n]).scalar for n in ("start", "end", "step"))
    count = max(0, math.ceil((end - start) / step))
    if count > MOST:
        raise LookupError
    return Known((count,), tuple(start + step * n for n in range(count)))


@evaluates("full")
def full(net: Lowering, call: Call) -> Known:
    """One number again and again."""
    shape = tuple(net.integers(call.arguments["size"]))
    if math.prod(shape) > MOST:
        raise LookupError
    return Known(shape, (known(net, call.arguments["value"]).scalar,) * math.prod(shape))


@evaluates("broadcast_to")
def broadcast_to(net: Lowering, call: Call) -> Known:
    """Numbers repeated to a shape."""
    value = known(net, call.arguments["input"])
    shape = tuple(net.integers(call.arguments["size"]))
    if math.prod(shape) > MOST:
        raise LookupError
    blank = Known(shape, (0,) * math.prod(shape))
    whole, pairs = _broadcast(value, blank)
    return Known(whole, tuple(pair[0] for pair in pairs))


@evaluates("where")
def where(net: Lowering, call: Call) -> Known:
    """One or the other, by a condition."""
    parts = [known(net, call.arguments[n]) for n in ("condition", "input", "other")]
    shape, _ = _broadcast(parts[1], parts[2])
    blank = Known(shape, (0,) * math.prod(shape))
    columns = [[pair[0] for pair in _broadcast(part, blank)[1]] for part in parts]
    chosen = zip(*columns, strict=True)
    return Known(shape, tuple(one if holds else other for holds, one, other in chosen))


@evaluates("prod", "sum")
def told(net: Lowering, call: Call) -> Known:
    """All numbers in one."""
    value = known(net, call.arguments["input"])
    total = math.prod(value.data) if call.kind == "prod" else sum(value.data)
    return Known((1,) if call.arguments.get("keepdim") else (), (total,))
