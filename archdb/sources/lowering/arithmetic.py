"""Arithmetic of two tensors, or of a tensor and a number or a learned tensor."""

from __future__ import annotations

from math import inf
from typing import Any

from archdb.model.attributes import MOST_AXES
from archdb.sources.lowering.arranging import aligned, plain, widened
from archdb.sources.lowering.axes import channel_axis, told
from archdb.sources.lowering.base import Lowering, rule
from archdb.sources.lowering.elementwise import per_element
from archdb.sources.lowering.fewer_axes import by_fewer_axes
from archdb.sources.lowering.values import Known, Stored, Value
from archdb.sources.neutral import Call

#: Kinds by the op that does them.
SYMMETRIC = {"add": "add", "mul": "multiply", "maximum": "maximum", "minimum": "minimum"}
ORDERED = {"sub": "subtract", "div": "divide", "pow": "power"}
#: Kinds whose two sides have changed places.
REVERSED = {"rsub": "sub", "rdiv": "div", "rpow": "pow"}
COMPARED = {
    "eq": "equal",
    "ne": "unequal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
#: The number with which a kind changes nothing.
NEUTRAL = {"add": 0, "sub": 0, "mul": 1, "div": 1, "pow": 1, "maximum": -inf, "minimum": inf}
#: What gives the first of its two sides as it is, if the second is such a number.
LEFT_ALONE = frozenset(NEUTRAL)


def sides(call: Call) -> tuple[str, Any, Any]:
    """Kind, first and second side of a call, in their order."""
    given = call.arguments
    first, second = given["input"], given.get("other", given.get("exponent"))
    if call.kind in REVERSED:
        return REVERSED[call.kind], second, first
    return call.kind, first, second


@rule(*SYMMETRIC, *ORDERED, *REVERSED)
def combined(net: Lowering, call: Call) -> Any:
    """A sum, difference, product, quotient or power."""
    kind, first, second = sides(call)
    one, other = net.get(first), _scaled_by(net, call, net.get(second))
    if kind in SYMMETRIC and not isinstance(one, Value) and isinstance(other, Value):
        one, other = other, one
    if isinstance(one, Value) and isinstance(other, Known) and other.scalar is not None:
        return _with_number(net, kind, one, other.scalar)
    if isinstance(other, Value) and isinstance(one, Known) and one.scalar is not None:
        op = net.make(ORDERED[kind], value=float(one.scalar), value_first=True)
        return per_element(net, op, other)
    if isinstance(one, Value) and net.trains(other):
        scaled = _layer_scale(net, kind, one, other)
        if scaled is not None:
            return scaled
    name = SYMMETRIC.get(kind) or ORDERED[kind]
    return joined(net, net.make(name), [net.realised(one), net.realised(other)])


def _scaled_by(net: Lowering, call: Call, other: Any) -> Any:
    """The second side times PyTorch's alpha."""
    alpha = call.arguments.get("alpha", 1)
    if alpha == 1:
        return other
    if isinstance(other, Known) and other.scalar is not None:
        return Known((), (other.scalar * alpha,))
    return per_element(net, net.make("rescale", factor=float(alpha)), net.realised(other))


def joined(net: Lowering, op: Any, values: list[Value]) -> Value:
    """An op that works element by element on several tensors, spread over each other."""
    rank = max(len(value.axes) for value in values)
    if rank > MOST_AXES + 1:
        wide = [widened(value, rank) for value in values]
        return by_fewer_axes(wide, lambda fewer: plain(net, joined(net, op, fewer)))
    arranged = aligned(net, values)
    axes = list(arranged[0].axes)
    for value in arranged[1:]:
        pairs = zip(axes, value.axes, strict=True)
        axes = [own if own.at or own.batch else its for own, its in pairs]
    return net.lay(op, *arranged, axes=tuple(axes))


def _with_number(net: Lowering, kind: str, value: Value, number: float) -> Value:
    if kind in LEFT_ALONE and number == NEUTRAL[kind]:
        return value
    if (kind, number) in SHORT:
        return per_element(net, net.make(SHORT[kind, number]), value)
    if kind in SCALING:
        return per_element(net, net.make("rescale", factor=float(number)), value)
    name = SYMMETRIC.get(kind) or ORDERED[kind]
    return per_element(net, net.make(name, value=float(number)), value)


#: A product with a number is a layer of its own; a square and a root are no powers.
SCALING = frozenset({"mul"})
SHORT: dict[tuple[str, float], str] = {("pow", 2): "square", ("pow", 0.5): "sqrt"}


def _layer_scale(net: Lowering, kind: str, value: Value, stored: Stored) -> Value | None:
    """A learned factor for each channel, or each element along another axis; None for others."""
    if kind not in SCALING:
        return None
    wide = (1,) * (len(value.axes) - len(stored.shape)) + stored.shape
    places = [at for at, extent in enumerate(wide) if extent > 1]
    if len(places) != 1 or len(wide) != len(value.axes):
        return None
    axis = value.axes[places[0]]
    if len(axis.at) != 1 or axis.batch or value.shape[axis.at[0]] != wide[places[0]]:
        return None
    if channel_axis(value) not in (None, axis.at[0]):
        return None
    op = net.make("channel_scale", **told(value, axis.at[0]))
    if not net.free(stored.names, op):
        return None
    return per_element(net, op, value, tensors=stored.names)


@rule(*COMPARED)
def compared(net: Lowering, call: Call) -> Value:
    """Whether one is less than the other, equal to it and so on."""
    one, other = (net.get(call.arguments[name]) for name in ("input", "other"))
    how = COMPARED[call.kind]
    if isinstance(one, Value) and isinstance(other, Known) and other.scalar is not None:
        return per_element(net, net.make("compare", how=how, value=float(other.scalar)), one)
    return joined(net, net.make("compare", how=how), [net.realised(one), net.realised(other)])


@rule("masked_fill", "where")
def where(net: Lowering, call: Call) -> Value:
    """Elements of one where a mask holds, else of another."""
    given = call.arguments
    if "mask" in given:
        mask, one, other = given["mask"], given["value"], given["input"]
    else:
        mask, one, other = given["condition"], given.get("input"), given.get("other")
    values = [net.value(mask)]
    number = None
    for ref in (one, other):
        found = net.get(ref)
        if isinstance(found, Known) and found.scalar is not None and number is None:
            number = float(found.scalar)
        else:
            values.append(net.realised(found))
    if number is None:
        return joined(net, net.make("where"), values)
    bounded = number if abs(number) < 1e9 else (-1e9 if number < 0 else 1e9)
    return joined(net, net.make("where", value=bounded), values)


@rule("addcmul")
def addcmul(net: Lowering, call: Call) -> Value:
    """A sum with a product."""
    first, one, other = (net.value(call.arguments.get(n)) for n in ("input", "1", "2"))
    product = joined(net, net.make("multiply"), [one, other])
    return joined(net, net.make("add"), [first, product])


@rule("logical_not", "bitwise_not", "invert")
def negated(net: Lowering, call: Call) -> Value:
    """A truth value turned: whether it is none."""
    op = net.make("compare", how="equal", value=0.0)
    return per_element(net, op, net.value(call.arguments["input"]))


@rule("logical_and", "logical_or", "and", "or")
def logical(net: Lowering, call: Call) -> Value:
    """Two truth values: the smaller or the larger."""
    name = "minimum" if "and" in call.kind else "maximum"
    values = [net.value(ref) for ref in list(call.arguments.values())[:2]]
    return joined(net, net.make(name), values)
