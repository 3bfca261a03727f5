"""ONNX's recurrent nodes: the steps on an axis of their own, in one direction or two."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.exported import same_lengths
from archdb.sources.lowering.joining import concatenated
from archdb.sources.lowering.moving import flipped
from archdb.sources.lowering.slicing import chosen, part
from archdb.sources.lowering.values import BATCH, ONE, Axis, Opaque, Stored, Value
from archdb.sources.neutral import Call

#: The activations of each cell's gates that archdb's ops have.
USUAL = {
    "lstm": ("sigmoid", "tanh", "tanh"),
    "gru": ("sigmoid", "tanh"),
}
STATE = "a recurrent layer begins with a state that is an input or worked out, which no row shows"
CELL = "the last state of an LSTM's cell stands as its last output, which has the same shape"


@rule("onnx_lstm", "onnx_gru", "onnx_rnn")
def recurrent_node(net: Lowering, call: Call) -> list[Value | Opaque]:
    """The outputs at every step, the last one, and an LSTM's last state; of those alone that
    anything reads a shape is told."""
    value = net.value(call.arguments["input"])
    batch = 0 if call.arguments["layout"] else 1
    if len(value.axes) == 3 and value.axes[batch] == BATCH:
        return _outputs(net, call, value, batch)
    bare = value.bare()
    if len(bare) != 3 or bare[batch] != 1 or any(axis.batch for axis in value.axes):
        raise UnmappedError("has its steps along the batch, or the batch not by itself")
    # Written for one sample, and nothing tells its axis of 1 from any other.
    one = value._replace(axes=(*value.axes[:batch], BATCH, *value.axes[batch + 1 :]))
    return [
        output._replace(axes=tuple(ONE if axis == BATCH else axis for axis in output.axes))
        if isinstance(output, Value)
        else output
        for output in _outputs(net, call, one, batch)
    ]


def _outputs(net: Lowering, call: Call, value: Value, batch: int) -> list[Value | Opaque]:
    given = call.arguments
    whole, last, state = (*given["read"], False, False)[:3]
    both = given["direction"] == "bidirectional"
    op = net.make(call.kind.removeprefix("onnx_"), **_attributes(call, whole, both))
    backwards = given["direction"] == "reverse"
    if backwards:
        value = flipped(net, value, [1 - batch])
    same_lengths(net, given["lengths"], value.full(net.batch)[1 - batch])
    held = [net.get(given[n]) for n in ("weight", "recurrent", "bias") if given[n]]
    if not all(isinstance(one, Stored) for one in held):
        raise UnmappedError("has weights that arrive or are worked out")
    names = [name for one in held if isinstance(one, Stored) for name in one.names]
    laid = net.lay(op, plain(net, value), axes=(), tensors=tuple(names))
    begins = any(isinstance(net.get(given[n]), Value) for n in ("state", "cell") if given[n])
    for note, holds in ((STATE, begins), (CELL, state)):
        if holds:
            net.outcome.note(note)
    if both and (whole or last or state):
        parted = _parted(net, laid, given["hidden"], batch, whole)
        ended = _ends(net, parted, batch) if whole and (last or state) else parted
        return _read([whole, last, state], [parted, ended, ended])
    steps = laid._replace(axes=_placed(batch, (Axis((0,)), ONE, BATCH, Axis((1,)))))
    if not whole:
        ended = laid._replace(axes=_placed(batch, (ONE, BATCH, Axis((0,)))))
        return _read([whole, last, state], [ended] * 3)
    at = 0 if batch else 1
    ends = last or state
    ended = chosen(net, steps, at, steps.full(net.batch)[at] - 1) if ends else steps
    steps = flipped(net, steps, [at]) if backwards else steps
    return _read([whole, last, state], [steps, ended, ended])


def _read(read: list[bool], found: list[Value]) -> list[Value | Opaque]:
    pairs = zip(read, found, strict=True)
    return [value if asked else Opaque(value.layer) for asked, value in pairs]


def _attributes(call: Call, whole: bool, both: bool) -> dict[str, Any]:
    given, kind = call.arguments, call.kind.removeprefix("onnx_")
    functions = tuple(word.lower() for word in given["activations"] or ())
    told: dict[str, Any] = {
        "units": given["hidden"],
        "sequences": whole,
        "bias": given["bias"] is not None,
    }
    if given["refused"]:
        raise UnmappedError(f"has {given['refused']}")
    if call.kind == "onnx_rnn":
        told["activation"] = functions[0] if functions else "tanh"
    elif functions and functions != USUAL[kind] * (1 + both):
        raise UnmappedError(f"has {', '.join(functions)} in its cells")
    if both:
        told["bidirectional"] = True
    if call.kind == "onnx_gru":
        told["reset_after"] = given["before"]
    if told["bias"] and not told.get("reset_after"):
        told["recurrent_bias"] = True
    return told


def _placed(batch: int, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Axes of (steps,) directions, batch, features; with the batch first where the layout is so."""
    if batch:
        return axes
    return (BATCH, *(axis for axis in axes if axis != BATCH))


def _parted(net: Lowering, laid: Value, units: int, batch: int, whole: bool) -> Value:
    """Two directions on an axis of their own."""
    steps = laid.shape[:-1] if whole else ()
    own = [Axis((at,)) for at in range(len(steps) + 2)]
    axes = _placed(batch, (*own[:-1], BATCH, own[-1]))
    return net.reshape(laid, (*steps, 2, units), axes, main=False)


def _ends(net: Lowering, parted: Value, batch: int) -> Value:
    """What each direction gives last: one at the last step, the other, which begins there, at the
    first."""
    steps = 0 if batch else 1
    last = parted.full(net.batch)[steps] - 1
    each = [
        chosen(net, part(net, parted, steps + 1, direction, direction + 1), steps, at)
        for direction, at in ((0, last), (1, 0))
    ]
    return concatenated(net, each, steps)
