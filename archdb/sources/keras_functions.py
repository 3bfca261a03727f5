"""Functions of Keras that stand in a model as layers, in archdb's ops."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdb.ops.activation import Relu6
from archdb.ops.arithmetic import Add
from archdb.sources.keras_config import Ref, Value
from archdb.sources.keras_elementwise import ACTIVATIONS, Ops
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.keras_options import options
from archdb.sources.lowering.base import UnmappedError

#: Functions of one tensor that are no activations.
UNARY: Ops = {
    "abs": ("abs", {}),
    "absolute": ("abs", {}),
    "exp": ("exp", {}),
    "log": ("log", {}),
    "sqrt": ("sqrt", {}),
    "rsqrt": ("rsqrt", {}),
    "square": ("square", {}),
    "negative": ("negative", {}),
    "sin": ("sin", {}),
    "cos": ("cos", {}),
    "erf": ("erf", {}),
    "reciprocal": ("reciprocal", {}),
}


#: Functions that work along an axis.
AXES = ("softmax", "log_softmax")
#: What functions are told that their ops have.
SLOPES = {
    "leaky_relu": {"negative_slope": "slope", "alpha": "slope"},
    "elu": {"alpha": "alpha"},
    "celu": {"alpha": "alpha"},
}


class Binary(NamedTuple):
    """A function of two tensors: the op that it is, that of one and a number and which attribute
    the number is, and whether it matters which comes first."""

    op: str
    numbered: str
    attribute: str = "value"
    commutes: bool = False


_ADD, _MULTIPLY = Binary("add", "add", commutes=True), Binary("multiply", "rescale", "factor", True)
_SUBTRACT, _DIVIDE = Binary("subtract", "subtract"), Binary("divide", "divide")
_POWER = Binary("power", "power")
BINARY = {
    "add": _ADD,
    "__add__": _ADD,
    "add_v2": _ADD,
    "subtract": _SUBTRACT,
    "sub": _SUBTRACT,
    "multiply": _MULTIPLY,
    "mul": _MULTIPLY,
    "divide": _DIVIDE,
    "true_divide": _DIVIDE,
    "truediv": _DIVIDE,
    "maximum": Binary("maximum", "maximum", commutes=True),
    "minimum": Binary("minimum", "minimum", commutes=True),
    "power": _POWER,
    "pow": _POWER,
}


@layer(*(f"op:{name}" for name in (*ACTIVATIONS, *UNARY)))
def function(net: KerasNet, call: Call) -> Value:
    """A function of one tensor, and what it is told besides."""
    name, told = _function(call), options(call, "x", "features", "input")
    op, attributes = (ACTIVATIONS | UNARY)[name]
    if name in AXES:
        axis = told.pop("axis", -1)
        if net.axis(call.one(), axis) != net.axis(call.one(), -1) or net.channels_first:
            attributes = {"axis": net.axis(call.one(), axis)}
    if told.pop("approximate", False):
        attributes = {"approximate": "tanh"}
    for word in SLOPES.get(name, {}).keys() & told.keys():
        attributes = {**attributes, SLOPES[name][word]: told.pop(word)}
    if any(told.values()):
        raise UnmappedError(f"is told {', '.join(map(str, told))}")
    same = not attributes.keys() & {"axis"}
    return net.lay(op, call.one(), elementwise=same, **attributes) if op else call.one()


def _counts(argument: Any) -> bool:
    """Whether an argument is a number that changes what a function does."""
    return isinstance(argument, int | float) and not isinstance(argument, bool)


def _function(call: Call) -> str:
    stated = str(call.config.get("function") or "").rpartition(".")[2]
    kind = call.part.kind
    return stated or "".join(f"_{s.lower()}" if s.isupper() else s for s in kind).lstrip("_")


@layer(*(f"op:{name}" for name in BINARY))
def arithmetic(net: KerasNet, call: Call) -> Value:
    """Of two tensors, or of a tensor and a number on either side of it."""
    what = BINARY[_function(call)]
    named = [call.node.kwargs.get(name) for name in ("x", "y", "x1", "x2")]
    both = [n for n in (*call.node.args, *named) if isinstance(n, Ref) or _counts(n)]
    if len(call.inputs) == 2:
        return combined(net, what.op, call.inputs)
    if len(both) != 2 or len(call.inputs) != 1:
        raise UnmappedError("works with what is neither a tensor nor a number")
    first = _counts(both[0])
    if what is _MULTIPLY and (both[0] if first else both[1]) == 1 / 6:
        folded = _hard_sigmoid(net, call.one())
        if folded:
            return folded
    told: dict[str, Any] = {what.attribute: both[0] if first else both[1]}
    if first and not what.commutes:
        told["value_first"] = True
    return net.lay(what.numbered, call.one(), elementwise=True, **told)


def _hard_sigmoid(net: KerasNet, six: Value) -> Value | None:
    """The one layer that relu6(x + 3) / 6 is, where nothing else reads what is between."""
    layers = net.net.layers
    inner = layers[six.layer]
    plus = layers[inner.inputs[0]] if inner.inputs else inner
    alone = net.readers[inner.name] == 1 == net.readers[plus.name]
    if not (isinstance(inner.op, Relu6) and isinstance(plus.op, Add) and alone):
        return None
    if plus.op.value != 3 or len(plus.inputs) != 1:
        return None
    del layers[inner.name], layers[plus.name]
    net.net.outcome.folded["relu6(x + 3) / 6"] += 1
    return net.lay("hard_sigmoid", Value(plus.inputs[0], six.flat), elementwise=True)


def combined(net: KerasNet, op: str, values: list[Value], more: str = "") -> Value:
    """Several tensors element by element, those of fewer axes spread over the others'."""
    if all(value.flat for value in values):
        return net.lay(op, *values, more=more, elementwise=True)
    shapes = [net.shape(value) for value in values]
    rank = max(map(len, shapes))
    met = [
        value if len(shape) == rank else _raised(net, value, shape, rank)
        for value, shape in zip(values, shapes, strict=True)
    ]
    return net.lay(op, *met, more=more)


def _raised(net: KerasNet, value: Value, shape: tuple[int, ...], rank: int) -> Value:
    """A tensor with axes of one element before its own."""
    if value.flat and rank == 3:
        return value._replace(flat=False)
    raised = (1,) * (rank - len(shape)) + shape
    return net.lay("reshape", value, more="spread", shape=list(net.turned(raised)))
