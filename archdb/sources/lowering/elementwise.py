"""What is done to each element: activations, sums, products, what does nothing."""

from __future__ import annotations

from typing import Any

from archdb.model import shape as shapes
from archdb.ops import Op
from archdb.sources.lowering.arranging import aligned, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import Known, Stored, Value
from archdb.sources.neutral import Call

#: Kinds whose op has no attributes.
SAME = {
    **{"relu": "relu", "relu6": "relu6", "silu": "swish", "sigmoid": "sigmoid", "tanh": "tanh"},
    **{"hard_swish": "hard_swish", "hard_sigmoid": "hard_sigmoid"},
}
#: Kinds that give what they read, at inference.
NOTHING = (
    *("contiguous", "clone", "detach", "to", "float", "type_as", "identity", "cast", "alias"),
    *("type", "half", "bfloat16", "lift_fresh_copy", "feature_dropout", "alpha_dropout", "double"),
)
#: clamp limits that have an op of their own.
CLAMPED = {(0, 6): "relu6", (0, None): "relu"}


def channel_axis(value: Value) -> int | None:
    """Which axis of the shape of a layer is that of channels or features; None where none is."""
    return shapes.channel_axis(value.shape) if shapes.has_channels(value.shape) else None


def per_element(net: Lowering, op: Op, value: Value, **rest: Any) -> Value:
    """Lay an op that keeps the shape and works element by element, whatever their order."""
    return net.lay(op, value, axes=value.axes, **rest)


@rule(*SAME)
def activation(net: Lowering, call: Call) -> Value:
    """A non-linearity without attributes."""
    return per_element(net, net.make(SAME[call.kind]), net.value(call.arguments["input"]))


@rule(*NOTHING)
def nothing(net: Lowering, call: Call) -> Any:
    """What gives the numbers that it reads."""
    return net.get(call.arguments["input"])


@rule("dropout", "dropout1d", "dropout2d", "dropout3d")
def dropout(net: Lowering, call: Call) -> Value:
    """A row of its own where it has a rate."""
    value = net.value(call.arguments["input"])
    rate = float(call.arguments.get("p", 0.5))
    return per_element(net, net.make("dropout", rate=rate), value) if rate else value


@rule("hardtanh", "clamp")
def clamped(net: Lowering, call: Call) -> Value:
    """Limits below and above."""
    least, most = ("min_val", "max_val") if "min_val" in call.arguments else ("min", "max")
    low = call.arguments.get(least, -1 if call.kind == "hardtanh" else None)
    high = call.arguments.get(most, 1 if call.kind == "hardtanh" else None)
    limits = _number(net, low), _number(net, high)
    if limits not in CLAMPED:
        raise UnmappedError(f"limits to {limits[0]} and {limits[1]}")
    return per_element(net, net.make(CLAMPED[limits]), net.value(call.arguments["input"]))


def _number(net: Lowering, ref: Any) -> Any:
    if ref is None:
        return None
    found = net.get(ref)
    if not isinstance(found, Known) or found.scalar is None:
        raise UnmappedError("has limits that are no numbers")
    return found.scalar


@rule("gelu")
def gelu(net: Lowering, call: Call) -> Value:
    """With the error function, or by tanh."""
    form = call.arguments.get("approximate", "none") or "none"
    op = net.make("gelu") if form == "none" else net.make("gelu", approximate=form)
    return per_element(net, op, net.value(call.arguments["input"]))


@rule("leaky_relu")
def leaky_relu(net: Lowering, call: Call) -> Value:
    """A slope below zero."""
    op = net.make("leaky_relu", slope=float(call.arguments.get("negative_slope", 0.01)))
    return per_element(net, op, net.value(call.arguments["input"]))


@rule("prelu")
def prelu(net: Lowering, call: Call) -> Value:
    """A learned slope for each channel."""
    weight = net.stored(call.arguments["weight"])
    value = net.value(call.arguments["input"])
    count = max(weight.shape, default=1)
    axis = channel_axis(value)
    if axis is None or value.shape[axis] != count:
        raise UnmappedError(f"has {count} slopes")
    return per_element(net, net.make("prelu"), value, tensors=weight.names)


@rule("softmax")
def softmax(net: Lowering, call: Call) -> Value:
    """Along the channels or features."""
    value = net.value(call.arguments["input"])
    dim = call.arguments.get("dim")
    if dim is None:
        raise UnmappedError("does not say its axis")
    axis = value.axes[int(dim)]
    if axis.at != (channel_axis(value),):
        value = plain(net, value)
        axis = value.axes[int(dim)]
    if axis.at == (channel_axis(value),) and len(value.shape) <= 3:
        return per_element(net, net.make("softmax"), value)
    raise UnmappedError(f"works along axis {dim} of {len(value.axes)}")


@rule("add", "mul")
def combined(net: Lowering, call: Call) -> Any:
    """A sum or product of two tensors, or with a number or a learned tensor."""
    first, second = (net.get(call.arguments[name]) for name in ("input", "other"))
    alpha = call.arguments.get("alpha", 1)
    if isinstance(second, Value) and not isinstance(first, Value):
        first, second = second, first
    if not isinstance(first, Value) or alpha != 1:
        raise UnmappedError("is scaled before it is added" if alpha != 1 else "works on constants")
    if isinstance(second, Known):
        return _with_number(net, call.kind, first, second)
    if isinstance(second, Stored):
        scaled = _scaled(net, call.kind, first, second)
        if scaled is not None:
            return scaled
        second = net.parameter(second)
    one, other = aligned(net, [first, second])
    pairs = zip(one.axes, other.axes, strict=True)
    axes = tuple(own if own.at or own.batch else its for own, its in pairs)
    return net.lay(net.make(JOINED[call.kind]), one, other, axes=axes)


JOINED = {"add": "add", "mul": "multiply"}
#: The number with which a kind changes nothing, and the op that does it with another.
NEUTRAL = {"add": 0, "mul": 1}


def _with_number(net: Lowering, kind: str, value: Value, known: Known) -> Value:
    if known.scalar is None:
        raise UnmappedError("works with a table of numbers")
    if known.scalar == NEUTRAL[kind]:
        return value
    if kind == "mul":
        return per_element(net, net.make("rescale", factor=float(known.scalar)), value)
    raise UnmappedError(f"adds the number {known.scalar}")


def _scaled(net: Lowering, kind: str, value: Value, stored: Stored) -> Value | None:
    """Layer scale: a learned factor for each channel."""
    if kind != "mul" or not stored.whole:
        return None
    rank = len(value.axes)
    wide = (1,) * (rank - len(stored.shape)) + stored.shape
    places = [at for at, extent in enumerate(wide) if extent > 1]
    if len(places) != 1 or len(wide) != rank:
        return None
    axis = value.axes[places[0]]
    if axis.at != (channel_axis(value),) or value.shape[axis.at[0]] != wide[places[0]]:
        return None
    return per_element(net, net.make("channel_scale"), value, tensors=stored.names)
