"""Shapes of what ops give that archdb does not know, so that what follows them is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdb.model.shape import Shape
from archdb.sources.lowering.axes import full_shape
from archdb.sources.lowering.base import Lowering, UnmappedError
from archdb.sources.lowering.values import Known
from archdb.sources.neutral import Call

#: Ops of ONNX that give the shape of their first input.
SAME = (
    *("Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cosh", "Sinh", "Tan", "Trilu", "Hardmax"),
    *("IsInf", "IsNaN", "Shrink", "ThresholdedRelu", "CumProd", "Bernoulli", "BitwiseNot"),
    *("BitShift", "RandomNormalLike", "RandomUniformLike", "MeanVarianceNormalization"),
    *("ScatterElements", "ScatterND", "TensorScatter", "RotaryEmbedding"),
)


def outline(net: Lowering, call: Call, place: int) -> Shape | None:
    """The shape, with the batch, of what a call gives at a place; None where it is not known."""
    try:
        shapes = OUTLINES[call.kind](net, call) if call.kind in OUTLINES else []
    except (UnmappedError, LookupError, ArithmeticError, ValueError, TypeError):
        return None
    return shapes[place] if place < len(shapes) else None


def _full(net: Lowering, call: Call, place: int) -> Shape:
    return full_shape(net, call.arguments[str(place)])


def _number(net: Lowering, call: Call, place: int) -> int:
    found = net.get(call.arguments[str(place)])
    if not isinstance(found, Known) or found.scalar is None:
        raise LookupError
    return int(found.scalar)


def _windows(net: Lowering, call: Call) -> list[Shape]:
    """A Fourier transform of each window: half of its places and one, in two parts each."""
    batch, length, *_ = _full(net, call, 0)
    size = _full(net, call, 2)[0] if "2" in call.arguments else _number(net, call, 3)
    places = size // 2 + 1 if call.arguments.get("onesided", 1) else size
    return [(batch, (length - size) // _number(net, call, 1) + 1, places, 2)]


def _largest(net: Lowering, call: Call) -> list[Shape]:
    """So many elements along an axis, and their places."""
    shape, axis = list(_full(net, call, 0)), int(call.arguments.get("axis", -1))
    shape[axis] = _number(net, call, 1)
    return [tuple(shape)] * 2


OUTLINES: dict[str, Callable[[Lowering, Call], list[Any]]] = {
    **dict.fromkeys(SAME, lambda net, call: [_full(net, call, 0)]),
    "STFT": _windows,
    "TopK": _largest,
}
