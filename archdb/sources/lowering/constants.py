"""What depends on no input: shapes, and numbers of the file that are moved about."""

from __future__ import annotations

from math import prod

from archdb.sources.lowering.axes import runs
from archdb.sources.lowering.base import Lowering, Result, UnmappedError
from archdb.sources.lowering.shape_arithmetic import ARITHMETIC
from archdb.sources.lowering.values import Known, Opaque, Stored, Value
from archdb.sources.neutral import Call

#: Calls that keep each element of a tensor once, whatever its place.
_MOVES = frozenset(
    (
        *("reshape", "view", "permute", "transpose", "unsqueeze", "squeeze", "contiguous", "clone"),
        *("detach", "to", "float", "half", "flatten", "T", "t", "identity", "cast", "movedim"),
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
    if any(isinstance(value, Opaque) for value in values):
        return None
    if call.kind in _SHAPES:
        return [_shape(net, call)]
    if any(isinstance(value, Value) for value in values) and call.kind not in _SHAPE_ONLY:
        return None
    stored = [value for value in values if isinstance(value, Stored)]
    if not stored:
        known = _evaluated(net, call)
        if known is not None:
            return [known]
    size = call.arguments.get("size")
    if call.kind == "full" and size is not None and not stored:  # more numbers than a shape has
        return [Stored((), tuple(net.integers(size)), False)]
    if call.kind in _SCATTERED and not any(value.names for value in stored):
        return [Stored((), next(v.shape for v in values if not isinstance(v, Opaque)), False)]
    names = tuple(dict.fromkeys(name for value in stored for name in value.names))
    given: list[Result] = []
    for place, write in enumerate(call.writes):
        shape = net.graph.tensors[write].shape
        moved = call.kind in _MOVES and len(stored) == 1 and stored[0].whole
        if shape is None and moved and call.kind in ("identity", "cast"):
            shape = stored[0].shape
        if shape is None:
            shape = _moved_shape(net, call, stored[0].shape) if moved else None
        if shape is None and call.kind == "slice_many":
            shape = _cut_shape(net, call, stored[0].shape)
        if shape is None and call.kind in _SCATTERED:
            shape = net.get(call.arguments["0"]).shape
        if shape is None:
            return None
        given.append(Stored(names, shape, moved, call, place))
    return given


def _moved_shape(net: Lowering, call: Call, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of a tensor of the file that is turned or written in another shape."""
    dims = call.arguments.get("dims")
    if dims is not None:
        return tuple(shape[int(i)] for i in dims)
    if "shape" in call.arguments:
        wanted = net.integers(call.arguments["shape"])
        wanted = [shape[i] if n == 0 else n for i, n in enumerate(wanted)]
        left = prod(shape) // max(1, prod(n for n in wanted if n != -1))
        return tuple(left if n == -1 else n for n in wanted)
    if call.kind == "unsqueeze":
        found = list(shape)
        for dim in sorted(net.integers(call.arguments["dim"])):
            found.insert(dim % (len(found) + 1), 1)
        return tuple(found)
    return None


def _cut_shape(net: Lowering, call: Call, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of runs along several axes of a tensor."""
    found = list(shape)
    for dim, run in runs(net, call, len(shape)):
        found[dim] = len(range(*run.indices(shape[dim])))
    return tuple(found)


def _evaluated(net: Lowering, call: Call) -> Known | None:
    """The numbers that a call of shape arithmetic gives; None where it cannot be told."""
    work = ARITHMETIC.get(call.kind)
    try:
        return work(net, call) if work else None
    except (LookupError, ArithmeticError, TypeError, ValueError, UnmappedError):
        return None


#: Calls that put numbers into a table of numbers.
_SCATTERED = frozenset({"ScatterND", "ScatterElements"})
#: Calls that give a shape as numbers.
_SHAPES = frozenset({"shape"})


def _shape(net: Lowering, call: Call) -> Known:
    """The extents of what a call reads, the batch included."""
    found = net.get(call.arguments["input"])
    shape = found.full(net.batch) if isinstance(found, Value) else found.shape
    part = shape[call.arguments.get("start") or 0 : call.arguments.get("end")]
    return Known((len(part),), part)
