"""What depends on no input: shapes, and numbers of the file that are moved about."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.sources.lowering.axes import full_shape
from archdb.sources.lowering.base import Lowering, Result, UnmappedError
from archdb.sources.lowering.shape_arithmetic import ARITHMETIC
from archdb.sources.lowering.values import Items, Known, Opaque, Stored, Value
from archdb.sources.neutral import Call

#: Calls that keep each element of a tensor once, whatever its place.
_MOVES = frozenset(
    (
        *("reshape", "view", "permute", "transpose", "unsqueeze", "squeeze", "contiguous", "clone"),
        *("detach", "to", "float", "half", "flatten", "T", "t", "identity", "cast", "movedim"),
        "cast_integer",
        *("copy", "type_as", "reshape_as", "unflatten"),
    )
)


#: Calls that look at the shape of what they read alone.
_SHAPE_ONLY = frozenset(
    (
        "new_zeros",
        "new_ones",
        "new_full",
        "new_empty",
        "new_tensor",
        "zeros_like",
        "ones_like",
        "full_like",
        "empty_like",
    )
)


def folded(net: Lowering, call: Call) -> list[Result] | None:
    """What a call gives that reads nothing but numbers of the file; None for any other."""
    if any(name not in net.values for name in call.reads()):
        return None
    values = [net.values[name] for name in call.reads()]
    if any(isinstance(value, Opaque | Items) for value in values):
        return None
    if call.kind in _SHAPES:
        return [_shape(net, call)]
    if any(isinstance(value, Value) for value in values) and call.kind not in _SHAPE_ONLY:
        return None
    stored = [value for value in values if isinstance(value, Stored)]
    names = tuple(dict.fromkeys(name for value in stored for name in value.names))
    names = () if call.kind in _SHAPE_ONLY else names
    numbers = _evaluated(net, call)
    if not names and numbers is not None:
        return numbers
    if call.kind in _SCATTERED and not names:
        return [
            Stored((), next(v.shape for v in values if not isinstance(v, Opaque | Items)), False)
        ]
    given: list[Result] = []
    for place, write in enumerate(call.writes):
        shape = net.graph.tensors[write].shape
        if shape is None and numbers is not None:
            shape = numbers[place].shape
        if shape is None and call.kind in _SCATTERED:
            shape = net.get(call.arguments["0"]).shape
        if shape is None:
            return None
        given.append(Stored(names, shape, _whole(net, call, values, shape), call, place))
    return given


def _whole(net: Lowering, call: Call, values: list[Any], shape: tuple[int, ...]) -> bool:
    """Whether a call gives each element of the tensors that it reads once: by moving it, or by
    joining the parts of tensors that an exporter has cut, as the gates of a recurrent layer."""
    stored = [value for value in values if isinstance(value, Stored)]
    if call.kind in _MOVES:
        return len(stored) == 1 and stored[0].whole
    if call.kind not in _JOINS or len(stored) < len(values) or not net.graph.stored_once:
        return False
    names = {name for value in stored for name in value.names}
    return prod(shape) == sum(prod(net.graph.tensors[name].shape or ()) for name in names)


def _evaluated(net: Lowering, call: Call) -> list[Result] | None:
    """The numbers that a call of shape arithmetic gives; None where it cannot be told."""
    if call.kind not in ARITHMETIC:
        return None
    try:
        found = ARITHMETIC[call.kind](net, call)
    except (LookupError, ArithmeticError, TypeError, ValueError, UnmappedError):
        return None
    return [*found] if isinstance(found, list) else [found]


#: Calls that put tensors side by side.
_JOINS = frozenset({"cat"})
#: Calls that put numbers into a table of numbers.
_SCATTERED = frozenset({"ScatterND", "ScatterElements"})
#: Calls that give a shape as numbers.
_SHAPES = frozenset({"shape", "numel"})


def _shape(net: Lowering, call: Call) -> Known:
    """The extents of what a call reads, or their product, the batch included."""
    shape = full_shape(net, call.arguments["input"])
    if call.kind == "numel":
        return Known((), (prod(shape),))
    part = shape[call.arguments.get("start") or 0 : call.arguments.get("end")]
    return Known((len(part),), part)
