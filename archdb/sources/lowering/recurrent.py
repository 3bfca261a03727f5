"""Layers that carry a state along a sequence."""

from __future__ import annotations

from typing import Any

from archdb.model.shape import UNNAMED, is_image
from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Axis, Stored, Value
from archdb.sources.neutral import Call

#: Kinds by their op, what a step works out of input and state, and what the op is told of it.
CELLS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "lstm": ("lstm", 4, {}),
    "gru": ("gru", 3, {}),
    "rnn_tanh": ("rnn", 1, {}),
    "rnn_relu": ("rnn", 1, {"activation": "relu"}),
}
#: What says that there is a second bias vector, beside the state's matrix.
SECOND_BIAS = {"lstm": "recurrent_bias", "gru": "reset_after", "rnn": "recurrent_bias"}


@rule(*CELLS)
def recurrent(net: Lowering, call: Call) -> list[Value]:
    """What a cell gives at every step; its last state, which has no layer of its own, comes
    second."""
    given = call.arguments
    name, gates, more = CELLS[call.kind]
    states = given["hx"] if isinstance(given["hx"], list) else [given["hx"]]
    if any(not isinstance(net.get(state), Stored) for state in states):
        raise UnmappedError("begins with a state that arrives")
    held = [net.learned(ref) for ref in given["weights"]]
    state = held[1].shape
    attributes: dict[str, Any] = {
        "units": state[0] // gates,
        "layers": int(given["num_layers"]),
        "bidirectional": bool(given.get("bidirectional")),
        "bias": bool(given["has_biases"]),
        SECOND_BIAS[name]: bool(given["has_biases"]),
        **more,
    }
    if state[1] != attributes["units"]:
        attributes["projection"] = state[1]
    value = net.value(given["input"])
    order = (0, 1, 2) if given.get("batch_first") else (1, 0, 2)
    x = _sequences(net, value._replace(axes=tuple(value.axes[at] for at in order)))
    names = tuple(own for stored in held for own in stored.names)
    found = net.lay(net.make(name, **attributes), x, axes=x.axes, tensors=names)
    return [found._replace(axes=tuple(found.axes[at] for at in order))]


def _sequences(net: Lowering, value: Value) -> Value:
    """One sequence for each image, or several that the batch is folded into."""
    if len(value.axes) != 3 or not value.axes[0].batch:
        raise UnmappedError("needs a batch, steps and features")
    x = plain(net, value)
    if x.axes[0] == BATCH or not is_image(x.shape):
        return x
    op = net.make("reshape", shape=list(x.shape), axis_names=[UNNAMED] * len(x.shape))
    axes = (x.axes[0], Axis((1,)), Axis((2,)))
    return net.lay(op, x, axes=axes, main=False)
