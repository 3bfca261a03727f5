"""What is done to each element of one tensor: activations, functions, what does nothing."""

from __future__ import annotations

from typing import Any

from archdb.ops import Op
from archdb.sources.lowering.axes import along, told
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import Known, Value
from archdb.sources.neutral import Call

#: Kinds whose op has no attributes.
SAME = {
    "relu": "relu",
    "relu6": "relu6",
    "silu": "swish",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "hard_swish": "hard_swish",
    "hard_sigmoid": "hard_sigmoid",
    "mish": "mish",
    "selu": "selu",
    "softplus": "softplus",
    "softsign": "softsign",
    "logsigmoid": "log_sigmoid",
    "log_sigmoid": "log_sigmoid",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "rsqrt": "rsqrt",
    "square": "square",
    "reciprocal": "reciprocal",
    "abs": "abs",
    "neg": "negative",
    "sign": "sign",
    "sin": "sin",
    "cos": "cos",
    "erf": "erf",
    "round": "round",
    "floor": "round",
    "ceil": "round",
}
#: Kinds with one number: their op, what they call it, what the op does, and what it is unsaid.
WITH_NUMBER = {
    "leaky_relu": ("leaky_relu", "negative_slope", "slope", 0.01),
    "elu": ("elu", "alpha", "alpha", 1.0),
    "celu": ("celu", "alpha", "alpha", 1.0),
    "hardshrink": ("hard_shrink", "lambd", "threshold", 0.5),
}
#: Kinds that give what they read, at inference.
NOTHING = (
    "contiguous",
    "clone",
    "detach",
    "to",
    "float",
    "half",
    "double",
    "bfloat16",
    "long",
    "int",
    "bool",
    "type",
    "type_as",
    "identity",
    "cast",
    "cast_integer",
    "alias",
    "lift_fresh_copy",
    "feature_dropout",
    "alpha_dropout",
    "feature_alpha_dropout",
)


def per_element(net: Lowering, op: Op, value: Value, **rest: Any) -> Value:
    """Lay an op that keeps the shape and works element by element, whatever their order."""
    return net.lay(op, value, axes=value.axes, **rest)


@rule(*SAME)
def function(net: Lowering, call: Call) -> Value:
    """A function without attributes."""
    return per_element(net, net.make(SAME[call.kind]), net.value(call.arguments["input"]))


@rule(*WITH_NUMBER)
def with_number(net: Lowering, call: Call) -> Value:
    """A function with one number."""
    name, called, attribute, unsaid = WITH_NUMBER[call.kind]
    op = net.make(name, **{attribute: float(call.arguments.get(called, unsaid))})
    return per_element(net, op, net.value(call.arguments["input"]))


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


def number(net: Lowering, ref: Any) -> Any:
    """A number that an argument is, or None; UnmappedError where it is a tensor of several."""
    if ref is None:
        return None
    found = net.get(ref)
    if not isinstance(found, Known) or found.scalar is None:
        raise UnmappedError("is given a tensor where a number is needed")
    return found.scalar


@rule("gelu")
def gelu(net: Lowering, call: Call) -> Value:
    """With the error function, or by tanh."""
    form = call.arguments.get("approximate") or "none"
    return per_element(net, net.make("gelu", approximate=form), net.value(call.arguments["input"]))


@rule("prelu")
def prelu(net: Lowering, call: Call) -> Value:
    """A learned slope for each channel, or one for all."""
    weight = net.learned(call.arguments["weight"])
    value = net.value(call.arguments["input"])
    if max(weight.shape, default=1) == 1:
        op = net.make("prelu", shared=True)
    else:
        value, axis = along(net, value, 1)
        op = net.make("prelu", **told(value, axis))
    return per_element(net, op, value, tensors=weight.names)


#: Distributions along an axis.
DISTRIBUTIONS = {"softmax": "softmax", "log_softmax": "log_softmax"}


@rule(*DISTRIBUTIONS)
def distribution(net: Lowering, call: Call) -> Value:
    """Along one axis; PyTorch chooses where none is said."""
    value = net.value(call.arguments["input"])
    dim = call.arguments.get("dim")
    if dim is None:
        dim = 0 if len(value.axes) in (0, 1, 3) else 1
    value, axis = along(net, value, int(dim))
    return per_element(net, net.make(DISTRIBUTIONS[call.kind], **told(value, axis)), value)


@rule("cumsum")
def cumulative(net: Lowering, call: Call) -> Value:
    """Sums of each element with all before it."""
    dim = int(number(net, call.arguments["dim"]))
    value, axis = along(net, net.value(call.arguments["input"]), dim)
    return per_element(net, net.make("cumulative_sum", axis=axis), value)


@rule("glu")
def glu(net: Lowering, call: Call) -> Value:
    """One half times the sigmoid of the other."""
    dim = int(call.arguments.get("dim", -1))
    value, axis = along(net, net.value(call.arguments["input"]), dim)
    half = value.shape[axis] // 2
    first, second = (
        net.lay(
            net.make("slice", axis=axis, start=start, stop=start + half),
            value,
            axes=value.axes,
            main=False,
        )
        for start in (0, half)
    )
    gate = net.lay(net.make("sigmoid"), second, axes=value.axes, main=False)
    return net.lay(net.make("multiply"), first, gate, axes=value.axes)
